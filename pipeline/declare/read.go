package declare

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"yanzhen/pipeline/codes"
)

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Unspoken is a struct in whose place somebody may have written what must not be told: a fault does not quote it.
type Unspoken interface{ Unspoken() }

// want notes that a value is of another kind than expected.
func (f *File) want(n *yaml.Node, path string, t reflect.Type) {
	zh, en := "列表", "a list"
	switch {
	case n.Kind == yaml.MappingNode:
		zh, en = "一组键值", "a mapping"
	case null(n):
		zh, en = "空的", "empty"
	case n.Kind == yaml.ScalarNode && t.Implements(reflect.TypeFor[Unspoken]()):
		zh, en = "一个值（不在这里重复它）", "a value, which is not repeated here"
	case n.Kind == yaml.ScalarNode:
		zh = " " + quoted(n.Value)
		en = zh[1:]
	}
	kind := kindOf(t)
	zh, en = "是"+zh+"，应为"+kind.Zh, "is "+en+", want "+kind.En
	if n.Kind == yaml.ScalarNode && kind == mapping && strings.Contains(n.Value, "：") {
		zh, en = zh+"；冒号应为半角，其后有空格", en+"; a colon is : and a blank"
	}
	if f.about.path == path && t.Kind() != reflect.Bool {
		zh, en = zh+such(f.about.Key, "，如 "), en+such(f.about.Key, ", such as ")
	}
	f.broken[path] = true
	f.note(f.lineOf(n), path, zh, en)
}

// quoted is a value in quotes, cut where it is long.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:58]) + "……"
	}
	return strconv.Quote(s)
}

// such is a short example of a key, after words; "" where it has none.
func such(k Key, words string) string {
	if k.Example == "" || len(k.Example) > 60 {
		return ""
	}
	return words + k.Example
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// lineOf is the line of a node; within an alias that of the alias, for there the reader finds the fault.
func (f *File) lineOf(n *yaml.Node) int {
	if f.alias != 0 {
		return f.alias
	}
	return n.Line
}

// bare says that a value is written without quotes, so that 3 is a number and "3" a text.
func bare(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// value reads a node into v, which stands at path.
func (f *File) value(n *yaml.Node, v reflect.Value, path string, depth int) {
	if _, ok := f.lines[path]; !ok && path != "" {
		f.lines[path] = f.lineOf(n)
	}
	if f.values++; f.values > maxValues || depth > maxDepth {
		if f.values <= maxValues+1 {
			f.note(f.lineOf(n), path, "值太多或嵌套太深（引用展开后），不再往下读", "too many values or too deep, aliases followed: not read any further")
		}
		f.broken[path] = true
		return
	}
	if n.Kind == yaml.AliasNode {
		if outer := f.alias; outer == 0 {
			f.alias = n.Line
			defer func() { f.alias = 0 }()
		}
		f.value(n.Alias, v, path, depth+1)
		return
	}
	switch {
	case v.Kind() == reflect.Pointer:
		if null(n) {
			f.want(n, path, v.Type())
			return
		}
		p := reflect.New(v.Type().Elem())
		f.value(n, p.Elem(), path, depth)
		v.Set(p)
	case v.Kind() == reflect.Struct:
		f.structure(n, v, path, depth)
	case v.Kind() == reflect.Slice:
		f.list(n, v, path, depth)
	case v.Kind() == reflect.Map:
		if n.Kind != yaml.MappingNode {
			f.want(n, path, v.Type())
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for i := 0; i+1 < len(n.Content); i += 2 {
			if f.key(n.Content[i], path) {
				f.entry(n.Content[i], n.Content[i+1], v, path, depth)
			}
		}
	default:
		if !scalar(n, v) {
			f.want(n, path, v.Type())
		}
	}
}

// scalar reads a single value; false where it is none of v's type.
func scalar(n *yaml.Node, v reflect.Value) bool {
	if n.Kind != yaml.ScalarNode || null(n) {
		return false
	}
	if v.Type() == durationType {
		d, err := time.ParseDuration(n.Value)
		v.SetInt(int64(d))
		return err == nil && d > 0
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value) // any single value reads as the text that stands there: `code: 011` is 011
		return true
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		v.SetInt(int64(i))
		return err == nil && bare(n)
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.Value, 64)
		v.SetFloat(x)
		return err == nil && bare(n) && x-x == 0
	case reflect.Bool:
		v.SetBool(n.Value == "true")
		return bare(n) && (n.Value == "true" || n.Value == "false")
	}
	panic("declare: no reading into " + v.Type().String())
}

// list reads a list; an item is called by its name or code in what is told of it.
func (f *File) list(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.SequenceNode {
		f.want(n, path, v.Type())
		return
	}
	items := reflect.MakeSlice(v.Type(), 0, len(n.Content))
	taken := map[string]bool{}
	for i, e := range n.Content {
		at := path + "[" + strconv.Itoa(i+1) + "]"
		if name := nameOf(e); name != "" && !taken[name] {
			taken[name] = true
			f.names[at] = name
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if text, ok := colonText(e); ok && item.Kind() == reflect.String {
			e = text
		}
		f.value(e, item, at, depth+1)
		items = reflect.Append(items, item)
		if f.values > maxValues {
			break
		}
	}
	v.Set(items)
}

// colonText is the text of an item such as 备注: in [合计, 备注:], which YAML takes for a mapping without a value.
func colonText(n *yaml.Node) (*yaml.Node, bool) {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[0].Kind != yaml.ScalarNode || !null(n.Content[1]) || n.Content[1].Value != "" {
		return nil, false
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: n.Content[0].Value + ":", Line: n.Line}, true
}

// nameOf is the name or code of an item of a list; "" where it has none that could stand in a path.
func nameOf(n *yaml.Node) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		if key == "name" || key == "code" {
			if v.Kind != yaml.ScalarNode || v.Value == "" || len(v.Value) > 64 || strings.ContainsAny(v.Value, "[]\n\r\t\x1b") {
				return ""
			}
			return v.Value
		}
	}
	return ""
}

