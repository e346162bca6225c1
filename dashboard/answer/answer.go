// Package answer answers a question about a metric with all that is to be known of its numbers: definition, unit, period,
// filters, the version of the data, who has not reported, and an address where a person sees the same number. It computes
// none: every number is one that compute.Engine answers. It is what programs and agents are told.
package answer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Question is what is asked of one metric.
type Question struct {
	Metric  string
	Range   days.Range // zero: the usual period of the metric, up to its data
	Grain   days.Grain
	Window  days.Window
	Compare metric.Compare
	By      []string
	Where   []metric.Filter
	AsOf    time.Time
	Freeze  string // the report date whose moment AsOf is; links say it by its name
	Top     int    // of the keys, the greatest first; 0: all
}

// Desk is what is answered from.
type Desk struct {
	Catalog *metric.Catalog
	Engine  *compute.Engine
	Demo    bool // every number was made up
}

// Version changes with every publication and withdrawal of any data.
func (d Desk) Version(ctx context.Context) (string, error) {
	live, err := d.Engine.Live(ctx, time.Time{})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(live.Versions()))
	return hex.EncodeToString(sum[:6]), nil
}

// Answer is the numbers with what is to be known of them.
type Answer struct {
	Metric   Metric   `json:"metric"`
	Question Asked    `json:"question" doc:"实际回答的问题，未写明的已补上。 / What was answered, with what the question left open filled in."`
	Data     Data     `json:"data"`
	Points   []Point  `json:"points" doc:"先按期间，再按数值，大的在前。 / By period, then by value, the greatest first."`
	Notes    []string `json:"notes,omitempty" doc:"看这些数要知道的事。 / What is to be known of the numbers."`
	Next     string   `json:"next,omitempty" doc:"取下一批点的游标；没有则到此为止。 / The cursor of the next points; absent: these are the last."`
	Link     string   `json:"link,omitempty" doc:"给人看合计及其构成的页面。 / The page where a person sees the total and what it is made of."`

	Result *metric.Result `json:"-"`
	lang   codes.Lang
}

// Metric is what a number is.
type Metric struct {
	Name       string   `json:"name" example:"inflow"`
	ID         string   `json:"id,omitempty" doc:"在指标体系里的编号。 / Its number in the indicator system."`
	Title      string   `json:"title"`
	Definition string   `json:"definition"`
	Unit       string   `json:"unit"`
	Kind       string   `json:"kind" doc:"flow、stock、mean、ratio、formula、growth、forecast 或 method。 / flow, stock, mean, ratio, formula, growth, forecast or method."`
	Direction  string   `json:"direction" doc:"up：越多越好；down：越少越好；context：背景。 / up: more is better; down; context."`
	Dims       []string `json:"dims" doc:"可以拆分与筛选的维度。 / The dimensions by which it is cut and filtered."`
	Grains     []string `json:"grains" doc:"可以按哪些粒度问；every 是适用的最短粒度。 / The grains it can be asked by; every is the shortest it is meant for."`
	Every      string   `json:"every,omitempty"`
	Datasets   []string `json:"datasets"`
	Link       string   `json:"link" doc:"它的口径页面。 / The page of its definition."`
}

// Asked is the question that was answered.
type Asked struct {
	From    string   `json:"from" doc:"第一天。 / The first day."`
	To      string   `json:"to" doc:"最后一天的次日。 / The day after the last."`
	Grain   string   `json:"grain,omitempty"`
	Window  string   `json:"window,omitempty"`
	Compare string   `json:"compare,omitempty"`
	By      []string `json:"by,omitempty"`
	Where   []string `json:"where,omitempty" doc:"维度:值 / dimension:value"`
	Scope   []string `json:"scope,omitempty" doc:"账号限于哪一部分的行，维度:值 / The part of the rows that the account is kept to: dimension:value"`
	AsOf    string   `json:"as_of,omitempty"`
	Freeze  string   `json:"freeze,omitempty" doc:"按哪次封账。 / As of which report date."`
}

// Data is what the numbers rest on.
type Data struct {
	Date    string `json:"date,omitempty" doc:"数据齐全的最后一天。 / The last day for which the data are whole."`
	Version string `json:"version" doc:"指标所用的数据每发布或撤回一次就变。 / It changes with every publication and withdrawal of the data behind the metric."`
	Demo    bool   `json:"demo,omitempty" doc:"数据为演示而编造。 / The data were made up for a demonstration."`
}

