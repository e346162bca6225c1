// Package editor is the analyst's page: SQL is written there, run, watched, stopped, looked at and taken away as a file;
// statements are saved and found again. It decides nothing of what may be asked: package statement and the engine do.
package editor

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Templates are those of the pages; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Editor answers the page and what its script asks.
type Editor struct {
	Desk     *statement.Desk // nil: the database is a server of its own, and the page says how to ask that
	Shelf    shelf.Shelf
	Catalog  *metric.Catalog
	Datasets []*dataset.Dataset
	Trail    *audit.Trail // nil: nothing is written down
	Clock    Clock        // of saved statements; its functions are nil where nothing runs by it
	// Show writes a page in the frame of all pages.
	Show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any)
	// Fail tells an error.
	Fail func(w http.ResponseWriter, r *http.Request, err error)

	known catalog
}

// Bounds.
const (
	mostBody    = 3*statement.MostText + 64<<10 // of a request: a statement as a form writes it
	mostParams  = 100
	mostHistory = 200
	writeWithin = time.Minute // how long a browser may take for a piece of what it asked for
)

// Open puts the page, where there is one, at its addresses, in the frame of all pages.
func (e *Editor) Open(g *access.Gate, show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any), fail func(w http.ResponseWriter, r *http.Request, err error)) {
	if e != nil {
		e.Show, e.Fail = show, fail
		e.Register(g)
	}
}

// Register puts the page at its addresses. Who asks in SQL sees rows, of the whole zone.
func (e *Editor) Register(g *access.Gate) {
	ask, export := access.Whole(asking.Rights), access.Whole(asking.Rights|access.Export)
	on := func(pattern string, need access.Need, h func(http.ResponseWriter, *http.Request)) {
		g.Handle(pattern, need, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			r.Body = http.MaxBytesReader(w, r.Body, mostBody)
			h(w, r)
		}))
	}
	on("GET /audit/statements", access.Whole(access.Audit), e.everybody)
	if e.Desk == nil {
		on("GET /sql", ask, e.elsewhere)
		return
	}
	on("GET /sql", ask, e.page)
	on("GET /sql/catalog", ask, e.catalog)
	on("POST /sql/run", ask, e.run)
	on("POST /sql/stop", ask, e.stop)
	on("POST /sql/estimate", ask, e.estimate)
	on("GET /sql/rows/{id}", ask, e.rows)
	on("GET /sql/stats/{id}", ask, e.stats)
	on("POST /sql/export", export, e.export)
	on("POST /sql/lineage", ask, e.lineage)
	on("GET /sql/history", ask, e.history)
	on("GET /sql/saved", ask, e.saved)
	on("POST /sql/saved", ask, e.save)
	on("POST /sql/saved/delete", ask, e.remove)
	on("POST /sql/pin", ask, e.pin)
	on("POST /sql/timed", ask, e.time)
	on("POST /sql/timed/run", ask, e.now)
	on("GET /sql/timed/{file}", export, e.written)
}

// elsewhere says how a server of one's own is asked.
func (e *Editor) elsewhere(w http.ResponseWriter, r *http.Request) {
	address.Remember(w, r)
	e.Show(w, r, http.StatusOK, words.Get("sql_page"), "elsewhere.html", nil)
}

type pageView struct {
	Words    string // those that the script says, as JSON
	Export   bool
	Unmask   bool // a reason may be given for seeing what masks hide
	Formats  []choice
	Examples []example
}

// choice is a format that an answer may go out as.
type choice struct{ Name, Text string }

type example struct{ Title, SQL, Params string }

// examples run on the shipped declarations.
var examples = []struct{ key, sql, params string }{
	{"nodes", "select n.zh as node, count() as people\nfrom arrivals as a\njoin codes_nodes as n on n.code = a.node\nwhere a.direction = 'in'\ngroup by node\norder by people desc\nlimit 20", ""},
	{"metric", "-- metric(…) is the number that pages show\nselect period, node, value\nfrom metric('net_inflow', by := ['node'], grain := 'month')\norder by period, value desc", ""},
	{"params", "select toStartOfMonth(posted_on) as month, sum(needed) as needed, sum(filled) as filled\nfrom vacancies\nwhere posted_on >= {from:Date} and node = {node:String}\ngroup by month\norder by month", `{"from": "2025-01-01", "node": "magnetic.motor"}`},
}