// key says whether a node can be a key.
func (f *File) key(n *yaml.Node, path string) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		f.note(f.lineOf(n), path, "键应为文字", "a key is a text")
	case n.Value == "<<" && bare(n):
		f.note(f.lineOf(n), path, "不读合并键 <<，把其中的键写在这里", "the merge key << is not read: write its keys here")
	default:
		return true
	}
	return false
}

// entry puts a key and its value into a map.
func (f *File) entry(key, n *yaml.Node, m reflect.Value, path string, depth int) {
	at := join(path, key.Value)
	if _, twice := f.lines[at]; twice {
		f.note(f.lineOf(key), at, "键 "+quoted(key.Value)+" 写了两次", "key "+quoted(key.Value)+" is given twice")
		return
	}
	f.lines[at] = f.lineOf(key)
	k, item := reflect.New(m.Type().Key()).Elem(), reflect.New(m.Type().Elem()).Elem()
	if k.Kind() == reflect.Int {
		i, err := strconv.Atoi(key.Value)
		if err != nil {
			f.want(key, at, k.Type())
			return
		}
		k.SetInt(int64(i))
	} else {
		k.SetString(key.Value)
	}
	f.value(n, item, at, depth+1)
	m.SetMapIndex(k, item)
}

// structure reads a mapping into a struct, or a value that stands alone into the field that takes it.
func (f *File) structure(n *yaml.Node, v reflect.Value, path string, depth int) {
	s := f.shape(v.Type())
	if n.Kind == yaml.MappingNode {
		f.fields(n, s, v, path, depth)
	} else if !f.alone(n, s, v, path, depth) {
		f.want(n, path, v.Type())
		return
	}
	if x, ok := v.Addr().Interface().(Settler); ok {
		x.Settle(f, path)
	}
}

// alone reads a value into the first field that takes its type; false where none does.
func (f *File) alone(n *yaml.Node, s *shape, v reflect.Value, path string, depth int) bool {
	for _, a := range s.alone {
		to := v.FieldByIndex(a.index)
		value := to
		if to.Kind() == reflect.Pointer {
			value = reflect.New(to.Type().Elem()).Elem()
		}
		switch {
		case value.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
			f.list(n, value, path, depth)
		case value.Kind() == reflect.Slice || !scalar(n, value):
			to.SetZero()
			continue
		}
		if to.Kind() == reflect.Pointer {
			to.Set(value.Addr())
		}
		return true
	}
	return false
}

