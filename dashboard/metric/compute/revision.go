package compute

import (
	"context"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Revision asks q as of the moment it was reported, and now. The rows that were live then are still
// there, so nothing was copied when it was reported.
func (e *Engine) Revision(ctx context.Context, q metric.Query, reportedAt time.Time) (*metric.Revision, error) {
	if reportedAt.IsZero() {
		return nil, metric.Refuse("对照已报要有上报的时刻", "a revision needs the moment of the report")
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
	r := &metric.Revision{Metric: now.Metric, ReportedAt: reportedAt}
	type where struct {
		from days.Day
		keys string
	}
	at := map[where]int{}
	for _, p := range now.Points {
		at[where{p.From, joinKeys(p.Keys)}] = len(r.Points)
		r.Points = append(r.Points, metric.Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, Now: p.Value, WhyNow: p.Why, WhyReported: metric.WhyNoData})
	}
	for _, p := range then.Points {
		i, ok := at[where{p.From, joinKeys(p.Keys)}]
		if !ok {
			i = len(r.Points)
			r.Points = append(r.Points, metric.Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, WhyNow: metric.WhyNoRows})
		}
		v := &r.Points[i]
		if v.Reported, v.WhyReported = p.Value, p.Why; v.Reported != nil && v.Now != nil {
			d := metric.Less(*v.Now, *v.Reported)
			v.Difference = &d
		}
	}
	if v := e.Viewer(ctx); !v.Whole() {
		return r, nil // what moved are files, of others too
	}
	all, err := e.moved(ctx, append(now.Metric.Datasets(), now.Metric.Lookups()...), reportedAt)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if slices.ContainsFunc(r.Points, func(p metric.Revised) bool { return q.Window != days.NoWindow || m.Touches(now.Metric, p.From, p.To) }) {
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
) as days using (dataset, unit)
where
    state in ('published', 'withdrawn')
    and at > {at:DateTime64(6, 'UTC')}
    and dataset in {datasets:Array(String)}
order by seq`

func (e *Engine) moved(ctx context.Context, datasets []string, since time.Time) ([]metric.Moved, error) {
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
	var list []metric.Moved
	for _, r := range rows {
		m := metric.Moved{Dataset: r.Dataset, Unit: r.Unit, Batch: r.Batch, State: r.State, File: r.File, Sender: r.Sender, Period: r.Period, Rows: r.Loaded, At: time.UnixMicro(r.Moment).UTC()}
		for to, text := range map[*days.Day]string{&m.First: r.First, &m.Last: r.Last} {
			if d, err := metric.ParseDay(text); err == nil && d.Unix() != 0 {
				*to = d
			}
		}
		list = append(list, m)
	}
	return list, err
}
