package units

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/mask"
)

// answers are the answers to the question of a load that is held, and their words.
var answers = []struct {
	how  pipeline.Answer
	word string
}{{pipeline.Publish, "publish"}, {pipeline.Add, "add"}, {pipeline.Replace, "replace"}}

type acceptView struct {
	Run, File, DatasetTitle, Sender, Unit string
	Why, Remedy                           string // it is held
	Failed                                string
	Options                               []option
}

// option is an answer and what it would do.
type option struct {
	How, Name string
	Does      []string
	Live      string // what each unit shows that it would change: the answer is refused where that has moved since
}

// question is the page of a load that is held: why, and what each answer would do. Nothing is changed by looking.
func (p *Page) question(w http.ResponseWriter, r *http.Request, status int, failed codes.Text) error {
	loc, id := address.Language(r), r.PathValue("run")
	run, ok, err := p.Loader.Run(r.Context(), id)
	if err != nil {
		return err
	}
	if !ok || run.Kind != "load" {
		return address.Missing(words.Get("no_run", id), "/data/runs")
	}
	v := acceptView{
		Run: id, File: run.File, Sender: run.Sender, Unit: run.Unit, Failed: failed.In(loc),
		Why: codes.Text{Zh: run.MessageZh, En: run.MessageEn}.In(loc), Remedy: codes.Text{Zh: run.RemedyZh, En: run.RemedyEn}.In(loc),
	}
	if ds := p.Loader.Dataset(run.Dataset); ds != nil {
		v.DatasetTitle = ds.Title.In(loc)
	}
	for _, a := range answers {
		if (run.Code == "part") == (a.how == pipeline.Publish) {
			continue // who is asked whether it is a part says so, who is not is not asked
		}
		steps, err := former.Answered(r.Context(), p.Loader, id, a.how)
		if no, ok := errors.AsType[*pipeline.Problem](err); ok {
			if v.Failed == "" {
				v.Failed = no.Text.In(loc)
			}
			break
		}
		if err != nil {
			return err
		}
		o := option{How: string(a.how), Name: words.In(loc, "accept_"+a.word), Live: shown(steps)}
		for _, s := range steps {
			o.Does = append(o.Does, s.Text().In(loc))
		}
		v.Options = append(v.Options, o)
	}
	address.Remember(w, r)
	p.Show(w, r, status, words.Get("accept_title"), "accept.html", v)
	return nil
}

// shown is what the units show that steps would change, and the latest row of what would come in its place.
func shown(steps []former.Step) (out string) {
	for _, s := range steps {
		out += strconv.FormatUint(uint64(s.Shows()), 10) + " "
		if s.To != nil {
			out += strconv.FormatUint(s.To.Seq, 10) + " "
		}
	}
	return out
}

// accept answers the question, as it was looked at.
func (p *Page) accept(w http.ResponseWriter, r *http.Request) error {
	id, how, reason := r.PathValue("run"), pipeline.Answer(r.PostFormValue("how")), r.PostFormValue("reason")
	what, _ := mask.Mask{}.Text(id + " " + string(how) + ": " + short(reason))
	e, err := p.accepted(r.Context(), id, how, reason, r.PostFormValue("live"))
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		p.Record(r, "accept", what, "refused")
		return p.question(w, r, http.StatusConflict, no.Text)
	}
	if err != nil {
		p.Record(r, "accept", what, "failed")
		return err
	}
	p.Record(r, "accept", what, "")
	http.Redirect(w, r, at(e.Dataset, e.Unit)+"&done="+strconv.FormatUint(uint64(e.Batch), 10), http.StatusSeeOther)
	return nil
}

func (p *Page) accepted(ctx context.Context, id string, how pipeline.Answer, reason, live string) (pipeline.Entry, error) {
	if how != pipeline.Publish && how != pipeline.Add && how != pipeline.Replace {
		return pipeline.Entry{}, address.Bad(words.Get("bad_value", "how", words.Clip(string(how), 60)), "add", "replace")
	}
	why, err := former.Reasoned(pipeline.Why{By: access.From(ctx).Name, Reason: reason})
	if err != nil {
		return pipeline.Entry{}, err
	}
	steps, err := former.Answered(ctx, p.Loader, id, how)
	if err == nil && shown(steps) != live {
		err = &pipeline.Problem{Code: "moved", Text: words.Get("units_moved")}
	}
	if err != nil {
		return pipeline.Entry{}, err
	}
	if how != pipeline.Add && len(steps) > 0 { // what is added is a unit of its own
		why.Over = new(steps[0].Shows())
	}
	why.Seen = steps[0].To.Seq
	return p.Accept(ctx, id, how, why)
}

// Question is the address where a load is answered; empty where it is not held, or who looks may not.
func (p *Page) Question(ctx context.Context, run pipeline.Run) string {
	if v := access.From(ctx); p == nil || run.State != pipeline.Held || run.Kind != "load" || !v.Whole() || !v.Can(access.Operate) {
		return ""
	}
	return "/data/runs/" + url.PathEscape(run.ID) + "/accept"
}
