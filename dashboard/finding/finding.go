// Package finding says in the title of a panel what its figures amount to: who has most, what has grown. The rules are
// declared with the panel; it computes nothing but shares and differences of the panel's own numbers, and says nothing
// where that would not be true: of what is not final, not reported, a tie or a handful.
package finding

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

const (
	fewest   = 10 // a number below this carries no statement: one more or less would change it
	oldest   = 4  // so many periods at the end may be unfinished; a statement of an earlier one is no news
	noChange = 1  // percent or percentage points below which nothing has changed
	mostKeys = 2  // that are named
)

// Quiet is why nothing is said of a panel.
type Quiet string

// The reasons.
const (
	Declared Quiet = "none"    // its declaration wants it so
	Empty    Quiet = "empty"   // it has no figures
	Damaged  Quiet = "damaged" // a batch behind it is
	Widened  Quiet = "window"  // each point tells of more than its own period
	Unsure   Quiet = "open"    // the latest figures are not final, or not reported
	Tied     Quiet = "tie"     // nothing is ahead of all others
	Few      Quiet = "few"     // of a handful nothing follows
	Cut      Quiet = "cut"     // not all parts are here
	Bare     Quiet = "bare"    // there is nothing to hold it against, or nothing it could be called
)

// Of is the finding of a panel; where nothing can be said, empty, and why.
func Of(f panel.Figure) (string, Quiet) {
	say := f.Finds()
	switch {
	case say == board.Nothing:
		return "", Declared
	case len(f.Results) == 0 || len(f.Results) > len(f.Metrics) && say != board.NewYear || f.Empty() != "" || slices.Contains(f.Results, nil):
		return "", Empty
	case slices.ContainsFunc(f.Results, func(r *metric.Result) bool { return len(r.Damaged) > 0 }):
		return "", Damaged
	case slices.ContainsFunc(f.Results, func(r *metric.Result) bool { return r.Query.Window != days.NoWindow }):
		return "", Widened
	}
	t := &teller{Figure: f, at: max(0, slices.Index(f.Metrics, f.Panel.Finding.Of)), quiet: Bare}
	if t.at >= len(f.Results) {
		t.at = 0
	}
	text := ""
	switch say {
	case board.Most, board.Least:
		text = t.first(say)
	case board.Share:
		text = t.share()
	case board.Change:
		text = t.change()
	case board.Crossing:
		text = t.crossing()
	case board.Through:
		text = t.through()
	case board.InLevel:
		text = t.levels()
	case board.Ahead:
		text = t.ahead()
	case board.Both:
		text = t.both()
	case board.NewYear:
		text = t.eve()
	}
	if text != "" {
		t.quiet = ""
	}
	return text, t.quiet
}

// teller says something of one metric of a figure.
type teller struct {
	panel.Figure
	at    int   // of the metric
	quiet Quiet // why nothing is said, should nothing be
}

// not says nothing, and why.
func (t *teller) not(why Quiet) string {
	t.quiet = why
	return ""
}

func (t *teller) result() *metric.Result { return t.Results[t.at] }

func (t *teller) say(key string, args ...any) string {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = words.Whole(text)
		}
	}
	return words.In(t.Lang, key, args...)
}

