// Package small decides which numbers of few people are not shown to whoever may not see so few: by suppression, so that no
// number of 1 to k-1 people stands on a page or can be reckoned from two that do, or by cell keys, which change every count
// a little and always in the same way. It is pure: it knows tables of counts, and nothing of metrics or of who looks.
package small

import (
	"slices"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Method is how small numbers are kept from being seen.
type Method string

// The methods.
const (
	Suppress Method = "suppress"  // they are not shown, nor what they could be reckoned from
	CellKeys Method = "cell_keys" // every count is changed a little, by the people it counts
	Off      Method = "off"       // whoever may see a figure sees it
)

// Rule is which numbers are small, and what is done about them. The zero Rule suppresses those under five.
type Rule struct {
	K        int            `yaml:"k"`
	Method   Method         `yaml:"method"`
	Datasets map[string]int `yaml:"datasets"`
}

// usual is k where nothing is said.
const usual = 5

// most is the greatest k: a rule that hides everything hides a mistake.
const most = 100

// Declared says what is declared of small numbers.
func (Rule) Declared() declare.Keys {
	return declare.Keys{
		"k":        {Zh: "人数少于它的不显示", En: "fewer people than this are not shown", Default: "5", Example: "10"},
		"method":   {Zh: "suppress：不显示，连同能推算出它的数；cell_keys：每个人数按单元键略作改动；off：不处理", En: "suppress: not shown, nor what they could be reckoned from; cell_keys: every count is changed a little by its cell key; off: nothing is done", OneOf: []string{string(Suppress), string(CellKeys), string(Off)}, Default: "suppress", Example: "cell_keys"},
		"datasets": {Zh: "个别数据集另用的 k；0 表示其中的数不是人数（空缺岗位 vacancies 已如此）", En: "another k of a dataset; 0: its numbers are not of people (as those of vacancies are not)", Example: "{benefits: 10, labour: 0}"},
	}
}

// Fault says what is wrong with a rule; false where nothing is.
func (r Rule) Fault(known func(dataset string) bool) (key string, text codes.Text, found bool) {
	if r.K < 0 || r.K == 1 || r.K > most {
		return "k", codes.Text{Zh: "应为 2 至 100", En: "want 2 to 100"}, true
	}
	for name, k := range r.Datasets {
		switch {
		case !known(name):
			return "datasets." + name, codes.Text{Zh: "没有这个数据集", En: "there is no such dataset"}, true
		case k < 0 || k == 1 || k > most:
			return "datasets." + name, codes.Text{Zh: "应为 0，或 2 至 100", En: "want 0, or 2 to 100"}, true
		}
	}
	return "", codes.Text{}, false
}

// Way is the method, Suppress where none is said.
func (r Rule) Way() Method {
	if r.Method == "" {
		return Suppress
	}
	return r.Method
}

// Least is the least number of people that is shown of some datasets, the greatest where they differ; 0: their numbers are
// not of people, or nothing is kept back.
func (r Rule) Least(datasets []string) int {
	if r.Method == Off {
		return 0
	}
	least := 0
	for _, name := range datasets {
		k, own := r.Datasets[name]
		switch {
		case own:
		case slices.Contains(unpeopled, name):
			continue
		case r.K > 0:
			k = r.K
		default:
			k = usual
		}
		least = max(least, k)
	}
	return least
}

// unpeopled are the shipped datasets whose numbers are of posts and not of people.
var unpeopled = []string{"vacancies"}

// Stricter is the rule with k people at least: no number is shown by it that r hides.
func (r Rule) Stricter(k int) Rule {
	if r.Method == Off { // it hides nothing itself: only what is not of people stays
		own := map[string]int{}
		for name, n := range r.Datasets {
			if own[name] = n; n > 0 {
				own[name] = k
			}
		}
		return Rule{K: k, Datasets: own}
	}
	if r.K == 0 {
		r.K = usual
	}
	r.K = max(r.K, k)
	own := map[string]int{}
	for name, n := range r.Datasets {
		if own[name] = n; n > 0 {
			own[name] = max(n, k)
		}
	}
	r.Datasets = own
	return r
}
