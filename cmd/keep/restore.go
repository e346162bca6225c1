package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanzhen/configs"
	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline"
	"yanzhen/pipeline/backup"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// RestoreFlags are the arguments of yanzhen restore.
type RestoreFlags struct {
	Backup         string `arg:"" help:"Folder of backups." type:"path"`
	Into           string `arg:"" help:"Data directory to make: a new or an empty one." type:"path"`
	At             string `help:"Which backup: by the beginning of its name, or the latest up to a moment (2026-07-05, 2026-07-05 18:00); default: the latest." placeholder:"NAME"`
	PassphraseFile string `help:"File that holds the passphrase of an encrypted backup." type:"path" placeholder:"FILE"`
}

// Restore makes a data directory of a backup. It is there, whole and compared, or not at all.
func (r *RestoreFlags) Restore(ctx context.Context, d *Desk, memory int64, schema int) (err error) {
	pass, err := d.passphrase(r.PassphraseFile)
	if err != nil {
		return err
	}
	depot, err := backup.Open(r.Backup, pass)
	if err != nil {
		return d.Invalid(err)
	}
	m, err := r.chosen(d, depot)
	if err != nil {
		return err
	}
	if m.Schema > schema {
		return d.Invalid(fmt.Errorf(d.say("备份来自较新的版本（库的版本 %d，本版识得到 %d，写它的是 %s）：请用较新的雁阵", "the backup is of a newer program (store version %d, this one knows %d; written by %s): use a newer Yanzhen"), m.Schema, schema, m.Program))
	}
	into := filepath.Clean(r.Into)
	if err := empty(into); err != nil {
		if errors.Is(err, errFull) {
			return d.Invalid(fmt.Errorf(d.say("%s 不是空的：恢复只写进新目录", "%s is not empty: a backup is restored into a new directory only"), into))
		}
		return err
	}
	p, err := begin(into)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.end()) }()
	if err := depot.Check(ctx, m, backup.Seen{}); err != nil {
		return err
	}
	list, unknown, err := r.build(ctx, d, depot, m, p.half, memory)
	if err != nil {
		return err
	}
	if err := d.compared(list); err != nil {
		return err
	}
	known, err := forget.Book{Dir: r.Backup}.Read()
	if err != nil {
		return err
	}
	own := forget.Book{Dir: p.half}
	if err := own.Merge(known); err != nil {
		return err
	}
	gone, err := own.Again()
	if err != nil {
		return err
	}
	if err := note(p.half, m); err != nil {
		return err
	}
	if err := p.done(); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("已恢复 %s（%s 的数据）到 %s\n", "restored %s (the data of %s) into %s\n"), m.Name, d.when(m.At), into)
	if gone > 0 {
		fmt.Fprintf(d.Out, d.say("有 %d 次删除个人的记录：启动时会再删一遍\n", "%d deletions of persons are known: they are done again when it is started\n"), gone)
	}
	if !m.Has(personKey) {
		fmt.Fprintln(d.Out, d.say("备份里没有 person.key：启动前把另存的那份放进 ", "person.key is not in the backup: before you start, put your copy into ")+into)
	}
	if _, err := os.Stat(filepath.Join(into, "configs")); err == nil {
		fmt.Fprintln(d.Out, d.say("本安装自己的声明在 ", "the installation's own declarations are in ")+filepath.Join(into, "configs")+d.say("：启动时加 --configs", ": start with --configs"))
	}
	if unknown != nil {
		return fmt.Errorf("%s: %w", d.say("已恢复，行数相符；但本版程序读不了它的声明，控制总和没有核对", "restored, and the rows agree; but this program cannot read its declarations, so that no sums were compared"), unknown)
	}
	return nil
}

