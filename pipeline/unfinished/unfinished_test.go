package unfinished

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestUnfinished(t *testing.T) {
	var whole bytes.Buffer
	z := zip.NewWriter(&whole)
	w, _ := z.Create("xl/workbook.xml")
	w.Write(bytes.Repeat([]byte("<x/>"), 30000))
	z.Close()
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
