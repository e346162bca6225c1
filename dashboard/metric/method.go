package metric

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// The words of `over` that are no dimension: grains, and period.
const overPeriod = "period" // the periods of the question itself

func isGrain(s string) bool {
	return s == string(days.Ten) || days.Grain(s).Months() > 0
}

// defineMethod checks a metric of kind method. It returns false after a fault.
func (l *loader) defineMethod(m *Metric) bool {
	f, ok := method.Named(m.Method)
	if !ok {
		return l.fail(m, "method", "没有方法 %q%s", "unknown method %q%s", m.Method, declare.Known(m.Method, method.Names()))
	}
	if !l.methodArgs(m, f) || !l.methodOptions(m, f.Options) || !l.output(m) {
		return false
	}
	if f = m.Way(); !l.methodOver(m, f) {
		return false
	}
	for i, name := range m.Args {
		arg := l.refer(m, fmt.Sprintf("args[%d]", i+1), name)
		if arg == nil {
			return false
		}
		m.args = append(m.args, arg)
	}
	if m.Weights != "" {
		w := l.refer(m, "weights", m.Weights)
		if w == nil {
			return false
		}
		m.args = append(m.args, w)
	}
	if !l.inherit(m) || !l.overMethods(m) {
		return false
	}
	for _, x := range [][2]string{{"reference", m.Reference}, {"documents", m.Documents}} {
		if dim := x[1]; dim != "" && (!slices.Contains(m.dims, dim) || dim == m.Over) {
			return l.fail(m, x[0], "%q 不是其指标的另一个维度，可用 %s", "%q is no other dimension of its metric (have %s)", dim, strings.Join(m.dims, ", "))
		}
	}
	if m.Options["systems"].List != nil || m.Options["split"].Number != nil {
		if _, err := m.Options.Systems(len(m.Args)); err != nil {
			return l.fail(m, "options", "%s", "%s", textOf(err))
		}
	}
	return true
}

// output checks which of its numbers a method or a forecast gives, and whether it takes weights.
func (l *loader) output(m *Metric) bool {
	f, _ := method.Named(m.Method)
	names := method.OutputNames(m.Method, m.Args)
	switch {
	case m.Output != "" && len(names) == 0:
		return l.fail(m, "output", "方法 %s 没有别的结果", "method %s has no further number", m.Method)
	case m.Output != "" && !slices.Contains(names, m.Output):
		return l.fail(m, "output", "方法 %s 没有结果 %q，可用 %s", "method %s has no output %q (have %s)", m.Method, m.Output, strings.Join(names, ", "))
	case m.Weights != "" && f.Weighted == nil:
		return l.fail(m, "weights", "方法 %s 不能加权，可加权的有 %s", "method %s takes no weights (those that do: %s)", m.Method, strings.Join(method.WeightedNames(), ", "))
	}
	return true
}

// overMethods checks the methods that a method stands on: each must have a number for what the vectors run along.
func (l *loader) overMethods(m *Metric) bool {
	for i, arg := range m.args {
		if arg.Kind != MethodKind {
			continue
		}
		key := "weights"
		if i < len(m.Args) {
			key = fmt.Sprintf("args[%d]", i+1)
		}
		switch {
		case m.Reference != "":
			return l.fail(m, "reference", "%s 本身是方法，没有参照；把参照的指标写在 args 里", "%s is itself a method and has no reference; name the metric of the whole in args", arg.Name)
		case m.Documents != "":
			return l.fail(m, key, "%s 本身是方法，不能数词", "%s is itself a method: documents count rows", arg.Name)
		}
		if err := arg.askable(m.VectorDims(nil)); err != nil {
			return l.fail(m, key, "%s", "%s", textOf(err))
		}
	}
	return true
}

