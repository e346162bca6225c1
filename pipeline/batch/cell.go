package batch

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

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

// errorCells are the texts of formula errors, which text files made from workbooks carry too.
func errorCell(s string) bool {
	if len(s) < 4 || s[0] != '#' {
		return false
	}
	switch strings.ToUpper(s) {
	case "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return s[1] == '#' && strings.Trim(s, "#") == "" // ####: a column printed too narrow
}

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
	if nullWords[s] || c.nulls[s] {
		return true
	}
	if l := strings.ToLower(s); l != s {
		return nullWords[l] || c.nulls[l]
	}
	return false
}

// read reads one cell into row n of the column.
func (r *Reader) read(c *column, n int, cell *source.Cell) (outcome, *fault) {
	s := cell.Text
	switch cell.Kind {
	case source.Blank:
		return blank, nil
	case source.Error:
		return blank, faultErrorCell
	case source.NoCache:
		return blank, faultNoCache
	case source.Text:
		// the shapes of a tidy file, without folding or copying
		switch {
		case c.parse != plainParser || c.comma:
		case c.kind == kindInt && c.list == nil && c.head.exp == c.declExp():
			if c.decl.Type == dataset.Date {
				if y, m, d, ok := fastDate(s); ok && y != 0 {
					v, f := day(y, m, d)
					if f != nil {
						return filled, f
					}
					return r.putDate(c, n, v)
				}
			} else if d, ok := fastDecimal(s); ok && d.e == 0 && d.m <= math.MaxInt64 {
				v := int64(d.m)
				if d.neg {
					v = -v
				}
				return c.putChecked(n, v)
			}
		case c.kind == kindFloat && c.head.exp == c.declExp():
			if d, ok := fastDecimal(s); ok {
				return c.putFloat(n, d.float())
			}
		}
		if len(s) > 1<<20 {
			return filled, faultTooLong
		}
	}
	return r.readSlow(c, n, cell)
}

// declExp is the header's power of ten under which numbers need no shift.
func (c *column) declExp() int {
	if c.head.base == "" && c.head.exp == 0 {
		return 0
	}
	return c.unit.exp
}

func (r *Reader) readSlow(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if c.parse != plainParser {
		return r.readParsed(c, n, cell)
	}
	switch c.kind {
	case kindDict:
		return r.memoised(c, n, cell)
	case kindString:
		return r.readString(c, n, cell)
	case kindList:
		return c.readList(n, cell.Text)
	case kindUint:
		return r.readPerson(c, n, cell)
	case kindBool:
		return r.memoised(c, n, cell)
	case kindInt:
		if c.list != nil {
			return r.memoised(c, n, cell)
		}
		if c.decl.Type == dataset.Date {
			return r.readDate(c, n, cell)
		}
		d, out, f := c.number(cell)
		if f != nil || out == blank {
			return out, f
		}
		v, whole, ok := d.int()
		switch {
		case !whole:
			return filled, faultWhole
		case !ok:
			return filled, c.beyond
		case (cell.Kind == source.Number || strings.ContainsAny(cell.Text, "eEｅＥ")) && (v > 999_999_999_999_999 || v < -999_999_999_999_999):
			return filled, faultPrecision
		}
		return c.putChecked(n, v)
	case kindFloat:
		if cell.Kind == source.Number && c.head.exp == c.declExp() {
			v, err := strconv.ParseFloat(cell.Text, 64)
			if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
				return filled, faultNumber
			}
			return c.putFloat(n, v)
		}
		d, out, f := c.number(cell)
		if f == faultDigits && c.head == (unit{}) {
			// more digits than a decimal holds, as programs print them: the nearest float64
			if v, err := strconv.ParseFloat(fold(cell.Text), 64); err == nil {
				return c.putFloat(n, v)
			}
		}
		if f != nil || out == blank {
			return out, f
		}
		v := d.float()
		if math.IsInf(v, 0) {
			return filled, c.beyond
		}
		return c.putFloat(n, v)
	}
	return filled, faultNumber
}

