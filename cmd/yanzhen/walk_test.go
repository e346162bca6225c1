package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse/embedded"
)

// TestAnalystWalk does what docs/analyst.md says: it writes the files that the page shows and runs its
// commands; each line printed below a command must be among what the command says.
func TestAnalystWalk(t *testing.T) {
	page, err := os.ReadFile("../../docs/analyst.md")
	if err != nil {
		t.Fatal(err)
	}
	lib, err := embedded.FindLibrary("")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("YANZHEN_ENGINE_LIB", lib)
	t.Setenv("YANZHEN_DIR", filepath.Join(dir, "zone"))
	_, walk, ok := strings.Cut(string(page), "\n## 从自己的表到公布的数")
	if !ok {
		t.Fatal("the page has no walk")
	}
	walk, _, _ = strings.Cut(walk, "\n## ")
	blocks := regexp.MustCompile("(?:`([^`\n]+)`\n\n)?```[a-z]*\n((?s:.*?))\n```").FindAllStringSubmatch(walk, -1)
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	files, commands := 0, 0
	// the files first: the page shows a command before the metrics that the same directory will hold
	for _, b := range blocks {
		if b[1] == "" {
			continue
		}
		files++
		if err := os.MkdirAll(filepath.Dir(b[1]), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b[1], []byte(b[2]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range blocks {
		if b[1] != "" {
			continue
		}
		for _, step := range strings.Split("\n"+b[2], "\n$ ")[1:] {
			line, want, _ := strings.Cut(step, "\n")
			commands++
			args := words(line)
			if args[0] == "sed" { // the sender's correction
				old, with, _ := strings.Cut(strings.Trim(strings.TrimPrefix(args[2], "s"), "/"), "/")
				text, err := os.ReadFile(args[3])
				if err != nil || !bytes.Contains(text, []byte(old)) {
					t.Fatalf("%s: %v", line, err)
				}
				if err := os.WriteFile(args[3], bytes.ReplaceAll(text, []byte(old), []byte(with)), 0o600); err != nil {
					t.Fatal(err)
				}
				continue
			}
			var out, errs bytes.Buffer
			if code := run(args[1:], &out, &errs); code != 0 {
				t.Errorf("%s: exit code %d\n%s%s", line, code, out.String(), errs.String())
			}
			said := strings.Split(out.String(), "\n")
			for i := range said {
				said[i] = plain(said[i])
			}
			for _, w := range strings.Split(want, "\n") {
				found := plain(w) == ""
				for _, s := range said {
					found = found || s == plain(w)
				}
				if !found {
					t.Errorf("%s: the page says\n%s\nthe command says\n%s", line, w, out.String())
				}
			}
		}
	}
	if files != 7 || commands != 11 {
		t.Errorf("got %d files and %d commands", files, commands)
	}
}

// words parts a command line at blanks; quotes keep them.
func words(line string) (out []string) {
	for _, m := range regexp.MustCompile(`"([^"]*)"|'([^']*)'|\S+`).FindAllStringSubmatch(line, -1) {
		switch {
		case m[1] != "":
			out = append(out, m[1])
		case m[2] != "":
			out = append(out, m[2])
		default:
			out = append(out, m[0])
		}
	}
	return out
}
