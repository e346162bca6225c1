package batch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// counter counts the rows that say something, and leaves out totals and notes.
type counter struct {
	totals *totalRows
	cover  *cover // nil: there is nothing to add up
	tally  *tally
	counts *Counts
	next   step
}

func (s *counter) take(row *source.Row) bool {
	first := firstFilled(row)
	if first < 0 {
		return true
	}
	s.counts.Read++
	if s.totals.has(row, first) {
		s.counts.Excluded++
		s.tally.at = s.totals.at
		if !s.totals.sum {
			s.tally.footnote(row.Origin, s.totals.at, row.Cells[s.totals.at].Text)
		}
		if s.cover != nil && s.totals.sum {
			s.cover.total(row, row.Cells[s.totals.at].Text)
		}
		return true
	}
	if s.totals.like {
		s.tally.suspect(row, s.totals.at)
	}
	if s.cover == nil {
		return s.next.take(row)
	}
	before := *s.counts
	ok := s.next.take(row)
	if s.counts.Loaded > before.Loaded {
		if !s.totals.like && s.cover.Rows > 1 {
			if at := s.whole(row, first); at >= 0 {
				s.tally.suspect(row, at)
			}
		}
		if totals.Part(row.Cells[first].Text) {
			s.cover.part(row, first)
		} else {
			s.cover.loaded()
		}
	} else {
		s.cover.other(row)
	}
	return ok
}

// whole is the cell that names a row that was loaded whose figures are the sums of all rows before it; -1: they are not,
// or they may be so by chance, being one figure of a row that has a name of its own.
func (s *counter) whole(row *source.Row, first int) int {
	n := s.cover.sumsUp()
	if n == 0 {
		return -1
	}
	for _, at := range s.totals.wordy {
		if at < len(row.Cells) && totals.Whole(row.Cells[at].Text) {
			return at
		}
	}
	if n > 1 || !holds(row, s.totals.wordy, first, first) {
		return first
	}
	return -1
}

// totalRows knows totals and notes: the declared words, and where such words are declared those that everybody
// writes (一组小计, 其中：规上, 同比增长).
type totalRows struct {
	words    []string
	lead     map[rune]bool // first characters of the words, in both cases
	bytes    [256]bool     // their first bytes
	patterns []*regexp.Regexp
	known    bool  // a word for a sum is declared
	required []int // the cells of the required columns
	named    []int // those of them that hold no figures
	wordy    []int // the cells of all columns that hold no figures

	// of the row that has was asked about last
	at   int  // the cell that says so
	sum  bool // it is a sum of rows, not a note or a comparison
	part bool // it is a part of the row above: 其中：规上, and what is indented below it
	like bool // it reads like a total and is none: it is filled like a row of data, or no totals are declared
}

func newTotals(ds *dataset.Dataset, columns []*column) (*totalRows, error) {
	t := &totalRows{lead: map[rune]bool{}}
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
			t.known = t.known || totals.Sum(w)
			first, _ := utf8.DecodeRuneInString(w)
			for _, r := range []rune{first, unicode.ToLower(first)} {
				t.lead[r], t.bytes[string(r)[0]] = true, true
			}
		}
	}
	t.bind(columns)
	return t, nil
}

// bind notes where the columns stand.
func (t *totalRows) bind(columns []*column) {
	t.wordy, t.required, t.named = nil, nil, nil
	for _, c := range columns {
		if c.at < 0 {
			continue
		}
		if !c.decl.Measures() {
			t.wordy = append(t.wordy, c.at)
		}
		if c.decl.Required {
			if t.required = append(t.required, c.at); !c.decl.Measures() {
				t.named = append(t.named, c.at)
			}
		}
	}
}

// has reports whether the row, whose first text stands at first, is a total or a note.
func (t *totalRows) has(row *source.Row, first int) bool {
	below := t.part
	t.at, t.sum, t.like, t.part = first, false, false, false
	if below {
		defer t.indented(row.Cells[first].Text)
	}
	if first+1 < len(row.Cells) && len(t.patterns) == 0 && t.figure(row.Cells[first].Text) && t.figure(row.Cells[first+1].Text) {
		return false
	}
	if t.declared(row, first) {
		t.sum = totals.Sum(dataset.HeaderKey(row.Cells[first].Text))
		return true
	}
	return t.written(row, first)
}

