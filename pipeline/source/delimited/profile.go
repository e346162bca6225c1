package delimited

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// Profile is what the first rows of a text show of its columns: which are never blank, what kind of text stands in
// them, how large their numbers are. A row with a blank where none is, whose other cells fit better one column to the
// side, has moved, though it has as many cells as the others.
type Profile struct {
	rows  map[int]int // of the sample, by number: the index in cells
	cells [][]seen
	blank []int // by column, the rows of the sample in which it is blank
	tries int
	odd   map[int]bool       // rows with a blank where no other row has one, which fits nowhere better
	at    int                // the column of the first of these
	wordy []int              // columns that begin with words alone
	has   [][mixture + 1]int // by column, the rows of the sample that hold a kind there
	slips int                // rows at which was looked for words that stand one column beside their own
}

// seen is a cell as far as a look tells.
type seen struct {
	kind  kind
	value float64
	ends  string // of words, what texts of their kind end with: 镇 of 北山镇; else the text
	brief bool   // of words, too few characters for an end to tell anything: 优, 是, 大专
	tail  rune   // of a mixture, its last character where that is no digit: 号 of 北山镇45号
}

type kind uint8

const (
	nothing kind = iota
	integer      // a number without decimals
	decimal
	date
	word // no digit in it
	mixture
)

const (
	sampled   = 4    // rows from which on a sample says something
	mostTries = 1000 // rows that are held against the sample; where there are more of them blanks are how the table is filled
	mostOdd   = 5
)

// NewProfile looks at the first rows below a header, by their numbers; nil: they are too few.
func NewProfile(numbers []int, rows [][]string) *Profile {
	if len(rows) < sampled {
		return nil
	}
	p := &Profile{rows: map[int]int{}, odd: map[int]bool{}}
	for i, cells := range rows {
		p.rows[numbers[i]] = i
		row := make([]seen, len(cells))
		for c, text := range cells {
			row[c] = look(text)
			for len(p.blank) <= c {
				p.blank, p.has = append(p.blank, 0), append(p.has, [mixture + 1]int{})
			}
			p.has[c][row[c].kind]++
			if row[c].kind == nothing {
				p.blank[c]++
			}
		}
		p.cells = append(p.cells, row)
	}
	for c := range p.blank {
		if p.words(c, math.MaxInt, sampled) {
			p.wordy = append(p.wordy, c)
		}
	}
	return p
}

// words reports whether the first filled cells of a column, so many or all, hold words alone in the rows of the sample above one; they
// are enough to say something.
func (p *Profile) words(c, above, most int) bool {
	n := 0
	for _, i := range p.order(above) {
		if c >= len(p.cells[i]) || p.cells[i][c].kind == nothing {
			continue
		}
		if p.cells[i][c].kind != word {
			return false
		}
		if n++; n == most {
			break
		}
	}
	return n >= sampled
}

// order are the rows of the sample above one, from the first on.
func (p *Profile) order(above int) []int {
	var rows []int
	for number := range p.rows {
		if number < above {
			rows = append(rows, p.rows[number])
		}
	}
	slices.Sort(rows)
	return rows
}

func look(text string) seen {
	text = strings.TrimSpace(text)
	if text == "" {
		return seen{}
	}
	digits := strings.ContainsAny(text, "0123456789")
	if !digits {
		last, _ := utf8.DecodeLastRuneInString(text)
		if unicode.Is(unicode.Han, last) {
			return seen{kind: word, ends: string(last), brief: utf8.RuneCountInString(text) < 3}
		}
		return seen{kind: word, ends: text}
	}
	plain := strings.TrimSuffix(strings.ReplaceAll(text, ",", ""), "%")
	if v, err := strconv.ParseFloat(plain, 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
		if len(plain) > 1 && plain[0] == '0' && plain[1] != '.' {
			return seen{kind: mixture} // a code
		}
		if strings.ContainsRune(plain, '.') {
			return seen{kind: decimal, value: v}
		}
		return seen{kind: integer, value: v}
	}
	if strings.Trim(text, "0123456789-/.:年月日时分秒 ") == "" {
		return seen{kind: date}
	}
	s := seen{kind: mixture}
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.Is(unicode.Han, last) {
		s.tail = last
	}
	return s
}

// Moved says that a row, by its number, has a blank where no other has one because its cells stand one column beside
// their own; nil: nothing says so. It is to be asked about rows with blanks only.
func (p *Profile) Moved(number int, cells []string) *Doubt {
	if p == nil || p.tries >= mostTries || len(cells) != len(p.blank) {
		return nil
	}
	self, inSample := p.rows[number]
	if !inSample {
		self = -1
	}
	row, filled := []seen(nil), 0
	for b, text := range cells {
		if p.blank[b] > 1 || p.blank[b] == 1 && !inSample || strings.TrimSpace(text) != "" {
			continue
		}
		if row == nil {
			p.tries++
			row = make([]seen, len(cells))
			for i, s := range cells {
				if row[i] = look(s); row[i].kind != nothing {
					filled++
				}
			}
		}
		if 2*filled < len(cells) {
			return nil // a note, a total
		}
		if p.shifted(row, b, self) || p.elsewhere(row, b, self) {
			return moved(b)
		}
		if k := p.usual(b, self); (k == integer || k == decimal) && len(p.odd) <= mostOdd {
			if len(p.odd) == 0 {
				p.at = b
			}
			p.odd[number] = true
		}
	}
	return nil
}

