package metric

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/warehouse"
)

// Option is what a metric file says of its method: a number, a word or a list of numbers.
type Option struct {
	Number float64
	Word   string
	List   []float64
	kind   string // "number", "word" or "list"
}

// UnmarshalYAML reads 0.5, classic or [1, 2].
func (o *Option) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		o.kind = "list"
		return n.Decode(&o.List)
	}
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: an option is a number, a word or a list of numbers", n.Line)
	}
	if x, err := strconv.ParseFloat(n.Value, 64); err == nil {
		o.kind, o.Number = "number", x
		return nil
	}
	o.kind, o.Word = "word", n.Value
	return nil
}

// method is a function of package analysis as a metric: vectors in, along the values of a dimension
// (or along periods), and out of them one number (scalar) or one for each value (each).
type method struct {
	least, most int               // metrics it takes; most 0: any number
	options     map[string]string // name -> number, list, or the words it may be parted by |
	scalar      func(v [][]float64, o options) (float64, error)
	each        func(v [][]float64, o options) ([]float64, error) // NaN: undefined for this one
	// sum adds what each gave over the chosen values where the answer is not cut by the dimension;
	// nil: the sum.
	sum func(v [][]float64, got []float64, chosen []int) (float64, error)
	// reference: the last metric may be left out and `reference` named instead: the first metric past
	// that dimension, the whole of which each of its values is a part.
	reference bool
	// before: the method compares two times. The vectors are doubled: each metric before, then now.
	before bool
	// matrix: as each, but along `documents` too: documents x values in, the same out.
	matrix func(v [][]float64, o options) ([][]float64, error)
}

// options are those of a metric, with what the method needs beside.
type options struct {
	m    *Metric
	base [][]float64 // the vectors of the base years, where the metric names them
}

func (o options) number(name string, otherwise float64) float64 {
	if x, ok := o.m.Options[name]; ok {
		return x.Number
	}
	return otherwise
}

func (o options) word(name, otherwise string) string {
	if x, ok := o.m.Options[name]; ok {
		return x.Word
	}
	return otherwise
}

// check refuses numbers outside of what an option can mean, and a list that is not as long as there
// are metrics, n.
func (o options) check(n int) error {
	for _, r := range []struct {
		name     string
		least    float64
		most     float64
		itself   bool // the least itself is in
		whole    bool
		expected string
	}{
		{"alpha", 0, 1, o.m.Kind == Forecasting, false, "between 0 and 1"},
		{"beta", 0, 1, true, false, "between 0 and 1"},
		{"gamma", 0, 1, true, false, "between 0 and 1"},
		{"z", 0, 10, true, false, "between 0 and 10"},
		{"eps", 0, 1, true, false, "0 or more, and less than 1"},
		{"cycle", 2, 366, true, true, "a whole number of periods, 2 to 366"},
		{"quit", 0, 1, true, false, "a share between 0 and 1"},
		{"retire", 0, 1, true, false, "a share between 0 and 1"},
		{"growth", -1, 10, true, false, "a share such as 0.05"},
		{"base_year", 1970, 2200, true, true, "a year such as 2020"},
	} {
		x, ok := o.m.Options[r.name]
		if !ok || x.kind != "number" {
			continue
		}
		v := x.Number
		open := r.name == "eps" || r.name == "alpha" && o.m.Kind != Forecasting
		if v < r.least || v > r.most || v == r.least && !r.itself || open && v == r.most || r.whole && v != math.Trunc(v) {
			return fmt.Errorf("option %s is %v: expected %s", r.name, v, r.expected)
		}
	}
	for _, name := range []string{"lower", "upper", "down", "weights"} {
		if l := o.list(name); l != nil && len(l) != n {
			return fmt.Errorf("option %s has %d numbers for %d metrics: expected one for each", name, len(l), n)
		}
	}
	lower, upper := o.list("lower"), o.list("upper")
	for i := range min(len(lower), len(upper)) {
		if lower[i] >= upper[i] {
			return fmt.Errorf("option lower is %v and upper %v for metric %d: expected lower to be less", lower[i], upper[i], i+1)
		}
	}
	for _, name := range []string{"weights", "beta"} {
		sum := 0.0
		for _, x := range o.list(name) {
			if x < 0 {
				return fmt.Errorf("option %s has %v: expected 0 or more", name, x)
			}
			sum += x
		}
		if o.list(name) != nil && sum == 0 {
			return fmt.Errorf("option %s: expected one above 0", name)
		}
	}
	if w := o.list("weights"); w != nil {
		sizes, err := systems(o, n)
		if err != nil {
			return err
		}
		for i, size := range sizes {
			if sum := analysis.Sum(w[:size]); math.Abs(sum-1) > 1e-9 {
				return fmt.Errorf("option weights: those of system %d add up to %v, expected 1", i+1, sum)
			}
			w = w[size:]
		}
	}
	return nil
}

