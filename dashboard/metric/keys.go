package metric

import (
	"slices"

	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[list]("metrics", "metrics", codes.Text{Zh: "指标", En: "Metrics"},
	codes.Text{Zh: "任意多个指标与维度；文件怎么分随意，名称在全部文件中唯一。旁边的 .test 给出行与应得的数", En: "Any number of metrics and dimensions; how they are spread over files is free, a name is unique in all of them. The .test beside a file gives rows and the number they make"})

// Declared says what is declared in a file.
func (list) Declared() declare.Keys {
	return declare.Keys{
		"dimensions": {Zh: "维度：指标可按它们分组、筛选", En: "dimensions: ways to cut and filter metrics", Example: "[{name: sector, title: {zh: 产业, en: Sector}}]"},
		"metrics":    {Zh: "指标", En: "metrics", Example: "[{name: inflow, title: {zh: 引进人次, en: Arrivals}, definition: {zh: 期内到岗的人次。, en: People who started in the period.}, unit: 人次, direction: up, kind: flow, from: arrivals, time: date, value: count()}]"},
	}
}

// grains are the words for how long a period is.
var grains = []string{string(days.Ten), string(days.Month), string(days.Quarter), string(days.Half), string(days.Year)}

// Declared says what is declared of a metric.
func (Metric) Declared() declare.Keys {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = string(k)
	}
	return declare.Keys{
		"name":       {Zh: "名称：小写字母、数字与 _，全部文件中唯一", En: "lower case letters, digits and _; unique in all files", Example: "inflow", Required: true},
		"id":         {Zh: "指标体系中的编号", En: "its number in the indicator system", Example: `"1.01"`},
		"title":      {Zh: "标题", En: "what it is called", Example: "{zh: 引进人次, en: Arrivals}", Required: true},
		"definition": {Zh: "口径", En: "its definition, in words", Example: "{zh: 期内到岗的人次。, en: People who started in the period.}", Required: true},
		"unit":       {Zh: "单位：已知单位的名称，或自己的 {zh, en, decimals}", En: "its unit: the name of a known one, or {zh, en, decimals} of one's own", Example: "人次", Required: true},
		"direction":  {Zh: "up 越多越好；down 越少越好；context 无所谓好坏", En: "up: more is better; down: less is; context: neither", OneOf: []string{"up", "down", "context"}, Example: "up", Required: true},
		"sentence":   {Zh: "回答年度讲话的哪几句", En: "which sentences of the yearly speech it answers", Example: "[1.1]"},
		"every":      {Zh: "最短看多长的期间", En: "the shortest period it is meant for", OneOf: grains, Example: "month"},
		"kind":       {Zh: "怎么算：flow 期内的行；stock 期末有效的行；mean 存量的期间平均；ratio 两指标之比；formula 指标间的算式；growth 增长率；method 区域分析方法；forecast 预测。有 like 时可省", En: "how it is computed: flow, rows in the period; stock, rows valid at its end; mean of a stock; ratio of two metrics; formula over metrics; growth; method of regional analysis; forecast. Left out with like", OneOf: all, Example: "flow"},
		"over":       {Zh: "formula：先按此维度逐个算再相加；method：向量沿此维度，或沿 month、quarter、half、year、period", En: "formula: computed for each value of this dimension, then added up; method: the dimension its vectors run along, or month, quarter, half, year, period", Example: "node"},
		"record":     {Zh: "创新高时标出", En: "a period greater than every one before is marked", Default: "false", Example: "true"},
		"cause":      {Zh: "变红时先按哪些维度追原因，最多两个", En: "the dimensions by which a red number is traced, two at most", Example: "[node, enterprise]"},
	}
}

