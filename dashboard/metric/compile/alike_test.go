package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// For who may not see few people one statement answers for all horizons of retention, each with its own number; the people of a
// whole zone are counted for all grains in one reading, but where the row that stands for a person matters.
func TestAlike(t *testing.T) {
	_, cat := metrictest.Shipped(t)
	from, to := days.Date(2024, 1, 1), days.Date(2026, 7, 1)
	lines := []metric.Timeline{{From: from, To: to}, {From: from, To: to, Grain: days.Year}, {From: from, To: to, Grain: days.Month}}
	var first string
	at := map[int]string{}
	for _, name := range []string{"retention_12m_judged", "retention_12m_kept", "retention_24m_judged", "retention_24m_kept", "retention_36m_judged", "retention_36m_kept"} {
		m := cat.Metric(name)
		s, i := compile.Behind(cat, m, metric.Query{Metric: name, From: from, To: to}, lines[1], "uniqExact(person)")
		if first == "" {
			first = s.SQL
		}
		list, own := compile.Cube(cat, m, metric.Query{Metric: name}, lines, []string{"park"}, "uniqExact(person)")
		if s.SQL != first || i < 1 || at[i] != "" || len(list) != 1 || own != i {
			t.Errorf("%s is _v%d and _v%d of %d statements, as %s: %s", name, i, own, len(list), at[i], s.SQL)
		}
		at[i] = name
		months := name[len("retention_"):][:2]
		line := "" // what is counted of all people, and what of those of whom something is gathered
		for text := range strings.Lines(s.SQL) {
			if strings.Contains(text, fmt.Sprintf(" as _v%d", i)) {
				line += text
			}
		}
		if !strings.Contains(line, "addMonths(date, "+months+")") || strings.Contains(line, "arrayExists") != strings.HasSuffix(name, "kept") {
			t.Errorf("%s is %s", name, line)
		}
	}
	for name, c := range map[string]struct {
		dims       []string
		statements int
	}{"skilled_added": {nil, 1}, "skilled_added ": {[]string{"park"}, 1}, "subsidy_left_after": {[]string{"chain"}, 1}, "high_skilled_added": {nil, 1}, "inflow": {nil, 1}} {
		name = strings.TrimSpace(name)
		list, own := compile.Cube(cat, cat.Metric(name), metric.Query{Metric: name}, lines, c.dims, "uniqExact(person)")
		if len(list) != c.statements || (own >= 0) != (name == "subsidy_left_after") {
			t.Errorf("%s by %v: %d statements, number %d", name, c.dims, len(list), own)
		}
	}
}
