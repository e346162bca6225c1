package turns

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// asks begins a statement and returns when it runs or waits: then there is one more of either than before.
func asks(t *testing.T, l *Lane, ctx context.Context, who string, began chan<- string) {
	t.Helper()
	l.mu.Lock()
	before := l.busy + len(l.waiting)
	l.mu.Unlock()
	go func() {
		if _, err := l.Take(ctx, who, nil); err == nil {
			began <- who
		}
	}()
	for {
		l.mu.Lock()
		now := l.busy + len(l.waiting)
		l.mu.Unlock()
		if now > before {
			return
		}
		runtime.Gosched()
	}
}

func (l *Lane) occupied() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, who := range []string{"li", "wang", "zhao"} {
		if l.running[who] > 0 {
			all = append(all, fmt.Sprint(who, l.running[who]))
		}
	}
	return fmt.Sprint(strings.Join(all, " "), ", ", len(l.waiting), " wait")
}

// Whoever asks much leaves a place to others, and what becomes free goes to who runs fewest, whoever came first.
func TestTurns(t *testing.T) {
	l, began := Shared(4, 64), make(chan string, 64)
	must := func(want string) {
		t.Helper()
		if got := l.occupied(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	for range 6 {
		asks(t, l, t.Context(), "li", began)
	}
	must("li3, 3 wait")
	ctx, cancel := context.WithCancel(t.Context())
	asks(t, l, t.Context(), "wang", began)
	must("li3 wang1, 3 wait")
	asks(t, l, t.Context(), "wang", began)
	asks(t, l, ctx, "wang", began)
	asks(t, l, t.Context(), "zhao", began)
	must("li3 wang1, 6 wait")
	l.leaving("li")() // three of li and two of wang came before, and zhao runs nothing
	must("li2 wang1 zhao1, 5 wait")
	l.leaving("li")()
	must("li1 wang1 zhao1, 5 wait") // one place is kept for somebody who runs none
	l.leaving("wang")()
	must("li1 wang1 zhao1, 4 wait") // that of wang, who ran none any more
	cancel()
	for l.occupied() != "li1 wang1 zhao1, 3 wait" {
		runtime.Gosched()
	}
	l.leaving("zhao")()
	must("li2 wang1, 2 wait") // nobody runs fewer who waits
}

// However people come, go and give up, no place is lost, nobody has more than all but one, and the queue ends empty.
func TestNothingIsLost(t *testing.T) {
	const places = 4
	l := Shared(places, 64)
	var all sync.WaitGroup
	for i := range 24 {
		who := []string{"li", "li", "wang", "zhao"}[i%4]
		rng := rand.New(rand.NewPCG(uint64(i), 22))
		all.Go(func() {
			for range 300 {
				ctx, cancel := context.WithCancel(t.Context())
				if rng.IntN(3) == 0 {
					go cancel()
				}
				leave, err := l.Take(ctx, who, nil)
				if err == nil {
					l.mu.Lock()
					if l.busy > places || l.running[who] > places-1 {
						t.Errorf("%d run, %d of %s", l.busy, l.running[who], who)
					}
					l.mu.Unlock()
					leave()
				} else if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	if l.busy != 0 || len(l.waiting) != 0 || len(l.running) != 0 {
		t.Errorf("left: %d, %v, %d wait", l.busy, l.running, len(l.waiting))
	}
}

// Queues have an end, for all and for one.
func TestFull(t *testing.T) {
	l, began := Shared(1, 8), make(chan string, 9)
	for range 3 {
		asks(t, l, t.Context(), "li", began)
	}
	if _, err := l.Take(t.Context(), "li", nil); err != ErrMany {
		t.Error(err)
	}
	for i := range 6 {
		asks(t, l, t.Context(), fmt.Sprint(i), began)
	}
	if _, err := l.Take(t.Context(), "wang", nil); err != ErrFull {
		t.Error(err)
	}
	l = Shared(2, 1)
	asks(t, l, t.Context(), "li", began)
	asks(t, l, t.Context(), "li", began)
	if _, err := l.Take(t.Context(), "wang", nil); err != nil {
		t.Error("a queue that is full hides the place that is kept:", err)
	}
	w, ok := Read(Waits{Own: 3, Places: 4}.String())
	if !ok || w.Places != 4 || !strings.Contains(w.Text().Zh, "您已有 3 条") || strings.Contains(Waits{Own: 1, Others: 3, Places: 4}.Text().Zh, "最后一个位置") || strings.Contains(w.Past().Zh, "排队中") {
		t.Error(w, ok)
	}
}
