// Command suite runs the tests as go test does and ends with what was skipped, by name and reason, so that nothing is
// left out in silence. Packages that need no engine run under the race detector where there is a C compiler.
//
//	suite [-flag=value ...] [package ...]
//
// The flags are those of go test. It exits with 1 where a test fails; in CI (the environment variable CI is set) also
// where one is skipped, unless its reason begins with "opt-in:".
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := suite{out: os.Stdout, strict: os.Getenv("CI") != "" && os.Getenv("CI") != "false", engine: "yanzhen/pipeline/warehouse/embedded"}
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
	out    io.Writer
	dir    string // where the tests are run; "" is the working directory
	strict bool   // a skip is a failure
	engine string // the package by which a test is known to need the engine
	tally
}

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
		light, rest = nil, append(rest, light...)
	}
	good := true
	for _, group := range []struct{ packages, flags, env []string }{
		{rest, flags, nil},
		{light, append([]string{"-race"}, flags...), []string{"CGO_ENABLED=1"}},
	} {
		if len(group.packages) == 0 {
			continue
		}
		slices.Sort(group.packages)
		ok, err := s.test(ctx, group.flags, group.packages, group.env)
		if err != nil {
			return false, err
		}
		good = good && ok
	}
	return s.report(time.Since(began)) && good, nil
}

// test runs go test once. It returns false where go test says that something failed.
func (s *suite) test(ctx context.Context, flags, packages, env []string) (bool, error) {
	cmd := s.command(ctx, env, slices.Concat([]string{"test", "-json"}, flags, packages))
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

// command makes ready a call of go, which is told to end when the context is.
func (s *suite) command(ctx context.Context, env, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), env...)
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
