// Package jobs is the operator's page of jobs: each with its schedule in words, its last run and its next, whether it is paused,
// by whom and why; and of one its latest runs, with what starts, pauses and resumes it. It times nothing itself: package jobs
// of the clock does.
package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	clock "yanzhen/jobs"
	"yanzhen/jobs/backfill"
	"yanzhen/jobs/paused"
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
	mostHistory = 30 // runs of one job
	mostBody    = 64 << 10
)

// Clock is what times the jobs: *jobs.Scheduler. What it is asked for it does itself; nothing is written here.
type Clock interface {
	Clocked() bool
	Standing() ([]clock.Standing, error)
	Job(name string) *clock.Job
	Run(job string) (run string, err error)
	Pause(job, by, reason string) error
	Resume(job, by, reason string) error
	Backfills(job string) ([]backfill.Backfill, error)
	PlanBackfill(ctx context.Context, job, from, to string) (backfill.Backfill, error)
	Backfill(ctx context.Context, job, from, to, by, reason string) (backfill.Backfill, error)
	StopBackfill(job, by, reason string) error
}

// Page answers the pages and their like for programs.
type Page struct {
	Clock  Clock
	Ledger *pipeline.Ledger
	frame.Frame
}

// Register puts the pages at their addresses. Of no page there is none.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	if p == nil {
		return
	}
	p.Frame = f
	on := f.Operated(g, mostBody)
	on("GET /data/jobs", p.list)
	on("GET /data/jobs/{job}", func(w http.ResponseWriter, r *http.Request) error {
		return p.one(w, r, http.StatusOK, "")
	})
	on("GET /api/v1/jobs", p.program)
	on("POST /data/jobs/{job}/run", p.run)
	on("POST /data/jobs/{job}/pause", p.pause)
	on("POST /data/jobs/{job}/resume", p.resume)
	on("POST /data/jobs/{job}/backfill", p.backfill)
	on("POST /data/jobs/{job}/backfill/stop", p.stopBackfill)
}

// Paused names the jobs that are paused, as /healthz tells it; none of no page.
func (p *Page) Paused() (string, error) {
	if p == nil {
		return "", nil
	}
	standing, err := p.Clock.Standing()
	var names []string
	for _, x := range standing {
		if x.Paused != nil {
			names = append(names, x.Name)
		}
	}
	return strings.Join(names, ", "), err
}

// State is what a program is told of a job, and what the pages show of it.
type State struct {
	Job     string        `json:"job"`
	Title   codes.Text    `json:"title"`
	When    codes.Text    `json:"when"`           // its schedule in words
	Cron    string        `json:"cron,omitempty"` // as declared
	Off     bool          `json:"off,omitempty"`  // by its declaration
	Running string        `json:"running,omitempty"`
	Next    *time.Time    `json:"next,omitempty"`
	Paused  *paused.Pause `json:"paused,omitempty"`
	Last    *Last         `json:"last,omitempty"`
}

// Last is the last run of a job.
type Last struct {
	Run      string     `json:"run"`
	State    string     `json:"state"`
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished,omitempty"`
	Message  codes.Text `json:"message"`
}

