package packed_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/packed"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const head = "身份证号,姓名,日期,流向,环节,人数\n"

func table(month, node string) []byte {
	return []byte(head + "11010519491231002X,张三," + month + "-03,引进," + node + ",1\n110101199003070054,李四," + month + "-04,引进," + node + ",2\n")
}

type entry struct {
	name string
	text []byte
	more func(*zip.FileHeader)
}

func zipped(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.more != nil {
			e.more(h)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(t *testing.T, r io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zeros are so many NUL bytes.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// What lies in a zip or a gz is loaded as if it had been sent by itself, under its own name; what should not be there refuses the
// packed file whole, and a second time nothing is loaded again.
func TestPacked(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var came pipeline.Outcome // of the packed file
	after := func() {}        // each file inside
	load := func(name string, text []byte) (string, error) {
		t.Helper()
		spool := l.Spool
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		var said []string
		var err error
		came, err = packed.Load(t.Context(), l, pipeline.Request{Path: path, Dataset: "moves", Quiet: true}, func(o pipeline.Outcome, err error) {
			if o.Problem != nil {
				err = nil
				o.Unit = o.Problem.Code
			}
			said = append(said, strings.Join([]string{o.File, string(o.State), o.Unit}, " "))
			if err != nil && l.Spool == spool {
				t.Error(name, err)
			}
			after()
		})
		l.Spool = spool
		if left, _ := filepath.Glob(filepath.Join(l.Spool, "*")); len(left) > 0 {
			t.Errorf("%s: left in the spool: %v", name, left)
		}
		return strings.Join(said, "; "), err
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("人社局_引进与流出_2026年6月.csv")
	if err != nil {
		t.Fatal(err)
	}
	both := zipped(t,
		entry{gbk, table("2026-06", "甲"), func(h *zip.FileHeader) { h.NonUTF8 = true }},
		entry{"__MACOSX/._x", []byte("x"), nil}, entry{"科技局/", nil, nil},
		entry{"科技局/引进与流出_2026年7月.csv", table("2026-07", "乙"), nil})
	const june, july = "七月.zip/人社局_引进与流出_2026年6月.csv ", "七月.zip/科技局/引进与流出_2026年7月.csv "
	for _, state := range []string{"published", "unchanged"} {
		if got, err := load("七月.zip", both); err != nil || got != june+state+" 人社局|2026-06; "+july+state+" 科技局|2026-07" {
			t.Errorf("got %s, %v", got, err)
		}
	}
	if got, err := load("教育局_引进与流出_2026年5月.csv.gz", gz(t, bytes.NewReader(table("2026-05", "丙")))); err != nil || !strings.HasSuffix(got, "published 教育局|2026-05") {
		t.Errorf("gz: %s, %v", got, err)
	}
	// one file inside that is refused keeps no other from being loaded, and decides what the packed file comes to
	mixed := zipped(t, entry{"甲局_引进与流出_2026年6月.csv", []byte("a,b\n1,2\n"), nil}, entry{"乙局_引进与流出_2026年6月.csv", table("2026-06", "丁"), nil})
	var p *pipeline.Problem
	if got, err := load("x.zip", mixed); !errors.As(err, &p) || p.Code != "header" || !strings.Contains(got, "乙局_引进与流出_2026年6月.csv published") {
		t.Errorf("mixed: %s, %v", got, err)
	}
	// looked at beforehand, each is told, and what would be refused does not hide what would be loaded
	look := func(name string, text []byte) (pipeline.Plan, error) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return packed.Look(t.Context(), l, pipeline.Request{Path: path})
	}
	if plan, err := look("x.zip", mixed); err != nil || plan.File != "x.zip" || len(plan.Notes) != 1 || !strings.Contains(plan.Notes[0].En, "乙局_引进与流出_2026年6月.csv: ") || !strings.HasSuffix(plan.Notes[0].En, ", 2 rows read, 2 loaded, 0 refused") ||
		len(plan.Problems) != 1 || plan.Problems[0].Code != "header" || !strings.Contains(plan.Problems[0].Text.Zh, "甲局_引进与流出_2026年6月.csv：") {
		t.Errorf("look: %+v, %v", plan, err)
	}
	if plan, err := look("教育局_引进与流出_2026年5月.csv.gz", gz(t, bytes.NewReader(table("2026-05", "丙")))); err != nil || !plan.Unchanged || plan.Unit != "教育局|2026-05" {
		t.Errorf("look at one: %+v, %v", plan, err)
	}
	if _, err := look("x.zip", mixed[:50]); !errors.As(err, &p) || p.Code != "packed_broken" {
		t.Errorf("look at a part: %v", err)
	}
	// what comes from one office holds no file in the name of another: by the folder it came into, or by its name
	theirs := zipped(t, entry{"财政局_引进与流出_2026年6月.csv", table("2026-06", "丁"), nil})
	file := filepath.Join(t.TempDir(), "七月.zip")
	for _, display := range []string{"人社局/七月.zip", "人社局_引进与流出.zip"} {
		if err := os.WriteFile(file, theirs, 0o600); err != nil {
			t.Fatal(err)
		}
		req := pipeline.Request{Path: file, Display: display, Dataset: "moves"}
		if out, err := packed.Load(t.Context(), l, req, func(pipeline.Outcome, error) {}); !errors.As(err, &p) || p.Code != "packed_sender" {
			t.Errorf("%s: %+v, %v", display, out, err)
		}
		if _, err := packed.Look(t.Context(), l, req); !errors.As(err, &p) || p.Code != "packed_sender" {
			t.Errorf("%s is looked at: %v", display, err)
		}
		if err := os.WriteFile(file, zipped(t, entry{"财政局/引进与流出_2026年6月.csv", table("2026-06", "丁"), nil}), 0o600); err != nil {
			t.Fatal(err)
		}
		if plan, err := packed.Look(t.Context(), l, req); err != nil || plan.Sender != "人社局" {
			t.Errorf("%s with a folder: %s, %v", display, plan.Sender, err)
		}
	}
	// what was refused before is no better for the others
	again := zipped(t, entry{"甲局_引进与流出_2026年6月.csv", []byte("a,b\n1,2\n"), nil}, entry{"乙局_引进与流出_2026年6月.csv", table("2026-06", "戊"), nil})
	if got, err := load("x.zip", again); err != nil || came.State != pipeline.Unchanged || came.Problem == nil || came.Problem.Code != "header" || !strings.Contains(got, "乙局_引进与流出_2026年6月.csv published") {
		t.Errorf("again: %s, %+v, %v", got, came, err)
	}
	// what may pass is not hidden by what was refused: it has to be tried again
	after = func() { l.Spool = os.DevNull }
	first := zipped(t, entry{"1/引进与流出.csv", []byte("a,b\n1,2\n"), nil}, entry{"2/引进与流出.csv", table("2026-06", "丁"), nil})
	if got, err := load("y.zip", first); !pipeline.Temporary(err) || came.Problem != nil || !strings.Contains(got, "failed header; ") {
		t.Errorf("may pass: %s, %+v, %v", got, came, err)
	}
	after = func() {}
	// the copy of a file has no longer ending than a file has
	if got, err := load("ending.zip", zipped(t, entry{"丙局_引进与流出_2026年6月." + strings.Repeat("a", 100), []byte("a,b\n1,2\n"), nil})); pipeline.Temporary(err) || !strings.Contains(got, " failed ") {
		t.Errorf("ending: %s, %v", got, err)
	}
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), sum(people) from mart.moves")); got != "8\t12" {
		t.Errorf("live: %s", got)
	}
	for name, bad := range map[string]struct {
		text []byte
		code string
	}{
		"bomb.csv.gz":    {gz(t, io.LimitReader(zeros{}, 64<<20)), "packed_large"},
		"bomb.zip":       {zipped(t, entry{"a.csv", make([]byte, 64<<20), nil}), "packed_large"},
		"nested.zip":     {zipped(t, entry{"a.zip", []byte("x"), nil}), "packed_nested"},
		"tar.tar.gz":     {gz(t, strings.NewReader("x")), "packed_nested"},
		"password.zip":   {zipped(t, entry{"a.csv", []byte("x"), func(h *zip.FileHeader) { h.Flags |= 1 }}), "packed_encrypted"},
		"out.zip":        {zipped(t, entry{"../a.csv", []byte("x"), nil}), "packed_name"},
		"backslash.zip":  {zipped(t, entry{`..\a.csv`, []byte("x"), nil}), "packed_name"},
		"twice.zip":      {zipped(t, entry{"a.csv", []byte("x"), nil}, entry{"./a.csv", []byte("y"), nil}), "packed_twice"},
		"link.zip":       {zipped(t, entry{"a.csv", []byte("/etc/passwd"), func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }}), "packed_link"},
		"long.zip":       {zipped(t, entry{"a." + strings.Repeat("b", 290), []byte("x"), nil}), "packed_name"},
		"empty.zip":      {zipped(t), "packed_empty"},
		"cut.zip":        {both[:len(both)-30], "packed_broken"},
		"cut.csv.gz":     {gz(t, bytes.NewReader(table("2026-05", "丙")))[:60], "packed_broken"},
		"nothing.csv.gz": {[]byte("not packed"), "packed_broken"},
	} {
		got, err := load(name, bad.text)
		if !errors.As(err, &p) || p.Code != bad.code || got != name+" failed "+bad.code || p.Remedy.Zh == "" {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	runs, err := l.Runs(t.Context(), pipeline.RunFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range runs {
		if strings.HasPrefix(r.Code, "packed_") && r.State == pipeline.Failed && r.MessageEn != "" {
			refused++
		}
	}
	if refused != 16 {
		t.Errorf("%d refused packed files stand among the runs, want 16", refused)
	}
}
