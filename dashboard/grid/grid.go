// Package grid is a table of figures, the twin of a chart: for reading aloud, printing, copying and spreadsheets.
package grid

import (
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Head is a column of a Grid.
type Head struct {
	Text   string
	Unit   metric.Unit // zero for keys
	Number bool
}

// Cell is one cell: what is read, and for a number the exact value behind it.
type Cell struct {
	Text  string
	Value *float64
	Share float64 // of the greatest of its column, 0 to 1: how long a bar beside it is
	Note  string  // why a value is missing, or not final
	Open  bool    // the value is not final
	Now   *Cell   // of a figure as it was reported: what it is now, where that is something else

	Metric string   // of a number of a metric that is cut by dimensions
	Keys   []string // and the keys it is cut by, in the order of the query; of a period, its first day
	URL    string   // where the number is explained; who shows the grid fills it in
}

// Grid is the twin of a chart in rows and columns: for reading aloud, printing, copying.
type Grid struct {
	Heads []Head
	Rows  [][]Cell
}

// Units are the words of the units of the columns, where these differ and neither their heads nor what stands in the cells says
// them; nil where a title can say them all at once.
func (g Grid) Units(lang codes.Lang) []string {
	out, seen := make([]string, len(g.Heads)), map[string]bool{}
	for i, h := range g.Heads {
		if !h.Number {
			continue
		}
		word := h.Unit.Word(lang)
		if h.Unit != metric.Percent && h.Unit != metric.PercentagePoints && !strings.Contains(strings.ToLower(h.Text), strings.ToLower(word)) {
			out[i] = word
		}
		seen[word] = true
	}
	if len(seen) < 2 {
		return nil
	}
	return out
}

// Reasons lists why numbers of the grid are missing or not final, each once.
func (g Grid) Reasons() []string {
	var out []string
	for _, row := range g.Rows {
		for _, c := range row {
			if c.Note != "" && !slices.Contains(out, c.Note) {
				out = append(out, c.Note)
			}
		}
	}
	return Once(out)
}

var reDay = regexp.MustCompile(`\d{4} 年 \d{1,2} 月 \d{1,2} 日|\d{1,2} [A-Z][a-z]{2} \d{4}`)

// Once says sentences once that differ in nothing but one day: 到 2026 年 10 月 1 日、2027 年 1 月 1 日 才满.
func Once(list []string) []string {
	type said struct {
		before, after string
		days          []string
	}
	var all []said
	for _, text := range list {
		s := said{before: text}
		if at := reDay.FindAllStringIndex(text, 2); len(at) == 1 {
			s = said{text[:at[0][0]], text[at[0][1]:], []string{text[at[0][0]:at[0][1]]}}
		}
		i := slices.IndexFunc(all, func(o said) bool { return o.before == s.before && o.after == s.after })
		switch {
		case i < 0:
			all = append(all, s)
		case len(s.days) > 0 && !slices.Contains(all[i].days, s.days[0]):
			all[i].days = append(all[i].days, s.days[0])
		}
	}
	var out []string
	for _, s := range all {
		comma := "、"
		if strings.IndexFunc(s.before+s.after, func(r rune) bool { return r >= 0x4e00 }) < 0 {
			comma = ", "
		}
		out = append(out, s.before+strings.Join(s.days, comma)+s.after)
	}
	return out
}
