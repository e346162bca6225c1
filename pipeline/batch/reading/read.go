package reading

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/source"
)

// fold folds a text; none where it means "no value", a fault where it is a formula error.
func (r *Rule) fold(text string) (s string, none bool, f *cell.Fault) {
	s = cell.Fold(text)
	if r.noValue.Says(s) {
		return s, true, nil
	}
	return s, false, cell.Broken(s)
}

// foldTight is fold where blanks inside a word for "no value" (- -) do not matter.
func (r *Rule) foldTight(text string) (s string, none bool, f *cell.Fault) {
	if s = cell.Fold(text); r.noValue.Says(cell.Squeeze(s)) {
		return s, true, nil
	}
	return r.fold(text)
}

// Number reads a cell as a number in the column's unit.
func (r *Rule) Number(c *source.Cell) (d cell.Decimal, none bool, f *cell.Fault) {
	n := &r.numbers
	switch c.Kind {
	case source.Number:
		if c.Yuan() && n.own.Yuan(n.header, c.Text) && n.tens {
			return d, false, cell.FaultYuan
		}
		d, f = cell.StoredNumber(c.Text)
		if n.header != (cell.Unit{}) {
			d = d.Shift(n.header.Shift(n.declared))
		}
		return d, false, f
	case source.Date, source.Bool:
		return d, false, cell.FaultNumber
	}
	text := c.Text
	if n.doubt && cell.EitherWay(text) {
		return d, false, cell.FaultEitherWay
	}
	if n.comma {
		point, ok := cell.DecimalComma(cell.Fold(text))
		if !ok {
			return d, false, cell.FaultComma
		}
		text = point
	}
	s, none, f := r.fold(text)
	if none || f != nil {
		return d, none, f
	}
	if d, f = cell.Number(s, n.declared, n.header); f == nil && n.tens {
		n.own.See(s, n.declared)
	}
	return d, false, f
}

// whole reads a whole number.
func (r *Rule) whole(c *source.Cell) (Value, *cell.Fault) {
	if r.tidy && c.Kind == source.Text {
		if v, ok := cell.FastInt(c.Text); ok {
			return r.between(v)
		}
	}
	d, none, f := r.Number(c)
	if none || f != nil {
		return Value{None: none}, f
	}
	v, whole, fits := d.Int()
	switch {
	case !whole:
		return Value{}, cell.FaultWhole
	case !fits:
		return Value{}, r.limits.Beyond
	case (c.Kind == source.Number || strings.ContainsAny(c.Text, "eEｅＥ")) && (v > 999_999_999_999_999 || v < -999_999_999_999_999):
		return Value{}, cell.FaultPrecision
	}
	return r.between(v)
}

// between takes a whole number that lies in the column's limits and, where it is the year that the
// submission is about, in its window.
func (r *Rule) between(v int64) (Value, *cell.Fault) {
	switch {
	case r.within && (v < int64(r.window.first) || v > int64(r.window.last)):
		return Value{}, cell.FaultPeriod
	case v < r.limits.Lo || v > r.limits.Hi:
		return Value{}, r.limits.Beyond
	}
	return Value{I: v}, nil
}

// float reads a decimal number.
func (r *Rule) float(c *source.Cell) (Value, *cell.Fault) {
	switch {
	case r.tidy && c.Kind == source.Text:
		if d, ok := cell.FastDecimal(c.Text); ok {
			return r.inside(d.Float())
		}
	case c.Yuan() && r.numbers.own.Yuan(r.numbers.header, c.Text) && r.numbers.tens:
		return Value{}, cell.FaultYuan
	case c.Kind == source.Number && r.numbers.unshifted():
		v, err := strconv.ParseFloat(c.Text, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return Value{}, cell.FaultNumber
		}
		return r.inside(v)
	}
	d, none, f := r.Number(c)
	if f == cell.FaultDigits && r.numbers.header == (cell.Unit{}) {
		// more digits than a decimal holds, as programs print them: the nearest float64
		if v, err := strconv.ParseFloat(cell.Fold(c.Text), 64); err == nil {
			return r.inside(v)
		}
	}
	if none || f != nil {
		return Value{None: none}, f
	}
	v := d.Float()
	if math.IsInf(v, 0) {
		return Value{}, r.limits.Beyond
	}
	return r.inside(v)
}

func (r *Rule) inside(v float64) (Value, *cell.Fault) {
	l := &r.limits
	if l.Min != nil && v < *l.Min || l.Max != nil && v > *l.Max {
		return Value{}, l.Beyond
	}
	if v == 0 {
		v = 0 // not minus zero
	}
	return decimal(v), nil
}

