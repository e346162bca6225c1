package small

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"yanzhen/pipeline/days"
)

// The table of changes: no bias at any count, bounded, of the variance that is declared, and 1 to k-1 never come out.
func TestChange(t *testing.T) {
	for _, k := range []int{2, 3, 5, 10, 37, 100} {
		m := Modulus(k)
		for n := range 4 * k {
			sum, square := 0, 0
			for key := range m {
				c := Change(k, n, key)
				sum, square = sum+c, square+c*c
				out := n + c
				bound := 2
				if n < k {
					bound = k - 1
				}
				switch {
				case n == 0 && out != 0:
					t.Fatalf("k %d: nobody became %d", k, out)
				case out < 0 || out > 0 && out < k:
					t.Fatalf("k %d: %d became %d", k, n, out)
				case c > bound || -c > bound:
					t.Fatalf("k %d: %d was changed by %d", k, n, c)
				}
			}
			if sum != 0 {
				t.Errorf("k %d: %d is changed by %d in %d cell keys", k, n, sum, m)
			}
			if v := float64(square) / float64(m); n >= k+2 && math.Abs(v-Noise) > 1e-9 {
				t.Errorf("k %d: %d has a variance of %v", k, n, v)
			}
		}
	}
}

// crowd is people with a value in each of some dimensions and a month, counted as a cube is.
type crowd [][]int

func (c crowd) tables(dims, from, to int) []Cells {
	out := make([]Cells, 1<<dims)
	for set := range out {
		out[set] = Cells{}
		for _, p := range c {
			if p[dims] < from || p[dims] >= to {
				continue
			}
			var key []string
			for d := range dims {
				if set&(1<<d) != 0 {
					key = append(key, fmt.Sprint(p[d]))
				}
			}
			b := out[set][strings.Join(key, "\x00")]
			out[set][strings.Join(key, "\x00")] = Body{b.People + 1, b.Count + 1}
		}
	}
	return out
}

// Of random cubes over two periods of a year: no shown number is small, the difference of any two of which one contains the
// other is not, and neither is a whole less its shown parts; what is shown contains what is shown.
func TestHidden(t *testing.T) {
	const k, dims = 5.0, 3
	r := rand.New(rand.NewPCG(1, 2))
	shown, hidden := 0, 0
	for range 60 {
		var c crowd
		for range 20 + r.IntN(400) {
			p := []int{}
			for range dims {
				p = append(p, min(3, int(r.ExpFloat64()*1.5)))
			}
			c = append(c, append(p, r.IntN(4)))
		}
		year := Split(k, nil, []Part{{Tables: c.tables(dims, 0, 4)}})[0]
		quarters := Split(k, year, []Part{{Tables: c.tables(dims, 0, 1)}, {Tables: c.tables(dims, 1, 2)}, {Tables: c.tables(dims, 2, 3)}, {Tables: c.tables(dims, 3, 4)}})
		for _, h := range append(quarters, year) {
			for set, cells := range h.Tables {
				for key, b := range cells {
					if h.Of(set, key) != Shown {
						hidden++
						continue
					}
					if shown++; b.few(k) {
						t.Fatalf("%v is shown", b)
					}
					for other := range h.Tables { // every number that contains it, by fewer dimensions and by the longer period
						if other&^set != 0 {
							continue
						}
						above := key
						for left := set; left != other; {
							bit := (left &^ other) & -(left &^ other)
							above, left = Without(above, left, bit), left&^bit
						}
						for _, whole := range []*Hidden{h, year} {
							if w := whole.Body(other, above); whole.Of(other, above) != Shown || w.less(b).few(k) {
								t.Fatalf("%v of %v", b, w)
							}
						}
					}
				}
			}
		}
		for set, cells := range year.Tables { // a year less the quarters that are shown
			for key, whole := range cells {
				if year.Of(set, key) != Shown {
					continue
				}
				rest := whole
				for _, q := range quarters {
					if q.Of(set, key) == Shown {
						rest = rest.less(q.Body(set, key))
					}
				}
				if rest.few(k) {
					t.Fatalf("%v less its quarters is %v", whole, rest)
				}
			}
		}
	}
	if shown < hidden/5 {
		t.Errorf("%d numbers are shown, %d are not", shown, hidden)
	}
}

