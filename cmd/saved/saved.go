// Package saved is the commands of yanzhen saved: which statements people have saved, and what the clock does with them. Whoever
// owns the zone's directory acts for their owners; a statement runs with its owner's rights all the same.
package saved

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/cmd/spoken"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/jobs/timed"
	"yanzhen/pipeline/codes"
)

// Commands look at saved statements and set their clock.
type Commands struct {
	List    listCmd    `cmd:"" help:"List the saved statements, with what the clock does with them and what came of it last."`
	Clock   clockCmd   `cmd:"" help:"Have a saved statement write a file, or give an alert, at its times."`
	History historyCmd `cmd:"" help:"List what came of a statement on the clock."`
}

// HelpZh gives the help texts in Chinese.
var HelpZh = map[string]string{
	"Saved statements: which there are, and which run by the clock.": "保存的语句：有哪些，哪些定时运行。",

	"List the saved statements, with what the clock does with them and what came of it last.": "列出保存的语句、定时做什么、上一次怎样。",

	"Have a saved statement write a file, or give an alert, at its times.": "让一条保存的语句按时导出文件，或有结果就告警。",

	"List what came of a statement on the clock.": "列出一条定时语句历次怎样。",

	"Number of the saved statement, see yanzhen saved list.": "语句的编号，见 yanzhen saved list。",

	"When: five fields of cron, @daily, @hourly, @every 15m, on Beijing time.": "时间：cron 五段、@daily、@hourly、@every 15m，按北京时间。",

	"Write its answer as a file of this kind: csv, csv_gb18030, xlsx, parquet, arrow, jsonl.": "把结果写成这种文件：csv、csv_gb18030、xlsx、parquet、arrow、jsonl。",

	"Give an alert where it has rows.": "有结果就告警。",

	"How many files are kept.": "保留几个文件。",

	"Do nothing until it is resumed.": "暂停，直到恢复。",

	"Go on.": "恢复。",

	"Take it off the clock.": "取消定时。",

	(*clockCmd)(nil).Help(): `按时由运行中的 yanzhen serve 运行，用的是语句主人当时的权限（SQL、明细、少数人的数；导出还要下载）；权限不够
就不运行，并写明原因。文件写到数据目录的 exports/主人 下。告警与没完成的列在“导入记录”页和 yanzhen doctor 里。

  yanzhen saved clock 3 --export xlsx --at "0 7 * * 1"
  yanzhen saved clock 3 --alert --at @hourly
  yanzhen saved clock 3 --pause`,
}

type listCmd struct{}

// kept are the statements of a zone.
func kept(d *people.Desk) (shelf.Shelf, people.Zone, error) {
	z, err := d.Zone()
	return shelf.Shelf{Dir: z.Dir}, z, err
}

