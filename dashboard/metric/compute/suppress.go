package compute

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
)

// suppressed computes a metric of rows and leaves out the numbers that tell of few people. Which these are is decided on
// whole tables, over all dimensions that are asked or filtered by, so that it is the same by whatever question.
func (q *question) suppressed(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	if !q.counts(m) {
		return q.plain(ctx, m, w)
	}
	s := q.Catalog.Behind(m, q.Query, w, q.people(m))
	rows, err := q.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	q.remember(q.Catalog.Statement(m, q.Query, w))
	v, err := q.view(ctx, m, w)
	if err != nil {
		return nil, err
	}
	bodies := make([]map[string]small.Body, len(w.Counted()))
	for i := range bodies {
		bodies[i] = map[string]small.Body{}
	}
	t, err := q.tabled(m, w, rows, func(i int, key string, r row, c cell) cell {
		bodies[i][key] = q.body(m, r)
		return c
	})
	if err != nil {
		return nil, err
	}
	seen := v.keys()
	for i := range t {
		maps.Copy(seen, keysOf(t[i]))
	}
	for i := range t {
		for key := range seen {
			c, there := t[i][key]
			switch v.mark(i, key, bodies[i][key]) {
			case small.Shown:
				continue
			case small.Few:
				c.why = metric.WhySmall + strconv.Itoa(v.k)
			default:
				c.why = metric.WhyHidden
			}
			if !there {
				c.n = 1
			}
			t[i][key] = c.veiled()
		}
	}
	return t, nil
}

// plain computes a metric as the database does.
func (q *question) plain(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	open := q.about(m)
	open.guard = nil
	t, err := open.values(ctx, m, w)
	q.remember(open.statements...)
	return t, err
}

// view is what decides on the numbers of one question about a metric of rows.
type view struct {
	k      int
	by     []string
	where  []metric.Filter
	dims   []string // asked or filtered by, sorted: the bits of a set
	combos [][]string
	of     [][]*small.Hidden // the periods that each stretch of days is made of
	closed []bool            // stretches of days that cannot be made of any
}

// view makes ready what decides on the numbers of m over w.
func (q *question) view(ctx context.Context, m *metric.Metric, w metric.Timeline) (*view, error) {
	v := &view{k: q.guard.rule.Least(m.Datasets()), by: q.Query.By, where: slices.Concat(q.Query.Where, q.Query.Scope), dims: slices.Clone(q.Query.By)}
	for _, f := range v.where {
		v.dims = append(v.dims, f.Dim)
	}
	slices.Sort(v.dims)
	v.dims = slices.Compact(v.dims)
	if len(v.dims) > mostDims {
		return nil, metric.Refuse("人数最多同时按 %d 个维度看（您的账号不看少数人的数）", "figures of people are seen by %d dimensions at once at most (your account does not see figures of few people)", mostDims)
	}
	if err := v.combine(); err != nil {
		return nil, err
	}
	spans := w.Counted()
	v.of, v.closed = make([][]*small.Hidden, len(spans)), make([]bool, len(spans))
	if m.Kind == metric.Stock {
		return v, q.levels(ctx, m, v, spans)
	}
	return v, q.events(ctx, m, v, spans)
}

// mostCombos bounds the numbers that one of several values of several filters is made of.
const mostCombos = 2000

// combine writes down which values of the dimensions that are filtered and not asked by a number is made of.
func (v *view) combine() error {
	v.combos = [][]string{make([]string, len(v.dims))}
	for d, dim := range v.dims {
		if slices.Contains(v.by, dim) {
			continue
		}
		var values []string
		for _, f := range v.where {
			switch {
			case f.Dim != dim:
			case values == nil:
				values = slices.Compact(slices.Sorted(slices.Values(f.Values)))
			default:
				values = slices.DeleteFunc(values, func(x string) bool { return !slices.Contains(f.Values, x) })
			}
		}
		if len(values)*len(v.combos) > mostCombos {
			return metric.Refuse("筛选的取值太多：至多 %d 种组合（您的账号不看少数人的数）", "too many values are filtered: %d combinations at most (your account does not see figures of few people)", mostCombos)
		}
		var more [][]string
		for _, c := range v.combos {
			for _, x := range values {
				own := slices.Clone(c)
				own[d] = x
				more = append(more, own)
			}
		}
		v.combos = more
	}
	return nil
}

// full is the set of all dimensions.
func (v *view) full() int { return 1<<len(v.dims) - 1 }

