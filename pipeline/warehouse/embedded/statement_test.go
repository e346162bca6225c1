package embedded

import "testing"

func TestSplitFormat(t *testing.T) {
	for _, c := range [][3]string{
		{"SELECT 1", "SELECT 1", ""},
		{"SELECT 1 FORMAT JSON", "SELECT 1 ", "JSON"},
		{"select 1 format CSV ; -- x", "select 1 ", "CSV"},
		{"SELECT 1 FORMAT JSON SETTINGS a = 1", "SELECT 1  SETTINGS a = 1", "JSON"},
		{"SELECT 'FORMAT JSON'", "SELECT 'FORMAT JSON'", ""},
		{"SELECT 1 -- FORMAT JSON", "SELECT 1", ""},
		{"SELECT 1 /* FORMAT JSON */;", "SELECT 1", ""},
		{"SELECT a FROM t ORDER BY format DESC", "SELECT a FROM t ORDER BY format DESC", ""},
		{"SELECT * FROM (SELECT 1 FORMAT JSON)", "SELECT * FROM (SELECT 1 FORMAT JSON)", ""},
		{"", "", ""},
		{";", ";", ""},
		{"FORMAT", "FORMAT", ""},
	} {
		if rest, format := splitFormat(c[0]); rest != c[1] || format != c[2] {
			t.Errorf("%q: %q %q, want %q %q", c[0], rest, format, c[1], c[2])
		}
	}
}

func TestSplitInsert(t *testing.T) {
	for _, c := range []struct {
		sql, head, format string
		ok                bool
	}{
		{"INSERT INTO t FORMAT CSV", "INSERT INTO t ", "CSV", true},
		{" /* x */ insert into t (a) values ;", " /* x */ insert into t (a) ", "Values", true},
		{"INSERT INTO t (a) SETTINGS x = 1 FORMAT Native", "INSERT INTO t (a) SETTINGS x = 1 ", "Native", true},
		{"INSERT INTO t", "INSERT INTO t", "", true},
		{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)", "", true},
		{"SELECT 'INSERT INTO t' FORMAT CSV", "SELECT 'INSERT INTO t' FORMAT CSV", "", false},
		{"", "", "", false},
	} {
		if head, format, ok := splitInsert(c.sql); head != c.head || format != c.format || ok != c.ok {
			t.Errorf("%q: %q %q %v", c.sql, head, format, ok)
		}
	}
}

func TestKillTarget(t *testing.T) {
	params := []param{{"id", `a\\b\'c`}}
	for sql, want := range map[string]string{
		"KILL QUERY WHERE query_id = 'x' SYNC":           "x",
		"kill query where query_id='it''s'":              "it's",
		"KILL QUERY WHERE query_id = {id:String} ASYNC":  `a\b'c`,
		"KILL QUERY WHERE query_id = { id : String }":    `a\b'c`,
		"KILL QUERY WHERE user = 'x'":                    "",
		"KILL QUERY WHERE query_id = {other:String}":     "",
		"SELECT 'KILL QUERY WHERE query_id = ''x'''":     "",
		"KILL MUTATION WHERE query_id = 'x'":             "",
		"KILL QUERY WHERE query_id IN ('x')":             "",
		"KILL QUERY WHERE query_id = {id:Array(String)}": "",
	} {
		if got, ok := killTarget(sql, params); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", sql, got, ok)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"SELECT 'a\\'b' -- x\n, `c``d` /* e */ (f)", "'", "/*", "--", "(((", ")))", "\\", "雁"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		at := 0
		for _, tok := range scan(sql) {
			if tok.start < at || tok.end <= tok.start || tok.end > len(sql) || tok.text != sql[tok.start:tok.end] || tok.depth < 0 {
				t.Fatalf("%q: %+v after %d", sql, tok, at)
			}
			at = tok.end
		}
		splitFormat(sql)
		splitInsert(sql)
		killTarget(sql, []param{{"id", sql}})
	})
}

func FuzzJoin(f *testing.F) {
	f.Add("ArrowStream", []byte("\xff\xff\xff\xff\x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, format string, p []byte) {
		if j := newJoiner(format); j != nil {
			j.piece(p)
			if got := j.piece(p); len(got) > len(p) {
				t.Fatal("longer than it came")
			}
		}
	})
}
