package pipeline

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/control"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/difference"
	"yanzhen/pipeline/hold"
	"yanzhen/pipeline/stream"
	"yanzhen/pipeline/trouble"
	"yanzhen/pipeline/warehouse"
)

// NewRun makes the id of a run: when it began, to the second in UTC, and eight random digits. By the office's clock ids would no
// longer be in order where that is set otherwise or back, and beside those of before: its time is told beside them instead.
func NewRun(now time.Time) string {
	b := make([]byte, 4)
	rand.Read(b) // never fails
	return now.UTC().Format("20060102-150405-") + hex.EncodeToString(b)
}

// Load loads one file and publishes it, or says why not. Whatever happens before the one ledger
// row that publishes, readers see nothing of it.
//
// The error is nil where the file was published, held or found unchanged. A refused file gives a
// *Problem; anything else is a fault that may pass (see Temporary). Outcome is filled as far as
// things got, and the run is recorded, in every case.
func (l *Loader) Load(ctx context.Context, req Request) (out Outcome, err error) {
	began := l.now()
	if req.Run == "" {
		req.Run = NewRun(began)
	}
	in := l.begin(ctx, req)
	run := Run{ID: req.Run, Kind: "load", Parent: req.Parent, Job: req.Job, Attempt: 1, Started: began, File: in.display, Owner: l.Owner(), State: Running}
	out = Outcome{Run: req.Run, File: in.display, State: Failed}
	defer func() {
		if v := recover(); v != nil {
			// the same file would do it again: it is refused, so that it does not keep others waiting
			err = problem("panic", "读这个文件时程序出错，已记录", "a fault inside the program while this file was read; it is recorded").
				todo("请把运行编号告诉维护人员", "tell the maintainers the number of the run")
			l.log().Error("load panicked", "run", req.Run, "err", v, "stack", string(debug.Stack()))
			out.State = Failed
		}
		in.close()
		out.Took = l.now().Sub(began)
		if p := asProblem(err); p != nil {
			out.Problem, err = p, p
		} else if err != nil {
			err = discreet{err}
		}
		if err != nil && ctx.Err() != nil {
			out.State = Cancelled
		}
		l.finish(ctx, &run, in, &out, err)
	}()
	err = l.load(ctx, in, &run, &out)
	return out, err
}

