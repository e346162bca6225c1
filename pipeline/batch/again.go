package batch

import (
	"context"
	"errors"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// headings looks for the header of a table that stands in it again. In the same order it is passed over; in
// another, or with other names, the rows below it are bound anew. A line of nothing but a unit (单位：万元) above
// such a header is heard with it.
type headings struct {
	r      *Reader
	ctx    context.Context
	header []string        // that is bound
	known  map[string]bool // keys of the names of all columns, and of the header
	firsts [1024]bool      // of the first bytes of those names as they are written, see firstOf
	said   []string        // lines of units since the last row of data
	next   step
}

func newHeadings(r *Reader, ctx context.Context, header []string) *headings {
	s := &headings{r: r, ctx: ctx, header: header, known: map[string]bool{}}
	add := func(name string) {
		if k := dataset.HeaderKey(name); k != "" {
			s.known[k] = true
			s.firsts[firstOf(cell.Trim(name))] = true
		}
	}
	for _, h := range header {
		add(repeated.ReplaceAllString(h, ""))
	}
	for i := range r.ds.Columns {
		for _, n := range r.ds.Columns[i].Names() {
			add(n)
		}
	}
	return s
}

// firstOf gives the beginning of a text, its first Chinese character, a place in a short table.
func firstOf(s string) int {
	n := int(s[0])
	if len(s) > 2 && s[0] >= 0x80 {
		n = n*31*31 + int(s[1])*31 + int(s[2])
	}
	return n & 1023
}

// marked reports whether something stands before a name that is no part of it: a blank, a star.
func marked(c byte) bool { return c <= ' ' || c == '*' || c == 0xef || c == 0xe3 }

func (s *headings) take(row *source.Row) bool {
	first := firstFilled(row)
	if first < 0 || len(row.Cells[first].Text) == 0 || len(row.Cells[first].Text) > 90 || row.Cells[first].Kind != source.Text {
		return s.next.take(row)
	}
	text := row.Cells[first].Text
	if (s.firsts[firstOf(text)] || marked(text[0])) && s.known[dataset.HeaderKey(text)] && s.isHeader(row) {
		return s.again(row)
	}
	if strings.HasPrefix(text, "单位") || strings.HasPrefix(text, "（单位") || strings.HasPrefix(text, "(单位") || strings.HasPrefix(text, "金额单位") {
		if found, odd := units.Line(text); len(found)+len(odd) > 0 && secondFilled(row, first) < 0 {
			s.said = append(s.said, text)
			s.r.counts.Read++
			s.r.counts.Excluded++
			s.r.tally.at, s.r.tally.why = first, account.Titles
			return true
		}
	}
	return s.next.take(row)
}

// isHeader reports whether a row of nothing but texts holds at least two names, and more than half of its texts are
// names.
func (s *headings) isHeader(row *source.Row) bool {
	names, filled := 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !c.Filled() {
			continue
		}
		if c.Kind != source.Text {
			return false
		}
		filled++
		name, _, _ := units.Heading(c.Text)
		if s.known[dataset.HeaderKey(c.Text)] || s.known[dataset.HeaderKey(name)] {
			names++
		}
	}
	return (names > 1 || filled == 1 && len(s.header) == 1) && 2*names > filled
}

