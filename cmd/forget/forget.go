// Package forget is the command yanzhen forget: it looks for a person in all versions of all datasets and deletes what is found.
// How that is done is package forget's of the pipeline.
package forget

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/cmd/keep"
	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/forget"
)

// HelpZh gives the help texts of the command in Chinese.
var HelpZh = map[string]string{
	"Delete a person: every row of every version, by number or key.":                                                "删除一个人：按证件号或键，删除所有数据集所有版本里的行。",
	"File with the number or the key, one a line; - is standard input. Never on the command line, which is logged.": "存有证件号或键的文件，一行一个；- 为标准输入。不写在命令行上，命令行有记录。",
	"Show what would be deleted. Changes nothing.":                                                                  "预演：显示会删除什么。不改动任何数据。",
	"Why: the request and its number. The history of the units and the audit trail show it.":                        "原因：哪份申请、文号。单元的历史和审计记录会显示。",
	"List the deletions that were made.":                                                                            "列出已做过的删除。",

	(*Command)(nil).Help(): `按证件号（身份证、护照、电话号码，在本机散列，不写到任何地方）或按键（mart 里显示的 16 位十六进制）删除一个人：
所有数据集的现行、历史、暂缓各版里的行，旁存的小表，退回件、草稿和数据源缓存。账簿的行数和控制总和随之改正，doctor 不会当作损坏。
以后的文件里再有这个人，那一行被拒收并说明；恢复旧备份后启动时会再删一遍。还剩什么：docs/operations.md。

  yanzhen forget number.txt --dry-run
  yanzhen forget number.txt --reason "删除申请〔2026〕3号"`,
}

// Command deletes a person.
type Command struct {
	From   string `arg:"" optional:"" help:"File with the number or the key, one a line; - is standard input. Never on the command line, which is logged." placeholder:"FILE"`
	DryRun bool   `help:"Show what would be deleted. Changes nothing." short:"n"`
	Reason string `help:"Why: the request and its number. The history of the units and the audit trail show it." placeholder:"TEXT"`
	List   bool   `help:"List the deletions that were made."`
}

// Help is printed by yanzhen forget --help.
func (*Command) Help() string {
	return `Deletes a person by number (identity card, passport, telephone; it is hashed here and written nowhere) or by key (the 16
hexadecimal digits that mart shows): the rows in the live, former and held versions of every dataset, what is kept beside
them, returned files, drafts and what is known of sources. The ledger's counts and control sums follow, so that doctor finds
no damage. A row of that person in a later file is refused, and told; a restored backup is gone through again when it is
started. What remains: docs/operations.md.

  yanzhen forget number.txt --dry-run
  yanzhen forget number.txt --reason "request 3 of 2026"`
}

// Zone is an opened installation.
type Zone struct {
	Dir    string
	Loader *pipeline.Loader
	Local  func(time.Time) time.Time
}

const (
	mostLines  = 20
	longReason = 300
)

// Run looks, and deletes.
func (x *Command) Run(ctx context.Context, d *people.Desk, z Zone) error {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }
	book := forget.Book{Dir: z.Dir}
	if x.List {
		return x.list(d, book, z, say)
	}
	x.Reason = strings.Join(strings.Fields(x.Reason), " ")
	switch {
	case x.From == "":
		return d.Invalid(errors.New(say("请给出存有证件号或键的文件，或用 -", "name the file that holds the number or the key, or -")))
	case !x.DryRun && x.Reason == "":
		return d.Invalid(errors.New(say("请用 --reason 写明原因；先看会删什么用 --dry-run", "say why: --reason; --dry-run shows first what would go")))
	case utf8.RuneCountInString(x.Reason) > longReason:
		return d.Invalid(errors.New(say("原因太长", "the reason is too long")))
	}
	keys, err := x.keys(z, say)
	if err != nil {
		return d.Invalid(err)
	}
	if _, err := book.Read(); err != nil {
		return err
	}
	found, err := forget.Find(ctx, z.Loader.DB, forget.Numbers(keys))
	if err != nil {
		return err
	}
	w := d.Table(strings.Fields(say("数据集 现行行数 其他版本行数 批次", "dataset live former batches"))...)
	for _, f := range found {
		w.Row(f.Table, f.Live, f.Other, len(f.Batches))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if x.DryRun {
		fmt.Fprintf(d.Out, say("预演：会删除 %d 行，没有改动任何数据。\n", "A dry run: %d rows would go; nothing was changed.\n"), forget.Rows(found))
		return nil
	}
	e, err := forget.Delete(ctx, z.Loader, book, forget.Entry{At: time.Now().UTC(), By: people.Whoami(), Reason: x.Reason, Keys: keys})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, say("已删除 %d 行；账簿已改正。以后的文件里再有此人，那一行会被拒收。\n", "%d rows are deleted, and the ledger says so. A row of that person in a later file is refused.\n"), e.Rows)
	if err := keep.Forget(z.Dir); err != nil {
		fmt.Fprintf(d.Out, say("备份目录里没能记下（%v）：恢复旧备份前先把 %s 里的 forgotten.json 复制到备份目录。\n", "it could not be noted in the folder of backups (%v): copy forgotten.json of %s there before an older backup is restored.\n"), err, z.Dir)
	}
	fmt.Fprintln(d.Out, say("还剩：收件目录里的原件、已有的备份（到期为止）、导出的文件和合计数；见 docs/operations.md“删除一个人”。", `What remains: the originals in the inbox, backups until they go, exported files and sums; see "Deleting a person" in docs/operations.md.`))
	return nil
}

// keys reads the numbers; what is none is refused by its line, and never quoted.
func (x *Command) keys(z Zone, say func(zh, en string) string) (keys []string, err error) {
	var in io.Reader = os.Stdin
	if x.From != "-" {
		f, err := os.Open(x.From)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	lines := bufio.NewScanner(io.LimitReader(in, 64<<10))
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimPrefix(strings.TrimSpace(lines.Text()), "\ufeff")
		if text == "" {
			continue
		}
		of := forget.KeysOf(text, z.Loader.Key, time.Now())
		if of == nil {
			return nil, fmt.Errorf(say("第 %d 行不是证件号、电话号码或 16 位的键", "line %d is no number of a document or a telephone, and no key of 16 digits"), n)
		}
		if keys = append(keys, of...); n > mostLines {
			return nil, fmt.Errorf(say("一次最多 %d 行", "at most %d lines at once"), mostLines)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New(say("里面没有号码", "there is no number in it"))
	}
	return keys, lines.Err()
}

func (x *Command) list(d *people.Desk, book forget.Book, z Zone, say func(zh, en string) string) error {
	all, err := book.Read()
	if err != nil {
		return err
	}
	w := d.Table(strings.Fields(say("时刻 谁 行数 完成 原因", "moment who rows done why"))...)
	for _, e := range all {
		done := say("是", "yes")
		if !e.Done {
			done = say("未完，下次启动接着做", "no, it goes on at the next start")
		}
		w.Row(z.Local(e.At).Format("2006-01-02 15:04"), e.By, e.Rows, done, e.Reason)
	}
	return w.Flush()
}