func (o options) list(name string) []float64 { return o.m.Options[name].List }

// The words of `over` that are no dimension: grains, and period.
const overPeriod = "period" // the periods of the question itself

func isGrain(s string) bool {
	return s == string(Ten) || Grain(s).months() > 0
}

func two(f func(a, b []float64) (float64, error)) method {
	return method{least: 2, most: 2, reference: true, scalar: func(v [][]float64, _ options) (float64, error) { return f(v[0], v[1]) }}
}

func single(f func(x []float64) (float64, error)) method {
	return method{least: 1, most: 1, scalar: func(v [][]float64, _ options) (float64, error) { return f(v[0]) }}
}

func jensenShannon(base analysis.Base, f func(a, b []float64, base analysis.Base) (float64, error)) method {
	return two(func(a, b []float64) (float64, error) { return f(a, b, base) })
}

func beveridge(part func(analysis.Line) float64) method {
	return method{least: 2, most: 2, scalar: func(v [][]float64, _ options) (float64, error) {
		l, err := analysis.Beveridge(v[0], v[1])
		return part(l), err
	}}
}

func shiftShare(part func(s analysis.Shift, i int) float64) method {
	return method{
		least: 2, most: 2, reference: true, before: true, options: map[string]string{"base_year": "number"},
		each: func(v [][]float64, _ options) ([]float64, error) {
			s, err := analysis.ShiftShare(v[0], v[1], v[2], v[3])
			if err != nil {
				return nil, err
			}
			out := make([]float64, len(v[0]))
			for i := range out {
				out[i] = part(s, i)
			}
			return out, nil
		},
	}
}

func estebanMarquillas(part func(analysis.EstebanMarquillas) float64) method {
	return method{
		least: 2, most: 2, reference: true, before: true, options: map[string]string{"base_year": "number"},
		scalar: func(v [][]float64, _ options) (float64, error) {
			s, err := analysis.ShiftShareEstebanMarquillas(v[0], v[1], v[2], v[3])
			return part(s), err
		},
	}
}

func share(of func(analysis.Heat) float64) method {
	f := func(k, n float64, z float64) (float64, error) {
		if k != math.Trunc(k) || n != math.Trunc(n) {
			return 0, fmt.Errorf("%w: the interval is of counts, not of %v in %v", analysis.ErrUndefined, k, n)
		}
		h, err := analysis.SkillHeat(int(k), int(n), z)
		return of(h) * 100, err
	}
	m := method{least: 2, most: 2, options: map[string]string{"z": "number"}}
	m.scalar = func(v [][]float64, o options) (float64, error) {
		return f(analysis.Sum(v[0]), analysis.Sum(v[1]), o.number("z", 1.96))
	}
	return m
}

var methods map[string]method

