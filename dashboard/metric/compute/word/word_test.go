package word_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"yanzhen/dashboard/metric/compute/word"
)

// An answer stands until the ledger says something new; many who ask at once are told what one asks.
func TestAnswers(t *testing.T) {
	var a word.Answers[string]
	var asked atomic.Int64
	of := func(word, question string) string {
		v, err := a.Of(t.Context(), word, question, func(context.Context) (string, error) {
			return fmt.Sprint(word, question, asked.Add(1)), nil
		})
		if err != nil {
			t.Error(err)
		}
		return v
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := of("w", "q"); got != "wq1" {
				t.Errorf("got %s", got)
			}
		})
	}
	wg.Wait()
	for _, c := range [][3]string{{"w", "p", "wp2"}, {"v", "q", "vq3"}, {"w", "q", "wq1"}, {"v", "q", "vq3"}} {
		if got := of(c[0], c[1]); got != c[2] {
			t.Errorf("%v: got %s", c, got)
		}
	}
	for i := range 80 { // so many are not kept, but what is asked for in between is
		of("w", fmt.Sprint("other", i))
		of("w", "q")
	}
	if got := of("w", "q"); got != "wq1" {
		t.Errorf("what was asked for all the time is gone: %s", got)
	}
	if got := of("v", "q"); got == "vq3" {
		t.Error("what was not asked for any more is kept")
	}
}

// An error is nobody's answer but of those who waited for it; who gives up spoils nothing for the others.
func TestErrorsAndGivingUp(t *testing.T) {
	var a word.Answers[int]
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		ask  func(context.Context) (int, error)
		want string
	}{
		"an error": {func(context.Context) (int, error) { return 1, broken }, "broken"},
		"a panic":  {func(context.Context) (int, error) { panic("oh") }, "panic: oh"},
	} {
		if _, err := a.Of(t.Context(), "w", name, c.ask); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if v, err := a.Of(t.Context(), "w", name, func(context.Context) (int, error) { return 2, nil }); v != 2 || err != nil {
			t.Errorf("%s, asked again: %d, %v", name, v, err)
		}
	}
	begun, goOn := make(chan struct{}), make(chan struct{})
	slow := func(ctx context.Context) (int, error) {
		close(begun)
		<-goOn
		return 3, ctx.Err()
	}
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := a.Of(ctx, "w", "slow", slow); first <- err }()
	<-begun
	second := make(chan int, 1)
	go func() { v, _ := a.Of(t.Context(), "w", "slow", slow); second <- v }()
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("gave up: %v", err)
	}
	close(goOn)
	if v := <-second; v != 3 {
		t.Errorf("who waited on is told %d", v)
	}
}

// A question that hangs holds up nobody: who waits for it asks once more, who comes later does not wait for it, and what it says in
// the end takes no other answer's place.
func TestHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a word.Answers[int]
		goOn := make(chan struct{})
		var asked atomic.Int64
		ask := func(context.Context) (int, error) {
			n := asked.Add(1)
			if n == 1 {
				<-goOn
			}
			return int(n), nil
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if v, err := a.Of(t.Context(), "w", "q", ask); v != 2 || err != nil {
					t.Errorf("who waited is told %d, %v", v, err)
				}
			})
		}
		wg.Wait()
		close(goOn)
		synctest.Wait()
		if v, _ := a.Of(t.Context(), "w", "q", ask); v != 2 || asked.Load() != 2 {
			t.Errorf("who comes later is told %d; %d were asked", v, asked.Load())
		}
	})
}
