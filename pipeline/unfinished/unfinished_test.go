package unfinished

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestUnfinished(t *testing.T) {
	var whole bytes.Buffer
	z := zip.NewWriter(&whole)
	w, _ := z.Create("xl/workbook.xml")
	w.Write(bytes.Repeat([]byte("<x/>"), 30000))
	z.Close()
	var commented, empty, inner, packed bytes.Buffer
	z = zip.NewWriter(&commented)
	w, _ = z.Create("a.csv")
	w.Write([]byte("a,b\n"))
	z.SetComment("PK\x05\x06 of nothing")
	z.Close()
	zip.NewWriter(&empty).Close()
	z = zip.NewWriter(&inner) // the end of the workbook in it is not its own
	w, _ = z.CreateHeader(&zip.FileHeader{Name: "b.xlsx", Method: zip.Store})
	w.Write(whole.Bytes())
	z.Close()
	g := gzip.NewWriter(&packed)
	g.Write(bytes.Repeat([]byte("a,b\n1,2\n"), 30000))
	g.Close()
	dir := t.TempDir()
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"whole.csv", "a,b\n1,2\n", false},
		{"crlf.csv", "a,b\r\n1,2\r\n", false},
		{"cut.csv", "a,b\n1,2", true},
		{"utf16.csv", "\xff\xfea\x00\n\x00", false},
		{"utf16cut.csv", "\xff\xfea\x00b\x00", true},
		{"whole.xlsx", whole.String(), false},
		{"cut.xlsx", whole.String()[:whole.Len()-40], true},
		{"empty.csv", "", false},
		{"commented.zip", commented.String(), false},
		{"empty.zip", empty.String(), false},
		{"inner.zip", inner.String()[:inner.Len()-60], true},
		{"whole.csv.gz", packed.String(), false},
		{"twice.csv.gz", packed.String() + packed.String(), false},
		{"cut.csv.gz", packed.String()[:packed.Len()-4], true},
		{"sum.csv.gz", packed.String()[:packed.Len()-9], true},
		{"begun.csv.gz", packed.String()[:6], true},
		{"damaged.csv.gz", packed.String()[:packed.Len()-8] + "12345678", false},
		{"whole.parquet", "PAR1 and all the rest PAR1", false},
		{"cut.parquet", "PAR1 and not all the rest", true},
		{"old.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 whatever", false},
	} {
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if why := Says(path); (why != nil) != c.want || (why != nil && (why.Zh == "" || why.En == "")) {
			t.Errorf("%s: got %v, want a reason: %t", c.name, why, c.want)
		}
	}
	path := filepath.Join(dir, "whole.csv")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if why := Says(path); why == nil || *why != Open {
		t.Errorf("open for writing: got %v", why)
	}
	f.Close()
	if why := Says(path); why != nil {
		t.Errorf("closed again: got %v", why)
	}
	if why := Says(filepath.Join(dir, "none.csv")); why != nil {
		t.Errorf("a file that is not there: got %v", why)
	}
}

// A gzip is unpacked once while it does not change, and one that is too large to be is not called cut.
func TestPacked(t *testing.T) {
	gzipped := func(size int) []byte {
		var b bytes.Buffer
		g := gzip.NewWriter(&b)
		for line := bytes.Repeat([]byte("1,2\n"), 1<<18); size > 0; size -= len(line) {
			g.Write(line)
		}
		g.Close()
		return b.Bytes()
	}
	path, whole := filepath.Join(t.TempDir(), "a.csv.gz"), gzipped(1<<20)
	put := func(text []byte, at time.Time) {
		if err := errors.Join(os.WriteFile(path, text, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	cut := whole[:len(whole)-1]
	at := time.Now().Add(-time.Hour)
	put(cut, at)
	if why := Says(path); why == nil || !strings.Contains(why.En, "missing") {
		t.Errorf("cut: %v", why)
	}
	put(append([]byte("\x1f\x8b"), make([]byte, len(cut)-2)...), at)
	if why := Says(path); why == nil {
		t.Error("it was read again though it is as it was")
	}
	put(whole, at.Add(time.Minute))
	if why := Says(path); why != nil {
		t.Errorf("whole: %v", why)
	}
	put(gzipped(mostUnpacked+1<<20), at.Add(2*time.Minute))
	if why := Says(path); why == nil || !strings.Contains(why.Zh, "太大") {
		t.Errorf("large: %v", why)
	}
}
