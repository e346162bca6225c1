package alert_test

import (
	"context"
	"encoding/json"
	"errors"
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

// world is what the parent says of the office to the process that watches it.
type world struct {
	Tick int       // how often the parent has said something
	Now  time.Time // by the clock of the office
	Open map[string]int
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

// watched looks and sends whenever the parent has said something new, and says when it has. It ends with its parent, whose end of
// the pipe is closed then, and in any case after a minute.
func watched(dir string) {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	go func() {
		time.AfterFunc(time.Minute, func() { os.Exit(3) })
		io.Copy(io.Discard, os.Stdin)
		os.Exit(2)
	}()
	var w world
	read := func() bool {
		var next world // what is gone from it is not to stay
		text, err := os.ReadFile(filepath.Join(dir, "world.json"))
		if err != nil || json.Unmarshal(text, &next) != nil {
			return false
		}
		w = next
		return true
	}
	for !read() {
		time.Sleep(time.Millisecond)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	now := func() time.Time { return w.Now }
	post := &outbox.Post{Dir: dir, Channels: channels(os.Getenv("YANZHEN_TEST_URL"), "keep: 100h\n"), Now: now, Log: log}
	must(post.Open())
	watch := &alert.Watch{Book: alert.Book{Dir: dir}, Post: post, Now: now, Log: log, Sources: []alert.Source{{Kinds: []string{"late"}, Look: func(context.Context, time.Time) (out []alert.Found, err error) {
		for key, level := range w.Open {
			out = append(out, alert.Found{Key: key, Kind: "late", Level: level, Since: w.Now, What: codes.Text{Zh: fmt.Sprintf("<%s %d>", key, level)}})
		}
		return out, nil
	}}}}
	for seen := -1; ; {
		if read(); w.Tick == seen {
			time.Sleep(time.Millisecond)
			continue
		}
		must(watch.Look(context.Background()))
		for _, b := range post.Boxes {
			b.Drain(context.Background())
		}
		seen = w.Tick
		must(os.WriteFile(filepath.Join(dir, "seen"), []byte(fmt.Sprint(seen)), 0o600))
	}
}

// seen is a message that a channel was told.
type seen struct{ id, text string }

// town is the office, its two channels, and the process that watches it.
type town struct {
	*testing.T
	world
	dir, url string
	child    *exec.Cmd
	pipe     io.Closer
	rng      *rand.Rand

	mu       sync.Mutex
	got      map[string][]seen
	down     map[string]bool
	again    int // messages that came once more, under their id
	unmarked int // of these, that did not say so
}

// take is what the server of the channels does: at times it is away, at times it takes a message and nobody hears of it.
func (o *town) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	var m channel.Message
	if o.down[r.URL.Path] || err != nil || json.Unmarshal(body, &m) != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	list := o.got[r.URL.Path]
	if !slices.ContainsFunc(list, func(s seen) bool { return s.id == m.ID }) {
		o.got[r.URL.Path] = append(list, seen{m.ID, m.Text + m.Subject})
	} else if o.again++; r.Header.Get("Yanzhen-Again") == "" {
		o.unmarked++
	}
	if o.rng.IntN(8) == 0 {
		panic(http.ErrAbortHandler)
	}
}

func (o *town) begin() {
	o.Helper()
	self, err := os.Executable()
	if err != nil {
		o.Fatal(err)
	}
	o.child = exec.Command(self)
	o.child.Env = append(os.Environ(), "YANZHEN_TEST_WATCHED="+o.dir, "YANZHEN_TEST_URL="+o.url)
	o.child.Stderr = os.Stderr
	if o.pipe, err = o.child.StdinPipe(); err != nil {
		o.Fatal(err)
	}
	if err := o.child.Start(); err != nil {
		o.Fatal(err)
	}
}

func (o *town) kill() {
	o.child.Process.Kill()
	o.child.Wait()
	o.pipe.Close()
}

// tick tells the process that time has passed.
func (o *town) tick(pass time.Duration) {
	o.Helper()
	o.Tick++
	o.Now = o.Now.Add(pass)
	text, err := json.Marshal(o.world)
	next := filepath.Join(o.dir, "world.next")
	if err = errors.Join(err, os.WriteFile(next, text, 0o600)); err != nil {
		o.Fatal(err)
	}
	if err := os.Rename(next, filepath.Join(o.dir, "world.json")); err != nil {
		o.Fatal(err)
	}
}

// await waits until the process has done what the last tick was for.
func (o *town) await() {
	o.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(o.dir, "seen"))
		if err == nil && string(text) == fmt.Sprint(o.Tick) {
			return
		}
		if time.Now().After(until) {
			o.Fatalf("the process has not seen tick %d: %s", o.Tick, text)
		}
	}
}

