package states

import (
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	k := &Keeper{}
	for _, x := range []struct {
		rows, others uint64
		want         time.Duration
	}{{5, 1000, 3 * time.Second}, {10, 1000, 30 * time.Second}, {5, 0, 30 * time.Second}} {
		if got := k.patience(x.rows, x.others); got != x.want {
			t.Errorf("%d rows beside %d wait %s, want %s", x.rows, x.others, got, x.want)
		}
	}
}
