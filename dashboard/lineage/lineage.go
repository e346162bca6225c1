// Package lineage says of which columns of which views a column of a statement's answer is made. It reads the statement as the
// engine writes it once every name is resolved (Resolve), where each table has an alias of its own, so that nothing is guessed; what
// it cannot read it says so. It asks nobody.
package lineage

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// Resolve asks the engine for a statement with every name resolved.
const Resolve = "explain syntax run_query_tree_passes = 1 "

// Column is a column of a view of mart.
type Column struct{ Table, Column string }

// Output is a column of an answer, with those that it is made of; none: a constant, or a count of rows.
type Output struct {
	Name string
	From []Column
}

// Common is a named part of a statement: with NAME as (BODY).
type Common struct{ Name, Body string }

// Bounds of a statement that is looked at.
const (
	mostDeep    = 60
	MostCommons = 30
)

// ErrUnread is what a statement ends with that is written in a way that is not read here.
var ErrUnread = errors.New("the statement cannot be traced")

var tokenRe = regexp.MustCompile("(?s)'(?:[^'\\\\]|\\\\.|'')*'|`(?:[^`\\\\]|\\\\.)*`|\"(?:[^\"\\\\]|\\\\.)*\"|--[^\\n]*|/\\*.*?\\*/|[\\pL_][\\pL\\pN_]*|[0-9][0-9a-zA-Z_.]*|\\S")

// token is a stretch of a statement.
type token struct {
	text  string
	at    int // of its first byte
	match int // of a bracket: the index of the other
}

func tokens(sql string) ([]token, error) {
	var out []token
	var open []int
	for _, m := range tokenRe.FindAllStringIndex(sql, -1) {
		text := sql[m[0]:m[1]]
		if strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*") {
			continue
		}
		out = append(out, token{text: text, at: m[0]})
		switch text {
		case "(", "[":
			open = append(open, len(out)-1)
		case ")", "]":
			if len(open) == 0 {
				return nil, ErrUnread
			}
			i := open[len(open)-1]
			open = open[:len(open)-1]
			out[i].match, out[len(out)-1].match = len(out)-1, i
		}
	}
	if len(open) > 0 {
		return nil, ErrUnread
	}
	return out, nil
}

func (t token) is(word string) bool { return strings.EqualFold(t.text, word) }

