// Package senders is what goes out to those who send files and comes back to them: a workbook to fill in, and their own file
// with what is wrong marked in it. The commands themselves stand in cmd/yanzhen.
package senders

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/inlet"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/marked"
	"yanzhen/pipeline/template"
	"yanzhen/pipeline/warehouse"
)

// Zone is the installation.
type Zone struct {
	Lang    codes.Lang
	Loader  *pipeline.Loader
	Catalog *dataset.Catalog
	Inbox   string                    // where the files lie that were sent
	Local   func(time.Time) time.Time // the clock of the office
	Invalid func(error) error         // marks what the asker does otherwise
}

// SentBy says which account sent the file at a path of the inbox, where it came through a door of the server.
func SentBy(dir string) func(path string) (string, error) {
	return (&inlet.Inlet{Receipts: filepath.Join(dir, "uploads.json")}).SentBy
}

func (z Zone) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(z.Lang) }

// TemplateFlags are what may be asked of a template.
type TemplateFlags struct {
	Dataset string `arg:"" help:"Dataset that the workbook is for; see yanzhen docs."`
	Sender  string `help:"Who fills it in: the file is named after them, and holds their last version where its cells can be written again." placeholder:"NAME"`
	Period  string `help:"The period it will be of: 2026-07, 2026H1. It becomes part of the file's name." placeholder:"PERIOD"`
	Blank   bool   `help:"Leave out what the sender sent last."`
	Out     string `help:"File to write. Default: SENDER_DATASET_PERIOD.xlsx in this folder." placeholder:"FILE"`
}

