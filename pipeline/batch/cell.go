package batch

import (
	"math"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// parser is how the text of a cell is read; plainParser is the column type's own way.
type parser string

const plainParser parser = ""

// outcome is what became of a cell.
type outcome uint8

const (
	filled outcome = iota
	blank
)

// empty reports whether a folded text means "no value" in this column.
func (c *column) empty(s string) bool {
	if s == "" {
		return true
	}
	if len(s) > 12 && c.nulls == nil {
		return false
	}
	if c.only {
		return c.nulls[s] || c.nulls[strings.ToLower(s)]
	}
	if cell.NoValue(s) || c.nulls[s] {
		return true
	}
	if l := strings.ToLower(s); l != s {
		return cell.NoValue(l) || c.nulls[l]
	}
	return false
}

// read reads one cell into row n of the column.
func (r *Reader) read(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	s := in.Text
	switch in.Kind {
	case source.Blank:
		return blank, nil
	case source.Error:
		return blank, cell.FaultErrorCell
	case source.NoCache:
		return blank, cell.FaultNoCache
	case source.Text:
		// the shapes of a tidy file, without folding or copying
		switch {
		case c.parse != plainParser || c.comma:
		case c.kind == kindInt && c.list == nil && c.head.Exp == c.declExp():
			if c.decl.Type == dataset.Date {
				if y, m, d, ok := cell.FastDate(s); ok && y != 0 {
					v, f := cell.Day(y, m, d)
					if f != nil {
						return filled, f
					}
					return r.putDate(c, n, v)
				}
			} else if v, ok := cell.FastInt(s); ok {
				return c.putChecked(n, v)
			}
		case c.kind == kindFloat && c.head.Exp == c.declExp():
			if d, ok := cell.FastDecimal(s); ok {
				return c.putFloat(n, d.Float())
			}
		}
		if len(s) > cell.MaxText {
			return filled, cell.FaultTooLong
		}
	}
	return r.readSlow(c, n, in)
}

// declExp is the header's power of ten under which numbers need no shift.
func (c *column) declExp() int {
	if c.head.Base == "" && c.head.Exp == 0 {
		return 0
	}
	return c.unit.Exp
}

func (r *Reader) readSlow(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if c.parse != plainParser {
		return r.readParsed(c, n, in)
	}
	switch c.kind {
	case kindDict:
		return r.memoised(c, n, in)
	case kindString:
		return r.readString(c, n, in)
	case kindList:
		return c.readList(n, in.Text)
	case kindUint:
		return r.readPerson(c, n, in)
	case kindBool:
		return r.memoised(c, n, in)
	case kindInt:
		if c.list != nil {
			return r.memoised(c, n, in)
		}
		if c.decl.Type == dataset.Date {
			return r.readDate(c, n, in)
		}
		d, out, f := c.number(in)
		if f != nil || out == blank {
			return out, f
		}
		v, whole, ok := d.Int()
		switch {
		case !whole:
			return filled, cell.FaultWhole
		case !ok:
			return filled, c.beyond
		case (in.Kind == source.Number || strings.ContainsAny(in.Text, "eEｅＥ")) && (v > 999_999_999_999_999 || v < -999_999_999_999_999):
			return filled, cell.FaultPrecision
		}
		return c.putChecked(n, v)
	case kindFloat:
		if in.Kind == source.Number && c.head.Exp == c.declExp() {
			v, err := strconv.ParseFloat(in.Text, 64)
			if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
				return filled, cell.FaultNumber
			}
			return c.putFloat(n, v)
		}
		d, out, f := c.number(in)
		if f == cell.FaultDigits && c.head == (cell.Unit{}) {
			// more digits than a decimal holds, as programs print them: the nearest float64
			if v, err := strconv.ParseFloat(cell.Fold(in.Text), 64); err == nil {
				return c.putFloat(n, v)
			}
		}
		if f != nil || out == blank {
			return out, f
		}
		v := d.Float()
		if math.IsInf(v, 0) {
			return filled, c.beyond
		}
		return c.putFloat(n, v)
	}
	return filled, cell.FaultNumber
}

