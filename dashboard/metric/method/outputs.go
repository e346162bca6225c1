package method

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/analysis"
)

// Output is one of the numbers that a method finds on the way to its own: the residual of a line, the weight of an
// indicator, a fitted parameter.
type Output struct {
	Name  string
	Value float64
}

// weightOf is the name of the weight of a metric.
const weightOf = "weight."

// OutputNames are the names of the further numbers of a method or a forecast over these metrics, which `output` may
// name.
func OutputNames(name string, args []string) []string {
	if p, ok := forecasts[name]; ok {
		if name == Cohort {
			return nil
		}
		names := []string{"alpha", "beta"}
		if p["gamma"] != "" {
			names = append(names, "gamma")
		}
		return append(names, "level", "trend", "sse", "rmse", "n", "mape", "naive_mape")
	}
	m, ok := methods[name]
	if !ok || m.Matrix != nil {
		return nil
	}
	names := slices.Clone(m.outputs)
	if m.weighs {
		for _, a := range args {
			names = append(names, weightOf+a)
		}
	}
	if !slices.Contains(names, "n") {
		names = append(names, "n")
	}
	return names
}

// Outputs are the further numbers of a method of vectors: none where it has none, or where it is undefined.
func (m Method) Outputs(v [][]float64, g Given) []Output {
	if m.further == nil {
		return nil
	}
	out, err := m.further(v, g)
	if err != nil {
		return nil
	}
	return out
}

// Giving is the method of which the number is one of its further numbers; itself for the name "".
func (m Method) Giving(output string) Method {
	if output == "" {
		return m
	}
	own := m
	m.Each, m.sum, m.further = nil, nil, nil
	m.Scalar = func(v [][]float64, g Given) (float64, error) {
		if own.further != nil {
			list, err := own.further(v, g)
			if err != nil {
				return 0, err
			}
			if i := slices.IndexFunc(list, func(o Output) bool { return o.Name == output }); i >= 0 {
				return list[i].Value, nil
			}
		}
		if output != "n" || len(v) == 0 {
			return 0, fmt.Errorf("%w: no %s", analysis.ErrUndefined, output)
		}
		return float64(len(v[0])), nil
	}
	return m
}

// With is the method over values that each stand for so many members: the last vector has their weights.
func (m Method) With(weights string) Method {
	if f := m.Weighted; weights != "" && f != nil {
		m.Scalar = func(v [][]float64, _ Given) (float64, error) { return f(v[0], v[len(v)-1]) }
	}
	return m
}

// WeightedNames are the methods that take weights.
func WeightedNames() []string {
	return slices.DeleteFunc(Names(), func(name string) bool { return methods[name].Weighted == nil })
}

var lineOutputs = []string{"slope", "intercept", "r2", "rmse", "sse", "n"}

// line is the method of a line through points, of which part is the number.
func line(fit func(x, y []float64) (analysis.Line, error), part func(analysis.Line) float64) Method {
	return Method{
		Least: 2, Most: 2, outputs: lineOutputs,
		Scalar: func(v [][]float64, _ Given) (float64, error) {
			l, err := fit(v[0], v[1])
			return part(l), err
		},
		further: func(v [][]float64, _ Given) ([]Output, error) {
			l, err := fit(v[0], v[1])
			return named(lineOutputs, l.Slope, l.Intercept, l.R2, l.RMSE(), l.SSE, float64(l.N)), err
		},
	}
}

// named gives numbers their names.
func named(names []string, values ...float64) []Output {
	out := make([]Output, len(values))
	for i, v := range values {
		out[i] = Output{names[i], v}
	}
	return out
}

// weighted are the weights that the systems of these sizes give their metrics.
func weighted(v [][]float64, g Given, sizes []int) ([]Output, error) {
	var out []Output
	at := 0
	for _, size := range sizes {
		_, rows, err := g.scaled(v, at, size)
		if err != nil {
			return nil, err
		}
		w, err := g.weights(at, size, rows)
		if err != nil {
			return nil, err
		}
		for j, x := range w {
			name := fmt.Sprint(at + j + 1)
			if at+j < len(g.Names) {
				name = g.Names[at+j]
			}
			out = append(out, Output{weightOf + name, x})
		}
		at += size
	}
	return out, nil
}

// index is the level of each object as coupling takes that of a system: its metrics, scaled between bounds and
// weighted by the entropy method, or as the options say. Without a cut it is their mean.
func index() Method {
	m := coupled(nil)
	options := map[string]string{}
	for _, name := range []string{"eps", "lower", "upper", "base_years", "down", "weights"} {
		options[name] = m.Options[name]
	}
	m.Options, m.outputs = options, nil
	m.Each = func(v [][]float64, g Given) ([]float64, error) { return g.level(v, 0, len(v)) }
	m.further = func(v [][]float64, g Given) ([]Output, error) { return weighted(v, g, []int{len(v)}) }
	return m
}

// WeightOf is the metric whose weight an output is; false where it is another output.
func WeightOf(output string) (metric string, ok bool) { return strings.CutPrefix(output, weightOf) }

// mean is that of the numbers of the chosen values.
func mean(_ [][]float64, got []float64, chosen []int) (float64, error) {
	if len(chosen) == 0 {
		return 0, analysis.ErrUndefined
	}
	var parts []float64
	for _, i := range chosen {
		parts = append(parts, got[i])
	}
	return analysis.Sum(parts) / float64(len(parts)), nil
}

// Outputs are the numbers behind a forecast: the parameters used, where the series ends, how far it was off.
func (c Carried) Outputs() []Output {
	names := OutputNames(c.by, nil)
	values := []float64{c.Used.Alpha, c.Used.Beta}
	if slices.Contains(names, "gamma") {
		values = append(values, c.Used.Gamma)
	}
	values = append(values, c.Level, c.Trend, c.SSE, math.Sqrt(c.SSE/float64(c.Errors)), float64(c.n))
	if c.Test.N > 0 {
		values = append(values, c.Test.MAPE, c.Test.Naive)
	}
	return named(names, values...)
}
