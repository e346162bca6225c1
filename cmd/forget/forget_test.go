package forget

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A number nobody has is named by its line, masked, and nothing is deleted or entered but when asked for; a key is said to be taken as
// one. A load at work makes the command fail and the list say so; what is taken back is loaded again.
func TestCommand(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../../pipeline/testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db, dir := warehousetest.Open(t), t.TempDir()
	watch := &forget.Watch{Book: forget.Book{Dir: dir}, Log: slog.Default()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Gone: watch.Keys, Alone: true}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := put("人社局_引进与流出_2026-05.csv", "身份证号,日期,环节,薪资\n11010519491231002X,2026-05-01,a,1\n110101199003070054,2026-05-02,a,2\n")
	if out, err := l.Load(t.Context(), pipeline.Request{Path: file, Dataset: "moves"}); err != nil || out.Loaded != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	wrong := errors.New("invalid")
	run := func(x Command) (string, error) {
		t.Helper()
		var said bytes.Buffer
		d := &people.Desk{Out: &said, Lang: codes.En, Invalid: func(err error) error { return errors.Join(wrong, err) }, Table: func(heads ...string) people.Table { return lines.New(&said, heads...) }}
		err := x.Run(t.Context(), d, Zone{Dir: dir, Loader: l, Wait: time.Nanosecond, Local: func(t time.Time) time.Time { return t }})
		if strings.Contains(said.String()+fmt.Sprint(err), "1101") {
			t.Errorf("a number is told: %s %v", said.String(), err)
		}
		return said.String(), err
	}
	key := forget.KeysOf("11010519491231002X", l.Key, time.Now())[0]
	both := put("both.txt", key+"\n13800138000\n")
	said, err := run(Command{From: both, Reason: "3"})
	if !errors.Is(err, wrong) || !strings.Contains(said, "line 1, "+key[:2]+"************"+key[14:]+", taken as a key: 1 rows") || !strings.Contains(said, "line 2, 13*******00, taken as a number: 0 rows") {
		t.Errorf("%s, %v", said, err)
	}
	if all, err := watch.Read(); len(all) > 0 || err != nil {
		t.Errorf("it is entered: %+v, %v", all, err)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("insert into meta.ledger (seq, at, batch, dataset, unit, state, note) values (1000000, now64(6), 900, 'moves', 'x', 'staging', '"+l.Owner()+"')")); err != nil {
		t.Fatal(err)
	}
	// what else was made of the rows; a link leads to what is not the zone's
	theirs := put("theirs.csv", "x")
	left := map[string]string{
		"exports/li/3_名单_20260701-080000.csv": "person\n" + key, "exports/li/.3_名单_20260702-080000.csv.part": "person", "exports/wang/4_z_20260701-080000.xlsx": "PK",
		"outbox/mail/queue/000000000007.json": `{"seq":7,"put":"2026-07-01T08:00:00Z","message":{"id":"a","subject":"s","text":"t","files":[{"name":"a.csv","data":"cGVyc29u"}]}}`,
		"outbox/mail/aside/000000000003.json": `{"seq":3,"put":"2026-07-01T08:00:00Z","message":{"id":"b","subject":"s","text":"t"}}`,
		"statements/history.jsonl":            `{"sql":"select * from moves where person = '` + strings.ToUpper(key) + `'"}` + "\n{}\n",
	}
	for name, text := range left {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Dir(theirs), filepath.Join(dir, "exports", "out")); err != nil {
		t.Fatal(err)
	}
	if said, err := run(Command{From: both, Reason: "3", EvenIfNone: true}); !strings.Contains(said, "1 lines of statements/ name the key") || !strings.Contains(said, "does not reach: the originals in the inbox") || err == nil || errors.Is(err, wrong) || strings.Contains(said, "are deleted, and") {
		t.Errorf("a load is at work: %s, %v", said, err)
	}
	if said, err := run(Command{List: true}); err != nil || !strings.Contains(said, "no, it waits for a load") || !strings.Contains(said, key) {
		t.Errorf("%s, %v", said, err)
	}
	doctor := func() (out string) {
		Doctor(dir, func(_, en string) string { return en }, func(state, _, detail string) { out += state + " " + detail })
		return out
	}
	if got := doctor(); !strings.HasPrefix(got, "warn 1 ") {
		t.Error(got)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("alter table meta.ledger delete where batch = 900 settings mutations_sync = 2")); err != nil {
		t.Fatal(err)
	}
	if err := Resume(t.Context(), l, dir, slog.Default()); err != nil {
		t.Fatal(err)
	}
	if got := doctor(); !strings.HasPrefix(got, "ok ") {
		t.Error(got)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "exports", "[lw]*", "*")); len(files) > 0 {
		t.Errorf("exported files of the person are left: %v", files)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Error("a link led out:", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "outbox/mail/queue/000000000007.json")); err != nil || strings.Contains(string(text), "cGVyc29u") || !strings.Contains(string(text), "附件已取走") || !strings.Contains(string(text), `"seq":7`) {
		t.Errorf("the attachment of a mail that waits is left: %s, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "outbox/mail/aside/000000000003.json")); err != nil || string(text) != left["outbox/mail/aside/000000000003.json"] {
		t.Errorf("a mail without attachments is changed: %s, %v", text, err)
	}
	if said, err := run(Command{TakeBack: "11010519491231002X", Reason: "4"}); !errors.Is(err, wrong) {
		t.Errorf("a number is no key: %s, %v", said, err)
	}
	if said, err := run(Command{TakeBack: strings.ToUpper(key), Reason: "4"}); err != nil {
		t.Errorf("%s, %v", said, err)
	}
	if out, err := l.Load(t.Context(), pipeline.Request{Path: file, Dataset: "moves", Force: true}); err != nil || out.Loaded != 2 {
		t.Errorf("taken back: %+v, %v", out, err)
	}
	if said, err := run(Command{List: true}); err != nil || !strings.Contains(said, "(taken back ") {
		t.Errorf("%s, %v", said, err)
	}
}
