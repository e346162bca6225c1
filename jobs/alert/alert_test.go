package alert_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// desk is a watch whose sources and clock the test sets, and what two channels were told.
type desk struct {
	*testing.T
	watch *alert.Watch
	now   time.Time
	found []alert.Found
	away  error
	got   map[string][]channel.Message
	reply int
	post  *outbox.Post
}

func newDesk(t *testing.T, more string) *desk {
	d := &desk{T: t, now: time.Date(2026, 8, 3, 10, 0, 0, 0, time.UTC), got: map[string][]channel.Message{}, reply: 200}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m channel.Message
		if d.reply == 200 && json.Unmarshal(body, &m) == nil {
			d.got[r.URL.Path] = append(d.got[r.URL.Path], m)
		}
		w.WriteHeader(d.reply)
	}))
	t.Cleanup(server.Close)
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	now := func() time.Time { return d.now }
	d.post = &outbox.Post{Dir: dir, Channels: channels(server.URL, more), Now: now, Log: log}
	if err := d.post.Open(); err != nil {
		t.Fatal(err)
	}
	d.watch = &alert.Watch{Book: alert.Book{Dir: dir}, Post: d.post, Now: now, Log: log, Base: "https://talent.example.gov.cn", Sources: []alert.Source{
		{Kinds: []string{"late", "damaged"}, Look: func(context.Context, time.Time) ([]alert.Found, error) { return d.found, d.away }},
	}}
	return d
}

// after lets time pass, and returns what the first channel was told then.
func (d *desk) after(pass time.Duration) (told []channel.Message) {
	d.Helper()
	n := len(d.got["/one"])
	for end := d.now.Add(pass); d.now.Before(end); {
		d.now = d.now.Add(min(time.Minute, pass))
		if err := d.watch.Look(d.Context()); err != nil {
			d.Fatal(err)
		}
		for _, b := range d.post.Boxes {
			b.Drain(d.Context())
		}
	}
	return d.got["/one"][n:]
}

func late(level int) alert.Found {
	return alert.Found{Key: "late/a/b", Kind: "late", Level: level, What: codes.Text{Zh: "区人社局 的《引进与流出》没有报", En: "arrivals are late"}}
}

// A message says what it is, what to do and where, and who is in it by number only as a mark.
func TestMessage(t *testing.T) {
	d := newDesk(t, "")
	d.found = []alert.Found{late(1)}
	m := d.after(time.Minute)
	if len(m) != 1 || m[0].Subject != "雁阵告警：【迟报】区人社局 的《引进与流出》没有报" || !strings.Contains(m[0].Text, "→ 打开报送任务页") || m[0].Link != "https://talent.example.gov.cn/data/duties" || m[0].Kind != "alert" {
		t.Fatalf("%+v", m)
	}
	if m := d.after(time.Hour); len(m) != 0 {
		t.Errorf("it is told again: %+v", m)
	}
	d.found = nil
	if m = d.after(5 * time.Minute); len(m) != 1 || m[0].Kind != "recovery" || !strings.Contains(m[0].Text, "没有报") {
		t.Errorf("recovery: %+v", m)
	}
	for range 14 {
		f := late(1)
		f.Key += string(rune('a' + len(d.found)))
		f.What.Zh = "张三 11010519491231002X 电话 13800138000 zhang@example.cn"
		d.found = append(d.found, f)
	}
	if m = d.after(3 * time.Minute); len(m) != 1 || m[0].Subject != "雁阵告警：14 项需要处理" || !strings.Contains(m[0].Text, "另有 4 项") || strings.Contains(m[0].Text, "11010519491231002X") || strings.Contains(m[0].Text, "13800138000") || strings.Contains(m[0].Text, "zhang@") {
		t.Errorf("%+v", m)
	}
}