// chosen is the backup that is asked for: the latest, one by its name, or the latest up to a moment.
func (r *RestoreFlags) chosen(d *Desk, depot *backup.Depot) (*backup.Manifest, error) {
	name := r.At
	if at, ok := d.moment(r.At); ok {
		var err error
		if name, err = depot.Until(at, d.Zone); err != nil {
			err = fmt.Errorf("--at %s: %w", r.At, err)
			if errors.Is(err, backup.ErrNone) || errors.Is(err, backup.ErrEarly) {
				err = d.Invalid(err)
			}
			return nil, err
		}
	}
	m, err := depot.Read(name)
	if errors.Is(err, backup.ErrNone) || errors.Is(err, backup.ErrName) {
		return nil, d.Invalid(err)
	}
	return m, err
}

// note writes down of which backup a directory was made.
func note(dir string, m *backup.Manifest) error {
	text, err := json.Marshal(Restored{At: time.Now().UTC(), Name: m.Name, Made: m.At})
	if err != nil {
		return err
	}
	return filed.Replace(restoredFile(dir), append(text, '\n'))
}

// moment reads a moment by the clock of the office; a day alone means its end. False: it is none, and so the name of a backup.
func (d *Desk) moment(text string) (time.Time, bool) {
	if t, err := time.ParseInLocation(time.DateOnly, text, d.Zone); err == nil {
		return t.AddDate(0, 0, 1), true
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, text, d.Zone); err == nil {
			return t, true
		}
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} { // the whole minute
		if t, err := time.ParseInLocation(form, text, d.Zone); err == nil {
			return t.Add(time.Minute - time.Millisecond), true
		}
	}
	return time.Time{}, false
}

// build makes the directory and compares it. unknown says why the sums were not compared.
func (r *RestoreFlags) build(ctx context.Context, d *Desk, depot *backup.Depot, m *backup.Manifest, dir string, memory int64) (list []backup.Compared, unknown, err error) {
	if err := depot.Files(ctx, m, dir); err != nil {
		return nil, nil, err
	}
	home := filepath.Join(dir, "engine")
	engine, err := embedded.Start(ctx, embedded.Config{Dir: home, MemoryLimit: memory, Log: d.Log})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	db, err := warehouse.Open(ctx, warehouse.Options{Socket: engine.Socket(), User: embedded.Loader})
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	if err := depot.Tables(ctx, m, db, filepath.Join(home, "data")); err != nil {
		return nil, nil, err
	}
	own := filepath.Join(dir, "configs")
	if _, err := os.Stat(own); err != nil {
		own = ""
	}
	fsys, err := configs.Over(own)
	if err != nil {
		return nil, nil, err
	}
	var sets map[string]*dataset.Dataset
	catalog, unknown := dataset.Load(fsys)
	if unknown == nil {
		sets = catalog.Datasets
		unknown = (&pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog, Log: d.Log}).EnsureTables(ctx)
	}
	list, err = backup.Compare(ctx, db, sets)
	if err == nil {
		err = ctx.Err()
	}
	return list, unknown, err
}

// compared tells in one table what came of it; the error says that something differs.
func (d *Desk) compared(list []backup.Compared) error {
	w := d.Table(strings.Fields(d.say("数据集 单元 账簿行数 恢复行数 控制总和 结果", "dataset units ledger restored sums result"))...)
	var faults []string
	for _, c := range list {
		result := d.say("相符", "same")
		if len(c.Before) > 0 {
			result = d.say("备份前就已受损：", "damaged before the backup: ") + strings.Join(c.Before[:min(3, len(c.Before))], "; ")
		}
		if len(c.Faults) > 0 {
			result = d.say("不符：", "differs: ") + strings.Join(c.Faults[:min(3, len(c.Faults))], "; ")
			faults = append(faults, c.Dataset)
		}
		w.Row(c.Dataset, c.Units, c.Published, c.Found, c.Sums, result)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf(d.say("与账簿不符，什么也没有留下：%s", "not what the ledger says, so nothing was left: %s"), strings.Join(faults, ", "))
	}
	return nil
}
