package reading

import (
	"slices"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
)

// parser is how a column is read that names one (parse: in its declaration): to a value of its type, or to a
// text, which a column of words looks up.
type parser struct {
	read reading
	text func(r *Rule, s string) (string, *cell.Fault) // s is trimmed; the answer is empty where there is no value
	asIs bool                                          // text is the cell's but for blanks: a code stays one
	all  bool                                          // text is asked also about blanks and words for "no value"
}

// parsers holds what dataset.Parsers names, but for decimal_comma, which is a way to write a number.
var parsers = map[string]parser{
	"list":            {read: (*Rule).strings},
	"mixed_skills":    {read: (*Rule).skills},
	"year":            {read: (*Rule).year},
	"period_start":    {read: starts(cell.PeriodStart)},
	"month_start":     {read: starts(cell.MonthStart)},
	"month_day":       {read: (*Rule).monthDay},
	"day_month_year":  {read: ordered(cell.DayMonthYear)},
	"month_day_year":  {read: ordered(cell.MonthDayYear)},
	"salary_from":     {read: (*Rule).salaryFrom},
	"salary_to":       {read: (*Rule).salaryTo},
	"salary_months":   {read: (*Rule).salaryMonths},
	"id_birth_date":   {read: (*Rule).birthDate},
	"id_birth_year":   {read: (*Rule).birthYear},
	"id_sex":          {read: holders(sex)},
	"id_region":       {read: holders(func(id *codes.ID) string { return id.Region() })},
	"id_province":     {read: holders(func(id *codes.ID) string { return id.Province() })},
	"salary_kind":     {text: salaryKind, all: true},
	"trim":            {text: faultless(cell.Spaced), asIs: true},
	"first":           {text: faultless(cell.First), asIs: true},
	"url_key":         {text: faultless(cell.URLKey)},
	"mixed_ownership": {text: faultless(func(s string) string { return cell.SplitMixed(s).Ownership })},
	"mixed_size":      {text: faultless(func(s string) string { return cell.SplitMixed(s).Size })},
	"mixed_industry":  {text: faultless(func(s string) string { return cell.SplitMixed(s).Industry })},
	"place_province":  {text: province},
	"place_city":      {text: func(r *Rule, s string) (string, *cell.Fault) { return cell.PlaceOf(s, r.places.city).City, nil }},
	"place_district":  {text: func(r *Rule, s string) (string, *cell.Fault) { return cell.PlaceOf(s, r.places.city).District, nil }},
}

// faultless is the parser of a text that nothing can be wrong with.
func faultless(text func(string) string) func(*Rule, string) (string, *cell.Fault) {
	return func(_ *Rule, s string) (string, *cell.Fault) { return text(s), nil }
}

// parse makes a text of a cell's.
func (r *Rule) parse(raw string) (string, Notice, *cell.Fault) {
	s := cell.Trim(raw)
	folded := cell.Fold(s)
	switch f := cell.Broken(folded); {
	case f != nil:
		return "", 0, f
	case !r.parser.all && r.noValue.Says(folded):
		return "", 0, nil
	}
	var told Notice
	if r.parser.asIs {
		var f *cell.Fault
		if told, f = r.damage(folded); f != nil {
			return "", 0, f
		}
	}
	if s != raw || !cell.Quiet(s) {
		told |= controls(raw)
	}
	s, f := r.parser.text(r, s)
	return s, told, f
}

// parsed reads a text that keeps what its parser makes of it.
func (r *Rule) parsed(c *source.Cell) (Value, *cell.Fault) {
	switch {
	case lossy(c):
		return Value{}, cell.FaultPrecision
	case c.Kind == source.Date && r.parser.asIs:
		return Value{}, cell.FaultDateInText
	case cell.Undecoded(c.Text):
		return Value{}, cell.FaultEncoding
	}
	text, ok := c.Shown()
	if !ok {
		return Value{}, cell.FaultScaled
	}
	s, told, f := r.parse(text)
	v := Value{None: s == ""}
	v.S, v.Told = r.masked(s)
	v.Told |= told
	return v, f
}