// day reads a date.
func (r *Rule) day(c *source.Cell) (Value, *cell.Fault) {
	switch c.Kind {
	case source.Number:
		return r.dated(r.stored(c.Text))
	case source.Bool:
		return Value{}, cell.FaultDate
	case source.Text:
		if !r.tidy {
			break
		}
		if y, m, d, ok := cell.FastDate(c.Text); ok && y != 0 {
			return r.dated(cell.Day(y, m, d))
		}
	}
	s, none, f := r.fold(c.Text)
	if none || f != nil {
		return Value{None: none}, f
	}
	v, f := r.dated(cell.Date(s))
	if first, month := c.Period(); month && (first.Text != c.Text || !cell.Months(r.Decl.Title.Zh)) {
		v.Told = MonthOnly
	}
	return v, f
}

// dated takes a day that lies, where the submission is about it, in its window.
func (r *Rule) dated(day int32, f *cell.Fault) (Value, *cell.Fault) {
	switch {
	case f != nil:
		return Value{}, f
	case r.within && (day < r.window.from || day >= r.window.to):
		return Value{}, cell.FaultPeriod
	}
	return Value{I: int64(day)}, nil
}

// lossy reports whether a workbook has stored a number with more digits than it keeps.
func lossy(c *source.Cell) bool { return c.Kind == source.Number && cell.Lossy(c.Text) }

// string reads a text that keeps its own spelling, but for the numbers of persons in it.
func (r *Rule) string(c *source.Cell) (Value, *cell.Fault) {
	v, f := r.spelt(c)
	if f == nil && mask.Suspect(v.S) {
		s, told := r.masked(v.S)
		v.S, v.Told = s, v.Told|told
	}
	return v, f
}

// masked hides the numbers of persons in a text.
func (r *Rule) masked(s string) (string, Notice) {
	s, hid := r.mask.Text(s)
	if hid {
		return s, Hidden
	}
	return s, 0
}

// controls is the notice of control characters in a text.
func controls(s string) Notice {
	if cell.Controlled(s) {
		return Unprintable
	}
	return 0
}

// damage is what a spreadsheet, or an export, has made of a text.
func (r *Rule) damage(s string) (told Notice, f *cell.Fault) {
	day, f := cell.Damaged(s, r.texts)
	if day {
		told = MonthDay
	}
	if cell.Escaped(s) {
		told |= Escaped
	}
	return told, f
}

// spelt reads a text as it stands.
func (r *Rule) spelt(c *source.Cell) (Value, *cell.Fault) {
	switch {
	case lossy(c):
		return Value{}, cell.FaultPrecision
	case c.Kind == source.Date:
		return Value{}, cell.FaultDateInText
	}
	s, ok := c.Shown()
	if !ok {
		return Value{}, cell.FaultScaled
	}
	told, f := r.damage(s)
	if f != nil {
		return Value{}, f
	}
	if len(s) > 15 && r.Cut.See(s) {
		told |= Zeros
	}
	if cell.MisreadChinese(s) {
		return Value{}, cell.FaultEncoding
	}
	if !cell.Quiet(s) {
		if cell.Undecoded(s) {
			return Value{}, cell.FaultEncoding
		}
		told |= controls(s)
		s = cell.Clean(s)
	}
	if len(s) <= 12 || r.noValue.Own != nil {
		if _, none, f := r.fold(s); none || f != nil {
			return Value{None: none}, f
		}
	}
	return Value{S: s, Told: told}, nil
}

// credit reads a unified social credit code.
func (r *Rule) credit(c *source.Cell) (Value, *cell.Fault) {
	v, f := r.spelt(c)
	if f != nil || v.None {
		return v, f
	}
	v.S, f = cell.Credit(v.S)
	return v, f
}

// who reads the number of an identity card, of another document or of a telephone as its hash. It may have been read before
// the row's turn.
func (r *Rule) who(c *source.Cell) (Value, *cell.Fault) {
	p := &r.person
	if p.before != nil && p.before.Of(c) {
		return Value{I: int64(p.before.Hash), None: p.before.None}, p.before.Fault
	}
	hash, none, f := p.Read(c)
	return Value{I: int64(hash), None: none}, f
}

