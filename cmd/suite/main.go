// Command suite runs the tests as go test does and ends with what took longest, what took most of the processors, and
// what was skipped, by name and reason, so that nothing is left out in silence. Where there is a C compiler, tests in which goroutines meet run under the race
// detector (races.go); every test runs once.
//
//	suite [-flag=value ...] [package ...]
//
// The flags are those of go test. It exits with 1 where a test fails; in CI (the environment variable CI is set) also
// where one is skipped, unless its reason begins with "opt-in:".
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := suite{out: os.Stdout, strict: os.Getenv("CI") != "" && os.Getenv("CI") != "false", engine: "yanzhen/pipeline/warehouse/embedded", raced: raced, longest: longest}
	ok, err := s.run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
	}
	if err != nil || !ok {
		stop()
		os.Exit(1)
	}
}

type suite struct {
	out     io.Writer
	dir     string          // where the tests are run; "" is the working directory
	strict  bool            // a skip is a failure
	engine  string          // the package by which a test is known to need the engine
	raced   map[string]race // by package
	longest []string        // packages that are begun first
	tally
	cost
}

// pass is one call of go test.
type pass struct{ flags, packages, env []string }

func (s *suite) run(ctx context.Context, args []string) (bool, error) {
	began := time.Now()
	var flags, packages []string
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			flags = append(flags, a)
		} else {
			packages = append(packages, a)
		}
	}
	light, rest, err := s.sort(ctx, packages)
	if err != nil {
		return false, err
	}
	if err := s.compilerForRaces(ctx); err != nil {
		s.skips = append(s.skips, skip{"go test -race", "", err.Error()})
		light, rest = nil, slices.Concat(light, rest)
	}
	root, err := filepath.Abs(s.dir)
	if err != nil {
		return false, err
	}
	s.cost = cost{root: root, own: os.Getpid()}
	watched, enough := context.WithCancel(ctx)
	defer enough()
	var looked sync.WaitGroup
	looked.Go(func() { s.watch(watched) })
	// side by side: what is raced is compiled anew, while the long packages wait for the engine and the browser
	plain, beside := s.passes(flags, light, rest)
	var lanes [2]struct {
		good bool
		err  error
	}
	var wg sync.WaitGroup
	for i, lane := range [][]pass{plain, beside} {
		wg.Go(func() { lanes[i].good, lanes[i].err = s.lane(ctx, lane) })
	}
	wg.Wait()
	enough()
	looked.Wait()
	if err := errors.Join(lanes[0].err, lanes[1].err); err != nil {
		return false, err
	}
	return s.report(time.Since(began)) && lanes[0].good && lanes[1].good, nil
}

// lane runs passes one after the other.
func (s *suite) lane(ctx context.Context, passes []pass) (bool, error) {
	good := true
	for _, p := range passes {
		ok, err := s.test(ctx, p)
		if err != nil {
			return false, err
		}
		good = good && ok
	}
	return good, nil
}

// passes divides the packages so that each test runs once, beside the others where it or a part of its package is raced.
// Where the caller chooses tests, no package is divided.
func (s *suite) passes(flags, light, rest []string) (plain, beside []pass) {
	chosen := slices.ContainsFunc(flags, func(f string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		return slices.Contains([]string{"run", "skip", "test.run", "test.skip"}, name)
	})
	one := append([]string{"-p=1"}, flags...)
	under := append([]string{"-race"}, one...)
	env := []string{"CGO_ENABLED=1"}
	var whole []string
	for _, name := range light {
		r, ok := s.raced[name]
		switch {
		case !ok:
			rest = append(rest, name)
		case r.tests == "" || chosen:
			whole = append(whole, name)
		default:
			beside = append(beside, pass{append(slices.Clone(under), "-run="+r.tests), []string{name}, env}, pass{append(slices.Clone(one), "-skip="+r.tests), []string{name}, nil})
		}
	}
	if len(whole) > 0 {
		beside = append(beside, pass{under, s.inOrder(whole), env})
	}
	if len(rest) > 0 {
		// one more than there are cores: the long packages wait for the browser and the disk for a quarter of their time
		plain = []pass{{append([]string{"-p=" + strconv.Itoa(runtime.NumCPU()+1)}, flags...), s.inOrder(rest), nil}}
	}
	return plain, beside
}

// inOrder puts the longest packages first, as go test keeps the order that it is told, and the others by name.
func (s *suite) inOrder(packages []string) []string {
	at := func(name string) int {
		if i := slices.Index(s.longest, name); i >= 0 {
			return i
		}
		return len(s.longest)
	}
	return slices.SortedFunc(slices.Values(packages), func(a, b string) int { return cmp.Or(at(a)-at(b), strings.Compare(a, b)) })
}

// test runs go test once. It returns false where go test says that something failed.
// Neither go vet nor debug information is asked for: make lint vets everything, and nobody debugs these binaries. A stack
// trace needs no symbols.
func (s *suite) test(ctx context.Context, p pass) (bool, error) {
	cmd := s.command(ctx, p.env, slices.Concat([]string{"test", "-json", "-vet=off", "-ldflags=-s -w"}, p.flags, p.packages))
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	err = s.read(pipe, s.out)
	var exit *exec.ExitError
	if e := cmd.Wait(); errors.As(e, &exit) {
		return false, err
	} else if err == nil {
		err = e
	}
	return err == nil, err
}

// collections is GOGC of compiling, linking and the tests: all of it ends soon, and memory is there for more garbage than
// programs leave that run for months. Tests of memory say for themselves how often is collected.
const collections = "400"

// command makes ready a call of go, which is told to end when the context is.
func (s *suite) command(ctx context.Context, env, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), env...)
	if os.Getenv("GOGC") == "" {
		cmd.Env = append(cmd.Env, "GOGC="+collections)
	}
	return cmd
}

// sort tells the packages whose tests need no engine from the rest.
func (s *suite) sort(ctx context.Context, packages []string) (light, rest []string, err error) {
	format := "{{.ImportPath}}\t{{join .Deps \" \"}}"
	cmd := s.command(ctx, nil, slices.Concat([]string{"list", "-e", "-test", "-f", format}, packages))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%v: %w", cmd.Args, err)
	}
	free := map[string]bool{}
	var names []string
	for line := range strings.Lines(string(out)) {
		name, deps, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if test, ok := strings.CutSuffix(name, ".test"); ok {
			free[test] = !slices.ContainsFunc(strings.Fields(deps), func(d string) bool { return d == s.engine })
		} else if !strings.Contains(name, " [") && !strings.HasSuffix(name, "_test") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if free[name] {
			light = append(light, name)
		} else {
			rest = append(rest, name)
		}
	}
	return light, rest, nil
}

// compilerForRaces returns why there can be no race detector: it links with C.
func (s *suite) compilerForRaces(ctx context.Context) error {
	out, err := s.command(ctx, []string{"CGO_ENABLED=1"}, []string{"build", "-race", "runtime/cgo"}).CombinedOutput()
	if err != nil {
		last := strings.TrimSpace(string(out))
		return errors.New(last[strings.LastIndexByte(last, '\n')+1:])
	}
	return nil
}
