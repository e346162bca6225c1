package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Value is one typed cell as a row check sees it. I holds integers, booleans (0, 1), dates (days
// since 1970-01-01), keyed hashes and the number of items of a list; F floats; S every text.
type Value struct {
	Null bool
	I    int64
	F    float64
	S    string
}

// RowCheckProgram is a compiled row check. It holds no state: any number of goroutines may use it.
//
// The language: columns, whole and decimal numbers, 'text', date '2026-06-30', true, false;
// = != < <= > >= ; + - on numbers, date - date in days, date + days; and, or, not, brackets;
// x is null, x is not null, x in (a, b), x not in (a, b); years(from, to) in full years, year(d),
// month(d), day(d), len(text or list), contains(text, 'part'). Comparing with a missing value is neither true nor false,
// and a row fails only where the whole is false. Codes and other low-cardinality texts have no
// order: only = != in may compare them (class <= 'E' would sort letters, not ranks).
type RowCheckProgram struct {
	columns []int
	run     func([]Value) truth
}

// OK says whether the row may pass: true unless the condition is false. vals is indexed by the
// position of the column in Dataset.Columns.
func (p *RowCheckProgram) OK(vals []Value) bool { return p.run(vals) != no }

// Columns returns the positions of the columns the condition reads, in order of first use.
func (p *RowCheckProgram) Columns() []int { return p.columns }

type truth uint8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// CompileCheck compiles a row check over the columns of ds.
func CompileCheck(ds *Dataset, expr string) (*RowCheckProgram, error) {
	p := &checkParser{ds: ds, src: expr}
	if len(expr) > 4096 {
		return nil, p.fail(0, "表达式超过 4096 字节", "the expression is longer than 4096 bytes")
	}
	if err := p.scan(); err != nil {
		return nil, err
	}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != endToken {
		return nil, p.fail(t.at, "此处不应有 %q", "did not expect %q here", t.text)
	}
	cond, err := p.cond(n)
	if err != nil {
		return nil, err
	}
	return &RowCheckProgram{columns: p.used, run: cond}, nil
}

// checkError is what is wrong with an expression.
type checkError struct{ zh, en string }

func (e *checkError) Error() string { return e.zh + " / " + e.en }

func checkMessage(err error) (zh, en string) {
	var e *checkError
	if errors.As(err, &e) {
		return e.zh, e.en
	}
	return err.Error(), err.Error()
}

// kind is the type of a part of an expression.
type kind uint8

const (
	boolKind kind = iota
	intKind
	floatKind
	textKind  // ordered text
	labelKind // code or low-cardinality text: equal or not
	dateKind
	personKind
	listKind
)

var kindText = [...][2]string{{"是非", "a condition"}, {"整数", "a whole number"}, {"数", "a number"}, {"文字", "text"}, {"代码", "a code"}, {"日期", "a date"}, {"身份散列", "a person"}, {"列表", "a list"}}

// node is a typed part: one of the functions is set, by kind. A constant has none of its columns.
type node struct {
	kind  kind
	at    int
	cond  func([]Value) truth           // boolKind
	whole func([]Value) (int64, bool)   // intKind, dateKind, personKind, listKind; false: no value
	real  func([]Value) (float64, bool) // floatKind
	text  func([]Value) (string, bool)  // textKind, labelKind
	null  func([]Value) bool            // a column: whether it is NULL
	konst bool
	value string      // of a constant text
	list  *codes.List // of a code column
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	textToken
	signToken
)

type token struct {
	kind tokenKind
	text string
	at   int
}

type checkParser struct {
	ds   *Dataset
	src  string
	toks []token
	pos  int
	used []int
}

func (p *checkParser) fail(at int, zh, en string, a ...any) error {
	col := strconv.Itoa(len([]rune(p.src[:at])) + 1)
	return &checkError{"第 " + col + " 字: " + fmt.Sprintf(zh, a...), "at character " + col + ": " + fmt.Sprintf(en, a...)}
}

func (p *checkParser) scan() error {
	s := p.src
	for i := 0; i < len(s); {
		c := s[i]
		start := i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case 'a' <= c && c <= 'z' || c == '_':
			for i < len(s) && ('a' <= s[i] && s[i] <= 'z' || '0' <= s[i] && s[i] <= '9' || s[i] == '_') {
				i++
			}
			p.toks = append(p.toks, token{nameToken, s[start:i], start})
		case '0' <= c && c <= '9':
			for i < len(s) && ('0' <= s[i] && s[i] <= '9' || s[i] == '.') {
				i++
			}
			p.toks = append(p.toks, token{numberToken, s[start:i], start})
		case c == '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return p.fail(start, "文字缺少右引号", "the text has no closing quote")
			}
			p.toks = append(p.toks, token{textToken, s[i+1 : i+1+end], start})
			i += end + 2
		default:
			n := 1
			if two := s[i:min(i+2, len(s))]; two == "!=" || two == "<=" || two == ">=" {
				n = 2
			} else if !strings.ContainsRune("=<>+-(),", rune(c)) {
				return p.fail(start, "不认识的字符 %q", "unknown character %q", []rune(s[i:])[0])
			}
			i += n
			p.toks = append(p.toks, token{signToken, s[start:i], start})
		}
	}
	p.toks = append(p.toks, token{endToken, "", len(s)})
	return nil
}

