// Package slack lets more garbage gather while a file is read: a collection costs what is alive, whatever it finds, and of a
// load's text nearly all is garbage soon.
package slack

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// most is how many bytes more may gather, and much is how many percent of what is alive.
const most, much = 64 << 20, 400

var (
	mu    sync.Mutex
	users int
	was   int
)

// Give lets more garbage gather until everybody who asked for it gives it back, which is to be done once. Where GOGC is set,
// nothing changes. A memory limit (GOMEMLIMIT) is kept all the same.
func Give() (back func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	mu.Lock()
	defer mu.Unlock()
	if users++; users == 1 {
		alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(alive)
		was = debug.SetGCPercent(-1)
		percent := was
		if was >= 0 && was < much {
			percent = was + int(most*100/max(alive[0].Value.Uint64(), most*100/uint64(much-was)))
		}
		debug.SetGCPercent(percent)
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if users--; users == 0 {
			debug.SetGCPercent(was)
		}
	}
}
