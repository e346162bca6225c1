package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const june = "人社局|2026-06"

func load(t *testing.T, l *Loader, n int, month string) Outcome {
	t.Helper()
	return mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_"+month+".csv", moves(n, month))})
}

func TestRollbackAndAsOf(t *testing.T) {
	l, _ := testLoader(t)
	clock := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	l.Now = func() time.Time { return clock }
	v1 := load(t, l, 100, "2026-06")
	moment := clock.Add(time.Hour)
	clock = clock.AddDate(0, 0, 1)
	v2 := load(t, l, 90, "2026-06")
	clock = clock.AddDate(0, 0, 1)
	v3 := load(t, l, 80, "2026-06")
	wantVisible(t, l.DB, 80, pay(80))

	asOf := func(at time.Time, rows uint64) {
		t.Helper()
		live, err := l.AsOf(t.Context(), "moves", at)
		if err != nil {
			t.Fatal(err)
		}
		var got uint64
		for _, u := range live {
			got += u.Loaded
		}
		n := warehousetest.TSV(t, l.DB, warehouse.Statement{
			SQL:    "select count() as n from store.moves where `_batch` in (select batch from meta.live_at(as_of = {at:DateTime64(6, 'UTC')}) where dataset = 'moves')",
			Params: map[string]string{"at": at.Format("2006-01-02 15:04:05.000000")},
		})
		if got != rows || n != fmt.Sprint(rows) {
			t.Errorf("as of %s: ledger %d, table %v, want %d", at, got, n, rows)
		}
	}
	asOf(moment, 100)
	asOf(moment.AddDate(0, 0, 1), 90)
	asOf(moment.AddDate(0, 0, -2), 0)

	// back to the second, to the first, to nothing; and the third again
	for _, want := range []Outcome{v2, v1} {
		clock = clock.Add(time.Hour)
		if _, err := l.Republish(t.Context(), "moves", want.Batch, Why{}); err != nil {
			t.Fatal(err)
		}
		wantVisible(t, l.DB, want.Loaded, pay(int(want.Loaded)))
	}
	if e, err := l.Withdraw(t.Context(), "moves", june, Why{By: "wang", Reason: "no, see 11010519491231002X or 13800138000"}); err != nil || e.Batch != v1.Batch || e.State != Withdrawn || e.By != "wang" || e.Note != "no, see *** or ***" {
		t.Fatalf("withdrawn: %+v, %v", e, err)
	}
	wantVisible(t, l.DB, 0, pay(0))
	var p *Problem
	if _, err := l.Withdraw(t.Context(), "moves", june, Why{}); !errors.As(err, &p) || p.Code != "not_live" {
		t.Errorf("withdrawn twice: got %v", err)
	}
	if _, err := l.Republish(t.Context(), "moves", v3.Batch, Why{}); err != nil {
		t.Fatal(err)
	}
	wantVisible(t, l.DB, 80, pay(80))
	asOf(moment, 100) // what was reported stays what was reported
	// an earlier version sent once more, after others, is a submission of its own
	if again := load(t, l, 90, "2026-06"); again.State != Published || again.Before != 80 || again.Replaced.Added != 10 || again.Replaced.Kept != 80 {
		t.Errorf("an earlier version sent again: got %+v", again)
	}
	wantVisible(t, l.DB, 90, pay(90))

	// the sweep keeps what as-of may need, and deletes it after the retention
	if n, err := l.Sweep(t.Context(), Retention{}); err != nil || n != 0 {
		t.Errorf("sweep within the retention: %d, %v", n, err)
	}
	// and for as long as a report date stands what was live then
	if err := l.Freeze(t.Context(), frozen.Date{Name: "2026-06", At: moment}); err != nil {
		t.Fatal(err)
	}
	clock = clock.AddDate(2, 0, 0)
	if n, err := l.Sweep(t.Context(), Retention{}); err != nil || n != 2 {
		t.Errorf("sweep two years later: got %d, %v; want 2 batches", n, err)
	}
	asOf(moment, 100)
	if err := l.Unfreeze(t.Context(), "2026-06", Why{By: "wang", Reason: "六月未到齐"}); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Sweep(t.Context(), Retention{}); err != nil || n != 1 {
		t.Errorf("sweep after the report date was withdrawn: got %d, %v; want 1 batch", n, err)
	}
	wantVisible(t, l.DB, 90, pay(90))
	if _, err := l.Republish(t.Context(), "moves", v1.Batch, Why{}); !errors.As(err, &p) || p.Code != "batch_gone" {
		t.Errorf("publishing a swept batch: got %v", err)
	}
	if again := load(t, l, 100, "2026-06"); again.State != Published {
		t.Errorf("a swept version loaded again: got %s", again.State)
	}
}