// named is what metric i is called: in English with a small letter, for it stands within a sentence.
func (t *teller) named(i int) string {
	name := t.Panel.Finding.Name
	if i != t.at || name.Zh == "" {
		name = codes.Text{}
		if i < len(t.Names) {
			name = t.Names[i]
		}
		if name.Zh == "" && i < len(t.Titles) {
			name = t.Titles[i]
		}
	}
	text := name.In(t.Lang)
	if t.Lang == codes.En && len(text) > 1 && 'a' <= text[1] && text[1] <= 'z' { // a word, not R&D
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// keyed is what the keys of a point are called; empty where one is not stated.
func (t *teller) keyed(pt metric.Point) string {
	sep := " · "
	if t.Kind == board.Sankey {
		sep = " → "
	}
	var out []string
	for i, k := range pt.Keys {
		if k == "" {
			return ""
		}
		name := k
		if i < len(pt.Labels) {
			name = cmp.Or(pt.Labels[i].In(t.Lang), k)
		}
		out = append(out, name)
	}
	return strings.Join(out, sep)
}

// word is how most or least is said of numbers of a unit.
func (t *teller) word(unit metric.Unit, key string) string {
	if w := t.Panel.Finding.Word; w.Zh != "" {
		return w.In(t.Lang)
	}
	if !unit.Amount() {
		key += "_rate"
	}
	return t.say("finding_" + key)
}

// settled says that a number may be spoken of, or that there is none because there is nothing to count.
func settled(pt metric.Point) bool {
	switch {
	case pt.Forecast || pt.Open():
		return false
	case pt.Value == nil:
		return pt.Why == metric.WhyNoRows || pt.Why == metric.WhyZeroBase || pt.Why == metric.WhyUndefined
	}
	return true
}

// latest are the points of the latest period that is over and settled, with what the period is called; of a result without
// periods all its points. Nil where there is none.
func (t *teller) latest(r *metric.Result) (list []metric.Point, when string) {
	if r.Query.Grain == days.Total {
		if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return !settled(pt) }) {
			return nil, t.not(Unsure)
		}
		return r.Points, ""
	}
	of := map[days.Day][]metric.Point{}
	var begins []days.Day
	back := oldest
	for _, pt := range r.Points {
		if t.Kind == board.Triangle { // cohorts have a number once they are old enough
			if back = len(r.Points); pt.Value == nil {
				continue
			}
		}
		if _, ok := of[pt.From]; !ok {
			begins = append(begins, pt.From)
		}
		of[pt.From] = append(of[pt.From], pt)
	}
	slices.SortFunc(begins, func(a, b days.Day) int { return b.Compare(a) })
	for _, d := range begins[:min(back, len(begins))] {
		if list = of[d]; len(t.By) == 0 && len(list) == 1 && list[0].Value == nil && settled(list[0]) {
			continue // nothing to count yet
		}
		if !slices.ContainsFunc(list, func(pt metric.Point) bool { return !t.over(pt, r) }) {
			return list, days.Range{From: list[0].From, To: list[0].To}.Label(t.Lang)
		}
	}
	return nil, t.not(Unsure)
}

// over says that a point of a period is settled and the period is over.
func (t *teller) over(pt metric.Point, r *metric.Result) bool {
	return settled(pt) && !period.Unfinished(pt, r.Query.Grain)
}

// dated puts the period before a sentence.
func (t *teller) dated(when, text string) string {
	if when == "" || text == "" {
		return text
	}
	return t.say("finding_dated", when, text)
}

// differences are by how much that is, of each key; nil where not all of it is known.
func (t *teller) differences() []metric.Point {
	at := map[string]int{}
	var out []metric.Point
	for i, r := range t.Results {
		list, _ := t.latest(r)
		if list == nil {
			return nil
		}
		for _, pt := range list {
			if pt.Value == nil {
				continue
			}
			k := strings.Join(pt.Keys, "\x1f")
			j, ok := at[k]
			if !ok {
				j = len(out)
				at[k] = j
				zero := 0.0
				out = append(out, metric.Point{Keys: pt.Keys, Labels: pt.Labels, Value: &zero})
			}
			*out[j].Value += *pt.Value * float64(1-2*i)
		}
	}
	return out
}

// winner is the point that is ahead of all others; false where it is not clear which, or the number is too small.
func (t *teller) winner(list []metric.Point, unit metric.Unit, say string) (metric.Point, bool) {
	list = slices.DeleteFunc(slices.Clone(list), func(pt metric.Point) bool { return pt.Value == nil })
	if len(list) < 2 {
		return metric.Point{}, false
	}
	slices.SortStableFunc(list, func(a, b metric.Point) int {
		if say == board.Least {
			a, b = b, a
		}
		return cmp.Compare(*b.Value, *a.Value)
	})
	top, next := list[0], list[1]
	switch {
	case metric.Number(top.Value, unit) == metric.Number(next.Value, unit):
		t.quiet = Tied
	case say == board.Most && (*top.Value <= 0 || small(*top.Value, unit)):
		t.quiet = Few
	case !unit.Amount() && top.Rows > 0 && top.Rows < fewest: // the share of a handful
		t.quiet = Few
	default:
		return top, true
	}
	return top, false
}

// small says that a number is of a handful of things.
func small(v float64, unit metric.Unit) bool {
	return unit.Amount() && unit.Decimals == 0 && math.Abs(v) < fewest
}

