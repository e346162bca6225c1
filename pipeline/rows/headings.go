package rows

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
)

// reMeasure is how headings of figures and days end, and what stands for a figure that is missing does not.
var reMeasure = regexp.MustCompile(`(?i)(数|数量|额|值|率|金|费|款|价|单价|总价|量|面积|容积|比|比例|比重|日期|时间|期|起|止|起始|截止|开始|结束|年|月|年份|月份|年度|季度|收入|支出|税收|合计|小计|得分|分数|排名|名次|编号|代码|序号|电话|龄|姓名|名称|单位|部门|职务|职称|性别|学历|地址|规格|型号|联系人|负责人|备注|说明|类别|类型|状态|amount|date|count|number|quantity|qty|total|rate|price|day|year|month|code|value)([(（].*[)）])?$`)

// reAnswer is what people answer under such headings in words: no heading itself.
var reAnswer = regexp.MustCompile(`^(长期|永久|不定期|无(固定)?期限?|[未已]?到期|过期|逾期|延期|缓期|近期|免费|少量|大量|适量|足额|全额|差额|全年|往年|当年|历年|同[期年]|不限量?)$`)

// Headings finds, among the rows of a table that are refused, the heading of another one below it, whose names are not known:
// words without a digit, all different, and names of measures where figures or days belong.
type Headings struct {
	Typed []int // where these stand
	found bool
}

// See looks at a row that was refused. ok: it is the first such heading.
func (h *Headings) See(row *source.Row) (t codes.Text, ok bool) {
	if h.found || len(h.Typed) == 0 {
		return t, false
	}
	first, n, names := -1, 0, []string(nil)
	seen := map[string]bool{}
	for i := range row.Cells {
		if !row.Cells[i].Filled() {
			continue
		}
		s := cell.Fold(row.Cells[i].Text)
		if row.Cells[i].Kind != source.Text || seen[s] || utf8.RuneCountInString(s) > 16 || strings.ContainsAny(s, "0123456789") || !strings.ContainsFunc(s, letter) {
			return t, false
		}
		if seen[s], n = true, n+1; first < 0 {
			first = i
		}
	}
	for _, at := range h.Typed {
		if at >= len(row.Cells) || !row.Cells[at].Filled() {
			continue
		}
		s := cell.Fold(row.Cells[at].Text)
		if !reMeasure.MatchString(s) || reAnswer.MatchString(s) {
			return t, false
		}
		names = append(names, s)
	}
	if len(names) == 0 || n < 3 {
		return t, false
	}
	h.found = true
	at, list := row.Origin.Cell(first), strings.Join(names[:min(len(names), 8)], "、") // other names may be those of persons
	if row.Origin.Sheet != "" {
		at = row.Origin.Sheet + "!" + at
	}
	return codes.Text{
		Zh: fmt.Sprintf("%s 起的一行像是另一张表的表头（%s），其下各行却按上面的表头读取", at, list),
		En: fmt.Sprintf("the row at %s looks like the header of another table (%s), and the rows below it were read by the one above", at, list),
	}, true
}

func letter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x4e00 && r <= 0x9fff }
