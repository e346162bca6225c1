package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"yanzhen/pipeline/warehouse/embedded"
)

func TestMain(m *testing.M) {
	testscript.Main(cleaned{m}, map[string]func(){"yanzhen": main})
}

// cleaned are all tests, and the end of what they share.
type cleaned struct{ *testing.M }

func (c cleaned) Run() int {
	defer func() { _ = os.RemoveAll(firstStart.dir) }() // where nobody needed it, nothing
	return c.M.Run()
}

// TestScripts runs the commands as a person types them: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	lib, err := embedded.FindLibrary("")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("YANZHEN_ENGINE_LIB", lib)
			env.Setenv("YANZHEN_DIR", filepath.Join(env.WorkDir, "zone"))
			// no script looks at pages: to make them ready would take most of a server's time
			env.Setenv("YANZHEN_CONFIG", filepath.Join(env.WorkDir, "unready.yaml"))
			return os.WriteFile(filepath.Join(env.WorkDir, "unready.yaml"), []byte("ready_after: never\n"), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"ready":   ready,
			"live":    live,
			"settles": settles,
			"heldrun": heldrun,
			"begun": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(begun(ts.Getenv("YANZHEN_DIR")))
			},
		},
	})
}

var firstStart struct {
	sync.Once
	dir string
	err error
}

// begun makes a directory that of an installation that has been started once and holds nothing yet. A first start makes some
// hundred tables: tests of something else need not wait for it, and copy what it leaves. A copy is an installation like any.
func begun(dir string) error {
	firstStart.Do(func() {
		if firstStart.dir, firstStart.err = os.MkdirTemp("", "yanzhen-begun-"); firstStart.err != nil {
			return
		}
		c := &cli{Dir: firstStart.dir, Lang: "zh", out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
		var o *office
		if o, firstStart.err = c.ready(context.Background()); firstStart.err == nil {
			o.Close()
		}
	})
	if firstStart.err != nil {
		return firstStart.err
	}
	return os.CopyFS(dir, os.DirFS(firstStart.dir))
}

// exits CODE COMMAND ... runs a command that must end with exactly this code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s", got, want, ts.ReadFile("stderr"))
	}
}

// ready waits until a process serves the directory and its pages.
func ready(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.Getenv("YANZHEN_DIR")
	for range 1200 { // two minutes: where other tests have the machine it takes long
		if _, err := os.Stat(served(&config{Dir: dir})); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	if entries, err := os.ReadDir(dir); err == nil {
		ts.Logf("%s holds %d entries", dir, len(entries))
	}
	ts.Fatalf("nobody serves %s", dir)
}

// live DATASET NAME puts the number of the dataset's live batch into a variable.
func live(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("yanzhen", "units", args[0]))
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	cells := strings.Fields(lines[len(lines)-1])
	if len(lines) < 2 || len(cells) < 2 {
		ts.Fatalf("nothing of %s is live", args[0])
	}
	ts.Setenv(args[1], cells[1])
}

// settles STATE waits until an entry of the inbox is in a state.
func settles(ts *testscript.TestScript, _ bool, args []string) {
	for range 240 { // two minutes: where other tests have the machine it takes long; to ask takes a start of the program
		if ts.Exec("yanzhen", "inbox", "--state", args[0]) == nil && !strings.Contains(ts.ReadFile("stdout"), "收件夹是空的") {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	ts.Fatalf("no entry of the inbox is %s", args[0])
}

// heldrun NAME puts the id of the latest held run into a variable.
func heldrun(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("yanzhen", "runs", "--state", "held", "--limit", "1"))
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	if len(lines) < 2 {
		ts.Fatalf("nothing is held")
	}
	ts.Setenv(args[0], strings.Fields(lines[len(lines)-1])[0])
}
