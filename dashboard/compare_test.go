package dashboard

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"yanzhen/dashboard/address"
)

// What a reader chooses to compare with holds for cards, drawings, tables and files, and is the address.
func (s *site) compareTest(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		for _, c := range address.Comparisons {
			body := s.page(t, "/b/overview?lang="+lang+"&compare="+string(c))
			for _, want := range []string{`<option value="` + string(c) + `" selected>`, "compare=" + string(c) + "&amp;", `href="/b/inflow?compare=` + string(c) + `"`} {
				if !strings.Contains(body, want) {
					t.Errorf("%s: the overview lacks %s", c, want)
				}
			}
		}
	}
	card := func(path string) string {
		_, text, _ := strings.Cut(s.page(t, path), `data-card="`)
		text, _, _ = strings.Cut(text, "</article>")
		_, text, _ = strings.Cut(text, `<p class="delta">`)
		text, _, _ = strings.Cut(text, "</p>")
		return text
	}
	if own := card("/b/inflow?lang=zh&from=2026-06-01&to=2026-07-01"); !strings.Contains(own, "同比") || !strings.Contains(own, "上年同期") {
		t.Errorf("a card's own comparison is %q", own)
	}
	if none := card("/b/inflow?lang=zh&compare=none"); strings.Contains(none, "比") {
		t.Errorf("without comparison the card says %q", none)
	}
	if pop := card("/b/overview?lang=zh&compare=pop"); !strings.Contains(pop, "环比") || !strings.Contains(pop, "上期") {
		t.Errorf("against the period before the card says %q", pop)
	}
	rows := func(path string) [][]string {
		t.Helper()
		r := s.get(t, path)
		out, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\uFEFF"))).ReadAll()
		if err != nil || r.status != 200 || len(out) < 2 {
			t.Fatalf("%s: %d %v %.200s", path, r.status, err, r.body)
		}
		return out
	}
	at := "/api/v1/panels/inflow/education?lang=zh&from=2026-06-01&to=2026-07-01"
	plain, yoy := rows(at+"&format=csv"), rows(at+"&format=csv&compare=yoy")
	if got := strings.Join(yoy[0], "|"); !strings.HasPrefix(got, strings.Join(plain[0], "|")+"|上年同期（人次）|同比（%）") {
		t.Errorf("the file begins with %q", got)
	}
	now, base := s.total(t, at+"&format=csv"), s.total(t, strings.Replace(at, "2026-06-01&to=2026-07-01", "2025-06-01&to=2025-07-01", 1)+"&format=csv")
	var sums [2]float64
	for _, row := range yoy[1:] {
		for i := range sums {
			var v float64
			if json.Unmarshal([]byte(row[1+i]), &v) == nil {
				sums[i] += v
			}
		}
	}
	if now == 0 || base == 0 || sums != [2]float64{now, base} {
		t.Errorf("June 2026 and 2025 are %v and %v; compared they are %v", now, base, sums)
	}
	panel := func(path string) (a panelAnswer) {
		t.Helper()
		if r := s.get(t, path); r.status != 200 || json.Unmarshal([]byte(r.body), &a) != nil {
			t.Errorf("%s: %d %.200s", path, r.status, r.body)
		}
		return a
	}
	for _, c := range []struct{ path, note, drawn string }{
		{at + "&compare=yoy", "对比上年同期：2025 年 6 月", "上年同期（2025 年 6 月）"},
		{at + "&compare=none", "", ""},
		{"/api/v1/panels/inflow/to-chain?lang=zh&compare=yoy", "对比见表格", ""},
		{"/api/v1/panels/inflow/retention?lang=zh&compare=yoy", "此图不作对比", ""},
		{"/api/v1/panels/inflow/trend?lang=zh&grain=quarter&compare=spring", "含有整个春节，按同比", "上年同期"},
		{"/api/v1/panels/inflow/trend?lang=zh&grain=month&compare=spring", "1、2 月并为一期", "2026-01—02"},
		{"/api/v1/panels/inflow/trend?lang=zh&window=ytd&compare=pop", "年初至今没有上期", ""},
		{"/api/v1/panels/inflow/trend?lang=zh&grain=year&from=2025-07-01&to=2026-06-16", "* 2026-01-01", ""},
	} {
		a := panel(c.path)
		if c.note != "" && !strings.Contains(a.Note, c.note) && !strings.HasPrefix(c.note, "* ") {
			t.Errorf("%s: the note is %q, want %q", c.path, a.Note, c.note)
		}
		if strings.HasPrefix(c.note, "* ") && !strings.Contains(a.Note, "* 只含 2026 年 1 月 1 日—6 月 15 日") {
			t.Errorf("%s: the note is %q", c.path, a.Note)
		}
		if !strings.Contains(string(a.Option), c.drawn) {
			t.Errorf("%s: %q is not drawn: %.300s", c.path, c.drawn, a.Option)
		}
	}
	// a 0 because nothing meets the filters says so
	narrow := "/b/inflow?lang=zh&from=2026-06-01&to=2026-06-02&country=US&node=magnetic.soft"
	cards := func(path string) string { text, _, _ := strings.Cut(s.page(t, path), "data-panel="); return text }
	if !strings.Contains(cards(narrow), "没有符合筛选的记录") || strings.Contains(cards("/b/inflow?lang=zh&chain=magnetic"), "没有符合筛选的记录") {
		t.Errorf("%s does not say that nothing meets the filters", narrow)
	}
	if r := s.get(t, "/b/overview?compare=mom"); r.status != 400 || !strings.Contains(r.body, "yoy") || !strings.Contains(r.body, "spring") {
		t.Errorf("an unknown comparison: %d %.300s", r.status, r.body)
	}
	// what a definition shows can be asked as it stands: with the values of its parameters, and without the ledger
	for _, path := range []string{"/api/v1/panels/inflow/retention", "/api/v1/panels/inflow/subsidy-end"} {
		r := s.get(t, path+"?format=definition")
		if !strings.Contains(r.body, "--param data_day=2026-06-") || !strings.Contains(r.body, "--param from=") || strings.Contains(r.body, "meta.") {
			t.Errorf("%s: its definition is %.2000s", path, r.body)
		}
	}
	// the days around the lunar new year; of 2016 nothing is loaded
	if a := panel("/api/v1/panels/inflow/spring?lang=zh"); !strings.Contains(string(a.Option), "2026 年") || !strings.Contains(a.Note, "2026 年 2 月 16 日、2025 年 1 月 28 日") || !strings.Contains(a.Note, "2015—2030 年") {
		t.Errorf("the days around the lunar new year: %.300s, %q", a.Option, a.Note)
	}
	if a := panel("/api/v1/panels/inflow/spring?lang=zh&from=2016-01-01&to=2016-12-01"); !strings.Contains(a.Sentence, "除夕前后 30 天") || a.Option != nil {
		t.Errorf("of 2016: %q", a.Sentence)
	}
	if r := rows("/api/v1/panels/inflow/spring?lang=zh&format=csv"); len(r) != 62 || r[31][0] != "除夕" || r[31][1] != "2026-02-16" {
		t.Errorf("its file has %d rows, the eve is %q", len(r), r[31])
	}
	if r := rows("/api/v1/panels/inflow/spring?lang=zh&format=csv&from=2025-01-01&to=2025-12-01"); r[31][1] != "2025-01-28" {
		t.Errorf("of 2025 the eve is %q", r[31])
	}
}
