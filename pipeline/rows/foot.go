package rows

import (
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

var (
	// how many records or pages there are, where a page or the table ends
	reFoot = regexp.MustCompile(`^(共|合计|总共|总计|共计|以上共|以上合计|本页共|本表共)[0-9]+(条|行|项|笔|页|张|份)(记录|数据|信息|明细|结果)?$` +
		`|^(总?记录数|记录总数|总条数|总行数|数据条数)[:：=]?[0-9]+条?$` +
		`|^[0-9]+(条|行)(记录|数据)(已选择)?$|^(TOTAL)?[0-9]+(ROWS?|RECORDS?)(SELECTED)?$|^(TOTAL)?(ROWS?|RECORDS?)[:：=][0-9]+$` +
		`|^第[0-9一二三四五六七八九十]+页[,，、/]?(共[0-9一二三四五六七八九十]+页)?$|^PAGE[0-9]+(OF|/)?[0-9]*$|^[0-9]+/[0-9]+页$` +
		`|^(以下空白|以下无正文|以下无数据|本页以下空白|表完|完|未完待续|接下页|转下页|续下页|下接第?[0-9]*页|接上页|续上页|承上页|续表|下页续|结束|数据结束|END|EOF|ENDOFFILE|ENDOFREPORT)$` +
		`|^(以上|上述|本表)(数据|信息|内容|资料|名单|人员|情况).{0,12}(参考|为准|属实|真实有效|预计数|快报数|初步数)$` +
		`|^(数据|统计|资料|本表数据?)?(截止|截至)(到|至|时间|日期)?[:：]?[0-9年月日.-]{4,}(底|止|末)?$` +
		`|^(单位|填报单位|报送单位|制表单位)?(盖章|公章|签章|签字盖章)(处)?$`)
	// a day, which may stand alone below a table
	reDay = regexp.MustCompile(`^(19|20)[0-9]{2}(年[0-9]{1,2}月[0-9]{1,2}日|[-/.][0-9]{1,2}[-/.][0-9]{1,2})$|^二[〇零○][〇零○一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日$`)
	// who filled it in, with or without the name behind a blank
	reSigner = regexp.MustCompile(`^(备\s*注|说\s*明|附\s*注|注|制表人?|填表人?|填报人|(填报人|制表人|负责人|单位负责人)?签[字名章]|编制人?|审核人?|审批人?|复核人?|校对人?|经办人?|负责人|单位负责人|部门负责人|主管领导|分管领导|单位领导|统计负责人|统计员|联系人|联系电话|制表单位|填报单位|主办人?|承办人|抄报人|签发人?|核稿人?|拟稿人?|(报出|上报|报送|制表|填报|填表|填写|打印|导出|生成|查询|统计|报表|编制|审核|签发|盖章|提交)(日期|时间)|(单位|企业)?(地址|邮编|电话|传真|邮箱))([(（](签[字名章]|盖章|签字盖章|公章)[)）])?([ :：].*)?$`)
	// whom to ask and where something is published, below a list that is; and its sum once more in words
	reNotice = regexp.MustCompile(`^(监督|举报|投诉|咨询|受理|反映|公示|公告|公布|异议|发布|公开|纪检|纪委|值班|服务|审批|审定|批准|印发|报名|办公|传真)(举报|投诉|咨询|受理|监督|联系|服务|反映|截止|起止)*(电话|热线|邮箱|信箱|传真|地址|网址|网站|部门|单位|科室|机关|机构|方式|人员?|时间|日期|期限?|期间|媒体|渠道|范围|地点|文号)[:：].+$` +
		`|^(合计|总计|共计|累计|总|小写)?(人民币)?(大写金额|(金额)?大写|金额[(（]大写[)）])([(（](人民币|大写)[)）])?[:：].+$|^(发文)?(文号|字号|发文字号|政策依据|文件依据|发放依据|编制依据)[:：].+$`)
	// what a mark beside a figure means
	reMark  = regexp.MustCompile(`^[*※★☆△▲●◎]+ ?(为|是|(系|指)(已|未|按|由|属|本|上|去|预|估|的|数|该|在|尚|新|不|含)|指代|示意|表示|代表|标注|标识)[^*]{2,40}$`)
	reDated = regexp.MustCompile(`日期|时间|电话`)
	reSaid  = regexp.MustCompile(`[。；]|.{12,}，`)
)

// longest is of how many bytes a cell of a foot is at most. A text may be as large as its file, and a pattern takes a second
// for a few MiB.
const longest = 600

// Foot reports whether a row of a table of several columns, whose first text stands at first, is no row of data but the
// foot of a page or of the table: 共2条记录, 第1页, 以下空白, 制表人 beside a name, a sentence that stands alone. Nearly
// every row is done with a look at its first text.
func Foot(row *source.Row, first int) bool {
	text := row.Cells[first].Text
	alone := Second(row, first) < 0
	if alone && len(text) < longest && reMark.MatchString(cell.Trim(text)) && !totals.Firm(dataset.HeaderKey(text)) {
		return true
	}
	if !Footed(text) && (!alone || len(text) < 24 || len(cell.Trim(text)) > longest || !reSaid.MatchString(text)) {
		return false
	}
	signed, n := "", 0
	bare := 0 // who signs, one label beside the other and no name between
	for i := range row.Cells {
		if !row.Cells[i].Filled() {
			continue
		}
		text := cell.Trim(row.Cells[i].Text)
		if n++; len(text) > longest {
			return false
		}
		key := strings.Trim(strings.ToUpper(strings.Join(strings.Fields(text), "")), "()（）[]【】-—_*=。.")
		switch {
		case reFoot.MatchString(key):
		case reSigner.MatchString(cell.Fold(text)), reNotice.MatchString(cell.Fold(text)):
			if bare++; strings.ContainsAny(text, ":：") || signed == "" {
				bare = 1
			}
			signed = text
			continue
		case bare > 1 && i > 0 && row.Cells[i-1].Filled(): // 负责人, 电话, 年龄 are the header of another table
			return false
		case signed != "" && (!strings.ContainsAny(key, "0123456789") || reDated.MatchString(signed)): // the name, or the day
		case strings.ContainsAny(signed, ":：") && reDay.MatchString(key): // when they signed
		case alone && row.Cells[i].Kind == source.Text && reSaid.MatchString(text):
		default:
			return false
		}
		signed = ""
	}
	return n <= 12
}

// Dated reports whether a text is a day and nothing else, as the day on which a table was made is that stands below it.
func Dated(text string) bool {
	return len(text) >= 8 && len(text) < 60 && reDay.MatchString(strings.Join(strings.Fields(text), ""))
}

// Footed is a quick look at the first text of a row: false tells nearly every row from a foot.
func Footed(s string) bool {
	if len(s) < 3 || len(s) > 200 {
		return false
	}
	if s[0]-'0' <= 9 {
		return s[len(s)-1] >= 'a' && len(s) < 24 // 12 rows, 2条记录
	}
	switch s[:3] {
	case "共", "合", "总", "以", "本", "记", "数", "第", "表", "备", "说", "附", "注", "完", "未", "接", "转", "续", "下", "承", "结", "单", "填", "报", "制", "编", "审", "复", "校", "经", "负", "部", "主", "分", "统", "联", "打", "导", "生", "查", "盖", "公", "签", "资", "截", "上", "提", "核", "拟", "抄", "地", "邮", "电", "传", "监", "举", "投", "咨", "受", "反", "异", "发", "纪", "值", "服", "印", "批", "办", "大", "小", "金", "人", "累", "文", "字", "政", "（", "【", "—":
		return true
	}
	switch c := s[0]; {
	case c == '(' || c == '[' || c == '-' && len(s) > 3 && s[1]-'0' > 9 || c == '*' || c == '=':
		return true
	case c|0x20 == 'p' || c|0x20 == 'e' || c|0x20 == 't' || c|0x20 == 'r':
		return len(s) < 24
	}
	return false
}

// Run reports whether a text that stands alone in a row of a text file is a row of so many cells whose signs between them
// are not the file's: parted by tabs, or in quotes as a whole. A sentence ends in a full stop.
func Run(text string, cells int) bool {
	if cells < 3 || strings.HasSuffix(text, "。") {
		return false
	}
	for _, sign := range [...]string{"\t", ",", ";", "|", "，", " ", "、"} {
		if strings.Count(text, sign) == cells-1 && !slices.ContainsFunc(strings.Split(text, sign), func(s string) bool { return len(s) > 200 }) {
			return true
		}
	}
	return false
}

// Banner reports whether the only text of a row, at first, is written across nearly all of the table, in a cell that is merged
// with those on its right: it heads the rows below it. In a column whose blank cells repeat what stands above, it is its value.
func (t *Totals) Banner(row *source.Row, first, width int) bool {
	if width < 3 || first < widest && t.fills[first] || len(row.Filled()) != 1 {
		return false
	}
	for _, m := range row.Across {
		if m.Left == first && m.Right-m.Left >= width-width/5-1 {
			return true
		}
	}
	return false
}
