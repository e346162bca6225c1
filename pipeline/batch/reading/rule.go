// Package reading reads the cells of one column as its declaration and its header say: each is a value of the column's type, no
// value, or a fault. Words are kept in a dictionary, so that each is looked at once. It knows nothing of the other cells of a row,
// and of what becomes of a value: package batch does.
package reading

import (
	"fmt"
	"time"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/identity"
	"yanzhen/pipeline/keyed"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
)

// Rule says how the cells of one column are read. It is made once, when the columns are bound.
type Rule struct {
	how      reading
	tidy     bool                              // a number or a date in the shapes of a tidy file needs no closer look
	within   bool                              // the date, or year, must lie in the window
	window   *window                           // of the submission; nil: not known
	stored   func(string) (int32, *cell.Fault) // reads the serial number of a day
	Dict     *Dictionary                       // of types low, code and strings; of ranks and booleans its memo alone
	limits   cell.Limits
	noValue  cell.NoValues
	Decl     *dataset.Column
	At       int         // index of the cell, -1: the file has none
	texts    cell.Texts  // what its texts are
	named    string      // _file, _sheet, _title or _banner: that is read, not a cell
	Heads    *rows.Heads // that it is read from
	match    match
	mean     func(*Rule, string) meaning // of a text that the dictionary has not met yet
	List     *codes.List
	numbers  notation
	person   persons
	mask     mask.Mask
	places   places
	parser   parser      // that the column names
	fallback *Rule       // reads the default; nil: the column has none
	Blank    source.Cell // what a blank one means: the default
	Cut      account.Cut // its long numbers
}

// match finds the part of a cell that is read.
type match struct {
	none *cell.Fault // a text has no such part; nil: all of it is read
	part source.Cell // the cell, the part of it or the name that was read last, other than as it stands
}

// Read reads a cell that is neither blank nor broken.
func (r *Rule) Read(c *source.Cell) (Value, *cell.Fault) { return r.how(r, c) }

// Plain is the index of the cell, where all of it is read; else -1.
func (r *Rule) Plain() int {
	if r.match.none != nil || r.named != "" {
		return -1
	}
	return r.At
}

// Typed reports whether a cell is read as the column's type, perhaps by the text that a parser makes of it.
func (r *Rule) Typed() bool { return r.parser.read == nil }

// Stands reports whether most texts are kept as they stand.
func (r *Rule) Stands() bool {
	return r.Decl.Type == dataset.String && r.parser.read == nil && r.parser.text == nil && r.noValue.Own == nil
}

// Percent reports whether the column counts in percent.
func (r *Rule) Percent() bool {
	return r.Decl.Measures() && r.numbers.declared.Share() && r.Decl.Unit != ""
}

// Says reports whether a text is one of the column's words for "no value".
func (r *Rule) Says(text string) bool { return r.noValue.Says(cell.Squeeze(cell.Fold(text))) }

// Share says that another column reads the same cell as the number of a person.
func (r *Rule) Share() {
	if r.person.shared = true; r.fallback != nil {
		r.fallback.person.shared = true
	}
}

// Ahead lets the cells of a column of persons be read before their rows' turn: said is what one was found to say.
func (r *Rule) Ahead(key []byte, said *identity.Said) func(*source.Row, *identity.Said) {
	r.person.before = said
	return r.person.Ahead(keyed.New(key), r.Plain())
}

// Follow goes on where the rule of the same column under another header ended: with its dictionary.
func (r *Rule) Follow(old *Rule) {
	r.person.before = old.person.before
	if r.Dict = old.Dict; r.fallback != nil {
		r.fallback.Dict = r.Dict
	}
}

// Ask asks about the numbers that say that they are written otherwise than the column's.
func (r *Rule) Ask(a *account.Account, sheet string) {
	r.numbers.own.Ask(a, sheet, source.Letters(max(r.At, 0)), r.At, r.Decl.Title, r.Decl.Unit)
}

// Raw is the text that the column's cell holds in a row, or the name that is read for it.
func (r *Rule) Raw(row *source.Row) string {
	switch {
	case r.At >= 0 && r.At < len(row.Cells):
		return row.Cells[r.At].Text
	case r.named != "":
		return r.Heads.Name(r.named, row)
	}
	return ""
}

// LookedUp is the part of a cell that a fault is about; empty: all of it.
func (r *Rule) LookedUp(f *cell.Fault) string {
	if r.match.none == nil || f == r.match.none {
		return ""
	}
	return r.match.part.Text
}

