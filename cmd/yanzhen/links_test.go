package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// Every link between the documents, and from them to a picture or a folder, leads to a file that is there, and to a heading
// that it has. Every picture of docs/shots is linked.
func TestLinksOfDocs(t *testing.T) {
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "configs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	headings := map[string]map[string]bool{}
	links := 0
	for _, page := range pages {
		for _, m := range regexp.MustCompile(`\]\(([^()\s]+)\)`).FindAllStringSubmatch(regexp.MustCompile("`[^`\n]*`").ReplaceAllString(prose(t, page), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			name, anchor, _ := strings.Cut(m[1], "#")
			file := page
			if name != "" {
				file = filepath.Join(filepath.Dir(page), name)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %s is not there", page, m[1])
				continue
			}
			if anchor == "" {
				continue
			}
			if headings[file] == nil {
				headings[file] = anchors(prose(t, file))
			}
			if !headings[file][anchor] {
				t.Errorf("%s: %s has no such heading", page, m[1])
			}
		}
	}
	index := prose(t, filepath.Join(root, "docs", "shots", "README.md")) + prose(t, filepath.Join(root, "README.md"))
	pictures, err := filepath.Glob(filepath.Join(root, "docs", "shots", "*.png"))
	if err != nil || len(pictures) < 60 {
		t.Fatal(len(pictures), err)
	}
	for _, p := range pictures {
		if !strings.Contains(index, filepath.Base(p)+")") {
			t.Errorf("%s is shown nowhere", p)
		}
	}
	if len(pages) < 30 || links < 200 {
		t.Errorf("%d pages, %d links", len(pages), links)
	}
}

// prose is a page without its blocks of code, where a # begins a comment.
func prose(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(string(text), "")
}

// anchors are the names by which a page's headings are linked to, as GitHub makes them.
func anchors(page string) map[string]bool {
	have := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		have[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		have[m[1]] = true
	}
	return have
}
