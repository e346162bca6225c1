package sieve

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
)

func TestSieve(t *testing.T) {
	s := New(regexp.MustCompile(`^(本|该)?(原|已|因.{1,6})?((未|没有?)(通过|批准)|误|CANCELL?ED|(与|同).{1,12}为(同一|一家).{0,6})(了|的)?([(,].*)?$`))
	for text, want := range map[string]bool{
		"该已未通过": true, "没有批准": true, "有误差": true, "与甲厂为一家": true, "cancelled": true, "Ｃancelled": true, "未 通过": true,
		"已通过": false, "设备运行良好": false, "": false, "同甲厂": false, "dan": false,
	} {
		if got := s.May(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if !New(regexp.MustCompile(`^.*$`)).May("") || !New(regexp.MustCompile(`(?i)abc`)).May("x") {
		t.Error("what may match anything lets anything pass")
	}
}

// TestMemory holds a sieve that remembers texts against the expression itself, over texts made of the pieces of it and of digits: what
// matches always passes, also behind a text that differs from it in its digits only.
func TestMemory(t *testing.T) {
	re := regexp.MustCompile(`^(本|该)?(原|已|因.{1,6})?((未|没有?)(通过|批准)|误|CANCELL?ED|(与|同).{1,12}为(同一|一家).{0,6})(了|的)?([(,].*)?$`)
	plain := New(re)
	known := &Texts{}
	most := 0
	pieces := []string{"本", "已", "因", "未", " 通", "通过", "批准", "误", "cancel", "led", "ＬＥＤ", "\u3000", "与", "甲厂", "为", "一家", "(", "设备运行", "12", "345", "😀", "\xe6\x9c", "é"}
	rng, matched, stopped := rand.New(rand.NewPCG(1, 2)), 0, 0
	for range 200_000 {
		text := ""
		for range 1 + rng.IntN(6) {
			text += pieces[rng.IntN(len(pieces))]
		}
		may := !plain.Stops(text, known.Of(0, text))
		most = max(most, len(known.columns[0].known))
		if may != plain.May(text) {
			t.Fatalf("%q: with a memory %v", text, may)
		}
		switch {
		case re.MatchString(codes.Key(text)):
			if matched++; !may {
				t.Fatalf("%q was stopped", text)
			}
		case !may:
			stopped++
		}
	}
	if matched < 500 || stopped < 20_000 {
		t.Errorf("%d matched and %d were stopped: too few to say anything", matched, stopped)
	}
	if s := New(regexp.MustCompile(`第3批`)); !s.Stops("第一车间第2批次人员", known.Of(1, "第一车间第2批次人员")) || s.Stops("第一车间第3批次人员", known.Of(1, "第一车间第3批次人员")) {
		t.Error("where digits matter they are looked at")
	}
	if most != kept || *known.Of(widest, "甲") != 0 {
		t.Errorf("%d texts are remembered, want %d", most, kept)
	}
}

// TestShape holds the shapes of texts against the texts with 0 for each digit: they are the same where those are.
func TestShape(t *testing.T) {
	rng, seen := rand.New(rand.NewPCG(1, 2)), map[uint64]string{}
	pieces := []string{"0", "9", "5", "31", "/", ":", "登", "记", "\xb0", "a", "p", "（", "\x00"}
	for n := range 300_000 {
		var text, plain []byte
		for range n % 40 {
			p := pieces[rng.IntN(len(pieces))]
			for i := range len(p) {
				c := p[i]
				if text = append(text, c); c >= '0' && c <= '9' {
					c = '0'
				}
				plain = append(plain, c)
			}
		}
		if Shape(string(text)) != Shape(string(plain)) {
			t.Fatalf("%q has another shape than %q", text, plain)
		}
		h := Shape(string(text))
		if other, ok := seen[h]; ok && other != string(plain) {
			t.Fatalf("%q has the shape of %q", text, other)
		}
		seen[h] = string(plain)
	}
	for n := range 40 { // lengths that differ in the bits that a letter does
		if a, b := "PA2026-1a"+strings.Repeat("b", n), "PA2026-1b"+strings.Repeat("b", n+1); n > 0 && Shape("?a"+strings.Repeat("b", n)) == Shape("?"+strings.Repeat("b", n+2)) || Shape(a) == Shape(b) {
			t.Fatalf("%q has the shape of %q, or one like it", a, b)
		}
	}
}
