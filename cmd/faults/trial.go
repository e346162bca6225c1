package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"time"
)

// trial runs the trials, each in a zone of its own.
type trial struct {
	program, dir string
	senders      int  // at most 3
	weak         bool // the tables are not synced
	random       *rand.Rand
	say          func(format string, args ...any)
}

// traffic lets senders send, and now and then somebody roll back, until ctx is over. It reports how much of each was done.
func (t *trial) traffic(ctx context.Context, z *zone, m *model) (stop func() (sent, rolled int)) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan [2]int, 1)
	random := rand.New(rand.NewPCG(t.random.Uint64(), 1))
	go func() {
		var n [2]int
		if random.IntN(2) == 0 { // before more is sent: of what is under way nothing can be taken back
			for _, i := range random.Perm(len(m.units)) {
				if m.rollback(m.units[i], z.rollback(ctx)) {
					n[1]++
					break
				}
			}
		}
		for ctx.Err() == nil {
			if err := m.send(m.units[random.IntN(len(m.units))]); err == nil {
				n[0]++
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Duration(random.IntN(1500)) * time.Millisecond):
			}
		}
		done <- n
	}()
	return func() (int, int) {
		cancel()
		n := <-done
		return n[0], n[1]
	}
}

// look holds what is visible against the model. An engine that is being started anew is waited for.
func look(ctx context.Context, z *zone, m *model) error {
	for end := time.Now().Add(90 * time.Second); ; {
		err := m.seen(func() (map[int]state, error) { return z.show(ctx) })
		if !errors.Is(err, errUnread) {
			return err
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return fmt.Errorf("for 90 s %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// settle waits until nothing is under way any more and every unit shows what it must.
func settle(ctx context.Context, z *zone, m *model) error {
	for end := time.Now().Add(3 * time.Minute); ; {
		if err := look(ctx, z, m); err != nil {
			return err
		}
		what, ok := m.settled()
		if ok {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("after 3 minutes %s", what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// prepare makes a zone in which every unit shows its first version.
func (t *trial) prepare(ctx context.Context, name, preload string) (*zone, *model, string, error) {
	z, err := newZone(t.program, filepath.Join(t.dir, name))
	if err != nil {
		return nil, nil, "", err
	}
	z.preload = preload
	m := newModel(z.inbox(), t.senders)
	for _, u := range m.units {
		if err := m.send(u); err != nil {
			return z, m, "", err
		}
	}
	if err := z.start(ctx); err != nil {
		return z, m, "", err
	}
	if err := settle(ctx, z, m); err != nil {
		return z, m, "", err
	}
	others, err := z.others(ctx)
	return z, m, others, err
}

// finish lets everything come to rest and compares every dataset.
func finish(ctx context.Context, z *zone, m *model, others string) error {
	if err := settle(ctx, z, m); err != nil {
		return err
	}
	now, err := z.others(ctx)
	if err == nil && now != others {
		err = fmt.Errorf("the other datasets differ:\n%swere\n%s", now, others)
	}
	return errors.Join(err, z.stop())
}

// kills kills the server or its engine n times at random moments.
func (t *trial) kills(ctx context.Context, n int) (err error) {
	z, m, others, err := t.prepare(ctx, "kills", "")
	if z != nil {
		defer z.kill()
	}
	if err != nil {
		return fmt.Errorf("kills: %w", err)
	}
	began := time.Now()
	var both, engine, sent, rolled int
	for i := range n {
		stop := t.traffic(ctx, z, m)
		time.Sleep(time.Duration(t.random.IntN(1500)) * time.Millisecond)
		if pid := z.enginePID(); pid != 0 && t.random.IntN(5) < 2 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			engine++
		} else {
			z.kill()
			both++
			if err := z.start(ctx); err != nil {
				stop()
				return fmt.Errorf("kill %d: %w", i+1, err)
			}
		}
		s, r := stop()
		sent, rolled = sent+s, rolled+r
		if err := look(ctx, z, m); err != nil {
			return fmt.Errorf("kill %d: %w", i+1, err)
		}
		if i%5 == 4 { // so that there is something to take back
			if err := settle(ctx, z, m); err != nil {
				return fmt.Errorf("kill %d: %w", i+1, err)
			}
		}
		if i%20 == 19 {
			t.say("%d kills, %d files, %d rollbacks, %s", i+1, sent, rolled, time.Since(began).Round(time.Second))
		}
	}
	if err := finish(ctx, z, m, others); err != nil {
		return fmt.Errorf("after %d kills: %w", n, err)
	}
	t.say("kills: %d (%d of the server, %d of its engine) in %s, %d files sent, %d rolled back, %d units and every other dataset as acknowledged: nothing lost, doubled or half", n, both, engine, time.Since(began).Round(time.Second), sent, rolled, len(m.units))
	return nil
}
