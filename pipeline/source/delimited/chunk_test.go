package delimited

import (
	"strings"
	"testing"
)

// What a chunk says of itself must not depend on where the text was cut: a character or a broken
// byte on the border of two chunks is found however small they are.
func TestChunkBorders(t *testing.T) {
	body := "浙江,青田\n" + strings.Repeat("县,镇\n", 40) + "坏\xff,值\n" + strings.Repeat("é,😀\n", 40)
	for size := 1; size < 40; size++ {
		text := &Text{r: strings.NewReader(body), size: int64(len(body)), comma: ",", quote: '"', nl: '\n', limits: Limits{4096, 16 << 20}, chunk: size}
		var got []string
		text.Scan(t.Context(), 0, func(r *Record, err error) bool {
			if err != nil {
				got = append(got, err.Error())
				return false
			}
			got = append(got, r.Cells...)
			return true
		})
		all := strings.Join(got, " ")
		if len(got) < 163 || strings.Count(all, "\ufffd") != 1 || !strings.Contains(all, "坏\ufffd 值") || strings.Count(all, "😀") != 40 {
			t.Fatalf("chunks of %d: %d cells, %q", size, len(got), all)
		}
	}
}
