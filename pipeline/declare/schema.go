package declare

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"
)

// draft is the version of JSON Schema that every editor knows.
const draft = "http://json-schema.org/draft-07/schema#"

// Schema is the JSON Schema of a kind, by which an editor completes and checks its files. It takes what the reader takes
// and refuses most of what that refuses: what needs other files, or two keys at once, only the reader tells. An error
// where a key is not described, or words are said of one that there is not.
func (k Kind) Schema() ([]byte, error) {
	s, err := schemaOf(k.of)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Name, err)
	}
	s.Schema, s.Title, s.Description = draft, k.Title.Zh+" / "+k.Title.En, k.About.Zh+" / "+k.About.En
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// described is the schema of a key.
func described(f field) (*jsonschema.Schema, error) {
	if f.Zh == "" || f.En == "" || f.Example == "" {
		return nil, fmt.Errorf("%s: words in both languages and an example are wanted", f.key)
	}
	s, err := schemaOf(f.typ)
	if err != nil {
		return nil, fmt.Errorf("%s.%w", f.key, err)
	}
	if words := enum(f.OneOf); words != nil {
		if s.Items != nil {
			s.Items = &jsonschema.Schema{Enum: words}
		} else {
			s = &jsonschema.Schema{Enum: words}
		}
	}
	if f.typ == textType && f.Required {
		s.Required = []string{"zh", "en"}
	}
	s.Description = f.Zh + " / " + f.En
	example, err := value(f, f.Example)
	if err != nil {
		return nil, fmt.Errorf("%s: example %s: %w", f.key, f.Example, err)
	}
	s.Examples = []any{example}
	if f.Default != "" {
		def, err := value(f, f.Default)
		if err != nil {
			return nil, fmt.Errorf("%s: default %s: %w", f.key, f.Default, err)
		}
		if s.Default, err = json.Marshal(def); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func enum(words []string) (list []any) {
	for _, w := range words {
		list = append(list, w)
	}
	return list
}

// value reads an example or a default: as the reader does, so that it is one, and as JSON.
func value(f field, text string) (any, error) {
	var doc yaml.Node
	if err := yaml.Load([]byte(text), &doc); err != nil {
		return nil, err
	}
	file, v := newFile("example", []byte(text)), reflect.New(f.typ).Elem()
	file.value(doc.Content[0], v, f.key, 0)
	file.words(&f, v, f.key)
	if err := file.Err(); err != nil {
		return nil, err
	}
	var plain any
	if err := yaml.Load([]byte(text), &plain); err != nil {
		return nil, err
	}
	return AsJSON(plain), nil
}

// AsJSON makes of what YAML reads and JSON has no word for its text: days, and keys that are numbers.
func AsJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			v[key] = AsJSON(x)
		}
	case map[any]any:
		m := map[string]any{}
		for key, x := range v {
			m[fmt.Sprint(key)] = AsJSON(x)
		}
		return m
	case []any:
		for i, x := range v {
			v[i] = AsJSON(x)
		}
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}

func schemaOf(t reflect.Type) (*jsonschema.Schema, error) {
	if t == durationType {
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.String:
		return &jsonschema.Schema{Types: []string{"string", "number", "boolean"}}, nil // each reads as its text
	case reflect.Int:
		return &jsonschema.Schema{Type: "integer"}, nil
	case reflect.Float64:
		return &jsonschema.Schema{Type: "number"}, nil
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}, nil
	case reflect.Slice:
		items, err := schemaOf(t.Elem())
		if t.Elem().Kind() == reflect.String {
			one := 1
			items = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{items, {Type: "object", MaxProperties: &one, AdditionalProperties: &jsonschema.Schema{Type: "null"}}}} // see colonText
		}
		return &jsonschema.Schema{Type: "array", Items: items}, err
	case reflect.Map:
		values, err := schemaOf(t.Elem())
		s := &jsonschema.Schema{Type: "object", AdditionalProperties: values}
		if t.Key().Kind() == reflect.Int {
			s.PropertyNames = &jsonschema.Schema{Pattern: "^-?[0-9]+$"}
		}
		return s, err
	}
	return structSchema(t)
}

// structSchema is that of a mapping, or of one of several forms where a value may also stand alone.
func structSchema(t reflect.Type) (*jsonschema.Schema, error) {
	sh := shapeOf(t)
	if keys := stray(t, sh); keys != nil {
		return nil, fmt.Errorf("%s: described, but no key: %s", t.Name(), strings.Join(keys, " "))
	}
	s := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}}}
	for _, f := range sh.fields {
		p, err := described(f)
		if err != nil {
			return nil, err
		}
		s.Properties[f.key] = p
		s.PropertyOrder = append(s.PropertyOrder, f.key)
		if f.Required {
			s.Required = append(s.Required, f.key)
		}
	}
	if sh.rest != nil {
		values, err := schemaOf(sh.rest.typ.Elem())
		if err != nil {
			return nil, err
		}
		s.AdditionalProperties = values
	}
	if len(sh.alone) == 0 {
		return s, nil
	}
	forms := &jsonschema.Schema{}
	for _, a := range sh.alone {
		if a.Zh == "" || a.En == "" || a.Example == "" {
			return nil, fmt.Errorf("a value that stands alone: words in both languages and an example are wanted")
		}
		form, err := schemaOf(a.typ)
		if err != nil {
			return nil, err
		}
		if words := enum(a.OneOf); words != nil {
			form = &jsonschema.Schema{Enum: words}
		}
		forms.AnyOf = append(forms.AnyOf, form)
	}
	if len(sh.fields) > 0 || sh.rest != nil {
		forms.AnyOf = append(forms.AnyOf, s)
	}
	return forms, nil
}
