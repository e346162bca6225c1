package delimited

import (
	"fmt"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// Doubt is what speaks against a record being the row it seems to be.
type Doubt struct {
	Names  []string // it is a heading, which names the columns of the rows below it; nil: it is none
	Rule   string
	Cell   int  // index of the cell it is about; -1: the whole row
	Lines  int  // how many lines of the file it is about
	Moved  bool // its cells may stand in other columns than they belong to
	Lost   bool // what it held cannot be told
	Text   codes.Text
	Remedy codes.Text
}

// uneven says that a row has not the usual number of cells.
func uneven(n, usual, lines int) *Doubt {
	d := &Doubt{
		Rule: "short_row", Cell: -1, Lines: lines + 1, Moved: true,
		Text: codes.Text{
			Zh: fmt.Sprintf("本行有 %d 格（空格子也算），其他行是 %d 格", n, usual),
			En: fmt.Sprintf("the row has %d cells, blank ones counted, where the others have %d", n, usual),
		},
		Remedy: codes.Text{
			Zh: "检查本行是否少了分隔符或漏了引号", En: "look for a separator that is missing, or a quote",
		},
	}
	if n > usual {
		d.Rule, d.Remedy = "long_row", codes.Text{
			Zh: "检查本行是否多了分隔符，或文字里的分隔符没有加引号", En: "look for a separator too many, or one in a text without quotes",
		}
	}
	return d
}

// part says that a row of one cell may belong to the one before it or behind it: a line end stands inside their cell.
func (d *Doubt) part(row int) {
	d.Text.Zh += fmt.Sprintf("；也可能是第 %d 行的末格或第 %d 行的首格里多了换行，那一格不全", row-1, row+1)
	d.Text.En += fmt.Sprintf("; perhaps a line end stands inside the last cell of row %d or the first of row %d, which is not whole then", row-1, row+1)
}

// stray says that a quote stands where none can.
func stray(cell int) *Doubt {
	return &Doubt{
		Rule: "stray_quote", Cell: cell, Lines: 1,
		Text:   codes.Text{Zh: "格子里有不成对的引号，按原样保留", En: "a quote stands where none can; it is kept as it is"},
		Remedy: pair,
	}
}

// mended says that a row was read so that it has the usual number of cells, in the one way that there is.
func mended(cell int) *Doubt {
	return &Doubt{
		Rule: "mended_quote", Cell: cell, Lines: 1,
		Text: codes.Text{
			Zh: "引号不成对，按格数与其他行相同的唯一读法读取", En: "the quotes are not paired; the row is read in the one way that gives it as many cells as the others",
		},
		Remedy: pair,
	}
}

var pair = codes.Text{
	Zh: "格子里的引号写成两个，整格再用引号括起", En: "write a quote inside a cell twice, and the cell between quotes",
}

// inText names lines as a text editor counts them, where that is not how rows are counted.
func inText(row, line int) (zh, en string) {
	if row == line {
		return "", ""
	}
	return "文本", " of the text"
}

// unclosed says that a quote opened in a row is never closed, and what that costs. line is the row as a text editor counts.
func unclosed(row, line, lost int) *Doubt {
	zh, en := inText(row, line)
	at, after := "", ""
	if zh != "" {
		at, after = fmt.Sprintf("（文本第 %d 行）", line), fmt.Sprintf(" (line %d%s)", line, en)
	}
	return &Doubt{
		Rule: "unclosed_quote", Cell: -1, Lines: lost, Moved: true, Lost: true,
		Text: codes.Text{
			Zh: fmt.Sprintf("第 %d 行%s开始的双引号没有闭合，%s第 %s 行不能读取，从%s第 %d 行起继续", row, at, zh, span(line, lost), zh, line+lost),
			En: fmt.Sprintf("the quote opened in row %d%s is never closed: line %s%s cannot be read; reading goes on with line %d", row, after, span(line, lost), en, line+lost),
		},
		Remedy: codes.Text{
			Zh: "请补上或删除这一行多余的双引号（单元格内的双引号应写成两个）", En: "close or delete that quote (a quote inside a cell is written twice)",
		},
	}
}

// swallows says that a cell of a row, between quotes, holds what look like rows.
func swallows(row, line, lines int) *Doubt {
	zh, en := inText(row, line)
	return &Doubt{
		Rule: "swallowed_rows", Cell: -1, Lines: lines, Moved: true, Lost: true,
		Text: codes.Text{
			Zh: fmt.Sprintf("%s第 %s 行被一对引号连成了一行，格子里有分隔符和换行，每一行本身却像一行数据", zh, span(line, lines)),
			En: fmt.Sprintf("line %s%s is made one row by a pair of quotes, with separators and line ends inside, though each looks like a row by itself", span(line, lines), en),
		},
		Remedy: codes.Text{
			Zh: "检查这几行是否多了或少了一个引号", En: "look for a quote too many or too few in these lines",
		},
	}
}

func span(line, lines int) string {
	if lines < 2 {
		return strconv.Itoa(line)
	}
	return strconv.Itoa(line) + "-" + strconv.Itoa(line+lines-1)
}

// named lists the rows of a tally, and says with more that there are others.
func (c tally) named(comma, more string) string {
	words := make([]string, len(c.rows))
	for i, r := range c.rows {
		words[i] = strconv.Itoa(r)
	}
	list := strings.Join(words, comma)
	if c.n > len(c.rows) {
		list += more
	}
	return list
}
