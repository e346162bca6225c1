package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the map of the rooms in CONTRIBUTING.md anew")

// floors are the top rooms in the order of the map, each with what it does.
var floors = []struct{ name, does string }{
	{"configs", "declares"}, {"pipeline", "writes"}, {"dashboard", "reads"}, {"jobs", "times"}, {"cmd", "starts"},
}

// roomsMap writes a paragraph for each package, the comment above its package clause, floor by floor and those that
// others stand on first.
func roomsMap(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles", "yanzhen/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	comments := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(p.ImportPath, "yanzhen/")
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if m := packageComment.FindSubmatch(text); m != nil {
				comments[room] = paragraph(string(m[1]))
			}
		}
		if comments[room] == "" {
			t.Errorf("%s: its package clause has no comment that begins with Package or Command", room)
		}
	}
	rooms := make([]string, 0, len(comments))
	for room := range comments {
		rooms = append(rooms, room)
	}
	slices.SortFunc(rooms, func(a, b string) int { return cmp.Or(cmp.Compare(height(a), height(b)), cmp.Compare(a, b)) })
	var b strings.Builder
	for _, f := range floors {
		fmt.Fprintf(&b, "\n**%s %s.**\n\n", f.name, f.does)
		for _, room := range rooms {
			if room != f.name && !strings.HasPrefix(room, f.name+"/") {
				continue
			}
			fmt.Fprintf(&b, "- `%s` %s", room, comments[room])
			if over := standsOn(roomOf(room)); len(over) > 0 {
				fmt.Fprintf(&b, " *Over* %s.", strings.Join(over, ", "))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// packageComment is the comment that ends right above the package clause; its first words are Package or Command and
// a name.
var packageComment = regexp.MustCompile(`(?m)((?:^//.*\n)+)package \w+$`)

// paragraph is the first paragraph of a comment in one line, without the two words it begins with.
func paragraph(comment string) string {
	var words []string
	for line := range strings.Lines(comment) {
		w := strings.Fields(strings.TrimPrefix(line, "//"))
		if len(w) == 0 {
			break
		}
		words = append(words, w...)
	}
	if len(words) < 3 || words[0] != "Package" && words[0] != "Command" {
		return ""
	}
	return strings.Join(words[2:], " ")
}

// standsOn are the rooms that a room may import, without those that these stand on themselves.
func standsOn(room string) (out []string) {
	for _, r := range arrows[room] {
		if r != "*" && !slices.ContainsFunc(arrows[room], func(other string) bool { return other != r && reaches(other, r) }) {
			out = append(out, r)
		}
	}
	return out
}

func reaches(from, to string) bool {
	return slices.ContainsFunc(arrows[from], func(r string) bool { return r == to || r != "*" && reaches(r, to) })
}

// height is how many rooms stand below a room, one on the other.
func height(room string) int {
	h := 0
	for _, below := range arrows[roomOf(room)] {
		if below != "*" {
			h = max(h, height(below)+1)
		}
	}
	return h
}

// The map in CONTRIBUTING.md has every room, as its package says it, and every path that is named there exists.
func TestContributing(t *testing.T) {
	const name, begin, end = "../../CONTRIBUTING.md", "<!-- rooms: go test ./cmd/yanzhen -run TestContributing -update -->\n", "<!-- end of rooms -->\n"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatalf("%s has no map of the rooms between %q and %q", name, begin, end)
	}
	is := roomsMap(t) + "\n"
	switch {
	case *update:
		if err := os.WriteFile(name, []byte(before+begin+is+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case was != is:
		t.Errorf("the map of the rooms is not what the packages say: go test ./cmd/yanzhen -run TestContributing -update")
	}
	for room := range arrows {
		if !strings.Contains(is, "`"+room+"`") && !strings.Contains(is, "**"+room+" ") {
			t.Errorf("room %s stands not in the map", room)
		}
	}
	named := 0
	for _, code := range regexp.MustCompile("`[^`]+`").FindAllString(before+is+after, -1) {
		for _, word := range strings.Fields(strings.Trim(code, "`")) {
			if word = strings.TrimSuffix(word, "..."); !strings.Contains(word, "/") || strings.Contains(word, "://") {
				continue
			}
			named++
			if found, err := filepath.Glob(filepath.Join("../..", word)); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", name, word)
			}
		}
	}
	if named < 30 {
		t.Errorf("%s names %d paths: the test looked at nothing", name, named)
	}
}
