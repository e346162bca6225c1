package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// Any program that imports this package can be started again as the engine's process: the copy
// never reaches its main. So it works alike for the product and for a test binary.
func init() {
	if os.Getenv(childEnv) != "" {
		os.Exit(process())
	}
}

// process is the engine's process, from orders on standard input to their end.
func process() int {
	// the terminal's and the service manager's signals reach this process too; the parent drains
	// first and then closes our input
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return 2
	}
	var o orders
	if err := json.Unmarshal(line, &o); err != nil {
		return 2
	}
	tell := func(r report) {
		b, _ := json.Marshal(r)
		_, _ = os.Stdout.Write(append(b, '\n'))
	}
	if o.Temporary {
		defer os.RemoveAll(o.Dir)
	}
	asked := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, in); close(asked) }()

	var e *engine
	for try := 0; ; try++ {
		e, err = openEngine(o)
		// the process of a parent that was killed may still be letting go of the directory
		if err == nil || errors.Is(err, ErrNoLibrary) || try == 60 {
			break
		}
		time.Sleep(250 * time.Millisecond)
	}
	if err != nil {
		tell(report{Error: err.Error(), NoLibrary: errors.Is(err, ErrNoLibrary)})
		return 1
	}
	if e.stuckAfter = o.StuckAfter; e.stuckAfter <= 0 {
		e.stuckAfter = 20 * time.Second
	}
	_ = os.Setenv("TMPDIR", filepath.Join(o.Dir, "tmp")) // long answers wait on the data's own disk
	root, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	server := e.server(root)
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		tell(report{Error: err.Error()})
		return 1
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	go func() { _ = server.Serve(l) }()
	tell(report{Version: e.version})
	<-asked
	cancel(errKilled)
	ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	if err := server.Shutdown(ctx); err != nil {
		return 0 // statements hang: their connections keep the engine open, so leave as a crash would
	}
	e.close()
	return 0
}

// server serves the engine until root ends.
func (e *engine) server(root context.Context) *http.Server {
	return &http.Server{
		Handler:           &endpoint{e: e},
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    16 << 20, // parameters and statements come in the URL
		BaseContext:       func(net.Listener) context.Context { return root },
	}
}
