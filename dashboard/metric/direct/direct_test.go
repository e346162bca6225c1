package direct

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
		"select *, lagInFrame(_period) over (\n    partition by person\n    order by _period\n) as _near\nfrom (\n    select\n        1 as _period,\n        person\n    from mart.arrivals\n    order by date\n    limit 1 by _period, person\n)": true,
		"select count()\nfrom mart.arrivals\nwhere\n    date > 1\n    and person in (\n        select person\n        from mart.arrivals\n        where date > 2\n    )":                                                                           true,
		"select count()\nfrom mart.arrivals\nwhere\n    date > 1\n    and person in (\n        select lower(person)\n        from mart.arrivals\n    )":                                                                                            false,
		"select count()\nfrom mart.arrivals\nwhere person in ('a')": false,
		"select sum(needed) from mart.posts":                        false,
	} {
		if got := Read(func(name string) *dataset.Dataset { return sets[name] }, nil, sql); strings.Contains(got, "store.arrivals") != want || !want && got != sql {
			t.Errorf("%s became %s", sql, got)
		}
	}
}

// Batches that are live are stretches of numbers: over those of other datasets, never over one that nobody knows.
func TestStretches(t *testing.T) {
	for _, c := range []struct {
		live, others []uint32
		want         string
	}{
		{[]uint32{3, 1, 2, 3}, nil, "_batch between 1 and 3"},
		{[]uint32{1, 5}, []uint32{2, 3, 4, 9}, "_batch between 1 and 5"},
		{[]uint32{1, 5}, []uint32{2, 4}, "_batch in (1, 5)"},
		{[]uint32{1, 2, 4, 3_000_000_000}, []uint32{5}, "_batch between 1 and 2 or _batch in (4, 3000000000)"},
		{[]uint32{7}, []uint32{6, 8}, "_batch = 7"},
		{nil, []uint32{1}, ""},
	} {
		if got, ok := Stretches(c.live, c.others); got != c.want || ok != (c.want != "") {
			t.Errorf("%v beside %v: got %q", c.live, c.others, got)
		}
	}
	many := make([]uint32, mostStretches+1)
	for i := range many {
		many[i] = uint32(2 * i)
	}
	if cond, ok := Stretches(many, nil); ok {
		t.Errorf("a condition of %d bytes", len(cond))
	}
}
