package steps

import (
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/menu"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// topRows are shown of a step; the rest is one row more.
const topRows = 8

// Step is one division of the number.
type Step struct {
	N        int
	Title    string
	Lead     string // what the step ahead shows, in a sentence
	Note     string
	Hint     bool   // say how to get here
	Sentence string // instead of rows
	Rows     []Row
	Dims     []menu.Link // other ways to divide it
	CSV      string
	Chosen   bool // a row was tapped
	Behind   bool // and there is another step after it
	Waiting  bool // not reached yet
}

// Row is a part of it.
type Row struct {
	cause.Told
	Name, Sub, URL    string
	X, W, Zero        float64 // the bar and its foot, in hundredths of the width
	Bar, Chosen, Rest bool
}

// list writes the steps behind the reader, the one ahead and those to come.
func (t Trace) list() []Step {
	a, loc := t.Ask, t.St.Loc
	tell := t.desk.teller(a)
	var list []Step
	for i, st := range t.steps {
		cs := Step{N: i + 1, Title: tell.Step(st.By), Chosen: st.Chosen >= 0, Behind: i < len(t.steps)-1}
		name := ""
		if i > 0 {
			name = tell.Part(t.steps[i-1], t.steps[i-1].Chosen)
		}
		b := a
		b.Taps, b.All = a.Taps[:i], i == len(t.steps)-1 && a.All
		t.desk.write(&cs, b, st, name)
		if st.Chosen < 0 {
			if i > 0 {
				cs.Lead = tell.Sentence(st, name)
			}
			for _, dim := range a.Dims() {
				cs.Dims = append(cs.Dims, menu.Link{Text: tell.Dim(dim), URL: a.With(func(b *trail.Ask) { b.By = dim }), Here: dim == st.By})
			}
		}
		list = append(list, cs)
	}
	// those to come, so that a reader sees how long the way is
	rest := a.Way
	for last := t.steps[len(t.steps)-1]; last.By != cause.ByPeriod && last.Chosen < 0 && len(list) < 4; {
		rest.Taps, rest.By = append(slices.Clone(rest.Taps), cause.Tap{Dim: last.By}), ""
		last.By = rest.Next()
		title := tell.Step(last.By)
		if slices.Contains([]string{"park", "scale", "enterprise"}, last.By) {
			title = words.In(loc, "cause_step_group") // which of them shows more is not known before the tap
		}
		list = append(list, Step{N: len(list) + 1, Title: title, Waiting: true, Hint: len(list) == len(t.steps)})
	}
	return list
}

// write writes the rows of one step of the part called name, all of them where a.All; a is the question with the
// taps before the step.
func (d Desk) write(cs *Step, a trail.Ask, st cause.Step, name string) {
	loc, tell := a.St.Loc, d.teller(a)
	if name != "" {
		cs.Title = name + words.In(loc, "sep_colon") + cs.Title
	}
	again := a
	if st.Chosen < 0 || st.By != a.Next() {
		again.By = st.By
	}
	cs.CSV = again.Address() + "&format=csv"
	if len(st.Parts) == 0 {
		cs.Sentence = period.Nothing(st.Whole.Why, loc)
		return
	}
	cs.Note = tell.Note(st)
	if first := st.Parts[0]; st.By == cause.ByPeriod && first.From.Before(a.Range.From) {
		cs.Title = strings.Replace(cs.Title, words.In(loc, "cause_step_time"), words.In(loc, "cause_past", len(st.Parts)), 1)
	}
	shown := len(st.Parts)
	if st.By != cause.ByPeriod && !a.All && shown > topRows+1 {
		shown = topRows
	}
	scale := scaleOf(st.Parts)
	var others []cause.Portion
	for i, p := range st.Parts {
		if i >= shown && i != st.Chosen {
			others = append(others, p)
			continue
		}
		row := Row{Name: tell.Part(st, i), Chosen: i == st.Chosen}
		b := a
		b.Taps, b.By, b.All = append(slices.Clone(a.Taps), st.Tap(p)), "", false
		row.URL = b.Address()
		if st.By == "node" {
			row.Sub = d.chainOf(p.Key, loc)
		}
		row.Told = tell.Tell(p)
		scale.draw(&row, p.Delta)
		cs.Rows = append(cs.Rows, row)
	}
	if len(others) > 0 {
		row := Row{Name: words.In(loc, "cause_rest", len(others)), Rest: true}
		if st.Adds {
			row.Told = tell.Tell(cause.Rest(others))
		}
		again.All = true
		row.URL = again.Address()
		cs.Rows = append(cs.Rows, row)
	}
}

// scale is the stretch of numbers that the bars of a step lie in; it has 0 in it.
type scale struct{ lo, hi float64 }

func scaleOf(parts []cause.Portion) scale {
	var s scale
	for _, p := range parts {
		if p.Delta != nil {
			s.lo, s.hi = min(s.lo, *p.Delta), max(s.hi, *p.Delta)
		}
	}
	return s
}

// draw gives a row its bar from 0 to d; none where there is no number or no width.
func (s scale) draw(row *Row, d *float64) {
	if d == nil || s.hi == s.lo {
		return
	}
	wide := s.hi - s.lo
	row.Bar = true
	row.X, row.W, row.Zero = (min(0, *d)-s.lo)/wide*100, max(math.Abs(*d)/wide*100, .6), -s.lo/wide*100
}

// chainOf is the chain that a link belongs to.
func (d Desk) chainOf(node string, loc codes.Lang) string {
	chain, _, _ := strings.Cut(node, ".")
	for _, c := range d.Source.Chains {
		if c.Code == chain {
			return c.Title.In(loc)
		}
	}
	return ""
}

// Board is the page of charts with what was chosen, as far as it can be narrowed so.
func (t Trace) Board(b *board.Board) menu.Link {
	a, st := t.Ask, t.St
	st.Range, st.Grain = a.Range, days.Total
	st.Where = map[string][]string{}
	for k, vs := range a.St.Where {
		st.Where[k] = vs
	}
	for _, t := range a.Taps {
		switch p := address.Param(t.Dim); {
		case t.Dim == cause.ByPeriod:
			if from, err := metric.ParseDay(t.Key); err == nil {
				st.Range = days.Range{From: from, To: a.Grain().Next(from)}
			}
		case p != "" && t.Key != "":
			st.Where[p] = []string{t.Key}
		}
	}
	return menu.Link{Text: b.Title.In(a.St.Loc), URL: address.To("/b/"+b.Name, st.Query())}
}