// indented suspects a row below 其中：规上 that begins with blanks: it is another part of the row above both.
func (t *totalRows) indented(text string) {
	if !t.sum && !t.part && (strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\u3000")) {
		t.like, t.part = true, true
	}
}

// figure reports whether a text begins with a digit, as no declared word does, and ends in ASCII: nothing that names
// a total is written so.
func (t *totalRows) figure(s string) bool {
	return len(s) > 0 && s[0]-'0' <= 9 && s[len(s)-1] < 0x80 && !t.bytes[s[0]]
}

// declared reports whether the row is a declared total or note: its first text is such a
// word, or begins with one that is followed by a sign, a blank or a digit. Where more words follow (合计人数,
// 注塑工) the row counts as a note only if every other required cell is blank, so that no row of
// data passes for one.
func (t *totalRows) declared(row *source.Row, first int) bool {
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
		if rest == "" || strings.IndexAny(rest[:1], ":;,.()[]-0123456789") == 0 || strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "、") {
			return true
		}
		others, filled := t.others(row, first)
		if !others && totals.Sum(w) && holds(row, t.wordy, first, first) {
			continue // 小计算机公司, with texts beside it
		}
		if !filled && (others || utf8.RuneCountInString(w) > 1) {
			return true
		}
	}
	return false
}