// number reads a cell as a number in the column's unit.
func (c *column) number(cell *source.Cell) (decimal, outcome, *fault) {
	if c.comma && cell.Kind == source.Text {
		text, ok := pointed(fold(cell.Text))
		if !ok {
			return decimal{}, filled, faultComma
		}
		cell = &source.Cell{Text: text, Kind: source.Text}
	}
	switch cell.Kind {
	case source.Number:
		d, f := excelNumber(cell.Text)
		if c.head.base != "" || c.head.exp != 0 {
			d.e += c.head.exp - c.unit.exp
		}
		return d, filled, f
	case source.Date, source.Bool:
		return decimal{}, filled, faultNumber
	}
	s := fold(cell.Text)
	if c.empty(s) {
		return decimal{}, blank, nil
	}
	if errorCell(s) {
		return decimal{}, filled, faultErrorCell
	}
	d, f := numberText(s, c.unit, c.head)
	return d, filled, f
}

// pointed writes a number whose decimal sign is a comma with a point: 1.204,5 is 1204.5. False where
// points or blanks do not part groups of three, or a point stands where the comma should.
func pointed(s string) (string, bool) {
	whole, rest, comma := strings.Cut(s, ",")
	if strings.ContainsAny(rest, ",.'") {
		return s, false
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ' ' || r == '\'' || r == '\u202f' || r == '\u00a0' })
	for i, g := range groups {
		lead := strings.TrimLeftFunc(g, func(r rune) bool { return r < '0' || r > '9' }) // a sign before it
		first := i == 0 && (len(groups) == 1 || lead != "" && len(lead) <= 3 && lead[0] != '0')
		if !first && (i == 0 || len(g) != 3 || !number(g)) {
			return s, !strings.ContainsAny(whole, ".,") // words: judged as any text
		}
	}
	s = strings.Join(groups, "")
	if comma {
		s += "." + rest
	}
	return s, true
}

func (c *column) putChecked(n int, v int64) (outcome, *fault) {
	if c.period && (v < c.years[0] || v > c.years[1]) {
		return filled, faultPeriod // a year, where the period is about one
	}
	if v < c.lo || v > c.hi {
		return filled, c.beyond
	}
	c.setInt(n, v)
	return filled, nil
}

func (c *column) putFloat(n int, v float64) (outcome, *fault) {
	if c.min != nil && v < *c.min || c.max != nil && v > *c.max {
		return filled, c.beyond
	}
	if v == 0 {
		v = 0 // not minus zero
	}
	c.setFloat(n, v)
	return filled, nil
}

func (r *Reader) putDate(c *column, n int, v int32) (outcome, *fault) {
	if c.period && (v < r.from || v >= r.to) {
		return filled, faultPeriod
	}
	c.setInt(n, int64(v))
	return filled, nil
}

func (r *Reader) readDate(c *column, n int, cell *source.Cell) (outcome, *fault) {
	v, out, f := c.dateOf(cell)
	if f != nil || out == blank {
		return out, f
	}
	return r.putDate(c, n, v)
}

func (c *column) dateOf(cell *source.Cell) (int32, outcome, *fault) {
	switch cell.Kind {
	case source.Number:
		v, f := dateNumber(cell.Text, c.month)
		return v, filled, f
	case source.Bool:
		return 0, filled, faultDate
	}
	s := fold(cell.Text)
	if c.empty(s) {
		return 0, blank, nil
	}
	if errorCell(s) {
		return 0, filled, faultErrorCell
	}
	v, f := dateText(s, c.month)
	return v, filled, f
}

// undecoded reports whether a text holds the mark of bytes that could not be decoded.
func undecoded(s string) bool { return strings.Contains(s, "\ufffd") || !utf8.ValidString(s) }

// lossy reports whether a number stored by a workbook has more digits than the workbook keeps, so
// that it cannot be a number that names something.
func lossy(cell *source.Cell) bool {
	if cell.Kind != source.Number {
		return false
	}
	digits := 0
	for i := 0; i < len(cell.Text); i++ {
		switch b := cell.Text[i]; {
		case b == 'e' || b == 'E':
			return i+1 < len(cell.Text) && cell.Text[i+1] != '-'
		case b == '.':
			return strings.ContainsAny(cell.Text[i:], "eE") && !strings.Contains(cell.Text[i:], "-") // else a measure, not a name
		case b >= '0' && b <= '9':
			digits++
		}
	}
	return digits >= 16
}

