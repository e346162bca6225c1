package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// shelf is a folder of a sender's files, loaded as the inbox does.
type shelf struct {
	*testing.T
	l   *Loader
	dir string
}

func newShelf(t *testing.T) *shelf {
	l, _ := testLoader(t)
	return &shelf{t, l, t.TempDir()}
}

// drop puts a file on the shelf and loads it.
func (s *shelf) drop(name, text string) Outcome {
	s.Helper()
	path := filepath.Join(s.dir, name)
	os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return s.take(name)
}

func (s *shelf) take(name string) Outcome {
	s.Helper()
	return mustLoad(s.T, s.l, Request{Path: filepath.Join(s.dir, name), Display: name, Quiet: true})
}

// restart looks at everything on the shelf again, in any order, under declarations that have changed.
func (s *shelf) restart(names ...string) {
	s.Helper()
	for _, d := range s.l.Catalog.Datasets {
		d.Digest += "changed"
	}
	for _, n := range names {
		s.take(n)
	}
}

func (s *shelf) want(rows int) {
	s.Helper()
	if r, _ := visible(s.T, s.l.DB); r != uint64(rows) {
		s.Errorf("visible: got %d rows, want %d", r, rows)
	}
}

// lines are rows a..b of moves.
func lines(a, b int, month string) string {
	all := strings.Split(strings.TrimSpace(moves(b, month)), "\n")
	return all[0] + "\n" + strings.Join(all[a+1:], "\n") + "\n"
}

// A part of a unit is not taken for a new version of it, and the answer to the question holds.
func TestParts(t *testing.T) {
	for _, c := range []struct{ first, second string }{
		{"甲局_引进与流出_2026年6月_第一部分.csv", "甲局_引进与流出_2026年6月_第二部分.csv"},
		{"乙局_引进与流出_2026年6月_磁材小镇.csv", "乙局_引进与流出_2026年6月_合金园.csv"},
		{"丙局_引进与流出_2026年6月.csv", "丙局_引进与流出_2026年6月 (1).csv"},
		{"丁局_引进与流出_2026年6月.csv", "丁局_引进与流出_202606.csv"}, // no word of it: no key of the one is in the other
	} {
		t.Run(c.first, func(t *testing.T) {
			s := newShelf(t)
			if out := s.drop(c.first, lines(0, 30, "2026-06")); out.State != Published {
				t.Fatalf("first: got %+v", out)
			}
			out := s.drop(c.second, lines(100, 126, "2026-06"))
			if out.State != Held || out.Problem.Code != "part" || !strings.Contains(out.Problem.Text.Zh, "30 行") || !strings.Contains(out.Problem.Remedy.En, "--add") {
				t.Fatalf("second: got %+v", out)
			}
			s.want(30)
			if again := s.take(c.second); again.State != Held {
				t.Errorf("looked at again: got %+v", again)
			}
			if _, err := s.l.Accept(t.Context(), out.Run, Publish, Why{}); err == nil {
				t.Error("published without an answer")
			}
			if _, err := s.l.Accept(t.Context(), out.Run, Add, Why{}); err != nil {
				t.Fatal(err)
			}
			s.want(56)
			s.restart(c.second, c.first)
			s.want(56)
			// a correction of one part replaces that part
			if out := s.drop(c.second, lines(100, 127, "2026-06")); out.State != Published || out.Replaced.Added != 1 || out.Replaced.Kept != 26 {
				t.Errorf("a part corrected: got %+v", out)
			}
			s.want(57)
			// the whole of it: asked, and in place of both
			whole := strings.Split(c.first, "_")[0] + "_引进与流出_2026年6月_全部.csv"
			if out = s.drop(whole, lines(0, 60, "2026-06")); out.State != Held || out.Problem.Code != "part" {
				t.Fatalf("the whole: got %+v", out)
			}
			if _, err := s.l.Accept(t.Context(), out.Run, Replace, Why{}); err != nil {
				t.Fatal(err)
			}
			s.want(60)
			s.restart(c.first, c.second, whole)
			s.want(60)
		})
	}
}

