package heavy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"yanzhen/dashboard/metric/refusal"
	"yanzhen/pipeline/warehouse"
)

// What was short of memory beside another is asked again alone; what is short alone is refused with how to ask for less, and
// any other error stays what it is.
func TestAsk(t *testing.T) {
	short, other := &warehouse.Error{Code: 241}, errors.New("other")
	for name, c := range map[string]struct {
		says  []error
		asked int
		want  error
	}{
		"answered":       {[]error{nil}, 1, nil},
		"wrong":          {[]error{other}, 1, other},
		"beside another": {[]error{short, nil}, 2, nil},
		"wrong at last":  {[]error{short, other}, 2, other},
		"alone":          {[]error{short, short}, 2, refusal.ErrInvalid},
	} {
		var log strings.Builder
		asked, turns := 0, &Turns{}
		err := turns.Ask(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), "metric.x", func() error { asked++; return c.says[asked-1] })
		var no *refusal.Invalid
		if !errors.Is(err, c.want) || asked != c.asked || errors.As(err, &no) != (name == "alone") {
			t.Errorf("%s: asked %d times, %v", name, asked, err)
		}
		if name == "alone" && (!no.TooMuch || !strings.Contains(no.Text.Zh, "请少拆一个维度") || !strings.Contains(log.String(), "metric.x")) || name != "alone" && log.Len() > 0 {
			t.Errorf("%s: %v, log %q", name, err, log.String())
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := new(Turns).Ask(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)), "", func() error { return short }); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

// Who waits for a turn goes when nobody waits for him any more: the turn before may last a minute.
func TestWaiting(t *testing.T) {
	short, turns, quiet := &warehouse.Error{Code: 241}, &Turns{}, slog.New(slog.NewTextHandler(io.Discard, nil))
	at, on, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		asked := 0
		done <- turns.Ask(t.Context(), quiet, "", func() error {
			if asked++; asked == 1 {
				return short
			}
			close(at)
			<-on
			return nil
		})
	}()
	<-at
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := turns.Ask(ctx, quiet, "", func() error { return short }); !errors.Is(err, context.Canceled) {
		t.Errorf("it waited: %v", err)
	}
	close(on)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
