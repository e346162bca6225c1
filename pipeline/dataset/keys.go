package dataset

import (
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Kind and ChainKind are what this room declares, for the manual and the schemas.
var (
	Kind = declare.KindOf[Dataset]("dataset", "datasets", codes.Text{Zh: "数据集", En: "Dataset"},
		codes.Text{Zh: "一张表：读取、校验、建表、掩码与数据字典都由它而来", En: "A table: reading, checks, DDL, masks and the data dictionary follow from it"})
	ChainKind = declare.KindOf[Chain]("chain", "chains", codes.Text{Zh: "产业链", En: "Industry chain"},
		codes.Text{Zh: "一条产业链的节点与上下游；装入数据集 chains，节点同时是代码表 nodes", En: "The nodes of an industry chain; loaded as dataset chains, and its nodes are the code list nodes"})
)

// Declared says what is declared of a dataset.
func (Dataset) Declared() declare.Keys {
	return declare.Keys{
		"name":       {Zh: "文件名，也是表名", En: "the file's name, and the table's", Example: "arrivals", Required: true},
		"title":      {Zh: "名称", En: "what it is called", Example: "{zh: 引进与流出, en: Arrivals and departures}", Required: true},
		"about":      {Zh: "一行是什么", En: "what a row is", Example: "{zh: 一行是一人一次引进或流出。, en: A person arriving or leaving.}", Required: true},
		"unit":       {Zh: "再次报送时替换什么：同一报送单位的、同一单位同一期间的、同一文件的；加 part：一个单元分几份文件报送，不问即追加，同名的替换", En: "what a new submission replaces: that of the same sender, of the same sender and period, or of the same file; with part it comes in several files, which are added unasked, and one of the same name replaces", OneOf: []string{"sender", "period", "file", "part"}, Example: "[sender, period]", Required: true},
		"period":     {Zh: "期间取自哪个日期列、多宽；日期须在报送期间内", En: "which date column tells the period, and how wide that is; the dates must lie inside the period sent", Example: "{column: date, grain: month}"},
		"partition":  {Zh: "表按哪个日期列、多宽分区", En: "the date column and the width of the table's partitions", Example: "{column: date, by: year}"},
		"undated":    {Zh: "其中的日期不表示数据截至何时（如日历）", En: "its dates do not say how far the data go, as those of a calendar", Default: "false", Example: "true"},
		"order":      {Zh: "排序键：图表常用的筛选列", En: "the sorting key: the columns that charts filter by", Example: "[node, date]"},
		"key":        {Zh: "一行由哪些列确定", En: "the columns that identify a row", Example: "[person, date]"},
		"sheets":     {Zh: "读工作簿的哪些工作表", En: "which sheets of a workbook are read", Example: "{pattern: '^20', hidden: skip}"},
		"text":       {Zh: "文本文件怎样写成（不写的自动识别），以及格数或引号不对的行怎么办", En: "how its text files are written, what is absent being found out, and what becomes of rows whose cells or quotes do not fit", Example: "{delimiter: ';', encoding: gb18030}"},
		"header":     {Zh: "auto 找表头；none 无表头，按 position；optional 有则按名，无则按 position 或 layouts", En: "auto: find the header; none: there is none, columns by position; optional: by name where there is one, else by position or layouts", OneOf: []string{"auto", "none", "optional"}, Default: "auto", Example: "none"},
		"unpivot":    {Zh: "宽表：一格成一行", En: "a wide table: each cell becomes a row", Example: "{columns: '^(?P<year>[0-9]{4})年$', values: [output]}"},
		"totals":     {Zh: "以此开头的行是合计或附注，不是数据；~ 之后是正则，对该行第一段文字；写了合计、小计一类的词，则常见的合计行（一组小计、全区合计、其中：规上、同比增长）也不是数据，并与明细核对", En: "what rows of totals or notes begin with, which are not data; after a ~, a regular expression that the row's first text meets; with a word for a sum, rows of totals as everybody writes them (一组小计, 全区合计, 其中：规上, 同比增长) are none either, and are held against the rows they stand for", Example: "[合计, 注, '~^.+（[0-9]+所）$']"},
		"duplicates": {Zh: "keep 完全相同的行都留；drop 只取一次", En: "keep: exact copies of a row stay; drop: they are taken once", OneOf: []string{"keep", "drop"}, Default: "keep", Example: "drop"},
		"limits":     {Zh: "超过则暂不发布，等人确认", En: "beyond these the submission is held, not published", Example: "{rejected_share: 0.2, shrink_share: 0.5}"},
		"columns":    {Zh: "各列", En: "the columns", Example: "[{name: person, title: {zh: 身份证号, en: Identity number}, type: person, personal: id}]", Required: true},
		"checks":     {Zh: "逐行校验，为假则退回该行", En: "conditions on each row; a row that fails one is refused", Example: "[{name: born_before, expr: born < date, reason: {zh: 出生晚于入职, en: Born after the day}}]"},
		"set_checks": {Zh: "整份校验，为假则暂不发布或警告", En: "conditions on the whole submission, which hold it or warn", Example: "[{name: once, unique: [person, date], reason: {zh: 重复, en: Twice}}]"},
	}
}

// Declared says what is declared of how a submission is taken.
func (Intake) Declared() declare.Keys {
	return declare.Keys{
		"all_or_nothing": {Zh: "有一行被退回就整份不发布", En: "one refused row holds the whole submission", Default: "false", Example: "true"},
		"review":         {Zh: "报送后须审核：管理人员（不是报送人）接受后才发布，也可退回或询问", En: "what is sent is reviewed first: it is published once an operator, other than who sent it, accepts it, who may also return it or ask", Default: "false", Example: "true"},
	}
}

// Declared says what is declared of where rows and columns stand.
func (Stand) Declared() declare.Keys {
	return declare.Keys{
		"header_rows": {Zh: "表头几行高（1—4）；不写则看合并单元格", En: "how many rows high the header is, 1 to 4; absent: as its merged cells show", Example: "2"},
		"layouts":     {Zh: "没有列名的文件，各列在第几列", En: "where the columns stand in files whose header names nothing", Example: "[{name: plain, width: 3, match: {1: '^[0-9]'}, columns: {person: {at: 1}}}]"},
		"banners":     {Zh: "分组标题行：整行只有这样一段文字（正则），不是数据，管到下一个标题行为止；列用 of: _banner 取它", En: "rows that head those below them, down to the next: nothing but a text that one of these regular expressions fits; no data, and what a column with of: _banner takes", Example: "['^第?[一二三四]季度$']"},
	}
}

// Declared says what is declared of what speaks against a row.
func (Facts) Declared() declare.Keys {
	return declare.Keys{
		"against":    {Zh: "没有读取的列、备注、标题说了什么，则这份文件等人确认：void 作废取消，failed 未获通过、未办成，planned 拟议、未到岗、未结业，left 离职、终止；none 都不看；~ 之后是正则，对格子的文字。不写：void、failed 等人确认，其余只提示", En: "what columns that are not read, remarks and titles may say so that a person has to look at the file: void, failed (not approved, not done), planned (not yet so), left (or ended); none: nothing; after a ~, a regular expression over a cell. Absent: void and failed, and the others are told", Example: "[void, failed, planned, left]"},
		"not_totals": {Zh: "真名，虽像合计却是数据的行（如叫 A-合计 的企业）：整格的文字，或 ~ 之后的正则", En: "real names that read like totals, whose rows are data (a firm called A-合计): the text of the cell, or after a ~ a regular expression", Example: "[A-合计, '~^平均律']"},
	}
}

// Declared says what is declared of how far a cell reaches.
func (Reach) Declared() declare.Keys {
	return declare.Keys{
		"fill_down": {Zh: "空格子同上一行（合并单元格之下）", En: "a blank cell means what the one above it says, as under a merged one", Default: "false", Example: "true"},
		"split":     {Zh: "一格写了几项时，各项之间的正则；一项成一行（张三、李四 成两行），同行的金额、人数只计入第一项；几列都写时按次序配对，项数不一的行被退回；宽表（unpivot）里写在 values 的列上", En: "a regular expression between the things that a cell lists: each becomes a row, and a figure beside them counts in the first only; several such columns go together in order, and a row whose lists differ in length is refused; in a wide table (unpivot) it belongs to a column of values", Example: "'[、，,；;]'"},
	}
}

// Declared says what is declared of a column.
func (Column) Declared() declare.Keys {
	all := make([]string, len(types))
	for i, t := range types {
		all[i] = string(t)
	}
	return declare.Keys{
		"name":       {Zh: "列名：小写字母开头的字母、数字、下划线", En: "lower-case letters, digits and underscores, a letter first", Example: "education", Required: true},
		"title":      {Zh: "名称，也是它的表头", En: "what it is called, and its header", Example: "{zh: 学历, en: Education}", Required: true},
		"about":      {Zh: "说明，列入数据字典", En: "a sentence for the data dictionary", Example: "{zh: 到岗时的最高学历, en: The highest when they started}"},
		"type":       {Zh: "类型", En: "what a cell becomes", OneOf: all, Example: "code", Required: true},
		"list":       {Zh: "代码表：code 存代码，整数存位次，bool 存是否为 1", En: "a code list: type code stores the code, an integer the rank, bool whether that is 1", Example: "education"},
		"aliases":    {Zh: "列名与名称之外的表头；~ 之后是正则", En: "headers that mean it besides its name and titles; after a ~, a regular expression", Example: "[最高学历, 文化程度, '~^学历[0-9]*$']"},
		"position":   {Zh: "没有表头时在第几列，从 1 起", En: "which column it is in files without a header, from 1", Example: "3"},
		"of":         {Zh: "没有自己的列时取哪一列的格子；_file 文件名，_sheet 工作表名，_title 表上方的标题（一行一个），_banner 上方最近的分组标题行（见 banners），_period 报送期间的第一天（由报送人、文件名或标题注明，用于没有日期列的月报）", En: "the column whose cell is taken where it has no header of its own; _file the file's name, _sheet the sheet's, _title the titles above the table (one a line), _banner the banner last above the row (see banners), _period the first day of the period that the file is for (as its sender, its name or its title says: for monthly tables without a day)", Example: "person"},
		"parse":      {Zh: "用哪个读法", En: "the named parser that reads the cell", OneOf: parserNames(), Example: "id_birth_date"},
		"match":      {Zh: "只读正则的第一个组，没有组则为所符合的文字", En: "a regular expression: its first group is read, or what it matches where it has none", Example: "'_([a-z]+)$'"},
		"required":   {Zh: "表头必须有，格子不得空", En: "its header must be there and its cells not blank", Default: "false", Example: "true"},
		"default":    {Zh: "空格子或没有这一列时的值", En: "what a blank or absent cell means", Example: "CN"},
		"default_by": {Zh: "表头、工作表名、文件名或表上方的标题符合时，空格子或没有这一列时的值；说法不一而又没有这一列的文件被拒收", En: "what a blank or absent cell means instead where a heading, the name of the sheet or of the file, or a title above the table fits; a file without the column in which they contradict each other is refused", Example: "[{header: '^离职日期$', default: out}, {title: 流出, default: out}]"},
		"unit":       {Zh: "单位，格子、表头、表上方（单位：元）和表头下一行的单位照此换算", En: "its unit: units in cells, headers, above the table (单位：元) and in a row below the header are converted to it", Example: "万元"},
		"nulls":      {Zh: "这一列里另外视为空的词", En: "further words that mean no value in this column", Example: "[长期]"},
		"nulls_only": {Zh: "只有这些词和空格子视为空，缺省的词（.. — 无 NA 等）保留为值", En: "the only words, besides a blank, that mean no value: .. and the others stay values", Example: "[]"},
		"min":        {Zh: "最小值", En: "the least value", Example: "0"},
		"max":        {Zh: "最大值", En: "the greatest value", Example: "100"},
		"personal":   {Zh: "个人信息：id 证件号、phone 电话只存加密散列；name 姓名查询时掩码", En: "personal data: id and phone are stored as a keyed hash only, a name is masked in every view", OneOf: []string{"id", "name", "phone"}, Example: "name"},
		"bad":        {Zh: "读不出的格子：reject 退回该行；null 置空，该行照装", En: "a cell that cannot be read: reject refuses the row, null leaves the cell empty", OneOf: []string{"reject", "null"}, Default: "reject", Example: `"null"`},
		"why":        {Zh: "为何存个人信息；存姓名必写", En: "why personal data are kept; a name is not stored without", Example: "{zh: 送达通知, en: To address letters}"},
	}
}

// Declared says what is declared of a default that depends on what stands outside the cells.
func (DefaultBy) Declared() declare.Keys {
	return declare.Keys{
		"header":  {Zh: "对各个表头的正则", En: "a regular expression over each heading", Example: "'^离职日期$'"},
		"title":   {Zh: "对工作表名、文件名（单位之后的部分）和表上方各个标题的正则", En: "a regular expression over the names of the sheet and of the file, behind its sender, and over each title above the header", Example: "流出"},
		"default": {Zh: "此时空格子或没有这一列时的值", En: "what a blank or absent cell then means", Example: "out", Required: true},
	}
}

// Declared says what is declared of a period.
func (Span) Declared() declare.Keys {
	return declare.Keys{
		"column": {Zh: "日期列，或整数的年份列", En: "a date column, or an integer column of years", Example: "date", Required: true},
		"grain":  {Zh: "期间多宽", En: "how wide a period is", OneOf: []string{"month", "quarter", "half", "year"}, Example: "month", Required: true},
	}
}

// Declared says what is declared of partitions.
func (Partition) Declared() declare.Keys {
	return declare.Keys{
		"column": {Zh: "必填的日期列", En: "a required date column", Example: "date", Required: true},
		"by":     {Zh: "分区多宽", En: "how wide a partition is", OneOf: []string{"month", "year"}, Example: "year", Required: true},
	}
}

// Declared says what is declared of sheets.
func (Sheets) Declared() declare.Keys {
	return declare.Keys{
		"pattern": {Zh: "对工作表名的正则；不写则表头相符的都读", En: "a regular expression on the name; absent: every sheet whose header fits", Example: "'^20'"},
		"hidden":  {Zh: "隐藏的工作表：skip 不读，read 读", En: "hidden sheets: skip or read", OneOf: []string{"skip", "read"}, Default: "skip", Example: "read"},
	}
}

// Declared says what is declared of text files.
func (Text) Declared() declare.Keys {
	return declare.Keys{
		"delimiter": {Zh: "分隔符，1 至 4 个字符；制表符写 \"\\t\"", En: "what parts the cells, 1 to 4 characters; a tab is \"\\t\"", Example: "';'"},
		"quote":     {Zh: "引号，一个 ASCII 字符；none 没有引号，引号是普通文字", En: "the quote, one ASCII character; none: a quote is text like any other", Example: `"'"`},
		"escape":    {Zh: "引号、分隔符、换行之前表示它是文字的字符；none 没有，格子里的引号写成两个", En: "what stands before a quote, a delimiter or a line end that is text; none: a quote inside a cell is written twice", Example: `'\'`},
		"encoding":  {Zh: "编码；不能这样解码的文件被拒收", En: "the encoding; a file whose bytes cannot be decoded so is refused", OneOf: Encodings, Example: "gb18030"},
		"damaged":   {Zh: "格数与其他行不同或引号不成对的行：refuse 退回，load 照原样装入并提示；不写则在必填列或有类型的列可能错位时退回，否则装入并提示", En: "rows with another number of cells than the others, or with quotes that do not fit: refuse, or load as they stand, with a warning; absent: refused where a required or typed column may have moved, else loaded with a warning", OneOf: []string{"refuse", "load"}, Example: "load"},
	}
}

// Declared says what is declared of a wide table.
func (Unpivot) Declared() declare.Keys {
	return declare.Keys{
		"columns": {Zh: "对表头的正则；组名是列名，组里的文字填那一列", En: "a regular expression on the headers; a group is named like the column it fills", Example: "'^(?P<year>[0-9]{4})年?$'", Required: true},
		"skip":    {Zh: "正则：相符的表头不要，如合计", En: "a regular expression: headers that fit and are not meant, such as a total", Example: "合计"},
		"values":  {Zh: "取格子的列；不止一列时，名为 _ 的组说明是哪一列", En: "the columns that take the cells; of several, the group named _ says which", Example: "[output]", Required: true},
	}
}

// Declared says what is declared of a layout.
func (Layout) Declared() declare.Keys {
	return declare.Keys{
		"name":    {Zh: "版式名", En: "its name", Example: "plain", Required: true},
		"about":   {Zh: "这样的文件从哪里来", En: "where such files come from", Example: "{zh: 某网站导出, en: Exported by a site}"},
		"width":   {Zh: "共几列", En: "the number of columns", Example: "8", Required: true},
		"heading": {Zh: "第一行恰好如此则略去", En: "a first row that reads exactly so is left out", Example: `["0", "1", "2"]`},
		"match":   {Zh: "第几列 -> 该列格子须符合的正则；没有它，同样列数的任何文件都会套用", En: "position -> the regular expression its cells meet; without it any file of that width would fit", Example: "{1: '^[0-9]'}", Required: true},
		"share":   {Zh: "非空格子中须符合的比例", En: "the share of the cells that are not blank that must meet it", Default: "0.8", Example: "0.9"},
		"columns": {Zh: "列名 -> 在第几列、怎么读", En: "name of a column -> where it stands, and how it is read", Example: "{person: {at: 1}}", Required: true},
	}
}

// Declared says what is declared of a column in a layout.
func (Binding) Declared() declare.Keys {
	return declare.Keys{
		"at":    {Zh: "在第几列，从 1 起", En: "its position, from 1", Example: "1", Required: true},
		"parse": {Zh: "读法；不写则用该列自己的", En: "the parser; absent: the column's own", OneOf: parserNames(), Example: "salary_from"},
	}
}

// Declared says what is declared of limits.
func (Limits) Declared() declare.Keys {
	return declare.Keys{
		"rejected_share": {Zh: "退回的行占读到的行的比例，0 至 1；不写则退回 10 行以上时为三分之一", En: "refused rows as a share of those read, 0 to 1; absent: a third, once ten rows are refused", Example: "0.2"},
		"shrink_share":   {Zh: "比上一次少的行占上一次的比例，0 至 1", En: "rows fewer than before as a share of those before, 0 to 1", Example: "0.5"},
	}
}

// Declared says what is declared of a check of rows.
func (RowCheck) Declared() declare.Keys {
	return declare.Keys{
		"name":   {Zh: "校验名", En: "its name", Example: "born_before", Required: true},
		"expr":   {Zh: "列与常数的条件", En: "a condition on columns and constants", Example: "born < date", Required: true},
		"reason": {Zh: "不满足时怎么告诉报送单位", En: "what the sender is told", Example: "{zh: 出生晚于入职, en: Born after the day}", Required: true},
		"remedy": {Zh: "请对方怎么办", En: "what the sender is asked to do", Example: "{zh: 请核对身份证号, en: Check the identity number}"},
	}
}

// Declared says what is declared of a check of a whole submission.
func (SetCheck) Declared() declare.Keys {
	return declare.Keys{
		"name":   {Zh: "校验名", En: "its name", Example: "once", Required: true},
		"unique": {Zh: "这些列合起来只出现一次", En: "these columns together occur once", Example: "[person, date]"},
		"expr":   {Zh: "应为真的聚合表达式", En: "an aggregate expression that must be true", Example: "count() > 0"},
		"totals": {Zh: "合计、小计行里这些列的数应等于所覆盖各行之和（各行按文件里的数，包括被退回的）；没有合计行的文件不算不符", En: "in rows of totals, these columns are the sums of the rows that they cover, as they stand in the file, those refused included; a file without such a row breaks nothing", Example: "[output]"},
		"action": {Zh: "hold 暂不发布；warn 警告", En: "hold: not published; warn: told only", OneOf: []string{"hold", "warn"}, Default: "hold", Example: "warn"},
		"reason": {Zh: "不满足时怎么说", En: "what is told", Example: "{zh: 重复, en: Twice}", Required: true},
	}
}

// Declared says what is declared of a chain.
func (Chain) Declared() declare.Keys {
	return declare.Keys{
		"chain": {Zh: "代码，即文件名", En: "its code, the file's name", Example: "superalloy", Required: true},
		"title": {Zh: "名称", En: "what it is called", Example: "{zh: 高温合金, en: Superalloys}", Required: true},
		"about": {Zh: "说明", En: "a sentence about it", Example: "{zh: 从熔炼到部件。, en: From melting to parts.}"},
		"nodes": {Zh: "各节点", En: "its nodes", Example: "[{code: superalloy.cast, title: {zh: 精密铸造, en: Investment casting}, segment: mid, industries: [C3391 黑色金属铸造], occupations: [6-18-02-01 铸造工], skills: [凝固模拟]}]", Required: true},
	}
}

// Declared says what is declared of a node of a chain.
func (Node) Declared() declare.Keys {
	return declare.Keys{
		"code":        {Zh: "链的代码 + 点 + 名", En: "the chain's code, a dot and a name", Example: "superalloy.cast", Required: true},
		"title":       {Zh: "名称", En: "what it is called", Example: "{zh: 精密铸造, en: Investment casting}", Required: true},
		"segment":     {Zh: "上中下游，见代码表 segments", En: "up, mid or down: a code of list segments", Default: "mid", Example: "mid"},
		"feeds":       {Zh: "供给同链的哪些节点；不得成环", En: "nodes of the chain its goods go to; no way may lead back", Example: "[superalloy.part]"},
		"aliases":     {Zh: "报送时的其他叫法", En: "what senders also call it", Example: "[熔模铸造, 精铸]"},
		"industries":  {Zh: "国民经济行业（GB/T 4754-2017）", En: "industries by GB/T 4754-2017", Example: "[C3391 黑色金属铸造]"},
		"occupations": {Zh: "职业（2022 年版大典）", En: "occupations by the classification of 2022", Example: "[6-18-02-01 铸造工]"},
		"skills":      {Zh: "技能", En: "skills", Example: "[定向凝固, 凝固模拟]"},
	}
}
