// Package inlet takes files that are sent over the network into the inbox, where jobs find them as any other file. A sender's
// file comes under the sender's own name and into its own folder; nothing that lies there already is written over. It reads
// no file: what is wrong with one its load tells.
package inlet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/filename"
)

// Bounds: nobody fills a disk through it.
const (
	MostBytes   = 64 << 20 // of a file
	mostOfDay   = 200      // files of an account in a day
	mostDay     = 2 << 30  // bytes of an account in a day
	mostKept    = 5_000    // receipts
	longestName = 200      // bytes of a name, as file systems have it
	longestKey  = 200
	mostCopies  = 99 // of one name

	halfPrefix = ".upload-" // of files that are coming in: a name that no job looks at
	halfKept   = time.Hour  // what is older was broken off by the end of the program
)

// Inlet is the way into one inbox.
type Inlet struct {
	Dir      string // the inbox
	Receipts string // the file of what was taken
	// Takes says whether a job reads files of a name.
	Takes func(name string) bool
	// Arrivals lists what lies in the inbox and what became of it.
	Arrivals func() []pipeline.Arrival

	mu sync.Mutex
}

// Receipt is a file that was taken.
type Receipt struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Key     string    `json:"key,omitempty"` // by which whoever sent it knows it again
	Name    string    `json:"name"`          // as it was sent
	Path    string    `json:"path"`          // in the inbox
	Size    int64     `json:"size"`
	Sum     string    `json:"sum"` // SHA-256
	At      time.Time `json:"at"`
}

// Sent is a file on its way.
type Sent struct {
	Who  *access.Viewer
	Name string
	Key  string // the same key is the same file, however often it is sent
	Body io.Reader
}

// Tidy removes what files that were coming in when the program was killed have left in an inbox: nobody else would, and they hold
// what was sent.
func Tidy(dir string) {
	halves, _ := filepath.Glob(filepath.Join(dir, halfPrefix+"*"))
	for _, half := range halves {
		if info, err := os.Lstat(half); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > halfKept {
			_ = os.Remove(half)
		}
	}
}

// Take puts a file into the inbox; again says that it lies there already.
func (n *Inlet) Take(ctx context.Context, s Sent) (r Receipt, again bool, err error) {
	folder, err := n.check(s)
	if err != nil {
		return r, false, err
	}
	dir := filepath.Join(n.Dir, folder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return r, false, err
	}
	tmp, err := os.CreateTemp(n.Dir, halfPrefix+"*")
	if err != nil {
		return r, false, err
	}
	defer os.Remove(tmp.Name())
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(reader{ctx, s.Body}, MostBytes+1))
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return r, false, Broken(err)
	}
	switch {
	case size > MostBytes:
		return r, false, address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("upload_large", MostBytes>>20))
	case size == 0:
		return r, false, address.Coded(http.StatusUnprocessableEntity, "empty_file", words.Get("upload_empty"))
	}
	r = Receipt{Account: s.Who.Name, Key: s.Key, Name: s.Name, Size: size, Sum: hex.EncodeToString(sum.Sum(nil)), At: time.Now().UTC()}
	return n.keep(r, folder, tmp.Name())
}

