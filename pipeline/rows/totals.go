package rows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// Totals knows totals and notes: the declared words, and where such words are declared those that everybody
// writes (一组小计, 其中：规上, 同比增长).
type Totals struct {
	words    []string
	lead     map[rune]bool // first characters of the words, in both cases
	bytes    [256]bool     // their first bytes
	patterns []*regexp.Regexp
	Known    bool         // a word for a sum is declared
	required []int        // the cells of the required columns
	named    []int        // those of them that hold no figures
	Wordy    []int        // the cells of all columns that hold no figures
	bound    int          // how many columns are read from a cell
	columns               // in which a label may stand
	names                 // of rows that are no totals
	texts    *sieve.Texts // what is known of those of the rows

	// of the row that Has was asked about last
	At     int          // the cell that says so
	Sum    bool         // it is a sum of rows, not a note or a comparison
	Part   bool         // it is a part of the row above: 其中：规上, and what is indented below it
	Bare   bool         // it is Like a sum, and nothing but figures stands beside its name
	Only   bool         // it is Like a sum, and figures, counts and periods at most stand beside its name
	Key    string       // where it is Only, its label as totals.Key leaves it
	Says   totals.Label // and how surely that is one
	Spread bool         // of a row of a wide table: that it was made from is a total
	Like   bool         // it reads like a total and is none: it is filled like a row of data, or no totals are declared
}

// NewTotals knows the totals of a table whose columns are read from some cells, by column; -1: from none. texts is what is known
// of the texts in its rows.
func NewTotals(ds *dataset.Dataset, at []int, texts *sieve.Texts) (*Totals, error) {
	t := &Totals{lead: map[rune]bool{}, texts: texts}
	for _, w := range ds.Totals {
		if p, ok := strings.CutPrefix(w, "~"); ok {
			re, err := regexp.Compile(p)
			if err != nil {
				return nil, fmt.Errorf("dataset %s: totals: %w", ds.Name, err)
			}
			t.patterns = append(t.patterns, re)
			continue
		}
		if w = dataset.HeaderKey(w); w != "" {
			t.words = append(t.words, w)
			t.Known = t.Known || totals.Sum(w)
			first, _ := utf8.DecodeRuneInString(w)
			for _, r := range []rune{first, unicode.ToLower(first)} {
				t.lead[r], t.bytes[string(r)[0]] = true, true
			}
		}
	}
	t.columns.find(ds, at)
	t.names = newNames(ds)
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if at[i] < 0 {
			continue
		}
		if t.bound++; !c.Measures() {
			t.Wordy = append(t.Wordy, at[i])
		}
		if c.Required {
			if t.required = append(t.required, at[i]); !c.Measures() {
				t.named = append(t.named, at[i])
			}
		}
	}
	return t, nil
}

// Has reports whether the row, whose first text stands at first, is a total or a note.
func (t *Totals) Has(row *source.Row, first int) bool {
	below := t.Part
	t.At, t.Sum, t.Like, t.Part, t.Bare, t.Only = first, false, false, false, false, false
	if t.names != nil && t.names.has(row, t.Wordy) {
		return false
	}
	if t.sections(first) && totals.Section(row.Cells[first].Text) && Lone(row, first) {
		return true
	}
	if below {
		defer t.indented(row.Cells[first].Text)
	}
	if first+1 >= len(row.Cells) || len(t.patterns) > 0 || !t.figure(row.Cells[first].Text) || !t.figure(row.Cells[first+1].Text) {
		if t.declared(row, first) {
			t.Sum = totals.Sum(dataset.HeaderKey(row.Cells[first].Text))
			return true
		}
		if t.written(row, first) || t.Like {
			return !t.Like
		}
	}
	return t.labelled(row)
}

// sections reports whether a text that stands alone in a row, from a cell on, may head those below it: the table has other columns, and
// the cell is none whose value goes on below it.
func (t *Totals) sections(first int) bool {
	return t.bound > 2 && (first >= widest || !t.columns.fills[first])
}

// Indent is how far the first of its texts is set in that is, of the first and those it is called by: a number may stand before its name.
func (t *Totals) Indent(row *source.Row, first int) int {
	in := func(c *source.Cell) int {
		if c.Kind != source.Text { // a format sets numbers in from the right
			return totals.Indent(c.Text)
		}
		return totals.Indent(c.Text) + 2*int(c.Indent)
	}
	n := in(&row.Cells[first])
	for i := 0; n == 0 && i < front; i++ {
		if t.columns.name[i] && i < len(row.Cells) && row.Cells[i].Kind == source.Text {
			n = in(&row.Cells[i])
		}
	}
	return n
}

// indented suspects a row below 其中：规上 that begins with blanks: it is another part of the row above both.
func (t *Totals) indented(text string) {
	if !t.Sum && !t.Part && (strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\u3000")) {
		t.Like, t.Part = true, true
	}
}

// figure reports whether a text begins with a digit, as no declared word does, and ends in ASCII: nothing that names
// a total is written so.
func (t *Totals) figure(s string) bool {
	return len(s) > 0 && s[0]-'0' <= 9 && s[len(s)-1] < 0x80 && !t.bytes[s[0]]
}

