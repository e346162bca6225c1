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

// large says how many things of a kind may be over the line, leaving out what lies under cmd/demo.
var large = map[string]int{"package": 3, "function": 27, "struct": 2, "flag": 12}

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

// TestShape prints what is large and holds how much of it there may be.
func TestShape(t *testing.T) {
	all, err := shapes("../..")
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(x thing) bool { return strings.HasPrefix(x.at, "cmd/demo") })
	var b strings.Builder
	for _, kind := range []struct{ name, says string }{
		{"package", fmt.Sprintf("packages over %d lines", packageLines)},
		{"function", fmt.Sprintf("functions over %d lines", functionLines)},
		{"struct", fmt.Sprintf("structs of more than %d fields", structFields)},
		{"flag", "boolean flags among parameters"},
	} {
		var of []thing
		for _, x := range all {
			if x.kind == kind.name {
				of = append(of, x)
			}
		}
		slices.SortStableFunc(of, func(x, y thing) int { return cmp.Compare(y.size, x.size) })
		fmt.Fprintf(&b, "%s: %d, at most %d\n", kind.says, len(of), large[kind.name])
		for _, x := range of {
			fmt.Fprintf(&b, "%7d  %-40s %s\n", x.size, x.at, x.name)
		}
		if len(of) > large[kind.name] {
			t.Errorf("%s: %d, at most %d may be", kind.says, len(of), large[kind.name])
		}
	}
	t.Logf("outside cmd/demo\n%s", b.String())
}
