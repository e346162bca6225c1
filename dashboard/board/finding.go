package board

import (
	"slices"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Finding is what the title of a panel may say of its figures; the measure then stands below it. How each is said, and
// when it is not, is in dashboard/finding.
type Finding struct {
	Alone string     `yaml:",alone"` // Say, written without keys
	Say   string     `yaml:"say"`    // empty: as is usual of the kind
	Of    string     `yaml:"of"`     // a metric of the panel; empty: the first
	Name  codes.Text `yaml:"name"`   // what the measure is called in the sentence
	Word  codes.Text `yaml:"word"`   // instead of 最多 and the like
}

// What a finding may say.
const (
	Most     = "most"     // which key has the greatest value
	Least    = "least"    // which has the least
	Share    = "share"    // what part of the whole the greatest key has
	Change   = "change"   // how the latest final period compares with a year before
	Crossing = "crossing" // since when the first metric is above the second, or below it
	Through  = "through"  // how much of the first step reaches the last
	InLevel  = "levels"   // who is in the highest of the levels that any reaches
	Ahead    = "ahead"    // which key has the greatest value in the next period
	Both     = "both"     // how both metrics of a path compare with a year before
	NewYear  = "eve"      // how far it had come after the lunar new year, and a year before
	Nothing  = "none"
)

var findings = []string{Most, Least, Share, Change, Crossing, Through, InLevel, Ahead, Both, NewYear, Nothing}

// Declared says what is declared of a finding.
func (Finding) Declared() declare.Keys {
	say := declare.Key{
		Zh:    "说什么：most 谁最多，least 谁最少，share 最大的占多少，change 与上年同期比，crossing 第一个指标从何时起高于第二个，through 第一步有多少走到最后，levels 谁在最高的等级，ahead 下一期预计谁最多，both 两个指标各比上年同期如何，eve 除夕后累计与上年农历同期比，none 不说；不写则按面板的种类",
		En:    "most: who has most; least: who has least; share: what part the greatest has; change: against a year before; crossing: since when the first metric is above the second; through: how much of the first step reaches the last; levels: who is in the highest class; ahead: who is expected to have most in the next period; both: how two metrics compare with a year before; eve: how far it has come after the lunar new year; none; absent: as is usual of the kind",
		OneOf: findings, Example: "most",
	}
	return declare.Keys{
		"":     say,
		"say":  say,
		"of":   {Zh: "说哪个指标；不写则第一个", En: "which metric it is about; absent: the first", Example: "post_gap"},
		"name": {Zh: "指标在标题里怎么叫；不写则同 names，再不写则是指标的标题", En: "what the metric is called in the title; absent: as in names, or else its own title", Example: "{zh: 缺口, en: gap}"},
		"word": {Zh: "最多、最高怎么说", En: "how most or highest is said", Example: "{zh: 最大, en: Largest}"},
	}
}

// Settle takes what was written without keys.
func (n *Finding) Settle(f *declare.File, path string) {
	if n.Alone != "" {
		n.Say, n.Alone = n.Alone, ""
	}
	if n.Say != "" && !slices.Contains(findings, n.Say) {
		f.Fault(path, "没有 %q%s", "unknown %q%s", n.Say, declare.Known(n.Say, findings))
	}
}

// usual is what the title of a kind says where its panel declares nothing. A kind that is not here says nothing.
var usual = map[Kind]string{
	Bar: Most, Column: Most, OnMap: Most, Heatmap: Most, Table: Most, Sankey: Most, Graph: Most, Balance: Most,
	Pie: Share, Stack: Share, Funnel: Through, Trend: Change, Line: Change, Path: Both, Spring: NewYear,
}

// Finds is what the title of a panel says, or Nothing.
func (p Panel) Finds() string {
	say, ok := usual[p.Kind]
	switch {
	case p.Finding.Say != "":
		return p.Finding.Say
	case len(p.Levels) > 0 && (p.Kind == Graph || p.Kind == Line):
		return InLevel
	case (p.Kind == Trend || p.Kind == Line) && len(p.By) > 0:
		return Most
	case !ok:
		return Nothing
	}
	return say
}

// finding holds what the title says against what the panel has.
func (p panelCheck) finding() {
	if n := p.Finding; n.Of != "" && !slices.Contains(p.Metrics, n.Of) {
		p.fault("finding.of", "面板没有指标 %q%s", "the panel has no metric %q%s", n.Of, declare.Known(n.Of, p.Metrics))
	}
	by, timed := len(p.By), p.Grain != ""
	fits := true
	switch p.Finding.Say {
	case Most, Least, Share, Ahead:
		fits = by > 0
	case Change:
		fits = timed && by == 0
	case Crossing:
		fits = timed && by == 0 && len(p.Metrics) > 1
	case Through:
		fits = p.Kind == Funnel
	case InLevel:
		fits = len(p.Levels) > 0
	case Both:
		fits = timed && by == 0 && len(p.Metrics) > 1
	case NewYear:
		fits = p.Kind == Spring
	}
	if !fits {
		p.fault("finding", "%[1]s 不能说 %[2]s：most、least、share、ahead 要有 by，change 要有 grain 而没有 by，crossing、both 还要两个指标，eve 是除夕前后图的，through 是漏斗的，levels 要有 levels", "this %[1]s cannot say %[2]s: most, least, share and ahead want a by, change a grain and no by, crossing and both two metrics besides, eve is of a spring, through is of a funnel, levels wants levels", p.Kind, p.Finding.Say)
	}
}

// LevelOf is the place of a value among levels.
func LevelOf(levels []Level, v float64) int {
	at := 0
	for i, x := range levels[1:] {
		if v >= x.From {
			at = i + 1
		}
	}
	return at
}
