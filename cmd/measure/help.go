package measure

// HelpZh gives the help texts of the flags in Chinese.
var HelpZh = map[string]string{
	"Of --csv: begin with a byte order mark, by which spreadsheets know UTF-8.": "--csv 以字节顺序标记开头，电子表格据此识别 UTF-8。",
	"Name of the metric; none lists them.":                                      "指标名称；不写则列出全部。",
	"First day, 2026-01-01. Default: the first day of the data's year.":         "起日，如 2026-01-01；缺省为数据所在年的第一天。",
	"First day after, 2026-07-01. Default: the day after the date of the data.": "止日（不含），如 2026-07-01；缺省为数据截至日的次日。",
	"ten (days), month, quarter, half, year or nothing for one number.":         "ten 旬、month 月、quarter 季、half 半年、year 年；不写则只算一个数。",
	"Dimensions to cut by.":                "按哪些维度分组。",
	"dimension=value; may be given again.": "维度=取值；可多次给出。",
	"yoy (same period a year before), pop (period before), ytd (the year so far against the same days of the last) or spring (a year before as the lunar new year fell).": "yoy 同比，pop 环比，ytd 年初至今比上年同一截止日，spring 按春节对齐的同比。",
	"Day by day around the eve of the lunar new year, counted up from the first of these days, this year beside the one before. --to chooses the year.":                   "除夕前后逐日，自首日起累计，与上一年并列；--to 决定哪一年。",
	"Of --around-spring: how many days before the eve and after it.":                                                                                                      "用于 --around-spring：除夕前后各多少天。",
	"What each point tells of: ytd (the year so far), r3 or r12 (rolling months); default: its own period.":                                                               "每个点的口径：ytd 年初至今，r3、r12 滚动三个月、十二个月；缺省为本期。",
	"Compute from the rows that were live then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00.":                                                        "按当时有效的数据计算：2026-03-31 指该日结束时，或 2026-03-31T18:00:00+08:00。",
	"As CSV, with the codes of the dimensions and numbers of full precision.":                                                                                             "输出 CSV：维度的代码与名称，数字不舍入。",
	"Print the statement.": "同时显示 SQL 语句。",
}
