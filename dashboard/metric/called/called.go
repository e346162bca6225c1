// Package called writes the metrics that a statement calls, metric('net_inflow', by := ['node'], grain := 'month'), as the
// statements that they are compiled to, so that SQL selects the same numbers that pages show. What cannot be is told with its
// place.
package called

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// mostCalls bounds the metrics that one statement calls.
const mostCalls = 20

// Text is a statement whose metrics are written out.
type Text struct {
	SQL   string
	Calls []Call
}

// Call is a metric that was called: where it stood, and where what it became stands in Text.SQL.
type Call struct {
	Query    metric.Query
	From, To int // bytes of the statement as it was written
	at, end  int // bytes of Text.SQL
}

// Back is the place in the statement as it was written of a place in Text.SQL: of one within a metric, the metric's.
func (t Text) Back(at int) int {
	moved := 0
	for _, c := range t.Calls {
		switch {
		case at < c.at:
			return at - moved
		case at < c.end:
			return c.From
		}
		moved = c.end - c.To
	}
	return at - moved
}

// Fault is why a metric cannot be called, in both languages, and where it stands.
type Fault struct {
	codes.Text
	From, To int
}

func (f *Fault) Error() string { return f.Zh + " / " + f.En }

// Book writes metrics out.
type Book struct {
	Engine *compute.Engine
	// Ready makes what a statement reads, before it is written out; nil: it is there.
	Ready func(ctx context.Context, sql string) error
	next  atomic.Pointer[compute.Engine]
}

// Use takes another engine from now on, whose catalog may be another.
func (b *Book) Use(e *compute.Engine) { b.next.Store(e) }

func (b *Book) engine() *compute.Engine {
	if e := b.next.Load(); e != nil {
		return e
	}
	return b.Engine
}

// Write writes out the metrics of a statement; params are the values of its {name:Type}. A statement without a metric is left
// as it is. An error that is no *Fault is the database's.
func (b *Book) Write(ctx context.Context, sql string, params map[string]string) (Text, error) {
	var out strings.Builder
	t := Text{}
	last := 0
	if b.Ready != nil {
		if err := b.Ready(ctx, sql); err != nil {
			return t, err
		}
	}
	for _, at := range find(sql) {
		if len(t.Calls) >= mostCalls {
			return t, fault(at, at+len(word), "一条语句最多用 %d 个指标", "a statement calls at most %d metrics", mostCalls)
		}
		p := &reader{sql: sql, at: at, params: params}
		asked, err := p.call()
		if err != nil {
			return t, err
		}
		q, text, err := b.compile(ctx, asked)
		if err != nil {
			return t, told(err, at, p.at)
		}
		out.WriteString(sql[last:at])
		c := Call{Query: q, From: at, To: p.at, at: out.Len()}
		out.WriteString(text)
		c.end = out.Len()
		t.Calls = append(t.Calls, c)
		last = p.at
	}
	out.WriteString(sql[last:])
	t.SQL = out.String()
	return t, nil
}

// told gives a refusal of a metric its place.
func told(err error, from, to int) error {
	var no *metric.Invalid
	if errors.As(err, &no) {
		return &Fault{codes.Text{Zh: no.In(codes.Zh), En: no.In(codes.En)}, from, to}
	}
	return err
}

// compile writes what is asked as a subquery. Days that are not said are those of the year of the data.
func (b *Book) compile(ctx context.Context, a asked) (metric.Query, string, error) {
	q := metric.Query{Metric: a.name, By: a.by, Where: a.where}
	m := b.engine().Catalog.Metric(a.name)
	if m == nil {
		_, err := b.engine().Catalog.Check(q)
		return q, "", err
	}
	var err error
	if q.Grain, err = metric.ParseGrain(a.grain); err != nil {
		return q, "", err
	}
	if q.Window, err = metric.ParseWindow(a.window); err != nil {
		return q, "", err
	}
	date, err := b.engine().DataDate(ctx, m.Datasets()...)
	if err != nil {
		return q, "", err
	}
	if date.IsZero() && (a.from == "" || a.to == "") {
		return q, "", metric.Refuse("指标 %s 还没有已发布的数据，或没有说明数据截至何时：写 from 和 to", "of metric %s nothing is published, or it is not said how far the data go: give from and to", a.name)
	}
	q.From, q.To = days.Date(date.Year(), 1, 1), date.AddDate(0, 0, 1)
	for text, day := range map[string]*days.Day{a.from: &q.From, a.to: &q.To} {
		if text == "" {
			continue
		}
		if *day, err = metric.ParseDay(text); err != nil {
			return q, "", err
		}
	}
	s, err := b.engine().Statement(ctx, q)
	if err != nil {
		return q, "", err
	}
	columns := []string{"toDate32(_period) as period"}
	for i, dim := range q.By {
		columns = append(columns, "_k"+strconv.Itoa(i)+" as "+dim)
	}
	columns = append(columns, "toNullable(toFloat64(_value)) as value", "toUInt64(_n) as rows")
	return q, "(select " + strings.Join(columns, ", ") + " from (\n" + inlined(s) + "\n))", nil
}

var paramRe = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*):([^{}]+)\}`)

// inlined is a statement with its values in it: it stands within another that has parameters of its own.
func inlined(s warehouse.Statement) string {
	return paramRe.ReplaceAllStringFunc(s.SQL, func(ref string) string {
		m := paramRe.FindStringSubmatch(ref)
		value, ok := s.Params[m[1]]
		if !ok {
			return ref
		}
		if !strings.HasPrefix(m[2], "Array(") {
			value = quoted(value)
		}
		return "CAST(" + value + ", " + quoted(m[2]) + ")"
	})
}

func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// names are the arguments after the name of the metric.
var names = []string{"by", "grain", "from", "to", "where", "window"}

// asked is a call as it was read.
type asked struct {
	name, grain, window, from, to string
	by                            []string
	where                         []metric.Filter
}

// set takes an argument.
func (a *asked) set(name string, values []string) {
	one := strings.Join(values, ",")
	switch name {
	case "by":
		for _, v := range values { // 'node,chain' is two, as on the command line
			for _, dim := range strings.Split(v, ",") {
				if dim = strings.TrimSpace(dim); dim != "" {
					a.by = append(a.by, dim)
				}
			}
		}
	case "grain":
		a.grain = one
	case "window":
		a.window = one
	case "from":
		a.from = one
	case "to":
		a.to = one
	case "where":
		for _, v := range values {
			dim, value, _ := strings.Cut(v, "=")
			i := slices.IndexFunc(a.where, func(f metric.Filter) bool { return f.Dim == dim })
			if i < 0 {
				i, a.where = len(a.where), append(a.where, metric.Filter{Dim: strings.TrimSpace(dim)})
			}
			a.where[i].Values = append(a.where[i].Values, strings.TrimSpace(value))
		}
	}
}
