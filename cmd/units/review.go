package units

import (
	"context"
	"fmt"
	"strings"

	"yanzhen/cmd/lines"
	"yanzhen/dashboard/review"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// ReviewPage is the page of what counts once it is accepted.
func ReviewPage(l *pipeline.Loader) *review.Page {
	return &review.Page{Desk: review.Desk{Loader: l, Accept: l.Accept, Say: l.Say}}
}

// mostWaiting is how many submissions that wait are listed.
const mostWaiting = 1_000

// ReviewFlags are what may be asked of review.
type ReviewFlags struct {
	Run    string `arg:"" optional:"" name:"run" help:"Run that waits for its review; none lists them."`
	Back   bool   `name:"return" help:"Return it to its sender, for the reason given." xor:"do"`
	Ask    bool   `help:"Ask its sender what the reason says." xor:"do"`
	Answer bool   `help:"Answer for its sender what was asked." xor:"do"`
	Reason string `help:"Why it goes back, the question, or the answer." placeholder:"TEXT"`
	By     string `help:"Who wants it. Default: who is logged in." placeholder:"NAME"`
}

// Take lists what waits, or says what is said of one.
func (f *ReviewFlags) Take(ctx context.Context, z Zone) error {
	what := map[bool]pipeline.State{f.Back: pipeline.Returned, f.Ask: pipeline.Asked, f.Answer: pipeline.Submitted}[true]
	if f.Run == "" || what == "" {
		return f.list(ctx, z)
	}
	e, err := z.Loader.Say(ctx, f.Run, what, How{Reason: f.Reason, By: f.By}.why(z))
	if err == nil {
		fmt.Fprintln(z.Out, strings.TrimSpace(fmt.Sprintf("%s  %s  %s  %s", e.Dataset, lines.Plain(e.Unit), e.State, lines.Plain(e.Note))))
	}
	return err
}

func (f *ReviewFlags) list(ctx context.Context, z Zone) error {
	filter := pipeline.RunFilter{Kind: "load", States: []pipeline.State{pipeline.Submitted, pipeline.Asked}, Earliest: true, Limit: mostWaiting + 1}
	if f.Run != "" {
		filter.IDs = []string{f.Run}
	}
	waits, err := z.Loader.Runs(ctx, filter)
	if err != nil {
		return err
	}
	w := lines.New(z.Out, strings.Fields(z.say("运行 时间 状态 数据集 单位 期间 行数 文件 说明", "run at state dataset sender period rows file said"))...)
	more := len(waits) > mostWaiting
	for _, r := range waits[:min(len(waits), mostWaiting)] {
		w.Row(r.ID, z.at(r.Started), string(r.State), r.Dataset, r.Sender, r.Period, r.Loaded, r.File, z.say(r.MessageZh, r.MessageEn))
	}
	if len(waits) == 0 && f.Run != "" {
		return &pipeline.Problem{
			Code:   "review",
			Text:   codes.Text{Zh: "没有编号为 " + f.Run + " 的待审核的报送", En: "no submission " + f.Run + " waits for its review"},
			Remedy: codes.Text{Zh: "yanzhen review 列出待审核的；其他的见 yanzhen runs", En: "yanzhen review lists what waits, yanzhen runs the others"},
		}
	}
	if len(waits) == 0 {
		fmt.Fprintln(z.Out, z.say("没有待审核的报送", "nothing waits for its review"))
		return nil
	}
	if err := w.Flush(); err != nil || !more {
		return err
	}
	fmt.Fprintf(z.Out, z.say("只列最早的 %d 份，还有更多\n", "these are the earliest %d; there are more\n"), mostWaiting)
	return nil
}
