package declare

import (
	"reflect"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
)

// Key says what a key of a declaration means.
type Key struct {
	Zh, En   string   // what it is for, in a sentence
	Default  string   // what it is where it is absent; the reader puts it in
	OneOf    []string // the words it may be, each of them where it is a list; nil: any
	Example  string   // a value, as YAML
	Required bool     // absent, it is a fault; a text in two languages wants both
}

// Keys describes the keys of a struct, by key. What stands under "" describes a value that stands alone, without keys;
// the words it may be are for the schema, and Settle holds it against them.
type Keys map[string]Key

// Described is a struct that says what its keys mean. Its fields are tagged:
//
//	`yaml:"name"`    the key
//	`yaml:",inline"` a struct whose keys are as if they stood here, or a map that takes the keys nobody else has
//	`yaml:",alone"`  takes a value that stands in place of the mapping: from: arrivals
//	`yaml:"-"`       is not declared
type Described interface{ Declared() Keys }

// Settler is a struct that completes itself, or tells what is wrong with it, once it is read.
type Settler interface{ Settle(f *File, path string) }

// field is a key of a struct and where its value goes.
type field struct {
	key   string
	index []int
	typ   reflect.Type
	Key
}

// shape is how a struct is written.
type shape struct {
	fields []field // in the order of the struct
	alone  []field // that take a value which stands alone
	rest   *field  // that takes the other keys; nil: there are none
}

func (s *shape) find(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

func (s *shape) keys() []string {
	keys := make([]string, len(s.fields))
	for i, f := range s.fields {
		keys[i] = f.key
	}
	return keys
}

var (
	textType     = reflect.TypeFor[codes.Text]()
	durationType = reflect.TypeFor[time.Duration]()
)

// keysOf is what a struct says of its keys; a Text is known here, for all.
func keysOf(t reflect.Type) Keys {
	if t == textType {
		return Keys{
			"zh": {Zh: "中文", En: "the Chinese text", Example: "人才引进"},
			"en": {Zh: "英文", En: "the English text", Example: "Talent inflow"},
		}
	}
	if d, ok := reflect.Zero(t).Interface().(Described); ok {
		return d.Declared()
	}
	return nil
}

// shapeOf reads the tags of a struct.
func shapeOf(t reflect.Type) *shape {
	s := &shape{}
	s.add(t, nil, keysOf(t))
	return s
}

func (s *shape) add(t reflect.Type, at []int, keys Keys) {
	for i := range t.NumField() {
		tag, given := t.Field(i).Tag.Lookup("yaml")
		if !given || tag == "-" {
			continue
		}
		key, how, _ := strings.Cut(tag, ",")
		f := field{key: key, index: append(append([]int(nil), at...), i), typ: t.Field(i).Type, Key: keys[key]}
		switch {
		case how == "alone":
			s.alone = append(s.alone, f)
		case how == "inline" && f.typ.Kind() == reflect.Map:
			s.rest = &f
		case how == "inline":
			s.add(f.typ, f.index, keysOf(f.typ))
		default:
			s.fields = append(s.fields, f)
		}
	}
}

var mapping = codes.Text{Zh: "一组键值", En: "a mapping"}

// kindOf says in words what a value of a type is.
func kindOf(t reflect.Type) codes.Text {
	switch {
	case t == durationType:
		return codes.Text{Zh: "时长，如 90s、15m、2h", En: "a time such as 90s, 15m or 2h"}
	case t.Kind() == reflect.Pointer:
		return kindOf(t.Elem())
	}
	switch t.Kind() {
	case reflect.String:
		return codes.Text{Zh: "文字", En: "text"}
	case reflect.Int:
		return codes.Text{Zh: "整数", En: "a whole number"}
	case reflect.Float64:
		return codes.Text{Zh: "数", En: "a number"}
	case reflect.Bool:
		return codes.Text{Zh: " true 或 false", En: "true or false"}
	case reflect.Slice:
		return codes.Text{Zh: "列表", En: "a list"}
	case reflect.Struct:
		var all codes.Text
		s := shapeOf(t)
		for _, a := range s.alone {
			k := kindOf(a.typ)
			all.Zh, all.En = all.Zh+k.Zh+"、", all.En+k.En+" or "
		}
		if len(s.fields) == 0 && s.rest == nil {
			return codes.Text{Zh: strings.TrimSuffix(all.Zh, "、"), En: strings.TrimSuffix(all.En, " or ")}
		}
		if all.Zh != "" {
			return codes.Text{Zh: strings.TrimSuffix(all.Zh, "、") + "或" + mapping.Zh, En: all.En + mapping.En}
		}
	}
	return mapping
}

// Kind is a kind of declaration, for the manual and the schema.
type Kind struct {
	Name   string // dataset; the schema is docs/schema/dataset.schema.json
	Folder string // datasets; empty: a file of its own
	Title  codes.Text
	About  codes.Text

	of reflect.Type
}

// KindOf is the kind whose files are read as a T.
func KindOf[T any](name, folder string, title, about codes.Text) Kind {
	return Kind{name, folder, title, about, reflect.TypeFor[T]()}
}

// stray are the words that are said of keys that a struct, with those that stand in it without a key, has not.
func stray(t reflect.Type, s *shape) (all []string) {
	for key := range keysOf(t) {
		if key != "" && s.find(key) == nil || key == "" && s.alone == nil {
			all = append(all, key)
		}
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == ",inline" && f.Type.Kind() == reflect.Struct {
			all = append(all, stray(f.Type, s)...)
		}
	}
	return all
}
