package metric_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Beside each file of metrics stands a .test: rows in, numbers out. A script is made of blocks, each
// a command and the indented lines below it; # begins a comment.
//
//	clear                      withdraw everything loaded so far
//	load DATASET [min..max]    publish a table: a line of columns, then rows; - is NULL, 'a b' one cell
//	eval METRIC FROM..TO [ten|month|quarter|half|year] [window ytd|r3|r12] [by DIM,DIM] [where DIM=V|V,DIM=V] [yoy|pop|ytd|spring] [limit N]
//	    [period] [key ...] VALUE [base=B] [change=C] [partial] [record]
//	                           every point, in any order; VALUE is a number or the reason it is
//	                           missing (no_rows, zero_base, ...); a key '' is not stated
//	fail METRIC ...            the same question is invalid; the line below is part of the message
//
// A number is compared to 1e-9 of itself. Base and change are compared where the line names them.
func TestScripts(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := metric.LoadFS(configs.FS, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(configs.FS, "metrics/*.test")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	db := warehousetest.Open(t)
	stage := newStage(t, db, sets)
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".test"), func(t *testing.T) {
			text, err := fs.ReadFile(configs.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			stage.clear(t)
			s := &script{
				t: t, file: file, stage: stage, cat: cat, covered: covered,
				engine: &metric.Engine{Catalog: cat, DB: warehousetest.OpenAs(t, "reader")},
			}
			s.run(string(text))
		})
	}
	for _, m := range cat.Metrics() {
		if !covered[m.Name] {
			t.Errorf("metric %s has no eval in any metrics/*.test", m.Name)
		}
	}
}

type script struct {
	t       *testing.T
	file    string
	stage   *stage
	cat     *metric.Catalog
	engine  *metric.Engine
	covered map[string]bool
}

type line struct {
	nr     int
	fields []string
	text   string
}

func (s *script) run(text string) {
	var block []line
	flush := func() {
		if len(block) > 0 {
			s.block(block[0], block[1:])
		}
		block = nil
	}
	sc := bufio.NewScanner(strings.NewReader(text))
	for nr := 1; sc.Scan(); nr++ {
		raw := sc.Text()
		trimmed := strings.TrimSpace(raw)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if raw[0] != ' ' && raw[0] != '\t' {
			flush()
		} else if len(block) == 0 {
			s.t.Fatalf("%s:%d: an indented line without a command", s.file, nr)
		}
		block = append(block, line{nr, split(trimmed), trimmed})
	}
	flush()
}

// split parts fields at spaces; 'a b' is one field.
func split(s string) []string {
	var fields []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '\'' {
			if end := strings.IndexByte(s[1:], '\''); end >= 0 {
				fields, s = append(fields, "'"+s[1:end+1]), s[end+2:]
				continue
			}
		}
		f := strings.Fields(s)[0]
		fields, s = append(fields, f), s[len(f):]
	}
	for i, f := range fields {
		if strings.HasPrefix(f, "'") {
			fields[i] = f[1:]
		}
	}
	return fields
}

func (s *script) block(cmd line, body []line) {
	s.t.Helper()
	fail := func(l line, format string, args ...any) {
		s.t.Helper()
		s.t.Errorf("%s:%d: %s: %s", s.file, l.nr, cmd.text, fmt.Sprintf(format, args...))
	}
	switch cmd.fields[0] {
	case "clear":
		s.stage.clear(s.t)
	case "load":
		if len(body) == 0 {
			s.t.Fatalf("%s:%d: load without rows", s.file, cmd.nr)
		}
		var rows [][]string
		for _, l := range body[1:] {
			if len(l.fields) != len(body[0].fields) {
				s.t.Fatalf("%s:%d: %d cells for %d columns", s.file, l.nr, len(l.fields), len(body[0].fields))
			}
			rows = append(rows, l.fields)
		}
		span := ""
		if len(cmd.fields) > 2 {
			span = cmd.fields[2]
		}
		s.stage.load(s.t, cmd.fields[1], body[0].fields, rows, span)
	case "fail":
		q, err := parseQuery(cmd.fields[1:])
		if err != nil {
			s.t.Fatalf("%s:%d: %v", s.file, cmd.nr, err)
		}
		_, err = s.engine.Run(s.t.Context(), q)
		switch {
		case err == nil:
			fail(cmd, "got an answer, want an error")
		case !errors.Is(err, metric.ErrInvalid):
			fail(cmd, "got %v, want ErrInvalid", err)
		default:
			for _, l := range body {
				if !strings.Contains(err.Error(), l.text) {
					fail(l, "got %q, want %q in it", err, l.text)
				}
			}
		}
	case "eval":
		q, err := parseQuery(cmd.fields[1:])
		if err != nil {
			s.t.Fatalf("%s:%d: %v", s.file, cmd.nr, err)
		}
		r, err := s.engine.Run(s.t.Context(), q)
		if err != nil {
			fail(cmd, "%v", err)
			return
		}
		s.covered[q.Metric] = true
		left := slices.Clone(r.Points)
		for _, l := range body {
			want, err := parsePoint(l.fields, q)
			if err != nil {
				s.t.Fatalf("%s:%d: %v", s.file, l.nr, err)
			}
			i := slices.IndexFunc(left, func(p metric.Point) bool {
				return slices.Equal(p.Keys, want.keys) && (want.period == "" || strings.HasPrefix(p.From.Format(time.DateOnly), want.period))
			})
			if i < 0 {
				fail(l, "no such point: %s\n%s", l.text, show(r))
				continue
			}
			if diff := want.diff(left[i]); diff != "" {
				fail(l, "%s\n%s", diff, show(r))
			}
			left = slices.Delete(left, i, i+1)
		}
		if len(left) > 0 {
			fail(cmd, "%d points that the script does not list\n%s", len(left), show(r))
		}
	default:
		s.t.Fatalf("%s:%d: unknown command %q", s.file, cmd.nr, cmd.fields[0])
	}
}

