package source

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/delimited"
	"yanzhen/pipeline/units"
)

// What a text file shows of its rows: how many cells they have, and which of them are numbers.

// expect tells the text how many cells its rows have, and holds the heading against it. A heading of
// another width is read otherwise where there is one way that fits, and told; else the file is refused,
// for every column behind the fault would hold the cells of its neighbour.
func (t *Table) expect(rows []Row, w *wanted, o Options) error {
	var heading Row
	for _, r := range rows {
		if r.Origin.Row == t.last {
			heading = r
		}
	}
	h := len(heading.Cells)
	usual, n := t.text.Usual(t.last, h)
	if d := heading.Doubt; d != nil && !d.Moved {
		t.say(t.last, d.Rule, d.Text)
	}
	b := delimited.Below{Heading: t.last, Cells: h, Usual: usual}
	for i := range rows {
		b.Add(rows[i].Origin.Row, texts(rows[i].Cells))
	}
	if t.usual = h; usual == h || n < 2 || b.Overflow() {
		return nil
	}
	t.usual = usual
	told := b.Told()
	names, fits := t.header, len(w.columns) == 0
	if t.first == t.last && !fits {
		if names, fits = rightHeading(texts(heading.Cells), usual, w); fits && !slices.Equal(names, t.header) {
			told.Zh, told.En = told.Zh+"；按唯一相符的读法对应各列", told.En+"; its columns are named in the one way that fits"
		}
	}
	if !fits && o.Damaged != "load" {
		return refuse("heading_width", told, codes.Text{
			Zh: "检查表头是否多了或少了分隔符，每一列一个表头；数据行末尾多余的分隔符请删去",
			En: "look for a separator too many or too few in the header: one name a column; delete separators that only end the rows",
		}).At(t.File, "", t.last)
	}
	if fits {
		t.header = names
	}
	t.say(t.last, "heading_width", told)
	return nil
}

// say notes what is known before the rows are read.
func (t *Table) say(row int, rule string, text codes.Text) {
	t.early = append(t.early, Note{Sheet: t.Sheet, Row: row, Rule: rule, Count: 1, Text: text})
}

// rightHeading names the columns of rows that are usual cells wide by a heading that is not: blank cells
// are left out where they are as many as it has too many; of a name too few, a cell that holds two
// wanted ones is parted; and rows may end in separators that part nothing, where every cell of the
// heading is wanted. False: neither fits.
func rightHeading(cells []string, usual int, w *wanted) ([]string, bool) {
	var names []string
	for _, c := range cells {
		if c = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff")); c != "" {
			names = append(names, c)
		}
	}
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	switch more := len(cells) - usual; {
	case more > 0 && !slices.ContainsFunc(cells[usual:], func(s string) bool { return !blank(s) }):
		names = trimmed(cells[:usual])
	case more > 0 && len(names) != usual:
		return nil, false
	case more < 0:
		names = trimmed(cells)
		parted := 0
		for i := 0; i < len(names); i++ {
			if a, b := w.part(names[i], names); a != "" {
				names = slices.Replace(names, i, i+1, a, b)
				parted++
			}
		}
		if parted != -more && (parted > 0 || slices.ContainsFunc(names, func(s string) bool { _, ok := w.find(s); return !ok })) {
			return nil, false
		}
	}
	number(names)
	return names, true
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff"))
	}
	return out
}

// part parts a name that is not wanted into two that are, neither of which stands among the others.
func (w *wanted) part(name string, others []string) (a, b string) {
	if _, ok := w.find(name); ok || name == "" {
		return "", ""
	}
	for i := range name {
		x, left := w.find(name[:i])
		y, right := w.find(name[i:])
		if i == 0 || !left || !right || x == y {
			continue
		}
		taken := func(s string) bool { k, ok := w.find(s); return ok && (k == x || k == y) }
		if !slices.ContainsFunc(others, taken) {
			return strings.TrimSpace(name[:i]), strings.TrimSpace(name[i:])
		}
	}
	return "", ""
}

