package dataset

import (
	"strings"
	"testing"
	"time"
)

// people has a column of every type.
var people = &Dataset{Columns: []Column{
	{Name: "day", Type: Date},
	{Name: "born", Type: Date},
	{Name: "n", Type: Int32},
	{Name: "x", Type: Float64},
	{Name: "word", Type: String},
	{Name: "kind", Type: Low},
	{Name: "on", Type: Bool},
	{Name: "who", Type: Person},
	{Name: "tags", Type: Strings},
}}

func days(s string) int64 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t.Unix() / 86400
}

func TestRowCheck(t *testing.T) {
	row := []Value{{I: days("2026-06-30")}, {I: days("1991-06-30")}, {I: 5}, {F: 2.5}, {S: "青田县"}, {S: "lab"}, {I: 1}, {I: 77}, {I: 2}}
	null := make([]Value, len(row))
	for i := range null {
		null[i].Null = true
	}
	for _, tt := range []struct {
		expr  string
		want  bool
		nulls bool // with every column NULL
	}{
		{"born < day", true, true},
		{"born > day", false, true},
		{"born >= day", false, true},
		{"born <= day and day <= born", false, true},
		{"day = date '2026-06-30'", true, true},
		{"day != date '2026-06-30'", false, true},
		{"years(born, day) = 35", true, true},
		{"years(born, day - 1) = 34", true, true},
		{"years(born, day) <= 34", false, true},
		{"year(day) = 2026 and month(day) = 6 and day(day) = 30", true, true},
		{"day - born > 12000", true, true},
		{"day + 1 = date '2026-07-01'", true, true},
		{"n = 5", true, true},
		{"n + 1 - 2 = 4", true, true},
		{"n > x", true, true},
		{"x + n = 7.5", true, true},
		{"x = -2.5", false, true},
		{"n >= -1", true, true},
		{"word = '青田县'", true, true},
		{"word < '一'", false, true},
		{"len(word) = 3", true, true},
		{"contains(word, '田')", true, true},
		{"not contains(word, '实习')", true, true},
		{"contains(word, '实习')", false, true},
		{"len(tags) = 2", true, true},
		{"len(kind) = 4", false, true},
		{"kind = 'lab'", true, true},
		{"kind != 'lab'", false, true},
		{"kind in ('a', 'lab')", true, true},
		{"kind in ('a', 'b')", false, true},
		{"kind not in ('a', 'lab')", false, true},
		{"n not in (1, 2)", true, true},
		{"on", true, true},
		{"not on", false, true},
		{"on = true", true, true},
		{"on != true", false, true},
		{"on = (n > 4)", true, true},
		{"who = who", true, true},
		{"word is null", false, true},
		{"word is not null", true, false},
		{"not (word is null)", true, false},
		{"word is null or kind is null", false, true},
		{"word is null or n > 9", false, true},
		{"n > 9 or word is not null", true, true}, // unknown or false is unknown: passes
		{"n > 9 and word is not null", false, false},
		{"word is not null and n > 9", false, false},
		{"not n > 9", true, true},
		{"(n > 9 or x > 1) and on", true, true},
		{"true", true, true},
		{"false or false", false, false},
	} {
		p, err := CompileCheck(people, tt.expr)
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		if got := p.OK(row); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.expr, got, tt.want)
		}
		if got := p.OK(null); got != tt.nulls {
			t.Errorf("%s over NULLs: got %v, want %v", tt.expr, got, tt.nulls)
		}
	}
}

func TestRowCheckRefused(t *testing.T) {
	for expr, want := range map[string]string{
		"":                           "ends too early",
		"n":                          "want a condition",
		"n >":                        "ends too early",
		"n > 'a'":                    "cannot compare a whole number with text by >",
		"kind < 'b'":                 "codes have no order",
		"who < who":                  "cannot compare",
		"on > false":                 "cannot compare",
		"tags = tags":                "cannot compare",
		"day = '2026-06-30'":         "cannot compare a date with text",
		"day + day > day":            "cannot combine a date with a date",
		"day - x > day":              "cannot combine",
		"date '2026-6-1' < day":      "not a date",
		"n in (n)":                   "wants constants",
		"n in ()":                    "did not expect",
		"n in (1":                    `want ")"`,
		"n in (1, 'a')":              "cannot compare",
		"5 is null":                  "wants a column",
		"n is 5":                     `want "null"`,
		"len(n) = 1":                 "len is given a whole number",
		"contains(n, 'a')":           "contains is given a whole number",
		"contains(tags, 'a')":        "contains wants text",
		"contains(word)":             `want ","`,
		"years(born) = 1":            `want ","`,
		"lower(word) = 'a'":          "no function",
		"numbr = 1":                  "no column",
		"word = 'a":                  "no closing quote",
		"n = 1; drop table x":        "unknown character",
		"n = 1 and":                  "ends too early",
		"and n = 1":                  "did not expect",
		"n = 1.2.3":                  "not a number",
		"n == 1":                     "did not expect",
		"not n":                      "want a condition",
		"(n = 1":                     `want ")"`,
		"n = 1)":                     "did not expect",
		"- n = 1":                    "want a number after the minus",
		"n = 1 = true":               "did not expect",
		strings.Repeat("(", 9999):    "longer than 4096",
		strings.Repeat("(", 999):     "nested too deeply",
		strings.Repeat("not ", 999):  "nested too deeply",
		strings.Repeat("len(", 1000): "nested too deeply",
	} {
		if _, err := CompileCheck(people, expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %q", expr, err, want)
		}
	}
}