func parseQuery(f []string) (metric.Query, error) {
	if len(f) < 2 {
		return metric.Query{}, fmt.Errorf("a metric and FROM..TO are missing")
	}
	q := metric.Query{Metric: f[0]}
	from, to, ok := strings.Cut(f[1], "..")
	if !ok {
		return q, fmt.Errorf("%q is not FROM..TO", f[1])
	}
	var err error
	if q.From, err = metric.ParseDay(from); err != nil {
		return q, err
	}
	if q.To, err = metric.ParseDay(to); err != nil {
		return q, err
	}
	for i := 2; i < len(f); i++ {
		value := ""
		switch f[i] {
		case "by", "where", "limit", "window":
			if i++; i == len(f) {
				return q, fmt.Errorf("%s needs a value", f[i-1])
			}
			value = f[i]
		}
		switch {
		case f[i-1] == "window" && value != "":
			q.Window = days.Window(value)
		case f[i] == "yoy" || f[i] == "pop" || f[i] == "ytd" || f[i] == "spring":
			q.Compare = metric.Compare(f[i])
		case value == "":
			q.Grain = days.Grain(f[i])
		case f[i-1] == "by":
			q.By = strings.Split(value, ",")
		case f[i-1] == "where":
			for _, w := range strings.Split(value, ",") {
				dim, values, _ := strings.Cut(w, "=")
				q.Where = append(q.Where, metric.Filter{Dim: dim, Values: strings.Split(values, "|")})
			}
		case f[i-1] == "limit":
			if q.Limit, err = strconv.Atoi(value); err != nil {
				return q, err
			}
		}
	}
	return q, nil
}

type want struct {
	period          string
	keys            []string
	value           string
	base, change    string
	partial, record bool
}

func parsePoint(f []string, q metric.Query) (want, error) {
	var w want
	if q.Grain != days.Total {
		if len(f) == 0 {
			return w, fmt.Errorf("the period is missing")
		}
		w.period, f = f[0], f[1:]
	}
	if len(f) < len(q.By)+1 {
		return w, fmt.Errorf("%d keys and a value are needed", len(q.By))
	}
	if len(q.By) > 0 {
		w.keys, f = f[:len(q.By)], f[len(q.By):]
	}
	w.value = f[0]
	for _, x := range f[1:] {
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
			return w, fmt.Errorf("unknown mark %q", x)
		}
	}
	return w, nil
}

func (w want) diff(p metric.Point) string {
	var faults []string
	check := func(name, want string, v *float64, why string) {
		got := why
		if v != nil {
			got = strconv.FormatFloat(*v, 'g', -1, 64)
		}
		x, err := strconv.ParseFloat(want, 64)
		if err == nil && v != nil && math.Abs(x-*v) <= 1e-9*math.Max(1, math.Abs(x)) {
			return
		}
		if got != want {
			faults = append(faults, fmt.Sprintf("%s is %s, want %s", name, got, want))
		}
	}
	check("value", w.value, p.Value, p.Why)
	if w.base != "" {
		check("base", w.base, p.Base, "null")
	}
	if w.change != "" {
		check("change", w.change, p.Change, p.WhyChange)
	}
	if w.partial != p.Partial {
		faults = append(faults, fmt.Sprintf("partial is %v", p.Partial))
	}
	if w.record != p.Record {
		faults = append(faults, fmt.Sprintf("record is %v", p.Record))
	}
	return strings.Join(faults, "; ")
}