// states are all jobs: what is paused first, then in the order of their names.
func (p *Page) states(ctx context.Context) ([]State, map[string]pipeline.Run, error) {
	standing, err := p.Clock.Standing()
	if err != nil {
		return nil, nil, err
	}
	last, err := p.lasts(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []State
	for _, x := range standing {
		s := State{Job: x.Name, Title: x.Title, When: x.When(), Cron: x.Cron(), Off: !x.On(), Running: x.Run, Paused: x.Paused}
		if !x.Next.IsZero() {
			s.Next = &x.Next
		}
		if run, ok := last[x.Name]; ok {
			s.Last = &Last{Run: run.ID, State: string(run.State), Started: run.Started, Message: codes.Text{Zh: run.MessageZh, En: run.MessageEn}}
			if run.Finished.After(run.Started) {
				s.Last.Finished = &run.Finished
			}
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b State) int {
		switch {
		case (a.Paused == nil) == (b.Paused == nil):
			return 0
		case a.Paused != nil:
			return -1
		}
		return 1
	})
	return out, last, nil
}

// lasts are the last runs of all jobs, whatever became of them.
func (p *Page) lasts(ctx context.Context) (map[string]pipeline.Run, error) {
	got, err := warehouse.Select[pipeline.Run](ctx, p.Ledger.DB, warehouse.Statement{
		Tag: "runs.last_of_jobs",
		SQL: "select run, kind, job, state, started, finished, code, message_zh, message_en, read, loaded, rejected from meta.runs final where kind = 'job' and started > now() - interval 400 day order by started desc, run desc limit 1 by job limit 10000",
	})
	out := map[string]pipeline.Run{}
	for _, r := range got {
		out[r.Job] = r
	}
	return out, err
}

// program answers yanzhen jobs.
func (p *Page) program(w http.ResponseWriter, r *http.Request) error {
	list, _, err := p.states(r.Context())
	if err != nil {
		return err
	}
	filled, err := p.Clock.Backfills("")
	if err != nil {
		return err
	}
	return tell(w, http.StatusOK, Answer{Jobs: list, Clocked: p.Clock.Clocked(), Backfills: filled})
}

// Answer is what a program is told.
type Answer struct {
	Jobs    []State    `json:"jobs,omitempty"`
	Clocked bool       `json:"clocked"` // the clock runs
	Run     string     `json:"run,omitempty"`
	Refused codes.Text `json:"refused,omitzero"` // why nothing was done

	Backfills []backfill.Backfill `json:"backfills,omitempty"` // the latest first
}

func tell(w http.ResponseWriter, status int, a Answer) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(a)
}

type view struct {
	Clocked bool
	Rows    []row
}

// row is a job as the pages show it.
type row struct {
	Job, Title, About, When, Cron         string
	State, StateText, Next                string // State is that of the last run
	Run, Started, Took, Message           string // of the last run
	Running, PausedBy, PausedAt, PausedOf string
	Off                                   bool
}

func rowOf(s State, loc codes.Lang) row {
	out := row{Job: s.Job, Title: s.Title.In(loc), When: s.When.In(loc), Cron: s.Cron, Running: s.Running, Off: s.Off}
	if s.Next != nil {
		out.Next = address.Moment(*s.Next)
	}
	if s.Paused != nil {
		out.PausedBy, out.PausedAt, out.PausedOf = s.Paused.By, address.Moment(s.Paused.At), s.Paused.Reason
	}
	if l := s.Last; l != nil {
		out.Run, out.State, out.StateText = l.Run, l.State, words.In(loc, "state_"+l.State)
		out.Started, out.Message = address.Moment(l.Started), l.Message.In(loc)
		if l.Finished != nil {
			out.Took = took(*l.Finished, l.Started)
		}
	}
	return out
}

func took(to, from time.Time) string {
	if !to.After(from) {
		return ""
	}
	return to.Sub(from).Round(10 * time.Millisecond).String()
}

func (p *Page) list(w http.ResponseWriter, r *http.Request) error {
	loc := address.Language(r)
	states, _, err := p.states(r.Context())
	if err != nil {
		return err
	}
	v := view{Clocked: p.Clock.Clocked()}
	for _, s := range states {
		v.Rows = append(v.Rows, rowOf(s, loc))
	}
	address.Remember(w, r)
	p.Show(w, r, http.StatusOK, words.Get("jobs"), "jobs.html", v)
	return nil
}

type oneView struct {
	row
	Clocked      bool
	Done, Failed string
	Ran          string // a run that was just begun by hand
	Folder       string // what it reads; or
	Fetch        string // the source that it fetches; or
	Builtin      string // the work of the program's own that it does
	Dataset      string
	Limit        int // minutes
	Retries      int
	Missed       string
	History      []past
	Look         *filling // what a backfill would do
	Filled       []filling
	Filling      bool // one is open
}

// past is one of the latest runs.
type past struct {
	ID, State, StateText, Started, Took, Message, Remedy string
	Clocked                                              bool // its schedule asked for it
	pipeline.Counts
}

