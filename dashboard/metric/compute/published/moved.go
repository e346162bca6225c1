package published

import (
	"context"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

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

// Moved are the submissions of some datasets that were published or withdrawn after a moment, oldest first. The panels of a
// page that is compared with a report ask for the same ones: they are read once for each last word of the ledger.
func (m *Memory) Moved(ctx context.Context, of Source, datasets []string, since time.Time) ([]metric.Moved, error) {
	last, err := m.lastWord(ctx, of)
	if err != nil {
		return nil, err
	}
	return m.moved.Of(ctx, last, since.String()+" "+strings.Join(datasets, " "), func(ctx context.Context) ([]metric.Moved, error) {
		return of.moved(ctx, datasets, since)
	})
}

func (s Source) moved(ctx context.Context, datasets []string, since time.Time) ([]metric.Moved, error) {
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
	}](ctx, s.DB, warehouse.Statement{SQL: movedSQL, Tag: "metric.moved", Params: map[string]string{
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
