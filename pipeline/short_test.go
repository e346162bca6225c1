package pipeline

import (
	"errors"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse"
)

// A table whose parts are too many takes no insert: nothing of the load is visible, it may be tried again, the run says what
// to do, and it succeeds once parts are merged.
func TestTooManyParts(t *testing.T) {
	l, _ := testLoader(t)
	mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(30, "2026-06"))})
	set := func(n string) {
		if err := l.DB.Exec(t.Context(), warehouse.SQL("alter table store.moves modify setting parts_to_delay_insert = "+n+", parts_to_throw_insert = "+n)); err != nil {
			t.Fatal(err)
		}
	}
	set("1")
	next := Request{Path: file(t, "人社局_引进与流出_2026年7月.csv", moves(30, "2026-07"))}
	out, err := l.Load(t.Context(), next)
	var said *warehouse.Error
	if !errors.As(err, &said) || said.Code != 252 || !Temporary(err) || out.State != Failed {
		t.Fatalf("got %+v, %v", out.State, err)
	}
	wantVisible(t, l.DB, 30, pay(30))
	run, err := l.Runs(t.Context(), RunFilter{})
	if err != nil || len(run) == 0 || !strings.Contains(run[0].RemedyEn, "too many parts") {
		t.Errorf("got %+v, %v", run, err)
	}
	set("3000")
	if out := mustLoad(t, l, next); out.State != Published {
		t.Errorf("got %+v", out)
	}
}
