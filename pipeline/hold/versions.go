package hold

import (
	"cmp"
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

// Elsewhere holds back a file whose rows count already in other live units, by their keys; where they have none, by the rows themselves
// and by what the files are called.
func Elsewhere(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, now Unit, others []Unit) ([]check.Failure, error) {
	if len(ds.Key) > 0 {
		return Keys(ctx, db, ds, now.Batch, others)
	}
	return Versions(ctx, db, ds, now, others)
}

const (
	versionRows  = 4096 // so many rows of a file are compared, its first, so that a large one costs no more than a small one
	versionLeast = 3    // two rows may be the same of two files that are not
	versionUnits = 64   // with so many live units, those that came last
)

// Versions holds back a file that is another version of one that is published: of a dataset whose files or parts stand beside each
// other and whose rows have no key, see Keys. Of units of a period only those of the same one are looked at. It is one by its name
// (名单终稿 beside 名单), where half of the rows of that one stand in it; under whatever name, where more than half of the rows of both are
// the same, three at least, each standing once in its file (what is said twice in a file, as answers of a survey are, says nothing), and
// the names do not tell two periods apart. The database is asked only where a live unit comes into question by size and days.
func Versions(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, now Unit, others []Unit) ([]check.Failure, error) {
	if !slices.Contains(ds.Unit, "file") && !slices.Contains(ds.Unit, "part") {
		return nil, nil
	}
	stem := filename.Stem(now.File)
	var named, near []Unit
	for _, u := range others {
		switch {
		case u.File == now.File || u.Period != now.Period && slices.Contains(ds.Unit, "period") || u.Sender != "" && now.Sender != "" && u.Sender != now.Sender:
		case stem != "" && filename.Stem(u.File) == stem:
			named = append(named, u)
		case u.Rows < 2*now.Rows && now.Rows < 2*u.Rows && !apart(ds, now, u):
			near = append(near, u)
		}
	}
	slices.SortFunc(near, func(a, b Unit) int { return cmp.Compare(b.Batch, a.Batch) })
	got, err := repeated(ctx, db, ds, now, named)
	if err == nil && len(got) == 0 {
		got, err = common(ctx, db, ds, now, near[:min(len(near), versionUnits)])
	}
	if err != nil || len(got) == 0 {
		return nil, err
	}
	old := others[slices.IndexFunc(others, func(u Unit) bool { return u.Batch == got[0].Batch })]
	by := codes.Text{Zh: "看来是已发布的", En: "this seems to be another version of"}
	if slices.ContainsFunc(named, func(u Unit) bool { return u.Batch == old.Batch }) {
		by = codes.Text{Zh: "按文件名是已发布的", En: "by its name this is another version of"}
	}
	return []check.Failure{{
		Name: "version_elsewhere", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("%s %s 的另一稿，它的 %d 行里有 %d 行本文件也有，会各计一次：是替换旧文件，还是都要？", by.Zh, old.File, got[0].Rows, got[0].Same),
			En: fmt.Sprintf("%s %s, which is published: %d of its %d rows stand in this file too and would count beside them. Does it replace the old file, or are both meant?", by.En, old.File, got[0].Same, got[0].Rows),
		},
		Remedy: codes.Text{
			Zh: fmt.Sprintf("告诉操作员是哪一种。替换：操作员先用 yanzhen rollback %s '%s' --withdraw 撤回旧文件，再用 yanzhen accept 发布这一份；都要：操作员直接用 yanzhen accept 发布；同一张表请一直用同一个文件名", ds.Name, old.Name),
			En: fmt.Sprintf("tell an operator which. To replace it, the operator takes the old file back with yanzhen rollback %s '%s' --withdraw and publishes this one with yanzhen accept; to keep both, the operator publishes this one (yanzhen accept). Send a table under one name always", ds.Name, old.Name),
		},
	}}, nil
}

// apart reports whether two files tell of two periods: by their days, by what they were sent for, or, of a dataset that does not
// declare which column the period is, by their names. Days in names part nothing: they may say when a table was saved.
func apart(ds *dataset.Dataset, a, b Unit) bool {
	if !a.From.IsZero() && !b.From.IsZero() && (a.To.Before(b.From) || b.To.Before(a.From)) {
		return true
	}
	if ds.Period != nil && !a.From.IsZero() && !b.From.IsZero() {
		return false
	}
	return filename.OtherMonth(a.File, b.File)
}

// repeat is how many rows of a live batch stand in the file.
type repeat struct {
	Batch uint32 `db:"batch"`
	Rows  uint64 `db:"n"`
	Same  uint64 `db:"same"`
}

// repeated finds the unit most of whose rows stand in the file, of those half of whose rows do.
func repeated(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, now Unit, others []Unit) ([]repeat, error) {
	if len(others) == 0 {
		return nil, nil
	}
	var inside []string // the name of the file is another in every row
	for i := range ds.Columns {
		if !strings.HasPrefix(ds.Columns[i].Of, "_") {
			inside = append(inside, ds.Columns[i].Name)
		}
	}
	row := RowHash(ds, inside)
	return warehouse.Select[repeat](ctx, db, warehouse.Statement{
		Tag: "hold.versions",
		SQL: "select _batch as batch, count() as n, countIf(" + row + " in (select " + row + " from " + ds.Table() + " where _batch = {now:UInt32})) as same from " + ds.Table() +
			" where _batch in (" + batches(others) + ") group by _batch having same * 2 >= n order by same desc, _batch limit 1",
		Params: map[string]string{"now": fmt.Sprint(now.Batch)},
	})
}

// common finds the unit that has more than half of its rows and of the file's in common with it.
func common(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, now Unit, others []Unit) ([]repeat, error) {
	if len(others) == 0 {
		return nil, nil
	}
	var inside []string
	for i := range ds.Columns {
		if c := &ds.Columns[i]; !strings.HasPrefix(c.Of, "_") || c.ReadsName() || c.Match != "" {
			inside = append(inside, c.Name)
		}
	}
	row := RowHash(ds, inside)
	got, err := warehouse.Select[repeat](ctx, db, warehouse.Statement{
		Tag: "hold.same",
		SQL: "select batch, count() as same, toUInt64(0) as n from (select _batch as batch, " + row + " as h from " + ds.Table() + " where _batch in (" + batches(others) + ") and _row <= {rows:UInt32} * 2 group by batch, h having count() = 1)" +
			" where h in (select " + row + " as h from " + ds.Table() + " where _batch = {now:UInt32} and _row <= {rows:UInt32} group by h having count() = 1) group by batch having same >= {least:UInt32} order by same desc, batch limit 20",
		Params: map[string]string{"now": fmt.Sprint(now.Batch), "rows": fmt.Sprint(versionRows), "least": fmt.Sprint(versionLeast)},
	})
	got = slices.DeleteFunc(got, func(r repeat) bool {
		old := others[slices.IndexFunc(others, func(u Unit) bool { return u.Batch == r.Batch })]
		return r.Same*2 <= min(max(old.Rows, now.Rows), versionRows)
	})
	for i := range got {
		old := others[slices.IndexFunc(others, func(u Unit) bool { return u.Batch == got[i].Batch })]
		got[i].Rows = min(old.Rows, 2*versionRows)
	}
	return got, err
}

func batches(units []Unit) string {
	list := make([]string, len(units))
	for i, u := range units {
		list[i] = fmt.Sprint(u.Batch)
	}
	return strings.Join(list, ", ")
}
