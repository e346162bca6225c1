package word_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

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
	for i := range 40 { // so many are not kept, but what is asked for in between is
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
