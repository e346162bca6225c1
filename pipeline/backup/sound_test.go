package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What of a list of contents becomes a statement is the definition of a table that holds its rows itself, and nothing else.
func TestDefines(t *testing.T) {
	const columns = " (`from` String, `day` Date DEFAULT if(empty(file), 'a;b -- \\' /* select', url), INDEX i day TYPE minmax GRANULARITY 1)"
	const rest = " PARTITION BY toYear(day) ORDER BY (day, file) SETTINGS index_granularity = 8192 COMMENT 'select * from x'"
	for _, good := range []string{columns + " ENGINE = MergeTree" + rest, "\n(\n    `a` Nullable(String)\n)\nENGINE = ReplacingMergeTree(version)\nORDER BY a"} {
		if why := defines(good); why != "" {
			t.Errorf("%s: %s", good, why)
		}
	}
	for _, bad := range []string{
		"", " AS SELECT 1", " CLONE AS store.other", columns, columns + " ENGINE = Memory", columns + " ENGINE = File(CSV)", columns + " ENGINE = URL('http://x')",
		columns + " ENGINE = MergeTree" + rest + "; drop table meta.ledger", columns + " ENGINE = MergeTree" + rest + " AS SELECT * FROM file('/etc/passwd')",
		columns + " ENGINE = MergeTree" + rest + " -- x", columns + " ENGINE = MergeTree" + rest + " /* x */", columns + " ENGINE = MergeTree ORDER BY 'a",
		" (`a` String DEFAULT dictGet('x', 'y', 1)) ENGINE = MergeTree ORDER BY a", " (`a` String DEFAULT file('/etc/passwd')) ENGINE = MergeTree ORDER BY a", " (`a` String DEFAULT FILE ('x')) ENGINE = MergeTree ORDER BY a",
		columns + " ENGINE = MergeTree ORDER BY day SETTINGS disk = disk(type = local, path = '/etc/')", columns + " ENGINE = MergeTree ORDER BY day TTL day TO DISK 'x'",
		columns + " ENGINE = ReplicatedMergeTree('/x', 'y') ORDER BY day", " (`a` String) ENGINE = Memory) ENGINE = MergeTree ORDER BY a", " (`a` String) PARTITION BY a ENGINE = MergeTree",
	} {
		if defines(bad) == "" {
			t.Errorf("taken: %s", bad)
		}
	}
	sound := func(m Manifest) bool { return m.sound() == nil }
	if !sound(Manifest{Tables: []Table{{Database: "store", Name: "x", Create: "CREATE TABLE store.x" + columns + " ENGINE = MergeTree" + rest}}}) {
		t.Error("a table is refused")
	}
	for _, m := range []Manifest{
		{Tables: []Table{{Database: "system", Name: "x", Create: "CREATE TABLE system.x" + columns + " ENGINE = MergeTree" + rest}}},
		{Tables: []Table{{Database: "store", Name: "x", Create: "CREATE TABLE store.xy" + columns + " ENGINE = MergeTree" + rest}}},
		{Files: []File{{Name: "../x"}}},
		{Files: []File{{Name: "/etc/x"}}},
		{Files: []File{{Name: "a/../../x"}}},
		{Files: []File{{Name: "x", Object: Object{Sum: "../../x"}}}},
	} {
		if sound(m) {
			t.Errorf("taken: %+v", m)
		}
	}
}

// FuzzDefines: no text ends the program, and what is taken has one engine and no SELECT outside quotes.
func FuzzDefines(f *testing.F) {
	f.Add(" (`a` String) ENGINE = MergeTree ORDER BY a")
	f.Add(" (a) ENGINE = MergeTree 'x\\")
	f.Fuzz(func(t *testing.T, text string) {
		if defines(text) != "" {
			return
		}
		words, _ := split(text)
		for _, w := range words {
			if strings.EqualFold(w, "select") || w == ";" {
				t.Errorf("%q", text)
			}
		}
	})
}

