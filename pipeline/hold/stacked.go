package hold

import (
	"fmt"
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sheets"
)

// stacked holds back a file of which a table stands below another and would count beside it: its titles say that it is of
// another period, or its rows are those above with other figures.
func stacked(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) []check.Failure {
	var all []codes.Text
	if a != nil {
		all = slices.Clone(a.Stacked)
	}
	for n := range tables {
		t := &tables[n]
		for i := range n {
			first := &tables[i]
			if len(all) > 0 || t.Header == 0 || first.Sheet != t.Sheet || t.Partial || first.Partial || t.Rows < 2 {
				continue
			}
			if t.Alike[i]*5 >= t.Rows*4 && t.Again[i]*2 < t.Rows && !sameSums(ds, t, first) {
				all = append(all, codes.Text{
					Zh: fmt.Sprintf("%s的 %d 行里有 %d 行与前面的表是同样的行，只是数不同，像是另一期或另一稿，会重复计数", placed(t), t.Rows, t.Alike[i]),
					En: fmt.Sprintf("of the %d rows of %s %d are those of the table above it with other figures: it looks like another period or version and would count twice", t.Rows, t.Place().En, t.Alike[i]),
				})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return []check.Failure{{
		Name: "tables_stacked", Hold: true, Reason: first(all, codes.Text{Zh: "；共 %d 处", En: "; %d in all"}),
		Remedy: codes.Text{
			Zh: "一期一张表、一个文件，期间写在文件名或日期列里，重新报送；确应一并计入，请操作员用 yanzhen accept 发布", En: "send one table a file, with its period in the file's name or in a column of days; if all rows are to count together, have an operator publish it (yanzhen accept)",
		},
	}}
}

// placed is where a table stands, in front of what is said of it.
func placed(t *sheets.Table) string { return "“" + t.Place().Zh + "”" }
