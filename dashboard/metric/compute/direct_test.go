package compute

import (
	"strings"
	"testing"

	"yanzhen/pipeline/dataset"
)

// A statement that counts persons reads the table; one that asks more of them, or has none, the view.
func TestDirect(t *testing.T) {
	sets := map[string]*dataset.Dataset{
		"arrivals": {Columns: []dataset.Column{{Name: "person", Type: dataset.Person}, {Name: "date", Type: dataset.Date}}},
		"posts":    {Columns: []dataset.Column{{Name: "needed", Type: dataset.Int32}}},
	}
	for sql, want := range map[string]bool{
		"select uniqExact(person, date) from mart.arrivals where date > 1":              true,
		"select uniqExactIf(person, date > 1) as _value from mart.arrivals":             true,
		"select count() from mart.arrivals":                                             true,
		"select uniqExact(person), substring(person, 1, 5) as _k1 from mart.arrivals":   false,
		"select uniqExact(person) from (select * from mart.arrivals limit 1 by person)": false,
		"select sum(needed) from mart.posts":                                            false,
	} {
		if got := direct(func(name string) *dataset.Dataset { return sets[name] }, sql); strings.Contains(got, "store.arrivals") != want || !want && got != sql {
			t.Errorf("%s became %s", sql, got)
		}
	}
}
