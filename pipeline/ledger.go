package pipeline

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/trouble"
	"yanzhen/pipeline/warehouse"
)

//go:embed schema.sql
var schemaSQL string

// State is a step in the life of a batch or a run.
type State string

// The states of a batch in meta.ledger. Only Published and Withdrawn decide what is live.
const (
	Staging   State = "staging"   // rows may be arriving; nobody sees them
	Published State = "published" // visible, unless a later row of the unit says otherwise
	Withdrawn State = "withdrawn" // the unit shows nothing
	Abandoned State = "abandoned" // given up; its rows are to be swept
	Swept     State = "swept"     // its rows are gone
)

// The further states of a run in meta.runs.
const (
	Running   State = "running"
	Unchanged State = "unchanged" // the same bytes were published before; nothing was done
	Held      State = "held"      // the rows are there, hidden: a limit or a check asks a person. Also a ledger state
	Failed    State = "failed"
	Skipped   State = "skipped"
	Cancelled State = "cancelled"
	Delivered State = "delivered" // of an outcome only: the file lies in the inbox now, where a job loads it
)

// The states of what a person accepts before it counts (review: true), of a run and of a batch.
const (
	Submitted State = "submitted" // as Held, also where nothing speaks against it
	Asked     State = "asked"     // its sender was asked something and has not answered
	Returned  State = "returned"  // sent back to its sender; the rows are to be swept
)

// Waiting are the states of what nobody has decided on yet.
var Waiting = []State{Held, Submitted, Asked}

// Entry is one row of meta.ledger.
type Entry struct {
	Seq         uint64    `db:"seq"`
	At          time.Time `db:"at" arrow:"us"`
	Batch       uint32    `db:"batch"`
	Dataset     string    `db:"dataset"`
	Unit        string    `db:"unit"`
	State       State     `db:"state"`
	Fingerprint string    `db:"fingerprint"` // of the bytes, the declaration and what was confirmed of its headings
	Content     string    `db:"content"`     // of the bytes alone; empty in rows of earlier builds
	File        string    `db:"file"`
	Sender      string    `db:"sender"`
	Period      string    `db:"period"`
	batch.Counts
	Sums    string    `db:"sums"` // JSON: column -> control sum
	MinDate time.Time `db:"min_date" arrow:"date" null:"y"`
	MaxDate time.Time `db:"max_date" arrow:"date" null:"y"`
	Run     string    `db:"run"`
	Note    string    `db:"note"` // why, in the words of who did it; of a batch in staging its owner
	By      string    `db:"by"`   // who did it by hand
}

const entryColumns = "seq, at, batch, dataset, unit, state, fingerprint, content, file, sender, period, read, loaded, rejected, excluded, duplicates, sums, min_date, max_date, run, note, by"

// Live is one live unit: what readers of its dataset see of it.
type Live struct {
	Dataset     string    `db:"dataset"`
	Unit        string    `db:"unit"`
	Batch       uint32    `db:"batch"`
	At          time.Time `db:"at"`
	Seq         uint64    `db:"seq"`
	Fingerprint string    `db:"fingerprint"`
	File        string    `db:"file"`
	Sender      string    `db:"sender"`
	Period      string    `db:"period"`
	batch.Counts
	MinDate time.Time `db:"min_date"`
	MaxDate time.Time `db:"max_date"`
	Run     string    `db:"run"`

	content string // as Entry.Content; filled by standing only
	sums    string
}

const liveColumns = "dataset, unit, batch, at, seq, fingerprint, file, sender, period, read, loaded, rejected, excluded, duplicates, min_date, max_date, run"

