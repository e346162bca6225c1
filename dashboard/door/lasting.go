package door

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
)

// lookEvery is how often it is asked, while an answer goes out, whether who gets it may still have it.
var lookEvery = 5 * time.Second

// Lasting is the context of an answer to v, which may take minutes: it ends soon after the account of v is disabled or removed, or
// gets another role, other scopes or another password, and when the token by which v came is taken back or over. Who signs out, or
// is idle while a file comes, gets the rest of it.
func (d *Door) Lasting(r *http.Request, v *access.Viewer) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	if d == nil || d.Book == nil {
		return ctx, cancel
	}
	was, ok, err := d.Book.Find(v.Name)
	if err != nil || !ok { // who has no account is not kept out by it: tests, the operator's socket
		return ctx, cancel
	}
	_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	still := func() bool {
		a, ok, err := d.Book.Find(v.Name)
		if err != nil || !ok || a.Disabled || a.Epoch != was.Epoch || !a.Made.Equal(was.Made) {
			return false
		}
		if v.Token == "" {
			return true
		}
		now, _, _, err := d.Tokens.Who(strings.TrimSpace(secret), v.From)
		return err == nil && now != nil
	}
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	var look *time.Timer
	look = time.AfterFunc(lookEvery, func() {
		mu.Lock()
		defer mu.Unlock()
		if !still() {
			cancel()
		} else if ctx.Err() == nil {
			look.Reset(lookEvery)
		}
	})
	return ctx, func() {
		look.Stop()
		cancel()
	}
}
