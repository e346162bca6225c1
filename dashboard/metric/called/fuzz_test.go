package called

import "testing"

// Whatever stands in a statement, reading its calls ends within it.
func FuzzCall(f *testing.F) {
	for _, s := range []string{"metric('inflow', by := ['a', \"b\"], from := {x:Date})", "metric('", "metric('x', where := [", "-- metric('a')", "metric('x', to := {", "metric('x', from := 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, at := range find(sql) {
			p := &reader{sql: sql, at: at}
			_, err := p.call()
			if p.at > len(sql) {
				t.Errorf("read to %d of %d", p.at, len(sql))
			}
			if f, ok := err.(*Fault); ok && (f.From < 0 || f.To > len(sql) || f.From > f.To) {
				t.Errorf("marked %d to %d of %d", f.From, f.To, len(sql))
			}
		}
	})
}