// A register to which people are added: no two shown moments differ by few, and the latest is shown where it is not small.
func TestRun(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var parts []Part
		n := 0.0
		for range 12 {
			n += float64(r.IntN(8))
			parts = append(parts, Part{Tables: []Cells{{"": {n, n}}}})
		}
		all := Run(5, parts)
		if last := all[len(all)-1]; (last.Of(0, "") == Shown) != (n >= 5 || n == 0) {
			t.Fatalf("the latest, %v, is %v", n, last.Of(0, ""))
		}
		for i, a := range all {
			for _, b := range all[:i] {
				if d := a.Body(0, "").less(b.Body(0, "")); a.Of(0, "") == Shown && b.Of(0, "") == Shown && d.few(5) {
					t.Fatalf("two shown moments differ by %v", d)
				}
			}
		}
	}
}

// A stretch of days is made of the fewest periods; what lies behind the data counts as there.
func TestPeriods(t *testing.T) {
	day := days.Date
	for _, c := range []struct {
		from, to, end days.Day
		want          string
	}{
		{day(2025, 1, 1), day(2026, 1, 1), days.Day{}, "year 2025-01-01"},
		{day(2025, 1, 1), day(2025, 9, 1), days.Day{}, "half 2025-01-01, month 2025-07-01, month 2025-08-01"},
		{day(2025, 1, 1), day(2025, 9, 1), day(2025, 9, 1), "year 2025-01-01"},
		{day(2025, 1, 1), day(2025, 9, 20), day(2025, 9, 18), "year 2025-01-01"},
		{day(2025, 10, 1), day(2026, 7, 1), days.Day{}, "quarter 2025-10-01, half 2026-01-01"},
		{day(2025, 3, 11), day(2025, 4, 1), days.Day{}, "ten 2025-03-11, ten 2025-03-21"},
		{day(2025, 3, 2), day(2025, 4, 1), days.Day{}, "no"},
		{day(2027, 1, 1), day(2028, 1, 1), day(2026, 7, 1), ""},
	} {
		list, ok := Periods(days.Range{From: c.from, To: c.to}, c.end)
		var got []string
		for _, p := range list {
			got = append(got, string(p.Grain)+" "+days.ISO(p.From))
		}
		if text := strings.Join(got, ", "); !ok && c.want != "no" || ok && text != c.want {
			t.Errorf("%s to %s: %s, %v, want %s", days.ISO(c.from), days.ISO(c.to), text, ok, c.want)
		}
	}
}

// A rule says how few is few; the zero rule hides under five.
func TestRule(t *testing.T) {
	if (Rule{}).Least([]string{"arrivals"}) != 5 || (Rule{}).Way() != Suppress || (Rule{}).Least([]string{"vacancies"}) != 0 {
		t.Error("the zero rule does not suppress under five")
	}
	r := Rule{K: 3, Datasets: map[string]int{"benefits": 10, "labour": 0}}
	for _, c := range []struct {
		of   []string
		want int
	}{{[]string{"arrivals"}, 3}, {[]string{"arrivals", "benefits"}, 10}, {[]string{"labour"}, 0}, {[]string{"labour", "arrivals"}, 3}} {
		if got := r.Least(c.of); got != c.want {
			t.Errorf("%v: %d, want %d", c.of, got, c.want)
		}
	}
	if (Rule{Method: Off}).Least([]string{"arrivals"}) != 0 {
		t.Error("off hides")
	}
	off := Rule{Method: Off, K: 20, Datasets: map[string]int{"benefits": 10, "labour": 0}}.Stricter(3)
	if off.Way() != Suppress || off.Least([]string{"arrivals"}) != 3 || off.Least([]string{"benefits"}) != 3 || off.Least([]string{"labour"}) != 0 {
		t.Errorf("off, and three for some: %+v", off)
	}
	for _, bad := range []Rule{{K: 1}, {K: 101}, {K: -2}, {Datasets: map[string]int{"x": 5}}, {Datasets: map[string]int{"arrivals": 1}}} {
		if _, _, found := bad.Fault(func(n string) bool { return n == "arrivals" }); !found {
			t.Errorf("%+v is no fault", bad)
		}
	}
}
