package door

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/words"
)

// Every deed that the program writes into the trail can be searched for on the auditor's page, and has a name there in both
// languages: the sources are read for them.
func TestDeeds(t *testing.T) {
	written := map[string]string{}
	note := func(x ast.Expr, where token.Position) {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" && !strings.ContainsAny(s, "\x00/ ") {
				written[s] = where.String()
			}
		}
	}
	files := token.NewFileSet()
	for _, root := range []string{"../../dashboard", "../../cmd", "../../jobs"} {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil || f.Name.Name == "web" {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.KeyValueExpr:
					if k, ok := x.Key.(*ast.Ident); ok && k.Name == "Did" {
						note(x.Value, files.Position(x.Pos()))
					}
				case *ast.CallExpr:
					name := ""
					switch f := x.Fun.(type) {
					case *ast.Ident:
						name = f.Name
					case *ast.SelectorExpr:
						name = f.Sel.Name
					}
					if slices.Contains([]string{"Record", "record", "Done", "done"}, name) && len(x.Args) == 4 || name == "record" && len(x.Args) == 3 {
						note(x.Args[1], files.Position(x.Pos()))
					}
					if slices.Contains([]string{"after", "file"}, name) && len(x.Args) >= 4 {
						note(x.Args[2], files.Position(x.Pos()))
					}
				case *ast.FuncDecl:
					if x.Name.Name == "action" && f.Name.Name == "audit" {
						ast.Inspect(x, func(n ast.Node) bool {
							if r, ok := n.(*ast.ReturnStmt); ok {
								note(r.Results[0], files.Position(r.Pos()))
							}
							return true
						})
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(written) < 25 {
		t.Errorf("only %d deeds were found: %v", len(written), written)
	}
	for did, where := range written {
		if !slices.Contains(audit.Deeds, did) {
			t.Errorf("%s: %q is written into the trail, and is none of audit.Deeds", where, did)
		}
	}
	for _, did := range audit.Deeds {
		if !words.Has("did_" + did) {
			t.Errorf("%q has no name in words.yaml (did_%[1]s)", did)
		}
	}
}
