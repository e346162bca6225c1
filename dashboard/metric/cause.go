package metric

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
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
	return "", fmt.Errorf("%w: aspect %q (have change, level, target)", ErrInvalid, s)
}

// The reasons why the parts of a number do not add up to it.
const (
	ApartRate    = "rate"    // a rate, an index, a median: the whole is no sum
	ApartOverlap = "overlap" // the same person or thing counts in several parts
	ApartFloor   = "floor"   // computed per part, at least or at most something: what one has to spare fills no other's gap
	ApartStock   = "stock"   // the figure of the last day of each month
	ApartShort   = "short"   // some of the periods compared with lie before the data
)

// CauseQuery asks what a number is made of.
type CauseQuery struct {
	Query Query // the whole: its Grain, By and Limit are not used
	By    string
	// Grain is the width of the periods inside, where By is empty. Total: the one below the whole's.
	Grain Grain
	See   Aspect
	// Target is that of the metric, for ByShortfall.
	Target *Target
}

// Cause is a number beside its parts.
type Cause struct {
	Query CauseQuery
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
	From, To Day
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
	Metric      *Metric
	Value, Base *float64
}

// Cuts returns the dimensions by which a total of m can be cut.
func (m *Metric) Cuts() []string {
	if m.Kind == Forecasting {
		return nil
	}
	return slices.DeleteFunc(m.Dims(), func(dim string) bool { return m.Kind == MethodKind && m.askable([]string{dim}) != nil })
}

// causeOrder are the dimensions in the order in which a cause is looked for, where a metric does not say:
// the link of the chain first, then the group of enterprises, then what kind of thing it is.
var causeOrder = [][]string{
	{"node", "chain"},
	{"park", "scale", "enterprise"},
	{"kind", "channel", "course", "programme", "matter", "level", "class", "stage", "award", "province", "origin_province", "country", "city", "industry"},
}

// Steps returns two dimensions at most by which the cause of a number of m is looked for, before the months:
// those it declares, else the first of each group of causeOrder that it can be cut by.
func (m *Metric) Steps() []string {
	if m.Cause != nil {
		return slices.Clone(m.Cause)
	}
	cuts := m.Cuts()
	var steps []string
	for _, group := range causeOrder {
		for _, dim := range group {
			if slices.Contains(cuts, dim) {
				steps = append(steps, dim)
				break
			}
		}
	}
	if len(steps) == 0 {
		steps = cuts // whatever there is
	}
	return steps[:min(len(steps), 2)]
}

// Instead returns the dimensions to divide by where dim has one value only, the nearest first.
func (m *Metric) Instead(dim string) []string {
	cuts := m.Cuts()
	var near, after []string
	found := false
	for _, group := range causeOrder {
		if slices.Contains(group, dim) {
			found = true
			for _, d := range group[slices.Index(group, dim)+1:] {
				if slices.Contains(cuts, d) {
					near = append(near, d)
				}
			}
			continue
		}
		for _, d := range group {
			if found && slices.Contains(cuts, d) {
				after = append(after, d)
			}
		}
	}
	return append(near, after...)
}

// checkCause holds the declared steps against the dimensions.
func (l *loader) checkCause(m *Metric) bool {
	cuts := m.Cuts()
	if len(m.Cause) > 2 {
		l.fail(m.file, m.line, "metric %s: cause has %d dimensions (at most 2: the months are the third step)", m.Name, len(m.Cause))
		return false
	}
	for i, dim := range m.Cause {
		switch {
		case !slices.Contains(cuts, dim):
			l.fail(m.file, m.line, "metric %s: cause %q is no dimension it can be cut by (have %s)", m.Name, dim, strings.Join(cuts, ", "))
			return false
		case slices.Contains(m.Cause[:i], dim):
			l.fail(m.file, m.line, "metric %s: cause %q twice", m.Name, dim)
			return false
		}
	}
	return true
}

