package batch

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
	text func(r *rule, s string) (string, *cell.Fault) // s is trimmed; the answer is empty where there is no value
	asIs bool                                          // text is the cell's but for blanks: a code stays one
	all  bool                                          // text is asked also about blanks and words for "no value"
}

// parsers holds what dataset.Parsers names, but for decimal_comma, which is a way to write a number.
var parsers = map[string]parser{
	"list":            {read: (*rule).strings},
	"mixed_skills":    {read: (*rule).skills},
	"year":            {read: (*rule).year},
	"period_start":    {read: starts(cell.PeriodStart)},
	"month_start":     {read: starts(cell.MonthStart)},
	"month_day":       {read: (*rule).monthDay},
	"day_month_year":  {read: ordered(cell.DayMonthYear)},
	"month_day_year":  {read: ordered(cell.MonthDayYear)},
	"salary_from":     {read: (*rule).salaryFrom},
	"salary_to":       {read: (*rule).salaryTo},
	"salary_months":   {read: (*rule).salaryMonths},
	"id_birth_date":   {read: (*rule).birthDate},
	"id_birth_year":   {read: (*rule).birthYear},
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
	"place_city":      {text: func(r *rule, s string) (string, *cell.Fault) { return cell.PlaceOf(s, r.places.city).City, nil }},
	"place_district":  {text: func(r *rule, s string) (string, *cell.Fault) { return cell.PlaceOf(s, r.places.city).District, nil }},
}

// faultless is the parser of a text that nothing can be wrong with.
func faultless(text func(string) string) func(*rule, string) (string, *cell.Fault) {
	return func(_ *rule, s string) (string, *cell.Fault) { return text(s), nil }
}

