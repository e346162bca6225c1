package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

// Why says who changes by hand what a unit shows, for what reason, and in which run.
type Why struct {
	By, Reason, Run string
	Over            *uint32 // the batch that the unit showed when they looked, 0: none; it must show it still. nil: whatever it shows
	Seen            uint64  // the latest row of the batch when they looked; it must be that still. 0: whatever it is
	Anyway          bool    // of what Against tells
}

// Withdraw makes a unit show nothing.
func (l *Loader) Withdraw(ctx context.Context, ds, unit string, why Why) (Entry, error) {
	live, ok, err := l.liveUnit(ctx, ds, unit)
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, problem("not_live", fmt.Sprintf("数据集 %s 的 %s 没有已发布的数据", ds, unit), fmt.Sprintf("nothing of unit %s of %s is published", unit, ds))
	}
	e, err := l.withdrawn(ctx, live.Batch, why)
	if err != nil {
		return Entry{}, err
	}
	return e, l.appendOver(ctx, &e, why.Over)
}

// withdrawn is the row that takes a batch back.
func (l *Loader) withdrawn(ctx context.Context, batch uint32, why Why) (Entry, error) {
	entries, err := l.Entries(ctx, batch)
	if err != nil {
		return Entry{}, err
	}
	e := entries[len(entries)-1]
	e.State, e.Run, e.At, e.By = Withdrawn, cmp.Or(why.Run, e.Run), time.Time{}, why.By
	e.Note = cmp.Or(mask.Plain(why.Reason), fmt.Sprintf("撤回第 %d 批", batch))
	return e, nil
}

// Known returns a batch of a dataset that can be made live: one that was held, replaced or taken back. A batch of another
// dataset is refused: a number typed wrong must not change figures nobody was looking at.
func (l *Loader) Known(ctx context.Context, ds string, number uint32) (Entry, error) {
	entries, err := l.Entries(ctx, number)
	if err != nil {
		return Entry{}, err
	}
	var known *Entry
	for i := range entries {
		switch e := &entries[i]; e.State {
		case Published, Held, Submitted, Asked, Returned:
			known = e
		case Abandoned, Swept:
			return Entry{}, problem("batch_gone", fmt.Sprintf("第 %d 批的数据已被清理", number), fmt.Sprintf("the rows of batch %d have been swept", number)).
				todo("重新装入原文件", "load the original file again")
		}
	}
	if known == nil {
		return Entry{}, problem("no_batch", fmt.Sprintf("没有装入完成的第 %d 批", number), fmt.Sprintf("there is no complete batch %d", number))
	}
	if known.Dataset != ds {
		return Entry{}, problem("no_batch", fmt.Sprintf("第 %d 批属于数据集 %s，不属于 %s", number, known.Dataset, ds), fmt.Sprintf("batch %d belongs to dataset %s, not to %s", number, known.Dataset, ds)).
			todo("用 yanzhen units 核对批号", "look the number up with yanzhen units")
	}
	return *known, nil
}

// Republish makes a batch that is Known live. Package former says what that would do.
func (l *Loader) Republish(ctx context.Context, ds string, number uint32, why Why) (Entry, error) {
	known, err := l.Known(ctx, ds, number)
	if err != nil {
		return Entry{}, err
	}
	if live, ok, err := l.liveUnit(ctx, known.Dataset, known.Unit); err != nil {
		return Entry{}, err
	} else if ok && live.Batch == number && why.Over == nil {
		return known, nil // it is live already
	}
	note := "重新发布"
	if known.State == Held {
		note = "强制发布：" + known.Note
	}
	return l.publishAgain(ctx, known, why, cmp.Or(why.Reason, note))
}

// publishAgain publishes a batch that was verified before, after counting its rows once more.
func (l *Loader) publishAgain(ctx context.Context, e Entry, why Why, note string, gone ...Entry) (Entry, error) {
	ds := l.Dataset(e.Dataset)
	if ds == nil {
		return Entry{}, problem("no_dataset", fmt.Sprintf("数据集 %s 不再声明", e.Dataset), fmt.Sprintf("dataset %s is no longer declared", e.Dataset))
	}
	n, err := l.countRows(ctx, ds, e.Batch)
	if err != nil {
		return Entry{}, err
	}
	if n != e.Loaded {
		return Entry{}, problem("batch_gone", fmt.Sprintf("第 %d 批应有 %d 行，库中有 %d 行", e.Batch, e.Loaded, n), fmt.Sprintf("batch %d should have %d rows and has %d", e.Batch, e.Loaded, n)).
			todo("重新装入原文件", "load the original file again")
	}
	e.State, e.Run, e.Note, e.At, e.By = Published, cmp.Or(why.Run, e.Run), mask.Plain(note), time.Time{}, why.By
	return e, l.appendOver(ctx, &e, why.Over, gone...)
}

func (l *Loader) countRows(ctx context.Context, ds *dataset.Dataset, number uint32) (uint64, error) {
	return l.count(ctx, "batch.count", ds.Table()+" where `_batch` = {batch:UInt32}", map[string]string{"batch": itoa(number)})
}

