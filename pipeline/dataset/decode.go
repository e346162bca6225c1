package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Fault is one thing wrong in a declaration.
type Fault struct {
	File string
	Line int
	Path string // columns[3].type; empty for the file as a whole
	Zh   string // what was found and what was expected
	En   string
}

// Error prints configs/datasets/x.yaml:14: columns[3].type: what (zh) / what (en).
func (f *Fault) Error() string {
	s := f.File + ":" + strconv.Itoa(f.Line) + ": "
	if f.Path != "" {
		s += f.Path + ": "
	}
	return s + f.Zh + " / " + f.En
}

// file is one YAML file being read: it collects the faults and remembers where everything stood.
type file struct {
	name   string
	lines  map[string]int  // line of every path
	broken map[string]bool // paths whose value could not be read: nothing more is said about them
	faults []error
}

// fault records what is wrong at a path; zh and en take the same arguments in the same order.
func (f *file) fault(path, zh, en string, a ...any) {
	line := 0
	for p := path; p != ""; {
		if f.broken[p] {
			return
		}
		if n, ok := f.lines[p]; ok && line == 0 {
			line = n
		}
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	line = max(line, 1)
	f.faults = append(f.faults, &Fault{f.name, line, path, fmt.Sprintf(zh, a...), fmt.Sprintf(en, a...)})
}

// err joins the faults in the order of their lines.
func (f *file) err() error {
	sort.SliceStable(f.faults, func(i, j int) bool { return f.faults[i].(*Fault).Line < f.faults[j].(*Fault).Line })
	return errors.Join(f.faults...)
}

// decode reads text, one YAML document, into the struct out points to. Unknown keys, keys given
// twice and values of another type are faults; the rest of the file is still read.
func (f *file) decode(text []byte, out any) {
	f.lines, f.broken = map[string]int{}, map[string]bool{}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&doc)
	if err == nil && dec.Decode(&more) == nil {
		f.faults = append(f.faults, &Fault{f.name, more.Line, "", "第二份文档（--- 之后）不会被读；一个文件只写一份", "a second document, after ---, would not be read: write one a file"})
	}
	if err != nil && err != io.EOF {
		line := 1
		msg := strings.TrimPrefix(err.Error(), "yaml: ")
		if rest, ok := strings.CutPrefix(msg, "line "); ok {
			if n, after, ok := strings.Cut(rest, ": "); ok {
				if i, err := strconv.Atoi(n); err == nil {
					line, msg = i, after
				}
			}
		}
		f.lines["-"] = line
		f.faults = append(f.faults, &Fault{f.name, line, "", "不是合法的 YAML: " + msg, "not YAML: " + msg})
		return
	}
	if len(doc.Content) == 0 {
		f.fault("", "文件是空的", "the file is empty")
		return
	}
	f.value(doc.Content[0], reflect.ValueOf(out).Elem(), "")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

var kindNames = map[yaml.Kind][2]string{
	yaml.MappingNode: {"一组键值", "a mapping"}, yaml.SequenceNode: {"列表", "a list"},
	yaml.ScalarNode: {"单个值", "a single value"}, yaml.AliasNode: {"引用", "an alias"},
}

func (f *file) want(n *yaml.Node, path, zh, en string) {
	found := kindNames[n.Kind]
	if n.Kind == yaml.ScalarNode {
		found = [2]string{strconv.Quote(n.Value), strconv.Quote(n.Value)}
	}
	f.broken[path] = true
	f.faults = append(f.faults, &Fault{f.name, n.Line, path, "是" + spaced(found[0]) + "，应为" + zh, "is " + found[1] + ", want " + en})
}

// spaced puts a space before a quoted value, none before Chinese.
func spaced(s string) string {
	if strings.HasPrefix(s, `"`) {
		return " " + s
	}
	return s
}

func (f *file) value(n *yaml.Node, v reflect.Value, path string) {
	if path != "" {
		if _, ok := f.lines[path]; !ok {
			f.lines[path] = n.Line
		}
	}
	if n.Kind == yaml.AliasNode {
		f.want(n, path, "写明的值，不用引用", "the value itself, not an alias")
		return
	}
	null := n.Kind == yaml.ScalarNode && n.Tag == "!!null"
	switch v.Kind() {
	case reflect.Pointer:
		if null {
			f.want(n, path, "一个值，或删去该键", "a value, or no key at all")
			return
		}
		p := reflect.New(v.Type().Elem())
		f.value(n, p.Elem(), path)
		v.Set(p)
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			f.want(n, path, "一组键值", "a mapping")
			return
		}
		f.fields(n, v, path)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			f.want(n, path, "列表", "a list")
			return
		}
		for i, e := range n.Content {
			item := reflect.New(v.Type().Elem()).Elem()
			f.value(e, item, path+"["+strconv.Itoa(i+1)+"]")
			v.Set(reflect.Append(v, item))
		}
	case reflect.Map:
		if n.Kind != yaml.MappingNode {
			f.want(n, path, "一组键值", "a mapping")
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := join(path, n.Content[i].Value)
			f.lines[at] = n.Content[i].Line
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.value(n.Content[i], key, at)
			f.value(n.Content[i+1], item, at)
			if v.MapIndex(key).IsValid() {
				f.fault(at, "键 %q 写了两次", "key %q is given twice", n.Content[i].Value)
			}
			v.SetMapIndex(key, item)
		}
	case reflect.String:
		// any scalar but null reads as the text that stands there, so that `code: 11` is "11"
		if n.Kind != yaml.ScalarNode || null {
			f.want(n, path, "文字", "text")
			return
		}
		v.SetString(n.Value)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			f.want(n, path, "整数", "a whole number")
			return
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || n.Style != 0 && n.Style != yaml.TaggedStyle || err != nil || x-x != 0 {
			f.want(n, path, "数", "a number")
			return
		}
		v.SetFloat(x)
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Value != "true" && n.Value != "false" {
			f.want(n, path, " true 或 false", "true or false")
			return
		}
		v.SetBool(n.Value == "true")
	default:
		panic("dataset: no decoding into " + v.Type().String())
	}
}

func (f *file) fields(n *yaml.Node, v reflect.Value, path string) {
	at := map[string]int{}
	var keys []string
	for i := range v.NumField() {
		if key := v.Type().Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			at[key] = i
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		here := join(path, key)
		j, ok := at[key]
		if !ok {
			f.lines[here] = n.Content[i].Line
			f.fault(here, "未知的键 %q%s，可用: %s", "unknown key %q%s, want one of: %s", key, nearest(key, keys), strings.Join(keys, " "))
			continue
		}
		if seen[key] {
			f.lines[here] = n.Content[i].Line
			f.fault(here, "键 %q 写了两次", "key %q is given twice", key)
			continue
		}
		seen[key] = true
		f.lines[here] = n.Content[i].Line
		f.value(n.Content[i+1], v.Field(j), here)
	}
}

// nearest returns ` (word?)` for the word within two edits of s, else nothing.
func nearest(s string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := edits(s, w); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return " (" + best + "?)"
}

func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diag+cost)
		}
	}
	return row[len(b)]
}
