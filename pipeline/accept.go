package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"yanzhen/pipeline/filename"
)

// Answer is what somebody says of a batch that is held.
type Answer string

// The answers. Only a file that may be a part of its unit needs one of the last two.
const (
	Publish Answer = ""        // as it is, though a limit or a check held it
	Add     Answer = "add"     // another part of its unit, beside what is live
	Replace Answer = "replace" // in place of everything that is live of its unit
)

// Asked returns a run that left a batch held, and the batch under the unit that the answer gives it, where that can be answered so.
func (l *Loader) Asked(ctx context.Context, run string, how Answer) (r Run, last Entry, err error) {
	r, ok, err := l.Run(ctx, run)
	if err != nil {
		return r, last, err
	}
	if !ok || r.Batch == 0 {
		return r, last, problem("no_run", fmt.Sprintf("没有编号为 %s 的装入", run), fmt.Sprintf("there is no load %s", run)).
			todo("用 yanzhen runs --state held 查看暂缓的装入", "list what is held with yanzhen runs --state held")
	}
	entries, err := l.entries(ctx, r.Batch)
	if err != nil {
		return r, last, err
	}
	if last = entries[len(entries)-1]; last.State != Held {
		return r, last, problem("not_held", fmt.Sprintf("第 %d 批不在暂缓状态（%s）", r.Batch, last.State), fmt.Sprintf("batch %d is not held but %s", r.Batch, last.State)).
			todo("用 yanzhen runs --state held 查看暂缓的装入", "list what is held with yanzhen runs --state held")
	}
	if r.Code == "part" && how == Publish {
		return r, last, problem("answer", "请回答是追加还是替换", "say whether it is added or replaces").
			todo("加上 --add 或 --replace", "give --add or --replace")
	}
	if how == Add {
		last.Unit += "|" + filename.Part(last.File)
	}
	return r, last, nil
}

// Accept publishes the batch that a run left held, as answered. The entry is the row that published it.
func (l *Loader) Accept(ctx context.Context, run string, how Answer, why Why) (Entry, error) {
	why.Run = run
	r, last, err := l.Asked(ctx, run, how)
	if err != nil {
		return Entry{}, err
	}
	live, err := l.standing(ctx, last.Dataset)
	if err != nil {
		return Entry{}, err
	}
	e, err := l.publishAgain(ctx, last, why, answerNote(how, cmp.Or(why.Reason, last.Note)))
	if err != nil {
		return Entry{}, err
	}
	for _, u := range live {
		if how == Replace && strings.HasPrefix(u.Unit, last.Unit+"|") {
			if _, err := l.Withdraw(ctx, last.Dataset, u.Unit, why); err != nil {
				return e, err
			}
		}
	}
	r.State, r.Unit, r.Code = Published, e.Unit, "accepted"
	r.MessageZh, r.MessageEn = answerNote(how, "")+"；原先："+r.MessageZh, map[Answer]string{Publish: "published by hand", Add: "added by hand", Replace: "published by hand in place of what was there"}[how]+"; before: "+r.MessageEn
	r.RemedyZh, r.RemedyEn = "", ""
	return e, l.putRun(ctx, &r)
}

func answerNote(how Answer, why string) string {
	note := map[Answer]string{Publish: "确认发布", Add: "确认追加", Replace: "确认替换"}[how]
	if why != "" {
		note += "：" + why
	}
	return note
}