// Run is one row of meta.runs: one attempt to load a file, or one firing of a job.
type Run struct {
	ID          string    `db:"run"`
	Version     uint64    `db:"version"`
	Kind        string    `db:"kind"`   // load or job
	Parent      string    `db:"parent"` // the job's run, for a load that a job started
	Job         string    `db:"job"`
	Slot        time.Time `db:"slot" arrow:"ms" null:"y"` // the moment the schedule asked for; zero: by hand or by the watcher
	Attempt     uint32    `db:"attempt"`
	Dataset     string    `db:"dataset"`
	File        string    `db:"file"`
	Sender      string    `db:"sender"`
	Period      string    `db:"period"`
	Unit        string    `db:"unit"`
	State       State     `db:"state"`
	Started     time.Time `db:"started" arrow:"ms"`
	Finished    time.Time `db:"finished" arrow:"ms" null:"y"`
	Batch       uint32    `db:"batch"`
	Bytes       uint64    `db:"bytes"`
	Fingerprint string    `db:"fingerprint"`
	batch.Counts
	Warnings  uint64               `db:"warnings"` // of rows that were loaded: cells that became NULL, and what speaks against a row
	Encoding  string               `db:"encoding"`
	Code      string               `db:"code"` // short stable name of what went wrong; empty where nothing did
	MessageZh string               `db:"message_zh"`
	MessageEn string               `db:"message_en"`
	RemedyZh  string               `db:"remedy_zh"`
	RemedyEn  string               `db:"remedy_en"`
	Owner     string               `db:"owner"`   // process that ran it: host/pid/start
	Mark      string               `db:"mark"`    // of a refused file: what it was refused for, see Loader.mark; empty otherwise
	Account   string               `db:"account"` // where the file's cells went, see account.Decode; Runs leaves it out
	Points    map[string]time.Time // of a load that Noted is called with: when it passed its points
}

const runColumns = "run, version, kind, parent, job, slot, attempt, dataset, file, sender, period, unit, state, started, finished, batch, bytes, fingerprint, read, loaded, rejected, excluded, duplicates, warnings, encoding, code, message_zh, message_en, remedy_zh, remedy_en, owner, mark, account"

// RejectRow is one row of meta.rejects.
type RejectRow struct {
	Run      string    `db:"run"`
	Nr       uint32    `db:"nr"` // 1, 2, ... in the order of the file
	Batch    uint32    `db:"batch"`
	Dataset  string    `db:"dataset"`
	File     string    `db:"file"`
	Sheet    string    `db:"sheet"`
	Row      uint32    `db:"row"`
	Column   string    `db:"column"`
	Cell     string    `db:"cell"`
	Raw      string    `db:"raw"`
	Rule     string    `db:"rule"`
	ReasonZh string    `db:"reason_zh"`
	ReasonEn string    `db:"reason_en"`
	RemedyZh string    `db:"remedy_zh"`
	RemedyEn string    `db:"remedy_en"`
	Warn     bool      `db:"warn"`
	At       time.Time `db:"at" arrow:"ms"`
}

const rejectColumns = "run, nr, batch, dataset, file, sheet, row, `column`, cell, raw, rule, reason_zh, reason_en, remedy_zh, remedy_en, warn, at"

// Ledger reads and appends the bookkeeping. Readers need no more than SELECT on meta.
type Ledger struct {
	DB  *warehouse.DB
	Now func() time.Time // nil: time.Now
	// Told is called once something is published or withdrawn by this process, Noted with a run that is written down; they must not wait
	Told  func()
	Noted func(Run)

	turn  sync.RWMutex // held alone between a look at what a unit shows and the row that changes it
	mu    sync.Mutex
	seq   uint64 // greatest sequence number known
	batch uint64 // batch number given last; the rest of its block is ours
}

func (l *Ledger) now() time.Time {
	if l.Now != nil {
		return l.Now().UTC()
	}
	return time.Now().UTC()
}

// next returns a sequence number above every one in the ledger: the clock in nanoseconds, or one
// more than the greatest known where the clock has been set back. The ledger is asked once; the
// processes that share it are held to share a clock.
func (l *Ledger) next(ctx context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seq == 0 {
		got, err := warehouse.Select[struct {
			Seq uint64 `db:"seq"`
		}](ctx, l.DB, warehouse.Statement{Tag: "ledger.next", SQL: "select max(seq) as seq from meta.ledger"})
		if err != nil {
			return 0, err
		}
		if len(got) == 1 {
			l.seq = got[0].Seq
		}
	}
	l.seq = max(uint64(l.now().UnixNano()), l.seq+1)
	return l.seq, nil
}

// append adds a row. It fills Seq and At.
func (l *Ledger) append(ctx context.Context, e *Entry) error {
	l.turn.RLock()
	defer l.turn.RUnlock()
	return l.add(ctx, e, nil, nil)
}