// A stream that says it goes elsewhere writes nothing there.
func TestUnpackStaysInside(t *testing.T) {
	root := t.TempDir()
	for i, h := range []*tar.Header{
		{Name: "../out", Typeflag: tar.TypeReg},
		{Name: "/out", Typeflag: tar.TypeReg},
		{Name: "a/../../out", Typeflag: tar.TypeReg},
		{Name: "out", Typeflag: tar.TypeSymlink, Linkname: root},
		{Name: "out", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"},
		{Name: "out", Typeflag: tar.TypeDir},
		{Name: "out", Typeflag: tar.TypeFifo},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		h.Mode = 0o600
		if err := errors.Join(w.WriteHeader(h), w.Close()); err != nil {
			t.Fatal(err)
		}
		into := filepath.Join(root, "into", string(rune('a'+i)))
		if err := unpack(t.Context(), &b, into); err == nil && h.Name != "/out" {
			t.Errorf("%q of kind %q is taken", h.Name, h.Typeflag)
		}
		for _, name := range []string{filepath.Join(root, "out"), filepath.Join(root, "into", "out"), "/out"} {
			if _, err := os.Lstat(name); err == nil {
				t.Errorf("%q has written %s", h.Name, name)
			}
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := unpack(ended, bytes.NewReader(nil), filepath.Join(root, "x")); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// made is a folder of backups with a list for each moment, each of one object of its own and one that all share.
func made(t *testing.T, pass string, moments ...string) (*Depot, []*Manifest) {
	t.Helper()
	d, err := Create(filepath.Join(t.TempDir(), "b"), "zone", pass)
	if err != nil {
		t.Fatal(err)
	}
	var list []*Manifest
	for _, at := range moments {
		m := &Manifest{Format: format}
		if m.At, err = time.Parse("20060102T150405Z", at); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"own": at, "shared": "shared"} {
			o, err := d.put(func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
			if err != nil {
				t.Fatal(err)
			}
			m.Files = append(m.Files, File{Name: name, Key: "file:" + text, Object: o})
		}
		if err := d.write(m); err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return d, list
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// The backup that was just made stays though one of a clock that ran ahead has a later name, and what others leave beside
// the lists is none. Where a list cannot be read nothing is removed; what failed backups left goes.
func TestKeep(t *testing.T) {
	d, list := made(t, "", "20260101T000000Z", "20260102T000000Z", "20310101T000000Z", "20260103T000000Z")
	just := list[3]
	for _, stray := range []string{"Thumbs.db", "desktop.ini", "zzz", "20990101T000000Z-zzzz", "新建文件夹/x"} {
		write(t, filepath.Join(d.lists(), stray), "x")
	}
	rotten := filepath.Join(d.lists(), "20260105T000000Z-0123456789abcdef")
	write(t, rotten, "{}")
	orphan := filepath.Join(d.objects(), "ab", strings.Repeat("ab", 32))
	half, other := filepath.Join(d.objects(), newPrefix+"1"), filepath.Join(d.objects(), "Thumbs.db")
	for _, name := range []string{orphan, half, other, filepath.Join(d.dir, newPrefix+"2"), filepath.Join(d.lists(), newPrefix+"3")} {
		write(t, name, "x")
	}
	names := func() string { n, _ := d.Names(); return strings.Join(n, " ") }
	before := names()
	if _, _, err := d.Keep(1, just.Name); err == nil || !strings.Contains(err.Error(), filepath.Base(rotten)) || names() != before {
		t.Errorf("%v %s", err, names())
	}
	if err := os.Remove(rotten); err != nil {
		t.Fatal(err)
	}
	gone, freed, err := d.Keep(1, just.Name)
	if err != nil || gone != 2 || freed == 0 || names() != list[2].Name+" "+just.Name {
		t.Errorf("%d %d %v %s", gone, freed, err, names())
	}
	for _, m := range list[2:] {
		if err := d.Check(t.Context(), m, Seen{}); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(d.dir, "*", newPrefix+"*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	for name, want := range map[string]bool{orphan: false, half: false, other: true, filepath.Join(d.lists(), "Thumbs.db"): true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	known, rot := known(list[2:]), &Taken{}
	shared := known["file:shared"]
	if !d.has("shared", shared, rot) {
		t.Error(rot.Rotten)
	}
	write(t, d.path(shared.Sum), "sharef") // as long as it was
	if d.has("shared", shared, rot) || len(rot.Rotten) != 1 {
		t.Error("an object that has changed is taken for whole")
	}
}

// A folder whose first backup was killed in its first moments, or that is the top of a disk, becomes one; any other error
// of a lock than that another has it is not told as that.
func TestCreate(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{keyFile, newPrefix + "1", "lost+found/x"} {
		write(t, filepath.Join(dir, name), "x")
	}
	d, err := Create(dir, "zone", "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "correct horse battery"); err != nil {
		t.Error(err)
	}
	release, err := d.hold()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.hold(); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	release()
	if _, err := hold(filepath.Join(dir, "none", "lock")); err == nil || errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	if err := locked("x", unix.ENOLCK); errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	full := t.TempDir()
	write(t, filepath.Join(full, keyFile), "x")
	write(t, filepath.Join(full, "objects", "x"), "x")
	if _, err := Create(full, "zone", "correct horse battery"); err == nil {
		t.Error("a folder that holds something is taken")
	}
	for _, x := range []struct{ format int }{{format + 1}} {
		m := &Manifest{Format: x.format, At: time.Now()}
		if err := d.write(m); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Read(m.Name); err == nil || !strings.Contains(err.Error(), "newer") {
			t.Error(err)
		}
	}
}
