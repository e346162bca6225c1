// Package indicators writes the list of indicators, docs/indicators.md: every metric with its definition and how it is computed.
package indicators

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
)

// formula writes in a line how a metric is computed, in the words of its declaration.
func formula(m *metric.Metric) string {
	var s string
	switch {
	case m.Formula != "" && m.Over != "":
		s = m.Formula + ", per " + m.Over
	case m.Formula != "":
		s = m.Formula
	case m.Numerator != "" && m.Scale == 1:
		s = m.Numerator + " / " + m.Denominator
	case m.Numerator != "":
		s = fmt.Sprintf("%s / %s * %v", m.Numerator, m.Denominator, m.Scale)
	case m.Method != "":
		s = m.Method + "(" + strings.Join(m.Args, ", ") + ") over " + m.Over
	case m.Of != "":
		s = strings.TrimSpace(fmt.Sprintf("%s of %s %s", m.Kind, m.Of, m.Against))
	case m.Like != "":
		s = strings.Join(slices.DeleteFunc([]string{m.Like, m.And, m.Value}, func(s string) bool { return s == "" }), "; ")
	default:
		s = string(m.Kind) + ": " + m.Value
		if m.Where != "" {
			s += " where " + m.Where
		}
	}
	return "`" + strings.Join(strings.Fields(s), " ") + "`"
}

// Page is the list of all metrics.
func Page(metrics *metric.Catalog) string {
	var b strings.Builder
	b.WriteString("# Indicators 指标\n\nGenerated from `configs/metrics` by `make docs`: first the indicators of the system by number, then what they are made of.\n\n| id | name | 指标 | indicator | unit | better | sentence | 口径 | definition | formula | source |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	list := metrics.Metrics()
	slices.SortStableFunc(list, func(x, y *metric.Metric) int {
		return cmp.Or(cmp.Compare(min(1, len(y.ID)), min(1, len(x.ID))), cmp.Compare(x.ID, y.ID))
	})
	for _, m := range list {
		cells := []string{m.ID, "`" + m.Name + "`", m.Title.Zh, m.Title.En, m.Unit.String(), string(m.Direction), strings.Join(m.Sentence, " "), m.Definition.Zh, m.Definition.En, formula(m), strings.Join(m.Datasets(), " ")}
		for i, s := range cells {
			cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}
