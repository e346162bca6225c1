// Package backup copies the store of an installation while it is at work, and makes a store of a copy again. The parts of
// the engine's tables never change once they are written: they are held fast by hard links (FREEZE), each is one file of
// the copy, named by the hash of its bytes, and the next backup takes only what is new. The bookkeeping is held fast
// before the rows that it tells of, so that a copy holds every row of every batch that its ledger calls published. A copy
// knows no path of the machine that it was made on.
package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"
)

// format is the version of what stands in a folder of backups. A program reads those up to its own.
const format = 1

// mostManifest bounds what is read of a list of contents: about a million parts.
const mostManifest = 256 << 20

// The faults of a folder of backups that callers tell apart.
var (
	ErrEarly      = errors.New("那时还没有备份 / there was no backup yet")
	ErrNone       = errors.New("这里没有雁阵的备份；要写 yanzhen backup 写到的那个目录 / there is no backup of Yanzhen here; name the folder that yanzhen backup writes to")
	ErrName       = errors.New("没有这个名字的备份；写名称的开头，或一个时刻（2026-07-05、2026-07-05 18:00），括号里是最近的几个 / there is no backup of that name; write the beginning of a name, or a moment (2026-07-05, 2026-07-05 18:00); the latest stand in brackets")
	ErrPassphrase = errors.New("备份是加密的：请用 --passphrase-file 给出存有口令的文件 / the backup is encrypted: name the file that holds the passphrase with --passphrase-file")
	ErrBusy       = errors.New("另一次备份正在进行 / another backup is under way")
)

// Damage is what of a backup is not as it was written: nothing is restored from it.
type Damage struct{ Faults []string }

func (d *Damage) Error() string {
	list := d.Faults
	if len(list) > 5 {
		list = append(slices.Clone(list[:5]), fmt.Sprintf("… 共 %d 处 / %d in all", len(d.Faults), len(d.Faults)))
	}
	return "备份已损坏，什么也没有恢复；请用更早的一份（--at）/ the backup is damaged and nothing was restored; use an earlier one (--at):\n  " + strings.Join(list, "\n  ")
}

// Depot is a folder of backups of one installation.
type Depot struct {
	dir      string
	head     head
	identity *age.X25519Identity // nil where nothing is encrypted
}

// head is what anybody may know of the folder.
type head struct {
	Format    int    `json:"format"`
	Zone      string `json:"zone"` // the check value of the key of persons: whose backups these are
	Encrypted bool   `json:"encrypted"`
}

// Object is a file of the copy: the hash of its bytes, which is its name, and how many they are.
type Object struct {
	Sum  string `json:"sum"`
	Size int64  `json:"size"`
}

// Part is a part of a table.
type Part struct {
	Name string `json:"name"`
	Key  string `json:"key"` // what is in it, by the engine's own checksums
	Rows uint64 `json:"rows"`
	Object
}

// Table is a table of the store or of the bookkeeping.
type Table struct {
	Database string `json:"database"`
	Name     string `json:"name"`
	Create   string `json:"create"`
	Parts    []Part `json:"parts"`
}

// Rows are those of all its parts.
func (t Table) Rows() (n uint64) {
	for _, p := range t.Parts {
		n += p.Rows
	}
	return n
}

// File is a file of the installation beside its store.
type File struct {
	Name string `json:"name"` // with slashes, below the installation's directory
	Key  string `json:"key"`
	Object
}

// Manifest says what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`
	At      time.Time `json:"at"` // what was published later is not in it
	Program string    `json:"program"`
	Schema  int       `json:"schema"` // of the bookkeeping
	Tables  []Table   `json:"tables"`
	Files   []File    `json:"files"`

	Name string `json:"-"` // in the folder
}

// Objects calls f for every object of the backup, with what it is.
func (m *Manifest) Objects(f func(what string, o Object)) {
	for _, t := range m.Tables {
		for _, p := range t.Parts {
			f(t.Database+"."+t.Name+" "+p.Name, p.Object)
		}
	}
	for _, x := range m.Files {
		f(x.Name, x.Object)
	}
}

// Size is how many bytes the backup needs by itself.
func (m *Manifest) Size() (n int64) {
	m.Objects(func(_ string, o Object) { n += o.Size })
	return n
}

// Has reports whether a file of that name is in it.
func (m *Manifest) Has(name string) bool {
	return slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == name })
}

const (
	headFile  = "yanzhen-backup.json"
	keyFile   = "key.age"
	newPrefix = ".new-" // of what is being written
)

