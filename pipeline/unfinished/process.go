package unfinished

import (
	"fmt"
	"os"
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
