package main

import (
	"bytes"
	"os"
	"path/filepath"
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
				"  m/good TestPart/one: no data: 7\n", "  m/asked TestAsked: opt-in: no server\n", "  m/asked TestSilent: it gives no reason\n", "  go test -race: ", "no-such-compiler", "\n3 tests passed, 2 failed, 4 skipped, in ",
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