// Point is one number.
type Point struct {
	From      string   `json:"from"`
	To        string   `json:"to" doc:"最后一天的次日。 / The day after the last."`
	Period    string   `json:"period" doc:"人们怎么叫它。 / As people call it."`
	Keys      []string `json:"keys,omitempty" doc:"by 的每个维度一个。 / One for each dimension of by."`
	Labels    []string `json:"labels,omitempty" doc:"给人看的名称。 / The keys as people read them."`
	Value     *float64 `json:"value" doc:"null 为没有数，原因见 why。 / null: there is none, and why says why."`
	Text      string   `json:"text" doc:"给人看的写法。 / The value as people read it."`
	Why       string   `json:"why,omitempty" doc:"代码：为什么没有数。 / A code: why there is no value."`
	Reason    string   `json:"reason,omitempty" doc:"同一原因的一句话。 / The same as a sentence."`
	Base      *float64 `json:"base,omitempty" doc:"与之相比的数。 / What it is compared with."`
	Change    *float64 `json:"change,omitempty" doc:"百分比；指标本身是百分比时为百分点。 / In percent, or in points where the metric is a percentage."`
	WhyChange string   `json:"why_change,omitempty"`
	Partial   bool     `json:"partial,omitempty" doc:"数据在期间中途截止。 / The data end inside of the period."`
	Until     string   `json:"until,omitempty" doc:"未满的期间：计入的最后一天的次日。 / Of a partial one: the day after the last that is counted."`
	Open      *Open    `json:"open,omitempty" doc:"这个数还会变。 / The number is not final."`
	Forecast  bool     `json:"forecast,omitempty"`
	Lower     *float64 `json:"lower,omitempty"`
	Upper     *float64 `json:"upper,omitempty"`
	Link      string   `json:"link,omitempty" doc:"给人看这个数的页面。 / The page where a person sees this number."`
}

// Open says why a number is not final.
type Open struct {
	State    string   `json:"state" doc:"awaited：有单位未报；lacking：其中一期没有行；begins：数据从中途开始；ripening：未满观察期。 / awaited: not everybody has reported; lacking: a period in it has no row; begins: the data begin in it; ripening."`
	Reported int      `json:"reported,omitempty"`
	Due      int      `json:"due,omitempty"`
	Awaited  []string `json:"awaited,omitempty" doc:"谁还没有报。 / Who has not reported."`
	Ripe     string   `json:"ripe,omitempty" doc:"观察期满的日子。 / The day on which it has ripened."`
	Text     string   `json:"text"`
}

// Describe is what is declared of a metric.
func (d Desk) Describe(m *metric.Metric, lang codes.Lang) Metric {
	out := Metric{
		Name: m.Name, ID: m.ID, Title: m.Title.In(lang), Definition: m.Definition.In(lang), Unit: m.Unit.Word(lang), Kind: string(m.Kind), Direction: m.Direction,
		Dims: m.Dims(), Every: string(m.Every), Datasets: m.Datasets(), Link: "/data/metrics#" + m.Name,
	}
	if out.Dims == nil {
		out.Dims = []string{}
	}
	for _, g := range []days.Grain{days.Ten, days.Month, days.Quarter, days.Half, days.Year} {
		out.Grains = append(out.Grains, string(g))
	}
	return out
}

// Usual is the period of a metric that nobody says, by the name that days.Relative knows.
func Usual(m *metric.Metric) string {
	switch {
	case m.Kind == metric.Stock:
		return "as_of"
	case m.Every == days.Ten, m.Every == days.Total:
		return "month"
	}
	return string(m.Every)
}

