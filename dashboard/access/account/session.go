package account

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
)

// Bounds of the sessions.
const (
	mostSessions   = 10_000
	mostOfOne      = 20          // sessions of an account; the one that is idle longest ends
	seenEvery      = time.Minute // how often it is written down that a session was used
	screenAbsolute = 400 * 24 * time.Hour
)

// Session is somebody who came in: of its secret only the hash is kept.
type Session struct {
	Hash    string    `json:"hash"`
	Account string    `json:"account"`
	Epoch   int       `json:"epoch"` // of the account when it came in
	Screen  bool      `json:"screen,omitempty"`
	Made    time.Time `json:"made"`
	Seen    time.Time `json:"seen"`
	From    string    `json:"from"`
	Agent   string    `json:"agent"` // as the browser calls itself
}

// Sessions are those who are in. They are written down, so that starting the server again signs nobody out.
type Sessions struct {
	Book *Book
	Log  *slog.Logger

	file  string
	now   func() time.Time
	mu    sync.Mutex
	list  map[string]*Session // by hash
	saved time.Time
}

// OpenSessions reads who is in. A file that cannot be read is put aside: everybody signs in anew.
func OpenSessions(dir string, b *Book, log *slog.Logger) (*Sessions, error) {
	s := &Sessions{Book: b, Log: log, file: filepath.Join(dir, "sessions.json"), now: b.now, list: map[string]*Session{}}
	text, err := filed.Limited(s.file, mostBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	var list []*Session
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(text)).Decode(&list)
	}
	if err != nil {
		log.Warn("the sessions cannot be read; everybody signs in anew", "error", err)
		return s, nil
	}
	for _, x := range list {
		if x != nil && x.Hash != "" && !s.over(x) {
			s.list[x.Hash] = x
		}
	}
	return s, nil
}

// over says whether the time of a session has ended.
func (s *Sessions) over(x *Session) bool {
	now, p := s.now(), s.Book.Policy
	if x.Screen {
		return now.Sub(x.Made) > screenAbsolute
	}
	return now.Sub(x.Seen) > p.Idle || now.Sub(x.Made) > p.Absolute
}

// Begin lets an account in and returns the secret of its session, which is never one that was there before.
func (s *Sessions) Begin(a Account, from, agent string) (string, error) {
	text, kept := secret()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().UTC()
	s.list[kept] = &Session{
		Hash: kept, Account: a.Name, Epoch: a.Epoch, Screen: a.Role == access.Display, Made: now, Seen: now, From: from, Agent: clip(agent, 200),
	}
	s.prune(a.Name)
	return text, s.save()
}

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// prune ends what is over, and what is too much: of an account, and of all.
func (s *Sessions) prune(name string) {
	var own, all []*Session
	for k, x := range s.list {
		if s.over(x) {
			delete(s.list, k)
			continue
		}
		all = append(all, x)
		if x.Account == name {
			own = append(own, x)
		}
	}
	idle := func(x, y *Session) int { return x.Seen.Compare(y.Seen) }
	for _, g := range []struct {
		of   []*Session
		most int
	}{{own, mostOfOne}, {all, mostSessions}} {
		slices.SortFunc(g.of, idle)
		for _, x := range g.of[:max(0, len(g.of)-g.most)] {
			delete(s.list, x.Hash)
		}
	}
}

// save writes the sessions down.
func (s *Sessions) save() error {
	list := make([]*Session, 0, len(s.list))
	for _, x := range s.list {
		list = append(list, x)
	}
	slices.SortFunc(list, func(x, y *Session) int { return x.Made.Compare(y.Made) })
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	s.saved = s.now()
	return filed.Replace(s.file, text)
}

// Who is in by a secret; nil: nobody, or no longer.
func (s *Sessions) Who(secret string) (*access.Viewer, error) {
	if secret == "" || len(secret) > 100 {
		return nil, nil
	}
	kept := digest(secret)
	s.mu.Lock()
	x := s.list[kept]
	if x == nil || s.over(x) {
		s.mu.Unlock()
		return nil, nil
	}
	x.Seen = s.now().UTC()
	copied := *x
	if s.now().Sub(s.saved) > seenEvery {
		if err := s.save(); err != nil {
			s.Log.Warn("the sessions could not be written down", "error", err)
		}
	}
	s.mu.Unlock()
	v, err := s.Book.audience(copied)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return v, nil
}

// Still is who would be in by a secret; nil: nobody, or no longer. Nothing is asked by it: a session ends as if it had not been.
func (s *Sessions) Still(secret string) (*access.Viewer, error) {
	s.mu.Lock()
	x := s.list[digest(secret)]
	if x == nil || s.over(x) {
		s.mu.Unlock()
		return nil, nil
	}
	copied := *x
	s.mu.Unlock()
	return s.Book.audience(copied)
}

// End ends a session.
func (s *Sessions) End(secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := digest(secret)
	if s.list[kept] == nil {
		return nil
	}
	delete(s.list, kept)
	return s.save()
}

// Of are the sessions of an account that still count, the latest first; own is the one with this secret.
func (s *Sessions) Of(a Account, secret string) (list []Session, own int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own = -1
	for _, x := range s.list {
		if x.Account == a.Name && x.Epoch == a.Epoch && !s.over(x) {
			list = append(list, *x)
		}
	}
	slices.SortFunc(list, func(x, y Session) int { return y.Seen.Compare(x.Seen) })
	kept := digest(secret)
	return list, slices.IndexFunc(list, func(x Session) bool { return x.Hash == kept })
}

// EndOthers ends every session of an account but one.
func (s *Sessions) EndOthers(name, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := digest(secret)
	for k, x := range s.list {
		if x.Account == name && k != kept {
			delete(s.list, k)
		}
	}
	return s.save()
}
