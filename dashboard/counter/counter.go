// Package counter is the page of those who send files (报送): a file is looked at before it counts, with its columns, first
// rows, refused cells and what it would change; then it is sent. Workbooks to fill in go out there, and files come back with
// what is wrong marked in them. It loads nothing: package inlet puts what is sent where jobs find it.
package counter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/mask"
)

// Templates are those of the pages; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Bounds.
const (
	draftsKept   = time.Hour // that a file waits to be sent after it was looked at
	mostDrafts   = 5         // of an account
	mostSent     = 8         // files that come in at once
	mostLooks    = 2         // files that are looked at, or written, at once
	sentWithin   = 10 * time.Minute
	lookWithin   = 2 * time.Minute
	writeWithin  = 5 * time.Minute // how long a browser may take to take an answer
	mostShown    = 100             // refused cells on the page
	mostReceipts = 50
	howWithin    = 5 * time.Second // for how they have reported
)

// Counter answers the pages.
type Counter struct {
	Inlet    *inlet.Inlet
	Ledger   *pipeline.Ledger
	Datasets []*dataset.Dataset
	Drafts   string // folder of the files that were looked at and are not sent yet
	// Plan says what loading a file would do, and loads nothing.
	Plan func(ctx context.Context, path, sender string) (pipeline.Plan, error)
	// Template writes the workbook of a dataset for a sender.
	Template func(ctx context.Context, dataset, sender string, loc codes.Lang, w io.Writer) error
	// Return writes the file of a run with what is wrong marked in it; fs.ErrNotExist: the file is not in the inbox any more,
	// ErrNotWritten: it is too large, or nobody fills in files of its dataset.
	Return func(ctx context.Context, run pipeline.Run, loc codes.Lang, w io.Writer) (name string, err error)

	// Before is what a sender sent last of a dataset, in the order of template.Columns, and what is said of it.
	Before func(ctx context.Context, ds *dataset.Dataset, sender string, loc codes.Lang) (rows [][]string, said string, err error)

	// Answer answers what the reviewer of a submission has asked.
	Answer func(ctx context.Context, run string, why pipeline.Why) error

	frame.Frame

	how             func(ctx context.Context, senders []string, loc codes.Lang) ([]string, error)
	coming, looking chan struct{}
	typed           sync.Map // id of a draft -> the file that it was typed into
}

// ErrNotWritten says that a workbook cannot be written, for a reason that does not pass.
var ErrNotWritten = errors.New("counter: no such workbook is written")

// Register puts the pages at their addresses. Of no counter there is none: who would come to it sees the loads.
// how says in lines how some senders have reported.
func (c *Counter) Register(g *access.Gate, f frame.Frame, how func(ctx context.Context, senders []string, loc codes.Lang) ([]string, error)) {
	if c == nil {
		g.Handle("GET /send", access.To(access.Submit), http.RedirectHandler("/data/runs", http.StatusFound))
		return
	}
	c.Frame, c.how, c.coming, c.looking = f, how, make(chan struct{}, mostSent), make(chan struct{}, mostLooks)
	c.expire()
	on := func(pattern string, need access.Right, h func(http.ResponseWriter, *http.Request) error) {
		g.Handle(pattern, access.To(need), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			later := http.NewResponseController(w)
			_ = later.SetReadDeadline(time.Now().Add(sentWithin))
			_ = later.SetWriteDeadline(time.Now().Add(sentWithin + lookWithin + writeWithin))
			r.Body = http.MaxBytesReader(w, r.Body, inlet.MostBytes+1<<20)
			if err := h(w, r); err != nil {
				c.Fail(w, r, err)
			}
		}))
	}
	on("GET /send", access.Submit, c.page)
	on("POST /send/look", access.Submit, c.look)
	on("POST /send", access.Submit, c.send)
	on("POST /send/answer/{run}", access.Submit, c.answer)
	on("GET /send/template/{dataset}", access.Submit, c.template)
	on("GET /send/returns/{run}", access.Rows|access.Submit, c.back)
}