func TestHeldAndForced(t *testing.T) {
	l, _ := testLoader(t)
	load(t, l, 100, "2026-06")
	small := file(t, "人社局_引进与流出_2026年6月.csv", moves(40, "2026-06"))
	out := mustLoad(t, l, Request{Path: small})
	if out.State != Held || out.Problem == nil || out.Problem.Code != "shrink_share" || !strings.Contains(out.Problem.Text.Zh, "100 减至 40") || out.Problem.Remedy.En == "" {
		t.Fatalf("60 %% fewer rows: got %+v", out)
	}
	wantVisible(t, l.DB, 100, pay(100))
	if again := mustLoad(t, l, Request{Path: small}); again.State != Held || again.Batch != out.Batch {
		t.Errorf("the held content again: got %+v", again)
	}
	if _, err := l.Sweep(t.Context(), Retention{}); err != nil {
		t.Fatal(err)
	}
	var p *Problem
	if _, err := l.Republish(t.Context(), "prices", out.Batch, Why{}); !errors.As(err, &p) || p.Code != "no_batch" {
		t.Errorf("a batch of another dataset: got %v", err)
	}
	wantVisible(t, l.DB, 100, pay(100))
	if e, err := l.Republish(t.Context(), "moves", out.Batch, Why{Run: "by-hand"}); err != nil || e.State != Published || e.Run != "by-hand" || e.Loaded != 40 {
		t.Errorf("held batch published by force: got %+v, %v", e, err)
	}
	wantVisible(t, l.DB, 40, pay(40))

	// by force at once; half of its rows are refused
	var b strings.Builder
	b.WriteString(moves(10, "2026-07"))
	for i := range 20 {
		fmt.Fprintf(&b, "%s,李四,2026-07-40,引进,a,1,1\n", person(i))
	}
	bad := file(t, "人社局_引进与流出_2026年7月.csv", b.String())
	if out := mustLoad(t, l, Request{Path: bad}); out.State != Held || out.Problem.Code != "rejected_share" {
		t.Errorf("two thirds refused: got %+v", out)
	}
	out = mustLoad(t, l, Request{Path: bad, Force: true})
	if out.State != Published || out.Counts.Rejected != 20 || out.Problem == nil {
		t.Errorf("by force: got %+v", out)
	}
	wantVisible(t, l.DB, 50, pay(40)+pay(10))
	if run, _, err := l.Run(t.Context(), out.Run); err != nil || run.Code != "forced" || !strings.Contains(run.MessageZh, "读入 30 = 装入 10 + 拒收 20") {
		t.Errorf("run: got %+v, %v", run, err)
	}

	// a set check, and its example
	rich := moves(3, "2026-08") + person(9) + ",王五,2026-08-01,引进,a,1,9999999\n"
	out = mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年8月.csv", rich)})
	if out.State != Held || out.Problem.Code != "pay_plausible" || out.Problem.Text.Zh != "有人月薪超过一百万元" {
		t.Errorf("set check: got %+v", out)
	}
	// the key is worth a note, not a refusal
	twice := moves(3, "2026-09") + strings.SplitN(moves(1, "2026-09"), "\n", 2)[1]
	out = mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年9月.csv", twice)})
	if out.State != Published || len(out.Notes) != 1 || !strings.Contains(out.Notes[0].Zh, "1 行") || !strings.Contains(out.Notes[0].Zh, ".csv:2 = ") {
		t.Errorf("a row twice: got %+v", out)
	}
}