// declared reports whether the row is a declared total or note: its first text is such a
// word, or begins with one that is followed by a sign, a blank or a digit. Where more words follow (合计人数,
// 注塑工) the row counts as a note only if every other required cell is blank, so that no row of
// data passes for one.
func (t *Totals) declared(row *source.Row, first int) bool {
	if len(t.words)+len(t.patterns) == 0 {
		return false
	}
	text := row.Cells[first].Text
	if text != "" && len(t.patterns) == 0 && !t.bytes[text[0]] && glance.First(text) == glance.Says && text[0] != '*' {
		return false
	}
	for _, re := range t.patterns {
		if re.MatchString(cell.Trim(text)) {
			return true
		}
	}
	lead, _ := utf8.DecodeRuneInString(text)
	if !t.lead[lead] && (lead > ' ' && lead < 0x7f && lead != '*' && lead != '\'' && lead != '"' || unicode.Is(unicode.Han, lead)) {
		return false
	}
	key := dataset.HeaderKey(text)
	for _, w := range t.words {
		rest, ok := strings.CutPrefix(key, w)
		if !ok {
			continue
		}
		if rest != "" && (rest[0] == '-' || rest[0] == '.') && Holds(row, t.Wordy, first, first) {
			continue // 小计-2, a code
		}
		if rest == "" || strings.IndexAny(rest[:1], ":;,.()[]-0123456789") == 0 || strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "、") {
			return true
		}
		if totals.Firm(key) && figured(row, first) {
			continue // 合计通软件, with figures beside it
		}
		others, filled := t.others(row, first)
		if !others && totals.Sum(w) && Holds(row, t.Wordy, first, first) {
			continue // 小计算机公司, with texts beside it
		}
		if !filled && (others || utf8.RuneCountInString(w) > 1) {
			return true
		}
	}
	return false
}

// figured reports whether a number stands beside the first text of a row.
func figured(row *source.Row, first int) bool {
	for i := first + 1; i < len(row.Cells); i++ {
		if c := &row.Cells[i]; c.Kind == source.Number || c.Filled() && (c.Text[0]-'0' <= 9 || c.Text[0] == '-') {
			return true
		}
	}
	return false
}

// others reports whether there are required cells besides the one at first, and whether one of them is
// filled. A formula without a result is none that is: the sums of a total are often such.
func (t *Totals) others(row *source.Row, first int) (any, filled bool) {
	for _, at := range t.required {
		if at == first {
			continue
		}
		any = true
		if at < len(row.Cells) && row.Cells[at].Kind != source.NoCache && row.Cells[at].Filled() {
			return true, true
		}
	}
	return any, false
}

// written reports whether the row is a total or a comparison by what everybody writes for one, in its first
// text or behind a number or a group in its second.
func (t *Totals) written(row *source.Row, first int) bool {
	at := first
	key, sum, ok := said(row.Cells[at].Text)
	if !ok {
		if at = Second(row, first); at < 0 {
			return false
		}
		if key, sum, ok = said(row.Cells[at].Text); !ok || !t.behind(key, row.Cells[first].Text) {
			return false
		}
	}
	t.At = at
	switch {
	case strings.IndexByte(row.Cells[at].Text, '-') > 0 && Holds(row, t.Wordy, first, at):
		return false // 小计-2, a code
	case key == "其中" && t.Known: // no row of data is called so, whatever stands beside it
	case !sum && (!t.Known || Holds(row, t.Wordy, first, at)):
		return false
	case sum && (!t.Known || Holds(row, t.named, first, at)):
		words, figures, _ := t.beside(row, at)
		t.Key, t.Says = key, totals.Sure
		t.Like, t.Bare, t.Only = true, !Holds(row, t.Wordy, first, at), figures && !words
		return false
	}
	t.Sum, t.Part = sum, strings.Contains(row.Cells[at].Text, "其中")
	return true
}

// said is a text as it names a total or a comparison, and whether it is a sum; false: it names neither.
func said(text string) (key string, sum, ok bool) {
	if !totals.Possible(text) {
		return "", false, false
	}
	key = totals.Key(dataset.HeaderKey(text))
	if sum = totals.Sum(key); !sum && totals.Spaced(text) {
		return "小计", true, true
	}
	return key, sum, sum || totals.Aside(key) && !totals.Firm(key)
}

// behind reports whether a text in the second filled cell makes a total of the row: behind a number any
// word for one, behind the name of a group only the bare word.
func (t *Totals) behind(key, first string) bool {
	return totals.Count(dataset.HeaderKey(first)) || slices.Contains([]string{"合计", "小计", "总计", "共计", "TOTAL", "SUBTOTAL"}, key)
}

// Holds reports whether one of some cells of a row is filled, besides those at two places. A formula without
// a result is none that is.
func Holds(row *source.Row, cells []int, first, at int) bool {
	for _, i := range cells {
		if i != first && i != at && i < len(row.Cells) && row.Cells[i].Kind != source.NoCache && row.Cells[i].Filled() {
			return true
		}
	}
	return false
}

// Second is the index of the next cell that says something behind at, within four; -1: there is none.
func Second(row *source.Row, at int) int {
	for i := at + 1; i < len(row.Cells) && i < at+5; i++ {
		if row.Cells[i].Filled() {
			return i
		}
	}
	return -1
}

// Lone reports whether nothing in the row stands behind at.
func Lone(row *source.Row, at int) bool {
	return !slices.ContainsFunc(row.Cells[at+1:], func(c source.Cell) bool { return c.Filled() })
}

// First is the index of the first cell that says something; -1: none does.
func First(row *source.Row) int {
	for i := range row.Cells {
		if row.Cells[i].Filled() {
			return i
		}
	}
	return -1
}
