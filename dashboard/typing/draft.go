package typing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
	"yanzhen/dashboard/address"
)

// kept is how long a draft stays that nobody has touched: it may hold numbers of persons.
const kept = 14 * 24 * time.Hour

// typed is what somebody has typed of a dataset and not sent yet.
type typed struct {
	Sender string     `json:"sender"`
	Period string     `json:"period"`
	Rows   [][]string `json:"rows"`
	At     time.Time  `json:"at"` // when it was kept; zero: never

	Page string `json:"page,omitempty"` // of a browser, that kept it: what it sent and broke off may have come all the same

	seen string // which draft was kept when the page that it comes from was shown, or anything
}

// anything is what a page has seen that does not say what.
const anything = "any"

// mark tells a draft that is kept from every other; empty: none is.
func (d typed) mark() string {
	if d.At.IsZero() {
		return ""
	}
	return strconv.FormatInt(d.At.UnixNano(), 36)
}

// elsewhere says that what is kept is not what the page has seen: another page has kept it, or what was there is sent or cleared.
type elsewhere struct{ kept typed }

func (elsewhere) Error() string { return "typing: another page has changed the draft" }

// path is where the draft of whoever asks lies, of a dataset for a sender: the name of an account may be no name of a file.
// Who may send for all has one draft of a dataset: the sender is a field of it.
func (p *Page) path(r *http.Request, dataset, sender string) string {
	if _, all := access.From(r.Context()).Senders(); all {
		sender = ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", access.From(r.Context()).Name, dataset, sender))
	return filepath.Join(p.Drafts, hex.EncodeToString(sum[:12])+".json")
}

// draft reads it; where there is none, or one that cannot be read, one that says what is asked for first.
func (p *Page) draft(r *http.Request, t table, sender string) (d typed, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, err = read(p.path(r, t.ds.Name, sender))
	if err != nil || d.At.IsZero() {
		return typed{Sender: sender, Period: t.due(time.Now().In(address.Office))}, err
	}
	return d, nil
}

// read reads a draft; where there is none, or one that cannot be read, it was never kept.
func read(name string) (d typed, err error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if json.Unmarshal(text, &d) != nil {
		return typed{}, nil
	}
	d.seen = d.mark()
	return d, nil
}

// same reports whether the same was typed.
func (d typed) same(o typed) bool {
	return d.Sender == o.Sender && d.Period == o.Period && slices.EqualFunc(d.Rows, o.Rows, slices.Equal)
}

// keep writes it; of nothing typed, there is none. What another page has kept meanwhile stays: the error is an elsewhere. The same
// typed again is the same draft.
func (p *Page) keep(r *http.Request, dataset string, d *typed) error {
	p.sweep()
	p.mu.Lock()
	defer p.mu.Unlock()
	name := p.path(r, dataset, d.Sender)
	was, err := read(name)
	if err != nil {
		return err
	}
	if d.seen != anything && d.seen != was.mark() && (d.Page == "" || d.Page != was.Page) && !d.same(was) {
		return elsewhere{was}
	}
	if len(d.Rows) > 0 && !was.At.IsZero() && d.same(was) {
		d.At, d.seen = was.At, was.mark()
		return os.Chtimes(name, time.Time{}, time.Now())
	}
	d.seen = d.mark()
	if len(d.Rows) == 0 {
		d.seen = ""
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(p.Drafts, 0o700); err != nil {
		return err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return filed.Replace(name, text)
}

// sweep removes what nobody has touched for too long.
func (p *Page) sweep() {
	entries, _ := os.ReadDir(p.Drafts)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) >= kept {
			_ = os.Remove(filepath.Join(p.Drafts, e.Name()))
		}
	}
}