func TestAllOrNothing(t *testing.T) {
	l, _ := testLoader(t)
	var p *Problem
	_, err := l.Load(t.Context(), Request{Path: file(t, "市场局_企业名录.csv", "编号,企业名称,职工人数\n1,甲,10\n2,乙,约300\n")})
	if !errors.As(err, &p) || p.Code != "all_or_nothing" {
		t.Errorf("one bad cell: got %v", err)
	}
	runs, err := l.Runs(t.Context(), RunFilter{})
	if err != nil || len(runs) != 1 || runs[0].State != Failed || runs[0].Rejected != 1 {
		t.Fatalf("runs: got %+v, %v", runs, err)
	}
	rejects, err := l.Rejects(t.Context(), runs[0].ID, 0, 0)
	if err != nil || len(rejects) != 1 || rejects[0].Cell != "C3" || rejects[0].Raw != "约300" || rejects[0].Column != "employees" || rejects[0].File != "市场局_企业名录.csv" ||
		rejects[0].ReasonZh == "" || rejects[0].ReasonEn == "" || rejects[0].RemedyZh == "" {
		t.Errorf("rejects: got %+v, %v", rejects, err)
	}
	out := mustLoad(t, l, Request{Path: file(t, "市场局_企业名录.csv", "编号,企业名称,职工人数\n1,甲,10\n1,乙,300\n")})
	if out.State != Held || out.Problem.Code != "one_row_each" || !strings.Contains(out.Problem.Text.Zh, "编号重复") || !strings.Contains(out.Problem.Text.Zh, "其中 1 行其余各列不全相同，互相矛盾") || !strings.Contains(out.Problem.Text.Zh, ":2 = ") {
		t.Errorf("a number twice: got %+v", out)
	}
	out = mustLoad(t, l, Request{Path: file(t, "市场局_企业名录.csv", "编号,企业名称,职工人数\n1,甲,10\n2,乙,300\n")})
	if out.State != Published || out.Unit != "市场局" {
		t.Errorf("sound: got %+v", out)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count() from mart.register")); got != "2" {
		t.Errorf("visible: got %v", got)
	}
	out = mustLoad(t, l, Request{Path: file(t, "价格.csv", "品名,单价\n米,1.5\n面,2\n米,1.5\n")})
	if c := out.Counts; out.State != Published || out.Dataset != "prices" || out.Unit != "价格.csv" || c.Read != 3 || c.Loaded != 2 || c.Duplicates != 1 {
		t.Errorf("duplicates dropped: got %+v", out)
	}
}

func TestPeriods(t *testing.T) {
	l, _ := testLoader(t)
	// from the data, when they lie in one month
	out := mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出.csv", moves(20, "2026-03"))})
	if out.State != Published || out.Unit != "人社局|2026-03" || out.Period != days.Months(2026, 3, 1) {
		t.Errorf("period from the data: got %+v", out)
	}
	var p *Problem
	two := moves(20, "2026-04") + strings.SplitN(moves(5, "2026-05"), "\n", 2)[1]
	_, err := l.Load(t.Context(), Request{Path: file(t, "人社局_引进与流出.csv", two)})
	if !errors.As(err, &p) || p.Code != "no_period" || !strings.Contains(p.Remedy.Zh, "2026年6月") {
		t.Errorf("two months without a name: got %v", err)
	}
	// a row of another month is refused, the others load
	out = mustLoad(t, l, Request{Path: file(t, "人社局_引进与流出_2026年4月.csv", two)})
	if out.State != Published || out.Counts.Loaded != 20 || out.Counts.Rejected != 5 || out.Rules["period"] != 5 {
		t.Errorf("rows of another month: got %+v", out)
	}
	// a half year beside its months would count twice
	_, err = l.Load(t.Context(), Request{Path: file(t, "人社局_引进与流出_2026年上半年.csv", moves(20, "2026-06"))})
	if !errors.As(err, &p) || p.Code != "period_overlap" {
		t.Errorf("half year over a month: got %v", err)
	}
	out = mustLoad(t, l, Request{Path: file(t, "科技局_引进与流出_2026年上半年.csv", moves(20, "2026-06"))})
	if out.State != Published || out.Period.String() != "2026-H1" {
		t.Errorf("another sender's half year: got %+v", out)
	}
	_, err = l.Load(t.Context(), Request{Path: file(t, "引进与流出_2026年7月.csv", moves(20, "2026-07"))})
	if !errors.As(err, &p) || p.Code != "no_sender" {
		t.Errorf("no sender: got %v", err)
	}
	// what the request says wins over the name
	out = mustLoad(t, l, Request{Path: file(t, "乙_引进与流出_2026年1月.csv", moves(2, "2026-07")), Sender: "甲", Period: days.Months(2026, 7, 1), Dataset: "moves"})
	if out.Unit != "甲|2026-07" || out.Counts.Rejected != 0 {
		t.Errorf("request over name: got %+v", out)
	}
	// the same bytes for another month are no copy: their dates are wrong
	_, err = l.Load(t.Context(), Request{Path: file(t, "甲_引进与流出_2026年8月.csv", moves(2, "2026-07"))})
	if !errors.As(err, &p) || p.Code != "no_good_rows" {
		t.Errorf("last month's file under this month's name: got %v", err)
	}
	if _, err = l.Load(t.Context(), Request{Path: file(t, "x.csv", moves(2, "2026-07")), Dataset: "none"}); !errors.As(err, &p) || p.Code != "no_dataset" || !strings.Contains(p.Remedy.En, "moves, pieces, prices, register") {
		t.Errorf("unknown dataset: got %v", err)
	}
}

