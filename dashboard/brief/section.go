package brief

import (
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Section is a part of a document: a title, one paragraph of sentences, then tables, then charts.
type Section struct {
	Title  codes.Text `yaml:"title"` // none: it goes on with the section before
	Level  int        `yaml:"level"`
	Rules  []Rule     `yaml:"sentences"`
	Tables []Table    `yaml:"tables"`
	Charts []Chart    `yaml:"charts"`
	Once   bool       `yaml:"once"` // of a document with each: not for each, but once before them
}

// Slot is a figure in a text.
type Slot struct {
	Metric  string              `yaml:"metric"`
	Where   map[string][]string `yaml:"where"`
	Period  string              `yaml:"period"`
	Compare metric.Compare      `yaml:"compare"`
	Round   float64             `yaml:"round"`
}

// Table is a table of a document.
type Table struct {
	Show    string              `yaml:"show"`
	Caption codes.Text          `yaml:"caption"`
	Metrics []string            `yaml:"metrics"`
	Names   []codes.Text        `yaml:"names"`
	By      string              `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Period  string              `yaml:"period"`
	Compare metric.Compare      `yaml:"compare"`
	Limit   int                 `yaml:"limit"`
	Note    codes.Text          `yaml:"note"`
}

// Chart is a chart of a document: a panel of a board, or one that is declared in its place.
type Chart struct {
	Panel   string     `yaml:"panel"` // board/panel; empty: it is declared here
	Caption codes.Text `yaml:"caption"`
	Period  string     `yaml:"period"`
	Note    codes.Text `yaml:"note"`
	Drawn   `yaml:",inline"`

	Board string      // of the panel; empty: of none
	Found board.Panel // the panel itself
}

// Drawn is what a chart without a board draws.
type Drawn struct {
	Kind    board.Kind          `yaml:"kind"`
	Metrics []string            `yaml:"metrics"`
	Names   []codes.Text        `yaml:"names"`
	Marks   []string            `yaml:"marks"`
	By      []string            `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Grain   days.Grain          `yaml:"grain"`
	Compare metric.Compare      `yaml:"compare"`
	Limit   int                 `yaml:"limit"`
	Sort    string              `yaml:"sort"`
}

// drawn are the kinds that need nothing but metrics and dimensions.
var drawn = []string{
	string(board.Trend), string(board.Line), string(board.Bar), string(board.Column), string(board.Stack), string(board.Pie), string(board.Funnel),
	string(board.Heatmap), string(board.Balance), string(board.Sankey), string(board.Path),
}

// What a table shows.
const (
	TableMetrics = "metrics" // figures: a row a metric, or a row for each value of a dimension
	TableTargets = "targets" // targets and how far they are
	TableUnits   = "units"   // responsible units: how many of their targets are reached, on pace, behind
	TableReports = "reports" // what was to be reported, and is late or due next
	TableOrder   = "order"   // one target: what, who, how much, by when
)

// For what a document comes once each.
const (
	EachUnit   = "unit"   // a responsible unit or a sender
	EachTarget = "target" // a target that lags behind its pace
)

var (
	eaches = []string{EachUnit, EachTarget}
	shows  = []string{TableMetrics, TableTargets, TableUnits, TableReports, TableOrder}
	// forms are what may be wanted of a figure instead of itself.
	forms = []string{"change", "moved", "base", "period"}
	// things are the {names} that a document has for each of what it is for.
	things = map[string][]string{
		EachUnit:   {"unit", "targets", "reached", "onpace", "behind", "late"},
		EachTarget: {"unit", "measure", "scope", "period", "target", "actual", "percent", "gap", "pace", "needed", "forecast", "due", "day"},
	}
)

// The bounds of a document.
const (
	mostSections = 40
	mostMetrics  = 30
	mostColumns  = 6
	mostRows     = 100
	mostPages    = 60
)

// Declared says what is declared of a section.
func (Section) Declared() declare.Keys {
	return declare.Keys{
		"title":     {Zh: "标题，编号自动加：一、（一）1.；不写则接着上一节另起一段", En: "its heading; numbers are put before it (1. (1) a.); absent: another paragraph of the section before", Example: "{zh: 引才, en: Arrivals}"},
		"level":     {Zh: "第几级标题，1 至 3", En: "the level of the heading, 1 to 3", Default: "1", Example: "2"},
		"sentences": {Zh: "句子，合成一段", En: "its sentences, which make one paragraph", Example: "[{say: change, metrics: [net_inflow]}]"},
		"tables":    {Zh: "表，在句子之后", En: "tables, behind the sentences", Example: "[{caption: {zh: 各节点, en: By link}, metrics: [inflow], by: node}]"},
		"charts":    {Zh: "图，在表之后", En: "charts, behind the tables", Example: "[{panel: overview/trend}]"},
		"once":      {Zh: "有 each 的文件：这一节只写一遍，放在前面", En: "of a document with each: this section comes once, before them all", Default: "false", Example: "true"},
	}
}

// Declared says what is declared of a figure in a text.
func (Slot) Declared() declare.Keys {
	return declare.Keys{
		"metric":  {Zh: "指标；不写则与名称相同", En: "the metric; absent: that of the same name", Example: "inflow"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{education_group: [doctor, master]}"},
		"period":  {Zh: "看哪段时间；不写与这句话相同", En: "which time; absent: that of the sentence", OneOf: days.RelativeNames(), Example: "as_of"},
		"compare": {Zh: "与什么比；不写与这句话相同", En: "what it is compared with; absent: as the sentence", OneOf: []string{string(metric.YearOnYear), string(metric.Previous)}, Example: "yoy"},
		"round":   {Zh: "说成整百整千：写 100，716 说成“超 700”，690 说成“近 700”，正好 700 就说 700；链接仍到准确的数", En: "say round hundreds or thousands: with 100, 716 is over 700, 690 nearly 700, and 700 is 700; the link still leads to the exact figure", Example: "100"},
	}
}

// Declared says what is declared of a table.
func (Table) Declared() declare.Keys {
	return declare.Keys{
		"show":    {Zh: "metrics 指标；targets 目标与进度；units 责任单位；reports 报送；order 一项目标的督办内容", En: "metrics; targets and their pace; units that answer for them; reports; order: what one target asks of whom", OneOf: shows, Default: TableMetrics, Example: "metrics"},
		"caption": {Zh: "表题", En: "what stands above it", Example: "{zh: 各节点引进人数, en: Arrivals by link}", Required: true},
		"metrics": {Zh: "哪些指标：没有 by 时一个指标一行，有 by 时一个指标一列", En: "which metrics: a row each without by, a column each with it", Example: "[inflow, outflow]"},
		"names":   {Zh: "指标在表里怎么叫", En: "what the metrics are called in the table", Example: "[{zh: 引进, en: Arrivals}]"},
		"by":      {Zh: "按哪个维度分行", En: "the dimension whose values are the rows", Example: "node"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{employment: [full_time]}"},
		"period":  {Zh: "看哪段时间；不写为文件的期间", En: "which time; absent: that of the document", OneOf: days.RelativeNames(), Example: "as_of"},
		"compare": {Zh: "与什么比：加基期与增减两列", En: "what it is compared with: adds what it was and how it changed", OneOf: []string{string(metric.YearOnYear), string(metric.Previous)}, Example: "yoy"},
		"limit":   {Zh: "至多几行", En: "how many rows at most", Example: "10"},
		"note":    {Zh: "表下的说明", En: "what stands below it", Example: "{zh: 按第一列排序, en: In the order of the first column}"},
	}
}

// Declared says what is declared of a chart.
func (Chart) Declared() declare.Keys {
	return declare.Keys{
		"panel":   {Zh: "页面上的一个面板：页面/面板；不写则就地声明：写 kind、metrics、caption", En: "a panel of a board: board/panel; absent: the chart is declared here, with kind, metrics and caption", Example: "inflow/trend"},
		"caption": {Zh: "图题；不写则用面板的标题", En: "what stands above it; absent: the title of the panel", Example: "{zh: 引进与流出, en: Arrivals and departures}"},
		"period":  {Zh: "看哪段时间；不写：面板自己的期间，到文件期间的最后一天", En: "which time; absent: as long as the panel's own, up to the document's last day", OneOf: days.RelativeNames(), Example: "36m"},
		"note":    {Zh: "图下的说明", En: "what stands below it", Example: "{zh: 农历可比, en: As the lunar new year fell}"},
	}
}

// Declared says what is declared of a chart without a board.
func (Drawn) Declared() declare.Keys {
	return declare.Keys{
		"kind":    {Zh: "就地声明：图的种类", En: "declared here: the kind of chart", OneOf: drawn, Example: "bar"},
		"metrics": {Zh: "就地声明：哪些指标", En: "declared here: which metrics", Example: "[inflow]"},
		"names":   {Zh: "指标在图里怎么叫", En: "what the metrics are called in the chart", Example: "[{zh: 引进, en: Arrivals}]"},
		"marks":   {Zh: "trend：每个指标画成 bar、line 还是 area", En: "of a trend: bar, line or area for each metric", Example: "[bar, line]"},
		"by":      {Zh: "按哪些维度分", En: "the dimensions it is divided by", Example: "[park]"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{employment: [full_time]}"},
		"grain":   {Zh: "按月、季、半年还是年", En: "by month, quarter, half or year", Example: "quarter"},
		"compare": {Zh: "与什么比", En: "what it is compared with", OneOf: []string{string(metric.YearOnYear), string(metric.Previous)}, Example: "yoy"},
		"limit":   {Zh: "至多几项", En: "how many parts at most", Example: "10"},
		"sort":    {Zh: "key 按代码表的次序，不写则按大小", En: "key: in the order of the code list; absent: by size", OneOf: []string{"key", "value"}, Example: "key"},
	}
}