func (l *Loader) load(ctx context.Context, in *input, run *Run, out *Outcome) error {
	if err := l.spool(ctx, in); err != nil {
		return err
	}
	out.Bytes = in.bytes
	run.Mark = l.mark(in)
	if in.req.Quiet && !in.req.Force && !in.req.Again {
		if done, err := l.refusedBefore(ctx, run.Mark, out); done || err != nil {
			return err
		}
	}
	if err := l.identify(ctx, in); err != nil {
		return err
	}
	ds := in.ds
	run.File, out.File = in.display, in.display
	out.Notes = append(out.Notes, l.hiddenNames(in)...)
	out.Dataset, out.Sender, out.Period, out.Fingerprint, out.Encoding = ds.Name, in.sender, in.period, in.fingerprint, in.file.Encoding()
	defer l.lock(ds.Name, in.sender)()
	if l.wrongKey != nil {
		return l.wrongKey
	}
	seen, live, err := l.past(ctx, in)
	if err != nil {
		return err
	}
	in.joinPart(live)
	if !in.periodFromData() {
		out.Unit = in.unit()
	}
	if !in.req.Force && l.known(in, seen, live, out) {
		return nil
	}
	if p := overlapping(in, live); p != nil && !in.req.Force {
		return p
	}

	by := ""
	if l.SentBy != nil {
		if by, err = l.SentBy(in.req.Display); err != nil && ds.Review { // else its sender could accept it
			return err
		}
	}
	number, err := l.allocate(ctx, in.req.Run)
	if err != nil {
		return err
	}
	out.Batch = number
	entry := Entry{
		Batch: number, Dataset: ds.Name, Unit: out.Unit, State: Staging, Fingerprint: in.fingerprint, Content: in.content(),
		File: in.display, Sender: in.sender, Period: in.period.String(), Run: in.req.Run, Note: l.Owner(),
	}
	// the ledger knows of the batch before the first row exists, so that the sweep finds it
	if err := l.append(ctx, &entry); err != nil {
		return err
	}
	l.fill(run, in, out)
	// a slow load is recorded while it runs, a quick one only when it has ended
	noted := make(chan struct{})
	slow := time.AfterFunc(500*time.Millisecond, func() {
		defer close(noted)
		if err := l.PutRun(ctx, run); err != nil {
			l.log().Warn("running load not recorded", "run", run.ID, "err", err)
		}
	})
	defer func() {
		if !slow.Stop() {
			<-noted
		}
	}()
	l.at(in, "staging")
	settled := false
	defer func() {
		if !settled {
			l.abandon(ctx, entry)
		}
	}()

	var bad stream.Rejects
	s := stream.New(ctx, ds, in.file, l.batchOptions(in, number, &bad))
	s.Progress = in.req.Progress
	if l.fault != nil {
		s.Options.Rows = 2048 // so that a small file has a middle
		s.Progress = func(uint64) { l.fault("insert") }
	}
	written, err := l.DB.Insert(ctx, ds.Table(), s)
	s.Release()
	l.at(in, "inserted")
	out.Counts, out.Rejects, out.Warnings, out.Rules = s.Counts, bad.Total, bad.Warnings, bad.Rules
	out.Cells = in.file.Aside(ctx)
	out.Cells.Add(&s.Cells)
	for _, n := range in.file.Notes() {
		t := n.Text
		if n.Sheet != "" {
			t = codes.Text{Zh: n.Sheet + "：" + t.Zh, En: n.Sheet + ": " + t.En}
		}
		out.Notes = append(out.Notes, t)
	}
	out.Notes = append(out.Notes, s.Hidden.Notes()...)
	// the refused cells are kept whatever becomes of the load: they are what its sender has to see
	if e := l.keepRejects(ctx, in, number, &bad, out); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if c := s.Counts; !c.Balanced() || written.Rows != c.Loaded {
		return fmt.Errorf("counts do not add up: %s, %d written", out.Identity("en"), written.Rows)
	}
	if s.Counts.Read == s.Counts.Excluded {
		return problem("no_rows", "表头下面没有数据行", "there is no row of data below the header").
			todo("核对是否导出了空表", "check whether an empty table was exported")
	}
	if s.Counts.Loaded == 0 {
		return problem("no_good_rows", fmt.Sprintf("%d 行全部被拒收", s.Counts.Rejected), fmt.Sprintf("all %d rows were refused", s.Counts.Rejected)).
			todo("按拒收清单改正后重新报送", "correct the listed rows and send the file again")
	}
	if ds.AllOrNothing && s.Counts.Rejected > 0 {
		return problem("all_or_nothing", fmt.Sprintf("有 %d 行被拒收；本数据集要求整份文件全部正确", s.Counts.Rejected), fmt.Sprintf("%d rows were refused, and this dataset takes a file whole or not at all", s.Counts.Rejected)).
			todo("按拒收清单改正后重新报送", "correct the listed rows and send the file again")
	}

	holds, err := l.verify(ctx, in, number, s, live, out)
	if err != nil {
		return err
	}
	l.at(in, "verified")
	entry.Unit, entry.Period = out.Unit, in.period.String()
	entry.Counts, entry.Sums, entry.MinDate, entry.MaxDate, entry.Note = s.Counts, difference.Sums(s.Sums), out.MinDate, out.MaxDate, ""
	waits, force := Held, in.req.Force
	if ds.Review && in.accepted != out.Unit { // nobody publishes it but by accepting it
		waits, force, holds = Submitted, false, toReview(holds)
	}
	if holds == nil || force {
		l.States.Publishing(ctx, ds.Name, out.Unit, number, s.Counts.Loaded)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	entry.State = Published
	if holds != nil {
		out.Problem = holds
		if entry.State, entry.Note = waits, holds.Text.Zh; force {
			entry.State, entry.Note = Published, "强制发布："+holds.Text.Zh
		} else {
			entry.By = by
		}
	}
	l.at(in, "publish")
	// from here on the load is not half done: a cancelled context must not lose the acknowledgement
	done, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if l.Gone.Since(s.Options.Gone) { // rows of theirs may be among these, unseen by who deleted
		return trouble.Own("装入期间有人被删除，要重新装入", "somebody was deleted while this file was loaded: it has to be loaded again", nil)
	}
	entry.At = time.Time{}
	if err := l.append(done, &entry); err != nil {
		// perhaps written, perhaps not: nobody gives the batch up before the ledger has told
		settled = true
		written, e := l.probe(done, entry)
		if e != nil {
			return trouble.Own("发布结果不明，下次装入时核实", "whether the batch was published is not known, the next load will tell", err)
		}
		if settled = written; !written {
			return err
		}
	}
	settled = true
	l.at(in, "published")
	out.State = entry.State
	return nil
}

// probe asks, for as long as the context lasts, whether a ledger row was written whose
// acknowledgement did not arrive. Only an answer of the database counts.
func (l *Loader) probe(ctx context.Context, e Entry) (written bool, err error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		var got []Entry
		if got, err = l.Entries(ctx, e.Batch); err == nil {
			for _, x := range got {
				written = written || x.Seq == e.Seq && x.State == e.State
			}
			return written, nil
		}
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(wait):
		}
	}
}