type pageView struct {
	Sent      string // the name of the file that was just sent
	Senders   []string
	All       bool // any sender
	Mine      []receipt
	How       []string // how they have reported
	Templates []choice
	Most      int
}

type choice struct {
	Name, Text string
	Typed      bool // it can be typed in too
}

type receipt struct {
	Name, At, State, StateText, Reason, Remedy, Run string
	Marked                                          bool
	Asked                                           []question // that its sender has to answer
}

type question struct{ Run, Text string }

func (c *Counter) page(w http.ResponseWriter, r *http.Request) error {
	who, loc := access.From(r.Context()), address.Language(r)
	v := pageView{Most: inlet.MostBytes >> 20}
	v.Senders, v.All = who.Senders()
	whole := Whole(who)
	list, err := c.Inlet.Of(who, mostReceipts)
	if err != nil {
		return err
	}
	sent := r.URL.Query().Get("sent")
	for _, x := range list {
		a := x.Arrival
		if x.ID == sent {
			v.Sent = x.Name
		}
		m := receipt{Name: x.Name, At: address.Moment(x.At), State: string(a.State), StateText: words.In(loc, "arrival_"+string(a.State)), Reason: a.Reason.In(loc), Remedy: a.Remedy.In(loc), Run: a.Run}
		if a.Run != "" {
			run, ok, err := c.Ledger.Run(r.Context(), a.Run)
			if err != nil {
				return err
			}
			if err := m.now(r.Context(), c.Ledger, run, loc); err != nil {
				return err
			}
			m.Marked = whole && ok && (run.Rejected > 0 || run.Warnings > 0 || run.State == pipeline.Returned)
		}
		if m.Asked, err = c.asked(r.Context(), a, loc); err != nil {
			return err
		}
		v.Mine = append(v.Mine, m)
	}
	ctx, cancel := context.WithTimeout(r.Context(), howWithin)
	defer cancel()
	if v.How, err = c.how(ctx, v.Senders, loc); err != nil { // nobody is kept from sending for want of it
		v.How = []string{words.In(loc, "quality_mine_away")}
	}
	for _, d := range c.Datasets {
		if Filled(d) {
			v.Templates = append(v.Templates, choice{d.Name, d.Title.In(loc), !slices.Contains(d.Unit, "file")})
		}
	}
	address.Remember(w, r)
	c.Show(w, r, http.StatusOK, words.Get("send_page"), "send.html", v)
	return nil
}

// now says where what was published counts no longer: it was taken back, or another version is live.
func (m *receipt) now(ctx context.Context, l *pipeline.Ledger, run pipeline.Run, loc codes.Lang) error {
	since, err := former.After(ctx, l, run)
	if text := since.Text().In(loc); text != "" {
		m.State, m.StateText, m.Reason, m.Remedy = "passed", words.In(loc, "arrival_since_"+string(since.Did)), text, ""
	}
	return err
}

// asked is what a file that was sent was asked: of an archive, of each of its files.
func (c *Counter) asked(ctx context.Context, a pipeline.Arrival, loc codes.Lang) (out []question, err error) {
	ids := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(a.Runs), a.Run))))
	if ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" }); len(ids) == 0 || a.State == pipeline.ArrivalPublished {
		return nil, nil
	}
	runs, err := c.Ledger.Runs(ctx, pipeline.RunFilter{IDs: ids, States: []pipeline.State{pipeline.Asked}, Earliest: true})
	for _, r := range runs {
		out = append(out, question{r.ID, r.File + words.In(loc, "sep_colon") + codes.Text{Zh: r.MessageZh, En: r.MessageEn}.In(loc)})
	}
	return out, err
}