func (r *Reader) readString(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if lossy(cell) {
		return filled, faultPrecision
	}
	s := cell.Text
	if !quiet(s) {
		if undecoded(s) {
			return filled, faultEncoding
		}
		s = clean(s)
	}
	if len(s) <= 12 || c.nulls != nil {
		if c.empty(fold(s)) {
			return blank, nil
		}
		if errorCell(s) {
			return filled, faultErrorCell
		}
	}
	if c.credit {
		v, f := creditText(s)
		if f != nil {
			return filled, f
		}
		s = v
	}
	c.setString(n, s)
	return filled, nil
}

// maxWord is how many bytes a value of a dictionary may have.
const maxWord = 8 << 10

// memoised reads a cell whose meaning depends on its text alone: each distinct text is looked at
// once.
func (r *Reader) memoised(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if lossy(cell) {
		return filled, faultPrecision
	}
	e := c.near(cell.Text)
	if e.text != cell.Text || e.text == "" {
		known, ok := c.memo[cell.Text]
		if !ok {
			if len(cell.Text) > maxWord {
				return filled, faultTooLongWord
			}
			known = c.meaning(cell.Text)
			known.text = strings.Clone(cell.Text)
			c.memo[known.text] = known
			c.size += len(cell.Text)
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
	if undecoded(raw) {
		return entry{f: faultEncoding}
	}
	if c.parse != plainParser && !strings.HasPrefix(string(c.parse), "id_") {
		s, f := c.parsedText(raw)
		if f != nil || s == "" {
			return entry{f: f, null: f == nil}
		}
		if c.list != nil {
			code, ok := c.list.Find(s)
			if !ok {
				return entry{f: faultCode(c.list.Zh, nearest(c.list, s, 3))}
			}
			s = code
		}
		return entry{i: c.index(s)}
	}
	s := fold(raw)
	if errorCell(s) {
		return entry{f: faultErrorCell}
	}
	switch {
	case c.list != nil && s != "" && !c.nulls[s]:
		if code, ok := c.list.Find(s); ok {
			if c.kind == kindDict {
				return entry{i: c.index(code)}
			}
			rank, ok := c.list.Rank(code)
			if !ok {
				return entry{f: faultCode(c.list.Zh, nil)}
			}
			return entry{i: int32(rank)}
		}
		if c.empty(s) {
			return entry{null: true}
		}
		if placeholder(s) {
			return entry{f: faultPlaceholder}
		}
		return entry{f: faultCode(c.list.Zh, nearest(c.list, s, 3))}
	case c.kind == kindBool:
		if v, f := boolText(s); f == nil && !c.nulls[s] {
			if v {
				return entry{i: 1}
			}
			return entry{}
		}
		if c.empty(s) {
			return entry{null: true}
		}
		return entry{f: faultBool}
	}
	if c.empty(s) {
		return entry{null: true}
	}
	return entry{i: c.index(tidy(raw))}
}

// separators part the items of a list cell.
func listSeparator(r rune) bool {
	switch r {
	case '|', ',', '，', '、', ';', '；', '\n', '\r', '\t', '｜':
		return true
	}
	return false
}

// readList reads `Java|Python`, `Java、Python` and `['Java', 'Python']`; blanks and repeats are
// dropped, the order stays.
func (c *column) readList(n int, raw string) (outcome, *fault) {
	if undecoded(raw) {
		return filled, faultEncoding
	}
	s := trim(raw)
	if c.empty(fold(s)) {
		return blank, nil
	}
	if errorCell(s) {
		return filled, faultErrorCell
	}
	quoted := len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']'
	if quoted {
		s = s[1 : len(s)-1]
	}
	start := int(c.offs[n])
	c.items = c.items[:start]
	c.set(n)
	for s != "" {
		item := s
		if i := strings.IndexFunc(s, listSeparator); i >= 0 {
			item = s[:i]
			s = s[i:]
			_, w := utf8.DecodeRuneInString(s)
			s = s[w:]
		} else {
			s = ""
		}
		if quoted {
			item = strings.Trim(trim(item), `'"`)
		}
		if f := c.addItem(start, item); f != nil {
			return filled, f
		}
	}
	c.offs[n+1] = int32(len(c.items))
	return filled, nil
}

// addItem adds one item of a list cell whose first item is at start.
func (c *column) addItem(start int, item string) *fault {
	if len(item) > maxWord {
		return faultTooLongWord
	}
	if item = tidy(item); item == "" {
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