func init() {
	alpha := map[string]string{"alpha": "number"}
	methods = map[string]method{
		"mismatch": {least: 2, most: 2, options: alpha, reference: true, scalar: func(v [][]float64, o options) (float64, error) {
			return analysis.Mismatch(v[0], v[1], o.number("alpha", 0.5))
		}},
		"mismatch_efficiency": {least: 3, most: 3, options: alpha, scalar: func(v [][]float64, o options) (float64, error) {
			m, _, err := analysis.MismatchEfficiency(v[0], v[1], v[2], o.number("alpha", 0.5))
			return m, err
		}},
		"mismatch_simple":     two(analysis.MismatchSimple),
		"cosine":              two(analysis.Cosine),
		"bhattacharyya":       two(analysis.Bhattacharyya),
		"krugman":             two(analysis.Krugman),
		"js_divergence_nats":  jensenShannon(analysis.Nats, analysis.JSDivergence),
		"js_divergence_bits":  jensenShannon(analysis.Bits, analysis.JSDivergence),
		"js_distance_nats":    jensenShannon(analysis.Nats, analysis.JSDistance),
		"js_distance_bits":    jensenShannon(analysis.Bits, analysis.JSDistance),
		"hhi":                 single(analysis.HHI),
		"hhi_normalised":      single(analysis.HHINormalised),
		"theil_t":             single(analysis.TheilT),
		"theil_l":             single(analysis.TheilL),
		"gini":                single(analysis.Gini),
		"gini_normalised":     single(analysis.GiniNormalised),
		"beveridge_slope":     beveridge(func(l analysis.Line) float64 { return l.Slope }),
		"beveridge_intercept": beveridge(func(l analysis.Line) float64 { return l.Intercept }),
		"beveridge_r2":        beveridge(func(l analysis.Line) float64 { return l.R2 }),
		"match_degree": two(func(a, b []float64) (float64, error) {
			bits, err := analysis.JSDivergence(a, b, analysis.Bits)
			return 1 - bits, err
		}),
		"efficient_unemployment": {least: 2, most: 2, scalar: func(v [][]float64, _ options) (float64, error) {
			return analysis.EfficientUnemployment(analysis.Sum(v[0]), analysis.Sum(v[1]))
		}},
		"location_quotient": {least: 2, most: 2, reference: true, each: locationQuotients, sum: locationQuotient},
		"share": {least: 1, most: 1, each: func(v [][]float64, _ options) ([]float64, error) {
			s, err := analysis.Shares(v[0])
			for i := range s {
				s[i] *= 100
			}
			return s, err
		}},
		"share_low":            share(func(h analysis.Heat) float64 { return h.Low }),
		"share_high":           share(func(h analysis.Heat) float64 { return h.High }),
		"shift_total":          shiftShare(func(s analysis.Shift, i int) float64 { return s.NationalBy[i] + s.MixBy[i] + s.ByIndustry[i] }),
		"shift_national":       shiftShare(func(s analysis.Shift, i int) float64 { return s.NationalBy[i] }),
		"shift_mix":            shiftShare(func(s analysis.Shift, i int) float64 { return s.MixBy[i] }),
		"shift_regional":       shiftShare(func(s analysis.Shift, i int) float64 { return s.ByIndustry[i] }),
		"shift_competitive":    estebanMarquillas(func(s analysis.EstebanMarquillas) float64 { return s.Competitive }),
		"shift_allocation":     estebanMarquillas(func(s analysis.EstebanMarquillas) float64 { return s.Allocation }),
		"coupling":             coupled(func(c analysis.Coupling) float64 { return c.D }),
		"coupling_degree":      coupled(func(c analysis.Coupling) float64 { return c.C }),
		"coupling_development": coupled(func(c analysis.Coupling) float64 { return c.T }),
		"tf_idf":               {least: 1, most: 1, matrix: tfIDF},
		"idf":                  {least: 1, most: 1, matrix: idf},
	}
}

// locationQuotients takes the values of a region and of the whole it lies in.
func locationQuotients(v [][]float64, _ options) ([]float64, error) {
	lq := make([]float64, len(v[0]))
	for i := range lq {
		x, err := locationQuotient(v, nil, []int{i})
		switch {
		case errors.Is(err, errNoWhole):
			return nil, err
		case err != nil:
			x = math.NaN()
		}
		lq[i] = x
	}
	return lq, nil
}

var errNoWhole = fmt.Errorf("%w: the total is zero", analysis.ErrUndefined)

// locationQuotient is that of several industries taken together.
func locationQuotient(v [][]float64, _ []float64, chosen []int) (float64, error) {
	e, r := analysis.Sum(v[0]), analysis.Sum(v[1])
	if e == 0 || r == 0 {
		return 0, errNoWhole
	}
	var ei, ri float64
	for _, i := range chosen {
		ei, ri = ei+v[0][i], ri+v[1][i]
	}
	if len(chosen) == len(v[0]) {
		return 1, nil
	}
	q, err := analysis.LocationQuotient([]float64{ei, max(e-ei, 0)}, []float64{ri, max(r-ri, 0)})
	if err != nil {
		// Only what is left over may be absent from both.
		if ri == r && ei == e {
			return 1, nil
		}
		if ri == 0 {
			return 0, err
		}
		if ei > ri*(1+1e-12) || e-ei > (r-ri)*(1+1e-12) {
			return 0, err
		}
		return (ei / e) / (ri / r), nil
	}
	return q[0], nil
}

func tfIDF(v [][]float64, _ options) ([][]float64, error) {
	_, rows, err := analysis.TFIDFCounts(v)
	return rows, err
}

func idf(v [][]float64, _ options) ([][]float64, error) {
	x, _, err := analysis.TFIDFCounts(v)
	return [][]float64{x}, err
}

