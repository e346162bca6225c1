// Package keep is the backups of an installation: the commands yanzhen backup and restore, and what yanzhen doctor says of
// them. How a copy is made and read is package backup's; here stands what belongs to an installation, and that nothing
// of it is restored by halves.
package keep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/configs"
	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/backup"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/warehouse"
)

// Desk is where the commands work.
type Desk struct {
	Out     io.Writer
	Lang    codes.Lang
	Log     *slog.Logger
	Version string
	Zone    *time.Location    // of the office, by which moments are told
	Invalid func(error) error // marks an error that is mended by other arguments
	Table   func(heads ...string) people.Table
}

func (d *Desk) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

func (d *Desk) when(t time.Time) string { return t.In(d.Zone).Format("2006-01-02 15:04:05") }

// Zone is an opened installation.
type Zone struct {
	Dir, Inbox, KeyFile string
	Declared            fs.FS         // what it runs with
	DB                  *warehouse.DB // as the loader
}

// BackupFlags are the arguments of yanzhen backup.
type BackupFlags struct {
	Folder         string `arg:"" help:"Folder of backups; made where there is none." type:"path"`
	PassphraseFile string `help:"Encrypt with the passphrase in this file." type:"path" placeholder:"FILE"`
	WithKey        bool   `help:"Include the key that persons are hashed with, though the backup is not encrypted."`
	Keep           int    `help:"Keep the latest so many backups of the folder and remove the others; 0 keeps all." placeholder:"N"`
	List           bool   `help:"List the backups of the folder; makes none."`
	Check          bool   `help:"Read every backup of the folder whole and compare it with its checksums; makes none."`
}

// ErrServer: the rows lie on a server that has its own backups.
var ErrServer = errors.New("数据在自备的 ClickHouse 服务器上：用它自己的 BACKUP 备份 store 与 meta 两个库；数据目录另行复制 / the data lie on a ClickHouse server of your own: back up its databases store and meta with its own BACKUP, and copy the data directory beside")

// passphrase reads a passphrase; empty where no file is named.
func (d *Desk) passphrase(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", d.Invalid(err)
	}
	p := strings.TrimRight(string(text), "\r\n")
	if len(p) < 12 {
		return "", d.Invalid(errors.New(d.say("口令太短：至少 12 个字节", "the passphrase is too short: 12 bytes at least")))
	}
	return p, nil
}