// Repeated only where it worsens and nobody deals with it; a source that cannot be asked ends nothing.
func TestOnce(t *testing.T) {
	d := newDesk(t, "")
	d.found = []alert.Found{late(1)}
	d.after(time.Minute)
	d.found = []alert.Found{late(2)}
	if m := d.after(time.Hour); len(m) != 1 {
		t.Errorf("worse: %+v", m)
	}
	d.found, d.away = nil, errors.New("the database is away")
	if m := d.after(time.Hour); len(m) != 0 {
		t.Errorf("nobody knows: %+v", m)
	}
	d.found, d.away = []alert.Found{late(2)}, nil
	d.after(time.Minute)
	if err := d.watch.Book.Acknowledge("late/a/b", "li", "打过电话", d.now); err != nil {
		t.Fatal(err)
	}
	if err := d.watch.Book.Acknowledge("late/x", "li", "", d.now); !errors.Is(err, alert.ErrNone) {
		t.Errorf("none: %v", err)
	}
	d.found = []alert.Found{late(3)}
	if m := d.after(time.Hour); len(m) != 0 {
		t.Errorf("somebody deals with it: %+v", m)
	}
	d.found = nil
	d.after(time.Minute)
	d.found = []alert.Found{late(3)} // a moment only
	if m := d.after(time.Hour); len(m) != 0 {
		t.Errorf("it flaps: %+v", m)
	}
	if s, err := d.watch.Book.Read(); err != nil || len(s.Out) != 0 || s.List()[0].Ack == nil {
		t.Errorf("%+v %v", s, err)
	}
}

// In the quiet hours only what is urgent is told; the rest afterwards, in one message, unless it is over by then.
func TestQuiet(t *testing.T) {
	d := newDesk(t, "quiet: \"20:00-07:00\"\nurgent: [damaged]\n")
	d.now = time.Date(2026, 8, 3, 21, 0, 0, 0, time.UTC)
	d.found = []alert.Found{late(1), {Key: "damaged/a", Kind: "damaged", Level: 1, What: codes.Text{Zh: "受损"}}}
	if m := d.after(time.Hour); len(m) != 1 || !strings.Contains(m[0].Subject, "受损") {
		t.Errorf("urgent: %+v", m)
	}
	passing := late(1)
	passing.Key += "/passing"
	d.found = append(d.found, passing)
	d.after(time.Hour)
	d.found = []alert.Found{late(1)}
	m := d.after(10 * time.Hour)
	if len(m) != 2 || !strings.Contains(m[0].Text, "受损") || m[0].Kind != "recovery" || !strings.Contains(m[1].Subject, "没有报") || strings.Contains(m[1].Text, "passing") {
		t.Errorf("in the morning: %+v", m)
	}
}

