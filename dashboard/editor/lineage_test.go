package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// What a column of an answer is made of is what the engine resolves: through joins, unions, nested statements, named parts and
// metrics, to the columns of the views, the headings of the files and the live submissions.
func traced(h *house) {
	type came struct {
		From []struct {
			Table, Column, Dataset, About, Page string
			Headings                            []string
			Files                               []struct{ Name, Page string }
			More                                int
		}
	}
	ask := func(sql, column string) (int, string, came) {
		res, text := h.send("POST", "/sql/lineage?lang=zh", map[string]any{"sql": sql, "column": column, "params": map[string]string{"n": "magnetic.motor"}})
		var c came
		_ = json.Unmarshal([]byte(text), &c)
		return res.StatusCode, text, c
	}
	const deep = `-- from arrivals a, not from benefits
with big as (select node, count() as c, max(date) as last from arrivals group by node), again as (select last as l, node from big)
select a.node as node, upper(n.zh) as called, count() as people, max(b.d) + 1 as latest, any(big.last) as biggest, min(again.l) as named,
    'benefits.name from talents' as text, (select max(birth_date) from arrivals) as born, a.enterprise || ' ' || a.park as place
from arrivals as a join codes_nodes as n on n.code = a.node
left join (select node as k, date as d, 1 as c from arrivals union all select node, posted_on, needed from vacancies) as b on b.k = a.node
left join big on big.node = a.node left join again on again.node = a.node
where a.direction = 'in' and a.node = {n:String} group by all limit 1`
	for _, x := range []struct{ sql, column, want string }{
		{deep, "node", "arrivals.node"},
		{deep, "called", "codes_nodes.zh"},
		{deep, "people", ""},
		{deep, "latest", "arrivals.date vacancies.posted_on"},
		{deep, "biggest", "arrivals.date"},
		{deep, "named", "arrivals.date"},
		{deep, "text", ""},
		{deep, "born", "arrivals.birth_date"},
		{deep, "place", "arrivals.enterprise arrivals.park"},
		{"select * from arrivals limit 1", "sex", "arrivals.sex"},
		{"select enterprise as e, count() from arrivals group by e", "e", "arrivals.enterprise"},
		{"select distinct x.e from (select enterprise as e from (select enterprise from arrivals)) as x", "e", "arrivals.enterprise"},
		{"select value, node from metric('inflow', by := ['node'], from := '2026-01-01', to := '2026-07-01')", "node", "arrivals.node"},
	} {
		code, text, c := ask(x.sql, x.column)
		var got []string
		for _, f := range c.From {
			got = append(got, f.Table+"."+f.Column)
		}
		slices.Sort(got)
		if code != http.StatusOK || strings.Join(got, " ") != x.want {
			h.Errorf("%s of %.40s: %d %v, want %q: %.400s", x.column, x.sql, code, got, x.want, text)
		}
	}
	// to the heading, the dataset and the submission, which the page of the load opens
	_, text, c := ask("select enterprise as e from arrivals", "e")
	if len(c.From) != 1 || c.From[0].Dataset != "arrivals" || c.From[0].Page != "/data/datasets/arrivals" || !slices.Contains(c.From[0].Headings, "用人单位") || len(c.From[0].Files) != 1 || !strings.HasPrefix(c.From[0].Files[0].Page, "/data/runs/") {
		h.Errorf("%s", text)
	}
	// a column that is read off another, here the year of birth off the identity number, has that one's heading
	if _, text, c := ask("select birth_year from arrivals", "birth_year"); len(c.From) != 1 || !slices.Contains(c.From[0].Headings, "身份证号") {
		h.Errorf("%s", text)
	}
	for column, sql := range map[string]string{"nope": "select node from arrivals", "node": "select nod from arrivals", "x": "drop view arrivals", "name": "select name from store.arrivals"} {
		if code, text, _ := ask(sql, column); code != http.StatusUnprocessableEntity || strings.Contains(text, "from\":[") {
			h.Errorf("%s of %s: %d %s", column, sql, code, text)
		}
	}
	if _, text, c := ask(fmt.Sprintf("select %s node from arrivals", strings.Repeat("(", 5000)), "node"); len(c.From) != 0 {
		h.Errorf("%.300s", text)
	}
}
