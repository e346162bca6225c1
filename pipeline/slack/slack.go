// Package slack lets more garbage gather while a file is read: a collection costs what is alive, whatever it finds, and of a
// load's text nearly all is garbage soon.
package slack

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	most = 64 << 20 // bytes more may gather
	own  = 48 << 20 // are alive of a load itself, about
)

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
		was = debug.SetGCPercent(-1)
	}
	fit()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if users--; users == 0 {
			debug.SetGCPercent(was)
		}
	}
}

// Fit makes what may gather fit what is alive by now: who reads a long file calls it from time to time.
func Fit() {
	mu.Lock()
	defer mu.Unlock()
	if users > 0 {
		fit()
	}
}

func fit() {
	if was < 0 {
		return // whoever started the program turned collections off
	}
	alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(alive)
	debug.SetGCPercent(was + int(most*100/(alive[0].Value.Uint64()+own)))
}
