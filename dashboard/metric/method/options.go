package method

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Option is what a metric file says of its method: a number, a word or a list of numbers.
type Option struct {
	Number *float64  `yaml:",alone"`
	Word   string    `yaml:",alone"`
	List   []float64 `yaml:",alone"`
}

// Declared says what is declared of an option.
func (Option) Declared() declare.Keys {
	return declare.Keys{"": {Zh: "一个数、一个词或数的列表", En: "a number, a word or a list of numbers", Example: "0.5"}}
}

// Kind is number, list or word.
func (o Option) Kind() string {
	switch {
	case o.List != nil:
		return "list"
	case o.Number != nil:
		return "number"
	}
	return "word"
}

// Options are those of a metric, by name.
type Options map[string]Option

// Number is the number of an option, or otherwise where it is not given.
func (o Options) Number(name string, otherwise float64) float64 {
	if x := o[name].Number; x != nil {
		return *x
	}
	return otherwise
}

// Word is the word of an option, or otherwise where it is not given.
func (o Options) Word(name, otherwise string) string {
	if x, ok := o[name]; ok {
		return x.Word
	}
	return otherwise
}

// List is the list of an option; nil where it is not given.
func (o Options) List(name string) []float64 { return o[name].List }

// Given is what a method is told beside its vectors.
type Given struct {
	Options
	Base  [][]float64 // the vectors of the base years, where the metric names them
	Names []string    // of the metrics
}

// Fault is an error in both languages: what is wrong with what is declared.
type Fault struct{ codes.Text }

// Error has both languages.
func (f Fault) Error() string { return f.Zh + " / " + f.En }

// Say makes a Fault; of an argument that is a codes.Text each language takes its own.
func Say(zh, en string, args ...any) Fault {
	in := func(lang codes.Lang) []any {
		out := slices.Clone(args)
		for i, a := range out {
			if t, ok := a.(codes.Text); ok {
				out[i] = t.In(lang)
			}
		}
		return out
	}
	return Fault{codes.Text{Zh: fmt.Sprintf(zh, in(codes.Zh)...), En: fmt.Sprintf(en, in(codes.En)...)}}
}

// span is which numbers an option may have.
type span struct {
	least, most float64
	open        openEnds
	whole       bool // whole numbers only
	expected    codes.Text
}

// openEnds are the ends of a span that do not belong to it.
type openEnds int

const (
	closed openEnds = iota
	openAbove
	openBoth
)

var (
	fraction = codes.Text{Zh: "应在 0 与 1 之间", En: "expected between 0 and 1"}
	portion  = codes.Text{Zh: "应为 0 与 1 之间的比例", En: "expected a share between 0 and 1"}
)

// spans are those of the options that are numbers. The alpha of a forecast may be 1 or 0, that of a mismatch may not.
var spans = map[string]span{
	"alpha":     {0, 1, openBoth, false, fraction},
	"beta":      {0, 1, closed, false, fraction},
	"gamma":     {0, 1, closed, false, fraction},
	"z":         {0, 10, closed, false, codes.Text{Zh: "应在 0 与 10 之间", En: "expected between 0 and 10"}},
	"eps":       {0, 1, openAbove, false, codes.Text{Zh: "应不小于 0 且小于 1", En: "expected 0 or more, and less than 1"}},
	"cycle":     {2, 366, closed, true, codes.Text{Zh: "应为整数期，2 至 366", En: "expected a whole number of periods, 2 to 366"}},
	"quit":      {0, 1, closed, false, portion},
	"retire":    {0, 1, closed, false, portion},
	"growth":    {-1, 10, closed, false, codes.Text{Zh: "应为比例，如 0.05", En: "expected a share such as 0.05"}},
	"base_year": {1900, 2200, closed, true, codes.Text{Zh: "应为年份，如 2020", En: "expected a year such as 2020"}},
}

// Check refuses numbers outside of what an option of a method can mean, and a list that is not as long as there
// are metrics, n.
func (o Options) Check(method string, n int) error {
	for _, name := range slices.Sorted(maps.Keys(spans)) {
		x, s := o[name].Number, spans[name]
		if x == nil {
			continue
		}
		if name == "alpha" && forecasts[method] != nil {
			s.open = closed
		}
		v := *x
		if v < s.least || v > s.most || s.open == openBoth && v == s.least || s.open != closed && v == s.most || s.whole && v != math.Trunc(v) {
			return Say("选项 %s 是 %v，%s", "option %s is %v: %s", name, v, s.expected)
		}
	}
	if err := o.checkLists(n); err != nil {
		return err
	}
	return o.checkWeights(method, n)
}

// checkLists refuses lists that are not as long as there are metrics, and bounds that are none.
func (o Options) checkLists(n int) error {
	for _, name := range []string{"lower", "upper", "down", "weights"} {
		if l := o.List(name); l != nil && len(l) != n {
			return Say("选项 %s 有 %d 个数，而指标有 %d 个，应各一个", "option %s has %d numbers for %d metrics: expected one for each", name, len(l), n)
		}
	}
	lower, upper := o.List("lower"), o.List("upper")
	for i := range min(len(lower), len(upper)) {
		if lower[i] >= upper[i] {
			return Say("选项 lower 是 %v，upper 是 %v（第 %d 个指标），lower 应较小", "option lower is %v and upper %v for metric %d: expected lower to be less", lower[i], upper[i], i+1)
		}
	}
	return nil
}

// checkWeights refuses weights below 0, and those of a system, or of the systems, that do not add up to 1.
func (o Options) checkWeights(method string, n int) error {
	for _, name := range []string{"weights", "beta"} {
		sum := 0.0
		for _, x := range o.List(name) {
			if x < 0 {
				return Say("选项 %s 有 %v，应不小于 0", "option %s has %v: expected 0 or more", name, x)
			}
			sum += x
		}
		if o.List(name) != nil && sum == 0 {
			return Say("选项 %s 应有一个大于 0", "option %s: expected one above 0", name)
		}
	}
	w, beta := o.List("weights"), o.List("beta")
	if w == nil && beta == nil {
		return nil
	}
	sizes, err := []int{n}, error(nil)
	if method != "index" {
		if sizes, err = o.Systems(n); err != nil {
			return err
		}
	}
	if sum := analysis.Sum(beta); beta != nil && (len(beta) != len(sizes) || math.Abs(sum-1) > 1e-9) {
		return Say("选项 beta 有 %d 个数，合计 %.10g；应每个系统一个，共 %d 个，合计为 1", "option beta has %d numbers that add up to %.10g: expected one for each system, %d, that add up to 1", len(beta), sum, len(sizes))
	}
	if w == nil {
		return nil
	}
	for i, size := range sizes {
		if sum := analysis.Sum(w[:size]); math.Abs(sum-1) > 1e-9 {
			return Say("选项 weights：第 %d 个系统的权重合计 %v，应为 1", "option weights: those of system %d add up to %v, expected 1", i+1, sum)
		}
		w = w[size:]
	}
	return nil
}