// Listing prints the backups of the folder, and with --check whether each is whole.
func (b *BackupFlags) Listing(ctx context.Context, d *Desk) error {
	pass, err := d.passphrase(b.PassphraseFile)
	if err != nil {
		return err
	}
	depot, err := backup.Open(b.Folder, pass)
	if err != nil {
		return d.Invalid(err)
	}
	names, err := depot.Names()
	if err != nil {
		return err
	}
	heads := strings.Fields(d.say("备份 时刻 大小 密钥 版本", "backup moment size key version"))
	if b.Check {
		heads = append(heads, d.say("核对", "checked"))
	}
	w := d.Table(heads...)
	var faults []string
	seen := backup.Seen{}
	for _, name := range names {
		m, err := depot.Read(name)
		if err != nil {
			faults = append(faults, name)
			w.Row(name, d.say("已损坏", "damaged"), "", "", "", err)
			continue
		}
		key := d.say("无", "no")
		if m.Has(personKey) {
			key = d.say("有", "yes")
		}
		cells := []any{name, d.when(m.At), size(m.Size()), key, m.Program}
		if b.Check {
			whole, err := d.whole(depot.Check(ctx, m, seen))
			if err != nil {
				return err
			}
			if cells = append(cells, whole); whole != d.say("完好", "whole") {
				faults = append(faults, name)
			}
		}
		w.Row(cells...)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if b.Check && len(faults) > 0 {
		return fmt.Errorf(d.say("%d 份已损坏：%s", "%d are damaged: %s"), len(faults), strings.Join(faults, ", "))
	}
	return nil
}

// whole says of a backup what its check has found; the error is that it could not be checked.
func (d *Desk) whole(err error) (string, error) {
	var damage *backup.Damage
	switch {
	case err == nil:
		return d.say("完好", "whole"), nil
	case errors.As(err, &damage):
		return fmt.Sprintf(d.say("%d 处损坏：%s", "%d damaged: %s"), len(damage.Faults), strings.Join(damage.Faults[:min(2, len(damage.Faults))], "; ")), nil
	}
	return "", err
}

func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	if n < 1<<30 {
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
}

// personKey is what the key of persons is called in a copy.
const personKey = "person.key"

// Last is what an installation knows of its last backup.
type Last struct {
	At        time.Time `json:"at"`
	Name      string    `json:"name"`
	Took      float64   `json:"took"` // seconds
	Size      int64     `json:"size"`
	Encrypted bool      `json:"encrypted"`
	Key       bool      `json:"key"` // the key of persons is in it
	Folder    string    `json:"folder,omitempty"`
}

func lastFile(dir string) string { return filepath.Join(dir, "backup.json") }

// Forget notes the deletions of persons in the folder of the last backup, so that they are done again where an older one is
// restored. Without a backup there is nothing to note.
func Forget(dir string) error {
	text, err := os.ReadFile(lastFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var last Last
	if err == nil {
		err = json.Unmarshal(text, &last)
	}
	if err != nil {
		return err
	}
	if last.Folder == "" {
		return errors.New("backup.json 里没有备份目录 / backup.json names no folder")
	}
	if _, err := os.Stat(last.Folder); err != nil {
		return err
	}
	return noted(dir, last.Folder)
}

// noted copies who was deleted from a directory, or a folder of backups, into another.
func noted(from, to string) error {
	all, err := forget.Book{Dir: from}.Read()
	if err != nil || len(all) == 0 {
		return err
	}
	return forget.Book{Dir: to}.Merge(all)
}

// Take makes a backup.
func (b *BackupFlags) Take(ctx context.Context, d *Desk, z Zone, schema int) error {
	began := time.Now()
	pass, err := d.passphrase(b.PassphraseFile)
	if err != nil {
		return err
	}
	if b.Keep < 0 {
		return d.Invalid(errors.New("--keep: " + d.say("不能为负", "not below 0")))
	}
	zone, err := whose(ctx, z.DB)
	if err != nil {
		return err
	}
	if inside(z.Dir, b.Folder) {
		return d.Invalid(fmt.Errorf(d.say("%s 在数据目录里：备份要放在别处，最好是另一块盘", "%s lies in the data directory: a backup belongs elsewhere, on another disk at best"), b.Folder))
	}
	depot, err := backup.Create(b.Folder, zone, pass)
	if err != nil {
		return d.Invalid(err)
	}
	files, strays, err := filesOf(z)
	if err != nil {
		return err
	}
	withKey := depot.Encrypted() || b.WithKey
	if withKey {
		files[personKey] = func() (io.ReadCloser, error) { return os.Open(z.KeyFile) }
	}
	taken, err := depot.Take(ctx, backup.Source{
		DB: z.DB, Data: filepath.Join(z.Dir, "engine", "data"), Lock: filepath.Join(z.Dir, "backup.lock"),
		Files: files, Program: d.Version, Schema: schema, Now: began,
	})
	if err != nil {
		return err
	}
	gone, freed, err := depot.Keep(b.Keep, taken.Name)
	if err != nil {
		err = fmt.Errorf("%s: %w", d.say("备份已完成；旧的没有清理", "the backup is made; older ones were not removed"), err)
	}
	last := Last{At: taken.At, Name: taken.Name, Took: time.Since(began).Seconds(), Size: taken.Size(), Encrypted: depot.Encrypted(), Key: taken.Has(personKey), Folder: b.Folder}
	if abs, bad := filepath.Abs(b.Folder); bad == nil {
		last.Folder = abs
	}
	text, bad := json.Marshal(last)
	if err := errors.Join(err, bad, noted(z.Dir, b.Folder), filed.Replace(lastFile(z.Dir), append(text, '\n'))); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("备份 %s：共 %s，新写 %d 件 %s，%d 件已有\n", "backup %s: %s in all, %d new files of %s, %d there already\n"), taken.Name, size(taken.Size()), taken.New, size(taken.Written), taken.Kept)
	if n := len(taken.Rotten); n > 0 {
		fmt.Fprintf(d.Out, d.say("备份盘上有 %d 件坏了，已重写：%s；这块盘要换\n", "%d files of the backups had changed and were written anew: %s; replace the disk\n"), n, strings.Join(taken.Rotten[:min(n, 3)], "; "))
	}
	if gone > 0 {
		fmt.Fprintf(d.Out, d.say("清理旧备份 %d 份，腾出 %s\n", "removed %d older backups, %s\n"), gone, size(freed))
	}
	switch {
	case !last.Key && withKey: // the key comes from the environment
		fmt.Fprintln(d.Out, d.say("没有 person.key 文件（密钥来自环境变量）：请另存一份，没有它新文件对不上旧人", "there is no file person.key (the key comes from the environment): keep a copy of it, without it new files no longer match old people"))
	case !last.Key:
		fmt.Fprintln(d.Out, d.say("不含 person.key（备份未加密）：请另存一份；要放进来，用 --passphrase-file 加密，或 --with-key", "person.key is not in it (the backup is not encrypted): keep a copy elsewhere; to include it encrypt with --passphrase-file, or give --with-key"))
	case !last.Encrypted:
		fmt.Fprintln(d.Out, d.say("含 person.key 而未加密：谁读到备份，谁就能验出某个证件号在不在库里；请妥善保管", "person.key is in it, not encrypted: whoever reads the backup can try whether an identity number is in the store; keep it safe"))
	}
	fmt.Fprintln(d.Out, d.say("不含：收件夹、暂存、草稿、导出、登录会话、待发的通知、配置文件", "not in it: the inbox, spool, drafts, exports, sessions, messages that wait to be sent, the configuration file"))
	if n := len(strays); n > 0 {
		fmt.Fprintf(d.Out, d.say("数据目录里还有 %d 件不是雁阵写的，没有备份：%s\n", "not in it either, for Yanzhen did not write them, are %d other things in the data directory: %s\n"), n, strings.Join(strays[:min(n, mostStrays)], ", "))
	}
	return nil
}

// whose is the check value of the key of persons: it tells one installation from another.
func whose(ctx context.Context, db *warehouse.DB) (string, error) {
	got, err := warehouse.Select[struct {
		Value string `db:"value"`
	}](ctx, db, warehouse.Statement{Tag: "backup.zone", SQL: "select value from meta.keys order by at limit 1"})
	if err != nil {
		return "", err
	}
	if len(got) == 0 {
		return "", errors.New("库里还没有密钥的校验值：先启动一次 yanzhen serve / the store has no check value of its key yet: start yanzhen serve once")
	}
	return got[0].Value, nil
}

// inside reports whether path lies in dir.
func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// DemoMark is the name of the file that says of an installation's directory that its figures were made up.
const DemoMark = "demo.txt"

// own are the files that the program itself writes into an installation's directory and that a backup copies. Nothing else
// is: what somebody else put there, a job's folder, a key under another name, is no part of the installation.
var own = []string{
	DemoMark, "accounts.json", "tokens.json", "alerts.json", "paused.json", forget.File, "backfills.json", "mappings.json", "uploads.json", "audit/*.jsonl", "statements/*.json", "statements/*.jsonl", "outbox/*/sent.jsonl", "outbox/*/aside/*.json",
}

// left are those that it leaves out: the store, which is copied in its own way, what lies there for a while, messages that
// wait and would be sent once more, and what is only true of the process that runs.
var left = []string{
	"engine", "inbox", "inbox.manifest.json", "spool", "drafts", "drafting", "typed", "exports", "returns", "sessions.json", "visits.json", "looked.json", "person.key", "configs",
	"operator", "operator.sock", "address", "declared.zip", "backup.json", "restored.json", "backup.lock", "outbox/*/queue", "alerts.json.unreadable",
}

// among reports whether a name is one of patterns.
func among(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := path.Match(p, name); return ok })
}

