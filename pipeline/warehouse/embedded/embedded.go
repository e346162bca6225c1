// Package embedded runs the ClickHouse engine inside the program's own process tree: libchdb behind
// a ClickHouse-HTTP endpoint on a private unix socket.
//
// The engine lives in a process of its own: the same binary, started again, which never reaches its
// main (see process.go). Both places were tried behind the same endpoint (BenchmarkPlace, two shared
// cores under load): SELECT 1 took 2.0-8.5 ms in a child and 3.3-4.1 ms in this process, an export
// 76-138 and 99-133 MB/s, an insert 20 and 14 MB/s. So the hop between processes disappears in the
// noise, because every statement crosses a socket anyway; the parent of the engine costs 9 MB of
// memory. What a crash costs is not noise: the engine's SIGSEGV, abort or out-of-memory kill would
// end the dashboard, its sessions and the running load with it. In a child it breaks the statements
// under way (ErrUnavailable for their callers), and the next ones wait about a second for the next
// child, because the listening sockets belong to the parent. TestCrash and TestKilled show both, and
// that the data directory is sound afterwards.
//
// An analyst's request opens a connection of its own, and so does every one that does more than ask: no setting, role,
// database or temporary table can reach the next one. What the program itself asks goes over connections on which only
// questions of the same role, database and settings went before (session).
//
// Roles (session.go): loader may do everything in store, mart and meta; reader reads them; analyst
// reads mart, one SELECT-class statement at a time, with settings frozen and guard.go in front.
// On the socket, which only its own user may open, the user name is the role. Nobody comes over the
// network here: package door stands before the socket and asks who comes.
package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"yanzhen/pipeline/warehouse/cluster"
)

// Config says where the engine keeps its data and who may come.
type Config struct {
	Dir         string        // the data directory; made when absent
	Lib         string        // path of libchdb; "" looks for it, see FindLibrary
	MemoryLimit int64         // bytes the engine may use; 0 leaves its own default
	Backups     string        // directory that BACKUP ... TO File('/abs/x.tar.gz') may write to; "" for none. No zip
	ReadFiles   bool          // the loader may read any file of this machine with file(): for measuring only
	Temporary   bool          // the engine removes Dir when it ends, also when this process is killed
	FrozenAfter time.Duration // how long the engine's process may answer nothing at all before it is killed and started anew; 0: 15 s
	StuckAfter  time.Duration // how long a statement may go on after it was told to stop, before the engine is started anew; 0: 20 s
	Analysts    int           // statements of analysts that run at once, more wait; 0: 4
	Cluster     cluster.Plan  // one that is Alone has this engine as its node
	Log         *slog.Logger  // nil for slog.Default
}

// ErrBusy: another process serves the directory.
var ErrBusy = errors.New("数据目录已被占用 / the data directory is in use")

// Engine is a running engine. It is restarted when it crashes.
type Engine struct {
	cfg    Config
	log    *slog.Logger
	lock   *os.File
	socket string
	made   string // the short directory made for the socket; "" when it is in Dir
	files  []*os.File
	stop   chan struct{}
	gone   chan struct{}
	once   sync.Once

	mu    sync.Mutex
	child *child
}

// place is what the file "endpoint" in the data directory says to other commands.
type place struct {
	Socket string `json:"socket"`
	PID    int    `json:"pid"`
}

// Start opens the data directory and serves it until Close. It returns when the engine answers.
// ErrBusy where another process serves the directory, ErrNoLibrary where libchdb is missing.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	e := &Engine{cfg: cfg, log: cfg.Log, stop: make(chan struct{}), gone: make(chan struct{})}
	if e.log == nil {
		e.log = slog.Default()
	}
	var err error
	if e.cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, err
	}
	if e.cfg.Lib, err = FindLibrary(cfg.Lib); err != nil {
		return nil, err
	}
	if missing := cpuMissing(); missing != "" {
		return nil, fmt.Errorf("%w: 本机处理器不支持 %s / this processor lacks %s", ErrNoLibrary, missing, missing)
	}
	if err := os.MkdirAll(e.cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(e.cfg.Dir, 0o700); err != nil { // it may have been there, open to all
		return nil, err
	}
	if err := e.acquire(); err != nil {
		return nil, err
	}
	if err := e.listen(); err != nil {
		e.release()
		return nil, err
	}
	c, err := e.startChild(ctx)
	if err != nil {
		e.release()
		return nil, err
	}
	e.child = c
	go e.watch(c)
	go e.supervise()
	return e, nil
}

// Socket is the path of the unix socket that serves ClickHouse-HTTP.
func (e *Engine) Socket() string { return e.socket }

