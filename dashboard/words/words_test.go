package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"yanzhen/pipeline/codes"
)

var (
	han  = regexp.MustCompile(`\p{Han}`)
	verb = regexp.MustCompile(`%(\[(\d+)\])?[-+# 0]*\d*(\.\d+)?([a-zA-Z%])`)
)

// verbs says which kind of value each argument of a text is, and what of it is no verb.
func verbs(text string) (kinds map[int]string, fault string) {
	kinds = map[int]string{}
	next := 1
	rest := verb.ReplaceAllStringFunc(text, func(v string) string {
		m := verb.FindStringSubmatch(v)
		if m[4] == "%" {
			return ""
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		kinds[next] = m[3] + m[4]
		next++
		return ""
	})
	if len(kinds) > 0 && strings.Contains(rest, "%") {
		fault = "a % that is no verb stands beside verbs: write %%"
	}
	for i := range len(kinds) {
		if kinds[i+1] == "" {
			fault = fmt.Sprintf("argument %d is not used", i+1)
		}
	}
	return kinds, fault
}

// Every text says the same in both languages, takes the same arguments in both, and is whole in itself.
func TestCatalogue(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	both := []string{"demo", "other_lang"} // these show the other language on purpose
	for key, text := range All() {
		if IsSeparator(key) {
			continue
		}
		for _, s := range []string{text.Zh, text.En} {
			if s != strings.TrimSpace(s) {
				t.Errorf("%s: %q begins or ends with a blank", key, s)
			}
		}
		if han.MatchString(text.En) && !slices.Contains(both, key) {
			t.Errorf("%s: %q is not English", key, text.En)
		}
		if strings.IndexFunc(text.Zh, unicode.IsLetter) < 0 {
			t.Errorf("%s: %q says nothing", key, text.Zh)
		}
		zh, fault := verbs(text.Zh)
		en, faultEn := verbs(text.En)
		if fault+faultEn != "" {
			t.Errorf("%s: %s%s", key, fault, faultEn)
		}
		if !maps.Equal(zh, en) {
			t.Errorf("%s: zh takes %v, en %v", key, zh, en)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a: {zh: 甲}":                           "words.yaml:1: a.en: 缺少英文",
		"a: {zh: 甲, en: ' '}":                  "words.yaml:1: a.en: 缺少英文",
		"a: {zh: 甲, en: A, fr: A}":             "words.yaml:1: a.fr: 未知的键",
		"a: {zh: 甲, en: A}\na: {zh: 乙, en: B}": `words.yaml:2: a: 键 "a" 写了两次`,
		"a: 甲": `words.yaml:1: a: 是 "甲"，应为一组键值`,
	} {
		if _, err := read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// use is one place where the product asks for a text.
type use struct {
	where  string
	key    string
	prefix bool // key is only how the key begins
	args   int  // -1: a list
}

// inGo finds the uses in the Go files of a tree.
func inGo(t *testing.T, root string) []use {
	t.Helper()
	var out []use
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Base(filepath.Dir(path)) == "words" {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name == "say" {
				return false // it hands its key on
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at := -1
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				if fun.Sel.Name == "say" {
					at = 0
				} else if x, ok := fun.X.(*ast.Ident); ok && x.Name == "words" {
					switch fun.Sel.Name {
					case "Get", "Has":
						at = 0
					case "In", "Join":
						at = 1
					}
				}
			case *ast.Ident:
				if fun.Name == "say" && filepath.Base(filepath.Dir(path)) == ".." {
					at = 0
				}
			}
			if at < 0 || at >= len(call.Args) {
				return true
			}
			u := use{where: set.Position(call.Pos()).String(), args: len(call.Args) - at - 1}
			if sel, ok := call.Fun.(*ast.SelectorExpr); call.Ellipsis.IsValid() || ok && (sel.Sel.Name == "Has" || sel.Sel.Name == "Join") {
				u.args = -1
			}
			switch k := call.Args[at].(type) {
			case *ast.BasicLit:
				u.key, _ = strconv.Unquote(k.Value)
			case *ast.BinaryExpr:
				u.prefix = true
				if lit, ok := k.X.(*ast.BasicLit); ok {
					u.key, _ = strconv.Unquote(lit.Value)
				}
			}
			out = append(out, u)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// inTemplates finds the uses in the templates of a directory.
func inTemplates(t *testing.T, dir string) []use {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	var out []use
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tree := parse.New(path)
		tree.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := tree.Parse(string(text), "", "", trees); err != nil {
			t.Fatal(err)
		}
		for _, one := range trees {
			if one.Root == nil {
				continue
			}
			for _, c := range commands(one.Root) {
				if id, ok := c.Args[0].(*parse.IdentifierNode); !ok || id.Ident != "t" {
					continue
				}
				at, _ := one.ErrorContext(c)
				u := use{where: at, args: len(c.Args) - 3}
				if s, ok := c.Args[2].(*parse.StringNode); ok {
					u.key = s.Text
				} else if p, ok := c.Args[2].(*parse.PipeNode); ok && len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 3 && p.Cmds[0].Args[0].String() == "print" {
					if s, ok := p.Cmds[0].Args[1].(*parse.StringNode); ok {
						u.key, u.prefix = s.Text, true
					}
				}
				out = append(out, u)
			}
		}
	}
	return out
}

// commands lists every command below a node of a template.
func commands(n parse.Node) []*parse.CommandNode {
	var out []*parse.CommandNode
	list := func(l *parse.ListNode) {
		if l != nil {
			for _, x := range l.Nodes {
				out = append(out, commands(x)...)
			}
		}
	}
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			for _, c := range p.Cmds {
				out = append(out, commands(c)...)
			}
		}
	}
	branch := func(b *parse.BranchNode) { pipe(b.Pipe); list(b.List); list(b.ElseList) }
	switch n := n.(type) {
	case *parse.ListNode:
		list(n)
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.CommandNode:
		out = append(out, n)
		for _, a := range n.Args {
			if p, ok := a.(*parse.PipeNode); ok {
				pipe(p)
			}
		}
	}
	return out
}

// Every text is used, every text that is asked for is there, and it is given the arguments it takes.
func TestUses(t *testing.T) {
	uses := slices.Concat(inGo(t, ".."), inTemplates(t, "../templates"), inTemplates(t, "../door/templates"), inTemplates(t, "../editor/templates"), inTemplates(t, "../counter/templates"), inTemplates(t, "../alerts/templates"), inTemplates(t, "../jobs/templates"), inTemplates(t, "../runs/templates"), inTemplates(t, "../units/templates"), inTemplates(t, "../review/templates"), inTemplates(t, "../quality/templates"), inTemplates(t, "../typing/templates"), inTemplates(t, "../drafting/templates"), inTemplates(t, "../api/templates"))
	if len(uses) < 200 {
		t.Fatalf("%d uses found: the test looked at nothing", len(uses))
	}
	used := map[string]bool{}
	for _, u := range uses {
		switch {
		case u.key == "" || u.prefix && !strings.HasSuffix(u.key, "_"):
			t.Errorf("%s: a key is a literal, or begins with one that ends with _", u.where)
		case u.prefix:
			found := false
			for key := range All() {
				if strings.HasPrefix(key, u.key) {
					used[key], found = true, true
				}
			}
			if !found {
				t.Errorf("%s: no key begins with %q", u.where, u.key)
			}
		case !Has(u.key):
			t.Errorf("%s: there is no text %q", u.where, u.key)
		default:
			used[u.key] = true
			if kinds, _ := verbs(All()[u.key].Zh); u.args >= 0 && len(kinds) != u.args {
				t.Errorf("%s: %q takes %d arguments and is given %d", u.where, u.key, len(kinds), u.args)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(All())) {
		if !used[key] {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}

func TestGet(t *testing.T) {
	long := strings.Repeat("长", 900)
	if got := Get("against", codes.Text{Zh: "甲", En: "A"}); got.Zh != "对比 甲" || got.En != "against A" {
		t.Errorf("got %+v", got)
	}
	if got := In(codes.Zh, "against", long); got != "对比 "+long[:600]+"…" {
		t.Errorf("got %d bytes", len(got))
	}
	if got := In(codes.Zh, "against", Whole(long)); got != "对比 "+long {
		t.Errorf("got %d bytes", len(got))
	}
	if got := Get("no such key"); got.Zh != "no such key" || got.En != "no such key" {
		t.Errorf("got %+v", got)
	}
	if got := Join(codes.En, "sep_list", []string{"a", "b"}); got != "a, b" {
		t.Errorf("got %q", got)
	}
	if In(codes.En, "target_changed", "1 May", "30", "less") != "changed from 30 on 1 May: less" {
		t.Error("arguments in another order are lost")
	}
}

// A template holds no text of a language and asks for none: it has keys.
func TestTemplatesHoldNoText(t *testing.T) {
	files, err := filepath.Glob("../templates/*.html")
	if own, _ := filepath.Glob("../*/templates/*.html"); err == nil {
		files = append(files, own...)
	}
	if err != nil || len(files) < 10 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if han.MatchString(line) || regexp.MustCompile(`\b(eq|ne) [$.\w]*[lL]oc\b`).MatchString(line) {
				t.Errorf("%s:%d: a text, or a question for the language, stands in the template: %s", path, i+1, line)
			}
		}
	}
}

// The Go of the pages holds no text either. What it compares with is no text: units, an area of a map, how people write a scope.
func TestGoHoldsNoText(t *testing.T) {
	compared := strings.Fields("人 人次 个 项 件 条 家 场 篇 批 天 一二三四 全区 全域 全部 开发区 全开发区 不限 南海诸岛")
	seen := 0
	for _, room := range []string{"..", "../address", "../figures", "../target", "../cause", "../door", "../editor", "../board/panel", "../board/draw"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			seen++
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if sel, ok := call.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Refuse" || sel.Sel.Name == "MustCompile") {
						return false // an error has both languages where it is made, and an expression reads what people write
					}
				}
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && han.MatchString(lit.Value) {
					if s, _ := strconv.Unquote(lit.Value); !slices.Contains(compared, s) {
						t.Errorf("%s: %s stands in the code: put it into words.yaml", set.Position(lit.Pos()), lit.Value)
					}
				}
				return true
			})
		}
	}
	if seen < 15 {
		t.Fatalf("%d files: the test looked at nothing", seen)
	}
}

func TestUpper(t *testing.T) {
	for text, want := range map[string]string{"it ripens": "It ripens", "12 of 18 are listed": "12 of 18 are listed", "观察期": "观察期", "": ""} {
		if got := Upper(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
