package metric

import (
	"context"
	"maps"
	"slices"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Revision is a figure as it was reported beside the same figure now, and what moved it.
type Revision struct {
	Metric     *Metric
	ReportedAt time.Time
	Points     []Revised
	// Moved are the submissions of the metric's datasets that were published or withdrawn since and
	// have to do with days that the points speak for, oldest first. Empty: no figure can have moved.
	Moved []Moved
}

// Revised is one point of a revision.
type Revised struct {
	From, To      days.Day
	Keys          []string
	Labels        []codes.Text
	Reported, Now *float64
	WhyReported   string // why there was none then
	WhyNow        string
	Difference    *float64 // now less reported; nil where either is missing
}

// Moved is a submission that came, or was taken back, after a report.
type Moved struct {
	Dataset, Unit, File, Sender, Period string
	State                               string // published or withdrawn
	Batch                               uint32
	At                                  time.Time
	Rows                                uint64 // loaded
	// First and Last are the days that the submission, or one of the same unit before it, tells of;
	// zero where its rows have no day.
	First, Last days.Day
}

// Touches reports whether a submission can have moved a figure of that period: one of events by a day
// inside, any other also by a day before it; one that asks what became of people later, or how far the
// data go, by any day.
func (v Moved) Touches(m *Metric, from, to days.Day) bool {
	if v.First.IsZero() || v.Last.IsZero() || slices.Contains(m.lookups, v.Dataset) || slices.ContainsFunc(m.leaves(), func(l *Metric) bool { return l.leaf.later() }) {
		return true
	}
	if m.Nature() == Flow && m.Kind == Flow && v.Last.Before(from) {
		return false
	}
	return v.First.Before(to)
}

// later says whether days after a period have a say in its figure.
func (lf *leaf) later() bool {
	speaks := func(e sqlExpr) bool { return slices.Contains(e.columns, dataDay) }
	return lf.gather != nil || speaks(lf.value) || slices.ContainsFunc(slices.Concat(lf.where, lf.and, lf.parts, slices.Collect(maps.Values(lf.dims))), speaks)
}

// Changed says whether any figure is other than it was reported.
func (r *Revision) Changed() bool {
	return slices.ContainsFunc(r.Points, func(p Revised) bool {
		return (p.Reported == nil) != (p.Now == nil) || p.Difference != nil && *p.Difference != 0
	})
}

// Revision asks q as of the moment it was reported, and now. The rows that were live then are still
// there, so nothing was copied when it was reported.
func (e *Engine) Revision(ctx context.Context, q Query, reportedAt time.Time) (*Revision, error) {
	if reportedAt.IsZero() {
		return nil, Refuse("对照已报要有上报的时刻", "a revision needs the moment of the report")
	}
	q.AsOf = reportedAt
	then, err := e.Run(ctx, q)
	if err != nil {
		return nil, err
	}
	q.AsOf = time.Time{}
	// The report could not know of later days: compare what it spoke for.
	now, err := e.Run(ctx, q)
	if err != nil {
		return nil, err
	}
	r := &Revision{Metric: now.Metric, ReportedAt: reportedAt}
	type where struct {
		from days.Day
		keys string
	}
	at := map[where]int{}
	for _, p := range now.Points {
		at[where{p.From, joinKeys(p.Keys)}] = len(r.Points)
		r.Points = append(r.Points, Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, Now: p.Value, WhyNow: p.Why, WhyReported: WhyNoData})
	}
	for _, p := range then.Points {
		i, ok := at[where{p.From, joinKeys(p.Keys)}]
		if !ok {
			i = len(r.Points)
			r.Points = append(r.Points, Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, WhyNow: WhyNoRows})
		}
		v := &r.Points[i]
		if v.Reported, v.WhyReported = p.Value, p.Why; v.Reported != nil && v.Now != nil {
			d := *v.Now - *v.Reported
			v.Difference = &d
		}
	}
	all, err := e.moved(ctx, append(now.Metric.Datasets(), now.Metric.lookups...), reportedAt)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if slices.ContainsFunc(r.Points, func(p Revised) bool { return q.Window != days.NoWindow || m.Touches(now.Metric, p.From, p.To) }) {
			r.Moved = append(r.Moved, m)
		}
	}
	return r, nil
}

const movedSQL = `-- Which submissions of these datasets were published or withdrawn after a moment, and which days has their unit told of?
select
    dataset,
    unit,
    batch,
    state,
    file,
    sender,
    period,
    loaded,
    toUnixTimestamp64Micro(at) as moment,
    toString(ifNull(first, toDate32('1970-01-01'))) as first,
    toString(ifNull(last, toDate32('1970-01-01'))) as last
from meta.ledger
left join
(
    select
        dataset,
        unit,
        min(min_date) as first,
        max(max_date) as last
    from meta.ledger
    where
        state = 'published'
        and dataset in {datasets:Array(String)}
    group by
        dataset,
        unit
) as told using (dataset, unit)
where
    state in ('published', 'withdrawn')
    and at > {at:DateTime64(6, 'UTC')}
    and dataset in {datasets:Array(String)}
order by seq`

func (e *Engine) moved(ctx context.Context, datasets []string, since time.Time) ([]Moved, error) {
	rows, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
		Unit    string `db:"unit"`
		Batch   uint32 `db:"batch"`
		State   string `db:"state"`
		File    string `db:"file"`
		Sender  string `db:"sender"`
		Period  string `db:"period"`
		Loaded  uint64 `db:"loaded"`
		Moment  int64  `db:"moment"` // microseconds since 1970
		First   string `db:"first"`
		Last    string `db:"last"`
	}](ctx, e.DB, warehouse.Statement{SQL: movedSQL, Tag: "metric.moved", Params: map[string]string{
		"at": since.UTC().Format("2006-01-02 15:04:05.000000"), "datasets": warehouse.Strings(datasets),
	}})
	var list []Moved
	for _, r := range rows {
		m := Moved{Dataset: r.Dataset, Unit: r.Unit, Batch: r.Batch, State: r.State, File: r.File, Sender: r.Sender, Period: r.Period, Rows: r.Loaded, At: time.UnixMicro(r.Moment).UTC()}
		for to, text := range map[*days.Day]string{&m.First: r.First, &m.Last: r.Last} {
			if d, err := ParseDay(text); err == nil && d.Unix() != 0 {
				*to = d
			}
		}
		list = append(list, m)
	}
	return list, err
}