// parse makes a text of a cell's.
func (r *rule) parse(raw string) (string, notice, *cell.Fault) {
	s := cell.Trim(raw)
	folded := cell.Fold(s)
	switch f := cell.Broken(folded); {
	case f != nil:
		return "", 0, f
	case !r.parser.all && r.noValue.Says(folded):
		return "", 0, nil
	}
	var told notice
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
func (r *rule) parsed(c *source.Cell) (value, *cell.Fault) {
	switch {
	case lossy(c):
		return value{}, cell.FaultPrecision
	case c.Kind == source.Date && r.parser.asIs:
		return value{}, cell.FaultDateInText
	case cell.Undecoded(c.Text):
		return value{}, cell.FaultEncoding
	}
	text, ok := c.Shown()
	if !ok {
		return value{}, cell.FaultScaled
	}
	s, told, f := r.parse(text)
	v := value{none: s == ""}
	v.s, v.told = r.masked(s)
	v.told |= told
	return v, f
}

// parsedMeaning looks up what the column's parser makes of a text.
func (r *rule) parsedMeaning(raw string) meaning {
	if cell.Undecoded(raw) {
		return meaning{f: cell.FaultEncoding}
	}
	s, told, f := r.parse(raw)
	if f != nil || s == "" {
		return meaning{none: f == nil, f: f}
	}
	if r.list != nil {
		code, ok := r.list.Find(s)
		if !ok {
			return meaning{f: cell.NotInList(r.list, s)}
		}
		return meaning{i: r.dict.place(code)}
	}
	m := r.placed(s)
	m.told |= told
	return m
}

// salaryKind also reads a kind that stands in a column of its own.
func salaryKind(r *rule, s string) (string, *cell.Fault) {
	s = cell.Fold(s)
	if r.list != nil {
		if code, ok := r.list.Find(s); ok {
			return code, nil
		}
	}
	p, f := cell.Salary(s)
	return p.Kind, f
}

func province(r *rule, s string) (string, *cell.Fault) {
	p := cell.PlaceOf(s, r.places.city)
	if p.Province == "" && p != (cell.Place{}) && !r.places.abroad(s) {
		return "", cell.FaultPlace
	}
	return p.Province, nil
}

// skills reads the part of a posting's tags that lists skills.
func (r *rule) skills(c *source.Cell) (value, *cell.Fault) {
	if cell.Undecoded(c.Text) {
		return value{}, cell.FaultEncoding
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

func (r *rule) salaryFrom(c *source.Cell) (value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || !p.HasFrom {
		return value{none: true}, f
	}
	return r.inside(p.From)
}

func (r *rule) salaryTo(c *source.Cell) (value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || !p.HasTo {
		return value{none: true}, f
	}
	return r.inside(p.To)
}

func (r *rule) salaryMonths(c *source.Cell) (value, *cell.Fault) {
	p, f := pay(c)
	if f != nil || p.Months == 0 {
		return value{none: true}, f
	}
	return r.between(int64(p.Months))
}

// holder reads an identity number for what it says about its holder. The number itself is judged
// where it is read as a person: here a wrong one, like a passport, has nothing to say. other: the text is
// no such number, and is to be read as what the column holds: a date, a year, a sex, a place.
func (r *rule) holder(c *source.Cell) (id codes.ID, ok, other bool) {
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

func (r *rule) birthDate(c *source.Cell) (value, *cell.Fault) {
	id, ok, other := r.holder(c)
	switch {
	case other:
		return r.day(c)
	case !ok || id.Year < cell.MinYear:
		return value{none: true}, nil
	}
	return r.dated(id.Birth, nil)
}

func (r *rule) birthYear(c *source.Cell) (value, *cell.Fault) {
	id, ok, other := r.holder(c)
	switch {
	case other:
		return r.year(c)
	case !ok:
		return value{none: true}, nil
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
	return func(r *rule, c *source.Cell) (value, *cell.Fault) {
		id, ok, other := r.holder(c)
		switch {
		case other && r.isWord():
			return r.word(c)
		case other:
			return r.string(c)
		case !ok:
			return value{none: true}, nil
		}
		text := says(&id)
		switch {
		case text == "":
			return value{none: true}, nil
		case !r.isWord():
			return value{s: text}, nil
		}
		if r.list != nil {
			code, ok := r.list.Find(text)
			if !ok {
				return value{}, cell.NotInList(r.list, "")
			}
			text = code
		}
		return value{i: int64(r.dict.place(text))}, nil
	}
}

// year reads 2026, 2026年, 2026年度 or the year of a date.
func (r *rule) year(c *source.Cell) (value, *cell.Fault) {
	var y int
	var f *cell.Fault
	if c.Kind == source.Number {
		y, f = cell.StoredYear(c.Text)
	} else {
		s, none, bad := r.foldTight(c.Text)
		if none || bad != nil {
			return value{none: none}, bad
		}
		y, f = cell.Year(s)
	}
	if f != nil {
		return value{}, f
	}
	return r.between(int64(y))
}

// monthDay reads 04-20 in the submission's period: the year that puts the day inside it, else
// the period's first. Without a period the year cannot be known: NULL. A full date is a date.
func (r *rule) monthDay(c *source.Cell) (value, *cell.Fault) {
	if c.Kind != source.Text {
		return r.day(c)
	}
	s, none, f := r.foldTight(c.Text)
	if none || f != nil {
		return value{none: none}, f
	}
	m, d, ok := cell.MonthDay(s)
	w := r.window
	switch {
	case !ok:
		return r.day(c)
	case w == nil:
		_, f := cell.Day(2000, m, d) // a leap year
		return value{none: true}, f
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
	return func(r *rule, c *source.Cell) (value, *cell.Fault) { return r.starts(c, read) }
}

func (r *rule) starts(c *source.Cell, read func(string) (int32, *cell.Fault, bool)) (value, *cell.Fault) {
	if c.Kind == source.Text || c.Kind == source.Number {
		s := cell.Squeeze(cell.Fold(c.Text))
		switch {
		case c.Kind == source.Text && r.noValue.Says(s):
			return value{none: true}, nil
		case c.Kind == source.Number && len(s) == 5 && (s[:2] == "19" || s[:2] == "20"):
			return value{}, cell.FaultPeriodText // 20263 is 2026 and something, not the 20,263rd day
		case c.Kind == source.Number && strings.HasSuffix(s, ".1"):
			return value{}, cell.FaultPeriodText // 2015.1 and 2015.10 are one number: January or October
		}
		if day, f, ok := read(s); ok {
			return r.dated(day, f)
		}
	}
	if first, ok := c.Period(); ok {
		c = &first
	}
	v, f := r.day(c)
	if f == cell.FaultDate || f == cell.FaultNoDay {
		f = cell.FaultPeriodText
	}
	return v, f
}

// ordered reads 01/12/2000 in the order that the parser is named for; what has the year first, and
// the serials and dates of a workbook, are read as ever.
func ordered(date func(string) (int32, *cell.Fault, bool)) reading {
	return func(r *rule, c *source.Cell) (value, *cell.Fault) {
		if c.Kind == source.Text {
			if day, f, ok := date(cell.Fold(c.Text)); ok {
				return r.dated(day, f)
			}
		}
		return r.day(c)
	}
}