// figures finds the columns that hold nothing but numbers in the first rows of data: a line with words
// in all of them is the heading of another table.
func (t *Table) figures(rows []Row) {
	t.numeric = nil
	var numbers []int
	var sample [][]string
	for _, r := range rows {
		if r.Origin.Row > t.last && r.Doubt == nil && (t.usual == 0 || len(r.Cells) == t.usual) {
			numbers, sample = append(numbers, r.Origin.Row), append(sample, texts(r.Cells))
		}
	}
	t.profile = delimited.NewProfile(numbers, sample)
	seen, last := 0, 0
	var cols []int
	for _, r := range rows {
		if r.Origin.Row <= t.last || r.Doubt != nil {
			continue
		}
		if seen == 5 || seen > 0 && r.Origin.Row > last+1 { // what stands further down may be another table
			break
		}
		last = r.Origin.Row
		if seen++; seen == 1 {
			for c := range r.Cells {
				cols = append(cols, c)
			}
		}
		words := func(c int) bool { return c >= len(r.Cells) || !figure(r.Cells[c].Text) }
		if seen > 2 && !slices.ContainsFunc(cols, func(c int) bool { return !words(c) }) {
			break // the heading of another table perhaps
		}
		cols = slices.DeleteFunc(cols, words)
	}
	if seen >= 2 {
		t.numeric = cols
	}
}

// figure reports whether a text is a number as far as a look tells: digits, and signs that go with them.
func figure(s string) bool {
	s = strings.TrimSpace(s)
	return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789.,-+%/: ¥￥$€£()eE") == ""
}

// wordy reports whether a text is words: it has a letter and no digit.
func wordy(s string) bool {
	return len(s) > 1 && strings.IndexFunc(s, letter) >= 0 && !strings.ContainsAny(s, "0123456789")
}

func letter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x4e00 && r <= 0x9fff }

// otherTable reports whether a row is the heading of another table: words, all different, in every
// column that held numbers, of which there must be at least as many.
func (t *Table) otherTable(cells []Cell, least int) bool {
	if len(t.numeric) < least {
		return false
	}
	for i, c := range t.numeric {
		if c >= len(cells) || !wordy(strings.TrimSpace(cells[c].Text)) {
			return false
		}
		for _, other := range t.numeric[:i] {
			if cells[other].Text == cells[c].Text {
				return false
			}
		}
	}
	return true
}

// again finds the rows below a header that name columns too. Nearly every row is done with a look at the
// length of its first cell.
type again struct {
	byLength [64][]string
	wanted   *wanted
	sideways int // rows that begin with a name of a column and name no others
	rows     int

	header []string   // as it was taken
	block  [][]string // its rows as they stand, where there are several
	at     int        // how many of these stood just above
	bare   []string   // the names of a heading that stood just above: the units of its columns may follow
}

// heading returns the names of a row that is the header of the table, or of another one, again. Of a header of several rows
// each of them is one; so is a row of units below one of one row.
func (a *again) heading(cells []Cell) []string {
	if a.at < len(a.block) && repeats(a.block[a.at], cells) {
		a.at++
		return a.header
	}
	if a.at = 0; len(a.block) > 0 && repeats(a.block[0], cells) {
		a.at = 1
		return a.header
	}
	above := a.bare
	a.bare = nil
	if names := a.names(cells); names != nil {
		a.bare = names
		return names
	}
	if above == nil || !units.Row(texts(cells)) {
		return nil
	}
	h := &header{names: slices.Clone(above)}
	h.measured(cells)
	return h.names
}

// repeats reports whether a row says what one of the header does, wherever that says something.
func repeats(names []string, cells []Cell) bool {
	some := false
	for i, name := range names {
		if name == "" {
			continue
		}
		if i >= len(cells) || strings.TrimSpace(cells[i].Text) != name {
			return false
		}
		some = true
	}
	return some
}