// defineMethod checks a metric of kind method. It returns false after a fault.
func (l *loader) defineMethod(m *Metric) bool {
	fail := func(format string, args ...any) bool {
		l.fail(m.file, m.line, "metric "+m.Name+": "+format, args...)
		return false
	}
	f, ok := methods[m.Method]
	if !ok {
		return fail("unknown method %q%s", m.Method, nearest(m.Method, slices.Collect(maps.Keys(methods))))
	}
	least, most := f.least, f.most
	if m.Reference != "" {
		if !f.reference {
			return fail("method %s has no reference", m.Method)
		}
		least, most = least-1, most-1
	}
	switch n := len(m.Args); {
	case most == 0 && n < least:
		return fail("method %s takes %d metrics or more, not %d", m.Method, least, n)
	case most > 0 && (n < least || n > most):
		also := ""
		if f.reference && m.Reference == "" && n == 1 {
			also = ", or one and reference: a dimension"
		}
		return fail("method %s takes %d metrics%s, not %d", m.Method, most, also, n)
	}
	for name, o := range m.Options {
		want, ok := f.options[name]
		switch {
		case !ok:
			return fail("method %s has no option %q (have %s)", m.Method, name, strings.Join(slices.Sorted(maps.Keys(f.options)), ", "))
		case want == "number" || want == "list":
			if o.kind != want && !(want == "list" && o.kind == "word" && slices.Contains(strings.Split(f.options[name+"|"], "|"), o.Word)) {
				return fail("option %s: expected a %s", name, want)
			}
		case o.kind == "list" && slices.Contains(strings.Split(want, "|"), "list"):
		case o.kind != "word" || !slices.Contains(strings.Split(want, "|"), o.Word):
			return fail("option %s is one of %s", name, strings.ReplaceAll(want, "|", ", "))
		}
	}
	if o, ok := m.Options["base_years"]; ok && (len(o.List) != 2 || o.List[0] > o.List[1] || o.List[0] < 1970 || o.List[1] > 2200) {
		return fail("option base_years: expected the first and the last year, [2015, 2019]")
	}
	if err := (options{m: m}).check(len(m.Args)); err != nil {
		return fail("%v", err)
	}
	switch {
	case m.Over == "":
		return fail("a method needs over: the dimension its vectors run along, or month, quarter, year, period")
	case m.Over == overPeriod && f.each == nil:
		return fail("method %s gives one number, and cannot run over the periods asked for; give it over: month, quarter or year", m.Method)
	case isGrain(m.Over) && f.scalar == nil:
		return fail("method %s gives a number each, and cannot run over %ss within a period; give it over: period", m.Method, m.Over)
	case (isGrain(m.Over) || m.Over == overPeriod) && (m.Reference != "" || f.before):
		return fail("method %s runs over a dimension", m.Method)
	case (f.matrix != nil) != (m.Documents != ""):
		return fail("documents, the dimension whose values are the documents, belongs to tf_idf and idf")
	case f.before && m.Against == "":
		m.Against = YearOnYear
	case !f.before && m.Against != "":
		return fail("against belongs to growth and shift-share")
	}
	if f.before && m.Against != YearOnYear && m.Against != Previous {
		return fail("against %q (have yoy, pop)", m.Against)
	}
	for _, name := range m.Args {
		arg := l.refer(m, "args", name)
		if arg == nil {
			return false
		}
		m.args = append(m.args, arg)
	}
	if !l.inherit(m) {
		return false
	}
	for field, dim := range map[string]string{"reference": m.Reference, "documents": m.Documents} {
		if dim != "" && (!slices.Contains(m.dims, dim) || dim == m.Over) {
			return fail("%s %q is no other dimension of its metric (have %s)", field, dim, strings.Join(m.dims, ", "))
		}
	}
	if _, ok := m.Options["systems"]; ok || m.Options["split"].kind != "" {
		if _, err := systems(options{m: m}, len(m.Args)); err != nil {
			return fail("%v", err)
		}
	}
	return true
}

// along are the dimensions of the vectors of m: those of a cut, then documents, then over.
func (m *Metric) along(by []string) []string {
	by = without(by, m.Over, m.Documents)
	if m.Documents != "" {
		by = append(by, m.Documents)
	}
	if m.Over != overPeriod && !isGrain(m.Over) {
		by = append(by, m.Over)
	}
	return by
}