// Declared says what is declared of a flow and a stock.
func (RowSpec) Declared() declare.Keys {
	return declare.Keys{
		"like":   {Zh: "沿用这个指标的写法，只另写 and、value、dims", En: "begin with what this metric says; and, value and dims may differ", Example: "inflow"},
		"and":    {Zh: "在 like 数到的行中，只留同时满足此条件的", En: "of the rows that like counts, only those that also meet this", Example: "education in ('10', '11')"},
		"shift":  {Zh: "与 like 同用（存量、流量，及由它们算出的比率、算式、平均、增长率）：整列后移或前移几个月、季、年。1 month 是滞后一月（本月显示上月的数），-1 month 是提前一月；移出数据之外的期间没有数", En: "with like (of a stock or a flow, and of a ratio, a formula, a mean or a growth over them): the series moved by months, quarters or years. 1 month is a lag (a month shows the one before), -1 month a lead; a period that is moved beyond the data has no number", Example: "1 month"},
		"from":   {Zh: "读哪个数据集，或几个的并集", En: "the dataset it reads, or a union of several", Example: "arrivals"},
		"where":  {Zh: "只数满足此条件的行（SQL，只用该数据集的列）", En: "which rows count: SQL over the dataset's columns", Example: "direction = 'in'"},
		"value":  {Zh: "聚合：count()、sum(列)、uniqExact(列) 等", En: "an aggregate: count(), sum(column), uniqExact(column) and others", Example: "count()"},
		"time":   {Zh: "flow：日期列，或得到日期的表达式", En: "flow: the date, a column or an expression", Example: "date"},
		"valid":  {Zh: "stock：一行从哪天起、到哪天止算数", En: "stock: from which day to which a row counts", Example: "{from: recognised_on, to: [valid_to, left_on]}"},
		"once":   {Zh: "期内每人（每个 per）只数一行", En: "each value of per is counted once in a period", Example: "{per: person, keep: [skill_level desc]}"},
		"gather": {Zh: "把同一 once.per 其他各行的一列汇集到每一行", En: "gives each row a column of all other rows of the same once.per", Example: "{as: left_days, take: date, where: direction = 'out'}"},
		"empty":  {Zh: "flow：一期（every）没有行时，zero 为 0，missing 为未报：统计表里缺的一月不是 0。不写：按报送判断，期间内有人报送则为 0；按文件报送的数据集（unit: [file]），日期都是期初或期末的是统计表，缺的一期为未报，否则一份文件首尾之间的月份为 0，文件之间的空档为未报", En: "flow: a period (every) without any row is zero, or missing: a month that a table of statistics lacks is no 0. Absent: as the submissions say; where somebody reported, it is 0. Of a dataset of files (unit: [file]) whose days are all first or all last days of periods, a table, a period that lacks is missing; of any other a month between the first and the last row of a file is 0, and one between two files is missing", OneOf: []string{"zero", "missing"}, Example: "missing"},
		"dims":   {Zh: "可按哪些维度分组；{维度: 表达式} 另写取法", En: "the dimensions it can be cut by; {name: expression} says how this one takes it", Example: "[node, {place: origin}]"},
	}
}

// Declared says what is declared of a ratio.
func (RatioSpec) Declared() declare.Keys {
	return declare.Keys{
		"numerator":   {Zh: "ratio：分子", En: "ratio: the metric above the line", Example: "training_passed"},
		"denominator": {Zh: "ratio：分母；为 0 时没有值", En: "ratio: the metric below the line; no value where it is 0", Example: "training_examined"},
		"ripe":        {Zh: "期满后多久才成熟，如取证、填补、兑付、留存之类还会长的比率；此前不与别期相比，画成虚线", En: "how long after a period its figure ripens, such as a rate of those certified, filled or paid so far; until then it is dashed and held against no other", Example: "6 months"},
		"scale":       {Zh: "ratio：乘以多少；百分数为 100", En: "ratio: multiplied by this; 100 for a percentage", Default: "1", Example: "100"},
	}
}

// Declared says what is declared of a formula.
func (FormulaSpec) Declared() declare.Keys {
	return declare.Keys{
		"formula": {Zh: "formula：指标间的算式，可用 + - * / ( ) max min pow sqrt ln log10 exp total", En: "formula: arithmetic over metrics, with + - * / ( ) max min pow sqrt ln log10 exp total", Example: "inflow - outflow"},
		"whole":   {Zh: "formula：total() 越过的维度", En: "formula: the dimensions that total() looks past", Example: "[node]"},
	}
}

// Declared says what is declared of a mean, a growth and a forecast.
func (ChangeSpec) Declared() declare.Keys {
	return declare.Keys{
		"of":      {Zh: "mean、growth、forecast：所依据的指标", En: "mean, growth, forecast: the metric it stands on", Example: "talent_stock"},
		"against": {Zh: "growth、偏离-份额：yoy 同比，pop 环比", En: "growth, shift-share: yoy, the same period a year before; pop, the period before", OneOf: []string{string(YearOnYear), string(Previous)}, Example: "yoy"},
	}
}

