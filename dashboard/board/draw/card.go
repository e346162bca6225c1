package draw

import (
	"fmt"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Card is a KPI as its template needs it.
type Card struct {
	Value   string
	Unit    string
	Missing string // why there is no value
	Compare string // 同比
	Change  string // +394.9%
	Arrow   string // ▲ ▼ or nothing
	Mood    string // good, bad or plain
	Base    string // 上年同期 39 人
	NoBase  string // why there is no change
	Record  bool
	Partial bool
	Parts   []Part
	Covers  string // the days that are counted, where the period is unfinished
	Against string // the days compared with
}

// Part is a number that belongs to the first: 其中 高技能人才 716 人.
type Part struct{ Name, Value, Unit, Change string }

// NewCard reads a KPI panel's results; rs[0] is the number, the others are its parts.
func (f Figure) Card() Card {
	p, rs, loc := f, f.Results, f.Lang
	var c Card
	if len(rs) == 0 {
		c.Missing = Why("", loc)
		return c
	}
	r := rs[0]
	c.Unit = UnitName(r.Unit, loc)
	var pt metric.Point
	if len(r.Points) > 0 {
		pt = r.Points[len(r.Points)-1]
	}
	if pt.Value == nil {
		c.Missing = metric.WhyText(pt.Why, loc)
		if c.Missing == "" {
			c.Missing = Why(pt.Why, loc)
		}
	} else {
		c.Value = number(pt.Value, r.Unit)
	}
	if strings.HasSuffix(c.Value, "%") {
		c.Value, c.Unit = strings.TrimSuffix(c.Value, "%"), "%"
	}
	c.Record, c.Partial = pt.Record, pt.Partial
	if pt.Partial && !pt.Until.IsZero() {
		c.Covers = board.Range{From: pt.From, To: pt.Until}.Label(loc)
	}
	if r.Query.Compare != metric.NoCompare && pt.Value != nil {
		c.Compare = compareName(r.Query.Compare, loc)
		switch {
		case pt.Change == nil:
			c.NoBase = metric.WhyText(pt.WhyChange, loc)
		default:
			c.Change = metric.FormatChange(pt.Change, r.Unit, loc)
			direction := ""
			if r.Metric != nil {
				direction = string(r.Metric.Direction)
			}
			if c.Arrow, c.Mood = mood(*pt.Change, direction); !strings.ContainsAny(c.Change, "123456789") {
				c.Arrow, c.Mood = "", "plain" // less than is printed
			}
		}
		if pt.Base != nil {
			name := pick(loc, baseName(r.Query.Compare, loc), "was")
			switch {
			case loc == codes.Zh && r.Query.Compare == metric.Spring:
				name = "上年同期" // the name of the comparison, just before, says how
			case loc == codes.Zh && pt.Partial && r.Query.Compare != metric.Previous:
				name = "上年相同天数"
			}
			c.Base = name + " " + metric.Format(pt.Base, r.Unit, loc)
		}
		if !pt.BaseFrom.IsZero() {
			c.Against = board.Range{From: pt.BaseFrom, To: pt.BaseTo}.Label(loc)
		}
	}
	for i, r := range rs[1:] {
		part := Part{Name: p.title(i+1, loc), Value: "—", Unit: UnitName(r.Unit, loc)}
		if len(r.Points) > 0 {
			pt := r.Points[len(r.Points)-1]
			part.Value = number(pt.Value, r.Unit)
			if pt.Change != nil {
				part.Change = metric.FormatChange(pt.Change, r.Unit, loc)
			}
		}
		if strings.HasSuffix(part.Value, "%") {
			part.Unit = ""
		}
		c.Parts = append(c.Parts, part)
	}
	return c
}

func mood(change float64, direction string) (arrow, mood string) {
	switch {
	case change > 0:
		arrow = "▲"
	case change < 0:
		arrow = "▼"
	default:
		return "", "plain"
	}
	switch {
	case direction == "up" && change > 0, direction == "down" && change < 0:
		return arrow, "good"
	case direction == "up" || direction == "down":
		return arrow, "bad"
	}
	return arrow, "plain"
}

// Describe says in one sentence what a panel shows, for readers who hear the page.
func (f Figure) Describe() string {
	p, rs, loc := f, f.Results, f.Lang
	parts := []string{p.Title.In(loc)}
	if p.Kind == board.Spring {
		parts, rs = append(parts, describeSpring(p, rs, loc)...), nil
	}
	for i, r := range rs {
		var best *metric.Point
		for j := range r.Points {
			if v := r.Points[j].Value; v != nil && (best == nil || *v > *best.Value) {
				best = &r.Points[j]
			}
		}
		if best == nil {
			continue
		}
		where := []string{}
		if r.Query.Grain != metric.Total {
			where = append(where, strings.TrimSuffix(tickOf(*best, r.Query.Grain, loc), "*"))
		}
		for d := range best.Keys {
			where = append(where, label(*best, d, loc))
		}
		value := metric.Format(best.Value, r.Unit, loc)
		if len(where) == 0 {
			parts = append(parts, fmt.Sprintf("%s %s", p.title(i, loc), value))
			continue
		}
		parts = append(parts, fmt.Sprintf(pick(loc, "%s最高为%s（%s）", "%s is greatest at %s (%s)"), p.title(i, loc), value, strings.Join(where, " · ")))
	}
	return strings.Join(parts, pick(loc, "；", "; ")) + pick(loc, "。", ".")
}

// Ref is where a click on a name leads: a filter on a dimension, or a period.
type Ref struct {
	Dim  string `json:"dim"`
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Drill says what a click on a name of the drawing filters by. The names are those that the drawing's events carry:
// labels on axes and legends, node ids in a flow, places on a map.
func (f Figure) Drill() map[string]Ref {
	p, rs, loc := f, f.Results, f.Lang
	out := map[string]Ref{}
	for _, r := range rs {
		grain := r.Query.Grain
		for _, pt := range r.Points {
			if grain != metric.Total {
				out[tickOf(pt, grain, loc)] = Ref{Dim: "period", From: pt.From.Format("2006-01-02"), To: pt.To.Format("2006-01-02")}
			}
			for d, dim := range r.Query.By {
				k := key(pt, d)
				ref := Ref{Dim: dim, Key: k}
				out[label(pt, d, loc)] = ref
				switch p.Kind {
				case board.Sankey:
					out[fmt.Sprintf("%d:%s", d, k)] = ref
				case board.Pie:
					out[brief(label(pt, d, loc))] = ref
				case board.OnMap:
					for _, name := range mapRefs(p, k) {
						out[name] = ref
					}
				case board.Graph:
					out[k] = ref
				}
			}
		}
	}
	return out
}
