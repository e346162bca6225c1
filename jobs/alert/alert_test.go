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
		f.What.Zh = "张三 11010519491231002X 电话 13800138000"
		d.found = append(d.found, f)
	}
	if m = d.after(3 * time.Minute); len(m) != 1 || m[0].Subject != "雁阵告警：14 项需要处理" || !strings.Contains(m[0].Text, "另有 4 项") || strings.Contains(m[0].Text, "11010519491231002X") || strings.Contains(m[0].Text, "13800138000") {
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
