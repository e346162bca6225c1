package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// api asks the API what a panel asked the engine: as JSON, CSV or Arrow, one after the other, it says the same of every point,
// and the page that a point leads to shows its number.
func (s *surface) api(a shownAt, r *metric.Result) {
	q := url.Values{"from": {days.ISO(r.Query.From)}, "to": {days.ISO(r.Query.To)}, "lang": {"zh"}, "limit": {"100000"}}
	if len(r.Query.By) > 0 {
		q.Set("by", strings.Join(r.Query.By, ","))
	}
	for name, value := range map[string]string{"grain": string(r.Query.Grain), "window": string(r.Query.Window), "compare": string(r.Query.Compare)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if r.Query.Limit > 0 {
		q.Set("top", strconv.Itoa(r.Query.Limit))
	}
	for _, f := range r.Query.Where {
		for _, v := range f.Values {
			q.Add("where", f.Dim+":"+v)
		}
	}
	path := "/api/v1/metrics/" + r.Query.Metric + "?" + q.Encode()
	var want [][]string // period, keys, value, base, change
	for _, pt := range r.Points {
		row := append([]string{days.ISO(pt.From), days.ISO(pt.To)}, pt.Keys...)
		want = append(want, append(row, held(pt.Value), held(pt.Base), held(pt.Change)))
	}
	n := len(r.Query.By)
	s.forms++
	switch s.forms % 3 {
	case 0:
		s.apiJSON(a, path, want)
	case 1:
		s.apiCSV(a, path, n, want)
	default:
		s.apiArrow(a, path, n, want)
	}
}

func (s *surface) apiCSV(a shownAt, path string, n int, want [][]string) {
	rows, err := csv.NewReader(strings.NewReader(s.get(a, path+"&format=csv", ""))).ReadAll()
	if err != nil || len(rows) == 0 {
		s.wrong(a, "%s as CSV: %v", path, err)
		return
	}
	var got [][]string
	for _, row := range rows[1:] {
		line := []string{row[0], row[1]}
		for i := range n {
			line = append(line, strings.TrimPrefix(row[2+2*i], "'"))
		}
		got = append(got, append(line, row[2+2*n], row[4+2*n], row[5+2*n]))
	}
	s.points(a, "API CSV", path, got, want)
}

// held is a number as it is kept.
func held(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(grid.Kept(*v), 'f', -1, 64)
}

func (s *surface) points(a shownAt, name, path string, got, want [][]string) {
	s.shown[name]++
	s.figures[name] += len(want)
	if len(got) != len(want) {
		s.wrong(a, "%s %s: %d points, want %d", name, path, len(got), len(want))
		return
	}
	for i := range got {
		if !alike(strings.Join(got[i], " | "), strings.Join(want[i], " | ")) {
			s.wrong(a, "%s %s: point %d is %q, want %q", name, path, i, got[i], want[i])
			return
		}
	}
}

func (s *surface) apiJSON(a shownAt, path string, want [][]string) {
	var told struct {
		Points []struct {
			From, To            string
			Keys                []string
			Value, Base, Change *float64
			Text, Link          string
		}
		Metric struct{ Definition, Unit string }
		Data   struct{ Version string }
	}
	if err := json.Unmarshal([]byte(s.get(a, path, "")), &told); err != nil {
		s.wrong(a, "%s: %v", path, err)
		return
	}
	if told.Metric.Definition == "" || told.Data.Version == "" {
		s.wrong(a, "%s: no definition or version", path)
	}
	var got [][]string
	for _, pt := range told.Points {
		row := append([]string{pt.From, pt.To}, pt.Keys...)
		got = append(got, append(row, held(pt.Value), held(pt.Base), held(pt.Change)))
	}
	s.points(a, "API JSON", path, got, want)
	if len(told.Points) == 0 {
		return
	}
	pt := told.Points[s.rng.IntN(len(told.Points))]
	if pt.Link == "" || pt.Value == nil || s.pagesOf["cause"] >= 40 {
		return
	}
	s.pagesOf["cause"]++
	u, err := url.Parse(pt.Link)
	if err != nil {
		s.wrong(a, "%s: %v", pt.Link, err)
		return
	}
	w := httptest.NewRecorder()
	s.pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+u.RequestURI()+"&lang=zh", nil))
	number, _, _ := strings.Cut(pt.Text, " ")
	number = strings.TrimRight(number, "%‰") // the page draws the sign smaller, beside the number
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), number) {
		s.wrong(a, "%s says %s, which its page %s (%d) does not show", path, pt.Text, u.RequestURI(), w.Code)
	}
	s.shown["page of a point"]++
	s.figures["page of a point"]++
}

func (s *surface) apiArrow(a shownAt, path string, n int, want [][]string) {
	f, err := ipc.NewFileReader(bytes.NewReader([]byte(s.get(a, path+"&format=arrow", ""))))
	if err != nil {
		s.wrong(a, "%s as Arrow: %v", path, err)
		return
	}
	defer f.Close()
	var got [][]string
	for i := range f.NumRecords() {
		rec, err := f.Record(i)
		if err != nil {
			s.wrong(a, "%s as Arrow: %v", path, err)
			return
		}
		columns := []int{0, 1}
		for k := range n {
			columns = append(columns, 2+2*k)
		}
		columns = append(columns, 2+2*n, 4+2*n, 5+2*n)
		for at := range int(rec.NumRows()) {
			var line []string
			for _, k := range columns {
				switch c := rec.Column(k).(type) {
				case *array.String:
					text := ""
					if !c.IsNull(at) {
						text = c.Value(at)
					}
					line = append(line, text)
				case *array.Float64:
					var v *float64
					if !c.IsNull(at) {
						x := c.Value(at)
						v = &x
					}
					line = append(line, held(v))
				}
			}
			got = append(got, line)
		}
	}
	s.points(a, "API Arrow", path, got, want)
}
