package early

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// A question waits while somebody is there, is broken off when somebody comes and asked again once that one has gone; who asks
// beside it waits. What fails is not asked again under its key, what was broken off or given up is.
func TestAsk(t *testing.T) {
	p := New()
	wrong := errors.New("too dear")
	verdict := func(err error) bool { return errors.Is(err, wrong) }
	var mu sync.Mutex
	var order []string
	say := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, what)
	}
	gone := p.Somebody()
	at := make(chan struct{}, 2)
	var tries int
	done := make(chan error, 2)
	go func() {
		done <- p.Ask(With(t.Context(), p), "a", verdict, func(ctx context.Context) error {
			say("asked")
			if tries++; tries == 1 {
				at <- struct{}{}
				<-ctx.Done()
				say("broken off")
				return ctx.Err()
			}
			return nil
		})
	}()
	say("gone")
	gone()
	gone() // says nothing new
	<-at
	again := p.Somebody()
	say("gone again")
	again()
	if err := <-done; err != nil || p.Gave() != 1 {
		t.Error(err, p.Gave())
	}
	mu.Lock()
	i, j := slices.Index(order, "broken off"), slices.Index(order, "gone again")
	if len(order) != 5 || order[0] != "gone" || order[4] != "asked" || i < 0 || j < 0 {
		t.Errorf("in this order: %q", order)
	}
	mu.Unlock()

	asked := 0
	for range 2 {
		if err := p.Ask(t.Context(), "b", verdict, func(context.Context) error { asked++; return wrong }); !errors.Is(err, wrong) {
			t.Error(err)
		}
	}
	if p.Ask(t.Context(), "c", verdict, func(context.Context) error { asked++; return nil }) != nil || asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	for range 2 { // of the moment
		if err := p.Ask(t.Context(), "e", verdict, func(context.Context) error { asked++; return errors.New("away") }); err == nil {
			t.Error("no error")
		}
	}
	if asked != 4 {
		t.Errorf("what failed once for want of the database is held to be refused: asked %d times", asked-2)
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := p.Ask(ctx, "d", verdict, func(ctx context.Context) error { stop(); return ctx.Err() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := p.Ask(t.Context(), "d", verdict, func(context.Context) error { return nil }); err != nil {
		t.Errorf("given up, and held to be refused: %v", err)
	}
	if At(t.Context()) != nil || At(With(With(t.Context(), p), nil)) != nil || At(With(t.Context(), p)) != p {
		t.Error("whoever asks is taken for the program, or the other way round")
	}
	if kept := map[string]string{"a": "1"}; Last(kept)["priority"] != "20" || len(kept) != 1 || Last(nil)["priority"] == "" {
		t.Error("a statement does not stand behind those of people")
	}
}