func (p *checkParser) peek() token { return p.toks[p.pos] }

func (p *checkParser) take(text string) bool {
	if t := p.toks[p.pos]; t.text == text && (t.kind == nameToken || t.kind == signToken) {
		p.pos++
		return true
	}
	return false
}

func (p *checkParser) need(text string) error {
	if p.take(text) {
		return nil
	}
	t := p.peek()
	return p.fail(t.at, "是 %q，应为 %q", "is %q, want %q", t.text, text)
}

func (p *checkParser) cond(n node) (func([]Value) truth, error) {
	if n.kind != boolKind {
		return nil, p.fail(n.at, "是%[1]s，应为条件", "is %[2]s, want a condition", kindText[n.kind][0], kindText[n.kind][1])
	}
	return n.cond, nil
}

func (p *checkParser) or(depth int) (node, error) { return p.joined(depth, "or", yes, p.and) }

func (p *checkParser) and(depth int) (node, error) { return p.joined(depth, "and", no, p.not) }

// joined reads conditions between which a word stands, where one that is what decides decides alone.
func (p *checkParser) joined(depth int, word string, decides truth, next func(int) (node, error)) (node, error) {
	left, err := next(depth)
	for err == nil && p.take(word) {
		var right node
		if right, err = next(depth); err != nil {
			break
		}
		var a, b func([]Value) truth
		if a, err = p.cond(left); err != nil {
			break
		}
		if b, err = p.cond(right); err != nil {
			break
		}
		left = node{kind: boolKind, at: left.at, cond: func(v []Value) truth {
			x := a(v)
			if x == decides {
				return x
			}
			if y := b(v); y == decides || x != unknown {
				return y
			}
			return unknown
		}}
	}
	return left, err
}

func (p *checkParser) not(depth int) (node, error) {
	if depth > 50 {
		return node{}, p.fail(p.peek().at, "嵌套过深", "nested too deeply")
	}
	at := p.peek().at
	if !p.take("not") {
		return p.compare(depth)
	}
	n, err := p.not(depth + 1)
	if err != nil {
		return node{}, err
	}
	a, err := p.cond(n)
	if err != nil {
		return node{}, err
	}
	return node{kind: boolKind, at: at, cond: func(v []Value) truth {
		switch a(v) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	}}, nil
}

func (p *checkParser) compare(depth int) (node, error) {
	left, err := p.sum(depth)
	if err != nil {
		return node{}, err
	}
	t := p.peek()
	switch {
	case p.take("is"):
		return p.isNull(left)
	case t.text == "in" && t.kind == nameToken, t.text == "not" && t.kind == nameToken:
		return p.inList(left, depth)
	case t.kind == signToken && slices.Contains([]string{"=", "!=", "<", "<=", ">", ">="}, t.text):
		p.pos++
		right, err := p.sum(depth)
		if err != nil {
			return node{}, err
		}
		cond, err := p.relate(left, t.text, right)
		if err != nil {
			return node{}, err
		}
		return node{kind: boolKind, at: left.at, cond: cond}, nil
	}
	return left, nil
}

// isNull reads what follows is: null or not null.
func (p *checkParser) isNull(left node) (node, error) {
	negate := p.take("not")
	if err := p.need("null"); err != nil {
		return node{}, err
	}
	if left.null == nil {
		return node{}, p.fail(left.at, "is null 之前应为列名", "is null wants a column before it")
	}
	null := left.null
	return node{kind: boolKind, at: left.at, cond: func(v []Value) truth { return truthOf(null(v) != negate) }}, nil
}