// AllDigits reads a cell as a number in the column's unit.
func (c *column) number(in *source.Cell) (cell.Decimal, outcome, *cell.Fault) {
	if c.comma && in.Kind == source.Text {
		text, ok := cell.DecimalComma(cell.Fold(in.Text))
		if !ok {
			return cell.Decimal{}, filled, cell.FaultComma
		}
		in = &source.Cell{Text: text, Kind: source.Text}
	}
	switch in.Kind {
	case source.Number:
		d, f := cell.StoredNumber(in.Text)
		if c.head.Base != "" || c.head.Exp != 0 {
			d = d.Shift(c.head.Exp - c.unit.Exp)
		}
		return d, filled, f
	case source.Date, source.Bool:
		return cell.Decimal{}, filled, cell.FaultNumber
	}
	s := cell.Fold(in.Text)
	if c.empty(s) {
		return cell.Decimal{}, blank, nil
	}
	if cell.ErrorText(s) {
		return cell.Decimal{}, filled, cell.FaultErrorCell
	}
	d, f := cell.Number(s, c.unit, c.head)
	return d, filled, f
}

func (c *column) putChecked(n int, v int64) (outcome, *cell.Fault) {
	if c.period && (v < c.years[0] || v > c.years[1]) {
		return filled, cell.FaultPeriod // a year, where the period is about one
	}
	if v < c.lo || v > c.hi {
		return filled, c.beyond
	}
	c.setInt(n, v)
	return filled, nil
}

func (c *column) putFloat(n int, v float64) (outcome, *cell.Fault) {
	if c.min != nil && v < *c.min || c.max != nil && v > *c.max {
		return filled, c.beyond
	}
	if v == 0 {
		v = 0 // not minus zero
	}
	c.setFloat(n, v)
	return filled, nil
}

func (r *Reader) putDate(c *column, n int, v int32) (outcome, *cell.Fault) {
	if c.period && (v < r.from || v >= r.to) {
		return filled, cell.FaultPeriod
	}
	c.setInt(n, int64(v))
	return filled, nil
}

func (r *Reader) readDate(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	v, out, f := c.dateOf(in)
	if f != nil || out == blank {
		return out, f
	}
	return r.putDate(c, n, v)
}

func (c *column) dateOf(in *source.Cell) (int32, outcome, *cell.Fault) {
	switch in.Kind {
	case source.Number:
		v, f := cell.StoredDate(in.Text)
		return v, filled, f
	case source.Bool:
		return 0, filled, cell.FaultDate
	}
	s := cell.Fold(in.Text)
	if c.empty(s) {
		return 0, blank, nil
	}
	if cell.ErrorText(s) {
		return 0, filled, cell.FaultErrorCell
	}
	v, f := cell.Date(s)
	return v, filled, f
}

// lossy reports whether a workbook has stored a number with more digits than it keeps.
func lossy(in *source.Cell) bool { return in.Kind == source.Number && cell.Lossy(in.Text) }

func (r *Reader) readString(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if lossy(in) {
		return filled, cell.FaultPrecision
	}
	s := in.Text
	if !cell.Quiet(s) {
		if cell.Undecoded(s) {
			return filled, cell.FaultEncoding
		}
		s = cell.Clean(s)
	}
	if len(s) <= 12 || c.nulls != nil {
		if c.empty(cell.Fold(s)) {
			return blank, nil
		}
		if cell.ErrorText(s) {
			return filled, cell.FaultErrorCell
		}
	}
	if c.credit {
		v, f := cell.Credit(s)
		if f != nil {
			return filled, f
		}
		s = v
	}
	c.setString(n, s)
	return filled, nil
}

