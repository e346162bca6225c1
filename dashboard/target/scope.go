package target

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Scope is the part of a metric that a responsible unit answers for.
type Scope struct {
	Text  string          // as the workbook or the configuration has it; empty: nobody said, the whole zone
	Where []metric.Filter // none: the whole zone
	Unit  bool            // by the unit's own default, because the target says nothing
	Note  codes.Text      // why the unit's default does not apply to this metric
	Fault codes.Text      // why the text cannot be read; there is no figure then
}

// Title says what the figure is measured over: 全区 / 园区：磁材小镇.
func (s Scope) Title(c *metric.Catalog, lang codes.Lang) string {
	if len(s.Where) == 0 {
		return words.In(lang, "whole_zone")
	}
	var parts []string
	for _, f := range s.Where {
		var names []string
		for _, v := range f.Values {
			names = append(names, c.Label(f.Dim, v).In(lang))
		}
		title := f.Dim
		if d := c.Dimension(f.Dim); d != nil {
			title = d.Title.In(lang)
		}
		parts = append(parts, title+words.In(lang, "sep_colon")+words.Join(lang, "sep_list", names))
	}
	return words.Join(lang, "sep_clause", parts)
}

// Key tells scopes apart that mean something else; it is the same however they are written.
func (s Scope) Key() string {
	if s.Fault.Zh != "" {
		return "?" + s.Text
	}
	var b strings.Builder
	for _, f := range s.Where {
		fmt.Fprintf(&b, "%s=%q;", f.Dim, slices.Sorted(slices.Values(f.Values)))
	}
	return b.String()
}

// scopeOf is the scope of a target of a unit: what the target says, else the unit's default where the
// metric can be cut so.
func (b *Book) scopeOf(m *metric.Metric, unit, text string) Scope {
	r := scopes{b.Engine.Catalog, m}
	s := r.read(text)
	if s.Text != "" || b.Scopes[unit] == "" {
		return s
	}
	own := r.read(b.Scopes[unit])
	if own.Fault.Zh != "" {
		return Scope{Note: words.Get("scope_default", b.Scopes[unit])}
	}
	own.Unit = len(own.Where) > 0
	return own
}

// CheckScopes refuses the default scope of a unit that no metric can be cut by.
func CheckScopes(c *metric.Catalog, defaults map[string]string) error {
	var faults []error
	for _, unit := range slices.Sorted(maps.Keys(defaults)) {
		var fault codes.Text
		most := -1
		for _, m := range c.Metrics() {
			s := scopes{c, m}.read(defaults[unit])
			if s.Fault.Zh == "" {
				most = -1
				break
			}
			// the fault of a metric that has the dimension says which values it takes
			weight := len(m.Dims())
			if strings.HasPrefix(s.Fault.En, "scope:") {
				weight = 1 << 10
			}
			if weight > most {
				most, fault = weight, s.Fault
			}
		}
		if most >= 0 {
			faults = append(faults, fmt.Errorf("scopes %s: %s / %s", unit, fault.Zh, fault.En))
		}
	}
	return errors.Join(faults...)
}

// wholeZone are the ways to write that a target is of everything.
var wholeZone = map[string]bool{"全区": true, "全域": true, "全部": true, "开发区": true, "全开发区": true, "不限": true, "zone": true, "all": true, "the whole zone": true, "-": true, "—": true, "/": true}

// scopes reads the scopes that people write for targets of one metric.
type scopes struct {
	*metric.Catalog
	m *metric.Metric
}

// read reads what an office writes beside a target: 园区=磁材小镇, node=superalloy.cast,
// 产业链：磁性材料；园区：磁材小镇、合金园, or a value alone where only one dimension of the metric has
// it. Conditions are separated by semicolons and all hold; values by 、 or commas, and one must.
func (r scopes) read(text string) Scope {
	s := Scope{Text: strings.TrimSpace(text)}
	t := strings.TrimSpace(width.Narrow.String(s.Text))
	if t == "" || wholeZone[strings.ToLower(t)] {
		return s
	}
	for cond := range strings.FieldsFuncSeq(t, func(r rune) bool { return r == ';' || r == '\n' }) {
		if cond = strings.TrimSpace(cond); cond == "" {
			continue
		}
		f, fault := r.condition(s.Text, cond)
		if fault.Zh == "" && slices.ContainsFunc(s.Where, func(o metric.Filter) bool { return o.Dim == f.Dim }) {
			fault = words.Get("scope_twice", s.Text, r.title(f.Dim))
		}
		if fault.Zh != "" {
			s.Where, s.Fault = nil, fault
			return s
		}
		s.Where = append(s.Where, f)
	}
	slices.SortFunc(s.Where, func(a, b metric.Filter) int { return strings.Compare(a.Dim, b.Dim) })
	return s
}

