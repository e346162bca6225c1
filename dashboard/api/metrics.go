package api

import (
	"net/http"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Bounds of pages.
const (
	usualPage   = 100
	mostPage    = 500
	usualPoints = 10_000
	mostPoints  = 100_000
)

// Period are the parameters that say when, and what is compared: as in the address of a page.
type Period struct {
	From    string   `query:"from" doc:"第一天，如 2026-01-01，与 to 同写；不写则为该指标常用的期间，到数据为止。 / The first day, 2026-01-01; with to. Absent: the usual period of the metric, up to its data."`
	To      string   `query:"to" doc:"最后一天的次日，如 2026-07-01。 / The day after the last, 2026-07-01."`
	Grain   string   `query:"grain" doc:"ten（旬）、month、quarter、half 或 year；不写则整个期间一个数。 / ten (days), month, quarter, half or year; absent: one number for the whole."`
	Window  string   `query:"window" doc:"每一点说的是哪一段：ytd、r3 或 r12；不写则为它自己的一期。 / What each point tells of: ytd, r3 or r12; absent: its own period."`
	Compare string   `query:"compare" doc:"yoy（上年同期）、pop（上一期）或 spring（按春节对齐的上年同期）；不写则不比。 / yoy (a year before), pop (the period before) or spring (a year before as the lunar new year fell); absent: nothing."`
	Where   []string `query:"where" doc:"维度:值，可写多次。页面上的筛选也可以各写成一个参数：chain=… / dimension:value; again for more. The filters of the pages can be written as parameters of their own: chain=…"`
	AsOf    string   `query:"as_of" doc:"当时的数：2026-03-31 指当天结束时，也可写 2026-03-31T18:00:00+08:00。 / As the numbers were then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00."`
	Freeze  string   `query:"freeze" doc:"按某次封账的名称。 / As of a report date, by its name."`
	Lang    string   `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

type listParams struct {
	Paged
	Find string `query:"find" doc:"名称、标题或口径里的一段文字。 / A part of the name, the title or the definition."`
}

// MetricList is a page of the catalogue.
type MetricList struct {
	Metrics []answer.Metric `json:"metrics"`
	Total   int             `json:"total"`
	Next    string          `json:"next,omitempty" doc:"下一页的游标；没有则这是最后一页。 / The cursor of the next page; absent: this is the last."`
}

type metricParams struct {
	Name string   `path:"name" doc:"指标的名称。 / Name of the metric." example:"inflow"`
	By   []string `query:"by" doc:"按哪些维度拆分，以逗号分开。 / The dimensions to cut by, with commas between."`
	Top  string   `query:"top" doc:"只要前若干项，最大的在前。 / Only so many keys, the greatest first."`
	Period
	Paged
	Format string `query:"format" doc:"json、csv 或 arrow；不写则按 Accept。 / json, csv or arrow; absent: by Accept." enum:"json,csv,arrow"`
}

func (a *API) metrics() {
	on(a, op[listParams, MetricList]{
		method: "GET", path: "/metrics", id: "listMetrics", need: access.To(access.View), title: "指标目录 / The catalogue of metrics",
		answer: a.listMetrics,
	})
	on(a, op[metricParams, answer.Answer]{
		method: "GET", path: "/metrics/{name}", id: "askMetric", need: access.To(access.View), title: "一个指标的数 / The numbers of a metric",
		kinds: []string{kinds["csv"], kinds["arrow"]}, answer: a.askMetric, refuses: []int{http.StatusGone, http.StatusUnprocessableEntity},
	})
}

func (a *API) listMetrics(c *call, p *listParams) (http.HandlerFunc, error) {
	first, n, err := p.window("metrics", usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	out := MetricList{Metrics: []answer.Metric{}}
	find := strings.ToLower(strings.TrimSpace(p.Find))
	for _, m := range a.Desk.Catalog.Metrics() {
		x := a.Desk.Describe(m, c.lang())
		if find != "" && !strings.Contains(strings.ToLower(strings.Join([]string{x.Name, x.ID, m.Title.Zh, m.Title.En, x.Definition}, " ")), find) {
			continue
		}
		if out.Total++; out.Total <= first || len(out.Metrics) == n {
			continue
		}
		x.Link = a.base(c.r) + x.Link
		out.Metrics = append(out.Metrics, x)
	}
	if first+n < out.Total {
		out.Next = cursor(first+n, "metrics")
	}
	return jsoned(out)
}

// question is what an address asks of a metric.
func (a *API) question(c *call, p *metricParams) (answer.Question, error) {
	q := answer.Question{Metric: p.Name, Range: c.st.Range, Grain: c.st.Grain, Window: c.st.Window, Compare: c.st.Compare, AsOf: c.st.AsOf, Freeze: c.st.Freeze, By: p.By}
	if q.Compare == address.Uncompared {
		q.Compare = metric.NoCompare
	}
	m := a.Desk.Catalog.Metric(p.Name)
	if m == nil {
		return q, unknown(a.Desk.Catalog, p.Name)
	}
	for _, f := range address.Filters {
		values := c.st.Where[f.Param]
		if len(values) == 0 {
			continue
		}
		dim := f.Of(m)
		if dim == "" {
			return q, address.Coded(http.StatusBadRequest, "no_dimension", words.Get("answer_no_dim", m.Title, f.Param), m.Dims()...)
		}
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: values})
	}
	var err error
	if q.Where, err = answer.Filters(m, q.Where, c.r.URL.Query()["where"]); err != nil {
		return q, err
	}
	if p.Top != "" {
		if q.Top, err = strconv.Atoi(p.Top); err != nil || q.Top < 1 || q.Top > mostPoints {
			return q, address.Bad(words.Get("bad_value", "top", words.Clip(p.Top, 40)), "1", "…")
		}
	}
	return q, nil
}

// unknown refuses a metric that is not there, with those whose names are near.
func unknown(c *metric.Catalog, name string) error {
	_, err := c.Check(metric.Query{Metric: name})
	if bad, ok := err.(*metric.Invalid); ok {
		return address.Coded(http.StatusNotFound, "unknown_metric", words.Get("invalid", codes.Text{Zh: words.Clip(bad.In(codes.Zh), 800), En: words.Clip(bad.In(codes.En), 800)}))
	}
	return err
}

func (a *API) askMetric(c *call, p *metricParams) (http.HandlerFunc, error) {
	form, err := c.form("json", "csv", "arrow")
	if err != nil {
		return nil, err
	}
	if form != "json" && !c.who.Can(access.Export) {
		return nil, address.Refuse(http.StatusForbidden, words.Get("no_right"))
	}
	q, err := a.question(c, p)
	if err != nil {
		return nil, err
	}
	got, err := a.Desk.Ask(c.ctx, q, c.lang())
	if err != nil {
		return nil, err
	}
	first, n, err := p.window(got.Data.Version, usualPoints, mostPoints)
	if err != nil {
		return nil, err
	}
	got.Next = cursor(got.Page(first, n), got.Data.Version)
	got.At(a.base(c.r))
	switch form {
	case "csv":
		body, err := got.CSV()
		return paged(written(body, "text/csv; charset=utf-8"), got), err
	case "arrow":
		body, err := got.Arrow(c.lang())
		return paged(written(body, kinds["arrow"]), got), err
	}
	return jsoned(got)
}

// paged says in headers what a file without room for it cannot say.
func paged(write http.HandlerFunc, got *answer.Answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Yanzhen-Data-Version", got.Data.Version)
		if got.Next != "" {
			w.Header().Set("X-Yanzhen-Next", got.Next)
		}
		write(w, r)
	}
}
