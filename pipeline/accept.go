package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/saying"
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
	entries, err := l.Entries(ctx, r.Batch)
	if err != nil {
		return r, last, err
	}
	if last = entries[len(entries)-1]; !open(last.State) {
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
	defer l.lock("", run)() // of two who decide at once the second hears of the first
	why.Run = run
	why.Reason, _ = mask.Mask{}.Text(strings.TrimSpace(why.Reason))
	if len([]rune(why.Reason)) > saying.Longest {
		return Entry{}, problem("long_reason", fmt.Sprintf("说明请写在 %d 字以内；什么也没有改动", saying.Longest), fmt.Sprintf("write the reason in %d characters at most; nothing was changed", saying.Longest))
	}
	if err := l.complete(ctx, run); err != nil {
		return Entry{}, err
	}
	r, last, err := l.Asked(ctx, run, how)
	if err == nil {
		err = cmp.Or(l.own(ctx, last, why), seen(last, why))
	}
	if err != nil {
		return Entry{}, err
	}
	live, err := l.standing(ctx, last.Dataset)
	if err != nil {
		return Entry{}, err
	}
	if no, err := l.Against(ctx, last, how, live); err != nil || no != nil && !why.Anyway {
		return Entry{}, cmp.Or[error](err, no)
	}
	note := saying.Accepted(string(how), cmp.Or(why.Reason, last.Note))
	var gone []Entry // parts, which the whole replaces in the same moment
	for _, u := range live {
		if how == Replace && strings.HasPrefix(u.Unit, last.Unit+"|") {
			part, err := l.withdrawn(ctx, u.Batch, Why{Run: run, By: why.By, Reason: note})
			if err != nil {
				return Entry{}, err
			}
			gone = append(gone, part)
		}
	}
	e, err := l.publishAgain(ctx, last, why, note, gone...)
	if err != nil {
		return Entry{}, err
	}
	return e, l.settle(ctx, r, e)
}

// complete writes how a run stands whose batch was decided on by a process that was stopped before it had.
func (l *Loader) complete(ctx context.Context, run string) error {
	r, ok, err := l.Run(ctx, run)
	if err != nil || !ok || r.Batch == 0 || !open(r.State) {
		return err
	}
	entries, err := l.Entries(ctx, r.Batch)
	if err != nil || len(entries) == 0 {
		return err
	}
	e := entries[len(entries)-1]
	if _, accepted := saying.How(e.Note); e.State == r.State || e.Run != run || !open(e.State) && !(e.State == Published && accepted) {
		return nil
	}
	return l.settle(ctx, r, e)
}

// open reports whether what is in a state can be decided on: a return may have been a mistake.
func open(s State) bool { return s == Returned || slices.Contains(Waiting, s) }

// settle writes what follows from a decision, which is a row of the ledger: how the run stands.
func (l *Loader) settle(ctx context.Context, r Run, e Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute) // whatever becomes of who took it: it stands by now
	defer cancel()
	if e.State != Published {
		text, remedy := saying.Said(string(e.State), e.By, e.Note, codes.Text{Zh: r.MessageZh, En: r.MessageEn})
		r.State, r.MessageZh, r.MessageEn, r.RemedyZh, r.RemedyEn = e.State, text.Zh, text.En, remedy.Zh, remedy.En
		if e.State == Returned && r.Code != "part" { // that question stays open
			r.Code = "returned"
		}
		return l.PutRun(ctx, &r)
	}
	how, _ := saying.How(e.Note)
	r.State, r.Unit, r.Code, r.RemedyZh, r.RemedyEn = Published, e.Unit, "accepted", "", ""
	r.MessageZh, r.MessageEn = saying.Accepted(how, "")+"；原先："+r.MessageZh, saying.AcceptedEn(how)+"; before: "+r.MessageEn
	return l.PutRun(ctx, &r)
}

const heldBefore = "held_before" // a problem's code: the same content waits, or was returned

// toReview is why a submission waits that somebody has to accept, whatever else speaks against it.
func toReview(p *Problem) *Problem {
	r := problem("review", "已报送，审核通过后才计入", "submitted; it counts once it has been reviewed and accepted").
		todo("不必重复报送；结果见“报送”页", "there is no need to send it again; what becomes of it stands on the page of what was sent")
	if p != nil {
		r.Code, r.Remedy = p.Code, p.Remedy
		r.Text.Zh, r.Text.En = r.Text.Zh+"；"+p.Text.Zh, r.Text.En+"; "+p.Text.En
	}
	return r
}

// stillOpen says of the content of a batch that has not been published what became of it.
func stillOpen(e Entry, when string) *Problem {
	text, remedy := saying.Again(string(e.State), e.Batch, e.Note, when)
	return &Problem{Code: heldBefore, Text: text, Remedy: remedy}
}