// memoised reads a cell whose meaning depends on its text alone: each distinct text is looked at
// once.
func (r *Reader) memoised(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if lossy(in) {
		return filled, cell.FaultPrecision
	}
	e := c.near(in.Text)
	if e.text != in.Text || e.text == "" {
		known, ok := c.memo[in.Text]
		if !ok {
			if len(in.Text) > cell.MaxWord {
				return filled, cell.FaultTooLongWord
			}
			known = c.meaning(in.Text)
			known.text = strings.Clone(in.Text)
			c.memo[known.text] = known
			c.size += len(in.Text)
		}
		*e = known
	}
	switch {
	case e.f != nil:
		return filled, e.f
	case e.null:
		return blank, nil
	}
	switch c.kind {
	case kindDict:
		c.set(n)
		c.i32[n] = e.i
	case kindBool:
		c.setBool(n, e.i != 0)
	case kindInt:
		return c.putChecked(n, int64(e.i))
	}
	return filled, nil
}

// meaning looks a text up: in the code list first (NA may be Namibia), then among the words for
// "no value".
func (c *column) meaning(raw string) entry {
	if cell.Undecoded(raw) {
		return entry{f: cell.FaultEncoding}
	}
	if c.parse != plainParser && !strings.HasPrefix(string(c.parse), "id_") {
		s, f := c.parsedText(raw)
		if f != nil || s == "" {
			return entry{f: f, null: f == nil}
		}
		if c.list != nil {
			code, ok := c.list.Find(s)
			if !ok {
				return entry{f: cell.NotInList(c.list, s)}
			}
			s = code
		}
		return entry{i: c.index(s)}
	}
	s := cell.Fold(raw)
	if cell.ErrorText(s) {
		return entry{f: cell.FaultErrorCell}
	}
	switch {
	case c.list != nil && s != "" && !c.nulls[s]:
		if code, ok := c.list.Find(s); ok {
			if c.kind == kindDict {
				return entry{i: c.index(code)}
			}
			rank, ok := c.list.Rank(code)
			if !ok {
				return entry{f: cell.NotInList(c.list, "")}
			}
			return entry{i: int32(rank)}
		}
		if c.empty(s) {
			return entry{null: true}
		}
		if cell.Placeholder(s) {
			return entry{f: cell.FaultPlaceholder}
		}
		return entry{f: cell.NotInList(c.list, s)}
	case c.kind == kindBool:
		if v, f := cell.Bool(s); f == nil && !c.nulls[s] {
			if v {
				return entry{i: 1}
			}
			return entry{}
		}
		if c.empty(s) {
			return entry{null: true}
		}
		return entry{f: cell.FaultBool}
	}
	if c.empty(s) {
		return entry{null: true}
	}
	return entry{i: c.index(cell.Tidy(raw))}
}

// readList reads `Java|Python`, `Java、Python` and `['Java', 'Python']`; blanks and repeats are
// dropped, the order stays.
func (c *column) readList(n int, raw string) (outcome, *cell.Fault) {
	if cell.Undecoded(raw) {
		return filled, cell.FaultEncoding
	}
	s := cell.Trim(raw)
	if c.empty(cell.Fold(s)) {
		return blank, nil
	}
	if cell.ErrorText(s) {
		return filled, cell.FaultErrorCell
	}
	start := int(c.offs[n])
	c.items = c.items[:start]
	c.set(n)
	for item := range cell.Items(s) {
		if f := c.addItem(start, item); f != nil {
			return filled, f
		}
	}
	c.offs[n+1] = int32(len(c.items))
	return filled, nil
}

// addItem adds one item of a list cell whose first item is at start.
func (c *column) addItem(start int, item string) *cell.Fault {
	if len(item) > cell.MaxWord {
		return cell.FaultTooLongWord
	}
	if item = cell.Tidy(item); item == "" {
		return nil
	}
	i := c.index(item)
	for _, have := range c.items[start:] {
		if have == i {
			return nil
		}
	}
	c.items = append(c.items, i)
	return nil
}