// appendOver adds a row only while its unit shows a certain batch, 0 for none; nil does not ask. Nothing of this process comes
// between. Another process is not locked out: what it publishes between the look and the row is superseded, and in the history.
// Rows of other units come with it: all of them or none.
func (l *Ledger) appendOver(ctx context.Context, e *Entry, over *uint32, also ...Entry) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	return l.add(ctx, e, over, also)
}

func (l *Ledger) add(ctx context.Context, e *Entry, over *uint32, also []Entry) error {
	seq, err := l.next(ctx)
	if err != nil {
		return err
	}
	if over != nil {
		if live, _, err := l.liveUnit(ctx, e.Dataset, e.Unit); err != nil {
			return err
		} else if live.Batch != *over {
			return problem("moved", e.Unit+" 的现行版本刚刚变了；什么也没有改动", "what "+e.Unit+" shows has just changed; nothing was changed by this").
				todo("请再看一次各版", "look at its versions again")
		}
	}
	e.Seq = seq
	if e.At.IsZero() {
		e.At = l.now()
	}
	for i := range also {
		if also[i].Seq, err = l.next(ctx); err != nil {
			return err
		}
		also[i].At = e.At
	}
	err = warehouse.Append(ctx, l.DB, "meta.ledger", append([]Entry{*e}, also...)...) // one insert
	if l.Told != nil && (e.State == Published || e.State == Withdrawn) {
		l.Told()
	}
	return err
}

// block is how many batch numbers a process claims at once.
const block = 64

// allocate returns a batch number that nobody else has or will have, also where two processes
// ask at once. A process claims numbers by the block: it writes its claim on the next free block
// and reads the claims back. Whoever reads last sees both, and a block with two claims is left to
// nobody. Numbers of a block that were not used up before the process ended stay unused.
func (l *Ledger) allocate(ctx context.Context, claim string) (uint32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.batch != 0 && l.batch%block != 0 {
		l.batch++
		return uint32(l.batch), nil
	}
	type claims struct {
		Last uint64 `db:"last"` // greatest block claimed
		N    uint64 `db:"n"`    // claims on ours
	}
	ask := func(n uint64) (claims, error) {
		got, err := warehouse.Select[claims](ctx, l.DB, warehouse.Statement{
			Tag: "batches.claims",
			// a directory of an earlier build has numbers in its ledger that no block was claimed for
			SQL:    "select greatest(toUInt64(max(block)), (select intDiv(toUInt64(max(batch)) + 63, 64) from meta.ledger)) as last, countIf(block = {block:UInt32}) as n from meta.batches",
			Params: map[string]string{"block": strconv.FormatUint(n, 10)},
		})
		if err != nil || len(got) == 0 {
			return claims{}, err
		}
		return got[0], nil
	}
	type claimRow struct {
		Block uint32    `db:"block"`
		Claim string    `db:"claim"`
		At    time.Time `db:"at" arrow:"us"`
	}
	for try := range 20 {
		c, err := ask(0)
		if err != nil {
			return 0, err
		}
		n := c.Last + 1
		if try > 0 { // another process is at it too
			n += uint64(rand.IntN(1 << min(try, 8)))
		}
		if n >= 1<<32/block {
			return 0, errors.New("the batch numbers are used up")
		}
		if err := warehouse.Append(ctx, l.DB, "meta.batches", claimRow{uint32(n), claim, l.now()}); err != nil {
			return 0, err
		}
		if c, err = ask(n); err != nil {
			return 0, err
		}
		if c.N == 1 {
			l.batch = (n-1)*block + 1
			return uint32(l.batch), nil
		}
	}
	return 0, errors.New("no batch number could be had in 20 attempts: other processes keep taking them")
}

// count returns how many rows a table has; from goes on with what of them is meant.
func (l *Ledger) count(ctx context.Context, tag, from string, params map[string]string) (uint64, error) {
	got, err := warehouse.Select[struct {
		N uint64 `db:"n"`
	}](ctx, l.DB, warehouse.Statement{Tag: tag, SQL: "select count() as n from " + from, Params: params})
	if err != nil || len(got) == 0 {
		return 0, err
	}
	return got[0].N, nil
}

// PutRun appends a version of a run: when it starts, if at all, and when it has ended.
func (l *Ledger) PutRun(ctx context.Context, r *Run) error {
	r.Version++
	if l.Noted != nil {
		l.Noted(*r)
	}
	return warehouse.Append(ctx, l.DB, "meta.runs", *r)
}

