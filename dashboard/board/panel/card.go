package panel

import (
	"strings"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// Card is a KPI as its template needs it.
type Card struct {
	Value   string
	Unit    string
	Exact   string // the same to the digit, where people say it shorter
	Missing string // why there is no value
	Compare string // 同比
	Change  string // +394.9%
	Arrow   string // ▲ ▼ or nothing
	Mood    string // good, bad or plain
	Base    string // 39 人
	BaseOf  string // of what that is: yoy, pop, spring, days
	NoBase  string // why there is no change
	Record  bool
	Partial bool
	Open    string // that the number is not final: 初步 2/3
	WhyOpen string // and why, or what is damaged behind it
	Parts   []Part
	Covers  string // the days that are counted, where the period is unfinished
	Against string // the days compared with
}

// Part is a number that belongs to the first: 其中 高技能人才 716 人.
type Part struct{ Name, Value, Unit, Exact, Change, Open string }

// said is a number and its unit as people say them; exact is the same to the digit, where that is longer.
func (f Figure) said(v *float64, u metric.Unit) (value, unit, exact string) {
	value, unit = metric.Said(v, u, f.Lang)
	if u.Yuan > 0 && unit != u.Word(f.Lang) {
		exact = metric.Exact(v, u, f.Lang)
	}
	return value, unit, exact
}

// Card reads the results of a panel of kind kpi: the first is the number, the others are its parts.
func (f Figure) Card() Card {
	var c Card
	if len(f.Results) == 0 {
		c.Missing = period.Nothing("", f.Lang)
		return c
	}
	r := f.Results[0]
	pt := last(r)
	if pt.Value == nil {
		c.Missing = missing.Text(pt.Why, f.Lang)
		if c.Missing == "" {
			c.Missing = period.Nothing(pt.Why, f.Lang)
		}
	} else {
		c.Value, c.Unit, c.Exact = f.said(pt.Value, r.Unit)
	}
	if strings.HasSuffix(c.Value, "%") {
		c.Value, c.Unit = strings.TrimSuffix(c.Value, "%"), "%"
	}
	c.Record, c.Partial = pt.Record, pt.Partial
	c.Open, c.WhyOpen = period.Open(pt, f.Lang), words.Upper(period.WhyOpen(pt, f.Lang))
	if text := period.Damaged(r, f.Lang); text != "" {
		c.Open, c.WhyOpen = f.say("damaged_tag"), f.say("open_damaged", text)
	}
	if pt.Partial && !pt.Until.IsZero() {
		c.Covers = days.Range{From: pt.From, To: pt.Until}.Label(f.Lang)
	}
	if r.Query.Compare != metric.NoCompare && pt.Value != nil {
		f.compare(&c, r, pt)
	}
	for i, r := range f.Results[1:] {
		c.Parts = append(c.Parts, f.part(i+1, r))
	}
	return c
}

// last is the last point of a result; the zero point where it has none.
func last(r *metric.Result) metric.Point {
	if len(r.Points) == 0 {
		return metric.Point{}
	}
	return r.Points[len(r.Points)-1]
}

// compare fills in what the number of a card is compared with.
func (f Figure) compare(c *Card, r *metric.Result, pt metric.Point) {
	c.Compare = compareName(r.Query.Compare, f.Lang)
	if pt.Change == nil {
		if c.WhyOpen == "" { // which says so already
			c.NoBase = missing.Text(pt.WhyChange, f.Lang)
		}
	} else {
		c.Change = metric.FormatChange(pt.Change, r.Unit, f.Lang)
		direction := ""
		if r.Metric != nil {
			direction = string(r.Metric.Direction)
		}
		if c.Arrow, c.Mood = mood(*pt.Change, direction); !strings.ContainsAny(c.Change, "123456789") {
			c.Arrow, c.Mood = "", "plain" // less than is printed
		}
	}
	if pt.Base != nil {
		if c.BaseOf = comparison(r.Query.Compare); pt.Partial && c.BaseOf == string(metric.YearOnYear) {
			c.BaseOf = "days"
		}
		c.Base = metric.Format(pt.Base, r.Unit, f.Lang)
	}
	if !pt.BaseFrom.IsZero() {
		c.Against = days.Range{From: pt.BaseFrom, To: pt.BaseTo}.Label(f.Lang)
	}
}

// part is what a card says of result i beside its number.
func (f Figure) part(i int, r *metric.Result) Part {
	p := Part{Name: f.NameOf(i), Value: metric.None, Unit: r.Unit.Word(f.Lang)}
	if len(r.Points) > 0 {
		pt := last(r)
		p.Value, p.Unit, p.Exact = f.said(pt.Value, r.Unit)
		p.Open = period.Open(pt, f.Lang)
		if mark, ok := missing.Mark(pt.Why); ok {
			p.Value, p.Unit = mark, ""
		}
		if pt.Change != nil {
			p.Change = metric.FormatChange(pt.Change, r.Unit, f.Lang)
		}
	}
	if strings.HasSuffix(p.Value, "%") {
		p.Unit = ""
	}
	return p
}

// mood is the arrow of a change, and whether it is in the direction that is wanted.
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
