package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	if last = entries[len(entries)-1]; last.State != Returned && !slices.Contains(Waiting, last.State) { // a return may have been a mistake
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
	r, last, err := l.Asked(ctx, run, how)
	if err == nil {
		err = l.own(last, why)
	}
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
	why.Over = nil // it was said of the unit itself
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

const (
	heldBefore = "held_before" // a problem's code: the same content waits, or was returned
	longWord   = 300           // runes of what is said of a submission
)

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
	switch e.State {
	case Returned:
		return problem(heldBefore, fmt.Sprintf("同样的内容已在 %s 退回：%s", when, e.Note), fmt.Sprintf("the same content was returned on %s: %s", when, e.Note)).
			todo("改正后重新报送", "correct it and send it again")
	case Asked:
		return problem(heldBefore, "审核人询问："+e.Note, "a question of the reviewer: "+e.Note).
			todo("在“报送”页答复，或改正后重新报送", "answer on the page of what was sent, or correct it and send it again")
	case Submitted:
		return problem(heldBefore, fmt.Sprintf("同样的内容已在 %s 报送，待审核", when), fmt.Sprintf("the same content was submitted on %s and waits for its review", when)).
			todo("不必重复报送", "there is no need to send it again")
	}
	return problem(heldBefore,
		fmt.Sprintf("同样的内容已在 %s 作为第 %d 批暂缓：%s", when, e.Batch, e.Note),
		fmt.Sprintf("the same content has been held since %s as batch %d", when, e.Batch)).
		todo("改正后重新报送；确认无误可用 yanzhen accept 发布", "correct it and send it again, or publish it with yanzhen accept")
}

// own refuses that somebody decides on what they have sent themselves, where it is reviewed.
func (l *Loader) own(e Entry, why Why) error {
	if l.SentBy == nil || e.State == Held || why.By == "" || l.SentBy(e.File) != why.By {
		return nil
	}
	return problem("own", "这份文件是您自己报送的，须由别人审核", "you have sent this file yourself: somebody else has to review it").
		todo("请另一位管理人员办理", "ask another operator")
}

// Say writes what is said of a submission that waits for its review: a question (Asked), an answer (Submitted), or that it goes
// back (Returned). Nothing of it is published by that.
func (l *Loader) Say(ctx context.Context, run string, what State, why Why) (Entry, error) {
	defer l.lock("", run)()
	why.Reason = strings.TrimSpace(why.Reason)
	if n := len([]rune(why.Reason)); n == 0 || n > longWord {
		return Entry{}, problem("no_reason", fmt.Sprintf("请写明内容，%d 字以内；什么也没有改动", longWord), fmt.Sprintf("write it out, in %d characters at most; nothing was changed", longWord))
	}
	r, last, err := l.Asked(ctx, run, Replace) // the answer to what it is a part of is not asked for here
	if err != nil {
		return Entry{}, err
	}
	if last.State == Held || last.State == Returned || what == Submitted && last.State != Asked {
		return Entry{}, problem("not_waiting", "这份报送不在待审核状态："+string(last.State), "this submission does not wait for that: "+string(last.State)).
			todo("用 yanzhen review 查看待审核的报送", "list what waits with yanzhen review")
	}
	if what != Submitted {
		if err := l.own(last, why); err != nil {
			return Entry{}, err
		}
	}
	last.State, last.Run, last.Note, last.By, last.At = what, run, why.Reason, why.By, time.Time{}
	if err := l.append(ctx, &last); err != nil {
		return last, err
	}
	t := map[State][2]string{
		Asked:     {"审核人询问", "a question of the reviewer"},
		Submitted: {"报送人答复", "answered by the sender"},
		Returned:  {"退回", "returned"},
	}[what]
	zh, en := r.MessageZh, r.MessageEn
	if i := strings.LastIndex(zh, "；原先："); i >= 0 { // all that was said stands in the history of the unit
		zh = zh[i+len("；原先："):]
	}
	if i := strings.LastIndex(en, "; before: "); i >= 0 {
		en = en[i+len("; before: "):]
	}
	r.State, r.MessageZh, r.MessageEn = what, t[0]+"（"+why.By+"）："+why.Reason+"；原先："+zh, t[1]+" ("+why.By+"): "+why.Reason+"; before: "+en
	switch what {
	case Returned:
		r.Code, r.RemedyZh, r.RemedyEn = "returned", "按标注改正后重新报送", "correct what is marked and send it again"
	case Asked:
		r.RemedyZh, r.RemedyEn = "在“报送”页答复，或改正后重新报送", "answer on the page of what was sent, or correct it and send it again"
	default:
		r.RemedyZh, r.RemedyEn = "", ""
	}
	return last, l.putRun(ctx, &r)
}
