package numfmt

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// section is one of the up to four parts of a format: which numbers it is for, and how it shows them.
type section struct {
	op    string // of a condition in brackets, [>=100]; empty: none
	limit float64
	sign  bool // it writes a sign, brackets or a colour of its own
	show  Show
}

// sections reads the parts of a format.
func sections(code string) []section {
	var out []section
	for len(code) > 0 && len(out) < 4 {
		end := sectionEnd(code)
		out = append(out, readSection(code[:end]))
		code = strings.TrimPrefix(code[end:], ";")
	}
	return out
}

// sectionEnd is where the first section of a format ends.
func sectionEnd(code string) int {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"', '[', '\\', '_', '*', '!':
			i += literal(code, i)
		case ';':
			return i
		}
	}
	return len(code)
}

// literal is how many bytes behind a quote, a bracket, an escape or a filler are no part of what a format says.
func literal(code string, i int) int {
	switch code[i] {
	case '"':
		return max(strings.IndexByte(code[i+1:], '"')+1, 0)
	case '[':
		return max(strings.IndexByte(code[i:], ']'), 0)
	}
	return skip(code, i)
}

// skip is how many bytes the character behind code[i] takes.
func skip(code string, i int) int {
	if i+1 >= len(code) {
		return 0
	}
	_, n := utf8.DecodeRuneInString(code[i+1:])
	return n
}

func readSection(code string) section {
	s := section{}
	for rest := code; ; {
		_, after, ok := strings.Cut(rest, "[")
		in, after, closed := strings.Cut(after, "]")
		if !ok || !closed {
			break
		}
		rest = after
		number := strings.TrimLeft(in, "<>=")
		op := in[:len(in)-len(number)]
		if v, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil && op != "" {
			s.op, s.limit = op, v
		}
		s.sign = s.sign || colour(in)
	}
	before, after := "", ""
	switch {
	case general(code):
		before, after = aroundGeneral(code)
		s.show = Show{before: said(before), after: said(after), minus: signed(before, after), native: nativeOf(code)}
		if s.show.before != "" || s.show.after != "" {
			s.show.as = asWords
		}
		if s.show.native != (native{}) {
			s.show.form = Odd
		}
	case dateFormat(code):
		s.show = Show{as: asDate, code: code}
	case percentFormat(code):
		_, before, after = plainFormat(code)
		s.show = Show{as: asPercent, form: decimals(code)}
	default:
		s.show, before, after = plainFormat(code)
	}
	s.sign = s.sign || signed(before, after)
	return s
}

func colour(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "color") || strings.HasPrefix(s, "颜色") ||
		slices.Contains([]string{"black", "blue", "cyan", "green", "magenta", "red", "white", "yellow", "黑色", "蓝色", "青色", "蓝绿色", "绿色", "洋红", "洋红色", "红色", "白色", "黄色"}, s)
}

// signed reports whether what stands around a number makes it a negative one: a minus or a triangle before
// it, or brackets around it.
func signed(before, after string) bool {
	before = strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, before), "¥￥$")
	switch before {
	case "-", "－", "−", "–", "△", "▲", "负":
		return true
	}
	return strings.HasPrefix(before, "(") && strings.Contains(after, ")") || strings.HasPrefix(before, "（") && strings.Contains(after, "）")
}

// aroundGeneral is what a format writes before and behind General, however that is spelt.
func aroundGeneral(code string) (before, after string) {
	var out [2]strings.Builder
	at := 0
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				end = len(code) - i - 1
			}
			out[at].WriteString(code[i+1 : i+1+end])
			i += end + 1
		case c == '\\' || c == '!':
			n := skip(code, i)
			out[at].WriteString(code[i+1 : i+1+n])
			i += n
		case c == '_' || c == '*':
			i += skip(code, i)
		case c == '[':
			if end := strings.IndexByte(code[i:], ']'); end > 0 {
				currency, _ := bracket(code[i+1 : i+end])
				out[at].WriteString(currency)
				i += end
			}
		case at == 0 && len(code)-i >= 7 && strings.EqualFold(code[i:i+7], "General"):
			at = 1
			i += 6
		case c == '-' || c == '(' || c == ')':
			out[at].WriteByte(c)
		default:
			r, n := utf8.DecodeRuneInString(code[i:])
			if unicode.IsLetter(r) && at == 1 && strings.HasPrefix(strings.ToLower(code), "general") {
				out[at].WriteRune(r) // General元
			} else if unicode.IsLetter(r) {
				at = 1
			}
			i += n - 1
		}
	}
	return out[0].String(), out[1].String()
}

// choose makes a Show of the sections of a format: that of the first where all numbers are shown alike.
func choose(parts []section) Show {
	if len(parts) == 0 {
		return Show{}
	}
	first, conditions := &parts[0], false
	for i := range parts {
		conditions = conditions || parts[i].op != ""
	}
	if first.op == "" && first.show.minus {
		first.show = Show{as: asOther} // a positive number that looks negative
	}
	if conditions {
		return Show{as: first.show.as, code: first.show.code, by: parts}
	}
	if len(parts) > 1 && parts[1].show.as == asPercent && first.show.as == asPercent && !parts[1].sign {
		return Show{as: asPercent, by: []section{*first, {show: Show{as: asOther}}}} // -5% is shown as 5%
	}
	if len(parts) > 1 && number(&parts[1].show) && number(&first.show) {
		if second := &parts[1]; !second.sign && !second.show.none {
			second.show = Show{as: asOther} // -5 is shown as 5
		}
		a, b := &first.show, &parts[1].show
		if len(parts) > 2 && parts[2].show.as == asBlank && strings.Trim(parts[2].show.before, "—―─ ") == "" {
			parts[2].show = first.show // — is how accounts write 0
		}
		zero := len(parts) > 2 && parts[2].show.as == asBlank && parts[2].show.before != "" // 0 is shown as 未报
		if zero || a.as != b.as || a.before != b.before || a.after != b.after || a.zeros != b.zeros || a.form != b.form || a.native != b.native {
			return Show{as: first.show.as, by: parts[:min(3, len(parts))]}
		}
	}
	return first.show
}

func number(s *Show) bool { return s.as != asDate && s.as != asPercent }

// holds reports whether a number meets the condition of a section.
func (s *section) holds(v float64) bool {
	switch s.op {
	case ">":
		return v > s.limit
	case ">=":
		return v >= s.limit
	case "<":
		return v < s.limit
	case "<=":
		return v <= s.limit
	case "=":
		return v == s.limit
	case "<>":
		return v != s.limit
	}
	return true
}

// of is how a number is shown by a format of several sections.
func (s Show) of(digits string) Show {
	v, err := strconv.ParseFloat(digits, 64)
	parts := s.by
	switch {
	case err != nil:
		return parts[0].show
	case v == 0 && len(parts) > 2 && parts[0].op == "" && parts[1].op == "":
		return parts[2].show
	case parts[0].op == "" && v < 0 && (len(parts) < 2 || parts[1].op == ""):
		return parts[1].show
	case parts[0].op != "" && !parts[0].holds(v) || parts[0].op == "" && v < 0:
		switch {
		case len(parts) == 1:
			return Show{as: asOther} // shown as ####
		case len(parts) == 2, parts[1].op != "" && parts[1].holds(v), parts[1].op == "" && v < 0:
			return parts[1].show
		}
		return parts[2].show
	}
	return parts[0].show
}