func (l *Loader) batchOptions(in *input, number uint32, bad *stream.Rejects) batch.Options {
	o := batch.Options{Batch: number, Key: l.Key, Gone: l.Gone.Now(), Lists: l.Catalog.Lists, Today: l.now(), Reject: bad.Add, Epoch: in.file.Epoch()}
	if in.has("period") && in.ds.Period != nil && !in.period.IsZero() {
		o.From, o.To = in.period.From, in.period.To
	}
	return o
}

var zone = time.FixedZone("UTC+8", 8*3600)

// overlapping refuses a submission whose period is partly covered by another of the same sender:
// a half year beside its months would count everything twice. It returns nil where none is.
func overlapping(in *input, live []Live) *Problem {
	if !in.has("period") || in.period.IsZero() {
		return nil
	}
	for _, u := range live {
		if in.has("sender") && u.Sender != in.sender {
			continue
		}
		if p, ok := days.Parse(u.Period); ok && p != in.period && p.Overlaps(in.period) {
			return problem("period_overlap",
				fmt.Sprintf("期间 %s 与已发布的 %s（%s）重叠，会重复计数", in.period.Zh(), p.Zh(), u.File),
				fmt.Sprintf("the period %s overlaps %s, which is published (%s): rows would count twice", in.period, p, u.File)).
				todo("先撤回已发布的那一份，或按相同的期间报送", "withdraw the published one first, or send the same period")
		}
	}
	return nil
}

// verify compares the hidden rows with what was sent, finds the period where it stands in the
// data only, and returns why a person should look at it first, nil where nobody has to.
func (l *Loader) verify(ctx context.Context, in *input, number uint32, s *stream.Stream, live []Live, out *Outcome) (*Problem, error) {
	scope := check.Scope{Batch: number, Rows: s.Counts.Loaded}
	for i := range in.ds.Columns {
		c := &in.ds.Columns[i]
		if sql := control.SQL(c); sql != "" {
			scope.Sums = append(scope.Sums, check.Sum{Column: c.Name, SQL: sql, Sent: s.Sums[c.Name]})
		}
	}
	if in.has("period") && in.ds.Period != nil {
		scope.From, scope.To = in.period.From, in.period.To
	}
	res, err := check.Run(ctx, l.DB, in.ds, scope)
	if err != nil {
		return nil, err
	}
	out.MinDate, out.MaxDate = res.MinDate, res.MaxDate
	if in.periodFromData() {
		p := days.Grain(in.ds.Period.Grain).Of(res.MinDate)
		if res.MinDate.IsZero() || !p.Holds(res.MaxDate) {
			span := res.MinDate.Format(time.DateOnly) + " … " + res.MaxDate.Format(time.DateOnly)
			return nil, in.noPeriod("文件名没有注明期间，数据又跨了多个期间（"+span+"）", "the file's name gives no period, and its rows lie in several ("+span+")")
		}
		in.period, out.Period = p, p
		out.Unit = in.unit()
		if p := overlapping(in, live); p != nil && !in.req.Force {
			return nil, p
		}
	}
	// a submission for June, once June is over, tells of all of June, also where nothing happened on
	// the 30th. A register that is sent by the year is filled as the year goes: it tells of no more
	// than its rows
	if in.has("period") && !in.period.IsZero() && in.ds.Period != nil && (in.ds.Period.Grain == "month" || in.ds.PeriodNamed()) {
		if last := in.period.Last(); last.Before(days.Date(l.now().In(cmp.Or(l.Zone, zone)).Date())) {
			out.MaxDate = slices.MaxFunc([]time.Time{out.MaxDate, last}, time.Time.Compare)
		}
	}
	in.joinPart(live) // once the period is known
	out.Unit = in.unit()
	var old *Live
	for i, u := range live {
		if u.Unit == out.Unit {
			old, out.Before = &live[i], u.Loaded
		}
	}
	if err := l.holdAgainst(ctx, in.ds, old, number, s.Sums, out); err != nil {
		return nil, err
	}
	c := s.Counts
	failures := append(check.Limits(in.ds, c.Read, c.Loaded, c.Rejected, out.Before), hold.File(ctx, in.file, in.bytes, out.Cells, out.Rules)...)
	failures = slices.Concat(failures, hold.Totals(in.ds, out.Cells), hold.Titled(in.ds, in.period, in.file))
	failures = append(failures, hold.Sheets(in.ds, s.Options.Sheets.Tables(), out.Cells)...)
	failures = append(failures, res.Failures...)
	var others []hold.Unit
	for _, u := range live {
		if u.Unit != out.Unit && (!in.has("sender") || u.Sender == in.sender) {
			others = append(others, hold.Unit{Name: u.Unit, Sender: u.Sender, File: u.File, Period: u.Period, Batch: u.Batch, Rows: u.Loaded, From: u.MinDate, To: u.MaxDate})
		}
	}
	if in.twin == nil && (old == nil || len(in.ds.Key) > 0) { // of what is live beside another somebody has decided
		twice, err := hold.Elsewhere(ctx, l.DB, in.ds, hold.Unit{Sender: in.sender, File: out.File, Period: in.period.String(), Batch: number, Rows: c.Loaded, From: out.MinDate, To: out.MaxDate}, others)
		if err != nil {
			return nil, err
		}
		failures = append(failures, twice...)
	}
	failures = append(failures, in.questions(old, live, out)...)
	return sortFailures(failures, out), nil
}

