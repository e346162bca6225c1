package delimited

import (
	"fmt"

	"yanzhen/pipeline/codes"
)

// Below holds the first rows against a heading that has another number of cells than most of them.
type Below struct {
	Heading      int // its row
	Cells, Usual int // of the heading, and of most rows
	last         int // cells of the row before
	from         int // the first row of the usual size, below some of the heading's
	ends, beyond bool
}

// Add takes a row.
func (b *Below) Add(number int, cells []string) {
	if number <= b.Heading {
		return
	}
	switch n := len(cells); {
	case n == b.Cells:
		b.ends = true
	case n > b.Cells && !blank(cells[b.Cells:]):
		b.beyond = true
	}
	if b.from == 0 && b.last == b.Cells && len(cells) == b.Usual {
		b.from = number
	}
	b.last = len(cells)
}

// Overflow reports whether rows have filled cells beyond the heading while others end where it does: then it is the rows
// that hold a separator too many (1,234), however many they are.
func (b *Below) Overflow() bool { return b.Cells > 0 && b.ends && b.beyond }

// Told says that the heading has not as many cells as the rows, and where those begin if some above them have.
func (b *Below) Told() codes.Text {
	t := codes.Text{
		Zh: fmt.Sprintf("第 %d 行的表头有 %d 格（空格子也算），下面的行是 %d 格", b.Heading, b.Cells, b.Usual),
		En: fmt.Sprintf("the header in row %d has %d cells, blank ones counted, where the rows below have %d", b.Heading, b.Cells, b.Usual),
	}
	if b.from > 0 {
		t.Zh += fmt.Sprintf("（第 %d 行起；若是另一张表，请单独报送）", b.from)
		t.En += fmt.Sprintf(" (from row %d on; another table is sent by itself)", b.from)
	}
	return t
}

// OneCell refuses a text each line of which is one cell that holds separators.
func OneCell(row int) *Refusal {
	return refuse("header", row, codes.Text{
		Zh: fmt.Sprintf("第 %d 行整行只是一格，格里却有分隔符：每一行像是整个放进了一对引号，或者用别的字符分隔", row),
		En: fmt.Sprintf("line %d is one cell that holds separators: each line seems to stand between quotes as a whole, or another character parts the cells", row),
	}, codes.Text{
		Zh: "去掉每行首尾的引号后重新报送；用别的字符分隔的，在数据集里声明 text: {delimiter: …}",
		En: "take off the quotes around each line and send the file again, or declare text: {delimiter: ...} in the dataset",
	})
}
