package compute

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// guard keeps numbers of few people from a question whose viewer may not see so few. It stands where a metric of rows is
// asked, so that whatever is computed of it, and by whatever door, is made of what is shown.
type guard struct {
	rule   small.Rule
	others []time.Time // of a report date: the later ones and now (zero), with which its figures are compared
}

// most dimensions and report dates that a number is held against, which bounds the tables that one question asks for.
const (
	mostDims    = 4
	mostFreezes = 24
)

// Few says that so many rows of a dataset, of one submission or of all, tell of fewer people than who looks may see, and how
// many that are at the least. A sender knows what it has sent.
func (e *Engine) Few(ctx context.Context, name string, rows uint64) (least int, few bool) {
	v, d := e.Viewer(ctx), e.Catalog.Dataset(name)
	if v.Can(access.Small) || v != nil && v.Role == access.Sender || d == nil || !slices.ContainsFunc(d.Columns, func(c dataset.Column) bool { return c.Type == dataset.Person }) {
		return 0, false
	}
	least = e.Small.Least([]string{name})
	return least, rows > 0 && rows < uint64(least)
}

// watch sets the guard where the viewer needs one, and refuses a moment that is no report date: two moments between which
// one file came tell what it held.
func (q *question) watch(ctx context.Context) error {
	if v := q.Viewer(ctx); v.Can(access.Small) || q.Small.Way() == small.Off || !q.ofPeople(q.m) {
		return nil
	}
	q.guard = &guard{rule: q.Small}
	if q.Query.AsOf.IsZero() || q.Small.Way() == small.CellKeys {
		return nil
	}
	frozen, err := warehouse.Select[struct {
		At time.Time `db:"at"`
	}](ctx, q.DB, warehouse.Statement{SQL: "select distinct at from meta.freezes where at >= {as_of:DateTime64(6, 'UTC')} and {as_of:DateTime64(6, 'UTC')} in (select at from meta.freezes where name not in (select name from meta.withdrawn_freezes)) order by at limit " + strconv.Itoa(mostFreezes+1), Params: map[string]string{"as_of": q.Query.AsOf.UTC().Format("2006-01-02 15:04:05.000000")}, Tag: "metric.live"})
	switch {
	case err != nil:
		return err
	case len(frozen) == 0 || !frozen[0].At.Equal(q.Query.AsOf.Truncate(time.Microsecond)):
		return metric.Refuse("您的账号看以前的数时，只能看封账日的数", "your account sees earlier figures as of report dates only")
	case len(frozen) > mostFreezes:
		return metric.Refuse("您的账号只能看最近 %d 次封账的数", "your account sees the figures of the last %d report dates only", mostFreezes)
	}
	for _, f := range frozen[1:] {
		q.guard.others = append(q.guard.others, f.At)
	}
	q.guard.others = append(q.guard.others, time.Time{})
	return nil
}

// ofPeople says that people are counted in m, or in what it is made of.
func (q *question) ofPeople(m *metric.Metric) bool { return slices.ContainsFunc(m.Leaves(), q.counts) }

// counts says that a metric of rows is of people: its rows are, or its numbers.
func (q *question) counts(leaf *metric.Metric) bool {
	return q.Small.Least(leaf.Datasets()) > 0 && (len(q.Catalog.Persons(leaf)) > 0 || counted(leaf))
}

// counted says that the numbers of a metric are counts of people.
func counted(m *metric.Metric) bool { return m.Unit == metric.People || m.Unit == metric.PersonTimes }

// guarded computes a metric of people for who may not see few of them.
func (q *question) guarded(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	switch m.Kind {
	case metric.Mean:
		return q.guardedMean(ctx, m, w)
	case metric.Flow, metric.Stock:
		if q.guard.rule.Way() == small.CellKeys {
			return q.keyed(ctx, m, w)
		}
		return q.suppressed(ctx, m, w)
	}
	return q.guardedFormula(ctx, m, w)
}

