package senders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/mapping"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Mapped is a dataset as a sender calls its columns, by what was confirmed in an installation's directory, and the name of all that.
func Mapped(dir string) (known func(*dataset.Dataset, string, [][]string) (*dataset.Dataset, []codes.Text, error), state func() string) {
	book := mapping.Book{Dir: dir}
	return book.Known, book.State
}

// MappingFlags are what may be asked of the headings that are remembered.
type MappingFlags struct {
	Sender   string `arg:"" optional:"" help:"Who calls a column so; none lists all that is remembered."`
	Dataset  string `arg:"" optional:"" help:"Dataset."`
	Heading  string `arg:"" optional:"" help:"The heading in the sender's files."`
	Column   string `help:"The column that it is: remember it." placeholder:"NAME" xor:"do"`
	Withdraw bool   `help:"Read it as this column no more." xor:"do"`
	By       string `help:"Who wants it. Default: who is logged in." placeholder:"NAME"`
}

// Take lists what is remembered, remembers one more, or withdraws one.
func (f *MappingFlags) Take(_ context.Context, z Zone, dir, me string, out io.Writer) error {
	book := mapping.Book{Dir: dir}
	if f.Column == "" && !f.Withdraw {
		return f.list(z, book, out)
	}
	ds := z.Catalog.Datasets[f.Dataset]
	if ds == nil {
		return z.Invalid(fmt.Errorf(z.say("没有数据集 %s%s", "there is no dataset %s%s"), f.Dataset, nearest(f.Dataset, z.Catalog.Names(), z.Lang)))
	}
	m := mapping.Mapping{Sender: strings.TrimSpace(f.Sender), Dataset: ds.Name, Heading: f.Heading, Column: f.Column, By: f.By, At: z.Local(time.Now())}
	if m.By == "" {
		m.By = me
	}
	var was mapping.Mapping
	var err error
	if f.Withdraw {
		was, err = book.Withdraw(m)
	} else {
		was, err = book.Confirm(ds, m)
	}
	if no, ok := errors.AsType[*mapping.Refusal](err); ok {
		hint := ""
		if f.Withdraw {
			hint = z.say("；yanzhen mapping 列出记住的", "; yanzhen mapping lists those that are")
		}
		return z.Invalid(errors.New(no.Text.In(z.Lang) + hint))
	}
	if err != nil {
		return err
	}
	return trace(dir, me, was, m)
}

// trace writes into the audit trail from what to what a heading was changed; the command as it was typed stands there too.
func trace(dir, me string, was, is mapping.Mapping) error {
	said := func(m mapping.Mapping) string {
		if m.Column == "" {
			return "-"
		}
		return m.Column + " (" + m.By + " " + m.At.Format(time.DateOnly) + ")"
	}
	t, err := audit.Open(dir, 0, nil)
	if err != nil {
		return err
	}
	defer t.Close()
	what := fmt.Sprintf("%s %s “%s”: %s → %s", is.Sender, is.Dataset, strings.TrimSpace(is.Heading), said(was), said(is))
	if is.Column == "" {
		what += " " + is.By
	}
	return t.Sure(audit.Entry{Who: me, Role: "console", From: "local", Did: "mapping", What: what, Result: "ok"})
}

func (f *MappingFlags) list(z Zone, book mapping.Book, out io.Writer) error {
	all, err := book.Read()
	if err != nil {
		return err
	}
	w := lines.New(out, strings.Fields(z.say("单位 数据集 表头 列 确认人 时间", "sender dataset heading column by at"))...)
	shown := 0
	for _, m := range all {
		if f.Sender != "" && m.Sender != f.Sender || f.Dataset != "" && m.Dataset != f.Dataset {
			continue
		}
		shown++
		w.Row(m.Sender, m.Dataset, m.Heading, m.Column, m.By, z.Local(m.At).Format("2006-01-02 15:04"))
	}
	if shown == 0 {
		fmt.Fprintln(out, z.say("没有记住的表头", "no heading is remembered"))
		return nil
	}
	return w.Flush()
}