func newAgain(w *wanted, header []string) *again {
	a := &again{wanted: w, header: header}
	add := func(name string) {
		if n := len(name); n > 0 && n < len(a.byLength) && !slices.Contains(a.byLength[n], name) {
			a.byLength[n] = append(a.byLength[n], name)
		}
	}
	for _, name := range header {
		add(name)
	}
	for _, c := range w.columns {
		for _, name := range c.Names {
			add(name)
		}
	}
	return a
}

// names returns the names that a row gives to columns, nil where it is no heading: most of its cells,
// and at least two, are wanted names, all of them different.
func (a *again) names(cells []Cell) []string {
	if len(cells) == 0 {
		return nil
	}
	first := cells[0].Text
	for i := 1; first == "" && i < len(cells); i++ {
		first = cells[i].Text
	}
	if strings.HasPrefix(first, "\ufeff") { // a file that was put behind another
		first = plainName(first)
		cells = slices.Clone(cells)
		for i := range cells {
			cells[i].Text = plainName(cells[i].Text)
		}
	}
	if strings.IndexByte(first, ' ') >= 0 || strings.Contains(first, "\u3000") { // 编 号
		first = strings.Join(strings.Fields(first), "")
	}
	if len(first) >= len(a.byLength) || !slices.Contains(a.byLength[len(first)], first) {
		return nil
	}
	names := trimmed(texts(cells))
	found, _ := a.wanted.score(names)
	if n := filled(cells); found < 2 || 2*found <= n {
		a.sideways++
		return nil
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	number(names)
	return names
}

// Sideways is the rule of a note on a table whose rows begin with names of columns: it seems to be turned on its side.
const Sideways = "sideways"

// turned notes that most rows of a table begin with the name of a column.
func (t *Table) turned() {
	if a := t.again; a != nil && a.sideways > 1 && 2*a.sideways > a.rows {
		t.notes = append(t.notes, Note{Row: t.last + 1, Rule: Sideways, Count: a.sideways, Text: codes.Text{
			Zh: fmt.Sprintf("第 %d 行起有 %d 行以列名开头，像是横竖颠倒的表", t.last+1, a.sideways),
			En: fmt.Sprintf("from row %d on %d rows begin with the name of a column: the table seems to be turned on its side", t.last+1, a.sideways),
		}})
	}
}

// plainName is a name without the mark of an encoding, and without the quotes that are no quotes behind it.
func plainName(s string) string {
	if s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")); len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// repeated says that a row is a heading again.
func repeated(names []string) *Doubt {
	return &Doubt{
		Names: names, Rule: "repeated_heading", Cell: -1, Lines: 1,
		Text: codes.Text{
			Zh: "数据中间又有一行表头，下面的行按它对应各列", En: "a header again, among the data: the rows below are read by it",
		},
		Remedy: codes.Text{Zh: "一张表只留一行表头；是另一张表的请单独报送", En: "keep one header a table; send another table by itself"},
	}
}

// Besides says that a row belongs to another table of the file.
func Besides(heading int) *Doubt {
	return &Doubt{
		Rule: "second_table", Cell: -1, Lines: 1, Moved: true, Lost: true,
		Text: codes.Text{
			Zh: fmt.Sprintf("第 %d 行像是另一张表的表头，它和下面的行没有读取", heading),
			En: fmt.Sprintf("row %d looks like the header of another table: it and the rows below were not read", heading),
		},
		Remedy: codes.Text{Zh: "一个文件只放一张表，另一张单独报送", En: "keep one table a file and send the other by itself"},
	}
}

// noteGaps tells of empty lines between rows, below which another table may begin.
func (t *Table) noteGaps(rows []int) {
	if len(rows) == 0 {
		return
	}
	list := make([]string, 0, len(rows))
	for i, r := range rows {
		if i == 20 {
			list = append(list, "…")
			break
		}
		list = append(list, strconv.Itoa(r))
	}
	t.notes = append(t.notes, Note{Row: rows[0], Rule: "empty_lines", Count: len(rows), Text: codes.Text{
		Zh: "数据中间有空行，下面的行照常读取（第 " + strings.Join(list, "、") + " 行之前）",
		En: "empty lines among the data; the rows below were read like the others (before row " + strings.Join(list, ", ") + ")",
	}})
}
