package batch

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

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
func (r *Reader) readParsed(c *column, n int, cell *source.Cell) (outcome, *fault) {
	switch c.parse {
	case "list":
		return c.readList(n, cell.Text)
	case "id_birth_date", "id_birth_year", "id_sex", "id_region", "id_province":
		return r.readIdentity(c, n, cell)
	case "year":
		return c.readYear(n, cell)
	case "period_start":
		return r.readPeriodStart(c, n, cell)
	case "month_day":
		return r.readMonthDay(c, n, cell)
	case "day_month_year", "month_day_year":
		return r.readOrdered(c, n, cell)
	case "mixed_skills":
		if undecoded(cell.Text) {
			return filled, faultEncoding
		}
		start := int(c.offs[n])
		c.items = c.items[:start]
		c.set(n)
		for _, s := range mixedText(trim(cell.Text)).skills {
			if f := c.addItem(start, s); f != nil {
				return filled, f
			}
		}
		c.offs[n+1] = int32(len(c.items))
		return filled, nil
	case "salary_from", "salary_to", "salary_months":
		s := fold(cell.Text)
		if errorCell(s) {
			return filled, faultErrorCell
		}
		p, f := salaryText(s)
		switch {
		case f != nil:
			return filled, f
		case c.parse == "salary_months":
			if p.months == 0 {
				return blank, nil
			}
			return c.putChecked(n, int64(p.months))
		case c.parse == "salary_from" && p.hasFrom:
			return c.putFloat(n, p.from)
		case c.parse == "salary_to" && p.hasTo:
			return c.putFloat(n, p.to)
		}
		return blank, nil
	}
	// the rest are texts
	if lossy(cell) {
		return filled, faultPrecision
	}
	if c.kind == kindDict {
		return r.memoised(c, n, cell)
	}
	if undecoded(cell.Text) {
		return filled, faultEncoding
	}
	s, f := c.parsedText(cell.Text)
	if f != nil || s == "" {
		return blank, f
	}
	c.setString(n, s)
	return filled, nil
}

// parsedText is what the column's parser makes of a text; empty: no value.
func (c *column) parsedText(raw string) (string, *fault) {
	s := trim(raw)
	folded := fold(s)
	if errorCell(folded) {
		return "", faultErrorCell
	}
	if c.empty(folded) && c.parse != "salary_kind" {
		return "", nil
	}
	switch c.parse {
	case "trim":
		return strings.Join(strings.FieldsFunc(norm.NFKC.String(s), space), " "), nil
	case "first":
		s = strings.Trim(s, "[]")
		for item := range strings.FieldsFuncSeq(s, listSeparator) {
			if item = strings.Trim(tidy(item), `'"`); item != "" {
				return item, nil
			}
		}
		return "", nil
	case "url_key":
		return urlKey(s), nil
	case "salary_kind":
		if c.list != nil {
			if code, ok := c.list.Find(folded); ok {
				return code, nil // the kind stands in a column of its own
			}
		}
		p, f := salaryText(folded)
		return p.kind, f
	case "place_province":
		p := placeText(s, c.city)
		if p.province == "" && p != (place{}) && !c.abroad(s) {
			return "", faultPlace
		}
		return p.province, nil
	case "place_city":
		return placeText(s, c.city).city, nil
	case "place_district":
		return placeText(s, c.city).district, nil
	case "mixed_ownership":
		return mixedText(s).ownership, nil
	case "mixed_size":
		return mixedText(s).size, nil
	case "mixed_industry":
		return mixedText(s).industry, nil
	}
	return s, nil
}

