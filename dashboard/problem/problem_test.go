package problem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/refusal"
	"yanzhen/pipeline/warehouse"
)

// What somebody can ask for in a smaller form is his to mend, and has a code of its own; what failed inside has a number.
func TestOf(t *testing.T) {
	much := metric.Refuse("太多", "too much")
	much.TooMuch = true
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
		logged bool
	}{
		"memory":      {fmt.Errorf("metric x: %w", much), 422, TooMuch, false},
		"time":        {fmt.Errorf("metric x: %w", refusal.InTime(context.DeadlineExceeded)), 422, TooSlow, true},
		"no time":     {fmt.Errorf("upload: %w", context.DeadlineExceeded), 503, "unavailable", true},
		"no such":     {metric.Refuse("没有", "none"), 400, "bad_request", false},
		"gone away":   {context.Canceled, 499, "cancelled", false},
		"no database": {fmt.Errorf("x: %w", warehouse.ErrUnavailable), 503, "unavailable", true},
		"full disk":   {&fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}, 503, "unavailable", true},
		"read-only":   {fmt.Errorf("x: %w", &fs.PathError{Op: "open", Path: "/x", Err: syscall.EROFS}), 503, "unavailable", true},
		"inside":      {errors.New("x"), 500, "internal", true},
	} {
		p := Of(c.err)
		if p.Status != c.status || p.Code != c.code || (p.Ref != "") != c.logged || p.Text.Zh == "" || p.Text.En == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
