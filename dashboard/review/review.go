// Package review is the page of what was sent and counts once somebody has accepted it (审核): what waits, what accepting it would
// do to the rows, what was asked and answered. Whoever operates the installation, and has not sent it, accepts it there, returns
// it with a reason or asks its sender. It decides nothing itself: package pipeline does.
package review

import (
	"cmp"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
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
	longDo   = 60  // of a word that nobody knows
)

// Page answers the pages, and programs at its desk.
type Page struct {
	Desk
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

// At is where submissions are decided; of no page nowhere.
func (p *Page) At() *Desk {
	if p == nil {
		return nil
	}
	return &p.Desk
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
	x, ok, err := p.Of(r.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return address.Missing(words.Get("no_run", id), "/data/review")
	}
	v := oneView{
		row: p.row(x.Run, loc), Remedy: codes.Text{Zh: x.Run.RemedyZh, En: x.Run.RemedyEn}.In(loc), Failed: failed.In(loc),
		Waits: x.Waits, Own: x.Own, Back: x.Back, MustSay: x.MustSay, Part: x.Part, Live: x.Live, Seen: x.Seen,
	}
	if x.Cannot != nil {
		v.Failed = cmp.Or(v.Failed, x.Cannot.Text.In(loc))
	}
	if x.Against != nil {
		v.Against = x.Against.Text.In(loc)
	}
	for _, s := range x.Would {
		v.Look = append(v.Look, s.Text().In(loc))
	}
	for _, e := range x.Course {
		v.Course = append(v.Course, step{address.Moment(e.At), e.Said().In(loc), e.Who().In(loc), Note(e).In(loc)})
	}
	address.Remember(w, r)
	p.Show(w, r, status, codes.Text{Zh: x.Run.File, En: x.Run.File}, "reviewing.html", v)
	return nil
}

// decide does what the form asks for.
func (p *Page) decide(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("run")
	d := Decision{Do: r.PostFormValue("do"), Reason: r.PostFormValue("reason"), Anyway: r.PostFormValue("anyway") != ""}
	var err error
	if d.Seen, err = strconv.ParseUint(r.PostFormValue("seen"), 10, 64); err != nil {
		return address.Bad(words.Get("bad_value", "seen", words.Clip(r.PostFormValue("seen"), longDo)))
	}
	if n, err := strconv.ParseUint(r.PostFormValue("live"), 10, 32); err == nil {
		d.Live = new(uint32(n))
	}
	done, err := p.Decide(r.Context(), id, d)
	p.Record(r, "review", d.Told(id), Result(done, err))
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		return p.one(w, r, http.StatusConflict, no.Text)
	}
	if err != nil {
		return err
	}
	did := map[string]string{"return": "returned", "ask": "asked"}[d.Do]
	http.Redirect(w, r, "/data/review?done="+cmp.Or(did, "accepted"), http.StatusSeeOther)
	return nil
}