// Open opens a folder of backups. ErrNone where it is none, ErrPassphrase where it is encrypted and none is given.
func Open(dir, passphrase string) (*Depot, error) {
	d := &Depot{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNone, dir)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &d.head); err != nil {
		return nil, &Damage{[]string{headFile + ": " + err.Error()}}
	}
	if d.head.Format > format {
		return nil, newer(d.head.Format)
	}
	switch {
	case !d.head.Encrypted && passphrase != "":
		return nil, errors.New("这个目录里的备份没有加密：加密的备份请放另一个目录 / the backups of this folder are not encrypted: put encrypted ones into another folder")
	case !d.head.Encrypted:
		return d, nil
	case passphrase == "":
		return nil, ErrPassphrase
	}
	return d, d.unlock(passphrase)
}

func newer(n int) error {
	return fmt.Errorf("备份是较新版本写的（格式 %d，本版识得到 %d）：请用较新的雁阵 / a newer version wrote these backups (format %d, this one knows %d): use a newer Yanzhen", n, format, n, format)
}

// unlock reads the key of the folder, which the passphrase opens.
func (d *Depot) unlock(passphrase string) error {
	text, err := os.ReadFile(filepath.Join(d.dir, keyFile))
	if err != nil {
		return &Damage{[]string{keyFile + ": " + err.Error()}}
	}
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(bytes.NewReader(text), by)
	if err != nil {
		return fmt.Errorf("口令不对，或 %s 已损坏 / the passphrase is wrong, or %s is damaged: %w", keyFile, keyFile, err)
	}
	secret, err := io.ReadAll(io.LimitReader(r, 1<<10))
	if err != nil {
		return &Damage{[]string{keyFile + ": " + err.Error()}}
	}
	d.identity, err = age.ParseX25519Identity(string(secret))
	return err
}

// Create opens a folder for backups of a zone, and makes it where there is none. An empty folder becomes one; one that
// holds anything else is refused, and so is one of another zone.
func Create(dir, zone, passphrase string) (*Depot, error) {
	d, err := Open(dir, passphrase)
	if err == nil {
		if d.head.Zone != zone {
			return nil, fmt.Errorf("%s 里是另一个安装的备份：请换一个目录 / %s holds backups of another installation: choose another folder", dir, dir)
		}
		return d, nil
	}
	if !errors.Is(err, ErrNone) {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !unborn(e) }) {
		return nil, fmt.Errorf("%s 不是空目录，也不是备份目录：请换一个 / %s is neither empty nor a folder of backups: choose another", dir, dir)
	}
	d = &Depot{dir: dir, head: head{Format: format, Zone: zone, Encrypted: passphrase != ""}}
	if d.head.Encrypted {
		if err := d.lockWith(passphrase); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(d.head)
	if err != nil {
		return nil, err
	}
	return d, replace(filepath.Join(dir, headFile), append(text, '\n'))
}

// unborn reports whether an entry may lie in a folder that is to become one of backups: what is there when the first backup
// was killed in its first moments, and what a file system makes of itself at the top of a disk.
func unborn(e fs.DirEntry) bool {
	return e.Name() == keyFile || e.Name() == "lost+found" || strings.HasPrefix(e.Name(), newPrefix)
}

// lockWith makes the key of the folder and writes it down, encrypted with the passphrase.
func (d *Depot) lockWith(passphrase string) (err error) {
	if d.identity, err = age.GenerateX25519Identity(); err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, d.identity.String()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return replace(filepath.Join(d.dir, keyFile), b.Bytes())
}

// Encrypted reports whether what lies in the folder can be read with its passphrase only.
func (d *Depot) Encrypted() bool { return d.head.Encrypted }

// hold takes the folder for this process. ErrBusy where another has it.
func (d *Depot) hold() (release func(), err error) { return hold(filepath.Join(d.dir, "lock")) }

// hold takes a lock that ends with the process; ErrBusy where another has it.
func hold(name string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, locked(name, err)
	}
	return func() { f.Close() }, nil
}

// locked is why a lock was not to be had.
func locked(name string, err error) error {
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrBusy
	}
	return fmt.Errorf("%s: 锁不上（这块盘或共享不支持文件锁？）/ cannot be locked (a disk or share without locks?): %w", name, err)
}

// replace writes a file whole or not at all; it is on the disk when replace returns.
func replace(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), newPrefix+"*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *Depot) objects() string { return filepath.Join(d.dir, "objects") }

func (d *Depot) path(sum string) string { return filepath.Join(d.objects(), sum[:2], sum) }