// keys are those that occur in the tables behind a question, cut as it asks.
func (v *view) keys() map[string]bool {
	seen := map[string]bool{}
	if len(v.by) == 0 {
		seen[""] = true
		return seen
	}
	set, order := 0, []int{}
	for _, dim := range v.by {
		at := slices.Index(v.dims, dim)
		set |= 1 << at
		order = append(order, at)
	}
	for _, list := range v.of {
		for _, h := range list {
			for key := range h.Tables[set] {
				parts, own := splitKeys(key, len(v.by)), make([]string, len(v.by))
				for i, at := range order {
					n := 0 // the place of the dimension among those of the set
					for _, o := range order {
						if o < at {
							n++
						}
					}
					own[i] = parts[n]
				}
				if !slices.ContainsFunc(v.where, func(f metric.Filter) bool {
					at := slices.Index(v.by, f.Dim)
					return at >= 0 && !slices.Contains(f.Values, own[at])
				}) {
					seen[joinKeys(own)] = true
				}
			}
		}
	}
	return seen
}

// mark says what becomes of the number of a stretch of days and a key, behind which body stands.
func (v *view) mark(i int, key string, body small.Body) small.Mark {
	if v.closed[i] {
		return small.Closed
	}
	keys := splitKeys(key, len(v.by))
	var parts []small.Body
	for _, combo := range v.combos {
		own := slices.Clone(combo)
		for d, dim := range v.dims {
			if at := slices.Index(v.by, dim); at >= 0 {
				own[d] = keys[at]
			}
		}
		joined := joinKeys(own)
		for _, h := range v.of[i] {
			if m := h.Of(v.full(), joined); m != small.Shown {
				if len(v.combos) == 1 && len(v.of[i]) == 1 {
					return m
				}
				return small.Closed
			}
			parts = append(parts, h.Body(v.full(), joined))
		}
	}
	if len(parts) > 1 && !small.Adds(float64(v.k), body, parts) {
		return small.Closed
	}
	return small.Shown
}

// events decides on a metric of events: by the years, halves, quarters, months and tens of days that are asked for.
func (q *question) events(ctx context.Context, m *metric.Metric, v *view, spans []days.Range) error {
	made, finest := make([][]small.Period, len(spans)), 0
	var all days.Range
	for i, p := range spans {
		list, ok := small.Periods(p, q.cover.end)
		if v.closed[i] = !ok; !ok {
			continue
		}
		made[i] = list
		for _, x := range list {
			finest = max(finest, slices.Index(small.Grains, x.Grain))
			from := days.Year.Start(x.From)
			if all.From.IsZero() || from.Before(all.From) {
				all.From = from
			}
			all.To = days.Latest(all.To, days.Year.Next(x.From))
		}
	}
	if all.From.IsZero() {
		return nil
	}
	tree, err := q.tree(ctx, m, v.dims, finest, all)
	for i, list := range made {
		for _, x := range list {
			if h := tree[x]; h != nil {
				v.of[i] = append(v.of[i], h)
			}
		}
	}
	return err
}

// tree decides on the periods of whole years, from the years down to a grain.
func (q *question) tree(ctx context.Context, m *metric.Metric, dims []string, finest int, all days.Range) (map[small.Period]*small.Hidden, error) {
	var base map[small.Period]*small.Hidden
	var err error
	if of := q.Catalog.Refines(m); of != nil && q.counts(of) && !slices.ContainsFunc(dims, func(d string) bool { return !slices.Contains(of.Dims(), d) }) {
		if base, err = q.about(of).tree(ctx, of, dims, finest, all); err != nil {
			return nil, err
		}
	}
	if !q.cover.end.IsZero() && q.cover.end.Before(all.To) {
		all.To = q.cover.end
	}
	tree := map[small.Period]*small.Hidden{}
	if !all.From.Before(all.To) {
		return tree, nil
	}
	k := float64(q.guard.rule.Least(m.Datasets()))
	for _, g := range small.Grains[:finest+1] {
		parts, err := q.cubes(ctx, m, dims, metric.Timeline{From: all.From, To: all.To, Grain: g})
		if err != nil {
			return nil, err
		}
		groups := map[days.Day][]int{}
		cut := all.Cut(g)
		for i, p := range cut {
			parts[i].Base = base[small.Period{Grain: g, From: p.From}]
			above, _ := small.Period{Grain: g, From: p.From}.Within()
			groups[above.From] = append(groups[above.From], i)
		}
		for _, list := range groups {
			above, ok := small.Period{Grain: g, From: cut[list[0]].From}.Within()
			if !ok {
				for _, i := range list {
					tree[small.Period{Grain: g, From: cut[i].From}] = small.Split(k, nil, parts[i:i+1])[0]
				}
				continue
			}
			var own []small.Part
			for _, i := range list {
				own = append(own, parts[i])
			}
			for n, h := range small.Split(k, tree[above], own) {
				tree[small.Period{Grain: g, From: cut[list[n]].From}] = h
			}
		}
	}
	return tree, nil
}

