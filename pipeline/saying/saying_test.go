package saying

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a sender reads of a submission that is held never tells them to do what only an operator can: a sentence that names such a
// command says whom to ask, in either language.
func TestAskTheOperator(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.go", "../hold/*.go", "../check/*.go", "../load.go", "../past.go", "../../dashboard/counter/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			x, ok := n.(*ast.BasicLit)
			if !ok || x.Kind != token.STRING {
				return true
			}
			if strings.Contains(x.Value, "可强制") || strings.Contains(x.Value, "publish it by force") {
				t.Errorf("%s: %s: a sender cannot publish", name, x.Value)
			}
			if strings.Contains(x.Value, "yanzhen ") {
				if seen++; !strings.Contains(x.Value, "操作员") && !strings.Contains(x.Value, "operator") {
					t.Errorf("%s: %s: says a command without whom to ask for it", name, x.Value)
				}
			}
			return true
		})
	}
	if seen < 20 {
		t.Errorf("%d sentences name a command: too few to be all", seen)
	}
}

// Before a file is loaded there is no run to name: then it is said what stands in its place.
func TestEither(t *testing.T) {
	for run, want := range map[string]string{"": "yanzhen accept RUN --add", "20261201-a": "yanzhen accept 20261201-a --add"} {
		if got := Either(run); !strings.Contains(got.Zh, want) || !strings.Contains(got.En, want) {
			t.Errorf("%q: %+v", run, got)
		}
	}
}