// leads reports whether some of the program's own files lie below a folder.
func leads(name string) bool {
	depth := strings.Count(name, "/") + 1
	return slices.ContainsFunc(own, func(p string) bool {
		parts := strings.Split(p, "/")
		if len(parts) <= depth {
			return false
		}
		ok, _ := path.Match(strings.Join(parts[:depth], "/"), name)
		return ok
	})
}

// passing reports whether a file is there for a moment: a lock, or what is being written.
func passing(name string) bool {
	return name == "lock" || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".new") || strings.HasPrefix(name, ".")
}

// mostStrays bounds how many names of what is not the program's own are told.
const mostStrays = 5

// filesOf are the files of an installation beside its store, and under configs/ what it declares otherwise than the program.
// strays are what else lies in its directory, and is not copied.
func filesOf(z Zone) (out map[string]func() (io.ReadCloser, error), strays []string, err error) {
	out = map[string]func() (io.ReadCloser, error){}
	key, inbox := statOf(z.KeyFile), statOf(z.Inbox)
	err = filepath.WalkDir(z.Dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(z.Dir, name)
		if err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it has gone meanwhile
		}
		if err != nil {
			return err
		}
		switch {
		case same(info, key), same(info, inbox), among(left, rel), !e.IsDir() && passing(e.Name()):
		case e.Type().IsRegular() && among(own, rel):
			out[rel] = func() (io.ReadCloser, error) { return os.Open(name) }
		case e.IsDir() && leads(rel):
			return nil
		default:
			strays = append(strays, rel)
		}
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return out, strays, declared(z, out)
}

