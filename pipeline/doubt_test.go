package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
)

// A plan, a load and its run tell the same of a damaged text, row by row; what was told of the file as a
// whole stands in the run's message.
func TestDamagedTextIsToldAlike(t *testing.T) {
	l, _ := testLoader(t)
	lines := strings.Split(strings.TrimSpace(moves(60, "2026-06")), "\n")
	lines[10] += ",多一格"
	lines[20] = lines[20][:strings.LastIndexByte(lines[20], ',')]
	lines[30] = strings.Replace(lines[30], "张三", `张"三`, 1)
	lines[40] += "\r" + lines[41]
	lines = slices.Delete(lines, 41, 42)
	path := file(t, "人社局_引进与流出_2026年6月.csv", strings.Join(lines, "\n")+"\n")
	const want = "11 long_row, 21 short_row, B31 stray_quote warn"

	p, err := l.Plan(t.Context(), Request{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var planned []string
	for _, r := range p.Rejects {
		planned = append(planned, told(r.Cell, r.Origin.Row, r.Rule, r.Warn))
	}
	out := mustLoad(t, l, Request{Path: path})
	rows, err := l.Rejects(t.Context(), out.Run, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	var loaded []string
	for _, r := range rows {
		loaded = append(loaded, told(r.Cell, int(r.Row), r.Rule, r.Warn))
		if r.ReasonZh == "" || r.ReasonEn == "" || r.RemedyZh == "" || r.RemedyEn == "" {
			t.Errorf("got %+v, want a reason and a remedy in both languages", r)
		}
	}
	if got := strings.Join(planned, ", "); got != want {
		t.Errorf("plan: got %q, want %q", got, want)
	}
	if got := strings.Join(loaded, ", "); got != want {
		t.Errorf("load: got %q, want %q", got, want)
	}
	if out.State != Published || out.Loaded != 58 || out.Rejected != 2 || out.Warnings != 1 || p.Warnings != 1 || p.Counts != out.Counts {
		t.Errorf("got %s, %s, %d and %d warnings", out.State, out.Identity("en"), out.Warnings, p.Warnings)
	}
	run, _, err := l.Run(t.Context(), out.Run)
	const note = "1 行的换行符与其他行不同，已按换行读取（第 41 行）"
	if err != nil || !strings.Contains(run.MessageZh, note) || !slices.ContainsFunc(p.Notes, func(n codes.Text) bool { return n.Zh == note }) {
		t.Errorf("got %q and %v, %v; want the line end told in both", run.MessageZh, p.Notes, err)
	}
}

func told(cell string, row int, rule string, warn bool) string {
	if cell == "" {
		cell = fmt.Sprint(row)
	}
	if warn {
		rule += " warn"
	}
	return cell + " " + rule
}
