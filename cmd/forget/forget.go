// Package forget is the command yanzhen forget: it looks for a person in all versions of all datasets and deletes what is found.
// How that is done is package forget's of the pipeline.
package forget

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	"Enter numbers too of which no row is found: rows that come later are refused.":                                 "没有找到任何行的号码也记下：以后来的行会被拒收。",
	"Take the deletion of a key back: its rows are loaded again from now on. --list shows the keys.":                "撤销对某个键的删除：以后它的行照常装入。--list 列出键。",
	"List the deletions that were made.":                                                                            "列出已做过的删除。",

	(*Command)(nil).Help(): `按证件号（身份证、护照、电话号码，在本机散列，不写到任何地方）或按键（mart 里显示的 16 位十六进制）删除一个人：
所有数据集的现行、历史、暂缓各版里的行，旁存的小表，退回件、草稿、数据源缓存、定时导出的文件和待发邮件的附件。账簿的行数和控制总和随之改正，doctor 不会当作损坏。
以后的文件里再有这个人，那一行被拒收并说明；恢复旧备份后启动时会再删一遍。哪一行没有找到任何数据，会指出是第几行并不做删除，
除非加 --even-if-none。删错了：--take-back 撤销，再重新报送。还剩什么：docs/operations.md。

  yanzhen forget number.txt --dry-run
  yanzhen forget number.txt --reason "删除申请〔2026〕3号"
  yanzhen forget --take-back KEY --reason "删错了人"`,
}

// Command deletes a person.
type Command struct {
	From       string `arg:"" optional:"" help:"File with the number or the key, one a line; - is standard input. Never on the command line, which is logged." placeholder:"FILE"`
	DryRun     bool   `help:"Show what would be deleted. Changes nothing." short:"n"`
	Reason     string `help:"Why: the request and its number. The history of the units and the audit trail show it." placeholder:"TEXT"`
	EvenIfNone bool   `help:"Enter numbers too of which no row is found: rows that come later are refused."`
	List       bool   `help:"List the deletions that were made."`
	TakeBack   string `help:"Take the deletion of a key back: its rows are loaded again from now on. --list shows the keys." placeholder:"KEY"`
}

// Help is printed by yanzhen forget --help.
func (*Command) Help() string {
	return `Deletes a person by number (identity card, passport, telephone; it is hashed here and written nowhere) or by key (the 16
hexadecimal digits that mart shows): the rows in the live, former and held versions of every dataset, what is kept beside
them, returned files, drafts, what is known of sources, files that saved statements wrote on the clock and attachments of
mails that wait. The ledger's counts and control sums follow, so that doctor finds
no damage. A row of that person in a later file is refused, and told; a restored backup is gone through again when it is
started. A line of which nothing is found is named, and nothing is deleted then, but with --even-if-none. What was deleted by
mistake: --take-back, and have the files sent again. What remains: docs/operations.md.

  yanzhen forget number.txt --dry-run
  yanzhen forget number.txt --reason "request 3 of 2026"`
}

// Zone is an opened installation.
type Zone struct {
	Dir    string
	Loader *pipeline.Loader
	Local  func(time.Time) time.Time
	Wait   time.Duration // as in Book
}

const (
	mostLines  = 20
	longReason = 300
)

