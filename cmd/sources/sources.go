// Package sources is the command yanzhen fetch: which sources there are, what their first rows are, and what becomes of all of
// them. How a source is asked and loaded is package fetch's.
package sources

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/packed"
)

// HelpZh gives the help texts of the command in Chinese.
var HelpZh = map[string]string{
	"Name of the source; without one they are listed.":                   "数据源的名字；不写则列出。",
	"Show the first rows and what would be made of them. Loads nothing.": "显示前若干行以及会怎样装入。不装入任何数据。",
	"Read everything, whatever the cursor says: finds what was deleted.": "不管游标，全部重取：查出源里删除的行。",

	(*Command)(nil).Help(): `取一个已声明的数据源（configs/sources），按期间分成文件，与报送的文件一样装入。有游标时只读新增和改动的，
隔一段时间全部重读：docs/sources.md。邮箱的附件放进收件夹，由运行中的服务装入。有被拒收或暂缓的，退出码为 3。`,
}

// Command fetches a source.
type Command struct {
	Source string `arg:"" optional:"" help:"Name of the source; without one they are listed."`
	DryRun bool   `help:"Show the first rows and what would be made of them. Loads nothing." short:"n"`
	Full   bool   `help:"Read everything, whatever the cursor says: finds what was deleted."`
	Force  bool   `help:"Load though the same content was published before, and publish though a limit would hold it."`
}

// Help is printed by yanzhen fetch --help.
func (*Command) Help() string {
	return `Asks a declared source (configs/sources) and loads what it holds, a file a period, as files are loaded. With a cursor
only what is new or changed is read, and everything from time to time: docs/sources.md. The attachments of a mail box are
put into the inbox, where a running server loads them. Exit code 3 where something was refused or held.`
}

// Desk is what the command has of an opened installation.
type Desk struct {
	*people.Desk
	Fetcher *fetch.Fetcher
	Outcome func(pipeline.Outcome)           // prints what became of a file
	Plan    func(pipeline.Plan, error) error // prints what would
	Refused func(error) error                // marks what needs a person
}

const firstRows = 1000 // of a source that are looked at

// Run lists the sources, looks at one or fetches it.
func (x *Command) Run(ctx context.Context, d Desk) error {
	switch {
	case x.Source == "" && len(d.Fetcher.Sources) == 0:
		fmt.Fprintln(d.Out, d.say("还没有声明数据源：写在声明目录的 sources/ 里，见 docs/sources.md", "no source is declared yet: they stand in sources/ of the directory of declarations, see docs/sources.md"))
		return nil
	case x.Source == "":
		w := d.Table(d.say("数据源", "source"), d.say("数据集", "dataset"), d.say("名称", "title"))
		for _, name := range slices.Sorted(maps.Keys(d.Fetcher.Sources)) {
			into := d.Fetcher.Sources[name].Dataset
			if d.Fetcher.Sources[name].Mailbox != nil {
				into = d.say("（收件夹）", "(inbox)")
			}
			w.Row(name, into, d.Fetcher.Sources[name].Title.In(d.Lang))
		}
		return w.Flush()
	case x.DryRun:
		return x.look(ctx, d)
	}
	stopped := 0
	var faults []error
	sum, err := d.Fetcher.Fetch(ctx, fetch.Request{Source: x.Source, Full: x.Full, Force: x.Force}, func(o pipeline.Outcome, err error) {
		switch o.State { // of a mail box: no run tells of them
		case pipeline.Delivered:
			fmt.Fprintln(d.Out, d.say("放入收件夹", "put into the inbox")+"  "+lines.Plain(o.File))
			for _, n := range o.Notes {
				fmt.Fprintln(d.Out, "  "+lines.Plain(n.In(d.Lang)))
			}
		case pipeline.Skipped:
			for _, n := range o.Notes {
				fmt.Fprintln(d.Out, d.say("略过", "passed over")+"  "+lines.Plain(o.File)+"  "+lines.Plain(n.In(d.Lang)))
			}
		default:
			d.Outcome(o)
		}
		if o.Problem != nil {
			stopped++ // why was printed
		} else if err != nil {
			faults = append(faults, err)
		}
	})
	for _, n := range sum.Notes {
		fmt.Fprintln(d.Out, n.In(d.Lang))
	}
	if err == nil && sum.Folder {
		fmt.Fprintln(d.Out, sum.Holds.In(d.Lang))
		fmt.Fprintf(d.Out, d.say("取 %d 个文件\n", "%d files taken\n"), sum.Read)
	} else if err == nil {
		fmt.Fprintf(d.Out, d.say("读 %d 行，数据源共 %d 行\n", "%d rows read, the source holds %d\n"), sum.Read, sum.Rows)
	}
	if err := errors.Join(append(faults, d.needs(err))...); err != nil || stopped == 0 {
		return err
	}
	return d.Refused(fmt.Errorf("%d 个文件被拒收或暂缓，没有发布 / refused or held, not published: %[1]d", stopped))
}