func (e *Editor) page(w http.ResponseWriter, r *http.Request) {
	loc := address.Language(r)
	said := map[string]string{}
	for key := range words.All() {
		if name, ok := strings.CutPrefix(key, "sqljs_"); ok {
			said[name] = words.In(loc, "sqljs_"+name)
		}
	}
	text, err := json.Marshal(said)
	if err != nil {
		e.Fail(w, r, err)
		return
	}
	v := pageView{Words: string(text), Export: access.From(r.Context()).Can(access.Export), Unmask: access.From(r.Context()).Can(access.Unmask) && e.Desk.Unmasked != nil}
	for _, f := range statement.Formats {
		v.Formats = append(v.Formats, choice{f.Name, words.In(loc, "sql_as_"+f.Name)})
	}
	for _, x := range examples {
		v.Examples = append(v.Examples, example{words.In(loc, "sql_example_"+x.key), x.sql, x.params})
	}
	address.Remember(w, r)
	e.write(r, audit.Entry{Did: "view", What: "/sql", Result: "200"})
	e.Show(w, r, http.StatusOK, words.Get("sql_page"), "sql.html", v)
}

// asked is a statement as the script of the page sends it.
type asked struct {
	ID     string            `json:"id"`
	SQL    string            `json:"sql"`
	Params map[string]string `json:"params"`
	Reason string            `json:"reason,omitempty"` // why what masks hide has to be seen
}

// read reads what was sent as JSON.
func read(r *http.Request, to any) error {
	err := json.NewDecoder(r.Body).Decode(to)
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return tooLong()
	}
	if err != nil {
		return address.Refuse(http.StatusBadRequest, words.Get("sql_unread"))
	}
	return nil
}

func tooLong() error {
	return address.Refuse(http.StatusRequestEntityTooLarge, words.Get("sql_long"))
}