// guardedMean is half of what there is on the day before each period and on its last.
func (q *question) guardedMean(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	of := m.Inputs()[0]
	spans := w.Counted()
	var ends [2]table
	for j := range ends {
		at := make([]days.Range, len(spans))
		for i, p := range spans {
			at[i] = days.Range{From: p.From.AddDate(0, 0, -1), To: p.From}
			if j == 1 {
				at[i] = days.Range{From: p.To.AddDate(0, 0, -1), To: p.To}
			}
		}
		var err error
		if ends[j], err = q.about(of).values(ctx, of, metric.Timeline{Grain: w.Grain}.Over(w.Named(), at)); err != nil {
			return nil, err
		}
	}
	t := make(table, len(spans))
	for i := range t {
		t[i] = map[string]cell{}
		for k := range keysOf(ends[0][i], ends[1][i]) {
			var c cell
			for _, end := range ends {
				switch e, ok := end[i][k]; {
				case !ok:
				case e.value == nil:
					c.why = veil(c.why, e.why)
				case c.value == nil:
					half := *e.value / 2
					c.value = &half
				default:
					*c.value += *e.value / 2
				}
				c.n = max(c.n, end[i][k].n)
			}
			t[i][k] = c.veiled()
		}
	}
	return t, nil
}

// guardedFormula computes a ratio or a formula of its guarded inputs, as the statement would of what it reads.
func (q *question) guardedFormula(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	by := slices.Clone(q.Query.By)
	summed := m.Over != "" && !slices.Contains(by, m.Over)
	if summed {
		by = append(by, m.Over)
	}
	var inputs []table
	var cuts [][]string
	for i, arg := range m.Inputs() {
		cut, past := by, []string(nil)
		if m.Totals()[i] {
			cut, past = without(by, m.Whole...), m.Whole
		}
		t, err := q.sub(ctx, arg, w, cut, past)
		if err != nil {
			return nil, err
		}
		inputs, cuts = append(inputs, t), append(cuts, cut)
	}
	t := make(table, len(w.Counted()))
	for i := range t {
		t[i] = map[string]cell{}
		keys := map[string]bool{}
		for j := range inputs {
			if !m.Totals()[j] {
				maps.Copy(keys, keysOf(inputs[j][i]))
			}
		}
		for k := range keys {
			c := q.evaluated(m, inputs, cuts, i, by, k)
			if summed {
				parts := splitKeys(k, len(by))
				k = joinKeys(parts[:len(parts)-1])
				c = t[i][k].plus(c)
			}
			t[i][k] = c
		}
		for k, c := range t[i] {
			t[i][k] = c.veiled()
		}
	}
	return t, nil
}

// evaluated is a formula of one key.
func (q *question) evaluated(m *metric.Metric, inputs []table, cuts [][]string, i int, by []string, key string) cell {
	keys := splitKeys(key, len(by))
	args, c, why := make([]*float64, len(inputs)), cell{}, ""
	for j, arg := range m.Inputs() {
		var own []string
		for d, dim := range by {
			if slices.Contains(cuts[j], dim) {
				own = append(own, keys[d])
			}
		}
		in, ok := inputs[j][i][joinKeys(own)]
		if !ok {
			in.value, in.why = arg.Empty()
		}
		args[j], why = in.value, veil(why, in.why)
		if !m.Totals()[j] {
			c.n += in.n
		}
	}
	if why != "" {
		c.why = why
		return c
	}
	if m.Kind == metric.Ratio && q.complement(m, args) {
		c.why = metric.WhyHidden
		return c
	}
	c.value, c.why = m.Eval(args)
	if c.value != nil && (math.IsNaN(*c.value) || math.IsInf(*c.value, 0)) {
		c.value, c.why = nil, metric.WhyNoRows
	}
	return c
}

