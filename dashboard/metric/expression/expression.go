// Package expression reads the texts of SQL in a metric file: every word is a column, a function that is known or a keyword,
// and there is no way to write a subquery, a comment or a second statement. It takes them apart into tokens, over which
// whoever rewrites one goes.
package expression

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// A metric file writes conditions and aggregates in SQL over the columns of its dataset. Before
// such a text is put into a statement every word of it is checked: a name must be a column, a
// call must be in functions, and there is no way to write a subquery, a comment, a parameter or a
// second statement.

var aggregates = words(`count countIf sum sumIf uniqExact uniqExactIf avg avgIf min max minIf maxIf
	median medianIf quantileExact quantileExactIf quantileExactInclusive argMax argMin stddevPop stddevSamp corr groupUniqArray`)

// partials are the aggregates that have no value where there is no row.
var partials = words(`avg avgIf min max minIf maxIf median medianIf quantileExact quantileExactIf quantileExactInclusive argMax argMin
	stddevPop stddevSamp corr`)

var functions = words(`abs age arrayElement arrayJoin assumeNotNull ceil coalesce concat dateDiff empty endsWith exp floor
	greatest has hasAny hasAll if ifNull in intDiv isNotNull isNull least length log lower match multiIf notEmpty
	nullIf position round splitByChar startsWith substring toDate32 toDayOfMonth toFloat64 toInt32 toInt64
	toMonth toString toUInt8 toYear trim upper makeDate32 toLastDayOfMonth addMonths addDays addYears tuple array not and or workdays within`)

