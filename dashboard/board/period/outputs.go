package period

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Outputs say which further numbers the method of a result found, a line for each set of them: 斜率 1.702，R² 0.986; with
// the period and the keys they belong to where not all points have the same.
func Outputs(r *metric.Result, lang codes.Lang) []string {
	if r == nil {
		return nil
	}
	var texts []string
	of := map[string][]metric.Point{}
	for _, pt := range r.Points {
		if len(pt.Outputs) == 0 {
			continue
		}
		text := outputs(r.Metric, pt.Outputs, lang)
		if of[text] == nil {
			texts = append(texts, text)
		}
		of[text] = append(of[text], pt)
	}
	if len(texts) == 1 {
		return texts
	}
	var out []string
	for _, text := range texts {
		var names []string
		for _, pt := range of[text] {
			if name := outputsOf(pt, r.Query.Grain, lang); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) > 2 {
			names = []string{names[0], "…", names[len(names)-1]}
		}
		out = append(out, words.In(lang, "outputs_of", words.Join(lang, "sep_list", names), text))
	}
	return out
}

// outputsOf is what a point is called where its numbers differ from those of another one.
func outputsOf(pt metric.Point, g days.Grain, lang codes.Lang) string {
	var parts []string
	if g != days.Total && !pt.Forecast {
		parts = append(parts, Name(pt, g, lang))
	}
	for _, l := range pt.Labels {
		parts = append(parts, l.In(lang))
	}
	return strings.Join(parts, " ")
}

// outputs are the names of numbers and the numbers.
func outputs(m *metric.Metric, list []metric.Output, lang codes.Lang) string {
	var parts []string
	for _, o := range list {
		parts = append(parts, outputName(m, o.Name, lang)+" "+plain(o.Value))
	}
	return words.Join(lang, "sep_list", parts)
}

// outputName is what a further number is called.
func outputName(m *metric.Metric, name string, lang codes.Lang) string {
	if of := m.Weighs(name); of != nil {
		return words.In(lang, "output_weight", of.Title.In(lang))
	}
	return words.In(lang, "output_"+name)
}

// plain is a number without a unit: four digits behind the point where it is small.
func plain(x float64) string {
	switch {
	case x == math.Trunc(x) && math.Abs(x) < 1e15:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case math.Abs(x) >= 1000:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 4, 64)
}
