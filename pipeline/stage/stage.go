// Package stage publishes rows that somebody states, past every rule of the loader, so that a script
// can say what a metric must answer for them. It is for an engine that holds nothing else: never for
// the store of a zone.
package stage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Stage is an engine with the tables of every dataset. It is safe for concurrent use.
type Stage struct {
	db   *warehouse.DB
	sets *dataset.Catalog

	mu    sync.Mutex
	seq   uint64
	batch uint32
	live  [][2]string // dataset and unit
}

// Table is rows of a dataset as text. A dash is a blank cell: the column's declared default, or NULL;
// a list is written a|b. A column that is not named is blank in every row.
type Table struct {
	Dataset string
	Columns []string
	Rows    [][]string
	// First and Last are the business days that the rows cover; zero: as the rows' own dates say.
	First, Last time.Time
	// Sender and Period are those of the submission; empty: nobody said.
	Sender, Period string
}

// New makes the tables. The user of db must be allowed to.
func New(ctx context.Context, db *warehouse.DB, sets *dataset.Catalog) (*Stage, error) {
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: sets}
	return On(db, sets), l.EnsureTables(ctx)
}

// On is a stage on tables that stand already.
func On(db *warehouse.DB, sets *dataset.Catalog) *Stage { return &Stage{db: db, sets: sets} }

// Withdraw takes back everything published so far.
func (s *Stage) Withdraw(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.live) > 0 {
		if err := s.record(ctx, pipeline.Entry{Dataset: s.live[0][0], Unit: s.live[0][1], State: pipeline.Withdrawn}); err != nil {
			return err
		}
		s.live = s.live[1:]
	}
	return nil
}

// record writes a row of the ledger.
func (s *Stage) record(ctx context.Context, e pipeline.Entry) error {
	s.seq++
	e.Seq, e.At, e.Batch = s.seq, time.Now(), s.batch
	return warehouse.Append(ctx, s.db, "meta.ledger", e)
}

// Publish publishes a table as a unit of its own, as the loader does: hidden rows first, then one row
// of the ledger. A table that does not fit its dataset is a *Misfit, and nothing of it is published.
func (s *Stage) Publish(ctx context.Context, t Table) error {
	ds := s.sets.Datasets[t.Dataset]
	if ds == nil {
		return misfit(0, "没有数据集 %s，可用的有 %s", "there is no dataset %s (have %s)", t.Dataset, strings.Join(s.sets.Names(), ", "))
	}
	for _, c := range t.Columns {
		if ds.Column(c) == nil {
			var have []string
			for _, c := range ds.Columns {
				have = append(have, c.Name)
			}
			return misfit(0, "数据集 %s 没有列 %s，可用的有 %s", "dataset %s has no column %s (have %s)", ds.Name, c, strings.Join(have, ", "))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batch++
	if len(t.Rows) > 0 {
		sql, err := t.insert(ds, s.batch)
		if err != nil {
			return err
		}
		if err := s.db.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "stage"}); err != nil {
			return err
		}
	}
	first, last := t.span(ds)
	unit := fmt.Sprintf("test/%d", s.batch)
	s.live = append(s.live, [2]string{ds.Name, unit})
	e := pipeline.Entry{Dataset: ds.Name, Unit: unit, State: pipeline.Published, MinDate: first, MaxDate: last, Sender: t.Sender, Period: t.Period, File: t.Sender + t.Period}
	e.Loaded = uint64(len(t.Rows))
	return s.record(ctx, e)
}

// insert writes the rows as a statement. The columns that are neither named nor have a default are
// left to the table: NULL, 0 or nothing.
func (t Table) insert(ds *dataset.Dataset, batch uint32) (string, error) {
	var names, defaults []string
	for _, name := range t.Columns {
		names = append(names, "`"+name+"`")
	}
	for i := range ds.Columns {
		if c := &ds.Columns[i]; c.Default != "" && !slices.Contains(t.Columns, c.Name) {
			value, err := c.DefaultSQL()
			if err != nil {
				return "", err
			}
			names, defaults = append(names, "`"+c.Name+"`"), append(defaults, value)
		}
	}
	names = append(names, "_batch", "_file", "_sheet", "_row")
	var values []string
	for r, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return "", misfit(r+1, "有 %d 格，应有 %d 格", "%d cells for %d columns", len(row), len(t.Columns))
		}
		cells := make([]string, len(row))
		for i, name := range t.Columns {
			var ok bool
			if c := ds.Column(name); c != nil {
				if cells[i], ok = literal(c, row[i]); !ok {
					return "", misfit(r+1, "列 %s（%s）不能是 %s", "column %s (%s) cannot be %s", name, c.Type, row[i])
				}
			}
		}
		cells = append(append(cells, defaults...), strconv.FormatUint(uint64(batch), 10), "'test'", "''", strconv.Itoa(r+1))
		values = append(values, "("+strings.Join(cells, ", ")+")")
	}
	return "insert into " + ds.Table() + " (" + strings.Join(names, ", ") + ") values " + strings.Join(values, ", "), nil
}

// span is which business days the rows cover; zero where the dataset has none.
func (t Table) span(ds *dataset.Dataset) (first, last time.Time) {
	column := ""
	switch {
	case !t.First.IsZero():
		return t.First, t.Last
	case ds.Period != nil:
		column = ds.Period.Column
	case ds.Partition != nil:
		column = ds.Partition.Column
	}
	at := slices.Index(t.Columns, column)
	for _, row := range t.Rows {
		if at < 0 {
			break
		}
		if d, err := time.Parse(time.DateOnly, row[at]); err == nil {
			if first.IsZero() || d.Before(first) {
				first = d
			}
			if d.After(last) {
				last = d
			}
		}
	}
	return first, last
}

// Misfit: a table does not fit its dataset.
type Misfit struct {
	Row int // counted from 1; 0: the columns
	codes.Text
}

func misfit(row int, zh, en string, args ...any) *Misfit {
	return &Misfit{row, codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Error has both languages.
func (m *Misfit) Error() string { return m.Zh + " / " + m.En }

// literal writes a cell as the engine reads it; ok is false where it is no value of the column.
func literal(c *dataset.Column, cell string) (sql string, ok bool) {
	if cell == "-" {
		switch {
		case c.Nullable() && c.Default == "":
			return "NULL", true
		case c.Type == dataset.Strings:
			return "[]", true
		}
		sql, err := c.DefaultSQL()
		return sql, c.Default != "" && err == nil
	}
	switch c.Type {
	case dataset.String, dataset.Low, dataset.Code, dataset.CreditCode:
		return quote(cell), true
	case dataset.Strings:
		return warehouse.Strings(strings.Split(cell, "|")), true
	case dataset.Date:
		_, err := time.Parse(time.DateOnly, cell)
		return "toDate32(" + quote(cell) + ")", err == nil
	case dataset.Bool:
		switch cell {
		case "1", "true", "yes", "是":
			return "true", true
		case "0", "false", "no", "否":
			return "false", true
		}
		return "", false
	case dataset.Float64:
		_, err := strconv.ParseFloat(cell, 64)
		return cell, err == nil
	case dataset.Person:
		_, err := strconv.ParseUint(cell, 10, 64)
		return cell, err == nil
	}
	bits, _ := strconv.Atoi(strings.TrimPrefix(string(c.Type), "int"))
	_, err := strconv.ParseInt(cell, 10, bits)
	return cell, err == nil
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\0`).Replace(s) + "'"
}
