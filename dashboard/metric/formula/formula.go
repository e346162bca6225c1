// Package formula reads arithmetic over metrics, writes it as SQL and computes it. It knows nothing of what a metric is.
package formula

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/method"
)

// Formula is arithmetic over metrics: + - * / parentheses numbers max(a, b) min(a, b) pow(a, b) sqrt(a) ln(a) log10(a)
// exp(a), and total(a), which is a past the dimensions in whole.
type Formula struct {
	op   byte // 'n' number, 'm' metric, + - * /, '>' max, '<' min, '_' negation, 'f' a function
	num  float64
	arg  int       // index into the metric's args, for 'm'
	fn   *function // for 'f'
	l, r *Formula  // r is nil where there is one operand
}

// function is one whose value may not exist.
type function struct {
	sql   string
	value func(x, y float64) float64
	two   bool // operands
}

var functions = map[string]*function{
	"pow":   {"pow", math.Pow, true},
	"sqrt":  {"sqrt", func(x, _ float64) float64 { return math.Sqrt(x) }, false},
	"ln":    {"log", func(x, _ float64) float64 { return math.Log(x) }, false},
	"log10": {"log10", func(x, _ float64) float64 { return math.Log10(x) }, false},
	"exp":   {"exp", func(x, _ float64) float64 { return math.Exp(x) }, false},
}

// Absent says why a formula has no value.
type Absent int

// The reasons.
const (
	Present   Absent = iota // it has one
	NoValue                 // one of its metrics has none
	ZeroBase                // a denominator is zero
	Undefined               // a function is not defined there: the root or the logarithm of a negative number
)

// Parse returns the tree and the metrics it names, in the order they appear; one in total
// is named "total(name)".
func Parse(text string) (*Formula, []string, error) {
	p := &parser{s: text}
	f, err := p.sum()
	if err == nil {
		if p.space(); p.i < len(p.s) {
			err = method.Say("这里不该有 %q", "%q does not belong here", p.s[p.i:])
		}
	}
	if err != nil {
		return nil, nil, method.Say("算式 %q：%s", "formula %q: %s", text, err.(method.Fault).Text)
	}
	return f, p.args, nil
}

type parser struct {
	s     string
	i     int
	depth int
	args  []string
}

func (p *parser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \n\t", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *parser) next(chars string) byte {
	p.space()
	if p.i < len(p.s) && strings.IndexByte(chars, p.s[p.i]) >= 0 {
		p.i++
		return p.s[p.i-1]
	}
	return 0
}

func (p *parser) sum() (*Formula, error) { return p.chain("+-", p.product) }

func (p *parser) product() (*Formula, error) { return p.chain("*/", p.atom) }

func (p *parser) chain(ops string, operand func() (*Formula, error)) (*Formula, error) {
	l, err := operand()
	for err == nil {
		op := p.next(ops)
		if op == 0 {
			return l, nil
		}
		var r *Formula
		if r, err = operand(); err == nil {
			l = &Formula{op: op, l: l, r: r}
		}
	}
	return nil, err
}