// ask is what somebody asks, under that person's name.
func (a asked) ask(r *http.Request) (statement.Ask, error) {
	if len(a.Params) > mostParams || len(a.ID) > 64 || strings.ContainsFunc(a.ID, func(c rune) bool { return c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') }) {
		return statement.Ask{}, address.Refuse(http.StatusBadRequest, words.Get("sql_unread"))
	}
	return statement.Ask{Who: access.From(r.Context()).Name, ID: a.ID, SQL: a.SQL, Params: a.Params}, nil
}

// told is a fault as the script gets it: From and To count as JavaScript does.
type told struct {
	Text string `json:"text"`
	Code int    `json:"code,omitempty"` // the engine's number
	Name string `json:"name,omitempty"` // what programs are told of it
	From int    `json:"from"`
	To   int    `json:"to"`
}

func tell(r *http.Request, sql string, err error) *told {
	var f *statement.Fault
	if !errors.As(err, &f) {
		return &told{Text: words.In(address.Language(r), "error_inside"), Name: problem.Of(err).Code}
	}
	units := func(at int) int { return len(utf16.Encode([]rune(sql[:min(max(at, 0), len(sql))]))) }
	return &told{f.In(address.Language(r)), f.Code, problem.Of(asking.Refusal(err, sql)).Code, units(f.From), units(f.To)}
}

// piece is a line of the answer to a run.
type piece struct {
	statement.Progress
	Columns []statement.Column `json:"columns,omitempty"`
	Cut     bool               `json:"cut,omitempty"`
	All     uint64             `json:"all,omitempty"` // rows of the whole answer, where it was cut and they could be counted quickly
	Fault   *told              `json:"fault,omitempty"`
	Why     string             `json:"why,omitempty"` // it waits for its turn
}

// asked reads what is asked to be run; where that cannot be, the request is refused.
func (e *Editor) asked(w http.ResponseWriter, r *http.Request) (sent asked, a statement.Ask, ok bool) {
	err := read(r, &sent)
	if err == nil {
		a, err = sent.ask(r)
	}
	if err != nil {
		e.refuse(w, r, err)
	}
	return sent, a, err == nil
}

// unmask makes a statement one that reads what masks hide, where a reason was given.
func (e *Editor) unmask(r *http.Request, door string, sent asked, a statement.Ask) (statement.Ask, error) {
	room := asking.Room{Desk: e.Desk, Shelf: e.Shelf, Trail: e.Trail, Log: e.Desk.Log}
	return room.Unmask(asking.Asked{Who: access.From(r.Context()), Door: door, SQL: a.SQL, Reason: sent.Reason}, a)
}

// run runs a statement and answers with a line of JSON several times a second, until the engine has let go of it. A page that
// goes away stops it.
func (e *Editor) run(w http.ResponseWriter, r *http.Request) {
	sent, a, ok := e.asked(w, r)
	if !ok {
		return
	}
	a, err := e.unmask(r, "page", sent, a)
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // from here on a read only tells that the page is gone
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	lines := json.NewEncoder(w)
	say := func(p piece) {
		_ = rc.SetWriteDeadline(time.Now().Add(writeWithin))
		if lines.Encode(p) == nil {
			_ = rc.Flush()
		}
	}
	began := time.Now()
	shown := false
	last := piece{}
	result, err := e.Desk.Run(r.Context(), a, func(p statement.Progress, result *statement.Result) {
		last = piece{Progress: p}
		if p.Waits != nil {
			last.Why = p.Waits.In(address.Language(r))
		}
		if columns := result.Columns(); !shown && len(columns) > 0 {
			last.Columns, shown = columns, true
		}
		if p.State == statement.Done || p.State == statement.Failed || p.State == statement.Stopped {
			return // said below, with what there is to be said of it
		}
		say(last)
	})
	if err != nil {
		last.Fault = tell(r, a.SQL, err)
		if last.State = statement.Failed; errors.Is(err, statement.ErrStopped) {
			last.State = statement.Stopped
		}
	}
	if result != nil {
		if last.Cut = result.Cut(); last.Cut && err == nil {
			last.All = e.Desk.Count(r.Context(), a)
		}
	}
	say(last)
	e.keep(r, "page", a, began, last, result)
}

// keep writes a statement down, in the history and in the audit trail.
func (e *Editor) keep(r *http.Request, door string, a statement.Ask, began time.Time, p piece, result *statement.Result) {
	o := asking.Outcome{State: string(p.State), Rows: p.Rows, Began: began}
	if result != nil {
		o.Bytes = result.Size()
	}
	if p.Fault != nil {
		o.Code = p.Fault.Code
	}
	room := asking.Room{Desk: e.Desk, Shelf: e.Shelf, Trail: e.Trail, Log: e.Desk.Log}
	room.Note(asking.Asked{Who: access.From(r.Context()), Door: door, SQL: a.SQL, Params: a.Params}, o)
}

// write writes an entry into the audit trail.
func (e *Editor) write(r *http.Request, x audit.Entry) {
	if e.Trail == nil {
		return
	}
	v := access.From(r.Context())
	x.Who, x.Role, x.From = v.Name, string(v.Role), v.From
	e.Trail.Add(x)
}

// refuse tells the script of the page an error as JSON.
func (e *Editor) refuse(w http.ResponseWriter, r *http.Request, err error) {
	text, status := words.Get("error_inside"), http.StatusInternalServerError
	var f *statement.Fault
	var no *shelf.Refusal
	var said *address.Refusal
	switch {
	case errors.As(err, &f):
		text, status = f.Text, http.StatusUnprocessableEntity
	case errors.As(err, &no):
		text, status = no.Text, http.StatusUnprocessableEntity
	case errors.As(err, &said):
		text, status = said.Text, said.Status
	default:
		if e.Desk.Log != nil {
			e.Desk.Log.Error("the page of statements failed", "path", r.URL.Path, "error", err)
		}
	}
	name := problem.Of(asking.Refusal(err, "")).Code
	if no != nil {
		name = problem.Of(address.Refuse(status, text)).Code
	}
	e.json(w, r, status, told{Text: text.In(address.Language(r)), Name: name})
}

func (e *Editor) json(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		e.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	reply.Body(w, r, status, body)
}

// stop stops a run; the answer to the run tells when it has ended.
func (e *Editor) stop(w http.ResponseWriter, r *http.Request) {
	var a asked
	if err := read(r, &a); err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]bool{"stopped": e.Desk.Stop(access.From(r.Context()).Name, a.ID)})
}

