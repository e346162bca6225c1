// Package verified keeps the questions that people ask in words, each with the question about a metric that was found to
// answer it. They are declared in YAML and held against the metrics; an agent is served them first.
package verified

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Bounds of a declaration.
const (
	mostAsk  = 50
	mostText = 200 // characters of a question
)

// Question is what people ask, and what answers it.
type Question struct {
	Name    string              `yaml:"answer"`
	Ask     []string            `yaml:"ask"`
	Metric  string              `yaml:"metric"`
	Period  string              `yaml:"period"`
	Grain   days.Grain          `yaml:"grain"`
	Compare metric.Compare      `yaml:"compare"`
	By      []string            `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Top     int                 `yaml:"top"`
	Note    codes.Text          `yaml:"note"` // what is said beside the numbers
}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Question]("answer", "answers", codes.Text{Zh: "核实过的问答", En: "Verified question"},
	codes.Text{Zh: "人用话问的问题，与核实过能回答它的指标问法；智能体先用它", En: "What people ask in words, with the question about a metric that was found to answer it; agents are served it first"})

// Declared says what is declared of a question.
func (Question) Declared() declare.Keys {
	return declare.Keys{
		"answer":  {Zh: "名称", En: "its name", Example: "arrivals_last_month", Required: true},
		"ask":     {Zh: "问题的各种问法，至多 50 种", En: "the question as people put it, 50 ways at most", Example: "[上个月引进了多少人, How many people arrived last month]", Required: true},
		"metric":  {Zh: "用哪个指标回答", En: "the metric that answers it", Example: "inflow", Required: true},
		"period":  {Zh: "哪一段时间，从数据截至日算起", En: "of which period, seen from the day to which the data go", OneOf: days.RelativeNames(), Example: "month", Required: true},
		"grain":   {Zh: "按什么分段；不写则一个数", En: "by which grain; absent: one number", OneOf: []string{"ten", "month", "quarter", "half", "year"}, Example: "month"},
		"compare": {Zh: "与什么比", En: "compared with what", OneOf: []string{"yoy", "pop", "spring"}, Example: "yoy"},
		"by":      {Zh: "按哪些维度拆分", En: "the dimensions to cut by", Example: "[chain]"},
		"where":   {Zh: "只算哪些", En: "the filters", Example: "{chain: [magnetic]}"},
		"top":     {Zh: "只列最大的几项", En: "only so many keys, the greatest first", Default: "0", Example: "5"},
		"note":    {Zh: "与数字一起说的话", En: "what is said beside the numbers", Example: "{zh: 按到岗日计。, en: By the day of starting.}"},
	}
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// Read reads every answers/*.yaml and holds it against the metrics. All faults of all files are told at once.
func Read(fsys fs.FS, c *metric.Catalog) ([]*Question, error) {
	files := declare.Read[Question](fsys, "answers")
	var out []*Question
	names, asked := map[string]string{}, map[string]string{}
	for _, doc := range files.Docs {
		q := doc.Value
		q.check(doc.File, c)
		if before, twice := names[q.Name]; twice {
			doc.Fault("answer", "%q 已在 %s 声明", "answer %q is already declared in %s", q.Name, before)
		} else if q.Name != "" {
			names[q.Name] = doc.Name
		}
		for _, text := range q.Ask {
			if before, twice := asked[plain(text)]; twice {
				doc.Fault("ask", "问法 %q 已在 %s 声明", "the question %q is already declared in %s", text, before)
			}
			asked[plain(text)] = doc.Name
		}
		out = append(out, q)
	}
	return out, files.Err()
}

// check tells what is wrong with a question.
func (q *Question) check(f *declare.File, c *metric.Catalog) {
	if !slug.MatchString(q.Name) && f.Given("answer") {
		f.Fault("answer", "是 %q，应为小写字母、数字、- 和 _，字母开头", "is %q, want small letters, digits, - and _, a letter first", q.Name)
	}
	if n := len(q.Ask); f.Given("ask") && (n == 0 || n > mostAsk) {
		f.Fault("ask", "有 %d 种问法，应为 1 至 %d 种", "are %d, want 1 to %d", n, mostAsk)
	}
	for _, text := range q.Ask {
		if plain(text) == "" || len([]rune(text)) > mostText {
			f.Fault("ask", "%q 不是问题，或超过 %d 个字", "%q is no question, or longer than %d characters", text, mostText)
		}
	}
	if c == nil || q.Metric == "" {
		return
	}
	if f.Given("period") && !slices.Contains(days.RelativeNames(), q.Period) {
		return // told by its OneOf
	}
	r := days.Relative(q.Period, days.Date(2026, 6, 30))
	asked := q.question(r)
	_, err := c.Check(metric.Query{Metric: asked.Metric, From: r.From, To: r.To, Grain: asked.Grain, Compare: asked.Compare, By: asked.By, Where: asked.Where, Limit: asked.Top})
	if bad, ok := err.(*metric.Invalid); ok {
		f.Fault("metric", "%s", "%s", bad.In(codes.Zh), bad.In(codes.En))
	}
}

func (q *Question) question(r days.Range) answer.Question {
	out := answer.Question{Metric: q.Metric, Range: r, Grain: q.Grain, Compare: q.Compare, By: q.By, Top: q.Top}
	for _, dim := range sorted(q.Where) {
		out.Where = append(out.Where, metric.Filter{Dim: dim, Values: q.Where[dim]})
	}
	return out
}

func sorted(m map[string][]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Of is the question about a metric, seen from the day to which the data go.
func (q *Question) Of(last days.Day) answer.Question {
	return q.question(days.Relative(q.Period, last))
}

// plain is a question without what does not matter in it: width, case, blanks, punctuation.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Narrow.String(text))
}

// In is the question as people put it in a language.
func (q *Question) In(lang codes.Lang) string {
	for _, text := range q.Ask {
		if han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han == (lang == codes.Zh) {
			return text
		}
	}
	return q.Ask[0]
}

// Find is the question that a text puts, word for word but for width, case, blanks and punctuation; nil: none does.
func Find(list []*Question, text string) *Question {
	want := plain(text)
	for _, q := range list {
		if want != "" && slices.ContainsFunc(q.Ask, func(a string) bool { return plain(a) == want }) {
			return q
		}
	}
	return nil
}
