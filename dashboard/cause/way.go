package cause

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
)

// order are the dimensions in the order in which a cause is looked for, where a metric does not say:
// the link of the chain first, then the group of enterprises, then what kind of thing it is.
var order = [][]string{
	{"node", "chain"},
	{"park", "scale", "enterprise"},
	{"kind", "channel", "course", "programme", "matter", "level", "class", "stage", "award", "province", "origin_province", "country", "city", "industry"},
}

// Steps returns two dimensions at most by which the cause of a number of m is looked for, before the months:
// those it declares, else the first of each group of order that it can be cut by.
func Steps(m *metric.Metric) []string {
	if m.Cause != nil {
		return slices.Clone(m.Cause)
	}
	cuts := m.Cuts()
	var steps []string
	for _, group := range order {
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

// instead returns the dimensions to divide by where dim has one value only, the nearest first.
func instead(m *metric.Metric, dim string) []string {
	cuts := m.Cuts()
	var near, after []string
	found := false
	for _, group := range order {
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

// Tap is a part that was chosen: a value of a dimension, or the first day of a period.
type Tap struct{ Dim, Key string }

func (t Tap) String() string { return t.Dim + ":" + t.Key }

// Way leads from a number into its parts, step by step.
type Way struct {
	Metric *metric.Metric
	See    Aspect
	Taps   []Tap  // the parts chosen so far
	By     string // how the step ahead is divided, where the reader chose; else ""
}

// Tapped says whether a value of a dimension was chosen.
func (w Way) Tapped(dim string) bool {
	return slices.ContainsFunc(w.Taps, func(t Tap) bool { return t.Dim == dim })
}

// shut says that dividing by a dimension shows nothing more: one of its values was chosen, or a link of a chain,
// which has one chain.
func (w Way) shut(dim string) bool {
	return w.Tapped(dim) || dim == "chain" && w.Tapped("node")
}

// Dims are the ways to divide the step ahead.
func (w Way) Dims() []string { return slices.DeleteFunc(append(w.Metric.Cuts(), ByPeriod), w.shut) }

// Next is how the step ahead is divided: as the reader chose, or by the first of the metric's steps that is not
// behind, or by time; "" after a period.
func (w Way) Next() string {
	if w.Tapped(ByPeriod) {
		return ""
	}
	if w.By != "" {
		return w.By
	}
	if len(w.Taps) < 2 {
		for _, dim := range Steps(w.Metric) {
			if !w.shut(dim) {
				return dim
			}
		}
	}
	return ByPeriod
}

// Step is one step of a way with its figures.
type Step struct {
	*Division
	By     string
	Chosen int // the part that was tapped; -1: none yet
}

// Tap chooses a part of the step.
func (s Step) Tap(p Portion) Tap {
	if s.By == ByPeriod {
		return Tap{s.By, p.From.Format(time.DateOnly)}
	}
	return Tap{s.By, p.Key}
}

// NoPart is the error of a tap on a part that is not there.
type NoPart struct {
	Tap  Tap
	Have []Tap // the first of those that are
	More bool  // and there are others
}

func (e *NoPart) Error() string { return fmt.Sprintf("there is no part %s", e.Tap) }

// most bounds the parts that NoPart lists.
const most = 60

// Trace asks for every step at once: those behind the reader and the one ahead. Of q, what is of the whole counts:
// Query, Grain and Target. It returns the aspect that the steps are seen by: ByLevel where nothing is there to compare with.
func (w Way) Trace(ctx context.Context, e *compute.Engine, q Query) ([]Step, Aspect, error) {
	steps, errs, err := w.divide(ctx, e, q)
	if err != nil {
		return nil, w.See, err
	}
	if whole := steps[0].Whole; w.See == ByChange && whole.Delta == nil && whole.Value != nil {
		w.See = ByLevel
		if steps, errs, err = w.divide(ctx, e, q); err != nil {
			return nil, w.See, err
		}
	}
	for i, t := range w.Taps {
		if errs[i] != nil {
			return nil, w.See, errs[i]
		}
		if err := steps[i].choose(t); err != nil {
			return nil, w.See, err
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, w.See, err
	}
	if n := len(w.Taps); n < len(steps) && w.By == "" && steps[n].By != ByPeriod && len(steps[n].Parts) < 2 {
		if err := w.instead(ctx, e, q, &steps[n]); err != nil {
			return nil, w.See, err
		}
	}
	return steps, w.See, nil
}

// divide asks for the steps. What a step is asked under may be no value at all, which the step before says better:
// the errors of all but the first are returned for later.
func (w Way) divide(ctx context.Context, e *compute.Engine, q Query) ([]Step, []error, error) {
	var steps []Step
	for _, t := range w.Taps {
		steps = append(steps, Step{By: t.Dim, Chosen: -1})
	}
	if next := w.Next(); next != "" {
		steps = append(steps, Step{By: next, Chosen: -1})
	}
	errs := make([]error, len(steps))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i := range steps {
		q := w.under(q, min(i, len(w.Taps)), steps[i].By)
		g.Go(func() error {
			if steps[i].Division, errs[i] = Divide(gctx, e, q); i == 0 {
				return errs[i]
			}
			return nil
		})
	}
	return steps, errs, g.Wait()
}

// under is the question behind a step that is divided by a dimension, under the first n taps.
func (w Way) under(q Query, n int, by string) Query {
	q.By, q.See = by, w.See
	q.Query.Where = slices.Clone(q.Query.Where)
	for _, t := range w.Taps[:n] {
		if t.Dim != ByPeriod {
			// a filter of its own: of what the number came with, this one only
			q.Query.Where = append(q.Query.Where, metric.Filter{Dim: t.Dim, Values: []string{t.Key}})
		}
	}
	return q
}

func (s *Step) choose(t Tap) error {
	s.Chosen = slices.IndexFunc(s.Parts, func(p Portion) bool { return s.Tap(p) == t })
	if s.Chosen >= 0 {
		return nil
	}
	e := &NoPart{Tap: t, More: len(s.Parts) > most}
	for _, p := range s.Parts[:min(len(s.Parts), most)] {
		e.Have = append(e.Have, s.Tap(p))
	}
	return e
}

// instead divides a step otherwise where it would show one row: by the next dimension that shows more, or by time.
func (w Way) instead(ctx context.Context, e *compute.Engine, q Query, step *Step) error {
	for _, dim := range append(instead(w.Metric, step.By), ByPeriod) {
		if w.shut(dim) {
			continue
		}
		d, err := Divide(ctx, e, w.under(q, len(w.Taps), dim))
		if err != nil {
			return err
		}
		if len(d.Parts) > 1 || dim == ByPeriod && len(step.Parts) == 0 {
			step.Division, step.By = d, dim
			return nil
		}
	}
	return nil
}
