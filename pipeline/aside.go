package pipeline

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

var reTable = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// PutAside gives the table of a dataset another name, so that Ensure makes one that is as it is declared now. Nothing
// is deleted. It is refused with a *Problem where a unit of the dataset is live, or was at a frozen report date. The
// batches of the dataset count as swept from then on: none of them can be published again.
func (l *Loader) PutAside(ctx context.Context, name string) (kept string, rows uint64, err error) {
	var found uint64 // rows and tables: on a cluster those of the node that answers
	if err := l.DB.Row(ctx, warehouse.Statement{
		Tag: "aside.table", SQL: "select toUInt64(ifNull(sum(total_rows), 0)), count() from system.tables where database = {rows:String} and name = {name:String}",
		Params: map[string]string{"name": name, "rows": l.DB.Rows()},
	}, &rows, &found); err != nil {
		return "", 0, err
	}
	if found == 0 || !reTable.MatchString(name) {
		return "", 0, problem("no_table", fmt.Sprintf("库中没有数据集 %s 的表", name), fmt.Sprintf("there is no table of a dataset %s", name)).
			todo("yanzhen check 列出与声明不同的表", "yanzhen check lists the tables that differ from their declaration")
	}
	live, err := l.Live(ctx, name)
	if err != nil {
		return "", 0, err
	}
	if len(live) > 0 {
		return "", 0, problem("in_use", fmt.Sprintf("数据集 %s 有 %d 个已发布的单元，如 %s", name, len(live), live[0].Unit), fmt.Sprintf("%d units of dataset %s are published, such as %s", len(live), name, live[0].Unit)).
			todo("先用 yanzhen rollback --withdraw 撤回，或用新的数据集名声明", "take them back with yanzhen rollback --withdraw first, or declare the dataset under a new name")
	}
	batches, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
	}](ctx, l.DB, warehouse.Statement{
		Tag: "aside.batches", SQL: "select batch from meta.ledger where dataset = {name:String} group by batch having argMax(state, seq) != 'swept' order by batch", Params: map[string]string{"name": name},
	})
	if err != nil {
		return "", 0, err
	}
	pinned, err := l.pinned(ctx)
	if err != nil {
		return "", 0, err
	}
	for _, b := range batches {
		if pinned[b.Batch] {
			return "", 0, problem("frozen", fmt.Sprintf("封账的数字用到数据集 %s 的第 %d 批", name, b.Batch), fmt.Sprintf("figures of a frozen report date are made of batch %d of dataset %s", b.Batch, name)).
				todo("用新的数据集名声明", "declare the dataset under a new name")
		}
	}
	for _, b := range batches { // first: a batch without its rows must never be published again
		entries, err := l.Entries(ctx, b.Batch)
		if err != nil {
			return "", 0, err
		}
		e := entries[len(entries)-1]
		e.State, e.At, e.Note, e.By = Swept, time.Time{}, "", ""
		if err := l.append(ctx, &e); err != nil {
			return "", 0, err
		}
	}
	kept = name + "_aside_" + l.now().Format("20060102150405")
	for _, sql := range []string{"drop view if exists mart." + name, "rename table store." + name + " to store." + kept} {
		if err := l.change(ctx, "aside."+name, sql); err != nil {
			return "", 0, err
		}
	}
	return "store." + kept, rows, nil
}

// aside reports whether a table is one that was put aside.
func aside(table string) bool { return strings.Contains(table, "_aside_") }
