package draw

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"yanzhen/pipeline/codes"
)

// meaning is an option as ECharts understands it, so that two ways to say the same are equal: null and what is absent; an
// item {"value": x} and x; the empty text of an item and none; a number and its digits in a text where ECharts wants a
// length, an index or a weight; a default that is said and one that is not; names given to an axis of values, which has
// none.
func meaning(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if m := meaning(x, k); m != nil && !(m == "" && k == "text") {
				out[k] = m
			}
		}
		if out["yAxisIndex"] == 0.0 {
			delete(out, "yAxisIndex")
		}
		if out["calculable"] == false {
			delete(out, "calculable")
		}
		if out["type"] == "value" {
			delete(out, "data")
		}
		if value, only := out["value"]; only && len(out) == 1 && key == "data" {
			return value
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = meaning(x, key)
		}
		return out
	case string:
		switch key {
		case "left", "right", "top", "bottom", "barWidth", "barMaxWidth", "fontWeight", "dimension":
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				return n
			}
		case "symbol":
			if v == "none" {
				return []any{"none", "none"} // of both ends of a line
			}
		}
		return v
	}
	return v
}

// Every option means what it meant before go-echarts wrote it, leaf by leaf.
func TestSameAsBefore(t *testing.T) {
	for name, c := range cases() {
		for _, compact := range []bool{false, true} {
			file := name
			if compact {
				file += ".compact"
			}
			text, err := os.ReadFile(filepath.Join("testdata", "option", file+".json"))
			if err != nil {
				t.Fatal(err)
			}
			c.p.Compact = compact
			got, err := figure(c.p, c.rs, codes.Zh).Option()
			if err != nil {
				t.Fatal(err)
			}
			var before, after any
			if err := json.Unmarshal(text, &before); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(got, &after); err != nil {
				t.Fatal(err)
			}
			apart(t, file, meaning(before, ""), meaning(after, ""))
		}
	}
}

// apart reports each leaf in which two options differ.
func apart(t *testing.T, at string, a, b any) {
	t.Helper()
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for k := range x {
			apart(t, at+"."+k, x[k], y[k])
		}
		for k := range y {
			if _, ok := x[k]; !ok {
				t.Errorf("%s.%s: new: %v", at, k, y[k])
			}
		}
		return
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		for i := range x {
			apart(t, at+"["+strconv.Itoa(i)+"]", x[i], y[i])
		}
		return
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%s: was %v, is %v", at, a, b)
	}
}