// Other looks at a row just below an empty line: figures in several columns that hold words alone in the sample are another
// table's.
func (p *Profile) Other(gap int, cells []string) *Note {
	if p == nil {
		return nil
	}
	var at []string
	for c, text := range cells {
		if k := look(text).kind; (k == integer || k == decimal) && p.words(c, gap, math.MaxInt) {
			at = append(at, strconv.Itoa(c+1))
		}
	}
	if len(at) < 2 {
		return p.heads(gap, cells)
	}
	list := strings.Join(at, "、")
	return &Note{Rule: "other_below", Count: 1, Rows: []int{gap}, Text: codes.Text{
		Zh: fmt.Sprintf("第 %d 行起（空行以下）各行与上面的不是一类：第 %s 列是数，上面是文字，可能是另一张表；已照常读取", gap, list),
		En: fmt.Sprintf("from row %d on, below an empty line, the rows are of another kind than those above: columns %s hold numbers, above words; it may be another table, and was read like the rest", gap, strings.Join(at, ", ")),
	}}
}

// Figures reports whether a row has figures in two columns or more that begin with words alone. Nearly no row has.
func (p *Profile) Figures(cells []string) bool {
	if p == nil || len(p.wordy) < 2 {
		return false
	}
	n := 0
	for _, c := range p.wordy {
		if c < len(cells) && cells[c] != "" && cells[c][0] >= '0' && cells[c][0] <= '9' {
			n++
		}
	}
	return n > 1 && p.tries < mostTries
}

// Stacked looks at two rows that follow each other where no empty line parts them: names of columns, short and all different, none of
// which stands above, and then figures in several columns that hold words alone above. It is another table's heading. To be asked where Figures says so.
func (p *Profile) Stacked(number int, heading, cells []string) *Note {
	if len(heading) != len(cells) {
		return nil
	}
	p.tries++
	above := p.order(number - 1)
	for c, text := range heading {
		text = strings.TrimSpace(text)
		s := look(text)
		if s.kind != word || len(text) > 36 || slices.Contains(heading[:c], text) {
			return nil
		}
	}
	var at []string
	for _, c := range p.wordy {
		k, names := look(cells[c]).kind, look(heading[c])
		if k != integer && k != decimal || !p.words(c, number-1, math.MaxInt) {
			continue
		}
		if slices.ContainsFunc(above, func(i int) bool { return c < len(p.cells[i]) && p.cells[i][c].ends == names.ends }) {
			return nil // a row like those above
		}
		at = append(at, strconv.Itoa(c+1))
	}
	if len(at) < 2 {
		return nil
	}
	return &Note{Rule: "other_below", Count: 1, Rows: []int{number - 1}, Text: codes.Text{
		Zh: fmt.Sprintf("第 %d 行像是另一张表的表头（%s）：其下第 %s 列是数，其上是文字；它和下面各行已照常读取，若是另一张表，请单独报送", number-1, shown(heading), strings.Join(at, "、")),
		En: fmt.Sprintf("row %d looks like the header of another table (%s): below it columns %s hold numbers, above it words; it and the rows below were read like the rest: send another table by itself", number-1, shown(heading), strings.Join(at, ", ")),
	}}
}

// heads looks whether such a row reads like the heading of another table: words alone, short and all different, also where
// nothing but codes, dates or figures stands above.
func (p *Profile) heads(gap int, cells []string) *Note {
	if len(cells) < 2 {
		return nil
	}
	bare := 0 // columns above without words
	for c, text := range cells {
		if text = strings.TrimSpace(text); look(text).kind != word || len(text) > 36 || slices.Contains(cells[:c], text) {
			return nil
		}
		n, words := 0, 0
		for number, i := range p.rows {
			if number < gap && c < len(p.cells[i]) && p.cells[i][c].kind != nothing {
				if n++; p.cells[i][c].kind == word {
					words++
				}
			}
		}
		if n > 1 && words == 0 {
			bare++
		}
	}
	if bare == 0 {
		return nil
	}
	return &Note{Rule: "other_below", Count: 1, Rows: []int{gap}, Text: codes.Text{
		Zh: fmt.Sprintf("第 %d 行（空行以下）像是另一张表的表头（%s）；它和下面各行已照常读取，若是另一张表，请单独报送", gap, shown(cells)),
		En: fmt.Sprintf("row %d, below an empty line, looks like the header of another table (%s); it and the rows below were read like the rest: send another table by itself", gap, shown(cells)),
	}}
}

// shown names the first cells of a row.
func shown(cells []string) string {
	const few = 4
	if len(cells) > few {
		return strings.Join(cells[:few], "、") + "…"
	}
	return strings.Join(cells, "、")
}