// Run looks, and deletes.
func (x *Command) Run(ctx context.Context, d *people.Desk, z Zone) error {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }
	book := forget.Book{Dir: z.Dir, Wait: z.Wait}
	if x.List {
		return x.list(d, book, z, say)
	}
	x.Reason = strings.Join(strings.Fields(x.Reason), " ")
	switch {
	case x.From == "" && x.TakeBack == "":
		return d.Invalid(errors.New(say("请给出存有证件号或键的文件，或用 -", "name the file that holds the number or the key, or -")))
	case x.From != "" && x.TakeBack != "":
		return d.Invalid(errors.New(say("--take-back 不与文件同用", "--take-back takes no file")))
	case !x.DryRun && x.Reason == "":
		return d.Invalid(errors.New(say("请用 --reason 写明原因；先看会删什么用 --dry-run", "say why: --reason; --dry-run shows first what would go")))
	case utf8.RuneCountInString(x.Reason) > longReason:
		return d.Invalid(errors.New(say("原因太长", "the reason is too long")))
	}
	if x.TakeBack != "" {
		return x.takeBack(d, book, z, say)
	}
	asked, err := x.lines(z, say)
	if err != nil {
		return d.Invalid(err)
	}
	if _, err := book.Read(); err != nil {
		return err
	}
	keys, none, err := x.look(ctx, d, z, asked, say)
	if err != nil || x.DryRun {
		return err
	}
	if none > 0 && !x.EvenIfNone {
		return d.Invalid(fmt.Errorf(say("有 %d 行没有找到任何数据，什么也没有删除：核对号码，或加 --even-if-none 照样记下", "nothing is found of %d lines, and nothing was deleted: check the numbers, or enter them all the same with --even-if-none"), none))
	}
	return x.delete(ctx, d, book, z, keys, say)
}

// look shows what there is of each line and in each table; none is of how many lines nothing is found.
func (x *Command) look(ctx context.Context, d *people.Desk, z Zone, asked []line, say func(zh, en string) string) (keys []string, none int, err error) {
	for _, a := range asked {
		n, err := forget.Holds(ctx, z.Loader.DB, forget.Numbers(a.keys))
		if err != nil {
			return nil, 0, err
		}
		as := say("号码", "a number")
		if a.key {
			as = say("键", "a key")
		}
		fmt.Fprintf(d.Out, say("第 %d 行 %s（按%s）：%d 行数据\n", "line %d, %s, taken as %s: %d rows\n"), a.line, a.masked, as, n)
		if n == 0 {
			none++
		}
		for _, k := range a.keys {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	found, err := forget.Find(ctx, z.Loader.DB, forget.Numbers(keys))
	if err != nil {
		return nil, 0, err
	}
	beside, err := forget.Beside(ctx, z.Loader.DB, forget.Numbers(keys))
	if err != nil {
		return nil, 0, err
	}
	w := d.Table(strings.Fields(say("数据集 现行行数 其他版本行数 批次", "dataset live former batches"))...)
	for _, f := range found {
		w.Row(f.Table, f.Live, f.Other, len(f.Batches))
	}
	for _, f := range beside {
		w.Row("meta."+f.Table, "-", f.Other, len(f.Batches))
	}
	if err := w.Flush(); err != nil {
		return nil, 0, err
	}
	if x.DryRun {
		fmt.Fprintf(d.Out, say("预演：会删除 %d 行，没有改动任何数据。\n", "A dry run: %d rows would go; nothing was changed.\n"), forget.Rows(found))
	}
	return keys, none, nil
}

// delete does it, and says what came of it.
func (x *Command) delete(ctx context.Context, d *people.Desk, book forget.Book, z Zone, keys []string, say func(zh, en string) string) error {
	var stripped int
	book.Also = mails(z.Dir, &stripped)
	e, err := forget.Delete(ctx, z.Loader, book, forget.Entry{At: time.Now().UTC(), By: people.Whoami(), Reason: x.Reason, Keys: keys})
	if err != nil {
		return fmt.Errorf("%s: %w", say("还没有删完，下次启动或几分钟后由服务接着做", "not done; it goes on at the next start, or by the running server within minutes"), err)
	}
	if e.Done {
		fmt.Fprintf(d.Out, say("已删除 %d 行；账簿已改正。以后的文件里再有此人，那一行会被拒收。\n", "%d rows are deleted, and the ledger says so. A row of that person in a later file is refused.\n"), e.Rows)
	}
	if e.Files+stripped > 0 {
		fmt.Fprintf(d.Out, say("取走了定时导出的文件 %d 个（到点重写）、待发或没发出的邮件的附件 %d 封。\n", "Taken away: %d files that saved statements had written (they are written anew at their times) and the attachments of %d mails that waited or were not sent.\n"), e.Files, stripped)
	}
	if n, err := naming(z.Dir, keys); err != nil || n > 0 {
		fmt.Fprintln(d.Out, say(fmt.Sprintf("statements 里有 %d 行写着这个键（保存的语句与历史），要的话请手工删去", n), fmt.Sprintf("%d lines of statements/ name the key (saved statements and the history): take them out by hand where that is wanted", n))+map[bool]string{true: say("；没有读完：", "; not all could be read: ") + fmt.Sprint(err)}[err != nil])
	}
	if len(e.Damaged) > 0 {
		fmt.Fprintf(d.Out, say("这些批次删除前就已受损，只减去删掉的，受损仍在（yanzhen doctor）：%s\n", "these batches were damaged before; only what went was taken off, and they are damaged still (yanzhen doctor): %s\n"), batches(e.Damaged))
	}
	if err := keep.Forget(z.Dir); err != nil {
		fmt.Fprintf(d.Out, say("备份目录里没能记下（%v）：恢复旧备份前先把 %s 里的 forgotten.json 复制到备份目录。\n", "it could not be noted in the folder of backups (%v): copy forgotten.json of %s there before an older backup is restored.\n"), err, z.Dir)
	}
	fmt.Fprintln(d.Out, say("还剩，本机够不着：收件目录里的原件、已有的备份（到期为止）、已经下载、寄出或打印的文件，以及合计数；见 docs/operations.md“删除一个人”。", `What remains, which this command does not reach: the originals in the inbox, backups until they go, files that were downloaded, mailed or printed, and sums; see "Deleting a person" in docs/operations.md.`))
	if !e.Done {
		return fmt.Errorf(say("已删除 %d 行，但还没有删完：有装入正在进行，其中可能还有此人；服务几分钟后、或下次启动时接着做，完成与否见 --list", "%d rows are deleted, but it is not done: a load is at work that may hold the person still; the server goes on within minutes, or the next start does; --list says whether it is done"), e.Rows)
	}
	return nil
}

// naming counts the lines of what is kept of statements in which a key stands.
func naming(dir string, keys []string) (n int, err error) {
	for _, name := range []string{"saved.json", "history.jsonl"} {
		f, oerr := os.Open(filepath.Join(dir, "statements", name))
		if errors.Is(oerr, fs.ErrNotExist) {
			continue
		}
		if err = errors.Join(err, oerr); oerr != nil {
			continue
		}
		in := bufio.NewReader(f)
		for rerr := error(nil); rerr == nil; {
			var line string
			if line, rerr = in.ReadString('\n'); slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(strings.ToLower(line), k) }) {
				n++
			}
			if rerr != nil && rerr != io.EOF {
				err = errors.Join(err, rerr)
			}
		}
		err = errors.Join(err, f.Close())
	}
	return n, err
}