// Cell is the column's cell in a row; or the part of it, or of the file's or sheet's name, that the column's match
// finds. Nil: there is none, or it is blank.
func (r *Rule) Cell(row *source.Row) (*source.Cell, *cell.Fault) {
	switch {
	case r.named != "":
		r.match.part = source.Cell{Text: r.Heads.Name(r.named, row), Kind: source.Text}
	case r.At >= 0 && r.At < len(row.Cells):
		r.match.part = row.Cells[r.At]
	default:
		return nil, nil
	}
	switch r.match.part.Kind {
	case source.Blank:
		return nil, nil
	case source.Error:
		return nil, cell.FaultErrorCell
	case source.NoCache:
		return nil, cell.FaultNoCache
	case source.Scaled:
		if r.Decl.Type == dataset.Date {
			if _, f := r.stored(r.match.part.Text); f == cell.FaultSerial {
				return nil, f // 59, shown as a day of 1900
			}
		}
		return nil, cell.FaultScaled
	case source.Nested:
		return nil, cell.FaultNested
	}
	if r.match.none == nil || r.match.part.Kind == source.Bool {
		return &r.match.part, nil
	}
	text := cell.Trim(r.match.part.Text)
	if r.match.part.Kind == source.Text && r.noValue.Says(cell.Fold(text)) {
		return &r.match.part, nil
	}
	part, ok := r.Decl.Matched(text)
	if !ok {
		return nil, r.match.none
	}
	r.match.part = source.Cell{Text: part, Kind: source.Text}
	return &r.match.part, nil
}

// Absent is what a blank cell means: the default, no value, or a fault where the cell is required.
func (r *Rule) Absent() (Value, *cell.Fault) {
	d := r.Decl
	if r.fallback == nil {
		if d.Required || d.Default != "" {
			return Value{}, cell.FaultRequired
		}
		return Value{None: true}, nil
	}
	v, f := r.fallback.Read(&r.Blank)
	if f == nil && v.None { // a default that reads as "no value"
		switch d.Type {
		case dataset.String, dataset.CreditCode:
			return Value{S: r.Blank.Text}, nil
		case dataset.Low, dataset.Code:
			return Value{I: int64(r.Dict.place(r.Blank.Text))}, nil
		}
	}
	return v, f
}

// Seen notes what a row check sees of a value.
func (r *Rule) Seen(v Value, x *dataset.Value) {
	if x.Null = v.None && r.Decl.Nullable(); v.None {
		x.S, x.I, x.F = "", 0, 0
		return
	}
	x.I = v.I
	switch r.Decl.Type {
	case dataset.Float64:
		x.F = v.Float()
	case dataset.Strings:
		x.I = int64(len(r.Dict.Items))
	case dataset.Low, dataset.Code:
		x.S = r.Dict.values[v.I]
	case dataset.String, dataset.CreditCode:
		x.S = v.S
	}
}

// notation is how the column's numbers are written.
type notation struct {
	declared, header cell.Unit   // header: in brackets in the header
	comma            bool        // a comma is the decimal sign
	doubt            bool        // it is in some of the column's numbers
	own              account.Own // a number that says otherwise
	tens             bool        // the column counts in 万元 or the like, and its header does not say so
}

// unshifted reports whether the digits of a cell are those of the table.
func (n *notation) unshifted() bool {
	return n.header == cell.Unit{} || n.header.Shift(n.declared) == 0
}

// window is the period a submission speaks for, in days, [from, to), and the years it touches.
type window struct {
	from, to    int32
	first, last int // year
}

// month is the first day of a month by its number, where it lies in the window in one year alone.
func (w *window) month(n int) (day int32, ok bool) {
	for y := w.first; y <= w.last && n > 0; y++ {
		if v, f := cell.Day(y, n, 1); f == nil && v >= w.from && v < w.to {
			if ok {
				return 0, false
			}
			day, ok = v, true
		}
	}
	return day, ok
}

// persons is what the numbers of persons are judged and hashed with.
type persons struct {
	identity.Reader
	shared bool           // another column reads the same cell as the number of a person
	before *identity.Said // of the row being read; nil: no cell of the column is read before its turn
}

// places knows the cities and the countries.
type places struct {
	city   cell.CityFinder
	abroad func(string) bool
}

// Maker makes the rules of one file's columns.
type Maker struct {
	ds     *dataset.Dataset
	lists  *codes.Lists
	key    []byte
	gone   map[uint64]bool
	hash   *keyed.Hasher // made from key where the first column needs it
	today  int32
	window *window
	places places
	stored func(string) (int32, *cell.Fault) // reads the serial number of a day
}

// Submission is what is known of one before its cells are read.
type Submission struct {
	Key   []byte          // HMAC key for identity numbers; at least 32 bytes
	Gone  map[uint64]bool // hashes of persons who were deleted: a row of one is refused
	Lists *codes.Lists    // the code lists the dataset's columns name
	From  time.Time       // the period it speaks for, [From, To); zero: not known, not checked
	To    time.Time
	Today time.Time // birth dates after it do not exist
	Epoch int       // serial numbers of days count from so many days after 1899-12-30
}

// NewMaker makes the rules of a file by what is declared and what is known of the submission.
func NewMaker(ds *dataset.Dataset, o Submission) *Maker {
	m := &Maker{
		ds: ds, lists: o.Lists, key: o.Key, gone: o.Gone, today: dayOf(o.Today), stored: cell.StoredDateFrom(o.Epoch),
		places: places{
			city:   func(string) (string, string, bool) { return "", "", false },
			abroad: func(string) bool { return false },
		},
	}
	if !o.From.IsZero() && !o.To.IsZero() {
		w := &window{from: dayOf(o.From), to: dayOf(o.To)}
		w.first, _, _ = codes.Civil(w.from)
		w.last, _, _ = codes.Civil(w.to - 1)
		m.window = w
	}
	if o.Lists != nil {
		m.places.city = o.Lists.City
		if l := o.Lists.Get("countries"); l != nil {
			m.places.abroad = func(text string) bool { code, ok := l.Find(text); return ok && code != "CN" }
		}
	}
	return m
}

