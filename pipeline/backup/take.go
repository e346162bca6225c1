package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// Source is what is copied.
type Source struct {
	DB   *warehouse.DB // as the loader
	Data string        // the engine's own directory of tables
	Lock string        // a file that only one backup of the installation at a time holds
	// Files are the files beside the store, by the names that they get in the copy.
	Files   map[string]func() (io.ReadCloser, error)
	Program string // the version of the program
	Schema  int
	Now     time.Time
}

// Taken is what a backup has done.
type Taken struct {
	*Manifest
	New, Kept int      // objects that were written, and that an earlier backup had already
	Written   int64    // bytes
	Rotten    []string // those an earlier backup had, which were not whole any more and were written anew
}

// shadowName is how the frozen parts of a backup are called; what a killed one left behind begins so, too.
const shadowName = "yanzhen_backup_"

// Take makes a backup. It is there, whole, when Take returns without an error, and not at all else.
func (d *Depot) Take(ctx context.Context, s Source) (out Taken, err error) {
	free, err := hold(s.Lock)
	if err != nil {
		return out, err
	}
	defer free()
	release, err := d.hold()
	if err != nil {
		return out, err
	}
	defer release()
	before, unread := d.all()
	left := func() error { // of backups that failed; where a list cannot be read nobody knows what it needs
		if unread != nil {
			return d.halves()
		}
		_, err := d.clear(before)
		return err
	}
	if err := left(); err != nil {
		return out, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, left())
		}
	}()
	shadow := filepath.Join(s.Data, "shadow")
	if err := sweep(shadow); err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, sweep(shadow)) }()
	out.Manifest = &Manifest{Format: format, At: s.Now.UTC(), Program: s.Program, Schema: s.Schema}
	name := shadowName + strconv.FormatInt(s.Now.UnixNano(), 36)
	where, err := out.freeze(ctx, s.DB, shadow, name)
	if err != nil {
		return out, err
	}
	known := known(before)
	for _, name := range sortedKeys(s.Files) { // before the parts, which take long: they are of the ledger's moment
		if err := d.file(name, s.Files[name], known, &out); err != nil {
			return out, fmt.Errorf("%s: %w", name, err)
		}
	}
	for i := range out.Tables {
		t := &out.Tables[i]
		if err := d.parts(ctx, t, filepath.Join(shadow, name, where[i]), known, &out); err != nil {
			return out, fmt.Errorf("%s.%s: %w", t.Database, t.Name, err)
		}
	}
	if err := out.sound(); err != nil { // what cannot be restored must not look like a backup
		return out, fmt.Errorf("库里有不能备份的表 / the store has a table that cannot be backed up: %w", err)
	}
	return out, d.write(out.Manifest)
}

func sortedKeys[T any](m map[string]T) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// known are the objects of backups by what is in them.
func known(before []*Manifest) map[string]Object {
	out := map[string]Object{}
	note := func(key string, o Object) {
		if _, ok := out[key]; key != "" && !ok {
			out[key] = o
		}
	}
	for _, m := range before {
		for _, t := range m.Tables {
			for _, p := range t.Parts {
				note(p.Key, p.Object)
			}
		}
		for _, f := range m.Files {
			note(f.Key, f.Object)
		}
	}
	return out
}

// has reports whether an object that an earlier backup wrote is still there, byte for byte: else all backups that share it
// would be lost together.
func (d *Depot) has(what string, o Object, out *Taken) bool {
	if err := d.whole(o); err != nil {
		out.Rotten = append(out.Rotten, what+": "+err.Error())
		return false
	}
	return true
}

