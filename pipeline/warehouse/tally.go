package warehouse

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"

	"yanzhen/pipeline/warehouse/handed"
)

type (
	tallyKey    struct{} // whoever wants to know the rows of what is streamed
	streamedKey struct{} // the statement whose rows are meant
)

// Tally is a context in which the rows of answers that Stream hands over are added up, as the embedded engine counts them: of each
// when it has been read to its end, and of one that is broken off when it is closed, as far as it had come. Of a server's answers
// they are not known, nor of what is broken off in a format that is written as a whole, such as Parquet.
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
	res    *http.Response
	n      *atomic.Uint64
	engine http.RoundTripper
}

// Close asks how far an answer had come that was not read to its end.
func (b *tallied) Close() error {
	err := b.ReadCloser.Close()
	if b.n != nil {
		if rows, ok := handed.Ask(b.res.Request.Context(), b.engine, b.res.Request.URL.Query().Get("query_id")); ok {
			b.n.Add(rows)
		}
		b.n = nil
	}
	return err
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