// Declared says what is declared of a method and a forecast.
func (MethodSpec) Declared() declare.Keys {
	return declare.Keys{
		"method":    {Zh: "method、forecast：方法名", En: "method, forecast: its name", OneOf: slices.Sorted(slices.Values(append(method.Names(), method.ForecastNames()...))), Example: "hhi"},
		"args":      {Zh: "方法所用的指标", En: "the metrics it takes", Example: "[post_demand, post_supply]"},
		"reference": {Zh: "以越过此维度的第一个指标为参照，代替最后一个指标", En: "in place of the last metric: the first one past this dimension", Example: "province"},
		"documents": {Zh: "tf_idf、idf：其取值是文档的维度", En: "tf_idf, idf: the dimension whose values are the documents", Example: "title"},
		"output":    {Zh: "取方法的另一个结果：回归的 rmse、n、sse，权重 weight.指标名，预测的 alpha、level、mape 等", En: "another of the numbers the method finds: rmse, n, sse of a line, weight.METRIC, alpha, level or mape of a forecast", Example: "rmse"},
		"weights":   {Zh: "theil_t、theil_l、gini：每个取值代表多少人（户、个）的指标，如常住人口；args 写人均", En: "theil_t, theil_l, gini: the metric that says for how many people or firms each value stands, such as the population; args is then a figure per head", Example: "population"},
		"options":   {Zh: "方法的选项：数、词或数的列表", En: "what the method is told: numbers, words or lists of numbers", Example: "{alpha: 0.5}"},
	}
}

// Declared says what is declared of what a metric reads.
func (From) Declared() declare.Keys {
	return declare.Keys{
		"":      {Zh: "数据集的名称", En: "the name of a dataset", Example: "arrivals"},
		"union": {Zh: "几个数据集的并集，各部分选出同样的列", En: "several datasets as one; each part selects the same columns", Example: "[{dataset: talents, select: {person: person, day: recognised_on}}]", Required: true},
	}
}

// Declared says what is declared of a part of a union.
func (UnionPart) Declared() declare.Keys {
	return declare.Keys{
		"dataset": {Zh: "数据集", En: "the dataset", Example: "talents", Required: true},
		"select":  {Zh: "并集的列名 -> 该数据集的表达式", En: "column of the union -> expression over the dataset's columns", Example: "{person: person, day: recognised_on}", Required: true},
		"where":   {Zh: "只取满足此条件的行", En: "which of its rows are taken", Example: "class != ''"},
	}
}

// Declared says what is declared of when a row of a stock counts.
func (Valid) Declared() declare.Keys {
	return declare.Keys{
		"from": {Zh: "起算日；空着的行一直算数", En: "the first day; a blank one: always", Example: "recognised_on"},
		"to":   {Zh: "不再算数的第一天，几个中最早的；空着的一直算数", En: "the first day no more, the earliest of these; a blank one: for good", Example: "[valid_to, left_on]"},
	}
}

// Declared says what is declared of counting once.
func (Once) Declared() declare.Keys {
	return declare.Keys{
		"per":  {Zh: "按哪一列（或哪几列合起来）只数一行", En: "the column, or the columns together, whose values are counted once", Example: "person", Required: true},
		"keep": {Zh: "按此次序取第一行：列名，或列名 desc；first 为文件里靠前的一行", En: "the first row in this order is taken: a column, or a column desc; first: the row that stands first in the file", Example: "[skill_level desc]"},
	}
}

// Declared says what is declared of gathering.
func (Gather) Declared() declare.Keys {
	return declare.Keys{
		"as":    {Zh: "汇集到的新名称", En: "the new name it gets", Example: "left_days", Required: true},
		"take":  {Zh: "汇集哪一列", En: "the column that is gathered", Example: "date", Required: true},
		"where": {Zh: "只从满足此条件的行汇集", En: "which rows it is gathered from", Example: "direction = 'out'"},
	}
}

// Declared says what is declared of a dimension of a metric.
func (DimUse) Declared() declare.Keys {
	return declare.Keys{"": {Zh: "维度名；{维度: 表达式} 另写取法", En: "the name of a dimension; {name: expression} says how it is taken here", Example: "node"}}
}

// Declared says what is declared of a dimension.
func (Dimension) Declared() declare.Keys {
	return declare.Keys{
		"name":   {Zh: "名称，全部文件中唯一", En: "its name, unique in all files", Example: "sector", Required: true},
		"title":  {Zh: "标题", En: "what it is called", Example: "{zh: 产业, en: Sector}", Required: true},
		"expr":   {Zh: "列，或列的表达式；不写则是同名的列", En: "an expression over the dataset's columns; absent: the column of its name", Example: "arrayJoin(skills)"},
		"list":   {Zh: "取值的名称来自这个代码表", En: "the code list that names its values", Example: "nodes"},
		"also":   {Zh: "另外几个代码表（各数据集用各自的表时）", En: "more lists, where several datasets have their own", Example: "[channels, service_channels]"},
		"labels": {Zh: "取值 -> 名称，优先于代码表", En: "value -> its name, before the lists", Example: "{in: {zh: 流入, en: In}}"},
		"order":  {Zh: "取值习惯的次序；不写则按数值大小", En: "its values in the order people expect; absent: by value", Example: "[doctor, master, bachelor]"},
	}
}
