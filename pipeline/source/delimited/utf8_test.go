package delimited

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever the bytes and wherever they stand, valid is utf8.Valid.
func TestValid(t *testing.T) {
	var parts []string
	for r := rune(0); r < 0x110000; r += 1 + r/64 {
		parts = append(parts, string(r))
	}
	parts = append(parts, "\xe0\x9f\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe4\xbd", "\xbd", "\xff", "\xf0\x9f\x98")
	check := func(s string) {
		if got, want := valid([]byte(s)), utf8.ValidString(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
	for i, p := range parts {
		q := parts[(7*i+3)%len(parts)]
		for before := range 9 {
			for _, s := range []string{"", "a", "青田", "青田县第1材料有限公司", "é1", "\xe4"} {
				check(strings.Repeat("x", before) + p + s)
				check(strings.Repeat("x", before) + q + p + s + "12345678")
			}
		}
	}
}

// FuzzValid tries bytes that nobody foresaw.
func FuzzValid(f *testing.F) {
	for _, s := range []string{"青田县,331121,2026-03-01,é\n", "\xed\xa0\x80", "😀😀😀", "\xe4\xbd", "abcdefg\xe4\xbd\xa0", "\xf0\x9f\x98"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := valid(b), utf8.Valid(b); got != want {
			t.Errorf("%q: got %v, want %v", b, got, want)
		}
	})
}

// BenchmarkValid reads lines that differ, for the processor learns those that come again.
func BenchmarkValid(b *testing.B) {
	var mixed, latin []byte
	rng := rand.New(rand.NewPCG(1, 2))
	towns := []string{"浙江", "高温合金冶炼工", "青田县", "质量管理员", "full_time", "magnetic.raw"}
	for range 5000 {
		mixed = fmt.Appendf(mixed, "33112119800101%04d,2024-03-05,in,%s,CN,21,%s,青田县第%d材料有限公司,%s,%d,12345.67,登记编号%d，经社保核对\n",
			rng.IntN(10000), towns[rng.IntN(6)], towns[rng.IntN(6)], rng.IntN(800), towns[rng.IntN(6)], rng.IntN(100), rng.IntN(1_000_000_000))
		latin = fmt.Appendf(latin, "Müller,Zürich,Straße %d,né en %d,São Paulo,%d\n", rng.IntN(1000), rng.IntN(3000), rng.IntN(100_000))
	}
	for _, x := range []struct {
		name string
		text []byte
	}{{"mixed", mixed}, {"latin", latin}} {
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(x.text)))
			for b.Loop() {
				valid(x.text)
			}
		})
		b.Run(x.name+"/library", func(b *testing.B) {
			b.SetBytes(int64(len(x.text)))
			for b.Loop() {
				utf8.Valid(x.text)
			}
		})
	}
}
