// Package reload has a running server take up declarations that were changed, by the command yanzhen reload or because a
// file of its --configs changed. What differs is told field by field before anything happens; declarations with a fault
// are told and change nothing.
package reload

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yanzhen/cmd/compare"
	"yanzhen/cmd/people"
	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// Pack writes a tree of declarations as one file. Nothing in it is made smaller: that would take a tenth of a second of every start.
func Pack(fsys fs.FS) ([]byte, error) {
	files, err := configs.Files(fsys)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range files {
		text, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away by an empty file laid over it
		}
		if err != nil {
			return nil, err
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(text)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Freeze is a tree as it is now, whatever happens to its files.
func Freeze(fsys fs.FS) (fs.FS, error) {
	text, err := Pack(fsys)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(text), int64(len(text)))
}

// Answer is what a server says to yanzhen reload.
type Answer struct {
	Differs string `json:"differs"` // what differs, a line a field; empty where nothing does
	Fault   string `json:"fault"`   // why the declarations were not taken up
	Taken   bool   `json:"taken"`
	Stalled string `json:"stalled"` // why no job runs now, whichever declarations hold
}

// Stalled is what Apply returns where no job runs afterwards: the new declarations hold where Taken, else the former ones.
type Stalled struct {
	Taken bool
	Err   error
}

func (s *Stalled) Error() string { return s.Err.Error() }

// Unwrap is the cause.
func (s *Stalled) Unwrap() error { return s.Err }

// Server is a running server as far as its declarations go.
type Server struct {
	Dir   string                                      // of --configs; empty: there is none
	Read  func() (fs.FS, error)                       // the declarations as they are now
	Clean func(string) string                         // makes a text fit for one line
	Apply func(ctx context.Context, fsys fs.FS) error // takes them up, or says why not and keeps the old ones
	Start func(ctx context.Context) error             // starts the jobs after Apply has told that they do not run
	Log   *slog.Logger

	mu      sync.Mutex // one thing at a time
	running compare.All
	stalled bool      // no job runs
	again   time.Time // when they are tried to be started next
	pause   time.Duration
	closed  bool
	refuses atomic.Int64 // since when what stands in Dir is not taken up, in seconds of Unix; 0: it holds

	telling sync.Mutex // of what is logged
	refused string     // the fault that was logged last
	looked  func(bool) // is told after every look whether what was seen is dealt with; only tests set it
}

// Close waits for a reload that is under way, and lets no other begin.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// Runs says what the server runs with.
func (s *Server) Runs(fsys fs.FS) error {
	all, err := compare.Read(fsys)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = all
	return nil
}

// how is whether what differs is taken up.
type how int

const (
	look how = iota
	take
)

// reload compares what is declared now with what runs, and takes it up where that is asked for. One at a time.
func (s *Server) reload(ctx context.Context, lang codes.Lang, do how) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Answer{Fault: codes.Text{Zh: "服务正在停止", En: "the server is stopping"}.In(lang)}
	}
	if s.Dir == "" {
		return Answer{Fault: codes.Text{Zh: "服务没有用 --configs 启动：只有程序自带的声明，没有可重读的", En: "the server was started without --configs: it has the built-in declarations only, and nothing to read again"}.In(lang)}
	}
	fsys, err := s.Read()
	if err == nil {
		fsys, err = Freeze(fsys)
	}
	var now compare.All
	if err == nil {
		now, err = compare.Read(fsys)
	}
	if err != nil {
		s.refuses.CompareAndSwap(0, time.Now().Unix())
		return Answer{Fault: err.Error()}
	}
	var text bytes.Buffer
	if !compare.Differences(&text, lang, s.Clean, now, s.running) {
		s.refuses.Store(0)
		return Answer{}
	}
	a := Answer{Differs: text.String()}
	if do == look {
		return a
	}
	err = s.Apply(ctx, fsys)
	var stalled *Stalled
	if s.stalled = errors.As(err, &stalled); s.stalled {
		s.again, s.pause = time.Now().Add(leastPause), leastPause
		a.Stalled = stalled.Error()
	}
	if err != nil && (stalled == nil || !stalled.Taken) {
		a.Fault = err.Error()
		s.refuses.CompareAndSwap(0, time.Now().Unix())
		return a
	}
	s.running, a.Taken = now, true
	s.refuses.Store(0)
	return a
}

