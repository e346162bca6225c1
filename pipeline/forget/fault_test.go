package forget_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A deletion that ends at any of its steps is gone on with: nothing of the person is left, also beside the rows, what is kept
// there is whole wherever it is named, and the book counts the rows once. Then batches that were damaged before: one with a row
// too few and one with a row too many stay as damaged as they are, and nothing fails. Then a load at work, which the deletion waits
// for and says so; and one of a process that is no more, which it does not.
func TestForgetFaults(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	db, dir := warehousetest.Open(t), t.TempDir()
	keeper := &states.Keeper{DB: db, Of: map[string]*states.Definition{"moves": kept}, Crowds: []*states.Crowd{crowd}, Least: 1, Log: slog.Default()}
	book := forget.Book{Dir: dir, Wait: time.Nanosecond}
	watch := &forget.Watch{Book: book, Log: slog.Default()}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte(secret), Spool: t.TempDir(), States: keeper, Gone: watch.Keys, Alone: true}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	tsv := func(sql string) string {
		t.Helper()
		return strings.TrimSpace(warehousetest.TSV(t, db, warehouse.SQL(sql)))
	}
	exec := func(sql string) {
		t.Helper()
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	load := func(month string, persons ...string) (pipeline.Outcome, error) {
		t.Helper()
		text := "身份证号,日期,环节,薪资\n"
		for i, p := range persons {
			text += fmt.Sprintf("%s,%s-%02d,a,100.5\n", p, month, i+1)
		}
		path := filepath.Join(t.TempDir(), "人社局_引进与流出_"+month+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "moves"})
	}
	entry := func(person string) forget.Entry {
		t.Helper()
		keys := forget.KeysOf(person, []byte(secret), time.Now())
		if len(keys) != 1 {
			t.Fatalf("%s has the keys %v", person, keys)
		}
		return forget.Entry{At: time.Now().UTC(), By: "wang", Reason: "申请", Keys: keys}
	}
	last := func() forget.Entry {
		t.Helper()
		all, err := book.Read()
		if err != nil {
			t.Fatal(err)
		}
		return all[len(all)-1]
	}
	person := func(i int) string { return fmt.Sprintf("E1234567%d", i) }
	var persons []string
	for i := range 10 {
		persons = append(persons, person(i), person(i))
	}
	out, err := load("2026-05", persons...)
	if err != nil || out.State != pipeline.Published || out.Loaded != 20 {
		t.Fatalf("%+v, %v", out, err)
	}
	batch := fmt.Sprint(out.Batch)
	whole := func(at string) {
		t.Helper()
		if damage, err := l.Verify(t.Context(), pipeline.Deep); err != nil || len(damage) > 0 {
			t.Errorf("%s: damage %+v, %v", at, damage, err)
		}
	}

	killed := errors.New("killed")
	for i, step := range []string{"counted", "rows", "ledger", "named", "beside", "published"} {
		if _, err := keeper.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		e := entry(person(i))
		if found, err := forget.Beside(t.Context(), db, forget.Numbers(e.Keys)); err != nil || len(found) != 2 { // a row, and a number
			t.Fatalf("%s: beside the rows are %+v, %v: the test looks at nothing", step, found, err)
		}
		if _, err := forget.Delete(t.Context(), l, book.Failing(func(at string) error {
			if at == step {
				return killed
			}
			return nil
		}), e); !errors.Is(err, killed) {
			t.Fatalf("%s: %v", step, err)
		}
		failing := last().Failing
		if last().Done || failing.IsZero() {
			t.Errorf("%s: %+v", step, last())
		}
		if i == 0 { // it goes on failing: since then
			stuck := book.Failing(func(string) error { return killed })
			if _, _, err := forget.Resume(t.Context(), l, stuck); !errors.Is(err, killed) || !last().Failing.Equal(failing) {
				t.Errorf("again: %v, %+v", err, last())
			}
		}
		// what is named beside is there whole
		if got := tsv("select count() from meta.states as s where s.state not in (select _state from " + kept.Counts() + " union all select _state from " + crowd.Counts() + ")"); got != "0" {
			t.Errorf("%s: readers find %s times nothing", step, got)
		}
		if n, rows, err := forget.Resume(t.Context(), l, book); n != 1 || rows != 2 || err != nil {
			t.Errorf("%s: gone on with: %d deletions, %d rows, %v", step, n, rows, err)
		}
		if got := tsv("select count() from (select _state from " + kept.Counts() + " union all select _state from " + crowd.Counts() + ") where _state not in (select state from meta.states)"); got != "0" {
			t.Errorf("%s: %s rows are kept beside that nothing names", step, got)
		}
		if e := last(); !e.Done || !e.Failing.IsZero() || e.Rows != 2 || e.Parts != nil || e.Batches != nil || e.States != nil {
			t.Errorf("%s: %+v", step, e)
		}
		rows, err1 := forget.Find(t.Context(), db, forget.Numbers(e.Keys))
		beside, err2 := forget.Beside(t.Context(), db, forget.Numbers(e.Keys))
		if len(rows)+len(beside) > 0 || err1 != nil || err2 != nil {
			t.Errorf("%s: left are %v %v, %v %v", step, rows, beside, err1, err2)
		}
		if got, want := tsv("select max(loaded), max(excluded) from meta.ledger where state = 'published' and batch = "+batch), fmt.Sprintf("%d\t%d", 18-2*i, 2+2*i); got != want {
			t.Errorf("%s: the ledger says %s, not %s", step, got, want)
		}
		whole(step)
	}

	// damaged before: another's row is missing, and one is there twice
	for i, harm := range []string{
		"alter table store.moves delete where _batch = " + batch + " and person = " + fmt.Sprint(forget.Numbers(entry(person(9)).Keys)[0]) + " and toDayOfMonth(date) = 20 settings mutations_sync = 2",
		"insert into store.moves select * from store.moves where _batch = " + batch + " and person = " + fmt.Sprint(forget.Numbers(entry(person(9)).Keys)[0]) + " limit 1",
	} {
		exec(harm)
		if i == 1 {
			exec("insert into store.moves select * from store.moves where _batch = " + batch + " and person = " + fmt.Sprint(forget.Numbers(entry(person(9)).Keys)[0]) + " limit 1")
		}
		before, err := l.Verify(t.Context(), pipeline.Deep)
		if err != nil || len(before) != 1 {
			t.Fatalf("the test damages nothing: %+v, %v", before, err)
		}
		e, err := forget.Delete(t.Context(), l, book, entry(person(6+i)))
		if err != nil || !e.Done || e.Rows != 2 || !slices.Equal(e.Damaged, []uint32{out.Batch}) {
			t.Errorf("damaged before: %+v, %v", e, err)
		}
		after, err := l.Verify(t.Context(), pipeline.Deep)
		if err != nil || len(after) != 1 || after[0].Want != before[0].Want-2 || after[0].Have != before[0].Have-2 {
			t.Errorf("the damage was %+v and is %+v, %v", before, after, err)
		}
	}

	// a load at work, in this process; its rows are let be until it has ended
	staged := func(batch int, owner string) {
		exec(fmt.Sprintf("insert into meta.ledger (seq, at, batch, dataset, unit, state, note) values (%d, now64(6), %d, 'moves', 'x', 'staging', '%s')", 1_000_000+batch, batch, owner))
	}
	staged(900, l.Owner())
	staged(901, "another/1/1") // this loader is alone with its store
	e, err := forget.Delete(t.Context(), l, book, entry(person(8)))
	if err != nil || e.Done || !e.Waits || e.Rows != 2 || !last().Waits {
		t.Errorf("a load is at work: %+v, %v", e, err)
	}
	exec("alter table meta.ledger delete where batch = 900 settings mutations_sync = 2")
	if n, rows, err := forget.Resume(t.Context(), l, book); n != 1 || rows != 0 || err != nil || !last().Done || last().Waits {
		t.Errorf("when it has ended: %d, %d, %v, %+v", n, rows, err, last())
	}

	// somebody is deleted while a file is loaded that names them
	l.Gone = func() func() map[uint64]bool {
		n := 0
		return func() map[uint64]bool {
			if n++; n == 1 {
				return nil
			}
			return map[uint64]bool{7: true}
		}
	}()
	if out, err := load("2026-03", person(9)); out.State != pipeline.Failed || !pipeline.Temporary(err) {
		t.Errorf("deleted during a load: %+v, %v", out, err)
	}
	l.Gone = watch.Keys

	// taken back: the book of another place takes it over, and does not bring it again
	key := last().Keys[0]
	old, _ := book.Read()
	if n, err := book.TakeBack(forget.Back{Key: key, At: time.Now().UTC(), By: "li", Reason: "错删"}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	number := forget.Numbers([]string{key})[0]
	if watch.Keys()[number] {
		t.Error("it is refused still")
	}
	other := forget.Book{Dir: t.TempDir()}
	now, _ := book.Read()
	if err := errors.Join(other.Merge(old), other.Merge(now), other.Merge(old)); err != nil {
		t.Fatal(err)
	}
	n, err := other.Again()
	if err != nil || n != len(old)-1 {
		t.Errorf("%d of %d are done again, %v", n, len(old), err)
	}
	if (&forget.Watch{Book: other, Log: slog.Default()}).Keys()[number] {
		t.Error("at the other place it is deleted again")
	}
}
