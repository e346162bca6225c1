package account

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
)

// A visit goes on while its looks are less than an hour apart, and the next one is told when it ended: also after the server
// was started again, and never for an account that is gone.
func TestVisits(t *testing.T) {
	dir := t.TempDir()
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	b, err := Open(dir, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	b.now = func() time.Time { return at }
	for _, name := range []string{"li", "wang"} {
		if err := b.Add(New{Name: name, Role: access.Leader}); err != nil {
			t.Fatal(err)
		}
	}
	v := OpenVisits(dir, b, log)
	see := func(want time.Time) {
		t.Helper()
		if got := v.See("li"); !got.Equal(want) || !v.Before("li").Equal(want) {
			t.Errorf("at %v: the visit before ended %v, want %v", at, got, want)
		}
	}
	see(time.Time{})
	at = at.Add(50 * time.Minute)
	see(time.Time{})
	at = at.Add(50 * time.Minute) // looks less than an hour apart are one visit, however long
	see(time.Time{})
	first := at
	at = at.AddDate(0, 0, 8)
	see(first)
	v.See("wang")
	v = OpenVisits(dir, b, log) // started again
	at = at.Add(10 * time.Minute)
	see(first)
	if err := b.Remove("wang"); err != nil {
		t.Fatal(err)
	}
	at = at.Add(2 * time.Hour)
	v.See("li")
	text, err := os.ReadFile(filepath.Join(dir, "visits.json"))
	if err != nil || strings.Contains(string(text), "wang") || !strings.Contains(string(text), "li") {
		t.Errorf("the file of visits says %s, %v", text, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "visits.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	v = OpenVisits(dir, b, log)
	see(time.Time{})
	if !strings.Contains(said.String(), "visits cannot be read") {
		t.Errorf("the operator is not told: %s", said.String())
	}
}