// Live returns the live units of a dataset, or of all of them where dataset is empty.
func (l *Ledger) Live(ctx context.Context, dataset string) ([]Live, error) {
	return warehouse.Select[Live](ctx, l.DB, warehouse.Statement{
		Tag:    "ledger.live",
		SQL:    "select " + liveColumns + " from meta.live where {dataset:String} in ('', dataset) order by dataset, unit",
		Params: map[string]string{"dataset": dataset},
	})
}

// standing returns what a load has to know of the live units of a dataset: unit, batch, sender,
// period, file and rows. It costs the engine half of what the view does.
func (l *Ledger) standing(ctx context.Context, dataset string) ([]Live, error) {
	got, err := warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.standing",
		SQL: `select unit, batch, state, sender, period, file, loaded, fingerprint, content, sums, min_date, max_date from meta.ledger
where dataset = {dataset:String} and state in ('published', 'withdrawn')
order by seq desc, batch desc limit 1 by unit`,
		Params: map[string]string{"dataset": dataset},
	})
	var live []Live
	for _, e := range got {
		if e.State == Published {
			live = append(live, Live{Dataset: dataset, Unit: e.Unit, Batch: e.Batch, Sender: e.Sender, Period: e.Period, File: e.File, Fingerprint: e.Fingerprint, content: e.Content, sums: e.Sums, Counts: e.Counts, MinDate: e.MinDate, MaxDate: e.MaxDate})
		}
	}
	return live, err
}

// AsOf returns the units that were live at a moment.
func (l *Ledger) AsOf(ctx context.Context, dataset string, at time.Time) ([]Live, error) {
	return warehouse.Select[Live](ctx, l.DB, warehouse.Statement{
		Tag:    "ledger.as_of",
		SQL:    "select " + liveColumns + " from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where {dataset:String} in ('', dataset) order by dataset, unit",
		Params: map[string]string{"dataset": dataset, "as_of": at.UTC().Format("2006-01-02 15:04:05.000000")},
	})
}

// liveUnit returns the live batch of one unit; ok is false where the unit shows nothing.
func (l *Ledger) liveUnit(ctx context.Context, dataset, unit string) (live Live, ok bool, err error) {
	got, err := warehouse.Select[Live](ctx, l.DB, warehouse.Statement{
		Tag:    "ledger.live_unit",
		SQL:    "select " + liveColumns + " from meta.live where dataset = {dataset:String} and unit = {unit:String}",
		Params: map[string]string{"dataset": dataset, "unit": unit},
	})
	if err != nil || len(got) == 0 {
		return Live{}, false, err
	}
	return got[0], true, nil
}

// History returns the ledger of a dataset, or of one of its units, the latest row first.
func (l *Ledger) History(ctx context.Context, dataset, unit string) ([]Entry, error) {
	return warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag:    "ledger.history",
		SQL:    "select " + entryColumns + " from meta.ledger where {dataset:String} in ('', dataset) and {unit:String} in ('', unit) order by seq desc, batch desc limit 10000",
		Params: map[string]string{"dataset": dataset, "unit": unit},
	})
}

// Entries returns the ledger rows of a batch, the earliest first.
func (l *Ledger) Entries(ctx context.Context, batch uint32) ([]Entry, error) {
	return warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag:    "ledger.batch",
		SQL:    "select " + entryColumns + " from meta.ledger where batch = {batch:UInt32} order by seq",
		Params: map[string]string{"batch": strconv.FormatUint(uint64(batch), 10)},
	})
}

// RunFilter says which runs are wanted; empty fields mean all.
type RunFilter struct {
	Job, Dataset, Kind string
	States             []State
	Parent             string
	IDs                []string // these only; nil: any
	Earliest           bool     // first, and of many these; else the latest
	Limit              int      // 0: 200
}