// word reads a cell whose meaning depends on its text alone: each distinct text is looked at once.
func (r *Rule) word(c *source.Cell) (Value, *cell.Fault) {
	switch {
	case lossy(c):
		return Value{}, cell.FaultPrecision
	case c.Kind == source.Date && r.isWord() && (r.Decl.Parse == "" || r.Decl.Parse == "trim"):
		return Value{}, cell.FaultDateInText
	}
	text := c.Text
	if c.Kind == source.Number && r.List == nil {
		var ok bool
		if text, ok = c.Shown(); !ok {
			return Value{}, cell.FaultScaled
		}
	}
	s, known := r.Dict.near(text)
	if !known {
		at, ok := r.Dict.memo[text]
		if !ok && len(text) > cell.MaxWord {
			return Value{}, cell.FaultTooLongWord
		} else if !ok {
			at = r.Dict.remember(text, r.mean(r, text))
		}
		s.point(&r.Dict.means[at], at)
	}
	m := &r.Dict.means[s.at-1]
	return Value{None: m.none, Told: m.told, I: int64(m.i)}, m.f
}

// rank reads a value of a ranked code list as its rank.
func (r *Rule) rank(c *source.Cell) (Value, *cell.Fault) {
	v, f := r.word(c)
	if f != nil || v.None {
		return v, f
	}
	return r.between(v.I)
}

// readable folds a text that is to be looked up; a fault where it is broken.
func readable(raw string) (string, *cell.Fault) {
	if cell.Undecoded(raw) {
		return "", cell.FaultEncoding
	}
	s := cell.Fold(raw)
	return s, cell.Broken(s)
}

// lowMeaning is what a text means where every text is a value.
func (r *Rule) lowMeaning(raw string) meaning {
	s, f := readable(raw)
	if f != nil || r.noValue.Says(s) {
		return meaning{none: f == nil, f: f}
	}
	told, f := r.damage(s)
	if f != nil {
		return meaning{f: f}
	}
	m := r.placed(cell.Tidy(raw))
	m.told |= controls(raw) | told
	return m
}

// placed is the meaning of a text that becomes a value of the dictionary, without the numbers of persons in it.
func (r *Rule) placed(s string) meaning {
	s, told := r.masked(s)
	return meaning{i: r.Dict.place(s), told: told}
}

// boolMeaning looks among the words for yes and no first: 无 is a no here and no value elsewhere.
func (r *Rule) boolMeaning(raw string) meaning {
	s, f := readable(raw)
	if f != nil {
		return meaning{f: f}
	}
	yes, f := cell.Bool(s)
	switch {
	case f == nil && !r.noValue.Own[s]:
		if yes {
			return meaning{i: 1}
		}
		return meaning{}
	case r.noValue.Says(s):
		return meaning{none: true}
	}
	return meaning{f: cell.FaultBool}
}

// codeMeaning looks in the code list first (NA may be Namibia), then among the words for "no value".
func (r *Rule) codeMeaning(raw string) meaning {
	s, f := readable(raw)
	if f != nil {
		return meaning{f: f}
	}
	if s == "" || r.noValue.Own[s] {
		return meaning{none: true}
	}
	code, ok := r.List.Find(s)
	switch {
	case ok && r.isWord():
		return meaning{i: r.Dict.place(code)}
	case ok:
		rank, ok := r.List.Rank(code)
		if !ok {
			return meaning{f: cell.NotInList(r.List, "")}
		}
		return meaning{i: int32(rank)}
	case r.noValue.Says(s):
		return meaning{none: true}
	case cell.Placeholder(s):
		return meaning{f: cell.FaultPlaceholder}
	}
	return meaning{f: cell.NotInList(r.List, s)}
}

// isWord reports whether the column keeps words, not the ranks of a list or yes and no.
func (r *Rule) isWord() bool { return r.Decl.Type == dataset.Low || r.Decl.Type == dataset.Code }

// strings reads `Java|Python`, `Java、Python` and `['Java', 'Python']`; blanks and repeats are
// dropped, the order stays.
func (r *Rule) strings(c *source.Cell) (Value, *cell.Fault) {
	if cell.Undecoded(c.Text) {
		return Value{}, cell.FaultEncoding
	}
	s := cell.Trim(c.Text)
	if _, none, f := r.fold(s); none || f != nil {
		return Value{None: none}, f
	}
	return r.collect(cell.Items(s))
}

// collect puts the items of a list in the dictionary.
func (r *Rule) collect(items iter.Seq[string]) (Value, *cell.Fault) {
	r.Dict.Items = r.Dict.Items[:0]
	var v Value
	for item := range items {
		if len(item) > cell.MaxWord {
			return Value{}, cell.FaultTooLongWord
		}
		if item = cell.Tidy(item); item == "" {
			continue
		}
		item, told := r.masked(item)
		v.Told |= told
		if i := r.Dict.place(item); !slices.Contains(r.Dict.Items, i) {
			r.Dict.Items = append(r.Dict.Items, i)
		}
	}
	return v, nil
}
