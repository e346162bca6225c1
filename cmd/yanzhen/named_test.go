package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tests that docs/promises.md and docs/faults.md name exist, and each fault has its row.
func TestNamedTestsExist(t *testing.T) {
	root := filepath.Join("..", "..")
	have := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z0-9]\w*)\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
				have[m[1]] = true
			}
		}
		return nil
	})
	if err != nil || len(have) < 300 {
		t.Fatalf("%d tests found, %v", len(have), err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	for _, doc := range []string{"promises.md", "faults.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", doc))
		if err != nil {
			t.Fatal(err)
		}
		names := named.FindAllStringSubmatch(string(text), -1)
		if len(names) < 20 {
			t.Errorf("%s names %d tests", doc, len(names))
		}
		for _, m := range names {
			if !have[m[1]] {
				t.Errorf("%s names %s, which does not exist", doc, m[1])
			}
		}
	}
	faults, _ := os.ReadFile(filepath.Join(root, "docs", "faults.md"))
	if rows := regexp.MustCompile(`(?m)^\| [0-9]+ \|`).FindAllString(string(faults), -1); len(rows) != 32 {
		t.Errorf("faults.md has %d rows, want 32", len(rows))
	}
}
