// Package quality says how each sender has sent over time: how much of what they owed came by its day, how often something had
// to be sent again, how much of it was refused, and for what. It reads the ledger and the runs, never a row of a person.
package quality

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// Bounds.
const (
	mostFiles = 50_000 // contents of the months that are looked at, the latest
	mostWhys  = 20_000 // rules by sender, dataset, period and column, the most frequent
	WhysOf    = 3      // that a sender is told of
)

// Span is twelve months, by which day what is owed is judged, and of which senders.
type Span struct {
	Months  days.Range
	Office  *time.Location
	Senders []string // nil: all
}

// Month is what came of a month's reports. A report of several months counts in its last.
type Month struct {
	From days.Day
	Tally
}

// Tally counts.
type Tally struct {
	Due, OnTime, Late, Missing int // periods that were due by now: in time, after their day, not (all) there
	Files                      int // contents that were sent; the same bytes again are the same
	Again                      int // of them, those of a report that had been sent before with another content
	Refused                    int // of them, those of which nothing was taken
	Read, Rejected             uint64
}

// Share is the part of the rows that was refused, 0 to 1; false where nothing was read.
func (t Tally) Share() (float64, bool) {
	if t.Read == 0 {
		return 0, false
	}
	return float64(t.Rejected) / float64(t.Read), true
}

func (t *Tally) add(x Tally) {
	t.Due, t.OnTime, t.Late, t.Missing = t.Due+x.Due, t.OnTime+x.OnTime, t.Late+x.Late, t.Missing+x.Missing
	t.Files, t.Again, t.Refused = t.Files+x.Files, t.Again+x.Again, t.Refused+x.Refused
	t.Read, t.Rejected = t.Read+x.Read, t.Rejected+x.Rejected
}

// Why is a rule by which cells or rows were refused.
type Why struct {
	Dataset, Column string // Column may be empty: of the row
	Rule            string
	Reason          codes.Text // of the rule: without what single cells held
	Cells           uint64
}

// Line is how a sender has sent a dataset.
type Line struct {
	Dataset string
	Tally
	Months []Month // all of the span, the earliest first
	Whys   []Why   // the most frequent first
}

// Sender is how a sender has sent all of them.
type Sender struct {
	Name string
	Tally
	Months   []Month
	Whys     []Why // at most WhysOf
	Datasets []Line
}

// Report is how everybody has sent. Since is the first day on which the store took anything: what was due before cannot be
// judged, and is in no number of what was in time; of a dataset, the first day on which it took anything of it.
type Report struct {
	Since   days.Day
	Cut     bool     // more came than is read: the earliest is left out
	Senders []Sender // whose reports need somebody first
}

// content is one content of a report, as it stood after it was last looked at.
type content struct {
	Dataset  string    `db:"dataset"`
	Sender   string    `db:"sender"`
	Unit     string    `db:"unit"`
	Period   string    `db:"period"`
	Came     time.Time `db:"came" arrow:"ms"`
	Taken    bool      `db:"taken"`
	Read     uint64    `db:"read"`
	Rejected uint64    `db:"rejected"`
}

type first struct {
	Dataset string    `db:"dataset"`
	Sender  string    `db:"sender"`
	Period  string    `db:"period"`
	At      time.Time `db:"came" arrow:"ms"`
}

type why struct {
	Dataset  string    `db:"dataset"`
	Sender   string    `db:"sender"`
	Period   string    `db:"period"`
	Came     time.Time `db:"came" arrow:"ms"`
	Column   string    `db:"column"`
	Cells    uint64    `db:"cells"`
	ReasonZh string    `db:"reason_zh"`
	ReasonEn string    `db:"reason_en"`
	Rule     string    `db:"rule"`
	Other    string    `db:"other"` // another reason of the same rule, if there is one
}

// Of reads how everybody has sent in a span. owed is every period that is owed in it, by dataset, as it stands today.
func Of(ctx context.Context, db *warehouse.DB, s Span, owed map[string][]duty.Owed) (Report, error) {
	all := "1"
	if s.Senders != nil {
		all = "0"
	}
	params := map[string]string{"all": all, "of": warehouse.Strings(s.Senders), "since": days.ISO(s.Months.From.AddDate(-1, 0, 0))}
	with := func(most int) map[string]string {
		p := maps.Clone(params)
		p["most"] = strconv.Itoa(most)
		return p
	}
	contents, err := warehouse.Select[content](ctx, db, warehouse.Statement{Tag: "quality.contents", Params: with(mostFiles), SQL: contentSQL})
	if err != nil {
		return Report{}, err
	}
	firsts, err := warehouse.Select[first](ctx, db, warehouse.Statement{Tag: "quality.firsts", Params: with(mostFiles), SQL: firstSQL})
	if err != nil {
		return Report{}, err
	}
	whys, err := warehouse.Select[why](ctx, db, warehouse.Statement{Tag: "quality.whys", Params: with(mostWhys), SQL: whySQL})
	if err != nil {
		return Report{}, err
	}
	begun, err := warehouse.Select[struct {
		Dataset string    `db:"dataset"`
		At      time.Time `db:"began" arrow:"ms"`
	}](ctx, db, warehouse.Statement{Tag: "quality.begun", SQL: "select dataset, toDateTime64(min(at), 3, 'UTC') as began from meta.ledger where sender != 'configs' group by dataset order by began"})
	if err != nil {
		return Report{}, err
	}
	b := book{span: s, senders: map[string]map[string]*Line{}}
	came := map[[4]string]int{}
	for _, c := range slices.Backward(contents) { // the earliest first
		report := [4]string{c.Dataset, c.Sender, c.Unit, c.Period}
		b.content(c, came[report])
		if c.Period != "" { // what is kept up says none: each of it is its next state
			came[report]++
		}
	}
	since := map[string]days.Day{}
	for _, x := range begun {
		since[x.Dataset] = b.day(x.At)
	}
	b.judge(owed, firsts, since)
	for _, w := range whys {
		b.why(w)
	}
	out := Report{Senders: b.report(), Cut: len(contents) >= mostFiles || len(firsts) >= mostFiles || len(whys) >= mostWhys}
	if len(begun) > 0 {
		out.Since = b.day(begun[0].At)
	}
	return out, nil
}

