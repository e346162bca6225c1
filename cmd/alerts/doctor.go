package alerts

import (
	"context"
	"fmt"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/spoken"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// Damage compares the live batches with the ledger, for yanzhen doctor: their rows, and with every control sum where it looks deep.
func Damage(ctx context.Context, l *pipeline.Loader, depth pipeline.Depth, text func(zh, en string) string, say func(state, what, detail string)) {
	how := text("行数与账簿相符", "the rows are those of the ledger")
	if depth == pipeline.Deep {
		how = text("行数与控制总和都与账簿相符", "rows and control sums are those of the ledger")
	}
	found, err := l.Verify(ctx, depth)
	if err != nil {
		say("fail", "batches", spoken.By(err, text))
		return
	}
	for _, x := range found {
		zh, en := x.Text()
		say("fail", "damaged", x.Dataset+": "+lines.Plain(text(zh+"；把原文件放回收件夹，或运行 yanzhen load", en+"; put the original back into the inbox, or run yanzhen load")))
	}
	if len(found) == 0 {
		say("ok", "batches", how)
	}
}

// Held lists the loads that wait for an answer, for yanzhen doctor: not the runs of jobs that found them waiting still.
func Held(ctx context.Context, l *pipeline.Loader, lang codes.Lang, say func(state, what, detail string)) {
	held, err := l.Runs(ctx, pipeline.RunFilter{Kind: "load", States: pipeline.Waiting, Limit: 20})
	if err != nil {
		say("fail", "runs", spoken.Error(err, lang))
		return
	}
	for _, r := range held {
		say("warn", string(r.State), fmt.Sprintf("%s %s: %s", r.ID, lines.Plain(r.File), codes.Text{Zh: r.MessageZh, En: r.MessageEn}.In(lang)))
	}
}
