package account

import (
	"sync"
	"time"

	"yanzhen/dashboard/access"
)

// Try is somebody at the sign-in.
type Try struct{ Name, Password, Code, From string }

// Outcome is how a try ended. Wrong says neither which part was wrong nor whether there is such an account.
type Outcome string

// The outcomes.
const (
	In    Outcome = "in"
	Wrong Outcome = "wrong"
	Keyed Outcome = "keyed" // the password is right, and a key has to sign before anybody is in
	Later Outcome = "later" // too many tries by this name or from this address
)

// SignIn tries a name, a password and a code. It takes as long for an account that is not there. After that long another
// try may be made; it is zero where any may.
func (b *Book) SignIn(p *Pace, t Try) (Account, Outcome, time.Duration, error) {
	name := Canonical(t.Name)
	if len(name) > 64*4 {
		name = name[:64*4]
	}
	leave, wait := p.begin(b.now, name, t.From)
	if wait > 0 {
		return Account{}, Later, wait, nil
	}
	defer leave()
	a, ok, err := b.Find(name)
	if err != nil {
		return Account{}, Wrong, 0, err
	}
	kept := ""
	if ok && !a.Disabled && a.Name != Local && b.Policy.local(a) && !a.Role.Tokened() {
		kept = a.Password
	}
	right := matches(kept, t.Password)
	if right && len(a.Keys) > 0 && (a.Factor == nil || t.Code == "") {
		return a, Keyed, 0, nil
	}
	var at int64
	if right && a.Factor != nil {
		at = b.step(a.Factor.Secret, t.Code)
		right = at > a.Factor.Last
	}
	if right {
		// the code is used up, and the account is the one whose password was right, before anybody is let in
		err := b.edit(a.Name, func(now *Account) error {
			switch {
			case now.Disabled || now.Password != a.Password || a.Factor == nil && len(now.Keys) > 0:
				right = false
			case now.Factor != nil && now.Factor.Last >= at:
				right = false
			case now.Factor != nil:
				now.Factor.Last = at
			}
			if right {
				now.SignedIn = b.now().UTC()
			}
			return nil
		})
		if err != nil {
			return Account{}, Wrong, 0, err
		}
	}
	if !right {
		p.failed(b.now(), name, t.From)
		return Account{}, Wrong, 0, nil
	}
	p.forgive(name)
	a, _, err = b.Find(name)
	return a, In, 0, err
}

// How tries are slowed: after so many in a row that fail, each further one makes the pause twice as long.
const (
	freeByName = 5
	freeByFrom = 20
	firstPause = 30 * time.Second
	lastPause  = time.Hour
	forgotten  = 2 * time.Hour // after the last try
	mostPaces  = 20_000        // names and addresses that are remembered
)

// Pace remembers who failed lately, by name and by address, whether there is such an account or not.
type Pace struct {
	mu    sync.Mutex
	tries map[string]*tries
	under map[string]int // tries under way
	left  *sync.Cond     // one of them has ended
}

type tries struct {
	n     int
	last  time.Time
	until time.Time
}

// free is how many tries of a name and from an address may fail before the next one waits.
func free(name, from string) map[string]int {
	return map[string]int{"n" + name: freeByName, "f" + from: freeByFrom}
}

// begin begins a try, or says how long the next one waits. No more are under way at once than may still fail, one at least: of
// many that come at the same moment no more are looked at than of as many that come one after another. Whoever begins calls leave
// when it is known, and noted, how the try ended.
func (p *Pace) begin(now func() time.Time, name, from string) (leave func(), wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil {
		p.left, p.under = sync.NewCond(&p.mu), map[string]int{}
	}
	keys := free(name, from)
	for {
		at, full := now(), false
		for k, most := range keys {
			if t := p.tries[k]; t != nil {
				wait = max(wait, t.until.Sub(at))
				most -= t.n
			}
			full = full || p.under[k] >= max(most, 1)
		}
		if wait > 0 {
			return nil, wait
		}
		if !full {
			break
		}
		p.left.Wait()
	}
	for k := range keys {
		p.under[k]++
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for k := range keys {
			if p.under[k]--; p.under[k] == 0 {
				delete(p.under, k)
			}
		}
		p.left.Broadcast()
	}, 0
}

func (p *Pace) failed(now time.Time, name, from string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tries == nil {
		p.tries = map[string]*tries{}
	}
	for k, free := range free(name, from) {
		t := p.tries[k]
		if t == nil || now.Sub(t.last) > forgotten {
			if len(p.tries) >= mostPaces {
				p.drop(now)
			}
			t = &tries{}
			p.tries[k] = t
		}
		t.n++
		t.last = now
		if over := t.n - free; over >= 0 {
			t.until = now.Add(min(lastPause, firstPause<<min(over, 10)))
		}
	}
}

// drop makes room: what is forgotten goes, else whoever tried longest ago and need not wait.
func (p *Pace) drop(now time.Time) {
	oldest := ""
	for k, t := range p.tries {
		switch {
		case now.Sub(t.last) > forgotten:
			delete(p.tries, k)
		case oldest == "" || t.last.Before(p.tries[oldest].last):
			oldest = k
		}
	}
	if len(p.tries) >= mostPaces {
		delete(p.tries, oldest)
	}
}

func (p *Pace) forgive(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.tries, "n"+name)
}

// Check says whether this is the password of an account that is signed in, which is asked for again before it is changed.
func (b *Book) Check(p *Pace, name, password, from string) (bool, time.Duration, error) {
	leave, wait := p.begin(b.now, name, from)
	if wait > 0 {
		return false, wait, nil
	}
	defer leave()
	a, ok, err := b.Find(name)
	if err != nil || !ok {
		return false, 0, err
	}
	if !matches(a.Password, password) {
		p.failed(b.now(), name, from)
		return false, 0, nil
	}
	return true, 0, nil
}

// Audience is what a session is told of its account: nil where it may not come in any more.
func (b *Book) audience(s Session) (*access.Viewer, error) {
	a, ok, err := b.Find(s.Account)
	if err != nil || !ok || a.Disabled || a.Epoch != s.Epoch {
		return nil, err
	}
	return b.Viewer(a), nil
}