// sweep removes frozen parts of backups.
func sweep(shadow string) error {
	old, err := filepath.Glob(filepath.Join(shadow, shadowName+"*"))
	for _, dir := range old {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// order says when a table is held fast: named report dates and runs before the ledger, so that they tell of nothing that
// is not in it; the rows after it, so that all that it tells of are there; the numbers of batches last, so that no
// number is given again whose rows are in the copy.
func order(database, name string) int {
	switch database + "." + name {
	case "meta.freezes", "meta.withdrawn_freezes", "meta.runs":
		return 0
	case "meta.ledger":
		return 1
	case "meta.batches":
		return 4
	}
	if database == "meta" {
		return 2
	}
	return 3
}

// listed is a table as the engine lists it.
type listed struct {
	Database string   `db:"database"`
	Name     string   `db:"name"`
	Create   string   `db:"create_table_query"`
	Paths    []string `db:"data_paths"`
	Rows     uint64   `db:"rows"`
}

func (t listed) ledger() bool { return t.Database == "meta" && t.Name == "ledger" }

// freeze holds the parts of all tables fast and gives, for each, the folder below the
// shadow where they are. The moment of the backup is that of the ledger.
func (m *Manifest) freeze(ctx context.Context, db *warehouse.DB, shadow, name string) (where []string, err error) {
	// what package states keeps is made again of the rows, and half of it would be wrong
	tables, err := warehouse.Select[listed](ctx, db, warehouse.Statement{Tag: "backup.tables", SQL: "select database, name, create_table_query, data_paths, toUInt64(ifNull(total_rows, 0)) as rows from system.tables where database in ('store', 'meta') and engine like '%MergeTree' and not (database = 'meta' and match(name, '^(states$|state_|several_|crowd_|numbers$|number_)')) order by database, name"})
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(tables, listed.ledger) {
		return nil, errors.New("库里没有账簿：没有可备份的 / the store has no ledger: there is nothing to back up")
	}
	slices.SortStableFunc(tables, func(a, b listed) int { return order(a.Database, a.Name) - order(b.Database, b.Name) })
	for _, t := range tables {
		if !plainName(t.Name) || len(t.Paths) != 1 {
			return nil, fmt.Errorf("%s.%s: the table cannot be copied", t.Database, t.Name)
		}
		if t.ledger() {
			m.At = time.Now().UTC()
		}
		if err := db.Exec(ctx, warehouse.Statement{Tag: "backup.freeze", SQL: "alter table " + t.Database + ".`" + t.Name + "` freeze with name '" + name + "'"}); err != nil {
			return nil, err
		}
		m.Tables = append(m.Tables, Table{Database: t.Database, Name: t.Name, Create: t.Create})
		where = append(where, below(t.Paths[0]))
		if _, err := os.Stat(filepath.Join(shadow, name, below(t.Paths[0]))); t.Rows > 0 && err != nil {
			return nil, fmt.Errorf("%s.%s: %d rows are not where they were held fast: %w", t.Database, t.Name, t.Rows, err)
		}
	}
	return where, nil
}

// below is where a table lies in the engine's directory: store/abc/abcdef…, the last three names of its path.
func below(path string) string {
	names := strings.Split(strings.Trim(filepath.ToSlash(path), "/"), "/")
	return filepath.Join(names[max(0, len(names)-3):]...)
}

// parts copies the parts of a table that are not known yet.
func (d *Depot) parts(ctx context.Context, t *Table, dir string, known map[string]Object, out *Taken) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it is empty
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !e.IsDir() {
			continue
		}
		p := Part{Name: e.Name()}
		path := filepath.Join(dir, p.Name)
		if p.Key, err = partKey(path, t); err != nil {
			return err
		}
		if p.Rows, err = partRows(path); err != nil {
			return err
		}
		var have bool
		if p.Object, have = known[p.Key]; have && d.has(t.Database+"."+t.Name+" "+p.Name, p.Object, out) {
			out.Kept++
		} else {
			if p.Object, err = d.put(func(w io.Writer) error { return pack(w, path) }); err != nil {
				return err
			}
			out.New++
			out.Written += p.Size
		}
		t.Parts = append(t.Parts, p)
	}
	return nil
}

// partKey says what is in a part, by the checksums that the engine has written of its files.
func partKey(dir string, t *Table) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s.%s/%s\n", t.Database, t.Name, filepath.Base(dir))
	for _, name := range []string{"checksums.txt", "columns.txt", "metadata_version.txt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", name, len(text))
		h.Write(text)
	}
	return "part:" + hex.EncodeToString(h.Sum(nil)), nil
}

// partRows is how many rows a part has, as the engine has written it down.
func partRows(dir string) (uint64, error) {
	text, err := os.ReadFile(filepath.Join(dir, "count.txt"))
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
}

// file copies a file beside the store, unless the latest backup has the same bytes.
func (d *Depot) file(name string, open func() (io.ReadCloser, error), known map[string]Object, out *Taken) error {
	r, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it has gone meanwhile
	}
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	o, err := d.put(func(w io.Writer) error { _, err := io.Copy(w, io.TeeReader(r, h)); return err })
	if err != nil {
		return err
	}
	f := File{Name: name, Key: "file:" + hex.EncodeToString(h.Sum(nil)), Object: o}
	switch had, ok := known[f.Key]; {
	case ok && had.Sum == o.Sum: // it has just been written once more, and is whole
		out.Kept++
	case ok && d.has(name, had, out): // the same, encrypted anew
		out.Kept++
		f.Object = had
		if err := os.Remove(d.path(o.Sum)); err != nil {
			return err
		}
	default:
		out.New++
		out.Written += o.Size
	}
	out.Files = append(out.Files, f)
	return nil
}
