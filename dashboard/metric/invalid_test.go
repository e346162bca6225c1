package metric

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
)

// Every refusal is written in both languages and takes the same arguments in both.
func TestInvalidInBothLanguages(t *testing.T) {
	var files []string
	for _, room := range []string{"../*.go", "../*/*.go", "timeline/*.go"} {
		more, err := filepath.Glob(room)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	verb, han := regexp.MustCompile(`%[a-z]`), regexp.MustCompile(`\p{Han}`)
	set, seen := token.NewFileSet(), 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				name = fun.Name
			case *ast.SelectorExpr:
				if x, ok := fun.X.(*ast.Ident); ok {
					name = x.Name + "." + fun.Sel.Name
				}
			}
			if name != "metric.Refuse" && (name != "refusal.Refuse" || f.Name.Name == "metric") && (name != "Refuse" || f.Name.Name != "metric") {
				return true // other rooms have a Refuse of their own
			}
			seen++
			var text [2]string
			for i := range text {
				if lit, ok := call.Args[i].(*ast.BasicLit); ok {
					text[i], _ = strconv.Unquote(lit.Value)
				}
			}
			zh, en := verb.FindAllString(text[0], -1), verb.FindAllString(text[1], -1)
			if !han.MatchString(text[0]) || text[1] == "" || han.MatchString(text[1]) || !slices.Equal(zh, en) || len(zh) != len(call.Args)-2 {
				t.Errorf("%s: %q / %q, %d arguments", set.Position(call.Pos()), text[0], text[1], len(call.Args)-2)
			}
			return true
		})
	}
	if seen < 30 {
		t.Fatalf("%d refusals found: the test looked at nothing", seen)
	}
}

func TestInvalidSaysWhatIsValid(t *testing.T) {
	near := Refuse("没有名为 %q 的指标", "unknown metric %q", "inflows").NearTo("inflows", []string{"outflow", "inflow"})
	if got := near.In(codes.Zh); got != `没有名为 "inflows" 的指标（是不是 inflow？）` {
		t.Error(got)
	}
	if got := near.In(codes.En); got != `unknown metric "inflows" (did you mean inflow?)` {
		t.Error(got)
	}
	far := Refuse("没有粒度 %q", "grain %q", "week").Among([]string{"month", "year"})
	if got := far.In(codes.Zh); got != `没有粒度 "week"（可用的有 month, year）` {
		t.Error(got)
	}
	if got := far.Error(); got != `无法回答的查询 / invalid query: 没有粒度 "week" / grain "week" (have month, year)` {
		t.Error(got)
	}
	var as *Invalid
	if err := error(far); !errors.Is(err, ErrInvalid) || !errors.As(err, &as) {
		t.Error("it is no ErrInvalid")
	}
}
