package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/people"
	"yanzhen/cmd/question"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/past"
	"yanzhen/pipeline/unmasked"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
	inwords "yanzhen/pipeline/warehouse/plain"
)

type queryCmd struct {
	SQL     string            `arg:"" optional:"" help:"One SELECT statement over the views of mart; - reads it from standard input."`
	File    string            `help:"Read the statement from a file." placeholder:"FILE"`
	Out     string            `help:"Write the answer to a file; its ending says the format: .csv, .xlsx, .parquet, .jsonl, .arrow." placeholder:"FILE"`
	Format  string            `help:"A ClickHouse format: PrettyCompactMonoBlock, CSVWithNames, JSONEachRow, Parquet ...; or XLSX." default:"PrettyCompactMonoBlock"`
	CSV     bool              `name:"csv" help:"As CSV with a header; the same as --format CSVWithNames."`
	BOM     bool              `name:"bom" help:"Of CSV: begin with a byte order mark, by which spreadsheets know UTF-8."`
	Param   map[string]string `help:"A value for {name:Type} in the statement; may be given again." placeholder:"NAME=VALUE"`
	Timeout *time.Duration    `help:"The statement is stopped after this long, waiting for its turn included; 0 never. Default: 60s; with --out, database.export.time." placeholder:"TIME"`
}

// Help is printed by yanzhen query --help.
func (*queryCmd) Help() string {
	return `Runs as the analyst: SELECT over mart only, which shows live rows, with names masked.

  yanzhen query "select node, sum(needed) from vacancies group by node order by 2 desc"
  yanzhen query "select count() from arrivals where date >= {from:Date}" --param from=2026-01-01
  yanzhen query "select * from metric('net_inflow', by := ['node'], grain := 'month', from := '2026-01-01')"
  yanzhen query --file question.sql --out answer.xlsx
  yanzhen query --format Parquet "select * from arrivals" > arrivals.parquet
  yanzhen query --csv --bom "select * from arrivals" > arrivals.csv

CSV is as the pages write it: NULL is empty, and a text that a spreadsheet would take for a formula gets an
apostrophe before it.`
}

func (q *queryCmd) Run(ctx context.Context, c *cli) error {
	if q.File != "" && q.File != "-" {
		q.File = kong.ExpandPath(q.File)
	}
	sql, err := question.Statement(q.SQL, q.File)
	if err != nil {
		return c.explain(ctx, nil, "", err)
	}
	if q.CSV {
		q.Format = "CSVWithNames"
	}
	q.Format = question.Format(q.Out, q.Format)
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	timeout := q.timeout(o.config)
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	ctx, rows := warehouse.Tally(ctx)
	asked := question.Begin(o.config.Dir, people.Whoami(), sql)
	text, err := o.calls().Write(ctx, sql, q.Param)
	var db *warehouse.DB
	if err == nil {
		db, err = o.as(ctx, embedded.Analyst)
	}
	if err == nil {
		defer db.Close()
		err = question.Back(q.answer(question.Waiting(ctx, c.err, c.Lang), c, db, text.SQL), text)
	}
	asked.End(rows.Load(), err, c.log)
	access.Shown(ctx, int(rows.Load()))
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New(c.say(fmt.Sprintf("超过 %s（含排队），已停止；--timeout 可放宽", timeout), fmt.Sprintf("stopped after %s, waiting included; --timeout allows more", timeout)))
	}
	return c.explain(ctx, o, sql, err)
}

// newDesk is where the statements of the page run; nil where the database is a server of its own, which has its own roles.
func (o *office) newDesk(log *slog.Logger) *statement.Desk {
	if o.socket == "" {
		return nil
	}
	o.plain = &unmasked.Views{DB: o.loader.DB}
	o.plain.Use(o.catalog)
	return &statement.Desk{Analyst: func(ctx context.Context) (*warehouse.DB, error) { return o.as(ctx, embedded.Analyst) }, Unmasked: func(ctx context.Context) (*warehouse.DB, error) {
		return unmasked.Open(ctx, o.socket)
	}, Plain: o.plain.Make, Reader: o.reader, Metrics: o.calls(), Exports: o.exports(), Log: log, Gone: forget.Book{Dir: o.config.Dir}.Last}
}

// calls writes out the metrics that statements call.
func (o *office) calls() *called.Book {
	if o.book == nil {
		o.book = &called.Book{}
		if o.engine != nil || o.socket != "" && !o.others { // a server has no past, and others would show it by other masks
			o.past = &past.Views{DB: o.loader.DB, Definer: o.loader.Definer, Beside: o.engine == nil}
			o.book.Ready = o.past.For
		}
	}
	if o.past != nil {
		o.past.Use(o.catalog)
	}
	o.book.Use(&compute.Engine{For: access.CommandLine("sql"), Catalog: o.metrics, DB: o.reader, Fresh: time.Second, Duties: o.duties, Office: o.config.zone()})
	return o.book
}

// timeout is how long the statement may take: who writes a file takes more out than who looks at an answer.
func (q *queryCmd) timeout(cfg *config) time.Duration {
	switch {
	case q.Timeout != nil:
		return *q.Timeout
	case q.Out != "":
		return cfg.Database.Export.Time
	}
	return time.Minute
}

// answer asks and writes to where the answer is wanted.
func (q *queryCmd) answer(ctx context.Context, c *cli, db *warehouse.DB, sql string) error {
	out, bom := c.out, ""
	if q.BOM {
		bom = statement.ByteOrderMark
	}
	s := warehouse.Statement{SQL: sql, Params: q.Param, Tag: "query", Who: people.Whoami()}
	if q.Out == "" {
		return question.Answer(ctx, db, s, out, q.Format, bom, c.Lang)
	}
	f, err := os.Create(kong.ExpandPath(q.Out))
	if err != nil {
		return invalid{err}
	}
	err = question.Answer(ctx, db, s, f, q.Format, bom, c.Lang)
	return errors.Join(err, f.Close())
}

// explain puts what the engine said to a statement in words, in the language of the command: it is the asker's to mend.
func (c *cli) explain(ctx context.Context, o *office, sql string, err error) error {
	var fault interface{ In(codes.Lang) string }
	if errors.As(err, &fault) {
		return invalid{errors.New(fault.In(c.Lang))}
	}
	var said *warehouse.Error
	if !errors.As(err, &said) {
		return err
	}
	var names inwords.Names
	if said.Code == 60 || said.Code == 46 {
		names = statement.Names(ctx, o.reader)
	}
	text := inwords.Error(said.Code, said.Message, sql, c.Lang, names)
	if said.Name != "" && !strings.Contains(text, "\n") { // below a mark it would hide what is marked
		text += c.say("（"+said.Name+"）", " ("+said.Name+")")
	}
	return invalid{errors.New(text)}
}
