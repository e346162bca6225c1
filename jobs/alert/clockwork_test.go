package alert_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// A day in a few seconds: the clock of the office runs so much faster.
const faster = 30_000

// world is what the parent says of the office to the process that watches it.
type world struct {
	Began time.Time // by the clock of the machine
	Epoch time.Time // by the clock of the office
	Open  map[string]int
}

func (w world) now() time.Time {
	return w.Epoch.Add(time.Since(w.Began) * faster)
}

func channels(url, more string) []*channel.Channel {
	os.Setenv("YANZHEN_TEST_HOOK", "whsec")
	fsys := fstest.MapFS{}
	for _, name := range []string{"one", "two"} {
		fsys["channels/"+name+".yaml"] = &fstest.MapFile{Data: []byte("name: " + name + "\ntitle: {zh: 群, en: Group}\nkind: webhook\nsecret: {env: YANZHEN_TEST_HOOK}\naddress: " + url + "/" + name + "\n" + more)}
	}
	list, err := channel.Read(fsys, alert.KindNames())
	if err != nil {
		panic(err)
	}
	return list
}

// TestMain is the process that the clockwork kills, where it is asked to be.
func TestMain(m *testing.M) {
	if dir := os.Getenv("YANZHEN_TEST_WATCHED"); dir != "" {
		watched(dir)
	}
	os.Exit(m.Run())
}

func watched(dir string) {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	var w world
	read := func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "world.json"))
		return err == nil && json.Unmarshal(text, &w) == nil
	}
	for !read() {
		time.Sleep(time.Millisecond)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	now := func() time.Time { return w.now() }
	post := &outbox.Post{Dir: dir, Channels: channels(os.Getenv("YANZHEN_TEST_URL"), "keep: 100h\n"), Now: now, Log: log}
	must(post.Open())
	watch := &alert.Watch{Book: alert.Book{Dir: dir}, Post: post, Now: now, Log: log, Sources: []alert.Source{{Kinds: []string{"late"}, Look: func(context.Context, time.Time) (out []alert.Found, err error) {
		read()
		for key, level := range w.Open {
			out = append(out, alert.Found{Key: key, Kind: "late", Level: level, Since: w.Epoch, What: codes.Text{Zh: fmt.Sprintf("<%s %d>", key, level)}})
		}
		return out, nil
	}}}}
	for {
		must(watch.Look(context.Background()))
		for _, b := range post.Boxes {
			b.Drain(context.Background())
		}
		time.Sleep(time.Millisecond)
	}
}

// Forty senders, a day, channels that are down for hours and answer nothing at times, and a process that is killed again and
// again: everything that happened is told by both channels, once; what worsened once more; what is over once.
func TestClockwork(t *testing.T) {
	type seen struct {
		id   string
		text string
	}
	var mu sync.Mutex
	got := map[string][]seen{}
	down := map[string]bool{}
	again := 0
	rng := rand.New(rand.NewPCG(20261129, 12))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		var m channel.Message
		if down[r.URL.Path] || err != nil || json.Unmarshal(body, &m) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		list := got[r.URL.Path]
		if !slices.ContainsFunc(list, func(s seen) bool { return s.id == m.ID }) {
			got[r.URL.Path] = append(list, seen{m.ID, m.Text + m.Subject})
		} else {
			again++
		}
		if rng.IntN(8) == 0 {
			panic(http.ErrAbortHandler) // it was taken, and the sender does not hear of it
		}
	}))
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	dir := t.TempDir()
	w := world{Began: time.Now(), Epoch: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), Open: map[string]int{}}
	write := func() {
		text, _ := json.Marshal(w)
		next := filepath.Join(dir, "world.next")
		if err := os.WriteFile(next, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(dir, "world.json")); err != nil {
			t.Fatal(err)
		}
	}
	write()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *exec.Cmd {
		c := exec.Command(self)
		c.Env = append(os.Environ(), "YANZHEN_TEST_WATCHED="+dir, "YANZHEN_TEST_URL="+server.URL)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	child := begin()
	defer func() { child.Process.Kill(); child.Wait() }()
	want := map[string]int{} // text -> how often each channel tells it
	kills := 0
	for step := range 24 {
		mu.Lock()
		down["/one"], down["/two"] = step > 6 && step < 10, step > 8 && step < 12
		mu.Unlock()
		if step < 18 {
			for range 3 {
				key := fmt.Sprintf("late/%d/%d", rng.IntN(40), step)
				if w.Open[key] == 0 {
					w.Open[key] = 1
					want[fmt.Sprintf("<%s 1>", key)]++
				}
			}
		}
		for _, key := range sorted(w.Open) {
			switch {
			case strings.HasSuffix(key, fmt.Sprintf("/%d", step-3)) && step%2 == 0:
				w.Open[key] = 2
				want[fmt.Sprintf("<%s 2>", key)]++
			case strings.HasSuffix(key, fmt.Sprintf("/%d", step-6)):
				want[fmt.Sprintf("<%s %d>", key, w.Open[key])]++ // it is over
				delete(w.Open, key)
			}
		}
		write()
		time.Sleep(time.Duration(60+rng.IntN(60)) * time.Millisecond)
		if step%2 == 1 {
			child.Process.Kill()
			child.Wait()
			child = begin()
			kills++
		}
	}
	count := func(path string) map[string]int {
		mu.Lock()
		defer mu.Unlock()
		out := map[string]int{}
		for _, s := range got[path] {
			for text := range want {
				out[text] += strings.Count(s.text, text)
			}
		}
		return out
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		missing := 0
		for _, path := range []string{"/one", "/two"} {
			have := count(path)
			for text, n := range want {
				if have[text] < n {
					missing++
				}
			}
		}
		if missing == 0 || time.Now().After(until) {
			break
		}
	}
	time.Sleep(50 * time.Millisecond) // whatever would be told twice
	messages := 0
	for _, path := range []string{"/one", "/two"} {
		messages += len(got[path])
		have := count(path)
		for text, n := range want {
			if have[text] != n {
				t.Errorf("%s: %s was told %d times, want %d", path, text, have[text], n)
			}
		}
	}
	if len(want) < 40 || kills < 10 || again == 0 {
		t.Errorf("too little to mean anything: %d, %d kills, %d again", len(want), kills, again)
	}
	t.Logf("%d things to tell by two channels in %d messages, %d of them sent again under their id, %d kills", len(want), messages, again, kills)
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
