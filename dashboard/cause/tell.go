package cause

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Teller puts what a way shows into words.
type Teller struct {
	Way
	Compare metric.Compare // what the number is compared with
	Catalog *metric.Catalog
	Lang    codes.Lang
	Bare    bool // parts are told without the word of their unit, which stands with the title of their step
}

// bare says that the numbers of parts go without a word: those of a rate never do, their differences are no percentages.
func (t Teller) bare() bool {
	return t.Bare && t.Metric.Unit != metric.Percent && t.Metric.Unit.Word(t.Lang) != ""
}

// Dim is what a dimension is called.
func (t Teller) Dim(dim string) string {
	if dim == ByPeriod {
		return words.In(t.Lang, "cause_time")
	}
	if d := t.Catalog.Dimension(dim); d != nil && d.Title.Zh != "" {
		return d.Title.In(t.Lang)
	}
	return dim
}

// Step is what a step that divides by a dimension is called: 按环节, or 按环节（人次）.
func (t Teller) Step(by string) string {
	if t.bare() {
		unit := t.Metric.Unit.Word(t.Lang)
		t.Bare = false
		return words.In(t.Lang, "bracketed", t.Step(by), unit)
	}
	if by == ByPeriod {
		return words.In(t.Lang, "cause_step_time")
	}
	name := t.Dim(by)
	if t.Lang == codes.En && len(name) > 1 && 'a' <= name[1] && name[1] <= 'z' { // a word, not HHI or 职业
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return words.In(t.Lang, "cause_step", name)
}

// Part is what a part of a step is called.
func (t Teller) Part(st Step, i int) string {
	p := st.Parts[i]
	if st.By != ByPeriod {
		return p.Label.In(t.Lang)
	}
	text := days.Range{From: p.From, To: p.To}.Label(t.Lang)
	if p.Partial {
		text = words.In(t.Lang, "unfinished", text)
	}
	return text
}

// Against is what a number is compared with.
func (t Teller) Against() codes.Text {
	switch {
	case t.See == ByShortfall && t.Metric.Rate():
		return words.Get("cause_goal")
	case t.See == ByShortfall:
		return words.Get("cause_pace")
	}
	return words.Get("than_" + string(t.Compare))
}

// Sentence says what a step of the part called name shows: the whole, and the part that weighs most.
func (t Teller) Sentence(st Step, name string) string {
	end, semi := words.In(t.Lang, "sep_end"), words.In(t.Lang, "sep_clause")
	text := t.clause(name, st.Whole)
	if st.Most < 0 || len(st.Parts) < 2 {
		return text + end
	}
	most := st.Parts[st.Most]
	d, whole := most.Delta, st.Whole.Delta
	part := t.Part(st, st.Most)
	switch {
	case t.See == ByLevel && most.Value != nil:
		text += semi + part + " " + metric.Format(most.Value, t.Metric.Unit, t.Lang)
		if most.Share != nil {
			text += words.In(t.Lang, "cause_share", percent(*most.Share))
		}
		switch {
		case st.Adds:
			text += words.In(t.Lang, "cause_most")
		case t.Metric.Direction == "up":
			text += words.In(t.Lang, "cause_lowest")
		default:
			text += words.In(t.Lang, "cause_highest")
		}
	case d == nil || whole == nil || level(t.Metric, *whole):
	case level(t.Metric, *d) || *d > 0 != (*whole > 0):
		if st.Apart == ApartRate && st.By != ByPeriod {
			text += semi + words.In(t.Lang, "cause_mix")
		}
	case st.Apart == ApartRate:
		text += semi + part + words.In(t.Lang, "sep_word") + t.moved(*d) + words.In(t.Lang, "cause_weighs")
	default:
		text += semi + part + words.In(t.Lang, "sep_word") + t.moved(*d) + words.In(t.Lang, "cause_most")
	}
	return text + end
}

// Found sums up the way that was gone.
func (t Teller) Found(steps []Step) string {
	var way []string
	for _, st := range steps[:len(t.Taps)] {
		p := st.Parts[st.Chosen]
		var figure string
		switch {
		case t.See == ByLevel || p.Delta == nil:
			figure = metric.Format(p.Value, t.Metric.Unit, t.Lang)
		case level(t.Metric, *p.Delta):
			figure = words.In(t.Lang, "cause_level")
		default:
			figure = t.moved(*p.Delta)
		}
		way = append(way, words.In(t.Lang, "bracketed", t.Part(st, st.Chosen), figure))
	}
	return t.clause(t.Metric.Title.In(t.Lang), steps[0].Whole) + words.In(t.Lang, "sep_colon") + strings.Join(way, " → ") + words.In(t.Lang, "sep_end")
}

// clause says a number and its move: 岗位缺口 2,184 人，比上年同期多 130 人.
func (t Teller) clause(name string, p Portion) string {
	text := name + " " + metric.Format(p.Value, t.Metric.Unit, t.Lang)
	if p.Value == nil {
		text = name + words.In(t.Lang, "sep_colon") + missing.Text(p.Why, t.Lang)
	}
	if p.Delta == nil || t.See == ByLevel {
		return text
	}
	delta := *p.Delta
	if name == t.Metric.Title.In(t.Lang) {
		delta = t.gone(delta)
	}
	if level(t.Metric, delta) {
		return text + words.In(t.Lang, "cause_same", t.Against())
	}
	return words.In(t.Lang, "cause_than", words.Whole(text), t.Against(), t.moved(delta))
}

// gone is the whole's way to its target, in whole people where it is behind, as the target's own line has it.
func (t Teller) gone(delta float64) float64 {
	behind := t.See == ByShortfall && (delta < 0) == (t.Metric.Direction != "down")
	if !behind || !slices.Contains([]string{"人", "人次", "个"}, t.Metric.Unit.Name) {
		return delta
	}
	return math.Copysign(math.Ceil(math.Abs(delta)-1e-9), delta)
}

// moved says how far the number is from another: 多 130 人, 高 2.1 个百分点.
func (t Teller) moved(delta float64) string {
	up, down := "more", "less"
	switch unit := t.Metric.Unit.Name; {
	case t.Metric.Rate() && unit != "天":
		up, down = "higher", "lower"
	case slices.Contains([]string{"人", "人次", "个", "项", "件", "条", "家", "场", "篇", "批"}, unit):
		down = "fewer"
	}
	if delta < 0 {
		up = down
	}
	size := math.Abs(delta)
	return words.In(t.Lang, "moved_"+up, metric.Format(&size, deltaUnit(t.Metric.Unit), t.Lang))
}

// Note says whether the parts of a step add up, and how they are ranked where they do not.
func (t Teller) Note(st Step) string {
	list := []string{}
	switch {
	case st.Offset:
		list = append(list, words.In(t.Lang, "cause_offset"))
	case st.Adds:
		list = append(list, words.In(t.Lang, "cause_adds"))
	default:
		list = append(list, words.In(t.Lang, "cause_apart_"+st.Apart))
		if st.Apart == ApartRate && st.By != ByPeriod && t.See != ByLevel {
			if t.Metric.Kind == metric.Ratio {
				list = append(list, words.In(t.Lang, "cause_by_base"))
			} else {
				list = append(list, words.In(t.Lang, "cause_by_rows"))
			}
		}
	}
	if len(Steps(t.Metric)) == 0 && len(t.Taps) == 0 {
		list = append(list, words.In(t.Lang, "cause_no_dims"))
	}
	return words.Join(t.Lang, "sep_sentence", list)
}

// Told is a part in words.
type Told struct {
	Value, Base        string
	Delta, Arrow, Mood string // Mood: good, bad or plain
	Share              string
	Of                 string // what it is computed from
}

// Tell puts the figures of a part into words.
func (t Teller) Tell(p Portion) Told {
	unit := t.Metric.Unit
	told, short := Told{Value: metric.Format(p.Value, unit, t.Lang)}, t.short
	if t.bare() {
		told.Value, short = metric.Number(p.Value, unit), metric.Number
	}
	if p.Value == nil && p.Why != "" {
		told.Value = missing.Text(p.Why, t.Lang)
	}
	from := p.Base
	if t.See == ByShortfall {
		from = p.Goal
	}
	if from != nil {
		told.Base = t.Against().In(t.Lang) + " " + short(from, unit)
	}
	if p.Share != nil {
		told.Share = words.In(t.Lang, "cause_of_"+t.shareOf(), percent(*p.Share))
	}
	if t.See == ByLevel {
		told.Mood = "plain"
	} else if p.Delta != nil {
		told.Delta = t.signed(t.Metric, *p.Delta)
		if size := math.Abs(*p.Delta); t.bare() {
			told.Delta = sign(t.Metric, *p.Delta, metric.Number(&size, unit))
		}
		if p.Value != nil {
			told.Value = short(p.Value, unit)
		}
		told.Arrow, told.Mood = mood(t.Metric, *p.Delta)
	}
	var of []string
	for _, in := range p.Of {
		bare := t.bare() && in.Metric.Unit == unit
		value := t.short(in.Value, in.Metric.Unit)
		if bare {
			value = metric.Number(in.Value, unit)
		}
		text := in.Metric.Title.In(t.Lang) + " " + value
		if in.Value != nil && in.Base != nil {
			d := *in.Value - *in.Base
			change := t.signed(in.Metric, d)
			if size := math.Abs(d); bare {
				change = sign(in.Metric, d, metric.Number(&size, unit))
			} else if t.Lang == codes.En {
				change, _, _ = strings.Cut(change, " ")
			}
			text = words.In(t.Lang, "bracketed", text, change)
		}
		of = append(of, text)
	}
	told.Of = words.Join(t.Lang, "sep_comma", of)
	return told
}

// Ingredient says what a number is computed from and how that moved; no delta where there is nothing to compare with.
func (t Teller) Ingredient(in Ingredient) (value, delta string) {
	if in.Base != nil && in.Value != nil {
		delta = t.signed(in.Metric, *in.Value-*in.Base)
	}
	return metric.Format(in.Value, in.Metric.Unit, t.Lang), delta
}

// shareOf is what a share is a part of, as the keys of texts have it: the level, or the change.
func (t Teller) shareOf() string {
	if t.See == ByLevel {
		return "level"
	}
	return "change"
}

// short is a number beside one that has its unit: in English without the word.
func (t Teller) short(v *float64, unit metric.Unit) string {
	if t.Lang == codes.En {
		return metric.Number(v, unit)
	}
	return metric.Format(v, unit, t.Lang)
}

// signed is a difference with its sign: +130.
func (t Teller) signed(m *metric.Metric, delta float64) string {
	size := math.Abs(delta)
	return sign(m, delta, metric.Format(&size, deltaUnit(m.Unit), t.Lang))
}

// sign puts the sign of a difference before the text of its size.
func sign(m *metric.Metric, delta float64, text string) string {
	switch {
	case level(m, delta):
		return text
	case delta > 0:
		return "+" + text
	}
	return "−" + text
}

// level reports whether a difference is none that could be read.
func level(m *metric.Metric, delta float64) bool {
	size := math.Abs(delta)
	return strings.Trim(metric.Number(&size, deltaUnit(m.Unit)), "0.,%") == ""
}

func deltaUnit(unit metric.Unit) metric.Unit {
	if unit == metric.Percent {
		return metric.PercentagePoints
	}
	return unit
}

func percent(share float64) string {
	v := share * 100
	switch {
	case v == 0:
		return "0%"
	case math.Abs(v) >= 9.5:
		return strings.Replace(fmt.Sprintf("%.0f%%", v), "-", "−", 1)
	}
	return strings.Replace(metric.Number(&v, metric.Percent), "-", "−", 1)
}

// mood says whether a move is for the better.
func mood(m *metric.Metric, delta float64) (arrow, mood string) {
	switch {
	case level(m, delta):
		return "", "plain"
	case delta > 0:
		arrow = "▲"
	default:
		arrow = "▼"
	}
	switch {
	case m.Direction == "context":
		mood = "plain"
	case delta > 0 == (m.Direction == "up"):
		mood = "good"
	default:
		mood = "bad"
	}
	return arrow, mood
}
