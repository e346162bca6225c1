package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writes are the functions that change the database, where they are of the warehouse or of any interface.
var writes = []string{"Exec", "Insert", "InsertWith", "Append"}

// uses says which functions of ours the functions of ours use, called or handed on, by full name.
type uses map[string][]string

// TestWallsReadingRoom holds that pipeline writes and dashboard reads: no function of a room of dashboard
// changes the database, those for tests left out, through an interface, through another function of ours or by itself.
func TestWallsReadingRoom(t *testing.T) {
	u, world := uses{}, newWorld(t)
	for _, p := range world.ours {
		u.add(t, world, p.ImportPath, world.parse(t, p))
	}
	changing := u.changing()
	for _, f := range slices.Sorted(maps.Keys(changing)) {
		name := strings.TrimLeft(f, "(*")
		if room, _, _ := strings.Cut(strings.TrimPrefix(name, "yanzhen/"), "."); testOnly[room] != "" {
			continue
		}
		if strings.HasPrefix(name, "yanzhen/dashboard") {
			t.Errorf("%s: dashboard only reads", chain(changing, f))
		}
	}
	if changing["(*yanzhen/pipeline.Loader).Ensure"] == "" || changing["(*yanzhen/pipeline.Ledger).Freeze"] == "" || len(u) < 500 {
		t.Errorf("the test looked at nothing: %d functions, %d of them write", len(u), len(changing))
	}

	// What it must see, in a room that does not exist.
	trial := parse(t, world.fset, "trial.go", `package trial
import ("context"; "slices"; "yanzhen/pipeline"; "yanzhen/pipeline/warehouse")
type execer interface { Exec(context.Context, warehouse.Statement) error }
type server struct{ *pipeline.Ledger }
func through(db execer) { db.Exec(nil, warehouse.Statement{}) }
func handed(db *warehouse.DB) func(context.Context, warehouse.Statement) error { return db.Exec }
func generic(db *warehouse.DB) { warehouse.Append(nil, db, "meta.x", 1) }
func byOurs(l *pipeline.Ledger) { l.Unfreeze(nil, "", pipeline.Why{}) }
func (s server) promoted() { func() { s.DB.Exec(nil, warehouse.Statement{}) }() }
func second() { byOurs(nil) }
func reads(l *pipeline.Ledger) []int { l.Freezes(nil); return slices.Insert([]int{}, 0, 1) }
`)
	u.add(t, world, "yanzhen/dashboard/trial", []*ast.File{trial})
	var got []string
	for f := range u.changing() {
		if name, ok := strings.CutPrefix(strings.NewReplacer("(", "", ")", "").Replace(f), "yanzhen/dashboard/trial."); ok {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if want := []string{"byOurs", "generic", "handed", "second", "server.promoted", "through"}; !slices.Equal(got, want) {
		t.Errorf("of the trial: got %v, want %v", got, want)
	}
}

// changing is the functions that change the database, each with the function it does so by.
func (u uses) changing() map[string]string {
	by := map[string]string{}
	users := map[string][]string{}
	var todo []string
	for f, list := range u {
		for _, g := range list {
			users[g] = append(users[g], f)
		}
		if slices.Contains(list, "writes") {
			by[f] = "the database"
			todo = append(todo, f)
		}
	}
	for slices.Sort(todo); len(todo) > 0; todo = todo[1:] {
		for _, f := range slices.Sorted(slices.Values(users[todo[0]])) {
			if by[f] == "" {
				by[f] = todo[0]
				todo = append(todo, f)
			}
		}
	}
	return by
}

// chain writes how f comes to change the database.
func chain(by map[string]string, f string) string {
	text := f
	for by[f] != "" {
		f = by[f]
		text += " -> " + f
	}
	return text
}

// add type-checks a package and notes what its functions use.
func (u uses) add(t *testing.T, w *world, path string, files []*ast.File) {
	t.Helper()
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: w.importer}
	if _, err := config.Check(path, w.fset, files, info); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, file := range files {
		for _, d := range file.Decls {
			name := path + " (outside of functions)"
			if f, ok := d.(*ast.FuncDecl); ok {
				name = info.Defs[f.Name].(*types.Func).FullName()
			}
			ast.Inspect(d, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if !ok {
					return true
				}
				f, ok := info.Uses[id].(*types.Func)
				if !ok || f.Pkg() == nil {
					return true
				}
				f = f.Origin()
				if strings.HasPrefix(f.Pkg().Path(), "yanzhen/") {
					u[name] = append(u[name], f.FullName())
				}
				if slices.Contains(writes, f.Name()) && (f.Pkg().Path() == "yanzhen/pipeline/warehouse" || ofInterface(f)) {
					u[name] = append(u[name], "writes")
				}
				return true
			})
		}
	}
}

func ofInterface(f *types.Func) bool {
	r := f.Signature().Recv()
	return r != nil && types.IsInterface(r.Type())
}

// world is the packages of ours that dashboard is built of, and what they import, compiled.
type world struct {
	fset     *token.FileSet
	importer types.Importer
	ours     []listedFiles
}

type listedFiles struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles", "yanzhen/dashboard/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	w := &world{fset: token.NewFileSet()}
	export := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listedFiles
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		export[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, "yanzhen/") {
			w.ours = append(w.ours, p)
		}
	}
	w.importer = importer.ForCompiler(w.fset, "gc", func(path string) (io.ReadCloser, error) {
		if export[path] == "" {
			return nil, fmt.Errorf("%s is not compiled", path)
		}
		return os.Open(export[path])
	})
	return w
}

func (w *world) parse(t *testing.T, p listedFiles) (files []*ast.File) {
	t.Helper()
	for _, name := range p.GoFiles {
		files = append(files, parse(t, w.fset, filepath.Join(p.Dir, name), nil))
	}
	return files
}

func parse(t *testing.T, fset *token.FileSet, name string, text any) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
