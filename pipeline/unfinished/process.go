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
