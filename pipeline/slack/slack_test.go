package slack

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// Whoever asks, the percent is as it was once all have given it back; and what may gather is bounded.
func TestGive(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	percent := func() int {
		p := debug.SetGCPercent(-1)
		debug.SetGCPercent(p)
		return p
	}
	one, two := Give(), Give()
	if p := percent(); p < 130 || p > 240 {
		t.Errorf("a small heap has %d percent", p)
	}
	one()
	if percent() <= 100 {
		t.Error("it is over while somebody needs it")
	}
	two()
	if p := percent(); p != 100 {
		t.Errorf("%d percent are left", p)
	}
	large := make([]byte, 256<<20)
	runtime.GC()
	back := Give()
	if p := percent(); p > 125 {
		t.Errorf("beside 256 MiB there are %d percent", p)
	}
	back()
	runtime.KeepAlive(large)
	t.Setenv("GOGC", "100")
	back = Give()
	if p := percent(); p != 100 {
		t.Errorf("GOGC is set, and there are %d percent", p)
	}
	back()
}

// What may gather follows what is alive, also when it grows while a file is read.
func TestFit(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	percent := func() int {
		p := debug.SetGCPercent(-1)
		debug.SetGCPercent(p)
		return p
	}
	back := Give()
	before := percent()
	large := make([]byte, 512<<20)
	runtime.GC()
	Fit()
	if p := percent(); p > 115 || p >= before {
		t.Errorf("%d percent before, %d beside 512 MiB", before, p)
	}
	runtime.KeepAlive(large)
	back()
	Fit()
	if p := percent(); p != 100 {
		t.Errorf("%d percent are left", p)
	}
}
