package metric

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"yanzhen/pipeline/codes"
)

// Scope is the part of a metric that a responsible unit answers for.
type Scope struct {
	Text  string     // as the workbook or the configuration has it; empty: nobody said, the whole zone
	Where []Filter   // none: the whole zone
	Unit  bool       // by the unit's own default, because the target says nothing
	Note  codes.Text // why the unit's default does not apply to this metric
	Fault codes.Text // why the text cannot be read; there is no figure then
}

// Title says what the figure is measured over: 全区 / 园区 磁材小镇.
func (s Scope) Title(c *Catalog, lang codes.Lang) string {
	if len(s.Where) == 0 {
		return map[bool]string{true: "the whole zone", false: "全区"}[lang == "en"]
	}
	comma, or, and := "：", "、", "；"
	if lang == "en" {
		comma, or, and = ": ", ", ", "; "
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
		parts = append(parts, title+comma+strings.Join(names, or))
	}
	return strings.Join(parts, and)
}

// wholeZone are the ways to write that a target is of everything.
var wholeZone = map[string]bool{"全区": true, "全域": true, "全部": true, "开发区": true, "全开发区": true, "不限": true, "zone": true, "all": true, "the whole zone": true, "-": true, "—": true, "/": true}

// scope reads what an office writes beside a target: 园区=磁材小镇, node=superalloy.cast,
// 产业链：磁性材料；园区：磁材小镇、合金园, or a value alone where only one dimension of the metric has
// it. Conditions are separated by semicolons and all hold; values by 、 or commas, and one must.
func (c *Catalog) scope(m *Metric, text string) Scope {
	s := Scope{Text: strings.TrimSpace(text)}
	t := strings.TrimSpace(width.Narrow.String(s.Text))
	if t == "" || wholeZone[strings.ToLower(t)] {
		return s
	}
	for cond := range strings.FieldsFuncSeq(t, func(r rune) bool { return r == ';' || r == '\n' }) {
		cond = strings.TrimSpace(cond)
		if cond == "" {
			continue
		}
		name, list, ok := strings.Cut(cond, "=")
		if !ok {
			name, list, ok = strings.Cut(cond, ":")
		}
		var dims []string
		if ok {
			d, fault := c.dimOf(m, strings.TrimSpace(name))
			if d == "" {
				s.Fault = fault
				return s
			}
			dims = []string{d}
		} else {
			list = cond
			for _, d := range m.dims {
				if c.dimensions[d] != nil && c.dimensions[d].List != "" {
					dims = append(dims, d)
				}
			}
		}
		words := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("、,|､", r) })
		var fits []Filter
		var fault codes.Text
		for _, d := range dims {
			f := Filter{Dim: d}
			for _, w := range words {
				key, bad := c.keyOf(d, strings.TrimSpace(w))
				if bad.Zh != "" {
					fault = bad
					break
				}
				if !slices.Contains(f.Values, key) {
					f.Values = append(f.Values, key)
				}
			}
			if len(f.Values) > 0 && len(f.Values) == len(words) {
				fits = append(fits, f)
			}
		}
		switch {
		case len(fits) == 1:
			if slices.ContainsFunc(s.Where, func(o Filter) bool { return o.Dim == fits[0].Dim }) {
				s.Fault = codes.Text{Zh: fmt.Sprintf("考核范围“%s”：%s 写了两次", s.Text, c.dimTitle(fits[0].Dim, "zh")), En: fmt.Sprintf("scope %q: %s is given twice", s.Text, c.dimTitle(fits[0].Dim, "en"))}
				return s
			}
			s.Where = append(s.Where, fits[0])
		case len(fits) > 1:
			var zh, en []string
			for _, f := range fits {
				zh, en = append(zh, c.dimTitle(f.Dim, "zh")+"="+list), append(en, c.dimTitle(f.Dim, "en")+"="+list)
			}
			s.Where = nil
			s.Fault = codes.Text{Zh: fmt.Sprintf("考核范围“%s”有几种读法，请写成 %s", s.Text, strings.Join(zh, " 或 ")), En: fmt.Sprintf("scope %q can be read in several ways: write %s", s.Text, strings.Join(en, " or "))}
			return s
		case ok && fault.Zh != "":
			s.Where, s.Fault = nil, fault
			return s
		default:
			s.Where, s.Fault = nil, c.noDim(m, cond)
			return s
		}
	}
	slices.SortFunc(s.Where, func(a, b Filter) int { return strings.Compare(a.Dim, b.Dim) })
	return s
}

func (c *Catalog) dimTitle(dim string, lang codes.Lang) string {
	if d := c.dimensions[dim]; d != nil && d.Title.Zh != "" {
		return d.Title.In(lang)
	}
	return dim
}

