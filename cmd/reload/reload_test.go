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
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.watch(ctx, 5*time.Millisecond, 20*time.Millisecond); close(done) }()
	defer func() { stop(); <-done }()
	time.Sleep(20 * time.Millisecond)
	for _, text := range []string{"code,zh,en\nbad,坏,Bad\n", "code,zh,en\nfine,好,Fine\n"} {
		write("# half\n")
		write(text)
		select {
		case got := <-taken:
			if got != text {
				t.Errorf("got %q, want %q", got, text)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nobody noticed")
		}
	}
	write("code,zh,en\nfine,好,Fine\n# a note\n")
	time.Sleep(100 * time.Millisecond)
	stop()
	<-done
	mu.Lock()
	defer mu.Unlock()
	if len(taken) > 0 || strings.Count(log.String(), "a fault") != 1 || strings.Count(log.String(), "are taken up") != 1 || !strings.Contains(log.String(), "fine") {
		t.Errorf("%d more\n%s", len(taken), log.String())
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
