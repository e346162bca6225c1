package glance

import (
	"fmt"
	"strings"
	"testing"

	"yanzhen/pipeline/cell"
)

// A first byte that says something must not be that of a blank or of a text that repeats.
func TestFirst(t *testing.T) {
	repeats := strings.Fields(`同 同上 同前 同左上 同上。 同上行 如上 ditto Ditto DITTO do. Do. -〃- —〃— -同上- 〃 〃〃 々 仝 仝上 ″ ” “ " '' ＂ 〞 〝 ″″ ”” “” －〃－ （同上）`)
	for _, s := range append(repeats, "同 上", " 同上", "\u3000〃", "\t\"") {
		if s != "\t\"" && !cell.Ditto(s) {
			t.Errorf("%q repeats", s)
		}
		if First(s) == Says {
			t.Errorf("%q repeats, and its first byte is taken for one that does not", s)
		}
		if Second(s) {
			t.Errorf("%q repeats, and its second byte is taken for one that does not", s)
		}
	}
	for _, s := range []string{"", "同上级", "如上海", "同济大学", "中国", "d", "dittos", "仝某", "浙江", "0", "-", "'0", "\xe5", "\xe4\xbb"} {
		if cell.Ditto(s) {
			t.Errorf("%q repeats nothing", s)
		}
	}
	for r := rune(1); r < 0x30000; r++ {
		if s := string(r); (First(s) == Says || First(s) == Unsure && Second(s)) && !strings.ContainsFunc(s, cell.Visible) {
			t.Errorf("%q (%U) is blank, and its first byte is taken for one that says something", s, r)
		}
	}
	for _, s := range []string{"北京", "安徽", "中国", "企业", "domestic", "DE"} {
		if First(s) != Unsure || !Second(s) {
			t.Errorf("%q is told only by a closer look", s)
		}
	}
	if First("") != Nothing {
		t.Error("an empty text says nothing")
	}
}

// Texts of every length that differ in one byte must not meet often, or the table that is looked up by Spread is
// of no use.
func TestSpread(t *testing.T) {
	var texts []string
	for i := range 1000 {
		texts = append(texts, fmt.Sprint(i), fmt.Sprintf("青田县第%d材料有限公司", i), fmt.Sprintf("%04d-%02d-%02d", 1900+i/12, 1+i%12, 1+i%28), fmt.Sprintf("magnetic.%d", i))
	}
	for n := range 40 {
		for i := range n {
			b := []byte(strings.Repeat("x", n))
			b[i] = 'y'
			texts = append(texts, string(b))
		}
	}
	const slots = 1 << 16
	at := map[uint64]string{}
	met, seen, ends := 0, map[string]bool{}, map[Ends]string{}
	for _, s := range texts {
		if seen[s] {
			continue
		}
		seen[s] = true
		hash, e := Spread(s)
		if other, ok := at[hash%slots]; ok && other != s {
			met++
		}
		at[hash%slots] = s
		if other, ok := ends[e]; ok {
			t.Fatalf("%q has the ends of %q", s, other)
		}
		ends[e] = s
	}
	if most := len(seen) * len(seen) / slots; met > most { // twice what chance gives
		t.Errorf("%d of %d texts meet in %d slots, at most %d are expected", met, len(seen), slots, most)
	}
}

// Texts that were taken for each other once: of which the length differs in the bits that a byte differs in, with ends that repeat;
// and of which three bytes do, where one makes up for another.
func TestEnds(t *testing.T) {
	var texts []string
	for i := range 3000 {
		for n := range 60 {
			texts = append(texts, fmt.Sprint("企业", i, "公司", strings.Repeat("长", n)))
		}
	}
	for i := range 10 {
		for n := range 100 {
			texts = append(texts, fmt.Sprint("PA202611", i, strings.Repeat("0", n)))
		}
	}
	const signs = "0189AaBb"
	for i := range len(signs) * len(signs) * len(signs) * len(signs) {
		b := []byte("PA202611-0000000-0000000-00000000")
		for _, at := range []int{15, 19, 20, 23} {
			b[at] = signs[i%len(signs)]
			i /= len(signs)
		}
		texts = append(texts, string(b))
	}
	ends := map[Ends]string{}
	for _, s := range texts {
		_, e := Spread(s)
		if other, ok := ends[e]; ok {
			t.Fatalf("%q has the ends of %q", s, other)
		}
		ends[e] = s
	}
}
