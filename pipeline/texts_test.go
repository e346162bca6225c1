package pipeline

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// Whatever stands in a bookkeeping row comes back as it was, and says nothing to the engine.
func TestAppendRowTexts(t *testing.T) {
	l, _ := testLoader(t)
	texts := []string{
		"", "'", `\`, `\'`, `'); drop table meta.runs; --`, "{x:String}", "?", "$1 :a @b", "a\x00b", "一行\n二行\r\n\t", "\xff\xfe", `\N`, `{"薪资": 1.5e3}`,
		"NULL", "/*", "-- x", "`", `"`, "😀", strings.Repeat("长'", 300_000),
	}
	for i, s := range texts {
		want := Run{
			ID: "t" + string(rune('a'+i)), Kind: s, File: s, Sender: s, MessageZh: s, MessageEn: s, Owner: s, State: Failed, Bytes: 1<<64 - 1, Batch: 1<<32 - 1,
			Started: time.Date(2026, 6, 30, 23, 59, 59, 123e6, time.UTC),
		}
		if len(s) > 1000 {
			want.Kind = ""
		}
		if err := l.PutRun(t.Context(), &want); err != nil {
			t.Fatalf("%.40q: %v", s, err)
		}
		got, ok, err := l.Run(t.Context(), want.ID)
		if err != nil || !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%.40q: got %.200v, %v", s, got, err)
		}
	}
	if runs, err := l.Runs(t.Context(), RunFilter{}); err != nil || len(runs) != len(texts) {
		t.Errorf("got %d runs, %v", len(runs), err)
	}
}
