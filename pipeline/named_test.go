package pipeline

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A monthly table without a day is of the period that its name, its title or whoever sends it says; one that says none, or another
// width, is refused with what to do, and a second month takes nothing from the first.
func TestPeriodOfName(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/staff.yaml": {Data: []byte("name: staff\ntitle: {zh: 用工月报, en: Staff}\nabout: {zh: 一行一家, en: One a row}\nunit: [sender, period]\nperiod: {column: period, grain: month}\ncolumns:\n" +
		"  - {name: period, title: {zh: 报送期间, en: Period}, type: date, of: _period, required: true}\n  - {name: firm, title: {zh: 企业, en: Firm}, type: string, required: true}\n  - {name: people, title: {zh: 在岗人数, en: People}, type: int64}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	const rows = "企业,在岗人数\n甲厂,10\n乙厂,20\n"
	june := mustLoad(t, l, Request{Path: file(t, "甲局_用工月报_2026年6月.csv", rows)})
	if june.Period != days.Months(2026, 6, 1) || june.MaxDate.Format("2006-01-02") != "2026-06-30" {
		t.Errorf("June: %s, its data go to %s", june.Period, june.MaxDate)
	}
	// a month is over once its last day is, by the clock of the office
	for _, c := range [][2]string{{"2026-05-31T23:30:00+08:00", "2026-05-01"}, {"2026-06-01T00:30:00+08:00", "2026-05-31"}} {
		at, to := c[0], c[1]
		l.Now = func() time.Time { at, _ := time.Parse(time.RFC3339, at); return at }
		if may := mustLoad(t, l, Request{Path: file(t, "乙局_用工月报_2026年5月.csv", "企业,在岗人数\n甲厂,"+to[8:]+"\n")}); may.MaxDate.Format(time.DateOnly) != to {
			t.Errorf("at %s what came tells of %s, want %s", at, may.MaxDate, to)
		}
	}
	l.Now = nil
	if p, err := l.Plan(t.Context(), Request{Path: file(t, "甲局_用工月报.csv", "2026年7月企业用工情况,\n填报日期：2026年8月2日,\n"+rows)}); err != nil || p.Period != days.Months(2026, 7, 1) {
		t.Errorf("the title: %s %v", p.Period, err)
	}
	mustLoad(t, l, Request{Path: file(t, "甲局_用工月报.csv", "2026年7月企业用工情况,\n填报日期：2026年8月2日,\n"+rows)})
	mustLoad(t, l, Request{Path: file(t, "甲局_用工月报（1）.csv", rows), Period: days.Months(2026, 8, 1)})
	for _, name := range []string{"甲局_用工月报.csv", "甲局_用工月报_2026年上半年.csv"} {
		var p *Problem
		if out, err := l.Load(t.Context(), Request{Path: file(t, name, rows)}); !errors.As(err, &p) || p.Code != "no_period" || out.State != Failed {
			t.Errorf("%s: %s %v", name, out.State, err)
		}
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select period, sum(people) as n from mart.staff where period > '2026-05-31' group by 1 order by 1")); got != "2026-06-01\t30\n2026-07-01\t30\n2026-08-01\t30" {
		t.Errorf("got\n%s", got)
	}
	for _, wrong := range []string{"of: _period, parse: month_start", "type: int16, of: _period", "of: p}\n  - {name: other, title: {zh: 另, en: Other}, type: date, of: _period"} {
		text := "name: t\ntitle: {zh: 表, en: T}\nabout: {zh: 表, en: T}\nunit: [sender, period]\nperiod: {column: p, grain: month}\ncolumns:\n  - {name: p, title: {zh: 期, en: P}, type: date, required: true, " + wrong + "}\n"
		if _, err := dataset.Load(fstest.MapFS{"datasets/t.yaml": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// The list of an earlier month does not take the place of a later one by itself, whichever way it comes; a later one does.
func TestOlderList(t *testing.T) {
	l, _ := testLoader(t)
	load := func(name, rows string, want State) Outcome {
		t.Helper()
		out := mustLoad(t, l, Request{Path: file(t, name, "编号,企业名称,职工人数\n"+rows)})
		if out.State != want {
			t.Errorf("%s is %s: %+v", name, out.State, out.Problem)
		}
		return out
	}
	load("市场局_企业名录_2026年6月.csv", "1,甲,10\n2,乙,30\n", Published)
	old := load("市场局_企业名录_2026年5月（修订）.csv", "1,甲,9\n", Held)
	if old.Problem == nil || old.Problem.Code != "older" || warehousetest.TSV(t, l.DB, warehouse.SQL("select sum(employees) from mart.register")) != "40" {
		t.Errorf("%+v", old)
	}
	plan, err := l.Plan(t.Context(), Request{Path: file(t, "市场局_企业名录_2026年4月.csv", "编号,企业名称,职工人数\n1,甲,8\n")})
	if err != nil || len(plan.Problems) != 1 || plan.Problems[0].Code != "older" {
		t.Errorf("%+v %v", plan.Problems, err)
	}
	if _, err := l.Accept(t.Context(), old.Run, Publish, Why{By: "wang", Reason: "核对过"}); err != nil || warehousetest.TSV(t, l.DB, warehouse.SQL("select sum(employees) from mart.register")) != "9" {
		t.Errorf("accepted: %v", err)
	}
	load("市场局_企业名录_2026年7月.csv", "1,甲,11\n", Published)
}

// An office whose name has the first word of another's, and a blank behind it, does not take that one's place by itself.
func TestOfficesOfOneWord(t *testing.T) {
	l, _ := testLoader(t)
	for i, x := range []struct {
		name string
		want State
	}{
		{"青田 人社局_引进与流出_2026年6月.csv", Published},
		{"青田 财政局_引进与流出_2026年6月.csv", Held},
		{"青田 人社局_引进与流出_2026年6月（修订）.csv", Published},
	} {
		out := mustLoad(t, l, Request{Path: file(t, x.name, moves(5+i, "2026-06"))})
		if out.State != x.want || (out.State == Held) != (out.Problem != nil && out.Problem.Code == "sender_words") {
			t.Errorf("%s is %s: %+v", x.name, out.State, out.Problem)
		}
	}
}