// count says how often a channel was told of each.
func (o *town) count(path string, want map[string]int) map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := map[string]int{}
	for _, s := range o.got[path] {
		for text := range want {
			out[text] += strings.Count(s.text, text)
		}
	}
	return out
}

var paths = []string{"/one", "/two"}

// Forty senders, a day, channels that are down for hours and answer nothing at times, and a process that is killed again and
// again: everything that happened is told by both channels, once; what worsened once more; what is over once. What comes twice,
// because nobody heard that it was taken, has its id and says so.
func TestClockwork(t *testing.T) {
	o := &town{T: t, dir: t.TempDir(), got: map[string][]seen{}, down: map[string]bool{}, rng: rand.New(rand.NewPCG(20261129, 12))}
	o.world = world{Now: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), Open: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(o.take))
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	o.url = server.URL
	o.tick(0)
	o.begin()
	defer func() { o.kill() }()
	rng := rand.New(rand.NewPCG(12, 20261129))
	want := map[string]int{} // text -> how often each channel tells it
	kills := 0
	for step := range 24 {
		o.mu.Lock()
		o.down["/one"], o.down["/two"] = step > 6 && step < 10, step > 8 && step < 12
		o.mu.Unlock()
		if step < 18 {
			for range 3 {
				key := fmt.Sprintf("late/%d/%d", rng.IntN(40), step)
				if o.Open[key] == 0 {
					o.Open[key] = 1
					want[fmt.Sprintf("<%s 1>", key)]++
				}
			}
		}
		for _, key := range sorted(o.Open) {
			switch {
			case strings.HasSuffix(key, fmt.Sprintf("/%d", step-3)) && step%2 == 0:
				o.Open[key] = 2
				want[fmt.Sprintf("<%s 2>", key)]++
			case strings.HasSuffix(key, fmt.Sprintf("/%d", step-6)):
				want[fmt.Sprintf("<%s %d>", key, o.Open[key])]++ // it is over
				delete(o.Open, key)
			}
		}
		for range 3 {
			o.tick(20 * time.Minute)
			if step%2 == 1 && kills <= step/2 { // somewhere in the middle of what it does
				time.Sleep(time.Duration(rng.IntN(15)) * time.Millisecond)
				o.kill()
				o.begin()
				kills++
			}
			o.await()
		}
	}
	missing := func() (n int) {
		for _, path := range paths {
			have := o.count(path, want)
			for text, times := range want {
				n += max(0, times-have[text])
			}
		}
		return n
	}
	for i := 0; missing() > 0 && i < 60; i++ {
		o.tick(20 * time.Minute)
		o.await()
	}
	o.tick(20 * time.Minute) // whatever would be told twice
	o.await()
	messages := 0
	for _, path := range paths {
		have := o.count(path, want)
		messages += len(o.got[path])
		for text, n := range want {
			if have[text] != n {
				t.Errorf("%s: %s was told %d times, want %d", path, text, have[text], n)
			}
		}
	}
	if len(want) < 40 || kills < 10 || o.again == 0 || o.unmarked > 0 {
		t.Errorf("%d things, %d kills, %d again, of these %d that do not say so", len(want), kills, o.again, o.unmarked)
	}
	t.Logf("%d things to tell by two channels in %d messages, %d of them sent again under their id, %d kills", len(want), messages, o.again, kills)
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
