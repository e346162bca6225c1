package metric

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/declare"
)

// A metric file writes conditions and aggregates in SQL over the columns of its dataset. Before
// such a text is put into a statement every word of it is checked: a name must be a column, a
// call must be in sqlFuncs, and there is no way to write a subquery, a comment, a parameter or a
// second statement.

var sqlAggregates = words(`count countIf sum sumIf uniqExact uniqExactIf avg avgIf min max minIf maxIf
	median medianIf quantileExact quantileExactIf quantileExactInclusive argMax argMin stddevPop stddevSamp corr groupUniqArray`)

// sqlPartial are the aggregates that have no value where there is no row.
var sqlPartial = words(`avg avgIf min max minIf maxIf median medianIf quantileExact quantileExactIf quantileExactInclusive argMax argMin
	stddevPop stddevSamp corr`)

var sqlFuncs = words(`abs age arrayElement arrayJoin assumeNotNull ceil coalesce concat dateDiff empty endsWith exp floor
	greatest has hasAny hasAll if ifNull in intDiv isNotNull isNull least length log lower match multiIf notEmpty
	nullIf position round splitByChar startsWith substring toDate32 toDayOfMonth toFloat64 toInt32 toInt64
	toMonth toString toUInt8 toYear trim upper makeDate32 toLastDayOfMonth addMonths addDays addYears tuple array not and or workdays within`)

var sqlKeywords = words(`and or not in is null between like case when then else end distinct true false div mod`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// sqlExpr is a checked SQL text.
type sqlExpr struct {
	text    string
	columns []string // used, each once, sorted
	calls   []string
}

func (e sqlExpr) aggregate() bool {
	return slices.ContainsFunc(e.calls, func(c string) bool { return sqlAggregates[c] })
}

// partial: without rows the value is absent rather than zero.
func (e sqlExpr) partial() bool {
	return strings.Contains(e.text, "/") || slices.ContainsFunc(e.calls, func(c string) bool { return sqlPartial[c] })
}

// unknownColumn and unknownFunction are words that an expression may not use.
type (
	unknownColumn   string
	unknownFunction string
)

func (u unknownColumn) Error() string { return fmt.Sprintf("unknown column %q", string(u)) }

func (u unknownFunction) Error() string {
	return fmt.Sprintf("function %q is not allowed here%s", string(u), declare.Known(string(u), slices.Concat(slices.Collect(maps.Keys(sqlAggregates)), slices.Collect(maps.Keys(sqlFuncs)))).En)
}

// checkSQL reads text as an expression over columns.
func checkSQL(text string, isColumn func(string) bool) (sqlExpr, error) {
	e := sqlExpr{text: strings.TrimSpace(text)}
	if e.text == "" {
		return e, fmt.Errorf("empty expression")
	}
	var open []byte
	s := e.text
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			i++
		case c == '\'':
			end := i + 1
			for ; ; end++ {
				if end >= len(s) {
					return e, fmt.Errorf("a quote is not closed")
				}
				if s[end] == '\\' {
					return e, fmt.Errorf("a backslash in a text is not allowed")
				}
				if s[end] == '\'' {
					if end+1 < len(s) && s[end+1] == '\'' {
						end++
						continue
					}
					break
				}
			}
			i = end + 1
		case isDigit(c):
			end := i
			for end < len(s) && (isDigit(s[end]) || s[end] == '.' || s[end] == 'e') {
				end++
			}
			if _, err := strconv.ParseFloat(s[i:end], 64); err != nil {
				return e, fmt.Errorf("%q is not a number", s[i:end])
			}
			if end < len(s) && isLetter(s[end]) {
				return e, fmt.Errorf("%q is not a number", s[i:end+1])
			}
			i = end
		case isLetter(c):
			end := i
			for end < len(s) && (isLetter(s[end]) || isDigit(s[end])) {
				end++
			}
			word := s[i:end]
			rest := strings.TrimLeft(s[end:], " \n\t")
			call := strings.HasPrefix(rest, "(")
			switch {
			case call && (sqlAggregates[word] || sqlFuncs[word]):
				e.calls = append(e.calls, word)
			case sqlKeywords[strings.ToLower(word)]:
			case call:
				return e, unknownFunction(word)
			case isColumn(word):
				if !slices.Contains(e.columns, word) {
					e.columns = append(e.columns, word)
				}
			default:
				return e, unknownColumn(word)
			}
			i = end
		case c == '(' || c == '[':
			open = append(open, c)
			i++
		case c == ')' || c == ']':
			if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
				return e, fmt.Errorf("%q closes nothing", c)
			}
			open = open[:len(open)-1]
			i++
		case c == '-' && i+1 < len(s) && s[i+1] == '-', c == '/' && i+1 < len(s) && s[i+1] == '*':
			return e, fmt.Errorf("a comment is not allowed")
		case c == '-' && i+1 < len(s) && s[i+1] == '>':
			return e, fmt.Errorf("a lambda is not allowed")
		case strings.IndexByte("+-*/%=<>!,", c) >= 0:
			i++
		default:
			return e, fmt.Errorf("%q is not allowed here", []rune(s[i:])[0])
		}
	}
	if len(open) > 0 {
		return e, fmt.Errorf("%q is not closed", open[len(open)-1])
	}
	if word := checkWords(e.text); word != "" {
		return e, fmt.Errorf("%s takes %s", word, map[string]string{workdays: "two days", within: "gathered days and two days"}[word])
	}
	slices.Sort(e.columns)
	return e, nil
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// A formula is arithmetic over metrics: + - * / parentheses numbers max(a, b) min(a, b), and
// total(a), which is a past the dimensions in whole.
type formula struct {
	op   byte // 'n' number, 'm' metric, + - * /, '>' max, '<' min, '_' negation
	num  float64
	arg  int // index into the metric's args, for 'm'
	l, r *formula
}

