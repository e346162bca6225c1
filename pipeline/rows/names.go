package rows

import (
	"regexp"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// names are those of rows that are data though they read like totals; nil: none are declared.
type names []*regexp.Regexp

func newNames(ds *dataset.Dataset) (n names) {
	for _, t := range ds.NotTotals {
		p, ok := strings.CutPrefix(t, "~")
		if !ok {
			p = "^" + regexp.QuoteMeta(cell.Trim(t)) + "$"
		}
		n = append(n, regexp.MustCompile(p)) // it was checked where it is declared
	}
	return n
}

// has reports whether one of some cells of a row holds such a name.
func (n names) has(row *source.Row, at []int) bool {
	for _, i := range at {
		if i >= len(row.Cells) || !row.Cells[i].Filled() {
			continue
		}
		text := cell.Trim(row.Cells[i].Text)
		for _, re := range n {
			if re.MatchString(text) {
				return true
			}
		}
	}
	return false
}