// cubes are the tables of m over the periods of w, for each set of dims.
func (q *question) cubes(ctx context.Context, m *metric.Metric, dims []string, w metric.Timeline) ([]small.Part, error) {
	parts, err := q.cubesAt(ctx, m, dims, w, q.Query.AsOf)
	for _, at := range q.guard.others {
		others, err := q.cubesAt(ctx, m, dims, w, at)
		if err != nil {
			return nil, err
		}
		for i := range others {
			parts[i].Others = append(parts[i].Others, others[i].Tables)
		}
	}
	return parts, err
}

func (q *question) cubesAt(ctx context.Context, m *metric.Metric, dims []string, w metric.Timeline, at time.Time) ([]small.Part, error) {
	index := w.Index()
	parts := make([]small.Part, len(w.Counted()))
	for i := range parts {
		parts[i].Tables = make([]small.Cells, 1<<len(dims))
	}
	inner := q.about(m)
	inner.Query.Where, inner.Query.Scope, inner.Query.AsOf = nil, nil, at // the tables are those of the whole zone, whoever looks
	if live, err := q.Live(ctx, at); err != nil {
		return nil, err
	} else if at != q.Query.AsOf {
		inner.live = live
	}
	for set := range 1 << len(dims) {
		var by []string
		for d, dim := range dims {
			if set&(1<<d) != 0 {
				by = append(by, dim)
			}
		}
		inner.Query.By = by
		rows, err := inner.ask(ctx, q.Catalog.Behind(m, inner.Query, w, q.people(m)), m)
		if err != nil {
			return nil, err
		}
		for i := range parts {
			parts[i].Tables[set] = small.Cells{}
		}
		for _, r := range rows {
			i, ok := index[r.period]
			if !ok {
				return nil, errNoPeriod(r.period)
			}
			parts[i].Tables[set][strings.Join(r.keys, "\x00")] = q.body(m, r)
		}
	}
	return parts, nil
}

// levels decides on a register: on each day by itself, and where people are only added to it also on the ends of all months,
// of which a later one contains every earlier.
func (q *question) levels(ctx context.Context, m *metric.Metric, v *view, spans []days.Range) error {
	k := float64(v.k)
	at := make([]days.Range, len(spans))
	for i, p := range spans {
		at[i] = days.Range{From: p.Last(), To: p.To}
	}
	if !m.Grows() {
		hidden, err := q.days(ctx, m, v.dims, at, func(list []small.Part) (all []*small.Hidden) {
			for i := range list {
				all = append(all, small.Split(k, nil, list[i:i+1])...)
			}
			return all
		})
		for i, p := range at {
			v.of[i] = []*small.Hidden{hidden[p.From]}
		}
		return err
	}
	ends := q.monthEnds(at)
	hidden, err := q.days(ctx, m, v.dims, ends, func(list []small.Part) []*small.Hidden { return small.Run(k, list) })
	if err != nil {
		return err
	}
	for i, p := range at {
		h := hidden[p.From]
		if v.closed[i] = h == nil; h != nil {
			v.of[i] = []*small.Hidden{h}
		}
	}
	return nil
}

// monthEnds are the last days of all months from the first day of the data, or of those asked for, to where the data end,
// and that last day itself.
func (q *question) monthEnds(at []days.Range) (ends []days.Range) {
	first, last := q.cover.first, q.cover.end
	for _, p := range at {
		if first.IsZero() || p.From.Before(first) {
			first = p.From
		}
		if q.cover.end.IsZero() {
			last = days.Latest(last, p.To)
		}
	}
	for d := days.Month.Start(first); d.Before(last); d = days.Month.Next(d) {
		to := days.Month.Next(d)
		if last.Before(to) {
			to = last
		}
		ends = append(ends, days.Range{From: to.AddDate(0, 0, -1), To: to})
	}
	return ends
}

// days decides on the tables of some days, by the day.
func (q *question) days(ctx context.Context, m *metric.Metric, dims []string, at []days.Range, decide func([]small.Part) []*small.Hidden) (map[days.Day]*small.Hidden, error) {
	at = slices.Clone(at)
	slices.SortFunc(at, func(a, b days.Range) int { return a.From.Compare(b.From) })
	at = slices.CompactFunc(at, func(a, b days.Range) bool { return a.From.Equal(b.From) })
	if len(at) == 0 {
		return nil, nil
	}
	parts, err := q.cubes(ctx, m, dims, metric.Timeline{}.Over(at, at))
	if err != nil {
		return nil, err
	}
	if of := q.Catalog.Refines(m); of != nil && q.counts(of) && !slices.ContainsFunc(dims, func(d string) bool { return !slices.Contains(of.Dims(), d) }) {
		base, err := q.about(of).days(ctx, of, dims, at, decide)
		if err != nil {
			return nil, err
		}
		for i, p := range at {
			parts[i].Base = base[p.From]
		}
	}
	out := map[days.Day]*small.Hidden{}
	for i, h := range decide(parts) {
		out[at[i].From] = h
	}
	return out, nil
}
