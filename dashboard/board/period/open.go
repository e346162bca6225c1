package period

import (
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Open says in a few words that a number is not final: 初步 2/3; "" where it is.
func Open(pt metric.Point, lang codes.Lang) string {
	switch {
	case pt.Value == nil:
		return ""
	case pt.Cover != nil && pt.Cover.Reported < pt.Cover.Due:
		return words.In(lang, "open_of", pt.Cover.Reported, pt.Cover.Due)
	case pt.Cover != nil && len(pt.Cover.Lacks) > 0:
		return words.In(lang, "open_lacks", len(pt.Cover.Lacks))
	case pt.Cover != nil:
		return words.In(lang, "open_part")
	case !pt.Ripe.IsZero():
		return words.In(lang, "open_unripe")
	}
	return ""
}

// mostLacks bounds the periods that are named.
const mostLacks = 6

// WhyOpen says in a sentence why a number is not final, and what is awaited; "" where it is final.
func WhyOpen(pt metric.Point, lang codes.Lang) string {
	switch {
	case pt.Value == nil:
		return ""
	case pt.Cover != nil && pt.Cover.Reported < pt.Cover.Due && len(pt.Cover.Missing) == 0: // not told who
		return words.In(lang, "open_of", pt.Cover.Reported, pt.Cover.Due)
	case pt.Cover != nil && pt.Cover.Reported < pt.Cover.Due:
		return words.In(lang, "open_why", pt.Cover.Reported, pt.Cover.Due, words.Join(lang, "sep_list", pt.Cover.Awaited(lang)))
	case pt.Cover != nil && len(pt.Cover.Lacks) > 0:
		var names []string
		for i, p := range pt.Cover.Lacks {
			if i == mostLacks {
				names = append(names, "…")
				break
			}
			names = append(names, p.Label(lang))
		}
		return words.In(lang, "open_lacking", words.Join(lang, "sep_list", names))
	case pt.Cover != nil:
		return words.In(lang, "open_begins", days.Label(pt.Cover.Begins, lang))
	case !pt.Ripe.IsZero():
		return words.In(lang, "open_ripe", days.Label(pt.Ripe, lang))
	}
	return ""
}

// Damaged says what is known to be missing of the rows behind a result; "" where nothing is.
func Damaged(r *metric.Result, lang codes.Lang) string {
	if r == nil || len(r.Damaged) == 0 {
		return ""
	}
	var out []string
	for _, t := range r.Damaged {
		if !slices.Contains(out, t.In(lang)) {
			out = append(out, t.In(lang))
		}
	}
	return words.Join(lang, "sep_list", out)
}

// Listed says when the list that a result counts was loaded, where its rows have no dates; "" where they do.
func Listed(r *metric.Result, lang codes.Lang) string {
	if r == nil {
		return ""
	}
	for _, pt := range r.Points {
		if !pt.Listed.IsZero() {
			return words.In(lang, "undated", days.Label(pt.Listed, lang))
		}
	}
	return ""
}

// Remarks say which numbers of a result are not final, and what is damaged behind them. A star leads from the period on
// an axis to the sentence.
func Remarks(r *metric.Result, lang codes.Lang) (out []string) {
	at := map[string][]string{} // the periods of which the same is said
	var order []string
	for _, pt := range r.Points {
		why := WhyOpen(pt, lang)
		if why == "" {
			continue
		}
		if at[why] == nil {
			order = append(order, why)
		}
		if name := Name(pt, r.Query.Grain, lang); !slices.Contains(at[why], name) {
			at[why] = append(at[why], name)
		}
	}
	for _, why := range order {
		names := at[why]
		name := names[0]
		if len(names) > 1 {
			name = words.In(lang, "from_to", name, names[len(names)-1])
		}
		if r.Query.Grain == days.Total {
			out = append(out, why)
		} else {
			out = append(out, "* "+words.In(lang, "open_points", name, words.Whole(why)))
		}
	}
	if text := Listed(r, lang); text != "" {
		out = append(out, text)
	}
	if text := Damaged(r, lang); text != "" {
		out = append(out, words.In(lang, "open_damaged", text))
	}
	return out
}

// Absent says of which periods a result has no number at all though one before it has, and why: a line that ends early
// looks as if nobody had asked.
func Absent(r *metric.Result, lang codes.Lang) (out []string) {
	if r.CellKeys {
		out = append(out, words.In(lang, "cell_keys"))
	}
	if r.Query.Grain == days.Total {
		return out
	}
	var begins []days.Day
	any, hidden, why, name := map[days.Day]bool{}, map[days.Day]bool{}, map[days.Day]string{}, map[days.Day]string{}
	for _, pt := range r.Points {
		if _, seen := name[pt.From]; !seen {
			begins = append(begins, pt.From)
		}
		any[pt.From] = any[pt.From] || pt.Value != nil || pt.Forecast
		name[pt.From] = Name(pt, r.Query.Grain, lang)
		why[pt.From] = Why(pt, lang)
		_, hidden[pt.From] = missing.Mark(pt.Why)
	}
	slices.SortFunc(begins, days.Day.Compare)
	of := map[string][]string{}
	var order []string
	started := false
	for _, d := range begins {
		if started = started || any[d]; !started || any[d] || why[d] == "" || hidden[d] {
			continue
		}
		if of[why[d]] == nil {
			order = append(order, why[d])
		}
		of[why[d]] = append(of[why[d]], name[d])
	}
	for _, why := range order {
		names := of[why]
		if len(names) > mostLacks {
			names = append(names[:mostLacks:mostLacks], "…")
		}
		out = append(out, words.In(lang, "open_points", words.Join(lang, "sep_list", names), words.Whole(why)))
	}
	return out
}

// Veiled says how many numbers of a figure are not shown because they are of few people, in one sentence; "" for none.
func Veiled(results []*metric.Result, lang codes.Lang) string {
	n, least := 0, "5"
	for _, r := range results {
		if r == nil {
			continue
		}
		for _, pt := range r.Points {
			if _, ok := missing.Mark(pt.Why); ok && pt.Value == nil {
				n++
			}
			if k, ok := missing.Small(pt.Why); ok {
				least = k
			}
		}
	}
	if n == 0 {
		return ""
	}
	return words.In(lang, "veiled", n, least)
}

// Why says in a sentence why a point has no number; "" where it has one.
func Why(pt metric.Point, lang codes.Lang) string {
	switch {
	case pt.Value != nil:
		return ""
	case pt.Why == metric.WhyZeroBase:
		return words.In(lang, "zero_denominator")
	}
	return missing.Text(pt.Why, lang)
}

// Nothing says in a sentence why there is no value; code is the reason as a result has it.
func Nothing(code string, lang codes.Lang) string {
	if _, ok := missing.Mark(code); ok {
		return missing.Text(code, lang)
	}
	switch code {
	case metric.WhyUnreported, metric.WhySwept, metric.WhyTrivial:
		return missing.Text(code, lang)
	case "zero_base":
		return words.In(lang, "no_base_sentence")
	case "undefined":
		return words.In(lang, "undefined_sentence")
	}
	return words.In(lang, "no_records")
}

// State says in a word for programs why the number of a point is not final. awaited: not everybody has reported; lacking: a
// period in it has no row; begins: the data begin in it; ripening: what it counts is still under way.
func State(pt metric.Point) string {
	switch {
	case pt.Cover == nil:
		return "ripening"
	case pt.Cover.Reported < pt.Cover.Due:
		return "awaited"
	case len(pt.Cover.Lacks) > 0:
		return "lacking"
	}
	return "begins"
}