// first says which key has the greatest value, or the least.
func (t *teller) first(say string) string {
	r := t.result()
	var list []metric.Point
	when := ""
	switch {
	case t.IsDifference():
		if t.Panel.Finding.Name.Zh == "" {
			return "" // what the difference of two measures is called only the panel can say
		}
		list = t.differences()
	case say == board.Least && r.Keys > 0: // only the greatest are here
	default:
		list, when = t.latest(r)
	}
	fills := false
	if list == nil && say == board.Most && !t.IsDifference() {
		list = t.soFar(r)
		fills = list != nil
	}
	list = t.apart(list)
	top, ok := t.winner(list, r.Unit, say)
	text := ""
	if who := t.keyed(top); ok && who != "" {
		text = t.say("finding_first", who, t.named(t.at), t.word(r.Unit, say), metric.Format(top.Value, r.Unit, t.Lang))
	} else if t.quiet == Tied {
		text = t.tied(list, r.Unit, say)
	}
	if text != "" && fills {
		return t.say("finding_so_far", text)
	}
	return t.dated(when, text)
}

// share says what part of the whole the greatest key has.
func (t *teller) share() string {
	r := t.result()
	list, when := t.latest(r)
	if !r.Unit.Amount() || r.Keys > 0 {
		return t.not(Cut)
	}
	by := map[string]*metric.Point{}
	var parts []metric.Point
	sum := 0.0
	for _, pt := range list {
		if pt.Value == nil || len(pt.Keys) == 0 {
			continue
		}
		if *pt.Value < 0 {
			return ""
		}
		sum += *pt.Value
		k := pt.Keys[len(pt.Keys)-1] // the dimension that is stacked
		if by[k] == nil {
			by[k] = &metric.Point{Keys: []string{k}, Labels: pt.Labels[max(0, len(pt.Labels)-1):], Value: new(float64)}
		}
		*by[k].Value += *pt.Value
	}
	for _, pt := range by {
		parts = append(parts, *pt)
	}
	top, ok := t.winner(parts, r.Unit, board.Most)
	who := t.keyed(top)
	if ok && small(sum, r.Unit) || t.quiet == Few && list != nil {
		t.quiet = Few
		return t.together(r, list, len(parts), sum, when)
	}
	if !ok || who == "" {
		return ""
	}
	part := 100 * *top.Value / sum
	return t.dated(when, t.say("finding_share", who, t.named(t.at), metric.Number(&part, metric.Percent)))
}

// change says how the latest period compares with the same one a year before.
func (t *teller) change() string {
	r := t.result()
	list, when := t.latest(r)
	if len(list) != 1 || list[0].Value == nil {
		return ""
	}
	pt := list[0]
	i := slices.IndexFunc(r.Points, func(b metric.Point) bool { return b.From.Equal(pt.From.AddDate(-1, 0, 0)) })
	if i < 0 || r.Points[i].Value == nil || !t.over(r.Points[i], r) {
		return ""
	}
	base := *r.Points[i].Value
	moved, by := *pt.Value-base, ""
	switch {
	case small(base, r.Unit):
		t.quiet = Few
		return t.plainly(t.named(t.at), when, *pt.Value, base, r.Unit)
	case !r.Unit.Amount() && (pt.Rows > 0 && pt.Rows < fewest || r.Points[i].Rows > 0 && r.Points[i].Rows < fewest):
		return t.not(Few)
	case r.Unit.Change() == metric.PercentagePoints:
		by = metric.Format(size(moved), metric.PercentagePoints, t.Lang)
	case r.Unit.Amount():
		if base <= 0 {
			return ""
		}
		moved = 100 * moved / base
		by = metric.Number(size(moved), metric.Percent)
	default: // the percent of an index mean nothing
		by = metric.Number(size(moved), r.Unit)
		if strings.Trim(by, "0.") == "" {
			moved = 0
		}
	}
	key := "more"
	switch {
	case (r.Unit.Amount() || r.Unit.Change() == metric.PercentagePoints) && math.Abs(moved) < noChange || moved == 0:
		key = "level"
	case moved < 0:
		key = "less"
	}
	name := t.named(t.at)
	if t.Lang == codes.En {
		name = capital(name)
	}
	value := metric.Format(pt.Value, r.Unit, t.Lang)
	switch {
	case key == "level":
		return t.say("finding_level", name, when, value)
	case !r.Unit.Amount():
		key += "_rate"
	}
	return t.say("finding_"+key, name, by, when, value)
}

func size(v float64) *float64 {
	v = math.Abs(v)
	return &v
}