// takeBack takes deletions of a key back, here and in the folder of backups.
func (x *Command) takeBack(d *people.Desk, book forget.Book, z Zone, say func(zh, en string) string) error {
	key := strings.ToLower(strings.TrimSpace(x.TakeBack))
	if len(key) != 16 || len(forget.Numbers([]string{key})) != 1 {
		return d.Invalid(errors.New(say("--take-back 要 16 位十六进制的键，见 --list；不要写号码", "--take-back takes a key of 16 hexadecimal digits, which --list shows; never a number")))
	}
	if x.DryRun {
		return d.Invalid(errors.New(say("--take-back 没有预演", "--take-back has no dry run")))
	}
	n, err := book.TakeBack(forget.Back{Key: key, At: time.Now().UTC(), By: people.Whoami(), Reason: x.Reason})
	if err != nil {
		return err
	}
	if n == 0 {
		return d.Invalid(errors.New(say("没有对这个键的删除，或者已经撤销", "there is no deletion of that key, or it was taken back already")))
	}
	fmt.Fprintln(d.Out, say("已撤销：以后的文件照常装入。已删的行要重新报送原文件（yanzhen load --force）才会回来。", "taken back: later files are loaded as any. Rows that were deleted come back only when their files are sent again (yanzhen load --force)."))
	if err := keep.Forget(z.Dir); err != nil {
		fmt.Fprintf(d.Out, say("备份目录里没能记下（%v）：恢复旧备份前先把 %s 里的 forgotten.json 复制到备份目录。\n", "it could not be noted in the folder of backups (%v): copy forgotten.json of %s there before an older backup is restored.\n"), err, z.Dir)
	}
	return nil
}