// askable refuses what a method cannot be asked for.
func (m *Metric) askable(by []string) error {
	f := methods[m.Method]
	has := func(dim string) bool { return slices.Contains(by, dim) }
	switch {
	case f.matrix != nil && (!has(m.Over) || m.Method == "tf_idf" && !has(m.Documents)):
		return fmt.Errorf("%w: metric %s is a number of each %s; cut it by that", ErrInvalid, m.Name, strings.Join([]string{m.Over, m.Documents}[:map[bool]int{true: 2, false: 1}[m.Method == "tf_idf"]], " and "))
	case m.Method == "idf" && has(m.Documents):
		return fmt.Errorf("%w: metric %s is computed over all values of %q and cannot be cut by it", ErrInvalid, m.Name, m.Documents)
	case f.scalar != nil && has(m.Over):
		return fmt.Errorf("%w: metric %s is computed over all values of %q and cannot be cut by it", ErrInvalid, m.Name, m.Over)
	}
	return nil
}

// bundle holds the vectors of one period and keys.
type bundle struct {
	along []string // the values they run along, sorted
	v     [][]float64
	n     uint64
}

// methodValues computes a method over a window.
func (a *asking) methodValues(ctx context.Context, m *Metric, w window) (table, error) {
	f := methods[m.Method]
	t := make(table, len(w.stretches()))
	for i := range t {
		t[i] = map[string]cell{}
	}
	switch {
	case m.Over == overPeriod:
		return t, a.overPeriods(ctx, m, f, w, t)
	case isGrain(m.Over):
		return t, a.overGrain(ctx, m, f, w, t)
	case f.matrix != nil:
		return t, a.overMatrix(ctx, m, f, w, t)
	}
	outer := without(a.q.By, m.Over)
	var past []string
	if f.each != nil {
		past = []string{m.Over} // a value is judged among all of them; the filter comes after
	}
	groups, err := a.bundles(ctx, m, w, outer, past)
	if err != nil {
		return nil, err
	}
	if f.before {
		base := w
		if year, ok := m.Options["base_year"]; ok {
			base, err = w.inYear(int(year.Number))
		} else {
			var bases []period
			bases, err = a.Catalog.bases(Query{Metric: m.Name, Window: a.q.Window, Grain: a.q.Grain, Compare: m.Against}, m.Against, window{From: w.From, To: w.To, Grain: w.Grain}, w)
			base = window{Grain: w.Grain}.over(w.named(), bases)
		}
		if err != nil {
			return nil, err
		}
		before, err := a.bundles(ctx, m, base, outer, past)
		if err != nil {
			return nil, err
		}
		groups = beside(before, groups)
	}
	pooled, err := a.pooled(ctx, m, outer, past)
	if err != nil {
		return nil, err
	}
	at := slices.Index(a.q.By, m.Over)
	for i, byKey := range groups {
		for k, g := range byKey {
			o := options{m: m, base: pooled[k]}
			if f.scalar != nil {
				v, err := f.scalar(g.v, o)
				if t[i][k], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
				continue
			}
			got, err := f.each(g.v, o)
			if err != nil && !isUndefined(err) {
				return nil, err
			}
			chosen := a.chosen(m.Over, g.along)
			if at < 0 {
				var v float64
				if err == nil {
					v, err = total(f, g.v, got, chosen)
				}
				if t[i][k], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
				continue
			}
			for _, j := range chosen {
				keys := slices.Insert(splitKeys(k, len(outer)), at, g.along[j])
				v, err := 0.0, err
				if err == nil {
					v = got[j]
				}
				if t[i][joinKeys(keys)], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
			}
		}
	}
	return t, nil
}

// pooled are the vectors of the base years by outer: every value of m.Over in every period of these
// years is one object. Nil where the metric names no base years.
func (a *asking) pooled(ctx context.Context, m *Metric, outer, past []string) (map[string][][]float64, error) {
	w, ok := m.baseYears(a.q.Grain)
	if !ok {
		return nil, nil
	}
	groups, err := a.bundles(ctx, m, w, outer, past)
	if err != nil {
		return nil, err
	}
	base := map[string][][]float64{}
	for _, byKey := range groups {
		for k, g := range byKey {
			if base[k] == nil {
				base[k] = make([][]float64, len(g.v))
			}
			for j, v := range g.v {
				base[k][j] = append(base[k][j], v...)
			}
		}
	}
	return base, nil
}

// baseYears are the periods of the years in base_years; false where the metric names none.
func (m *Metric) baseYears(grain Grain) (window, bool) {
	years := m.Options["base_years"].List
	if len(years) != 2 {
		return window{}, false
	}
	if grain == Total {
		grain = Year
	}
	return window{From: Date(int(years[0]), 1, 1), To: Date(int(years[1])+1, 1, 1), Grain: grain}, true
}

