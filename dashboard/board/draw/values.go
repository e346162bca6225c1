package draw

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// nothing is what ECharts reads as no value.
const nothing = "-"

// val is a value as ECharts reads it: the number to its last digit, or nothing.
func val(v *float64) any {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nothing
	}
	return *v
}

// empty is n times nothing.
func empty(n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = nothing
	}
	return out
}

func barData(values []any) []opts.BarData {
	out := make([]opts.BarData, len(values))
	for i, v := range values {
		out[i].Value = v
	}
	return out
}

// openBars draws those bars pale that are not final.
func openBars(bars []opts.BarData, open []bool) []opts.BarData {
	for i := range bars {
		if open[i] {
			bars[i].ItemStyle = &opts.ItemStyle{Opacity: opts.Float(0.35)}
		}
	}
	return bars
}

func lineData(values []any) []opts.LineData {
	out := make([]opts.LineData, len(values))
	for i, v := range values {
		out[i].Value = v
	}
	return out
}

// of finds the value of a key of the first dimension; nil where the result has none.
func of(r *metric.Result, k string) *float64 {
	for _, pt := range r.Points {
		if panel.Key(pt, 0) == k {
			return pt.Value
		}
	}
	return nil
}

// first is the value of a result without dimensions and periods.
func first(r *metric.Result) *float64 {
	if len(r.Points) == 0 {
		return nil
	}
	return r.Points[0].Value
}

// starts lists the beginnings of the periods of all results, in order.
func starts(rs []*metric.Result) []days.Day {
	var out []days.Day
	for _, r := range rs {
		for _, pt := range r.Points {
			if !slices.ContainsFunc(out, pt.From.Equal) {
				out = append(out, pt.From)
			}
		}
	}
	slices.SortFunc(out, days.Day.Compare)
	return out
}

// shaded are the dimensions whose keys take one colour from dark to light instead of a colour each.
var shaded = map[string]bool{"class": true, "skill_level": true, "education": true, "age_group": true, "age_band": true, "age": true, "salary_band": true}

// hasOrder says that the keys of dimension d have an order of their own.
func (f drawing) hasOrder(d int) bool {
	return shaded[f.By[d]] || d < len(f.KeyOrder) && len(f.KeyOrder[d]) > 0
}

// keyColours are the colours that the keys of a dimension take in turn.
func keyColours(dim string) opts.Colors {
	tokens := []string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"}
	if shaded[dim] {
		tokens = []string{"q5", "q4", "q3", "q2", "q1", "s7", "s8", "s2"}
	}
	out := make(opts.Colors, len(tokens))
	for i, t := range tokens {
		out[i] = "__c:" + t
	}
	return out
}

// seriesColour is the colour of the i-th series.
func seriesColour(i int) string { return "__c:s" + strconv.Itoa(i%8+1) }

// plain is a number with thousands separators and at most two decimals.
func plain(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 2 {
		s = strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
		whole, frac, _ = strings.Cut(s, ".")
	}
	var b strings.Builder
	if v < 0 {
		b.WriteString("−")
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if frac != "" {
		b.WriteByte('.')
		b.WriteString(frac)
	}
	return b.String()
}

// namesOf are the names of keys.
func namesOf(its []panel.Item) []string {
	out := make([]string, len(its))
	for i, it := range its {
		out[i] = it.Name
	}
	return out
}
