package numfmt

import "strings"

// Form is how the digits of a number are shown where it stays one: with which decimals. To a number they say
// nothing; a text is what is shown, 1.10 and not 1.1.
type Form uint16

// The forms that are no count of decimals. Of the others the upper half is how many there are at least, the lower
// one how many at most, and one more; Grouped says that commas stand between the thousands.
const (
	Free    Form = 0    // as General
	Yuan    Form = 0xfe // with the sign of the country's currency
	Year    Form = 0xfc // of a Date: its year alone
	Month   Form = 0xfd // of a Date: year and month, without the day
	Grouped Form = 0x100
	Odd     Form = 0xff // as a fraction, in the digits of a language: not what is stored
)

// places are the decimals of a format.
type places struct {
	point              bool
	zeros, least, most int // zeros: before the point
	grouped            bool
}

func (p *places) add(c byte) {
	switch {
	case p.point:
		if p.most++; c == '0' {
			p.least = p.most
		}
	case c == '0':
		p.zeros++
	}
}

func (p places) form() Form {
	if p.point && p.zeros > 1 { // 001.0
		return Odd
	}
	f := Form(min(p.least, 13)<<4 | min(p.most, 13) + 1)
	if p.grouped {
		f |= Grouped
	}
	return f
}

// decimals is the form of a percentage.
func decimals(code string) Form {
	p, code := places{}, code[:sectionEnd(code)]
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[', '\\', '_', '*', '!':
			i += literal(code, i)
		case '.':
			p.point = true
		case '0', '#', '?':
			p.add(c)
		}
	}
	return p.form()
}

// dayForm is how a format shows a day: without it, or whole.
func dayForm(code string) Form {
	year, month := false, false
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch c := code[i]; c {
		case '"', '[', '\\', '_', '*', '!':
			i += literal(code, i)
		case 'd', 'D', 'h', 'H', 's', 'S', 'a', 'A', 'g', 'G':
			return Free
		case 'y', 'Y', 'e', 'E':
			year = true
		case 'm', 'M':
			month = true
		}
	}
	switch {
	case !year:
		return Free
	case month:
		return Month
	}
	return Year
}

// Form is how a number is shown that Write does not write, and a Date that it does.
func (s *Show) Form(digits string) Form {
	switch {
	case s.by != nil:
		one := s.of(digits)
		return one.Form(digits)
	case s.as == asPadded && strings.ContainsAny(digits, "-.eE"):
		return Odd
	}
	return s.form
}

// Fixed is Form where Plain, for any number.
func (s *Show) Fixed() Form { return s.form }

// pad writes the zeros behind the decimals that a format shows.
func (f Form) pad(digits string) string {
	if f == Free || f >= Year && f <= Odd {
		return digits
	}
	least := int(f>>4) & 15
	_, decimals, point := strings.Cut(digits, ".")
	if least <= len(decimals) || strings.ContainsAny(digits, "eE") {
		return digits
	}
	if !point {
		digits += "."
	}
	return digits + strings.Repeat("0", least-len(decimals))
}

// Write is a stored number as it is shown; false: what is shown is not known.
func (f Form) Write(digits string) (string, bool) {
	switch f {
	case Free, Year, Month: // of a number that is no day
		if len(digits) > 16 && strings.Contains(digits, ".") && !strings.ContainsAny(digits, "eE") {
			digits = plainDigits(digits) // 8408.700000000001 is shown as 8408.7
		}
		return digits, true
	case Odd, Yuan:
		return "", false
	}
	most := int(f&15) - 1
	if point := strings.IndexByte(digits, '.'); point >= 0 || strings.ContainsAny(digits, "eE") {
		digits = plainDigits(digits)
		if _, decimals, _ := strings.Cut(digits, "."); len(decimals) > most {
			digits = round(digits, most)
		}
	}
	if digits = f.pad(digits); f&Grouped != 0 {
		return group(digits)
	}
	return digits, true
}

// group writes a comma before every three digits of the whole part; false of the numbers of telephones, which nobody writes so,
// and of longer ones.
func group(digits string) (string, bool) {
	sign, whole, rest := "", digits, ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if point := strings.IndexByte(whole, '.'); point >= 0 {
		whole, rest = whole[:point], whole[point:]
	}
	if len(whole) > 10 || strings.Trim(whole, "0123456789") != "" {
		return "", false
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest, true
}

// round rounds a number with more decimals to so many, halves away from zero.
func round(digits string, decimals int) string {
	point := strings.IndexByte(digits, '.')
	end := point + 1 + decimals
	up := digits[end] >= '5'
	kept := []byte(digits[:end])
	if decimals == 0 {
		kept = kept[:point]
	}
	for i := len(kept) - 1; up && i >= 0; i-- {
		switch c := kept[i]; {
		case c == '.':
		case c == '9':
			kept[i] = '0'
		case c == '-':
			return "-1" + string(kept[1:])
		default:
			kept[i]++
			up = false
		}
	}
	if up {
		return "1" + string(kept)
	}
	return string(kept)
}
