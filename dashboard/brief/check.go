package brief

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// checker holds a briefing against the metrics and boards there are.
type checker struct {
	*declare.File
	catalog *metric.Catalog
	boards  []*board.Board
	brief   *Brief
}

func boardNames(boards []*board.Board) []string {
	var out []string
	for _, b := range boards {
		out = append(out, b.Name)
	}
	return out
}

// page checks sentences on top of a page.
func (c checker) page() {
	b := c.brief
	if b.Board == "" {
		c.Fault("board", "应写放在哪一页顶上；文件则写 sections", "want the page it stands on; a document has sections instead")
	}
	if len(b.Rules) == 0 || len(b.Rules) > mostRules {
		c.Fault("sentences", "是 %d 句，应为 1 至 %d", "are %d, want 1 to %d", len(b.Rules), mostRules)
	}
	for _, key := range []string{"issuer", "each", "pages", "bare"} {
		if c.Given(key) {
			c.Fault(key, "只用于文件，文件要有 sections", "is of documents only, which have sections")
		}
	}
	for i := range b.Rules {
		r := &b.Rules[i]
		if r.Period == "" {
			r.Period = "half"
		}
		c.rule(r, fmt.Sprintf("sentences[%d]", i+1))
	}
}

// document checks the sections of a document.
func (c checker) document() {
	b := c.brief
	for _, key := range []string{"board", "sentences"} {
		if c.Given(key) {
			c.Fault(key, "文件不写；句子写在各节里", "a document has none; its sentences stand in its sections")
		}
	}
	if len(b.Sections) > mostSections {
		c.Fault("sections", "是 %d 节，至多 %d", "are %d, at most %d", len(b.Sections), mostSections)
	}
	if b.Pages < 0 || b.Pages > mostPages {
		c.Fault("pages", "是 %d，应为 1 至 %d", "is %d, want 1 to %d", b.Pages, mostPages)
	}
	for i := range b.Sections {
		s, at := &b.Sections[i], fmt.Sprintf("sections[%d]", i+1)
		if s.Level == 0 {
			s.Level = 1
		}
		if s.Level < 1 || s.Level > 3 {
			c.Fault(at+".level", "是 %d，应为 1 至 3", "is %d, want 1 to 3", s.Level)
		}
		if s.Once && b.Each == "" {
			c.Fault(at+".once", "只用于有 each 的文件", "is of documents with each only")
		}
		if s.Title.Zh+s.Title.En != "" {
			c.Both(at+".title", s.Title)
		}
		for _, m := range slotName.FindAllStringSubmatch(s.Title.Zh+s.Title.En, -1) {
			if own := things[b.Each]; s.Once || !slices.Contains(own, m[1]) {
				c.Fault(at+".title", "{%[1]s}：标题里只能用 each 的名称%[2]s", "{%[1]s}: a title may name only what each has%[2]s", m[1], declare.Known(m[1], own))
			}
		}
		if len(s.Rules) > mostRules {
			c.Fault(at+".sentences", "是 %d 句，至多 %d", "are %d, at most %d", len(s.Rules), mostRules)
		}
		for j := range s.Rules {
			c.rule(&s.Rules[j], fmt.Sprintf("%s.sentences[%d]", at, j+1))
		}
		for j := range s.Tables {
			c.table(&s.Tables[j], fmt.Sprintf("%s.tables[%d]", at, j+1))
		}
		for j := range s.Charts {
			c.chart(&s.Charts[j], fmt.Sprintf("%s.charts[%d]", at, j+1))
		}
	}
}

// rule tells what is wrong with a sentence and fills in what it leaves out.
func (c checker) rule(r *Rule, at string) {
	if r.Limit == 0 {
		r.Limit = 2
	}
	if r.Limit < 1 || r.Limit > mostParts {
		c.Fault(at+".limit", "是 %d，应为 1 至 %d", "is %d, want 1 to %d", r.Limit, mostParts)
	}
	least, greatest := 0, 0
	switch r.Say {
	case change:
		least, greatest = 1, mostParts
	case most:
		least, greatest = 1, 1
	case saying:
		c.text(r, at)
	}
	if n := len(r.Metrics); n < least || n > greatest {
		c.Fault(at+".metrics", "%[1]s 用 %[2]d 至 %[3]d 个指标，写了 %[4]d 个", "%[1]s takes %[2]d to %[3]d metrics, got %[4]d", r.Say, least, greatest, n)
	}
	if len(r.Names) > 0 && len(r.Names) != len(r.Metrics) {
		c.Fault(at+".names", "应与 metrics 一样多", "want as many as metrics")
	}
	if (r.By != "") != (r.Say == most) {
		c.Fault(at+".by", "most 要有，别的没有", "most has one, the others have none")
	}
	if r.Say != saying && (len(r.Slots) > 0 || r.Text.Zh+r.Text.En != "") {
		c.Fault(at+".text", "只用于 say: text", "is of say: text only")
	}
	if own := things[c.brief.Each]; r.If != "" && (r.Say != saying || !slices.Contains(own, r.If)) {
		c.Fault(at+".if", "%[1]q 不是 each 的名称，或这一句不是 say: text%[2]s", "%[1]q is nothing that each has, or the sentence is no say: text%[2]s", r.If, declare.Known(r.If, own))
	}
	for _, name := range r.Metrics {
		c.metric(at, "metrics", name, r.By, r.Where)
	}
}

