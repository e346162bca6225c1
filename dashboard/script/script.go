// Package script says what metrics must answer: rows in, number out. A script stands beside the file
// that declares the metrics, metrics/inflow.test beside metrics/inflow.yaml; `yanzhen test` runs it,
// and so does the build for every metric that is shipped.
//
// There is nothing but what a script loads, not even the declared chains and the calendar.
//
// A script is made of blocks: a command, and the indented lines below it. A # begins a comment line;
// cells stand apart by blanks, and one that holds a blank is quoted: 'a b'.
//
//	clear                         withdraw everything loaded so far
//	load DATASET [FIRST..LAST]    publish rows; FIRST..LAST are the days they cover, where that is
//	    COLUMN ...                not what their dates say. The first line names columns of the
//	    CELL ...                  dataset; a dash is no value, a list is a|b, a code is the code.
//	eval METRIC FROM..TO [ten|month|quarter|half|year] [window ytd|r3|r12] [by DIM,DIM]
//	     [where DIM=V|V,DIM=V] [yoy|pop|ytd|spring] [limit N]
//	    [PERIOD] [KEY ...] VALUE [base=B] [change=C] [partial] [record]
//	    ...                       every point of the answer, in any order
//	eval METRIC ...
//	    expect fail               the question is refused
//	eval METRIC ...
//	    expect fail msg: TEXT     ... and this is all that is said of it, in either language
//	eval METRIC ...
//	    expect fail regex: RE     ... or it matches this, in either language
//
// FROM..TO is half open: TO is the first day after. PERIOD is the first day of the point's period, or
// the beginning of it (2026, 2026-01), and stands where the question has a grain; a KEY for each
// dimension of `by`, ” where it is not known. VALUE is a number, compared to 1e-9 of itself, or why
// there is none: no_rows, zero_base, undefined ... Base and change are compared where the line names
// them, partial (the period is unfinished) and record always.
package script

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/stage"
)

// maxLines bounds a script, maxAnswer what is printed of an answer that is not what it should be.
const (
	maxLines  = 20_000
	maxAnswer = 30
)

// Script is a script that was read.
type Script struct {
	File  string
	steps []step
}

// step is one command.
type step struct {
	line  int
	text  string       // as it is written
	clear bool         // withdraw everything
	table *stage.Table // or publish these rows
	rows  []int        // their lines
	eval  *evaluator   // or ask
}

type evaluator struct {
	query   metric.Query
	points  []point
	refused bool
	message string         // all that is said of the refusal; empty: anything
	pattern *regexp.Regexp // or what it must match
}

// point is a point as the script wants it.
type point struct {
	line            int
	text            string
	period          string
	keys            []string
	value           string
	base, change    string
	partial, record bool
}

// line is a line that says something.
type line struct {
	nr     int
	fields []string
	text   string
}

type parser struct {
	*Script
	faults []error
}

func (p *parser) fault(nr int, zh, en string, args ...any) {
	p.faults = append(p.faults, &declare.Fault{File: p.File, Line: nr, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)})
}

// Parse reads a script. The error joins a *declare.Fault for every line that cannot be read.
func Parse(file, text string) (*Script, error) {
	p := &parser{Script: &Script{File: file}}
	var block []line
	flush := func() {
		if len(block) > 0 {
			p.block(block[0], block[1:])
		}
		block = nil
	}
	nr := 0
	for raw := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if nr++; nr > maxLines {
			p.fault(nr, "超过 %d 行，请分成几个脚本", "more than %d lines: make several scripts of it", maxLines)
			break
		}
		trimmed := strings.TrimSpace(raw)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if raw[0] != ' ' && raw[0] != '\t' {
			flush()
		} else if len(block) == 0 {
			p.fault(nr, "缩进的行上面没有命令", "an indented line without a command above it")
			continue
		}
		block = append(block, line{nr, fields(trimmed), trimmed})
	}
	flush()
	return p.Script, errors.Join(p.faults...)
}

// fields parts a line at blanks; 'a b' is one field.
func fields(s string) []string {
	var list []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '\'' {
			if end := strings.IndexByte(s[1:], '\''); end >= 0 {
				list, s = append(list, s[1:end+1]), s[end+2:]
				continue
			}
			s = s[1:]
		}
		end := strings.IndexAny(s, " \t")
		if end < 0 {
			end = len(s)
		}
		list, s = append(list, s[:end]), s[end:]
	}
	return list
}

func (p *parser) block(cmd line, body []line) {
	s := step{line: cmd.nr, text: cmd.text}
	switch cmd.fields[0] {
	case "clear":
		s.clear = true
		if len(cmd.fields) > 1 || len(body) > 0 {
			p.fault(cmd.nr, "clear 单独成行", "clear stands alone")
		}
	case "load":
		s.table, s.rows = p.load(cmd, body)
	case "eval":
		s.eval = p.eval(cmd, body)
	default:
		p.fault(cmd.nr, "没有命令 %s，可用的有 clear、load、eval", "there is no command %s (have clear, load, eval)", cmd.fields[0])
	}
	p.steps = append(p.steps, s)
}

