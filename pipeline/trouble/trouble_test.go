package trouble

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

type teller struct{}

func (teller) Error() string { return "dial unix /run/x: connection refused" }
func (teller) Tell() codes.Text {
	return codes.Text{Zh: "在等扫描程序", En: "it waits for the scanner"}
}

// Whatever went wrong beneath, what is told is a sentence in each language with what to do, and holds not a word of what was said
// beneath, nor a path.
func TestPlain(t *testing.T) {
	raw := "RAWDB::Exception rawpath flate"
	for want, list := range map[string][]error{
		"failed":      {errors.New(raw), &warehouse.Error{Code: 60, Name: "UNKNOWN_TABLE", Message: raw}, &fs.PathError{Op: "open", Path: "/raw/郭小明.xlsx", Err: syscall.EACCES}, &os.LinkError{Op: "rename", Old: "/raw/郭小明", New: "/raw/b", Err: syscall.EACCES}, os.NewSyscallError("rawcall", syscall.EIO), teller{}, Own("不明", "not known", errors.New(raw))},
		"torn":        {&check.Torn{Column: "rawcolumn", Sent: "1", Held: "2"}},
		"unavailable": {fmt.Errorf("%w: query 7: dial unix raw.sock", warehouse.ErrUnavailable), &warehouse.Stalled{}},
		"memory":      {&warehouse.Error{Code: 241, Name: "MEMORY_LIMIT_EXCEEDED", Message: raw}},
		"disk":        {&warehouse.Error{Code: 243, Message: raw}, &fs.PathError{Op: "write", Path: "/raw/x", Err: syscall.ENOSPC}},
		"late":        {fmt.Errorf("query 7: %w", context.DeadlineExceeded)},
	} {
		for _, err := range list {
			s := Of(fmt.Errorf("reading raw: %w", err))
			if s.Code != want || !slices.Contains(Codes, s.Code) || s.Text.Zh == "" || s.Text.En == "" || s.Remedy.Zh == "" || s.Remedy.En == "" {
				t.Errorf("%v: %+v", err, s)
			}
			if all := strings.ToLower(fmt.Sprint(s)); strings.Contains(all, "raw") || strings.Contains(all, "exception") || strings.Contains(all, "query") || strings.Contains(all, "郭小明") {
				t.Errorf("%v is told as %s", err, all)
			}
		}
	}
	if _, err := os.Open(t.TempDir() + "/郭小明"); Reason(err).Zh != "已经不在" || strings.Contains(Beneath(err), "郭小明") || !strings.Contains(Beneath(err), "no such file") {
		t.Errorf("%v: %v, %s", err, Reason(err), Beneath(err))
	}
	cause := fmt.Errorf("x: %w", warehouse.ErrUnavailable)
	if err := fmt.Errorf("at the end: %w", Own("发布结果不明", "it is not known", cause)); !errors.Is(err, warehouse.ErrUnavailable) || Of(err).Text.Zh != "发布结果不明" || !strings.Contains(err.Error(), "x: ") {
		t.Errorf("%v is told as %+v", err, Of(err))
	}
	if s, ok := Known(errors.New(raw)); ok {
		t.Errorf("known: %+v", s)
	}
}
