package called_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func office(t *testing.T) (*called.Book, *compute.Engine) {
	cat, stage, reader := metrictest.Office(t)
	var rows [][]string
	for i := range 40 {
		node := []string{"magnetic.motor", "superalloy.cast"}[i%2]
		direction := []string{"in", "in", "in", "out"}[i%4]
		rows = append(rows, []string{fmt.Sprint(i), fmt.Sprintf("2026-%02d-%02d", 1+i%6, 1+i%28), direction, node, "甲'乙"})
	}
	stage.Load(t, "arrivals", []string{"person", "date", "direction", "node", "enterprise"}, rows, "")
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: reader}
	return &called.Book{Engine: e}, e
}

// What SQL selects from a metric are the numbers that the metric has elsewhere: of a flow, a ratio and a stock, cut, over
// months, filtered.
func TestNumbers(t *testing.T) {
	book, engine := office(t)
	analyst := warehousetest.OpenAs(t, "analyst")
	for _, x := range []struct {
		call string
		q    metric.Query
	}{
		{"metric('inflow')", metric.Query{Metric: "inflow"}},
		{"METRIC ( 'inflow' , by := ['node'] )", metric.Query{Metric: "inflow", By: []string{"node"}}},
		{"metric('net_inflow', by := 'node,chain', grain := 'month')", metric.Query{Metric: "net_inflow", By: []string{"node", "chain"}, Grain: days.Month}},
		{"metric('inflow', grain = 'quarter', where := ['node=magnetic.motor'])", metric.Query{Metric: "inflow", Grain: days.Quarter, Where: []metric.Filter{{Dim: "node", Values: []string{"magnetic.motor"}}}}},
		{"metric('inflow_people', by := ['enterprise'], grain := 'month', window := 'ytd')", metric.Query{Metric: "inflow_people", By: []string{"enterprise"}, Grain: days.Month, Window: days.YearToDate}},
		{"metric('inflow', by := ['enterprise'], where := ['enterprise=甲''乙'])", metric.Query{Metric: "inflow", By: []string{"enterprise"}, Where: []metric.Filter{{Dim: "enterprise", Values: []string{"甲'乙"}}}}},
	} {
		x.q.From, x.q.To = days.Date(2026, 1, 1), days.Date(2026, 7, 1)
		sql := "select concat(toString(period), " + strings.Join(append([]string{"''"}, x.q.By...), ", '|', ") + ", '=', toString(value)) from " + strings.TrimSuffix(x.call, ")") + ", from := '2026-01-01', to := {until:Date}) order by 1"
		text, err := book.Write(t.Context(), sql, map[string]string{"until": "2026-07-01"})
		if err != nil {
			t.Errorf("%s: %v", x.call, err)
			continue
		}
		got := strings.Fields(warehousetest.TSV(t, analyst, warehouse.Statement{SQL: text.SQL}))
		r, err := engine.Run(t.Context(), x.q)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, p := range r.Points {
			if p.Rows > 0 {
				keys := ""
				for _, k := range p.Keys {
					keys += "|" + strings.ReplaceAll(k, "'", `\'`)
				}
				want = append(want, fmt.Sprintf("%s%s=%v", p.From.Format("2006-01-02"), keys, *p.Value))
			}
		}
		if len(want) == 0 {
			t.Fatalf("%s: nothing to compare with", x.call)
		}
		for _, w := range want {
			if !strings.Contains("\n"+strings.Join(got, "\n")+"\n", "\n"+w+"\n") {
				t.Errorf("%s: %s is missing in %q", x.call, w, got)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d rows, want %d: %q", x.call, len(got), len(want), got)
		}
	}
}

// What is no call stays as it is: a word, a text, a comment, a column.
func TestLeft(t *testing.T) {
	book, _ := office(t)
	for _, sql := range []string{
		"select 1", "select metric from t", "select metric(1)", "select 'metric(''inflow'')'", "-- metric('inflow')\nselect 1", "/* metric('inflow') */ select 1",
		"select \"metric('x')\" from t", "select x.metric('inflow')", "", "metric(", "select metrics('inflow')", "'metric('",
	} {
		if text, err := book.Write(t.Context(), sql, nil); err != nil || text.SQL != sql {
			t.Errorf("%q became %q, %v", sql, text.SQL, err)
		}
	}
}

// What cannot be called is told in one sentence, in both languages, with its place.
func TestRefuses(t *testing.T) {
	book, _ := office(t)
	for sql, want := range map[string]struct{ text, at string }{
		"select * from metric('inflw')":                                     {"是不是 inflow？", "metric('inflw')"},
		"select * from metric('inflow', by := ['nod'])":                     {"不能按 \"nod\" 拆分", "metric('inflow', by := ['nod'])"},
		"select * from metric('inflow', gran := 'month')":                   {"是不是 grain？", "gran"},
		"select * from metric('inflow', grain := 'mnth')":                   {"没有粒度 \"mnth\"", "metric('inflow', grain := 'mnth')"},
		"select * from metric('inflow', from := '2026-13-01')":              {"不是 2026-06-30 这样的日期", "metric('inflow', from := '2026-13-01')"},
		"select * from metric('inflow', from := {since:Date})":              {"参数 since 没有给值", "{since:Date}"},
		"select * from metric('inflow', where := ['node'])":                 {"['维度=值']", "where := ['node']"},
		"select * from metric('inflow', where := ['node=nope'])":            {"没有取值 \"nope\"", "metric('inflow', where := ['node=nope'])"},
		"select * from metric('inflow' by := 'node')":                       {"逗号或右括号", "b"},
		"select * from metric('inflow":                                      {"引号里的文字", "'"},
		"select * from metric('inflow', by := [":                            {"值", ""},
		"select * from metric('inflow', from := '1800-01-01')":              {"1900", "metric('inflow', from := '1800-01-01')"},
		"select * from metric('inflow', grain := 'month', window := 'r12')": {"不够一个窗口", "metric('inflow', grain := 'month', window := 'r12')"},
	} {
		_, err := book.Write(t.Context(), sql, nil)
		var f *called.Fault
		if !errors.As(err, &f) {
			t.Errorf("%s: got %v", sql, err)
			continue
		}
		if !strings.Contains(f.In(codes.Zh), want.text) || f.In(codes.En) == "" || strings.ContainsAny(f.In(codes.En), "没有的") {
			t.Errorf("%s: got %q, %q", sql, f.In(codes.Zh), f.In(codes.En))
		}
		if got := sql[f.From:f.To]; got != want.at {
			t.Errorf("%s: marked %q, want %q", sql, got, want.at)
		}
	}
}

// A place in what a statement became leads back to the statement.
func TestBack(t *testing.T) {
	book, _ := office(t)
	sql := "select a from metric('inflow') as m, metric('outflow') as n where form"
	text, err := book.Write(t.Context(), sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"select", "as m", "as n", "form"} {
		if got := text.Back(strings.Index(text.SQL, word)); got != strings.Index(sql, word) {
			t.Errorf("%s: got %d, want %d", word, got, strings.Index(sql, word))
		}
	}
	if got := text.Back(strings.Index(text.SQL, "toDate32(_period)")); got != strings.Index(sql, "metric(") {
		t.Errorf("within a metric: got %d", got)
	}
}