// put writes an object: what f writes, encrypted where the folder is.
func (d *Depot) put(f func(io.Writer) error) (o Object, err error) {
	if err := os.MkdirAll(d.objects(), 0o700); err != nil {
		return o, err
	}
	t, err := os.CreateTemp(d.objects(), newPrefix+"*")
	if err != nil {
		return o, err
	}
	defer os.Remove(t.Name()) // where it was not renamed
	h := sha256.New()
	n := &counted{w: io.MultiWriter(t, h)}
	if err = d.sealed(n, f); err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return o, err
	}
	o = Object{hex.EncodeToString(h.Sum(nil)), n.n}
	if err := os.MkdirAll(filepath.Dir(d.path(o.Sum)), 0o700); err != nil {
		return o, err
	}
	if err := os.Rename(t.Name(), d.path(o.Sum)); err != nil {
		return o, err
	}
	return o, syncDir(filepath.Dir(d.path(o.Sum)))
}

// sealed lets f write to w, encrypted where the folder is.
func (d *Depot) sealed(w io.Writer, f func(io.Writer) error) error {
	if d.identity == nil {
		return f(w)
	}
	sealed, err := age.Encrypt(w, d.identity.Recipient())
	if err != nil {
		return err
	}
	if err := f(sealed); err != nil {
		return err
	}
	return sealed.Close()
}

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// get opens an object, decrypted.
func (d *Depot) get(o Object) (io.Reader, io.Closer, error) {
	f, err := os.Open(d.path(o.Sum))
	if err != nil {
		return nil, nil, err
	}
	r, err := d.opened(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return r, f, nil
}

func (d *Depot) opened(r io.Reader) (io.Reader, error) {
	if d.identity == nil {
		return r, nil
	}
	return age.Decrypt(r, d.identity)
}

func (d *Depot) lists() string { return filepath.Join(d.dir, "backups") }

// moment is how the name of a backup begins: to a thousandth of a second, so that of two in a second the later is known.
const moment = "20060102T150405.000Z"

// write writes the list of contents: with it the backup is there. Its name ends with the hash of its bytes.
func (d *Depot) write(m *Manifest) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := d.sealed(&b, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	if err := os.MkdirAll(d.lists(), 0o700); err != nil {
		return err
	}
	m.Name = m.At.UTC().Format(moment) + "-" + hex.EncodeToString(sum(b.Bytes()))[:16]
	return replace(filepath.Join(d.lists(), m.Name), b.Bytes())
}

func sum(b []byte) []byte { h := sha256.Sum256(b); return h[:] }

// listName is how lists of contents are called. What else lies beside them, of a file manager or a tool that copies, is none.
var listName = regexp.MustCompile(`^\d{8}T\d{6}(\.\d{3})?Z-[0-9a-f]{16}$`)

// Names are the backups of the folder, the latest first.
func (d *Depot) Names() ([]string, error) {
	entries, err := os.ReadDir(d.lists())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() && listName.MatchString(e.Name()) {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// Until is the latest backup that was begun by a moment. ErrEarly, which says when the first was, where there was none yet; ErrNone
// where there is none at all.
func (d *Depot) Until(at time.Time, zone *time.Location) (name string, err error) {
	names, err := d.Names()
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%w: %s", ErrNone, d.dir)
	}
	var first time.Time
	for _, n := range names {
		if first, err = time.Parse(moment, n[:len(moment)]); err != nil {
			return "", err
		}
		if !first.After(at) {
			return n, nil
		}
	}
	return "", early{first.In(zone).Format("2006-01-02 15:04:05")}
}

// early is ErrEarly, with the moment of the first backup.
type early struct{ first string }

func (e early) Error() string {
	return fmt.Sprintf("那时还没有备份，最早的一份是 %s 的；各份见 yanzhen backup 目录 --list / there was no backup yet, the first is of %[1]s; yanzhen backup FOLDER --list shows all", e.first)
}

func (early) Is(target error) bool { return target == ErrEarly }

// Read reads the list of contents of a backup; of the latest where name is empty, of the latest that begins so else.
func (d *Depot) Read(name string) (*Manifest, error) {
	names, err := d.Names()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name) })
	if i < 0 && len(names) > 0 {
		some := strings.Join(names[:min(len(names), 5)], " ")
		return nil, fmt.Errorf("%w: %s (%s)", ErrName, name, some)
	}
	if i < 0 {
		return nil, fmt.Errorf("%w: %s", ErrNone, d.dir)
	}
	name = names[i]
	f, err := os.Open(filepath.Join(d.lists(), name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostManifest+1))
	if err != nil {
		return nil, err
	}
	if len(text) > mostManifest || !strings.HasSuffix(name, "-"+hex.EncodeToString(sum(text))[:16]) {
		return nil, &Damage{[]string{"backups/" + name + ": 内容清单与其名称不符 / the list of contents is not the one that its name says"}}
	}
	r, err := d.opened(bytes.NewReader(text))
	if err != nil {
		return nil, &Damage{[]string{"backups/" + name + ": " + err.Error()}}
	}
	m := &Manifest{Name: name}
	if err := json.NewDecoder(r).Decode(m); err != nil {
		return nil, &Damage{[]string{"backups/" + name + ": " + err.Error()}}
	}
	if m.Format > format {
		return nil, newer(m.Format)
	}
	if err := m.sound(); err != nil {
		return nil, err
	}
	return m, nil
}

