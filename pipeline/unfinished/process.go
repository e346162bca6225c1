package unfinished

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ProcessStart returns the start time of a process in clock ticks since boot, empty where there
// is no such process: with the number it names a process for good.
func ProcessStart(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// the name of the program, in parentheses, may hold spaces
	s := string(b)
	f := strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
	if len(f) < 20 || f[0] == "Z" || f[0] == "X" {
		return ""
	}
	return f[19]
}

// Alive reports whether the process that a loader is called by (host, number, start) still runs. It is false only where that
// is certain: one of another host counts as alive.
func Alive(owner string) bool {
	parts := strings.Split(owner, "/")
	if len(parts) != 3 || Elsewhere(owner) {
		return len(parts) == 3
	}
	var pid int
	if _, err := fmt.Sscan(parts[1], &pid); err != nil {
		return false
	}
	if ProcessStart(os.Getpid()) == "" {
		return true // a system that does not tell
	}
	return ProcessStart(pid) == parts[2] && parts[2] != ""
}

// Elsewhere reports whether such a process is one of another host.
func Elsewhere(owner string) bool {
	name, _, _ := strings.Cut(owner, "/")
	host, _ := os.Hostname()
	return name != host
}

// Copy is the pattern of a copy in a spool. It names this process, so that what a process left behind that was killed is known.
func Copy() string { return fmt.Sprintf("load-%d.%s-*", os.Getpid(), ProcessStart(os.Getpid())) }

// Clear removes the copies from a spool that no living process owns.
func Clear(spool string) (err error) {
	names, _ := filepath.Glob(filepath.Join(spool, "load-*"))
	for _, n := range names {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(n), "load-"), "-")
		id, start, _ := strings.Cut(owner, ".")
		if pid, _ := strconv.Atoi(id); pid > 0 && start != "" && ProcessStart(pid) == start {
			continue
		}
		if e := os.Remove(n); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