func (f *File) fields(n *yaml.Node, s *shape, v reflect.Value, path string, depth int) {
	if s.rest != nil {
		v.FieldByIndex(s.rest.index).Set(reflect.MakeMap(s.rest.typ))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !f.key(key, path) {
			continue
		}
		at := join(path, key.Value)
		to := s.find(key.Value)
		_, twice := f.lines[at]
		switch {
		case to == nil && s.rest != nil:
			f.entry(key, n.Content[i+1], v.FieldByIndex(s.rest.index), path, depth)
		case to == nil:
			f.unknown(key, n.Content[i+1], path, s.keys())
		case twice:
			f.note(f.lineOf(key), at, "键 "+quoted(key.Value)+" 写了两次", "key "+quoted(key.Value)+" is given twice")
		default:
			f.lines[at] = f.lineOf(key)
			f.about = aboutKey{at, to.Key}
			f.value(n.Content[i+1], v.FieldByIndex(to.index), at, depth+1)
			f.words(to, v.FieldByIndex(to.index), at)
		}
	}
	f.absent(n, s, v, path)
}

// unknown notes a key that there is not. The key it is a slip of counts as said.
func (f *File) unknown(key, value *yaml.Node, path string, keys []string) {
	slices.Sort(keys)
	at, near := join(path, key.Value), Near(key.Value, keys)
	comma := codes.Text{}
	if value != nil && value.Tag == "!!null" && value.Value == "" { // {zh: 一行一条，, en: One, a row}: a comma inside a value
		comma = codes.Text{Zh: "；值里有英文逗号时，请给整个值加引号", En: "; a value with a comma in it wants quotes around it"}
	}
	f.note(f.lineOf(key), at, "未知的键 "+quoted(key.Value)+near+"，可用: "+strings.Join(keys, " ")+comma.Zh,
		"unknown key "+quoted(key.Value)+near+", want one of: "+strings.Join(keys, " ")+comma.En)
	f.lines[at] = f.lineOf(key)
	if meant := codes.Nearest(key.Value, keys); meant != "" {
		f.broken[join(path, meant)] = true
	}
}

// words holds a value against the words it may be.
func (f *File) words(to *field, v reflect.Value, path string) {
	if to.OneOf == nil || f.broken[path] {
		return
	}
	switch {
	case v.Kind() == reflect.String:
		f.broken[path] = !f.OneOf(path, v.String(), to.OneOf...)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		for i := range v.Len() {
			if at := path + "[" + strconv.Itoa(i+1) + "]"; !f.broken[at] {
				f.broken[at] = !f.OneOf(at, v.Index(i).String(), to.OneOf...)
			}
		}
	}
}

// absent notes what is required and not there, and puts the defaults in.
func (f *File) absent(n *yaml.Node, s *shape, v reflect.Value, path string) {
	if path == "" && len(n.Content) == 0 {
		f.blank(s)
	}
	line := f.lineOf(n)
	if path != "" {
		line = f.Line(path)
	}
	for i := range s.fields {
		to := &s.fields[i]
		at, value := join(path, to.key), v.FieldByIndex(to.index)
		switch {
		case f.broken[at]:
		case f.Given(at):
			if t, ok := value.Interface().(codes.Text); ok && to.Required {
				f.Both(at, t)
			}
		case to.Required && !f.unread:
			f.note(line, path, "缺少 "+to.key+"："+to.Zh+such(to.Key, "，如 "), "lacks "+to.key+": "+to.En+such(to.Key, ", such as "))
			f.broken[at] = true
		default:
			setDefault(to, value)
		}
	}
}

// blank notes that a file has nothing where something is required.
func (f *File) blank(s *shape) {
	var want []string
	for _, to := range s.fields {
		if to.Required {
			want = append(want, to.key)
		}
	}
	if want != nil {
		keys := strings.Join(want, " ")
		f.note(1, "", "文件是空的，至少要有 "+keys, "the file is empty, want at least "+keys)
		f.unread = true
	}
}

// setDefault gives a value that is absent its default, and what is inside of it theirs.
func setDefault(to *field, v reflect.Value) {
	switch {
	case to.Default != "":
		f := newFile("", nil)
		n := &yaml.Node{Kind: yaml.ScalarNode, Value: to.Default}
		if v.Kind() == reflect.Struct {
			var doc yaml.Node
			if err := yaml.Load([]byte(to.Default), &doc); err == nil {
				n = doc.Content[0]
			}
		}
		if f.value(n, v, to.key, 0); !f.Sound() {
			panic("declare: the default of " + to.key + " is no value of it: " + to.Default)
		}
	case v.Kind() == reflect.Struct:
		s := shapeOf(v.Type())
		for i := range s.fields {
			setDefault(&s.fields[i], v.FieldByIndex(s.fields[i].index))
		}
	}
}

// shape is shapeOf, remembered: a file has many structs of a few types.
func (f *File) shape(t reflect.Type) *shape {
	if f.shapes[t] == nil {
		f.shapes[t] = shapeOf(t)
	}
	return f.shapes[t]
}