// metric holds the name of a metric, the dimension it is cut by and its filters against the catalog.
func (c checker) metric(at, key, name, by string, where map[string][]string) {
	m := c.catalog.Metric(name)
	if m == nil {
		c.Fault(at+"."+key, "没有指标 %q%s", "unknown metric %q%s", name, declare.Known(name, c.metrics()))
		return
	}
	if c.catalog.Faulty(m) {
		return // told in its own file
	}
	if by != "" && !slices.Contains(m.Dims(), by) {
		c.Fault(at+".by", "%[1]s 没有维度 %[2]q%[3]s", "%[1]s has no dimension %[2]q%[3]s", name, by, declare.Known(by, m.Dims()))
	}
	for _, dim := range slices.Sorted(maps.Keys(where)) {
		if !slices.Contains(m.Dims(), dim) {
			c.Fault(at+".where", "%[1]s 没有维度 %[2]q%[3]s", "%[1]s has no dimension %[2]q%[3]s", name, dim, declare.Known(dim, m.Dims()))
			continue
		}
		for _, v := range where[dim] {
			if err := c.catalog.CheckKey(dim, v); err != nil {
				c.Fault(at+".where", "%[1]s：%[2]v", "%[1]s: %[2]v", dim, err)
			}
		}
	}
}

func (c checker) metrics() []string {
	var names []string
	for _, m := range c.catalog.Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// slotName is a {name} of a text, with what is wanted of its figure behind a dot.
var slotName = regexp.MustCompile(`\{([^{}]*)\}`)

// text checks a text with figures: every {name} is a slot, a metric, or a thing of what the document is for each of.
func (c checker) text(r *Rule, at string) {
	c.Both(at+".text", r.Text)
	for _, name := range slices.Sorted(maps.Keys(r.Slots)) {
		slot := r.Slots[name]
		in := at + ".slots." + name
		if strings.ContainsAny(name, "{}.") {
			c.Fault(in, "名称不能含 { } .", "a name has no { } .")
		}
		if slot.Round < 0 {
			c.Fault(in+".round", "应大于 0", "want more than 0")
		}
		if slot.Metric == "" {
			slot.Metric = name
			r.Slots[name] = slot
		}
		c.metric(in, "metric", slot.Metric, "", slot.Where)
	}
	for lang, text := range map[string]string{"zh": r.Text.Zh, "en": r.Text.En} {
		rest := slotName.ReplaceAllString(text, "")
		if strings.ContainsAny(rest, "{}") {
			c.Fault(at+".text."+lang, "花括号没有成对", "a brace has no other")
		}
		for _, m := range slotName.FindAllStringSubmatch(text, -1) {
			c.slot(r, at+".text."+lang, m[1])
		}
	}
	if !slotsAgree(r.Text) {
		c.Fault(at+".text", "中英文的 {名称} 应相同", "want the same {names} in both languages")
	}
}

func (c checker) slot(r *Rule, at, word string) {
	name, form, dotted := strings.Cut(word, ".")
	own := things[c.brief.Each]
	if slices.Contains(own, word) {
		return
	}
	if dotted && !slices.Contains(forms, form) {
		c.Fault(at, "{%[1]s}：没有 .%[2]s%[3]s", "{%[1]s}: there is no .%[2]s%[3]s", word, form, declare.Known(form, forms))
	}
	if _, ok := r.Slots[name]; ok {
		return
	}
	if c.catalog.Metric(name) == nil {
		known := append(slices.Sorted(maps.Keys(r.Slots)), own...)
		c.Fault(at, "{%[1]s} 既不是指标，也不是 slots 里的名称%[2]s", "{%[1]s} is neither a metric nor a slot%[2]s", word, declare.Known(name, append(known, c.metrics()...)))
		return
	}
	c.metric(at, name, name, "", r.Where)
}

// slotsAgree says whether both languages have the same figures.
func slotsAgree(t codes.Text) bool {
	names := func(text string) []string {
		var out []string
		for _, m := range slotName.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(names(t.Zh), names(t.En))
}

func (c checker) table(t *Table, at string) {
	if t.Show == "" {
		t.Show = TableMetrics
	}
	if t.Limit < 0 || t.Limit > mostRows {
		c.Fault(at+".limit", "是 %d，应为 1 至 %d", "is %d, want 1 to %d", t.Limit, mostRows)
	}
	c.Both(at+".caption", t.Caption)
	if t.Show != TableMetrics {
		for _, key := range []string{"metrics", "names", "by", "where", "compare"} {
			if c.Given(at + "." + key) {
				c.Fault(at+"."+key, "只用于 show: metrics", "is of show: metrics only")
			}
		}
		if t.Show == TableOrder && c.brief.Each != EachTarget {
			c.Fault(at+".show", "order 只用于 each: target 的文件", "order is of documents with each: target only")
		}
		return
	}
	if n := len(t.Metrics); n < 1 || n > mostMetrics || t.By != "" && n > mostColumns {
		c.Fault(at+".metrics", "是 %d 个，应为 1 至 %d", "are %d, want 1 to %d", n, map[bool]int{true: mostMetrics, false: mostColumns}[t.By == ""])
	}
	if len(t.Names) > 0 && len(t.Names) != len(t.Metrics) {
		c.Fault(at+".names", "应与 metrics 一样多", "want as many as metrics")
	}
	for _, name := range t.Metrics {
		c.metric(at, "metrics", name, t.By, t.Where)
	}
}

// inPlace checks a chart that is declared where it stands, and makes its panel.
func (c checker) inPlace(ch *Chart, at string) {
	if ch.Kind == "" {
		c.Fault(at, "要么写 panel: 页面/面板，要么就地写 kind、metrics 和 caption", "want either panel: board/panel or kind, metrics and caption declared here")
		return
	}
	if !slices.Contains(drawn, string(ch.Kind)) {
		c.Fault(at+".kind", "%[1]q 不能就地声明%[2]s；别的种类放在页面上，用 panel 引用", "%[1]q cannot be declared here%[2]s; other kinds stand on a board and are named by panel", string(ch.Kind), declare.Known(string(ch.Kind), drawn))
		return
	}
	c.Both(at+".caption", ch.Caption)
	ch.Found = board.Panel{
		Name: "chart", Title: ch.Caption, Kind: ch.Kind, Metrics: ch.Metrics, Names: ch.Names, Marks: ch.Marks, By: ch.By, Where: ch.Where,
		Grain: ch.Grain, Compare: ch.Compare, Limit: ch.Limit, Sort: ch.Sort, Span: 12, Period: cmp.Or(ch.Period, c.brief.Period, "half"),
	}
	board.InPlace(c.File, at, &ch.Found)
	for _, name := range ch.Metrics {
		for _, dim := range append(slices.Clone(ch.By), "") {
			c.metric(at, "metrics", name, dim, nil)
			if c.catalog.Metric(name) == nil {
				break // told once
			}
		}
		if c.catalog.Metric(name) != nil {
			c.metric(at, "metrics", name, "", ch.Where)
		}
	}
}

// chart finds the panel of a chart: one of a board, as it is declared there, or its own.
func (c checker) chart(ch *Chart, at string) {
	if ch.Panel == "" {
		c.inPlace(ch, at)
		return
	}
	for _, key := range []string{"kind", "metrics", "names", "marks", "by", "where", "grain", "compare", "limit", "sort"} {
		if c.Given(at + "." + key) {
			c.Fault(at+"."+key, "已有 panel；图照页面上的面板画", "there is a panel: the chart is drawn as it is declared there")
		}
	}
	name, panel, ok := strings.Cut(ch.Panel, "/")
	i := slices.IndexFunc(c.boards, func(b *board.Board) bool { return b.Name == name })
	if !ok || i < 0 {
		c.Fault(at+".panel", "%[1]q：没有这一页，应写成 页面/面板%[2]s", "%[1]q: there is no such board, want board/panel%[2]s", ch.Panel, declare.Known(name, boardNames(c.boards)))
		return
	}
	p, ok := c.boards[i].Panel(panel)
	if !ok {
		c.Fault(at+".panel", "%[1]s 没有面板 %[2]q%[3]s", "%[1]s has no panel %[2]q%[3]s", name, panel, declare.Known(panel, c.boards[i].PanelNames()))
		return
	}
	if p.Kind == board.KPI || p.Kind == board.Table {
		c.Fault(at+".panel", "%s 不是图", "%s is no chart", ch.Panel)
	}
	ch.Board, ch.Found = name, p
}