// crossing says since when the first metric is above the second, or below it.
func (t *teller) crossing() string {
	if len(t.Results) < 2 {
		return ""
	}
	a, b := t.Results[0], t.Results[1]
	if a.Unit != b.Unit || len(t.By) > 0 {
		return ""
	}
	last, when := t.latest(a)
	if len(last) != 1 {
		return ""
	}
	n, sign := 0, 0
	from := last[0].From
	whole := false
	for i := slices.IndexFunc(a.Points, func(pt metric.Point) bool { return pt.From.Equal(from) }); i >= 0; i-- {
		pt := a.Points[i]
		j := slices.IndexFunc(b.Points, func(o metric.Point) bool { return o.From.Equal(pt.From) })
		if j < 0 || pt.Value == nil || b.Points[j].Value == nil || !t.over(pt, a) || !t.over(b.Points[j], b) {
			break
		}
		s := cmp.Compare(*pt.Value, *b.Points[j].Value)
		if sign == 0 {
			sign = s
		}
		if s == 0 || s != sign {
			break
		}
		n, from, whole = n+1, pt.From, i == 0
	}
	if n == 0 {
		return ""
	}
	one, two := t.named(0), t.named(1)
	word := "above"
	if sign < 0 {
		word = "below"
	}
	if !a.Unit.Amount() {
		word += "_rate"
	}
	clause := t.say("finding_than", one, t.say("finding_"+word), two)
	if t.Lang == codes.En {
		clause = capital(clause)
	}
	switch {
	case n == 1:
		return t.say("finding_in", clause, when)
	case whole:
		return t.say("finding_all", clause, n, words.In(t.Lang, "finding_of_"+string(a.Query.Grain)))
	}
	return t.say("finding_since", clause, days.Range{From: from, To: a.Query.Grain.Next(from)}.Label(t.Lang))
}

// through says how much of the first step reaches the last one that is wanted.
func (t *teller) through() string {
	first := t.Results[0]
	at := len(t.Results) - 1
	for at > 0 && (t.Results[at].Metric != nil && t.Results[at].Metric.Direction == "down" || len(t.Results[at].Points) == 1 && !t.Results[at].Points[0].Ripe.IsZero()) {
		at-- // a step that still fills is not told of
	}
	last := t.Results[at]
	if at == 0 || len(first.Points) != 1 || len(last.Points) != 1 {
		return ""
	}
	a, b := first.Points[0], last.Points[0]
	switch {
	case !settled(a) || !settled(b) || a.Value == nil || b.Value == nil:
		return t.not(Unsure)
	case *a.Value < fewest:
		return t.not(Few)
	case *b.Value > *a.Value:
		return ""
	}
	part := 100 * *b.Value / *a.Value
	name := t.named(0)
	if t.Lang == codes.En {
		name = capital(name)
	}
	return t.say("finding_through", name, metric.Format(a.Value, first.Unit, t.Lang), t.named(at), metric.Format(b.Value, last.Unit, t.Lang), metric.Number(&part, metric.Percent))
}

// levels says who is in the highest level that any reaches; of a course, in which level it is.
func (t *teller) levels() string {
	if len(t.By) == 0 {
		r := t.result()
		list, when := t.latest(r)
		if len(list) != 1 || list[0].Value == nil {
			return ""
		}
		name := t.named(t.at)
		if t.Lang == codes.En {
			name = capital(name)
		}
		return t.say("finding_level_is", when, name, metric.Number(list[0].Value, r.Unit), t.Panel.Levels[board.LevelOf(t.Panel.Levels, *list[0].Value)].Name.In(t.Lang))
	}
	if len(t.Results) < 2 {
		return ""
	}
	list, _ := t.latest(t.Results[1])
	highest, all := -1, 0
	var in []metric.Point
	for _, pt := range list {
		if pt.Value == nil {
			continue
		}
		all++
		switch l := board.LevelOf(t.Panel.Levels, *pt.Value); {
		case l > highest:
			highest, in = l, []metric.Point{pt}
		case l == highest:
			in = append(in, pt)
		}
	}
	if all < 2 {
		return ""
	}
	slices.SortStableFunc(in, func(a, b metric.Point) int { return cmp.Compare(*b.Value, *a.Value) })
	level, what := t.Panel.Levels[highest].Name.In(t.Lang), ""
	if name := t.Panel.Finding.Name; name.Zh != "" { // what is counted
		what = words.In(t.Lang, "sep_word") + name.In(t.Lang)
	}
	if len(in) == all {
		return t.say("finding_levels_all", all, level, what)
	}
	if len(in) > mostKeys {
		return t.say("finding_levels", all, len(in), level, what)
	}
	var names []string
	for _, pt := range in {
		names = append(names, t.keyed(pt))
	}
	return t.say("finding_levels_named", all, len(in), level, words.Join(t.Lang, "sep_list", names), what)
}