// name is what an identifier names, without its quotes.
func (t token) name() string {
	if n := len(t.text); n > 1 && (t.text[0] == '`' || t.text[0] == '"') {
		return strings.NewReplacer("\\`", "`", `\"`, `"`, `\\`, `\`).Replace(t.text[1 : n-1])
	}
	return t.text
}

func (t token) word() bool {
	return t.text != "" && (t.text[0] == '`' || t.text[0] == '"' || t.text[0] == '_' || t.text[0] >= 0x80 || t.text[0]|0x20 >= 'a' && t.text[0]|0x20 <= 'z')
}

// Commons are the named parts at the head of a statement, in their order.
func Commons(sql string) ([]Common, error) {
	ts, err := tokens(sql)
	if err != nil || len(ts) == 0 || !ts[0].is("with") {
		return nil, err
	}
	var out []Common
	for i := 1; i+2 < len(ts); {
		j := i
		for j < len(ts) && ts[j].text != "," && !ts[j].is("select") { // one part: NAME as (BODY), or EXPRESSION as NAME
			if ts[j].text == "(" || ts[j].text == "[" {
				j = ts[j].match
			}
			j++
		}
		if ts[i].word() && ts[i+1].is("as") && ts[i+2].text == "(" && ts[i+2].match+1 == j {
			out = append(out, Common{ts[i].name(), strings.TrimSpace(sql[ts[i+2].at+1 : ts[ts[i+2].match].at])})
		}
		if j >= len(ts) || ts[j].is("select") {
			break
		}
		i = j + 1
	}
	if len(out) > MostCommons {
		return nil, ErrUnread
	}
	return out, nil
}

// With writes a named part as a statement, behind those that stand before it.
func With(before []Common, body string) string {
	if ts, err := tokens(body); len(before) == 0 || err == nil && len(ts) > 0 && ts[0].is("with") {
		return body
	}
	var parts []string
	for _, c := range before {
		parts = append(parts, "`"+strings.ReplaceAll(c.Name, "`", "\\`")+"` as ("+c.Body+"\n)")
	}
	return "with " + strings.Join(parts, ",\n") + "\n" + body
}

// reading is a statement that is read.
type reading struct {
	ts      []token
	tables  map[string]string // alias -> view
	nested  map[string][2]int // alias -> the brackets of its statement
	named   map[string]string // alias -> named part
	commons map[string][]Output
	done    map[string][]Output // alias -> the columns of its statement
}

// Read says of each column of a resolved statement what it is made of; commons are the columns of its named parts.
func Read(resolved string, commons map[string][]Output) ([]Output, error) {
	ts, err := tokens(resolved)
	if err != nil {
		return nil, err
	}
	r := &reading{ts: ts, tables: map[string]string{}, nested: map[string][2]int{}, named: map[string]string{}, commons: commons, done: map[string][]Output{}}
	for i := 1; i+1 < len(ts); i++ {
		if alias := ts[i+1].name(); ts[i].is("as") && strings.HasPrefix(alias, "__table") {
			switch before := ts[i-1]; {
			case before.text == ")":
				r.nested[alias] = [2]int{before.match, i - 1}
			case i > 2 && ts[i-2].text == "." && ts[i-3].is("mart"):
				r.tables[alias] = before.name()
			case before.word():
				r.named[alias] = before.name()
			}
		}
	}
	return r.outputs(0, len(ts), mostDeep)
}

// outputs are the columns of a statement between two tokens: of a union those of its parts, by their place.
func (r *reading) outputs(lo, hi, deep int) ([]Output, error) {
	if deep == 0 {
		return nil, ErrUnread
	}
	for lo < hi && r.ts[lo].text == "(" && r.ts[lo].match == hi-1 {
		lo, hi = lo+1, hi-1
	}
	var parts [][2]int
	from := lo
	for i := lo; i < hi; i++ {
		switch t := r.ts[i]; {
		case t.text == "(" || t.text == "[":
			i = t.match
		case t.is("union") || t.is("intersect") || t.is("except") && i+1 < hi && (r.ts[i+1].is("select") || r.ts[i+1].text == "(" || r.ts[i+1].is("distinct") || r.ts[i+1].is("all")):
			parts = append(parts, [2]int{from, i})
			for i+1 < hi && (r.ts[i+1].is("all") || r.ts[i+1].is("distinct")) {
				i++
			}
			from = i + 1
		}
	}
	if parts == nil {
		return r.selected(lo, hi, deep)
	}
	all, err := r.outputs(parts[0][0], parts[0][1], deep-1)
	for _, p := range append(parts[1:], [2]int{from, hi}) {
		if err != nil {
			return nil, err
		}
		var more []Output
		if more, err = r.outputs(p[0], p[1], deep-1); err == nil && len(more) != len(all) {
			err = ErrUnread
		}
		for i := range min(len(all), len(more)) {
			all[i].From = joined(all[i].From, more[i].From)
		}
	}
	return all, err
}

// ends are the words behind the columns of a SELECT.
var ends = []string{"from", "where", "prewhere", "group", "having", "window", "qualify", "order", "limit", "offset", "settings", "format"}

// selected are the columns of one SELECT.
func (r *reading) selected(lo, hi, deep int) (out []Output, err error) {
	for lo < hi && !r.ts[lo].is("select") {
		if t := r.ts[lo]; t.text == "(" || t.text == "[" {
			lo = t.match
		}
		lo++
	}
	if lo++; lo >= hi {
		return nil, ErrUnread
	}
	if r.ts[lo].is("distinct") {
		lo++
	}
	item := lo
	for i := lo; i <= hi; i++ {
		end := i == hi || slices.ContainsFunc(ends, r.ts[i].is) && !(i > 0 && r.ts[i-1].text == ".")
		if !end && r.ts[i].text != "," {
			if t := r.ts[i]; t.text == "(" || t.text == "[" {
				i = t.match
			}
			continue
		}
		o, err := r.output(item, i, deep)
		if err != nil {
			return nil, err
		}
		if out = append(out, o); end {
			return out, nil
		}
		item = i + 1
	}
	return nil, ErrUnread
}

// output is one column: EXPRESSION as NAME, or a column by its name.
func (r *reading) output(lo, hi, deep int) (o Output, err error) {
	if lo >= hi {
		return o, ErrUnread
	}
	o.Name = r.ts[hi-1].name()
	for i := lo; i+2 < hi; i++ {
		if r.ts[i+1].text != "." {
			continue
		}
		if r.ts[i].is("mart") && i+4 < hi && r.ts[i+3].text == "." { // mart.arrivals.date, in a statement of one table
			o.From = joined(o.From, []Column{{r.ts[i+2].name(), r.ts[i+4].name()}})
			i += 4
			continue
		}
		from, err := r.column(r.ts[i].name(), r.ts[i+2].name(), deep-1)
		if err != nil {
			return o, err
		}
		o.From = joined(o.From, from)
	}
	return o, nil
}

// column is what a column of an alias is made of; none where there is no such alias: mart.arrivals is no column.
func (r *reading) column(alias, name string, deep int) ([]Column, error) {
	if table, ok := r.tables[alias]; ok {
		return []Column{{table, name}}, nil
	}
	var outputs []Output
	var err error
	at, nested := r.nested[alias]
	of, common := r.named[alias]
	switch {
	case nested:
		var ok bool
		if outputs, ok = r.done[alias]; !ok {
			outputs, err = r.outputs(at[0], at[1]+1, deep)
			r.done[alias] = outputs
		}
	case common:
		var ok bool
		if outputs, ok = r.commons[of]; !ok {
			return nil, ErrUnread
		}
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(outputs, func(o Output) bool { return o.Name == name }); i >= 0 {
		return outputs[i].From, nil
	}
	return nil, ErrUnread
}

// joined are the columns of both, each once.
func joined(a, b []Column) []Column {
	a = slices.Clip(a)
	for _, c := range b {
		if !slices.Contains(a, c) {
			a = append(a, c)
		}
	}
	return a
}

// beyond are the clauses that make something else of a table than its own rows.
var beyond = []string{"with", "distinct", "join", "where", "prewhere", "group", "having", "window", "qualify", "limit", "offset", "union", "intersect", "except", "settings"}

// Beyond is the first thing by which a statement gives something else than the rows of the one table that it reads: a clause, or a
// column that is reckoned. Empty: it gives its columns as they are, in some order.
func Beyond(sql string) (string, error) {
	ts, err := tokens(sql)
	if err != nil || len(ts) == 0 {
		return "", cmp.Or(err, ErrUnread)
	}
	if !ts[0].is("select") {
		return ts[0].text, nil
	}
	columns := true
	for i := 1; i < len(ts); i++ {
		t := ts[i]
		switch {
		case slices.ContainsFunc(beyond, t.is):
			return strings.ToUpper(t.text), nil
		case t.is("from"), t.is("order"):
			columns = false
		case columns && t.text != "," && !t.word() && !(t.text == "*" && (i == 1 || ts[i-1].text == ",")):
			return t.text, nil
		}
		if t.text == "(" || t.text == "[" {
			i = t.match
		}
	}
	return "", nil
}
