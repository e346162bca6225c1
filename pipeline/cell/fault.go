package cell

import (
	"cmp"
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Fault is why a cell is refused: a short stable rule, and what a person reads. A fault never
// quotes the cell.
type Fault struct {
	Rule   string
	Reason codes.Text
	Remedy codes.Text
}

func newFault(rule, zh, en, doZh, doEn string) *Fault {
	return &Fault{rule, codes.Text{Zh: zh, En: en}, codes.Text{Zh: doZh, En: doEn}}
}

// The faults that need no detail of the cell or the column.
var (
	FaultRequired = newFault("required", "必填，却是空的", "required, but empty",
		"补填后重新报送", "fill it in and send the file again")
	FaultErrorCell = newFault("error_cell", "单元格是公式错误值（如 #REF!）", "the cell holds a formula error (such as #REF!)",
		"修正公式，或改为填写数值", "mend the formula or type the value")
	FaultElsewhere = newFault("elsewhere", "格里说与别的单元格相同（如 同左、同A1），不是值", "the cell says that it is as another one (同左, 同A1), and holds no value",
		"填写实际的值", "enter the value itself")
	FaultNoCache = newFault("formula_not_computed", "单元格是公式，文件里没有计算结果", "the cell is a formula whose result is not in the file",
		"用 Excel 或 WPS 打开并保存一次，或粘贴为数值", "open and save the file in Excel once, or paste as values")
	FaultNumber = newFault("number", "不是数字", "not a number",
		"改为数字，如 300；没有数据请留空", "write a number such as 300; leave it empty if there is none")
	FaultUnitRow = newFault("unit_row", "是计量单位，不是数；像是表头下面的单位行", "a unit, not a number: this looks like a row of units below the header",
		"把单位写进表头，如“合同额（元）”，并删去这一行", "write the unit in the heading, as in 合同额（元）, and delete this row")
	FaultTwo = newFault("two_numbers", "格里有空格或换行隔开的两个数", "two numbers with a blank or a line break between them",
		"一格只填一个数；千分位用逗号，如 12,345", "write one number a cell; thousands are parted by commas, as in 12,345")
	FaultScaled = newFault("number_format", "数字格式使显示的与存储的不是一个数（如以千、万显示，或显示为时长）", "its number format shows another number than is stored (in thousands, or as a duration)",
		"把格式改为“常规”，填写实际的数", "set the format to General and enter the actual number")
	FaultNested = newFault("nested", "格里是列表、对象或二进制，不是一个值", "the cell holds a list, an object or bytes, not one value",
		"导出时展开成普通的列", "spread it into plain columns when exporting")
	FaultApproximate = newFault("approximate", "是约数或范围，不是一个确定的数", "an estimate or a range, not one number",
		"填实际数，如 300；不要写“约”“余”“以上”", "write the exact number, such as 300, without 'about' or 'over'")
	FaultPlaceholder = newFault("placeholder", "含有隐去数字的占位符（如 202x）", "a digit is hidden by a placeholder (such as 202x)",
		"填真实的数字或日期", "write the real number or date")
	FaultThousands = newFault("thousands", "千分位逗号的位置不对", "the thousands separators are misplaced",
		"去掉逗号，如 12345", "leave the commas out, as in 12345")
	FaultComma = newFault("decimal_comma", "本列以逗号为小数点、以点分千位，这个数不是", "this column has a comma before the decimals and points between thousands; this number has not",
		"写成 1.204,5 或 1204,5", "write it as 1.204,5 or 1204,5")
	FaultEitherWay = newFault("decimal_comma", "本列有的数以逗号为小数点，这个数可读作两个大小相差千倍的数", "other numbers of this column have a comma before the decimals, and this one can be read as one a thousand times as large",
		"全列改用小数点，不写千分位，如 1234.5", "write the whole column with points before the decimals and nothing between thousands, as 1234.5")
	FaultDigits = newFault("digits", "数字位数过多，无法精确保存", "too many digits to keep exactly",
		"最多 19 位有效数字", "use at most 19 significant digits")
	FaultUnit = newFault("unit", "单位与本列不符", "the unit is not the column's",
		"换算成本列的单位后只填数字", "convert to the column's unit and write the number alone")
	FaultWorkingDays = newFault("unit", "写的是天，本列以工作日计，两者不能换算", "days, and the column counts working days: the one cannot be converted to the other",
		"数出工作日后只填数字", "count the working days and write the number alone")
	FaultUnitTwice = newFault("unit_twice", "本列已有“万”等单位，格内又写了一次，不知乘几次", "the column already counts in 万 or the like, and the cell says it again",
		"只填数字，或写全单位如 1.2万元", "write the number alone, or the whole unit as in 1.2万元")
	FaultWhole = newFault("integer", "不是整数", "not a whole number",
		"改为整数，如 300；约数请填实际人数", "write a whole number such as 300; for an estimate, the actual number")
	FaultPrecision = newFault("precision", "号码存成了数字（超过 15 位，或写成了 1.23E+11 这样的科学记数），后面的数位已经丢失", "a number was stored as a figure (of more than 15 digits, or written as 1.23E+11): its last digits are lost",
		"把该列设为“文本”格式后重新填写原号码", "format the column as text and enter the number again")
	FaultDate = newFault("date", "不是日期", "not a date",
		"写成 年-月-日，如 2026-09-01", "write year-month-day, as in 2026-09-01")
	FaultYuan = newFault("unit", "格里显示 ¥，本列却以万元等计，表头没有写明", "the cell shows ¥, and the column counts in ten thousands or the like, which the header does not say",
		"在表头写明单位，如 金额（万元），或换算后去掉 ¥ 格式", "write the unit in the header, or convert the figures and take the currency format off")
	FaultDateInText = newFault("date_in_text", "文本列里是日期：可能是 3-1、1/2 这样的编号被表格软件变成了日期", "a date in a column of texts: perhaps a code such as 3-1 or 1/2 that the spreadsheet has turned into one",
		"把该列设为“文本”格式后重新填写", "format the column as text and enter it again")
	FaultPeriodText = newFault("period_text", "看不懂是哪一年、半年、季或月", "it is not clear which year, half year, quarter or month is meant",
		"写成 2015、2015H1、2015年上半年、2015Q3、2015年第三季度、2015-07、201507、2015年7月 或 Jul 2015", "write it as 2015, 2015H1, 2015年上半年, 2015Q3, 2015-07, 201507, 2015年7月 or Jul 2015")
	FaultNoDay = newFault("date_day", "只有年月，缺“日”", "the day is missing",
		"补上日，如 2026-09-01", "add the day, as in 2026-09-01")
	FaultMonthShown = newFault("date_month", "格里只显示年月（或年），存的却是某一天，按存的那天读取", "the cell shows a month (or a year) and holds a day, which was read",
		"把单元格改成显示年月日的格式，核对是哪一天", "format the cell so that it shows the day, and check it")
	FaultNoSuchDay = newFault("date_exists", "没有这一天", "there is no such day",
		"核对月和日", "check the month and the day")
	FaultWeekday = newFault("weekday", "星期与日期不符", "the day of the week is not the one of the date",
		"核对日期和星期", "check the date and the day of the week")
	FaultYear = newFault("date_year", "年份不合理（须在 1900 至 2100 之间、四位）", "the year is not plausible (four digits, 1900 to 2100)",
		"核对年份，如 2026-09-01", "check the year, as in 2026-09-01")
	FaultRepublic = newFault("date_republic", "像是民国纪年（113 年是 2024 年），格里没有写“民国”", "it looks like a year of the Republic of China (113 is 2024), and the cell does not say so",
		"写成公历，如 2024-07-01（民国年加 1911），或写全 民国113年7月1日", "write it in the common calendar, as 2024-07-01 (add 1911), or in full, as 民国113年7月1日")
	FaultAmbiguous = newFault("date_order", "日、月、年的顺序不明", "the order of day, month and year is not clear",
		"写成 年-月-日，如 2026-09-01", "write year-month-day, as in 2026-09-01")
	FaultSerial = newFault("date_serial", "是数字而不是日期（Excel 日期序号只认 61 及以上，即 1900-03-01 起）", "a number and not a date (Excel serials count from 61, which is 1900-03-01)",
		"把单元格设为日期格式后重新填写，如 2026-09-01", "format the cell as a date and enter it again, as in 2026-09-01")
	FaultPeriod = newFault("period", "日期不在本次报送的期间内", "the date is outside the period of this submission",
		"核对日期；若属于别的月份，请放进那个月份的报表", "check the date; if it belongs to another month, send it with that month")
	FaultBool = newFault("bool", "不是“是”或“否”", "neither yes nor no",
		"填 是 或 否", "write 是 (yes) or 否 (no)")
	FaultIDFormat = newFault("person_format", "不是身份证号，也不是可识别的证件号", "neither an identity number nor another document number",
		"身份证号 18 位；护照等证件号按原样填写", "18 characters for an identity card; a passport number as printed")
	FaultIDCheck = newFault("person_check_digit", "身份证号校验码不对", "the identity number's check digit is wrong",
		"与证件逐位核对后改正", "compare it with the card digit by digit")
	FaultForgotten = newFault("forgotten", "此人已按要求从系统删除，不再装入", "this person was deleted on request and is loaded no more",
		"删去这一行；此栏可空的把此格留空。确需恢复，请找数据管理人", "delete the row, or leave the cell empty where it may be; where this is wrong, ask who keeps the installation")
	FaultIDMeaning = newFault("person_date", "身份证号里的出生日期不存在，或在今天以后", "the birth date in the identity number does not exist or lies ahead of today",
		"与证件逐位核对后改正", "compare it with the card digit by digit")
	FaultRequiredWord = newFault("required", "必填，而所填的词表示没有值", "required, and the word that is given means no value",
		"填写真实的值；没有就与数据管理人确认", "fill it in, or ask what to do where there is none")
	FaultFormula = newFault("formula", "是公式的文字，不是算好的结果", "the text of a formula, not its result",
		"填算好的结果", "write the result")
	FaultSex = newFault("person_sex", "性别与身份证号第 17 位不符，按所填读取", "the sex is not the one that the identity number tells; it was read as given",
		"核对身份证号与性别", "check the identity number and the sex")
	FaultIDShort = newFault("person_length", "号码位数不对", "the number has the wrong length",
		"身份证号 18 位（旧证 15 位），请补全", "an identity number has 18 characters (15 on old cards)")
	FaultPhone = newFault("phone", "不是电话号码", "not a phone number",
		"填 11 位手机号，或带区号的座机号", "write an 11-digit mobile number or a landline with its area code")
	FaultCredit = newFault("credit_format", "不是 18 位统一社会信用代码", "not an 18-character unified social credit code",
		"与营业执照核对；旧的 15 位注册号不能代替", "compare with the licence; the old 15-digit registration number will not do")
	FaultCreditCheck = newFault("credit_check_digit", "统一社会信用代码校验码不对", "the unified social credit code's check digit is wrong",
		"与营业执照逐位核对", "compare with the licence character by character")
	FaultCreditCharacter = newFault("credit_character", "统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）", "a character that a unified social credit code does not use (I, O, S, V and Z are not used)",
		"与营业执照逐位核对", "compare with the licence character by character")
	FaultIDMasked = newFault("person_masked", "身份证号被星号遮盖", "the identity number is masked with asterisks",
		"向报送单位索取完整号码的文件", "ask the sender for a file with whole numbers")
	FaultSalary = newFault("salary", "看不懂的薪资写法", "the pay is written in a way that is not understood",
		"写成 8千-1.1万、15-20万/年、200元/天 或 面议", "write it as 8千-1.1万, 15-20万/年, 200元/天 or 面议")
	FaultEncoding = newFault("encoding", "有缺损、无法解码的字符（�），或是乱码、成片的问号", "characters that are damaged, could not be decoded (�), were decoded wrongly or became question marks",
		"补全该字；若全文都有，用 UTF-8 或 GB18030 编码重新保存文件", "mend the character; if they are everywhere, save the file again as UTF-8 or GB18030")
	FaultControl = newFault("control", "格子里有控制字符，已去掉", "control characters stood in the cell and were left out",
		"核对这一格的文字", "check the text of the cell")
	FaultEntity = newFault("entity", "格子里有网页的转义符（如 &amp;、&#20057;），按原样保留", "the cell holds escapes of web pages (such as &amp; and &#20057;), which were kept as they stand",
		"从原系统重新导出，或改成原来的字", "export it again, or write the characters themselves")
	FaultTooLong = newFault("too_long", "文字过长（超过 1,048,576 字节）", "the text is too long (more than 1,048,576 bytes)",
		"检查是否漏了引号或换行", "look for a missing quote or line break")
	FaultTooLongWord = newFault("too_long", "文字过长（超过 8,192 字节）", "the text is too long (more than 8,192 bytes)",
		"检查是否漏了引号或换行", "look for a missing quote or line break")
	FaultWidth = newFault("row_width", "本行的格数多于表头", "the row has more cells than the header",
		"检查本行是否多了分隔符，或文字里的逗号没有加引号", "look for an extra separator, or a comma in a text without quotes")
	FaultPlace = newFault("place", "看不出属于哪个省", "it is not clear which province this is in",
		"写明省份，如 浙江省丽水市青田县；国外的写国名", "name the province, as in 浙江省丽水市青田县; for a place abroad, the country")
	FaultZeroDate = newFault("zero_date", "是零日期（0000-00-00），表示没有日期", "a zero date (0000-00-00), which means no date",
		"没有日期请留空", "leave it empty where there is no date")
)

// OutOfRange says between which numbers a cell must lie.
func OutOfRange(lo, hi string) *Fault {
	switch {
	case lo == "":
		return newFault("range", "大于允许的最大值 "+hi, "greater than the maximum "+hi, "核对数字和单位", "check the number and its unit")
	case hi == "":
		return newFault("range", "小于允许的最小值 "+lo, "less than the minimum "+lo, "核对数字和单位", "check the number and its unit")
	}
	return newFault("range", "超出允许范围 "+lo+" 至 "+hi, "outside "+lo+" to "+hi, "核对数字和单位", "check the number and its unit")
}

// Unmatched says what part of a text would be read.
func Unmatched(c *dataset.Column) *Fault {
	whatZh, whatEn := "单元格", "the cell"
	switch c.Of {
	case "_file":
		whatZh, whatEn = "文件名", "the file's name"
	case "_sheet":
		whatZh, whatEn = "工作表名", "the sheet's name"
	case "_title":
		whatZh, whatEn = "表上方的标题", "what stands above the table"
	case "_banner":
		whatZh, whatEn = "上方的分组标题行", "the banner above the row"
	}
	return newFault("match", whatZh+"不符合本列声明的 match："+c.Match, whatEn+" does not fit the column's match: "+c.Match,
		"改成符合的写法，或放宽声明里的 match", "write it so that it fits, or widen match in the declaration")
}

// Uneven says that two cells of a row list so many things each.
func Uneven(n, m int) *Fault {
	return newFault("uneven", fmt.Sprintf("同一行里一列有 %d 项，这一列有 %d 项，无法配对", n, m), fmt.Sprintf("another column of the row lists %d things, this one %d: they cannot be paired", n, m),
		"让各列的项数相同，或一项一行", "list as many in each, or write a row for each")
}

// shortList is how many values of a list a message names; of a longer one it names a few.
const shortList, fewOfMany = 20, 10

// NotInList says that a text is no value of the list: whether it is several of them, which are nearest to it, or, where
// none is near, which values there are.
func NotInList(l *codes.List, text string) *Fault {
	f := newFault("code", "不在代码表“"+l.Zh+"”里", "not a value of the list "+l.En, "", "")
	if zh, en := together(l, text); len(zh) > 1 {
		f.Remedy = codes.Text{Zh: "一格只能填一个值，这里有：" + strings.Join(zh, "、"), En: "one value a cell; here are " + strings.Join(en, ", ")}
		return f
	}
	if names := nearest(l, text); len(names) > 0 {
		f.Remedy = codes.Text{Zh: "改为代码表里的值，是否为：" + strings.Join(names, "、"), En: "use a value of the list; perhaps: " + strings.Join(names, ", ")}
		return f
	}
	values, moreZh, moreEn := l.Values, "", ""
	if len(values) > shortList {
		values, moreZh, moreEn = values[:fewOfMany], fmt.Sprintf(" 等 %d 个", len(l.Values)), fmt.Sprintf(" and others, %d in all", len(l.Values))
	}
	var zh, en []string
	for _, v := range values {
		zh, en = append(zh, v.Zh), append(en, cmp.Or(v.En, v.Zh))
	}
	f.Remedy = codes.Text{Zh: "从代码表里选一个值：" + strings.Join(zh, "、") + moreZh, En: "choose a value of the list: " + strings.Join(en, ", ") + moreEn}
	return f
}

// together are the values of a list that a text names one beside the other: 江苏、浙江. None where it says anything else.
func together(l *codes.List, text string) (zh, en []string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("、,，;；/|和及\n", r) }) {
		code, ok := l.Find(Trim(part))
		if !ok {
			return nil, nil
		}
		v, _ := l.Value(code)
		zh, en = append(zh, v.Zh), append(en, cmp.Or(v.En, v.Zh))
	}
	return zh, en
}

// Kept reports whether a rule of a warning is about a cell that was loaded as it stands; of any other the cell was set empty.
func Kept(rule string) bool {
	switch rule {
	case FaultDateInText.Rule, FaultMonthShown.Rule, FaultSex.Rule, FaultEntity.Rule:
		return true
	}
	return false
}
