package batch

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch/reading"
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
	figures bool           // its figures are looked at: sums, signed or share
	signed  bool           // it matters whether its figures are below 0
	sums    bool           // totals are held against its figures
	share   *account.Share // of a column that counts in percent; else nil
	last    float64        // the figure of the row being read, where sums; 0 where it has none
	blanks  account.Blanks
	words   *words // of a column of words, whose meaning depends on their text alone
	texts   *texts // of one of texts
	layer   layer  // of one of values of one width
	asIs    bool   // most of its texts are kept as they stand
	builder
	reading.Rule
}

func newColumn(r *reading.Rule, f arrow.Field) *column {
	c := &column{Rule: *r, builder: builders[r.Decl.Type](f, r.Dict)}
	c.texts, _ = c.builder.(*texts)
	c.layer, _ = c.builder.(layer)
	c.softly = r.Decl.Bad == "null" && f.Nullable
	c.point()
	if r.Percent() {
		c.share, c.figures = &account.Share{}, true
	}
	return c
}

// point says which cell is read, once the rule does.
func (c *column) point() {
	c.plain = c.Rule.Plain()
	if c.words = nil; c.Typed() {
		c.words, _ = c.builder.(*words)
	}
	c.asIs = c.Stands()
}

// known keeps a word that was read before in the next row of a batch; false: it was not.
func (c *column) known(t *frame, i int, text string) bool {
	place, known := c.Dict.Known(text)
	if !known {
		return false
	}
	c.words.set(t.rows)
	if c.words.v[t.rows] = place; c.track {
		c.Seen(reading.Value{I: int64(place)}, &t.seen[i])
	}
	return true
}

// keep keeps a text as it stands; false: it must be looked at.
func (c *column) keep(t *frame, i int, text string) bool {
	told := t.texts.Of(c.At, text)
	if *told&sieve.Ordinary == 0 && !cell.Ordinary(text) {
		return false
	}
	*told |= sieve.Ordinary
	if c.put(t.rows, reading.Value{S: text}); c.track {
		c.Seen(reading.Value{S: text}, &t.seen[i])
	}
	return true
}

// figure looks at a value of a column whose figures are looked at, in its row.
func (c *column) figure(v reading.Value, row *source.Row) float64 {
	f := c.number64(v)
	if c.sums {
		c.last = f
	}
	switch {
	case c.share == nil:
	case c.At >= 0 && c.At < len(row.Cells) && percent(row.Cells[c.At].Text):
		c.share.Signed(f)
	case c.share.See(f):
		c.share.Parts.Add(row.Origin.Sheet, row.Origin.Cell(c.At))
	}
	return f
}

// percent reports whether a text ends in %.
func percent(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasSuffix(text, "%") || strings.HasSuffix(text, "％")
}

// number64 is a value of a column of numbers.
func (c *column) number64(v reading.Value) float64 {
	if c.Decl.Type == dataset.Float64 {
		return v.Float()
	}
	return float64(v.I)
}

// text is the column's cell where it is text that is read as it stands, as nearly all are; else nil.
func (c *column) text(row *source.Row) *source.Cell {
	if uint(c.plain) < uint(len(row.Cells)) && row.Cells[c.plain].Kind == source.Text {
		return &row.Cells[c.plain]
	}
	return nil
}