// parsedMeaning looks up what the column's parser makes of a text.
func (r *Rule) parsedMeaning(raw string) meaning {
	if cell.Undecoded(raw) {
		return meaning{f: cell.FaultEncoding}
	}
	s, told, f := r.parse(raw)
	if f != nil || s == "" {
		return meaning{none: f == nil, f: f}
	}
	if r.List != nil {
		code, ok := r.List.Find(s)
		if !ok {
			return meaning{f: cell.NotInList(r.List, s)}
		}
		return meaning{i: r.Dict.place(code)}
	}
	m := r.placed(s)
	m.told |= told
	return m
}

// salaryKind also reads a kind that stands in a column of its own.
func salaryKind(r *Rule, s string) (string, *cell.Fault) {
	s = cell.Fold(s)
	if r.List != nil {
		if code, ok := r.List.Find(s); ok {
			return code, nil
		}
	}
	p, f := cell.Salary(s)
	return p.Kind, f
}

func province(r *Rule, s string) (string, *cell.Fault) {
	p := cell.PlaceOf(s, r.places.city)
	if p.Province == "" && p != (cell.Place{}) && !r.places.abroad(s) {
		return "", cell.FaultPlace
	}
	return p.Province, nil
}

// skills reads the part of a posting's tags that lists skills.
func (r *Rule) skills(c *source.Cell) (Value, *cell.Fault) {
	if cell.Undecoded(c.Text) {
		return Value{}, cell.FaultEncoding
	}
	return r.collect(slices.Values(cell.SplitMixed(cell.Trim(c.Text)).Skills))
}

func pay(c *source.Cell) (cell.Pay, *cell.Fault) {
	s := cell.Fold(c.Text)
	if f := cell.Broken(s); f != nil {
		return cell.Pay{}, f
	}
	return cell.Salary(s)
}

func (r *Rule) salaryFrom(c *source.Cell) (Value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || !p.HasFrom {
		return Value{None: true}, f
	}
	return r.inside(p.From)
}

func (r *Rule) salaryTo(c *source.Cell) (Value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || !p.HasTo {
		return Value{None: true}, f
	}
	return r.inside(p.To)
}

func (r *Rule) salaryMonths(c *source.Cell) (Value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || p.Months == 0 {
		return Value{None: true}, f
	}
	return r.between(int64(p.Months))
}

// holder reads an identity number for what it says about its holder. The number itself is judged
// where it is read as a person: here a wrong one, like a passport, has nothing to say. other: the text is
// no such number, and is to be read as what the column holds: a date, a year, a sex, a place.
func (r *Rule) holder(c *source.Cell) (id codes.ID, ok, other bool) {
	s := c.Text
	if !cell.TidyID(s) {
		if s = cell.Document(s); len(s) != 18 && len(s) != 15 || !cell.LooksLikeID(s) {
			return id, false, !r.person.shared // shared: a passport
		}
	}
	if lossy(c) {
		return id, false, false
	}
	id = codes.CheckID(s)
	return id, id.Valid() && id.On(r.person.Today) != codes.Bad, false
}

func (r *Rule) birthDate(c *source.Cell) (Value, *cell.Fault) {
	id, ok, other := r.holder(c)
	switch {
	case other:
		return r.day(c)
	case !ok || id.Year < cell.MinYear:
		return Value{None: true}, nil
	}
	return r.dated(id.Birth, nil)
}

func (r *Rule) birthYear(c *source.Cell) (Value, *cell.Fault) {
	id, ok, other := r.holder(c)
	switch {
	case other:
		return r.year(c)
	case !ok:
		return Value{None: true}, nil
	}
	return r.between(int64(id.Year))
}

func sex(id *codes.ID) string {
	if id.Male {
		return "M"
	}
	return "F"
}

