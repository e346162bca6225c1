package source

import (
	"strings"
	"testing"
)

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
