package agent

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

const mostFound = 10

type findIn struct {
	spoken
	Query string `json:"query" jsonschema:"words of the metric's title or definition, or a whole question"`
}

type found struct {
	Verified *verifiedHit `json:"verified,omitempty"`
	Metrics  []hit        `json:"metrics"`
}

type verifiedHit struct {
	Answer   string `json:"answer"`
	Question string `json:"question"`
	Metric   string `json:"metric"`
	Use      string `json:"use"`
}

type hit struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Definition string   `json:"definition"`
	Unit       string   `json:"unit"`
	Dims       []string `json:"dims"`
}

func (c *caller) find(_ context.Context, in findIn) (any, error) {
	if strings.TrimSpace(in.Query) == "" || len([]rune(in.Query)) > 500 {
		return nil, address.Bad(words.Get("bad_value", "query", words.Clip(in.Query, 40)))
	}
	out := found{Metrics: c.near(in.Query, mostFound)}
	if q := c.verified(in.Query); q != nil {
		out.Verified = &verifiedHit{q.Name, q.In(c.lang), q.Metric, "ask_metric {question}"}
	}
	return out, nil
}

// near are the metrics whose name, title and definition have most of a text in common.
func (c *caller) near(text string, most int) []hit {
	type scored struct {
		m     *metric.Metric
		score float64
	}
	want := pieces(text)
	low := strings.ToLower(text)
	var list []scored
	for _, m := range c.a.Desk.Catalog.Metrics() {
		if c.a.veil.Metric(m) {
			continue
		}
		s := 0.0
		for _, x := range []struct {
			text   string
			weight float64
		}{{m.Name, 3}, {m.Title.Zh, 3}, {m.Title.En, 3}, {m.ID, 3}, {m.Definition.Zh, 1}, {m.Definition.En, 1}} {
			if x.text == "" {
				continue
			}
			own := pieces(x.text)
			common := 0
			for p := range want {
				if own[p] {
					common++
				}
			}
			s += x.weight * float64(common) / float64(len(want)+1)
			if x.weight > 1 && (strings.Contains(low, strings.ToLower(x.text)) || strings.EqualFold(x.text, text)) {
				s += x.weight
			}
		}
		if s > 0 {
			list = append(list, scored{m, s})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	out := []hit{}
	for _, x := range list[:min(len(list), most)] {
		out = append(out, hit{x.m.Name, x.m.Title.In(c.lang), x.m.Definition.In(c.lang), x.m.Unit.Word(c.lang), c.dims(x.m)})
	}
	return out
}

// empty are words that say nothing of a metric.
var empty = []string{"the", "of", "is", "are", "was", "what", "how", "many", "much", "in", "to", "and", "by", "for", "at", "on", "did", "do", "who", "which"}

// pieces are the words of a text, and of what is written in Han characters every two that stand together.
func pieces(text string) map[string]bool {
	out := map[string]bool{}
	var word []rune
	var before rune
	flush := func() {
		if len(word) > 1 && !slices.Contains(empty, string(word)) {
			out[string(word)] = true
		}
		word = word[:0]
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			if before != 0 {
				out[string([]rune{before, r})] = true
			}
			before = r
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		default:
			flush()
		}
		before = 0
	}
	flush()
	return out
}

type describeIn struct {
	spoken
	Metric string `json:"metric" jsonschema:"name of the metric, as find_metric tells it"`
}

type described struct {
	Metric   answer.Metric `json:"metric"`
	Inputs   []hit         `json:"inputs,omitempty"`
	Values   []dimension   `json:"values"`
	Usual    string        `json:"usual_period"`
	DataDate string        `json:"data_date,omitempty"`
}

type dimension struct {
	Dim    string            `json:"dim"`
	Title  string            `json:"title"`
	Values map[string]string `json:"values,omitempty"`
	Open   bool              `json:"open,omitempty"`
}

// metric finds a metric, or says which are near.
func (c *caller) metric(name string) (*metric.Metric, error) {
	if m := c.a.Desk.Catalog.Metric(name); m != nil && !c.a.veil.Metric(m) {
		return m, nil
	}
	near := c.near(name, 5)
	said := words.Get("agent_metric", words.Clip(name, 80))
	if len(near) == 0 {
		said = words.Get("agent_metric_none", words.Clip(name, 80))
	}
	return nil, instead{address.Coded(http.StatusNotFound, "unknown_metric", said), near}
}

func (c *caller) describe(ctx context.Context, in describeIn) (any, error) {
	m, err := c.metric(in.Metric)
	if err != nil {
		return nil, err
	}
	live, err := c.a.Desk.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	out := described{Metric: c.a.Desk.Describe(m, c.lang), Values: []dimension{}, Usual: answer.Usual(m)}
	out.Metric.Link, out.Metric.Dims = c.base()+out.Metric.Link, c.dims(m)
	if day := live.Date(m); !day.IsZero() {
		out.DataDate = days.ISO(day)
	}
	for _, x := range m.Inputs() {
		out.Inputs = append(out.Inputs, hit{x.Name, x.Title.In(c.lang), x.Definition.In(c.lang), x.Unit.Word(c.lang), c.dims(x)})
	}
	for _, name := range c.dims(m) {
		x := dimension{Dim: name, Title: name, Open: true}
		d := c.a.Desk.Catalog.Dimension(name)
		if d != nil && d.Title.Zh != "" {
			x.Title = d.Title.In(c.lang)
		}
		if d != nil && d.List != "" {
			if list := c.a.Desk.Catalog.List(d.List); list != nil && len(list.Codes()) <= 100 {
				x.Open, x.Values = false, map[string]string{}
				for _, code := range list.Codes() {
					x.Values[code] = list.Label(code, c.lang)
				}
			}
		}
		out.Values = append(out.Values, x)
	}
	return out, nil
}

type askIn struct {
	spoken
	Question string   `json:"question,omitempty" jsonschema:"the question in words, where no metric is named: a verified one is answered"`
	Metric   string   `json:"metric,omitempty" jsonschema:"name of the metric"`
	From     string   `json:"from,omitempty" jsonschema:"first day, 2026-01-01; with to. Absent: the usual period up to the data"`
	To       string   `json:"to,omitempty" jsonschema:"the day after the last, 2026-07-01"`
	Grain    string   `json:"grain,omitempty" jsonschema:"ten (days), month, quarter, half or year; absent: one number"`
	Window   string   `json:"window,omitempty" jsonschema:"ytd, r3 or r12"`
	Compare  string   `json:"compare,omitempty" jsonschema:"yoy, pop or spring"`
	By       []string `json:"by,omitempty" jsonschema:"dimensions to cut by"`
	Where    []string `json:"where,omitempty" jsonschema:"dimension:value"`
	AsOf     string   `json:"as_of,omitempty" jsonschema:"as the numbers were at the end of that day, 2026-03-31, or at a moment, 2026-03-31T18:00:00.5+08:00: name the same in several questions and the answers agree"`
	Freeze   string   `json:"freeze,omitempty" jsonschema:"as of a report date (封账), by its name; not with as_of"`
	Top      int      `json:"top,omitempty" jsonschema:"only so many keys, the greatest first"`
	Limit    int      `json:"limit,omitempty" jsonschema:"how many points at most; absent: 500 or 50 kB"`
}

type told struct {
	*answer.Answer
	Verified  string `json:"verified,omitempty"`
	Note      string `json:"note,omitempty"`
	Truncated string `json:"truncated,omitempty"`
}

func (c *caller) ask(ctx context.Context, in askIn) (any, error) {
	rows, bytes, err := room(in.Limit)
	if err != nil {
		return nil, err
	}
	q, hit, err := c.question(ctx, in)
	if err != nil {
		return nil, err
	}
	got, err := c.answer(ctx, q)
	if err != nil {
		return nil, err
	}
	got.At(c.base())
	out := told{Answer: got}
	if hit != nil {
		out.Verified, out.Note = hit.Name, hit.Note.In(c.lang)
	}
	all := len(got.Points)
	if got.Points = fit(got.Points, rows, bytes); len(got.Points) < all {
		out.Truncated = words.In(c.lang, "agent_cut", len(got.Points), all)
	}
	return out, nil
}

// question is what is asked of a metric: as it is named, or as a verified question has it.
func (c *caller) question(ctx context.Context, in askIn) (q answer.Question, hit *verified.Question, err error) {
	if hit = c.verified(in.Question); hit != nil && in.Metric == "" {
		live, err := c.a.Desk.Engine.Live(ctx, time.Time{})
		if err != nil {
			return q, nil, err
		}
		last := live.Date(c.a.Desk.Catalog.Metric(hit.Metric))
		if last.IsZero() {
			return q, nil, address.Coded(http.StatusNotFound, "no_data", words.Get("no_data_yet"))
		}
		return hit.Of(last), hit, nil
	}
	if in.Metric == "" {
		return q, nil, instead{address.Coded(http.StatusUnprocessableEntity, "not_verified", words.Get("agent_question")), c.can(in.Question)}
	}
	m, err := c.metric(in.Metric)
	if err != nil {
		return q, nil, err
	}
	q = answer.Question{Metric: m.Name, Grain: days.Grain(in.Grain), Window: days.Window(in.Window), Compare: metric.Compare(in.Compare), By: in.By, Top: in.Top}
	st, err := address.ReadMoments(in.From, in.To, in.AsOf)
	if st.Freeze = in.Freeze; err == nil && in.Freeze != "" && in.AsOf != "" {
		err = address.Bad(words.Get("two_moments"))
	}
	if err == nil {
		st, err = c.a.Thaw(ctx, st)
	}
	if err != nil {
		return q, nil, err
	}
	q.Range, q.AsOf, q.Freeze = st.Range, st.AsOf, st.Freeze
	q.Where, err = answer.Filters(m, nil, in.Where)
	return q, nil, err
}

// can is what can be asked where a question has no answer.
func (c *caller) can(text string) any {
	var ask []string
	for _, q := range c.a.Answers {
		if c.hidden(q) {
			continue
		}
		ask = append(ask, q.In(c.lang))
	}
	return map[string]any{"verified": ask[:min(len(ask), 20)], "metrics": c.near(text, 5)}
}

// dims are the dimensions of a metric that are not hidden.
func (c *caller) dims(m *metric.Metric) []string { return c.a.veil.Dims(c.a.Desk.Catalog, m) }

// cuttable refuses what is hidden as what is not there.
func (c *caller) cuttable(m *metric.Metric, dim string) error {
	if !c.a.veil.Dim(c.a.Desk.Catalog, m, dim) {
		return nil
	}
	return address.Bad(words.Get("agent_hidden", m.Name, dim), c.dims(m)...)
}

// verified finds a verified question that may be answered here.
func (c *caller) verified(text string) *verified.Question {
	if q := verified.Find(c.a.Answers, text); q != nil && !c.hidden(q) {
		return q
	}
	return nil
}

// hidden says that a verified question rests on what is hidden.
func (c *caller) hidden(q *verified.Question) bool {
	m := c.a.Desk.Catalog.Metric(q.Metric)
	return m == nil || c.a.veil.Metric(m) || slices.ContainsFunc(append(slices.Collect(maps.Keys(q.Where)), q.By...), func(dim string) bool { return c.a.veil.Dim(c.a.Desk.Catalog, m, dim) })
}

// answer asks the desk what is not hidden.
func (c *caller) answer(ctx context.Context, q answer.Question) (*answer.Answer, error) {
	m, err := c.metric(q.Metric)
	if err != nil {
		return nil, err
	}
	for _, dim := range q.By {
		err = cmp.Or(err, c.cuttable(m, dim))
	}
	for _, f := range q.Where {
		err = cmp.Or(err, c.cuttable(m, f.Dim))
	}
	if err != nil {
		return nil, err
	}
	got, err := c.a.Desk.Ask(ctx, q, c.lang)
	if err == nil {
		got.Metric.Dims = c.dims(m)
	}
	return got, err
}

type whyIn struct {
	spoken
	Metric  string   `json:"metric" jsonschema:"name of the metric"`
	From    string   `json:"from,omitempty" jsonschema:"first day; with to. Absent: the usual period up to the data"`
	To      string   `json:"to,omitempty" jsonschema:"the day after the last"`
	Compare string   `json:"compare,omitempty" jsonschema:"yoy (the usual), pop or spring"`
	By      string   `json:"by,omitempty" jsonschema:"the dimension, or period, by which it is divided; absent: the usual one"`
	Where   []string `json:"where,omitempty" jsonschema:"dimension:value"`
	AsOf    string   `json:"as_of,omitempty" jsonschema:"as the numbers were at the end of that day"`
	Freeze  string   `json:"freeze,omitempty" jsonschema:"as of a report date (封账), by its name; not with as_of"`
}

type reason struct {
	Answer   *answer.Answer `json:"answer"`
	By       string         `json:"by"`
	Sentence string         `json:"sentence,omitempty"`
	Note     string         `json:"note,omitempty"`
	Parts    []part         `json:"parts"`
	Cut      string         `json:"truncated,omitempty"`
	Link     string         `json:"link"`
}

type part struct {
	Key   string   `json:"key"`
	Label string   `json:"label"`
	Value *float64 `json:"value"`
	Base  *float64 `json:"base,omitempty"`
	Delta *float64 `json:"delta,omitempty"`
	Share *float64 `json:"share,omitempty"`
	Text  string   `json:"text"`
}

func (c *caller) why(ctx context.Context, in whyIn) (any, error) {
	q, _, err := c.question(ctx, askIn{Metric: in.Metric, From: in.From, To: in.To, Compare: cmp.Or(in.Compare, string(metric.YearOnYear)), Where: in.Where, AsOf: in.AsOf, Freeze: in.Freeze})
	if err != nil {
		return nil, err
	}
	got, err := c.answer(ctx, q)
	if err != nil {
		return nil, err
	}
	r := got.Result
	m := r.Metric
	if m.Kind == metric.Forecasting {
		return nil, address.Coded(http.StatusUnprocessableEntity, "no_cause", words.Get("cause_forecast", m.Title), m.Of)
	}
	if in.By != "" && in.By != cause.ByPeriod {
		if err := m.Cuttable(in.By); err != nil {
			return nil, err
		}
		if err := c.cuttable(m, in.By); err != nil {
			return nil, err
		}
	}
	a := trail.Ask{Way: cause.Way{Metric: m, See: cause.ByChange, By: in.By}, St: address.State{AsOf: q.AsOf, Freeze: q.Freeze}, Range: days.Range{From: r.Query.From, To: r.Query.To}, Compare: r.Query.Compare}
	for _, f := range r.Query.Where {
		for _, v := range f.Values {
			a.Where = append(a.Where, cause.Tap{Dim: f.Dim, Key: v})
		}
	}
	steps, see, err := a.Trace(ctx, c.a.Desk.Engine, cause.Query{Query: a.Query()})
	if err == nil && c.a.veil.Dim(c.a.Desk.Catalog, m, steps[0].By) { // the usual way to divide it is hidden
		a.By = cause.ByPeriod
		if cuts := slices.DeleteFunc(m.Cuts(), func(dim string) bool { return a.Tapped(dim) || c.a.veil.Dim(c.a.Desk.Catalog, m, dim) }); len(cuts) > 0 {
			a.By = cuts[0]
		}
		steps, see, err = a.Trace(ctx, c.a.Desk.Engine, cause.Query{Query: a.Query()})
	}
	if err != nil {
		return nil, err
	}
	a.See = see
	got.At(c.base())
	tell := cause.Teller{Way: a.Way, Compare: a.Compare, Catalog: c.a.Desk.Catalog, Lang: c.lang}
	step := steps[0]
	out := reason{Answer: got, By: step.By, Sentence: tell.Sentence(step, m.Title.In(c.lang)), Note: tell.Note(step), Parts: []part{}, Link: c.base() + a.Address()}
	for i, p := range step.Parts {
		said := tell.Tell(p)
		text := []string{said.Value, said.Delta, said.Share, said.Base}
		out.Parts = append(out.Parts, part{
			Key: p.Key, Label: tell.Part(step, i), Value: p.Value, Base: p.Base, Delta: p.Delta, Share: p.Share,
			Text: words.Join(c.lang, "sep_comma", slices.DeleteFunc(text, func(s string) bool { return s == "" })),
		})
	}
	all := len(out.Parts)
	if out.Parts = fit(out.Parts, usualRows, usualBytes); len(out.Parts) < all {
		out.Cut = words.In(c.lang, "agent_cut", len(out.Parts), all)
	}
	return out, nil
}