// usual is the kind of all cells of a column of the sample, without one row; nothing: they are of several.
func (p *Profile) usual(c, self int) (k kind) {
	for i, r := range p.cells {
		if i == self || c >= len(r) {
			continue
		}
		switch {
		case k == nothing:
			k = r[c].kind
		case k != r[c].kind && !(k <= decimal && r[c].kind <= decimal):
			return nothing
		}
	}
	return k
}

// shifted reports whether a row with a blank at b fits where the cells on its right, or on its left, are put back by one.
func (p *Profile) shifted(row []seen, b, self int) bool {
	misfits := func(from, to, by int) (here, there int) {
		for c := from; c < to; c++ {
			here += p.misfit(row[c], c, self)
			there += p.misfit(row[c], c+by, self)
		}
		return here, there
	}
	for end := b + 1; end < len(row) && row[end].kind != nothing; end++ { // a blank too many at b, one too few at end
		here, there := misfits(b+1, end+1, -1)
		others := len(p.cells)
		if self >= 0 {
			others--
		}
		if there == 0 && p.blank[end] >= others && others >= 2*sampled-1 { // filled here, and in no other row
			return true
		}
		if there == 0 && here > 0 && (end == len(row)-1 || p.blank[end] > 0) && (here > 1 || row[end].kind != nothing && p.misfit(row[end], end, self) > 0) {
			return true
		}
	}
	for start := b - 1; start >= 0 && row[start].kind != nothing; start-- { // one too few at start, one too many at b
		here, there := misfits(start, b, 1)
		if there == 0 && here > 0 && (p.blank[start] > 0 || here > 1) {
			return true
		}
	}
	return false
}

// elsewhere reports whether words beside a blank at b are of the kind of their neighbours' columns and not of their own, as their ends
// tell: 厂 and 镇 in the columns before those of firms and towns. Two of them say so, and none says otherwise.
func (p *Profile) elsewhere(row []seen, b, self int) bool {
	known := func(c int, s seen) bool {
		for i, r := range p.cells {
			if i != self && c < len(r) && r[c].kind == word && r[c].ends == s.ends {
				return true
			}
		}
		return false
	}
	for _, by := range [2]int{1, -1} { // the cells before b are put back to the right, those behind it to the left
		say := 0
		for c := b - by; c >= 0 && c < len(row) && row[c].kind != nothing; c -= by {
			here, there := known(c, row[c]), known(c+by, row[c])
			if row[c].kind != word || row[c].brief || !there {
				break
			}
			if !here {
				say++
			}
			if say > 1 {
				return true
			}
		}
	}
	return false
}

// misfit is 1 where a cell is not what stands in a column, in the other rows of the sample.
func (p *Profile) misfit(s seen, c, self int) int {
	lo, hi, n, same, decimals := math.Inf(1), math.Inf(-1), 0, 0, 0
	for i, r := range p.cells {
		if i == self || c >= len(r) || r[c].kind == nothing {
			continue
		}
		n++
		o := r[c]
		if o.kind == s.kind || o.kind <= decimal && s.kind <= decimal {
			same++
		}
		if o.kind <= decimal {
			lo, hi = math.Min(lo, o.value), math.Max(hi, o.value)
		}
		if o.kind == decimal {
			decimals++
		}
	}
	const apart = 3 // times as large, or as small, as any other
	switch {
	case same == 0 && n > 1:
		return 1
	case n < sampled-1:
		return 0
	case s.kind == decimal && decimals == 0:
		return 1
	case s.kind == integer && decimals == n && n > sampled:
		return 1
	case s.kind <= decimal && lo >= 0 && (s.value > apart*hi || apart*s.value < lo || s.value < 0):
		return 1
	}
	return 0
}

// moved says that the cells beside a blank stand one column beside their own.
func moved(cell int) *Doubt {
	return &Doubt{
		Rule: "moved_cells", Cell: cell, Lines: 1, Moved: true,
		Text: codes.Text{
			Zh: "这一格空着，其他行都有值；旁边各格像是错了一列", En: "blank here, where the other rows are filled; the cells beside it seem to stand in the wrong columns",
		},
		Remedy: codes.Text{Zh: "核对本行是否多打或漏打了一个分隔符", En: "look for a separator too many or too few in the row"},
	}
}

// Odd tells of the rows with a blank where no other row has one, where they are few; nil: nothing.
func (p *Profile) Odd() *Note {
	if p == nil || len(p.odd) == 0 || len(p.odd) > mostOdd {
		return nil
	}
	var t tally
	for r := range p.odd {
		t.add(r)
	}
	slices.Sort(t.rows)
	return &Note{Rule: "odd_blank", Count: t.n, Rows: t.rows, Text: codes.Text{
		Zh: fmt.Sprintf("第 %s 行有一格空着（首见第 %d 列），其他行这一列都有数，请核对是否错了列", t.named("、", " 等"), p.at+1),
		En: fmt.Sprintf("row %s: a cell is blank (first in column %d) that holds a number in the other rows: check that the cells stand in their columns", t.named(", ", " ..."), p.at+1),
	}}
}
