package compute

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
)

// suppressed computes a metric of rows and leaves out the numbers that tell of few people. Which these are is decided on
// whole tables, over all dimensions that are asked or filtered by, so that it is the same by whatever question.
func (q *question) suppressed(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	if !q.counts(m) {
		return q.plain(ctx, m, w)
	}
	v, err := q.view(ctx, m, w)
	if err != nil {
		return nil, err
	}
	q.remember(compile.Statement(q.Catalog, m, q.Query, w))
	rows, ok := v.rows(w)
	if !ok {
		if rows, err = q.behind(ctx, m, w, q.people(m)); err != nil {
			return nil, err
		}
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
	var run []small.Mark
	if v.running {
		if run, err = q.run(ctx, m, w, bodies); err != nil {
			return nil, err
		}
	}
	seen := v.keys()
	for i := range t {
		maps.Copy(seen, keysOf(t[i]))
	}
	for i := range t {
		for key := range seen {
			c, there := t[i][key]
			mark := v.mark(i, key, bodies[i][key])
			if v.closed[i] && v.running {
				mark = run[i]
			}
			switch mark {
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
	scope  []metric.Filter // those of where that the viewer is kept to: of what lies outside no key is told
	dims   []string        // asked or filtered by, sorted: the bits of a set
	combos [][]string
	of     [][]*small.Hidden // the periods that each stretch of days is made of
	closed []bool            // stretches of days that cannot be made of any

	running bool // they all begin on one day

	tables []row   // of all sets and timelines: which a row is of stands in its why
	found  []place // where the stretches are found among them
}

// view makes ready what decides on the numbers of m over w.
func (q *question) view(ctx context.Context, m *metric.Metric, w metric.Timeline) (*view, error) {
	v := &view{k: q.guard.rule.Least(m.Datasets()), by: q.Query.By, where: slices.Concat(q.Query.Where, q.Query.Scope), scope: q.Query.Scope, dims: slices.Clone(q.Query.By)}
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
	v.of, v.closed, v.found = make([][]*small.Hidden, len(spans)), make([]bool, len(spans)), make([]place, len(spans))
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
	set := 0
	for d, dim := range v.dims {
		if slices.Contains(v.by, dim) || slices.ContainsFunc(v.scope, func(f metric.Filter) bool { return f.Dim == dim }) {
			set |= 1 << d
		}
	}
	place := map[string]int{} // of a dimension among those of the set
	for d, dim := range v.dims {
		if set&(1<<d) != 0 {
			place[dim] = len(place)
		}
	}
	for _, list := range v.of {
		for _, h := range list {
			for key := range h.Tables[set] {
				parts := splitKeys(key, len(place))
				if slices.ContainsFunc(v.where, func(f metric.Filter) bool {
					at, ok := place[f.Dim]
					return ok && !slices.Contains(f.Values, parts[at])
				}) {
					continue
				}
				own := make([]string, len(v.by))
				for i, dim := range v.by {
					own[i] = parts[place[dim]]
				}
				seen[joinKeys(own)] = true
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

// events decides on a metric of events: by all time, and the years, halves, quarters, months and tens of days in it.
func (q *question) events(ctx context.Context, m *metric.Metric, v *view, spans []days.Range) error {
	first, end := q.cover.First, q.cover.End
	own := q.Catalog.OnBusinessDate(m) // else rows may lie before the first day of the data
	made, finest := make([][]small.Period, len(spans)), -1
	for i, p := range spans {
		if own && !first.IsZero() && !p.From.After(first) && !end.IsZero() && !p.To.Before(end) {
			made[i] = []small.Period{small.All}
			continue
		}
		list, ok := small.Periods(p, end)
		v.closed[i], made[i] = !ok, list
		for _, x := range list {
			finest = max(finest, slices.Index(small.Grains, x.Grain))
			if first.IsZero() || x.From.Before(first) {
				first = x.From
			}
			if q.cover.End.IsZero() {
				end = days.Latest(end, x.Grain.Next(x.From))
			}
		}
	}
	v.running = len(v.dims) == 0 && len(spans) > 1 && !slices.ContainsFunc(spans, func(p days.Range) bool { return !p.From.Equal(spans[0].From) })
	if first = days.Year.Start(first); first.IsZero() || !first.Before(end) {
		return nil
	}
	if finest >= 0 { // one tree for questions of all these grains
		finest = max(finest, slices.Index(small.Grains, days.Month))
	}
	all := days.Range{From: first, To: end}
	lines := tree(finest, all)
	tree, tables, err := q.tree(ctx, m, v.dims, lines, all)
	v.tables = tables
	for i, list := range made {
		for _, x := range list {
			if h := tree[x]; h != nil {
				v.of[i] = append(v.of[i], h)
			}
		}
		if len(list) == 1 {
			var none days.Day
			if own {
				none = q.live.Cover(m).First
			}
			v.found[i] = find(lines, list[0], spans[i], none)
		}
	}
	return err
}

// tree are the timelines by which the periods of all time are decided on: it as a whole, and cut by each grain down to one.
func tree(finest int, all days.Range) []metric.Timeline {
	lines := []metric.Timeline{{From: all.From, To: all.To}}
	for _, g := range small.Grains[:finest+1] {
		lines = append(lines, metric.Timeline{From: all.From, To: all.To, Grain: g})
	}
	return lines
}

// tree decides on the periods of all time, from the whole down to a grain, and returns the rows of the tables as well.
func (q *question) tree(ctx context.Context, m *metric.Metric, dims []string, lines []metric.Timeline, all days.Range) (map[small.Period]*small.Hidden, []row, error) {
	var base map[small.Period]*small.Hidden
	var err error
	if of := q.Catalog.Refines(m); of != nil && q.counts(of) && !slices.ContainsFunc(dims, func(d string) bool { return !slices.Contains(of.Dims(), d) }) {
		if base, _, err = q.about(of).tree(ctx, of, dims, lines, all); err != nil {
			return nil, nil, err
		}
	}
	k := float64(q.guard.rule.Least(m.Datasets()))
	cubes, tables, err := q.cubes(ctx, m, dims, lines)
	if err != nil {
		return nil, nil, err
	}
	whole := cubes[0][0]
	whole.Base = base[small.All]
	tree := map[small.Period]*small.Hidden{small.All: small.Split(k, nil, []small.Part{whole})[0]}
	for n, g := range small.Grains[:len(lines)-1] {
		parts, of := cubes[n+1], map[small.Period][]small.Period{}
		at := map[small.Period]small.Part{}
		for i, p := range all.Cut(g) {
			x := small.Period{Grain: g, From: p.From}
			above, _ := x.Within()
			parts[i].Base = base[x]
			of[above], at[x] = append(of[above], x), parts[i]
		}
		for above, list := range of {
			var own []small.Part
			for _, x := range list {
				own = append(own, at[x])
			}
			for i, h := range small.Split(k, tree[above], own) {
				tree[list[i]] = h
			}
		}
	}
	return tree, tables, nil
}

// run decides on numbers that are counted from one day to each of several later ones, of the whole zone: each is shown if it
// and what has come since the last that is shown is of nobody or of enough people, and so is what it lacks of its months.
func (q *question) run(ctx context.Context, m *metric.Metric, w metric.Timeline, bodies []map[string]small.Body) ([]small.Mark, error) {
	spans, k := w.Counted(), float64(q.guard.rule.Least(m.Datasets()))
	var heads, months []days.Range // each stretch of whole months once, under its last day
	at := make([]int, len(spans))
	for i, p := range spans {
		own := days.Range{From: days.Month.Start(p.From), To: days.Month.Next(p.Last())}
		if at[i] = slices.IndexFunc(months, func(m days.Range) bool { return m.To.Equal(own.To) }); at[i] < 0 {
			at[i] = len(months)
			heads, months = append(heads, days.Range{From: own.Last(), To: own.To}), append(months, own)
		}
	}
	line := metric.Timeline{Grain: w.Grain}.Over(heads, months)
	rows, err := q.behind(ctx, m, line, q.people(m))
	if err != nil {
		return nil, err
	}
	index, whole := line.Index(), make([]small.Body, len(months))
	for _, r := range rows {
		if i, ok := index[r.period]; ok {
			whole[i] = q.body(m, r)
		}
	}
	marks := make([]small.Mark, len(spans))
	var last small.Body
	for i := range spans {
		if b := bodies[i][""]; small.Apart(k, b, last) && small.Apart(k, b, small.Body{}) && small.Apart(k, whole[at[i]], b) {
			last = b
		} else {
			marks[i] = small.Closed
		}
	}
	return marks, nil
}

// cubes are the tables of m over the periods of some timelines, for each set of dims, and the rows that they are made of.
func (q *question) cubes(ctx context.Context, m *metric.Metric, dims []string, lines []metric.Timeline) ([][]small.Part, []row, error) {
	cubes, rows, err := q.cubesAt(ctx, m, dims, lines, q.Query.AsOf)
	if err != nil {
		return nil, nil, err
	}
	for _, at := range q.guard.others {
		others, _, err := q.cubesAt(ctx, m, dims, lines, at)
		if err != nil {
			return nil, nil, err
		}
		for n := range others {
			for i := range others[n] {
				cubes[n][i].Others = append(cubes[n][i].Others, others[n][i].Tables)
			}
		}
	}
	return cubes, rows, nil
}

// cubesAt asks for all tables at a moment: which table a row is of stands in its _why.
func (q *question) cubesAt(ctx context.Context, m *metric.Metric, dims []string, lines []metric.Timeline, at time.Time) ([][]small.Part, []row, error) {
	inner := q.about(m)
	inner.Query.Where, inner.Query.Scope, inner.Query.AsOf = nil, nil, at // the tables are those of the whole zone, whoever looks
	if at != q.Query.AsOf {
		live, err := q.Live(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		inner.live = live
	}
	var rows []row
	list, own := compile.Cube(q.Catalog, m, inner.Query, lines, dims, q.people(m))
	for _, one := range list {
		more, err := inner.ask(ctx, one, m)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, ownOf(more, own)...)
	}
	cubes, err := q.sorted(m, len(dims), lines, rows)
	return cubes, rows, err
}

// behind asks for the numbers of m with what stands behind them.
func (q *question) behind(ctx context.Context, m *metric.Metric, w metric.Timeline, more ...string) ([]row, error) {
	s, at := compile.Behind(q.Catalog, m, q.Query, w, more...)
	rows, err := q.ask(ctx, s, m)
	return ownOf(rows, at), err
}

// ownOf are the rows of an answer of several metrics as they are of the one whose number is at a place; below 0: all are its own.
func ownOf(rows []row, at int) []row {
	if at < 0 {
		return rows
	}
	rows = slices.Clone(rows) // the answer is kept
	for i := range rows {
		rows[i].value, rows[i].null = rows[i].v[at], math.IsNaN(rows[i].v[at])
	}
	return rows
}

// sorted puts the rows of all tables into theirs.
func (q *question) sorted(m *metric.Metric, dims int, lines []metric.Timeline, rows []row) ([][]small.Part, error) {
	cubes, index := make([][]small.Part, len(lines)), make([]map[int32]int, len(lines))
	for n, w := range lines {
		cubes[n], index[n] = make([]small.Part, len(w.Counted())), w.Index()
		for i := range cubes[n] {
			cubes[n][i].Tables = make([]small.Cells, 1<<dims)
			for set := range cubes[n][i].Tables {
				cubes[n][i].Tables[set] = small.Cells{}
			}
		}
	}
	for _, r := range rows {
		var n, set int
		if _, err := fmt.Sscan(r.why, &n, &set); err != nil {
			return nil, err
		}
		i, ok := index[n][r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		var keys []string
		for d := range dims {
			if set&(1<<d) != 0 {
				keys = append(keys, r.keys[d])
			}
		}
		cubes[n][i].Tables[set][joinKeys(keys)] = q.body(m, r)
	}
	return cubes, nil
}

// levels decides on a register: on each day by itself, and where people are only added to it also on the ends of all months,
// of which a later one contains every earlier.
func (q *question) levels(ctx context.Context, m *metric.Metric, v *view, spans []days.Range) error {
	k := float64(v.k)
	at := make([]days.Range, len(spans))
	for i, p := range spans {
		at[i] = days.Range{From: p.Last(), To: p.To}
	}
	ends, decide := at, func(list []small.Part) (all []*small.Hidden) {
		for i := range list {
			all = append(all, small.Split(k, nil, list[i:i+1])...)
		}
		return all
	}
	if m.Grows() {
		ends, decide = q.monthEnds(at), func(list []small.Part) []*small.Hidden { return small.Run(k, list) }
	}
	hidden, tables, err := q.days(ctx, m, v.dims, ends, decide)
	if err != nil {
		return err
	}
	v.tables = tables
	for i, p := range at {
		h := hidden[p.From]
		if v.closed[i] = h == nil; h != nil {
			v.of[i] = []*small.Hidden{h}
			v.found[i] = place{period: number(p.From), ok: true}
		}
	}
	return nil
}

// monthEnds are the last days of all months from the first day of the data, or of those asked for, to where the data end,
// and that last day itself.
func (q *question) monthEnds(at []days.Range) (ends []days.Range) {
	first, last := q.cover.First, q.cover.End
	for _, p := range at {
		if first.IsZero() || p.From.Before(first) {
			first = p.From
		}
		if q.cover.End.IsZero() {
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

// days decides on the tables of some days, by the day, and returns their rows as well.
func (q *question) days(ctx context.Context, m *metric.Metric, dims []string, at []days.Range, decide func([]small.Part) []*small.Hidden) (map[days.Day]*small.Hidden, []row, error) {
	at = slices.Clone(at)
	slices.SortFunc(at, func(a, b days.Range) int { return a.From.Compare(b.From) })
	at = slices.CompactFunc(at, func(a, b days.Range) bool { return a.From.Equal(b.From) })
	if len(at) == 0 {
		return nil, nil, nil
	}
	cubes, tables, err := q.cubes(ctx, m, dims, []metric.Timeline{metric.Timeline{}.Over(at, at)})
	if err != nil {
		return nil, nil, err
	}
	parts := cubes[0]
	if of := q.Catalog.Refines(m); of != nil && q.counts(of) && !slices.ContainsFunc(dims, func(d string) bool { return !slices.Contains(of.Dims(), d) }) {
		base, _, err := q.about(of).days(ctx, of, dims, at, decide)
		if err != nil {
			return nil, nil, err
		}
		for i, p := range at {
			parts[i].Base = base[p.From]
		}
	}
	out := map[days.Day]*small.Hidden{}
	for i, h := range decide(parts) {
		out[at[i].From] = h
	}
	return out, tables, nil
}