func (p *parser) atom() (*Formula, error) {
	if p.depth++; p.depth > 50 {
		return nil, method.Say("括号层数太多", "nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.next("-") != 0 {
		f, err := p.atom()
		return &Formula{op: '_', l: f}, err
	}
	if p.next("(") != 0 {
		f, err := p.sum()
		if err == nil && p.next(")") == 0 {
			err = method.Say("括号没有闭合", "a bracket is not closed")
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
		return nil, method.Say("第 %d 个字符处缺少指标或数", "a metric or a number is missing at position %d", start+1)
	case isDigit(word[0]):
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, method.Say("%q 不是数", "%q is not a number", word)
		}
		return &Formula{op: 'n', num: n}, nil
	case word == "total" && p.next("(") != 0:
		p.space()
		start := p.i
		for p.i < len(p.s) && (isLetter(p.s[p.i]) || isDigit(p.s[p.i])) {
			p.i++
		}
		word = p.s[start:p.i]
		if word == "" || isDigit(word[0]) || p.next(")") == 0 {
			return nil, method.Say("total 要一个指标", "total takes one metric")
		}
		word = "total(" + word + ")"
	case word == "max" && p.next("(") != 0:
		return p.operands(&Formula{op: '>'}, word)
	case word == "min" && p.next("(") != 0:
		return p.operands(&Formula{op: '<'}, word)
	case functions[word] != nil && p.next("(") != 0:
		return p.operands(&Formula{op: 'f', fn: functions[word]}, word)
	}
	arg := slices.Index(p.args, word)
	if arg < 0 {
		arg = len(p.args)
		p.args = append(p.args, word)
	}
	return &Formula{op: 'm', arg: arg}, nil
}

// operands reads those of f, up to the closing bracket.
func (p *parser) operands(f *Formula, word string) (*Formula, error) {
	var err error
	if f.l, err = p.sum(); err != nil {
		return nil, err
	}
	if f.fn == nil || f.fn.two {
		if p.next(",") == 0 {
			return nil, method.Say("%s 要两个值", "%s takes two values", word)
		}
		if f.r, err = p.sum(); err != nil {
			return nil, err
		}
	}
	if p.next(")") == 0 {
		return nil, method.Say("括号没有闭合", "a bracket is not closed")
	}
	return f, nil
}

// Conditions are in SQL why a formula has no value although its metrics have.
type Conditions struct{ Zero, Undefined []string }

// SQL writes f over the columns _v0, _v1, ... and collects the conditions.
func (f *Formula) SQL(c *Conditions) string {
	switch f.op {
	case 'n':
		return strconv.FormatFloat(f.num, 'f', -1, 64)
	case 'm':
		return "_v" + strconv.Itoa(f.arg)
	case '_':
		return "-(" + f.l.SQL(c) + ")"
	case '>', '<':
		// greatest(x, NULL) is NULL in some versions and x in others: say it.
		l, r := f.l.SQL(c), f.r.SQL(c)
		name := "greatest"
		if f.op == '<' {
			name = "least"
		}
		return fmt.Sprintf("if(isNull(%s) or isNull(%s), null, %s(%s, %s))", l, r, name, l, r)
	case '/':
		l, r := f.l.SQL(c), f.r.SQL(c)
		if f.r.op != 'n' {
			c.Zero = append(c.Zero, r+" = 0")
			r = "nullIf(" + r + ", 0)"
		}
		return "(" + l + " / " + r + ")"
	case 'f':
		x := f.fn.sql + "(" + f.l.SQL(c)
		if f.r != nil {
			x += ", " + f.r.SQL(c)
		}
		x += ")"
		c.Undefined = append(c.Undefined, "not isFinite("+x+")")
		return "if(isFinite(" + x + "), " + x + ", null)"
	}
	return "(" + f.l.SQL(c) + " " + string(f.op) + " " + f.r.SQL(c) + ")"
}

// Eval computes f over values; nil is no value.
func (f *Formula) Eval(args []*float64) (*float64, Absent) {
	one := func(x float64) (*float64, Absent) { return &x, Present }
	switch f.op {
	case 'n':
		return one(f.num)
	case 'm':
		if args[f.arg] == nil {
			return nil, NoValue
		}
		return args[f.arg], Present
	}
	l, why := f.l.Eval(args)
	r := l
	if f.r != nil {
		var other Absent
		r, other = f.r.Eval(args)
		why = max(why, other)
	}
	if why != Present {
		return nil, why
	}
	switch f.op {
	case '_':
		return one(-*l)
	case '+':
		return one(*l + *r)
	case '-':
		return one(*l - *r)
	case '*':
		return one(*l * *r)
	case '>':
		return one(max(*l, *r))
	case '<':
		return one(min(*l, *r))
	case 'f':
		v := f.fn.value(*l, *r)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, Undefined
		}
		return one(v)
	}
	if *r == 0 {
		return nil, ZeroBase
	}
	return one(*l / *r)
}

// Divides says whether a product, a quotient or a function is part of f, so that its values do not add up.
func (f *Formula) Divides() bool {
	return f != nil && (f.op == '/' || f.op == '*' || f.op == 'f' || f.l.Divides() || f.r.Divides())
}

// Bounds says whether max or min is part of f.
func (f *Formula) Bounds() bool {
	return f != nil && (f.op == '>' || f.op == '<' || f.l.Bounds() || f.r.Bounds())
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
