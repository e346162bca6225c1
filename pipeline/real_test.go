package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Real advertisements as they were collected: each file loads as it is, without a word about its
// dataset, and every row is accounted for.
func TestRealPostings(t *testing.T) {
	dir := "../../shared/data/postings"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real data are not here: ", dir)
	}
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Ledger: &Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: testKey, Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows uint64
	for _, c := range []struct {
		file       string
		read       uint64
		duplicates uint64
		encoding   string
	}{
		{"zhilian_2024_raw.csv", 14251, 949, "UTF-8 BOM"},
		{"zhilian_3000_gb18030_crlf.csv", 3000, 0, "GB18030"},
		{"51job_manufacturing_shanghai_2018_noheader.xlsx", 0, 0, ""},
		{"lagou_799_utf16le_bom.tsv", 799, 0, "UTF-16LE BOM"},
	} {
		p, err := l.Plan(t.Context(), Request{Path: filepath.Join(dir, c.file)})
		if err != nil {
			t.Errorf("plan %s: %v", c.file, err)
			continue
		}
		out, err := l.Load(t.Context(), Request{Path: filepath.Join(dir, c.file)})
		if err != nil || out.State != Published {
			t.Errorf("load %s: %s, %v, %+v", c.file, out.State, err, out.Problem)
			continue
		}
		t.Logf("%s: %s, %s, %s, rules %v", c.file, out.Dataset, out.Encoding, out.Identity("en"), out.Rules)
		n := out.Counts
		if out.Dataset != "postings" || n.Read != n.Loaded+n.Rejected+n.Excluded+n.Duplicates || n.Loaded == 0 || p.Counts != n {
			t.Errorf("%s: got %s, planned %+v", c.file, out.Identity("en"), p.Counts)
		}
		if c.read > 0 && (n.Read != c.read || c.duplicates > 0 && n.Duplicates != c.duplicates || out.Encoding != c.encoding) {
			t.Errorf("%s: got %s in %s, want %+v", c.file, out.Identity("en"), out.Encoding, c)
		}
		rows += n.Loaded
	}
	got, err := warehouse.Select[struct {
		N uint64 `db:"n"`
	}](t.Context(), l.DB, warehouse.SQL("select count() as n from mart.postings"))
	if err != nil || got[0].N != rows {
		t.Errorf("visible: got %+v, %v; want %d", got, err, rows)
	}
}