// dimOf finds the dimension of a metric by its name or title, also by a part of the title that only
// one has: 节点 is 产业链节点, 所在园区 is 园区.
func (c *Catalog) dimOf(m *Metric, name string) (string, codes.Text) {
	lower := strings.ToLower(name)
	var part []string
	within, longest := "", 0 // the longest title inside the name
	for _, d := range m.dims {
		zh, en := c.dimTitle(d, "zh"), strings.ToLower(c.dimTitle(d, "en"))
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
	return "", c.noDim(m, name)
}

func (c *Catalog) noDim(m *Metric, what string) codes.Text {
	if len(m.dims) == 0 {
		return codes.Text{Zh: fmt.Sprintf("考核范围“%s”：该指标只有全区数，不能细分", what), En: fmt.Sprintf("scope %q: the measure is of the whole zone only and cannot be cut", what)}
	}
	var zh, en []string
	for _, d := range m.dims {
		zh, en = append(zh, c.dimTitle(d, "zh")), append(en, d)
	}
	return codes.Text{
		Zh: fmt.Sprintf("考核范围“%s”读不懂：写成 维度=值，该指标可用的维度有 %s", what, strings.Join(zh, "、")),
		En: fmt.Sprintf("scope %q cannot be read: write dimension=value, with one of %s", what, strings.Join(en, ", ")),
	}
}

// keyOf finds the key of a dimension by its code, a name or an alias.
func (c *Catalog) keyOf(dim, text string) (string, codes.Text) {
	d := c.dimensions[dim]
	if d == nil || d.List == "" || c.lists == nil {
		return text, codes.Text{}
	}
	if text != "" && c.key(dim, text) == nil {
		return text, codes.Text{}
	}
	for key, label := range d.Labels {
		if label.Zh == text || strings.EqualFold(label.En, text) {
			return key, codes.Text{}
		}
	}
	var zh, en []string
	for _, name := range append([]string{d.List}, d.Also...) {
		list := c.lists.Get(name)
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
	most := func(all []string, sep, more string) string {
		if len(all) > mostValid {
			return strings.Join(all[:mostValid], sep) + fmt.Sprintf(more, len(all))
		}
		return strings.Join(all, sep)
	}
	return "", codes.Text{
		Zh: fmt.Sprintf("考核范围：%s没有“%s”，可用 %s", d.Title.In("zh"), text, most(zh, "、", " …… 共 %d 个")),
		En: fmt.Sprintf("scope: %s has no %q (have %s)", dim, text, most(en, ", ", " ... %d in all")),
	}
}

// rankKey is the key under which figures show a value of a ranked list: some dimensions count in ranks.
func rankKey(d *Dimension, list *codes.List, code string) string {
	if v, ok := list.Value(code); ok && list.Ranked && !slices.Contains(d.Order, code) {
		if rank := strconv.Itoa(v.Rank); slices.Contains(d.Order, rank) {
			return rank
		}
	}
	return code
}

// scopeOf is the scope of a target of a unit: what the target says, else the unit's default where the
// metric can be cut so.
func (e *Engine) scopeOf(m *Metric, unit, text string) Scope {
	s := e.Catalog.scope(m, text)
	if s.Text != "" || e.Scopes[unit] == "" {
		return s
	}
	own := e.Catalog.scope(m, e.Scopes[unit])
	if own.Fault.Zh != "" {
		return Scope{Note: codes.Text{
			Zh: fmt.Sprintf("该指标不能按“%s”细分，按全区计", e.Scopes[unit]),
			En: fmt.Sprintf("cannot be cut by %q: of the whole zone", e.Scopes[unit]),
		}}
	}
	own.Unit = len(own.Where) > 0
	return own
}

// CheckScopes refuses the default scope of a unit that no metric can be cut by.
func (c *Catalog) CheckScopes(scopes map[string]string) error {
	var faults []error
	for _, unit := range slices.Sorted(maps.Keys(scopes)) {
		var fault codes.Text
		most := -1
		for _, m := range c.metrics {
			s := c.scope(m, scopes[unit])
			if s.Fault.Zh == "" {
				most = len(c.dimensions) + 1
				break
			}
			// the fault of a metric that has the dimension says which values it takes
			weight := len(m.dims)
			if strings.HasPrefix(s.Fault.En, "scope:") {
				weight = len(c.dimensions)
			}
			if weight > most {
				most, fault = weight, s.Fault
			}
		}
		if most <= len(c.dimensions) && fault.Zh != "" {
			faults = append(faults, fmt.Errorf("scopes %s: %s / %s", unit, fault.Zh, fault.En))
		}
	}
	return errors.Join(faults...)
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
