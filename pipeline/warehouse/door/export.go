package door

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Exports bounds what is taken out in one answer by whoever has the right of it: more rows and more time than an ordinary
// statement, few at once. Several doors share one. nil: nobody takes more than an ordinary answer.
type Exports struct {
	Rows   int64         // of one answer at most
	Time   time.Duration // for one answer at most
	AtOnce int           // of all guests together; one guest takes one at a time

	mu      sync.Mutex
	running map[string]bool
}

// mostExportBytes bounds an export as the engine counts it, unpacked.
const mostExportBytes = 64 << 30

// Limits are the settings of an export; 0 bytes of memory: 1 GiB.
func (e *Exports) Limits(memory int64) map[string]string {
	out := maps.Clone(Limits(memory))
	for name, most := range e.limits() {
		out[name] = strconv.FormatInt(most, 10)
	}
	return out
}

func (e *Exports) limits() map[string]int64 {
	out := maps.Clone(limits)
	out["max_result_rows"], out["max_result_bytes"] = e.Rows, mostExportBytes
	out["max_execution_time"] = int64(max(e.Time, time.Second) / time.Second)
	return out
}

// Enter takes a place for an export of a guest; leave gives it back. ok is false where there is none.
func (e *Exports) Enter(guest string) (leave func(), ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running[guest] || len(e.running) >= max(e.AtOnce, 1) {
		return nil, false
	}
	if e.running == nil {
		e.running = map[string]bool{}
	}
	e.running[guest] = true
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.running, guest)
	}, true
}

// asks finds out whether a request is for an export: it says so, or wants more rows than an ordinary answer has. Who may
// not take one is told where the request says so, and kept to an ordinary answer where a client only wants many rows.
func (a *ask) asks(q map[string][]string, e *Exports) error {
	last := func(name string) string {
		if v := q[name]; len(v) > 0 {
			return v[len(v)-1]
		}
		return ""
	}
	said := last("export") == "1" || last("export") == "true"
	wanted, err := strconv.ParseInt(last("max_result_rows"), 10, 64)
	if !said && (err != nil || wanted <= limits["max_result_rows"]) {
		return nil
	}
	if a.guest.Export && e != nil {
		a.export, a.held = true, false
		return nil
	}
	if said {
		return no(http.StatusForbidden, 497, "ACCESS_DENIED", "账号没有下载文件的权限", "the account has not the right to take files out")
	}
	return nil
}