var keywords = words(`and or not in is null between like case when then else end distinct true false div mod`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// Expr is a checked SQL text, taken apart once: whoever rewrites it goes over its tokens.
type Expr struct {
	Text    string
	Tokens  []Token
	Columns []string // used, each once, sorted
	Calls   []string
}

// Token is a stretch of a SQL text; one behind the other, they are the text.
type Token struct {
	Kind Kind
	Text string
}

// Kind is what a token is.
type Kind byte

const (
	Blank  Kind = iota
	Quoted      // 'a', with its quotes
	Number
	Word // a name, a call or a keyword
	Sign // one character, or what was put between tokens
)

// Is says whether t is that sign.
func (t Token) Is(text string) bool { return t.Kind == Sign && t.Text == text }

// Joined is the text that tokens stand for.
func Joined(tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return b.String()
}

// CountAll is how many rows there are.
var CountAll = Expr{Text: "count()", Tokens: []Token{{Word, "count"}, {Sign, "("}, {Sign, ")"}}, Calls: []string{"count"}}

func (e Expr) Aggregate() bool {
	return slices.ContainsFunc(e.Calls, func(c string) bool { return aggregates[c] })
}

// Partial: without rows the value is absent rather than zero.
func (e Expr) Partial() bool {
	return slices.ContainsFunc(e.Tokens, func(t Token) bool { return t.Is("/") }) || slices.ContainsFunc(e.Calls, func(c string) bool { return partials[c] })
}

// UnknownColumn is a word that is no column.
type UnknownColumn string

func (u UnknownColumn) Error() string { return u.In(codes.Zh) + " / " + u.In(codes.En) }

// In says it in one language.
func (u UnknownColumn) In(lang codes.Lang) string {
	return codes.Text{Zh: "没有列 " + strconv.Quote(string(u)), En: "unknown column " + strconv.Quote(string(u))}.In(lang)
}

func unknownFunction(name string) error {
	known := slices.Concat(slices.Collect(maps.Keys(aggregates)), slices.Collect(maps.Keys(functions)))
	return method.Say("这里不能用函数 %q%s", "function %q is not allowed here%s", name, declare.Known(name, known))
}

// Read reads text as an expression over columns.
func Read(text string, isColumn func(string) bool) (Expr, error) {
	e := Expr{Text: strings.TrimSpace(text)}
	if e.Text == "" {
		return e, method.Say("表达式是空的", "empty expression")
	}
	var open []byte
	for rest := e.Text; rest != ""; {
		t, err := Next(rest)
		if err != nil {
			return e, err
		}
		rest = rest[len(t.Text):]
		e.Tokens = append(e.Tokens, t)
		switch c := t.Text[0]; {
		case t.Kind == Word:
			if strings.HasPrefix(strings.TrimLeft(rest, " \n\t"), "(") {
				err = e.useFunction(t.Text)
			} else {
				err = e.useWord(t.Text, isColumn)
			}
			if err != nil {
				return e, err
			}
		case t.Is("("), t.Is("["):
			open = append(open, c)
		case t.Is(")"), t.Is("]"):
			if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
				return e, method.Say("%q 没有对应的左括号", "%q closes nothing", c)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return e, method.Say("%q 没有闭合", "%q is not closed", open[len(open)-1])
	}
	if err := checkMacros(e.Tokens); err != nil {
		return e, err
	}
	slices.Sort(e.Columns)
	return e, nil
}

// useFunction notes a call, or refuses it.
func (e *Expr) useFunction(name string) error {
	switch {
	case aggregates[name] || functions[name]:
		e.Calls = append(e.Calls, name)
	case !keywords[strings.ToLower(name)]: // in (...)
		return unknownFunction(name)
	}
	return nil
}

// useWord notes a column, or refuses a word that is neither that nor a keyword.
func (e *Expr) useWord(name string, isColumn func(string) bool) error {
	switch {
	case keywords[strings.ToLower(name)]:
	case !isColumn(name):
		return UnknownColumn(name)
	case !slices.Contains(e.Columns, name):
		e.Columns = append(e.Columns, name)
	}
	return nil
}

// Next takes the first token of a text that is not empty.
func Next(s string) (Token, error) {
	take := func(kind Kind, more func(byte) bool) Token {
		end := 1
		for end < len(s) && more(s[end]) {
			end++
		}
		return Token{kind, s[:end]}
	}
	switch c := s[0]; {
	case isBlank(c):
		return take(Blank, isBlank), nil
	case c == '\'':
		return quotedToken(s)
	case isDigit(c):
		t := take(Number, func(c byte) bool { return isDigit(c) || c == '.' || c == 'e' })
		if _, err := strconv.ParseFloat(t.Text, 64); err != nil {
			return t, method.Say("%q 不是数", "%q is not a number", t.Text)
		}
		if end := len(t.Text); end < len(s) && isLetter(s[end]) {
			return t, method.Say("%q 不是数", "%q is not a number", s[:end+1])
		}
		return t, nil
	case isLetter(c):
		return take(Word, func(c byte) bool { return isLetter(c) || isDigit(c) }), nil
	case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		return Token{}, method.Say("不能写注释", "a comment is not allowed")
	case strings.HasPrefix(s, "->"):
		return Token{}, method.Say("不能写 lambda", "a lambda is not allowed")
	case strings.IndexByte("()[]+-*/%=<>!,", c) >= 0:
		return Token{Sign, s[:1]}, nil
	}
	return Token{}, method.Say("这里不能用 %q", "%q is not allowed here", []rune(s)[0])
}

// quotedToken takes a text in quotes, in which a quote is written twice.
func quotedToken(s string) (Token, error) {
	for end := 1; end < len(s); end++ {
		switch {
		case s[end] == '\\':
			return Token{}, method.Say("文字里不能有反斜线", "a backslash in a text is not allowed")
		case s[end] == '\'' && end+1 < len(s) && s[end+1] == '\'':
			end++
		case s[end] == '\'':
			return Token{Quoted, s[:end+1]}, nil
		}
	}
	return Token{}, method.Say("引号没有闭合", "a quote is not closed")
}

// Arguments are those of the call whose bracket is the first sign after the blanks at i, without the blanks
// around them, and the index behind its closing bracket; false where no bracket follows. A call of nothing
// has one argument, which is empty.
func Arguments(tokens []Token, i int) (args [][]Token, end int, ok bool) {
	if i = afterBlanks(tokens, i); i == len(tokens) || !tokens[i].Is("(") {
		return nil, i, false
	}
	depth, start := 0, i+1
	for ; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.Is("("), t.Is("["):
			depth++
		case t.Is(")"), t.Is("]"):
			if depth--; depth == 0 {
				return append(args, Trimmed(tokens[start:i])), i + 1, true
			}
		case depth == 1 && t.Is(","):
			args = append(args, Trimmed(tokens[start:i]))
			start = i + 1
		}
	}
	return args, i, true
}

func afterBlanks(tokens []Token, i int) int {
	for i < len(tokens) && tokens[i].Kind == Blank {
		i++
	}
	return i
}