// inList reads in (...) and not in (...).
func (p *checkParser) inList(left node, depth int) (node, error) {
	negate := p.take("not")
	if err := p.need("in"); err != nil {
		return node{}, err
	}
	if err := p.need("("); err != nil {
		return node{}, err
	}
	var any func([]Value) truth
	for {
		item, err := p.sum(depth + 1)
		if err != nil {
			return node{}, err
		}
		if !item.konst {
			return node{}, p.fail(item.at, "in 的括号内应为常量", "in wants constants in its brackets")
		}
		eq, err := p.relate(left, "=", item)
		if err != nil {
			return node{}, err
		}
		if before := any; before == nil {
			any = eq
		} else {
			any = func(v []Value) truth {
				if x := before(v); x != no {
					return x
				}
				return eq(v)
			}
		}
		if !p.take(",") {
			break
		}
	}
	if err := p.need(")"); err != nil {
		return node{}, err
	}
	cond := any
	if negate {
		cond = func(v []Value) truth {
			switch any(v) {
			case yes:
				return no
			case no:
				return yes
			}
			return unknown
		}
	}
	return node{kind: boolKind, at: left.at, cond: cond}, nil
}

func test[T int64 | float64 | string](op string, a, b func([]Value) (T, bool)) func([]Value) truth {
	with := func(f func(x, y T) bool) func([]Value) truth {
		return func(v []Value) truth {
			x, ok := a(v)
			if !ok {
				return unknown
			}
			y, ok := b(v)
			if !ok {
				return unknown
			}
			return truthOf(f(x, y))
		}
	}
	switch op {
	case "=":
		return with(func(x, y T) bool { return x == y })
	case "!=":
		return with(func(x, y T) bool { return x != y })
	case "<":
		return with(func(x, y T) bool { return x < y })
	case "<=":
		return with(func(x, y T) bool { return x <= y })
	case ">":
		return with(func(x, y T) bool { return x > y })
	}
	return with(func(x, y T) bool { return x >= y })
}

func (p *checkParser) relate(a node, op string, b node) (func([]Value) truth, error) {
	order := op != "=" && op != "!="
	mixed := func() error {
		return p.fail(a.at, "不能用 %[3]s 比较%[1]s与%[2]s", "cannot compare %[4]s with %[5]s by %[3]s", kindText[a.kind][0], kindText[b.kind][0], op, kindText[a.kind][1], kindText[b.kind][1])
	}
	isText := func(n node) bool { return n.kind == textKind || n.kind == labelKind }
	isNumber := func(n node) bool { return n.kind == intKind || n.kind == floatKind }
	switch {
	case a.kind == listKind || b.kind == listKind:
		return nil, mixed()
	case isText(a) && isText(b):
		if order && (a.kind == labelKind || b.kind == labelKind) {
			return nil, p.fail(a.at, "代码没有大小，只能用 = != in 比较，不能用 %s", "codes have no order: compare them by = != in, not by %s", op)
		}
		for _, pair := range [][2]node{{a, b}, {b, a}} {
			if code := pair[1]; pair[0].list != nil && code.konst {
				if _, ok := pair[0].list.Value(code.value); !ok {
					return nil, p.fail(code.at, "%q 不是代码表 %q 的代码，可用 %s", "%q is not a code of list %q, have %s", code.value, pair[0].list.Name, strings.Join(firstOf(pair[0].list.Codes(), 20), " "))
				}
			}
		}
		return test(op, a.text, b.text), nil
	case isNumber(a) && isNumber(b):
		if a.kind == intKind && b.kind == intKind {
			return test(op, a.whole, b.whole), nil
		}
		return test(op, toReal(a), toReal(b)), nil
	case a.kind == dateKind && b.kind == dateKind:
		return test(op, a.whole, b.whole), nil
	case a.kind == personKind && b.kind == personKind && !order:
		return test(op, a.whole, b.whole), nil
	case a.kind == boolKind && b.kind == boolKind && !order:
		x, y, equal := a.cond, b.cond, op == "="
		return func(v []Value) truth {
			l, r := x(v), y(v)
			if l == unknown || r == unknown {
				return unknown
			}
			return truthOf((l == r) == equal)
		}, nil
	}
	return nil, mixed()
}

func toReal(n node) func([]Value) (float64, bool) {
	if n.kind == floatKind {
		return n.real
	}
	whole := n.whole
	return func(v []Value) (float64, bool) {
		i, ok := whole(v)
		return float64(i), ok
	}
}

func (p *checkParser) sum(depth int) (node, error) {
	left, err := p.term(depth)
	for err == nil {
		t := p.peek()
		if t.kind != signToken || t.text != "+" && t.text != "-" {
			break
		}
		p.pos++
		var right node
		if right, err = p.term(depth); err != nil {
			break
		}
		left, err = p.add(left, t, right)
	}
	return left, err
}

