package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The shape that the code keeps: what is larger is hard to read in one sitting, and a call f(x, true) says nothing.
const (
	packageLines  = 4000 // without tests
	functionLines = 80
	structFields  = 24
)

// A kind of what is large: how many there may be outside cmd/demo, and each of them with its reason.
type kind struct {
	name, says string
	most       int
	except     map[string]string
}

var kinds = []kind{
	{"package", fmt.Sprintf("packages over %d lines", packageLines), 0, nil},
	{"function", fmt.Sprintf("functions over %d lines", functionLines), 25, map[string]string{
		"pipeline/source/xls.Sheet.Rows": "a scanner: one switch over the records of an old workbook",
		"pipeline.Loader.load":           "the story of a load, told in order",
		"jobs.Scheduler.watchDir":        "one loop over what may wake it, whose variables are its state",
	}},
	{"struct", fmt.Sprintf("structs of more than %d fields", structFields), 4, map[string]string{
		"pipeline.Run": "a row of meta.runs: a field a column",
	}},
	{"flag", "boolean flags among parameters", 12, map[string]string{
		"pipeline/saying.Same(live)":                   "no flag: what is told of",
		"pipeline/dataset.truthOf(b)":                  "no flag: the value itself",
		"pipeline/dataset.Column.clickHouse(nullable)": "no flag: half of a type of the database",
	}},
}

// A thing is where it stands, what it is called and how large it is.
type thing struct {
	kind, at, name string
	size           int
}

// shapes finds what is over the line in the Go files under root, tests left out.
func shapes(root string) ([]thing, error) {
	var out []thing
	lines := map[string]int{}
	fset := token.NewFileSet()
	fsys := os.DirFS(root)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() {
			if name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || name == "var" || name == "bin") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		lines[path.Dir(name)] += bytes.Count(text, []byte("\n"))
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		add := func(kind string, n ast.Node, called string, size int) {
			p := fset.Position(n.Pos())
			out = append(out, thing{kind, fmt.Sprintf("%s:%d", p.Filename, p.Line), path.Dir(name) + "." + called, size})
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				called := n.Name.Name
				if n.Recv != nil {
					called = receiver(n.Recv.List[0].Type) + "." + called
				}
				if size := fset.Position(n.End()).Line - fset.Position(n.Pos()).Line + 1; size > functionLines {
					add("function", n, called, size)
				}
				for _, p := range n.Type.Params.List {
					if t, ok := p.Type.(*ast.Ident); ok && t.Name == "bool" {
						for _, flag := range p.Names {
							add("flag", p, called+"("+flag.Name+")", 1)
						}
					}
				}
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok {
					size := 0
					for _, f := range s.Fields.List {
						size += max(1, len(f.Names))
					}
					if size > structFields {
						add("struct", n, n.Name.Name, size)
					}
				}
			}
			return true
		})
		return nil
	})
	for _, dir := range slices.Sorted(maps.Keys(lines)) {
		if lines[dir] > packageLines {
			out = append(out, thing{"package", dir, dir, lines[dir]})
		}
	}
	return out, err
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "?"
}

// TestShape prints what is large and holds it: nothing may be that has no reason, and no more than may be.
func TestShape(t *testing.T) {
	all, err := shapes("../..")
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(x thing) bool { return strings.HasPrefix(x.at, "cmd/demo") })
	slices.SortStableFunc(all, func(x, y thing) int { return cmp.Compare(y.size, x.size) })
	var b strings.Builder
	for _, k := range kinds {
		var lines strings.Builder
		found := map[string]bool{}
		for _, x := range all {
			if x.kind != k.name {
				continue
			}
			why := k.except[x.name]
			if found[x.name] = true; why == "" {
				t.Errorf("%s: %s is one of the %s and has no reason to be: divide it, or give the reason here", x.at, x.name, k.says)
			}
			fmt.Fprintf(&lines, "%7d  %s  %s: %s\n", x.size, x.at, x.name, why)
		}
		fmt.Fprintf(&b, "%s: %d, at most %d\n%s", k.says, len(found), k.most, lines.String())
		if len(found) > k.most {
			t.Errorf("%s: %d, at most %d may be", k.says, len(found), k.most)
		}
		for name := range k.except {
			if !found[name] {
				t.Errorf("%s is no longer one of the %s: take it off the list", name, k.says)
			}
		}
	}
	t.Logf("outside cmd/demo\n%s", b.String())
}

// The test itself finds what it is to find.
func TestShapes(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("\tx++\n", functionLines)
	text := "package p\n\ntype wide struct{ " + strings.Repeat("a, ", structFields) + "b int }\n\nfunc (w *wide) long(x int, deep, flat bool) {\n" + long + "}\n" + strings.Repeat("\n", packageLines)
	for name, text := range map[string]string{"p/p.go": text, "p/p_test.go": text, "node_modules/p.go": "no Go", ".cache/p.go": "no Go", "p/testdata/p.go": "no Go"} {
		if err := os.MkdirAll(filepath.Join(dir, path.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := shapes(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []thing{
		{"struct", "p/p.go:3", "p.wide", structFields + 1},
		{"function", "p/p.go:5", "p.wide.long", functionLines + 2},
		{"flag", "p/p.go:5", "p.wide.long(deep)", 1},
		{"flag", "p/p.go:5", "p.wide.long(flat)", 1},
		{"package", "p", "p", packageLines + functionLines + 6},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}
