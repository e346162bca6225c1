package metric

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
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

// sqlExpr is a checked SQL text, taken apart once: whoever rewrites it goes over its tokens.
type sqlExpr struct {
	text    string
	tokens  []sqlToken
	columns []string // used, each once, sorted
	calls   []string
}

// sqlToken is a stretch of a SQL text; one behind the other, they are the text.
type sqlToken struct {
	kind tokenKind
	text string
}

type tokenKind byte

const (
	tokBlank tokenKind = iota
	tokText            // 'a', with its quotes
	tokNumber
	tokWord // a name, a call or a keyword
	tokSign // one character, or what was put between tokens
)

// is says whether t is that sign.
func (t sqlToken) is(text string) bool { return t.kind == tokSign && t.text == text }

// joined is the text that tokens stand for.
func joined(tokens []sqlToken) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
	}
	return b.String()
}

// countAll is how many rows there are.
var countAll = sqlExpr{text: "count()", tokens: []sqlToken{{tokWord, "count"}, {tokSign, "("}, {tokSign, ")"}}, calls: []string{"count"}}

func (e sqlExpr) aggregate() bool {
	return slices.ContainsFunc(e.calls, func(c string) bool { return sqlAggregates[c] })
}

// partial: without rows the value is absent rather than zero.
func (e sqlExpr) partial() bool {
	return slices.ContainsFunc(e.tokens, func(t sqlToken) bool { return t.is("/") }) || slices.ContainsFunc(e.calls, func(c string) bool { return sqlPartial[c] })
}

// unknownColumn is a word that is no column.
type unknownColumn string

func (u unknownColumn) Error() string { return u.In(codes.Zh) + " / " + u.In(codes.En) }

// In says it in one language.
func (u unknownColumn) In(lang codes.Lang) string {
	return codes.Text{Zh: "没有列 " + strconv.Quote(string(u)), En: "unknown column " + strconv.Quote(string(u))}.In(lang)
}

func unknownFunction(name string) error {
	known := slices.Concat(slices.Collect(maps.Keys(sqlAggregates)), slices.Collect(maps.Keys(sqlFuncs)))
	return say("这里不能用函数 %q%s", "function %q is not allowed here%s", name, declare.Known(name, known))
}