// Broken tells a body that is too large, ended early, or is no form, from what went wrong here.
func Broken(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("upload_large", MostBytes>>20))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return address.Coded(http.StatusBadRequest, "broken_body", words.Get("upload_form"))
	}
	return err
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// check says into which folder a file comes, or why it does not.
func (n *Inlet) check(s Sent) (folder string, err error) {
	name := s.Name
	bad := name == "" || len(name) > longestName || !utf8.ValidString(name) || strings.ContainsAny(name, `/\:`) || strings.HasPrefix(name, ".") ||
		strings.HasSuffix(name, ".") || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	switch {
	case bad:
		return "", address.Coded(http.StatusUnprocessableEntity, "bad_name", words.Get("upload_name"))
	case len(s.Key) > longestKey || strings.ContainsFunc(s.Key, func(r rune) bool { return r < ' ' || r > '~' }):
		return "", address.Coded(http.StatusBadRequest, "bad_key", words.Get("upload_key", longestKey))
	case !n.Takes(name):
		return "", address.Coded(http.StatusUnprocessableEntity, "no_job", words.Get("upload_job", name))
	}
	senders, all := s.Who.Senders()
	if all {
		return "", nil
	}
	said := filename.Parse(name).Sender
	switch {
	case said == "" && len(senders) == 1:
		said = senders[0] // its folder tells who sent it
	case said == "":
		return "", address.Coded(http.StatusUnprocessableEntity, "no_sender", words.Get("upload_no_sender", strings.Join(senders, "、")))
	case !slices.Contains(senders, said):
		return "", address.Coded(http.StatusForbidden, "other_sender", words.Get("upload_other", said, strings.Join(senders, "、")))
	}
	if strings.ContainsAny(said, `/\`) || strings.HasPrefix(said, ".") {
		return "", address.Coded(http.StatusUnprocessableEntity, "bad_name", words.Get("upload_name"))
	}
	return said, nil
}

// known is a receipt of the same file, which it is as long as nothing else was sent under its name since: who sends the first
// version once more after the second takes the second back. Where there is none, r has an id of its own.
func (r *Receipt) known(list []Receipt) (o Receipt, again bool) {
	for nth := 0; ; nth++ {
		text := fmt.Appendf(nil, "%q %q %q %s", r.Account, r.Key, r.Name, r.Sum)
		if nth > 0 {
			text = fmt.Appendf(text, " %d", nth)
		}
		id := sha256.Sum256(text)
		r.ID = hex.EncodeToString(id[:8])
		i := slices.IndexFunc(list, func(o Receipt) bool { return o.ID == r.ID })
		if i < 0 {
			return o, false
		}
		if r.Key != "" || !slices.ContainsFunc(list[i+1:], r.follows) {
			return list[i], true
		}
	}
}

// follows reports whether a receipt is of something else that was sent under the same name.
func (r *Receipt) follows(o Receipt) bool {
	return o.Account == r.Account && o.Sum != r.Sum && filename.SamePart(o.Name) == filename.SamePart(r.Name)
}

// keep moves a file to its place and writes its receipt, whole or not at all.
func (n *Inlet) keep(r Receipt, folder, tmp string) (_ Receipt, again bool, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list, err := n.read()
	if err != nil {
		return r, false, err
	}
	if o, again := r.known(list); again {
		return o, true, nil
	}
	day, bytes := 0, r.Size
	for _, o := range list {
		switch {
		case r.Key != "" && o.Account == r.Account && o.Key == r.Key:
			return r, false, address.Coded(http.StatusConflict, "key_used", words.Get("upload_key_used"))
		case o.Account == r.Account && r.At.Sub(o.At) < 24*time.Hour:
			day++
			bytes += o.Size
		}
	}
	if day >= mostOfDay || bytes > mostDay {
		return r, false, address.Coded(http.StatusTooManyRequests, "too_many", words.Get("upload_many", mostOfDay, mostDay>>30))
	}
	if r.Path, err = n.place(folder, r.Name, tmp); err != nil {
		return r, false, err
	}
	for _, dir := range []string{filepath.Join(n.Dir, folder), n.Dir} {
		settle(dir)
	}
	list = append(list, r)
	text, err := json.Marshal(list[max(0, len(list)-mostKept):])
	if err != nil {
		return r, false, err
	}
	return r, false, filed.Replace(n.Receipts, text)
}

// place moves a file to a name that nothing has: what is sent under the name of another corrects that.
func (n *Inlet) place(folder, name, tmp string) (string, error) {
	ext := filepath.Ext(name)
	for i := range mostCopies {
		own := name
		if i > 0 {
			own = fmt.Sprintf("%s（修订%d）%s", filename.SamePart(name), filename.Parse(name).Revision+i, ext)
		}
		to := filepath.Join(n.Dir, folder, own)
		err := os.Link(tmp, to) // fails where the name is taken
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil { // a share without such links
			if _, taken := os.Lstat(to); !errors.Is(taken, fs.ErrNotExist) {
				continue
			}
			err = os.Rename(tmp, to)
		}
		return path.Join(folder, own), errors.Join(err, os.Chmod(to, 0o640))
	}
	return "", address.Coded(http.StatusConflict, "name_taken", words.Get("upload_taken"))
}

// settle has the names in a folder written to the disk, so that what is receipted is there after a power cut. Not every share can.
func settle(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

func (n *Inlet) read() ([]Receipt, error) {
	text, err := os.ReadFile(n.Receipts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Receipt
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&list); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", n.Receipts, err)
	}
	return list, nil
}

// Find is a receipt of an account, with what became of the file; false: there is none.
func (n *Inlet) Find(id string, who *access.Viewer) (r Receipt, a pipeline.Arrival, ok bool, err error) {
	n.mu.Lock()
	list, err := n.read()
	n.mu.Unlock()
	i := slices.IndexFunc(list, func(o Receipt) bool { return o.ID == id && o.Account == who.Name })
	if err != nil || i < 0 {
		return r, a, false, err
	}
	return list[i], n.arrival(list[i], n.Arrivals()), true, nil
}

// Came is a receipt, with what became of the file.
type Came struct {
	Receipt
	Arrival pipeline.Arrival
}

// Of are the latest receipts of an account, the newest first, with what became of the files.
func (n *Inlet) Of(who *access.Viewer, most int) (out []Came, err error) {
	n.mu.Lock()
	list, err := n.read()
	n.mu.Unlock()
	if err != nil {
		return nil, err
	}
	came := n.Arrivals()
	for _, r := range slices.Backward(list) {
		if r.Account == who.Name && len(out) < most {
			out = append(out, Came{r, n.arrival(r, came)})
		}
	}
	return out, nil
}

// SentBy is the account that sent the file at a path of the inbox, the latest where several sent it; empty: none did. A file of an
// archive came with it.
func (n *Inlet) SentBy(file string) (string, error) {
	n.mu.Lock()
	list, err := n.read()
	n.mu.Unlock()
	file = strings.ReplaceAll(file, " › ", "/") // as a file of an archive without a folder is called
	for _, r := range slices.Backward(list) {
		if rest, ok := strings.CutPrefix(file, strings.ReplaceAll(r.Path, " › ", "/")); ok && (rest == "" || strings.HasPrefix(rest, "/")) {
			return r.Account, nil
		}
	}
	return "", err
}

// arrival is what became of a file that was taken. One that somebody has moved away since waits for nothing.
func (n *Inlet) arrival(r Receipt, came []pipeline.Arrival) pipeline.Arrival {
	a := pipeline.Arrival{State: pipeline.ArrivalWaiting}
	for _, x := range came {
		if x.Path == r.Path && x.State != pipeline.ArrivalPassed || x.Path == r.Path && a.Path == "" {
			a = x
		}
	}
	if a.Path == "" {
		if _, err := os.Lstat(filepath.Join(n.Dir, filepath.FromSlash(r.Path))); errors.Is(err, fs.ErrNotExist) {
			a.State, a.Reason = pipeline.ArrivalPassed, words.Get("upload_moved")
		}
	}
	return a
}

// Named is the name under which a file is sent: of one that does not say who sends it, with that before it.
func Named(name, sender string) string {
	if sender == "" || filename.Parse(name).Sender != "" {
		return name
	}
	return sender + "_" + name
}

// May says whether an account may send a file of a name for a sender, and for whom it would be.
func (n *Inlet) May(who *access.Viewer, name, sender string) (string, error) {
	as := Named(name, sender)
	folder, err := n.check(Sent{Who: who, Name: as})
	if said := filename.Parse(as).Sender; said != "" {
		return said, err
	}
	return folder, err
}
