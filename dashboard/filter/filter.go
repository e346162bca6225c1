// Package filter is the line of filters above a page: which periods and values may be chosen, and which are.
package filter

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Source is what is chosen from.
type Source struct {
	Catalog *metric.Catalog
	Engine  *compute.Engine
}

// Link leads to the page with something else chosen.
type Link struct {
	Text, URL string
	Here      bool
}

// Choice is one value a filter may take.
type Choice struct {
	Key, Label string
	Chosen     bool
}

// Choices lists the values of a filter that occur in the data, as a metric that is cut by it sees them.
func (s Source) Choices(ctx context.Context, f address.Filter, loc codes.Lang, until days.Day) ([]Choice, error) {
	live, err := s.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	for _, preferred := range []string{"enterprises_count", "inflow", "cooperation_projects", ""} {
		for _, m := range s.Catalog.Metrics() {
			if preferred != "" && m.Name != preferred {
				continue
			}
			dim := f.Of(m)
			if dim == "" || !live.Any([]*metric.Metric{m}) {
				continue
			}
			r, err := s.Engine.Run(ctx, metric.Query{Metric: m.Name, From: days.Date(1990, 1, 1), To: until.AddDate(0, 0, 1), By: []string{dim}})
			if no := (*metric.Invalid)(nil); errors.As(err, &no) && !no.TooMuch {
				continue // not for this viewer: another metric may be
			}
			if err != nil {
				return nil, err
			}
			var out []Choice
			for _, pt := range r.Points {
				if len(pt.Keys) == 1 && pt.Keys[0] != "" && !slices.ContainsFunc(out, func(c Choice) bool { return c.Key == pt.Keys[0] }) {
					out = append(out, Choice{Key: pt.Keys[0], Label: s.Catalog.Label(dim, pt.Keys[0]).In(loc)})
				}
			}
			slices.SortFunc(out, func(a, b Choice) int { return strings.Compare(a.Key, b.Key) })
			return out, nil
		}
	}
	return nil, nil
}

// Verify refuses a filter value that does not occur in the data.
func (s Source) Verify(ctx context.Context, st address.State, until days.Day) error {
	for _, f := range address.Filters {
		vs := st.Where[f.Param]
		if len(vs) == 0 {
			continue
		}
		have, err := s.Choices(ctx, f, st.Loc, until)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if !slices.ContainsFunc(have, func(c Choice) bool { return c.Key == v }) {
				var valid []string
				for i, c := range have {
					if i == 60 {
						valid = append(valid, "…")
						break
					}
					valid = append(valid, c.Key)
				}
				return address.Bad(words.Get("bad_value", f.Param, v), valid...)
			}
		}
	}
	return nil
}

// Bar is the bar of filters above a board.
type Bar struct {
	Now     string // the period that is chosen
	Presets []Link
	Periods []Row  // the latest of each length
	From    Select // the months that a stretch may begin with
	Until   Select // and the days that it may end with
	Selects []Select
	Hidden  url.Values
	Chips   []Chip
	Clear   string

	st   address.State
	path string
}

// Row is the periods of one length.
type Row struct {
	Name  string
	Links []Link
}

// Select is a menu of values.
type Select struct {
	Name, Label string
	Choices     []Choice
	List        bool // too many for a menu
	Value       string
	None        string // what choosing nothing means; empty: all
}

// Chip is something that is chosen, with the address without it.
type Chip struct{ Label, Value, Remove string }

// Bar offers the periods, and the filters that any of the board's metrics has.
func (s Source) Bar(ctx context.Context, path string, ms []*metric.Metric, st address.State, last days.Day) (Bar, error) {
	if last.IsZero() {
		return Bar{}, nil
	}
	f := Bar{st: st, path: path, Clear: path, Hidden: url.Values{}}
	q := st.Query()
	for _, k := range []string{"freeze", "as_of", "map"} {
		if v := q.Get(k); v != "" {
			f.Hidden.Set(k, v)
		}
	}
	f.offerPeriods(last)
	if !st.AsOf.IsZero() {
		name := st.Freeze
		if name == "" {
			name = address.Moment(st.AsOf)
		}
		f.chip(words.In(st.Loc, "freezes"), name, f.without("freeze", "as_of"))
	}
	f.offerTimes()
	for _, fl := range address.Filters {
		if len(st.Where[fl.Param]) == 0 && !slices.ContainsFunc(ms, func(m *metric.Metric) bool { return fl.Of(m) != "" }) {
			continue
		}
		have, err := s.Choices(ctx, fl, st.Loc, last)
		if err != nil {
			return f, err
		}
		f.offer(fl.Param, have)
	}
	return f, nil
}

// without is the page's state with some parameters dropped.
func (f *Bar) without(drop ...string) url.Values {
	q := f.st.Query()
	for _, k := range drop {
		q.Del(k)
	}
	return q
}

// chip shows something that is chosen; to is the state without it.
func (f *Bar) chip(label, value string, to url.Values) {
	f.Chips = append(f.Chips, Chip{label, value, address.To(f.path, to)})
}

