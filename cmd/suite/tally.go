package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// outputBytes bounds what is kept of one test's output until it is known whether it fails: the end of it.
const outputBytes = 256 << 10

// tally reads what calls of go test -json say: it prints a line for each package and the output of what failed, and
// remembers what was skipped and how long everything took.
type tally struct {
	mu             sync.Mutex // two calls are read at once
	passed, failed int        // tests, parts of them not counted
	skips          []skip
	took           map[string]float64 // seconds, by package
	parts          map[string]float64 // seconds, by package, test and part of it
}

type skip struct{ what, test, why string }

// optIn begins the reason of a test that only an environment variable asks for.
const optIn = "opt-in:"

type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// running is a package whose tests are under way.
type running struct {
	order  []string // of tests, "" for the package, as they began
	output map[string][]byte
	ended  map[string]bool // passed or skipped
}

func (t *tally) read(r io.Reader, out io.Writer) error {
	packages := map[string]*running{}
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				t.mu.Lock()
				_, _ = out.Write(line)
				t.mu.Unlock()
			} else {
				t.take(packages, e, out)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) take(packages map[string]*running, e event, out io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := packages[e.Package]
	if p == nil {
		p = &running{output: map[string][]byte{}, ended: map[string]bool{}}
		packages[e.Package] = p
	}
	switch e.Action {
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "output":
		if strings.HasPrefix(e.Output, "=== ") {
			return
		}
		if _, ok := p.output[e.Test]; !ok {
			p.order = append(p.order, e.Test)
		}
		kept := append(p.output[e.Test], e.Output...)
		p.output[e.Test] = kept[max(0, len(kept)-outputBytes):]
	case "run":
		p.order = append(p.order, e.Test)
		p.output[e.Test] = nil
	case "pass", "skip", "fail":
		if e.Test != "" {
			t.test(p, e)
			return
		}
		delete(packages, e.Package)
		if t.took == nil {
			t.took = map[string]float64{}
		}
		t.took[e.Package] += e.Elapsed
		if e.Action == "fail" {
			for _, test := range p.order {
				if test != "" && !p.ended[test] {
					_, _ = out.Write(p.output[test])
				}
			}
		}
		// of a package that passed only its line, as go test has it
		for line := range strings.Lines(string(p.output[""])) {
			if e.Action == "fail" && line != "FAIL\n" || strings.HasPrefix(line, "ok") || strings.HasPrefix(line, "?") {
				fmt.Fprint(out, line)
			}
		}
	}
}

// test notes how a test ended.
func (t *tally) test(p *running, e event) {
	part := strings.Contains(e.Test, "/")
	if t.parts == nil {
		t.parts = map[string]float64{}
	}
	t.parts[e.Package+" "+e.Test] += e.Elapsed
	switch e.Action {
	case "skip":
		t.skips = append(t.skips, skip{e.Package, e.Test, reason(string(p.output[e.Test]))})
	case "pass":
		if !part {
			t.passed++
		}
	case "fail":
		if !part {
			t.failed++
		}
		return
	}
	p.ended[e.Test] = true
	delete(p.output, e.Test)
}

var place = regexp.MustCompile(`^\s*[\w.]+\.go:\d+: `)

// reason is what a skipped test said last.
func reason(output string) string {
	why := ""
	for line := range strings.Lines(output) {
		if said := place.FindString(line); said != "" {
			why = strings.Join(strings.Fields(line[len(said):]), " ")
		}
	}
	if why == "" {
		return "it gives no reason"
	}
	return why
}

// Of how many packages, and tests or parts of tests, it is told how long they took.
const (
	longestTold      = 10
	longestTestsTold = 20
)

// tell lists the n longest.
func (s *suite) tell(took map[string]float64, n int) {
	names := slices.SortedFunc(maps.Keys(took), func(a, b string) int { return cmp.Or(cmp.Compare(took[b], took[a]), strings.Compare(a, b)) })
	for _, name := range names[:min(len(names), n)] {
		fmt.Fprintf(s.out, "  %4.0f s  %s\n", took[name], name)
	}
}

// report lists what took longest and what was skipped, and closes with the counts. It returns false where something failed, or was skipped
// that may not be.
func (s *suite) report(took time.Duration) bool {
	fmt.Fprintln(s.out, "\nthe longest:")
	s.tell(s.took, longestTold)
	fmt.Fprintln(s.out, "\nthe longest tests and parts of tests (beside others, so with what they waited):")
	s.tell(s.parts, longestTestsTold)
	if sums := s.cost.sums(); len(sums) > 0 {
		all := 0.0
		for _, one := range sums {
			all += one
		}
		fmt.Fprintf(s.out, "\nthe most of the processors, of %.0f s in all:\n", all)
		s.tell(sums, longestTold)
	}
	held := 0
	if len(s.skips) > 0 {
		fmt.Fprintln(s.out, "\nskipped:")
	}
	for _, x := range s.skips {
		if !strings.HasPrefix(x.why, optIn) {
			held++
		}
		name := strings.TrimSpace(x.what + " " + x.test)
		fmt.Fprintf(s.out, "  %s: %s\n", name, x.why)
	}
	fmt.Fprintf(s.out, "\n%d tests passed, %d failed, %d skipped, in %s\n", s.passed, s.failed, len(s.skips), took.Round(time.Second))
	if s.strict && held > 0 {
		fmt.Fprintf(s.out, "in CI nothing may be skipped but what is opt-in: %d\n", held)
		return false
	}
	return s.failed == 0
}