func (p *checkParser) add(a node, op token, b node) (node, error) {
	minus := op.text == "-"
	konst := a.konst && b.konst
	whole := func(k kind) node {
		x, y := a.whole, b.whole
		return node{kind: k, at: a.at, konst: konst, whole: func(v []Value) (int64, bool) {
			i, ok := x(v)
			if !ok {
				return 0, false
			}
			j, ok := y(v)
			if !ok {
				return 0, false
			}
			if minus {
				j = -j
			}
			return i + j, true
		}}
	}
	number := func(n node) bool { return n.kind == intKind || n.kind == floatKind }
	switch {
	case a.kind == intKind && b.kind == intKind:
		return whole(intKind), nil
	case a.kind == dateKind && b.kind == intKind:
		return whole(dateKind), nil
	case a.kind == dateKind && b.kind == dateKind && minus:
		return whole(intKind), nil
	case number(a) && number(b):
		x, y := toReal(a), toReal(b)
		return node{kind: floatKind, at: a.at, konst: konst, real: func(v []Value) (float64, bool) {
			i, ok := x(v)
			if !ok {
				return 0, false
			}
			j, ok := y(v)
			if minus {
				j = -j
			}
			return i + j, ok
		}}, nil
	}
	return node{}, p.fail(op.at, "不能用 %[1]s 合并%[2]s与%[3]s", "cannot combine %[4]s with %[5]s by %[1]s", op.text, kindText[a.kind][0], kindText[b.kind][0], kindText[a.kind][1], kindText[b.kind][1])
}

func (p *checkParser) term(depth int) (node, error) {
	t := p.peek()
	p.pos++
	switch {
	case t.kind == endToken:
		p.pos--
		return node{}, p.fail(t.at, "表达式不完整", "the expression ends too early")
	case t.kind == signToken && t.text == "(":
		if depth > 50 {
			return node{}, p.fail(t.at, "嵌套过深", "nested too deeply")
		}
		n, err := p.or(depth + 1)
		if err != nil {
			return node{}, err
		}
		return n, p.need(")")
	case t.kind == signToken && t.text == "-":
		if p.peek().kind != numberToken {
			return node{}, p.fail(t.at, "负号之后应为数", "want a number after the minus sign")
		}
		n, err := p.term(depth)
		if err != nil {
			return node{}, err
		}
		zero := node{kind: intKind, at: t.at, konst: true, whole: func([]Value) (int64, bool) { return 0, true }}
		return p.add(zero, t, n)
	case t.kind == numberToken:
		if i, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return node{kind: intKind, at: t.at, konst: true, whole: func([]Value) (int64, bool) { return i, true }}, nil
		}
		x, err := strconv.ParseFloat(t.text, 64)
		if err != nil || math.IsInf(x, 0) {
			return node{}, p.fail(t.at, "%q 不是数", "%q is not a number", t.text)
		}
		return node{kind: floatKind, at: t.at, konst: true, real: func([]Value) (float64, bool) { return x, true }}, nil
	case t.kind == textToken:
		s := t.text
		return node{kind: textKind, at: t.at, konst: true, value: s, text: func([]Value) (string, bool) { return s, true }}, nil
	case t.kind == nameToken:
		return p.name(t, depth)
	}
	return node{}, p.fail(t.at, "此处不应有 %q", "did not expect %q here", t.text)
}

func (p *checkParser) name(t token, depth int) (node, error) {
	switch t.text {
	case "true", "false":
		b := truthOf(t.text == "true")
		return node{kind: boolKind, at: t.at, konst: true, cond: func([]Value) truth { return b }}, nil
	case "and", "or", "not", "in", "is", "null":
		return node{}, p.fail(t.at, "此处不应有 %q", "did not expect %q here", t.text)
	}
	if next := p.peek(); t.text == "date" && next.kind == textToken {
		p.pos++
		d, err := time.Parse(time.DateOnly, next.text)
		if err != nil {
			return node{}, p.fail(next.at, "%q 不是 2006-01-02 样式的日期", "%q is not a date like 2006-01-02", next.text)
		}
		days := d.Unix() / 86400
		return node{kind: dateKind, at: t.at, konst: true, whole: func([]Value) (int64, bool) { return days, true }}, nil
	}
	if p.take("(") {
		return p.call(t, depth)
	}
	for i := range p.ds.Columns {
		if c := &p.ds.Columns[i]; c.Name == t.text {
			if !slices.Contains(p.used, i) {
				p.used = append(p.used, i)
			}
			return column(c, i, t.at), nil
		}
	}
	names := make([]string, len(p.ds.Columns))
	for i, c := range p.ds.Columns {
		names[i] = c.Name
	}
	return node{}, p.fail(t.at, "没有 %q 这一列%s，现有 %s", "there is no column %q%s, have %s", t.text, declare.Near(t.text, names), strings.Join(names, " "))
}