// Retention is how long the sweep keeps what nobody sees.
type Retention struct {
	Superseded time.Duration // batches that were replaced or taken back; 0: 400 days. "As of" needs them
	Held       time.Duration // batches waiting for a decision; 0: 30 days
	Rejects    time.Duration // refused cells of past runs; 0: 400 days
}

// Sweep deletes the rows of batches that were never published and are not being loaded, and of
// those superseded longer ago than the retention, and marks runs of dead processes as failed.
// It returns the number of batches swept. A batch being loaded by a living process is left alone.
func (l *Loader) Sweep(ctx context.Context, keep Retention) (int, error) {
	if keep.Superseded <= 0 {
		keep.Superseded = 400 * 24 * time.Hour
	}
	if keep.Held <= 0 {
		keep.Held = 30 * 24 * time.Hour
	}
	if keep.Rejects <= 0 {
		keep.Rejects = 400 * 24 * time.Hour
	}
	if err := l.interrupted(ctx); err != nil {
		return 0, err
	}
	now := l.now()
	doomed, err := l.doomed(ctx, keep, now)
	if err != nil {
		return 0, err
	}
	swept := 0
	for name, batches := range doomed {
		n, err := l.sweepBatches(ctx, name, batches)
		if swept += n; err != nil {
			return swept, err
		}
	}
	if err := l.forgetRejects(ctx, now.Add(-keep.Rejects)); err != nil {
		return swept, err
	}
	if swept > 0 {
		l.log().Info("swept", "batches", swept)
	}
	l.clearSpool()
	return swept, nil
}

// doomed decides which batches of each dataset are to be swept.
func (l *Loader) doomed(ctx context.Context, keep Retention, now time.Time) (map[string][]uint32, error) {
	// the last word on each batch, what was ever published, and whether it is live
	type row struct {
		Batch     uint32    `db:"batch"`
		Dataset   string    `db:"dataset"`
		State     State     `db:"state"`
		At        time.Time `db:"at"`
		Owner     string    `db:"owner"`
		Published bool      `db:"published"`
		Live      bool      `db:"live"`
		Replaced  time.Time `db:"replaced"`
	}
	rows, err := warehouse.Select[row](ctx, l.DB, warehouse.Statement{Tag: "sweep.batches", SQL: `with
    (select groupArray(batch) from meta.live) as lives
select
    b.batch as batch,
    any(b.dataset) as dataset,
    argMax(b.state, b.seq) as state,
    max(b.at) as at,
    anyIf(b.note, b.state = 'staging') as owner,
    countIf(b.state = 'published') > 0 as published,
    has(lives, b.batch) as live,
    max(r.replaced) as replaced
from meta.ledger as b
left join
(
    select dataset, unit, batch, max(next_at) as replaced
    from
    (
        select dataset, unit, batch, leadInFrame(at) over (partition by dataset, unit order by seq rows between current row and 1 following) as next_at
        from meta.ledger
        where state in ('published', 'withdrawn')
    )
    group by dataset, unit, batch
) as r on r.dataset = b.dataset and r.unit = b.unit and r.batch = b.batch
group by b.batch
having state != 'swept'
order by batch`})
	if err != nil {
		return nil, err
	}
	pinned, err := l.pinned(ctx)
	if err != nil {
		return nil, err
	}
	doomed := map[string][]uint32{}
	for _, r := range rows {
		var drop bool
		switch {
		case r.Live || pinned[r.Batch]:
		case r.Published:
			drop = now.Sub(slices.MaxFunc([]time.Time{r.At, r.Replaced}, time.Time.Compare)) > keep.Superseded
		case r.State == Held || r.State == Returned: // what was submitted waits for as long as it takes
			drop = now.Sub(r.At) > keep.Held
		case r.State == Staging:
			drop = !l.Alive(r.Owner)
		case r.State == Abandoned:
			drop = true
		}
		if drop {
			doomed[r.Dataset] = append(doomed[r.Dataset], r.Batch)
		}
	}
	return doomed, nil
}

