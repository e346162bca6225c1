package keep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/configs"
	"yanzhen/pipeline"
	"yanzhen/pipeline/backup"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/version"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// plainTable writes cells with blanks between them.
type plainTable struct{ w *bytes.Buffer }

func (t plainTable) Row(cells ...any) { fmt.Fprintln(t.w, cells...) }
func (t plainTable) Flush() error     { return nil }

// desk is where the commands of a test work, and what they print.
func desk() (*Desk, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return &Desk{
		Out: out, Lang: codes.Zh, Zone: time.FixedZone("", 8*3600), Log: slog.New(slog.DiscardHandler), Version: "test",
		Invalid: func(err error) error { return err },
		Table: func(heads ...string) people.Table {
			fmt.Fprintln(out, strings.Join(heads, " "))
			return plainTable{out}
		},
	}, out
}

const visits = `name: visits
title: {zh: 走访, en: Visits}
about: {zh: 一次走访, en: A visit}
unit: [sender, period]
period: {column: day, grain: month}
columns:
  - {name: day, type: date, required: true, title: {zh: 日期, en: Day}}
  - {name: firm, type: string, required: true, title: {zh: 企业, en: Firm}}
  - {name: hours, type: float64, title: {zh: 小时, en: Hours}}
  - {name: people, type: int32, title: {zh: 人数, en: People}}
  - {name: who, type: person, personal: id, title: {zh: 身份证号, en: Identity number}}
order: [day]
`

// zone is an installation of two datasets on an engine of its own.
type zone struct {
	Zone
	engine *embedded.Engine
	loader *pipeline.Loader
}

func open(t *testing.T, dir string, own fs.FS) *zone {
	t.Helper()
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(dir, "engine"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: e.Socket(), User: embedded.Loader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	catalog, err := dataset.Load(own)
	if err != nil {
		t.Fatal(err)
	}
	z := &zone{Zone{Dir: dir, KeyFile: filepath.Join(dir, "person.key"), Inbox: filepath.Join(dir, "inbox"), Declared: own, DB: db}, e, nil}
	z.loader = &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog, Key: bytes.Repeat([]byte("k"), 32), Spool: filepath.Join(dir, "spool"), Log: slog.New(slog.DiscardHandler)}
	if err := z.loader.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return z
}

// office writes a file of a month and loads it.
func (z *zone) load(ctx context.Context, sender string, month, rows int) error {
	var b strings.Builder
	b.WriteString("日期,企业,小时,人数\n")
	for i := range rows {
		fmt.Fprintf(&b, "2026-%02d-%02d,甲%d厂,%d.25,%d\n", month, i%28+1, i, i%9, i)
	}
	path := filepath.Join(z.Dir, "inbox", fmt.Sprintf("%s_走访_2026年%d月.csv", sender, month))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return err
	}
	out, err := z.loader.Load(ctx, pipeline.Request{Path: path, Force: true})
	if err == nil && out.State != pipeline.Published {
		err = fmt.Errorf("%s %v", out.State, out.Problem)
	}
	return err
}