// offerPeriods offers periods that end with the data, each once.
func (f *Bar) offerPeriods(last days.Day) {
	st := f.st
	preset := func(label string, r days.Range) {
		v := f.without("from", "to", "grain")
		if !r.IsZero() {
			v.Set("from", r.From.Format(time.DateOnly))
			v.Set("to", r.To.Format(time.DateOnly))
		}
		here := st.Range.IsZero() && r.IsZero() || r.From.Equal(st.Range.From) && r.To.Equal(st.Range.To)
		f.Presets = append(f.Presets, Link{label, address.To(f.path, v), here})
	}
	preset(words.In(st.Loc, "period_own"), days.Range{})
	seen := map[string]bool{}
	for _, name := range []string{"half", "quarter", "year", "this_year", "last_12m", "36m"} {
		r := days.Relative(name, last)
		label := r.Label(st.Loc)
		if seen[label] {
			continue
		}
		seen[label] = true
		preset(label, r)
	}
	f.Now = words.In(st.Loc, "period_own")
	if !st.Range.IsZero() {
		f.Now = st.Range.Label(st.Loc)
		f.chip(words.In(st.Loc, "period"), f.Now, f.without("from", "to", "grain"))
	}
	for _, g := range []struct {
		grain days.Grain
		count int
	}{{days.Year, 5}, {days.Half, 6}, {days.Quarter, 8}, {days.Month, 12}, {days.Ten, 6}} {
		row := Row{Name: words.In(st.Loc, "grain_"+string(g.grain))}
		from := g.grain.Start(last)
		for range g.count {
			r := days.Range{From: from, To: g.grain.Next(from)}
			v := f.without("from", "to", "grain")
			v.Set("from", days.ISO(r.From))
			v.Set("to", days.ISO(r.To))
			row.Links = append(row.Links, Link{r.Label(st.Loc), address.To(f.path, v), r == st.Range})
			from = g.grain.Start(from.AddDate(0, 0, -1))
		}
		f.Periods = append(f.Periods, row)
	}
	f.offerStretch(last)
}

// offeredMonths is how far back a stretch of one's own may begin.
const offeredMonths = 60

// offerStretch offers the months of a stretch of one's own: the first, and the last.
func (f *Bar) offerStretch(last days.Day) {
	st := f.st
	f.From = Select{Name: "from", Label: words.In(st.Loc, "from"), None: "—"}
	f.Until = Select{Name: "until", Label: words.In(st.Loc, "until"), None: "—"}
	add := func(s *Select, day days.Day, label string, chosen bool) {
		if !slices.ContainsFunc(s.Choices, func(c Choice) bool { return c.Key == days.ISO(day) }) {
			s.Choices = append(s.Choices, Choice{days.ISO(day), label, chosen})
		}
	}
	if !st.Range.IsZero() {
		if st.Range.From.Day() != 1 {
			add(&f.From, st.Range.From, days.Label(st.Range.From, st.Loc), true)
		}
		if st.Range.To.Day() != 1 {
			add(&f.Until, st.Range.Last(), days.Label(st.Range.Last(), st.Loc), true)
		}
	}
	month := days.Month.Start(last)
	for range offeredMonths {
		r := days.Range{From: month, To: days.Month.Next(month)}
		add(&f.From, r.From, r.Label(st.Loc), !st.Range.IsZero() && r.From.Equal(st.Range.From))
		add(&f.Until, r.Last(), r.Label(st.Loc), !st.Range.IsZero() && r.To.Equal(st.Range.To))
		month = days.Month.Start(month.AddDate(0, 0, -1))
	}
}

// offerTimes offers the grain, the window and the comparison of the figures.
func (f *Bar) offerTimes() {
	st, loc := f.st, f.st.Loc
	grain := Select{Name: "grain", Label: words.In(loc, "grain"), None: words.In(loc, "period_own")}
	for _, g := range []days.Grain{days.Ten, days.Month, days.Quarter, days.Half, days.Year} {
		grain.Choices = append(grain.Choices, Choice{Key: string(g), Label: words.In(loc, "grain_"+string(g)), Chosen: g == st.Grain})
	}
	window := Select{Name: "window", Label: words.In(loc, "window"), None: words.In(loc, "window_own")}
	for _, w := range []days.Window{days.YearToDate, days.Rolling3, days.Rolling12} {
		window.Choices = append(window.Choices, Choice{Key: string(w), Label: words.In(loc, "window_"+string(w)), Chosen: w == st.Window})
	}
	compare := Select{Name: "compare", Label: words.In(loc, "compare"), None: words.In(loc, "period_own")}
	for _, c := range address.Comparisons {
		compare.Choices = append(compare.Choices, Choice{Key: string(c), Label: words.In(loc, "compare_"+string(c)), Chosen: c == st.Compare})
	}
	f.Selects = append(f.Selects, grain, window, compare)
	for _, sel := range f.Selects {
		if i := slices.IndexFunc(sel.Choices, func(c Choice) bool { return c.Chosen }); i >= 0 {
			f.chip(sel.Label, sel.Choices[i].Label, f.without(sel.Name))
		}
	}
}

// offer offers the values of a dimension.
func (f *Bar) offer(name string, have []Choice) {
	st := f.st
	sel := Select{Name: name, Label: words.In(st.Loc, "filter_"+name), List: len(have) > 60, None: words.In(st.Loc, "all")}
	for _, c := range have {
		c.Chosen = slices.Contains(st.Where[name], c.Key)
		// a link belongs to its chain: with a chain chosen the others are not offered
		if chains := st.Where["chain"]; name == "node" && len(chains) > 0 && !c.Chosen {
			if chain, _, _ := strings.Cut(c.Key, "."); !slices.Contains(chains, chain) {
				continue
			}
		}
		sel.Choices = append(sel.Choices, c)
		if c.Chosen {
			v := f.without()
			if v[name] = slices.DeleteFunc(v[name], func(x string) bool { return x == c.Key }); len(v[name]) == 0 {
				v.Del(name)
			}
			f.chip(sel.Label, c.Label, v)
			sel.Value = c.Key
		}
	}
	if len(sel.Choices) > 0 {
		f.Selects = append(f.Selects, sel)
	}
}