// Cause divides a number by a dimension, or by the periods inside it. Every figure is one that Run answers.
func (e *Engine) Cause(ctx context.Context, q CauseQuery) (*Cause, error) {
	q.Query.Grain, q.Query.By, q.Query.Limit, q.Query.Window = Total, nil, 0, NoWindow
	m, err := e.Catalog.check(q.Query)
	if err != nil {
		return nil, err
	}
	if _, err := ParseAspect(string(q.See)); err != nil {
		return nil, err
	}
	if m.Kind == Forecasting {
		return nil, fmt.Errorf("%w: metric %s is a forecast and has no cause; ask for that of %s", ErrInvalid, m.Name, m.Of)
	}
	if q.By != "" && !slices.Contains(m.Cuts(), q.By) {
		if err := m.cuttable(q.By); err != nil {
			return nil, err
		}
		return nil, m.askable([]string{q.By})
	}
	c := &Cause{Query: q, Most: -1}
	whole, err := e.Run(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	if len(whole.Points) == 0 {
		c.Whole = Portion{From: q.Query.From, To: q.Query.To, Why: WhyNoData}
		return c, nil
	}
	c.Whole = portion(whole.Points[0])
	of := ingredients(m)
	weigh := map[string]float64{}
	if q.By != "" {
		ask := q.Query
		ask.By = []string{q.By}
		r, err := e.Run(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, pt := range r.Points {
			p := portion(pt)
			p.Key, p.Label = pt.Keys[0], pt.Labels[0]
			if p.Value == nil && p.Base == nil || zero(p.Value) && (p.Base == nil || zero(p.Base)) {
				continue
			}
			weigh[p.Key] = float64(pt.Rows)
			c.Parts = append(c.Parts, p)
		}
		for _, arg := range of {
			ask.Metric = arg.Name
			r, err := e.Run(ctx, ask)
			if err != nil {
				return nil, err
			}
			for i := range c.Parts {
				in := Ingredient{Metric: arg}
				for _, pt := range r.Points {
					if pt.Keys[0] == c.Parts[i].Key {
						in.Value, in.Base = pt.Value, pt.Base
					}
				}
				c.Parts[i].Of = append(c.Parts[i].Of, in)
			}
		}
	} else if c.Parts, err = e.inside(ctx, m, q); err != nil {
		return nil, err
	}
	for _, arg := range of {
		ask := q.Query
		ask.Metric = arg.Name
		r, err := e.Run(ctx, ask)
		if err != nil {
			return nil, err
		}
		in := Ingredient{Metric: arg}
		if len(r.Points) > 0 {
			in.Value, in.Base = r.Points[0].Value, r.Points[0].Base
		}
		c.Whole.Of = append(c.Whole.Of, in)
	}
	c.Adds, c.Apart = addsUp(m, c)
	if q.See == ByShortfall {
		if err := e.goals(ctx, m, c); err != nil {
			return nil, err
		}
	}
	c.rank(m, weigh)
	return c, nil
}

func portion(pt Point) Portion {
	return Portion{From: pt.From, To: pt.To, Value: pt.Value, Base: pt.Base, Change: pt.Change, Why: pt.Why, Partial: pt.Partial}
}

func zero(v *float64) bool { return v != nil && *v == 0 }

// ingredients are the metrics that a ratio or a short formula is computed from.
func ingredients(m *Metric) []*Metric {
	if m.Kind != Ratio && m.Kind != Formula || slices.Contains(m.totals, true) || len(m.args) > 3 {
		return nil
	}
	return m.args
}

// Rate says that a number of m is no sum of anything: a ratio, an index, a median.
func (m *Metric) Rate() bool { return m.nature() == Ratio && m.Kind != Mean }

// Below is the width of the periods that a stretch of days is looked into by.
func (m *Metric) Below(from, to Day) Grain {
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	switch {
	case months > 36:
		return Year
	case months <= 1 && m.nature() == Flow:
		return Ten
	}
	return Month
}

// inside cuts the whole into periods. What has no width of its own, such as the stock of a day, is looked at over
// the twelve months that end with it.
func (e *Engine) inside(ctx context.Context, m *Metric, q CauseQuery) ([]Portion, error) {
	ask := q.Query
	if ask.Grain = q.Grain; ask.Grain == Total {
		ask.Grain = m.Below(ask.From, ask.To)
	}
	short := ask.Grain == Month && ask.To.AddDate(0, -1, 0).Compare(ask.From) <= 0 && m.nature() != Flow
	if short {
		ask.From = Month.Start(ask.To.AddDate(0, 0, -1)).AddDate(0, -11, 0)
	}
	pair := ask.Compare == Previous && !short
	if pair {
		ask.Compare = NoCompare // not each month with the one before it, but with that of the whole's period before
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
	if !pair {
		return list, nil
	}
	s := back(Previous, window{From: ask.From, To: ask.To})
	data, err := e.data(ctx, ask.AsOf)
	if err != nil {
		return nil, err
	}
	end := data.cover(e.Catalog, m).end
	for i := range list {
		p := &list[i]
		before := ask
		before.Grain = Total
		to := p.To
		if p.Partial && end.Before(to) {
			to = end
		}
		before.From, before.To = s.from(p.From), s.to(to)
		if !before.From.Before(before.To) {
			continue
		}
		r, err := e.Run(ctx, before)
		if err != nil {
			return nil, err
		}
		if len(r.Points) > 0 {
			b := r.Points[0]
			p.Base = b.Value
			p.Change, _ = change(m, cell{value: p.Value, why: p.Why}, cell{value: b.Value, why: b.Why})
		}
	}
	return list, nil
}

// addsUp says whether the parts are the whole: by the nature of the metric, and by their sums.
func addsUp(m *Metric, c *Cause) (bool, string) {
	months := c.Query.By == ""
	switch nature := m.nature(); {
	case nature == Stock && months:
		return false, ApartStock
	case nature == Ratio && (m.Kind != Mean || months):
		return false, ApartRate
	}
	var value, base float64
	for _, p := range c.Parts {
		if p.Base == nil && c.Whole.Base != nil && p.Value != nil && *p.Value != 0 {
			return false, ApartShort
		}
		if p.Value != nil {
			value += *p.Value
		}
		if p.Base != nil {
			base += *p.Base
		}
	}
	same := func(sum float64, whole *float64) bool {
		return whole != nil && math.Abs(sum-*whole) <= 1e-9*max(1, math.Abs(*whole))
	}
	switch {
	case same(value, c.Whole.Value) && (c.Whole.Base == nil || same(base, c.Whole.Base)):
		return true, ""
	case m.tree.bounds():
		return false, ApartFloor
	}
	return false, ApartOverlap
}

// bounds says whether max or min is part of f.
func (f *formula) bounds() bool {
	return f != nil && (f.op == '>' || f.op == '<' || f.l.bounds() || f.r.bounds())
}

// goals says where the target wants the whole and its parts by now. A part of what adds up has a goal in proportion
// to what it was in the period compared with; a rate is wanted the same of every part.
func (e *Engine) goals(ctx context.Context, m *Metric, c *Cause) error {
	t := c.Query.Target
	if t == nil || t.Name != m.Name || t.Actual == nil {
		return fmt.Errorf("%w: metric %s has no target with a figure in this period", ErrInvalid, m.Name)
	}
	if t.Expected == nil {
		goal := t.Target
		c.Whole.Goal = &goal
		for i := range c.Parts {
			c.Parts[i].Goal = &goal
		}
		return nil
	}
	root := c.Query.Query
	root.Where = t.Scope.Where
	r, err := e.Run(ctx, root)
	if err != nil {
		return err
	}
	if len(r.Points) == 0 || r.Points[0].Base == nil || *r.Points[0].Base == 0 {
		if len(c.Query.Query.Where) == len(t.Scope.Where) {
			goal := *t.Expected
			c.Whole.Goal = &goal
		}
		return nil
	}
	each := *t.Expected / *r.Points[0].Base
	set := func(p *Portion) {
		if p.Base != nil {
			goal := each * *p.Base
			p.Goal = &goal
		}
	}
	set(&c.Whole)
	for i := range c.Parts {
		set(&c.Parts[i])
	}
	return nil
}

// offset is how many times the whole's move its parts may move, up and down together, and still have shares in it.
const offset = 3

// rank finds out what each part has to do with the whole's move and puts them in order.
func (c *Cause) rank(m *Metric, rowsOf map[string]float64) {
	delta := func(p *Portion) {
		from := p.Base
		switch c.Query.See {
		case ByLevel:
			p.Delta = p.Value
			return
		case ByShortfall:
			from = p.Goal
		}
		if p.Value != nil && from != nil {
			d := *p.Value - *from
			p.Delta = &d
		}
	}
	delta(&c.Whole)
	toward := 1.0
	if d := c.Whole.Delta; d != nil && *d < 0 {
		toward = -1
	}
	rate := c.Apart == ApartRate
	if rate && c.Query.See == ByLevel && m.Direction == "up" {
		toward = -1 // the worst rate first
	}
	var whole float64 // of the denominators
	heavy := func(p *Portion) float64 {
		if len(p.Of) == 2 && m.Kind == Ratio {
			var sum, n float64
			for _, v := range []*float64{p.Of[1].Value, p.Of[1].Base} {
				if v != nil {
					sum, n = sum+math.Abs(*v), n+1
				}
			}
			return sum / max(n, 1)
		}
		return rowsOf[p.Key]
	}
	if rate && c.Query.By != "" && c.Query.See != ByLevel {
		for i := range c.Parts {
			whole += heavy(&c.Parts[i])
		}
	}
	moves := 0.0
	for i := range c.Parts {
		p := &c.Parts[i]
		delta(p)
		if p.Delta == nil {
			p.lead = math.Inf(-1)
			continue
		}
		if p.lead = *p.Delta * toward; whole > 0 {
			p.lead *= heavy(p) / whole
		}
		moves += math.Abs(*p.Delta)
	}
	if d := c.Whole.Delta; c.Adds && d != nil && *d != 0 {
		c.Offset = moves > offset*math.Abs(*d)
		for i := range c.Parts {
			if p := &c.Parts[i]; p.Delta != nil && !c.Offset {
				share := *p.Delta / *d
				p.Share = &share
			}
		}
	}
	if c.Whole.Delta != nil && *c.Whole.Delta == 0 {
		for i := range c.Parts {
			if p := &c.Parts[i]; p.Delta != nil {
				p.lead = math.Abs(*p.Delta)
			}
		}
	}
	if c.Query.By != "" {
		slices.SortStableFunc(c.Parts, func(a, b Portion) int {
			return cmp.Or(cmp.Compare(b.lead, a.lead), cmp.Compare(amount(b), amount(a)), cmp.Compare(a.Key, b.Key))
		})
	}
	for i, p := range c.Parts {
		if p.Delta != nil && (c.Most < 0 || p.lead > c.Parts[c.Most].lead) {
			c.Most = i
		}
	}
}

func amount(p Portion) float64 {
	if p.Value == nil {
		return math.Inf(-1)
	}
	return *p.Value
}
