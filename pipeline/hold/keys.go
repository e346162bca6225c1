package hold

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Unit is a live unit of a dataset: what a hidden batch may repeat; or that batch.
type Unit struct {
	Name, File, Period string
	Sender             string
	Batch              uint32
	Rows               uint64
	From, To           time.Time // the first and the last day of its rows; zero: they have none
}

// Keys holds back a file whose rows have keys that stand in other live units: the same table under another name, or a
// row sent for two periods, would count twice. others are those that the file does not replace; of a dataset that is
// sent by senders, those of the same sender, for two senders may know the same person.
func Keys(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, number uint32, others []Unit) ([]check.Failure, error) {
	apart := ds.Period != nil && slices.Contains(ds.Unit, "period") && slices.Contains(ds.Key, ds.Period.Column) && !slices.Contains(ds.Unit, "part")
	if len(ds.Key) == 0 || len(others) == 0 || apart { // rows of two periods cannot have one key
		return nil, nil
	}
	key, whole := RowHash(ds, ds.Key), ""
	for _, name := range ds.Key {
		if ds.Column(name).Nullable() {
			whole += " and `" + name + "` is not null" // what has no value is not the same
		}
	}
	got, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
		Rows  uint64 `db:"n"`
		At    string `db:"at"`
	}](ctx, db, warehouse.Statement{
		Tag: "hold.keys",
		SQL: "select _batch as batch, count() as n, toString(min(_row)) as at from " + ds.Table() + " where _batch in (" + batches(others) + ")" + whole + " and " + key +
			" in (select " + key + " from " + ds.Table() + " where _batch = {now:UInt32}" + whole + ") group by _batch order by n desc, _batch limit 20",
		Params: map[string]string{"now": fmt.Sprint(number)},
	})
	if err != nil || len(got) == 0 {
		return nil, err
	}
	var rows uint64
	var names []string
	first := ""
	for _, g := range got {
		rows += g.Rows
		i := slices.IndexFunc(others, func(u Unit) bool { return u.Batch == g.Batch })
		if names = append(names, others[i].File); first == "" {
			first = others[i].Name
		}
	}
	titles, columns := make([]string, len(ds.Key)), strings.Join(ds.Key, ", ")
	for i, name := range ds.Key {
		titles[i] = ds.Column(name).Title.Zh
	}
	remedy := codes.Text{
		Zh: "；同一张表请一直用同一个文件名", En: ". Send a table under one name always",
	}
	if !slices.Contains(ds.Unit, "file") {
		remedy = codes.Text{Zh: "；更正以前报过的行，请按原来的期间重新报送", En: ". To correct rows that were sent before, send the file of their period again"}
	}
	return []check.Failure{{
		Name: "key_elsewhere", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("已发布的 %s 里有 %d 行与本文件的“%s”相同，两份会各计一次：是替换旧文件，还是都要？", strings.Join(names, "、"), rows, strings.Join(titles, "、")),
			En: fmt.Sprintf("%d rows of %s, which is published, have the same %s as rows of this file, and would count beside them: does it replace the old file, or are both meant?", rows, strings.Join(names, ", "), columns),
		},
		Remedy: codes.Text{
			Zh: fmt.Sprintf("告诉操作员是哪一种。替换：操作员先用 yanzhen rollback %s '%s' --withdraw 撤回旧文件，再用 yanzhen accept 发布这一份；都要：操作员直接用 yanzhen accept 发布", ds.Name, first) + remedy.Zh,
			En: fmt.Sprintf("tell an operator which. To replace it, the operator takes the old file back with yanzhen rollback %s '%s' --withdraw and publishes this one with yanzhen accept; to keep both, the operator publishes this one (yanzhen accept)", ds.Name, first) + remedy.En,
		},
	}}, nil
}

// RowHash writes a hash over columns of a row, over all declared ones where none are named, but for those that hold the name of the
// file: a revision has another, and its rows are the same. What is read out of that name counts.
func RowHash(ds *dataset.Dataset, columns []string) string {
	if len(columns) == 0 {
		for i := range ds.Columns {
			if c := &ds.Columns[i]; c.Of != "_file" || c.Match != "" || c.Parse != "" && c.Parse != "trim" {
				columns = append(columns, c.Name)
			}
		}
	}
	parts := make([]string, len(columns))
	for i, name := range columns {
		parts[i] = "toString(`" + name + "`)"
		if c := ds.Column(name); c != nil && c.Nullable() {
			parts[i] = "ifNull(toString(`" + name + "`), '\\0')"
		}
	}
	return "cityHash64(" + strings.Join(parts, ", ") + ", 0)"
}
