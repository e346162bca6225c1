package board

import (
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Declared and DeclaredMap are the kinds of file this room reads, for the manual and the schemas.
var (
	Declared = declare.KindOf[Board]("board", "boards", codes.Text{Zh: "页面", En: "Board"},
		codes.Text{Zh: "一页：一组面板，每个面板画一个或几个指标", En: "A page: panels, each of which draws one metric or several"})
	DeclaredMap = declare.KindOf[Map]("map", "maps", codes.Text{Zh: "地图", En: "Map"},
		codes.Text{Zh: "一张轮廓图，代码表的取值画在上面；GeoJSON 放在声明旁边", En: "An outline that the values of a code list are drawn on; its GeoJSON lies beside the declaration"})
)

var grains = []string{string(days.Ten), string(days.Month), string(days.Quarter), string(days.Half), string(days.Year)}

// Declared says what is declared of a board.
func (Board) Declared() declare.Keys {
	return declare.Keys{
		"board":  {Zh: "名称，也是网址 /b/名称", En: "its name, and its address /b/name", Example: "inflow", Required: true},
		"title":  {Zh: "标题", En: "what it is called", Example: "{zh: 人才引进, en: Talent inflow}", Required: true},
		"lead":   {Zh: "标题下的一句话", En: "a sentence below the title", Example: "{zh: 谁来了，从哪里来。, en: Who came and from where.}"},
		"order":  {Zh: "在标签中的次序", En: "its place among the tabs", Default: "0", Example: "2"},
		"under":  {Zh: "data：放在“数据”标签之下，不单独占一个标签", En: "data: below the tab of the data instead of a tab of its own", OneOf: []string{"data"}, Example: "data"},
		"panels": {Zh: "面板", En: "its panels", Example: "[{name: origin, title: {zh: 来源省份, en: Provinces}, kind: bar, metrics: [inflow], by: [origin_province], period: half, span: 5}]", Required: true},
	}
}

// Declared says what is declared of a panel.
func (Panel) Declared() declare.Keys {
	return declare.Keys{
		"name":    {Zh: "名称，也是网址的一部分", En: "its name, a part of its address", Example: "origin", Required: true},
		"title":   {Zh: "标题", En: "what it is called", Example: "{zh: 来源省份排名, en: Provinces ranked}", Required: true},
		"kind":    {Zh: "怎么画；各种见 configs/boards/README.md（map_china、map_world 是旧写法）", En: "how it is drawn, see configs/boards/README.md (map_china and map_world are of before)", OneOf: append(kindNames(), "map_china", "map_world"), Example: "bar", Required: true},
		"metrics": {Zh: "画哪些指标", En: "the metrics it draws", Example: "[inflow]", Required: true},
		"by":      {Zh: "按哪些维度；各指标都要有", En: "dimensions that every one of the metrics has", Example: "[origin_province]"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{employment: [full_time]}"},
		"grain":   {Zh: "趋势每点多长", En: "how long a period of a trend is", OneOf: grains, Example: "quarter"},
		"period":  {Zh: "看哪段时间，从数据截至日说起；网址中的期间优先", En: "which time it shows, told from the data date; a period in the address takes its place", OneOf: days.RelativeNames(), Example: "half"},
		"compare": {Zh: "与什么比：yoy 同比，pop 环比，spring 按春节对齐", En: "what it is compared with: yoy, pop or spring", OneOf: []string{string(metric.YearOnYear), string(metric.Previous), string(metric.Spring)}, Example: "yoy"},
		"limit":   {Zh: "最多几项，大的在前；0 全部", En: "how many at most, greatest first; 0: all", Default: "0", Example: "14"},
		"span":    {Zh: "桌面上占 12 列中的几列；手机只有一列，纸上同一节里相邻的两幅图（不超过 8 列，地图不超过 6 列）并排", En: "how many of 12 columns at the desk; a phone has one, and on paper two charts that follow each other in a section (of 8 columns at most, maps of 6) share the width", Example: "5", Required: true},
		"note":    {Zh: "图下的说明", En: "a note below it", Example: "{zh: 不含兼职。, en: Without part-time.}"},
		"section": {Zh: "从这里开始的一节的标题", En: "begins a section of the page", Example: "{zh: 从哪里来, en: Where from}"},
		"marks":   {Zh: "趋势中每个指标画成什么", En: "what each metric of a trend is drawn as", OneOf: []string{"bar", "line", "area"}, Example: "[bar, line]"},
		"desk":    {Zh: "手机上不显示（那里有别的面板说同样的事）", En: "not on a phone, where another panel says the same", Default: "false", Example: "true"},
		"sort":    {Zh: "key 按维度的次序，value 按大小；不写时条形按大小", En: "key: in the order of the dimension; value: by size, as bars are when absent", OneOf: []string{"key", "value"}, Example: "key"},
		"spark":   {Zh: "数字卡上的小趋势", En: "the small trend of a number", Example: "{period: 36m, grain: quarter}"},
		"names":   {Zh: "指标在这里怎么叫；不写则用各自的标题", En: "what the metrics are called here; absent: their own titles", Example: "[{zh: 引进, en: Arrivals}]"},
		"levels":  {Zh: "有名称的等级：图的第二个指标，或线后的区间", En: "named classes: of a graph's second metric, or behind a line", Example: "[{name: {zh: 有富余, en: To spare}}, {from: 1, name: {zh: 偏紧, en: Short}}]"},
		"finding": {Zh: "标题说出的结论；指标的名称则在其下", En: "what the title says of the figures; what they are then stands below it", Example: "most"},
		"each":    {Zh: "表：每行列出最后一个指标在此维度上最大的三项", En: "of a table: the last metric's three greatest of this dimension, in each row", Example: "course"},
	}
}

// Declared says what is declared of the days around the lunar new year.
func (Eve) Declared() declare.Keys {
	return declare.Keys{
		"days":  {Zh: "spring：除夕前后各多少天，1 至 60", En: "spring: how many days before the eve and after it, 1 to 60", Default: "30", Example: "15"},
		"years": {Zh: "spring：本年及以前共几年，1 至 3", En: "spring: this year and those before it, 1 to 3", Default: "2", Example: "3"},
	}
}

// Declared says what is declared of the maps of a panel.
func (Place) Declared() declare.Keys {
	return declare.Keys{
		"map":  {Zh: "map：画在哪张地图上（configs/maps）", En: "map: the declared map it is drawn on (configs/maps)", Example: "zone"},
		"also": {Zh: "map：读者可以换的其他地图", En: "map: other maps a reader may choose instead", Example: "[{map: china, by: [origin_province]}]"},
	}
}

// Declared says what is declared of a small trend.
func (Spark) Declared() declare.Keys {
	return declare.Keys{
		"period": {Zh: "看哪段时间", En: "which time it shows", OneOf: days.RelativeNames(), Example: "36m", Required: true},
		"grain":  {Zh: "每点多长", En: "how long a period is", OneOf: grains, Example: "quarter"},
	}
}

// Declared says what is declared of a level.
func (Level) Declared() declare.Keys {
	return declare.Keys{
		"from": {Zh: "从此值起；第一级不写", En: "the value it begins at; absent for the first", Example: "1"},
		"name": {Zh: "名称", En: "what it is called", Example: "{zh: 偏紧, en: Short}", Required: true},
	}
}

// Declared says what is declared of another map of a panel.
func (View) Declared() declare.Keys {
	return declare.Keys{
		"map":     {Zh: "地图", En: "the map", Example: "china", Required: true},
		"by":      {Zh: "按哪个维度", En: "the dimension", Example: "[origin_province]", Required: true},
		"metrics": {Zh: "指标，与面板的不同时", En: "the metric, where it is not the panel's", Example: "[inflow]"},
		"title":   {Zh: "标题，与面板的不同时", En: "the title, where it is not the panel's", Example: "{zh: 省份, en: Provinces}"},
		"note":    {Zh: "说明", En: "the note", Example: "{zh: 不含兼职。, en: Without part-time.}"},
	}
}

// Declared says what is declared of a map.
func (Map) Declared() declare.Keys {
	return declare.Keys{
		"map":      {Zh: "名称", En: "its name", Example: "zone", Required: true},
		"title":    {Zh: "标题", En: "what it is called", Example: "{zh: 开发区, en: The zone}", Required: true},
		"order":    {Zh: "在可选地图中的次序", En: "its place among the maps", Default: "0", Example: "1"},
		"file":     {Zh: "同目录的 GeoJSON 文件", En: "a GeoJSON file beside the declaration", Example: "lishui.json", Required: true},
		"list":     {Zh: "画哪个代码表的取值", En: "the code list whose values are drawn", Example: "parks", Required: true},
		"key":      {Zh: "区域的哪个属性是取值的代码、名称或别名；不写则区域只作底图", En: "the property of an area that names a value by code, name or alias; absent: areas are ground only", Example: "adcode"},
		"labels":   {Zh: "区域名称在哪个属性里，按语言；不写则不标名", En: "the property that holds an area's name, by language; absent: none is written", Example: "{zh: name}"},
		"focus":    {Zh: "占满画面的区域，其余是周边", En: "areas that fill the picture; the others are their surroundings", Example: "[青田县]"},
		"bounds":   {Zh: "画面的西、南、东、北，度；不写则为全部，或 focus", En: "west, south, east and north of the picture in degrees; absent: everything, or focus", Example: "[119.7, 27.9, 120.5, 28.5]"},
		"inset":    {Zh: "south_china_sea：南海诸岛另框", En: "south_china_sea: the islands in a frame of their own", OneOf: []string{"south_china_sea"}, Example: "south_china_sea"},
		"absent":   {Zh: "图上没有的取值，其数写在图下", En: "values that are not on it: their figures are written below", Example: "[other]"},
		"unlisted": {Zh: "不是代码表取值的区域，只画轮廓", En: "areas that are no value of the list: they stay plain", Example: "['330101']"},
		"approval": {Zh: "该文件的审图号", En: "the approval number of the file", Example: "GS(2024)0650号"},
	}
}