// Rule makes the rule of the dataset's column i.
func (m *Maker) Rule(i int, b *bind.Bound) (*Rule, error) {
	d := &m.ds.Columns[i]
	r := &Rule{
		Decl: d, At: b.At, window: m.window, places: m.places, stored: m.stored, person: persons{Reader: identity.Reader{Today: m.today, Phone: d.Personal == dataset.PersonalPhone}},
		numbers: notation{header: b.Measure, doubt: b.Either}, mask: mask.Mask{Key: m.key},
	}
	fail := func(zh, en string) (*Rule, error) {
		return nil, fmt.Errorf("dataset %s: column %s: %s / %s", m.ds.Name, d.Name, zh, en)
	}
	if b.How == "name" {
		r.named = d.Of
	}
	r.texts = bind.Texts(m.ds, d, b)
	if d.Match != "" {
		r.match.none = cell.Unmatched(d)
	}
	if d.Unit != "" {
		r.numbers.declared = cell.DeclaredUnit(d.Unit)
	}
	if b.Plain {
		r.numbers.declared = cell.Unit{Base: b.Measure.Base, Step: b.Measure.Step}
	} else if b.Parts {
		r.numbers.header.Exp -= 2 // 50 under 占比（%） is 0.5, as 50% in the cell is
	} else if r.numbers.declared == (cell.Unit{}) {
		r.numbers.declared = r.numbers.header // nothing declared: the header's unit is the column's
	}
	if r.numbers.declared == (cell.Unit{}) && bind.Measured(d) && bind.Persons(d) {
		r.numbers.declared.Base = "人" // 3户 are no persons
	}
	r.numbers.tens = r.numbers.declared.Base == "元" && r.numbers.declared.Exp != 0 && b.Unit == ""
	r.within = m.window != nil && m.ds.Period != nil && m.ds.Period.Column == d.Name
	r.noValue = cell.NoValuesOf(d)
	r.person.NoValue = r.noValue
	if d.List != "" {
		if m.lists != nil {
			r.List = m.lists.Get(d.List)
		}
		if r.List == nil {
			return fail("没有代码表 "+d.List, "there is no code list "+d.List)
		}
	}
	if d.Type == dataset.Person {
		if len(m.key) < 32 {
			return fail("没有密钥，或不足 32 字节，证件号无法散列", "the key that identity numbers are hashed with is missing or shorter than 32 bytes")
		}
		if m.hash == nil {
			m.hash = keyed.New(m.key)
		}
		r.person.Hash, r.person.Gone = m.hash, m.gone
	}
	parse := b.Parse
	if parse == "decimal_comma" { // else a number like any other
		parse, r.numbers.comma = "", true
	}
	if f := r.choose(parse); f != nil {
		return fail(f.Zh, f.En)
	}
	r.limits = cell.LimitsOf(d, kinds[d.Type].lo, kinds[d.Type].hi)
	r.tidy = parse == "" && !r.numbers.comma && !r.numbers.doubt && r.numbers.unshifted() && !r.noValue.HasTidy()
	r.Blank = source.Cell{Text: d.Default, Kind: source.Text}
	if b.Contrary {
		r.Blank.Text = ""
	} else if b.Blank != "" {
		r.Blank.Text = b.Blank
	}
	if r.Blank.Text != "" {
		f := *r
		f.numbers.header = cell.Unit{} // a default is in the declared unit, whatever the header says
		r.fallback = &f
	}
	return r, nil
}

// choose chooses how the cells are read: as the column's type, or with the parser that it names.
func (r *Rule) choose(parse string) *codes.Text {
	d := r.Decl
	k, ok := kinds[d.Type]
	if !ok {
		return &codes.Text{Zh: "未知类型 " + string(d.Type), En: "unknown type " + string(d.Type)}
	}
	r.how, r.mean = k.read, k.mean
	if r.List != nil && k.listed != nil {
		r.how, r.mean = k.listed, (*Rule).codeMeaning
	}
	if parse != "" {
		p, ok := parsers[parse]
		r.parser = p
		switch {
		case !ok:
			return &codes.Text{Zh: "未知的解析器 " + parse, En: "unknown parser " + parse}
		case p.text == nil:
			r.how = p.read
		case r.mean != nil:
			r.mean = (*Rule).parsedMeaning
		default:
			r.how = (*Rule).parsed
		}
	}
	if r.mean != nil || d.Type == dataset.Strings {
		r.Dict = NewDictionary()
		r.Dict.recent = make([]slot, recents)
	}
	return nil
}

// dayOf counts a day from 1970-01-01.
func dayOf(t time.Time) int32 { return codes.Days(t.Year(), int(t.Month()), t.Day()) }