// parseFormula returns the tree and the metrics it names, in the order they appear; one in total
// is named "total(name)".
func parseFormula(text string) (*formula, []string, error) {
	p := &formulaParser{s: text}
	f, err := p.sum()
	if err == nil {
		if p.space(); p.i < len(p.s) {
			err = fmt.Errorf("%q does not belong here", p.s[p.i:])
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("formula %q: %w", text, err)
	}
	return f, p.args, nil
}

type formulaParser struct {
	s     string
	i     int
	depth int
	args  []string
}

func (p *formulaParser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \n\t", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *formulaParser) next(chars string) byte {
	p.space()
	if p.i < len(p.s) && strings.IndexByte(chars, p.s[p.i]) >= 0 {
		p.i++
		return p.s[p.i-1]
	}
	return 0
}

func (p *formulaParser) sum() (*formula, error) { return p.chain("+-", p.product) }

func (p *formulaParser) product() (*formula, error) { return p.chain("*/", p.atom) }

func (p *formulaParser) chain(ops string, operand func() (*formula, error)) (*formula, error) {
	l, err := operand()
	for err == nil {
		op := p.next(ops)
		if op == 0 {
			return l, nil
		}
		var r *formula
		if r, err = operand(); err == nil {
			l = &formula{op: op, l: l, r: r}
		}
	}
	return nil, err
}

func (p *formulaParser) atom() (*formula, error) {
	if p.depth++; p.depth > 50 {
		return nil, fmt.Errorf("nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.next("-") != 0 {
		f, err := p.atom()
		return &formula{op: '_', l: f}, err
	}
	if p.next("(") != 0 {
		f, err := p.sum()
		if err == nil && p.next(")") == 0 {
			err = fmt.Errorf("a bracket is not closed")
		}
		return f, err
	}
	p.space()
	start := p.i
	for p.i < len(p.s) && (isLetter(p.s[p.i]) || isDigit(p.s[p.i]) || p.s[p.i] == '.') {
		p.i++
	}
	word := p.s[start:p.i]
	switch {
	case word == "":
		return nil, fmt.Errorf("a metric or a number is missing at position %d", start+1)
	case isDigit(word[0]):
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", word)
		}
		return &formula{op: 'n', num: n}, nil
	case word == "total" && p.next("(") != 0:
		p.space()
		start := p.i
		for p.i < len(p.s) && (isLetter(p.s[p.i]) || isDigit(p.s[p.i])) {
			p.i++
		}
		word = p.s[start:p.i]
		if word == "" || isDigit(word[0]) || p.next(")") == 0 {
			return nil, fmt.Errorf("total takes one metric")
		}
		word = "total(" + word + ")"
	case (word == "max" || word == "min") && p.next("(") != 0:
		f := &formula{op: '>'}
		if word == "min" {
			f.op = '<'
		}
		var err error
		if f.l, err = p.sum(); err != nil {
			return nil, err
		}
		if p.next(",") == 0 {
			return nil, fmt.Errorf("%s takes two values", word)
		}
		if f.r, err = p.sum(); err != nil {
			return nil, err
		}
		if p.next(")") == 0 {
			return nil, fmt.Errorf("a bracket is not closed")
		}
		return f, nil
	}
	arg := slices.Index(p.args, word)
	if arg < 0 {
		arg = len(p.args)
		p.args = append(p.args, word)
	}
	return &formula{op: 'm', arg: arg}, nil
}

// sql writes f over the columns _v0, _v1, ... and collects its denominators.
func (f *formula) sql(denominators *[]string) string {
	switch f.op {
	case 'n':
		return strconv.FormatFloat(f.num, 'f', -1, 64)
	case 'm':
		return "_v" + strconv.Itoa(f.arg)
	case '_':
		return "-(" + f.l.sql(denominators) + ")"
	case '>', '<':
		// greatest(x, NULL) is NULL in some versions and x in others: say it.
		l, r := f.l.sql(denominators), f.r.sql(denominators)
		name := "greatest"
		if f.op == '<' {
			name = "least"
		}
		return fmt.Sprintf("if(isNull(%s) or isNull(%s), null, %s(%s, %s))", l, r, name, l, r)
	case '/':
		l, r := f.l.sql(denominators), f.r.sql(denominators)
		if f.r.op != 'n' {
			*denominators = append(*denominators, r)
			r = "nullIf(" + r + ", 0)"
		}
		return "(" + l + " / " + r + ")"
	}
	return "(" + f.l.sql(denominators) + " " + string(f.op) + " " + f.r.sql(denominators) + ")"
}

// eval computes f over values; nil is no value. The second result is true where a denominator was zero.
func (f *formula) eval(args []*float64) (*float64, bool) {
	one := func(x float64) *float64 { return &x }
	switch f.op {
	case 'n':
		return &f.num, false
	case 'm':
		return args[f.arg], false
	case '_':
		v, z := f.l.eval(args)
		if v == nil {
			return nil, z
		}
		return one(-*v), z
	}
	l, zl := f.l.eval(args)
	r, zr := f.r.eval(args)
	zero := zl || zr
	if l == nil || r == nil {
		return nil, zero
	}
	switch f.op {
	case '+':
		return one(*l + *r), zero
	case '-':
		return one(*l - *r), zero
	case '*':
		return one(*l * *r), zero
	case '>':
		return one(max(*l, *r)), zero
	case '<':
		return one(min(*l, *r)), zero
	}
	if *r == 0 {
		return nil, true
	}
	return one(*l / *r), zero
}
