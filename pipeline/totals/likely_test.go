package totals

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"
)

// sentence writes a text that a pattern matches.
func sentence(b *strings.Builder, re *syntax.Regexp, r *rand.Rand) {
	between := func(least, most int) {
		for range least + r.IntN(most-least+1) {
			sentence(b, re.Sub[0], r)
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if len(re.Rune) > 0 && re.Rune[0] == 0 { // all but some
			b.WriteRune([]rune("东村甲乙丁木")[r.IntN(6)])
			return
		}
		i := r.IntN(len(re.Rune)/2) * 2
		b.WriteRune(re.Rune[i] + r.Int32N(re.Rune[i+1]-re.Rune[i]+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune([]rune("东村甲乙丁木")[r.IntN(6)])
	case syntax.OpStar:
		between(0, 2)
	case syntax.OpPlus:
		between(1, 3)
	case syntax.OpQuest:
		between(0, 1)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + 2
		}
		between(re.Min, most)
	case syntax.OpConcat, syntax.OpCapture:
		for _, s := range re.Sub {
			sentence(b, s, r)
		}
	case syntax.OpAlternate:
		sentence(b, re.Sub[r.IntN(len(re.Sub))], r)
	}
}

// TestQuickLooks writes texts that the patterns of labels match, each alternative in turn: the quick looks let them all pass, and
// say the same whatever their digits are.
func TestQuickLooks(t *testing.T) {
	for _, end := range []string{"¹", "è", "·", "ο", "𠀀"} { // a letter of another length behind a digit
		for d := '0'; d <= '9'; d++ {
			if text := "青川区 各镇街 企业加总" + string(d) + end; Likely(text) != Likely(strings.Replace(text, string(d), "0", 1)) {
				t.Errorf("the digit of %q is looked at", text)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	told := 0
	for _, p := range []string{reSure.String(), reMay.String(), reHint.String(), reSum.String(), reAside.String()} {
		re, err := syntax.Parse(p, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for range 4000 {
			var b strings.Builder
			sentence(&b, re, r)
			text := b.String()
			other := strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '0' + (r-'0'+1+r%7)%10
				}
				return r
			}, text)
			if Likely(text) != Likely(other) {
				t.Errorf("the quick look tells %q from %q", text, other)
			}
			key := Key(strings.ToUpper(strings.Join(strings.Fields(text), "")))
			if label, _ := Says(key); label != None && len(text) > 2 && len(text) <= Longest && !Likely(text) && !Possible(text) && told < 20 {
				told++
				t.Errorf("%q is a label, and Likely passes over it", text)
			}
		}
	}
}
