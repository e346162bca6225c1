package dashboard

import (
	"encoding/csv"
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

var (
	causeLink  = regexp.MustCompile(`<a class="value-link" href="([^"]+)">([^<]*)</a>`)
	causeRows  = regexp.MustCompile(`<li><a href="([^"]+)"`)
	causeStep0 = regexp.MustCompile(`(?s)data-step="\d".*?</section>`)
	causeNow   = regexp.MustCompile(`<p class="value"><b>([^<]*)</b>`)
)

// columns reads a CSV: its heads and, by the first cell of a row, the others.
func (s *site) columns(t *testing.T, path string) (heads []string, rows map[string][]string) {
	t.Helper()
	r := s.get(t, path)
	list, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\uFEFF"))).ReadAll()
	if err != nil || r.status != 200 || len(list) == 0 {
		t.Fatalf("%s: %d %v %.300s", path, r.status, err, r.body)
	}
	rows = map[string][]string{}
	for _, row := range list[1:] {
		rows[row[0]] = row[1:]
	}
	return list[0], rows
}

// Every card leads to a cause with the same number; the rows of a step lead on until the months are reached.
func (s *site) causeTest(t *testing.T) {
	cards := 0
	for _, b := range s.Boards {
		said := map[string][][]string{}
		for _, lang := range []string{"zh", "en"} { // 1,020 万元, and CNY 10.2 m
			said[lang] = causeLink.FindAllStringSubmatch(s.page(t, "/b/"+b.Name+"?lang="+lang), -1)
		}
		for i := range said["zh"] {
			if i%3 == 2 && len(said["zh"]) > 3 {
				continue // two of three cards make the point
			}
			lang := []string{"zh", "en"}[i%2]
			m := said[lang][i]
			at := html.UnescapeString(m[1])
			cause := s.page(t, with(at, "lang="+lang))
			if now := causeNow.FindStringSubmatch(cause); now == nil || now[1] != m[2] {
				t.Errorf("%s: the card of %s says %s, the cause %v", at, b.Name, m[2], now)
			}
			if !strings.Contains(cause, `data-step="1"`) || !strings.Contains(cause, `class="cause-sentence"`) {
				t.Errorf("%s: no step or no sentence", at)
			}
			if lang == "en" {
				for _, part := range regexp.MustCompile(`(?s)<p class="note">.*?</p>`).FindAllString(cause, -1) {
					if han.MatchString(part) {
						t.Errorf("%s in English: %s", at, part)
					}
				}
			}
			cards++
		}
	}
	if cards < 20 {
		t.Errorf("%d cards lead to a cause", cards)
	}

	// three taps without a script
	body := s.page(t, "/b/chain?lang=zh")
	at := ""
	for _, m := range causeLink.FindAllStringSubmatch(body, -1) {
		if strings.Contains(m[1], "/cause/post_gap") {
			at = html.UnescapeString(m[1])
		}
	}
	first := at
	for _, want := range []string{"tap=node%3A", "tap=(park|enterprise)%3A", "tap=period%3A"} {
		step := causeStep0.FindString(s.page(t, with(at, "lang=zh")))
		rows := causeRows.FindAllStringSubmatch(step, -1)
		if len(rows) == 0 {
			t.Fatalf("%s has no rows: %.500s", at, step)
		}
		row := rows[0]
		if strings.Contains(want, "period") {
			row = rows[len(rows)-1] // the months before have no rows, and so no files
		}
		at = html.UnescapeString(row[1])
		if !regexp.MustCompile(want).MatchString(at) {
			t.Fatalf("a row leads to %s, want %s in it", at, want)
		}
	}
	last := s.page(t, with(at, "lang=zh"))
	for _, want := range []string{`class="panel cause-found"`, "→", "/data/runs/", "/b/chain?", "node=", `class="cause-files"`} {
		if !strings.Contains(last, want) {
			t.Errorf("the end of the way lacks %q", want)
		}
	}

	// the parts are the panel's numbers
	heads, parts := s.columns(t, with(first, "lang=zh&format=csv&all=1"))
	_, panel := s.columns(t, "/api/v1/panels/chain/gaps?lang=zh&format=csv")
	if heads[1] != "链上岗位缺口（人）" && !strings.HasPrefix(heads[1], "链上岗位缺口") {
		t.Errorf("heads are %q", heads)
	}
	same := 0
	for name, row := range panel {
		if part, ok := parts[name]; ok {
			if part[0] != row[0] {
				t.Errorf("%s: the cause says %s, the panel %s", name, part[0], row[0])
			}
			same++
		} else if row[0] != "0" && row[0] != "" {
			t.Errorf("%s: %s on the panel, no part of the cause", name, row[0])
		}
	}
	if same < 3 {
		t.Errorf("%d parts are on the panel", same)
	}
	sum, whole := 0.0, 0.0
	for name, part := range parts {
		v, err := strconv.ParseFloat(part[2], 64)
		if err != nil {
			t.Errorf("%s: change %q", name, part[2])
		}
		if name == "合计" {
			whole = v
		} else {
			sum += v
		}
	}
	if math.Abs(sum-whole) > 1e-9 {
		t.Errorf("the parts change by %v, the whole by %v", sum, whole)
	}

	// whatever is declared: the parts of a step are what Run answers, and where they are said to add up they do
	for i, m := range s.Catalog.Metrics() {
		if m.Kind == metric.Forecasting || i%5 != 0 && m.Name != "match_degree" && m.Name != "net_inflow" && m.Name != "talent_stock" {
			continue
		}
		q := metric.Query{Metric: m.Name, From: days.Date(2026, 4, 1), To: days.Date(2026, 7, 1), Compare: metric.YearOnYear}
		for _, by := range append(cause.Steps(m), cause.ByPeriod) {
			c, err := cause.Divide(t.Context(), s.Engine, cause.Query{Query: q, By: by, See: cause.ByChange})
			if err != nil {
				t.Errorf("%s by %q: %v", m.Name, by, err)
				continue
			}
			if by == cause.ByPeriod {
				continue
			}
			one := q
			one.By = []string{by}
			r, err := s.Engine.Run(t.Context(), one)
			if err != nil {
				t.Fatal(m.Name, err)
			}
			var sum float64
			for _, p := range c.Parts {
				i := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.Keys[0] == p.Key })
				if i < 0 || metric.Number(p.Value, m.Unit) != metric.Number(r.Points[i].Value, m.Unit) || metric.Number(p.Base, m.Unit) != metric.Number(r.Points[i].Base, m.Unit) {
					t.Errorf("%s by %s: %s is %s, not what the engine answers", m.Name, by, p.Key, metric.Number(p.Value, m.Unit))
				}
				if p.Value != nil {
					sum += *p.Value
				}
				if p.Share != nil && (!c.Adds || m.Rate()) {
					t.Errorf("%s by %s: %s has a share of what does not add up", m.Name, by, p.Key)
				}
			}
			if c.Adds && c.Whole.Value != nil && math.Abs(sum-*c.Whole.Value) > 1e-6*max(1, math.Abs(sum)) {
				t.Errorf("%s by %s: the parts are %v together, the whole %v", m.Name, by, sum, *c.Whole.Value)
			}
		}
	}

	for _, c := range []struct {
		path   string
		status int
		says   []string
	}{
		{"/cause/nothing", 404, []string{"nothing", "post_gap"}},
		{"/cause/post_gap?see=red", 400, []string{"change", "level", "target"}},
		{"/cause/post_gap?compare=red", 400, []string{"yoy", "pop"}},
		{"/cause/post_gap?by=colour", 400, []string{"node", "enterprise", "period"}},
		{"/cause/mismatch?by=node", 400, []string{"chain"}},
		{"/cause/post_gap?tap=colour:red", 400, []string{"node:…", "period:…"}},
		{"/cause/post_gap?tap=node", 400, []string{"node:…"}},
		{"/cause/post_gap?tap=node:nothing", 400, []string{"node:superalloy."}},
		{"/cause/post_gap?tap=period:2026-13-01", 400, []string{"period:2026-0"}},
		{"/cause/post_gap?tap=period:2026-06-01&tap=node:superalloy.cast", 400, []string{"tap="}},
		{"/cause/post_gap?where=period:2026-06-01", 400, []string{"node:…"}},
		{"/cause/post_gap?node=nothing", 400, []string{"superalloy.cast"}},
		{"/cause/post_gap?from=2026-07-01&to=2026-01-01", 400, []string{"2026-07-01"}},
		{"/cause/post_gap?window=ytd", 400, []string{"window"}},
		{"/cause/post_gap?format=pdf", 400, []string{"csv"}},
		{"/cause/post_gap?all=2", 400, []string{"all"}},
		{"/cause/gap_forecast", 400, []string{"/cause/post_gap"}},
	} {
		r := s.get(t, with(c.path, "lang=zh"))
		if r.status != c.status {
			t.Errorf("%s: status %d, want %d: %.300s", c.path, r.status, c.status, r.body)
		}
		text := html.UnescapeString(r.body)
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", c.path, want)
			}
		}
	}

	// filters of the page, what a card is fixed to, other ways to look
	for _, path := range []string{
		"/cause/post_gap?chain=magnetic", "/cause/inflow?where=channel:campus&compare=pop", "/cause/talent_stock?where=class:A&where=class:B&see=level", "/cause/inflow?by=period&grain=ten&from=2026-06-01&to=2026-07-01",
		"/cause/inflow?compare=none", "/cause/inflow?compare=spring&from=2026-01-01&to=2026-04-01", "/cause/inflow?by=enterprise&all=1", "/cause/inflow?from=2020-01-01&to=2020-02-01", "/cause/inflow?as_of=2036-01-01",
		"/cause/inflow?province=" + url.QueryEscape("浙江"),
	} {
		for _, lang := range []string{"zh", "en"} {
			s.page(t, with(path, "lang="+lang))
		}
	}
	if heads, _ := s.columns(t, "/cause/post_gap?compare=none&lang=zh&format=csv"); len(heads) < 4 || slices.ContainsFunc(heads, func(h string) bool { return strings.Contains(h, "than") || strings.Contains(h, "上年") }) {
		t.Errorf("with nothing to compare the columns are %q", heads)
	}

	// what is behind its target leads to why
	body = s.page(t, "/responsibility?lang=zh")
	links := regexp.MustCompile(`href="(/cause/[^"]*see=target[^"]*)"`).FindAllStringSubmatch(body, -1)
	if len(links) == 0 {
		t.Fatal("no target leads to its cause")
	}
	behind := regexp.MustCompile(`落后 ([\d,]+)`)
	for _, m := range links {
		at := html.UnescapeString(m[1])
		if body := s.page(t, with(at, "lang=zh")); !strings.Contains(body, "目标进度") && !strings.Contains(body, "上年同期没有数") && !strings.Contains(body, "同一目标") {
			t.Errorf("%s does not speak of the target's pace: %.300s", at, regexp.MustCompile(`(?s)<main.*`).FindString(body))
		} else if n := behind.FindStringSubmatch(body); n != nil && strings.Contains(body, "目标进度") && !strings.Contains(body, "比目标进度少 "+n[1]) {
			t.Errorf("%s is behind by %s, its sentence says another number: %s", at, n[1], regexp.MustCompile(`cause-sentence">[^<]*`).FindString(body))
		}
	}
}
