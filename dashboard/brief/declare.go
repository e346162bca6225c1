// Package brief says in sentences what figures amount to: what grew, what lags, where the gap is, who has not reported. The
// rules are declared (configs/briefings); no sentence is written by anything but them. It computes no number itself.
package brief

import (
	"io/fs"
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Brief is a declared list of sentences on top of a page, or a document of sections.
type Brief struct {
	Name  string     `yaml:"briefing"`
	Title codes.Text `yaml:"title"`
	Board string     `yaml:"board"` // on top of which it stands
	Words Words      `yaml:"words"`
	Rules []Rule     `yaml:"sentences"`

	Issuer   codes.Text `yaml:"issuer"`   // who issues the document
	Period   string     `yaml:"period"`   // that the document is of, where nobody says which
	Each     string     `yaml:"each"`     // the sections come once for each unit or target
	Pages    int        `yaml:"pages"`    // how many pages it may have at most; 0: as many as it takes
	Bare     bool       `yaml:"bare"`     // without the definitions at its end
	Sections []Section  `yaml:"sections"` // none: it is no document
}

// Document says whether a briefing is a document, which has sections.
func (b *Brief) Document() bool { return len(b.Sections) > 0 }

// Asked are the metrics that a document asks for; where it names none, as one of targets does, all there are.
func (b *Brief) Asked(catalog *metric.Catalog) (out []*metric.Metric) {
	var names []string
	for _, s := range b.Sections {
		for _, r := range s.Rules {
			names = append(names, r.Asked(catalog)...)
		}
		for _, t := range s.Tables {
			names = append(names, t.Metrics...)
		}
		for _, c := range s.Charts {
			names = append(append(names, c.Metrics...), c.Found.Metrics...)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if m := catalog.Metric(name); m != nil {
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		return catalog.Metrics()
	}
	return out
}

// Documents are those that are documents.
func Documents(all []*Brief) []*Brief {
	return slices.DeleteFunc(slices.Clone(all), func(b *Brief) bool { return !b.Document() })
}

// Named is the document of that name; nil, and the names that there are, where there is none.
func Named(all []*Brief, name string) (*Brief, []string) {
	var names []string
	for _, b := range Documents(all) {
		if b.Name == name {
			return b, nil
		}
		names = append(names, b.Name)
	}
	return nil, names
}

// Orders is the name of the first document that comes for each target; empty where there is none.
func Orders(all []*Brief) string {
	for _, b := range Documents(all) {
		if b.Each == EachTarget {
			return b.Name
		}
	}
	return ""
}

// Words are the least changes, in percent or percentage points, from which a change is called something: below Level it is
// no change, below Small a small one, from Marked on a marked one.
type Words struct {
	Level  float64 `yaml:"level"`
	Small  float64 `yaml:"small"`
	Marked float64 `yaml:"marked"`
}

// Rule is one sentence.
type Rule struct {
	Say     string              `yaml:"say"`
	Metrics []string            `yaml:"metrics"`
	Names   []codes.Text        `yaml:"names"`
	By      string              `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Period  string              `yaml:"period"`
	Compare metric.Compare      `yaml:"compare"`
	Limit   int                 `yaml:"limit"`
	Text    codes.Text          `yaml:"text"`  // of say: text
	Slots   map[string]Slot     `yaml:"slots"` // what the {names} in it stand for, where they are no metrics
	If      string              `yaml:"if"`    // a {name} of what the section is for: the sentence is left out where that is none or 0
}

// What a rule may say.
const (
	change  = "change"  // how metrics stand and how they have moved
	most    = "most"    // the greatest parts of a metric
	targets = "targets" // how many targets are reached and behind, and which are furthest behind
	reports = "reports" // what has not been reported, and what is due next
	saying  = "text"    // a text whose {names} are figures
)

var says = []string{change, most, targets, reports, saying}

// The greatest number of sentences of a briefing, and of parts of a sentence.
const (
	mostRules = 12
	mostParts = 6
)

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Brief]("briefing", "briefings", codes.Text{Zh: "结论", En: "Briefing"},
	codes.Text{Zh: "页面顶上的几句话，或一份文件（有 sections 的：半年报、简报、通报、督办单）：按规则写出，不用模型；每个数字都是链接", En: "The sentences on top of a page, or a document (one with sections: reports, notices, orders): written by rule, not by a model; every number is a link"})

// Declared says what is declared of a briefing.
func (Brief) Declared() declare.Keys {
	return declare.Keys{
		"briefing":  {Zh: "名称", En: "its name", Example: "overview", Required: true},
		"title":     {Zh: "标题", En: "what it is called", Example: "{zh: 一句话结论, en: In brief}", Required: true},
		"board":     {Zh: "放在哪一页顶上；文件不写", En: "the page on top of which it stands; a document has none", Example: "overview"},
		"words":     {Zh: "多大的变化叫持平、小幅、明显", En: "which change is called level, small, marked", Example: "{level: 1, small: 5, marked: 20}"},
		"sentences": {Zh: "页面顶上的句子，依次；文件的句子写在各节里", En: "the sentences on top of the page, in their order; those of a document stand in its sections", Example: "[{say: change, metrics: [net_inflow], period: half, compare: yoy}]"},
		"issuer":    {Zh: "文件：由谁印发", En: "of a document: who issues it", Example: "{zh: 人才工作领导小组办公室, en: Office of the Talent Leading Group}"},
		"period":    {Zh: "文件：没有指定期间时，看哪段时间", En: "of a document: the time it is of where nobody says which", OneOf: days.RelativeNames(), Default: "half", Example: "month"},
		"each":      {Zh: "文件：各节对每个责任单位，或每项落后的目标，各写一遍", En: "of a document: its sections come once for each responsible unit, or for each target that lags", OneOf: eaches, Example: "target"},
		"pages":     {Zh: "文件：至多几页（A4）；不写不限", En: "of a document: how many pages of A4 it may have at most; absent: any number", Example: "2"},
		"bare":      {Zh: "文件：末尾不附指标口径", En: "of a document: no definitions at its end", Default: "false", Example: "true"},
		"sections":  {Zh: "文件：各节，依次", En: "of a document: its sections, in their order", Example: "[{title: {zh: 引才, en: Arrivals}, sentences: [{say: change, metrics: [net_inflow]}]}]"},
	}
}

// Declared says what is declared of the words of change.
func (Words) Declared() declare.Keys {
	return declare.Keys{
		"level":  {Zh: "低于此（百分之几，或百分点）是持平", En: "below this (percent, or percentage points) nothing has changed", Default: "1", Example: "1"},
		"small":  {Zh: "低于此是小幅", En: "below this it is small", Default: "5", Example: "5"},
		"marked": {Zh: "达到此是明显", En: "from this on it is marked", Default: "20", Example: "20"},
	}
}

// Declared says what is declared of a sentence.
func (Rule) Declared() declare.Keys {
	return declare.Keys{
		"say":     {Zh: "说什么：change 数字及其变化，most 最大的几部分，targets 目标，reports 报送，text 自己的一段话，里面有数字", En: "change: numbers and how they moved; most: the greatest parts of one; targets; reports; text: a text of one's own with figures in it", OneOf: says, Example: "change", Required: true},
		"metrics": {Zh: "哪些指标；most 只用一个", En: "which metrics; most takes one", Example: "[net_inflow]"},
		"names":   {Zh: "指标在句子里怎么叫；不写则用各自的标题", En: "what the metrics are called in the sentence; absent: their own titles", Example: "[{zh: 净流入, en: net arrivals}]"},
		"by":      {Zh: "most：按哪个维度分", En: "most: the dimension it is divided by", Example: "node"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{employment: [full_time]}"},
		"period":  {Zh: "看哪段时间；网址中的期间优先。文件里：不写为文件的期间，写了就从文件期间的最后一天往回看", En: "which time it tells of (half where absent); a period in the address takes its place. In a document: absent, the document's; else counted back from the last day of that", OneOf: days.RelativeNames(), Example: "half"},
		"compare": {Zh: "与什么比", En: "what it is compared with", OneOf: []string{string(metric.YearOnYear), string(metric.Previous)}, Example: "yoy"},
		"limit":   {Zh: "说出几项", En: "how many are named", Default: "2", Example: "2"},
		"text": {
			Zh:      "say: text 的一段话。{指标} 是它的数字；{指标.change} 是增减（增长 12.3%），{指标.moved} 是与基期相比的一句话，{指标.base} 是基期的数，{指标.period} 是期间；没有数字时写明缺什么",
			En:      "of say: text. {metric} is its figure; {metric.change} how it changed (up 12.3%), {metric.moved} a clause about that, {metric.base} what it is compared with, {metric.period} the period; a figure that is missing is said to be",
			Example: "{zh: \"引进{inflow}，同比{inflow.change}。\", en: \"{inflow} arrived, {inflow.change} on the year.\"}",
		},
		"if":    {Zh: "say: text：各节所对应的名称之一；它没有或为 0 时不说这一句", En: "of say: text: one of the names that each has; where it is none or 0 the sentence is left out", Example: "targets"},
		"slots": {Zh: "{名称} 不是指标名时代表什么", En: "what a {name} stands for that is no metric", Example: "{bachelor: {metric: inflow, where: {education_group: [bachelor]}}}"},
	}
}

// Read reads every briefings/*.yaml and holds it against the metrics and the boards there are. All faults are told at once.
func Read(fsys fs.FS, catalog *metric.Catalog, boards []*board.Board) ([]*Brief, error) {
	files := declare.Read[Brief](fsys, "briefings")
	var out []*Brief
	first := map[string]bool{}
	for _, doc := range files.Docs {
		b := doc.Value
		if b.Board != "" && !slices.Contains(boardNames(boards), b.Board) {
			doc.File.Fault("board", "没有页面 %q%s", "unknown board %q%s", b.Board, declare.Known(b.Board, boardNames(boards)))
		}
		if b.Words == (Words{}) {
			b.Words = Words{Level: 1, Small: 5, Marked: 20}
		}
		if w := b.Words; w.Level < 0 || w.Small < w.Level || w.Marked < w.Small {
			doc.File.Fault("words", "应为 0 ≤ level ≤ small ≤ marked", "want 0 <= level <= small <= marked")
		}
		c := checker{doc.File, catalog, boards, b}
		if len(b.Sections) > 0 {
			c.document()
		} else {
			c.page()
		}
		if first[b.Name] {
			doc.File.Fault("briefing", "已有同名的 %q", "there is a %q already", b.Name)
		}
		first[b.Name] = true
		out = append(out, b)
	}
	return out, files.Err()
}