// condition reads one condition of the scope text.
func (r scopes) condition(text, cond string) (metric.Filter, codes.Text) {
	name, list, named := strings.Cut(cond, "=")
	if !named {
		name, list, named = strings.Cut(cond, ":")
	}
	var dims []string
	if named {
		d, fault := r.dimOf(strings.TrimSpace(name))
		if d == "" {
			return metric.Filter{}, fault
		}
		dims = []string{d}
	} else {
		list = cond
		for _, name := range r.m.Dims() {
			if d := r.Dimension(name); d != nil && d.List != "" {
				dims = append(dims, name)
			}
		}
	}
	var fits []metric.Filter
	var fault codes.Text
	for _, d := range dims {
		f, bad := r.filter(d, list)
		if bad.Zh != "" {
			fault = bad
		} else if len(f.Values) > 0 {
			fits = append(fits, f)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0], codes.Text{}
	case len(fits) > 1:
		var zh, en []string
		for _, f := range fits {
			zh, en = append(zh, r.title(f.Dim).Zh+"="+list), append(en, r.title(f.Dim).En+"="+list)
		}
		return metric.Filter{}, words.Get("scope_several", text, codes.Text{Zh: words.Join(codes.Zh, "sep_or", zh), En: words.Join(codes.En, "sep_or", en)})
	case named && fault.Zh != "":
		return metric.Filter{}, fault
	}
	return metric.Filter{}, r.noDim(cond)
}

// filter reads a list of values of a dimension. A value named twice makes a filter that fits nothing.
func (r scopes) filter(dim, text string) (metric.Filter, codes.Text) {
	f := metric.Filter{Dim: dim}
	list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,|､", r) })
	for _, w := range list {
		key, bad := r.keyOf(dim, strings.TrimSpace(w))
		if bad.Zh != "" {
			return f, bad
		}
		if !slices.Contains(f.Values, key) {
			f.Values = append(f.Values, key)
		}
	}
	if len(f.Values) < len(list) {
		f.Values = nil
	}
	return f, codes.Text{}
}

func (r scopes) title(dim string) codes.Text {
	if d := r.Dimension(dim); d != nil && d.Title.Zh != "" {
		return codes.Text{Zh: d.Title.Zh, En: d.Title.In(codes.En)}
	}
	return codes.Text{Zh: dim, En: dim}
}

// dimOf finds the dimension of a metric by its name or title, also by a part of the title that only
// one has: 节点 is 产业链节点, 所在园区 is 园区.
func (r scopes) dimOf(name string) (string, codes.Text) {
	lower := strings.ToLower(name)
	var part []string
	within, longest := "", 0 // the longest title inside the name
	for _, d := range r.m.Dims() {
		zh, en := r.title(d).Zh, strings.ToLower(r.title(d).En)
		if lower == d || name == zh || lower == en {
			return d, codes.Text{}
		}
		if name != "" && (strings.Contains(zh, name) || strings.Contains(en, lower)) {
			part = append(part, d)
		}
		if strings.Contains(name, zh) && len(zh) > longest {
			within, longest = d, len(zh)
		}
	}
	if len(part) == 0 && within != "" {
		return within, codes.Text{}
	}
	if len(part) == 1 {
		return part[0], codes.Text{}
	}
	return "", r.noDim(name)
}

// noDim says that what names no dimension of the metric, and which there are.
func (r scopes) noDim(what string) codes.Text {
	dims := r.m.Dims()
	if len(dims) == 0 {
		return words.Get("scope_whole", what)
	}
	var zh []string
	for _, d := range dims {
		zh = append(zh, r.title(d).Zh)
	}
	return words.Get("scope_unread", what, codes.Text{Zh: words.Join(codes.Zh, "sep_list", zh), En: words.Join(codes.En, "sep_list", dims)})
}

// mostValid bounds the values that a fault lists.
const mostValid = 60

// keyOf finds the key of a dimension by its code, a name or an alias.
func (r scopes) keyOf(dim, text string) (string, codes.Text) {
	d := r.Dimension(dim)
	if d == nil || r.List(d.List) == nil {
		return text, codes.Text{}
	}
	if text != "" && r.CheckKey(dim, text) == nil {
		return text, codes.Text{}
	}
	for key, label := range d.Labels {
		if label.Zh == text || strings.EqualFold(label.En, text) {
			return key, codes.Text{}
		}
	}
	var zh, en []string
	for _, name := range append([]string{d.List}, d.Also...) {
		list := r.List(name)
		if list == nil {
			continue
		}
		if code, ok := list.Find(text); ok {
			return rankKey(d, list, code), codes.Text{}
		}
		for _, v := range list.Values {
			zh, en = append(zh, v.Zh), append(en, v.Code)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.Labels)) {
		zh, en = append(zh, d.Labels[key].Zh), append(en, key)
	}
	most := func(lang codes.Lang, all []string) string {
		if len(all) > mostValid {
			return words.In(lang, "scope_more", words.Whole(words.Join(lang, "sep_list", all[:mostValid])), len(all))
		}
		return words.Join(lang, "sep_list", all)
	}
	return "", words.Get("scope_value", codes.Text{Zh: d.Title.In(codes.Zh), En: dim}, text, codes.Text{Zh: most(codes.Zh, zh), En: most(codes.En, en)})
}

// rankKey is the key under which figures show a value of a ranked list: some dimensions count in ranks.
func rankKey(d *metric.Dimension, list *codes.List, code string) string {
	if v, ok := list.Value(code); ok && list.Ranked && !slices.Contains(d.Order, code) {
		if rank := strconv.Itoa(v.Rank); slices.Contains(d.Order, rank) {
			return rank
		}
	}
	return code
}
