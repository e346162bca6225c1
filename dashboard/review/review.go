// Package review is the page of what was sent and counts once somebody has accepted it (审核): what waits, what accepting it would
// do to the rows, what was asked and answered. Whoever operates the installation, and has not sent it, accepts it there, returns
// it with a reason or asks its sender. It decides nothing itself: package pipeline does.
package review

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

// Templates are those of the pages; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Bounds.
const (
	mostBody = 64 << 10
	mostRuns = 200 // of what waits, the earliest
	mostDone = 30  // of what was decided
	longWhat = 300 // runes of a reason in the audit trail
)

// Page answers the pages. It reads only: what is decided is written by who made it.
type Page struct {
	Loader *pipeline.Loader
	Accept func(ctx context.Context, run string, how pipeline.Answer, why pipeline.Why) (pipeline.Entry, error)
	Say    func(ctx context.Context, run string, what pipeline.State, why pipeline.Why) (pipeline.Entry, error)
	frame.Frame
}

// Register puts the pages at their addresses. Of no page there is none.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	if p == nil {
		return
	}
	p.Frame = f
	on := f.Operated(g, mostBody)
	on("GET /data/review", p.list)
	on("GET /data/review/{run}", func(w http.ResponseWriter, r *http.Request) error {
		return p.one(w, r, http.StatusOK, codes.Text{})
	})
	on("POST /data/review/{run}", p.decide)
}

// Any reports whether anything is reviewed.
func (p *Page) Any() bool {
	if p == nil {
		return false
	}
	for _, d := range p.Loader.Catalog.Datasets {
		if d.Review {
			return true
		}
	}
	return false
}

type row struct {
	Run, File, Dataset, Sender, Period, At, State, StateText, Said string
	Loaded, Rejected                                               uint64
}

func (p *Page) row(x pipeline.Run, loc codes.Lang) row {
	r := row{
		Run: x.ID, File: x.File, Dataset: x.Dataset, Sender: x.Sender, Period: x.Period, At: address.Moment(x.Started),
		State: string(x.State), StateText: words.In(loc, "state_"+string(x.State)), Said: codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(loc), Loaded: x.Loaded, Rejected: x.Rejected,
	}
	if d := p.Loader.Dataset(x.Dataset); d != nil {
		r.Dataset = d.Title.In(loc)
	}
	return r
}

type listView struct {
	Done string
	Rows []row  // what waits, the earliest first
	More uint64 // that are not among them
	Past []row  // what was returned, the latest first
}

// list is what waits.
func (p *Page) list(w http.ResponseWriter, r *http.Request) error {
	loc := address.Language(r)
	var v listView
	if done := r.URL.Query().Get("done"); slices.Contains([]string{"accepted", "returned", "asked"}, done) {
		v.Done = words.In(loc, "review_done_"+done)
	}
	waits, err := p.Loader.Runs(r.Context(), pipeline.RunFilter{Kind: "load", States: []pipeline.State{pipeline.Submitted, pipeline.Asked}, Earliest: true, Limit: mostRuns})
	if err != nil {
		return err
	}
	for _, x := range waits {
		v.Rows = append(v.Rows, p.row(x, loc))
	}
	if len(waits) == mostRuns {
		all, err := warehouse.Select[struct {
			N uint64 `db:"n"`
		}](r.Context(), p.Loader.DB, warehouse.Statement{Tag: "review.count", SQL: "select count() as n from meta.runs final where kind = 'load' and state in ('submitted', 'asked')"})
		if err != nil {
			return err
		}
		v.More = max(all[0].N, mostRuns) - mostRuns
	}
	past, err := p.Loader.Runs(r.Context(), pipeline.RunFilter{Kind: "load", States: []pipeline.State{pipeline.Returned}, Limit: mostDone})
	if err != nil {
		return err
	}
	for _, x := range past {
		v.Past = append(v.Past, p.row(x, loc))
	}
	address.Remember(w, r)
	p.Show(w, r, http.StatusOK, words.Get("review"), "review.html", v)
	return nil
}

type oneView struct {
	row
	Remedy, Failed string
	Course         []step
	Look           []string // what accepting it would do; empty: it cannot be accepted as it is
	Part           bool     // it may be accepted as another part of its unit
	MustSay        bool     // whether it is a part has to be answered
	Live           uint32   // what the unit shows now
	Seen           uint64   // the latest row of the batch
	Waits, Own     bool
	Back           bool   // it was returned: it may be accepted all the same
	Against        string // why it needs a word more to accept it
}

type step struct{ At, Did, Who, Note string }