// only are the declarations of one dataset over those that the program has.
func only(t *testing.T) fs.FS {
	t.Helper()
	dir := t.TempDir()
	sets, err := fs.Glob(configs.FS, "*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range append(sets, "datasets/visits.yaml") {
		text := ""
		switch {
		case n == "datasets/visits.yaml":
			text = visits
		case strings.HasPrefix(n, "codes/"):
			continue
		}
		path := filepath.Join(dir, n)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	own, err := configs.Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// office is what lies in the directory of an installation, and whether a copy has it.
var office = map[string]bool{
	"accounts.json": true, "audit/2026-06-01.jsonl": true, "outbox/duty/sent.jsonl": true, "statements/saved.json": true,
	"person.key": false, "sessions.json": false, "drafts/x.csv": false, "outbox/duty/queue/000000000001.json": false, "audit/lock": false,
	"hr-share/花名册.csv": false, "accounts.json.old": false, "configs/datasets/stale.yaml": false,
}

func text(name string) string {
	switch name {
	case "accounts.json":
		return `{"zhao":1}`
	case "person.key":
		return key
	case "audit/2026-06-01.jsonl":
		return "{}\n"
	}
	return "张三 of " + name
}

var key = strings.Repeat("6b", 32)

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A backup made while files are loaded holds every batch that its ledger calls published, whole. The server is killed, and
// what is restored agrees in every count and sum; the second backup writes what is new; a byte that changed is found, and
// then nothing is restored.
func TestBackupWhileLoading(t *testing.T) {
	root := t.TempDir()
	dir, folder, sealed := filepath.Join(root, "zone"), filepath.Join(root, "backups"), filepath.Join(root, "sealed")
	z := open(t, dir, only(t))
	for name := range office {
		put(t, filepath.Join(dir, name), text(name))
	}
	pass := filepath.Join(root, "pass")
	put(t, pass, "correct horse battery staple\n")
	if err := errors.Join(z.load(t.Context(), "甲局", 1, 500), z.load(t.Context(), "甲局", 2, 400)); err != nil {
		t.Fatal(err)
	}
	d, out := desk()
	take := &BackupFlags{Folder: sealed, PassphraseFile: pass}
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		for i := 0; err == nil; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			err = z.load(t.Context(), "乙局", i%12+1, 3000+i)
		}
		done <- err
	}()
	for range 2 {
		if err := take.Take(t.Context(), d, z.Zone, version.Now); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "件已有") || strings.Contains(out.String(), " 0 件已有\n备份") {
		t.Error(out)
	}
	depot := bare(t, z, folder, root)
	for _, word := range []string{"visits", "zhao", "6b6b", "张三"} {
		if strings.Contains(read(t, sealed), word) {
			t.Errorf("%q can be read in the encrypted backup", word)
		}
	}
	if text := read(t, folder); strings.Contains(text, root) {
		i := strings.Index(text, root)
		t.Errorf("a path stands in the copy: %q", text[max(0, i-100):i+100])
	}
	secret, err := backup.Open(sealed, "correct horse battery staple")
	if err != nil {
		t.Fatal(err)
	}
	names, err := secret.Names()
	if err != nil || len(names) != 2 {
		t.Fatalf("%v %q", err, names)
	}
	history, err := z.loader.History(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	z.engine.Close()

	into := filepath.Join(root, "restored") // the top of a disk
	put(t, filepath.Join(into, "lost+found", "x"), "")
	dead := filepath.Join(root, halfPrefix+"dead")
	put(t, filepath.Join(dead, lockName), "")
	put(t, filepath.Join(dead, "person.key"), key)
	restored(t, &RestoreFlags{Backup: sealed, Into: into, At: names[1], PassphraseFile: pass}, history)
	if _, err := os.Stat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed restore left in plain is still there: %v", err)
	}
	spoil(t, depot, folder, sealed, root)
}

// bare makes two backups that are not encrypted, the second with the key. In the first is nothing of a sender's and no key,
// however the installation is spelt; one that fails leaves nothing; what has rotted meanwhile is written anew.
func bare(t *testing.T, z *zone, folder, root string) *backup.Depot {
	t.Helper()
	alias := filepath.Join(root, "alias")
	if err := os.Symlink(z.Dir, alias); err != nil {
		t.Fatal(err)
	}
	spelt := z.Zone
	spelt.KeyFile, spelt.Inbox = filepath.Join(alias, "person.key"), filepath.Join(alias, "inbox")
	d, out := desk()
	if err := (&BackupFlags{Folder: folder}).Take(t.Context(), d, spelt, version.Now); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"不含 person.key", "待发的通知", "hr-share", "accounts.json.old"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("%q is not said: %s", word, out)
		}
	}
	depot, err := backup.Open(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := depot.Read("")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range office {
		if m.Has(name) != want {
			t.Errorf("%s: in the copy %v, want %v", name, !want, want)
		}
	}
	copied := read(t, folder)
	for _, word := range []string{"6b6b", "花名册", "of hr-share", "of accounts.json.old", "of configs", "of outbox/duty/queue"} {
		if strings.Contains(copied, word) {
			t.Errorf("%q is in the copy", word)
		}
	}
	objects := func() int { n, _ := filepath.Glob(filepath.Join(folder, "objects", "*", "*")); return len(n) }
	before := objects()
	text := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("half a backup")), nil }
	failed := errors.New("the disk is away")
	_, err = depot.Take(t.Context(), backup.Source{
		DB: z.DB, Data: filepath.Join(z.Dir, "engine", "data"), Lock: filepath.Join(z.Dir, "backup.lock"), Now: time.Now(),
		Files: map[string]func() (io.ReadCloser, error){"a": text, "b": func() (io.ReadCloser, error) { return nil, failed }},
	})
	if left, _ := filepath.Glob(filepath.Join(z.Dir, "engine", "data", "shadow", "yanzhen_backup_*")); !errors.Is(err, failed) || objects() != before || len(left) > 0 {
		t.Errorf("a backup that failed (%v) left %d objects and %q", err, objects()-before, left)
	}
	o := m.Tables[slices.IndexFunc(m.Tables, func(t backup.Table) bool { return t.Name == "visits" })].Parts[0].Object
	put(t, filepath.Join(folder, "objects", o.Sum[:2], o.Sum), strings.Repeat("x", int(o.Size)))
	if err := (&BackupFlags{Folder: folder, Check: true}).Listing(t.Context(), d); err == nil || !strings.Contains(out.String(), "1 处损坏") {
		t.Errorf("%v %s", err, out)
	}
	put(t, filepath.Join(z.Dir, "statements", "saved.json"), "another")
	if err := (&BackupFlags{Folder: folder, WithKey: true}).Take(t.Context(), d, spelt, version.Now); err != nil || !strings.Contains(out.String(), "件坏了，已重写") {
		t.Fatalf("%v %s", err, out)
	}
	if err := (&BackupFlags{Folder: folder, Check: true}).Listing(t.Context(), d); err != nil {
		t.Errorf("%v %s", err, out)
	}
	if m, err = depot.Read(""); err != nil || !m.Has("person.key") {
		t.Errorf("%v, with --with-key the key is not in it", err)
	}
	return depot
}

