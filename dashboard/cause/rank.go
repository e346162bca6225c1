package cause

import (
	"cmp"
	"context"
	"math"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
)

// addsUp says whether the parts are the whole: by the nature of the metric, and by their sums.
func addsUp(m *metric.Metric, d *Division) (adds bool, apart string) {
	months := d.Query.By == ByPeriod
	switch nature := m.Nature(); {
	case nature == metric.Stock && months:
		return false, ApartStock
	case nature == metric.Ratio && (m.Kind != metric.Mean || months):
		return false, ApartRate
	}
	var value, base float64
	for _, p := range d.Parts {
		if p.Base == nil && d.Whole.Base != nil && p.Value != nil && *p.Value != 0 {
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
	case same(value, d.Whole.Value) && (d.Whole.Base == nil || same(base, d.Whole.Base)):
		return true, ""
	case m.Bounded():
		return false, ApartFloor
	}
	return false, ApartOverlap
}

// goals says where the target wants the whole and its parts by now. A part of what adds up has a goal in proportion
// to what it was in the period compared with; a rate is wanted the same of every part.
func (d *Division) goals(ctx context.Context, e *compute.Engine, m *metric.Metric) error {
	t := d.Query.Target
	if t == nil || t.Name != m.Name || t.Actual == nil {
		return metric.Refuse("指标 %s 在这一期间没有可比的目标", "metric %s has no target with a figure in this period", m.Name)
	}
	if t.Expected == nil {
		goal := t.Target
		d.Whole.Goal = &goal
		for i := range d.Parts {
			d.Parts[i].Goal = &goal
		}
		return nil
	}
	root := d.Query.Query
	root.Where = t.Scope.Where
	r, err := e.Run(ctx, root)
	if err != nil {
		return err
	}
	if len(r.Points) == 0 || r.Points[0].Base == nil || *r.Points[0].Base == 0 {
		if len(d.Query.Query.Where) == len(t.Scope.Where) {
			goal := *t.Expected
			d.Whole.Goal = &goal
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
	set(&d.Whole)
	for i := range d.Parts {
		set(&d.Parts[i])
	}
	return nil
}

// offset is how many times the whole's move its parts may move, up and down together, and still have shares in it.
const offset = 3

// rank finds out what each part has to do with the whole's move and puts them in order.
func (d *Division) rank(m *metric.Metric, rows map[string]float64) {
	d.delta(&d.Whole)
	moves := 0.0
	for i := range d.Parts {
		if p := &d.Parts[i]; d.delta(p) {
			moves += math.Abs(*p.Delta)
		}
	}
	if whole := d.Whole.Delta; d.Adds && whole != nil && *whole != 0 {
		d.Offset = moves > offset*math.Abs(*whole)
		for i := range d.Parts {
			if p := &d.Parts[i]; p.Delta != nil && !d.Offset {
				share := *p.Delta / *whole
				p.Share = &share
			}
		}
	}
	d.leads(m, rows)
	if d.Query.By != ByPeriod {
		slices.SortStableFunc(d.Parts, func(a, b Portion) int {
			return cmp.Or(cmp.Compare(b.lead, a.lead), cmp.Compare(amount(b), amount(a)), cmp.Compare(a.Key, b.Key))
		})
	}
	for i, p := range d.Parts {
		if p.Delta != nil && (d.Most < 0 || p.lead > d.Parts[d.Most].lead) {
			d.Most = i
		}
	}
}

// delta fills in what the aspect looks at and reports whether there is such a number.
func (d *Division) delta(p *Portion) bool {
	from := p.Base
	switch d.Query.See {
	case ByLevel:
		p.Delta = p.Value
		return p.Delta != nil
	case ByShortfall:
		from = p.Goal
	}
	if p.Value != nil && from != nil {
		v := *p.Value - *from
		p.Delta = &v
	}
	return p.Delta != nil
}

// leads weighs the parts: the move of each in the direction of the whole's, that of a rate as heavy as what it is a
// rate of; where the whole did not move, the greatest move either way.
func (d *Division) leads(m *metric.Metric, rows map[string]float64) {
	toward := 1.0
	if v := d.Whole.Delta; v != nil && *v < 0 {
		toward = -1
	}
	rate := d.Apart == ApartRate
	if rate && d.Query.See == ByLevel && m.Direction == "up" {
		toward = -1 // the worst rate first
	}
	var all float64
	if rate && d.Query.By != ByPeriod && d.Query.See != ByLevel {
		for _, p := range d.Parts {
			all += heavy(m, p, rows)
		}
	}
	for i := range d.Parts {
		p := &d.Parts[i]
		switch {
		case p.Delta == nil:
			p.lead = math.Inf(-1)
		case d.Whole.Delta != nil && *d.Whole.Delta == 0:
			p.lead = math.Abs(*p.Delta)
		case all > 0:
			p.lead = *p.Delta * toward * heavy(m, *p, rows) / all
		default:
			p.lead = *p.Delta * toward
		}
	}
}

// heavy is how much a part of a rate weighs: its denominator, now and then, or the rows behind it.
func heavy(m *metric.Metric, p Portion, rows map[string]float64) float64 {
	if len(p.Of) != 2 || m.Kind != metric.Ratio {
		return rows[p.Key]
	}
	var sum, n float64
	for _, v := range []*float64{p.Of[1].Value, p.Of[1].Base} {
		if v != nil {
			sum, n = sum+math.Abs(*v), n+1
		}
	}
	return sum / max(n, 1)
}

func amount(p Portion) float64 {
	if p.Value == nil {
		return math.Inf(-1)
	}
	return *p.Value
}
