package draw

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// leaves counts the leaves of an option by who names them: a leaf is go-echarts' where the innermost field of a struct
// that holds it is declared by go-echarts.
type leaves struct {
	t              *testing.T
	theirs, theOwn int
	own            map[string]int // by path, to see what is ours
}

// field is one that encoding/json writes.
type field struct {
	value  reflect.Value
	theirs bool
}

// fields lists what encoding/json writes of a struct: of fields with the same key the one that is embedded least deeply.
// It reports a value that is lost because another field hides it.
func (l *leaves) fields(at string, v reflect.Value) map[string]field {
	out := map[string]field{}
	for level := []reflect.Value{v}; len(level) > 0; {
		var next []reflect.Value
		here := map[string]field{}
		for _, s := range level {
			for i := range s.NumField() {
				f, x := s.Type().Field(i), s.Field(i)
				name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
				if name == "-" || !f.IsExported() && !f.Anonymous {
					continue
				}
				if f.Anonymous && name == "" {
					if x = reflect.Indirect(x); x.IsValid() {
						next = append(next, x)
					}
					continue
				}
				if name == "" {
					name = f.Name
				}
				_, above := out[name]
				_, beside := here[name]
				if (above || beside) && !x.IsZero() {
					l.t.Errorf("%s.%s: %v is lost: another field hides it", at, name, x)
				}
				if above || strings.Contains(rest, "omitempty") && empties(x) {
					if !above {
						here[name] = field{} // nothing is written, and what lies deeper is hidden
					}
					continue
				}
				here[name] = field{x, strings.Contains(s.Type().PkgPath(), "go-echarts")}
			}
		}
		for k, f := range here {
			out[k] = f
		}
		level = next
	}
	return out
}

func empties(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func (l *leaves) count(at string, v reflect.Value, theirs bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			l.count(at, v.Elem(), theirs)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			l.count(at+"[]", v.Index(i), theirs)
		}
	case reflect.Struct:
		for k, f := range l.fields(at, v) {
			if f.value.IsValid() {
				l.count(at+"."+k, f.value, f.theirs)
			}
		}
	default:
		if theirs {
			l.theirs++
		} else {
			l.theOwn++
			l.own[at]++
		}
	}
}

// nonNull counts the leaves of a JSON value that are not null.
func nonNull(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			n += nonNull(x)
		}
	case []any:
		for _, x := range v {
			n += nonNull(x)
		}
	case nil:
	default:
		n = 1
	}
	return n
}

// Two thirds of every option at the least are said through go-echarts' types, and no value is hidden by a field of
// beyond.go.
func TestLibrary(t *testing.T) {
	all := leaves{t: t, own: map[string]int{}}
	for name, f := range cases() {
		for _, compact := range []bool{false, true} {
			f.Compact = compact
			o, err := drawing{f}.draw()
			if err != nil {
				t.Fatal(err)
			}
			before := all.theirs + all.theOwn
			all.count(name, reflect.ValueOf(o), false)
			text, err := Option(f)
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			if got, want := all.theirs+all.theOwn-before, nonNull(v); got != want {
				t.Errorf("%s: %d leaves counted, the option has %d", name, got, want)
			}
		}
	}
	sum := all.theirs + all.theOwn
	t.Logf("%d of %d leaves (%.0f %%) come from go-echarts, %d from beyond.go", all.theirs, sum, 100*float64(all.theirs)/float64(sum), all.theOwn)
	if 3*all.theirs < 2*sum {
		t.Errorf("want two thirds: ours are %v", all.own)
	}
}