// one is one submission. failed is why nothing came of what was just asked for.
func (p *Page) one(w http.ResponseWriter, r *http.Request, status int, failed codes.Text) error {
	loc, id := address.Language(r), r.PathValue("run")
	x, ok, err := p.Loader.Run(r.Context(), id)
	if err != nil {
		return err
	}
	if !ok || x.Batch == 0 || p.Loader.Dataset(x.Dataset) == nil {
		return address.Missing(words.Get("no_run", id), "/data/review")
	}
	v := oneView{row: p.row(x, loc), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(loc), Failed: failed.In(loc), MustSay: x.Code == "part"}
	v.Waits = slices.Contains([]pipeline.State{pipeline.Submitted, pipeline.Asked}, x.State)
	if by, err := p.Loader.Whose(r.Context(), x.Batch); err != nil {
		return err
	} else if name := access.From(r.Context()).Name; name != "" {
		v.Own = by == name
	}
	v.Back = x.State == pipeline.Returned
	if v.Waits || v.Back {
		how := pipeline.Publish
		if v.MustSay {
			how = pipeline.Replace
		}
		steps, err := former.Answered(r.Context(), p.Loader, id, how)
		if no, ok := errors.AsType[*pipeline.Problem](err); ok { // the rows of what was returned may be gone by now
			v.Failed, v.Back = cmp.Or(v.Failed, no.Text.In(loc)), false
		} else if err != nil {
			return err
		}
		if len(steps) > 0 {
			live, err := p.Loader.Live(r.Context(), x.Dataset)
			if err != nil {
				return err
			}
			no, err := p.Loader.Against(r.Context(), *steps[0].To, pipeline.Replace, live)
			if err != nil {
				return err
			}
			if v.Seen = steps[0].To.Seq; no != nil {
				v.Against = no.Text.In(loc)
			}
		}
		for i, s := range steps {
			v.Look = append(v.Look, s.Text().In(loc))
			if i == 0 {
				v.Live, v.Part = s.Shows(), s.Shows() != 0 && s.From.File != s.To.File
			}
		}
	}
	course, err := former.History(r.Context(), p.Loader, x.Dataset, x.Unit, nil)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(course) {
		if e.Batch == x.Batch {
			v.Course = append(v.Course, step{address.Moment(e.At), e.Said().In(loc), e.Who().In(loc), e.Note})
		}
	}
	address.Remember(w, r)
	p.Show(w, r, status, codes.Text{Zh: x.File, En: x.File}, "reviewing.html", v)
	return nil
}

// decide does what the form asks for.
func (p *Page) decide(w http.ResponseWriter, r *http.Request) error {
	id, do := r.PathValue("run"), r.PostFormValue("do")
	why := pipeline.Why{By: access.From(r.Context()).Name, Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	said, _ := mask.Mask{}.Text(why.Reason)
	what := "review " + words.Clip(do, 60) + " " + id + ": " + words.Clip(said, longWhat)
	var err error
	if why.Seen, err = strconv.ParseUint(r.PostFormValue("seen"), 10, 64); err != nil || why.Seen == 0 {
		return address.Bad(words.Get("bad_value", "seen", words.Clip(r.PostFormValue("seen"), 60)))
	}
	done := "accepted"
	switch do {
	case "accept", "add", "replace":
		var live uint64
		if live, err = strconv.ParseUint(r.PostFormValue("live"), 10, 32); err != nil {
			return address.Bad(words.Get("bad_value", "live", r.PostFormValue("live")))
		}
		how := map[string]pipeline.Answer{"accept": pipeline.Publish, "add": pipeline.Add, "replace": pipeline.Replace}[do]
		if how != pipeline.Add { // a part stands beside what was looked at
			why.Over = new(uint32(live))
		}
		why.Anyway = r.PostFormValue("anyway") != ""
		_, err = p.Accept(r.Context(), id, how, why)
	case "return":
		done = "returned"
		_, err = p.Say(r.Context(), id, pipeline.Returned, why)
	case "ask":
		done = "asked"
		_, err = p.Say(r.Context(), id, pipeline.Asked, why)
	default:
		return address.Bad(words.Get("bad_value", "do", words.Clip(do, 60)), "accept", "add", "replace", "return", "ask")
	}
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		p.Record(r, "review", what, "refused")
		return p.one(w, r, http.StatusConflict, no.Text)
	}
	if err != nil {
		p.Record(r, "review", what, "failed")
		return err
	}
	p.Record(r, "review", what, "")
	http.Redirect(w, r, "/data/review?done="+done, http.StatusSeeOther)
	return nil
}
