package shelf

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
)

// Bounds of what is saved.
const (
	mostSaved    = 2000 // of all
	mostOwn      = 200  // of one person
	mostVersions = 20   // of one; the oldest go
	mostTitle    = 100  // characters
	mostSavedSQL = 64 << 10
)

// Saved is a statement under a title.
type Saved struct {
	ID       int       `json:"id"`
	Owner    string    `json:"owner"`
	Title    string    `json:"title"`
	Shared   bool      `json:"shared"` // with all who may ask in SQL
	Versions []Version `json:"versions"`
	Timed    *Timing   `json:"timed,omitempty"` // nil: nothing is done with it by itself
}

// Version is a text that it had, the latest last.
type Version struct {
	N      int               `json:"n"`
	At     time.Time         `json:"at"`
	SQL    string            `json:"sql"`
	Params map[string]string `json:"params,omitempty"` // the values that its fields begin with
}

// Last is the version that holds.
func (s Saved) Last() Version { return s.Versions[len(s.Versions)-1] }

// Refusal is why something is not saved, in both languages.
type Refusal struct{ codes.Text }

func (r *Refusal) Error() string { return r.En }

func refuse(zh, en string, args ...any) error {
	return &Refusal{codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

type book struct {
	Next int     `json:"next"`
	List []Saved `json:"list"`
}

func (s Shelf) saved() string { return filepath.Join(s.Dir, "statements", "saved.json") }

func (s Shelf) read() (b book, err error) {
	text, err := os.ReadFile(s.saved())
	if errors.Is(err, os.ErrNotExist) {
		return book{Next: 1}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	return b, err
}

// change reads the book, lets do change it, and writes it.
func (s Shelf) change(do func(*book) error) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	b, err := s.read()
	if err != nil {
		return err
	}
	if err := do(&b); err != nil {
		return err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return filed.Replace(s.saved(), text)
}

// Saved lists what a person sees: that person's own and what is shared, by title.
func (s Shelf) Saved(who string) ([]Saved, error) {
	b, err := s.read()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(b.List, func(x Saved) bool { return x.Owner != who && !x.Shared })
	slices.SortStableFunc(list, func(x, y Saved) int { return strings.Compare(x.Title, y.Title) })
	return list, nil
}

// gone is told of what is not there and of what is not that person's alike.
func gone() error {
	return refuse("没有这条保存的语句，或不是您的", "there is no such saved statement, or it is not yours")
}

// Entry is what is to be saved: a new one where ID is 0, else a further version of one's own.
type Entry struct {
	ID     int
	Title  string
	Shared bool
	Version
}

// Save saves a text under a title.
func (s Shelf) Save(who string, e Entry) (out Saved, err error) {
	id, title, shared, v := e.ID, e.Title, e.Shared, e.Version
	title = strings.Join(strings.Fields(title), " ")
	switch {
	case title == "":
		return out, refuse("请写标题", "give it a title")
	case utf8.RuneCountInString(title) > mostTitle:
		return out, refuse("标题最多 %d 个字", "a title has %d characters at most", mostTitle)
	case strings.TrimSpace(v.SQL) == "":
		return out, refuse("语句是空的", "the statement is empty")
	case len(v.SQL) > mostSavedSQL:
		return out, refuse("保存的语句最多 64 KB", "a saved statement has 64 KB at most")
	case !utf8.ValidString(v.SQL) || !utf8.ValidString(title):
		return out, refuse("不是 UTF-8 文字", "this is no UTF-8 text")
	}
	v.At = time.Now().UTC().Truncate(time.Second)
	err = s.change(func(b *book) error {
		if id != 0 {
			i := slices.IndexFunc(b.List, func(x Saved) bool { return x.ID == id && x.Owner == who })
			if i < 0 {
				return gone()
			}
			x := &b.List[i]
			x.Title, x.Shared = title, shared
			if last := x.Last(); last.SQL != v.SQL || !same(last.Params, v.Params) {
				v.N = last.N + 1
				x.Versions = append(x.Versions, v)
				x.Versions = x.Versions[max(0, len(x.Versions)-mostVersions):]
			}
			out = *x
			return nil
		}
		own := 0
		for _, x := range b.List {
			if x.Owner == who {
				own++
			}
		}
		if own >= mostOwn || len(b.List) >= mostSaved {
			return refuse("您已保存 %d 条，先删去不用的", "you have saved %d: delete some first", own)
		}
		v.N = 1
		out = Saved{ID: b.Next, Owner: who, Title: title, Shared: shared, Versions: []Version{v}}
		b.Next++
		b.List = append(b.List, out)
		return nil
	})
	return out, err
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || w != v {
			return false
		}
	}
	return true
}

// Delete deletes one's own.
func (s Shelf) Delete(who string, id int) error {
	return s.change(func(b *book) error {
		i := slices.IndexFunc(b.List, func(x Saved) bool { return x.ID == id && x.Owner == who })
		if i < 0 {
			return gone()
		}
		b.List = slices.Delete(b.List, i, i+1)
		return nil
	})
}
