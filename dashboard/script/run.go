package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/stage"
)

// Runner runs scripts against an engine that holds nothing but what they load. This room only reads:
// who runs a script hands in how rows are published and withdrawn.
type Runner struct {
	Engine   *compute.Engine // it may believe the ledger for as long as it likes (Fresh): it is told of every change
	Publish  func(ctx context.Context, t stage.Table) error
	Withdraw func(ctx context.Context) error
}

// Failure is something that did not hold.
type Failure struct {
	Line     int
	Eval     string // the question, as the script has it
	Expected string // as the script has it; empty: nothing was
	Got      string // in the script's own notation; empty: nothing
	What     codes.Text
}

// In prints the failure for people: where, the question, and what was expected and got, each below.
func (f Failure) In(file string, lang codes.Lang) string {
	expected, got, nothing, indent := "应为", "实为", "（无）", 6
	if lang == codes.En {
		expected, got, nothing, indent = "expected", "got     ", "(nothing)", 10
	}
	s := fmt.Sprintf("%s:%d: %s: %s", file, f.Line, f.Eval, f.What.In(lang))
	for _, x := range [][2]string{{expected, f.Expected}, {got, f.Got}} {
		s += "\n    " + x[0] + "  " + strings.ReplaceAll(cmp.Or(x[1], nothing), "\n", "\n    "+strings.Repeat(" ", indent))
	}
	return s
}

// Outcome is what a script came to.
type Outcome struct {
	Evals    []string // the metrics that were asked for, once for each eval
	Failures []Failure
}

// Run withdraws what is there and runs the script to its end. An error is not about a number: rows
// could not be published (a *declare.Fault where they do not fit), or the database does not answer.
func (r *Runner) Run(ctx context.Context, s *Script) (Outcome, error) {
	var out Outcome
	if err := r.withdraw(ctx); err != nil {
		return out, err
	}
	for _, st := range s.steps {
		switch {
		case st.clear:
			if err := r.withdraw(ctx); err != nil {
				return out, err
			}
		case st.table != nil:
			if err := r.Publish(ctx, *st.table); err != nil {
				return out, s.at(st, err)
			}
			r.Engine.Doubt()
		default:
			out.Evals = append(out.Evals, st.eval.query.Metric)
			failures, err := r.eval(ctx, st)
			if err != nil {
				return out, fmt.Errorf("%s:%d: %w", s.File, st.line, err)
			}
			out.Failures = append(out.Failures, failures...)
		}
	}
	return out, nil
}

// at gives an error of Publish its line.
func (s *Script) at(st step, err error) error {
	var m *stage.Misfit
	if !errors.As(err, &m) {
		return fmt.Errorf("%s:%d: %w", s.File, st.line, err)
	}
	f := &declare.Fault{File: s.File, Line: st.line, Zh: m.Zh, En: m.En}
	if m.Row > 0 {
		f.Line = st.rows[m.Row-1]
	}
	return f
}

func (r *Runner) withdraw(ctx context.Context) error {
	defer r.Engine.Doubt()
	return r.Withdraw(ctx)
}

