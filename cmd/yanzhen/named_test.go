package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testsOfTree are the tests that there are.
func testsOfTree(t *testing.T, root string) map[string]bool {
	t.Helper()
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
	return have
}

// The tests that docs name exist, and each fault has its row.
func TestNamedTestsExist(t *testing.T) {
	root := filepath.Join("..", "..")
	have := testsOfTree(t, root)
	named := regexp.MustCompile("[`:,] ?((?:Test|Fuzz)[A-Z]\\w*)")
	for _, doc := range []string{"promises.md", "trials.md", "faults.md", "security.md", "asvs.md", "dengbao.md"} {
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
	if rows := regexp.MustCompile(`(?m)^\| [0-9]+ \|`).FindAllString(string(faults), -1); len(rows) != 34 {
		t.Errorf("faults.md has %d rows, want 34", len(rows))
	}
}

// Every requirement of ASVS 5.0 on levels 1 and 2, WebRTC aside, has one row that answers it: by a test, or by why there is
// none. The sections of docs/security.md that rows stand on are there.
func TestAsvs(t *testing.T) {
	numbers, err := os.ReadFile(filepath.Join("testdata", "asvs-5.0.0.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "asvs.md"))
	if err != nil {
		t.Fatal(err)
	}
	level := map[string]string{}
	for line := range strings.Lines(string(numbers)) {
		number, l, _ := strings.Cut(strings.TrimSpace(line), "\t")
		level[number] = l
	}
	if len(level) != 246 {
		t.Fatalf("%d requirements, want 246", len(level))
	}
	answered := map[string]bool{}
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 7 {
			if strings.HasPrefix(line, "| ") && strings.Contains(line, ".") {
				t.Errorf("%d cells: %s", len(cells), line)
			}
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		number, l, asks, here, by := cells[1], cells[2], cells[3], cells[4], cells[5]
		if number == "number" || strings.HasPrefix(number, "---") {
			continue
		}
		reason := regexp.MustCompile(`^(n/a|office|partly|not met)|(partly|not met): `).MatchString(here)
		switch {
		case level[number] == "" || level[number] != l:
			t.Errorf("%s level %s is no requirement", number, l)
		case answered[number]:
			t.Errorf("%s stands twice", number)
		case asks == "" || here == "" || by == "" && !reason:
			t.Errorf("%s is not answered: %s", number, line)
		}
		answered[number] = true
	}
	for number := range level {
		if !answered[number] {
			t.Errorf("%s has no row", number)
		}
	}
	security, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"Ways in", "Limits", "Keys and algorithms", "Logs", "Connections", "Components", "Data"} {
		if !strings.Contains(string(security), "\n## "+section+"\n") {
			t.Errorf("security.md lacks the section %q", section)
		}
	}
}
