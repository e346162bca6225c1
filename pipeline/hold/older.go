package hold

import (
	"fmt"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
)

// Older holds back a file that would take the place of a later one, by the periods that their names say: the correction of May's
// list beside June's, where each list replaces the one before. One that names no period, or the same, says nothing.
func Older(file, live string) []check.Failure {
	p, q := filename.Parse(file).Period, filename.Parse(live).Period
	if p.IsZero() || q.IsZero() || !p.From.Before(q.From) || !p.To.Before(q.To) {
		return nil
	}
	return []check.Failure{{
		Name: "older", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("是 %s 的，而在用的 %s 是 %s 的：会用旧的替换新的", p.Zh(), live, q.Zh()),
			En: fmt.Sprintf("it is of %s, and %s, which is in use, of %s: the older would take the place of the newer", p, live, q),
		},
		Remedy: codes.Text{
			Zh: "把改动补进最新一期的表再报送；确实要用这份旧的，请操作员用 yanzhen accept 发布", En: "put what changed into the table of the latest period and send that; if the older is meant, have an operator publish it (yanzhen accept)",
		},
	}}
}
