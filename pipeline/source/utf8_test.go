package source

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestValidUTF8(t *testing.T) {
	pieces := []string{"a", "2026-06-30,", "浙江", "青田县", "é", "😀", "\u0800", "\u0fff", "\u1000", "\ud7ff", "\ue000", "\uffff", "\xed\xa0\x80", "\xe0\x80\x80", "\xe4\xb8", "\x80", "\xff", "\xc0\x80", "\xf4\x90\x80\x80", "\x00", "，"}
	rng := rand.New(rand.NewPCG(1, 2))
	good := 0
	for range 200_000 {
		s := ""
		for range rng.IntN(9) {
			k := len(pieces)
			if rng.IntN(3) > 0 {
				k = 12 // the sound ones
			}
			s += pieces[rng.IntN(k)]
		}
		want := utf8.ValidString(s)
		if want {
			good++
		}
		if got := validUTF8(s); got != want {
			t.Fatalf("%q: got %v, want %v", s, got, want)
		}
	}
	if good < 10_000 || good > 190_000 {
		t.Fatalf("%d of the texts were valid: not a test", good)
	}
}

func BenchmarkValidUTF8(b *testing.B) {
	s := ""
	for len(s) < 1<<20 {
		s += "331121199001011234,2026-06-30,in,浙江,CN,21,campus,full_time,青田县第123材料有限公司,magnetic.sinter,磁性材料制取工,3,12000.50,12,1990,登记编号123456789，经社保核对\n"
	}
	for _, c := range []struct {
		name string
		f    func(string) bool
	}{{"own", validUTF8}, {"std", utf8.ValidString}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				c.f(s)
			}
		})
	}
}

// What a chunk says of itself must not depend on where the text was cut: a character or a broken
// byte on the border of two chunks is found however small they are.
func TestChunkBorders(t *testing.T) {
	body := "浙江,青田\n" + strings.Repeat("县,镇\n", 40) + "坏\xff,值\n" + strings.Repeat("é,😀\n", 40)
	for size := 1; size < 40; size++ {
		text := &text{r: strings.NewReader(body), size: int64(len(body)), comma: ",", nl: '\n', limit: Limits{}.orDefault(), chunk: size}
		table := &Table{}
		var got []string
		text.scan(t.Context(), table, 0, func(r Row, err error) bool {
			if err != nil {
				got = append(got, err.Error())
				return false
			}
			for _, c := range r.Cells {
				got = append(got, c.Text)
			}
			return true
		})
		all := strings.Join(got, " ")
		if len(got) < 163 || strings.Count(all, "\ufffd") != 1 || !strings.Contains(all, "坏\ufffd 值") || strings.Count(all, "😀") != 40 {
			t.Fatalf("chunks of %d: %d cells, %q", size, len(got), all)
		}
	}
}
