package pipeline

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/account/accounttest"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/stream"
)

// accountOf reads a file as a load would, without a database, and says where its cells went; nil where the
// file is refused.
func accountOf(t *testing.T, lists *dataset.Catalog, ds *dataset.Dataset, name string) (*account.Account, *source.File) {
	t.Helper()
	in := &input{req: Request{Path: name}, ds: ds, display: filepath.Base(name), known: func(s string) string { return s }}
	f, err := source.Open(t.Context(), name, options(ds, in))
	if err != nil {
		return nil, nil
	}
	t.Cleanup(func() { f.Close() })
	s := stream.New(t.Context(), ds, f, batch.Options{Key: testKey, Lists: lists.Lists, Today: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Epoch: f.Epoch()})
	defer s.Release()
	for s.Next() {
	}
	if s.Err() != nil {
		return nil, nil
	}
	a := f.Aside(t.Context())
	a.Add(&s.Cells)
	return a, f
}

// count is the number of filled cells of a file by other readers than the product's.
func count(name string, f *source.File) (uint64, error) {
	if f.Format == source.XLSX {
		return accounttest.Workbook(name)
	}
	return accounttest.Text(name, f.Encoding(), []rune(f.Delimiter())[0])
}

// declared makes a dataset of n columns of text, found by position, or under the first headings that a file has.
func declaredOf(t *testing.T, n int, headings []string) (*dataset.Catalog, *dataset.Dataset) {
	t.Helper()
	var b strings.Builder
	b.WriteString("name: any\ntitle: {zh: 任意, en: Any}\nabout: {zh: 一行, en: A row}\nunit: [file]\n")
	if headings == nil {
		b.WriteString("header: none\n")
	}
	b.WriteString("columns:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: c%d, title: {zh: 任意列%d, en: Any column %d}, type: string", i+1, i+1, i+1)
		if headings == nil {
			fmt.Fprintf(&b, ", position: %d", i+1)
		} else {
			fmt.Fprintf(&b, ", aliases: [%q]", headings[i])
		}
		b.WriteString("}\n")
	}
	cat, err := dataset.Load(fstest.MapFS{"datasets/any.yaml": {Data: []byte(b.String())}})
	if err != nil {
		t.Fatal(err)
	}
	return cat, cat.Datasets["any"]
}

// Every filled cell of every file is in the account, once: as many as another reader counts.
func TestEveryCellIsAccountedFor(t *testing.T) {
	root := "../../shared/data"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the shared data are not beside this tree")
	}
	cases, err := dataset.Load(os.DirFS(root + "/cases/cfg"))
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	check := func(t *testing.T, cat *dataset.Catalog, ds *dataset.Dataset, name string) {
		a, f := accountOf(t, cat, ds, name)
		if a == nil {
			return
		}
		want, err := count(name, f)
		if err != nil {
			t.Logf("%s: no other reader reads it: %v", filepath.Base(name), err)
			return
		}
		read++
		if a.Cells() != want {
			t.Errorf("%s as %s: %s; another reader counts %d", filepath.Base(name), ds.Name, a.Equation("en"), want)
		}
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		ext := path.Ext(p)
		if err != nil || d.IsDir() || ext != ".csv" && ext != ".tsv" && ext != ".xlsx" {
			return err
		}
		name := filepath.Join(root, p)
		t.Run(path.Base(p), func(t *testing.T) {
			cat, ds := declaredOf(t, 6, nil)
			check(t, cat, ds, name)
			if f, err := source.Open(t.Context(), name, source.Options{}); err == nil {
				h := f.Tables()[0].Header()
				f.Close()
				if len(h) >= 3 && h[0] != "" && h[1] != "" && h[2] != "" {
					cat, ds := declaredOf(t, 3, h[:3])
					check(t, cat, ds, name)
				}
			}
			if strings.HasPrefix(p, "cases/") {
				for _, n := range cases.Names() {
					check(t, cases, cases.Datasets[n], name)
				}
			}
			if strings.HasPrefix(p, "postings/") {
				check(t, shipped, shipped.Datasets["postings"], name)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 60 {
		t.Errorf("%d files were held against another reader, want at least 60", read)
	}
}