func say(d *people.Desk, zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

// states are the states of what happened, in words.
var states = map[string]codes.Text{
	shelf.Done: {Zh: "完成", En: "done"}, shelf.Alert: {Zh: "告警", En: "alert"}, shelf.Failed: {Zh: "未完成", En: "failed"}, shelf.Refused: {Zh: "没有权限", En: "not permitted"},
}

// Run is called by the command line.
func (*listCmd) Run(_ context.Context, d *people.Desk) error {
	s, z, err := kept(d)
	if err != nil {
		return err
	}
	list, err := s.All()
	if err != nil {
		return err
	}
	past, err := s.Happened()
	if err != nil {
		return err
	}
	w := d.Table(strings.Fields(say(d, "编号 主人 标题 版本 定时 下次 上次", "id owner title version clock next last"))...)
	for _, x := range list {
		clock, next, last := "", "", ""
		if t := x.Timed; t != nil {
			clock = strings.TrimSpace(string(t.Kind) + " " + t.Format + " " + t.Schedule)
			if at, err := timed.Due(t.Schedule, time.Now()); err == nil && !t.Paused {
				next = z.Local(at).Format("2006-01-02 15:04")
			}
			if t.Paused {
				next = say(d, "已暂停", "paused")
			}
			if h := past[x.ID]; len(h) > 0 {
				last = told(d, z, h[len(h)-1])
			}
		}
		w.Row(x.ID, x.Owner, x.Title, x.Last().N, clock, next, last)
	}
	return w.Flush()
}

func told(d *people.Desk, z people.Zone, h shelf.Happened) string {
	out := z.Local(h.At).Format("2006-01-02 15:04") + " " + states[h.State].In(d.Lang)
	switch {
	case h.State == shelf.Alert:
		out += fmt.Sprintf(say(d, " %d 行", " %d rows"), h.Rows)
	case h.File != "":
		out += " " + h.File
	case h.Zh != "":
		out += ": " + strings.Join(strings.Fields(h.Why().In(d.Lang)), " ")
	}
	return out
}

type clockCmd struct {
	ID     int    `arg:"" help:"Number of the saved statement, see yanzhen saved list."`
	At     string `help:"When: five fields of cron, @daily, @hourly, @every 15m, on Beijing time." placeholder:"CRON"`
	Export string `help:"Write its answer as a file of this kind: csv, csv_gb18030, xlsx, parquet, arrow, jsonl." placeholder:"KIND" xor:"do"`
	Alert  bool   `help:"Give an alert where it has rows." xor:"do"`
	Keep   int    `help:"How many files are kept." default:"12"`
	Pause  bool   `help:"Do nothing until it is resumed." xor:"do"`
	Resume bool   `help:"Go on." xor:"do"`
	Off    bool   `help:"Take it off the clock." xor:"do"`
}

// Help is printed by yanzhen saved clock --help.
func (*clockCmd) Help() string {
	return `The running yanzhen serve runs it at its times, with the rights that its owner has at that moment (SQL, rows, small;
export for a file); where they are not enough it does not run, which is told. Files are written to exports/OWNER in the
data directory. Alerts, and what was not completed, stand on the page of loads and in yanzhen doctor.

  yanzhen saved clock 3 --export xlsx --at "0 7 * * 1"
  yanzhen saved clock 3 --alert --at @hourly
  yanzhen saved clock 3 --pause`
}

// Run is called by the command line.
func (c *clockCmd) Run(_ context.Context, d *people.Desk) error {
	s, z, err := kept(d)
	if err != nil {
		return err
	}
	t, err := c.timing(d, s)
	if err != nil {
		return d.Invalid(err)
	}
	x, err := s.Time("", c.ID, t, statement.FormatNames())
	var no *shelf.Refusal
	if errors.As(err, &no) {
		return d.Invalid(errors.New(no.In(d.Lang)))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(d.Out, editor.Timed(x))
	if n := timed.Left(z.Dir, x.Owner, x.ID); t == nil && n > 0 {
		fmt.Fprintf(d.Out, say(d, "它写下的 %d 个文件还在，各自写成 30 天后删除：%s\n", "the %d files that it wrote stay, each for 30 days after it was written: %s\n"), n, timed.Folder(z.Dir, x.Owner))
	}
	if t != nil && z.Server {
		fmt.Fprintln(d.Out, say(d, "注意：配置了 database.dsn，语句由那台 ClickHouse 运行，yanzhen serve 不按时运行它", "mind: database.dsn names a ClickHouse server, whose statements yanzhen serve does not run: the clock stands still"))
	}
	if t != nil && !t.Paused {
		at, err := timed.Due(t.Schedule, time.Now())
		if err != nil {
			return err
		}
		fmt.Fprintln(d.Out, say(d, "下次 ", "next ")+z.Local(at).Format("2006-01-02 15:04"))
		if t.Kind == shelf.ExportKind {
			fmt.Fprintln(d.Out, timed.Folder(z.Dir, x.Owner))
		}
	}
	return note(z.Dir, x)
}

// note writes into the trail of a zone that has been served what the clock does now; the command itself stands there too.
func note(dir string, x shelf.Saved) error {
	t, err := audit.Open(dir, 0, nil)
	if err != nil {
		return err
	}
	defer t.Close()
	return t.Sure(audit.Entry{Who: people.Whoami(), Role: "console", From: "local", Did: "clock", What: editor.Timed(x), Result: "ok"})
}

// timing is what the flags say; nil: off the clock.
func (c *clockCmd) timing(d *people.Desk, s shelf.Shelf) (*shelf.Timing, error) {
	if c.Off {
		return nil, nil
	}
	if err := known(d, s, c.ID); err != nil {
		return nil, err
	}
	list, err := s.Timed()
	if err != nil {
		return nil, err
	}
	var old *shelf.Timing
	for _, x := range list {
		if x.ID == c.ID {
			old = x.Timed
		}
	}
	t := &shelf.Timing{Schedule: c.At, Keep: c.Keep}
	switch {
	case (c.Pause || c.Resume) && old == nil:
		return nil, errors.New(say(d, "这条语句没有定时", "this statement is not on the clock"))
	case c.Pause || c.Resume:
		*t = *old
		t.Paused = c.Pause
	case c.Alert:
		t.Kind = shelf.AlertKind
	case c.Export != "":
		t.Kind, t.Format = shelf.ExportKind, c.Export
	default:
		return nil, errors.New(say(d, "写 --export 种类、--alert、--pause、--resume 或 --off", "say --export KIND, --alert, --pause, --resume or --off"))
	}
	if t.Schedule == "" {
		return nil, errors.New(say(d, `写时间：--at "0 7 * * *"`, `say when: --at "0 7 * * *"`))
	}
	next := timed.Next
	if c.Pause || c.Resume {
		next = timed.Due
	}
	_, err = next(t.Schedule, time.Now())
	var no *shelf.Refusal
	if errors.As(err, &no) {
		return nil, errors.New(no.In(d.Lang))
	}
	return t, err
}

type historyCmd struct {
	ID int `arg:"" help:"Number of the saved statement, see yanzhen saved list."`
}

// Run is called by the command line.
func (h *historyCmd) Run(_ context.Context, d *people.Desk) error {
	s, z, err := kept(d)
	if err != nil {
		return err
	}
	past, err := s.Happened()
	if err != nil {
		return err
	}
	if len(past[h.ID]) == 0 {
		if err := known(d, s, h.ID); err != nil {
			return d.Invalid(err)
		}
		fmt.Fprintln(d.Out, say(d, "这条语句还没有按时运行过", "the clock has not run this statement yet"))
	}
	for _, x := range past[h.ID] {
		fmt.Fprintln(d.Out, told(d, z, x))
	}
	return nil
}

// known refuses the number of a statement that nobody has saved.
func known(d *people.Desk, s shelf.Shelf, id int) error {
	list, err := s.All()
	if err == nil && !slices.ContainsFunc(list, func(x shelf.Saved) bool { return x.ID == id }) {
		return fmt.Errorf(say(d, "没有编号为 %d 的语句；yanzhen saved list 列出全部", "there is no statement %d; yanzhen saved list lists them"), id)
	}
	return err
}

// Troubles calls say with each statement on the clock that somebody should look at, for yanzhen doctor.
func Troubles(d *people.Desk, tell func(state, what, detail string)) {
	s, z, err := kept(d)
	if err != nil {
		return // said already
	}
	list, err := s.Troubles()
	if err != nil {
		tell("fail", "statements", spoken.Error(err, d.Lang))
		return
	}
	for _, t := range list {
		tell("warn", "statement", fmt.Sprintf("%d %s (%s): %s", t.ID, t.Title, t.Owner, told(d, z, t.Happened)))
	}
}