// A decision holds whole, though who took it does not wait for its end, and though the process is stopped once it is written: who
// takes it again finds the rest done.
func TestDecisionCut(t *testing.T) {
	for _, c := range []string{"the caller goes", "the process goes"} {
		t.Run(c, func(t *testing.T) {
			s := newShelf(t)
			s.drop("甲局_引进与流出_2026年6月_第一部分.csv", lines(0, 30, "2026-06"))
			out := s.drop("甲局_引进与流出_2026年6月_第二部分.csv", lines(100, 126, "2026-06"))
			if _, err := s.l.Accept(t.Context(), out.Run, Add, Why{}); err != nil {
				t.Fatal(err)
			}
			out = s.drop("甲局_引进与流出_2026年6月_全部.csv", lines(0, 60, "2026-06"))
			if out.State != Held {
				t.Fatalf("the whole: got %+v", out)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c == "the caller goes" {
				s.l.Told = cancel
				if _, err := s.l.Accept(ctx, out.Run, Replace, Why{}); err != nil || ctx.Err() == nil {
					t.Errorf("accepted: %v, %v", err, ctx.Err())
				}
			} else {
				// killed behind the ledger's rows, before the run was written
				r, _, err := s.l.Run(ctx, out.Run)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.l.Accept(ctx, out.Run, Replace, Why{}); err != nil {
					t.Fatal(err)
				}
				if err := s.l.PutRun(ctx, &r); err != nil {
					t.Fatal(err)
				}
				s.want(60)
				if _, err := s.l.Accept(ctx, out.Run, Replace, Why{}); err == nil {
					t.Error("accepted twice")
				}
			}
			s.want(60)
			if r, _, err := s.l.Run(t.Context(), out.Run); err != nil || r.State != Published || r.Code != "accepted" {
				t.Errorf("the run says %s %s, %v", r.State, r.Code, err)
			}
		})
	}
}

// What is the same paper under another name is not asked about.
func TestNotParts(t *testing.T) {
	for i, c := range []struct{ first, second string }{
		{"甲局_引进与流出_2026年6月.csv", "甲局_引进与流出_2026年6月（修订）.csv"},
		{"甲局_引进与流出_2026年6月.csv", "甲局_引进与流出_2026-06.csv"},
		{"甲局_引进与流出_2026年6月.csv", "甲局/引进与流出_2026年6月_第二版.csv"},
	} {
		s := newShelf(t)
		s.drop(c.first, lines(0, 30, "2026-06"))
		out := s.drop(c.second, lines(0, 31, "2026-06"))
		if out.State != Published || out.Replaced.Added != 1 || out.Replaced.Kept != 30 {
			t.Errorf("%d: got %+v", i, out)
		}
		run, _, err := s.l.Run(t.Context(), out.Run)
		if err != nil || !strings.Contains(run.MessageZh, "替换了原有的 30 行：新增 1，删除 0，改动 0，未变 30；人数合计") || !strings.Contains(run.MessageEn, "replaces 30 rows: 1 added") {
			t.Errorf("%d: the run says %q, %q, %v", i, run.MessageZh, run.MessageEn, err)
		}
	}
}

// Neither a restart nor a changed declaration brings back what was taken back or corrected, whatever
// dates the files have.
func TestOrderIsTheLedgers(t *testing.T) {
	const first, second = "甲局_引进与流出_2026年6月.csv", "甲局_引进与流出_2026年6月(修订).csv"
	s := newShelf(t)
	s.drop(first, moves(30, "2026-06"))
	s.drop(second, moves(31, "2026-06"))
	os.Chtimes(filepath.Join(s.dir, second), time.Now(), time.Now().Add(-9000*time.Hour)) // as a mail's attachment
	s.want(31)
	s.restart(second, first)
	s.want(31)
	s.restart(first, second)
	s.want(31)
	if _, err := s.l.Withdraw(t.Context(), "moves", "甲局|2026-06", Why{}); err != nil {
		t.Fatal(err)
	}
	s.want(0)
	s.restart(first, second)
	s.want(0)
}

// The first version sent once more after the second is a third submission with a run of its own.
func TestFirstVersionAgain(t *testing.T) {
	const name = "甲局_引进与流出_2026年6月.csv"
	s := newShelf(t)
	s.drop(name, moves(30, "2026-06"))
	s.drop(name, moves(31, "2026-06"))
	out := s.drop(name, moves(30, "2026-06"))
	if run, ok, err := s.l.Run(t.Context(), out.Run); out.State != Published || !ok || err != nil || run.Loaded != 30 {
		t.Errorf("got %+v, %+v, %v", out, run, err)
	}
	s.want(30)
	s.restart(name)
	s.want(30)
}

// The same bytes under another sender are held once and stay so.
func TestSameBytesElsewhere(t *testing.T) {
	s := newShelf(t)
	s.drop("丁局_引进与流出_2026年6月.csv", moves(11, "2026-06"))
	out := s.drop("戊局_引进与流出_2026年6月.csv", moves(11, "2026-06"))
	if out.State != Held || out.Problem.Code != "same_bytes" || !strings.Contains(out.Problem.Text.Zh, "丁局") {
		t.Fatalf("got %+v", out)
	}
	s.want(11)
	count := func() string {
		return warehousetest.TSV(t, s.l.DB, warehouse.SQL("select count() as n from meta.runs final"))
	}
	before := count()
	for range 2 {
		s.take("丁局_引进与流出_2026年6月.csv")
		s.take("戊局_引进与流出_2026年6月.csv")
	}
	if after := count(); after != before {
		t.Errorf("looking again left runs: %s before, %s after", before, after)
	}
	s.want(11)
	if _, err := s.l.Accept(t.Context(), out.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
	s.want(22)
	s.take("戊局_引进与流出_2026年6月.csv")
	s.take("丁局_引进与流出_2026年6月.csv")
	s.want(22)
}

// With another key nothing is loaded, and with the right one again everything is.
func TestWrongKey(t *testing.T) {
	s := newShelf(t)
	s.drop("甲局_引进与流出_2026年6月.csv", moves(5, "2026-06"))
	right := s.l.Key
	s.l.Key = []byte("another key of thirty-two bytes or more")
	if err := s.l.checkKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := file(t, "乙局_引进与流出_2026年6月.csv", moves(5, "2026-06"))
	if out, err := s.l.Load(t.Context(), Request{Path: path}); err == nil || out.Problem == nil || out.Problem.Code != "wrong_key" || out.Problem.Remedy.Zh == "" {
		t.Errorf("got %+v, %v", out, err)
	}
	s.want(5)
	s.l.Key = right
	if err := s.l.checkKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out := mustLoad(t, s.l, Request{Path: path, Force: true}); out.State != Published {
		t.Errorf("with the right key: got %+v", out)
	}
}

// Rows that are gone from a published batch are found, told, and loaded again from the file.
func TestDamage(t *testing.T) {
	const name = "甲局_引进与流出_2026年6月.csv"
	s := newShelf(t)
	s.drop(name, moves(30, "2026-06"))
	s.drop("乙局_引进与流出_2026年6月.csv", moves(20, "2026-06"))
	for _, c := range []struct {
		sql   string
		depth Depth
		blind bool // the quick look sees nothing
		text  string
	}{
		{"alter table store.moves delete where people = 3 and _file like '甲%' settings mutations_sync = 2", Quick, false, "应有 30 行，库中只有"},
		{"alter table store.moves update pay = pay + 1 where _file like '甲%' settings mutations_sync = 2", Deep, true, "pay 合计应为"},
	} {
		if err := s.l.DB.Exec(t.Context(), warehouse.SQL(c.sql)); err != nil {
			t.Fatal(err)
		}
		if c.blind {
			if found, err := s.l.Verify(t.Context(), Quick); err != nil || len(found) > 0 {
				t.Errorf("quick: got %+v, %v", found, err)
			}
		}
		found, err := s.l.Verify(t.Context(), c.depth)
		if err != nil || len(found) != 1 || found[0].Unit != "甲局|2026-06" {
			t.Fatalf("%s: got %+v, %v", c.sql, found, err)
		}
		if zh, en := found[0].Text(); !strings.Contains(zh, c.text) || en == "" {
			t.Errorf("text: %s, %s", zh, en)
		}
		if kept, err := s.l.Damages(t.Context()); err != nil || len(kept) != 1 {
			t.Errorf("written down: got %+v, %v", kept, err)
		}
		if out := s.take(name); out.State != Published || out.Counts.Loaded != 30 {
			t.Fatalf("loaded again: got %+v", out)
		}
		s.want(50)
		if found, err := s.l.Verify(t.Context(), Deep); err != nil || len(found) > 0 {
			t.Errorf("healed: got %+v, %v", found, err)
		}
		if kept, err := s.l.Damages(t.Context()); err != nil || len(kept) > 0 {
			t.Errorf("healed, but written down: %+v, %v", kept, err)
		}
		if out := s.take(name); out.State != Unchanged {
			t.Errorf("once more: got %+v", out)
		}
	}
}

// The tables of an earlier build get the settings by which a power cut loses nothing published.
func TestDurable(t *testing.T) {
	l, _ := testLoader(t)
	for _, table := range []string{"store.moves", "meta.ledger"} {
		if err := l.DB.Exec(t.Context(), warehouse.SQL("alter table "+table+" reset setting min_rows_to_fsync_after_merge")); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := warehousetest.TSV(t, l.DB, warehouse.SQL(`select count() as n from system.tables
where database in ('store', 'meta') and name in ('moves', 'ledger', 'batches')
  and engine_full like '%fsync_after_insert = 1%' and engine_full like '%fsync_part_directory = 1%' and engine_full like '%min_rows_to_fsync_after_merge = 1%'`))
	if got != "3" {
		t.Errorf("%s tables write through to the disk, want 3", got)
	}
}

// A unit that is declared to come in parts takes one file after the other, unasked; the same name and its revision replace a
// part, and the same bytes under another name are no other part.
func TestDeclaredParts(t *testing.T) {
	l, _ := testLoader(t)
	text := func(items ...string) string {
		s := "日期,品名\n"
		for _, i := range items {
			s += "2026-06-01," + i + "\n"
		}
		return s
	}
	for _, c := range []struct {
		name, text string
		state      State
		items      string
	}{
		{"甲局_分部分_2026年6月_第一部分.csv", text("a", "b"), Published, "a b"},
		{"甲局_分部分_2026年6月_第二部分.csv", text("c"), Published, "a b c"},
		{"甲局_分部分_2026年6月_第一部分（修订）.csv", text("a", "d"), Published, "a c d"},
		{"甲局_分部分_2026年6月_第三部分.csv", text("c"), Unchanged, "a c d"},
		{"甲局_分部分_2026年6月_第二部分.csv", text("c", "e"), Published, "a c d e"},
		{"乙局_分部分_2026年6月.csv", text("f"), Published, "a c d e f"},
		{"乙局_分部分_2026年6月_北片.csv", text("g", "h"), Published, "a c d e f g h"},
		{"乙局_分部分_2026年6月_北片更新.csv", text("g", "i"), Held, "a c d e f g h"}, // half of its rows count already
		{"乙局_分部分_2026年6月_设备.csv", text("j", "k"), Published, "a c d e f g h j k"},
		{"乙局_分部分_2026年6月_设备更新.csv", text("l", "m"), Published, "a c d e f g h j k l m"},
		{"乙局_分部分_2026年6月_东片终稿.csv", text("n"), Published, "a c d e f g h j k l m n"},
		{"丙局_分部分_2026年6月_北片更新.csv", text("g", "h", "o"), Published, "a c d e f g g h h j k l m n o"},
	} {
		out := mustLoad(t, l, Request{Path: file(t, c.name, c.text)})
		if out.State != c.state {
			t.Errorf("%s: got %s, %v; want %s", c.name, out.State, out.Problem, c.state)
		}
		got := warehousetest.TSV(t, l.DB, warehouse.SQL("select arrayStringConcat(arraySort(groupArray(item)), ' ') from mart.pieces"))
		if got != c.items {
			t.Errorf("after %s: got %q, want %q", c.name, got, c.items)
		}
	}
}

// Two parts of the same bytes, the second forced, both stand: neither is loaded anew where it is looked at again, and the answer
// is of its own batch.
func TestPartsOfOneContent(t *testing.T) {
	l, _ := testLoader(t)
	var batches []uint32
	names := []string{"甲局_分部分_2026年6月_第一部分.csv", "甲局_分部分_2026年6月_第二部分.csv"}
	for _, name := range names {
		out := mustLoad(t, l, Request{Path: file(t, name, "日期,品名\n2026-06-01,a\n"), Force: true})
		if out.State != Published {
			t.Fatalf("%s: %s, %v", name, out.State, out.Problem)
		}
		batches = append(batches, out.Batch)
	}
	for i, name := range names {
		if out := mustLoad(t, l, Request{Path: file(t, name, "日期,品名\n2026-06-01,a\n"), Quiet: true}); out.State != Unchanged || out.Batch != batches[i] {
			t.Errorf("%s: %s of batch %d, want unchanged of %d", name, out.State, out.Batch, batches[i])
		}
	}
}

// A revision under another name changes the rows that it changes, though they hold the name of their file; what is read out of that
// name counts.
func TestRevisionUnderAnotherName(t *testing.T) {
	for column, want := range map[string][2]uint64{"of: _file": {1, 1}, `of: _file, match: '([0-9]+)月'`: {2, 0}} {
		cat, err := dataset.Load(fstest.MapFS{"datasets/rounds.yaml": {Data: []byte("name: rounds\ntitle: {zh: 巡查, en: Rounds}\nabout: {zh: 一行一次, en: One a row}\nunit: [sender]\ncolumns:\n" +
			"  - {name: place, title: {zh: 点位, en: Place}, type: string, required: true}\n  - {name: faults, title: {zh: 问题数, en: Faults}, type: int64}\n  - {name: paper, title: {zh: 文件, en: Paper}, type: string, " + column + "}\n")}})
		if err != nil {
			t.Fatal(err)
		}
		l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustLoad(t, l, Request{Path: file(t, "甲局_巡查_3月.csv", "点位,问题数\n东门,1\n西门,2\n")})
		out := mustLoad(t, l, Request{Path: file(t, "甲局_巡查_4月（更正）.csv", "点位,问题数\n东门,1\n西门,3\n")})
		if got := [2]uint64{out.Replaced.Added, out.Replaced.Kept}; got != want || out.Replaced.Removed != want[0] {
			t.Errorf("%s: got %+v, want %v added and kept", column, out.Replaced, want)
		}
	}
}

// Whoever worked on the directory from another host has ended where the directory is ours: a container has another name
// at every start.
func TestAnotherHost(t *testing.T) {
	l, _ := testLoader(t)
	owner := "container-1/1/12345"
	if err := l.PutRun(t.Context(), &Run{ID: "20260101-000000-00000000", Kind: "load", Owner: owner, State: Running, Started: l.now()}); err != nil {
		t.Fatal(err)
	}
	for _, alone := range []bool{false, true} {
		l.Alone = alone
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs, err := l.Runs(t.Context(), RunFilter{States: []State{Running}})
		if err != nil || (len(runs) == 0) != alone {
			t.Errorf("alone %v: %d runs are running, %v", alone, len(runs), err)
		}
	}
}

// What is asked for again is read anew where it is live; what is held as another's, withdrawn or replaced stays so.
func TestAgain(t *testing.T) {
	s := newShelf(t)
	again := func(name string) Outcome {
		t.Helper()
		return mustLoad(t, s.l, Request{Path: filepath.Join(s.dir, name), Display: name, Quiet: true, Again: true})
	}
	const own, copied, gone, old, newer = "丁局_引进与流出_2026年6月.csv", "戊局_引进与流出_2026年6月.csv", "己局_引进与流出_2026年6月.csv", "庚局_引进与流出_2026年6月.csv", "庚局_引进与流出_2026年6月_更正.csv"
	first := s.drop(own, moves(11, "2026-06"))
	held := s.drop(copied, moves(11, "2026-06"))
	s.drop(gone, moves(7, "2026-06"))
	s.drop(old, moves(5, "2026-06"))
	if out := s.drop(newer, moves(6, "2026-06")); out.State != Published {
		t.Fatalf("got %+v", out)
	}
	if _, err := s.l.Withdraw(t.Context(), "moves", "己局|2026-06", Why{}); err != nil {
		t.Fatal(err)
	}
	if out := again(own); out.State != Published || out.Batch == first.Batch {
		t.Errorf("what is live: got %+v", out)
	}
	if out := again(copied); out.State != Held || out.Batch != held.Batch {
		t.Errorf("what is held: got %+v", out)
	}
	for _, name := range []string{gone, old} {
		if out := again(name); out.State != Unchanged {
			t.Errorf("%s: got %+v", name, out)
		}
	}
	s.want(11 + 6)
	if _, err := s.l.Accept(t.Context(), held.Run, Publish, Why{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{own, copied} { // somebody has said that both mean it
		if out := again(name); out.State != Published {
			t.Errorf("%s: got %+v", name, out)
		}
	}
	s.want(11 + 11 + 6)
}
