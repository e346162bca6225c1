// Package turns shares the places at which statements run among the people who ask. It counts by name, whatever door a
// statement came by; of statements and of the engine it knows nothing.
//
// A place that becomes free goes to whoever runs fewest, and among equals to who came first. The last free place goes only
// to somebody who runs nothing: statements take up to a minute and are not stopped for others, so whoever could take all places
// would make everybody else wait for that minute, and who is alone misses one place of them.
package turns

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"sync"
	"time"

	"yanzhen/pipeline/codes"
)

// Lane is a number of places and a queue before them. InOrder and Shared make one.
type Lane struct {
	places, queue int
	shared        bool // people share it; otherwise whoever came first is next

	mu      sync.Mutex
	running map[string]int
	busy    int
	waiting []*waiter // by arrival
}

type waiter struct {
	who  string
	turn chan struct{} // closed when the place is given
}

// InOrder makes a lane of so many places, at which so many wait at most; whoever came first is next.
func InOrder(places, queue int) *Lane {
	return &Lane{places: places, queue: queue, running: map[string]int{}}
}

// Shared makes one that people share. One of them may fill a quarter of the queue.
func Shared(places, queue int) *Lane {
	l := InOrder(places, queue)
	l.shared = true
	return l
}

// The errors of a queue that takes no more.
var (
	ErrFull = errors.New("too many statements wait")
	ErrMany = errors.New("too many statements of one person wait")
)

// Waits is why a statement waits.
type Waits struct {
	Own    int // statements of the same person that run
	Others int // statements of other people that run
	Ahead  int // statements that wait and came before
	Places int
}

// String is the form of a header.
func (w Waits) String() string { return fmt.Sprintf("%d %d %d %d", w.Own, w.Others, w.Ahead, w.Places) }

// Read reads what String wrote; false: it is something else.
func Read(s string) (w Waits, ok bool) {
	n, err := fmt.Sscanf(s, "%d %d %d %d", &w.Own, &w.Others, &w.Ahead, &w.Places)
	return w, err == nil && n == 4
}

// Who is the parameter of a request that says whose statement it is. ClickHouse counts quotas by it.
const Who = "quota_key"

// Within is a parameter of a request that says how many milliseconds it waits for its turn at most: it is refused then, before
// it began. Only the engine of this program knows it.
const Within = "yanzhen_turn_within"

// Header is a header of the answer 102 that a client is sent while its statement waits, and says why.
const Header = "X-Yanzhen-Waiting"

// Told has a request whose statement waits tell why, once.
func Told(ctx context.Context, told func(Waits)) context.Context {
	var once sync.Once
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
		if w, ok := Read(h.Get(Header)); ok {
			once.Do(func() { told(w) })
		}
		return nil
	}})
}

// kept says that there is a place, which is kept for somebody else.
func (w Waits) kept() bool { return w.Own > 0 && w.Own+w.Others < w.Places }

// Text is one sentence that says why, of a statement that waits.
func (w Waits) Text() codes.Text {
	if w.kept() {
		return codes.Text{
			Zh: fmt.Sprintf("排队中：您已有 %d 条语句在运行，最后一个位置留给没有语句在运行的人；等其中一条完成即运行。", w.Own),
			En: fmt.Sprintf("Waiting: %d of your statements run, and the last place is kept for somebody who runs none; this one runs when one of them ends.", w.Own),
		}
	}
	return codes.Text{
		Zh: fmt.Sprintf("排队中：%d 个位置都在用（您 %d 条，别人 %d 条），先到的还有 %d 条在等；有位置空出时，先给在运行的最少的人。", w.Places, w.Own, w.Others, w.Ahead),
		En: fmt.Sprintf("Waiting: all %d places are in use (%d by you, %d by others) and %d that came before wait; a place that becomes free goes to whoever runs fewest.", w.Places, w.Own, w.Others, w.Ahead),
	}
}

