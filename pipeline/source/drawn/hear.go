package drawn

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/units"
)

// shown is how many texts, or conditions, of a sheet are told one by one.
const shown = 10

// Note is what is told of a sheet.
type Note struct {
	Rule       string
	Row, Count int
	codes.Text
}

// Hear says what is to be told of what lies on a sheet. against is the rule of what says that rows are not to be taken as they
// stand.
func (d *Drawing) Hear(against string) (notes []Note) {
	var zh []string
	n := 0
	for _, t := range d.Texts {
		said := account.Shown(t.Says)
		if t.against() {
			notes = append(notes, Note{against, t.Row, 1, codes.Text{
				Zh: fmt.Sprintf("%s“%s”说有的行或数不该照样计入，仍按数据读取", t.place().Zh, said),
				En: fmt.Sprintf("the %s (%s) says that rows or figures are not to count as they stand; they were read as data", t.place().En, said),
			}})
			continue
		}
		if n++; n <= shown {
			zh = append(zh, t.place().Zh+"“"+said+"”")
		}
	}
	if n > 0 {
		notes = append(notes, Note{"text_drawn", 0, n, codes.Text{
			Zh: fmt.Sprintf("%d 处格子以外的文字不是数据，没有读取：%s", n, strings.Join(zh, "、")),
			En: fmt.Sprintf("%d texts outside of the cells were not read as data: %s", n, strings.Join(zh, ", ")),
		}})
	}
	if n = d.Pictures + d.Charts; n > 0 {
		notes = append(notes, Note{"picture", 0, n, codes.Text{
			Zh: fmt.Sprintf("%d 张图片、%d 张图表没有读取", d.Pictures, d.Charts), En: fmt.Sprintf("%d pictures and %d charts were not read", d.Pictures, d.Charts),
		}})
	}
	return notes
}

// against reports whether a text speaks against the rows; one that gives a unit does not.
func (t *Text) against() bool {
	found, _ := units.Line(t.Says)
	return len(found) == 0 && contrary.Speaks(t.Says)
}

// Around are the texts as lines around the table, in which units and titles are heard; without those that are asked about.
func (d *Drawing) Around() (lines []string) {
	for _, t := range d.Texts {
		if t.against() {
			continue
		}
		for _, line := range strings.Split(t.Says, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func (t *Text) place() codes.Text {
	if t.Row == 0 {
		return codes.Text{Zh: "页眉页脚", En: "head or foot of the printed page"}
	}
	return codes.Text{Zh: fmt.Sprintf("第 %d 行处的文本框", t.Row), En: fmt.Sprintf("text box at row %d", t.Row)}
}

// Hear says which cells below a header look otherwise under conditions.
func (s *Conditions) Hear(header int) (notes []Note) {
	if s.Unread {
		notes = append(notes, Note{"sheet_large", 0, 1, codes.Text{
			Zh: "工作表解压后超过 64 MB：条件格式、输入提示和页眉页脚没有查看，跨行合并的单元格只有首行有值",
			En: "the sheet unzips to more than 64 MB: its conditional formats, the prompts of its cells and the heads and feet of its pages were not looked at, and of cells merged over rows only the first row has the value",
		}})
	}
	if s.More > 0 {
		notes = append(notes, Note{"conditions_unread", 0, s.More, codes.Text{
			Zh: fmt.Sprintf("条件格式太多：只查看了 %d 处，另有 %d 处没有查看", len(s.List), s.More), En: fmt.Sprintf("there are too many conditional formats: %d were looked at, %d more were not", len(s.List), s.More),
		}})
	}
	for _, look := range []struct {
		Look
		rule   string
		zh, en string
	}{
		{Struck, "struck_when", "条件格式会把格子划去", "formats strike cells through under conditions"},
		{Hidden, "hidden_when", "条件格式会让格子看不见", "formats hide cells under conditions"},
		{Coloured, "coloured_when", "条件格式会给格子着色", "formats colour cells under conditions"},
	} {
		var all []string
		n, figures := 0, look.Look == Coloured
		for _, c := range s.List {
			if c.Row <= header || c.Look&look.Look == 0 || look.Look == Coloured && c.Look != Coloured {
				continue
			}
			figures = figures && c.figures()
			if n++; len(all) < shown {
				all = append(all, account.Shown(c.Range)+"："+account.Shown(c.When))
			}
		}
		switch {
		case n == 0:
		case figures:
			notes = append(notes, Note{look.rule, 0, n, codes.Text{
				Zh: fmt.Sprintf("条件格式按数的大小给格子着色（%s）；不影响读取", strings.Join(all, "；")),
				En: fmt.Sprintf("formats colour cells by how large their figures are (%s); it changes nothing of what was read", strings.Join(all, "; ")),
			}})
		default:
			notes = append(notes, Note{look.rule, 0, n, codes.Text{
				Zh: fmt.Sprintf("%s，这些行已照常读取；不该计入的请删去（%s）", look.zh, strings.Join(all, "；")),
				En: fmt.Sprintf("%s; such rows were read like the others: delete those that are not to count (%s)", look.en, strings.Join(all, "; ")),
			}})
		}
	}
	return notes
}