// answer answers what was asked of a submission, for who may send for its sender.
func (c *Counter) answer(w http.ResponseWriter, r *http.Request) error {
	id, who := r.PathValue("run"), access.From(r.Context())
	run, ok, err := c.Ledger.Run(r.Context(), id)
	if err != nil {
		return err
	}
	if mine, all := who.Senders(); !ok || !all && !slices.Contains(mine, run.Sender) {
		c.Record(r, "answer", words.Clip(id, 60), "refused")
		return address.Missing(words.Get("no_run", words.Clip(id, 60)))
	}
	text := strings.TrimSpace(r.PostFormValue("answer"))
	err = c.Answer(r.Context(), id, pipeline.Why{By: who.Name, Reason: text})
	no, refused := errors.AsType[*pipeline.Problem](err)
	said, _ := mask.Mask{}.Text(text)
	result := ""
	if refused {
		result = "refused"
	} else if err != nil {
		result = "failed"
	}
	c.Record(r, "answer", id+": "+words.Clip(said, 300), result)
	switch {
	case refused:
		return address.Refuse(http.StatusConflict, no.Text)
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/send#"+id, http.StatusSeeOther)
	return nil
}

// Filled reports whether files of a dataset can be filled in by hand: their headings are known and no column is a period.
func Filled(d *dataset.Dataset) bool { return d.Header != "none" && d.Unpivot == nil }

// folder is where the drafts of an account lie: its name may be no name of a folder.
func (c *Counter) folder(r *http.Request) string {
	sum := sha256.Sum256([]byte(access.From(r.Context()).Name))
	return filepath.Join(c.Drafts, hex.EncodeToString(sum[:8]))
}

// Whole reports whether somebody may see the files of their senders as they were sent, with names and numbers of persons: a
// sender their own, and who may see what masks hide.
func Whole(who *access.Viewer) bool {
	_, all := who.Senders()
	return !all || who.Can(access.Unmask)
}

// expire removes the drafts of all accounts that nobody has sent in time.
func (c *Counter) expire() {
	accounts, _ := os.ReadDir(c.Drafts)
	for _, a := range accounts {
		dir := filepath.Join(c.Drafts, a.Name())
		drafts, _ := os.ReadDir(dir)
		for _, d := range drafts {
			if info, err := d.Info(); err == nil && time.Since(info.ModTime()) >= draftsKept {
				_ = os.RemoveAll(filepath.Join(dir, d.Name()))
			}
		}
		_ = os.Remove(dir) // if nothing is left in it
	}
}

// place takes a place among those who are served at once; false: none became free.
func place(ctx context.Context, places chan struct{}) (leave func(), ok bool) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, true
	case <-ctx.Done():
		return nil, false
	}
}

func busy() error {
	return address.Coded(http.StatusServiceUnavailable, "busy", words.Get("send_busy"))
}

// sweep removes the drafts that nobody has sent, the oldest also where there are too many.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(b.Name(), a.Name()) }) // names begin with the time
	for i, e := range entries {
		info, err := e.Info()
		if err != nil || i >= mostDrafts-1 || time.Since(info.ModTime()) > draftsKept {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// look reads a file as a load would, and shows what would come of it.
func (c *Counter) look(w http.ResponseWriter, r *http.Request) error {
	got, err := c.looked(r, func() (draft, error) { return c.keep(r) })
	if err != nil {
		return err
	}
	c.ShowLook(w, r, got)
	return nil
}

// send hands a draft on to the inbox.
func (c *Counter) send(w http.ResponseWriter, r *http.Request) error {
	id, sender := r.PostFormValue("draft"), r.PostFormValue("sender")
	gone := address.Refuse(http.StatusGone, words.Get("send_gone"))
	if id == "" || strings.ContainsFunc(id, func(x rune) bool { return (x < '0' || x > '9') && (x < 'a' || x > 'f') }) {
		return gone
	}
	dir := filepath.Join(c.folder(r), id)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		return gone
	}
	name := entries[0].Name()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return gone
	}
	defer f.Close()
	who := access.From(r.Context())
	as := inlet.Named(name, sender) // the loader knows a sender by the name of the file
	got, again, err := c.Inlet.Take(r.Context(), inlet.Sent{Who: who, Name: as, Body: f})
	result := "taken"
	switch {
	case again:
		result = "again"
	case err != nil:
		result = "refused"
	}
	c.Record(r, "submit", words.Clip(as, 200)+" "+got.ID, result)
	if err != nil {
		return err
	}
	_ = os.RemoveAll(dir)
	if from, ok := c.typed.LoadAndDelete(id); ok {
		if t := from.(typed); digest(t.file) == t.sum {
			_ = os.Remove(t.file)
		}
	}
	http.Redirect(w, r, "/send?sent="+got.ID, http.StatusSeeOther)
	return nil
}