// readIdentity reads what an identity number says about its holder. The number itself is judged
// where it is read as a person: here a wrong one, like a passport, has nothing to say. A text that
// is no such number is read as what the column holds: a date, a year, a sex, a place.
func (r *Reader) readIdentity(c *column, n int, cell *source.Cell) (outcome, *fault) {
	s := cell.Text
	if !tidyID(s) {
		if s = document(s); len(s) != 18 && len(s) != 15 || !looksLikeID(s) {
			if c.decl.Of != "" && c.at >= 0 && r.readsPerson(c.at) {
				return blank, nil // a passport
			}
			return r.readPlain(c, n, cell)
		}
	}
	if lossy(cell) {
		return blank, nil
	}
	id := codes.CheckID(s)
	if !id.Valid() || id.On(r.today) == codes.Bad {
		return blank, nil
	}
	switch c.parse {
	case "id_birth_date":
		if id.Year < minYear {
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
			return filled, faultCode(c.list.Zh, nil)
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
func (r *Reader) readPlain(c *column, n int, cell *source.Cell) (outcome, *fault) {
	switch {
	case c.decl.Type == dataset.Date:
		return r.readDate(c, n, cell)
	case c.parse == "id_birth_year":
		return c.readYear(n, cell)
	case c.kind == kindDict:
		return r.memoised(c, n, cell)
	}
	return r.readString(c, n, cell)
}

// readYear reads 2026, 2026年, 2026年度 or the year of a date.
func (c *column) readYear(n int, cell *source.Cell) (outcome, *fault) {
	put := func(y int) (outcome, *fault) {
		if y < minYear || y > maxYear {
			return filled, faultYear
		}
		return c.putChecked(n, int64(y))
	}
	if cell.Kind == source.Number {
		if v, err := strconv.ParseFloat(cell.Text, 64); err == nil && v < 10_000 {
			if v != math.Trunc(v) {
				return filled, faultWhole
			}
			return put(int(v))
		}
	} else {
		s := squeeze(fold(cell.Text))
		if c.empty(s) {
			return blank, nil
		}
		s = strings.TrimSuffix(strings.TrimSuffix(s, "年度"), "年")
		if len(s) == 4 && number(s) {
			y, _ := strconv.Atoi(s)
			return put(y)
		}
		if number(s) && len(s) < 8 {
			return filled, faultYear
		}
	}
	c.month = true
	v, out, f := c.dateOf(cell)
	if f != nil || out == blank {
		return out, f
	}
	y, _, _ := civil(v)
	return put(y)
}

// readMonthDay reads 04-20 in the submission's period: the year that puts the day inside it, else
// the period's first. Without a period the year cannot be known: NULL. A full date is a date.
func (r *Reader) readMonthDay(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if cell.Kind == source.Text {
		s := squeeze(fold(cell.Text))
		if c.empty(s) {
			return blank, nil
		}
		s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "发布"), "日"), "号")
		month, dayOf, ok := strings.Cut(strings.NewReplacer("月", "-", "/", "-", ".", "-").Replace(s), "-")
		if ok && number(month) && number(dayOf) && len(month) <= 2 && len(dayOf) <= 2 {
			m, _ := strconv.Atoi(month)
			d, _ := strconv.Atoi(dayOf)
			if r.from == math.MinInt32 {
				if m < 1 || m > 12 || d < 1 || d > monthLength(2000, m) {
					return filled, faultNoSuchDay
				}
				return blank, nil
			}
			first, _, _ := civil(r.from)
			last, _, _ := civil(r.to - 1)
			for y := first; y <= last; y++ {
				if v, f := day(y, m, d); f == nil && v >= r.from && v < r.to {
					return r.putDate(c, n, v)
				}
			}
			v, f := day(first, m, d)
			if f != nil {
				return filled, f
			}
			return r.putDate(c, n, v)
		}
	}
	return r.readDate(c, n, cell)
}

// readPeriodStart reads the first day of the year, half year, quarter or month that the cell names;
// a date stays the day it is.
func (r *Reader) readPeriodStart(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if cell.Kind == source.Text || cell.Kind == source.Number {
		s := squeeze(fold(cell.Text))
		if cell.Kind == source.Text && c.empty(s) {
			return blank, nil
		}
		if cell.Kind == source.Number && strings.HasSuffix(s, ".1") {
			return filled, faultPeriodText // 2015.1 and 2015.10 are one number: January or October
		}
		if y, m, ok := periodText(s); ok {
			v, f := day(y, m, 1)
			if f != nil {
				return filled, f
			}
			return r.putDate(c, n, v)
		}
	}
	out, f := r.readDate(c, n, cell)
	if f == faultDate || f == faultNoDay {
		f = faultPeriodText
	}
	return out, f
}

// readOrdered reads 01/12/2000 in the order that the column declares; what has the year first, and
// the serials and dates of a workbook, are read as ever.
func (r *Reader) readOrdered(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if cell.Kind == source.Text {
		s := squeeze(fold(cell.Text))
		if i := strings.IndexAny(s, "-/."); i > 0 {
			p := strings.Split(s, s[i:i+1])
			if len(p) == 3 && number(p[0]) && number(p[1]) && number(p[2]) && len(p[0]) <= 2 && len(p[1]) <= 2 && len(p[2]) == 4 {
				d, _ := strconv.Atoi(p[0])
				m, _ := strconv.Atoi(p[1])
				y, _ := strconv.Atoi(p[2])
				if c.parse == "month_day_year" {
					d, m = m, d
				}
				if y == 0 && m == 0 && d == 0 {
					return filled, faultZeroDate
				}
				v, f := day(y, m, d)
				if f != nil {
					return filled, f
				}
				return r.putDate(c, n, v)
			}
		}
	}
	return r.readDate(c, n, cell)
}

// creditText reads a unified social credit code and checks both its check characters.
func creditText(raw string) (string, *fault) {
	c := codes.CheckCredit(raw)
	if c.Valid() {
		return string(c.Code[:]), nil
	}
	f := faultCreditCheck
	switch c.Fault {
	case codes.CreditOld, codes.CreditLength:
		return "", faultCredit
	case codes.CreditCharacter:
		f = faultCreditCharacter
	}
	if better, ok := codes.RepairCredit(raw); ok {
		g := *f
		g.remedy = codes.Text{Zh: "是否为 " + better + "？请与营业执照核对", En: "perhaps " + better + "; compare with the licence"}
		return "", &g
	}
	return "", f
}