// Whose is the account that sent what became a batch, as was known when it was loaded; empty: it came through no door.
func (l *Loader) Whose(ctx context.Context, batch uint32) (string, error) {
	entries, err := l.Entries(ctx, batch)
	if i := slices.IndexFunc(entries, func(e Entry) bool { return e.State == Submitted || e.State == Held }); err == nil && i >= 0 {
		return entries[i].By, nil
	}
	return "", err
}

// own refuses that somebody decides on what they have sent themselves, where it is reviewed.
func (l *Loader) own(ctx context.Context, e Entry, why Why) error {
	if ds := l.Dataset(e.Dataset); why.By == "" || e.State == Held && (ds == nil || !ds.Review) {
		return nil
	}
	if by, err := l.Whose(ctx, e.Batch); err != nil || by != why.By {
		return err
	}
	return problem("own", "这份文件是您自己报送的，须由别人审核", "you have sent this file yourself: somebody else has to review it").
		todo("请另一位管理人员办理", "ask another operator")
}

// Against is what speaks against accepting a batch, so that whoever does it has to say that they know: it was returned, or what
// arrived after it is live. live are the live units of its dataset; nil: nothing speaks against it.
func (l *Loader) Against(ctx context.Context, e Entry, how Answer, live []Live) (*Problem, error) {
	if e.State == Returned {
		return problem("was_returned", "这份报送已退回："+e.Note, "this submission was returned: "+e.Note).
			todo("仍要接受，请注明“已退回仍接受”（--anyway）", "to accept it all the same, say so (--anyway)"), nil
	}
	own, err := l.Entries(ctx, e.Batch)
	for _, u := range live {
		if err == nil && (u.Unit == e.Unit || how == Replace && strings.HasPrefix(u.Unit, e.Unit+"|")) {
			var of []Entry
			if of, err = l.Entries(ctx, u.Batch); err == nil && of[0].Seq > own[0].Seq {
				return problem("later", fmt.Sprintf("%s 的现行版本（第 %d 批，%s）比这份来得晚，接受会以旧换新", e.Unit, u.Batch, u.File), fmt.Sprintf("what %s shows (batch %d, %s) arrived after this: accepting it puts the older in place of the newer", e.Unit, u.Batch, u.File)).
					todo("仍要接受，请注明（--anyway）", "to accept it all the same, say so (--anyway)"), nil
			}
		}
	}
	return nil, err
}

// seen refuses what was decided on after a look at an earlier state of a batch.
func seen(e Entry, why Why) error {
	if why.Seen == 0 || why.Seen == e.Seq {
		return nil
	}
	return problem("moved", "这份报送刚刚有了变化（"+string(e.State)+"："+e.Note+"）；什么也没有改动", "this submission has just changed ("+string(e.State)+": "+e.Note+"); nothing was changed by this").
		todo("看过变化再决定", "look at it again, and decide then")
}

// Say writes what is said of a submission that waits for its review: a question (Asked), an answer (Submitted), or that it goes
// back (Returned). Nothing of it is published by that.
func (l *Loader) Say(ctx context.Context, run string, what State, why Why) (Entry, error) {
	defer l.lock("", run)()
	why.Reason, _ = mask.Mask{}.Text(strings.TrimSpace(why.Reason))
	if n := len([]rune(why.Reason)); n == 0 || n > saying.Longest {
		return Entry{}, problem("no_reason", fmt.Sprintf("请写明内容，%d 字以内；什么也没有改动", saying.Longest), fmt.Sprintf("write it out, in %d characters at most; nothing was changed", saying.Longest))
	}
	if err := l.complete(ctx, run); err != nil {
		return Entry{}, err
	}
	r, last, err := l.Asked(ctx, run, Replace) // the answer to what it is a part of is not asked for here
	if err != nil {
		return Entry{}, err
	}
	if last.State == Held || last.State == Returned || what == Submitted && last.State != Asked {
		return Entry{}, problem("not_waiting", "这份报送不在待审核状态："+string(last.State), "this submission does not wait for that: "+string(last.State)).
			todo("用 yanzhen review 查看待审核的报送", "list what waits with yanzhen review")
	}
	if err := seen(last, why); err != nil {
		return Entry{}, err
	}
	if what != Submitted {
		if err := l.own(ctx, last, why); err != nil {
			return Entry{}, err
		}
	}
	last.State, last.Run, last.Note, last.By, last.At = what, run, why.Reason, why.By, time.Time{}
	if err := l.append(ctx, &last); err != nil {
		return last, err
	}
	return last, l.settle(ctx, r, last)
}
