package filename

import "strings"

// Ignored reports whether a file is no submission, by its base name: a lock file of Office, a download or a copy under way, a hidden
// file, what an editor or the system leaves behind.
func Ignored(base string) bool {
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~") || strings.HasSuffix(base, "~") {
		return true
	}
	low := strings.ToLower(base)
	for _, end := range []string{".tmp", ".crdownload", ".part", ".partial", ".download", ".swp", ".swx", ".filepart", ".bak", ".ok"} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return low == "thumbs.db" || low == "desktop.ini"
}
