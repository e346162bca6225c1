// Package drafting is the page on which who operates the installation has a dataset, its metrics and a page drafted from a workbook
// that the office has (起草声明): first as a look, of which nothing stays, then for good. It drafts nothing itself: who made it does,
// as yanzhen declare.
package drafting

import (
	"context"
	"embed"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Templates are those of the page; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Bounds.
const (
	mostBytes = 32 << 20 // of a workbook
	longName  = 200      // bytes of a file's name
	longTitle = 100      // runes
	within    = 2 * time.Minute
	takes     = 10 * time.Second // a load at work is not waited for longer
	kept      = 30 * time.Minute // that a workbook waits to be drafted from after it was looked at
)

// Drafted is what was drafted of a workbook.
type Drafted struct {
	Name  string     // of the dataset
	Heads []string   // of the table that says what each column was taken for
	Rows  [][]string // of it
	Notes []string
	Files []string
	Page  bool // a page was drafted, at /b/ and the name
}

// Fault is why a workbook cannot be drafted from, for who asked.
type Fault struct {
	Text string
	Of   map[string][]string // what is wrong with each field of the form of an office
}

func (f Fault) Error() string { return f.Text }

// Asked is what to draft from, and how.
type Asked struct {
	Path, Name, Title string
	Loc               codes.Lang
}

// Page answers the page.
type Page struct {
	// Look drafts and keeps nothing; Keep drafts for good. What is wrong with the file or the name is a Fault.
	Look, Keep func(context.Context, Asked) (Drafted, error)
	// Begin writes what an office says of itself: its parks, chains, senders and names. What is wrong with it is a Fault.
	Begin func(context.Context, Beginning) (Begun, error)
	// Take has what was written taken up, and reports whether it is within so long; nil: it is later.
	Take   func(most time.Duration) bool
	Folder string // of the office's own declarations; empty: it has none, and nothing can be drafted
	Temp   string // where workbooks lie until they are drafted from

	frame.Frame

	mu   sync.Mutex
	file string // the workbook that was looked at last; one at a time
}

// Register puts the page at its addresses. Of no page there is none.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	if p == nil {
		return
	}
	p.Frame = f
	p.forget("")
	on := f.Operated(g, mostBytes+1<<20)
	on("GET /data/declare", func(w http.ResponseWriter, r *http.Request) error {
		p.show(w, r, http.StatusOK, view{})
		return nil
	})
	on("GET /data/begin", func(w http.ResponseWriter, r *http.Request) error {
		p.begins(w, r, http.StatusOK, office{})
		return nil
	})
	on("POST /data/begin", p.begin)
	on("POST /data/declare", p.look)
	on("POST /data/declare/keep", p.keep)
}

type view struct {
	Folder       string
	Most         int
	Failed       string
	Draft        *Drafted
	Done, Taken  bool
	Token        string
	Title, Asked string
}

func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	v.Folder, v.Most = p.Folder, mostBytes>>20
	address.Remember(w, r)
	p.Show(w, r, status, words.Get("declare_page"), "declare.html", v)
}

// look takes a workbook and shows what would be drafted from it.
func (p *Page) look(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, name, err := p.take(r)
	if err != nil {
		return err
	}
	return p.draft(w, r, a, name, p.Look)
}

// keep drafts for good what was looked at.
func (p *Page) keep(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	token := r.PostFormValue("token")
	if _, err := os.Stat(p.file); err != nil || token != filepath.Base(filepath.Dir(p.file)) { // nobody keeps one for long
		return address.Refuse(http.StatusGone, words.Get("declare_gone"))
	}
	return p.draft(w, r, p.asked(r, r.PostFormValue("name"), r.PostFormValue("title")), filepath.Base(p.file), p.Keep)
}

func (p *Page) asked(r *http.Request, name, title string) Asked {
	return Asked{Path: p.file, Name: words.Clip(strings.TrimSpace(name), longTitle), Title: words.Clip(strings.TrimSpace(title), longTitle), Loc: address.Language(r)}
}

// draft answers with what came of a workbook.
func (p *Page) draft(w http.ResponseWriter, r *http.Request, a Asked, name string, do func(context.Context, Asked) (Drafted, error)) error {
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	did := map[bool]string{true: "keep", false: "look"}[strings.HasSuffix(r.URL.Path, "/keep")]
	v := view{Title: a.Title, Asked: a.Name, Token: filepath.Base(filepath.Dir(a.Path))}
	got, err := do(ctx, a)
	if no, ok := errors.AsType[Fault](err); ok {
		p.Record(r, "declare", did+" "+words.Clip(name, longName), "refused")
		v.Failed = no.Text
		p.show(w, r, http.StatusUnprocessableEntity, v)
		return nil
	}
	if err != nil {
		p.Record(r, "declare", did+" "+words.Clip(name, longName), "failed")
		return err
	}
	p.Record(r, "declare", did+" "+got.Name+" "+words.Clip(name, longName), "")
	v.Draft, v.Done = &got, did == "keep"
	if v.Done {
		p.forget(p.file)
		p.file, v.Taken = "", p.taken()
	}
	p.show(w, r, http.StatusOK, v)
	return nil
}

// taken has what was written taken up.
func (p *Page) taken() bool { return p.Take != nil && p.Take(takes) }

// take writes the workbook of a form down. Whoever looks at another takes the place of the one before.
func (p *Page) take(r *http.Request) (a Asked, name string, err error) {
	if p.Folder == "" {
		return a, "", address.Refuse(http.StatusConflict, words.Get("declare_no_folder"))
	}
	form, err := r.MultipartReader()
	if err != nil {
		return a, "", address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
	}
	fields := map[string]string{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return a, "", address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
		}
		if err != nil {
			return a, "", address.Refuse(http.StatusBadRequest, words.Get("upload_form"))
		}
		if part.FormName() != "file" {
			text, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return a, "", address.Refuse(http.StatusBadRequest, words.Get("upload_form"))
			}
			fields[part.FormName()] = string(text)
			continue
		}
		_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if name = params["filename"]; name == "" || len(name) > longName || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\\x00") {
			return a, "", address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
		}
		if err := p.write(name, part); err != nil {
			return a, "", err
		}
		return p.asked(r, fields["name"], fields["title"]), name, nil
	}
}

func (p *Page) write(name string, from io.Reader) error {
	p.forget(p.file)
	p.file = ""
	if err := os.MkdirAll(p.Temp, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(p.Temp, "workbook-")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.RemoveAll(dir)
		return broken(err)
	}
	p.file = f.Name()
	time.AfterFunc(kept, func() { p.forget(f.Name()) })
	return nil
}

// broken tells a workbook that is too large, or that did not come whole, from what went wrong here, such as a full disk.
func broken(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("upload_large", mostBytes>>20))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled):
		return address.Refuse(http.StatusBadRequest, words.Get("upload_form"))
	}
	return err
}

// forget removes a workbook; of none, all that an earlier run of the program has left.
func (p *Page) forget(file string) {
	if file != "" {
		_ = os.RemoveAll(filepath.Dir(file))
		return
	}
	left, _ := filepath.Glob(filepath.Join(p.Temp, "workbook-*"))
	for _, dir := range left {
		_ = os.RemoveAll(dir)
	}
}