// Refuses is since when the declarations as they stand are not taken up because something is wrong with them; zero: they hold.
func (s *Server) Refuses() time.Time {
	if at := s.refuses.Load(); at > 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// How long after jobs could not be started they are tried again: twice as long each time.
const (
	leastPause = 2 * time.Second
	mostPause  = time.Minute
)

// revive starts the jobs where the last reload could not, once it is time.
func (s *Server) revive(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stalled || s.closed || time.Now().Before(s.again) {
		return
	}
	if err := s.Start(ctx); err != nil {
		s.pause = min(2*s.pause, mostPause)
		s.again = time.Now().Add(s.pause)
		s.Log.Error("no job runs since declarations were changed", "why", err, "again", s.again)
		return
	}
	s.stalled = false
	s.Log.Info("the jobs run again")
}

// How often files are looked at, and how long they must have been still: whoever changes several does so within it.
const (
	lookEvery = 2 * time.Second
	stillFor  = 5 * time.Second
	mostFiles = 10_000
)

// Watch takes up what changes in the folder until ctx is over. A fault is logged once; the old declarations hold.
func (s *Server) Watch(ctx context.Context) { s.watch(ctx, lookEvery, stillFor) }

func (s *Server) watch(ctx context.Context, every, still time.Duration) {
	if s.Dir == "" {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	seen, since, dealt := s.look(), time.Time{}, true
	for {
		if s.looked != nil {
			s.looked(dealt)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.revive(ctx)
		at := time.Now()
		if now := s.look(); now != seen {
			seen, since, dealt = now, at, false
		}
		if dealt || at.Sub(since) < still {
			continue
		}
		dealt = true
		s.tell(s.reload(ctx, codes.Zh, take))
	}
}

// Now takes up what was just written into the folder, without waiting whether more follows, and waits for that at most so long:
// it reports whether it is done. ctx is the server's: what has begun goes on.
func (s *Server) Now(ctx context.Context, most time.Duration) bool {
	done := make(chan Answer, 1)
	go func() {
		a := s.reload(ctx, codes.Zh, take)
		s.tell(a)
		done <- a
	}()
	select {
	case a := <-done:
		return a.Taken
	case <-time.After(most):
		return false
	}
}

// tell logs what became of changed files.
func (s *Server) tell(a Answer) {
	s.telling.Lock()
	defer s.telling.Unlock()
	for line := range strings.Lines(a.Differs) {
		s.Log.Info("declaration changed", "what", strings.TrimSpace(line))
	}
	if a.Stalled != "" {
		s.Log.Error("no job runs: they could not be started with the declarations that hold now; it is tried again", "why", a.Stalled)
	}
	switch {
	case a.Fault == "" && !a.Taken: // it is as it was before
		s.refused = ""
	case a.Taken:
		s.refused = ""
		s.Log.Info("the changed declarations are taken up")
	case a.Fault != "" && a.Fault != s.refused:
		s.refused = a.Fault
		s.Log.Error("the changed declarations are not taken up; the former ones hold", "why", a.Fault, "remedy", "yanzhen check, then mend the file")
	}
}

// look is what the folder's files look like: names, sizes and times.
func (s *Server) look() string {
	var b strings.Builder
	n := 0
	_ = filepath.WalkDir(s.Dir, func(path string, e fs.DirEntry, err error) error {
		if n++; n > mostFiles {
			return fs.SkipAll
		}
		if err != nil || e.IsDir() {
			return nil // what cannot be read is told when the declarations are
		}
		if info, err := e.Info(); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

const address = "/reload"

// Longest is how long a load at work may go on before new declarations are taken up.
const Longest = 10 * time.Minute

// Handler answers yanzhen reload on the operator's door until ctx is over, and leaves the rest to the pages. Whoever asked
// may go: what has begun goes on.
func (s *Server) Handler(ctx context.Context, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != address || r.Method != http.MethodPost {
			pages.ServeHTTP(w, r)
			return
		}
		do := take
		if r.URL.Query().Get("dry") != "" {
			do = look
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(Longest + time.Minute))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.reload(ctx, codes.Lang(r.URL.Query().Get("lang")), do))
	})
}

// Flags are the arguments of yanzhen reload.
type Flags struct {
	DryRun bool `help:"Only show what differs."`
}

// Help is printed by yanzhen reload --help.
func (*Flags) Help() string {
	return `The server reads its directory of declarations (--configs) again and says, field by field, what differs from what it
runs with; then it takes that up: no new load begins, those at work are waited for (10 minutes at most), tables and views
follow, and pages and jobs go on with the new declarations. Where one has a fault, or a table cannot follow in place, that
is told and everything stays as it was. The server does the same by itself 5 s after a file changed. The configuration
file (yanzhen.yaml) is read at a start only.`
}

// ErrNone: no server runs that could be told.
var ErrNone = errors.New("没有运行中的服务：声明在启动时读 / no server runs: declarations are read when one starts")

// ErrFault: the declarations were not taken up.
var ErrFault = errors.New("声明没有采用，服务照旧运行 / the declarations were not taken up; the server goes on as it was")

// ErrStalled: no job runs.
var ErrStalled = errors.New("但任务没能启动，服务会反复再试，见日志 / but the jobs could not be started; the server goes on trying, see its log")

// Ask asks the server of a directory, and prints what it says.
func (f *Flags) Ask(ctx context.Context, dir string, lang codes.Lang, out io.Writer) error {
	socket, err := os.ReadFile(people.Operated(dir))
	if err != nil {
		return ErrNone
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
	}}}
	ask := func(query string) (a Answer, err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+address+"?lang="+string(lang)+query, nil)
		if err != nil {
			return a, err
		}
		res, err := client.Do(r)
		if err != nil {
			return a, ErrNone
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return a, fmt.Errorf("运行中的服务是另一版本（%s）：请重启它 / another build runs (%s): start it again", res.Status, res.Status)
		}
		return a, json.NewDecoder(io.LimitReader(res.Body, 64<<20)).Decode(&a)
	}
	say := func(zh, en string) { fmt.Fprintln(out, codes.Text{Zh: zh, En: en}.In(lang)) }
	a, err := ask("&dry=1")
	if err != nil {
		return err
	}
	fmt.Fprint(out, a.Differs)
	switch {
	case a.Fault != "":
		return fmt.Errorf("%w\n%s", ErrFault, a.Fault)
	case a.Differs == "":
		say("与运行中的服务一致", "the same as the running server")
		return nil
	case f.DryRun:
		say("以上不同；--dry-run，没有采用", "the above differ; --dry-run, nothing was taken up")
		return nil
	}
	if a, err = ask(""); err != nil {
		return err
	}
	if a.Fault != "" && a.Stalled != "" {
		return fmt.Errorf("%w\n%s\n%w", ErrFault, a.Fault, ErrStalled)
	}
	if a.Fault != "" {
		return fmt.Errorf("%w\n%s", ErrFault, a.Fault)
	}
	say("已采用", "taken up")
	if a.Stalled != "" {
		return fmt.Errorf("%w\n%s", ErrStalled, a.Stalled)
	}
	return nil
}

// HelpZh gives the help texts of the command in Chinese.
var HelpZh = map[string]string{
	"Have the running server read its declarations again.": "让运行中的服务重读声明。",
	"Only show what differs.":                              "只显示有何不同。",

	(*Flags)(nil).Help(): `服务重读声明目录（--configs），逐项说出与正在运行的有何不同，然后采用：不再开始新的装入，正在进行的等它完成
（最多 10 分钟），表与视图随之更改，页面与任务按新的声明继续。有一处错误，或有表不能原地更改，就说明，并一切照旧。
文件改动 5 秒后，服务也会自己这样做。配置文件 yanzhen.yaml 只在启动时读。`,
}