// others reports whether there are required cells besides the one at first, and whether one of them is
// filled. A formula without a result is none that is: the sums of a total are often such.
func (t *totalRows) others(row *source.Row, first int) (any, filled bool) {
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
func (t *totalRows) written(row *source.Row, first int) bool {
	at := first
	_, sum, ok := said(row.Cells[at].Text)
	if !ok {
		if at = secondFilled(row, first); at < 0 {
			return false
		}
		var key string
		if key, sum, ok = said(row.Cells[at].Text); !ok || !t.behind(key, row.Cells[first].Text) {
			return false
		}
	}
	t.at = at
	switch {
	case !sum && (!t.known || holds(row, t.wordy, first, at)):
		return false
	case sum && (!t.known || holds(row, t.named, first, at)):
		t.like = true
		return false
	}
	t.sum, t.part = sum, strings.Contains(row.Cells[at].Text, "其中")
	return true
}

// said is a text as it names a total or a comparison, and whether it is a sum; false: it names neither.
func said(text string) (key string, sum, ok bool) {
	if !totals.Possible(text) {
		return "", false, false
	}
	key = totals.Key(dataset.HeaderKey(text))
	sum = totals.Sum(key)
	return key, sum, sum || totals.Aside(key)
}

// behind reports whether a text in the second filled cell makes a total of the row: behind a number any
// word for one, behind the name of a group only the bare word.
func (t *totalRows) behind(key, first string) bool {
	return totals.Count(dataset.HeaderKey(first)) || slices.Contains([]string{"合计", "小计", "总计", "共计", "TOTAL", "SUBTOTAL"}, key)
}

// holds reports whether one of some cells of a row is filled, besides those at two places. A formula without
// a result is none that is.
func holds(row *source.Row, cells []int, first, at int) bool {
	for _, i := range cells {
		if i != first && i != at && i < len(row.Cells) && row.Cells[i].Kind != source.NoCache && row.Cells[i].Filled() {
			return true
		}
	}
	return false
}

// secondFilled is the index of the next cell that says something behind at, within four; -1: there is none.
func secondFilled(row *source.Row, at int) int {
	for i := at + 1; i < len(row.Cells) && i < at+5; i++ {
		if row.Cells[i].Filled() {
			return i
		}
	}
	return -1
}

// cover holds the sums that a file states against the rows that they may cover.
type cover struct {
	columns []*column
	totals.Sums
}

// newCover covers the columns whose figures add up; nil: there are none. Below another header the old one goes on
// where the same columns have figures.
func newCover(columns []*column, old *cover) *cover {
	k := &cover{}
	for _, c := range columns {
		u, _ := cell.ParseUnit(c.decl.Unit)
		if c.at < 0 || !bind.Measured(c.decl) || u.Share() || u.Per != "" || u.Base == "岁" || u.Base == "年" || totals.Ratio(c.decl.Title.Zh) {
			continue
		}
		c.sums, c.figures = true, true
		k.columns = append(k.columns, c)
	}
	switch {
	case len(k.columns) == 0:
		return nil
	case old != nil && slices.Equal(old.columns, k.columns):
		return old
	}
	k.So = make([]float64, len(k.columns))
	return k
}

// spreadTotals holds the totals of a table against its rows before a row of it becomes several.
type spreadTotals struct {
	cover  *cover
	totals *totalRows
	next   step
}

// newSpreadTotals is a step for the cells that rows are spread from, each under its own heading; next itself where none of them
// adds up.
func newSpreadTotals(b *bind.Binding, u *dataset.Unpivot, columns []*column, header []string, w spreadTotals) (step, *cover) {
	var list []*column
	for _, s := range b.Spread {
		for v, at := range s.At {
			i := slices.IndexFunc(columns, func(c *column) bool { return c.decl.Name == u.Values[v] })
			if at < 0 || i < 0 {
				continue
			}
			one, decl := *columns[i], *columns[i].decl
			decl.Title = codes.Text{Zh: cell.Scrub(header[at]), En: cell.Scrub(header[at])}
			one.decl, one.at = &decl, at
			one.point()
			list = append(list, &one)
		}
	}
	if w.cover = newCover(list, nil); w.cover == nil {
		return w.next, nil
	}
	return &w, w.cover
}

func (s *spreadTotals) take(row *source.Row) bool {
	if first := firstFilled(row); first >= 0 && !s.totals.has(row, first) {
		s.cover.other(row)
	} else if first >= 0 && s.totals.sum {
		s.cover.total(row, row.Cells[s.totals.at].Text)
	}
	return s.next.take(row)
}

// loaded adds a row that was loaded, by the values that were kept while it was read.
func (k *cover) loaded() {
	k.Rows++
	for i, c := range k.columns {
		k.So[i] += c.last
		c.last = 0
	}
}

// sumsUp counts the figures of the row that was loaded last if they are the sums of all rows before it.
func (k *cover) sumsUp() (n int) {
	for i, c := range k.columns {
		if d := max(c.last-k.So[i], k.So[i]-c.last); d > 1e-9*max(c.last, -c.last) {
			return 0
		}
		if c.last != 0 {
			n++
		}
	}
	return n
}

// part adds a row that was loaded and numbers a part of the table.
func (k *cover) part(row *source.Row, first int) {
	figures := make([]float64, len(k.columns))
	for i, c := range k.columns {
		figures[i] = c.last
	}
	at := row.Origin.Cell(first)
	if row.Origin.Sheet != "" {
		at = row.Origin.Sheet + "!" + at
	}
	k.loaded()
	k.Head(at+" “"+account.Shown(row.Cells[first].Text)+"”", figures)
}

// other adds a row that was not loaded: whoever made the total counted it.
func (k *cover) other(row *source.Row) {
	k.Rows++
	for i, c := range k.columns {
		if s, ok := k.figure(row, c); ok {
			k.So[i] += s.Value
		}
		c.last = 0
	}
}

// figure reads a cell of a column; false: it holds no number.
func (k *cover) figure(row *source.Row, c *column) (totals.Figure, bool) {
	in := c.text(row)
	if in == nil {
		var f *cell.Fault
		if in, f = c.cell(row); f != nil || in == nil {
			return totals.Figure{}, false
		}
	}
	d, none, f := c.number(in)
	if none || f != nil {
		return totals.Figure{}, false
	}
	return totals.Figure{Value: d.Float(), Within: d.Half(in.Text), OK: true}, true
}

// total remembers a row of totals.
func (k *cover) total(row *source.Row, text string) {
	if k.Full() {
		return
	}
	figures := make([]totals.Figure, len(k.columns))
	for i, c := range k.columns {
		figures[i], _ = k.figure(row, c)
		if figures[i].At = row.Origin.Cell(c.at); row.Origin.Sheet != "" {
			figures[i].At = row.Origin.Sheet + "!" + figures[i].At
		}
	}
	k.Total(account.Shown(text), figures)
}

// judge tells of the sums that no run of rows from one total to another comes to.
func (k *cover) judge(a *account.Account) {
	k.Judge(func(i int) codes.Text {
		return codes.Text{Zh: k.columns[i].decl.Title.Zh, En: k.columns[i].decl.Name}
	}, func(i int, t codes.Text) {
		a.Say(t)
		a.Unsummed = append(a.Unsummed, account.Unsummed{Column: k.columns[i].decl.Name, Text: t})
	})
	k.Unjudged(a.Say)
	k.Doubled(a.Say)
}