// Write writes the template. It says the name of the file, and how many rows stand in it.
func (t *TemplateFlags) Write(ctx context.Context, z Zone) (name string, rows int, err error) {
	ds := z.Catalog.Datasets[t.Dataset]
	if ds == nil {
		return "", 0, z.Invalid(fmt.Errorf(z.say("没有数据集 %s%s", "there is no dataset %s%s"), t.Dataset, nearest(t.Dataset, z.Catalog.Names(), z.Lang)))
	}
	period := ""
	if t.Period != "" {
		r, ok := filename.Period(t.Period)
		if !ok {
			return "", 0, z.Invalid(fmt.Errorf(z.say("--period %s 不是期间，应如 2026-07、2026Q2、2026H1", "--period %s is no period, want one such as 2026-07, 2026Q2, 2026H1"), t.Period))
		}
		period = strings.ReplaceAll(r.Label(codes.Zh), " ", "")
	}
	if strings.ContainsAny(t.Sender, `/\`) || strings.HasPrefix(t.Sender, ".") {
		return "", 0, z.Invalid(fmt.Errorf(z.say("--sender %s 不能用在文件名里", "--sender %s cannot stand in a file's name"), t.Sender))
	}
	from := t.Sender
	if t.Blank {
		from = ""
	}
	w, err := z.Template(ctx, ds, from)
	if err != nil {
		return "", 0, err
	}
	name = t.Out
	if name == "" {
		name = strings.Join(slices.DeleteFunc([]string{t.Sender, ds.Title.Zh, period}, func(s string) bool { return s == "" }), "_") + ".xlsx"
	}
	err = create(name, func(f *os.File) error { return w.Write(f) })
	if errors.Is(err, template.ErrNone) {
		err = z.Invalid(fmt.Errorf(z.say("%s 的文件是系统导出或一列一期，没有可填的表头", "files of %s are exports, or have a column for each period: there are no headings to fill in"), ds.Name))
	}
	if err == nil {
		access.Shown(ctx, len(w.Rows))
	}
	return name, len(w.Rows), err
}

// Template is the workbook of a dataset, with the last version of a sender where one is named.
func (z Zone) Template(ctx context.Context, ds *dataset.Dataset, sender string) (w *template.Template, err error) {
	w = &template.Template{Dataset: ds, Lists: z.Catalog.Lists, Lang: z.Lang, Notes: []string{z.naming(ds)}}
	if sender != "" {
		w.Rows, w.Notes, err = z.before(ctx, ds, sender, w.Notes)
	}
	return w, err
}

// naming says how the file is to be called when it is sent.
func (z Zone) naming(ds *dataset.Dataset) string {
	var parts []string
	if slices.Contains(ds.Unit, "sender") {
		parts = append(parts, z.say("报送单位", "sender"))
	}
	parts = append(parts, ds.Title.In(z.Lang))
	if slices.Contains(ds.Unit, "period") {
		parts = append(parts, z.say("2026年7月", "2026-07"))
	}
	return z.say("报送时把文件命名为：", "Name the file when you send it: ") + strings.Join(parts, "_") + ".xlsx"
}

// before is what a sender's latest submission holds.
func (z Zone) before(ctx context.Context, ds *dataset.Dataset, sender string, notes []string) (rows [][]string, _ []string, err error) {
	if !template.Filled(ds) {
		return nil, append(notes, z.say("证件号只存加密散列，写不回来，所以没有预填上一版的行。", "Only a hash of identity numbers is kept, from which nobody can go back: the rows of the last version are not filled in.")), nil
	}
	live, err := z.Loader.Live(ctx, ds.Name)
	if err != nil {
		return nil, notes, err
	}
	var last *pipeline.Live
	for i := range live {
		if l := &live[i]; l.Sender == sender && (last == nil || l.MaxDate.After(last.MaxDate) || l.MaxDate.Equal(last.MaxDate) && l.Seq > last.Seq) {
			last = l
		}
	}
	if last == nil {
		return nil, append(notes, fmt.Sprintf(z.say("%s 还没有报过，所以没有预填。", "%s has sent nothing yet: nothing is filled in."), sender)), nil
	}
	if last.Loaded > template.MostRows {
		return nil, append(notes, fmt.Sprintf(z.say("上一版有 %d 行，太多，没有预填。", "The last version has %d rows, too many to be filled in."), last.Loaded)), nil
	}
	var exprs []string
	for i, c := range template.Columns(ds) {
		exprs = append(exprs, fmt.Sprintf("%s as c%d", written(c), i))
	}
	got, err := warehouse.Select[struct {
		Cells []string `db:"c*"`
	}](ctx, z.Loader.DB, warehouse.SQL(fmt.Sprintf("select %s from %s where _batch = %d order by _row limit %d", strings.Join(exprs, ", "), ds.Table(), last.Batch, template.MostRows)))
	if err != nil {
		return nil, notes, err
	}
	for _, r := range got {
		rows = append(rows, r.Cells)
	}
	return rows, append(notes, fmt.Sprintf(z.say("已预填 %s 报送的上一版（%s，%d 行）。", "Filled in: the last version of %s (%s, %d rows)."), sender, last.File, len(rows))), nil
}

// written is a column as text.
func written(c *dataset.Column) string {
	name := "`" + c.Name + "`"
	if c.Type == dataset.Strings {
		return "arrayStringConcat(" + name + ", '、')"
	}
	return "ifNull(toString(" + name + "), '')"
}

// ReturnFlags are what may be asked of a marked file.
type ReturnFlags struct {
	ID   string `arg:"" name:"run" help:"Run whose file goes back, as yanzhen runs shows it."`
	File string `help:"The file as it was sent. Default: the one in the inbox." placeholder:"FILE" type:"path"`
	Out  string `help:"File to write. Default: the sender's own name in the folder returns of the data directory." placeholder:"FILE" type:"path"`
}

// Write writes the marked file; dir is where it goes if nobody says. It says its name, and how many cells are marked and listed.
func (r *ReturnFlags) Write(ctx context.Context, z Zone, dir string) (name string, marks, faults int, err error) {
	run, ok, err := z.Loader.Run(ctx, r.ID)
	if err != nil {
		return "", 0, 0, err
	}
	if !ok || run.Kind != "load" {
		return "", 0, 0, z.Invalid(fmt.Errorf(z.say("没有装入运行 %s；yanzhen runs 列出全部", "there is no load run %s; yanzhen runs lists them"), r.ID))
	}
	path, err := r.original(z, run)
	if err != nil {
		return "", 0, 0, err
	}
	back, err := z.Return(ctx, run, path)
	if err != nil {
		return "", 0, 0, err
	}
	if name = r.Out; name == "" {
		name = filepath.Join(dir, run.ID, marked.FileName(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return "", 0, 0, err
		}
	}
	err = create(name, func(f *os.File) (err error) {
		marks, err = back.Write(ctx, f)
		return err
	})
	if errors.Is(err, marked.ErrTooLarge) {
		err = z.Invalid(errors.New(z.say("文件太大，写不回来；拒收清单见 yanzhen runs "+run.ID, "the file is too large to be written again; yanzhen runs "+run.ID+" lists what was refused")))
	}
	if errors.Is(err, marked.ErrProgram) {
		err = z.Invalid(errors.New(z.say("JSON Lines 和 Parquet 由程序生成，不写回标注；拒收清单见 yanzhen runs "+run.ID, "JSON Lines and Parquet are written by programs and are not marked; yanzhen runs "+run.ID+" lists what was refused")))
	}
	if err == nil {
		access.Shown(ctx, int(run.Read)) // the sender's own rows go back whole
	}
	return name, marks, len(back.Faults), err
}

// Return gathers what goes back to the sender of a run's file.
func (z Zone) Return(ctx context.Context, run pipeline.Run, path string) (*marked.Return, error) {
	rows, err := z.Loader.Rejects(ctx, run.ID, marked.MostListed, 0)
	if err != nil {
		return nil, err
	}
	back := &marked.Return{Path: path, Name: filepath.Base(path), Lang: z.Lang, Known: z.Loader.Shown}
	ds := z.Catalog.Datasets[run.Dataset]
	for _, x := range rows {
		f := marked.Fault{
			Sheet: x.Sheet, Row: int(x.Row), Cell: x.Cell, Column: x.Column, Raw: x.Raw, Warn: x.Warn,
			Reason: codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}, Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn},
		}
		if ds != nil {
			if c := ds.Column(x.Column); c != nil {
				f.Column = c.Title.In(z.Lang)
			}
		}
		back.Faults = append(back.Faults, f)
	}
	back.Head = append(back.Head, fmt.Sprintf(z.say("%s：读入 %d 行，装入 %d 行，退回 %d 行", "%s: %d rows read, %d loaded, %d refused"), run.File, run.Read, run.Loaded, run.Rejected))
	if said := (codes.Text{Zh: run.MessageZh, En: run.MessageEn}).In(z.Lang); said != "" {
		if remedy := (codes.Text{Zh: run.RemedyZh, En: run.RemedyEn}).In(z.Lang); remedy != "" {
			said += " → " + remedy
		}
		back.Head = append(back.Head, said)
	}
	return back, nil
}

// mostFiles bounds the files of the inbox that are looked at.
const mostFiles = 100_000

// original finds the file that a run has read.
func (r *ReturnFlags) original(z Zone, run pipeline.Run) (string, error) {
	if r.File != "" {
		if same, err := z.Loader.Catalog.Datasets[run.Dataset].IsFile(r.File, run.Bytes, run.Fingerprint); err != nil {
			return "", z.Invalid(err)
		} else if !same {
			return "", z.Invalid(fmt.Errorf(z.say("%s 不是运行 %s 读的文件：它改过，或是另一份", "%s is not the file that run %s has read: it was changed, or is another"), r.File, run.ID))
		}
		return r.File, nil
	}
	path, err := z.Original(run)
	if err != nil {
		return "", z.Invalid(fmt.Errorf(z.say("收件夹 %s 里没有运行 %s 读的文件（%s）；用 --file 给出", "the file of run %[2]s (%[3]s) is not in the inbox %[1]s; give it with --file"), z.Inbox, run.ID, run.File))
	}
	return path, nil
}

// Original finds the file that a run has read; fs.ErrNotExist: it is not in the inbox, or no longer as it was.
func (z Zone) Original(run pipeline.Run) (string, error) {
	seen, found := 0, ""
	err := filepath.WalkDir(z.Inbox, func(path string, e fs.DirEntry, err error) error {
		if err != nil || found != "" || seen > mostFiles {
			return nil //nolint:nilerr // what cannot be looked at is not the file
		}
		if seen++; !e.Type().IsRegular() {
			return nil
		}
		if info, err := e.Info(); err != nil || info.Size() != int64(run.Bytes) {
			return nil
		}
		if same, err := z.Loader.Catalog.Datasets[run.Dataset].IsFile(path, run.Bytes, run.Fingerprint); err == nil && same {
			found = path
		}
		return nil
	})
	if err == nil && found == "" {
		err = fs.ErrNotExist
	}
	return found, err
}

// create writes a file whole or not at all; one that is there is written over.
func create(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".yanzhen-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err = errors.Join(write(f), f.Chmod(0o640), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func nearest(name string, names []string, lang codes.Lang) string {
	if n := codes.Nearest(name, names); n != "" {
		return codes.Text{Zh: "；是不是 " + n + "？", En: "; did you mean " + n + "?"}.In(lang)
	}
	return codes.Text{Zh: "，可用 ", En: ", have "}.In(lang) + strings.Join(names, " ")
}