// all are the backups of the folder that can be read, the latest first; the error says which cannot.
func (d *Depot) all() (out []*Manifest, err error) {
	names, err := d.Names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		m, bad := d.Read(name)
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("backups/%s: %w", name, bad))
			continue
		}
		out = append(out, m)
	}
	return out, err
}

// Seen is what is known of objects by their names: nil of those that are whole. Backups of one folder share most of them.
type Seen map[string]error

// Check reads every object of a backup that seen does not know yet, and compares it with its name. The error is a Damage
// that lists what is not whole.
func (d *Depot) Check(ctx context.Context, m *Manifest, seen Seen) error {
	var faults []string
	m.Objects(func(what string, o Object) {
		err, ok := seen[o.Sum]
		if !ok && ctx.Err() == nil {
			err = d.whole(o)
			seen[o.Sum] = err
		}
		if err != nil {
			faults = append(faults, what+": "+err.Error())
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(faults) > 0 {
		return &Damage{faults}
	}
	return nil
}

// whole says what is wrong with an object.
func (d *Depot) whole(o Object) error {
	f, err := os.Open(d.path(o.Sum))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("objects/%s/%s 不在 / is not there", o.Sum[:2], o.Sum)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	if n != o.Size || hex.EncodeToString(h.Sum(nil)) != o.Sum {
		return fmt.Errorf("objects/%s/%s 的内容变了（%d 字节，应为 %d）/ has changed (%d bytes, should be %d)", o.Sum[:2], o.Sum, n, o.Size, n, o.Size)
	}
	return nil
}

// Keep removes all backups but the latest n, 0 for none, and then what no backup needs. That of the name just, which was
// made a moment ago, stays whatever the clock says. It returns how many backups and how many bytes are gone. Where a list
// of contents cannot be read nothing is removed: what it needs is not known.
func (d *Depot) Keep(n int, just string) (gone int, freed int64, err error) {
	release, err := d.hold()
	if err != nil {
		return 0, 0, err
	}
	defer release()
	all, err := d.all()
	if err != nil {
		return 0, 0, err
	}
	var kept []*Manifest
	for i, m := range all {
		if n <= 0 || i < n || m.Name == just {
			kept = append(kept, m)
			continue
		}
		if err := os.Remove(filepath.Join(d.lists(), m.Name)); err != nil {
			return gone, 0, err
		}
		gone++
	}
	freed, err = d.clear(kept)
	return gone, freed, err
}

// clear removes the objects that none of these backups needs, and what was written half. Whoever calls it holds the folder.
func (d *Depot) clear(kept []*Manifest) (freed int64, err error) {
	needed := map[string]bool{}
	for _, m := range kept {
		m.Objects(func(_ string, o Object) { needed[o.Sum] = true })
	}
	err = filepath.WalkDir(d.objects(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || needed[e.Name()] || !named(e.Name()) {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		freed += info.Size()
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return freed, errors.Join(err, d.halves())
}

// halves removes what was written half. Whoever calls it holds the folder.
func (d *Depot) halves() (err error) {
	for _, dir := range []string{d.dir, d.lists(), d.objects()} {
		old, bad := filepath.Glob(filepath.Join(escaped(dir), newPrefix+"*"))
		err = errors.Join(err, bad)
		for _, name := range old {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// escaped is a path as a pattern that means itself.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// pack writes a folder as one stream, the same for the same files.
func pack(w io.Writer, dir string) error {
	t := tar.NewWriter(w)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if err := t.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: info.Size(), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err = io.Copy(t, f)
		return err
	})
	return errors.Join(err, t.Close())
}

// unpack writes the files of a stream of pack into a folder, and nothing outside of it.
func unpack(ctx context.Context, r io.Reader, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && h.Typeflag != tar.TypeReg {
			err = fmt.Errorf("%.60q is no file", h.Name)
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(h.Name)
		if err := root.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return err
		}
		f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, t)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}