// PID is the process of the engine; it changes when the engine is restarted.
func (e *Engine) PID() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.child.cmd.Process.Pid
}

// Close stops the engine: statements under way are cancelled. Safe to call twice.
func (e *Engine) Close() error {
	e.once.Do(func() { close(e.stop) })
	<-e.gone
	return nil
}

// Find returns the socket of the engine that serves dir; ok is false when none answers. An engine
// whose parent was killed still accepts for a moment while it dies: it serves nobody any more.
func Find(dir string) (socket string, ok bool) {
	if orphaned(dir) {
		return "", false
	}
	b, err := os.ReadFile(filepath.Join(dir, "endpoint"))
	if err != nil {
		return "", false
	}
	var p place
	if json.Unmarshal(b, &p) != nil || p.Socket == "" {
		return "", false
	}
	c, err := net.DialTimeout("unix", p.Socket, 2*time.Second)
	if err != nil {
		return "", false
	}
	c.Close()
	return p.Socket, true
}

// orphaned reports whether no living process holds the directory's lock.
func orphaned(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer f.Close() // gives the lock back, too
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil
}

// acquire takes the directory for this process. The lock goes when the process does, however it ends.
func (e *Engine) acquire() error {
	f, err := os.OpenFile(filepath.Join(e.cfg.Dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	for try := 0; ; try++ { // somebody who only looks holds it for a moment
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil || try == 5 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		b, _ := io.ReadAll(io.LimitReader(f, 32))
		f.Close()
		pid := strings.TrimSpace(string(b))
		return fmt.Errorf("%w: %s: 另一个 yanzhen 正在使用(进程 %s) / another yanzhen serves this directory, pid %s", ErrBusy, e.cfg.Dir, pid, pid)
	}
	// the number is for people: on a full disk the lock alone must do
	pid := fmt.Appendf(nil, "%-10d\n", os.Getpid())
	if _, err := f.WriteAt(pid, 0); err != nil && !errors.Is(err, syscall.ENOSPC) {
		f.Close()
		return err
	}
	e.lock = f
	return nil
}

// maxSocketPath is below the shortest limit of the systems served (104 on macOS, 108 on Linux).
const maxSocketPath = 100

// listen opens the socket. It belongs to this process and is handed to the engine's, so a client
// that comes while the engine restarts waits instead of being refused.
func (e *Engine) listen() error {
	e.socket = filepath.Join(e.cfg.Dir, "engine.sock")
	if len(e.socket) > maxSocketPath {
		dir, err := os.MkdirTemp(shortTemp(), "yz")
		if err != nil {
			return err
		}
		e.made, e.socket = dir, filepath.Join(dir, "s")
	}
	_ = os.Remove(e.socket) // left by a process that was killed; the lock says that it is gone
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: e.socket, Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	defer l.Close()
	if err := os.Chmod(e.socket, 0o600); err != nil {
		return err
	}
	f, err := l.File()
	if err != nil {
		return err
	}
	e.files = append(e.files, f)
	b, _ := json.Marshal(place{e.socket, os.Getpid()})
	if err := os.WriteFile(filepath.Join(e.cfg.Dir, "endpoint"), append(b, '\n'), 0o600); errors.Is(err, syscall.ENOSPC) {
		// a full disk must not keep anybody from reading
		e.log.Error("the disk is full: other commands will not find this server", "dir", e.cfg.Dir)
	} else if err != nil {
		return err
	}
	return nil
}

// shortTemp is the temporary directory, unless its name is so long that a socket does not fit.
func shortTemp() string {
	if d := os.TempDir(); len(d) < maxSocketPath-20 {
		return d
	}
	return "/tmp"
}

func (e *Engine) release() {
	for _, f := range e.files {
		f.Close()
	}
	_ = os.Remove(filepath.Join(e.cfg.Dir, "endpoint"))
	if e.socket != "" {
		_ = os.Remove(e.socket)
	}
	if e.made != "" {
		_ = os.Remove(e.made)
	}
	if e.lock != nil {
		e.lock.Close()
	}
}

// supervise starts the engine again when it ended without being asked to.
func (e *Engine) supervise() {
	defer close(e.gone)
	defer e.release()
	wait := 100 * time.Millisecond
	for {
		c := e.child
		began := time.Now()
		select {
		case <-e.stop:
			c.end()
			return
		case <-c.exited:
		}
		what := "the database engine crashed; it is started again"
		if c.frozen.Load() {
			what = "the database engine did not answer, so it was killed and is started anew; nothing published is lost"
		} else if c.cmd.ProcessState.ExitCode() == exitStuck {
			what = "a statement did not stop when it was told to, so the database engine is started anew; nothing published is lost"
		}
		e.log.Error(what, "status", c.cmd.ProcessState.String(), "said", c.said())
		if time.Since(began) > time.Minute {
			wait = 100 * time.Millisecond
		}
		for {
			select {
			case <-e.stop:
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, 5*time.Second)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			next, err := e.startChild(ctx)
			cancel()
			if err != nil {
				e.log.Error("the database engine did not start", "err", err)
				continue
			}
			e.mu.Lock()
			e.child = next
			e.mu.Unlock()
			go e.watch(next)
			break
		}
	}
}

// watch asks the engine's process for an answer until it ends, and kills it when none has come for
// FrozenAfter: a process that was stopped or hangs as a whole cannot end itself.
func (e *Engine) watch(c *child) {
	patience := e.cfg.FrozenAfter
	if patience <= 0 {
		patience = 15 * time.Second
	}
	client := &http.Client{Timeout: patience / 3, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", e.socket)
		},
	}}
	for heard := time.Now(); time.Since(heard) < patience; {
		if r, err := client.Get("http://engine/ping"); err == nil {
			r.Body.Close()
			heard = time.Now()
		}
		select {
		case <-c.exited:
			return
		case <-e.stop:
			return
		case <-time.After(patience / 6):
		}
	}
	c.frozen.Store(true)
	_ = c.cmd.Process.Kill()
}

