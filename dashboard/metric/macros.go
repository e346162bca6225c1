package metric

import (
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/warehouse"
)

// Some words of a metric's expressions are no columns: they are written out when the statement is
// compiled.
//
//	last_day          the last day of the period, or of what the data cover of it
//	data_day          the greatest business date published of the metric's own datasets
//	workdays(a, b)    working days after a up to b, by the dataset calendar; null outside of it
//	within(x, a, b)   whether one of the gathered days x lies after a and up to b
const (
	lastDay  = "last_day"
	dataDay  = "data_day"
	workdays = "workdays"
	within   = "within"
	calendar = "calendar" // the dataset workdays reads
)

// Gather gives every row the values that one column has in all rows of the same once.per, whatever
// the period: what became of a person later.
type Gather struct {
	As    string `yaml:"as"`
	Take  string `yaml:"take"`
	Where string `yaml:"where"`
}

// expand writes the words of a checked text out. Period is the first day of the period in SQL.
func (k *compiler) expand(lf *leaf, text, period string) string {
	if !strings.Contains(text, lastDay) && !strings.Contains(text, dataDay) && !strings.Contains(text, workdays) && !strings.Contains(text, within) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '\'':
			for end < len(text) && text[end] != '\'' {
				end++
			}
			end++ // a doubled quote is the beginning of another text
		case isLetter(c):
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
				end++
			}
			switch word := text[i:end]; word {
			case lastDay:
				b.WriteString(k.lastDay(lf, period))
				i = end
				continue
			case dataDay:
				b.WriteString(k.dataDay(lf))
				i = end
				continue
			case workdays, within:
				args, after := arguments(text, end)
				for j := range args {
					args[j] = k.expand(lf, args[j], period)
				}
				if word == workdays {
					b.WriteString("(" + k.workday(args[1]) + " - " + k.workday(args[0]) + ")")
				} else {
					b.WriteString("arrayExists(_x -> _x > " + args[1] + " and _x <= " + args[2] + ", " + args[0] + ")")
				}
				i = after
				continue
			}
		case isDigit(c):
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
				end++
			}
		}
		b.WriteString(text[i:min(end, len(text))])
		i = end
	}
	return b.String()
}

// arguments reads the arguments of a call whose bracket opens at or after i, and where it ends.
func arguments(text string, i int) (args []string, end int) {
	depth, start := 0, 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '\'':
			for i++; i < len(text) && text[i] != '\''; i++ {
			}
		case '(', '[':
			if depth++; depth == 1 {
				start = i + 1
			}
		case ')', ']':
			if depth--; depth == 0 {
				return append(args, strings.TrimSpace(text[start:i])), i + 1
			}
		case ',':
			if depth == 1 {
				args = append(args, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	return args, i
}

// checkWords refuses a call of a word with the wrong number of arguments.
func checkWords(text string) string {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'':
			for i++; i < len(text) && text[i] != '\''; i++ {
			}
			i++
		case isLetter(c):
			end := i
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
				end++
			}
			want := map[string]int{workdays: 2, within: 3}[text[i:end]]
			if want > 0 {
				args, _ := arguments(text, end)
				if len(args) != want || slices.Contains(args, "") {
					return text[i:end]
				}
			}
			i = end
		default:
			i++
		}
	}
	return ""
}

func (k *compiler) lastDay(lf *leaf, period string) string {
	if lf.stock || k.w.spans != nil {
		return "_day"
	}
	if k.w.Grain == Total {
		k.params["last"] = day(k.w.To.AddDate(0, 0, -1))
		return "{last:Date32}"
	}
	var heads, lasts []string
	for _, p := range k.w.periods() {
		heads, lasts = append(heads, day(k.w.Grain.Start(p.From))), append(lasts, day(p.To.AddDate(0, 0, -1)))
	}
	k.params["heads"], k.params["lasts"] = warehouse.Strings(heads), warehouse.Strings(lasts)
	return "{lasts:Array(Date32)}[indexOf({heads:Array(Date32)}, " + period + ")]"
}

// dataDay writes the data date of lf's datasets: {data_day:Date32}, and {data_day_2:Date32} for a part
// of the metric over other datasets. 1970-01-01 where they have none.
func (k *compiler) dataDay(lf *leaf) string {
	of := strings.Join(lf.datasets, " ")
	i := slices.Index(k.days, of)
	if i < 0 {
		i = len(k.days)
		k.days = append(k.days, of)
	}
	name, last := dataDay, Date(1970, 1, 1)
	if i > 0 {
		name += "_" + strconv.Itoa(i+1)
	}
	for _, d := range lf.datasets {
		if at := k.q.DataDays[d]; at.After(last) {
			last = at
		}
	}
	k.params[name] = day(last)
	return "{" + name + ":Date32}"
}

// workday writes the number of working days up to a day: an element of the calendar, which has one
// row a day.
func (k *compiler) workday(expr string) string {
	table, live := k.source(calendar)
	where := ""
	if live != "" {
		where = " where " + live
	}
	days := "(select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from " + table + where + " order by date))"
	first := "(select min(date) from " + table + where + ")"
	return "arrayElement(" + days + ", greatest(dateDiff('day', " + first + ", toDate32(" + expr + ")) + 1, 0))"
}

// looksUp says whether an expression of lf calls word.
func (lf *leaf) looksUp(word string) bool {
	called := func(e sqlExpr) bool { return slices.Contains(e.calls, word) }
	if slices.ContainsFunc(lf.where, called) || slices.ContainsFunc(lf.and, called) || called(lf.value) {
		return true
	}
	for _, e := range lf.dims {
		if called(e) {
			return true
		}
	}
	return false
}