func total(f method, v [][]float64, got []float64, chosen []int) (float64, error) {
	if f.sum != nil {
		return f.sum(v, got, chosen)
	}
	var parts []float64
	for _, j := range chosen {
		parts = append(parts, got[j])
	}
	return analysis.Sum(parts), nil
}

// outcome is the number of a method; what is undefined has none, and any other error stays one.
func outcome(v float64, err error, n uint64) (cell, error) {
	switch {
	case isUndefined(err), err == nil && (math.IsNaN(v) || math.IsInf(v, 0)):
		return cell{why: WhyUndefined, n: n}, nil
	case err != nil:
		return cell{}, err
	}
	return cell{value: &v, n: n}, nil
}

// chosen are the indices of along that the filters on dim let through.
func (a *asking) chosen(dim string, along []string) []int {
	var list []int
	for i, k := range along {
		if !slices.ContainsFunc(a.q.Where, func(f Filter) bool { return f.Dim == dim && !slices.Contains(f.Values, k) }) {
			list = append(list, i)
		}
	}
	return list
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}

// inYear moves w to another year.
func (w window) inYear(year int) (window, error) {
	move := func(d Day) Day { return Date(d.Year(), d.Month(), 1).AddDate(0, 0, d.Day()-1) }
	var bases []period
	for _, p := range w.stretches() {
		s := shift{months: 12 * (p.To.AddDate(0, 0, -1).Year() - year)}
		b := period{move(s.from(p.From)), move(s.to(p.To))}
		if !b.From.Before(b.To) {
			return w, fmt.Errorf("%w: no such days in %d", ErrInvalid, year)
		}
		bases = append(bases, b)
	}
	return window{Grain: w.Grain}.over(w.named(), bases), nil
}

// named are the periods under which the answers of w are found.
func (w window) named() []period {
	if w.heads != nil {
		return w.heads
	}
	ps := w.periods()
	for i, p := range ps {
		ps[i].From = w.Grain.Start(p.From)
	}
	return ps
}

// sub asks for another metric of the same question, cut by other dimensions and past the filters of some.
func (a *asking) sub(ctx context.Context, m *Metric, w window, by, past []string) (table, error) {
	q := a.q
	q.By = by
	q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(f Filter) bool { return slices.Contains(past, f.Dim) })
	inner := &asking{Engine: a.Engine, q: q, m: m, data: a.data, cover: a.cover}
	t, err := inner.values(ctx, m, w)
	a.note(inner.asked...)
	return t, err
}

// vectors computes the metrics of m in one statement: a table for each.
func (a *asking) vectors(ctx context.Context, m *Metric, w window, by, past []string) ([]table, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	q := a.q
	q.By = by
	q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(f Filter) bool { return slices.Contains(past, f.Dim) })
	k := &compiler{Catalog: a.Catalog, q: q, w: w, params: map[string]string{}}
	s := warehouse.Statement{SQL: k.vectors(m, by) + "\norder by " + strings.Join(keys(by), ", "), Params: k.params, Tag: "metric." + m.Name}
	a.note(s)
	rows, err := a.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	index := w.index()
	tables := make([]table, len(m.args))
	for j := range tables {
		tables[j] = make(table, len(index))
		for i := range tables[j] {
			tables[j][i] = map[string]cell{}
		}
	}
	for _, r := range rows {
		i, ok := index[r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		for j, v := range r.v {
			c := cell{why: WhyNoRows}
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				c = cell{value: &v}
			}
			if j == 0 {
				c.n = r.n
			}
			tables[j][i][joinKeys(r.keys)] = c
		}
	}
	return tables, nil
}

