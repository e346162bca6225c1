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
		"select uniqExact(person, date) from mart.arrivals where date > 1":                                                                                                                         true,
		"select uniqExactIf(person, date > 1) as _value from mart.arrivals":                                                                                                                        true,
		"select count() from mart.arrivals":                                                                                                                                                        true,
		"select uniqExact(person), substring(person, 1, 5) as _k1 from mart.arrivals":                                                                                                              false,
		"select uniqExact(person) from (select * from mart.arrivals limit 1 by person)":                                                                                                            false,
		"select\n    _period,\n    person\nfrom mart.arrivals\nwhere date > 1\ngroup by\n    _period,\n    person":                                                                                 true,
		"select person, 1 as _period\nfrom mart.arrivals\nlimit 1 by _period, person":                                                                                                              false,
		"select count()\nfrom (\n    select\n        1 as _period,\n        person\n    from mart.arrivals\n    order by date\n    limit 1 by _period, person\n)":                                  true,
		"select count()\nfrom (\n    select\n        person as who\n    from mart.arrivals\n)\nwhere who != ''":                                                                                    false,
		"select\n    count(),\n    concat(\n    person,\n    'x')\nfrom mart.arrivals":                                                                                                             false,
		"select count()\nfrom mart.arrivals\nwhere\n    date > 1 or\n    person\n    = ''":                                                                                                         false,
		"select\n    uniqExact(person) as _value\nfrom mart.arrivals\nleft join (\n    select\n        person,\n        groupArray(date) as d\n    from mart.arrivals\n) as _other using (person)": true,
		"select sum(needed) from mart.posts":                                                                                                                                                       false,
	} {
		if got := direct(func(name string) *dataset.Dataset { return sets[name] }, sql); strings.Contains(got, "store.arrivals") != want || !want && got != sql {
			t.Errorf("%s became %s", sql, got)
		}
	}
}
