package dashboard

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// choice is one value a filter may take.
type choice struct {
	Key, Label string
	Chosen     bool
}

// choices lists the values of a filter that occur in the data, as a metric that is cut by it sees them.
func (s *Server) choices(ctx context.Context, f address.Filter, loc codes.Lang, until days.Day) ([]choice, error) {
	for _, preferred := range []string{"enterprises_count", "inflow", "cooperation_projects", ""} {
		for _, m := range s.Catalog.Metrics() {
			if preferred != "" && m.Name != preferred {
				continue
			}
			dim := f.Of(m)
			if dim == "" {
				continue
			}
			r, err := s.Engine.Run(ctx, metric.Query{Metric: m.Name, From: days.Date(1990, 1, 1), To: until.AddDate(0, 0, 1), By: []string{dim}})
			if err != nil {
				return nil, err
			}
			var out []choice
			for _, pt := range r.Points {
				if len(pt.Keys) == 1 && pt.Keys[0] != "" && !slices.ContainsFunc(out, func(c choice) bool { return c.Key == pt.Keys[0] }) {
					out = append(out, choice{Key: pt.Keys[0], Label: s.Catalog.Label(dim, pt.Keys[0]).In(loc)})
				}
			}
			slices.SortFunc(out, func(a, b choice) int { return strings.Compare(a.Key, b.Key) })
			return out, nil
		}
	}
	return nil, nil
}

// verify refuses a filter value that does not occur in the data.
func (s *Server) verify(ctx context.Context, st address.State, until days.Day) error {
	for _, f := range address.Filters {
		vs := st.Where[f.Param]
		if len(vs) == 0 {
			continue
		}
		have, err := s.choices(ctx, f, st.Loc, until)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if !slices.ContainsFunc(have, func(c choice) bool { return c.Key == v }) {
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

// filterBar is the bar of filters above a board.
type filterBar struct {
	Presets []link
	From    string
	Until   string // the last day inside
	Last    string // the data date
	Selects []filterSelect
	Hidden  url.Values
	Chips   []chip
	Clear   string

	st   address.State
	path string
}

type filterSelect struct {
	Name, Label string
	Choices     []choice
	List        bool // too many for a menu
	Value       string
	None        string // what choosing nothing means; empty: all
}

type chip struct{ Label, Value, Remove string }

// filterBar offers the periods, and the filters that any of the board's metrics has.
func (s *Server) filterBar(ctx context.Context, path string, ms []*metric.Metric, st address.State, last days.Day) (filterBar, error) {
	if last.IsZero() {
		return filterBar{}, nil
	}
	f := filterBar{st: st, path: path, Clear: path, Last: isoDay(last), Hidden: url.Values{}}
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
		have, err := s.choices(ctx, fl, st.Loc, last)
		if err != nil {
			return f, err
		}
		f.offer(fl.Param, have)
	}
	return f, nil
}

// without is the page's state with some parameters dropped.
func (f *filterBar) without(drop ...string) url.Values {
	q := f.st.Query()
	for _, k := range drop {
		q.Del(k)
	}
	return q
}

// chip shows something that is chosen; to is the state without it.
func (f *filterBar) chip(label, value string, to url.Values) {
	f.Chips = append(f.Chips, chip{label, value, address.To(f.path, to)})
}

// offerPeriods offers periods that end with the data, each once.
func (f *filterBar) offerPeriods(last days.Day) {
	st := f.st
	preset := func(label string, r days.Range) {
		v := f.without("from", "to", "grain")
		if !r.IsZero() {
			v.Set("from", r.From.Format(time.DateOnly))
			v.Set("to", r.To.Format(time.DateOnly))
		}
		here := st.Range.IsZero() && r.IsZero() || r.From.Equal(st.Range.From) && r.To.Equal(st.Range.To)
		f.Presets = append(f.Presets, link{label, address.To(f.path, v), here})
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
	if !st.Range.IsZero() {
		f.From, f.Until = isoDay(st.Range.From), isoDay(st.Range.Last())
		f.chip(words.In(st.Loc, "period"), st.Range.Label(st.Loc), f.without("from", "to", "grain"))
	}
}

// offerTimes offers the grain, the window and the comparison of the figures.
func (f *filterBar) offerTimes() {
	st, loc := f.st, f.st.Loc
	grain := filterSelect{Name: "grain", Label: words.In(loc, "grain"), None: words.In(loc, "period_own")}
	for _, g := range []days.Grain{days.Ten, days.Month, days.Quarter, days.Half, days.Year} {
		grain.Choices = append(grain.Choices, choice{Key: string(g), Label: words.In(loc, "grain_"+string(g)), Chosen: g == st.Grain})
	}
	window := filterSelect{Name: "window", Label: words.In(loc, "window"), None: words.In(loc, "window_own")}
	for _, w := range []days.Window{days.YearToDate, days.Rolling3, days.Rolling12} {
		window.Choices = append(window.Choices, choice{Key: string(w), Label: words.In(loc, "window_"+string(w)), Chosen: w == st.Window})
	}
	compare := filterSelect{Name: "compare", Label: words.In(loc, "compare"), None: words.In(loc, "period_own")}
	for _, c := range address.Comparisons {
		compare.Choices = append(compare.Choices, choice{Key: string(c), Label: words.In(loc, "compare_"+string(c)), Chosen: c == st.Compare})
	}
	f.Selects = append(f.Selects, grain, window, compare)
	for _, sel := range f.Selects {
		if i := slices.IndexFunc(sel.Choices, func(c choice) bool { return c.Chosen }); i >= 0 {
			f.chip(sel.Label, sel.Choices[i].Label, f.without(sel.Name))
		}
	}
}

// offer offers the values of a dimension.
func (f *filterBar) offer(name string, have []choice) {
	st := f.st
	sel := filterSelect{Name: name, Label: words.In(st.Loc, "filter_"+name), List: len(have) > 60}
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
