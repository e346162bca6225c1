package brief

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// text fills the {names} of a text with figures and with what the section is for.
func (d Desk) text(ctx context.Context, w Words, r Rule, at Moment) (Sentence, error) {
	var s Sentence
	if of := at.Things[r.If]; r.If != "" && (len(of) == 0 || len(of) == 1 && (of[0].Text == "" || of[0].Text == "0")) {
		return s, nil
	}
	rest := r.Text.In(at.State.Loc)
	for {
		before, after, found := strings.Cut(rest, "{")
		if before != "" {
			s.Parts = append(s.Parts, Part{Text: before})
		}
		if !found {
			return s, nil
		}
		word, behind, _ := strings.Cut(after, "}")
		rest = behind
		if own, ok := at.Things[word]; ok {
			s.Parts = append(s.Parts, own...)
			continue
		}
		parts, err := d.slot(ctx, w, r, word, at)
		if err != nil {
			return s, err
		}
		s.Parts = append(s.Parts, parts...)
	}
}

// slot is a figure of a text, or what is wanted of it.
func (d Desk) slot(ctx context.Context, w Words, r Rule, word string, at Moment) ([]Part, error) {
	name, form, _ := strings.Cut(word, ".")
	slot, declared := r.Slots[name]
	if !declared {
		slot = Slot{Metric: name, Where: r.Where}
	}
	asked := Rule{Metrics: []string{slot.Metric}, Where: slot.Where, Period: r.Period, Compare: cmp.Or(slot.Compare, r.Compare)}
	if slot.Period != "" {
		asked.Period = slot.Period
		at.State.Range = Over(slot.Period, at.Of)
	}
	a, pt, err := d.Figure(ctx, asked, 0, at)
	if err != nil {
		return nil, err
	}
	loc, unit := at.State.Loc, a.Metrics[0].Unit
	url := trail.Of(a, at.State)
	if form == "period" {
		return plain(spanOf(a, pt).Label(loc)), nil
	}
	if pt.Value == nil {
		return filled(loc, "slot_missing", map[string][]Part{"why": untold(pt.Why, loc)}), nil
	}
	switch form {
	case "":
		return d.said(slot, pt, unit, url, loc), nil
	case "base":
		if pt.Base == nil {
			return filled(loc, "slot_missing", map[string][]Part{"why": untold(pt.WhyChange, loc)}), nil
		}
		return number(metric.Format(pt.Base, unit, loc), pt.Base, url), nil
	case "moved":
		if parts, _ := moved(w, a.Results[0], pt, url, loc); len(parts) > 0 {
			return parts, nil
		}
	case "change":
		if pt.Base != nil && pt.Change != nil {
			return changed(w, pt, unit, url, loc), nil
		}
	}
	return filled(loc, "slot_incomparable", map[string][]Part{"why": untold(pt.WhyChange, loc)}), nil
}

// said is a figure as a text says it: exact, or round with the word that is true; what is not final says so.
func (d Desk) said(slot Slot, pt metric.Point, unit metric.Unit, url string, loc codes.Lang) []Part {
	text := metric.Format(pt.Value, unit, loc)
	if slot.Round > 0 {
		if round, word := rounded(*pt.Value, slot.Round); word != "" {
			text = words.In(loc, "brief_round_"+word, words.Whole(metric.Format(&round, unit, loc)))
		}
	}
	parts := number(text, pt.Value, url)
	if open := period.Open(pt, loc); open != "" {
		parts[0].State = document.Open
		parts = append(parts, Part{Text: words.In(loc, "sep_word") + words.In(loc, "brief_open", open)})
	}
	return parts
}

// rounded is v in whole steps and how it stands to that: over, near (below, by no more than a fifth of a step), about (below);
// no word where v is whole steps, or would be none.
func rounded(v, step float64) (round float64, word string) {
	round = math.Round(v/step) * step
	switch {
	case v <= 0, round <= 0, math.Abs(v-round) <= 1e-9*math.Max(1, math.Abs(v)):
		return v, ""
	case v > round:
		return round, "over"
	case round-v <= step/5:
		return round, "near"
	}
	return round, "about"
}

// changed says how a figure has changed, to follow the word for what it is compared with: 同比|增长 12.3%.
func changed(w Words, pt metric.Point, unit metric.Unit, url string, loc codes.Lang) []Part {
	counts := unit.Change() == metric.Percent
	size := math.Abs(*pt.Change)
	parts := map[string][]Part{
		"base":   number(metric.Format(pt.Base, unit, loc), pt.Base, url),
		"change": number(metric.FormatChange(pt.Change, unit, loc), pt.Change, url),
		"diff":   number(metric.Format(&size, unit.Change(), loc), pt.Change, url),
	}
	key := "rise"
	switch {
	case counts && unit.Decimals == 0 && math.Abs(*pt.Base) < fewest:
		return filled(loc, "slot_few", parts)
	case size < w.Level:
		return filled(loc, "flat", parts)
	case *pt.Change < 0:
		key = "fall"
	}
	if !counts {
		key += "_rate"
	}
	return filled(loc, key, parts)
}

// Asked are the metrics that a rule asks for, in their order.
func (r Rule) Asked(catalog *metric.Catalog) []string {
	out := slices.Clone(r.Metrics)
	for _, m := range slotName.FindAllStringSubmatch(r.Text.Zh, -1) {
		name, _, _ := strings.Cut(m[1], ".")
		if slot, ok := r.Slots[name]; ok {
			name = slot.Metric
		}
		if catalog.Metric(name) != nil {
			out = append(out, name)
		}
	}
	return out
}
