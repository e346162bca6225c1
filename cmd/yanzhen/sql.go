package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"yanzhen/dashboard/workbook"
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
	Timeout time.Duration     `help:"The statement is stopped after this long, waiting for its turn included; 0 never." default:"60s"`
}

// Help is printed by yanzhen query --help.
func (*queryCmd) Help() string {
	return `Runs as the analyst: SELECT over mart only, which shows live rows, with names masked.

  yanzhen query "select node, sum(needed) from vacancies group by node order by 2 desc"
  yanzhen query "select count() from arrivals where date >= {from:Date}" --param from=2026-01-01
  yanzhen query --file question.sql --out answer.xlsx
  yanzhen query --format Parquet "select * from arrivals" > arrivals.parquet
  yanzhen query --csv --bom "select * from arrivals" > arrivals.csv

CSV is as the pages write it: NULL is empty, and a text that a spreadsheet would take for a formula gets an
apostrophe before it.`
}

// maxStatement bounds a statement that is read.
const maxStatement = 1 << 20

// statement is what is asked: the argument, a file, or standard input.
func (q *queryCmd) statement(c *cli) (string, error) {
	var in io.Reader
	switch {
	case q.File != "" && q.SQL != "":
		return "", invalid{errors.New(c.say("语句和 --file 只能给一个", "give a statement or --file, not both"))}
	case q.File != "" && q.File != "-":
		f, err := os.Open(kong.ExpandPath(q.File))
		if err != nil {
			return "", invalid{errors.New(c.say("打不开文件 ", "cannot open ") + q.File)}
		}
		defer f.Close()
		in = f
	case q.SQL == "-" || q.File == "-":
		in = os.Stdin
	case strings.TrimSpace(q.SQL) == "":
		return "", invalid{errors.New(c.say("没有语句：写在命令里，或用 --file 文件、-（标准输入）", "there is no statement: write it in the command, or use --file FILE or - (standard input)"))}
	default:
		return q.SQL, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, maxStatement+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxStatement {
		return "", invalid{errors.New(c.say("语句超过 1 MB", "the statement is longer than 1 MB"))}
	}
	return string(bytes.TrimPrefix(b, []byte(byteOrderMark))), nil
}

// endings are the formats that the ending of a file stands for.
var endings = map[string]string{
	".csv": "CSVWithNames", ".tsv": "TSVWithNames", ".xlsx": "XLSX", ".parquet": "Parquet", ".jsonl": "JSONEachRow", ".ndjson": "JSONEachRow", ".json": "JSON",
	".arrow": "Arrow", ".md": "Markdown",
}

func (q *queryCmd) Run(ctx context.Context, c *cli) error {
	sql, err := q.statement(c)
	if err != nil {
		return err
	}
	if q.CSV {
		q.Format = "CSVWithNames"
	}
	if q.Out != "" {
		if f, ok := endings[strings.ToLower(filepath.Ext(q.Out))]; ok {
			q.Format = f
		}
	}
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	if q.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.Timeout)
		defer cancel()
	}
	ctx = c.waiting(ctx)
	db, err := o.as(ctx, embedded.Analyst)
	if err == nil {
		defer db.Close()
		err = q.answer(ctx, c, db, sql)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New(c.say(fmt.Sprintf("超过 %s（含排队），已停止；--timeout 可放宽", q.Timeout), fmt.Sprintf("stopped after %s, waiting included; --timeout allows more", q.Timeout)))
	}
	return c.explain(ctx, o, sql, err)
}

// answer asks and writes what comes.
func (q *queryCmd) answer(ctx context.Context, c *cli, db *warehouse.DB, sql string) error {
	format := q.Format
	if strings.EqualFold(format, "XLSX") {
		format = "JSONCompactEachRowWithNamesAndTypes"
	}
	answer, err := db.Stream(ctx, format, warehouse.Statement{SQL: sql, Params: q.Param, Tag: "query"})
	if err != nil {
		return err
	}
	out := c.out
	if q.Out != "" {
		f, err := os.Create(kong.ExpandPath(q.Out))
		if err != nil {
			return invalid{errors.Join(err, answer.Close())}
		}
		defer f.Close()
		out = f
	}
	switch {
	case strings.EqualFold(q.Format, "XLSX"):
		if err = workbook.Rows(out, answer, c.say("结果", "Answer")); errors.Is(err, workbook.ErrTooManyRows) {
			err = invalid{errors.New(c.say("结果超过一张表的 1,048,575 行：用 --format CSVWithNames 或 Parquet，或加 LIMIT", "the answer has more than the 1,048,575 rows of a sheet: use --format CSVWithNames or Parquet, or LIMIT"))}
		}
	case strings.HasPrefix(strings.ToUpper(q.Format), "CSV"):
		if q.BOM {
			io.WriteString(out, byteOrderMark)
		}
		err = copyCSV(out, answer)
	default:
		_, err = io.Copy(out, answer)
	}
	return errors.Join(err, answer.Close())
}

// waiting says on standard error, once, that a statement waits for its turn: the engine says so of it while it does.
func (c *cli) waiting(ctx context.Context) context.Context {
	var once sync.Once
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
		if h.Get(embedded.WaitingHeader) != "" {
			once.Do(func() {
				fmt.Fprintln(c.err, c.say("排队中：同时运行的语句已满，轮到即运行。", "Waiting: as many statements run as may; this one runs when its turn comes."))
			})
		}
		return nil
	}})
}

// explain puts what the engine said to a statement in words, in the language of the command: it is the asker's to mend.
func (c *cli) explain(ctx context.Context, o *office, sql string, err error) error {
	var said *warehouse.Error
	if !errors.As(err, &said) {
		return err
	}
	var names inwords.Names
	if said.Code == 60 || said.Code == 46 {
		names = namesOf(ctx, o.reader)
	}
	text := inwords.Error(said.Code, said.Message, sql, c.Lang, names)
	if said.Name != "" {
		text += c.say("（"+said.Name+"）", " ("+said.Name+")")
	}
	return invalid{errors.New(text)}
}

// namesOf are the views of mart and the functions of the engine; as many as could be had.
func namesOf(ctx context.Context, db *warehouse.DB) (n inwords.Names) {
	type row struct {
		Name string `db:"name"`
	}
	for sql, to := range map[string]*[]string{
		"select name from system.tables where database = 'mart' order by name":            &n.Tables,
		"select name from system.functions where not startsWith(name, '_') order by name": &n.Functions,
	} {
		rows, err := warehouse.Select[row](ctx, db, warehouse.Statement{SQL: sql, Tag: "names"})
		if err != nil {
			continue // a suggestion is a courtesy
		}
		for _, r := range rows {
			*to = append(*to, r.Name)
		}
	}
	return n
}

// statements are the arguments of a command line in which a statement may begin with a comment, which kong would take
// for a flag: a flag has a letter behind its two signs, and no blank in its name.
func statements(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		if !strings.HasPrefix(a, "--") || len(a) == 2 {
			continue
		}
		name, _, _ := strings.Cut(a, "=")
		if first := a[2] | 0x20; first < 'a' || first > 'z' || strings.ContainsAny(name, " \t\n") {
			out[i] = " " + a
		}
	}
	return out
}
