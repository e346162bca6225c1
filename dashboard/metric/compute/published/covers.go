package published

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute/sent"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// damage is a live batch whose rows are not those that were published: the figures of its days are not whole.
type damage struct {
	First, Last days.Day
	Text        codes.Text
}

const sweptSQL = `-- Of which datasets are rows gone that were live at a moment?
select distinct dataset
from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})
where batch in (select batch from meta.ledger where state = 'swept')`

const damagedSQL = `-- Which live batches are damaged, and which days do they tell of?
select
    d.dataset as dataset,
    d.file as file,
    l.min_date as first,
    l.max_date as last
from (select * from meta.damage order by at desc limit 1 by batch) as d
inner join %s as l on l.batch = d.batch
where not d.healed
order by dataset, file`

const dutiesSQL = `-- Which duties were sent as a workbook?
select
    dataset,
    owed_by as sender,
    toString(every) as every,
    ifNull(due_on, 10) as by,
    valid_from as first,
    ifNull(valid_to, toDate32('1970-01-01')) as last
from %s
order by
    dataset,
    sender,
    first`

// readCovers reads what the live submissions tell of, what is owed, and which of them are damaged.
func (s Source) readCovers(ctx context.Context, live *Live, asOf time.Time) error {
	from, params := sent.Table(asOf)
	subs, err := sent.Live(ctx, s.DB, asOf, s.Office)
	if err != nil {
		return err
	}
	waiting, err := sent.Waiting(ctx, s.DB, asOf, s.Office)
	if err != nil {
		return err
	}
	live.came = map[string]days.Day{}
	for _, one := range subs {
		live.came[one.Dataset] = days.Latest(live.came[one.Dataset], one.At)
	}
	live.waiting = digest(waiting)
	book, err := s.duties(ctx, live, asOf)
	if err != nil {
		return err
	}
	live.covers, live.reached = duty.Covers(book, live.sent, subs, waiting)
	if !asOf.IsZero() {
		gone, err := warehouse.Select[struct {
			Dataset string `db:"dataset"`
		}](ctx, s.DB, warehouse.Statement{SQL: sweptSQL, Params: params, Tag: "metric.live"})
		if err != nil {
			return err
		}
		live.swept = map[string]bool{}
		for _, g := range gone {
			live.swept[g.Dataset] = true
		}
	}
	bad, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		File    string   `db:"file"`
		First   days.Day `db:"first"`
		Last    days.Day `db:"last"`
	}](ctx, s.DB, warehouse.Statement{SQL: fmt.Sprintf(damagedSQL, from), Params: params, Tag: "metric.live"})
	live.damaged = map[string][]damage{}
	for _, b := range bad {
		live.damaged[b.Dataset] = append(live.damaged[b.Dataset], damage{b.First, b.Last, codes.Text{
			Zh: "受损：" + b.File + " 的行不全", En: "damaged: rows of " + b.File + " are missing or differ",
		}})
	}
	return err
}

// digest stands for some submissions, whatever their order.
func digest(subs []duty.Submission) string {
	var lines []string
	for _, s := range subs {
		lines = append(lines, fmt.Sprintf("%+v", s))
	}
	slices.Sort(lines)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))
}

// duties are those declared, and those of a workbook before them.
func (s Source) duties(ctx context.Context, live *Live, asOf time.Time) (*duty.Book, error) {
	if !live.datasets["duties"].live || s.Catalog.Dataset("duties") == nil {
		return duty.NewBook(s.Duties), nil
	}
	from, params := compile.Source("duties", asOf)
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Sender  string   `db:"sender"`
		Every   string   `db:"every"`
		By      int32    `db:"by"`
		First   days.Day `db:"first"`
		Last    days.Day `db:"last"`
	}](ctx, s.DB, warehouse.Statement{SQL: fmt.Sprintf(dutiesSQL, from), Params: params, Tag: "metric.live"})
	var declared []duty.Duty
	for _, r := range rows {
		declared = append(declared, duty.Duty{Dataset: r.Dataset, Sender: r.Sender, Every: days.Grain(r.Every), By: int(r.By), From: sent.Day(r.First), To: sent.Day(r.Last)})
	}
	return duty.NewBook(s.Duties, declared), err
}

// sent is how a dataset is sent.
func (l Live) sent(name string) duty.Sent {
	ds := l.of.Dataset(name)
	if ds == nil {
		return duty.Sent{}
	}
	out := duty.Sent{Register: slices.Contains(ds.Unit, "sender"), Files: slices.Contains(ds.Unit, "file")}
	if ds.Period != nil {
		if g := days.Grain(ds.Period.Grain); g.Months() > 0 {
			out.Grain = g
		}
	}
	return out
}

// Files are the days that each file of a dataset tells of which is sent as files for no period; false where it is not sent so,
// or has no days, or nothing of it is published.
func (l Live) Files(name string) ([]days.Range, bool) {
	if sent := l.sent(name); !sent.Files || l.of.Dataset(name).Undated || !l.datasets[name].live {
		return nil, false
	}
	return l.covers[name].Files(), true
}

// Covers says of each dataset what was sent and what is owed.
func (l Live) Covers() map[string]*duty.Cover { return l.covers }

// Coverage is how much of what is owed for some days has come of the data of m: of an event all days count, of a state
// the last one.
func (l Live) Coverage(m *metric.Metric, p days.Range) duty.Coverage {
	var all duty.Coverage
	seen := map[string]bool{}
	asked := p
	for i, leaf := range m.Leaves() {
		var own duty.Coverage
		p := leaf.Shift().Of(asked)
		for j, name := range leaf.Datasets() {
			c := l.covers[name].Over(p)
			if leaf.Kind == metric.Stock {
				c = l.covers[name].On(p.Last())
			}
			if j == 0 {
				own = c
			} else {
				own = own.And(c)
			}
			if seen[name] {
				continue
			}
			if seen[name] = true; i+j == 0 {
				all = c
			} else {
				all = all.And(c)
			}
		}
		if own.None() {
			return duty.Coverage{}
		}
	}
	return all
}

// Begins is the first day of which every dataset tells whose events m counts.
func (l Live) Begins(m *metric.Metric) days.Day {
	var last days.Day
	for _, leaf := range m.Leaves() {
		for _, name := range leaf.Datasets() {
			if c := l.covers[name]; c != nil && leaf.Kind == metric.Flow && !c.Start.IsZero() {
				last = days.Latest(last, leaf.Shift().Forward(c.Start))
			}
		}
	}
	return last
}

// Damage is what is damaged of the data behind m in some days; of a state also what came before them.
func (l Live) Damage(m *metric.Metric, p days.Range) []codes.Text {
	var out []codes.Text
	for _, name := range m.Datasets() {
		for _, d := range l.damaged[name] {
			late := !d.First.IsZero() && !d.First.Before(p.To)
			early := !d.Last.IsZero() && d.Last.Before(p.From) && m.Nature() == metric.Flow && m.Kind == metric.Flow
			if !late && !early && !slices.Contains(out, d.Text) {
				out = append(out, d.Text)
			}
		}
	}
	return out
}
