package small

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// Body is what stands behind a number: how many people, and the number itself where it is a count of them (else the people
// again).
type Body struct{ People, Count float64 }

func (b Body) less(o Body) Body { return Body{b.People - o.People, b.Count - o.Count} }

// few says that either is one of 1 to k-1.
func (b Body) few(k float64) bool {
	return b.People > 0 && b.People < k || b.Count > 0 && b.Count < k
}

func (b Body) empty() bool { return b.People <= 0 && b.Count <= 0 }

// near says that two differ by 1 to k-1 in either direction.
func (b Body) near(o Body, k float64) bool { return b.less(o).few(k) || o.less(b).few(k) }

// Cells are the numbers of one table by their keys, which are joined by NUL.
type Cells map[string]Body

// Mark is what becomes of a number.
type Mark byte

// The marks.
const (
	Shown  Mark = iota
	Few         // it is of fewer than k
	Closed      // from it, or with it, one of fewer than k could be reckoned
)

// Part is one period of a cube: a table for each set of its dimensions, by the bits of the set. Tables[0] is the total.
type Part struct {
	Tables []Cells
	Base   *Hidden // the same part of what it is a part of by definition; nil: of nothing
	// Others are the same tables at other moments: a number that lies closer than k to one of them is not shown.
	Others [][]Cells
}

// Hidden says of each number of a Part whether it is shown.
//
// A number is shown if it is 0 or at least k, if what contains it is shown (the same without one of its dimensions, of the
// longer period, of the metric that it is a part of) and differs from it by 0 or by at least k, and if what is hidden of a
// line of parts adds up to at least k in two numbers or more. So the difference of two shown numbers of which one contains
// the other is a sum of such steps: 0 or at least k.
type Hidden struct {
	Part
	k      float64
	within *Hidden // of the longer period
	marks  []map[string]Mark
}

// Of says whether a number is shown. One of nobody is, as 0, unless it is a part of what is not.
func (h *Hidden) Of(set int, key string) Mark {
	if h == nil {
		return Shown
	}
	if m, ok := h.marks[set][key]; ok {
		return m
	}
	if _, ok := h.Tables[set][key]; ok {
		return Shown
	}
	if h.inside(set, key) {
		return Closed
	}
	return Shown
}

// Body is what stands behind a number.
func (h *Hidden) Body(set int, key string) Body { return h.Tables[set][key] }

// inside says whether something that contains a number is not shown.
func (h *Hidden) inside(set int, key string) bool {
	for rest := set; rest != 0; rest &= rest - 1 {
		bit := rest & -rest
		if h.Of(set&^bit, Without(key, set, bit)) != Shown {
			return true
		}
	}
	return h.within.Of(set, key) != Shown || h.Base.Of(set, key) != Shown
}

// Without is a key of a set of dimensions without one of them.
func Without(key string, set, bit int) string {
	at := bits.OnesCount(uint(set & (bit - 1)))
	parts := strings.Split(key, "\x00")
	return strings.Join(slices.Delete(parts, at, at+1), "\x00")
}

// first is the mark of a number by itself and by what contains it.
func (h *Hidden) first(set int, key string, b Body) Mark {
	if h.inside(set, key) {
		return Closed
	}
	if b.few(h.k) {
		return Few
	}
	for rest := set; rest != 0; rest &= rest - 1 {
		bit := rest & -rest
		if h.Tables[set&^bit][Without(key, set, bit)].less(b).few(h.k) {
			return Closed
		}
	}
	if h.within != nil && h.within.Tables[set][key].less(b).few(h.k) || h.Base != nil && h.Base.Tables[set][key].less(b).few(h.k) {
		return Closed
	}
	for _, o := range h.Others {
		if b.near(o[set][key], h.k) {
			return Closed
		}
	}
	return Shown
}

// Split decides on the parts of a period, which add up to it; nil: nothing contains them.
func Split(k float64, within *Hidden, parts []Part) []*Hidden {
	return decide(k, within, parts, func(int, []*Hidden) {})
}

// Run decides on one register at several moments, oldest first, to which people are only added: a later number contains
// every earlier one. The latest is decided on first.
func Run(k float64, parts []Part) []*Hidden {
	return decide(k, nil, parts, func(set int, all []*Hidden) {
		keys := map[string]bool{}
		for _, h := range all {
			for key := range h.Tables[set] {
				keys[key] = true
			}
		}
		for key := range keys {
			var later *Body
			for i := len(all) - 1; i >= 0; i-- {
				b, there := all[i].Tables[set][key]
				switch {
				case all[i].Of(set, key) != Shown:
				case later != nil && later.less(b).few(k):
					if there {
						all[i].marks[set][key] = Closed
					}
				default:
					later = &b
				}
			}
		}
	})
}

