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
}

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
	text, err := os.ReadFile(p.path(r, t.ds.Name, sender))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	if err != nil || json.Unmarshal(text, &d) != nil {
		return typed{Sender: sender, Period: t.due(time.Now().In(address.Office))}, nil
	}
	return d, nil
}

// keep writes it; of nothing typed, there is none.
func (p *Page) keep(r *http.Request, dataset string, d typed) error {
	p.sweep()
	p.mu.Lock()
	defer p.mu.Unlock()
	name := p.path(r, dataset, d.Sender)
	if len(d.Rows) == 0 {
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