func column(c *Column, i, at int) node {
	n := node{at: at, null: func(v []Value) bool { return v[i].Null }}
	n.whole = func(v []Value) (int64, bool) { return v[i].I, !v[i].Null }
	switch c.Type {
	case String, CreditCode:
		n.kind = textKind
	case Low, Code:
		n.kind, n.list = labelKind, c.list
	case Float64:
		n.kind = floatKind
		n.real = func(v []Value) (float64, bool) { return v[i].F, !v[i].Null }
	case Bool:
		n.kind = boolKind
		n.cond = func(v []Value) truth {
			if v[i].Null {
				return unknown
			}
			return truthOf(v[i].I != 0)
		}
	case Date:
		n.kind = dateKind
	case Person:
		n.kind = personKind
	case Strings:
		n.kind = listKind
	default:
		n.kind = intKind
	}
	if n.kind == textKind || n.kind == labelKind {
		n.text = func(v []Value) (string, bool) { return v[i].S, !v[i].Null }
	}
	return n
}

func (p *checkParser) call(t token, depth int) (node, error) {
	want := map[string][]kind{"years": {dateKind, dateKind}, "year": {dateKind}, "month": {dateKind}, "day": {dateKind}, "len": {textKind}, "contains": {textKind, textKind}}[t.text]
	if want == nil {
		return node{}, p.fail(t.at, "没有函数 %q，可用 years year month day len contains", "there is no function %q, have years year month day len contains", t.text)
	}
	if depth > 50 {
		return node{}, p.fail(t.at, "嵌套过深", "nested too deeply")
	}
	var args []node
	for i, k := range want {
		if i > 0 {
			if err := p.need(","); err != nil {
				return node{}, err
			}
		}
		a, err := p.sum(depth + 1)
		if err != nil {
			return node{}, err
		}
		if a.kind != k && (k != textKind || a.kind != labelKind && a.kind != listKind) {
			return node{}, p.fail(a.at, "%[1]s 的参数是%[2]s，应为%[3]s", "%[1]s is given %[4]s, want %[5]s", t.text, kindText[a.kind][0], kindText[k][0], kindText[a.kind][1], kindText[k][1])
		}
		if t.text == "contains" && (a.kind == listKind || a.list != nil) {
			return node{}, p.fail(a.at, "contains 的参数应为文字，不是代码或列表：代码用 = 或 in 比较", "contains wants text, not a code or a list: compare codes with = or in")
		}
		args = append(args, a)
	}
	if err := p.need(")"); err != nil {
		return node{}, err
	}
	n := node{kind: intKind, at: t.at}
	switch t.text {
	case "contains":
		text, part := args[0].text, args[1].text
		n.kind, n.whole = boolKind, nil
		n.cond = func(v []Value) truth {
			s, ok := text(v)
			x, has := part(v)
			if !ok || !has {
				return unknown
			}
			return truthOf(strings.Contains(s, x))
		}
	case "len":
		if a := args[0]; a.kind == listKind {
			n.whole = a.whole
		} else {
			text := a.text
			n.whole = func(v []Value) (int64, bool) {
				s, ok := text(v)
				return int64(len([]rune(s))), ok
			}
		}
	case "years":
		from, to := args[0].whole, args[1].whole
		n.whole = func(v []Value) (int64, bool) {
			a, ok := from(v)
			if !ok {
				return 0, false
			}
			b, ok := to(v)
			return FullYears(a, b), ok
		}
	default:
		part, day := t.text, args[0].whole
		n.whole = func(v []Value) (int64, bool) {
			d, ok := day(v)
			y, m, dd := civil(d)
			switch part {
			case "year":
				return y, ok
			case "month":
				return m, ok
			}
			return dd, ok
		}
	}
	return n, nil
}

// FullYears returns the whole years from one day to another (days since 1970-01-01): a person's
// age. Born on 29 February, one is a year older on 1 March of a common year.
func FullYears(from, to int64) int64 {
	y0, m0, d0 := civil(from)
	y1, m1, d1 := civil(to)
	n := y1 - y0
	if m1 < m0 || m1 == m0 && d1 < d0 {
		n--
	}
	return n
}

// civil returns the date of a day number without allocation; days far outside any calendar are
// held at its edge.
func civil(days int64) (y, m, d int64) {
	days = max(-1<<40, min(1<<40, days))
	t := time.Unix(days*86400, 0).UTC()
	yy, mm, dd := t.Date()
	return int64(yy), int64(mm), int64(dd)
}