// estimate says how many rows a statement will read.
func (e *Editor) estimate(w http.ResponseWriter, r *http.Request) {
	_, a, ok := e.asked(w, r)
	if !ok {
		return
	}
	out := struct {
		Known bool   `json:"known"`
		Rows  uint64 `json:"rows"`
		Fault *told  `json:"fault,omitempty"`
	}{}
	found, ok, err := e.Desk.Estimate(r.Context(), a)
	if out.Known, out.Rows = ok, found.Rows; err != nil {
		out.Fault = tell(r, a.SQL, err)
	}
	e.json(w, r, http.StatusOK, out)
}

// result is the one that an address names; nil where it is gone, which is then said.
func (e *Editor) result(w http.ResponseWriter, r *http.Request) *statement.Result {
	found := e.Desk.Result(access.From(r.Context()).Name, r.PathValue("id"))
	if found != nil && found.Unmasked && !access.From(r.Context()).Can(access.Unmask) {
		found = nil // the right was taken back meanwhile
	}
	if found == nil {
		e.refuse(w, r, address.Refuse(http.StatusGone, words.Get("sql_gone")))
	}
	return found
}

// rows gives a stretch of the rows of a result.
func (e *Editor) rows(w http.ResponseWriter, r *http.Request) {
	result := e.result(w, r)
	if result == nil {
		return
	}
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	n, bad := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || bad != nil || from < 0 || n < 1 {
		e.refuse(w, r, address.Refuse(http.StatusBadRequest, words.Get("sql_unread")))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = result.Give(w, from, n)
}

// stats counts a column of a result.
func (e *Editor) stats(w http.ResponseWriter, r *http.Request) {
	result := e.result(w, r)
	if result == nil {
		return
	}
	column, err := strconv.Atoi(r.URL.Query().Get("column"))
	s, ok, bad := result.Stats(column)
	switch {
	case bad != nil:
		e.refuse(w, r, bad)
	case err != nil || !ok:
		e.refuse(w, r, address.Refuse(http.StatusBadRequest, words.Get("sql_unread")))
	default:
		e.json(w, r, http.StatusOK, s)
	}
}

// export runs a statement again and answers with a file, as it comes. One that fails under way is broken off.
func (e *Editor) export(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	if err := r.ParseForm(); err != nil {
		e.Fail(w, r, tooLong())
		return
	}
	_ = rc.SetReadDeadline(time.Time{})
	sent := asked{SQL: r.PostForm.Get("sql"), Reason: r.PostForm.Get("reason")}
	f, ok := statement.FormatOf(r.PostForm.Get("format"))
	if text := r.PostForm.Get("params"); !ok || text != "" && json.Unmarshal([]byte(text), &sent.Params) != nil {
		e.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("sql_unread")))
		return
	}
	a, err := sent.ask(r)
	if err == nil {
		a, err = e.unmask(r, "file "+f.Name, sent, a)
	}
	if err != nil {
		e.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	out := &file{w: w, rc: rc, begin: func(h http.Header) {
		name := words.In(loc, "sql_file") + "_" + time.Now().In(address.Office).Format("20060102-150405") + f.Ending
		h.Set("Content-Type", f.Type)
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="answer%s"; filename*=UTF-8''%s`, f.Ending, url.PathEscape(name)))
	}}
	began := time.Now()
	rows, err := e.Desk.Export(r.Context(), a, f, out, loc)
	p := piece{Progress: statement.Progress{State: statement.Done, Rows: uint64(rows)}}
	if err != nil {
		p.State, p.Fault = statement.Failed, tell(r, a.SQL, err)
	}
	e.keep(r, "file "+f.Name, a, began, p, nil)
	switch {
	case err != nil && out.begun:
		panic(http.ErrAbortHandler) // nobody may take the part for the whole
	case err != nil:
		var no *statement.Fault
		if errors.As(err, &no) {
			err = address.Refuse(http.StatusUnprocessableEntity, no.Text)
		}
		e.Fail(w, r, err)
	case !out.begun:
		out.start()
	}
}

// file is an answer whose headers go out with its first byte.
type file struct {
	w     http.ResponseWriter
	rc    *http.ResponseController
	begin func(http.Header)
	begun bool
}

func (f *file) start() {
	if !f.begun {
		f.begun = true
		f.begin(f.w.Header())
	}
}

func (f *file) Write(p []byte) (int, error) {
	f.start()
	_ = f.rc.SetWriteDeadline(time.Now().Add(writeWithin))
	return f.w.Write(p)
}

var _ io.Writer = (*file)(nil)
