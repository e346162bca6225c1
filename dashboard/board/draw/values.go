package draw

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
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

// key is the key of dimension d of a point; "" where it has none.
func key(pt metric.Point, d int) string {
	if d < len(pt.Keys) {
		return pt.Keys[d]
	}
	return ""
}

// called is what people call that key.
func called(pt metric.Point, d int, lang codes.Lang) string {
	if d < len(pt.Labels) {
		name := pt.Labels[d].Zh
		if lang == codes.En {
			name = pt.Labels[d].En
		}
		if name != "" {
			return name
		}
	}
	if k := key(pt, d); k != "" {
		return k
	}
	return words.In(lang, "not_given")
}

// of finds the value of a key of the first dimension; nil where the result has none.
func of(r *metric.Result, k string) *float64 {
	for _, pt := range r.Points {
		if key(pt, 0) == k {
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

// extent is the least and the greatest value of some results; lo > hi where they have none.
func extent(rs ...*metric.Result) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, r := range rs {
		for _, pt := range r.Points {
			if pt.Value != nil {
				lo, hi = math.Min(lo, *pt.Value), math.Max(hi, *pt.Value)
			}
		}
	}
	return lo, hi
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

// item is a key of one dimension with what it adds up to.
type item struct {
	key, name string
	sum       float64
}

// head cuts a list to limit entries; 0 leaves it whole.
func head(its []item, limit int) []item {
	if limit > 0 && len(its) > limit {
		return its[:limit]
	}
	return its
}

// namesOf are the names of items.
func namesOf(its []item) []string {
	out := make([]string, len(its))
	for i, it := range its {
		out[i] = it.name
	}
	return out
}

// keys lists the keys of dimension d over all results as they come, with the values of the first result.
func (f Figure) keys(d int) []item {
	at := map[string]int{}
	var out []item
	for n, r := range f.Results {
		for _, pt := range r.Points {
			k := key(pt, d)
			j, ok := at[k]
			if !ok {
				j = len(out)
				at[k] = j
				out = append(out, item{key: k, name: called(pt, d, f.Lang)})
			}
			if n == 0 && pt.Value != nil {
				out[j].sum += *pt.Value
			}
		}
	}
	return out
}

// ranked lists the keys of dimension d, the greatest first.
func (f Figure) ranked(d int) []item {
	out := f.keys(d)
	sort.SliceStable(out, func(a, b int) bool { return out[a].sum > out[b].sum })
	return out
}

// inOrder lists the keys of dimension d in the order people expect.
func (f Figure) inOrder(d int) []item {
	out := f.keys(d)
	sort.SliceStable(out, func(a, b int) bool { return f.before(d, out[a].key, out[b].key) })
	return out
}

// items lists the keys of dimension d in the order that the panel asks for.
func (f Figure) items(d int) []item {
	if f.Sort == "key" {
		return f.inOrder(d)
	}
	return f.ranked(d)
}

// before orders two keys of dimension d as people expect them, unknown ones last.
func (f Figure) before(d int, a, b string) bool {
	if d < len(f.KeyOrder) && len(f.KeyOrder[d]) > 0 {
		at := func(k string) int {
			if n := slices.Index(f.KeyOrder[d], k); n >= 0 {
				return n
			}
			return len(f.KeyOrder[d])
		}
		if at(a) != at(b) {
			return at(a) < at(b)
		}
	}
	if (a == "") != (b == "") {
		return b == ""
	}
	return a < b
}

// shaded are the dimensions whose keys take one colour from dark to light instead of a colour each.
var shaded = map[string]bool{"class": true, "skill_level": true, "education": true, "age_group": true, "age_band": true, "age": true, "salary_band": true}

// hasOrder says that the keys of dimension d have an order of their own.
func (f Figure) hasOrder(d int) bool {
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

// title is what metric i of the panel is called.
func (f Figure) title(i int) string {
	if i < len(f.Names) && f.Names[i].Zh != "" {
		return f.Names[i].In(f.Lang)
	}
	if i < len(f.Titles) && f.Titles[i].Zh != "" {
		return f.Titles[i].In(f.Lang)
	}
	if i < len(f.Metrics) {
		return f.Metrics[i]
	}
	return f.Title.In(f.Lang)
}

// dim is what dimension d of the panel is called.
func (f Figure) dim(d int) string {
	if d < len(f.DimTitles) && f.DimTitles[d].Zh != "" {
		return f.DimTitles[d].In(f.Lang)
	}
	if d < len(f.By) {
		return f.By[d]
	}
	return ""
}

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
