package door

import (
	"context"
	"sync"
	"time"
)

// lookEvery is how often it is asked, while a statement runs and its answer goes out, whether who gets it may still come in.
var lookEvery = 5 * time.Second

// Lasting is the context of a statement of a guest: it ends soon after the guest is not let in any more.
func Lasting(ctx context.Context, admit func(context.Context, Caller) (Guest, error), c Caller, g Guest) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	var look *time.Timer
	look = time.AfterFunc(lookEvery, func() {
		mu.Lock()
		defer mu.Unlock()
		if now, err := admit(ctx, c); err != nil || now != g {
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
