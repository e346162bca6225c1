package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/xuri/excelize/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/paper"
	"yanzhen/pipeline/days"
)

// arrowRows are the rows of an Arrow file of texts and numbers.
func arrowRows(t *testing.T, body []byte) (rows [][]string) {
	t.Helper()
	f, err := ipc.NewFileReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range f.NumRecords() {
		rec, err := f.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, recordRows(rec)...)
	}
	return rows
}

func recordRows(rec arrow.Record) (rows [][]string) {
	for at := range int(rec.NumRows()) {
		var row []string
		for _, c := range rec.Columns() {
			switch c := c.(type) {
			case *array.Float64:
				text := ""
				if !c.IsNull(at) {
					text = strconv.FormatFloat(c.Value(at), 'g', -1, 64)
				}
				row = append(row, text)
			case *array.Binary:
				row = append(row, string(c.Value(at)))
			default:
				if c.IsNull(at) {
					row = append(row, "")
				} else {
					row = append(row, c.ValueStr(at))
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// calling is a question as a metric that SQL calls; its columns are period, the dimensions and value, texts all of them.
func calling(q metric.Query) string {
	quoted := func(list []string) string { return "['" + strings.Join(list, "', '") + "']" }
	s := "metric('" + q.Metric + "', from := '" + days.ISO(q.From) + "', to := '" + days.ISO(q.To) + "'"
	if len(q.By) > 0 {
		s += ", by := " + quoted(q.By)
	}
	if q.Grain != days.Total {
		s += ", grain := '" + string(q.Grain) + "'"
	}
	if q.Window != days.NoWindow {
		s += ", window := '" + string(q.Window) + "'"
	}
	var where []string
	for _, f := range q.Where {
		for _, v := range f.Values {
			where = append(where, f.Dim+"="+v)
		}
	}
	if where != nil {
		s += ", where := " + quoted(where)
	}
	columns := []string{"toString(period) as p"}
	for i, dim := range q.By {
		columns = append(columns, fmt.Sprintf("toString(%s) as k%d", dim, i))
	}
	return "select " + strings.Join(append(columns, "toString(value) as v"), ", ") + " from " + s + ")"
}

// rows are the rows of an answer in SQL as points.
func (o told) rows(q metric.Query, rows [][]string) {
	for _, row := range rows {
		if len(row) != len(q.By)+2 {
			continue
		}
		from := row[0]
		if q.Grain == days.Total || from < days.ISO(q.From) { // the days of the first period that are asked for
			from = days.ISO(q.From)
		}
		key := from + "|" + strings.Join(row[1:len(row)-1], ",")
		v := number(row[len(row)-1])
		if v != nil && *v != *v {
			v = nil
		}
		o.points[key] = [3]*float64{v}
	}
}

// asksPage asks in SQL by the page, for a file.
func (g *gates) asksPage(who guest, sql string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/sql/export", strings.NewReader(url.Values{"sql": {sql}, "format": {"csv"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return g.answered(who, r)
}

func (g *gates) viaPage(who guest, q metric.Query) told {
	code, body := g.asksPage(who, calling(q))
	out := g.told(who, "page SQL", calling(q), code, body)
	if out.refused {
		return out
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
	if err != nil {
		g.Fatal(err)
	}
	for _, row := range rows {
		for i := range row {
			row[i] = strings.TrimPrefix(row[i], "'")
		}
	}
	out.rows(q, rows[min(1, len(rows)):])
	return out
}

// asksHTTP asks in SQL as a program does over ClickHouse-HTTP.
func (g *gates) asksHTTP(who guest, sql string) (int, string) {
	r, err := http.NewRequest(http.MethodPost, "http://"+g.doors.HTTP+"/?default_format=JSONCompactEachRow", strings.NewReader(sql))
	if err != nil {
		g.Fatal(err)
	}
	if who.secret != "" {
		r.Header.Set("Authorization", "Bearer "+who.secret)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		g.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func (g *gates) viaHTTP(who guest, q metric.Query) told {
	code, body := g.asksHTTP(who, calling(q))
	out := told{refused: code != http.StatusOK, status: strconv.Itoa(code), body: body, points: map[string][3]*float64{}}
	if !out.refused {
		out.rows(q, jsonRows(g.T, body))
	}
	return out
}

func jsonRows(t *testing.T, body string) (rows [][]string) {
	t.Helper()
	for line := range strings.Lines(body) {
		var cells []any
		if err := json.Unmarshal([]byte(line), &cells); err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
		var row []string
		for _, c := range cells {
			text := ""
			if c != nil {
				text = fmt.Sprint(c)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// asksFlight asks in SQL as a program does over Arrow Flight.
func (g *gates) asksFlight(who guest, sql string) ([][]string, error) {
	c := g.wires[who.secret]
	if c == nil {
		var err error
		if c, err = flightsql.NewClient(g.doors.Flight, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
			g.Fatal(err)
		}
		g.wires[who.secret] = c
	}
	ctx := g.ctx
	if who.secret != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+who.secret)
	}
	info, err := c.Execute(ctx, sql)
	if err != nil {
		return nil, err
	}
	r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var rows [][]string
	for r.Next() {
		rows = append(rows, recordRows(r.Record())...)
	}
	return rows, r.Err()
}

func (g *gates) viaFlight(who guest, q metric.Query) told {
	rows, err := g.asksFlight(who, calling(q))
	out := told{refused: err != nil, points: map[string][3]*float64{}}
	if err != nil {
		out.status, out.body = err.Error(), err.Error()
		return out
	}
	out.body = fmt.Sprint(rows)
	out.rows(q, rows)
	return out
}

// columns holds that every door of SQL shows the same cells of the same rows, names masked, and lets in the same people.
func (g *gates) columns() {
	const sql = "select name, person, enterprise, toString(date) as d, _file from arrivals where name != '' order by _file, _row limit 20"
	seen := map[string]bool{}
	for _, who := range g.guests {
		if id := who.String(); seen[id] {
			continue
		} else {
			seen[id] = true
		}
		code, body := g.asksHTTP(who, sql)
		flown, err := g.asksFlight(who, sql)
		page, text := g.asksPage(who, sql)
		r := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/sql", strings.NewReader(`{"sql":"`+sql+`"}`))
		r.Header.Set("Content-Type", "application/json")
		api, answer := g.answered(who, r)
		in := []bool{code == http.StatusOK, err == nil, api == http.StatusOK, page == http.StatusOK || who.asks() && !who.Can(access.Export)}
		if slices.ContainsFunc(in, func(x bool) bool { return x != who.asks() }) {
			g.fails(0, who, "HTTP, Flight, API, page", sql, "%v, want %v: %d %.200s %v %d %.200s %d", in, who.asks(), code, body, err, api, answer, page)
		}
		if agent := g.tool(who, "query_sql", map[string]any{"sql": sql}); agent.refused == (who.asks() && who.Can(access.View)) {
			g.fails(0, who, "agent", sql, "%.300s", agent.body)
		}
		if !who.asks() || code != http.StatusOK {
			continue
		}
		rows := jsonRows(g.T, body)
		if len(rows) != 20 || !slices.EqualFunc(rows, flown, slices.Equal) {
			g.fails(0, who, "HTTP and Flight", sql, "%v\n%v", rows, flown)
		}
		for _, row := range rows[:1] {
			if !strings.Contains(answer, row[1]) {
				g.fails(0, who, "API SQL", sql, "%.300s", answer)
			}
		}
		for _, row := range rows {
			if !strings.HasSuffix(row[0], "*") || len([]rune(row[0])) > 2 || len(row[1]) != 16 {
				g.fails(0, who, "HTTP", sql, "shows %v", row)
			}
		}
		if lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll(); page == http.StatusOK && (err != nil || len(lines) != 21 || lines[1][0] != rows[0][0] || lines[20][1] != rows[19][1]) {
			g.fails(0, who, "page", sql, "%v, %v", err, lines)
		}
	}
}

// panelForms are the forms of a panel.
var panelForms = []string{"json", "csv", "xlsx", "table", "svg", "arrow"}

// panel asks for a panel in one of its forms: none tells of a number that the engine hides from who asks.
func (g *gates) panel(who guest, n int) {
	a := g.topic.panel
	b := a.Board
	form := panelForms[g.rng.IntN(len(panelForms))]
	if !g.full { // the charts of all panels would be drawn, each once
		form = []string{"csv", "xlsx", "table"}[g.rng.IntN(3)]
	}
	door, v := "panel", a.query()
	v.Set("format", form)
	v.Set("lang", "zh")
	path := "/api/v1/panels/" + b.Name + "/" + a.Panel.Name + "?" + v.Encode()
	code, body := g.at(who, path)
	got := g.told(who, door, path, code, body)
	if got.refused {
		g.refusals[door]++
		g.refused[strconv.Itoa(code)]++
	} else {
		g.answers[door]++
	}
	may := who.Can(access.View) && (!slices.Contains([]string{"csv", "xlsx", "arrow"}, form) || who.Can(access.Export))
	if may == got.refused && code != http.StatusBadRequest && code != http.StatusGatewayTimeout {
		g.fails(n, who, door, path, "%d, the right is %v: %.200s", code, may, body)
	}
	g.apartFrom(n, who, door, path, body, metric.Query{})
	if got.refused || who.Can(access.Small) || a.Panel.Kind == board.Spring {
		return
	}
	shown, hidden, people := map[float64]bool{}, map[float64]bool{}, len(a.Panel.Metrics) > 0
	for i, name := range a.Panel.Metrics {
		m := g.catalog.Metric(name)
		if m.Kind == metric.Forecasting {
			return // another table: compute's own tests look at it
		}
		people = people && g.ofPeople(m)
		s := g.sees(n, who, g.ask(a, i))
		for _, pt := range s.shown {
			for _, v := range []*float64{pt.Value, pt.Base, pt.Change} {
				if v != nil {
					shown[*v] = true
				}
			}
		}
		if g.ofPeople(m) {
			for _, v := range s.hidden {
				hidden[v] = true
			}
		}
	}
	isShown := func(v float64) bool { // a rate of 36 % is written as 36, and computed as 36.00000000000001
		for s := range shown {
			if near(s, v) {
				return true
			}
		}
		return false
	}
	for _, v := range numbersOf(g.T, form, body, a.Panel.Kind) {
		switch {
		case people && v > 0 && v < 5 && v == math.Trunc(v) && form != "json" && form != "svg" && !isShown(v): // others are of rates
			g.fails(n, who, door, path, "shows %v people: %.900s", v, body)
			return
		case v >= 5 && hidden[v] && people && !isShown(v):
			g.fails(n, who, door, path, "shows %v, which the engine hides: %.900s", v, body)
			return
		}
	}
}

// numbersOf are the numbers of a panel in one of its forms: of a drawing, what is drawn.
func numbersOf(t *testing.T, form, body string, kind board.Kind) (out []float64) {
	add := func(text string) {
		text = strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(text), ",", ""), "*")
		if v := number(text); v != nil {
			out = append(out, *v)
		}
	}
	switch form {
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row[min(1, len(row)):] {
				add(cell)
			}
		}
	case "xlsx":
		f, err := excelize.OpenReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetList()[1], excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if len(row) > 1 {
				for _, cell := range row[1:] {
					add(cell)
				}
			}
		}
	case "table":
		for _, row := range cells(body) {
			for _, cell := range row[min(1, len(row)):] {
				add(cell)
			}
		}
	case "arrow":
		f, err := ipc.NewFileReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for i := range f.NumRecords() {
			rec, err := f.Record(i)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range recordRows(rec) {
				for _, cell := range row {
					add(cell)
				}
			}
		}
	case "json":
		var got struct {
			Option struct{ Series json.RawMessage }
		}
		if json.Unmarshal([]byte(body), &got) != nil || !slices.Contains(drawnAsIs, kind) || got.Option.Series == nil {
			return nil
		}
		var series any
		if json.Unmarshal(got.Option.Series, &series) != nil {
			return nil
		}
		have := map[float64]bool{}
		numbers(series, have)
		for v := range have {
			if v > 100 { // smaller ones are sizes and places
				out = append(out, v)
			}
		}
	}
	return out
}

// page looks at a whole page: its cards say no more than the engine does, and it names nobody of another part.
func (g *gates) page(who guest, n int) {
	b := g.boards[g.rng.IntN(len(g.boards))]
	if g.last(b).IsZero() {
		return
	}
	a := shownAt{Board: b}
	to := days.Date(2026, 7, 1).AddDate(0, -g.rng.IntN(12), 0)
	a.From, a.To = to.AddDate(0, -[]int{1, 3, 12}[g.rng.IntN(3)], 0), to
	path := "/b/" + b.Name + "?" + a.query().Encode() + "&lang=zh"
	code, body := g.at(who, path)
	got := g.told(who, "page", path, code, body)
	if got.refused == who.Can(access.View) && code != http.StatusGatewayTimeout {
		g.fails(n, who, "page", path, "%d", code)
	}
	if got.refused {
		g.refusals["page"]++
		return
	}
	g.answers["page"]++
	g.apartFrom(n, who, "page", path, body, metric.Query{})
	for _, a.Panel = range b.Panels {
		if a.Panel.Kind != board.KPI {
			continue
		}
		_, card, ok := strings.Cut(body, `data-card="`+a.Panel.Name+`"`)
		card, _, _ = strings.Cut(card, "</article>")
		s := g.sees(n, who, g.ask(a, 0))
		main := cardMain.FindStringSubmatch(card)
		if !ok || s.refused || main == nil || s.result == nil {
			continue
		}
		text := strings.TrimSuffix(strings.TrimSpace(untagged(main[1])), "*")
		if len(s.result.Points) == 1 && s.result.Points[0].Value == nil {
			if mark, _ := missing.Mark(s.result.Points[0].Why); digit.MatchString(text) && text != mark {
				g.fails(n, who, "page", path, "the card %s says %q, of which the engine hides the number", a.Panel.Name, text)
			}
		}
		if v := number(strings.ReplaceAll(text, ",", "")); v != nil && *v > 0 && *v < 5 && !who.Can(access.Small) && g.ofPeople(s.result.Metric) {
			g.fails(n, who, "page", path, "the card %s shows %v people", a.Panel.Name, *v)
		}
	}
}

// document reads a document of who asks: every number in it is one that the engine shows to that person.
func (g *gates) document(who guest, n int) {
	name := []string{"monthly", "half_year", "units"}[g.rng.IntN(3)]
	path := "/briefings/" + name + "/docx"
	code, body := g.at(who, path)
	got := g.told(who, "document", path, code, body)
	if may := who.Can(access.View|access.Export) && who.Whole(); may == got.refused {
		g.fails(n, who, "document", path, "%d", code)
	}
	if got.refused {
		g.refusals["document"]++
		return
	}
	g.answers["document"]++
	w, err := paper.ReadWord([]byte(body))
	if err != nil {
		g.Fatal(err)
	}
	mine := *g.surface
	mine.engine, mine.ctx = g.few, access.With(g.ctx, who.Viewer)
	d := &documentTest{&mine}
	for _, l := range d.links(w, "") {
		if l.ask.See != "" && l.ask.See != "change" {
			continue
		}
		r, pt := d.point(l)
		g.numbers++
		if pt.Value != nil {
			continue
		}
		mark, hides := missing.Mark(pt.Why)
		if hides {
			g.hidden++
		}
		if text := strings.TrimSuffix(l.text, "*"); hides && text != mark && digit.MatchString(text) && !slices.Contains(says(r, pt), text) {
			g.fails(n, who, "document", path, "says %q of %s, which the engine hides (%s)", l.text, l.url, pt.Why)
		}
	}
}