func (p *parser) load(cmd line, body []line) (t *stage.Table, lines []int) {
	t = &stage.Table{}
	if len(cmd.fields) < 2 || len(cmd.fields) > 3 || len(body) == 0 {
		p.fault(cmd.nr, "写法是 load 数据集 [起日..止日]，下面一行列名，再下面是各行", "write load DATASET [FIRST..LAST], below it a line of columns, then the rows")
		return t, nil
	}
	t.Dataset, t.Columns = cmd.fields[1], body[0].fields
	if len(cmd.fields) == 3 {
		first, last, ok := strings.Cut(cmd.fields[2], "..")
		var err error
		if t.First, err = metric.ParseDay(first); err == nil {
			t.Last, err = metric.ParseDay(last)
		}
		if !ok || err != nil || t.Last.Before(t.First) {
			p.fault(cmd.nr, "%s 不是 起日..止日", "%s is not FIRST..LAST", cmd.fields[2])
		}
	}
	for _, l := range body[1:] {
		if len(l.fields) != len(t.Columns) {
			p.fault(l.nr, "有 %d 格，应有 %d 格", "%d cells for %d columns", len(l.fields), len(t.Columns))
			continue
		}
		t.Rows, lines = append(t.Rows, l.fields), append(lines, l.nr)
	}
	return t, lines
}

func (p *parser) eval(cmd line, body []line) *evaluator {
	e := &evaluator{}
	e.query = p.query(cmd)
	for _, l := range body {
		if l.fields[0] != "expect" {
			e.points = append(e.points, p.point(l, e.query))
			continue
		}
		p.refusal(e, l)
	}
	if e.refused && len(body) > 1 {
		p.fault(body[1].nr, "expect fail 下不再列数", "a refusal has no other line")
	}
	return e
}

func (p *parser) refusal(e *evaluator, l line) {
	e.refused = true
	how, text, _ := strings.Cut(strings.Join(strings.Fields(l.text), " "), ": ")
	var err error
	switch {
	case how == "expect fail" && text == "":
	case how == "expect fail msg" && text != "":
		e.message = text
	case how == "expect fail regex" && text != "":
		if e.pattern, err = regexp.Compile(text); err != nil {
			p.fault(l.nr, "不是正则表达式：%s", "no regular expression: %s", text)
		}
	default:
		p.fault(l.nr, "写法是 expect fail、expect fail msg: 全文 或 expect fail regex: 正则表达式", "write expect fail, expect fail msg: TEXT or expect fail regex: PATTERN")
	}
}

func (p *parser) query(cmd line) metric.Query {
	f := cmd.fields[1:]
	if len(f) < 2 {
		p.fault(cmd.nr, "写法是 eval 指标 起日..止日 ...", "write eval METRIC FROM..TO ...")
		return metric.Query{}
	}
	q := metric.Query{Metric: f[0]}
	from, to, ok := strings.Cut(f[1], "..")
	var err error
	if q.From, err = metric.ParseDay(from); err == nil {
		q.To, err = metric.ParseDay(to)
	}
	if !ok || err != nil {
		p.fault(cmd.nr, "%s 不是 起日..止日，如 2026-01-01..2026-07-01", "%s is not FROM..TO, as in 2026-01-01..2026-07-01", f[1])
	}
	for f = f[2:]; len(f) > 0; f = f[1:] {
		switch word := f[0]; word {
		case "yoy", "pop", "ytd", "spring":
			q.Compare = metric.Compare(word)
		case "by", "where", "limit", "window":
			if len(f) == 1 {
				p.fault(cmd.nr, "%s 之后缺少内容", "%s needs a value", word)
				return q
			}
			f = f[1:]
			p.option(cmd, &q, word, f[0])
		default:
			q.Grain = days.Grain(word) // an unknown one is refused by the engine, which a script may want to see
		}
	}
	return q
}

func (p *parser) option(cmd line, q *metric.Query, word, value string) {
	switch word {
	case "by":
		q.By = strings.Split(value, ",")
	case "window":
		q.Window = days.Window(value)
	case "limit":
		n, err := strconv.Atoi(value)
		if err != nil {
			p.fault(cmd.nr, "limit 之后应是数字，不是 %s", "limit needs a number, not %s", value)
		}
		q.Limit = n
	case "where":
		for _, w := range strings.Split(value, ",") {
			dim, values, ok := strings.Cut(w, "=")
			if !ok {
				p.fault(cmd.nr, "%s 不是 维度=取值", "%s is not DIM=VALUE", w)
			}
			q.Where = append(q.Where, metric.Filter{Dim: dim, Values: strings.Split(values, "|")})
		}
	}
}

func (p *parser) point(l line, q metric.Query) point {
	w := point{line: l.nr, text: l.text}
	f := l.fields
	if q.Grain != days.Total {
		w.period, f = f[0], f[1:]
	}
	if len(f) < len(q.By)+1 {
		if q.Grain != days.Total {
			p.fault(l.nr, "应有期间、%d 个维度的取值和一个数", "want a period, a key for each of %d dimensions, and a number", len(q.By))
		} else {
			p.fault(l.nr, "应有 %d 个维度的取值和一个数", "want a key for each of %d dimensions, and a number", len(q.By))
		}
		return w
	}
	w.keys, w.value, f = slices.Clone(f[:len(q.By)]), f[len(q.By)], f[len(q.By)+1:]
	for _, x := range f {
		switch name, v, _ := strings.Cut(x, "="); name {
		case "base":
			w.base = v
		case "change":
			w.change = v
		case "partial":
			w.partial = true
		case "record":
			w.record = true
		default:
			p.fault(l.nr, "没有标记 %s，可用的有 base=、change=、partial、record", "there is no mark %s (have base=, change=, partial, record)", x)
		}
	}
	return w
}