// methodArgs checks how many metrics a method takes.
func (l *loader) methodArgs(m *Metric, f method.Method) bool {
	least, most := f.Least, f.Most
	if m.Reference != "" {
		if !f.Reference {
			return l.fail(m, "reference", "方法 %s 没有 reference", "method %s has no reference", m.Method)
		}
		least, most = least-1, most-1
	}
	switch n := len(m.Args); {
	case most == 0 && n < least:
		return l.fail(m, "args", "方法 %s 至少要 %d 个指标，写了 %d 个", "method %s takes %d metrics or more, not %d", m.Method, least, n)
	case most > 0 && (n < least || n > most):
		var also codes.Text
		if f.Reference && m.Reference == "" && n == 1 {
			also = codes.Text{Zh: "，或一个指标加 reference: 维度", En: ", or one and reference: a dimension"}
		}
		return l.fail(m, "args", "方法 %s 要 %d 个指标%s，写了 %d 个", "method %s takes %d metrics%s, not %d", m.Method, most, also, n)
	}
	return true
}

// methodOptions checks the options that a method or a forecast is given.
func (l *loader) methodOptions(m *Metric, known map[string]string) bool {
	for _, name := range slices.Sorted(maps.Keys(m.Options)) {
		o, key := m.Options[name], "options."+name
		want, ok := known[name]
		words := strings.Split(want, "|")
		switch {
		case !ok:
			return l.fail(m, key, "方法 %s 没有选项 %q，可用 %s", "method %s has no option %q (have %s)", m.Method, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case o.Kind() == want, o.Kind() == "list" && slices.Contains(words, "list"):
		case want == "number", want == "list", o.Kind() != "word", !slices.Contains(words, o.Word):
			return l.fail(m, key, "应为%s", "expected %s", expected(want))
		}
	}
	if o, ok := m.Options["base_years"]; ok && (len(o.List) != 2 || o.List[0] > o.List[1] || o.List[0] < days.MinYear || o.List[1] > 2200) {
		return l.fail(m, "options.base_years", "应为首年与末年，如 [2015, 2019]", "option base_years: expected the first and the last year, [2015, 2019]")
	}
	if err := m.Options.Check(m.Method, len(m.Args)); err != nil {
		return l.fail(m, "options", "%s", "%s", textOf(err))
	}
	return true
}

// methodOver checks what the vectors of a method run along.
func (l *loader) methodOver(m *Metric, f method.Method) bool {
	switch {
	case m.Over == "":
		return l.fail(m, "over", "方法须有 over：向量沿哪个维度，或 month、quarter、year、period", "a method needs over: the dimension its vectors run along, or month, quarter, year, period")
	case m.Over == overPeriod && f.Each == nil:
		return l.fail(m, "over", "方法 %s 只得一个数，不能沿所问的各期；写 over: month、quarter 或 year", "method %s gives one number, and cannot run over the periods asked for; give it over: month, quarter or year", m.Method)
	case isGrain(m.Over) && f.Scalar == nil:
		return l.fail(m, "over", "方法 %[1]s 每期各得一个数，不能沿期内的 %[2]s；写 over: period", "method %[1]s gives a number each, and cannot run over %[2]ss within a period; give it over: period", m.Method, m.Over)
	case (isGrain(m.Over) || m.Over == overPeriod) && (m.Reference != "" || f.Before):
		return l.fail(m, "over", "方法 %s 沿一个维度", "method %s runs over a dimension", m.Method)
	case (f.Matrix != nil) != (m.Documents != ""):
		return l.fail(m, "documents", "documents（其取值是文档的维度）只用于 tf_idf 和 idf", "documents, the dimension whose values are the documents, belongs to tf_idf and idf")
	case f.Before && m.Against == "":
		m.Against = YearOnYear
	case !f.Before && m.Against != "":
		return l.fail(m, "against", "只用于 growth 和偏离-份额", "against belongs to growth and shift-share")
	}
	if f.Before && m.Against != YearOnYear && m.Against != Previous {
		return l.fail(m, "against", "是 %q，应为 yoy 或 pop", "is %q, want yoy or pop", m.Against)
	}
	return true
}

// StandsOnMethods says that m is a method, a ratio or a formula over a method: what it is computed from is no SQL.
func (m *Metric) StandsOnMethods() bool {
	return m.Kind != Growth && slices.ContainsFunc(m.args, func(a *Metric) bool { return a.Kind == MethodKind || a.StandsOnMethods() })
}

// VectorDims are the dimensions of the vectors of m: those of a cut, then documents, then over.
func (m *Metric) VectorDims(by []string) []string {
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
	f := m.Way()
	has := func(dim string) bool { return slices.Contains(by, dim) }
	switch {
	case f.Matrix != nil && (!has(m.Over) || m.Method == "tf_idf" && !has(m.Documents)):
		return Refuse("指标 %s 是每个 %s 的数，请按它拆分", "metric %s is a number of each %s; cut it by that", m.Name, strings.Join([]string{m.Over, m.Documents}[:map[bool]int{true: 2, false: 1}[m.Method == "tf_idf"]], " and "))
	case m.Method == "idf" && has(m.Documents):
		return Refuse("指标 %s 用到 %q 的全部取值，不能再按它拆分", "metric %s is computed over all values of %q and cannot be cut by it", m.Name, m.Documents)
	case f.Scalar != nil && has(m.Over):
		return Refuse("指标 %s 用到 %q 的全部取值，不能再按它拆分", "metric %s is computed over all values of %q and cannot be cut by it", m.Name, m.Over)
	}
	for _, arg := range m.args {
		if arg.Kind == MethodKind || arg.StandsOnMethods() {
			if err := arg.askable(m.VectorDims(by)); err != nil {
				return err
			}
		}
	}
	return nil
}

// BaseYears are the periods of the years in base_years; false where the metric names none.
func (m *Metric) BaseYears(grain days.Grain) (Timeline, bool) {
	years := m.Options["base_years"].List
	if len(years) != 2 {
		return Timeline{}, false
	}
	if grain == days.Total {
		grain = days.Year
	}
	return Timeline{From: days.Date(int(years[0]), 1, 1), To: days.Date(int(years[1])+1, 1, 1), Grain: grain}, true
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}

// defineForecast checks a metric of kind forecast: of a metric by holt or holt_winters, or by cohort
// of args: [stock, demand]. It returns false after a fault.
func (l *loader) defineForecast(m *Metric) bool {
	known, ok := method.ForecastNamed(m.Method)
	if !ok {
		return l.fail(m, "method", "没有预测方法 %q，可用 %s", "unknown method %q of a forecast (have %s)", m.Method, strings.Join(method.ForecastNames(), ", "))
	}
	if !l.methodOptions(m, known) || !l.output(m) {
		return false
	}
	if h := m.Options.Horizon(); h < 1 || h > method.MaxHorizon || h != math.Trunc(h) {
		return l.fail(m, "options.horizon", "应为 1 至 %d 期", "option horizon: 1 to %d periods", method.MaxHorizon)
	}
	names := []string{m.Of}
	if m.Method == method.Cohort {
		if names = m.Args; len(names) != 2 {
			return l.fail(m, "args", "方法 cohort 用 args: [存量, 需求]", "method cohort takes args: [stock, demand]")
		}
	}
	for _, name := range names {
		arg := l.refer(m, "of", name)
		if arg == nil {
			return false
		}
		m.args = append(m.args, arg)
	}
	return l.inherit(m)
}

// expected says what an option may be: number, list, or one of words parted by |.
func expected(want string) codes.Text {
	switch want {
	case "number":
		return codes.Text{Zh: "数", En: "a number"}
	case "list":
		return codes.Text{Zh: "数的列表", En: "a list of numbers"}
	}
	return codes.Text{Zh: " " + strings.ReplaceAll(want, "|", "、") + " 之一", En: "one of " + strings.ReplaceAll(want, "|", ", ")}
}
