package batch

import (
	"math"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// knownParser reports whether readParsed knows the parser. The names are dataset.Parsers.
func knownParser(p parser) bool {
	_, ok := dataset.Parsers[string(p)]
	return ok
}

// readParsed reads a cell with the column's named parser.
func (r *Reader) readParsed(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	switch c.parse {
	case "list":
		return c.readList(n, in.Text)
	case "id_birth_date", "id_birth_year", "id_sex", "id_region", "id_province":
		return r.readIdentity(c, n, in)
	case "year":
		return c.readYear(n, in)
	case "period_start":
		return r.readPeriodStart(c, n, in)
	case "month_day":
		return r.readMonthDay(c, n, in)
	case "day_month_year", "month_day_year":
		return r.readOrdered(c, n, in)
	case "mixed_skills":
		if cell.Undecoded(in.Text) {
			return filled, cell.FaultEncoding
		}
		start := int(c.offs[n])
		c.items = c.items[:start]
		c.set(n)
		for _, s := range cell.SplitMixed(cell.Trim(in.Text)).Skills {
			if f := c.addItem(start, s); f != nil {
				return filled, f
			}
		}
		c.offs[n+1] = int32(len(c.items))
		return filled, nil
	case "salary_from", "salary_to", "salary_months":
		s := cell.Fold(in.Text)
		if cell.ErrorText(s) {
			return filled, cell.FaultErrorCell
		}
		p, f := cell.Salary(s)
		switch {
		case f != nil:
			return filled, f
		case c.parse == "salary_months":
			if p.Months == 0 {
				return blank, nil
			}
			return c.putChecked(n, int64(p.Months))
		case c.parse == "salary_from" && p.HasFrom:
			return c.putFloat(n, p.From)
		case c.parse == "salary_to" && p.HasTo:
			return c.putFloat(n, p.To)
		}
		return blank, nil
	}
	// the rest are texts
	if lossy(in) {
		return filled, cell.FaultPrecision
	}
	if c.kind == kindDict {
		return r.memoised(c, n, in)
	}
	if cell.Undecoded(in.Text) {
		return filled, cell.FaultEncoding
	}
	s, f := c.parsedText(in.Text)
	if f != nil || s == "" {
		return blank, f
	}
	c.setString(n, s)
	return filled, nil
}

// parsedText is what the column's parser makes of a text; empty: no value.
func (c *column) parsedText(raw string) (string, *cell.Fault) {
	s := cell.Trim(raw)
	folded := cell.Fold(s)
	if cell.ErrorText(folded) {
		return "", cell.FaultErrorCell
	}
	if c.empty(folded) && c.parse != "salary_kind" {
		return "", nil
	}
	switch c.parse {
	case "trim":
		return cell.Spaced(s), nil
	case "first":
		return cell.First(s), nil
	case "url_key":
		return cell.URLKey(s), nil
	case "salary_kind":
		if c.list != nil {
			if code, ok := c.list.Find(folded); ok {
				return code, nil // the kind stands in a column of its own
			}
		}
		p, f := cell.Salary(folded)
		return p.Kind, f
	case "place_province":
		p := cell.PlaceOf(s, c.city)
		if p.Province == "" && p != (cell.Place{}) && !c.abroad(s) {
			return "", cell.FaultPlace
		}
		return p.Province, nil
	case "place_city":
		return cell.PlaceOf(s, c.city).City, nil
	case "place_district":
		return cell.PlaceOf(s, c.city).District, nil
	case "mixed_ownership":
		return cell.SplitMixed(s).Ownership, nil
	case "mixed_size":
		return cell.SplitMixed(s).Size, nil
	case "mixed_industry":
		return cell.SplitMixed(s).Industry, nil
	}
	return s, nil
}

// readIdentity reads what an identity number says about its holder. The number itself is judged
// where it is read as a person: here a wrong one, like a passport, has nothing to say. A text that
// is no such number is read as what the column holds: a date, a year, a sex, a place.
func (r *Reader) readIdentity(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	s := in.Text
	if !cell.TidyID(s) {
		if s = cell.Document(s); len(s) != 18 && len(s) != 15 || !cell.LooksLikeID(s) {
			if c.decl.Of != "" && c.at >= 0 && r.readsPerson(c.at) {
				return blank, nil // a passport
			}
			return r.readPlain(c, n, in)
		}
	}
	if lossy(in) {
		return blank, nil
	}
	id := codes.CheckID(s)
	if !id.Valid() || id.On(r.today) == codes.Bad {
		return blank, nil
	}
	switch c.parse {
	case "id_birth_date":
		if id.Year < cell.MinYear {
			return blank, nil
		}
		return r.putDate(c, n, id.Birth)
	case "id_birth_year":
		return c.putChecked(n, int64(id.Year))
	}
	text := ""
	switch c.parse {
	case "id_sex":
		text = "F"
		if id.Male {
			text = "M"
		}
	case "id_province":
		text = id.Province()
	case "id_region":
		text = id.Region()
	}
	if text == "" {
		return blank, nil
	}
	if c.kind == kindString {
		c.setString(n, text)
		return filled, nil
	}
	if c.list != nil {
		code, ok := c.list.Find(text)
		if !ok {
			return filled, cell.NotInList(c.list, "")
		}
		text = code
	}
	c.setDict(n, text)
	return filled, nil
}

// readsPerson reports whether some column reads the cell as an identity number.
func (r *Reader) readsPerson(at int) bool {
	for _, c := range r.cols {
		if c.kind == kindUint && c.at == at {
			return true
		}
	}
	return false
}

// readPlain reads a cell as the column's type, without its parser.
func (r *Reader) readPlain(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	switch {
	case c.decl.Type == dataset.Date:
		return r.readDate(c, n, in)
	case c.parse == "id_birth_year":
		return c.readYear(n, in)
	case c.kind == kindDict:
		return r.memoised(c, n, in)
	}
	return r.readString(c, n, in)
}

// readYear reads 2026, 2026年, 2026年度 or the year of a date.
func (c *column) readYear(n int, in *source.Cell) (outcome, *cell.Fault) {
	var y int
	var f *cell.Fault
	if in.Kind == source.Number {
		y, f = cell.StoredYear(in.Text)
	} else {
		s := cell.Fold(in.Text)
		switch {
		case c.empty(cell.Squeeze(s)):
			return blank, nil
		case cell.ErrorText(s):
			return filled, cell.FaultErrorCell
		}
		y, f = cell.Year(s)
	}
	if f != nil {
		return filled, f
	}
	return c.putChecked(n, int64(y))
}

// readMonthDay reads 04-20 in the submission's period: the year that puts the day inside it, else
// the period's first. Without a period the year cannot be known: NULL. A full date is a date.
func (r *Reader) readMonthDay(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if in.Kind != source.Text {
		return r.readDate(c, n, in)
	}
	s := cell.Fold(in.Text)
	if c.empty(cell.Squeeze(s)) {
		return blank, nil
	}
	m, d, ok := cell.MonthDay(s)
	if !ok {
		return r.readDate(c, n, in)
	}
	if r.from == math.MinInt32 {
		_, f := cell.Day(2000, m, d) // a leap year
		return blank, f
	}
	first, _, _ := cell.Civil(r.from)
	last, _, _ := cell.Civil(r.to - 1)
	for y := first; y <= last; y++ {
		if v, f := cell.Day(y, m, d); f == nil && v >= r.from && v < r.to {
			return r.putDate(c, n, v)
		}
	}
	v, f := cell.Day(first, m, d)
	if f != nil {
		return filled, f
	}
	return r.putDate(c, n, v)
}

// readPeriodStart reads the first day of the year, half year, quarter or month that the cell names;
// a date stays the day it is.
func (r *Reader) readPeriodStart(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if in.Kind == source.Text || in.Kind == source.Number {
		s := cell.Squeeze(cell.Fold(in.Text))
		if in.Kind == source.Text && c.empty(s) {
			return blank, nil
		}
		if in.Kind == source.Number && strings.HasSuffix(s, ".1") {
			return filled, cell.FaultPeriodText // 2015.1 and 2015.10 are one number: January or October
		}
		if v, f, ok := cell.PeriodStart(s); f != nil {
			return filled, f
		} else if ok {
			return r.putDate(c, n, v)
		}
	}
	out, f := r.readDate(c, n, in)
	if f == cell.FaultDate || f == cell.FaultNoDay {
		f = cell.FaultPeriodText
	}
	return out, f
}

// readOrdered reads 01/12/2000 in the order that the column declares; what has the year first, and
// the serials and dates of a workbook, are read as ever.
func (r *Reader) readOrdered(c *column, n int, in *source.Cell) (outcome, *cell.Fault) {
	if in.Kind == source.Text {
		order := cell.DayMonthYear
		if c.parse == "month_day_year" {
			order = cell.MonthDayYear
		}
		if v, f, ok := order(cell.Fold(in.Text)); f != nil {
			return filled, f
		} else if ok {
			return r.putDate(c, n, v)
		}
	}
	return r.readDate(c, n, in)
}
