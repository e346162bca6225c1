package timed_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/jobs/timed"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// office is a zone with one analyst, whose statements a clock runs that the test sets.
type office struct {
	*testing.T
	shelf shelf.Shelf
	book  *account.Book
	clock *timed.Clock
	now   time.Time
	dir   string
	log   bytes.Buffer
}

func open(t *testing.T) *office {
	t.Helper()
	db := warehousetest.Open(t)
	if err := db.Exec(t.Context(), warehouse.SQL("create database if not exists mart")); err != nil {
		t.Fatal(err)
	}
	o := &office{T: t, dir: t.TempDir(), now: time.Now().Add(time.Hour).Truncate(time.Hour).Add(30 * time.Minute)}
	o.shelf = shelf.Shelf{Dir: o.dir}
	var err error
	if o.book, err = account.Open(o.dir, account.Policy{Length: 12}); err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]access.Role{"li": access.Analyst, "boss": access.Administrator} {
		if err := o.book.Add(account.New{Name: name, Role: role, By: "test"}); err != nil {
			t.Fatal(err)
		}
		if err := o.book.SetPassword(name, "松阳-9-katze-Fluss"); err != nil {
			t.Fatal(err)
		}
	}
	desk := &statement.Desk{Analyst: func(ctx context.Context) (*warehouse.DB, error) {
		return warehouse.Open(ctx, warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
	}, Reader: db}
	t.Cleanup(desk.Close)
	trail, err := audit.Open(o.dir, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trail.Close)
	o.clock = &timed.Clock{
		Room: &asking.Room{Desk: desk, Shelf: o.shelf, Trail: trail, Log: slog.New(slog.DiscardHandler)}, Book: o.book, Dir: o.dir,
		Now: func() time.Time { return o.now }, Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}
	return o
}

// save saves a statement of li's with its clock.
func (o *office) save(title, sql string, t shelf.Timing) int {
	o.Helper()
	s, err := o.shelf.Save("li", shelf.Entry{Title: title, Version: shelf.Version{SQL: sql, Params: map[string]string{"n": "3"}}})
	if err != nil {
		o.Fatal(err)
	}
	if _, err := o.shelf.Time("li", s.ID, &t, statement.FormatNames()); err != nil {
		o.Fatal(err)
	}
	return s.ID
}

// hour lets an hour pass and returns what came of a statement.
func (o *office) hour(id int) []shelf.Happened {
	o.Helper()
	o.now = o.now.Add(time.Hour)
	o.clock.Look(o.Context())
	all, err := o.shelf.Happened()
	if err != nil {
		o.Fatal(err)
	}
	return all[id]
}