// template writes the workbook of a dataset.
func (c *Counter) template(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimSuffix(r.PathValue("dataset"), ".xlsx")
	i := slices.IndexFunc(c.Datasets, func(d *dataset.Dataset) bool { return d.Name == name })
	if i < 0 {
		return address.Missing(words.Get("no_dataset", name))
	}
	sender := r.URL.Query().Get("sender")
	mine, all := access.From(r.Context()).Senders()
	if sender == "" && len(mine) == 1 && !all {
		sender = mine[0]
	}
	if sender != "" && !all && !slices.Contains(mine, sender) {
		return address.Refuse(http.StatusForbidden, words.Get("upload_other", sender, strings.Join(mine, "、")))
	}
	filled := sender
	if !Whole(access.From(r.Context())) {
		filled = "" // the rows would show what masks hide
	}
	file := c.Datasets[i].Title.Zh + ".xlsx"
	if sender != "" {
		file = sender + "_" + file
	}
	return c.file(w, r, "template", name+" "+sender, func(ctx context.Context, to io.Writer) (string, error) {
		return file, c.Template(ctx, name, filled, address.Language(r), to)
	})
}

// back writes the file of a run with what is wrong marked in it.
func (c *Counter) back(w http.ResponseWriter, r *http.Request) error {
	id := strings.TrimSuffix(r.PathValue("run"), ".xlsx")
	run, ok, err := c.Ledger.Run(r.Context(), id)
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	if mine, all := who.Senders(); !ok || run.Kind != "load" || !all && !slices.Contains(mine, run.Sender) {
		c.Record(r, "return", words.Clip(id, 60), "refused")
		return address.Missing(words.Get("no_run", id))
	}
	if !Whole(who) {
		c.Record(r, "return", id, "refused")
		return address.Refuse(http.StatusForbidden, words.Get("send_masked"))
	}
	return c.file(w, r, "return", id, func(ctx context.Context, to io.Writer) (string, error) {
		return c.Return(ctx, run, address.Language(r), to)
	})
}

// file sends a workbook that write writes and names; whole or as an error.
func (c *Counter) file(w http.ResponseWriter, r *http.Request, did, what string, write func(context.Context, io.Writer) (string, error)) error {
	ctx, cancel := context.WithTimeout(r.Context(), lookWithin)
	defer cancel()
	leave, ok := place(ctx, c.looking)
	if !ok {
		c.Record(r, did, what, "busy")
		return busy()
	}
	defer leave()
	var b bytes.Buffer
	name, err := write(ctx, &b)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = address.Refuse(http.StatusGone, words.Get("send_no_original"))
	case errors.Is(err, ErrNotWritten):
		err = address.Refuse(http.StatusUnprocessableEntity, words.Get("send_not_written"))
	}
	c.Record(r, did, what, map[bool]string{true: "ok", false: "failed"}[err == nil])
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="yanzhen.xlsx"; filename*=UTF-8''`+url.PathEscape(name))
	_, _ = w.Write(b.Bytes()) // a browser that has gone hears nothing
	return nil
}