// complement says that a ratio is of a part of people of whom few are not in it: 48 of 50.
func (q *question) complement(m *metric.Metric, args []*float64) bool {
	if m.Unit != metric.Percent || len(args) != 2 || args[0] == nil || args[1] == nil || q.guard == nil || q.guard.rule.Way() != small.Suppress {
		return false
	}
	for _, in := range m.Inputs() {
		if !counted(in) {
			return false
		}
	}
	rest := *args[1] - *args[0]
	return rest > 0 && rest < float64(q.guard.rule.Least(m.Datasets()))
}

// plus adds a part to a sum: what is missing of it is left out, what is hidden hides it.
func (c cell) plus(part cell) cell {
	c.n += part.n
	switch {
	case part.value != nil && c.value != nil:
		sum := *c.value + *part.value
		c.value = &sum
	case part.value != nil:
		c.value = part.value
	}
	if why := veil(c.why, part.why); why != "" {
		c.why = why
	} else if c.why == "" || part.why > c.why {
		c.why = part.why
	}
	return c
}

// veiled is a cell without its number where a reason says that it is hidden, and without the reason where there is one.
func (c cell) veiled() cell {
	switch {
	case veil("", c.why) != "":
		c.value, c.more, c.n = nil, nil, min(c.n, 1)
	case c.value != nil:
		c.why = ""
	case c.why == "":
		c.why = metric.WhyNoRows
	}
	return c
}

// veil is the reason for which a number made of two is hidden; "" where it is not.
func veil(a, b string) string {
	for _, why := range []string{a, b} {
		if why == metric.WhyHidden || strings.HasPrefix(why, metric.WhySmall) {
			return why
		}
	}
	return ""
}

func keysOf(list ...map[string]cell) map[string]bool {
	keys := map[string]bool{}
	for _, cells := range list {
		for k := range cells {
			keys[k] = true
		}
	}
	return keys
}

// people is how many are behind a number; where its rows are nobody's, the number says.
func (q *question) people(m *metric.Metric) string {
	if list := q.Catalog.Persons(m); len(list) > 0 {
		return "uniqExact(" + strings.Join(list, ", ") + ")"
	}
	return "0"
}

// body is what stands behind a number.
func (q *question) body(m *metric.Metric, r row) small.Body {
	b := small.Body{People: r.v[0], Count: r.value}
	if r.null || math.IsNaN(r.value) {
		b.Count = 0
	}
	if len(q.Catalog.Persons(m)) == 0 {
		b.People = b.Count
	} else if !counted(m) {
		b.Count = b.People
	}
	return b
}

// keyed changes the counts of a metric by their cell keys. What is no count is shown of as many people as a count is.
func (q *question) keyed(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	k := q.guard.rule.Least(m.Datasets())
	if !q.counts(m) {
		return q.plain(ctx, m, w)
	}
	key := "0"
	if list := q.Catalog.Persons(m); len(list) > 0 {
		var shown []string
		for _, column := range list {
			if !q.Query.AsOf.IsZero() { // of the table, where a person is a whole number
				column = dataset.PersonSQL(column)
			}
			shown = append(shown, column)
		}
		key = fmt.Sprintf("arraySum(arrayMap(_h -> _h %% %d, groupUniqArray(cityHash64(%s)))) %% %d", small.Modulus(k), strings.Join(shown, ", "), small.Modulus(k))
	}
	rows, err := q.behind(ctx, m, w, q.people(m), key)
	if err != nil {
		return nil, err
	}
	return q.tabled(m, w, rows, func(_ int, _ string, r row, c cell) cell {
		switch b := q.body(m, r); {
		case c.value == nil:
		case counted(m) && len(q.Catalog.Persons(m)) > 0:
			v := *c.value + float64(small.Change(k, int(math.Round(*c.value)), int(r.v[1])))
			c.value = &v
		case b.People > 0 && b.People < float64(k):
			c.why = metric.WhySmall + strconv.Itoa(k)
		}
		return c
	})
}
