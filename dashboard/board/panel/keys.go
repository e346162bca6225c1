package panel

import (
	"math"
	"slices"
	"sort"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Key is the key of dimension d of a point; "" where it has none.
func Key(pt metric.Point, d int) string {
	if d < len(pt.Keys) {
		return pt.Keys[d]
	}
	return ""
}

// Called is what people call that key.
func Called(pt metric.Point, d int, lang codes.Lang) string {
	if d < len(pt.Labels) {
		name := pt.Labels[d].Zh
		if lang == codes.En {
			name = pt.Labels[d].En
		}
		if name != "" {
			return name
		}
	}
	if k := Key(pt, d); k != "" {
		return k
	}
	return words.In(lang, "not_given")
}

// Extent is the least and the greatest value of some results; lo > hi where they have none.
func Extent(rs ...*metric.Result) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, r := range rs {
		for _, pt := range r.Points {
			if pt.Value != nil {
				lo, hi = math.Min(lo, *pt.Value), math.Max(hi, *pt.Value)
			}
		}
	}
	return lo, hi
}

// Item is a key of one dimension with what it adds up to.
type Item struct {
	Key, Name string
	Sum       float64
}

// Keys lists the keys of dimension d over all results as they come, with the values of the first result.
func (f Figure) Keys(d int) []Item {
	at := map[string]int{}
	var out []Item
	for n, r := range f.Results {
		for _, pt := range r.Points {
			k := Key(pt, d)
			j, ok := at[k]
			if !ok {
				j = len(out)
				at[k] = j
				out = append(out, Item{Key: k, Name: Called(pt, d, f.Lang)})
			}
			if n == 0 && pt.Value != nil {
				out[j].Sum += *pt.Value
			}
		}
	}
	return out
}

// Ranked lists the keys of dimension d, the greatest first.
func (f Figure) Ranked(d int) []Item {
	out := f.Keys(d)
	sort.SliceStable(out, func(a, b int) bool { return out[a].Sum > out[b].Sum })
	return out
}

// InOrder lists the keys of dimension d in the order people expect.
func (f Figure) InOrder(d int) []Item {
	out := f.Keys(d)
	sort.SliceStable(out, func(a, b int) bool { return f.before(d, out[a].Key, out[b].Key) })
	return out
}

// Items lists the keys of dimension d in the order that the panel asks for.
func (f Figure) Items(d int) []Item {
	if f.Sort == "key" {
		return f.InOrder(d)
	}
	return f.Ranked(d)
}

// before orders two keys of dimension d as people expect them, unknown ones last.
func (f Figure) before(d int, a, b string) bool {
	if d < len(f.KeyOrder) && len(f.KeyOrder[d]) > 0 {
		at := func(k string) int {
			if n := slices.Index(f.KeyOrder[d], k); n >= 0 {
				return n
			}
			return len(f.KeyOrder[d])
		}
		if at(a) != at(b) {
			return at(a) < at(b)
		}
	}
	if (a == "") != (b == "") {
		return b == ""
	}
	return a < b
}

// NameOf is what metric i of the panel is called.
func (f Figure) NameOf(i int) string {
	if i < len(f.Names) && f.Names[i].Zh != "" {
		return f.Names[i].In(f.Lang)
	}
	if i < len(f.Titles) && f.Titles[i].Zh != "" {
		return f.Titles[i].In(f.Lang)
	}
	if i < len(f.Metrics) {
		return f.Metrics[i]
	}
	return f.Title.In(f.Lang)
}

// dim is what dimension d of the panel is called.
func (f Figure) dim(d int) string {
	if d < len(f.DimTitles) && f.DimTitles[d].Zh != "" {
		return f.DimTitles[d].In(f.Lang)
	}
	if d < len(f.By) {
		return f.By[d]
	}
	return ""
}
