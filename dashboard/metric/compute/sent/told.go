package sent

import (
	"context"

	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Row is a number, in SQL, that stands for one row of the ledger with all of it that an answer depends on. Of several rows they are
// taken together by groupBitXor, whatever order they came to be seen in.
const Row = "cityHash64(seq, batch, unit, state, loaded)"

// Told is which days a unit has told of, and what the ledger says of it.
type Told struct {
	Within days.Range // zero: it has rows without a day
	Seq    uint64     // of the last word
	Rows   uint64     // of all of them, see Row
}

// toldSQL asks for the days of every unit that was ever published, and for the words on it.
const toldSQL = `select
    dataset,
    max(seq) as last,
    groupBitXor(` + Row + `) as words,
    min(min_date) as first_day,
    max(max_date) as last_day,
    countIf(state = 'published' and loaded > 0 and (min_date is null or max_date is null)) as dateless
from meta.ledger
where state in ('published', 'withdrawn')
group by
    dataset,
    unit`

// Days are those that the units of each dataset have ever told of.
func Days(ctx context.Context, db warehouse.Querier) (map[string][]Told, error) {
	rows, err := warehouse.Select[struct {
		Dataset  string   `db:"dataset"`
		Last     uint64   `db:"last"`
		Words    uint64   `db:"words"`
		First    days.Day `db:"first_day"`
		LastDay  days.Day `db:"last_day"`
		Dateless uint64   `db:"dateless"`
	}](ctx, db, warehouse.Statement{SQL: toldSQL, Tag: "metric.live"})
	told := map[string][]Told{}
	for _, r := range rows {
		t := Told{Seq: r.Last, Rows: r.Words}
		if r.Dateless == 0 && !r.First.IsZero() {
			t.Within = days.Range{From: r.First, To: r.LastDay.AddDate(0, 0, 1)}
		}
		told[r.Dataset] = append(told[r.Dataset], t)
	}
	return told, err
}
