package batch

import (
	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

// column reads one cell of each row by its rule and keeps the value in its builder.
type column struct {
	plain   int            // index of the cell, where text is read as it stands; else -1
	softly  bool           // a bad cell becomes NULL and a warning
	track   bool           // a row check reads the value
	figures bool           // its figures are looked at: sums or share
	sums    bool           // totals are held against its figures
	share   *account.Share // of a column that counts in percent; else nil
	last    float64        // the figure of the row being read, where sums; 0 where it has none
	blanks  account.Blanks
	words   *words // of a column of words, whose meaning depends on their text alone
	asIs    bool   // most of its texts are kept as they stand
	builder
	rule
	part  source.Cell // the cell, the part of it or the name that is read otherwise
	blank source.Cell // the default
}

func newColumn(r *rule, f arrow.Field) *column {
	c := &column{rule: *r, builder: kinds[r.decl.Type].build(f, r.dict)}
	c.softly = r.decl.Bad == "null" && f.Nullable
	c.point()
	if r.decl.Measures() && r.numbers.declared.Share() && r.decl.Unit != "" {
		c.share, c.figures = &account.Share{}, true
	}
	return c
}

// point says which cell is read, once the rule does.
func (c *column) point() {
	c.plain = c.at
	if c.unmatched != nil || c.named != "" {
		c.plain = -1
	}
	c.blank = source.Cell{Text: c.blankMeans, Kind: source.Text}
	if c.words = nil; c.parser.read == nil {
		c.words, _ = c.builder.(*words)
	}
	c.asIs = c.decl.Type == dataset.String && c.parser.read == nil && c.parser.text == nil && c.noValue.Own == nil
}

// known keeps a word that was read before in the next row of a batch; false: it was not.
func (c *column) known(t *frame, i int, text string) bool {
	s, known := c.dict.near(text)
	if !known || !s.plain {
		return false
	}
	c.words.set(t.rows)
	if c.words.v[t.rows] = s.i; c.track {
		c.seen(value{i: int64(s.i)}, &t.seen[i])
	}
	return true
}

// stands keeps a text as it stands; false: it must be looked at.
func (c *column) stands(t *frame, i int, text string) bool {
	told := t.texts.Of(c.at, text)
	if *told&sieve.Ordinary == 0 && !cell.Ordinary(text) {
		return false
	}
	*told |= sieve.Ordinary
	if c.put(t.rows, value{s: text}); c.track {
		c.seen(value{s: text}, &t.seen[i])
	}
	return true
}

// figure looks at a value of a column whose figures are looked at, and at where it stands.
func (c *column) figure(v value, at *source.Origin) {
	f := c.number64(v)
	if c.sums {
		c.last = f
	}
	if c.share != nil {
		if c.share.See(f) {
			c.share.Parts.Add(at.Sheet, at.Cell(c.at))
		}
	}
}

// number64 is a value of a column of numbers.
func (c *column) number64(v value) float64 {
	if c.decl.Type == dataset.Float64 {
		return v.float()
	}
	return float64(v.i)
}

// text is the column's cell where it is text that is read as it stands, as nearly all are; else nil.
func (c *column) text(row *source.Row) *source.Cell {
	if uint(c.plain) < uint(len(row.Cells)) && row.Cells[c.plain].Kind == source.Text {
		return &row.Cells[c.plain]
	}
	return nil
}

// cell is the column's cell; or the part of it, or of the file's or sheet's name, that the column's match
// finds. Nil: there is none, or it is blank.
func (c *column) cell(row *source.Row) (*source.Cell, *cell.Fault) {
	switch {
	case c.named != "":
		c.part = source.Cell{Text: c.heads.Name(c.named, row), Kind: source.Text}
	case c.at >= 0 && c.at < len(row.Cells):
		c.part = row.Cells[c.at]
	default:
		return nil, nil
	}
	switch c.part.Kind {
	case source.Blank:
		return nil, nil
	case source.Error:
		return nil, cell.FaultErrorCell
	case source.NoCache:
		return nil, cell.FaultNoCache
	case source.Scaled:
		return nil, cell.FaultScaled
	case source.Nested:
		return nil, cell.FaultNested
	}
	if c.unmatched == nil || c.part.Kind == source.Bool {
		return &c.part, nil
	}
	text := cell.Trim(c.part.Text)
	if c.part.Kind == source.Text && c.noValue.Says(cell.Fold(text)) {
		return &c.part, nil
	}
	part, ok := c.decl.Matched(text)
	if !ok {
		return nil, c.unmatched
	}
	c.part = source.Cell{Text: part, Kind: source.Text}
	return &c.part, nil
}

// absent is what a blank cell means: the default, no value, or a fault where the cell is required.
func (c *column) absent() (value, *cell.Fault) {
	d := c.decl
	if c.fallback == nil {
		if d.Required || d.Default != "" {
			return value{}, cell.FaultRequired
		}
		return value{none: true}, nil
	}
	v, f := c.fallback.read(c.fallback, &c.blank)
	if f == nil && v.none { // a default that reads as "no value"
		switch d.Type {
		case dataset.String, dataset.CreditCode:
			return value{s: c.blankMeans}, nil
		case dataset.Low, dataset.Code:
			return value{i: int64(c.dict.place(c.blankMeans))}, nil
		}
	}
	return v, f
}

// seen notes what a row check sees of a value.
func (c *column) seen(v value, x *dataset.Value) {
	if x.Null = v.none && c.decl.Nullable(); v.none {
		x.S, x.I, x.F = "", 0, 0
		return
	}
	x.I = v.i
	switch c.decl.Type {
	case dataset.Float64:
		x.F = v.float()
	case dataset.Strings:
		x.I = int64(len(c.dict.items))
	case dataset.Low, dataset.Code:
		x.S = c.dict.values[v.i]
	case dataset.String, dataset.CreditCode:
		x.S = v.s
	}
}
