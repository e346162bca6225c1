package demo

import (
	"context"
	"path/filepath"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/account/accounttest"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// The loader's own reader over every file: every column a sender fills is bound, every spoilt
// cell is refused under its rule and nothing else is, and every row is accounted for.
func TestTheLoaderReadsEveryFile(t *testing.T) {
	t.Parallel()
	m := written(t)
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string]Planted{}
	for _, p := range m.Planted {
		planted[source.Origin{File: p.File, Sheet: p.Sheet, Row: p.Row}.String()] = p
	}
	refused := map[string]bool{}
	for i := range m.Files {
		f := &m.Files[i]
		ds := catalog.Datasets[f.Dataset]
		if ds == nil {
			t.Errorf("%s: dataset %s is not declared", f.Name, f.Dataset)
			continue
		}
		o := source.Options{Header: ds.Header, Sheets: ds.Sheets.Pattern, Hidden: ds.Sheets.Hidden}
		for k := range ds.Columns {
			c := &ds.Columns[k]
			o.Want = append(o.Want, source.Want{Names: c.Names(), Required: c.Required && c.Of == ""})
		}
		file, err := source.Open(context.Background(), filepath.Join(m.Dir, f.Name), o)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		var got Counts
		cells := file.Aside(context.Background())
		faults := 0
		sheets := map[string]*Sheet{}
		for k := range f.Sheets {
			sheets[f.Sheets[k].Name] = &f.Sheets[k]
		}
		for _, table := range file.Tables() {
			bo := batch.Options{Key: make([]byte, 32), Lists: catalog.Lists, Today: end, Reject: func(r batch.Reject) {
				p, ok := planted[r.Origin.String()]
				if !ok || r.Rule != p.Rule || r.Warn != p.Warn {
					if faults++; faults > 3 {
						return
					}
					t.Errorf("%s: refused %s by rule %s (%s) raw %q, planted %+v", r.Origin, r.Cell, r.Rule, r.Reason.Zh, r.Raw, p)
					return
				}
				if r.Cell != "" && r.Cell != p.Cell {
					t.Errorf("%s: refused at %s, planted at %s", r.Origin, r.Cell, p.Cell)
				}
				refused[r.Origin.String()] = true
			}}
			if ds.Period != nil {
				bo.From, bo.To = f.From, f.To
			}
			r, err := batch.NewReader(context.Background(), ds, table, bo)
			if err != nil {
				t.Errorf("%s!%s: %v", f.Name, table.Sheet, err)
				continue
			}
			for r.Next() {
			}
			if r.Err() != nil {
				t.Errorf("%s!%s: %v", f.Name, table.Sheet, r.Err())
			}
			c := r.Counts()
			got.Read += int(c.Read)
			got.Loaded += int(c.Loaded)
			got.Rejected += int(c.Rejected)
			got.Excluded += int(c.Excluded)
			got.Duplicates += int(c.Duplicates)
			sh := sheets[table.Sheet]
			if sh == nil || sh.Hidden {
				t.Errorf("%s: sheet %q should not be read", f.Name, table.Sheet)
				continue
			}
			for _, b := range r.Binding().Columns {
				for at, field := range sh.Fields {
					if field == b.Column && b.How != "layout" && (b.At != at || b.How != "header") {
						t.Errorf("%s!%s: column %s is bound to %d (%q, %s), written as %q in %d", f.Name, table.Sheet, b.Column, b.At, b.Header, b.How, sh.Headers[at], at)
					}
				}
			}
			cells.Add(r.Account())
			r.Release()
		}
		if len(cells.Doubled) > 0 {
			t.Errorf("%s would be held: %v", f.Name, cells.Doubled)
		}
		for _, n := range file.Notes() {
			if n.Rule == source.Sideways || n.Rule == source.SheetMissed {
				t.Errorf("%s would be held: %s", f.Name, n.Text.Zh)
			}
		}
		file.Close()
		filled, err := accounttest.Workbook(filepath.Join(m.Dir, f.Name))
		if file.Format != source.XLSX {
			filled, err = accounttest.Text(filepath.Join(m.Dir, f.Name), file.Encoding(), []rune(file.Delimiter())[0])
		}
		if err != nil || cells.Cells() != filled {
			t.Errorf("%s: %s; another reader counts %d, %v", f.Name, cells.Equation("en"), filled, err)
		}
		if want := f.Counts(); got != want {
			t.Errorf("%s: counted %+v, want %+v", f.Name, got, want)
		}
	}
	for at, p := range planted {
		if !refused[at] {
			t.Errorf("not refused: %+v", p)
		}
	}
}
