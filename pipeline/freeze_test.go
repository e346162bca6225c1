package pipeline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

func TestFreeze(t *testing.T) {
	l, _ := testLoader(t)
	if have, err := l.Freezes(t.Context()); err != nil || len(have) != 0 {
		t.Errorf("nothing frozen: got %v, %v", have, err)
	}
	june := frozen.Date{Name: "2026-06", At: time.Date(2026, 7, 5, 10, 0, 0, 123456000, time.UTC), Note: "六月月报，报管委会 'x'", By: "统计员"}
	may := frozen.Date{Name: "2026-05", At: time.Date(2026, 6, 5, 18, 0, 0, 0, time.FixedZone("", 8*3600))}
	for _, f := range []frozen.Date{may, june} {
		if err := l.Freeze(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	for what, f := range map[string]frozen.Date{
		"the same name again": {Name: "2026-06", At: time.Now()},
		"no name":             {Name: " ", At: time.Now()},
		"a long name":         {Name: strings.Repeat("月", 70), At: time.Now()},
		"no moment":           {Name: "2026-07"},
	} {
		if err := l.Freeze(t.Context(), f); !errors.Is(err, frozen.Err) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	have, err := l.Freezes(t.Context())
	if err != nil || len(have) != 2 || have[0].Date != june || have[1].Name != may.Name || !have[1].At.Equal(may.At) {
		t.Errorf("got %+v, %v", have, err)
	}
	// one that was wrong is taken back once, for a reason, and its name means it for good
	gone := time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)
	l.Now = func() time.Time { return gone }
	for _, x := range []struct {
		name, reason string
		ok           bool
	}{{june.Name, " ", false}, {june.Name, strings.Repeat("迟", 301), false}, {"2026-04", "无此", false}, {june.Name, "六月未到齐", true}, {june.Name, "再撤", false}} {
		if err := l.Unfreeze(t.Context(), x.name, Why{By: "统计员", Reason: x.reason}); x.ok != (err == nil) || err != nil && !errors.Is(err, frozen.Err) {
			t.Errorf("withdrawing %s for %q: got %v", x.name, x.reason, err)
		}
	}
	if err := l.Freeze(t.Context(), june); !errors.Is(err, frozen.Err) || !strings.Contains(err.Error(), "已撤销") {
		t.Errorf("a name that was withdrawn: got %v", err)
	}
	have, err = l.Freezes(t.Context())
	if err != nil || len(have) != 2 || have[0] != (frozen.Freeze{Date: june, Withdrawn: gone, WithdrawnBy: "统计员", Reason: "六月未到齐"}) || have[1].Gone() {
		t.Errorf("got %+v, %v", have, err)
	}
}

// A directory of an earlier build keeps its report dates; one that never had any gets the table.
func TestFreezesOfOldDirectory(t *testing.T) {
	db := warehousetest.Open(t)
	for _, sql := range []string{
		"create database if not exists meta engine = Atomic",
		`create table if not exists meta.freezes
(
    name String,
    at DateTime64(6, 'UTC'),
    note String,
    by String,
    seq DateTime64(6, 'UTC') default now64(6)
)
engine = MergeTree
order by (name, seq)
settings fsync_after_insert = 1`,
		"insert into meta.freezes (name, at, note, by) select '2026-04', toDateTime64('2026-05-06 01:02:03.000004', 6, 'UTC'), '四月', '甲'",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
	l := &Loader{Ledger: &Ledger{DB: db}, Catalog: testCatalog(t), Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := frozen.Date{Name: "2026-04", At: time.Date(2026, 5, 6, 1, 2, 3, 4000, time.UTC), Note: "四月", By: "甲"}
	next := frozen.Date{Name: "2026-05", At: old.At.AddDate(0, 1, 0)}
	if err := l.Freeze(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if have, err := l.Freezes(t.Context()); err != nil || len(have) != 2 || have[0].Date != next || have[1].Date != old {
		t.Errorf("got %+v, %v", have, err)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("drop table meta.freezes sync")); err != nil {
		t.Fatal(err)
	}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if have, err := l.Freezes(t.Context()); err != nil || len(have) != 0 {
		t.Errorf("a directory without the table: got %+v, %v", have, err)
	}
}