func (o *office) files() (names []string) {
	list, _ := os.ReadDir(filepath.Join(o.dir, "exports", "li"))
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// A saved statement writes its file at its times, whole or not at all, the oldest go; it stops when it is paused, and no time is
// run twice.
func TestExport(t *testing.T) {
	o := open(t)
	id := o.save("按月/净流入 ../x", "select number, '=1+1' as t from numbers({n:UInt8})", shelf.Timing{Kind: shelf.ExportKind, Schedule: "0 * * * *", Format: "csv", Keep: 2})
	past := o.hour(id)
	if len(past) != 1 || past[0].State != shelf.Done || past[0].Bytes == 0 || past[0].Slot.Minute() != 0 {
		t.Fatalf("%+v %s", past, &o.log)
	}
	if len(o.files()) != 1 || !strings.HasPrefix(o.files()[0], "1_按月_净流入____x_") || o.files()[0] != past[0].File {
		t.Fatal(o.files())
	}
	f, err := timed.Open(o.dir, "li", past[0].File)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	f.Close()
	if err != nil || string(text) != statement.ByteOrderMark+"\"number\",\"t\"\n0,\"'=1+1\"\n1,\"'=1+1\"\n2,\"'=1+1\"\n" {
		t.Errorf("%q %v", text, err)
	}
	o.clock.Look(t.Context())
	if all, _ := o.shelf.Happened(); len(all[id]) != 1 {
		t.Error("a time is run twice")
	}
	o.now = o.now.Add(5 * time.Hour)
	if past = o.hour(id); len(past) != 2 {
		t.Errorf("six times that passed are made up for by %d runs", len(past)-1)
	}
	if past = o.hour(id); len(past) != 3 || len(o.files()) != 2 {
		t.Errorf("%d runs, files %v", len(past), o.files())
	}
	if _, err := o.shelf.Time("li", id, &shelf.Timing{Kind: shelf.ExportKind, Schedule: "0 * * * *", Format: "csv", Paused: true}, statement.FormatNames()); err != nil {
		t.Fatal(err)
	}
	if past = o.hour(id); len(past) != 3 {
		t.Error("it is paused and runs")
	}
	for _, name := range []string{"", "..", "../li/" + o.files()[0], "/etc/passwd", ".x", "none.csv"} {
		if f, err := timed.Open(o.dir, "li", name); err == nil {
			f.Close()
			t.Errorf("%q is opened", name)
		}
	}
	if f, err := timed.Open(o.dir, "boss", past[2].File); err == nil {
		f.Close()
		t.Error("another's file is opened")
	}
	history, _, err := o.shelf.Find("li", "numbers", 10)
	if err != nil || len(history) != 3 || history[0].Door != "clock 1" || history[0].Who != "li" || history[0].Bytes == 0 || history[0].State != "done" || time.Since(history[0].At) > time.Hour {
		t.Errorf("%v %v", history, err)
	}
	o.left(id)
}

// left holds that files of a statement that is off the clock stay for a while, and what people put beside them for good.
func (o *office) left(id int) {
	other := filepath.Join(o.dir, "exports", "li", "notes.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		o.Fatal(err)
	}
	for _, name := range o.files() {
		if err := os.Chtimes(filepath.Join(o.dir, "exports", "li", name), o.now, o.now); err != nil {
			o.Fatal(err)
		}
	}
	look := func(days int) int {
		o.now = o.now.AddDate(0, 0, days)
		o.clock.Look(o.Context())
		return timed.Left(o.dir, "li", id)
	}
	if n := look(100); n != 2 {
		o.Errorf("%d files of a statement on the clock, which is paused", n)
	}
	for _, name := range o.files() {
		_ = os.Chtimes(filepath.Join(o.dir, "exports", "li", name), o.now, o.now)
	}
	if _, err := o.shelf.Time("li", id, nil, statement.FormatNames()); err != nil {
		o.Fatal(err)
	}
	if n := look(29); n != 2 {
		o.Errorf("%d files after 29 days", n)
	}
	if n := look(2); n != 0 || len(o.files()) != 1 || !strings.Contains(o.log.String(), "off the clock") {
		o.Errorf("%d files after 31 days: %v", n, o.files())
	}
}

// A statement that has rows is an alert until it has none, and says since when; paused, it troubles nobody.
func TestAlert(t *testing.T) {
	o := open(t)
	id := o.save("超期", "select number from numbers({n:UInt8})", shelf.Timing{Kind: shelf.AlertKind, Schedule: "@hourly"})
	none := o.save("没有", "select number from numbers(5) where number > 7", shelf.Timing{Kind: shelf.AlertKind, Schedule: "@hourly"})
	uneven := o.save("旧写法", "select 1 where 0", shelf.Timing{Kind: shelf.AlertKind, Schedule: "*/25 * * * *"}) // of before that was refused
	o.save("读不懂", "select 1 where 0", shelf.Timing{Kind: shelf.AlertKind, Schedule: "61 * * * *"})
	first := o.hour(id)[0].At
	past := o.hour(id)
	if len(past) != 2 || past[1].State != shelf.Alert || past[1].Rows != 3 {
		t.Fatalf("%+v", past)
	}
	if all, err := o.shelf.Happened(); err != nil || len(all[uneven]) != 2 {
		t.Errorf("a schedule of before: %+v %v", all[uneven], err)
	}
	if n := strings.Count(o.log.String(), "cannot be read: it is not run"); n != 1 {
		t.Errorf("told %d times: %s", n, &o.log)
	}
	list, err := o.shelf.Troubles()
	if err != nil || len(list) != 1 || list[0].ID != id || !list[0].First.Equal(first) {
		t.Fatalf("%+v %v", list, err)
	}
	if past := o.hour(none); past[0].State != shelf.Done {
		t.Errorf("%+v", past)
	}
	if _, err := o.shelf.Save("li", shelf.Entry{ID: id, Title: "超期", Version: shelf.Version{SQL: "select 1 where 0"}}); err != nil {
		t.Fatal(err)
	}
	if past = o.hour(id); past[len(past)-1].State != shelf.Done || past[len(past)-1].Version != 2 {
		t.Errorf("%+v", past[len(past)-1])
	}
	if list, _ = o.shelf.Troubles(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// A statement runs with what its owner may do then, and with nothing else.
func TestOwner(t *testing.T) {
	o := open(t)
	id := o.save("x", "select 1", shelf.Timing{Kind: shelf.ExportKind, Schedule: "@hourly", Format: "xlsx"})
	last := func() shelf.Happened {
		past := o.hour(id)
		return past[len(past)-1]
	}
	if h := last(); h.State != shelf.Done {
		t.Fatalf("%+v %s", h, &o.log)
	}
	files := len(o.files())
	for what, x := range map[string]struct {
		do, undo func() error
	}{
		"disabled": {func() error { return o.book.Disable("li") }, func() error { return o.book.Enable("li") }},
		"a leader": {func() error { return o.book.Grant("li", access.Leader, nil) }, func() error { return o.book.Grant("li", access.Analyst, nil) }},
		"a part": {func() error {
			return o.book.Grant("li", access.Analyst, []access.Scope{{Dim: "chain", Values: []string{"magnetic"}}})
		}, func() error { return o.book.Grant("li", access.Analyst, nil) }},
		"owing": {func() error { return o.book.LendPassword("li", "松阳-8-katze-Fluss") }, func() error { return o.book.SetPassword("li", "松阳-7-katze-Fluss") }},
	} {
		if err := x.do(); err != nil {
			t.Fatal(what, err)
		}
		if h := last(); h.State != shelf.Refused || h.Zh == "" || h.En == "" || len(o.files()) != files {
			t.Errorf("%s: %+v", what, h)
		}
		if err := x.undo(); err != nil {
			t.Fatal(what, err)
		}
	}
	if h := last(); h.State != shelf.Done {
		t.Errorf("again: %+v", h)
	}
	if err := o.book.Remove("li"); err != nil {
		t.Fatal(err)
	}
	if h := last(); h.State != shelf.Refused {
		t.Errorf("removed: %+v", h)
	}
	if err := o.book.Add(account.New{Name: "li", Role: access.Analyst, By: "test"}); err != nil {
		t.Fatal(err)
	}
	if h := last(); h.State != shelf.Refused {
		t.Errorf("another account of the name: %+v", h)
	}
	if list, _ := o.shelf.Troubles(); len(list) != 1 || list[0].State != shelf.Refused {
		t.Errorf("%+v", list)
	}
}

// A statement that cannot be run fails with a reason and leaves nothing; the folder is kept within its bounds.
func TestFails(t *testing.T) {
	o := open(t)
	id := o.save("x", "select throwIf(number = 5) from numbers(10)", shelf.Timing{Kind: shelf.ExportKind, Schedule: "@hourly", Format: "csv"})
	if past := o.hour(id); past[0].State != shelf.Failed || past[0].Zh == "" || len(o.files()) != 0 {
		t.Errorf("%+v %v", past, o.files())
	}
	if err := os.WriteFile(filepath.Join(o.dir, "exports", "li", ".left.part"), []byte("half"), 0o640); err != nil {
		t.Fatal(err)
	}
	slow := o.save("s", "select sleep(0.5)", shelf.Timing{Kind: shelf.ExportKind, Schedule: "@hourly", Format: "csv"})
	taken := make(chan bool)
	go func() { // as yanzhen forget does
		for range 5000 {
			if parts, _ := filepath.Glob(filepath.Join(o.dir, "exports", "li", ".2_s_*.part")); len(parts) > 0 {
				taken <- os.Remove(parts[0]) == nil
				return
			}
			time.Sleep(time.Millisecond)
		}
		taken <- false
	}()
	if past := o.hour(slow); !<-taken || len(past) != 0 || len(o.files()) != 0 {
		t.Errorf("a file that was taken away while it was written is %+v %v", past, o.files())
	}
	if o.clock.Look(t.Context()); len(o.files()) != 1 {
		t.Errorf("it is not written anew: %v %s", o.files(), &o.log)
	}
	if err := o.shelf.Delete("li", slow); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(o.dir, "exports", "li", o.files()[0])); err != nil {
		t.Fatal(err)
	}
	outside := o.save("y", "select * from file('/etc/passwd', 'LineAsString')", shelf.Timing{Kind: shelf.ExportKind, Schedule: "@hourly", Format: "jsonl"})
	if past := o.hour(outside); past[0].State != shelf.Failed || len(o.files()) != 0 {
		t.Errorf("%+v %v", past, o.files())
	}
	if err := os.Remove(filepath.Join(o.dir, "exports", "li")); err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, ".theirs.part"), nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(o.dir, "exports", "li")); err != nil {
		t.Fatal(err)
	}
	if past := o.hour(id); past[len(past)-1].State != shelf.Failed {
		t.Errorf("%+v", past)
	}
	if list, err := os.ReadDir(elsewhere); err != nil || len(list) != 1 {
		t.Errorf("a link leads out: %v %v", list, err)
	}
	for _, bad := range []string{"", "x", "* * * *", "99 * * * *", "@every 1s", "@every 10s", "TZ=UTC 0 0 * * *", "0 0 30 2 *", strings.Repeat("1,", 200)} {
		if at, err := timed.Next(bad, o.now); err == nil {
			t.Errorf("%q: %s", bad, at)
		}
	}
	for what, x := range map[string]shelf.Timing{
		"no kind": {Schedule: "@hourly"}, "no format": {Kind: shelf.ExportKind, Schedule: "@hourly", Format: "exe"},
		"too many files": {Kind: shelf.ExportKind, Schedule: "@hourly", Format: "csv", Keep: 1000},
	} {
		if _, err := o.shelf.Time("li", id, &x, statement.FormatNames()); err == nil {
			t.Error(what)
		}
	}
	if _, err := o.shelf.Time("boss", id, nil, nil); err == nil {
		t.Error("another takes it off the clock")
	}
	for range 19 {
		o.save("z", "select 1", shelf.Timing{Kind: shelf.AlertKind, Schedule: "@daily"})
		if list, _ := o.shelf.Timed(); len(list) == 20 {
			break
		}
	}
	s, err := o.shelf.Save("li", shelf.Entry{Title: "z", Version: shelf.Version{SQL: "select 1"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.shelf.Time("li", s.ID, &shelf.Timing{Kind: shelf.AlertKind, Schedule: "@daily"}, nil); err == nil {
		t.Error("there is no bound")
	}
	if err := o.shelf.Delete("li", id); err != nil {
		t.Fatal(err)
	}
	if list, _ := o.shelf.Timed(); slices.ContainsFunc(list, func(x shelf.Saved) bool { return x.ID == id }) {
		t.Error("a statement that is gone is on the clock")
	}
}

// The clock runs by itself, runs what it is asked to at once, and ends when it is told to.
func TestClock(t *testing.T) {
	o := open(t)
	id := o.save("x", "select 1", shelf.Timing{Kind: shelf.AlertKind, Schedule: "0 0 1 1 *"})
	o.clock.Start(t.Context())
	if err := o.clock.Ask("boss", id); err == nil {
		t.Error("another has it run")
	}
	if err := o.clock.Ask("li", id); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if all, err := o.shelf.Happened(); err == nil && len(all[id]) == 1 {
			break
		}
		if time.Now().After(until) {
			t.Fatal("it does not run")
		}
	}
	o.clock.Stop()
	var none *timed.Clock
	none.Stop()
}

// One whose owner has no place keeps the clock for seconds and is tried again; it is written down once, when it is given up.
func TestTurn(t *testing.T) {
	o := open(t)
	analyst, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
	if err != nil {
		t.Fatal(err)
	}
	defer analyst.Close()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for range 3 { // all that one person may have
		all.Go(func() {
			_ = analyst.Exec(ctx, warehouse.Statement{Who: "li", SQL: "select count() from numbers(900000000) where sleep(0.2) = 0"})
		})
	}
	for n := uint64(0); n < 3; time.Sleep(10 * time.Millisecond) {
		if err := o.clock.Room.Desk.Reader.Row(t.Context(), warehouse.SQL("select count() from system.processes where query like '%numbers(900000000)%' and query not like '%processes%'"), &n); err != nil {
			t.Fatal(err)
		}
	}
	id := o.save("等", "select 'waits for its turn' where 0", shelf.Timing{Kind: shelf.AlertKind, Schedule: "@hourly"})
	if past := o.hour(id); len(past) != 0 {
		t.Errorf("it is not tried again: %+v", past)
	}
	if list, _, err := o.shelf.Find("li", "its turn", 10); err != nil || len(list) != 0 {
		t.Errorf("each try is in the history: %+v %v", list, err)
	}
	if past := o.hour(id); len(past) != 1 || past[0].State != shelf.Failed || !strings.Contains(past[0].Zh, "没有运行") || !strings.Contains(past[0].En, "3 of your statements ran") {
		t.Errorf("given up: %+v", past)
	}
	if list, _, err := o.shelf.Find("li", "its turn", 10); err != nil || len(list) != 1 || list[0].Code != 202 {
		t.Errorf("%+v %v", list, err)
	}
}
