package metric

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Check refuses what cannot be asked and says what can. It returns the metric that is asked for.
func (c *Catalog) Check(q Query) (*Metric, error) {
	m := c.Metric(q.Metric)
	if m == nil {
		return nil, Refuse("没有名为 %q 的指标", "unknown metric %q", q.Metric).NearTo(q.Metric, slices.Collect(maps.Keys(c.byName)))
	}
	if _, err := ParseGrain(string(q.Grain)); err != nil {
		return nil, err
	}
	switch q.Compare {
	case NoCompare, YearOnYear, Previous, Spring:
	default:
		return nil, Refuse("没有对比 %q", "comparison %q", q.Compare).Among([]string{"yoy", "pop", "spring", "ytd"})
	}
	if _, err := ParseWindow(string(q.Window)); err != nil {
		return nil, err
	}
	if q.Window == days.YearToDate && m.Kind == Growth && m.Against == Previous {
		return nil, Refuse("指标 %s 与上期相比，年初至今没有上期", "metric %s compares with the period before, which a year to date does not have", m.Name)
	}
	if m.Kind == Forecasting && (q.Window != days.NoWindow || q.Compare != NoCompare) {
		return nil, Refuse("指标 %s 是预测，没有累计方式，也不作对比", "metric %s is a forecast: it has no window and no comparison", m.Name)
	}
	if q.Window == days.YearToDate && q.Compare == Previous {
		return nil, Refuse("年初至今与上年同期（yoy）比，不与上期比", "a year to date is compared with the same days of last year (yoy), not with the period before")
	}
	if err := (Timeline{From: q.From, To: q.To, Grain: q.Grain}).Check(); err != nil {
		return nil, err
	}
	if q.Limit < 0 {
		return nil, Refuse("limit %d 小于 0", "limit %d is negative", q.Limit)
	}
	for i, dim := range q.By {
		if err := m.cuttable(dim); err != nil {
			return nil, err
		}
		if slices.Contains(q.By[:i], dim) {
			return nil, Refuse("指标 %s 按 %q 拆分了两次", "metric %s is cut by %q twice", m.Name, dim)
		}
	}
	if m.Kind == MethodKind || m.StandsOnMethods() {
		if err := m.askable(q.By); err != nil {
			return nil, err
		}
	}
	for _, f := range q.Where {
		if err := m.cuttable(f.Dim); err != nil {
			return nil, err
		}
		if len(f.Values) == 0 {
			return nil, Refuse("筛选 %q 没有取值", "the filter on %q has no value", f.Dim)
		}
		if len(f.Values) > 1000 {
			return nil, Refuse("筛选 %q 有 %d 个取值，最多 1000 个", "the filter on %q has %d values (at most 1000)", f.Dim, len(f.Values))
		}
		for _, v := range f.Values {
			if strings.IndexByte(v, 0) >= 0 {
				return nil, Refuse("筛选 %q 的取值含 NUL 字节", "the filter on %q contains a NUL byte", f.Dim)
			}
			if err := c.CheckKey(f.Dim, v); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// mostValid bounds the valid keys that a refusal lists.
const mostValid = 60

// CheckKey refuses a value that a dimension with a code list cannot have. A dimension without a list, such as
// an enterprise's name, may have any; the empty string stands for a blank one.
func (c *Catalog) CheckKey(dim, value string) error {
	d := c.dimensions[dim]
	if d == nil || d.List == "" || value == "" || c.lists == nil {
		return nil
	}
	var have []string
	add := func(code, name string) bool {
		if code == value {
			return true
		}
		if name != "" && name != code {
			code += " " + name
		}
		if !slices.Contains(have, code) {
			have = append(have, code)
		}
		return false
	}
	for _, name := range append([]string{d.List}, d.Also...) {
		list := c.lists.Get(name)
		if list == nil {
			return nil
		}
		for _, v := range list.Values {
			code := v.Code
			if rank := strconv.Itoa(v.Rank); list.Ranked && !slices.Contains(d.Order, code) && (slices.Contains(d.Order, rank) || value == rank) {
				code = rank
			}
			if add(code, v.Zh) {
				return nil
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(d.Labels)) {
		if add(code, d.Labels[code].Zh) {
			return nil
		}
	}
	if slices.Contains(d.Order, value) {
		return nil
	}
	var more codes.Text
	if len(have) > mostValid {
		more = codes.Text{Zh: fmt.Sprintf(" …… 共 %d 个", len(have)), En: fmt.Sprintf(" … %d in all", len(have))}
		var near []string
		for _, h := range have {
			if code, name, _ := strings.Cut(h, " "); strings.Contains(h, value) || strings.Contains(value, code) || name != "" && strings.Contains(value, name) {
				near = append(near, h)
			}
		}
		have = slices.Concat(near, slices.DeleteFunc(have, func(h string) bool { return slices.Contains(near, h) }))[:mostValid]
	}
	e := Refuse("维度 %q 没有取值 %q", "dimension %q has no value %q", dim, value).Among(have)
	e.More = more
	return e
}

func (m *Metric) cuttable(dim string) error {
	if slices.Contains(m.dims, dim) {
		return nil
	}
	if len(m.dims) == 0 {
		return Refuse("指标 %s 没有维度，更没有 %q", "metric %s has no dimension, not %q", m.Name, dim)
	}
	return Refuse("指标 %s 不能按 %q 拆分", "metric %s cannot be cut by %q", m.Name, dim).Among(m.dims)
}