// statOf is what a file is; nil where there is none.
func statOf(name string) fs.FileInfo {
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	return info
}

// same reports whether two are one file, however they are called.
func same(info, other fs.FileInfo) bool { return other != nil && os.SameFile(info, other) }

// declared adds what an installation declares otherwise than the program: its own files, and an empty one for each that
// it has taken away. A key that lies among them is none.
func declared(z Zone, out map[string]func() (io.ReadCloser, error)) error {
	names := map[string]bool{}
	for _, fsys := range []fs.FS{z.Declared, configs.FS} {
		list, err := configs.Files(fsys)
		if err != nil {
			return err
		}
		for _, n := range list {
			names[n] = true
		}
	}
	key, _ := os.ReadFile(z.KeyFile) // none: it comes from the environment
	for n := range names {
		mine, err := fs.ReadFile(z.Declared, n)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		built, err := fs.ReadFile(configs.FS, n)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !bytes.Equal(mine, built) && (len(key) == 0 || !bytes.Equal(mine, key)) {
			out["configs/"+n] = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(mine)), nil }
		}
	}
	return nil
}

// Restored is what an installation knows of the backup that it was made of.
type Restored struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Made time.Time `json:"made"` // the moment that the data are of
}

func restoredFile(dir string) string { return filepath.Join(dir, "restored.json") }

// noticed reads what is noted of a backup; false where nothing is.
func noticed[T any](name string) (x T, ok bool, err error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return x, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &x)
	}
	return x, err == nil, err
}

// LastAt is since when nothing is saved: when the last backup was made, or one was restored; false where neither is known, or what
// was noted cannot be read.
func LastAt(dir string) (time.Time, bool) {
	last, _, err := noticed[Last](lastFile(dir))
	from, _, _ := noticed[Restored](restoredFile(dir))
	if from.At.After(last.At) {
		last.At = from.At
	}
	return last.At, err == nil && !last.At.IsZero()
}

// Age says for yanzhen doctor how old the last backup is.
func (d *Desk) Age(dir string, now time.Time, within time.Duration) (state, text string) {
	last, backed, err := noticed[Last](lastFile(dir))
	if err != nil {
		return "warn", d.say("上次备份的记录读不出；再备份一次就会重写：yanzhen backup 目录", "what was noted of the last backup cannot be read; another backup writes it anew: yanzhen backup FOLDER")
	}
	from, restored, err := noticed[Restored](restoredFile(dir))
	switch {
	case !backed && err != nil:
		return "warn", d.say("从备份恢复的记录（restored.json）读不出，不知道恢复的是哪一份，此后也没有备份：yanzhen backup 目录", "what was noted of the backup that this was restored from (restored.json) cannot be read, and none was made since: yanzhen backup FOLDER")
	case !backed && !restored:
		return "warn", d.say("还没有备份：yanzhen backup 目录", "none yet: yanzhen backup FOLDER")
	case from.At.After(last.At):
		last.At = from.At
		text = fmt.Sprintf(d.say("%s 从 %s 的备份恢复（%s），此后还没有备份：yanzhen backup 目录", "restored on %s from the backup of %s (%s), and none was made since: yanzhen backup FOLDER"), d.when(from.At), d.when(from.Made), from.Name)
	default:
		text = fmt.Sprintf(d.say("%s，%.1f 天前，%s（%s）", "%s, %.1f days ago, %s (%s)"), d.when(last.At), now.Sub(last.At).Hours()/24, size(last.Size), last.Name)
	}
	if within > 0 && now.Sub(last.At) > within {
		return "warn", text + fmt.Sprintf(d.say("：超过 %.1f 天（backup_within）", ": more than %.1f days (backup_within)"), within.Hours()/24)
	}
	return "ok", text
}
