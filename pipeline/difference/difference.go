// Package difference says what becomes of the rows that a unit shows where one batch stands in the place of another: how many
// are added, removed, changed, and which control sums move. It compares what lies in the table and changes nothing.
package difference

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/hold"
	"yanzhen/pipeline/warehouse"
)

// Rows is what a submission does to the rows of its unit that were live before. Rows are held
// against each other by the dataset's key; where it has none, or the key repeats, as whole rows.
type Rows struct {
	Added   uint64 // rows that were not there
	Removed uint64 // rows that are no more
	Changed uint64 // rows of the same key with other values
	Kept    uint64
	Sums    []Sum // of the numeric columns whose sum is another, in order of name
}

// Sum is the control sum of a column before and after.
type Sum struct {
	Column        codes.Text
	Before, After float64
}

// Text says in a sentence what was replaced; empty where nothing was there before.
func (r Rows) Text(before uint64) codes.Text {
	if before == 0 {
		return codes.Text{}
	}
	t := r.Counts()
	return codes.Text{Zh: fmt.Sprintf("替换了原有的 %d 行：", before) + t.Zh, En: fmt.Sprintf("replaces %d rows: ", before) + t.En}
}

// Counts says how many rows became what, and which sums moved.
func (r Rows) Counts() codes.Text {
	zh := fmt.Sprintf("新增 %d，删除 %d，改动 %d，未变 %d", r.Added, r.Removed, r.Changed, r.Kept)
	en := fmt.Sprintf("%d added, %d removed, %d changed, %d as before", r.Added, r.Removed, r.Changed, r.Kept)
	const most = 5 // sums told in a sentence
	for i, s := range r.Sums {
		if i == most {
			zh += fmt.Sprintf("，另有 %d 列合计有变", len(r.Sums)-most)
			en += fmt.Sprintf(", and the sums of %d more columns", len(r.Sums)-most)
			break
		}
		from, to := strconv.FormatFloat(s.Before, 'f', -1, 64), strconv.FormatFloat(s.After, 'f', -1, 64)
		zh += "；" + s.Column.Zh + "合计 " + from + " → " + to
		en += "; sum of " + s.Column.In(codes.En) + " " + from + " → " + to
	}
	return codes.Text{Zh: zh, En: en}
}

// Of says what becomes of the rows of one batch where another stands in its place. The sums are those of the ledger.
func Of(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, batches [2]uint32, sums [2]string) (r Rows, err error) {
	var before, after map[string]float64
	if json.Unmarshal([]byte(sums[0]), &before) == nil && json.Unmarshal([]byte(sums[1]), &after) == nil {
		for i := range ds.Columns {
			c := &ds.Columns[i]
			if was, ok := before[c.Name]; ok && numeric(c) && was != after[c.Name] {
				r.Sums = append(r.Sums, Sum{c.Title, was, after[c.Name]})
			}
		}
		sort.SliceStable(r.Sums, func(i, j int) bool { return r.Sums[i].Column.Zh < r.Sums[j].Column.Zh })
	}
	row := hold.RowHash(ds, nil)
	key := row
	if len(ds.Key) > 0 {
		key = hold.RowHash(ds, ds.Key)
	}
	got, err := warehouse.Select[struct {
		Added   uint64 `db:"added"`
		Removed uint64 `db:"removed"`
		Changed uint64 `db:"changed"`
		Kept    uint64 `db:"kept"`
	}](ctx, db, warehouse.Statement{
		Tag: "batch.compare",
		SQL: `select
    sum(if(now > was, now - was, 0)) as added,
    sum(if(was > now, was - now, 0)) as removed,
    sumIf(least(was, now), of_now != of_was) as changed,
    sumIf(least(was, now), of_now = of_was) as kept
from
(
    select
        countIf(_batch = {now:UInt32}) as now,
        countIf(_batch = {was:UInt32}) as was,
        sumIf(value, _batch = {now:UInt32}) as of_now,
        sumIf(value, _batch = {was:UInt32}) as of_was
    from (select _batch, ` + key + ` as k, ` + row + ` as value from ` + ds.Table() + ` where _batch in ({now:UInt32}, {was:UInt32}))
    group by k
)`,
		Params: map[string]string{"now": fmt.Sprint(batches[1]), "was": fmt.Sprint(batches[0])},
	})
	for _, g := range got {
		r.Added, r.Removed, r.Changed, r.Kept = g.Added, g.Removed, g.Changed, g.Kept
	}
	return r, err
}

// numeric reports whether a sum over the column says something to people.
func numeric(c *dataset.Column) bool {
	switch c.Type {
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Float64:
		return true
	}
	return false
}

// Sums are control sums by column as the ledger has them.
func Sums(sums map[string]float64) string {
	b, err := json.Marshal(sums)
	if err != nil { // a NaN or an infinity, which batch lets through nowhere
		return fmt.Sprintf("%q", err)
	}
	return string(b)
}