// checkSQL reads text as an expression over columns.
func checkSQL(text string, isColumn func(string) bool) (sqlExpr, error) {
	e := sqlExpr{text: strings.TrimSpace(text)}
	if e.text == "" {
		return e, say("表达式是空的", "empty expression")
	}
	var open []byte
	for rest := e.text; rest != ""; {
		t, err := nextToken(rest)
		if err != nil {
			return e, err
		}
		rest = rest[len(t.text):]
		e.tokens = append(e.tokens, t)
		switch c := t.text[0]; {
		case t.kind == tokWord:
			if strings.HasPrefix(strings.TrimLeft(rest, " \n\t"), "(") {
				err = e.useFunction(t.text)
			} else {
				err = e.useWord(t.text, isColumn)
			}
			if err != nil {
				return e, err
			}
		case t.is("("), t.is("["):
			open = append(open, c)
		case t.is(")"), t.is("]"):
			if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
				return e, say("%q 没有对应的左括号", "%q closes nothing", c)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return e, say("%q 没有闭合", "%q is not closed", open[len(open)-1])
	}
	if err := checkMacros(e.tokens); err != nil {
		return e, err
	}
	slices.Sort(e.columns)
	return e, nil
}

// useFunction notes a call, or refuses it.
func (e *sqlExpr) useFunction(name string) error {
	switch {
	case sqlAggregates[name] || sqlFuncs[name]:
		e.calls = append(e.calls, name)
	case !sqlKeywords[strings.ToLower(name)]: // in (...)
		return unknownFunction(name)
	}
	return nil
}

// useWord notes a column, or refuses a word that is neither that nor a keyword.
func (e *sqlExpr) useWord(name string, isColumn func(string) bool) error {
	switch {
	case sqlKeywords[strings.ToLower(name)]:
	case !isColumn(name):
		return unknownColumn(name)
	case !slices.Contains(e.columns, name):
		e.columns = append(e.columns, name)
	}
	return nil
}

// nextToken takes the first token of a text that is not empty.
func nextToken(s string) (sqlToken, error) {
	take := func(kind tokenKind, more func(byte) bool) sqlToken {
		end := 1
		for end < len(s) && more(s[end]) {
			end++
		}
		return sqlToken{kind, s[:end]}
	}
	switch c := s[0]; {
	case isBlank(c):
		return take(tokBlank, isBlank), nil
	case c == '\'':
		return quotedToken(s)
	case isDigit(c):
		t := take(tokNumber, func(c byte) bool { return isDigit(c) || c == '.' || c == 'e' })
		if _, err := strconv.ParseFloat(t.text, 64); err != nil {
			return t, say("%q 不是数", "%q is not a number", t.text)
		}
		if end := len(t.text); end < len(s) && isLetter(s[end]) {
			return t, say("%q 不是数", "%q is not a number", s[:end+1])
		}
		return t, nil
	case isLetter(c):
		return take(tokWord, func(c byte) bool { return isLetter(c) || isDigit(c) }), nil
	case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		return sqlToken{}, say("不能写注释", "a comment is not allowed")
	case strings.HasPrefix(s, "->"):
		return sqlToken{}, say("不能写 lambda", "a lambda is not allowed")
	case strings.IndexByte("()[]+-*/%=<>!,", c) >= 0:
		return sqlToken{tokSign, s[:1]}, nil
	}
	return sqlToken{}, say("这里不能用 %q", "%q is not allowed here", []rune(s)[0])
}

// quotedToken takes a text in quotes, in which a quote is written twice.
func quotedToken(s string) (sqlToken, error) {
	for end := 1; end < len(s); end++ {
		switch {
		case s[end] == '\\':
			return sqlToken{}, say("文字里不能有反斜线", "a backslash in a text is not allowed")
		case s[end] == '\'' && end+1 < len(s) && s[end+1] == '\'':
			end++
		case s[end] == '\'':
			return sqlToken{tokText, s[:end+1]}, nil
		}
	}
	return sqlToken{}, say("引号没有闭合", "a quote is not closed")
}

// arguments are those of the call whose bracket is the first sign after the blanks at i, without the blanks
// around them, and the index behind its closing bracket; false where no bracket follows. A call of nothing
// has one argument, which is empty.
func arguments(tokens []sqlToken, i int) (args [][]sqlToken, end int, ok bool) {
	if i = afterBlanks(tokens, i); i == len(tokens) || !tokens[i].is("(") {
		return nil, i, false
	}
	depth, start := 0, i+1
	for ; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			if depth--; depth == 0 {
				return append(args, trimmed(tokens[start:i])), i + 1, true
			}
		case depth == 1 && t.is(","):
			args = append(args, trimmed(tokens[start:i]))
			start = i + 1
		}
	}
	return args, i, true
}

func afterBlanks(tokens []sqlToken, i int) int {
	for i < len(tokens) && tokens[i].kind == tokBlank {
		i++
	}
	return i
}

func trimmed(tokens []sqlToken) []sqlToken {
	for len(tokens) > 0 && tokens[0].kind == tokBlank {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == tokBlank {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

func isBlank(c byte) bool  { return c == ' ' || c == '\n' || c == '\t' }
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
			err = say("这里不该有 %q", "%q does not belong here", p.s[p.i:])
		}
	}
	if err != nil {
		return nil, nil, say("算式 %q：%s", "formula %q: %s", text, textOf(err))
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
		return nil, say("括号层数太多", "nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.next("-") != 0 {
		f, err := p.atom()
		return &formula{op: '_', l: f}, err
	}
	if p.next("(") != 0 {
		f, err := p.sum()
		if err == nil && p.next(")") == 0 {
			err = say("括号没有闭合", "a bracket is not closed")
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
		return nil, say("第 %d 个字符处缺少指标或数", "a metric or a number is missing at position %d", start+1)
	case isDigit(word[0]):
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, say("%q 不是数", "%q is not a number", word)
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
			return nil, say("total 要一个指标", "total takes one metric")
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
			return nil, say("%s 要两个值", "%s takes two values", word)
		}
		if f.r, err = p.sum(); err != nil {
			return nil, err
		}
		if p.next(")") == 0 {
			return nil, say("括号没有闭合", "a bracket is not closed")
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
