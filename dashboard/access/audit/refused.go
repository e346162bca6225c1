package audit

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Bounds of what is written of refusals: of one who, from one address, for one deed so many lines in ten minutes; what comes
// beyond is counted and told in one line. More different ones than there is room for are counted together.
const (
	mostRefused  = 30
	mostRefusing = 1000
	refusedFor   = 10 * time.Minute
)

// refusals are those of the last ten minutes.
type refusals struct {
	mu   sync.Mutex
	of   map[Entry]uint64 // by who, role, from and deed
	ends *time.Timer
}

// Refused writes down what was refused, few lines of many of the same.
func (t *Trail) Refused(e Entry) {
	key := Entry{Who: e.Who, Role: e.Role, From: e.From, Did: e.Did}
	t.refusals.mu.Lock()
	if t.refusals.of == nil {
		t.refusals.of = map[Entry]uint64{}
		t.refusals.ends = time.AfterFunc(refusedFor, t.sum)
	}
	if _, ok := t.refusals.of[key]; !ok && len(t.refusals.of) >= mostRefusing {
		key = Entry{Who: "?", Did: "request"}
		t.refusals.of[key] = max(t.refusals.of[key], mostRefused)
	}
	t.refusals.of[key]++
	write := t.refusals.of[key] <= mostRefused
	t.refusals.mu.Unlock()
	if write {
		t.Add(e)
	}
}

// sum tells how many refusals were not written down, and begins to count anew.
func (t *Trail) sum() {
	t.refusals.mu.Lock()
	of := t.refusals.of
	t.refusals.of = nil
	if t.refusals.ends != nil {
		t.refusals.ends.Stop()
	}
	t.refusals.mu.Unlock()
	for e, n := range of {
		if n > mostRefused {
			e.What, e.Rows, e.Result = "more of the same", n-mostRefused, "refused"
			t.Add(e)
		}
	}
}

// Turned is a request that was refused, without what it carried: neither its body nor what stands behind the question mark.
func Turned(r *http.Request, status int, why string) Entry {
	did := "request"
	if ofStatements(r.URL.Path) {
		did = "sql"
	}
	what := r.Method + " " + r.URL.Path + " " + strconv.Itoa(status)
	if why != "" {
		what += " " + why
	}
	return Entry{Did: did, What: what, Result: "refused"}
}

// unwritten says whether an answer refused what nobody else writes down: a page or a change for want of a right or of a
// sign-in, a body that is too long, on the page of statements one that cannot be read.
func unwritten(r *http.Request, status int) bool {
	some := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge}
	if ofStatements(r.URL.Path) {
		some = append(some, http.StatusBadRequest)
	}
	return slices.Contains(some, status)
}
