package pipeline

import (
	"strings"
	"testing"

	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

func TestMaskName(t *testing.T) {
	for _, name := range []string{
		"人社局_引进与流出_2026年6月.xlsx", "人社局_引进_202606.xlsx", "导出20260630.csv", "导出_20260630123456.csv", "2026-06-30 12-34-56.csv",
		"91330000MA27U0XX12_名录.csv", "0571-87052114.csv", "12345678901.csv",
	} {
		if got := maskName(testKey, name); got != name {
			t.Errorf("%s became %s", name, got)
		}
	}
	for name, private := range map[string]string{
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
		got := maskName(testKey, name)
		if strings.Contains(got, private) || !strings.Contains(got, "***") {
			t.Errorf("%s became %s", name, got)
		}
		if p, ok := ParsePeriod(got); strings.Contains(name, "2026年6月") && (!ok || p.String() != "2026-06") {
			t.Errorf("%s: the period of %s is lost", name, got)
		}
		if again := maskName(testKey, got); again != got {
			t.Errorf("%s became %s, and that %s", name, got, again)
		}
	}
	a, b := maskName(testKey, "工资110105194912310021.csv"), maskName(testKey, "工资110105194912310048.csv")
	if a == b || a != maskName(testKey, "工资110105194912310021.csv") {
		t.Errorf("two files: %s and %s", a, b)
	}
	if a == maskName([]byte("another key, as long as the first one"), "工资110105194912310021.csv") {
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
		if _, err := l.Republish(t.Context(), "prices", out.Batch, ""); err != nil {
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

func TestParseName(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Name
	}{
		{"人力资源和社会保障局_引进与流出_2026年6月.xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 1}},
		{"人力资源和社会保障局＿引进与流出＿２０２６年６月（修订２）.xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 2}},
		{"科技局_国际合作_2026年上半年.csv", Name{"科技局", "国际合作", days.Months(2026, 1, 6), 0}},
		{"补报局_引进与流出_2026年6月.xlsx", Name{"补报局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"补报局_引进与流出_2026年6月补报.xlsx", Name{"补报局", "引进与流出", days.Months(2026, 6, 1), 1}},
		{"人社局_技能培训_202606(第二次修订).csv", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 2}},
		{"人社局_技能培训_2026年6月 (1).xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 0}},
		{"人社局_技能培训_2026年6月 - 副本.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 0}},
		{"hr_arrivals_2026-06_v3.csv", Name{"hr", "arrivals", days.Months(2026, 6, 1), 3}},
		{"2026年6月 人社局 引进与流出.xlsx", Name{"人社局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"企业名录.xlsx", Name{"", "企业名录", days.Range{}, 0}},
		{"", Name{"", "", days.Range{}, 0}},
	} {
		if got := ParseName(c.in); got != c.want {
			t.Errorf("ParseName(%q): got %+v, want %+v", c.in, got, c.want)
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx")
	f.Add("2026年1-6月_v2_.csv")
	f.Fuzz(func(t *testing.T, s string) {
		n := ParseName(s)
		if !n.Period.IsZero() && !n.Period.From.Before(n.Period.To) {
			t.Errorf("ParseName(%q): period %s is empty", s, n.Period)
		}
	})
}
