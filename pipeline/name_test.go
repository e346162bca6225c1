package pipeline

import (
	"strings"
	"testing"

	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

func TestMaskName(t *testing.T) {
	for _, name := range []string{
		"人社局_引进与流出_2026年6月.xlsx", "人社局_引进_202606.xlsx", "导出20260630.csv", "导出_20260630123456.csv", "2026-06-30 12-34-56.csv",
		"91330000MA27U0XX12_名录.csv", "12345678901.csv",
	} {
		if got := (mask.Mask{Key: testKey}).Name(name); got != name {
			t.Errorf("%s became %s", name, got)
		}
	}
	for name, private := range map[string]string{
		"0571-87052114.csv":                  "87052114",
		"身份证号110105194912310021欧阳.csv":       "194912310021",
		"11010519491231002X.csv":             "11010519491231002",
		"110105491231002.csv":                "110105491231002",
		"１１０１０５１９４９１２３１００２１.csv":             "１１０１０５",
		"手机13800138000_2026年6月.csv":          "13800138000",
		"8613800138000.csv":                  "13800138000",
		"138-0013-8000 139 0013 9000.csv":    "0013",
		"110105-19491231-0021.csv":           "19491231",
		"局/110105194912310021/13800138000.x": "1380013",
	} {
		got := (mask.Mask{Key: testKey}).Name(name)
		if strings.Contains(got, private) || !strings.Contains(got, "***") {
			t.Errorf("%s became %s", name, got)
		}
		if p, ok := filename.Period(got); strings.Contains(name, "2026年6月") && (!ok || p.String() != "2026-06") {
			t.Errorf("%s: the period of %s is lost", name, got)
		}
		if again := (mask.Mask{Key: testKey}).Name(got); again != got {
			t.Errorf("%s became %s, and that %s", name, got, again)
		}
	}
	a, b := (mask.Mask{Key: testKey}).Name("工资110105194912310021.csv"), (mask.Mask{Key: testKey}).Name("工资110105194912310048.csv")
	if a == b || a != (mask.Mask{Key: testKey}).Name("工资110105194912310021.csv") {
		t.Errorf("two files: %s and %s", a, b)
	}
	if a == (mask.Mask{Key: []byte("another key, as long as the first one")}).Name("工资110105194912310021.csv") {
		t.Error("the mark does not depend on the key")
	}
}

// A file called by a number of a person loads, and the number stands nowhere afterwards.
func TestNumberInFileName(t *testing.T) {
	l, log := testLoader(t)
	const secret, other = "110105194912310021", "110105194912310048"
	for i, id := range []string{secret, other} {
		out := mustLoad(t, l, Request{Path: file(t, "价格"+id+".csv", "品名,单价\n钼"+strings.Repeat("粉", i)+",x\n钼,3\n")})
		if out.State != Held && out.State != Published || strings.Contains(out.File+out.Unit, id) {
			t.Errorf("got %+v", out)
		}
		if _, err := l.Republish(t.Context(), "prices", out.Batch, Why{}); err != nil {
			t.Error(err)
		}
	}
	live, err := l.Live(t.Context(), "prices")
	if err != nil || len(live) != 2 {
		t.Errorf("two files: got %d units, %v", len(live), err)
	}
	if _, err := l.Load(t.Context(), Request{Path: "/nowhere/" + secret + ".csv"}); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a file that is not there: %v", err)
	}
	if strings.Contains(log.String(), secret) {
		t.Error("the number stands in the log")
	}
	for _, table := range []string{"meta.ledger", "meta.runs", "meta.rejects", "store.prices"} {
		got, err := warehouse.Select[struct {
			N    uint64 `db:"n"`
			With uint64 `db:"with"`
		}](t.Context(), l.DB, statementf("select count() as n, countIf(position(toString(tuple(*)), '%s') > 0) as with from %s", secret, table))
		if err != nil || got[0].N == 0 || got[0].With != 0 {
			t.Errorf("%s: %+v, %v", table, got, err)
		}
	}
}