// sortFailures makes one problem of the failures that hold a batch back, and notes of the others.
func sortFailures(failures []check.Failure, out *Outcome) *Problem {
	var hold *Problem
	for _, f := range failures {
		t := f.Reason
		if len(f.Examples) > 0 {
			t.Zh += "，如 " + strings.Join(f.Examples, "、")
			t.En += ", such as " + strings.Join(f.Examples, ", ")
		}
		switch {
		case !f.Hold:
			out.Notes = append(out.Notes, t)
		case hold == nil:
			hold = &Problem{Code: f.Name, Text: t, Remedy: f.Remedy}
			if hold.Remedy.Zh == "" {
				hold.Remedy = codes.Text{Zh: "核对数据；确认无误，请操作员用 yanzhen accept 发布", En: "check the data, or have an operator publish it (yanzhen accept)"}
			}
		default:
			hold.Text.Zh += "；" + t.Zh
			hold.Text.En += "; " + t.En
		}
	}
	return hold
}

// holdAgainst compares a hidden batch with the live one that it would replace and writes the outcome's
// Replaced. old is nil where the unit shows nothing yet.
func (l *Loader) holdAgainst(ctx context.Context, ds *dataset.Dataset, old *Live, number uint32, sums map[string]float64, out *Outcome) error {
	if old == nil {
		return nil
	}
	var err error
	out.Replaced, err = difference.Of(ctx, l.DB, ds, [2]uint32{old.Batch, number}, [2]string{old.sums, difference.Sums(sums)})
	return err
}

// keepRejects stores the refused cells in pieces.
func (l *Loader) keepRejects(ctx context.Context, in *input, number uint32, bad *stream.Rejects, out *Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	now := l.now()
	rows := make([]RejectRow, 0, min(len(bad.Kept), 2000))
	for i, r := range bad.Kept {
		rows = append(rows, RejectRow{
			Run: in.req.Run, Nr: uint32(i + 1), Batch: number, Dataset: in.ds.Name, File: in.display,
			Sheet: r.Origin.Sheet, Row: uint32(max(r.Origin.Row, 0)), Column: r.Column, Cell: r.Cell, Raw: r.Raw, Rule: r.Rule,
			ReasonZh: r.Reason.Zh, ReasonEn: r.Reason.En, RemedyZh: r.Remedy.Zh, RemedyEn: r.Remedy.En, Warn: r.Warn, At: now,
		})
		if len(rows) == cap(rows) || i == len(bad.Kept)-1 {
			if err := warehouse.Append(ctx, l.DB, "meta.rejects", rows...); err != nil {
				return err
			}
			out.Stored += uint64(len(rows))
			rows = rows[:0]
		}
	}
	if more := out.Rejects - out.Stored; more > 0 {
		out.Notes = append(out.Notes, codes.Text{
			Zh: fmt.Sprintf("拒收清单保存前 %d 条，另有 %d 条未列出", out.Stored, more),
			En: fmt.Sprintf("the first %d refused cells are listed; %d more are not", out.Stored, more),
		})
	}
	return nil
}

