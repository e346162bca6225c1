package counter

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
)

// draft is a file that was looked at and is not sent yet.
type draft struct{ id, name, sender string }

// Looked is what would come of a draft.
type Looked struct {
	draft
	Plan pipeline.Plan
	Why  *pipeline.Problem // why nothing of it would be taken; nil: something would
}

// Typed looks at a text that was typed in as if it had been sent as a file of a name, and keeps it as a draft. from is the file that
// it was typed into: it goes once the draft is sent.
func (c *Counter) Typed(r *http.Request, name, sender string, text []byte, from string) (Looked, error) {
	was := typed{from, digest(from)} // a look takes a while, in which more may be typed
	got, err := c.looked(r, func() (draft, error) {
		sweep(c.folder(r))
		return c.draft(r, name, sender, bytes.NewReader(text))
	})
	if err == nil {
		c.typed.Store(got.id, was)
		time.AfterFunc(draftsKept, func() { c.typed.Delete(got.id) })
	}
	return got, err
}

// typed is the file that something was typed into, as it was when it was looked at: what is typed after that is another draft.
type typed struct {
	file string
	sum  [sha256.Size]byte
}

func digest(file string) [sha256.Size]byte {
	text, _ := os.ReadFile(file)
	return sha256.Sum256(text)
}

// ShowLook is the page of what would come of a draft, from which it is sent.
func (c *Counter) ShowLook(w http.ResponseWriter, r *http.Request, l Looked) {
	loc := address.Language(r)
	c.Show(w, r, http.StatusOK, words.Get("send_look"), "look.html", planned(l.Plan, l.Why, l.id, l.name, l.sender, loc))
}

// looked takes a draft and reads it as a load would.
func (c *Counter) looked(r *http.Request, take func() (draft, error)) (Looked, error) {
	select {
	case c.coming <- struct{}{}:
		defer func() { <-c.coming }()
	default:
		return Looked{}, busy()
	}
	d, err := take()
	result := "refused"
	defer func() {
		c.Record(r, "look", words.Clip(d.name, 200), result)
		if result != "ok" && result != "problem" && d.id != "" {
			_ = os.RemoveAll(filepath.Join(c.folder(r), d.id))
		}
	}()
	if err != nil {
		return Looked{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookWithin)
	defer cancel()
	result = "busy"
	leave, ok := place(ctx, c.looking)
	if !ok {
		return Looked{}, busy()
	}
	defer leave()
	p, err := c.Plan(ctx, filepath.Join(c.folder(r), d.id, d.name), d.sender)
	var why *pipeline.Problem
	if err != nil && !errors.As(err, &why) {
		if ctx.Err() != nil {
			return Looked{}, busy()
		}
		result = "failed"
		return Looked{}, err
	}
	result = map[bool]string{true: "ok", false: "problem"}[why == nil]
	if mine, all := access.From(r.Context()).Senders(); p.Before != nil && !all && !slices.Contains(mine, p.Before.Sender) {
		p.Before.File = words.In(address.Language(r), "send_others") // what others sent is theirs
	}
	return Looked{d, p, why}, nil
}

// keep writes the file of a form into a draft.
func (c *Counter) keep(r *http.Request) (draft, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return draft{}, address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
	}
	sweep(c.folder(r))
	sender := ""
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return draft{}, address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
		}
		if err != nil {
			return draft{}, inlet.Broken(err)
		}
		if p.FormName() == "sender" {
			text, err := io.ReadAll(io.LimitReader(p, 200))
			if err != nil {
				return draft{}, inlet.Broken(err)
			}
			sender = strings.TrimSpace(string(text))
			continue
		}
		if p.FormName() != "file" {
			continue
		}
		_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition")) // FileName takes a path away; here one is refused
		if params["filename"] == "" {
			return draft{}, address.Refuse(http.StatusBadRequest, words.Get("send_no_file"))
		}
		return c.draft(r, params["filename"], sender, p)
	}
}

// draft writes one of a name.
func (c *Counter) draft(r *http.Request, name, sender string, body io.Reader) (draft, error) {
	sender, err := c.Inlet.May(access.From(r.Context()), name, sender)
	if err != nil {
		return draft{}, err
	}
	var b [6]byte
	_, _ = rand.Read(b[:])
	id, dir := fmt.Sprintf("%012x%s", time.Now().UnixMilli(), hex.EncodeToString(b[:])), c.folder(r)
	if err := os.MkdirAll(filepath.Join(dir, id), 0o700); err != nil {
		return draft{}, err
	}
	time.AfterFunc(draftsKept+time.Second, c.expire)
	f, err := os.OpenFile(filepath.Join(dir, id, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return draft{}, err
	}
	_, err = io.Copy(f, body)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.RemoveAll(filepath.Join(dir, id))
		return draft{}, inlet.Broken(err)
	}
	return draft{id, name, sender}, nil
}
