package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// mark names what a file was refused for: its bytes, the name it came under and everything that is
// declared or was confirmed. While none of them changes, it would be refused again.
func (l *Loader) mark(in *input) string {
	h := sha256.New()
	h.Write(in.hash[:])
	fmt.Fprintf(h, "\x00%s\x00%s\x00%s\x00%s", in.display, in.req.Dataset, in.req.Sender, in.req.Period)
	for _, n := range l.Catalog.Names() {
		fmt.Fprintf(h, "\x00%s", l.Catalog.Datasets[n].Digest)
	}
	if l.Confirmed != nil {
		io.WriteString(h, l.Confirmed())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// refusedBefore reports whether the same file was refused before and nothing has changed since.
// Then nothing is done, and out says again what was said then, under the run that said it.
func (l *Loader) refusedBefore(ctx context.Context, mark string, out *Outcome) (bool, error) {
	params := map[string]string{"mark": mark}
	const from = "meta.runs where mark = {mark:String} and state = 'failed'"
	if n, err := l.count(ctx, "runs.mark", from, params); err != nil || n == 0 { // nearly always, for a fraction of what all columns cost
		return false, err
	}
	got, err := warehouse.Select[Run](ctx, l.DB, warehouse.Statement{
		Tag:    "runs.refused",
		SQL:    "select " + runColumns + " from " + from + " order by started desc limit 1",
		Params: params,
	})
	if err != nil || len(got) == 0 {
		return false, err
	}
	r := got[0]
	out.State, out.Run, out.Dataset = Unchanged, r.ID, r.Dataset
	out.Problem = &Problem{Code: r.Code, Text: codes.Text{Zh: r.MessageZh, En: r.MessageEn}, Remedy: codes.Text{Zh: r.RemedyZh, En: r.RemedyEn}}
	return true, nil
}
