package hold

import (
	"fmt"
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// mostTotals is how many totals of a check are told one by one.
const mostTotals = 3

// Totals says which declared checks of totals a file breaks: a row of totals states another sum than its rows come to.
func Totals(ds *dataset.Dataset, a *account.Account) (out []check.Failure) {
	for _, c := range ds.SetChecks {
		f := check.Failure{Name: c.Name, Hold: c.Action != "warn", Reason: c.Reason, Remedy: codes.Text{
			Zh: "与报送人核对合计与明细，改正后重新报送；合计有误而明细无误，请操作员用 yanzhen accept 发布", En: "compare the total with its rows together with the sender and send the file again; if only the total is wrong, have an operator publish it (yanzhen accept)",
		}}
		n := 0
		for _, u := range a.Unsummed {
			if !slices.Contains(c.Totals, u.Column) {
				continue
			}
			if n++; n <= mostTotals {
				f.Reason.Zh += "；" + u.Zh
				f.Reason.En += "; " + u.En
			}
		}
		if n > mostTotals {
			f.Reason.Zh += fmt.Sprintf("；共 %d 处", n)
			f.Reason.En += fmt.Sprintf("; %d in all", n)
		}
		if n > 0 {
			out = append(out, f)
		}
	}
	return out
}

// doubled holds back a file of which rows were read as data that are sums of others: 一、工业 above its firms, a last
// row without a name.
func doubled(a *account.Account) []check.Failure {
	if len(a.Doubled) == 0 {
		return nil
	}
	f := check.Failure{Name: "counts_twice", Hold: true, Remedy: codes.Text{
		Zh: "删去这些行或写明“小计”“合计”后重新报送；确实是数据，请操作员用 yanzhen accept 发布", En: "delete these rows or call them 小计 or 合计 and send the file again; if they are data, have an operator publish it (yanzhen accept)",
	}}
	f.Reason = first(a.Doubled, codes.Text{Zh: "；共 %d 行", En: "; %d rows in all"})
	return []check.Failure{f}
}

// opposed holds back a file of which a column that is not read, a remark or a title says that rows are no such fact: 作废,
// 已离职, 未报到, 拟引进.
func opposed(a *account.Account) []check.Failure {
	if len(a.Against) == 0 {
		return nil
	}
	f := check.Failure{Name: "against", Hold: true, Remedy: codes.Text{
		Zh: "删去这些行（或写进它们应在的表）后重新报送；确应计入，请操作员用 yanzhen accept 发布，总是如此的，在数据集里写 against", En: "delete these rows, or put them where they belong, and send the file again; if they are to count, have an operator publish it (yanzhen accept), and where that is always so write against in the dataset",
	}}
	f.Reason = first(a.Against, codes.Text{Zh: "；共 %d 处", En: "; %d in all"})
	return []check.Failure{f}
}

// first says the first of several places, and how many there are where those are not all.
func first(places []codes.Text, of codes.Text) (out codes.Text) {
	for i, t := range places {
		if i == mostTotals {
			out.Zh += fmt.Sprintf(of.Zh, len(places))
			out.En += fmt.Sprintf(of.En, len(places))
			break
		}
		if i > 0 {
			out.Zh, out.En = out.Zh+"；", out.En+"; "
		}
		out.Zh, out.En = out.Zh+t.Zh, out.En+t.En
	}
	return out
}
