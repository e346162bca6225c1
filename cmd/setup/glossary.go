package setup

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// glossary knows the English of what stands in the headings and titles of reports: what the code list terms says, and what
// the declared datasets call columns under these headings. It writes no pinyin: what it does not know is unknown.
type glossary struct {
	whole   map[string]string // codes.Key of a heading -> its English
	words   map[string]string // a word -> its English
	longest int               // of words, in characters
}

// around are the words that say of which time or part a heading is, with what they make of its English.
var around = []struct{ word, before, after string }{
	{"本月", "", " this month"},
	{"当月", "", " this month"},
	{"本季", "", " this quarter"},
	{"本季度", "", " this quarter"},
	{"本年", "", " this year"},
	{"今年", "", " this year"},
	{"本期", "", " this period"},
	{"年末", "", " at the end of the year"},
	{"期末", "", " at the end of the period"},
	{"累计", "", ", so far"},
	{"本年累计", "", " this year so far"},
	{"其中", "of which ", ""},
	{"平均", "average ", ""},
	{"人均", "", " a head"},
	{"计划", "planned ", ""},
	{"实际", "actual ", ""},
	{"新增", "new ", ""},
	{"年", "yearly ", ""},
	{"月", "monthly ", ""},
	{"所属", "", ""},
	{"所在", "", ""},
	{"是否", "", ""},
}

// newGlossary is what is declared. Of a heading that datasets call differently, most of them are right, then the first by the alphabet.
func newGlossary(catalog *dataset.Catalog) *glossary {
	g := &glossary{whole: map[string]string{}, words: map[string]string{}}
	votes := map[string]map[string]int{}
	for _, name := range catalog.Names() {
		for _, c := range catalog.Datasets[name].Columns {
			for _, heading := range append([]string{c.Title.Zh}, c.Aliases...) {
				key := codes.Key(heading)
				if votes[key] == nil {
					votes[key] = map[string]int{}
				}
				votes[key][c.Title.En]++
			}
		}
	}
	for heading, en := range votes {
		g.whole[heading] = slices.MaxFunc(sortedKeys(en), func(a, b string) int { return cmp.Or(cmp.Compare(en[a], en[b]), cmp.Compare(b, a)) })
	}
	if terms := catalog.Lists.Get("terms"); terms != nil {
		for _, v := range terms.Values {
			for _, word := range append([]string{v.Zh}, v.Aliases...) {
				g.words[word], g.whole[codes.Key(word)] = v.En, v.En
				g.longest = max(g.longest, utf8.RuneCountInString(word))
			}
		}
	}
	return g
}

// english is the English of a heading or a title; empty: it is not known whole.
func (g *glossary) english(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > 0x2000 }) {
		return text
	}
	en := g.find(text)
	if en == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(en)
	return strings.ToUpper(string(first)) + en[n:]
}

func (g *glossary) find(text string) string {
	if en := g.whole[codes.Key(text)]; en != "" {
		return en
	}
	for _, a := range around {
		if rest, ok := strings.CutPrefix(text, a.word); ok && rest != "" {
			if en := g.find(strings.TrimLeft(rest, "：:")); en != "" {
				return a.before + lower(en) + a.after
			}
		}
	}
	if rest, ok := strings.CutSuffix(text, "数"); ok && rest != "" {
		if en := g.find(rest); en != "" {
			return "number: " + lower(en)
		}
	}
	return g.composed([]rune(text))
}

// composed writes a text word by word, the longest that is known first: 企业用工月报. Empty: a stretch of it is no word.
func (g *glossary) composed(text []rune) string {
	if len(text) == 0 {
		return ""
	}
	for n := min(g.longest, len(text)); n > 0; n-- {
		en := g.words[string(text[:n])]
		if en == "" {
			continue
		}
		if n == len(text) {
			return en
		}
		if rest := g.composed(text[n:]); rest != "" {
			return en + " " + rest
		}
	}
	return ""
}

// lower is a text that begins small, unless it begins with an abbreviation.
func lower(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' || len(s) == 1 {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
