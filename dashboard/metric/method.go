package metric

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Option is what a metric file says of its method: a number, a word or a list of numbers.
type Option struct {
	Number *float64  `yaml:",alone"`
	Word   string    `yaml:",alone"`
	List   []float64 `yaml:",alone"`
}

// kind is number, list or word.
func (o Option) kind() string {
	switch {
	case o.List != nil:
		return "list"
	case o.Number != nil:
		return "number"
	}
	return "word"
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
	if x := o.m.Options[name].Number; x != nil {
		return *x
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
		expected codes.Text
	}{
		{"alpha", 0, 1, o.m.Kind == Forecasting, false, codes.Text{Zh: "应在 0 与 1 之间", En: "expected between 0 and 1"}},
		{"beta", 0, 1, true, false, codes.Text{Zh: "应在 0 与 1 之间", En: "expected between 0 and 1"}},
		{"gamma", 0, 1, true, false, codes.Text{Zh: "应在 0 与 1 之间", En: "expected between 0 and 1"}},
		{"z", 0, 10, true, false, codes.Text{Zh: "应在 0 与 10 之间", En: "expected between 0 and 10"}},
		{"eps", 0, 1, true, false, codes.Text{Zh: "应不小于 0 且小于 1", En: "expected 0 or more, and less than 1"}},
		{"cycle", 2, 366, true, true, codes.Text{Zh: "应为整数期，2 至 366", En: "expected a whole number of periods, 2 to 366"}},
		{"quit", 0, 1, true, false, codes.Text{Zh: "应为 0 与 1 之间的比例", En: "expected a share between 0 and 1"}},
		{"retire", 0, 1, true, false, codes.Text{Zh: "应为 0 与 1 之间的比例", En: "expected a share between 0 and 1"}},
		{"growth", -1, 10, true, false, codes.Text{Zh: "应为比例，如 0.05", En: "expected a share such as 0.05"}},
		{"base_year", 1970, 2200, true, true, codes.Text{Zh: "应为年份，如 2020", En: "expected a year such as 2020"}},
	} {
		x := o.m.Options[r.name].Number
		if x == nil {
			continue
		}
		v := *x
		open := r.name == "eps" || r.name == "alpha" && o.m.Kind != Forecasting
		if v < r.least || v > r.most || v == r.least && !r.itself || open && v == r.most || r.whole && v != math.Trunc(v) {
			return said{fmt.Sprintf("选项 %s 是 %v，%s", r.name, v, r.expected.Zh), fmt.Sprintf("option %s is %v: %s", r.name, v, r.expected.En)}
		}
	}
	for _, name := range []string{"lower", "upper", "down", "weights"} {
		if l := o.list(name); l != nil && len(l) != n {
			return say("选项 %s 有 %d 个数，而指标有 %d 个，应各一个", "option %s has %d numbers for %d metrics: expected one for each", name, len(l), n)
		}
	}
	lower, upper := o.list("lower"), o.list("upper")
	for i := range min(len(lower), len(upper)) {
		if lower[i] >= upper[i] {
			return say("选项 lower 是 %v，upper 是 %v（第 %d 个指标），lower 应较小", "option lower is %v and upper %v for metric %d: expected lower to be less", lower[i], upper[i], i+1)
		}
	}
	for _, name := range []string{"weights", "beta"} {
		sum := 0.0
		for _, x := range o.list(name) {
			if x < 0 {
				return say("选项 %s 有 %v，应不小于 0", "option %s has %v: expected 0 or more", name, x)
			}
			sum += x
		}
		if o.list(name) != nil && sum == 0 {
			return say("选项 %s 应有一个大于 0", "option %s: expected one above 0", name)
		}
	}
	if w := o.list("weights"); w != nil {
		sizes, err := systems(o, n)
		if err != nil {
			return err
		}
		for i, size := range sizes {
			if sum := analysis.Sum(w[:size]); math.Abs(sum-1) > 1e-9 {
				return say("选项 weights：第 %d 个系统的权重合计 %v，应为 1", "option weights: those of system %d add up to %v, expected 1", i+1, sum)
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
	return s == string(days.Ten) || days.Grain(s).Months() > 0
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
	f, ok := methods[m.Method]
	if !ok {
		return l.fail(m, "method", "没有方法 %q%s", "unknown method %q%s", m.Method, declare.Known(m.Method, slices.Collect(maps.Keys(methods))))
	}
	if !l.methodArgs(m, &f) || !l.methodOptions(m, &f) || !l.methodOver(m, &f) {
		return false
	}
	for i, name := range m.Args {
		arg := l.refer(m, fmt.Sprintf("args[%d]", i+1), name)
		if arg == nil {
			return false
		}
		m.args = append(m.args, arg)
	}
	if !l.inherit(m) {
		return false
	}
	for _, x := range [][2]string{{"reference", m.Reference}, {"documents", m.Documents}} {
		if dim := x[1]; dim != "" && (!slices.Contains(m.dims, dim) || dim == m.Over) {
			return l.fail(m, x[0], "%q 不是其指标的另一个维度，可用 %s", "%q is no other dimension of its metric (have %s)", dim, strings.Join(m.dims, ", "))
		}
	}
	if m.Options["systems"].List != nil || m.Options["split"].Number != nil {
		if _, err := systems(options{m: m}, len(m.Args)); err != nil {
			return l.fail(m, "options", "%s", "%s", textOf(err))
		}
	}
	return true
}

// methodArgs checks how many metrics a method takes.
func (l *loader) methodArgs(m *Metric, f *method) bool {
	least, most := f.least, f.most
	if m.Reference != "" {
		if !f.reference {
			return l.fail(m, "reference", "方法 %s 没有 reference", "method %s has no reference", m.Method)
		}
		least, most = least-1, most-1
	}
	switch n := len(m.Args); {
	case most == 0 && n < least:
		return l.fail(m, "args", "方法 %s 至少要 %d 个指标，写了 %d 个", "method %s takes %d metrics or more, not %d", m.Method, least, n)
	case most > 0 && (n < least || n > most):
		var also codes.Text
		if f.reference && m.Reference == "" && n == 1 {
			also = codes.Text{Zh: "，或一个指标加 reference: 维度", En: ", or one and reference: a dimension"}
		}
		return l.fail(m, "args", "方法 %s 要 %d 个指标%s，写了 %d 个", "method %s takes %d metrics%s, not %d", m.Method, most, also, n)
	}
	return true
}

// methodOptions checks the options a method is given.
func (l *loader) methodOptions(m *Metric, f *method) bool {
	for _, name := range slices.Sorted(maps.Keys(m.Options)) {
		o, key := m.Options[name], "options."+name
		want, ok := f.options[name]
		words := strings.Split(want, "|")
		switch {
		case !ok:
			return l.fail(m, key, "方法 %s 没有选项 %q，可用 %s", "method %s has no option %q (have %s)", m.Method, name, strings.Join(slices.Sorted(maps.Keys(f.options)), ", "))
		case o.kind() == want, o.kind() == "list" && slices.Contains(words, "list"):
		case want == "number", want == "list", o.kind() != "word", !slices.Contains(words, o.Word):
			return l.fail(m, key, "应为%s", "expected %s", expected(want))
		}
	}
	if o, ok := m.Options["base_years"]; ok && (len(o.List) != 2 || o.List[0] > o.List[1] || o.List[0] < 1970 || o.List[1] > 2200) {
		return l.fail(m, "options.base_years", "应为首年与末年，如 [2015, 2019]", "option base_years: expected the first and the last year, [2015, 2019]")
	}
	if err := (options{m: m}).check(len(m.Args)); err != nil {
		return l.fail(m, "options", "%s", "%s", textOf(err))
	}
	return true
}

// methodOver checks what the vectors of a method run along.
func (l *loader) methodOver(m *Metric, f *method) bool {
	switch {
	case m.Over == "":
		return l.fail(m, "over", "方法须有 over：向量沿哪个维度，或 month、quarter、year、period", "a method needs over: the dimension its vectors run along, or month, quarter, year, period")
	case m.Over == overPeriod && f.each == nil:
		return l.fail(m, "over", "方法 %s 只得一个数，不能沿所问的各期；写 over: month、quarter 或 year", "method %s gives one number, and cannot run over the periods asked for; give it over: month, quarter or year", m.Method)
	case isGrain(m.Over) && f.scalar == nil:
		return l.fail(m, "over", "方法 %[1]s 每期各得一个数，不能沿期内的 %[2]s；写 over: period", "method %[1]s gives a number each, and cannot run over %[2]ss within a period; give it over: period", m.Method, m.Over)
	case (isGrain(m.Over) || m.Over == overPeriod) && (m.Reference != "" || f.before):
		return l.fail(m, "over", "方法 %s 沿一个维度", "method %s runs over a dimension", m.Method)
	case (f.matrix != nil) != (m.Documents != ""):
		return l.fail(m, "documents", "documents（其取值是文档的维度）只用于 tf_idf 和 idf", "documents, the dimension whose values are the documents, belongs to tf_idf and idf")
	case f.before && m.Against == "":
		m.Against = YearOnYear
	case !f.before && m.Against != "":
		return l.fail(m, "against", "只用于 growth 和偏离-份额", "against belongs to growth and shift-share")
	}
	if f.before && m.Against != YearOnYear && m.Against != Previous {
		return l.fail(m, "against", "是 %q，应为 yoy 或 pop", "is %q, want yoy or pop", m.Against)
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
		return Refuse("指标 %s 是每个 %s 的数，请按它拆分", "metric %s is a number of each %s; cut it by that", m.Name, strings.Join([]string{m.Over, m.Documents}[:map[bool]int{true: 2, false: 1}[m.Method == "tf_idf"]], " and "))
	case m.Method == "idf" && has(m.Documents):
		return Refuse("指标 %s 用到 %q 的全部取值，不能再按它拆分", "metric %s is computed over all values of %q and cannot be cut by it", m.Name, m.Documents)
	case f.scalar != nil && has(m.Over):
		return Refuse("指标 %s 用到 %q 的全部取值，不能再按它拆分", "metric %s is computed over all values of %q and cannot be cut by it", m.Name, m.Over)
	}
	return nil
}

// baseYears are the periods of the years in base_years; false where the metric names none.
func (m *Metric) baseYears(grain days.Grain) (window, bool) {
	years := m.Options["base_years"].List
	if len(years) != 2 {
		return window{}, false
	}
	if grain == days.Total {
		grain = days.Year
	}
	return window{From: days.Date(int(years[0]), 1, 1), To: days.Date(int(years[1])+1, 1, 1), Grain: grain}, true
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}