// Ask answers a question. An error that is metric.ErrInvalid is the asker's.
func (d Desk) Ask(ctx context.Context, q Question, lang codes.Lang) (*Answer, error) {
	asked := metric.Query{
		Metric: q.Metric, From: q.Range.From, To: q.Range.To, Grain: q.Grain, Window: q.Window, Compare: q.Compare, By: q.By, Where: q.Where, AsOf: q.AsOf, Limit: q.Top,
	}
	if m := d.Catalog.Metric(q.Metric); m != nil && q.Range.IsZero() {
		checked := asked // what cannot be asked of any period is told first
		checked.From, checked.To = days.Date(2026, 1, 1), days.Date(2026, 7, 1)
		if _, err := d.Catalog.Check(checked); err != nil {
			return nil, err
		}
		live, err := d.Engine.Live(ctx, q.AsOf)
		if err != nil {
			return nil, err
		}
		last := live.Date(m)
		if last.IsZero() {
			last = live.DataDate()
		}
		if last.IsZero() {
			return nil, address.Coded(404, "no_data", words.Get("no_data_yet"))
		}
		r := days.Relative(Usual(m), last)
		asked.From, asked.To = r.From, r.To
	}
	r, err := d.Engine.Run(ctx, asked)
	if err == nil {
		err = d.known(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	live, err := d.Engine.Live(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	a := &Answer{Metric: d.Describe(r.Metric, lang), Question: said(r.Query), Result: r, lang: lang, Notes: notes(r, lang)}
	sum := sha256.New()
	for _, name := range r.Metric.Datasets() {
		fmt.Fprintf(sum, "%s %s;", name, live.Version(name))
	}
	a.Data = Data{Date: days.ISO(r.DataDate), Version: hex.EncodeToString(sum.Sum(nil)[:6]), Demo: d.Demo}
	if r.DataDate.IsZero() {
		a.Data.Date = ""
	}
	if d.Demo {
		a.Notes = append(a.Notes, words.In(lang, "answer_demo"))
	}
	a.Question.Freeze = q.Freeze
	a.Link = link(r, q.Freeze, nil, days.Range{From: r.Query.From, To: r.Query.To})
	a.Points = make([]Point, 0, len(r.Points))
	for _, pt := range r.Points {
		a.Points = append(a.Points, point(r, q.Freeze, pt, lang))
	}
	return a, nil
}

func said(q metric.Query) Asked {
	out := Asked{From: days.ISO(q.From), To: days.ISO(q.To), Grain: string(q.Grain), Window: string(q.Window), Compare: string(q.Compare), By: q.By}
	pairs := func(list []metric.Filter) (out []string) {
		for _, f := range list {
			for _, v := range f.Values {
				out = append(out, f.Dim+":"+v)
			}
		}
		return out
	}
	out.Where, out.Scope = pairs(q.Where), pairs(q.Scope)
	if !q.AsOf.IsZero() {
		out.AsOf = q.AsOf.UTC().Format(time.RFC3339Nano)
	}
	return out
}

// notes are what is to be known of all the numbers.
func notes(r *metric.Result, lang codes.Lang) (out []string) {
	for _, text := range []string{period.Listed(r, lang), period.Damaged(r, lang)} {
		if text != "" {
			out = append(out, text)
		}
	}
	if r.Keys > 0 {
		out = append(out, words.In(lang, "answer_top", r.Query.Limit, r.Keys))
	}
	return out
}

// point is a number with the fifteen digits that are kept of it, as in every file.
func point(r *metric.Result, freeze string, pt metric.Point, lang codes.Lang) Point {
	p := Point{
		From: days.ISO(pt.From), To: days.ISO(pt.To), Period: period.Of(pt, r.Query.Grain, lang), Keys: pt.Keys, Value: kept(pt.Value), Text: metric.Format(pt.Value, r.Unit, lang),
		Why: pt.Why, Base: kept(pt.Base), Change: kept(pt.Change), WhyChange: pt.WhyChange, Partial: pt.Partial, Forecast: pt.Forecast, Lower: kept(pt.Lower), Upper: kept(pt.Upper),
	}
	if r.Query.Grain == days.Total {
		p.Period = days.Range{From: pt.From, To: pt.To}.Label(lang)
	}
	for _, l := range pt.Labels {
		p.Labels = append(p.Labels, l.In(lang))
	}
	if pt.Why != "" {
		p.Reason = missing.Text(pt.Why, lang)
		if mark, ok := missing.Mark(pt.Why); ok {
			p.Text = mark
		}
	}
	if pt.Partial {
		p.Until = days.ISO(pt.Until)
	}
	if pt.Open() && pt.Value != nil {
		p.Open = open(pt, lang)
	}
	if !pt.Forecast {
		p.Link = link(r, freeze, pt.Keys, days.Range{From: pt.From, To: pt.To})
	}
	return p
}

func kept(v *float64) *float64 {
	if v == nil {
		return nil
	}
	k := grid.Kept(*v)
	return &k
}

func open(pt metric.Point, lang codes.Lang) *Open {
	o := &Open{State: period.State(pt), Text: period.WhyOpen(pt, lang)}
	c := pt.Cover
	if c == nil {
		o.Ripe = days.ISO(pt.Ripe)
		return o
	}
	o.Reported, o.Due, o.Awaited = c.Reported, c.Due, c.Missing
	return o
}

// link is the address of the page that shows a number; empty where no page shows it alone: what is forecast, what runs over
// months, and a method that compares the very keys it is cut by. A report date stands in it by its name, so that the page says of
// one that is withdrawn later that it is.
func link(r *metric.Result, freeze string, keys []string, at days.Range) string {
	q, m := r.Query, r.Metric
	if m.Kind == metric.Forecasting || q.Window != days.NoWindow || len(keys) > 0 && m.Kind == metric.MethodKind {
		return ""
	}
	a := trail.Ask{Way: cause.Way{Metric: m}, St: address.State{AsOf: q.AsOf, Freeze: freeze}, Range: at, Compare: q.Compare}
	for _, f := range q.Where {
		if i := slices.Index(q.By, f.Dim); i >= 0 && i < len(keys) {
			continue // the key is one of them
		}
		for _, v := range f.Values {
			a.Where = append(a.Where, cause.Tap{Dim: f.Dim, Key: v})
		}
	}
	for i, key := range keys {
		a.Where = append(a.Where, cause.Tap{Dim: q.By[i], Key: key})
	}
	return a.Address()
}

// At puts what every link stands on before it: https://talent.example.gov.cn.
func (a *Answer) At(base string) {
	put := func(link *string) {
		if strings.HasPrefix(*link, "/") {
			*link = base + *link
		}
	}
	put(&a.Metric.Link)
	put(&a.Link)
	for i := range a.Points {
		put(&a.Points[i].Link)
	}
}

// Page keeps the points from the first on, most of them, and says where the next begin.
func (a *Answer) Page(first, most int) (next int) {
	first = min(first, len(a.Points))
	last := min(first+most, len(a.Points))
	if last < len(a.Points) {
		next = last
	}
	a.Points = a.Points[first:last]
	return next
}
