// Package audit keeps who has done what: lines of JSON in a file a day, each of which names the hash of the line before. A
// line that was taken out or changed breaks the chain, and a head that was printed or sent away tells whether the end was cut.
// A server and the commands beside it append to the same files, one at a time. It knows nothing of pages.
package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/mask"
)

// Bounds: what strangers do fills neither memory nor disk.
const (
	mostWaiting = 4096      // entries that wait to be written; beyond them views are counted, not kept
	mostOfDay   = 512 << 20 // bytes of a day; beyond them only what is of security is kept
	longestText = 1000      // characters of one text
	longestLine = 64 << 10
	leastDays   = 180 // for which entries are kept at least
)

// Deeds are all that entries say was done, in the order in which they are offered to who searches; another is none.
var Deeds = []string{
	"signin", "signout", "link", "password", "factor", "factor_drop", "key", "key_drop", "sessions",
	"user_add", "user_grant", "user_link", "user_withdraw", "user_disable", "user_enable", "user_remove", "user_factor", "lift", "lower",
	"token_make", "token_revoke", "token", "agent", "sql", "unmask", "clock", "look", "submit", "answer", "template", "return",
	"load", "mapping", "review", "accept", "rollback", "job", "alert", "declare", "reload", "request",
	"view", "drill", "file", "figures", "audit", "command", "start", "lost",
}

// Entry is something that somebody did.
type Entry struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Role   string    `json:"role,omitempty"`
	From   string    `json:"from,omitempty"`
	Did    string    `json:"did"`
	What   string    `json:"what,omitempty"`
	Rows   uint64    `json:"rows,omitempty"`
	Result string    `json:"result,omitempty"`
	Before string    `json:"before"` // hash of the line before; of the first line ever, empty
}

// Trail is where entries are written.
type Trail struct {
	dir  string
	days int
	log  *slog.Logger
	now  func() time.Time

	queue  chan waiting
	closed chan struct{}

	copying  sync.WaitGroup
	refusals refusals

	mu   sync.Mutex
	lost uint64 // views that there was no room for
	shut bool

	file *os.File // of the day that was written last
	day  string
	size int64
	head Head
}

// waiting is an entry on its way; done is told when it is on disk, where somebody waits.
type waiting struct {
	Entry
	done chan error
}

// Head is the end of the chain.
type Head struct {
	Seq  uint64
	Hash string
}

// String is the head as it is printed: seq and hash.
func (h Head) String() string { return fmt.Sprintf("%d %s", h.Seq, h.Hash) }

// Open opens the trail of a zone's directory; entries are kept for so many days, 180 at least.
func Open(dir string, days int, log *slog.Logger) (*Trail, error) {
	t := &Trail{dir: filepath.Join(dir, "audit"), days: max(days, leastDays), log: log, now: time.Now, queue: make(chan waiting, mostWaiting), closed: make(chan struct{})}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return nil, err
	}
	go t.write()
	return t, nil
}

// Add writes an entry down soon. Where too much waits it is counted as lost, and the count is written down.
func (t *Trail) Add(e Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shut {
		return
	}
	select {
	case t.queue <- waiting{Entry: t.clean(e)}:
	default:
		t.lost++
	}
}

var errShut = errors.New("the audit trail is closed")

// Sure writes an entry down and returns when it is on disk.
func (t *Trail) Sure(e Entry) error {
	done := make(chan error, 1)
	t.mu.Lock()
	if t.shut {
		t.mu.Unlock()
		return errShut
	}
	t.mu.Unlock()
	select {
	case t.queue <- waiting{t.clean(e), done}:
	case <-t.closed:
		return errShut
	}
	select {
	case err := <-done:
		return err
	case <-t.closed:
		return errShut
	}
}

// Close writes what waits and ends.
func (t *Trail) Close() {
	t.sum()
	t.mu.Lock()
	if t.shut {
		t.mu.Unlock()
		return
	}
	t.shut = true
	t.mu.Unlock()
	t.queue <- waiting{done: nil, Entry: Entry{Did: stop}}
	<-t.closed
	t.copying.Wait()
}

// stop is the mark that ends the writing.
const stop = "\x00stop"

