package declare

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// What a file may be at most: its bytes, its values with every alias followed, and how deep they lie. What is declared by
// hand is a hundredth of it. Of more faults than maxFaults only the number is told.
const (
	maxBytes  = 4 << 20
	maxValues = 100_000
	maxDepth  = 100
	maxFaults = 100
)

// Parse reads text, one YAML document, into the struct that into points to. Unknown keys, keys given twice and values
// of another type are faults; the rest is still read, so that the caller can go on and tell what else is wrong.
func Parse(name string, text []byte, into any) *File {
	f := newFile(name, text)
	v := reflect.ValueOf(into).Elem()
	root := f.document()
	if root == nil {
		f.unread = true
		return f
	}
	f.first = root.Line
	f.value(root, v, "", 0)
	return f
}

func newFile(name string, text []byte) *File {
	return &File{Name: name, Text: text, lines: map[string]int{}, names: map[string]string{}, broken: map[string]bool{}, shapes: map[reflect.Type]*shape{}}
}

// document returns the one document of the file, nil after a fault. A file without one is an empty mapping.
func (f *File) document() *yaml.Node {
	if len(f.Text) > maxBytes {
		f.note(1, "", "文件超过 4 MB，不会是手写的声明", "the file is larger than 4 MB, which no declaration written by hand is")
		return nil
	}
	if !utf8.Valid(f.Text) {
		line, rest := 1, f.Text
		for len(rest) > 0 {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			rest = rest[n:]
		}
		f.note(line, "", "不是 UTF-8 编码，请用编辑器另存为 UTF-8", "is not UTF-8: save it as UTF-8 in your editor")
		return nil
	}
	dec, err := yaml.NewLoader(bytes.NewReader(f.Text))
	if err != nil {
		f.note(1, "", "不是合法的 YAML: "+err.Error(), "not YAML: "+err.Error())
		return nil
	}
	var doc, more yaml.Node
	switch err := dec.Load(&doc); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	case err != nil:
		f.syntax(err)
		return nil
	}
	switch err := dec.Load(&more); {
	case err == nil:
		f.note(more.Line, "", "第二份文档（--- 之后）不会被读；一个文件只写一份", "a second document, after ---, would not be read: write one a file")
	case !errors.Is(err, io.EOF):
		f.syntax(err)
	}
	if len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	}
	return doc.Content[0]
}

// syntax tells where the file stops to be YAML.
func (f *File) syntax(err error) {
	line, msg, zh, en := 1, err.Error(), "", ""
	if at := new(yaml.LoadError); errors.As(err, &at) {
		last := bytes.Count(bytes.TrimSuffix(f.Text, []byte("\n")), []byte("\n")) + 1
		line, msg = min(max(1, at.Mark.Line), last), at.Message
		if from := at.ContextMark.Line; from > 0 && from != line {
			zh, en = "；它从第 "+strconv.Itoa(from)+" 行开始", "; it began at line "+strconv.Itoa(from)
		}
	}
	f.note(line, "", "不是合法的 YAML（"+msg+"）"+zh+"。看引号、括号是否成对，缩进是否用空格，冒号是否半角、其后有空格",
		"not YAML ("+msg+")"+en+". See whether quotes and brackets are closed, whether blanks indent and a blank follows each colon")
}

// Plain reads a document without a kind, as it stands: map[string]any, []any, and every single value as its text. It is
// for comparing declarations that were read before; keys given twice and the like are not told.
func Plain(name string, text []byte) (any, error) {
	f := newFile(name, text)
	root := f.document()
	if root == nil {
		return nil, f.Err()
	}
	v := f.plain(root, 0)
	return v, f.Err()
}

func (f *File) plain(n *yaml.Node, depth int) any {
	if f.values++; f.values > maxValues || depth > maxDepth {
		if f.Sound() {
			f.note(n.Line, "", "值太多或嵌套太深", "too many values or too deep")
		}
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return f.plain(n.Alias, depth+1)
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = f.plain(n.Content[i+1], depth+1)
		}
		return m
	case yaml.SequenceNode:
		l := make([]any, len(n.Content))
		for i, e := range n.Content {
			if text, ok := colonText(e); ok {
				e = text
			}
			l[i] = f.plain(e, depth+1)
		}
		return l
	}
	return n.Value
}