// Runs returns runs, the latest first if the filter does not say otherwise.
func (l *Ledger) Runs(ctx context.Context, f RunFilter) ([]Run, error) {
	if f.Limit <= 0 {
		f.Limit = 200
	}
	var states []string
	for _, s := range f.States {
		states = append(states, string(s))
	}
	return warehouse.Select[Run](ctx, l.DB, warehouse.Statement{
		Tag: "runs.list",
		SQL: "select " + strings.TrimSuffix(runColumns, "account") + `'' as account from meta.runs final
where {job:String} in ('', job) and {dataset:String} in ('', dataset) and {kind:String} in ('', kind) and {parent:String} in ('', parent)
  and ({states:String} = '' or has(splitByChar(',', {states:String}), state)) and ({ids:String} = '' or has(splitByChar(',', {ids:String}), run))
order by started` + map[bool]string{false: " desc, run desc", true: ", run"}[f.Earliest] + ` limit {limit:UInt32}`,
		Params: map[string]string{
			"ids": strings.Join(f.IDs, ","), "job": f.Job, "dataset": f.Dataset, "kind": f.Kind, "parent": f.Parent,
			"states": strings.Join(states, ","), "limit": strconv.Itoa(f.Limit),
		},
	})
}

// JobFaults returns the runs of jobs of the last 30 days that failed or were passed over for a reason of
// their own, which no load tells of: a folder or a source that could not be read, a deadline, a slot skipped,
// damage found. The latest first.
func (l *Ledger) JobFaults(ctx context.Context, limit int) ([]Run, error) {
	return warehouse.Select[Run](ctx, l.DB, warehouse.Statement{
		Tag: "runs.faults",
		SQL: "select " + runColumns + ` from meta.runs final
where kind = 'job' and state in ('failed', 'skipped', 'cancelled') and (has({codes:Array(String)}, code) or startsWith(code, 'source_'))
  and read = 0 and started > {since:DateTime64(3, 'UTC')}
order by started desc, run desc limit {limit:UInt32}`,
		Params: map[string]string{"codes": warehouse.Strings(append([]string{"deadline", "overlap", "panic", "damaged", "interrupted"}, trouble.Codes...)), "since": l.now().AddDate(0, 0, -30).Format("2006-01-02 15:04:05.000"), "limit": strconv.Itoa(limit)},
	})
}

// Run returns one run; ok is false where there is none of that id.
func (l *Ledger) Run(ctx context.Context, id string) (run Run, ok bool, err error) {
	got, err := warehouse.Select[Run](ctx, l.DB, warehouse.Statement{
		Tag:    "runs.one",
		SQL:    "select " + runColumns + " from meta.runs final where run = {run:String}",
		Params: map[string]string{"run": id},
	})
	if err != nil || len(got) == 0 {
		return Run{}, false, err
	}
	return got[0], true, nil
}

// Slots are the last ones of a job's runs: the latest up to some time, zero where there is none, and the latest beyond it, zero where
// there is none: a run recorded while the clock was ahead.
type Slots struct {
	Job   string    `db:"job"`
	Last  time.Time `db:"last"`
	Ahead time.Time `db:"ahead"`
}

// LastSlots returns the last slots up to until, and beyond it, of the jobs that have a run, by their names. One question for all of
// them is what a start can afford.
func (l *Ledger) LastSlots(ctx context.Context, until time.Time) (map[string]Slots, error) {
	got, err := warehouse.Select[Slots](ctx, l.DB, warehouse.Statement{
		Tag:    "runs.last_slots",
		SQL:    "select job, maxIf(slot, slot <= {until:DateTime64(3, 'UTC')}) as last, maxIf(slot, slot > {until:DateTime64(3, 'UTC')}) as ahead from meta.runs where kind = 'job' group by job",
		Params: map[string]string{"until": until.UTC().Format("2006-01-02 15:04:05.000")},
	})
	of := map[string]Slots{}
	for _, s := range got {
		of[s.Job] = s
	}
	return of, err
}

// Rejects returns refused cells of a run in the order of the file.
func (l *Ledger) Rejects(ctx context.Context, run string, limit, offset int) ([]RejectRow, error) {
	if limit <= 0 {
		limit = 1000
	}
	return warehouse.Select[RejectRow](ctx, l.DB, warehouse.Statement{
		Tag:    "rejects.list",
		SQL:    "select " + rejectColumns + " from meta.rejects where run = {run:String} order by nr limit {limit:UInt32} offset {offset:UInt32}",
		Params: map[string]string{"run": run, "limit": strconv.Itoa(limit), "offset": strconv.Itoa(offset)},
	})
}

