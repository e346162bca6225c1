package drafting

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Bounds of what begins an installation.
const (
	mostLines = 500 // of parks, chains or senders
	mostForm  = 1 << 20
)

// Beginning is what an office says of itself, a line each.
type Beginning struct {
	Zone, ZoneEn, Contact, County string
	Parks, Chains, Senders        []string
	Loc                           codes.Lang
}

// Begun is what was written of it.
type Begun struct {
	Files []string
	Notes []string // what is left to do by hand
	Lines []string // and what to write
}

// office is the form as it was filled in, and what came of it.
type office struct {
	Folder                                                string
	Zone, ZoneEn, Contact, County, Parks, Chains, Senders string
	Failed                                                string
	Wrong                                                 map[string][]string // with each field
	Begun                                                 *Begun
	Taken                                                 bool
}

func (p *Page) begins(w http.ResponseWriter, r *http.Request, status int, v office) {
	v.Folder = p.Folder
	address.Remember(w, r)
	p.Show(w, r, status, words.Get("begin_page"), "begin.html", v)
}

// begin writes the declarations of a new office from its form.
func (p *Page) begin(w http.ResponseWriter, r *http.Request) error {
	if p.Folder == "" {
		return address.Refuse(http.StatusConflict, words.Get("declare_no_folder"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		return address.Refuse(http.StatusBadRequest, words.Get("upload_form"))
	}
	line := func(name string) string { return words.Clip(strings.TrimSpace(r.PostForm.Get(name)), longTitle) }
	v := office{
		Zone: line("zone"), ZoneEn: line("zone_en"), Contact: line("contact"), County: line("county"),
		Parks: r.PostForm.Get("parks"), Chains: r.PostForm.Get("chains"), Senders: r.PostForm.Get("senders"),
	}
	b := Beginning{Zone: v.Zone, ZoneEn: v.ZoneEn, Contact: v.Contact, County: v.County, Parks: lines(v.Parks), Chains: lines(v.Chains), Senders: lines(v.Senders), Loc: address.Language(r)}
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	got, err := p.Begin(ctx, b)
	if no, ok := errors.AsType[Fault](err); ok {
		p.Record(r, "declare", "office", "refused")
		v.Failed, v.Wrong = no.Text, no.Of
		p.begins(w, r, http.StatusUnprocessableEntity, v)
		return nil
	}
	if err != nil {
		p.Record(r, "declare", "office", "failed")
		return err
	}
	p.Record(r, "declare", "office", "")
	v.Begun, v.Taken = &got, p.taken()
	p.begins(w, r, http.StatusOK, v)
	return nil
}

// lines are the lines of a text that say something, one more than there may be at most.
func lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && len(out) <= mostLines {
			out = append(out, l)
		}
	}
	return out
}