// holders reads a text that an identity number says about its holder.
func holders(says func(*codes.ID) string) reading {
	return func(r *Rule, c *source.Cell) (Value, *cell.Fault) {
		id, ok, other := r.holder(c)
		switch {
		case other && r.isWord():
			return r.word(c)
		case other:
			return r.string(c)
		case !ok:
			return Value{None: true}, nil
		}
		text := says(&id)
		switch {
		case text == "":
			return Value{None: true}, nil
		case !r.isWord():
			return Value{S: text}, nil
		}
		if r.List != nil {
			code, ok := r.List.Find(text)
			if !ok {
				return Value{}, cell.NotInList(r.List, "")
			}
			text = code
		}
		return Value{I: int64(r.Dict.place(text))}, nil
	}
}

// year reads 2026, 2026年, 2026年度 or the year of a date.
func (r *Rule) year(c *source.Cell) (Value, *cell.Fault) {
	var y int
	var f *cell.Fault
	if c.Kind == source.Number {
		y, f = cell.StoredYear(c.Text)
	} else {
		s, none, bad := r.foldTight(c.Text)
		if none || bad != nil {
			return Value{None: none}, bad
		}
		y, f = cell.Year(s)
	}
	if f != nil {
		return Value{}, f
	}
	return r.between(int64(y))
}

// monthDay reads 04-20 in the submission's period: the year that puts the day inside it, else
// the period's first. Without a period the year cannot be known: NULL. A full date is a date.
func (r *Rule) monthDay(c *source.Cell) (Value, *cell.Fault) {
	if c.Kind != source.Text {
		return r.day(c)
	}
	s, none, f := r.foldTight(c.Text)
	if none || f != nil {
		return Value{None: none}, f
	}
	m, d, ok := cell.MonthDay(s)
	w := r.window
	switch {
	case !ok:
		return r.day(c)
	case w == nil:
		_, f := cell.Day(2000, m, d) // a leap year
		return Value{None: true}, f
	}
	for y := w.first; y <= w.last; y++ {
		if v, f := cell.Day(y, m, d); f == nil && v >= w.from && v < w.to {
			return r.dated(v, nil)
		}
	}
	return r.dated(cell.Day(w.first, m, d))
}

// starts reads the first day of the period that the cell names; a date stays the day it is.
func starts(read func(string) (int32, *cell.Fault, bool)) reading {
	return func(r *Rule, c *source.Cell) (Value, *cell.Fault) { return r.starts(c, read) }
}

func (r *Rule) starts(c *source.Cell, read func(string) (int32, *cell.Fault, bool)) (Value, *cell.Fault) {
	if c.Kind == source.Text || c.Kind == source.Number {
		s := cell.Squeeze(cell.Fold(c.Text))
		switch {
		case c.Kind == source.Text && r.noValue.Says(s):
			return Value{None: true}, nil
		case c.Kind == source.Number && len(s) == 5 && (s[:2] == "19" || s[:2] == "20"):
			return Value{}, cell.FaultPeriodText // 20263 is 2026 and something, not the 20,263rd day
		case c.Kind == source.Number && strings.HasSuffix(s, ".1"):
			return Value{}, cell.FaultPeriodText // 2015.1 and 2015.10 are one number: January or October
		}
		if day, f, ok := read(s); ok {
			return r.dated(day, f)
		}
	}
	if first, ok := c.Period(); ok {
		c = &first
	}
	v, f := r.day(c)
	if f != nil && c.Kind == source.Text && r.within {
		if day, ok := r.window.month(cell.BareMonth(cell.Squeeze(cell.Fold(c.Text)))); ok {
			return r.dated(day, nil) // 6月 in a file of 2026年6月
		}
	}
	if f == cell.FaultDate || f == cell.FaultNoDay {
		f = cell.FaultPeriodText
	}
	return v, f
}

// ordered reads 01/12/2000 in the order that the parser is named for; what has the year first, and
// the serials and dates of a workbook, are read as ever.
func ordered(date func(string) (int32, *cell.Fault, bool)) reading {
	return func(r *Rule, c *source.Cell) (Value, *cell.Fault) {
		if c.Kind == source.Text {
			if day, f, ok := date(cell.Fold(c.Text)); ok {
				return r.dated(day, f)
			}
		}
		return r.day(c)
	}
}
