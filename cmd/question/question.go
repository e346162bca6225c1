// Package question is what `yanzhen query` does with a statement: where it is read from, how an answer is written, and what is
// told to who waits. The command itself, its flags and its errors stand in cmd/yanzhen.
package question

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/turns"
)

// maxStatement bounds a statement that is read.
const maxStatement = 1 << 20

// Fault is what the asker does otherwise.
type Fault struct{ codes.Text }

func (f Fault) Error() string { return f.Zh + " / " + f.En }

func fault(zh, en string) error { return Fault{codes.Text{Zh: zh, En: en}} }

// Statement is what is asked: the argument, a file, or standard input for -.
func Statement(argument, file string) (string, error) {
	var in io.Reader
	switch {
	case file != "" && argument != "":
		return "", fault("语句和 --file 只能给一个", "give a statement or --file, not both")
	case argument == "-" || file == "-":
		in = os.Stdin
	case file != "":
		f, err := os.Open(file)
		if err != nil {
			return "", fault("打不开文件 "+file, "cannot open "+file)
		}
		defer f.Close()
		in = f
	case strings.TrimSpace(argument) == "":
		return "", fault("没有语句：写在命令里，或用 --file 文件、-（标准输入）", "there is no statement: write it in the command, or use --file FILE or - (standard input)")
	default:
		return argument, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, maxStatement+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxStatement {
		return "", fault(door.LongStatement.Zh, door.LongStatement.En)
	}
	return string(bytes.TrimPrefix(b, []byte(statement.ByteOrderMark))), nil
}

// endings are the formats that the ending of a file stands for.
var endings = map[string]string{
	".csv": "CSVWithNames", ".tsv": "TSVWithNames", ".xlsx": XLSX, ".parquet": "Parquet", ".jsonl": "JSONEachRow", ".ndjson": "JSONEachRow", ".json": "JSON",
	".arrow": "Arrow", ".md": "Markdown",
}

// XLSX is the one format that is written here and not by the engine.
const XLSX = "XLSX"

// Format is that of a file by its ending; format where the ending says nothing.
func Format(file, format string) string {
	if f, ok := endings[strings.ToLower(filepath.Ext(file))]; ok {
		return f
	}
	return format
}

// Answer asks and writes what comes. BOM is what CSV begins with.
func Answer(ctx context.Context, db *warehouse.DB, s warehouse.Statement, out io.Writer, format, bom string, lang codes.Lang) error {
	err := statement.Answer(ctx, db, s, out, format, bom, lang)
	var no *statement.Fault
	if errors.As(err, &no) {
		return Fault{codes.Text{Zh: no.Zh + "（--format CSVWithNames）", En: no.En + " (--format CSVWithNames)"}}
	}
	return err
}

// Waiting says to who asks, once, that a statement waits for its turn: the engine says so of it while it does.
func Waiting(ctx context.Context, to io.Writer, lang codes.Lang) context.Context {
	return turns.Told(ctx, func(w turns.Waits) { fmt.Fprintln(to, w.Text().In(lang)) })
}

// Arguments are the arguments of a command line in which a statement may begin with a comment, which kong would take
// for a flag: a flag has a letter behind its two signs, and no blank in its name.
func Arguments(args []string) []string {
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
