package reload

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/configs"
)

// A folder is looked at: what changes is taken up once it is still, a fault is logged once and nothing is taken up, and
// what differs in no declaration is left alone.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "codes"), 0o700), os.WriteFile(filepath.Join(dir, "codes", "moods.csv"), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("code,zh,en\ngood,好,Good\n")
	var log bytes.Buffer
	var mu sync.Mutex
	taken := make(chan string, 10)
	s := &Server{
		Dir: dir, Read: func() (fs.FS, error) { return configs.Over(dir) }, Clean: strings.TrimSpace,
		Log: slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, nil)),
		Apply: func(_ context.Context, fsys fs.FS) error {
			text, err := fs.ReadFile(fsys, "codes/moods.csv")
			if err == nil && strings.Contains(string(text), "bad") {
				err = errors.New("a fault")
			}
			taken <- string(text)
			return err
		},
	}
	now, err := s.Read()
	if err == nil {
		err = s.Runs(now)
	}
	if err != nil {
		t.Fatal(err)
	}
	looks, on := make(chan bool), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	s.looked = func(dealt bool) {
		select {
		case looks <- dealt:
		case <-ctx.Done():
			return
		}
		select {
		case <-on:
		case <-ctx.Done():
		}
	}
	begun := false
	until := func(want bool) { // the watcher has dealt with what it saw, or has not; it looks again when it is asked next
		t.Helper()
		for {
			if begun {
				on <- struct{}{}
			}
			begun = true
			select {
			case dealt := <-looks:
				if dealt == want {
					return
				}
			case <-time.After(20 * time.Second):
				t.Fatal("nobody looks")
			}
		}
	}
	done := make(chan struct{})
	go func() { s.watch(ctx, time.Millisecond, 20*time.Millisecond); close(done) }()
	defer func() { stop(); <-done }()
	until(true)
	for _, text := range []string{"code,zh,en\nbad,坏,Bad\n", "code,zh,en\nbad,坏,Bad indeed\n", "code,zh,en\nfine,好,Fine\n", "code,zh,en\nfine,好,Fine\n# a note\n"} {
		write("# half\n")
		until(false)
		write(text)
		until(true)
		if strings.Contains(text, "note") {
			break // it differs in no declaration
		}
		select {
		case got := <-taken:
			if got != text {
				t.Errorf("got %q, want %q", got, text)
			}
		default:
			t.Fatalf("%q was dealt with and not taken up", text)
		}
		if refused := !s.Refuses().IsZero(); refused != strings.Contains(text, "bad") {
			t.Errorf("%q is refused: %v", text, refused)
		}
	}
	stop()
	<-done
	mu.Lock()
	defer mu.Unlock()
	if len(taken) > 0 || strings.Count(log.String(), "a fault") != 1 || strings.Count(log.String(), "are taken up") != 1 || !strings.Contains(log.String(), "fine") {
		t.Errorf("%d more\n%s", len(taken), log.String())
	}
}

// Where the jobs do not start again, the declarations hold that were taken up, that is told apart, and they are tried again
// until they run. Once the server is to stop nothing is taken up any more.
func TestStalled(t *testing.T) {
	dir := t.TempDir()
	put := func(text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "codes"), 0o700), os.WriteFile(filepath.Join(dir, "codes", "moods.csv"), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	away := errors.New("the database is away")
	holds, starts := true, 0
	s := &Server{
		Dir: dir, Read: func() (fs.FS, error) { return configs.Over(dir) }, Clean: strings.TrimSpace, Log: slog.New(slog.DiscardHandler),
		Apply: func(context.Context, fs.FS) error { return &Stalled{Taken: holds, Err: away} },
		Start: func(context.Context) error {
			if starts++; starts < 3 {
				return away
			}
			return nil
		},
	}
	now, err := s.Read()
	if err == nil {
		err = s.Runs(now)
	}
	if err != nil {
		t.Fatal(err)
	}
	put("code,zh,en\ngood,好,Good\n")
	if a := s.reload(t.Context(), "en", take); !a.Taken || a.Fault != "" || a.Stalled != away.Error() {
		t.Errorf("%+v", a)
	}
	if a := s.reload(t.Context(), "en", look); a.Differs != "" {
		t.Errorf("what was taken up differs: %+v", a)
	}
	if s.again.IsZero() {
		t.Error("they are started again at once")
	}
	s.again = time.Now().Add(time.Hour)
	s.revive(t.Context())
	if starts != 0 {
		t.Error("they are started again at once")
	}
	for want := 1; want <= 4; want++ {
		s.again = time.Time{}
		s.revive(t.Context())
		if starts != min(want, 3) || s.stalled != (want < 3) {
			t.Errorf("after %d: %d starts, stalled %v", want, starts, s.stalled)
		}
	}
	holds = false
	put("code,zh,en\ngood,好,Better\n")
	if a := s.reload(t.Context(), "en", take); a.Taken || a.Fault == "" || a.Stalled == "" || !s.stalled {
		t.Errorf("%+v", a)
	}
	s.Close()
	if a := s.reload(t.Context(), "en", take); a.Taken || !strings.Contains(a.Fault, "stopping") {
		t.Errorf("%+v", a)
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}
