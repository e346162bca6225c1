package hold

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/warehouse"
)

// Elsewhere holds back a file whose rows count already in other live units, by their keys or by what the files are called.
func Elsewhere(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, number uint32, file, period string, others []Unit) ([]check.Failure, error) {
	if len(ds.Key) > 0 {
		return Keys(ctx, db, ds, number, others)
	}
	return Versions(ctx, db, ds, number, file, period, others)
}

// Versions holds back a file that is called a version of one that is published (名单终稿 beside 名单, 北片更新 beside 北片), where half
// of the rows of that one stand in it unchanged: of a dataset whose files or parts stand beside each other and whose rows have no key,
// see Keys. Of units of a period only those of the same one are looked at. The database is asked only where two names differ in such words alone.
func Versions(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, number uint32, file, period string, others []Unit) ([]check.Failure, error) {
	if !slices.Contains(ds.Unit, "file") && !slices.Contains(ds.Unit, "part") {
		return nil, nil
	}
	stem := filename.Stem(file)
	var batches []string
	for _, u := range others {
		if stem != "" && u.File != file && (u.Period == period || !slices.Contains(ds.Unit, "period")) && filename.Stem(u.File) == stem {
			batches = append(batches, fmt.Sprint(u.Batch))
		}
	}
	if len(batches) == 0 {
		return nil, nil
	}
	var inside []string // the name of the file is another in every row
	for i := range ds.Columns {
		if !strings.HasPrefix(ds.Columns[i].Of, "_") {
			inside = append(inside, ds.Columns[i].Name)
		}
	}
	row := RowHash(ds, inside)
	got, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
		Rows  uint64 `db:"n"`
		Same  uint64 `db:"same"`
	}](ctx, db, warehouse.Statement{
		Tag: "hold.versions",
		SQL: "select _batch as batch, count() as n, countIf(" + row + " in (select " + row + " from " + ds.Table() + " where _batch = {now:UInt32})) as same from " + ds.Table() +
			" where _batch in (" + strings.Join(batches, ", ") + ") group by _batch having same * 2 >= n order by same desc, _batch limit 1",
		Params: map[string]string{"now": fmt.Sprint(number)},
	})
	if err != nil || len(got) == 0 {
		return nil, err
	}
	old := others[slices.IndexFunc(others, func(u Unit) bool { return u.Batch == got[0].Batch })]
	return []check.Failure{{
		Name: "version_elsewhere", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("按文件名是已发布的 %s 的另一稿，它的 %d 行里有 %d 行本文件也有，会各计一次：是替换旧文件，还是都要？", old.File, got[0].Rows, got[0].Same),
			En: fmt.Sprintf("by its name this is another version of %s, which is published: %d of its %d rows stand in this file too and would count beside them. Does it replace the old file, or are both meant?", old.File, got[0].Same, got[0].Rows),
		},
		Remedy: codes.Text{
			Zh: fmt.Sprintf("告诉操作员是哪一种。替换：操作员先用 yanzhen rollback %s '%s' --withdraw 撤回旧文件，再用 yanzhen accept 发布这一份；都要：操作员直接用 yanzhen accept 发布；同一张表请一直用同一个文件名", ds.Name, old.Name),
			En: fmt.Sprintf("tell an operator which. To replace it, the operator takes the old file back with yanzhen rollback %s '%s' --withdraw and publishes this one with yanzhen accept; to keep both, the operator publishes this one (yanzhen accept). Send a table under one name always", ds.Name, old.Name),
		},
	}}, nil
}
