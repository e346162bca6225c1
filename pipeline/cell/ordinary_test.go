package cell

import (
	"math/rand/v2"
	"strings"
	"testing"

	"yanzhen/pipeline/mask"
)

// TestOrdinary holds the quick look at a text against the looks that it stands for, over texts made of their pieces: nothing is to be
// said of one that is ordinary, nor of any that differs from it in its digits only.
func TestOrdinary(t *testing.T) {
	pieces := []string{
		"登记编号", "经社保核对", "，", "1", "23", "456", "0000", "1.2345", "E+", "E-", "e", "=", "SUM(", "A1", "$B", "+", "-", "Mar", "3月", "日", "2026/4/15", "/", "&amp;", "&#20057;", "&", ";",
		" ", "\u3000", "\u00a0", "\x00", "\t", "锟斤拷", "\ufffd", "\xe6\x9c", "鏉ㄦ硟", "娴犲", "灏忔", "曾雁旻", "😀", "é", "１３", "８", "公司", "（", "）",
	}
	rng, ordinary := rand.New(rand.NewPCG(1, 2)), 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + rng.IntN(9) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		text := b.String()
		other := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '0' + rng.Int32N(10)
			}
			return r
		}, text)
		is := Ordinary(text)
		if is != Ordinary(other) {
			t.Fatalf("%q is ordinary: %v, but not so %q", text, is, other)
		}
		if !is {
			continue
		}
		ordinary++
		s := Fold(text)
		for _, of := range []Texts{Codes, Names, Words} {
			if day, f := Damaged(other, of); day || f != nil {
				t.Fatalf("%q is ordinary, and %v damaged", other, f)
			}
		}
		if Clean(other) != other || Controlled(other) || Undecoded(other) || Escaped(other) || MisreadChinese(other) || mask.Numbers(other) != nil || s == "" {
			t.Fatalf("%q is ordinary", other)
		}
	}
	if ordinary < 1000 {
		t.Errorf("%d texts are ordinary: too few to say anything", ordinary)
	}
}