// again passes over a header that is there already, and binds the rows below another.
func (s *headings) again(row *source.Row) bool {
	r := s.r
	r.counts.Read++
	r.counts.Excluded++
	r.tally.why = account.Headings
	header := make([]string, len(row.Cells))
	same := true
	for i := range row.Cells {
		header[i] = cell.Trim(row.Cells[i].Text)
		same = same && (i >= len(s.header) && header[i] == "" || i < len(s.header) && dataset.HeaderKey(header[i]) == dataset.HeaderKey(repeated.ReplaceAllString(s.header[i], "")))
	}
	place := row.Origin.Cell(firstFilled(row))
	if row.Origin.Sheet != "" {
		place = row.Origin.Sheet + "!" + place
	}
	if same && len(s.said) == 0 {
		r.tally.account.Say(codes.Text{Zh: place + " 起又是一遍表头，未作数据", En: place + ": the header stands there again and was not read as data"})
		return true
	}
	err := r.bindAgain(s.ctx, header, s.said)
	if err == nil {
		r.tally.account.Say(codes.Text{Zh: place + " 起另有表头，其下各行按它读取", En: place + ": another header stands there, by which the rows below it were read"})
		return true
	}
	var e *BindError
	if errors.As(err, &e) {
		e.Faults = append([]codes.Text{{Zh: place + " 起另有表头，与数据集不符", En: "the other header at " + place + " does not fit"}}, e.Faults...)
	}
	r.err = err
	return false
}

// bindAgain binds the rows that follow by another header, below lines that say units.
func (r *Reader) bindAgain(ctx context.Context, header, lines []string) error {
	b, err := Bind(r.ds, header, nil)
	if err != nil {
		return err
	}
	if t, ok := r.src.(*source.Table); ok {
		lines = append(t.Above(), lines...)
	}
	if err := b.Under(r.ds, lines); err != nil {
		return err
	}
	if b.Spread != nil || r.binding.Spread != nil {
		e := &BindError{Dataset: r.ds.Name}
		e.add("宽表里不能另起表头，请分开报送", "a wide table cannot have another header: send the tables apart")
		return e
	}
	r.tally.finish(r, r.tally.account)
	if err := r.frame.rebind(r.ds, b, &r.opt); err != nil {
		return err
	}
	r.binding = b
	return r.chain(ctx, header)
}

// rebind lets the columns read other cells. What they have built so far stays.
func (t *frame) rebind(ds *dataset.Dataset, b *Binding, o *Options) error {
	rules := newRuleMaker(ds, o)
	for i, c := range t.columns {
		r, err := rules.rule(i, &b.Columns[i])
		if err != nil {
			return err
		}
		dict := c.dict
		c.rule = *r
		if c.dict = dict; c.fallback != nil {
			c.fallback.dict = dict
		}
		c.point()
	}
	t.share()
	return nil
}

// dittos gives cells that repeat the one above them (同上, 〃) what it says.
type dittos struct {
	above []source.Cell // of the last row of data
	row   source.Row    // that is handed on
	tally *tally
	next  step
}

func (s *dittos) take(row *source.Row) bool {
	out := row
	for i := range row.Cells {
		c := &row.Cells[i]
		if n := len(c.Text); n == 0 || n > 12 || c.Kind != source.Text || !isDitto(c.Text) || i >= len(s.tally.used) || !s.tally.used[i] {
			continue
		}
		if out == row {
			s.row = source.Row{Origin: row.Origin, Cells: append(s.row.Cells[:0], row.Cells...), Doubt: row.Doubt}
			out = &s.row
		}
		to := source.Cell{}
		if i < len(s.above) {
			to = s.above[i]
		}
		out.Cells[i] = to
		s.tally.ditto(row.Origin, i)
	}
	before := *s.tally.counts
	ok := s.next.take(out)
	if s.tally.counts.Excluded == before.Excluded {
		s.above = append(s.above[:0], out.Cells...)
	}
	return ok
}

// isDitto reports whether a text says that the cell above is meant.
func isDitto(s string) bool {
	switch c := s[0]; {
	case c == 0xe5: // 同
		return s == "同上" || s == "同前" || s == "同左上" || s == "同 上" || s == "同上。" || s == "同上行"
	case c == 0xe3, c == 0xe2, c == '"', c == '\'', c == ' ', c == 0xef:
		switch cell.Trim(s) {
		case "〃", "″", "”", "“", "\"", "''", "＂", "〞", "〝", "”同", "同上":
			return true
		}
	}
	return false
}