func TestRowCheckColumns(t *testing.T) {
	p, err := CompileCheck(people, "n > 1 and born < day or n is null")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Columns(); len(got) != 3 || got[0] != 2 || got[1] != 1 || got[2] != 0 {
		t.Errorf("got columns %v, want n, born, day", got)
	}
}

func TestFullYears(t *testing.T) {
	for _, tt := range []struct {
		born, day string
		want      int64
	}{
		{"1990-07-01", "2026-06-30", 35}, // 35 years and 364 days
		{"1990-06-30", "2026-06-30", 36},
		{"2000-02-29", "2001-02-28", 0},
		{"2000-02-29", "2001-03-01", 1},
		{"2000-02-29", "2004-02-29", 4},
		{"1899-12-31", "1970-01-01", 70},
		{"2026-01-01", "2025-12-31", -1},
	} {
		if got := FullYears(days(tt.born), days(tt.day)); got != tt.want {
			t.Errorf("FullYears(%s, %s): got %d, want %d", tt.born, tt.day, got, tt.want)
		}
	}
}

func TestRowCheckAllocatesNothing(t *testing.T) {
	row := []Value{{I: 20000}, {I: 8000}, {I: 5}, {F: 2.5}, {S: "a"}, {S: "lab"}, {I: 1}, {I: 77}, {I: 2}}
	p, err := CompileCheck(people, "years(born, day) >= 16 and kind in ('a', 'lab') and x < n and word is not null")
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { p.OK(row) }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func BenchmarkRowCheck(b *testing.B) {
	row := []Value{{I: 20000}, {I: 8000}, {I: 5}, {F: 2.5}, {S: "a"}, {S: "lab"}, {I: 1}, {I: 77}, {I: 2}}
	p, err := CompileCheck(people, "born < day and x <= n")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.OK(row)
	}
}

// Whatever is typed, compiling and running do not panic, and a check and its negation are never
// both false.
func FuzzCompileCheck(f *testing.F) {
	for _, s := range []string{"born < day", "kind not in ('a', 'b') or x is null", "years(born, day) >= 16", "((n", "date '2026-01-01' - 5 < day", "len(tags) > 0 and not on", "n = 9223372036854775807 + 1", "\xff = 1", "word = '日'", "contains(word, kind) or contains(word, '日')"} {
		f.Add(s)
	}
	rows := [][]Value{
		{{I: 20000}, {I: 8000}, {I: 5}, {F: 2.5}, {S: "a"}, {S: "lab"}, {I: 1}, {I: 77}, {I: 2}},
		{{Null: true}, {I: -1 << 62}, {Null: true}, {F: -1e300}, {Null: true}, {S: ""}, {Null: true}, {I: -1}, {}},
	}
	f.Fuzz(func(t *testing.T, expr string) {
		p, err := CompileCheck(people, expr)
		if err != nil {
			return
		}
		q, err := CompileCheck(people, "not ("+expr+")")
		for _, row := range rows {
			ok := p.OK(row)
			if err == nil && !ok && !q.OK(row) {
				t.Errorf("%q and its negation both fail", expr)
			}
		}
	})
}

// Whatever stands in a declaration, it is read or refused, never a panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "name: a", "a: [", "columns: [{name: x, of: x, parse: year, type: int16}]", "layouts: [{width: 1, match: {1: x}, columns: {a: {at: 1}}}]", "&a [*a]", "name: {}", "? x"} {
		f.Add(s)
	}
	ls := lists(f)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse("datasets/a.yaml", []byte(text), ls)
		if err == nil && (d.DDL() == "" || d.ViewDDL() == "" || d.Dictionary("zh") == "") {
			t.Error("nothing derived")
		}
	})
}