func TestWorkbookIsOneBatch(t *testing.T) {
	l, _ := testLoader(t)
	x := excelize.NewFile()
	for i, sheet := range []string{"一分局", "二分局"} {
		if i == 0 {
			x.SetSheetName("Sheet1", sheet)
		} else {
			x.NewSheet(sheet)
		}
		x.SetSheetRow(sheet, "A1", &[]any{"身份证号", "姓名", "日期", "流向", "环节", "人数", "薪资"})
		for r := range 3 {
			x.SetSheetRow(sheet, fmt.Sprintf("A%d", r+2), &[]any{person(10*i + r), "张三", "2026-06-0" + fmt.Sprint(r+1), "引进", "a", 1, 1000})
		}
	}
	x.SetCellValue("二分局", "C4", "六月")
	path := filepath.Join(t.TempDir(), "人社局_引进与流出_2026年6月.xlsx")
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	out := mustLoad(t, l, Request{Path: path})
	if out.State != Published || out.Counts.Read != 6 || out.Counts.Loaded != 5 || out.Counts.Rejected != 1 {
		t.Fatalf("got %+v", out)
	}
	rejects, err := l.Rejects(t.Context(), out.Run, 0, 0)
	if err != nil || len(rejects) != 1 || rejects[0].Sheet != "二分局" || rejects[0].Row != 4 || rejects[0].Cell != "C4" {
		t.Errorf("rejects: got %+v, %v", rejects, err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select `_sheet` as s, count() as n from mart.moves group by s order by n")); got != "二分局\t2\n一分局\t3" {
		t.Errorf("sheets: got %v", got)
	}
	rules, err := l.RejectRules(t.Context(), out.Run)
	if err != nil || len(rules) != 1 || rules[0].Cells != 1 || rules[0].Column != "date" {
		t.Errorf("rules: got %+v, %v", rules, err)
	}
}

// A load that is stopped half way leaves nothing that can be seen, says so, and is swept.
func TestCancelledLoad(t *testing.T) {
	l, _ := testLoader(t)
	load(t, l, 100, "2026-06")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path := file(t, "人社局_引进与流出_2026年6月.csv", moves(200_000, "2026-06"))
	out, err := l.Load(ctx, Request{Path: path, Progress: func(rows uint64) { cancel() }})
	if err == nil || out.State != Cancelled || Temporary(err) {
		t.Errorf("got %+v, %v", out, err)
	}
	wantVisible(t, l.DB, 100, pay(100))
	if run, ok, err := l.Run(t.Context(), out.Run); err != nil || !ok || run.State != Cancelled || run.Finished.IsZero() {
		t.Errorf("run: got %+v, %v", run, err)
	}
	if _, err := l.Sweep(t.Context(), Retention{}); err != nil {
		t.Fatal(err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), uniqExact(`_batch`) from store.moves")); got != "100\t1" {
		t.Errorf("after the sweep: got %v", got)
	}
	// a panic refuses the file: it would panic again
	l.fault = func(at string) {
		if at == "inserted" {
			panic("a defect")
		}
	}
	out, err = l.Load(t.Context(), Request{Path: path})
	l.fault = nil
	if err == nil || out.State != Failed || Temporary(err) {
		t.Errorf("panic: got %+v, %v", out, err)
	}
	if run, _, err := l.Run(t.Context(), out.Run); err != nil || run.Code != "panic" || run.State != Failed {
		t.Errorf("run after a panic: got %+v, %v", run, err)
	}
	wantVisible(t, l.DB, 100, pay(100))
}

// Two loaders on one database, as two processes are: no batch number is given twice, and every
// unit ends with one copy.
func TestTwoLoaders(t *testing.T) {
	a, _ := testLoader(t)
	b := &Loader{Ledger: &Ledger{DB: warehousetest.OpenAs(t, "loader")}, Catalog: a.Catalog, Key: testKey, Spool: t.TempDir(), Log: a.Log}
	var mu sync.Mutex
	seen := map[uint32]string{}
	var wg sync.WaitGroup
	for i, l := range []*Loader{a, b, a, b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 4 {
				l.Ledger.mu.Lock()
				l.Ledger.batch = 0 // as a new process: it has to claim a block
				l.Ledger.mu.Unlock()
				n, err := l.allocate(t.Context(), fmt.Sprintf("claim-%d-%d", i, k))
				mu.Lock()
				if err != nil {
					t.Error(err)
				} else if other := seen[n]; other != "" {
					t.Errorf("batch %d was given to %s and to %d", n, other, i)
				}
				seen[n] = fmt.Sprint(i)
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	path := file(t, "人社局_引进与流出_2026年6月.csv", moves(500, "2026-06"))
	for _, l := range []*Loader{a, b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := l.Load(t.Context(), Request{Path: path}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	wantVisible(t, a.DB, 500, pay(500))
}

// A table that lost or changed a row under way is found out by count and control sums.
func TestTornBatch(t *testing.T) {
	l, _ := testLoader(t)
	for _, sql := range []string{
		"alter table store.moves delete where people = 3 settings mutations_sync = 2",
		"alter table store.moves update pay = pay + 0.01 where people = 3 settings mutations_sync = 2",
		"alter table store.moves update people = 4 where people = 3 settings mutations_sync = 2",
		"alter table store.moves update name = name where 0 settings mutations_sync = 2", // nothing
	} {
		l.fault = func(at string) {
			if at == "inserted" {
				if err := l.DB.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
					t.Error(err)
				}
			}
		}
		out, err := l.Load(t.Context(), Request{Path: file(t, "人社局_引进与流出_2026年6月.csv", moves(500, "2026-06")), Force: true})
		var torn *check.Torn
		if strings.Contains(sql, "where 0") {
			if err != nil || out.State != Published {
				t.Errorf("untouched: got %+v, %v", out, err)
			}
		} else if !errors.As(err, &torn) || out.State != Failed {
			t.Errorf("%s: got %+v, %v; want a torn batch", sql, out, err)
		}
	}
	l.fault = nil
	wantVisible(t, l.DB, 500, pay(500))
}

func TestMigrate(t *testing.T) {
	l, _ := testLoader(t)
	load(t, l, 10, "2026-06")
	again := func(change func(ds *dataset.Dataset)) error {
		cat := testCatalog(t)
		change(cat.Datasets["moves"])
		return (&Loader{Ledger: l.Ledger, Catalog: cat, Key: testKey, Spool: t.TempDir()}).Ensure(t.Context())
	}
	if err := again(func(ds *dataset.Dataset) {
		ds.Columns = append(ds.Columns, dataset.Column{Name: "school", Type: dataset.String, Title: codes.Text{Zh: "学校", En: "School"}})
	}); err != nil {
		t.Errorf("a further optional column: %v", err)
	}
	if err := l.DB.Exec(t.Context(), warehouse.SQL("select school from mart.moves")); err != nil {
		t.Error(err)
	}
	// the rows that are there have the default of a new column, as those that will be loaded
	school := dataset.Column{Name: "school", Type: dataset.String, Title: codes.Text{Zh: "学校", En: "School"}}
	if err := again(func(ds *dataset.Dataset) {
		ds.Columns = append(ds.Columns, school, dataset.Column{Name: "tier", Type: dataset.Low, Default: "甲", Title: codes.Text{Zh: "档", En: "Tier"}})
	}); err != nil {
		t.Errorf("a further column with a default: %v", err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select uniqExact(tier), any(tier) from mart.moves")); got != "1\t甲" {
		t.Errorf("the rows that were there: got %q", got)
	}
	wantVisible(t, l.DB, 10, pay(10))
	for name, change := range map[string]func(ds *dataset.Dataset){
		"声明中没有":  func(ds *dataset.Dataset) {},
		"Int32":  func(ds *dataset.Dataset) { ds.Column("people").Type = dataset.Int64 },
		"order":  func(ds *dataset.Dataset) { ds.Order = []string{"node"} },
		"partit": func(ds *dataset.Dataset) { ds.Partition.By = "month" },
		"required": func(ds *dataset.Dataset) {
			ds.Columns = append(ds.Columns, dataset.Column{Name: "age", Type: dataset.Int8, Required: true})
		},
	} {
		if err := again(change); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("change %q: got %v", name, err)
		}
	}
	wantVisible(t, l.DB, 10, pay(10))
}

func TestSpoolIsCleared(t *testing.T) {
	l, _ := testLoader(t)
	old := filepath.Join(l.Spool, "load-left.csv")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-48 * time.Hour)
	os.Chtimes(old, long, long)
	if _, err := l.Sweep(t.Context(), Retention{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a crashed process's copy is still there: %v", err)
	}
}