// Past is the same of a statement that has waited.
func (w Waits) Past() codes.Text {
	if w.kept() {
		return codes.Text{
			Zh: fmt.Sprintf("排过队：当时您已有 %d 条语句在运行，最后一个位置留给没有语句在运行的人。", w.Own),
			En: fmt.Sprintf("It had to wait: %d of your statements ran, and the last place was kept for somebody who ran none.", w.Own),
		}
	}
	return codes.Text{
		Zh: fmt.Sprintf("排过队：当时 %d 个位置都在用（您 %d 条，别人 %d 条），先到的还有 %d 条在等。", w.Places, w.Own, w.Others, w.Ahead),
		En: fmt.Sprintf("It had to wait: all %d places were in use (%d by you, %d by others) and %d that came before waited.", w.Places, w.Own, w.Others, w.Ahead),
	}
}

// moment is how long a statement waits before that is told.
const moment = 300 * time.Millisecond

// Take waits for a place; leave gives it back. told, which may be nil, hears once why it waits where that takes longer than a
// moment. A context that ends leaves the queue, with its error.
func (l *Lane) Take(ctx context.Context, who string, told func(Waits)) (leave func(), err error) {
	l.mu.Lock()
	if len(l.waiting) == 0 && l.may(who) {
		l.enter(who)
		l.mu.Unlock()
		return l.leaving(who), nil
	}
	w := &waiter{who, make(chan struct{})}
	l.waiting = append(l.waiting, w)
	l.next() // those that wait may be people who run something, and this one runs nothing
	if i := slices.Index(l.waiting, w); i >= 0 {
		if err := l.room(who); err != nil {
			l.waiting = slices.Delete(l.waiting, i, i+1)
			l.mu.Unlock()
			return nil, err
		}
	}
	l.mu.Unlock()
	late := time.NewTimer(moment)
	defer late.Stop()
	for {
		select {
		case <-w.turn:
			return l.leaving(who), nil
		case <-ctx.Done():
			l.mu.Lock()
			defer l.mu.Unlock()
			if i := slices.Index(l.waiting, w); i >= 0 {
				l.waiting = slices.Delete(l.waiting, i, i+1)
			} else { // the turn came at the same moment
				l.give(who)
			}
			return nil, ctx.Err()
		case <-late.C:
			if told != nil {
				told(l.why(w))
			}
		}
	}
}

// may says whether somebody could begin now, if nobody waited.
func (l *Lane) may(who string) bool {
	free := l.places - l.busy
	return free > 1 || free == 1 && (!l.shared || l.places == 1 || l.running[who] == 0)
}

// room says whether whoever came last may wait.
func (l *Lane) room(who string) error {
	if len(l.waiting) > l.queue {
		return ErrFull
	}
	mine := 0
	for _, w := range l.waiting {
		if w.who == who {
			mine++
		}
	}
	if l.shared && mine > max(l.queue/4, 1) {
		return ErrMany
	}
	return nil
}

func (l *Lane) enter(who string) {
	l.busy++
	l.running[who]++
}

func (l *Lane) leaving(who string) func() {
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.give(who)
	}
}

func (l *Lane) give(who string) {
	l.busy--
	if l.running[who]--; l.running[who] == 0 {
		delete(l.running, who)
	}
	l.next()
}

// next gives free places to who is next, as long as there is somebody who may begin.
func (l *Lane) next() {
	for len(l.waiting) > 0 {
		at := 0
		for i, w := range l.waiting {
			if l.shared && l.running[w.who] < l.running[l.waiting[at].who] {
				at = i
			}
		}
		w := l.waiting[at]
		if !l.may(w.who) {
			return
		}
		l.waiting = slices.Delete(l.waiting, at, at+1)
		l.enter(w.who)
		close(w.turn)
	}
}

func (l *Lane) why(w *waiter) Waits {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.running[w.who]
	return Waits{Own: own, Others: l.busy - own, Ahead: max(slices.Index(l.waiting, w), 0), Places: l.places}
}