func Trimmed(tokens []Token) []Token {
	for len(tokens) > 0 && tokens[0].Kind == Blank {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].Kind == Blank {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

func isBlank(c byte) bool  { return c == ' ' || c == '\n' || c == '\t' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// OnlyWhere is an aggregate over the rows that meet all of conds; false where it cannot be written.
func (e Expr) OnlyWhere(conds []Expr) (Expr, bool) {
	if len(conds) == 0 {
		return e, true
	}
	tokens, ok := conditional(e.Tokens, all(conds))
	return made(tokens, append([]Expr{e}, conds...)), ok
}

// AnyOf is a condition that a row meets where it meets all of one of the lists.
func AnyOf(lists [][]Expr) Expr {
	var tokens []Token
	for i, conds := range lists {
		if i > 0 {
			tokens = append(tokens, Token{Sign, " or "})
		}
		tokens = append(append(append(tokens, Token{Sign, "("}), all(conds)...), Token{Sign, ")"})
	}
	return made(tokens, slices.Concat(lists...))
}

// all writes conditions joined by and.
func all(conds []Expr) []Token {
	var tokens []Token
	for i, e := range conds {
		if i > 0 {
			tokens = append(tokens, Token{Sign, " and "})
		}
		tokens = append(append(append(tokens, Token{Sign, "("}), e.Tokens...), Token{Sign, ")"})
	}
	return tokens
}

// made is the expression of tokens that were taken from others.
func made(tokens []Token, from []Expr) Expr {
	e := Expr{Text: Joined(tokens), Tokens: tokens}
	for _, o := range from {
		e.Columns, e.Calls = append(e.Columns, o.Columns...), append(e.Calls, o.Calls...)
	}
	return e
}

// conditional gives every aggregate of an expression a condition: sum(x) becomes sumIf(x, cond).
// False where it cannot.
func conditional(tokens, cond []Token) ([]Token, bool) {
	var out []Token
	for i := 0; i < len(tokens); i++ {
		name := tokens[i].Text
		args, end, call := Arguments(tokens, i+1)
		if tokens[i].Kind != Word || !aggregates[name] || !call {
			out = append(out, tokens[i])
			continue
		}
		distinct := slices.ContainsFunc(args, func(a []Token) bool {
			return len(a) > 0 && strings.HasPrefix(strings.ToLower(a[0].Text), "distinct")
		})
		if next := afterBlanks(tokens, end); distinct || next < len(tokens) && tokens[next].Is("(") {
			return nil, false // quantileExact(0.5)(x), count(distinct x)
		}
		last := len(args) - 1
		switch {
		case strings.HasSuffix(name, "If"):
			args[last] = slices.Concat([]Token{{Sign, "("}}, args[last], []Token{{Sign, ")"}, {Sign, " and "}}, cond)
		case last == 0 && len(args[0]) == 0:
			name, args[0] = name+"If", cond
		default:
			name, args = name+"If", append(args, cond)
		}
		out = append(out, Token{Word, name}, Token{Sign, "("})
		for j, a := range args {
			if j > 0 {
				out = append(out, Token{Sign, ", "})
			}
			out = append(out, a...)
		}
		out = append(out, Token{Sign, ")"})
		i = end - 1
	}
	return out, true
}

// checkMacros refuses a call of a macro with the wrong number of arguments.
func checkMacros(tokens []Token) error {
	takes := map[string]struct {
		n    int
		what codes.Text
	}{
		"workdays": {2, codes.Text{Zh: "两个日期", En: "two days"}},
		"within":   {3, codes.Text{Zh: "汇集的日期和两个日期", En: "gathered days and two days"}},
	}
	for i, t := range tokens {
		want, ok := takes[t.Text]
		if t.Kind != Word || !ok {
			continue
		}
		args, _, ok := Arguments(tokens, i+1)
		if ok && (len(args) != want.n || slices.ContainsFunc(args, func(a []Token) bool { return len(a) == 0 })) {
			return method.Say("%s 要%s", "%s takes %s", t.Text, want.what)
		}
	}
	return nil
}

// Call takes an expression apart that is nothing but one call.
func (e Expr) Call() (name string, args [][]Token, ok bool) {
	tokens := Trimmed(e.Tokens)
	if len(tokens) == 0 || tokens[0].Kind != Word {
		return "", nil, false
	}
	args, end, ok := Arguments(tokens, 1)
	return tokens[0].Text, args, ok && end == len(tokens)
}

// Conditions are the parts of a condition that are joined by "and"; the whole where it may be read otherwise.
func Conditions(tokens []Token) (list [][]Token) {
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case t.Is("("), t.Is("["):
			depth++
		case t.Is(")"), t.Is("]"):
			depth--
		case depth > 0 || t.Kind != Word:
		case strings.EqualFold(t.Text, "and"):
			list, start = append(list, Trimmed(tokens[start:i])), i+1
		case slices.Contains([]string{"or", "between", "case"}, strings.ToLower(t.Text)):
			return [][]Token{Trimmed(tokens)}
		}
	}
	return append(list, Trimmed(tokens[start:]))
}

// Same says that two expressions are the same text.
func Same(a, b Expr) bool { return a.Text == b.Text }

// Contains says that an expression stands in a list.
func Contains(list []Expr, e Expr) bool {
	return slices.ContainsFunc(list, func(o Expr) bool { return Same(o, e) })
}

// Without are the expressions of list that are not in other.
func Without(list, other []Expr) []Expr {
	return slices.DeleteFunc(slices.Clone(list), func(e Expr) bool { return Contains(other, e) })
}
