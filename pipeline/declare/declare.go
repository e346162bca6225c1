// Package declare reads declarations in YAML strictly: it knows the line of every key, tells an unknown one with the
// nearest that there is, and tells all faults of all files at once, in Chinese and English. Each kind of declaration is
// a struct whose keys are described once, beside it; the reader, the manual and the schemas for editors follow from that.
package declare

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// Fault is one thing wrong in a declaration.
type Fault struct {
	File string
	Line int
	Path string // columns[person].type; empty for the file as a whole
	Zh   string // what was found and what was expected
	En   string
}

// Error prints datasets/x.yaml:14: columns[person].type: what (zh) / what (en).
func (f *Fault) Error() string {
	s := f.File + ":" + strconv.Itoa(f.Line) + ": "
	if f.Path != "" {
		s += f.Path + ": "
	}
	return s + f.Zh + " / " + f.En
}

// File is one file read: where every key stands, and what is wrong so far. A path names a place in it: columns[2].type,
// counted from 1.
type File struct {
	Name string
	Text []byte

	lines  map[string]int    // line of every path
	names  map[string]string // what the item of a list at a path is called, the first of that name
	broken map[string]bool   // paths whose value could not be read: nothing more is told about them
	values int               // read so far, aliases followed
	alias  int               // line of the alias being followed; 0: none
	unread bool              // as a whole: nothing more is told
	first  int               // line where the document begins
	faults []*Fault          // maxFaults at most
	more   int               // how many besides
	beside []error
	shapes map[reflect.Type]*shape
	about  aboutKey // the key being read
}

// aboutKey is what a key at a path means.
type aboutKey struct {
	path string
	Key
}

// Fault notes what is wrong at a path; zh and en take the same arguments in the same order, and of an argument that is
// a codes.Text each takes its own language. Where the path is not in the file the fault stands at what it would be in.
// A value that could not be read is not told about again.
func (f *File) Fault(path, zh, en string, a ...any) {
	for p := path; ; p = parent(p) {
		if f.unread || f.broken[p] {
			return
		}
		if p == "" {
			break
		}
	}
	f.note(f.Line(path), path, fmt.Sprintf(zh, in(codes.Zh, a)...), fmt.Sprintf(en, in(codes.En, a)...))
}

// in are arguments in a language.
func in(lang codes.Lang, args []any) []any {
	out := slices.Clone(args)
	for i, a := range out {
		if t, ok := a.(codes.Text); ok {
			out[i] = t.In(lang)
		}
	}
	return out
}

// Beside notes what is wrong with a file that this one names. It is told after the faults of this one.
func (f *File) Beside(err error) { f.beside = append(f.beside, err) }

func (f *File) note(line int, path, zh, en string) {
	if len(f.faults) == maxFaults {
		f.more++
		return
	}
	f.faults = append(f.faults, &Fault{f.Name, line, f.Show(path), zh, en})
}

func parent(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

// Line is the line of a path, or of what it would be in where it is not there.
func (f *File) Line(path string) int {
	for p := path; p != ""; p = parent(p) {
		if n, ok := f.lines[p]; ok {
			return n
		}
	}
	return max(1, f.first)
}

// Given says whether the file has something at a path.
func (f *File) Given(path string) bool {
	_, ok := f.lines[path]
	return ok
}

// Show writes a path for people: an item of a list by its name where it has one.
func (f *File) Show(path string) string {
	var b strings.Builder
	from := 0
	for i := range len(path) {
		if path[i] != ']' {
			continue
		}
		open := strings.LastIndexByte(path[:i], '[')
		if name, ok := f.names[path[:i+1]]; ok && open >= from {
			b.WriteString(path[from:open+1] + name + "]")
			from = i + 1
		}
	}
	return b.String() + path[from:]
}

// Again is the same file with nothing told, for a check that comes later.
func (f *File) Again() *File {
	c := *f
	c.faults, c.more, c.beside = nil, 0, nil
	return &c
}

// Unread says that the file could not be read at all: what it declares is not known.
func (f *File) Unread() bool { return f.unread }

// Sound says whether nothing is wrong so far.
func (f *File) Sound() bool { return len(f.faults)+len(f.beside) == 0 }

// Err joins the faults in the order of their lines; nil where there is none.
func (f *File) Err() error {
	list := slices.Clone(f.faults)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Line < list[j].Line })
	errs := make([]error, len(list))
	for i, x := range list {
		errs[i] = x
	}
	if f.more > 0 {
		errs = append(errs, &Fault{f.Name, list[len(list)-1].Line, "", "…… 另有 " + strconv.Itoa(f.more) + " 处", "... and " + strconv.Itoa(f.more) + " more"})
	}
	return errors.Join(append(errs, f.beside...)...)
}

// OneOf notes a fault where what was found is none of the wanted words.
func (f *File) OneOf(path, found string, want ...string) bool {
	if slices.Contains(want, found) {
		return true
	}
	f.Fault(path, "是 %q%s，应为 %s 之一", "is %q%s, want one of %s", found, Near(found, want), strings.Join(want, " "))
	return false
}

// Both notes a fault for each language that a text lacks.
func (f *File) Both(path string, t codes.Text) {
	if strings.TrimSpace(t.Zh) == "" {
		f.Fault(path+".zh", "缺少中文", "the Chinese text is missing")
	}
	if strings.TrimSpace(t.En) == "" {
		f.Fault(path+".en", "缺少英文", "the English text is missing")
	}
}

// Near is " (word?)" for the word that s is a slip of, else nothing.
func Near(s string, words []string) string {
	if w := codes.Nearest(s, words); w != "" {
		return " (" + w + "?)"
	}
	return ""
}

// Known is " (word?)" for the word that s is a slip of, else all the words there are.
func Known(s string, words []string) codes.Text {
	if near := Near(s, words); near != "" {
		return codes.Text{Zh: near, En: near}
	}
	if len(words) == 0 {
		return codes.Text{Zh: "，还一个也没有声明", En: ", none is declared yet"}
	}
	all := strings.Join(slices.Sorted(slices.Values(words)), " ")
	return codes.Text{Zh: "，可用 " + all, En: ", have " + all}
}

// Pattern compiles a regular expression; nil and a fault where it is none.
func (f *File) Pattern(path, p string) *regexp.Regexp {
	re, err := regexp.Compile(p)
	if err != nil {
		f.Fault(path, "%q 不是正则表达式: %v", "%q is not a regular expression: %v", p, err)
	}
	return re
}
