// Package units is the page of one unit of a dataset: which versions it has had, who made each live, when, why and what that did
// to the rows. Whoever operates the installation returns to one there or lets the unit show nothing, after a look at what that
// does and with a reason. It decides nothing itself: package former does.
package units

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
)

// Templates are those of the page; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

const mostBody = 64 << 10

// Page answers the page. It reads only: the steps are taken by who made it.
type Page struct {
	Loader *pipeline.Loader
	Take   func(context.Context, former.Step, pipeline.Why) (pipeline.Entry, error)
	Accept func(ctx context.Context, run string, how pipeline.Answer, why pipeline.Why) (pipeline.Entry, error)
	frame.Frame
	kept former.Kept
}

// Register puts the page at its address. Of no page there is none.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	if p == nil {
		return
	}
	p.Frame = f
	on := f.Operated(g, mostBody)
	on("POST /data/units/{dataset}", p.take)
	on("POST /data/runs/{run}/accept", p.accept)
	on("GET /data/runs/{run}/accept", func(w http.ResponseWriter, r *http.Request) error {
		return p.question(w, r, http.StatusOK, codes.Text{})
	})
	g.Handle("GET /data/units/{dataset}", access.Whole(access.Rows), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := p.show(w, r, http.StatusOK, r.URL.Query().Get("to"), codes.Text{}); err != nil {
			p.Fail(w, r, err)
		}
	}))
}

// At is the address of a unit's page; empty where there is none, or none for who looks.
func (p *Page) At(ctx context.Context, dataset, unit string) string {
	if v := access.From(ctx); p == nil || unit == "" || !v.Whole() || !v.Can(access.Rows) {
		return ""
	}
	return at(dataset, unit)
}

func at(dataset, unit string) string {
	return address.To("/data/units/"+url.PathEscape(dataset), url.Values{"unit": {unit}})
}

type view struct {
	Dataset, DatasetTitle, Unit, URL string
	Done, Failed                     string
	Rows                             []row
	Look                             *look  // what is looked at; nil: nothing
	Away                             string // the address of a look at the unit without data; empty: who looks may not, or it has none
}

// row is a step in the course of the unit.
type row struct {
	former.Event
	At, Did, Who string
	To           string // the address of a look at this version; empty: it is live, gone, or who looks may not
}

// look is a step that could be taken.
type look struct {
	Text string
	To   string // a batch, or away
	Live uint32 // what the unit shows now
}

// away is the value of to that stands for no data.
const away = "none"

// show is the page. to is what is looked at, failed why nothing came of what was just asked for.
func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, to string, failed codes.Text) error {
	loc, name, unit := address.Language(r), r.PathValue("dataset"), r.FormValue("unit")
	events, err := former.History(r.Context(), p.Loader, name, unit, &p.kept)
	if err != nil {
		if no, ok := errors.AsType[*pipeline.Problem](err); ok {
			return address.Missing(no.Text, "/data")
		}
		return err
	}
	if len(events) == 0 {
		return address.Missing(words.Get("units_none", unit), "/data/datasets/"+name+"#submissions")
	}
	v := view{Dataset: name, DatasetTitle: p.Loader.Dataset(name).Title.In(loc), Unit: unit, URL: at(name, unit), Failed: failed.In(loc)}
	if done, ok := doneOf(r); ok {
		v.Done = words.In(loc, "units_done", done)
	}
	operates := access.From(r.Context()).Can(access.Operate)
	offered := map[uint32]bool{}
	for _, e := range events {
		x := row{Event: e, At: address.Moment(e.At), Did: e.Said().In(loc), Who: e.Who().In(loc)}
		if operates && e.Back() && !offered[e.Batch] && e.Batch != events.Live() {
			offered[e.Batch], x.To = true, v.URL+"&to="+strconv.FormatUint(uint64(e.Batch), 10)
		}
		v.Rows = append(v.Rows, x)
	}
	if operates && events.Live() != 0 {
		v.Away = v.URL + "&to=" + away
	}
	if operates && to != "" {
		s, err := p.step(r.Context(), name, unit, to)
		if no, ok := errors.AsType[*pipeline.Problem](err); ok {
			if v.Failed == "" {
				v.Failed = no.Text.In(loc)
			}
		} else if err != nil {
			return err
		} else {
			v.Look = &look{Text: s.Text().In(loc), To: to, Live: s.Shows()}
		}
	}
	address.Remember(w, r)
	title := strings.ReplaceAll(unit, "|", " · ")
	p.Show(w, r, status, codes.Text{Zh: title, En: title}, "unit.html", v)
	return nil
}

// doneOf is the number of the ledger's row about what was just done.
func doneOf(r *http.Request) (string, bool) {
	n, err := strconv.ParseUint(r.URL.Query().Get("done"), 10, 32)
	return strconv.FormatUint(n, 10), err == nil
}

// step is what to asks for of a unit.
func (p *Page) step(ctx context.Context, name, unit, to string) (former.Step, error) {
	if to == away {
		return former.Away(ctx, p.Loader, name, unit)
	}
	batch, err := strconv.ParseUint(to, 10, 32)
	if err != nil {
		return former.Step{}, address.Bad(words.Get("bad_value", "to", to), away)
	}
	s, err := former.To(ctx, p.Loader, name, uint32(batch))
	if err == nil && s.Unit != unit {
		return s, address.Bad(words.Get("bad_value", "to", to), away)
	}
	return s, err
}

// take takes the step that was looked at.
func (p *Page) take(w http.ResponseWriter, r *http.Request) error {
	name, unit, to, reason := r.PathValue("dataset"), r.PostFormValue("unit"), r.PostFormValue("to"), r.PostFormValue("reason")
	what := name + " " + unit + " → " + to + ": " + short(reason)
	s, err := p.step(r.Context(), name, unit, to)
	if err == nil && r.PostFormValue("live") != strconv.FormatUint(uint64(s.Shows()), 10) {
		err = &pipeline.Problem{Code: "moved", Text: words.Get("units_moved")}
	}
	var e pipeline.Entry
	if err == nil {
		e, err = p.Take(r.Context(), s, pipeline.Why{By: access.From(r.Context()).Name, Reason: reason})
	}
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		p.Record(r, "rollback", what, "refused")
		return p.show(w, r, http.StatusConflict, to, no.Text)
	}
	if err != nil {
		p.Record(r, "rollback", what, "failed")
		return err
	}
	p.Record(r, "rollback", what, "")
	http.Redirect(w, r, at(name, unit)+"&done="+strconv.FormatUint(uint64(e.Batch), 10), http.StatusSeeOther)
	return nil
}

// short is a reason as the audit trail takes it, whatever was sent.
func short(reason string) string {
	if runes := []rune(reason); len(runes) > 300 {
		return string(runes[:300])
	}
	return reason
}
