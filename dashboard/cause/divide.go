// Package cause divides a number into parts and says what each part has to do with the number's move. It computes no
// figure itself: every one is a figure that compute.Engine answers.
package cause

import (
	"context"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/target"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Aspect is what the parts of a number are looked at for.
type Aspect string

// The aspects.
const (
	ByChange    Aspect = "change" // what each part moved against the period compared with
	ByLevel     Aspect = "level"  // how great each part is
	ByShortfall Aspect = "target" // how far each part is from where the target wants it by now
)

// ParseAspect reads an aspect.
func ParseAspect(s string) (Aspect, error) {
	switch a := Aspect(s); a {
	case ByChange, ByLevel, ByShortfall:
		return a, nil
	}
	return "", metric.Refuse("没有看法 %q", "aspect %q", s).Among([]string{"change", "level", "target"})
}

// The reasons why the parts of a number do not add up to it.
const (
	ApartRate    = "rate"    // a rate, an index, a median: the whole is no sum
	ApartOverlap = "overlap" // the same person or thing counts in several parts
	ApartFloor   = "floor"   // computed per part, at least or at most something: what one has to spare fills no other's gap
	ApartStock   = "stock"   // the figure of the last day of each month
	ApartShort   = "short"   // some of the periods compared with lie before the data
)

// ByPeriod divides a number by time, where others divide it by a dimension.
const ByPeriod = "period"

// Query asks what a number is made of.
type Query struct {
	Query metric.Query // the whole: its Grain, By, Limit and Window are not used
	By    string       // a dimension, or ByPeriod
	// Grain is the width of the periods of ByPeriod. Total: the one below the whole's.
	Grain days.Grain
	See   Aspect
	// Target is that of the metric, for ByShortfall.
	Target *target.Target
}

// Division is a number beside its parts.
type Division struct {
	Query Query
	Whole Portion
	// Parts that have a number now or had one then; by dimension the one that weighs most in the whole's
	// move first, by period in order of time.
	Parts []Portion
	// Adds: the parts' numbers add up to the whole, now and then, so that each has a share in its move.
	// Apart says why they do not.
	Adds  bool
	Apart string
	// Offset: the parts moved up and down so much that little of it is left in the whole; none has a share.
	Offset bool
	Most   int // the part that weighs most; -1 where none has a number
}

// Portion is the whole or a part of it.
type Portion struct {
	Key      string // of the dimension
	Label    codes.Text
	From, To days.Day
	Value    *float64
	Base     *float64 // compared with
	Change   *float64 // as Point.Change
	Goal     *float64 // where the target wants it by now; of a part of what adds up in proportion to its Base
	Why      string
	Partial  bool
	// Delta is what the aspect looks at: Value less Base, Value, or Value less Goal.
	Delta *float64
	// Share of the whole's Delta, where the parts add up and the whole moved.
	Share *float64
	Of    []Ingredient // of a ratio or a formula: what it is computed from
	lead  float64      // the more, the sooner it is named
}

// Ingredient is a metric that another is computed from.
type Ingredient struct {
	Metric      *metric.Metric
	Value, Base *float64
}

// Divide divides a number by a dimension, or by the periods inside it.
func Divide(ctx context.Context, e *compute.Engine, q Query) (*Division, error) {
	q.Query.Grain, q.Query.By, q.Query.Limit, q.Query.Window = days.Total, nil, 0, days.NoWindow
	m, err := e.Catalog.Check(q.Query)
	if err != nil {
		return nil, err
	}
	if _, err := ParseAspect(string(q.See)); err != nil {
		return nil, err
	}
	if m.Kind == metric.Forecasting {
		return nil, metric.Refuse("指标 %s 是预测，没有原因；请问 %s 的原因", "metric %s is a forecast and has no cause; ask for that of %s", m.Name, m.Of)
	}
	if q.By != ByPeriod {
		if err := m.Cuttable(q.By); err != nil {
			return nil, err
		}
	}
	d := &Division{Query: q, Most: -1}
	whole, err := e.Run(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	if len(whole.Points) == 0 {
		d.Whole = Portion{From: q.Query.From, To: q.Query.To, Why: metric.WhyNoData}
		return d, nil
	}
	d.Whole = portion(whole.Points[0])
	if d.Whole.Of, err = ingredients(ctx, e, m, q.Query); err != nil {
		return nil, err
	}
	rows := map[string]float64{} // behind the parts
	if q.By == ByPeriod {
		d.Parts, err = inside(ctx, e, m, q)
	} else {
		d.Parts, err = cut(ctx, e, m, q, rows)
	}
	if err != nil {
		return nil, err
	}
	d.Adds, d.Apart = addsUp(m, d)
	if q.See == ByShortfall {
		if err := d.goals(ctx, e, m); err != nil {
			return nil, err
		}
	}
	d.rank(m, rows)
	return d, nil
}

func portion(pt metric.Point) Portion {
	return Portion{From: pt.From, To: pt.To, Value: pt.Value, Base: pt.Base, Change: pt.Change, Why: pt.Why, Partial: pt.Partial}
}

func zero(v *float64) bool { return v != nil && *v == 0 }

// ingredients are what the whole is computed from.
func ingredients(ctx context.Context, e *compute.Engine, m *metric.Metric, whole metric.Query) ([]Ingredient, error) {
	var list []Ingredient
	for _, of := range m.Ingredients() {
		whole.Metric = of.Name
		r, err := e.Run(ctx, whole)
		if err != nil {
			return nil, err
		}
		in := Ingredient{Metric: of}
		if len(r.Points) > 0 {
			in.Value, in.Base = r.Points[0].Value, r.Points[0].Base
		}
		list = append(list, in)
	}
	return list, nil
}

// cut divides the whole by a dimension and counts in rows what is behind each part.
func cut(ctx context.Context, e *compute.Engine, m *metric.Metric, q Query, rows map[string]float64) ([]Portion, error) {
	ask := q.Query
	ask.By = []string{q.By}
	r, err := e.Run(ctx, ask)
	if err != nil {
		return nil, err
	}
	var list []Portion
	for _, pt := range r.Points {
		p := portion(pt)
		p.Key, p.Label = pt.Keys[0], pt.Labels[0]
		if p.Value == nil && p.Base == nil || zero(p.Value) && (p.Base == nil || zero(p.Base)) {
			continue
		}
		rows[p.Key] = float64(pt.Rows)
		list = append(list, p)
	}
	for _, of := range m.Ingredients() {
		ask.Metric = of.Name
		r, err := e.Run(ctx, ask)
		if err != nil {
			return nil, err
		}
		at := map[string]metric.Point{}
		for _, pt := range r.Points {
			at[pt.Keys[0]] = pt
		}
		for i := range list {
			pt := at[list[i].Key]
			list[i].Of = append(list[i].Of, Ingredient{Metric: of, Value: pt.Value, Base: pt.Base})
		}
	}
	return list, nil
}

// Below is the width of the periods that a stretch of days is looked into by.
func Below(m *metric.Metric, from, to days.Day) days.Grain {
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	switch {
	case months > 36:
		return days.Year
	case months <= 1 && m.Nature() == metric.Flow:
		return days.Ten
	}
	return days.Month
}

// inside cuts the whole into periods. What has no width of its own, such as the stock of a day, is looked at over
// the twelve months that end with it.
func inside(ctx context.Context, e *compute.Engine, m *metric.Metric, q Query) ([]Portion, error) {
	ask := q.Query
	if ask.Grain = q.Grain; ask.Grain == days.Total {
		ask.Grain = Below(m, ask.From, ask.To)
	}
	short := ask.Grain == days.Month && ask.To.AddDate(0, -1, 0).Compare(ask.From) <= 0 && m.Nature() != metric.Flow
	if short {
		ask.From = days.Month.Start(ask.To.AddDate(0, 0, -1)).AddDate(0, -11, 0)
	}
	pair := ask.Compare == metric.Previous && !short
	if pair {
		ask.Compare = metric.NoCompare // not each month with the one before it, but with that of the whole's period before
	}
	r, err := e.Run(ctx, ask)
	if err != nil {
		return nil, err
	}
	list := make([]Portion, 0, len(r.Points))
	for _, pt := range r.Points {
		list = append(list, portion(pt))
	}
	slices.SortStableFunc(list, func(a, b Portion) int { return a.From.Compare(b.From) })
	if pair {
		ask.Grain = days.Total
		err = before(ctx, e, m, ask, list)
	}
	return list, err
}

// before lays beside each period the one as far before it as the whole's period before is before the whole.
func before(ctx context.Context, e *compute.Engine, m *metric.Metric, whole metric.Query, list []Portion) error {
	live, err := e.Live(ctx, whole.AsOf)
	if err != nil {
		return err
	}
	end := live.End(m)
	far := days.Range{From: whole.From, To: whole.To}.Before(days.Total)
	for i := range list {
		p := &list[i]
		to := p.To
		if p.Partial && end.Before(to) {
			to = end
		}
		ask := whole
		ask.From, ask.To = far.From(p.From), far.To(to)
		if !ask.From.Before(ask.To) {
			continue
		}
		r, err := e.Run(ctx, ask)
		if err != nil {
			return err
		}
		if len(r.Points) > 0 {
			p.Base = r.Points[0].Value
			p.Change = m.Change(p.Value, p.Base)
		}
	}
	return nil
}

// Rest sums up parts as one.
func Rest(parts []Portion) Portion {
	var rest Portion
	add := func(to **float64, v *float64) {
		if v != nil {
			sum := *v
			if *to != nil {
				sum += **to
			}
			*to = &sum
		}
	}
	for _, p := range parts {
		add(&rest.Value, p.Value)
		add(&rest.Base, p.Base)
		add(&rest.Goal, p.Goal)
		add(&rest.Delta, p.Delta)
		add(&rest.Share, p.Share)
	}
	return rest
}