// bundles are the vectors of m by outer, along m.Over.
func (a *asking) bundles(ctx context.Context, m *Metric, w window, outer, past []string) ([]map[string]*bundle, error) {
	by := append(slices.Clone(outer), m.Over)
	tables, err := a.vectors(ctx, m, w, by, past)
	if err != nil {
		return nil, err
	}
	var whole table
	if m.Reference != "" {
		if whole, err = a.sub(ctx, m.args[0], w, without(by, m.Reference), append(slices.Clone(past), m.Reference)); err != nil {
			return nil, err
		}
	}
	out := make([]map[string]*bundle, len(w.stretches()))
	for i := range out {
		cells := make([]map[string]map[string]cell, len(tables)) // by metric, keys, value along
		rows := map[string]uint64{}
		for j, t := range tables {
			cells[j] = map[string]map[string]cell{}
			for k, c := range t[i] {
				keys := splitKeys(k, len(by))
				put(cells[j], joinKeys(keys[:len(outer)]), keys[len(outer)], c)
				rows[joinKeys(keys[:len(outer)])] += c.n
			}
		}
		wholes := map[string]map[string]cell{}
		if whole != nil {
			for k, c := range whole[i] {
				keys := splitKeys(k, len(without(by, m.Reference)))
				put(wholes, joinKeys(keys[:len(keys)-1]), keys[len(keys)-1], c)
			}
		}
		out[i] = map[string]*bundle{}
		for k, n := range rows {
			all := make([]map[string]cell, 0, len(cells)+1)
			for _, c := range cells {
				all = append(all, c[k])
			}
			if whole != nil {
				keys := splitKeys(k, len(outer))
				if at := slices.Index(outer, m.Reference); at >= 0 {
					keys = slices.Delete(keys, at, at+1)
				}
				all = append(all, wholes[joinKeys(keys)])
			}
			out[i][k] = bundleOf(all, n)
		}
	}
	return out, nil
}

func put(m map[string]map[string]cell, k, along string, c cell) {
	if m[k] == nil {
		m[k] = map[string]cell{}
	}
	m[k][along] = c
}