// What stands in the declarations has no sender. A content is the bytes that came, whatever declarations they were read by: what a
// report held at one time: tried again, or sent again unchanged, it is the same. What waits for a person
// was taken; of what could not be tried for a reason of the machine's nothing is said.
const contentSQL = `select dataset, sender, unit, period, min(started) as came,
  argMax(state, started) != 'failed' as taken, argMax(read, started) as read, argMax(rejected, started) as rejected
from meta.runs final left join (select run, any(content) as bytes from meta.ledger where content != '' group by run) as held using run
where kind = 'load' and dataset != '' and sender not in ('', 'configs') and fingerprint != '' and started >= toDateTime({since:String}, 'UTC')
  and (state in ('published', 'held', 'submitted', 'asked', 'returned') or state = 'failed' and mark != '')
  and ({all:UInt8} = 1 or sender in {of:Array(String)})
group by dataset, sender, unit, period, if(held.bytes = '', fingerprint, held.bytes)
order by came desc limit {most:UInt32}`

// When a report first came, whatever became of it.
const firstSQL = `select dataset, sender, period, toDateTime64(min(at), 3, 'UTC') as came
from meta.ledger
where state in ('published', 'held', 'submitted') and sender != '' and at >= toDateTime({since:String}, 'UTC')
  and ({all:UInt8} = 1 or sender in {of:Array(String)})
group by dataset, sender, unit, period
order by came desc limit {most:UInt32}`

// Of each content the latest look counts, so that a file that is tried again refuses nothing twice.
const whySQL = "with looks as (select argMax(run, started) as run, any(dataset) as of, any(sender) as whose, any(period) as about, min(started) as began from meta.runs final left join (select run, any(content) as bytes from meta.ledger where content != '' group by run) as held using run" + `
  where kind = 'load' and dataset != '' and sender not in ('', 'configs') and fingerprint != '' and started >= toDateTime({since:String}, 'UTC')
    and state in ('published', 'held', 'submitted', 'asked', 'returned', 'failed') and ({all:UInt8} = 1 or sender in {of:Array(String)})
  group by dataset, sender, unit, period, if(held.bytes = '', fingerprint, held.bytes))
select looks.of as dataset, looks.whose as sender, looks.about as period, min(looks.began) as came, ` + "x.`column` as `column`" + `, x.rule as rule, count() as cells, min(x.reason_zh) as reason_zh, min(x.reason_en) as reason_en, max(x.reason_zh) as other
from meta.rejects x inner join looks on looks.run = x.run
where not x.warn and x.at >= toDateTime({since:String}, 'UTC')
group by looks.of, looks.whose, looks.about, x.rule, ` + "x.`column`" + `
order by cells desc, dataset, sender, period, x.rule limit {most:UInt32}`

// book gathers lines.
type book struct {
	span    Span
	senders map[string]map[string]*Line
}

func (b book) day(t time.Time) days.Day {
	t = t.In(b.span.Office)
	return days.Date(t.Year(), t.Month(), t.Day())
}

// on is the day that something counts on: the last of what it reports; where it says none, that on which it came.
func (b book) on(period string, came time.Time) days.Day {
	if r, ok := days.Parse(period); ok {
		return r.Last()
	}
	return b.day(came)
}

// in reports whether a day is of the span.
func (b book) in(on days.Day) bool {
	return !on.Before(b.span.Months.From) && on.Before(b.span.Months.To)
}

// line is that of a sender and a dataset.
func (b book) line(sender, dataset string) *Line {
	mine := b.senders[sender]
	if mine == nil {
		mine = map[string]*Line{}
		b.senders[sender] = mine
	}
	if mine[dataset] == nil {
		mine[dataset] = &Line{Dataset: dataset, Months: b.months()}
	}
	return mine[dataset]
}

