package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"yanzhen/configs"
	"yanzhen/pipeline/declare"
)

// docs/declarations.md and docs/schema are what `make docs` writes, and nothing else.
func TestManualIsFresh(t *testing.T) {
	pages, err := manual()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Errorf("%v; make docs writes it", err)
			continue
		}
		if d := cmp.Diff(string(got), want); d != "" {
			t.Errorf("docs/%s is not what the structs say, make docs writes it: -docs +structs\n%s", name, d)
		}
	}
	there, err := filepath.Glob("../../docs/schema/*")
	if err != nil || len(there) != len(pages)-1 {
		t.Errorf("docs/schema has %d files %v, want %d", len(there), err, len(pages)-1)
	}
}

// schemas are those of every kind, by folder, as an independent validator understands them.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	out := map[string]*jsonschema.Schema{}
	for _, k := range declaredKinds {
		text, err := k.Schema()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(k.Name, doc); err != nil {
			t.Fatal(err)
		}
		if out[k.Folder], err = c.Compile(k.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// document reads a YAML file as an editor does.
func document(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(text, &v); err != nil {
		t.Fatal(err)
	}
	return declare.AsJSON(v)
}

// Every declaration that is shipped, and those that the tests lay over them, meets the schema of its kind.
func TestDeclarationsMeetTheirSchemas(t *testing.T) {
	all := schemas(t)
	seen := map[string]int{}
	for _, tree := range []fs.FS{configs.FS, os.DirFS("testdata/overlay"), os.DirFS("../../dashboard/metric/testdata/overlay")} {
		files, err := fs.Glob(tree, "*/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(tree, file)
			if err != nil {
				t.Fatal(err)
			}
			seen[path.Dir(file)]++
			if err := all[path.Dir(file)].Validate(document(t, text)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	text, err := os.ReadFile("../../configs/yanzhen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := all[""].Validate(document(t, text)); err != nil {
		t.Errorf("yanzhen.yaml: %v", err)
	}
	for kind, schema := range all { // of some none is shipped; the page of their folder has an example
		if kind == "" || seen[kind] > 0 {
			continue
		}
		page, err := fs.ReadFile(configs.FS, kind+"/README.md")
		if err != nil {
			t.Fatal(err)
		}
		_, example, _ := strings.Cut(string(page), "```yaml\n")
		example, _, _ = strings.Cut(example, "```")
		if err := schema.Validate(document(t, []byte(example))); err != nil || example == "" {
			t.Errorf("the example of %s/README.md: %v", kind, err)
		}
		seen[kind]++
	}
	if len(seen) != len(all)-1 {
		t.Errorf("declarations of %v only", seen)
	}
}

// What the reader refuses for its shape, the schema refuses too.
func TestSchemasRefuse(t *testing.T) {
	all := schemas(t)
	for folder, files := range map[string][]string{
		"../../pipeline/dataset/testdata": {"unknown_key", "column_type", "wrong_kind_list", "wrong_kind_mapping", "wrong_kind_text", "wrong_type_bool", "wrong_type_number", "wrong_type_whole", "no_columns", "no_unit", "text_en", "unit_word", "null_value", "period_grain", "bad_word", "personal_word", "parser_unknown", "header_word", "set_check_action", "layout_match_missing"},
		"../../dashboard/metric/testdata": {"unknown_key", "direction", "kind", "every", "no_english", "unknown_unit", "wrong_type", "union_key", "method"},
		"../../dashboard/board/testdata":  {"unknown_key", "level_key", "unknown_kind", "bad_compare", "bad_grain", "bad_period", "no_english", "no_panels", "under_unknown", "wrong_type"},
		"../../jobs/testdata":             {"unknown_key", "missed", "overlap", "duration", "title", "no_dir"},
	} {
		kind := map[string]string{"dataset": "datasets", "metric": "metrics", "board": "boards", "jobs": "jobs"}[path.Base(path.Dir(folder))]
		for _, name := range files {
			text, err := os.ReadFile(path.Join(folder, "bad."+name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			var wrong *jsonschema.ValidationError
			if err := all[kind].Validate(document(t, text)); !errors.As(err, &wrong) {
				t.Errorf("%s bad.%s: got %v, want it refused", kind, name, err)
			}
		}
	}
	for kind, texts := range map[string][]string{
		"":       {"colour: red", "demo: perhaps", "still: soon", "database: {memory: [4GiB]}", "ranking: maybe", "map: {approval: [1]}"},
		"chains": {"chain: a\ntitle: {zh: 甲, en: A}\nnodes: [{code: a.b, title: {zh: 甲}, segment: up}]", "chain: a\ntitle: {zh: 甲, en: A}\nnodes: a"},
		"maps":   {"map: a\ntitle: {zh: 甲, en: A}\nfile: a.json\nlist: parks\nbounds: [a, b, c, d]", "map: a\ntitle: {zh: 甲, en: A}\nfile: a.json\nlist: parks\ninset: true"},
	} {
		for _, text := range texts {
			if err := all[kind].Validate(document(t, []byte(text))); err == nil {
				t.Errorf("%s: %q is taken", kind, text)
			}
		}
	}
}

// Every folder of declarations has a kind; that each of its keys is described, the manual itself wants.
func TestEveryFolderHasAKind(t *testing.T) {
	kinds := make([]string, len(declaredKinds))
	for i, k := range declaredKinds {
		kinds[i] = k.Folder
	}
	for _, folder := range folders {
		if folder != "codes" && !slices.Contains(kinds, folder) {
			t.Errorf("no kind for folder %s", folder)
		}
	}
}