// bundleOf lines vectors up by the values they run along. A value that nobody stated is none of
// them; what has no row is zero; what has no number in one vector is left out of all.
func bundleOf(cells []map[string]cell, n uint64) *bundle {
	b := &bundle{n: n, v: make([][]float64, len(cells))}
	seen, skip := map[string]bool{}, map[string]bool{"": true}
	for _, c := range cells {
		for k, x := range c {
			seen[k] = true
			if x.value == nil {
				skip[k] = true
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(seen)) {
		if skip[k] {
			continue
		}
		b.along = append(b.along, k)
		for j, c := range cells {
			x := 0.0
			if got, ok := c[k]; ok {
				x = *got.value
			}
			b.v[j] = append(b.v[j], x)
		}
	}
	return b
}

// beside puts the vectors of two times side by side: each metric before, then now.
func beside(before, now []map[string]*bundle) []map[string]*bundle {
	out := make([]map[string]*bundle, len(now))
	for i := range now {
		out[i] = map[string]*bundle{}
		keys := maps.Clone(now[i])
		maps.Copy(keys, before[i])
		for k := range keys {
			b0, b1 := before[i][k], now[i][k]
			if b0 == nil {
				b0 = &bundle{v: make([][]float64, len(b1.v))}
			}
			if b1 == nil {
				b1 = &bundle{v: make([][]float64, len(b0.v))}
			}
			b := &bundle{n: b0.n + b1.n, along: slices.Concat(b0.along, b1.along)}
			slices.Sort(b.along)
			b.along = slices.Compact(b.along)
			for j := range b0.v {
				b.v = append(b.v, b0.at(j, b.along), b1.at(j, b.along))
			}
			out[i][k] = b
		}
	}
	return out
}

// at is the j-th vector along other values; zero where it has none.
func (b *bundle) at(j int, along []string) []float64 {
	x := make([]float64, len(along))
	for i, k := range along {
		if at, ok := slices.BinarySearch(b.along, k); ok {
			x[i] = b.v[j][at]
		}
	}
	return x
}

// overGrain runs a method along the months, quarters or years of each period.
func (a *asking) overGrain(ctx context.Context, m *Metric, f method, w window, t table) error {
	for i, p := range w.stretches() {
		inner := window{From: p.From, To: p.To, Grain: Grain(m.Over)}
		tables, keys, rows, err := a.series(ctx, m, inner, nil)
		if err != nil {
			return err
		}
		for k := range keys {
			_, v := line(tables, k)
			x, err := f.scalar(v, options{m: m})
			if t[i][k], err = outcome(x, err, rows[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// series computes the metrics of m over a window, and which keys occur.
func (a *asking) series(ctx context.Context, m *Metric, w window, past []string) (tables []table, keys map[string]bool, rows map[string]uint64, err error) {
	keys, rows = map[string]bool{}, map[string]uint64{}
	all, err := a.vectors(ctx, m, w, a.q.By, past)
	if err != nil {
		return nil, nil, nil, err
	}
	ps := w.stretches()
	for j, arg := range m.args {
		t := all[j]
		for i := range t {
			if len(a.q.By) == 0 {
				// a month without rows counts as what it is: zero, or nothing
				inner := &asking{Engine: a.Engine, q: a.q, m: arg, data: a.data, cover: a.cover}
				t[i] = map[string]cell{"": inner.cell(t, i, "", ps[i])}
			}
			for k, c := range t[i] {
				keys[k] = true
				rows[k] += c.n
			}
		}
		tables = append(tables, t)
	}
	return tables, keys, rows, nil
}

// line is one vector per table of a key, over the periods in which all of them have a number; at
// says which these are.
func line(tables []table, key string) (at []int, v [][]float64) {
	v = make([][]float64, len(tables))
	for i := range tables[0] {
		if slices.ContainsFunc(tables, func(t table) bool { return t[i][key].value == nil }) {
			continue
		}
		at = append(at, i)
		for j, t := range tables {
			v[j] = append(v[j], *t[i][key].value)
		}
	}
	return at, v
}

// overPeriods runs a method along the periods asked for: each has its number.
func (a *asking) overPeriods(ctx context.Context, m *Metric, f method, w window, t table) error {
	tables, keys, rows, err := a.series(ctx, m, w, nil)
	if err != nil {
		return err
	}
	var base []table
	if years, ok := m.baseYears(a.q.Grain); ok {
		if a.q.Grain == Total {
			return fmt.Errorf("%w: metric %s needs a grain: it compares periods with those of its base years", ErrInvalid, m.Name)
		}
		if base, _, _, err = a.series(ctx, m, years, nil); err != nil {
			return err
		}
	}
	for k := range keys {
		at, v := line(tables, k)
		o := options{m: m}
		if base != nil {
			_, o.base = line(base, k)
		}
		got, err := f.each(v, o)
		if err != nil && !isUndefined(err) {
			return err
		}
		for i := range t {
			c := cell{why: WhyUndefined, n: rows[k]}
			if j, ok := slices.BinarySearch(at, i); ok && err == nil {
				c, _ = outcome(got[j], nil, rows[k])
			}
			t[i][k] = c
		}
	}
	return nil
}

// overMatrix runs a method over documents x values.
func (a *asking) overMatrix(ctx context.Context, m *Metric, f method, w window, t table) error {
	outer := without(a.q.By, m.Over, m.Documents)
	by := append(slices.Clone(outer), m.Documents, m.Over)
	counts, err := a.sub(ctx, m.args[0], w, by, []string{m.Documents, m.Over})
	if err != nil {
		return err
	}
	for i := range counts {
		type matrix struct {
			documents, terms map[string]bool
			n                uint64
		}
		groups := map[string]*matrix{}
		for k, c := range counts[i] {
			keys := splitKeys(k, len(by))
			doc, term := keys[len(outer)], keys[len(outer)+1]
			if doc == "" || term == "" {
				continue
			}
			g := groups[joinKeys(keys[:len(outer)])]
			if g == nil {
				g = &matrix{documents: map[string]bool{}, terms: map[string]bool{}}
				groups[joinKeys(keys[:len(outer)])] = g
			}
			g.documents[doc], g.terms[term] = true, true
			g.n += c.n
		}
		for k, g := range groups {
			docs, terms := slices.Sorted(maps.Keys(g.documents)), slices.Sorted(maps.Keys(g.terms))
			v := make([][]float64, len(docs))
			for d := range docs {
				v[d] = make([]float64, len(terms))
				for j := range terms {
					if c := counts[i][joinKeys(append(splitKeys(k, len(outer)), docs[d], terms[j]))]; c.value != nil {
						v[d][j] = *c.value
					}
				}
			}
			got, err := f.matrix(v, options{m: m})
			if err != nil && !isUndefined(err) {
				return err
			}
			cut := slices.Contains(a.q.By, m.Documents)
			for d := range got {
				for _, j := range a.chosen(m.Over, terms) {
					if cut && (len(a.chosen(m.Documents, docs[d:d+1])) == 0 || got[d][j] == 0) {
						continue
					}
					keys, rest := make([]string, len(a.q.By)), splitKeys(k, len(outer))
					for x, dim := range a.q.By {
						switch dim {
						case m.Over:
							keys[x] = terms[j]
						case m.Documents:
							keys[x] = docs[d]
						default:
							keys[x], rest = rest[0], rest[1:]
						}
					}
					t[i][joinKeys(keys)], _ = outcome(got[d][j], nil, g.n)
				}
			}
		}
	}
	return nil
}