// restored makes a store of a backup. It holds what was published by then, as the ledger of the original tells it, and is
// worked with.
func restored(t *testing.T, r *RestoreFlags, history []pipeline.Entry) {
	t.Helper()
	d, out := desk()
	if err := r.Restore(t.Context(), d, 0, version.Now); err != nil {
		t.Fatalf("%s: %v\n%s", r.Backup, err, out)
	}
	if !strings.Contains(out.String(), "visits ") || !strings.Contains(out.String(), "相符") {
		t.Error(out)
	}
	for name, want := range map[string]string{"person.key": key, "accounts.json": text("accounts.json"), "audit/2026-06-01.jsonl": "{}\n", "configs/datasets/visits.yaml": visits, "configs/jobs/sweep.yaml": ""} {
		if got, err := os.ReadFile(filepath.Join(r.Into, name)); err != nil || string(got) != want {
			t.Errorf("%s: %v %q", name, err, got)
		}
	}
	for _, name := range []string{"sessions.json", "drafts", "hr-share", "outbox/duty/queue", lockName, "configs/datasets/stale.yaml"} {
		if _, err := os.Stat(filepath.Join(r.Into, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was restored", name)
		}
	}
	own, err := configs.Over(filepath.Join(r.Into, "configs"))
	if err != nil {
		t.Fatal(err)
	}
	z := open(t, r.Into, own)
	defer z.engine.Close()
	live, err := z.loader.Live(t.Context(), "")
	if err != nil || len(live) < 2 {
		t.Errorf("%v %+v", err, live)
	}
	for _, l := range live {
		if !slices.ContainsFunc(history, func(e pipeline.Entry) bool {
			return e.State == pipeline.Published && e.Batch == l.Batch && e.Unit == l.Unit && e.Counts == l.Counts
		}) {
			t.Errorf("the original never published %+v", l)
		}
	}
	if err := z.load(t.Context(), "丙局", 3, 100); err != nil {
		t.Error(err)
	}
	list, err := backup.Compare(t.Context(), z.DB, z.loader.Catalog.Datasets)
	if err != nil || len(list) != 1 || list[0].Units != len(live)+1 {
		t.Errorf("%v %+v", err, list)
	}
	for _, c := range list {
		if len(c.Faults) > 0 || c.Sums == 0 || c.Published != c.Found {
			t.Errorf("%+v", c)
		}
	}
	if err := z.DB.Exec(t.Context(), warehouse.Statement{Tag: "test", SQL: "insert into meta.ledger select * replace ('{' as sums, seq + 1000 as seq) from meta.ledger where state = 'published' order by seq desc limit 1"}); err != nil {
		t.Fatal(err)
	}
	if list, err = backup.Compare(t.Context(), z.DB, z.loader.Catalog.Datasets); err != nil || len(list) != 1 || len(list[0].Faults) != 1 {
		t.Errorf("sums that cannot be read are no fault: %v %+v", err, list)
	}
}

// read is everything that lies in a folder.
func read(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// spoil changes a byte of a backup, cuts a file short, and tries what else must be refused.
func spoil(t *testing.T, depot *backup.Depot, folder, sealed, root string) {
	t.Helper()
	m, err := depot.Read("")
	if err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(root, "never")
	refuse := func(what, from, pass, want string) {
		t.Helper()
		d, _ := desk()
		err := (&RestoreFlags{Backup: from, Into: into, PassphraseFile: pass}).Restore(t.Context(), d, 0, version.Now)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
		if left, _ := filepath.Glob(filepath.Join(root, ".restoring-*")); len(left) > 0 {
			t.Errorf("%s: %q is left", what, left)
		}
		if _, err := os.Stat(into); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: something was restored", what)
		}
	}
	part := m.Tables[slices.IndexFunc(m.Tables, func(t backup.Table) bool { return t.Name == "visits" })].Parts
	if len(part) == 0 {
		t.Fatal("the rows are not in it")
	}
	path := filepath.Join(folder, "objects", part[0].Sum[:2], part[0].Sum)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	write(flipped)
	refuse("a flipped byte", folder, "", "内容变了")
	write(whole[:len(whole)-1])
	refuse("a byte less", folder, "", "内容变了")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refuse("a file less", folder, "", "不在")
	write(whole)
	refuse("no passphrase", sealed, "", "--passphrase-file")
	other := filepath.Join(root, "other")
	if err := os.WriteFile(other, []byte("another passphrase\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("another passphrase", sealed, other, "口令不对")
	list := filepath.Join(folder, "backups", m.Name)
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, text[:len(text)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("a list cut short", folder, "", "内容清单")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		t.Fatal(err)
	}
	// the older ones go, and what only they need
	gone, freed, err := depot.Keep(1, m.Name)
	if err != nil || gone != 1 || freed == 0 {
		t.Errorf("%d %d %v", gone, freed, err)
	}
	if err := depot.Check(t.Context(), m, backup.Seen{}); err != nil {
		t.Error(err)
	}
	_, err = os.Stat(filepath.Join(root, "zone", "engine", "data", "shadow"))
	if left, _ := filepath.Glob(filepath.Join(root, "zone", "engine", "data", "shadow", "yanzhen_backup_*")); len(left) > 0 {
		t.Errorf("%v %q is left", err, left)
	}
}

// Doctor warns where there is no backup or an old one.
func TestAge(t *testing.T) {
	dir := t.TempDir()
	d, _ := desk()
	now := time.Date(2026, 6, 10, 0, 0, 0, 0, time.UTC)
	age := func(want string, says ...string) {
		t.Helper()
		state, text := d.Age(dir, now, 7*24*time.Hour)
		if state != want {
			t.Errorf("%s %s, want %s", state, text, want)
		}
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("%q lacks %q", text, s)
			}
		}
	}
	note := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	age("warn", "还没有备份")
	note(restoredFile(dir), `{`)
	age("warn", "restored.json", "读不出")
	// one that was restored says of when the backup is, by the clock of the office, and is as good as a backup made then
	note(restoredFile(dir), `{"at":"2026-06-09T20:00:00Z","made":"2026-06-01T17:30:00Z","name":"x"}`)
	age("ok", "2026-06-10 04:00:00 从 2026-06-02 01:30:00 的备份恢复（x）")
	if at, ok := LastAt(dir); !ok || !at.Equal(time.Date(2026, 6, 9, 20, 0, 0, 0, time.UTC)) {
		t.Error(at, ok)
	}
	now = now.AddDate(0, 0, 8)
	age("warn", "backup_within")
	now = now.AddDate(0, 0, -8)
	note(lastFile(dir), `{"at":"2026-06-09T23:00:00Z","name":"y"}`)
	age("ok", "2026-06-10 07:00:00", "y")
	os.Remove(restoredFile(dir))
	note(lastFile(dir), `{"at":"2026-06-01T00:00:00Z","name":"y"}`)
	age("warn", "2026-06-01 08:00:00")
	note(lastFile(dir), `{`)
	age("warn", "读不出")
}

// Another moment mends that there was no backup yet, and nothing that a folder cannot be read.
func TestRestoreUntil(t *testing.T) {
	folder := t.TempDir()
	depot, err := backup.Create(folder, "zone", "")
	if err != nil {
		t.Fatal(err)
	}
	d, _ := desk()
	mended := errors.New("mended by other arguments")
	d.Invalid = func(err error) error { return errors.Join(mended, err) }
	r := &RestoreFlags{Backup: folder, At: "2026-07-05"}
	if _, err := r.chosen(d, depot); !errors.Is(err, mended) {
		t.Errorf("of an empty folder: %v", err)
	}
	lists := filepath.Join(folder, "backups")
	if err := os.RemoveAll(lists); err != nil {
		t.Fatal(err)
	}
	put(t, lists, "no folder")
	if _, err := r.chosen(d, depot); err == nil || errors.Is(err, mended) {
		t.Errorf("a folder that cannot be read: %v", err)
	}
}

// A person was deleted after the last backup: what is restored of it knows of the deletion, and does it again at its start.
func TestForgottenAgain(t *testing.T) {
	z := open(t, t.TempDir(), only(t))
	path := filepath.Join(z.Dir, "inbox", "经发局_走访_2026年3月.csv")
	put(t, path, "日期,企业,小时,人数,身份证号\n2026-03-01,甲厂,1.5,3,11010519491231002X\n2026-03-02,乙厂,2.5,4,110101199003070054\n")
	if out, err := z.loader.Load(t.Context(), pipeline.Request{Path: path}); err != nil || out.Loaded != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	put(t, filepath.Join(z.Dir, DemoMark), "made up\n")
	d, said := desk()
	folder, into := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "new")
	if err := (&BackupFlags{Folder: folder}).Take(t.Context(), d, z.Zone, version.Now); err != nil {
		t.Fatal(err)
	}
	keys := forget.KeysOf("11010519491231002X", z.loader.Key, time.Now())
	if _, err := forget.Delete(t.Context(), z.loader, forget.Book{Dir: z.Dir}, forget.Entry{At: time.Now().UTC(), By: "wang", Reason: "申请", Keys: keys}); err != nil {
		t.Fatal(err)
	}
	if err := Forget(z.Dir); err != nil {
		t.Fatal(err)
	}
	z.engine.Close()
	for at, want := range map[string]string{"2020-01-01": "那时还没有备份，最早的一份是 ", "2020-01-01 08:00": "--list", "yesterday": "2026-07-05 18:00"} {
		if err := (&RestoreFlags{Backup: folder, Into: into, At: at}).Restore(t.Context(), d, 0, version.Now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("at %s: %v", at, err)
		}
	}
	if _, err := os.Stat(filepath.Join(into, DemoMark)); err == nil {
		t.Error("something is restored of a backup that there is not")
	}
	made, _ := LastAt(z.Dir)
	said.Reset()
	if err := (&RestoreFlags{Backup: folder, Into: into, At: d.when(made.Add(time.Second))}).Restore(t.Context(), d, 0, version.Now); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !strings.Contains(said.String(), d.when(made)) {
		t.Errorf("%s is not by the clock of the office (%s)", said, d.when(made))
	}
	if state, text := d.Age(into, time.Now(), time.Hour); state != "ok" || !strings.Contains(text, d.when(made)+" 的备份恢复") {
		t.Errorf("right after the restore: %s %s", state, text)
	}
	if _, err := os.Stat(filepath.Join(into, DemoMark)); err != nil {
		t.Errorf("the copy of a demonstration is not marked: %v", err)
	}
	if !strings.Contains(said.String(), "1 次删除个人") {
		t.Errorf("the restore says nothing of the deletion: %s", said)
	}
	n := open(t, into, only(t))
	if found, err := forget.Find(t.Context(), n.DB, forget.Numbers(keys)); err != nil || forget.Rows(found) != 1 {
		t.Fatalf("the backup holds %+v, %v: the test looks at nothing", found, err)
	}
	if count, rows, err := forget.Resume(t.Context(), n.loader, forget.Book{Dir: into}); err != nil || count != 1 || rows != 1 {
		t.Errorf("at the start: %d deletions, %d rows, %v", count, rows, err)
	}
	if found, err := forget.Find(t.Context(), n.DB, forget.Numbers(keys)); err != nil || len(found) != 0 {
		t.Errorf("the person is still there: %+v, %v", found, err)
	}
	if damage, err := n.loader.Verify(t.Context(), pipeline.Deep); err != nil || len(damage) > 0 {
		t.Errorf("damage: %+v, %v", damage, err)
	}
}