// lookInto lists a folder and looks at the first file that would be taken.
func (x *Command) lookInto(ctx context.Context, d Desk) error {
	list, fresh, q, done, err := d.Fetcher.Folder(ctx, x.Source)
	if err != nil {
		return d.needs(err)
	}
	defer done()
	w := d.Table(d.say("文件", "file"), d.say("字节", "bytes"), d.say("时间", "time"), d.say("会取", "would be taken"))
	for i, e := range list.Files {
		if i == mostListed {
			w.Row("…", "", "", "")
			break
		}
		would := d.say("取过", "taken before")
		if fresh[e.Name] {
			would = d.say("是", "yes")
		}
		w.Row(d.Fetcher.Loader.Shown(e.Name), strconv.FormatInt(e.Size, 10), e.Modified.In(d.Fetcher.Office).Format("2006-01-02 15:04"), would)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, list.Text().In(d.Lang))
	if q.Path == "" {
		return nil
	}
	fmt.Fprintln(d.Out)
	var told error
	err = packed.Plan(ctx, d.Fetcher.Loader, q, func(p pipeline.Plan, err error) { told = errors.Join(told, d.Plan(p, err)) })
	if told != nil {
		return told
	}
	return err
}

// lookAt says what would be taken out of a mail box.
func (x *Command) lookAt(ctx context.Context, d Desk) error {
	list, more, err := d.Fetcher.Mails(ctx, x.Source)
	if err != nil {
		return d.needs(err)
	}
	w := d.Table(d.say("来于", "came"), d.say("发件人", "from"), d.say("报送单位", "sender"), d.say("附件", "attachment"), d.say("字节", "bytes"), d.say("会怎样", "what would become of it"))
	for _, g := range list {
		size := ""
		if g.File != "" {
			size = strconv.FormatInt(g.Size, 10)
		}
		w.Row(g.At.In(d.Fetcher.Office).Format("2006-01-02 15:04"), lines.Plain(g.From), g.Sender, lines.Plain(g.File), size, lines.Plain(g.Would.In(d.Lang)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("%d 项；没有放入任何文件\n", "%d entries; nothing was put anywhere\n"), len(list))
	if more > 0 {
		fmt.Fprintf(d.Out, d.say("另有 %d 封邮件没有看\n", "%d more mails were not looked at\n"), more)
	}
	return nil
}

const mostListed = 100 // files of a folder

func (x *Command) look(ctx context.Context, d Desk) error {
	if s := d.Fetcher.Sources[x.Source]; s != nil && s.Folder != nil {
		return x.lookInto(ctx, d)
	} else if s != nil && s.Mailbox != nil {
		return x.lookAt(ctx, d)
	}
	q, columns, done, err := d.Fetcher.Look(ctx, x.Source, firstRows)
	if err != nil {
		return d.needs(err)
	}
	defer done()
	w := d.Table(d.say("列", "column"), d.say("类型", "type"))
	for _, c := range columns {
		w.Row(c.Name, c.Type)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("\n前 %d 行以内：\n", "\nof the first %d rows at most:\n"), firstRows)
	plan, err := d.Fetcher.Loader.Plan(ctx, q)
	fetch.FirstRows(&plan)
	return d.Plan(plan, err)
}

func (d Desk) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

// needs marks what needs a person.
func (d Desk) needs(err error) error {
	if p, ok := errors.AsType[*pipeline.Problem](err); ok {
		return d.Refused(fmt.Errorf("%w\n-> %s / %s", p, p.Remedy.Zh, p.Remedy.En))
	}
	return err
}