// clean makes an entry fit: no line of a stranger is longer than it may be, or holds what ends a line.
func (t *Trail) clean(e Entry) Entry {
	e.At = t.now().UTC()
	for _, s := range []*string{&e.What, &e.Result} { // whoever writes it, numbers of persons are kept nowhere
		*s, _ = mask.Mask{}.Text(*s)
	}
	for _, s := range []*string{&e.Who, &e.Role, &e.From, &e.Did, &e.What, &e.Result} {
		*s = strings.ToValidUTF8(strings.Join(strings.FieldsFunc(*s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " "), "?")
		if r := []rune(*s); len(r) > longestText {
			*s = string(r[:longestText]) + "…"
		}
	}
	return e
}

// write takes what waits, a batch at a time, and puts it on disk with one sync.
func (t *Trail) write() {
	defer close(t.closed)
	for first := range t.queue {
		batch, ended := []waiting{}, false
		for w, more := first, true; more; {
			if w.Did == stop {
				ended = true
				break
			}
			batch = append(batch, w)
			if len(batch) >= 512 {
				break // before another is taken, which would be dropped
			}
			select {
			case w = <-t.queue:
			default:
				more = false
			}
		}
		t.mu.Lock()
		lost := t.lost
		t.lost = 0
		t.mu.Unlock()
		if lost > 0 {
			batch = append(batch, waiting{Entry: t.clean(Entry{Who: "server", Did: "lost", Rows: lost, Result: "too many at once"})})
		}
		err := t.append(batch)
		if err != nil {
			t.log.Error("the audit trail could not be written", "error", err, "entries", len(batch))
		}
		for _, w := range batch {
			if w.done != nil {
				w.done <- err
			}
		}
		if ended {
			if t.file != nil {
				t.file.Close()
			}
			return
		}
	}
}

// append writes a batch behind the last line that anybody wrote.
func (t *Trail) append(batch []waiting) error {
	if len(batch) == 0 {
		return nil
	}
	unlock, err := filed.Lock(filepath.Join(t.dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if err := t.resume(); err != nil {
		return err
	}
	var out bytes.Buffer
	head, size := t.head, t.size
	for _, w := range batch {
		if w.done == nil && size > mostOfDay {
			continue
		}
		e := w.Entry
		e.Seq, e.Before = head.Seq+1, head.Hash
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out.Write(line)
		out.WriteByte('\n')
		head = Head{e.Seq, hashOf(line)}
		size += int64(len(line)) + 1
	}
	if _, err := t.file.Write(out.Bytes()); err != nil {
		// a part of a line must not stand before the next: what was written of it goes
		return errors.Join(err, t.file.Truncate(t.size))
	}
	if err := t.file.Sync(); err != nil {
		return err
	}
	t.head, t.size = head, size
	return nil
}

// resume finds the last line that anybody wrote, and opens the file of today behind it.
func (t *Trail) resume() error {
	today := t.now().UTC().Format(time.DateOnly)
	days, err := t.list()
	if err != nil {
		return err
	}
	if len(days) > 0 && days[len(days)-1] > today {
		today = days[len(days)-1] // a clock went back, or another's is ahead: the chain goes on where it is
	}
	name := filepath.Join(t.dir, today+suffix)
	if t.file != nil && t.day == today {
		if info, err := os.Stat(name); err == nil && info.Size() == t.size {
			return nil
		}
	}
	if t.file != nil {
		t.file.Close()
		t.file = nil
	}
	t.head = Head{}
	for i := len(days) - 1; i >= 0 && t.head.Hash == ""; i-- {
		if t.head, err = last(filepath.Join(t.dir, days[i]+suffix)); err != nil {
			return err
		}
	}
	if t.day != today {
		t.prune(days, today)
	}
	if t.file, err = os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600); err != nil {
		return err
	}
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	t.day, t.size = today, info.Size()
	return nil
}

// prune takes the days away that are older than they are kept.
func (t *Trail) prune(days []string, today string) {
	at, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return
	}
	oldest := at.AddDate(0, 0, -t.days).Format(time.DateOnly)
	for _, d := range days {
		if d < oldest {
			if err := os.Remove(filepath.Join(t.dir, d+suffix)); err != nil {
				t.log.Warn("an old day of the audit trail could not be taken away", "day", d, "error", err)
			}
		}
	}
}

const suffix = ".jsonl"

// list are the days there are, the earliest first.
func (t *Trail) list() ([]string, error) { return daysOf(t.dir) }

func daysOf(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var days []string
	for _, e := range entries {
		if day, ok := strings.CutSuffix(e.Name(), suffix); ok {
			if _, err := time.Parse(time.DateOnly, day); err == nil {
				days = append(days, day)
			}
		}
	}
	slices.Sort(days)
	return days, err
}

// last is the head that the last line of a file makes; a line that a power cut left half is cut off.
func last(name string) (Head, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return Head{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return Head{}, err
	}
	from := max(0, info.Size()-2*longestLine)
	tail := make([]byte, info.Size()-from)
	if _, err := io.ReadFull(io.NewSectionReader(f, from, info.Size()-from), tail); err != nil {
		return Head{}, err
	}
	end := bytes.LastIndexByte(tail, '\n')
	if end+1 < len(tail) {
		if err := f.Truncate(from + int64(end) + 1); err != nil {
			return Head{}, err
		}
	}
	if end < 0 {
		return Head{}, nil
	}
	line := tail[bytes.LastIndexByte(tail[:end], '\n')+1 : end]
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return Head{}, fmt.Errorf("%s: the last line is no entry: %w", name, err)
	}
	return Head{e.Seq, hashOf(line)}, nil
}

func hashOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// each calls f with every line of the first so many bytes of a file in its order; false ends it.
func each(name string, size int64, f func(n int, line []byte) bool) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, size))
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	for n := 1; lines.Scan(); n++ {
		if !f(n, lines.Bytes()) {
			return nil
		}
	}
	return lines.Err()
}