// abandon writes that a batch is given up. Where that fails too, the sweep finds it by its staging
// row once this process has ended.
func (l *Loader) abandon(ctx context.Context, e Entry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	e.State, e.Note, e.At = Abandoned, "", time.Time{}
	if err := l.append(ctx, &e); err != nil {
		l.log().Error("batch not marked as abandoned", "run", e.Run, "batch", e.Batch, "err", err)
	}
}

// fill copies what is known of the load into its run.
func (l *Loader) fill(r *Run, in *input, out *Outcome) {
	r.Dataset, r.Sender, r.Period, r.Unit, r.Batch = out.Dataset, out.Sender, out.Period.String(), out.Unit, out.Batch
	r.Bytes, r.Fingerprint, r.Encoding, r.Points = uint64(out.Bytes), out.Fingerprint, out.Encoding, in.points
	r.Counts, r.Warnings = out.Counts, out.Warnings
	if out.Cells != nil {
		r.Account = out.Cells.Encode()
	}
}

// finish records the end of a run and writes the operator's one line.
func (l *Loader) finish(ctx context.Context, r *Run, in *input, out *Outcome, err error) {
	l.fill(r, in, out)
	r.State, r.Finished = out.State, l.now()
	if out.State != Failed || out.Problem == nil || out.Problem.Code == "panic" {
		r.Mark = "" // only what was refused for good is known again
	}
	switch p := out.Problem; {
	case out.State == Cancelled:
		r.Code, r.MessageZh, r.MessageEn = "cancelled", "装入被中止；未发布任何数据", "the load was stopped; nothing of it was published"
	case p != nil && out.State == Published:
		r.Code = "forced"
		r.MessageZh, r.MessageEn = out.Identity("zh")+"；强制发布："+p.Text.Zh, out.Identity("en")+"; published by force: "+p.Text.En
	case p != nil:
		r.Code, r.MessageZh, r.MessageEn, r.RemedyZh, r.RemedyEn = p.Code, p.Text.Zh, p.Text.En, p.Remedy.Zh, p.Remedy.En
	case err != nil:
		s := trouble.Of(err)
		if in.req.Job == "" {
			s = s.ByHand()
		}
		r.Code, r.MessageZh, r.MessageEn, r.RemedyZh, r.RemedyEn = s.Code, s.Text.Zh, s.Text.En, s.Remedy.Zh, s.Remedy.En
	default:
		r.MessageZh, r.MessageEn = out.Identity("zh"), out.Identity("en")
	}
	if t := out.Replaced.Text(out.Before); t.Zh != "" && out.State != Unchanged {
		r.MessageZh += "；" + t.Zh
		r.MessageEn += "; " + t.En
	}
	for _, n := range out.Notes {
		r.MessageZh += "；" + n.Zh
		r.MessageEn += "; " + n.En
	}
	again := out.State == Unchanged || out.Problem != nil && out.Problem.Code == heldBefore || errors.Is(err, ErrMoving)
	if !again || !in.req.Quiet {
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if e := l.PutRun(c, r); e != nil {
			l.log().Error("run not recorded", "run", r.ID, "err", e)
		}
	}
	level := slog.LevelInfo
	switch out.State {
	case Failed:
		if level = slog.LevelError; errors.Is(err, ErrMoving) {
			level = slog.LevelInfo
		}
	case Held, Submitted, Returned, Cancelled:
		level = slog.LevelWarn
	case Unchanged:
		level = slog.LevelDebug
	}
	attrs := []any{
		"run", r.ID, "state", string(out.State), "file", in.display, "dataset", out.Dataset, "unit", out.Unit, "batch", out.Batch,
		"read", r.Read, "loaded", r.Loaded, "rejected", r.Rejected, "excluded", r.Excluded, "duplicates", r.Duplicates,
		"took", out.Took.Round(time.Millisecond),
	}
	if r.Code != "" {
		attrs = append(attrs, "code", r.Code, "why", r.MessageZh)
	}
	if raw := beneath(out.Problem, err); raw != "" {
		attrs = append(attrs, "err", raw)
	}
	l.log().Log(context.Background(), level, "load", attrs...)
}

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
