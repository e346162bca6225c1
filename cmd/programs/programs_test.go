package programs

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/pipeline/warehouse/door"
)

// Whoever asks on, or whose statement still runs, stays in: nobody else's guesses at the password break that off.
func TestStaysIn(t *testing.T) {
	dir := t.TempDir()
	book, err := account.Open(dir, account.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	const password = "松阳-9-katze-Fluss"
	if err := book.Add(account.New{Name: "li", Title: "li", Role: access.Analyst, By: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := book.SetPassword("li", password); err != nil {
		t.Fatal(err)
	}
	trail, err := audit.Open(dir, 30, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer trail.Close()
	pace := &account.Pace{}
	p, err := newPrograms(Config{Book: book, Pace: pace, Trail: trail})
	if err != nil {
		t.Fatal(err)
	}
	li := door.Caller{Name: "li", Password: password, Address: "10.0.0.1:4000"}
	if _, err := p.admit(t.Context(), li); err != nil {
		t.Fatal(err)
	}
	late := func() { // nearly all of the time has passed for which a password is remembered
		for id, was := range p.known {
			was.until = was.until.Add(-rememberFor + time.Minute)
			p.known[id] = was
		}
	}
	late()
	if _, err := p.admit(t.Context(), li); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		_, err := p.admit(t.Context(), door.Caller{Name: "li", Password: fmt.Sprint(password, i), Address: "10.0.0.2:4000"})
		if !errors.Is(err, door.ErrRefused) {
			t.Fatalf("a wrong password: %v", err)
		}
	}
	late()
	for _, was := range p.known {
		if time.Now().After(was.until) {
			t.Error("a program that asked a moment ago is forgotten")
		}
	}
	if _, err := p.admit(t.Context(), li); err != nil {
		t.Errorf("a program that is in, beside guesses from elsewhere: %v", err)
	}
}