func (r *Runner) eval(ctx context.Context, st step) ([]Failure, error) {
	e := st.eval
	res, err := r.Engine.Run(ctx, e.query)
	var invalid *metric.Invalid
	switch {
	case err != nil && (!errors.As(err, &invalid) || invalid.TooMuch):
		return nil, err
	case e.refused:
		return st.refusal(res, invalid), nil
	case err != nil:
		return []Failure{{Line: st.line, Eval: st.text, Got: err.Error(), What: codes.Text{Zh: "无法回答", En: "it cannot be answered"}}}, nil
	}
	var list []Failure
	left := slices.Clone(res.Points)
	for _, w := range e.points {
		i := slices.IndexFunc(left, func(p metric.Point) bool {
			return slices.Equal(p.Keys, w.keys) && strings.HasPrefix(p.From.Format(time.DateOnly), w.period)
		})
		if i < 0 {
			list = append(list, Failure{Line: w.line, Eval: st.text, Expected: w.text, What: codes.Text{Zh: "答案里没有这一点", En: "the answer has no such point"}})
			continue
		}
		if !w.holds(left[i]) {
			list = append(list, Failure{Line: w.line, Eval: st.text, Expected: w.text, Got: w.like(left[i], e.query), What: codes.Text{Zh: "数不同", En: "another number"}})
		}
		left = slices.Delete(left, i, i+1)
	}
	for i, p := range left {
		if i == maxAnswer {
			list = append(list, Failure{Line: st.line, Eval: st.text, What: codes.Text{Zh: fmt.Sprintf("脚本没有列出的还有 %d 点", len(left)-i), En: fmt.Sprintf("%d more points that the script does not list", len(left)-i)}})
			break
		}
		list = append(list, Failure{Line: st.line, Eval: st.text, Got: point{}.like(p, e.query), What: codes.Text{Zh: "脚本没有列出这一点", En: "the script does not list this point"}})
	}
	return list, nil
}

// refusal checks that the question was refused, with the words that the script wants.
func (st step) refusal(res *metric.Result, invalid *metric.Invalid) []Failure {
	f := Failure{Line: st.line, Eval: st.text, Expected: "expect fail"}
	said := func(string) bool { return true }
	if e := st.eval; e.message != "" {
		f.Expected += " msg: " + e.message
		said = func(s string) bool { return s == e.message }
	} else if e.pattern != nil {
		f.Expected += " regex: " + e.pattern.String()
		said = e.pattern.MatchString
	}
	switch {
	case invalid == nil:
		f.What = codes.Text{Zh: "应拒绝回答，却答了", En: "it should be refused and was answered"}
		for _, p := range res.Points[:min(len(res.Points), maxAnswer)] {
			f.Got += "\n" + point{}.like(p, st.eval.query)
		}
		f.Got = strings.TrimPrefix(f.Got, "\n")
	case !said(invalid.In(codes.Zh)) && !said(invalid.In(codes.En)):
		f.What = codes.Text{Zh: "拒绝的说法不同", En: "it is refused in other words"}
		f.Got = "expect fail msg: " + invalid.In(codes.Zh) + "\nexpect fail msg: " + invalid.In(codes.En)
	default:
		return nil
	}
	return []Failure{f}
}

// same compares a number with what the script says of it; why is the reason where there is none.
func same(want string, v *float64, why string) bool {
	x, err := strconv.ParseFloat(want, 64)
	if err == nil && v != nil {
		return math.Abs(x-*v) <= 1e-9*math.Max(1, math.Abs(x))
	}
	return v == nil && want == why
}

func (w point) holds(p metric.Point) bool {
	return same(w.value, p.Value, p.Why) && w.partial == p.Partial && w.record == p.Record &&
		(w.base == "" || same(w.base, p.Base, "null")) && (w.change == "" || same(w.change, p.Change, p.WhyChange))
}

// like writes a point as a script would, with what w names of it.
func (w point) like(p metric.Point, q metric.Query) string {
	number := func(v *float64, why string) string {
		if v == nil {
			return why
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	var cells []string
	if q.Grain != days.Total {
		day := p.From.Format(time.DateOnly)
		if w.period != "" {
			day = day[:len(w.period)]
		}
		cells = append(cells, day)
	}
	for _, k := range p.Keys {
		if k == "" || strings.ContainsAny(k, " \t") {
			k = "'" + k + "'"
		}
		cells = append(cells, k)
	}
	cells = append(cells, number(p.Value, p.Why))
	if w.base != "" || w.value == "" && p.Base != nil {
		cells = append(cells, "base="+number(p.Base, "null"))
	}
	if w.change != "" || w.value == "" && p.Change != nil {
		cells = append(cells, "change="+number(p.Change, p.WhyChange))
	}
	if p.Partial {
		cells = append(cells, "partial")
	}
	if p.Record {
		cells = append(cells, "record")
	}
	return strings.Join(cells, " ")
}
