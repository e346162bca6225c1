// Package rule finds metrics that crossed what is declared in configs/alerts: a limit, a change, the pace of a target, or that no
// new data came. It computes nothing: every number is one that package answer or target answers, as somebody sees it who may not
// see figures of few people.
package rule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/jobs/alert"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// What a rule looks at.
const (
	Above  = "above"
	Below  = "below"
	Rise   = "rise"
	Fall   = "fall"
	Behind = "behind"
	Silent = "silent"
)

// Bounds.
const (
	mostFound = 50              // alerts of one rule; of more the first by name are told
	asked     = 5 * time.Minute // that an answer is believed while nothing is published
	ruleFor   = 4 * time.Second // that a rule may take
	mostSlow  = 5               // times in a row that one may take longer before that is told
)

// Rule is one declared rule: configs/alerts/<name>.yaml.
type Rule struct {
	Name    string              `yaml:"name"`
	Title   codes.Text          `yaml:"title"`
	Metric  string              `yaml:"metric"`
	When    string              `yaml:"when"`
	Limit   float64             `yaml:"limit"`
	Worse   float64             `yaml:"worse"`
	Compare string              `yaml:"compare"`
	By      []string            `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Tier    string              `yaml:"tier"`
	Do      codes.Text          `yaml:"do"`

	worse bool // Worse is declared
}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Rule]("alert", "alerts", codes.Text{Zh: "指标告警", En: "Metric rule"},
	codes.Text{Zh: "指标到了什么程度要告诉人：超过或低于一个数、升降太多、落后于目标进度、太久没有新数据。只看最近一个已定的期间；少数人的数不看", En: "When people are told of a metric: above or below a limit, risen or fallen too much, behind its target's pace, without new data for too long. The latest period that is final counts; numbers of few people do not"})

// Declared says what is declared of a rule.
func (Rule) Declared() declare.Keys {
	return declare.Keys{
		"name":    {Zh: "文件名", En: "the file's name", Example: "gap_wide", Required: true},
		"title":   {Zh: "名称，写在通知里", En: "what it is called in messages", Example: "{zh: 岗位缺口过大, en: The gap of posts is wide}", Required: true},
		"metric":  {Zh: "看哪个指标", En: "the metric", Example: "post_gap", Required: true},
		"when":    {Zh: "何时：above 高于 limit，below 低于；rise、fall 比上期升、降超过百分之 limit；behind 目标完成不到应有进度的百分之 limit；silent 数据截至日早于 limit 天前", En: "when: above or below limit; rise, fall: by more than limit percent against compare; behind: less than limit percent of what a target wants by now is done; silent: the data end more than limit days ago", OneOf: []string{Above, Below, Rise, Fall, Behind, Silent}, Example: "above", Required: true},
		"limit":   {Zh: "界限", En: "the limit", Example: "700", Required: true},
		"worse":   {Zh: "更严重的界限，越过再通知一次", En: "a graver limit: told once more beyond it", Example: "900"},
		"compare": {Zh: "rise、fall 与什么比：pop 上期，yoy 去年同期", En: "what rise and fall are against: pop, the period before; yoy, the same of last year", OneOf: []string{"pop", "yoy"}, Default: "pop", Example: "yoy"},
		"by":      {Zh: "按哪些维度分别看，各自告警", En: "the dimensions by which it is cut: each key is an alert of its own", Example: "[chain]"},
		"where":   {Zh: "只算哪些", En: "the filters", Example: "{park: [magnet]}"},
		"tier":    {Zh: "behind：只看哪一档目标；不写为全部", En: "of behind: the tier of targets; absent: all", OneOf: []string{"base", "expected", "stretch"}, Example: "base"},
		"do":      {Zh: "怎么办；不写用通用的说法", En: "what to do; absent: the usual", Example: "{zh: 请产业处核对岗位数, en: ask the industry section}"},
	}
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Read reads every rule and holds it against the metrics; nil: they are held against nothing.
func Read(fsys fs.FS, c *metric.Catalog) ([]*Rule, error) {
	files := declare.Read[Rule](fsys, "alerts")
	var out []*Rule
	for _, doc := range files.Docs {
		doc.Value.check(doc.File, c)
		if doc.Sound() {
			out = append(out, doc.Value)
		}
	}
	return out, files.Err()
}

func (r *Rule) check(f *declare.File, c *metric.Catalog) {
	if want := strings.TrimSuffix(path.Base(f.Name), ".yaml"); !reName.MatchString(r.Name) || r.Name != want {
		f.Fault("name", "是 %q，应与文件名 %q 相同，为小写字母、数字和 _", "is %q, want the file's name %q of small letters, digits and _", r.Name, want)
	}
	r.worse = f.Given("worse")
	less := r.When == Below || r.When == Behind
	if r.worse && (less && r.Worse >= r.Limit || !less && r.Worse <= r.Limit) {
		f.Fault("worse", "%v 不比 limit 更严重", "%v is no graver than limit", r.Worse)
	}
	if (r.When == Rise || r.When == Fall || r.When == Silent || r.When == Behind) && r.Limit <= 0 && f.Given("limit") {
		f.Fault("limit", "%v：应大于 0", "%v: want more than 0", r.Limit)
	}
	for key, given := range map[string]bool{"by": len(r.By) > 0, "where": len(r.Where) > 0} {
		if given && (r.When == Behind || r.When == Silent) {
			f.Fault(key, "%s 不用它", "%s has none", r.When)
		}
	}
	if r.Tier != "" && r.When != Behind {
		f.Fault("tier", "只有 behind 用它", "only behind has one")
	}
	if c == nil || r.Metric == "" {
		return
	}
	if m := c.Metric(r.Metric); m == nil {
		f.Fault("metric", "没有指标 %q", "unknown metric %q", r.Metric)
	} else if _, err := c.Check(r.query(m, days.Date(2026, 6, 30))); err != nil {
		if bad, ok := err.(*metric.Invalid); ok {
			f.Fault("metric", "%s", "%s", bad.In(codes.Zh), bad.In(codes.En))
		} else {
			f.Fault("metric", "%v", "%v", err)
		}
	}
}

// query is what is asked of the metric: the periods up to a day.
func (r *Rule) query(m *metric.Metric, last days.Day) metric.Query {
	q := r.question(m, last)
	return metric.Query{Metric: q.Metric, From: q.Range.From, To: q.Range.To, Grain: q.Grain, By: q.By, Where: q.Where, Compare: q.Compare}
}

func (r *Rule) question(m *metric.Metric, last days.Day) answer.Question {
	grain := m.Every
	if grain == "" || grain == days.Total {
		grain = days.Month
	}
	to := grain.Next(last)
	q := answer.Question{Metric: m.Name, Grain: grain, By: r.By, Range: days.Range{From: grain.Start(to.AddDate(0, -max(6, 3*grain.Months()), 0)), To: to}}
	if r.When == Rise || r.When == Fall {
		q.Compare = metric.Compare(r.Compare)
	}
	for _, dim := range slices.Sorted(keys(r.Where)) {
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: r.Where[dim]})
	}
	return q
}

func keys(m map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Desk asks for the numbers.
type Desk struct {
	answer.Desk
	Targets *target.Book
	Rules   []*Rule

	mu   sync.Mutex
	last map[string]*answered // by rule
}

// answered is what a rule found last.
type answered struct {
	version string
	tried   time.Time // when it was asked last
	at      time.Time // when it answered last
	slow    int       // times in a row that it took too long
	found   []alert.Found
}

// eyes is as whom the rules look: at the whole zone, and not at few people.
var eyes = &access.Viewer{Name: "alerts", Title: "alerts", Role: access.Leader, May: access.View, From: "local"}

// Source is the source of what the rules find.
func (d *Desk) Source() alert.Source {
	return alert.Source{Kinds: []string{"rule"}, Look: d.look}
}

func (d *Desk) look(ctx context.Context, now time.Time) ([]alert.Found, error) {
	if len(d.Rules) == 0 {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx = access.With(ctx, eyes)
	version, err := d.Version(ctx)
	if err != nil {
		return nil, err
	}
	if d.last == nil {
		d.last = map[string]*answered{}
	}
	var due []*Rule
	for _, r := range d.Rules {
		a := d.last[r.Name]
		if a == nil {
			a = &answered{}
			d.last[r.Name] = a
		}
		if version != a.version || now.Sub(a.at) >= asked || now.Before(a.at) {
			due = append(due, r)
		}
	}
	slices.SortStableFunc(due, func(x, y *Rule) int { return d.last[x.Name].tried.Compare(d.last[y.Name].tried) }) // so that a slow one keeps none from its turn
	nobody := &alert.Unknown{}
	for i, r := range due {
		if err = d.ask(ctx, r, version, now); err == nil {
			continue
		}
		nobody.Err = errors.Join(nobody.Err, err)
		if ctx.Err() != nil || pipeline.Away(err) {
			for _, r := range due[i:] {
				nobody.Keys = append(nobody.Keys, "rule/"+r.Name)
			}
			break
		}
		nobody.Keys = append(nobody.Keys, "rule/"+r.Name)
	}
	var out []alert.Found
	for _, r := range d.Rules {
		out = append(out, d.last[r.Name].found...)
	}
	if nobody.Err != nil {
		return out, nobody
	}
	return out, nil
}

// ask has a rule look. Where it cannot, what it found before stays, and that it cannot is found besides; of one that takes too long
// only where it does so again and again.
func (d *Desk) ask(ctx context.Context, r *Rule, version string, now time.Time) error {
	a := d.last[r.Name]
	a.tried = now
	soon, cancel := context.WithTimeout(ctx, ruleFor)
	list, err := d.one(soon, r, now)
	slow := soon.Err() != nil
	cancel()
	if err == nil {
		slices.SortFunc(list, func(x, y alert.Found) int { return strings.Compare(x.Key, y.Key) })
		*a = answered{version: version, tried: now, at: now}
		for _, f := range list[:min(len(list), mostFound)] {
			f.Kind, f.Since, f.Do = "rule", cmp.Or(f.Since, now), r.Do
			a.found = append(a.found, f)
		}
		return nil
	}
	if ctx.Err() != nil || !slow && pipeline.Away(err) {
		return err
	}
	if a.slow++; slow && a.slow < mostSlow {
		return err
	}
	fault := alert.Found{Key: "rule/" + r.Name + "/fault", Kind: "rule", Level: 1, Since: now, Do: r.Do, What: says("规则“%s”算不出来，见服务日志", "the rule %q cannot be computed: see the log of the service", r.Title)}
	if !slices.ContainsFunc(a.found, func(f alert.Found) bool { return f.Key == fault.Key }) {
		a.found = append(a.found, fault)
	}
	return fmt.Errorf("%s: %w", r.Name, err)
}

func says(zh, en string, args ...any) codes.Text {
	in := func(lang codes.Lang) []any {
		out := slices.Clone(args)
		for i, a := range out {
			switch t := a.(type) {
			case codes.Text:
				out[i] = t.In(lang)
			case func(codes.Lang) string:
				out[i] = t(lang)
			}
		}
		return out
	}
	return codes.Text{Zh: fmt.Sprintf(zh, in(codes.Zh)...), En: fmt.Sprintf(en, in(codes.En)...)}
}

func (d *Desk) one(ctx context.Context, r *Rule, now time.Time) ([]alert.Found, error) {
	switch r.When {
	case Behind:
		return d.behind(ctx, r)
	case Silent:
		return d.silent(ctx, r, now)
	}
	m := d.Catalog.Metric(r.Metric)
	live, err := d.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	last := live.Date(m)
	if last.IsZero() {
		return nil, nil // there are no data yet
	}
	zh, err := d.Ask(ctx, r.question(m, last), codes.Zh)
	if err != nil {
		return nil, err
	}
	en, err := d.Ask(ctx, r.question(m, last), codes.En)
	if err != nil {
		return nil, err
	}
	latest := map[string]int{} // key -> its latest period that is final
	for i, p := range zh.Points {
		if p.Value == nil || p.Forecast || p.Open != nil || p.Partial && m.Kind != metric.Stock {
			continue
		}
		key := strings.Join(p.Keys, "/")
		if j, ok := latest[key]; !ok || zh.Points[j].From < p.From {
			latest[key] = i
		}
	}
	var out []alert.Found
	for key, i := range latest {
		p := zh.Points[i]
		level := r.level(p)
		if level == 0 {
			continue
		}
		of := codes.Text{}
		if len(p.Labels) > 0 {
			of = codes.Text{Zh: "（" + strings.Join(p.Labels, "、") + "）", En: " (" + strings.Join(en.Points[i].Labels, ", ") + ")"}
		}
		f := alert.Found{Key: strings.TrimSuffix("rule/"+r.Name+"/"+key, "/"), Level: level, Page: p.Link}
		number := codes.Text{Zh: p.Text, En: en.Points[i].Text}
		span := days.Range{From: zh.Result.Points[i].From, To: zh.Result.Points[i].To}
		period := codes.Text{Zh: span.Label(codes.Zh), En: span.Label(codes.En)}
		if r.When == Rise || r.When == Fall {
			change := func(lang codes.Lang) string { return metric.FormatChange(p.Change, zh.Result.Unit, lang) }
			f.What = says("%s：%s%s %s为 %s，变动 %s", "%s: %s%s in %s is %s, a change of %s", r.Title, m.Title, of, period, number, change)
		} else {
			limit := r.Limit
			bound := func(lang codes.Lang) string { return metric.Format(&limit, zh.Result.Unit, lang) }
			f.What = says("%s：%s%s %s为 %s（界限 %s）", "%s: %s%s in %s is %s (limit %s)", r.Title, m.Title, of, period, number, bound)
		}
		out = append(out, f)
	}
	return out, nil
}

// level is 0 where a number is within the limit, 2 where it is beyond the graver one.
func (r *Rule) level(p answer.Point) int {
	v := *p.Value
	switch r.When {
	case Rise, Fall:
		if p.Change == nil {
			return 0
		}
		if v = *p.Change; r.When == Fall {
			v = -v
		}
	}
	return r.beyond(v)
}

func (r *Rule) beyond(v float64) int {
	over := func(limit float64) bool {
		if r.When == Below || r.When == Behind {
			return v < limit
		}
		return v > limit
	}
	switch {
	case !over(r.Limit):
		return 0
	case r.worse && over(r.Worse):
		return 2
	}
	return 1
}

// behind are the targets of a metric of which too little is done by now.
func (d *Desk) behind(ctx context.Context, r *Rule) ([]alert.Found, error) {
	list, err := d.Targets.Targets(ctx, target.Query{Metric: r.Metric, Tier: r.Tier})
	if err != nil {
		return nil, err
	}
	var out []alert.Found
	for _, t := range list {
		if t.Metric == nil || t.Finished || t.ByNow == nil {
			continue
		}
		if level := r.beyond(*t.ByNow); level > 0 {
			out = append(out, alert.Found{
				Key: "rule/" + r.Name + "/" + t.Unit + "/" + t.Period + "/" + t.Tier, Level: level, Page: "/responsibility",
				What: says("%s：%s的%s %s目标完成了此时应有进度的 %.0f%%（界限 %.0f%%）", "%s: %[3]s of %[2]s has done %[5].0f%% of what its target of %[4]s wants by now (limit %[6].0f%%)", r.Title, t.Unit, t.Metric.Title, t.Period, *t.ByNow, r.Limit),
			})
		}
	}
	return out, nil
}

// silent says that the data of a metric end too long ago.
func (d *Desk) silent(ctx context.Context, r *Rule, now time.Time) ([]alert.Found, error) {
	m := d.Catalog.Metric(r.Metric)
	live, err := d.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	last := live.Date(m)
	if last.IsZero() {
		return nil, nil
	}
	age := now.Sub(last.AddDate(0, 0, 1)).Hours() / 24
	level := r.beyond(age)
	if level == 0 {
		return nil, nil
	}
	return []alert.Found{{Key: "rule/" + r.Name, Level: level, Page: "/data/metrics#" + m.Name, What: says("%s：%s的数据截至 %s，已 %.0f 天没有新的", "%s: the data of %s end on %s, %.0f days ago", r.Title, m.Title, days.ISO(last), age)}}, nil
}
