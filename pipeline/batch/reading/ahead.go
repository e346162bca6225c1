package reading

import (
	"math"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

// How a cell of a column was found before its row's turn to be kept.
type How uint8

// What was found out. Of nearly all cells it is something; faults, notes and all that depends on other rows are left for later.
const (
	Later  How = iota // nothing: the cell is to be read
	Valued            // by a value: a whole number, a day, a hash, a decimal's bits
	Worded            // by the number of its text: what that means is known once one of that number was read
	Stands            // as its text; beside it is its shape
	Empty             // as no value
)

// Looker looks at the cells of one column before their rows' turn. It is for one goroutine, beside the one that reads them by the
// rule it was made of: what it knows it has copied, and it tells nothing that the rule would not find.
type Looker struct {
	rule   Rule
	look   func(*Looker, *source.Cell) (int64, How)
	blank  How // how a blank cell is kept
	texts  texts
	shapes [1 << 10]uint64 // of texts that stand
}

// Looker makes one of the rule; nil: nothing can be found out before a row's turn.
func (r *Rule) Looker() *Looker {
	if r.Plain() < 0 || !r.Typed() {
		return nil
	}
	l := &Looker{rule: *r}
	switch r.Decl.Type {
	case dataset.Low, dataset.Code:
		l.look = (*Looker).word
		l.texts = texts{recent: make([]numbered, recents), all: map[string]int32{}}
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64:
		l.look = (*Looker).whole
	case dataset.Float64:
		l.look = (*Looker).float
	case dataset.Date:
		l.look = (*Looker).day
	case dataset.String:
		l.look = (*Looker).text
	}
	if r.fallback == nil && !r.Decl.Required && r.Decl.Default == "" {
		l.blank = Empty
	}
	switch {
	case l.look == nil:
	case r.Decl.Type == dataset.String && r.Stands(), r.Dict != nil && r.isWord(), r.Dict == nil && r.tidy:
		return l
	}
	return nil
}

// Look looks at a cell.
func (l *Looker) Look(c *source.Cell) (int64, How) {
	if c.Kind == source.Blank && c.Text == "" {
		return 0, l.blank
	}
	return l.look(l, c)
}

// Shapes reports whether it tells the shape of each text.
func (l *Looker) Shapes() bool { return l != nil && l.rule.Decl.Type == dataset.String }

// Lacks is how the cell of a row that ends before it is kept.
func (l *Looker) Lacks() How { return l.blank }

func (l *Looker) word(c *source.Cell) (int64, How) {
	if c.Kind == source.Text {
		if n := l.texts.number(c.Text); n > 0 {
			return int64(n), Worded
		}
	}
	return 0, Later
}

func (l *Looker) whole(c *source.Cell) (int64, How) {
	if c.Kind == source.Text || c.Kind == source.Number && !c.Yuan() && len(c.Text) <= 15 {
		if v, ok := cell.FastInt(c.Text); ok {
			return valued(l.rule.between(v))
		}
	}
	return 0, Later
}

func (l *Looker) float(c *source.Cell) (int64, How) {
	switch {
	case c.Kind == source.Text:
		if d, ok := cell.FastDecimal(c.Text); ok {
			return valued(l.rule.inside(d.Float()))
		}
	case c.Kind == source.Number && !c.Yuan():
		if v, err := strconv.ParseFloat(c.Text, 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
			return valued(l.rule.inside(v))
		}
	}
	return 0, Later
}

func (l *Looker) day(c *source.Cell) (int64, How) {
	if c.Kind == source.Text {
		if y, m, d, ok := cell.FastDate(c.Text); ok && y != 0 {
			return valued(l.rule.dated(cell.Day(y, m, d)))
		}
	}
	return 0, Later
}

func valued(v Value, f *cell.Fault) (int64, How) {
	if f != nil {
		return 0, Later
	}
	return v.I, Valued
}

// text tells of a text whether it stands, and of what shape it is.
func (l *Looker) text(c *source.Cell) (int64, How) {
	shape := sieve.Shape(c.Text)
	at := &l.shapes[shape%uint64(len(l.shapes))]
	switch {
	case c.Kind != source.Text:
		return int64(shape), Later
	case *at != shape && !cell.Ordinary(c.Text):
		return int64(shape), Later
	}
	*at = shape
	return int64(shape), Stands
}

// texts gives the different texts of a column numbers from 1 on, so that who takes them in order knows each again without reading it.
type texts struct {
	recent []numbered
	all    map[string]int32
	beyond int // texts that have no number
}

// numbered holds nothing that the collector looks at.
type numbered struct {
	glance.Ends
	n int32
}

// How many different texts of a column have numbers, of how many bytes, and after how many without one none are looked for.
const (
	mostNumbered = 1 << 14
	longNumbered = 1 << 8
	mostBeyond   = 1 << 14
)

// number is that of a text; 0: it has none.
func (t *texts) number(text string) int32 {
	if t.beyond > mostBeyond {
		return 0
	}
	hash, ends := glance.Spread(text)
	s := &t.recent[hash&uint64(len(t.recent)-1)]
	if s.n > 0 && s.Ends == ends {
		return s.n
	}
	n, ok := t.all[text]
	if !ok {
		if len(t.all) == mostNumbered || len(text) > longNumbered {
			t.beyond++
			return 0
		}
		n = int32(len(t.all) + 1)
		t.all[strings.Clone(text)] = n
		if k := len(t.recent); len(t.all) > k/16 && k < mostRecents {
			t.recent = make([]numbered, 2*k)
			return n
		}
	}
	*s = numbered{ends, n}
	return n
}