// What comes and goes is told once; what is too old to be looked for ends without a word; of what nobody can say all stays.
func TestEnds(t *testing.T) {
	d := newDesk(t, "")
	d.found = []alert.Found{late(1)}
	d.after(time.Minute)
	told := 0
	for i := range 40 { // a level that is one in one minute, and another in the next
		d.found = []alert.Found{late(1 + i%2)}
		told += len(d.after(time.Minute))
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	d.found = []alert.Found{late(1)}
	d.after(40 * time.Minute)
	d.found = []alert.Found{late(2)}
	if m := d.after(time.Minute); len(m) != 1 {
		t.Errorf("worse after a while: %+v", m)
	}
	old := late(1)
	old.Key, old.Until = "late/a/old", d.now.Add(time.Hour)
	d.found = append(d.found, old)
	d.after(time.Minute)
	d.found = d.found[:1]
	d.now = d.now.Add(2 * time.Hour)
	if m := d.after(10 * time.Minute); len(m) != 0 {
		t.Errorf("it is old, not over: %+v", m)
	}
	if s, err := d.watch.Book.Read(); err != nil || len(s.Open) != 1 || len(s.Past) != 1 {
		t.Errorf("%+v %v", s, err)
	}
	other := late(1)
	other.Key = "late/ab"
	d.found = append(d.found, other)
	d.after(time.Minute)
	d.found, d.away = nil, &alert.Unknown{Keys: []string{"late/a"}, Err: errors.New("it cannot be computed")}
	if m := d.after(10 * time.Minute); len(m) != 1 || m[0].Kind != "recovery" || m[0].Subject != "雁阵：1 项已恢复" {
		t.Errorf("%+v", m)
	}
	d.away = nil
	d.now = d.now.AddDate(1, 0, 0) // by a clock that is wrong for a moment
	d.after(time.Minute)
	d.now = d.now.AddDate(-1, 0, 0)
	if m := d.after(10 * time.Minute); len(m) != 1 {
		t.Errorf("over, by a clock that was set back: %+v", m)
	}
}

// A book that is damaged is put aside and what is open told once more; one that cannot be read just now is left alone. Nothing
// that is told takes the id of something else.
func TestBook(t *testing.T) {
	d := newDesk(t, "")
	d.found = []alert.Found{late(1)}
	d.after(time.Minute)
	file := d.watch.Book.Dir + "/alerts.json"
	older, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("{torn")
	if s, err := d.watch.Book.Read(); err != nil || len(s.Open) != 0 {
		t.Errorf("%+v %v", s, err)
	}
	if m := d.after(time.Minute); len(m) != 1 {
		t.Errorf("begun anew: %+v", m)
	}
	d.found = append(d.found, alert.Found{Key: "damaged/x", Kind: "damaged", Level: 1, What: codes.Text{Zh: "受损"}})
	d.after(time.Minute)
	write(string(older)) // as of a backup, beside an outbox that is newer
	if m := d.after(time.Minute); len(m) != 1 || !strings.Contains(m[0].Subject, "受损") {
		t.Errorf("an older book: %+v", m)
	}
	if err := errors.Join(os.Rename(file, file+".away"), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := d.watch.Look(t.Context()); err == nil {
		t.Error("it cannot be read, and nobody hears of it")
	}
	if err := errors.Join(os.Remove(file), os.Rename(file+".away", file)); err != nil { // it is where it was
		t.Fatal(err)
	}
	if m := d.after(10 * time.Minute); len(m) != 0 {
		t.Errorf("nothing was lost: %+v", m)
	}
}

// A queue that takes nothing keeps no other channel waiting, nor do reminders that take too long.
func TestStuck(t *testing.T) {
	d := newDesk(t, "")
	queue := d.watch.Book.Dir + "/outbox/one/queue"
	if err := errors.Join(os.Rename(queue, queue+".away"), os.WriteFile(queue, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	d.found = []alert.Found{late(1)}
	d.watch.Also = func(ctx context.Context, _ time.Time, book alert.Book) error {
		d.post.Box("two").Drain(d.Context())
		if len(d.got["/two"]) != 1 {
			t.Errorf("it waits for reminders: %+v", d.got)
		}
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("reminders may take for ever")
		}
		large := channel.Message{ID: "large", Files: []channel.File{{Data: make([]byte, 25_200_000)}}}
		return book.Change(func(s *alert.State) error {
			s.Out = append(s.Out, alert.Outgoing{Channel: "two", Message: large}, alert.Outgoing{Channel: "two", Message: channel.Message{ID: "small"}})
			return nil
		})
	}
	if err := d.watch.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "one") {
		t.Errorf("%v", err)
	}
	if s := d.post.Box("two").Status(); s.Aside != 1 || s.Sent != 1 || s.Waiting != 1 {
		t.Errorf("%+v", s)
	}
	if err := errors.Join(os.Remove(queue), os.Rename(queue+".away", queue)); err != nil {
		t.Fatal(err)
	}
	d.watch.Also = nil
	if m := d.after(time.Minute); len(m) != 1 || len(d.got["/two"]) != 2 {
		t.Errorf("%+v", d.got)
	}
}

// Every kind of alert has its row in the operator's manual.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range alert.Kinds {
		if !strings.Contains(string(text), "| `"+k.Name+"` | "+k.Text.Zh+" |") {
			t.Errorf("docs/operations.md has no row for %s", k.Name)
		}
		if k.Do.Zh == "" || k.Do.En == "" || k.Page == "" {
			t.Errorf("%s says not what to do", k.Name)
		}
	}
}