func batches(list []uint32) string {
	var out []string
	for _, b := range list {
		out = append(out, fmt.Sprint(b))
	}
	return strings.Join(out, ", ")
}

// line is a line of the file, and who it stands for.
type line struct {
	line   int
	masked string
	key    bool // it was written as a key
	keys   []string
}

// mask leaves of what somebody wrote the two characters at both ends.
func mask(text string) string {
	r := []rune(text)
	if len(r) < 7 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:2]) + strings.Repeat("*", len(r)-4) + string(r[len(r)-2:])
}

// lines reads the numbers; what is none is refused by its line, and never quoted.
func (x *Command) lines(z Zone, say func(zh, en string) string) (asked []line, err error) {
	var in io.Reader = os.Stdin
	if x.From != "-" {
		f, err := os.Open(x.From)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	scan := bufio.NewScanner(io.LimitReader(in, 64<<10))
	for n := 1; scan.Scan(); n++ {
		text := strings.TrimPrefix(strings.TrimSpace(scan.Text()), "\ufeff")
		if text == "" {
			continue
		}
		of := forget.KeysOf(text, z.Loader.Key, time.Now())
		if of == nil {
			return nil, fmt.Errorf(say("第 %d 行不是证件号、电话号码或 16 位的键", "line %d is no number of a document or a telephone, and no key of 16 digits"), n)
		}
		key := len(text) == 16 && len(of) == 1 && of[0] == strings.ToLower(text)
		if asked = append(asked, line{n, mask(text), key, of}); n > mostLines {
			return nil, fmt.Errorf(say("一次最多 %d 行", "at most %d lines at once"), mostLines)
		}
	}
	if len(asked) == 0 {
		return nil, errors.New(say("里面没有号码", "there is no number in it"))
	}
	return asked, scan.Err()
}

func (x *Command) list(d *people.Desk, book forget.Book, z Zone, say func(zh, en string) string) error {
	all, err := book.Read()
	if err != nil {
		return err
	}
	w := d.Table(strings.Fields(say("时刻 谁 行数 完成 键 原因", "moment who rows done keys why"))...)
	for _, e := range all {
		rows := e.Rows
		for _, p := range e.Parts {
			rows += p.Rows
		}
		done := say("是", "yes")
		switch {
		case !e.Done && !e.Failing.IsZero():
			done = say("未完，一直失败，自 ", "no, it fails since ") + z.Local(e.Failing).Format("2006-01-02 15:04") + say("，原因在日志里", "; the log says why")
		case e.Waits:
			done = say("未完，等装入结束", "no, it waits for a load")
		case !e.Done:
			done = say("未完，几分钟后或下次启动接着做", "no, it goes on within minutes or at the next start")
		}
		if len(e.Damaged) > 0 {
			done += say("；此前已受损的批次 ", "; damaged before: ") + batches(e.Damaged)
		}
		var keys []string
		for _, k := range e.Keys {
			if i := slices.IndexFunc(e.Back, func(b forget.Back) bool { return b.Key == k }); i >= 0 {
				k += say("（已撤销 ", " (taken back ") + z.Local(e.Back[i].At).Format("2006-01-02") + say("）", ")")
			}
			keys = append(keys, k)
		}
		w.Row(z.Local(e.At).Format("2006-01-02 15:04"), e.By, rows, done, strings.Join(keys, " "), e.Reason)
	}
	return w.Flush()
}
