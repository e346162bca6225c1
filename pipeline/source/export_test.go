package source

import (
	"context"
	"strings"
)

// Tokens reads text as the scan of a clean UTF-8 file does, in chunks of the given size.
func Tokens(s string, comma byte, chunk int) ([][]string, error) {
	t := &text{r: strings.NewReader(s), size: int64(len(s)), comma: string(comma), nl: '\n', limit: Limits{}.orDefault(), chunk: chunk, clean: true}
	table := &Table{}
	var out [][]string
	var failed error
	t.scan(context.Background(), table, 0, func(r Row, err error) bool {
		if err != nil {
			failed = err
			return false
		}
		out = append(out, texts(r.Cells))
		return true
	})
	return out, failed
}