// sweepBatches deletes the rows of batches of a dataset, makes sure that they are gone, and tells the
// ledger. It returns how many are swept, also after an error.
func (l *Loader) sweepBatches(ctx context.Context, name string, batches []uint32) (swept int, err error) {
	if ds := l.Dataset(name); ds != nil {
		if err := l.DB.Exec(ctx, warehouse.Statement{
			Tag: "sweep." + name,
			SQL: "alter table " + ds.Table() + " delete where `_batch` in (" + list(batches) + ") settings mutations_sync = 2",
		}); err != nil {
			return swept, err
		}
		for _, b := range batches {
			if n, err := l.countRows(ctx, ds, b); err != nil || n > 0 {
				return swept, fmt.Errorf("sweep of %s: batch %d still has %d rows: %w", name, b, n, err)
			}
		}
		if err := l.States.Forget(ctx, name, list(batches)); err != nil {
			return swept, err
		}
	}
	for _, b := range batches {
		entries, err := l.Entries(ctx, b)
		if err != nil {
			return swept, err
		}
		e := entries[len(entries)-1]
		e.State, e.At, e.Note, e.By = Swept, time.Time{}, "", ""
		if err := l.append(ctx, &e); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}

// pinned returns the batches that were live at a frozen report date: what was reported can be
// computed again for as long as the freeze stands.
func (l *Loader) pinned(ctx context.Context) (map[uint32]bool, error) {
	freezes, err := l.Freezes(ctx)
	if err != nil {
		return nil, err
	}
	out := map[uint32]bool{}
	for _, f := range freezes {
		if f.Gone() {
			continue
		}
		live, err := l.AsOf(ctx, "", f.At)
		if err != nil {
			return nil, err
		}
		for _, u := range live {
			out[u.Batch] = true
		}
	}
	return out, nil
}

// Gone returns for each dataset how many units that were live at a moment can no longer be computed,
// because the rows of their batches have been swept: as of that moment the dataset has no figure.
func (l *Ledger) Gone(ctx context.Context, at time.Time) (map[string]uint64, error) {
	got, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
		N       uint64 `db:"n"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.gone",
		SQL: `select dataset, count() as n from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})
where batch in (select batch from meta.ledger where state = 'swept') group by dataset`,
		Params: map[string]string{"as_of": at.UTC().Format("2006-01-02 15:04:05.000000")},
	})
	out := map[string]uint64{}
	for _, g := range got {
		out[g.Dataset] = g.N
	}
	return out, err
}

// forgetRejects drops the months of refused cells that lie wholly before a moment.
func (l *Loader) forgetRejects(ctx context.Context, before time.Time) error {
	months, err := warehouse.Select[struct {
		Month uint32 `db:"month"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "sweep.months", SQL: "select distinct toYYYYMM(at) as month from meta.rejects where toYYYYMM(at) < toYYYYMM({before:DateTime64(3, 'UTC')})",
		Params: map[string]string{"before": before.UTC().Format("2006-01-02 15:04:05.000")},
	})
	if err != nil {
		return err
	}
	for _, m := range months {
		if err := l.DB.Exec(ctx, warehouse.Statement{Tag: "sweep.rejects", SQL: "alter table meta.rejects drop partition " + itoa(m.Month)}); err != nil {
			return err
		}
	}
	return nil
}

func list(batches []uint32) string {
	s := make([]string, len(batches))
	for i, b := range batches {
		s[i] = strconv.FormatUint(uint64(b), 10)
	}
	return strings.Join(s, ", ")
}

// interrupted marks the runs of processes that have died as failed: nothing of them was published,
// or their ledger row says that it was.
func (l *Loader) interrupted(ctx context.Context) error {
	runs, err := l.Runs(ctx, RunFilter{States: []State{Running}, Limit: 10000})
	if err != nil {
		return err
	}
	for _, r := range runs {
		if l.Alive(r.Owner) {
			continue
		}
		var entries []Entry
		if r.Kind == "load" && r.Batch > 0 {
			if entries, err = l.Entries(ctx, r.Batch); err != nil {
				return err
			}
		}
		if err := l.interrupt(ctx, &r, entries); err != nil {
			return err
		}
	}
	return l.unrecorded(ctx)
}

// interrupt ends a run in the place of its dead process; entries are the ledger of its batch.
func (l *Loader) interrupt(ctx context.Context, r *Run, entries []Entry) error {
	r.State, r.Code, r.Finished = Failed, "interrupted", l.now()
	r.MessageZh, r.MessageEn = "程序在运行中被终止；未发布任何数据", "the program was ended during the run; nothing of it was published"
	r.RemedyZh, r.RemedyEn = "会按计划重新装入", "it is loaded again by its schedule"
	for _, e := range entries {
		if e.State == Published && e.Run == r.ID {
			r.State, r.Code, r.RemedyZh, r.RemedyEn = Published, "", "", ""
			r.Unit, r.Period, r.Counts = e.Unit, e.Period, e.Counts
			r.MessageZh, r.MessageEn = "已发布；程序随后被终止", "published; the program was ended right after"
		}
	}
	return l.PutRun(ctx, r)
}

// unrecorded gives a run to the batches of dead processes that ended before theirs was written.
func (l *Loader) unrecorded(ctx context.Context) error {
	lost, err := warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag: "runs.unrecorded",
		SQL: "select " + entryColumns + " from meta.ledger where state = 'staging' and run not in (select run from meta.runs) order by seq",
	})
	if err != nil {
		return err
	}
	for _, e := range lost {
		if l.Alive(e.Note) {
			continue
		}
		r := Run{
			ID: e.Run, Kind: "load", Attempt: 1, Dataset: e.Dataset, File: e.File, Sender: e.Sender, Period: e.Period, Unit: e.Unit,
			Started: e.At, Batch: e.Batch, Fingerprint: e.Fingerprint, Owner: e.Note,
		}
		entries, err := l.Entries(ctx, e.Batch)
		if err != nil {
			return err
		}
		if err := l.interrupt(ctx, &r, entries); err != nil {
			return err
		}
	}
	return nil
}
