package batch

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
)

// rule says how the cells of one column are read. It is made once, when the columns are bound.
type rule struct {
	read       reading
	tidy       bool                              // a number or a date in the shapes of a tidy file needs no closer look
	within     bool                              // the date, or year, must lie in the window
	window     *window                           // of the submission; nil: not known
	stored     func(string) (int32, *cell.Fault) // reads the serial number of a day
	dict       *dictionary                       // of types low, code and strings; of ranks and booleans its memo alone
	limits     cell.Limits
	noValue    cell.NoValues
	decl       *dataset.Column
	at         int                         // index of the cell, -1: the file has none
	texts      cell.Texts                  // what its texts are
	named      string                      // _file, _sheet, _title or _banner: that is read, not a cell
	heads      *rows.Heads                 // that it is read from
	unmatched  *cell.Fault                 // the text has not the part that match finds; nil: all of it is read
	mean       func(*rule, string) meaning // of a text that the dictionary has not met yet
	list       *codes.List
	numbers    notation
	person     persons
	mask       mask.Mask
	places     places
	parser     parser      // that the column names
	fallback   *rule       // reads the default; nil: the column has none
	blankMeans string      // the default
	cut        account.Cut // its long numbers
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

// ruleMaker makes the rules of one file's columns.
type ruleMaker struct {
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

func newRuleMaker(ds *dataset.Dataset, o *Options) *ruleMaker {
	m := &ruleMaker{
		ds: ds, lists: o.Lists, key: o.Key, gone: o.Gone, today: dayOf(o.Today),
		places: places{
			city:   func(string) (string, string, bool) { return "", "", false },
			abroad: func(string) bool { return false },
		},
	}
	if m.stored = cell.StoredDate; o.Since1904 {
		m.stored = cell.StoredDate1904
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

// rule makes the rule of the dataset's column i.
func (m *ruleMaker) rule(i int, b *bind.Bound) (*rule, error) {
	d := &m.ds.Columns[i]
	r := &rule{
		decl: d, at: b.At, window: m.window, places: m.places, stored: m.stored, person: persons{Reader: identity.Reader{Today: m.today, Phone: d.Personal == dataset.PersonalPhone}},
		numbers: notation{header: b.Measure, doubt: b.Either}, mask: mask.Mask{Key: m.key},
	}
	fail := func(zh, en string) (*rule, error) {
		return nil, fmt.Errorf("dataset %s: column %s: %s / %s", m.ds.Name, d.Name, zh, en)
	}
	if b.How == "name" {
		r.named = d.Of
	}
	r.texts = bind.Texts(m.ds, d, b)
	if d.Match != "" {
		r.unmatched = cell.Unmatched(d)
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
			r.list = m.lists.Get(d.List)
		}
		if r.list == nil {
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
	if r.blankMeans = d.Default; b.Contrary {
		r.blankMeans = ""
	} else if b.Blank != "" {
		r.blankMeans = b.Blank
	}
	if r.blankMeans != "" {
		f := *r
		f.numbers.header = cell.Unit{} // a default is in the declared unit, whatever the header says
		r.fallback = &f
	}
	return r, nil
}

// choose chooses how the cells are read: as the column's type, or with the parser that it names.
func (r *rule) choose(parse string) *codes.Text {
	d := r.decl
	k, ok := kinds[d.Type]
	if !ok {
		return &codes.Text{Zh: "未知类型 " + string(d.Type), En: "unknown type " + string(d.Type)}
	}
	r.read, r.mean = k.read, k.mean
	if r.list != nil && k.listed != nil {
		r.read, r.mean = k.listed, (*rule).codeMeaning
	}
	if parse != "" {
		p, ok := parsers[parse]
		r.parser = p
		switch {
		case !ok:
			return &codes.Text{Zh: "未知的解析器 " + parse, En: "unknown parser " + parse}
		case p.text == nil:
			r.read = p.read
		case r.mean != nil:
			r.mean = (*rule).parsedMeaning
		default:
			r.read = (*rule).parsed
		}
	}
	if r.mean != nil || d.Type == dataset.Strings {
		r.dict = newDictionary()
		r.dict.recent = make([]slot, recents)
	}
	return nil
}

// dayOf counts a day from 1970-01-01.
func dayOf(t time.Time) int32 { return codes.Days(t.Year(), int(t.Month()), t.Day()) }
