// Package totals says which texts name a row of totals, or one that compares or divides the rows above it, as
// everybody writes them: 一组小计, 全区合计, 其中：规上, 同比增长.
package totals

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// a sum: 合计, 一组小计, 青田县合计, (合计), 全区总计（万元）, 合计/平均, Grand total
	reSum = regexp.MustCompile(`^.{0,16}(合计|小计|总计|共计|总和|汇总|累计)(数|额|人数|金额)?([/、与和]?(平均|均值|占比))?(SUB)?-?(TOTAL)?([(:（：0-9].*)?$|^(合计|共计|总计|小计)[0-9]+.{0,3}$|^共[0-9]+[家户人个项件名条]$|^(全部|总体|∑|Σ)$|^(本页|本表|本月|本年|全年|全部|全区|全县|全市|以上|一|)?(总数|总额|累计|总人数|总金额)$|^((GRAND|SUB|RUNNING|SHEET|OVERALL)?-?TOTALS?|SUMS?)([:.(（].*)?$`)
	// a comparison, a mean or a part of the row above, which stand in no row of data
	reAside = regexp.MustCompile(`^其中([:：].*)?$|^其中.{1,10}$|^(同比|环比|比上年|比去年|较上年|较去年|与上年|增长率|增幅|增速).{0,8}$|^(增长|增减|升降)(额|量|率|幅度)?([%％(（].*)?$|^(增加|减少)(额|量|率|幅度)([%％(（].*)?$|^(总|人)?(平均|均值)(数|值|水平|工资)?([(:（：].*)?$|^[人户企日月亩]均([(:（：].*)?$|^(占比|比重|占全).{0,6}$|^(最大|最小|中位|最高|最低)(值|数)$|^(全[县区市省国])?(排名|位次|名次|排位)$|^(完成率|达成率|进度)([%％(（].*)?$|^(上年|去年|上期|上月|本年|本月)(同期|数|累计)?(数|值)?$|^(AVERAGE|MEAN|AVG|YOY|MOM)[:.%]?$`)
	// a line below a table that says something of it, or who filled it in
	reNote  = regexp.MustCompile(`^[*※]?(说明|备注|附注|注释|注|填表说明|填报说明|编制说明|填表人|填报人|制表人?|制表单位|审核人?|复核人?|负责人|单位负责人|联系人|联系电话|报送人|(报出|上报|报送|填报|填表|填写|制表|打印|编制|导出)(日期|时间)|统计负责人|经办人?|分管领导|主管领导|数据来源|资料来源|来源|NOTES?|REMARKS?|SOURCE|PREPARED BY)[0-9]?[:：]`)
	reWords = regexp.MustCompile(`^(合计|总计|金额|人民币)?([(（](人民币)?大写[)）]|(人民币)?大写([:：]|[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整]+$))`)
	reLabel = regexp.MustCompile(`^[^:：]{1,10}[:：]`)
	reCount = regexp.MustCompile(`^[(（]?[0-9]+[.、)）]?$|^[(（]?[一二三四五六七八九十]+[、.)）]?$|^[IVX]+\.?$`)
	rePart  = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]+[)）、.．]?$|^[(（]?[一二三四五六七八九十]+[)）、.．]`)
	reTitle = regexp.MustCompile(`^([(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]) *[^ ].*$|^[-—－─=*~·]{2,} *[^-—－─=*~· ].* *[-—－─=*~·]{2,}$|^【[^】]{1,20}】$`)
	reWhole = regexp.MustCompile(`^全(市|县|区|省|国|部|镇|乡|街道|体|院|校|行业)$|^[区县市省园](本级|合并|汇总|一级)$`)
	reRatio = regexp.MustCompile(`率|比|占|均|单价|价格|年龄|年份|序号|排名|名次|编号|指数|强度|标准|等级|系数|密度`)
)

// Sum reports whether a text, as dataset.HeaderKey leaves it, names a sum: 合计, 一组小计, (合计), Grand total.
func Sum(key string) bool { return reSum.MatchString(key) || reWords.MatchString(key) }

// Spaced reports whether a text is the name of a group and, behind a blank, the word for its sum: 城关镇 计. 设计 and 统计 are none.
func Spaced(text string) bool {
	group, ok := strings.CutSuffix(strings.TrimRight(text, ":： \u3000"), "计")
	name := strings.TrimRight(group, " \u3000")
	n := utf8.RuneCountInString(strings.TrimLeft(name, " \u3000"))
	return ok && len(name) < len(group) && n > 1 && n <= 16 && !strings.ContainsAny(strings.TrimLeft(name, " \u3000"), " \u3000")
}

// Aside reports whether it names a comparison, a mean or a part of the row above: 同比增长%, 平均, 其中：规上.
func Aside(key string) bool { return reAside.MatchString(key) }

// Note reports whether a row whose filled cells say so is a note below a table: 说明：…, 填表人：…  审核人：….
func Note(cells []string) bool {
	for i, s := range cells {
		re := reLabel
		if i == 0 {
			re = reNote
		}
		if !re.MatchString(strings.ToUpper(strings.ReplaceAll(s, " ", ""))) {
			return false
		}
	}
	return len(cells) > 0
}

// Noted is a quick look at the first of them: false tells nearly every row from a note.
func Noted(s string) bool {
	if len(s) < 3 || len(s) > 600 {
		return false
	}
	switch s[:3] {
	case "说", "备", "附", "注", "填", "编", "制", "审", "复", "负", "单", "联", "报", "上", "导", "统", "经", "分", "主", "打", "数", "资", "来", "※":
		return strings.ContainsAny(s, ":：")
	}
	return (s[0] == '*' || s[0]|0x20 >= 'n' && s[0]|0x20 <= 's') && strings.ContainsAny(s, ":：")
}

// Key is a text as Sum and Aside want it, without the marks that people put around a total: (合计), - 合计 -, 【合计】.
// The text is one that dataset.HeaderKey has left.
func Key(text string) string {
	return strings.Trim(text, "()（）[]【】《》<>-—*#·•=~_ .。")
}

// Count reports whether it is the number of a row: 3, 二、, IV.
func Count(key string) bool { return reCount.MatchString(key) }

// Part reports whether a text numbers a part of a table, as 一 and （二）服务业 do.
func Part(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	if first == '(' || first == '（' {
		first, _ = utf8.DecodeRuneInString(text[size:])
	}
	switch first {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
		return rePart.MatchString(text)
	}
	return false
}

// Section reports whether a text, which stands alone in its row, heads the rows below it: 一、雁湖片区, —— 临江片区 ——.
func Section(text string) bool {
	if len(text) < 5 || len(text) > 90 {
		return false
	}
	switch text[:3] {
	case "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "（", "—", "－", "─", "【":
		return reTitle.MatchString(text)
	}
	return strings.IndexByte("(-=*~", text[0]) >= 0 && reTitle.MatchString(text)
}

// Nested reports whether a text names a part of the row above it: 其中：甲.
func Nested(text string) bool { return strings.HasPrefix(strings.TrimLeft(text, " \u3000"), "其中") }

// Whole reports whether a text names all that a table is about: 全市.
func Whole(text string) bool { return reWhole.MatchString(text) }

// Mean reports whether a text, as Key leaves it, names the mean of the rows above: 平均.
func Mean(key string) bool { return reMean.MatchString(key) }

var reMean = regexp.MustCompile(`平均|均值|(?i:^(overall|zone|county|group|simple|column|sample|total)?(average|mean|avg)(value)?[.:：]?$)`)

// Ratio reports whether the title of a column names figures that do not add up: 合格率, 单价, 年龄.
func Ratio(title string) bool { return reRatio.MatchString(strings.ReplaceAll(title, "功率", "")) }

// Possible is a quick look at a text: false tells nearly every row of data from a total.
func Possible(s string) bool {
	n := len(s)
	if n == 0 || n > 90 || s[0]-'0' <= 9 && s[n-1] < 0x80 {
		return false
	}
	switch s[0] {
	case ' ', '\t', '*', '#', '=', '~', '[':
		return true
	case '-':
		return n > 1 && (s[1] < '0' || s[1] > '9') && s[1] != '.'
	}
	if c := s[n-1]; c < 0x80 {
		switch {
		case s[0] < 0x80 && s[0] > '(':
			return (s[0]|0x20) >= 'a' && n <= 20 && named(strings.ToLower(s))
		case c == ' ' || c == ')' || c == ':' || c == '%' || c == '.':
			return true
		}
	} else if n >= 3 {
		switch s[n-3:] {
		case "计", "数", "均", "额", "和", "比", "值", "）", "：", "％", "长", "幅", "速", "率", "总", "重", "部", "体", "期", "】", "》", "\u3000":
			return true
		}
	}
	if n >= 3 {
		switch s[:3] {
		case "其", "同", "环", "比", "较", "与", "增", "升", "减", "排", "位", "名", "完", "达", "进", "全", "平", "占", "人", "(", "（", "合", "小", "总", "共", "大", "金", "【", "∑", "\u3000":
			return true
		}
	}
	return false
}

// named reports whether one of the words stands in a text that Sum and Aside look for.
func named(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	return slices.ContainsFunc([]string{"total", "average", "sum", "mean", "avg", "yoy", "mom"}, func(w string) bool { return strings.Contains(s, w) })
}
