package remarks

import (
	"fmt"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/units"
)

// Against is the rule of a note on a remark that says that the cell it is written on is not to be taken as it stands.
const Against = "remark_against"

// shown is how many remarks of a sheet are told by their text.
const shown = 10

// Note is what is told of remarks: of one on a row, or of all others.
type Note struct {
	Rule       string
	Row, Count int
	codes.Text
}

// Hear says what is to be told of the remarks on cells of a table whose header stands in some rows. The unit that one on a
// heading gives becomes a part of that heading.
func Hear(list []Remark, header []string, first, last int) (notes []Note) {
	var told []string
	heard := 0
	for _, r := range list {
		column, row := place(r.At)
		if column < 0 {
			continue
		}
		text := account.Shown(r.Text)
		if row >= first && row <= last && column < len(header) && header[column] != "" {
			found, odd := units.Line(r.Text)
			if _, has, _ := units.Heading(header[column]); len(found) == 1 && len(odd) == 0 && len(has) == 0 {
				header[column] += "（" + found[0] + "）"
				notes = append(notes, Note{"remark_unit", row, 1, codes.Text{
					Zh: fmt.Sprintf("%s 的批注“%s”给出了这一列的单位，按它读取", r.At, text),
					En: fmt.Sprintf("the comment on %s (%s) gives the unit of its column, which was read by it", r.At, text),
				}})
				heard++
				continue
			}
		}
		if row > last && contrary.Speaks(r.Text) {
			notes = append(notes, Note{Against, row, 1, codes.Text{
				Zh: fmt.Sprintf("%s 的批注“%s”说这一格或这一行不该照样计入，仍按数据读取", r.At, text),
				En: fmt.Sprintf("the comment on %s (%s) says that the cell or its row is not to count as it stands; it was read as data", r.At, text),
			}})
			heard++
			continue
		}
		if len(told) < shown {
			told = append(told, r.At+" “"+text+"”")
		}
	}
	if len(told) > 0 {
		notes = append(notes, Note{"remark", 0, len(list) - heard, codes.Text{
			Zh: fmt.Sprintf("%d 条批注没有读取：%s", len(list)-heard, strings.Join(told, "、")),
			En: fmt.Sprintf("%d comments were not read: %s", len(list)-heard, strings.Join(told, ", ")),
		}})
	}
	return notes
}

// place reads B3: column 1, row 3; -1: it is none.
func place(at string) (column, row int) {
	letters := strings.TrimRight(at, "0123456789")
	row, err := strconv.Atoi(at[len(letters):])
	if err != nil || letters == "" || len(letters) > 3 {
		return -1, 0
	}
	for _, r := range letters {
		if r < 'A' || r > 'Z' {
			return -1, 0
		}
		column = column*26 + int(r-'A') + 1
	}
	return column - 1, row
}