// RuleCount says how often a rule refused something.
type RuleCount struct {
	Rule     string `db:"rule"`
	Column   string `db:"column"`
	Warn     bool   `db:"warn"`
	Cells    uint64 `db:"cells"`
	ReasonZh string `db:"reason_zh"`
	ReasonEn string `db:"reason_en"`
}

// RejectRules returns the stored rejects of a run by rule and column, the most frequent first.
func (l *Ledger) RejectRules(ctx context.Context, run string) ([]RuleCount, error) {
	return warehouse.Select[RuleCount](ctx, l.DB, warehouse.Statement{
		Tag:    "rejects.rules",
		SQL:    "select rule, `column`, warn, count() as cells, any(reason_zh) as reason_zh, any(reason_en) as reason_en from meta.rejects where run = {run:String} group by rule, `column`, warn order by cells desc, rule",
		Params: map[string]string{"run": run},
	})
}

// Refused says how often a rule refused something in one sheet of one live submission.
type Refused struct {
	Dataset  string `db:"dataset"`
	Run      string `db:"run"`
	File     string `db:"file"`
	Sheet    string `db:"sheet"`
	Rule     string `db:"rule"`
	Column   string `db:"column"`
	Warn     bool   `db:"warn"` // the cell became NULL, the row loaded
	Cells    uint64 `db:"cells"`
	ReasonZh string `db:"reason_zh"`
	ReasonEn string `db:"reason_en"`
}

// Refusals returns what batches lost and why: a row for each rule, column and sheet, the most cells first, at most 2000 rows.
func (l *Ledger) Refusals(ctx context.Context, batches []uint32) ([]Refused, error) {
	return warehouse.Select[Refused](ctx, l.DB, warehouse.Statement{
		Tag: "rejects.live",
		SQL: "select dataset, any(run) as run, file, sheet, rule, `column`, warn, count() as cells, any(reason_zh) as reason_zh, any(reason_en) as reason_en" + `
from meta.rejects
where batch in {batches:Array(UInt32)}
group by dataset, batch, file, sheet, rule, ` + "`column`" + `, warn
order by cells desc, dataset, file, sheet, rule, ` + "`column`" + `
limit 2000`,
		Params: map[string]string{"batches": strings.ReplaceAll(fmt.Sprint(batches), " ", ",")},
	})
}

// MostSuperseded is how many submissions Superseded returns at most.
const MostSuperseded = 10_000

// Superseded returns what was published of datasets and then replaced or withdrawn, the latest first. A zero moment means now.
func (l *Ledger) Superseded(ctx context.Context, datasets []string, at time.Time) ([]Live, error) {
	params := map[string]string{"datasets": warehouse.Strings(datasets)}
	live, until := "meta.live", ""
	if !at.IsZero() {
		live, until = "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})", " and at <= {as_of:DateTime64(6, 'UTC')}"
		params["as_of"] = at.UTC().Format("2006-01-02 15:04:05.000000")
	}
	return warehouse.Select[Live](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.superseded",
		SQL: "select " + liveColumns + ` from (select * from meta.ledger
where state = 'published' and dataset in {datasets:Array(String)}` + until + `
  and batch not in (select batch from ` + live + ` where dataset in {datasets:Array(String)})
order by loaded desc limit 1 by batch)
order by seq desc, batch desc limit ` + strconv.Itoa(MostSuperseded),
		Params: params,
	})
}

// Freshness says how current a dataset is.
type Freshness struct {
	Dataset   string    `db:"dataset"`
	Units     uint64    `db:"units"`
	Senders   uint64    `db:"senders"`
	Rows      uint64    `db:"rows"`
	Rejected  uint64    `db:"rejected"`
	Published time.Time `db:"published"` // when it last changed
	MinDate   time.Time `db:"min_date"`
	MaxDate   time.Time `db:"max_date"` // its data date
}

// Freshness returns one row for each dataset with something live.
func (l *Ledger) Freshness(ctx context.Context) ([]Freshness, error) {
	return warehouse.Select[Freshness](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.freshness",
		SQL: `select
    dataset,
    count() as units,
    uniqExactIf(sender, sender != '') as senders,
    sum(loaded) as rows,
    sum(l.rejected) as rejected,
    max(at) as published,
    min(l.min_date) as min_date,
    max(l.max_date) as max_date
from meta.live as l
group by dataset
order by dataset`,
	})
}
