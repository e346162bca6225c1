package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// building is what compiling and linking the tests is counted as.
const building = "(compiling and linking)"

// cost is how much of the processors each package's tests took, with the engines, browsers and commands that they started.
// go test says only how long they took beside others. It is read of /proc, where there is one, a few times a second: what a
// process did since it was last looked at is missing.
type cost struct {
	root  string // of the packages
	own   int    // this process: only those below it count
	spent map[process]spent
}

type process struct{ pid, began string }

type spent struct {
	by      string // a package's directory below root, or building
	seconds float64
}

// watch looks until ctx ends.
func (c *cost) watch(ctx context.Context) {
	c.spent = map[process]spent{}
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		c.look()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look adds what is seen now. A process whose parent is gone stays with the package that it was of.
func (c *cost) look() {
	type seen struct {
		process
		parent string
		use    float64
	}
	now := map[string]seen{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue // no process, or it has ended
		}
		// its name, in parentheses, may hold anything; see proc_pid_stat(5)
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(f) < 20 {
			continue // cut short
		}
		user, _ := strconv.ParseFloat(f[11], 64)
		system, _ := strconv.ParseFloat(f[12], 64)
		now[e.Name()] = seen{process{e.Name(), f[19]}, f[1], (user + system) / 100}
	}
	own := strconv.Itoa(c.own)
	for _, s := range now {
		by := c.spent[s.process].by
		for p, found, up := s, "", 0; by == "" && up < 30; up++ {
			if p.pid == own {
				by = cmp.Or(found, building)
			} else if found == "" {
				found = c.tests(p.pid)
			}
			above, ok := now[p.parent]
			if !ok {
				break
			}
			p = above
		}
		if by != "" && s.pid != own {
			c.spent[s.process] = spent{by, s.use}
		}
	}
}

// tests is the package whose tests a process runs, "" for any other.
func (c *cost) tests(pid string) string {
	if exe, _ := os.Readlink(filepath.Join("/proc", pid, "exe")); !strings.HasSuffix(exe, ".test") {
		return ""
	}
	dir, _ := os.Readlink(filepath.Join("/proc", pid, "cwd"))
	if rel, err := filepath.Rel(c.root, dir); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return ""
}

// sums adds up what was seen, by package.
func (c *cost) sums() map[string]float64 {
	sums := map[string]float64{}
	for _, s := range c.spent {
		sums[s.by] += s.seconds
	}
	return sums
}