func (b book) months() (out []Month) {
	for m := b.span.Months.From; m.Before(b.span.Months.To); m = days.Month.Next(m) {
		out = append(out, Month{From: m})
	}
	return out
}

// add counts in the month that a day is in; a day outside of the span counts nowhere.
func (b book) add(sender, dataset string, on days.Day, t Tally) {
	if !b.in(on) {
		return
	}
	l := b.line(sender, dataset)
	l.add(t)
	for i := range l.Months {
		if m := &l.Months[i]; m.From.Equal(days.Month.Start(on)) {
			m.add(t)
		}
	}
}

// content counts what came; before is how often its report had come with another content.
func (b book) content(c content, before int) {
	t := Tally{Files: 1, Read: c.Read, Rejected: c.Rejected}
	if before > 0 {
		t.Again = 1
	}
	if !c.Taken {
		t.Refused = 1
	}
	b.add(c.Sender, c.Dataset, b.on(c.Period, c.Came), t)
}

// why adds what cells were refused for.
func (b book) why(w why) {
	if !b.in(b.on(w.Period, w.Came)) {
		return
	}
	l := b.line(w.Sender, w.Dataset)
	reason := codes.Text{Zh: w.ReasonZh, En: w.ReasonEn}
	for i, y := range l.Whys {
		if y.Column == w.Column && y.Rule == w.Rule {
			if y.Reason != reason || w.Other != w.ReasonZh {
				l.Whys[i].Reason = common(y.Reason)
			}
			l.Whys[i].Cells += w.Cells
			return
		}
	}
	if w.Other != w.ReasonZh {
		reason = common(reason)
	}
	l.Whys = append(l.Whys, Why{w.Dataset, w.Column, w.Rule, reason, w.Cells})
}

// common is what a reason says before it quotes a cell: that is what it has in common with the others of its rule.
func common(reason codes.Text) codes.Text {
	cut := func(s string) string {
		if i := strings.IndexAny(s, "“\"0123456789"); i > 0 {
			return strings.TrimRight(s[:i], " ，,：:的") + "…"
		}
		return s
	}
	return codes.Text{Zh: cut(reason.Zh), En: cut(reason.En)}
}

// judge counts what was owed: in time, late, or not there. Several files of a period are there when the last of them came first.
func (b book) judge(owed map[string][]duty.Owed, firsts []first, since map[string]days.Day) {
	type key struct{ dataset, sender string }
	came := map[key][]first{}
	for _, f := range firsts {
		k := key{f.Dataset, f.Sender}
		came[k] = append(came[k], f)
	}
	for dataset, list := range owed {
		for _, o := range list {
			began, any := since[dataset]
			if any && o.DueOn.Before(began) || !b.wanted(o.Sender) {
				continue
			}
			t := Tally{Due: 1}
			var last days.Day
			named := true
			for _, f := range came[key{dataset, o.Sender}] {
				r, ok := days.Parse(f.Period)
				if named = named && ok; ok && r.From.Before(o.Period.To) && o.Period.From.Before(r.To) {
					last = later(last, b.day(f.At))
				}
			}
			switch {
			case !named:
				continue // what says no period says not when that of one came
			case o.Overdue:
				t.Missing = 1
			case o.State != duty.Complete && o.State != duty.Review, last.IsZero():
				continue // its day has not passed, or nothing says when it came
			case last.After(o.DueOn):
				t.Late = 1
			default:
				t.OnTime = 1
			}
			b.add(o.Sender, dataset, o.Period.Last(), t)
		}
	}
}

func (b book) wanted(sender string) bool {
	return b.span.Senders == nil || slices.Contains(b.span.Senders, sender)
}

func later(a, b days.Day) days.Day {
	if a.After(b) {
		return a
	}
	return b
}

// report sums up by sender: who needs somebody first, then who had the most refused.
func (b book) report() (out []Sender) {
	for name, lines := range b.senders {
		s := Sender{Name: name, Months: b.months()}
		for _, dataset := range slices.Sorted(maps.Keys(lines)) {
			l := lines[dataset]
			s.add(l.Tally)
			for i := range l.Months {
				s.Months[i].add(l.Months[i].Tally)
			}
			slices.SortStableFunc(l.Whys, func(x, y Why) int { return cmp.Compare(y.Cells, x.Cells) })
			s.Whys = append(s.Whys, l.Whys...)
			s.Datasets = append(s.Datasets, *l)
		}
		slices.SortStableFunc(s.Whys, func(x, y Why) int { return cmp.Compare(y.Cells, x.Cells) })
		s.Whys = s.Whys[:min(WhysOf, len(s.Whys))]
		out = append(out, s)
	}
	slices.SortFunc(out, func(x, y Sender) int {
		xs, _ := x.Share()
		ys, _ := y.Share()
		return cmp.Or(cmp.Compare(y.Missing, x.Missing), cmp.Compare(y.Late, x.Late), cmp.Compare(y.Tally.Refused, x.Tally.Refused), cmp.Compare(ys, xs), cmp.Compare(x.Name, y.Name))
	})
	return out
}
