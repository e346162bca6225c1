package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A module with a test of every kind, run by the real go test.
func TestSuite(t *testing.T) {
	files := map[string]string{
		"go.mod":           "module m\n\ngo 1.26\n",
		"engine/engine.go": "package engine\n",
		"good/good_test.go": `package good
import "testing"
func TestGood(t *testing.T) { t.Log("quiet") }
func TestPart(t *testing.T) { t.Run("one", func(t *testing.T) { t.Skip("no data: ", 7) }) }`,
		"asked/asked_test.go": `package asked
import ("testing"; _ "m/engine")
func TestAsked(t *testing.T) { t.Skip("opt-in: no server") }
func TestSilent(t *testing.T) { t.SkipNow() }`,
		"bad/bad_test.go": `package bad
import "testing"
func TestBad(t *testing.T) { t.Log("quiet"); t.Run("part", func(t *testing.T) { t.Error("wrong") }) }
func TestGood(t *testing.T) { t.Log("of no interest") }`,
		"panics/panics_test.go": `package panics
import "testing"
func TestPanics(t *testing.T) { panic("loud") }`,
		"broken/broken_test.go": `package broken
import "testing"
func TestBroken(t *testing.T) { missing() }`,
		"none/none.go": "package none\n",
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CC", "no-such-compiler")
	for _, c := range []struct {
		name     string
		strict   bool
		packages []string
		ok       bool
		says     []string
		not      []string
	}{
		{
			"all", false,
			[]string{"./..."},
			false,
			[]string{
				"ok  \tm/good\t", "FAIL\tm/bad\t", "wrong\n", "panic: loud", "undefined: missing", "FAIL\tm/broken [build failed]", "?   \tm/none\t[no test files]",
				"  m/good TestPart/one: no data: 7\n", "  m/asked TestAsked: opt-in: no server\n", "  m/asked TestSilent: it gives no reason\n", "  go test -race: ", "no-such-compiler", "\nthe longest:\n", " s  m/good\n", "\nthe most of the processors, of ", building, "\n3 tests passed, 2 failed, 4 skipped, in ",
			},
			[]string{"of no interest", "=== RUN", "in CI"},
		},
		{"skips are told", false, []string{"./good", "./none"}, true, []string{"no data: 7", "2 tests passed, 0 failed, 2 skipped"}, []string{"FAIL", "quiet"}},
		{"in CI they fail", true, []string{"./good"}, false, []string{"in CI nothing may be skipped but what is opt-in: 2"}, []string{"FAIL"}},
		{"opt-in does not", true, []string{"./asked", "-run=TestAsked"}, false, []string{"but what is opt-in: 1"}, nil}, // the compiler is missed
		{"no such package", false, []string{"./nowhere"}, false, []string{"FAIL"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			s := suite{out: &b, dir: dir, strict: c.strict, engine: "m/engine"}
			ok, err := s.run(t.Context(), c.packages)
			if ok != c.ok || err != nil {
				t.Errorf("got %v, %v, want %v", ok, err, c.ok)
			}
			for _, want := range c.says {
				if !strings.Contains(b.String(), want) {
					t.Errorf("it does not say %q", want)
				}
			}
			for _, not := range c.not {
				if strings.Contains(b.String(), not) {
					t.Errorf("it says %q", not)
				}
			}
			if t.Failed() {
				t.Log(b.String())
			}
		})
	}
}

// Where goroutines meet is raced, and every test runs once; the longest package begins first.
func TestRacedOnce(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module m\n\ngo 1.26\n",
		"race/on.go":  "//go:build race\n\npackage race\n\nconst On = true\n",
		"race/off.go": "//go:build !race\n\npackage race\n\nconst On = false\n",
		"part/part_test.go": `package part
import ("testing"; "m/race")
func TestMeet(t *testing.T) { if !race.On { t.Error("TestMeet without the detector") } }
func TestAlone(t *testing.T) { if race.On { t.Error("TestAlone under the detector") } }`,
		"whole/whole_test.go": `package whole
import ("testing"; "m/race")
func TestWhole(t *testing.T) { if !race.On { t.Error("TestWhole without the detector") } }`,
		"plain/plain_test.go": `package plain
import ("os"; "testing"; "m/race")
func TestPlain(t *testing.T) { if race.On { t.Error("TestPlain under the detector") } }
func TestCollected(t *testing.T) { if g := os.Getenv("GOGC"); g != "` + collections + `" { t.Error("GOGC is", g) } }`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	s := suite{out: &b, dir: dir, engine: "m/engine", raced: map[string]race{"m/part": {"^TestMeet$", ""}, "m/whole": {}}, longest: []string{"m/plain"}}
	if err := s.compilerForRaces(t.Context()); err != nil {
		t.Skip("opt-in: there is no C compiler, and so no race detector: ", err)
	}
	ok, err := s.run(t.Context(), []string{"./..."})
	if !ok || err != nil || !strings.Contains(b.String(), "\n5 tests passed, 0 failed, 0 skipped, in ") {
		t.Errorf("got %v, %v:\n%s", ok, err, &b)
	}
	if got := s.inOrder([]string{"m/part", "m/whole", "m/plain"}); !slices.Equal(got, []string{"m/plain", "m/part", "m/whole"}) {
		t.Errorf("in order: %v", got)
	}
	for _, chosen := range []string{"-run=TestMeet", "--run=TestMeet"} {
		if plain, beside := s.passes([]string{chosen}, []string{"m/part"}, nil); len(plain) != 0 || len(beside) != 1 {
			t.Errorf("%s: %v and %v, the caller's choice is not divided", chosen, plain, beside)
		}
	}
}

// Every package whose tests need no engine, and that starts goroutines or locks, is raced or says why not; so is every
// package that is named; and the patterns name tests that are there.
func TestRaces(t *testing.T) {
	root := filepath.Join("..", "..")
	s := suite{dir: root, engine: "yanzhen/pipeline/warehouse/embedded"}
	light, rest, err := s.sort(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range light {
		meets, tests := goroutines(t, filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(name, "yanzhen/"))))
		r, in := raced[name]
		_, out := unraced[name]
		switch {
		case in && out:
			t.Errorf("%s is raced and not", name)
		case meets != "" && !in && !out:
			t.Errorf("%s is neither in raced nor in unraced: %s", name, meets)
		case meets == "" && out:
			t.Errorf("%s starts and locks nothing, and need not be in unraced", name)
		}
		if !in {
			continue
		}
		pattern, found := regexp.MustCompile(r.tests), []string(nil)
		for _, test := range tests {
			if pattern.MatchString(test) {
				found = append(found, test)
			}
		}
		if len(found) == 0 || r.tests != "" && len(found) != 1+strings.Count(r.tests, "|") {
			t.Errorf("%s: of %s only %v are there", name, r.tests, found)
		}
	}
	for name := range raced {
		if !slices.Contains(light, name) {
			t.Errorf("%s has no tests without the engine and cannot be raced", name)
		}
	}
	for name := range unraced {
		if !slices.Contains(light, name) {
			t.Errorf("%s has no tests without the engine and need not be in unraced", name)
		}
	}
	for _, name := range longest {
		if !slices.Contains(light, name) && !slices.Contains(rest, name) {
			t.Errorf("%s is no package", name)
		}
	}
}

// goroutines says where the files of a package start goroutines, or lock, "" where they do not; and its tests.
func goroutines(t *testing.T, dir string) (meets string, tests []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && (strings.HasPrefix(d.Name.Name, "Test") || strings.HasPrefix(d.Name.Name, "Fuzz")) {
					tests = append(tests, d.Name.Name)
				}
			}
			continue
		}
		for _, i := range f.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); path == "sync" || path == "sync/atomic" || path == "golang.org/x/sync/errgroup" {
				meets = filepath.Base(file) + " imports " + path
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				meets = filepath.Base(file) + " starts a goroutine"
			}
			return true
		})
	}
	return meets, tests
}

// What needs no engine is told by what its tests import.
func TestSort(t *testing.T) {
	s := suite{dir: "../..", engine: "yanzhen/pipeline/warehouse/embedded"}
	light, rest, err := s.sort(t.Context(), []string{"./pipeline/codes", "./pipeline/check", "./cmd/browser"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(light, " ") + " | " + strings.Join(rest, " "); got != "yanzhen/pipeline/codes | yanzhen/cmd/browser yanzhen/pipeline/check" {
		t.Errorf("got %s", got)
	}
}
