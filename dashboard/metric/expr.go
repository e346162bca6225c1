package metric

import (
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
