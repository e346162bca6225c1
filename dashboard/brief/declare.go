// Package brief says in sentences what figures amount to: what grew, what lags, where the gap is, who has not reported. The
// rules are declared (configs/briefings); no sentence is written by anything but them. It computes no number itself.
package brief

import (
	"fmt"
	"io/fs"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Brief is a declared list of sentences.
type Brief struct {
	Name  string     `yaml:"briefing"`
	Title codes.Text `yaml:"title"`
	Board string     `yaml:"board"` // on top of which it stands
	Words Words      `yaml:"words"`
	Rules []Rule     `yaml:"sentences"`
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
}

// What a rule may say.
const (
	change  = "change"  // how metrics stand and how they have moved
	most    = "most"    // the greatest parts of a metric
	targets = "targets" // how many targets are reached and behind, and which are furthest behind
	reports = "reports" // what has not been reported, and what is due next
)

var says = []string{change, most, targets, reports}

// The greatest number of sentences of a briefing, and of parts of a sentence.
const (
	mostRules = 12
	mostParts = 6
)

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Brief]("briefing", "briefings", codes.Text{Zh: "结论", En: "Briefing"},
	codes.Text{Zh: "页面顶上的几句话：按规则写出，不用模型；每个数字都是链接", En: "The sentences on top of a page: written by rule, not by a model; every number is a link"})

// Declared says what is declared of a briefing.
func (Brief) Declared() declare.Keys {
	return declare.Keys{
		"briefing":  {Zh: "名称", En: "its name", Example: "overview", Required: true},
		"title":     {Zh: "标题", En: "what it is called", Example: "{zh: 一句话结论, en: In brief}", Required: true},
		"board":     {Zh: "放在哪一页顶上", En: "the page on top of which it stands", Example: "overview", Required: true},
		"words":     {Zh: "多大的变化叫持平、小幅、明显", En: "which change is called level, small, marked", Example: "{level: 1, small: 5, marked: 20}"},
		"sentences": {Zh: "句子，依次", En: "its sentences, in their order", Example: "[{say: change, metrics: [net_inflow], period: half, compare: yoy}]", Required: true},
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
		"say":     {Zh: "说什么：change 数字及其变化，most 最大的几部分，targets 目标，reports 报送", En: "change: numbers and how they moved; most: the greatest parts of one; targets; reports", OneOf: says, Example: "change", Required: true},
		"metrics": {Zh: "哪些指标；most 只用一个", En: "which metrics; most takes one", Example: "[net_inflow]"},
		"names":   {Zh: "指标在句子里怎么叫；不写则用各自的标题", En: "what the metrics are called in the sentence; absent: their own titles", Example: "[{zh: 净流入, en: net arrivals}]"},
		"by":      {Zh: "most：按哪个维度分", En: "most: the dimension it is divided by", Example: "node"},
		"where":   {Zh: "固定的筛选：维度 -> 取值", En: "fixed filters: dimension -> values", Example: "{employment: [full_time]}"},
		"period":  {Zh: "看哪段时间；网址中的期间优先", En: "which time it tells of; a period in the address takes its place", OneOf: days.RelativeNames(), Default: "half", Example: "half"},
		"compare": {Zh: "与什么比", En: "what it is compared with", OneOf: []string{string(metric.YearOnYear), string(metric.Previous)}, Example: "yoy"},
		"limit":   {Zh: "说出几项", En: "how many are named", Default: "2", Example: "2"},
	}
}

// Read reads every briefings/*.yaml and holds it against the metrics and the boards there are. All faults are told at once.
func Read(fsys fs.FS, catalog *metric.Catalog, boards []string) ([]*Brief, error) {
	files := declare.Read[Brief](fsys, "briefings")
	var out []*Brief
	for _, doc := range files.Docs {
		b := doc.Value
		if b.Board != "" && !slices.Contains(boards, b.Board) {
			doc.File.Fault("board", "没有页面 %q%s", "unknown board %q%s", b.Board, declare.Known(b.Board, boards))
		}
		if b.Words == (Words{}) {
			b.Words = Words{Level: 1, Small: 5, Marked: 20}
		}
		if w := b.Words; w.Level < 0 || w.Small < w.Level || w.Marked < w.Small {
			doc.File.Fault("words", "应为 0 ≤ level ≤ small ≤ marked", "want 0 <= level <= small <= marked")
		}
		if len(b.Rules) == 0 || len(b.Rules) > mostRules {
			doc.File.Fault("sentences", "是 %d 句，应为 1 至 %d", "are %d, want 1 to %d", len(b.Rules), mostRules)
		}
		for i := range b.Rules {
			b.Rules[i].check(doc.File, fmt.Sprintf("sentences[%d]", i+1), catalog)
		}
		out = append(out, b)
	}
	return out, files.Err()
}

// check tells what is wrong with a sentence and fills in what it leaves out.
func (r *Rule) check(f *declare.File, at string, catalog *metric.Catalog) {
	if r.Period == "" {
		r.Period = "half"
	}
	if r.Limit == 0 {
		r.Limit = 2
	}
	if r.Limit < 1 || r.Limit > mostParts {
		f.Fault(at+".limit", "是 %d，应为 1 至 %d", "is %d, want 1 to %d", r.Limit, mostParts)
	}
	least, greatest := 0, 0
	switch r.Say {
	case change:
		least, greatest = 1, mostParts
	case most:
		least, greatest = 1, 1
	}
	if n := len(r.Metrics); n < least || n > greatest {
		f.Fault(at+".metrics", "%[1]s 用 %[2]d 至 %[3]d 个指标，写了 %[4]d 个", "%[1]s takes %[2]d to %[3]d metrics, got %[4]d", r.Say, least, greatest, n)
	}
	if len(r.Names) > 0 && len(r.Names) != len(r.Metrics) {
		f.Fault(at+".names", "应与 metrics 一样多", "want as many as metrics")
	}
	if (r.By != "") != (r.Say == most) {
		f.Fault(at+".by", "most 要有，别的没有", "most has one, the others have none")
	}
	var names []string
	for _, m := range catalog.Metrics() {
		names = append(names, m.Name)
	}
	for _, name := range r.Metrics {
		m := catalog.Metric(name)
		if m == nil {
			f.Fault(at+".metrics", "没有指标 %q%s", "unknown metric %q%s", name, declare.Known(name, names))
			continue
		}
		if r.By != "" && !slices.Contains(m.Dims(), r.By) {
			f.Fault(at+".by", "%[1]s 没有维度 %[2]q%[3]s", "%[1]s has no dimension %[2]q%[3]s", name, r.By, declare.Known(r.By, m.Dims()))
		}
	}
}