func show(r *metric.Result) string {
	var b strings.Builder
	b.WriteString("the answer was\n")
	number := func(v *float64, why string) string {
		if v == nil {
			return why
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	for _, p := range r.Points {
		fmt.Fprintf(&b, "    %s %q %s base=%s change=%s partial=%v record=%v\n", p.From.Format(time.DateOnly), p.Keys,
			number(p.Value, p.Why), number(p.Base, "null"), number(p.Change, p.WhyChange), p.Partial, p.Record)
	}
	return b.String()
}

// stage publishes rows as the loader does: hidden rows, then one row of the ledger.
type stage struct {
	db    *warehouse.DB
	sets  *dataset.Catalog
	mu    sync.Mutex
	seq   uint64
	batch uint32
	live  [][2]string // dataset, unit
}

func newStage(t testing.TB, db *warehouse.DB, sets *dataset.Catalog) *stage {
	t.Helper()
	s := &stage{db: db, sets: sets}
	text, err := os.ReadFile("../../pipeline/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, stmt := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(stmt) != "" {
			s.exec(t, strings.ReplaceAll(stmt, "{definer}", "default"))
		}
	}
	for _, name := range sets.Names() {
		s.exec(t, sets.Datasets[name].DDL())
		s.exec(t, sets.Datasets[name].ViewDDL())
	}
	return s
}

func (s *stage) exec(t testing.TB, sql string) {
	t.Helper()
	if err := s.db.Exec(context.Background(), warehouse.SQL(sql)); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

func (s *stage) ledger(t testing.TB, dataset, unit, state, min, max string) {
	s.seq++
	s.exec(t, fmt.Sprintf("insert into meta.ledger (seq, at, batch, dataset, unit, state, min_date, max_date) values (%d, now64(6), %d, %s, %s, %s, %s, %s)",
		s.seq, s.batch, quote(dataset), quote(unit), quote(state), date(min), date(max)))
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func date(s string) string {
	if s == "" {
		return "null"
	}
	return "toDate32('" + s + "')"
}

func (s *stage) clear(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.live {
		s.ledger(t, u[0], u[1], "withdrawn", "", "")
	}
	s.live = nil
}

// load publishes rows as a new unit. Span "min..max" says which business days they cover where that
// is not what the rows say.
func (s *stage) load(t testing.TB, name string, header []string, rows [][]string, span string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ds := s.sets.Datasets[name]
	if ds == nil {
		t.Fatalf("unknown dataset %s (have %s)", name, strings.Join(s.sets.Names(), ", "))
	}
	for _, h := range header {
		if ds.Column(h) == nil {
			t.Fatalf("dataset %s has no column %s", name, h)
		}
	}
	dates := ""
	switch {
	case ds.Period != nil:
		dates = ds.Period.Column
	case ds.Partition != nil:
		dates = ds.Partition.Column
	}
	s.batch++
	var first, last string
	var values []string
	for r, row := range rows {
		var cells []string
		for i := range ds.Columns {
			c := &ds.Columns[i]
			at := slices.Index(header, c.Name)
			cell := c.Default
			if at >= 0 {
				cell = row[at]
			}
			if c.Name == dates && at >= 0 && cell != "-" {
				if first == "" || cell < first {
					first = cell
				}
				last = max(last, cell)
			}
			cells = append(cells, literal(c, cell, at >= 0))
		}
		values = append(values, fmt.Sprintf("(%s, %d, 'test', '', %d)", strings.Join(cells, ", "), s.batch, r+1))
	}
	if span != "" {
		first, last, _ = strings.Cut(span, "..")
	}
	var cols []string
	for _, c := range ds.TableColumns() {
		cols = append(cols, "`"+c.Name+"`")
	}
	s.exec(t, "insert into store."+name+" ("+strings.Join(cols, ", ")+") values "+strings.Join(values, ", "))
	unit := fmt.Sprintf("test/%d", s.batch)
	s.ledger(t, name, unit, "published", first, last)
	s.live = append(s.live, [2]string{name, unit})
}

func literal(c *dataset.Column, cell string, given bool) string {
	if cell == "-" || !given && cell == "" {
		switch {
		case c.Nullable():
			return "null"
		case c.Type == dataset.Strings:
			return "[]"
		case cell == "-" && given:
			return "null" // the engine refuses it, as it should
		}
	}
	switch c.Type {
	case dataset.String, dataset.Low, dataset.Code, dataset.CreditCode:
		return quote(cell)
	case dataset.Date:
		if cell == "" {
			cell = "1970-01-01"
		}
		return date(cell)
	case dataset.Strings:
		return warehouse.Strings(strings.Split(cell, "|"))
	case dataset.Bool:
		if cell == "1" || cell == "true" || cell == "yes" {
			return "true"
		}
		return "false"
	}
	if cell == "" {
		return "0"
	}
	return cell
}