// decide goes from the totals to the finest tables: each number by itself, then what along does, then the lines.
func decide(k float64, within *Hidden, parts []Part, along func(set int, all []*Hidden)) []*Hidden {
	var all []*Hidden
	for _, p := range parts {
		all = append(all, &Hidden{Part: p, k: k, within: within, marks: make([]map[string]Mark, len(p.Tables))})
	}
	if len(all) == 0 {
		return nil
	}
	sets := make([]int, len(all[0].Tables))
	for i := range sets {
		sets[i] = i
	}
	slices.SortStableFunc(sets, func(a, b int) int { return cmp.Compare(bits.OnesCount(uint(a)), bits.OnesCount(uint(b))) })
	for _, set := range sets {
		for _, h := range all {
			marks := map[string]Mark{}
			h.marks[set] = marks
			for key, b := range h.Tables[set] {
				if m := h.first(set, key, b); m != Shown {
					marks[key] = m
				}
			}
		}
		along(set, all)
		lines := linesOf(set, within, all)
		for again := true; again; {
			again = false
			for _, l := range lines {
				again = l.close(k) || again
			}
		}
	}
	return all
}

// line is a number that is shown and its parts, least first.
type line struct {
	whole Body
	set   int
	parts []member
}

type member struct {
	*Hidden
	key  string
	body Body
}

// linesOf are the lines of the tables of a set: along each dimension, and along the periods.
func linesOf(set int, within *Hidden, all []*Hidden) []line {
	var out []line
	gather := func(whole map[string]Body, of map[string][]member) {
		for _, key := range slices.Sorted(maps.Keys(of)) {
			parts := of[key]
			slices.SortFunc(parts, func(x, y member) int {
				return cmp.Or(cmp.Compare(x.body.People, y.body.People), cmp.Compare(x.body.Count, y.body.Count), cmp.Compare(x.key, y.key))
			})
			out = append(out, line{whole[key], set, parts})
		}
	}
	for _, h := range all {
		for rest := set; rest != 0; rest &= rest - 1 {
			bit := rest & -rest
			whole, of := map[string]Body{}, map[string][]member{}
			for key, b := range h.Tables[set] {
				above := Without(key, set, bit)
				if h.Of(set&^bit, above) == Shown {
					whole[above] = h.Tables[set&^bit][above]
					of[above] = append(of[above], member{h, key, b})
				}
			}
			gather(whole, of)
		}
	}
	if within == nil {
		return out
	}
	whole, of := map[string]Body{}, map[string][]member{}
	for _, h := range all {
		for key, b := range h.Tables[set] {
			if within.Of(set, key) == Shown {
				whole[key] = within.Tables[set][key]
				of[key] = append(of[key], member{h, key, b})
			}
		}
	}
	gather(whole, of)
	return out
}

// close hides the least of what is shown until what is hidden cannot be reckoned; it says whether it hid anything.
func (l line) close(k float64) (hid bool) {
	for !l.safe(k) {
		i := slices.IndexFunc(l.parts, func(m member) bool { return !m.body.empty() && m.marks[l.set][m.key] == Shown })
		if i < 0 {
			return hid
		}
		l.parts[i].marks[l.set][l.parts[i].key] = Closed
		hid = true
	}
	return hid
}

// safe says that the whole less its shown parts tells nothing: it is nothing or at least k, of two hidden numbers at least,
// and no hidden number of few people can be but one.
func (l line) safe(k float64) bool {
	rest, few, closed := l.whole, 0.0, 0.0
	for _, m := range l.parts {
		switch mark := m.marks[l.set][m.key]; {
		case mark == Shown:
			rest = rest.less(m.body)
		case m.body.empty():
		case mark == Few:
			few++
		default:
			closed++
		}
	}
	switch {
	case rest.few(k):
		return false
	case few+closed == 0:
		return true
	case few+closed == 1:
		return false
	case few == 0 || rest.Count < 0:
		return true
	}
	least, greatest := 1.0, min(k-1, rest.Count-(few-1)-closed*k)
	if closed == 0 {
		least = max(least, rest.Count-(few-1)*(k-1))
	}
	return greatest > least
}

// Adds says that a number made of several parts, each of which is shown, may be shown too. Where people are in more than one
// of them it is less than their sum: then it must be so by less than what each part has beyond k, or the difference of two
// such numbers could be of fewer.
func Adds(k float64, whole Body, parts []Body) bool {
	over, least := whole, whole
	for _, b := range parts {
		over = over.less(b)
		if b.People > 0 {
			least.People = min(least.People, b.People)
		}
		if b.Count > 0 {
			least.Count = min(least.Count, b.Count)
		}
	}
	return (over.People == 0 || over.People < 0 && least.People+over.People >= k) && (over.Count == 0 || over.Count < 0 && least.Count+over.Count >= k)
}

// Apart says that a number differs from one that it contains by nobody or by enough people.
func Apart(k float64, whole, part Body) bool { return !whole.less(part).few(k) }
