package warehouse

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
)

type (
	tallyKey    struct{} // whoever wants to know the rows of what is streamed
	streamedKey struct{} // the statement whose rows are meant
)

// Tally is a context in which the rows of answers that Stream hands over are added up: of each when it has been read to its end,
// as the embedded engine counts them. Of a server's answers they are not known.
func Tally(ctx context.Context) (context.Context, *atomic.Uint64) {
	var n atomic.Uint64
	return context.WithValue(ctx, tallyKey{}, &n), &n
}

// streamed marks the one statement of a context whose rows are meant: others run beside it, for metrics that it calls.
func streamed(ctx context.Context) context.Context {
	if n, ok := ctx.Value(tallyKey{}).(*atomic.Uint64); ok {
		return context.WithValue(ctx, streamedKey{}, n)
	}
	return ctx
}

// tallied is a body behind which the engine says how many rows were in it.
type tallied struct {
	io.ReadCloser
	res *http.Response
	n   *atomic.Uint64
}

func (b *tallied) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF && b.n != nil {
		text := b.res.Header.Get("X-ClickHouse-Summary") // before the answer where it was short, else behind it
		if text == "" {
			text = b.res.Trailer.Get("X-ClickHouse-Summary")
		}
		var s struct {
			Rows uint64 `json:"result_rows,string"`
		}
		if json.Unmarshal([]byte(text), &s) == nil {
			b.n.Add(s.Rows)
		}
		b.n = nil
	}
	return n, err
}