// reRun is what the id of a run looks like.
var reRun = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$`)

// one is the page of a job. failed is why nothing came of what was just asked for.
func (p *Page) one(w http.ResponseWriter, r *http.Request, status int, failed string) error {
	return p.shown(w, r, status, failed, nil)
}

// shown is the page with what a backfill would do; nil: nobody asked.
func (p *Page) shown(w http.ResponseWriter, r *http.Request, status int, failed string, look *backfill.Backfill) error {
	loc, j := address.Language(r), p.Clock.Job(r.PathValue("job"))
	if j == nil {
		return address.Missing(words.Get("jobs_none", r.PathValue("job")), "/data/jobs")
	}
	states, _, err := p.states(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(states, func(s State) bool { return s.Job == j.Name })
	v := oneView{row: rowOf(states[i], loc), Clocked: p.Clock.Clocked(), Failed: failed, Fetch: j.Fetch, Builtin: j.Builtin, Dataset: j.Dataset, Limit: int(math.Ceil(j.Limit().Minutes())), Retries: j.Retries.Count, Missed: j.Missed}
	v.About = j.About.In(loc)
	if j.Source != nil {
		v.Folder = j.Source.Files
	}
	if ran := r.URL.Query().Get("ran"); reRun.MatchString(ran) {
		v.Ran = ran
	}
	switch r.URL.Query().Get("done") {
	case "paused":
		v.Done = words.In(loc, "jobs_done_paused")
	case "resumed":
		v.Done = words.In(loc, "jobs_done_resumed")
	case "backfill":
		v.Done = words.In(loc, "backfill_begun")
	case "stopped":
		v.Done = words.In(loc, "backfill_stopping")
	}
	if look != nil {
		f := fillingOf(*look, loc)
		v.Look = &f
	}
	filled, err := p.Clock.Backfills(j.Name)
	if err != nil {
		return err
	}
	for _, b := range filled[:min(len(filled), mostBackfills)] {
		v.Filled = append(v.Filled, fillingOf(b, loc))
		v.Filling = v.Filling || b.Open()
	}
	runs, err := p.Ledger.Runs(r.Context(), pipeline.RunFilter{Kind: "job", Job: j.Name, Limit: mostHistory})
	if err != nil {
		return err
	}
	for _, x := range runs {
		v.History = append(v.History, past{
			ID: x.ID, State: string(x.State), StateText: words.In(loc, "state_"+string(x.State)), Started: address.Moment(x.Started), Took: took(x.Finished, x.Started),
			Message: codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(loc), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(loc), Counts: x.Counts, Clocked: !x.Slot.IsZero() && x.Slot.Unix() != 0,
		})
	}
	address.Remember(w, r)
	p.Show(w, r, status, j.Title, "job.html", v)
	return nil
}

// answer ends a request that changes something: what was refused is told where it was asked, and written down.
func (p *Page) answer(w http.ResponseWriter, r *http.Request, did string, a Answer, err error, back url.Values) error {
	job := r.PathValue("job")
	program := r.Header.Get("Accept") == "application/json"
	var no *paused.Refusal
	switch {
	case errors.As(err, &no):
		p.Record(r, "job", did, "refused")
		if program {
			return tell(w, http.StatusConflict, Answer{Refused: no.Text})
		}
		return p.one(w, r, http.StatusConflict, no.Text.In(address.Language(r)))
	case err != nil:
		p.Record(r, "job", did, "failed")
		return err
	}
	p.Record(r, "job", did, "")
	if program {
		return tell(w, http.StatusOK, a)
	}
	http.Redirect(w, r, address.To("/data/jobs/"+job, back), http.StatusSeeOther)
	return nil
}

func (p *Page) run(w http.ResponseWriter, r *http.Request) error {
	job := r.PathValue("job")
	id, err := p.Clock.Run(job)
	return p.answer(w, r, "run "+job, Answer{Run: id}, err, url.Values{"ran": {id}})
}

func (p *Page) pause(w http.ResponseWriter, r *http.Request) error {
	job, reason := r.PathValue("job"), r.PostFormValue("reason")
	err := p.Clock.Pause(job, access.From(r.Context()).Name, reason)
	return p.answer(w, r, "pause "+job+": "+short(reason), Answer{}, err, url.Values{"done": {"paused"}})
}

func (p *Page) resume(w http.ResponseWriter, r *http.Request) error {
	job, reason := r.PathValue("job"), r.PostFormValue("reason")
	err := p.Clock.Resume(job, access.From(r.Context()).Name, reason)
	return p.answer(w, r, "resume "+job+": "+short(reason), Answer{}, err, url.Values{"done": {"resumed"}})
}

// short is a reason as the audit trail takes it, whatever was sent.
func short(reason string) string {
	if runes := []rune(reason); len(runes) > 300 {
		return string(runes[:300])
	}
	return reason
}