// childEnv tells a copy of this program that it is the engine's process.
const childEnv = "YANZHEN_ENGINE_PROCESS"

// orders is what the parent writes to the engine's process first. Its standard input then stays
// open for as long as the parent lives: its end is the order to stop.
type orders struct {
	Dir, Lib, Backups    string
	Memory               int64
	ReadFiles, Temporary bool
	StuckAfter           time.Duration
	Analysts             int
	Cluster              cluster.Plan
}

// report is what the engine's process answers when it is ready, or why it is not.
type report struct {
	Version, Error string
	NoLibrary      bool
}

type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	exited chan struct{}
	frozen atomic.Bool // it was killed because it did not answer

	mu   sync.Mutex
	tail []byte // the last it wrote to standard error
}

func (c *child) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - 4096; over > 0 {
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	return len(p), nil
}

func (c *child) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.TrimSpace(string(c.tail))
}

// end asks the process to stop and waits; after a while it does not ask.
func (c *child) end() {
	c.stdin.Close()
	select {
	case <-c.exited:
	case <-time.After(20 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.exited
	}
}

func (e *Engine) startChild(ctx context.Context) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{exited: make(chan struct{})}
	c.cmd = exec.Command(exe)
	c.cmd.Env = []string{childEnv + "=1", "TZ=UTC"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "LD_PRELOAD", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			c.cmd.Env = append(c.cmd.Env, name+"="+v)
		}
	}
	c.cmd.ExtraFiles = e.files
	c.cmd.Stderr = c
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	answered := make(chan report, 1)
	go func() {
		b := bufio.NewReader(stdout)
		var r report
		line, _ := b.ReadBytes('\n')
		if json.Unmarshal(line, &r) != nil {
			r = report{Error: "it ended before it was ready"}
		}
		answered <- r
		_, _ = io.Copy(io.Discard, b)
		_ = c.cmd.Wait()
		close(c.exited)
	}()
	o, _ := json.Marshal(orders{e.cfg.Dir, e.cfg.Lib, e.cfg.Backups, e.cfg.MemoryLimit, e.cfg.ReadFiles, e.cfg.Temporary, e.cfg.StuckAfter, e.cfg.Analysts, e.cfg.Cluster})
	if _, err := c.stdin.Write(append(o, '\n')); err != nil {
		e.log.Debug("orders to the engine", "err", err)
	}
	select {
	case r := <-answered:
		if r.Error == "" {
			return c, nil
		}
		c.end()
		err := fmt.Errorf("数据库引擎未能启动：%s（%s）%s / the database engine did not start: %[1]s (%[2]s) %[3]s", r.Error, c.cmd.ProcessState, c.said())
		if r.NoLibrary {
			return nil, errors.Join(ErrNoLibrary, err)
		}
		if ws, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() && ws.Signal() == syscall.SIGILL {
			return nil, fmt.Errorf("%w: 本机处理器缺少引擎所需指令 / this processor lacks instructions that the engine needs: %w", ErrNoLibrary, err)
		}
		return nil, err
	case <-ctx.Done():
		_ = c.cmd.Process.Kill()
		<-c.exited
		return nil, ctx.Err()
	}
}
