package dashboard

import (
	"context"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"yanzhen/dashboard/paper"
)

// officeTest opens the documents with LibreOffice, without a screen, and compares what it prints with what the program prints
// itself: every paragraph and every cell of the Word file is there, on as many sheets but for one. LibreOffice has the letters
// that the program draws with and no others, whatever the machine has.
func (s *site) officeTest(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("opt-in: LibreOffice (soffice) is not installed: apt-get install libreoffice-writer-nogui")
	}
	letters := filepath.Join(t.TempDir(), "fonts.conf")
	if err := os.WriteFile(letters, ownLetters(t), 0o600); err != nil {
		t.Fatal(err)
	}
	bare := func(text string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || r == '\u00ad' {
				return -1
			}
			return r
		}, text)
	}
	read := func(pdf []byte) (pages int, text string) {
		t.Helper()
		d, err := paper.Open(pdf)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if text, err = d.AllText(); err != nil {
			t.Fatal(err)
		}
		for i := range d.Pages {
			p, err := d.Picture(i, 36)
			if err != nil {
				t.Fatal(err)
			}
			if ink, _ := paper.Ink(p); ink < 0.002 {
				t.Errorf("sheet %d of %d is empty: %.2f%% is not white", i+1, d.Pages, 100*ink)
			}
		}
		return d.Pages, bare(text)
	}
	for _, name := range []string{"half_year", "monthly", "units", "orders"} {
		dir := t.TempDir()
		file := filepath.Join(dir, name+".docx")
		word := []byte(s.get(t, "/briefings/"+name+"/docx?lang=zh&period=2026H1").body)
		if err := os.WriteFile(file, word, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		run := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf:writer_pdf_Export", "--outdir", dir, file)
		run.Env = append(os.Environ(), "FONTCONFIG_FILE="+letters)
		said, err := run.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		theirs, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		pages, text := read(theirs)
		own, _ := read([]byte(s.get(t, "/briefings/"+name+"/pdf?lang=zh&period=2026H1").body))
		t.Logf("%s: %d sheets of LibreOffice, %d of our own", name, pages, own)
		if pages < own-1 || pages > own+1 {
			t.Errorf("%s: LibreOffice prints %d sheets, we %d", name, pages, own)
		}
		w, err := paper.ReadWord(word)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, p := range w.Paragraphs {
			all = append(all, p.Text)
		}
		for _, table := range w.Tables {
			for _, row := range table {
				all = append(all, row...)
			}
		}
		lost := 0
		for _, want := range all {
			want = bare(want)
			if overTwoSheets(text, want) {
				continue
			}
			if want != "" && !strings.Contains(text, want) {
				if lost++; lost < 5 {
					t.Errorf("%s: LibreOffice does not print %q", name, want)
				}
			}
		}
		if len(all) < 20 {
			t.Errorf("%s: only %d paragraphs and cells to look for", name, len(all))
		}
	}
}

// ownLetters configures fontconfig to know the fonts of the program only, under the names by which documents ask for letters too.
func ownLetters(t *testing.T) []byte {
	t.Helper()
	dir, err := filepath.Abs("fonts/vendor")
	if err != nil {
		t.Fatal(err)
	}
	type alias struct {
		Family string `xml:"family"`
		Accept string `xml:"accept>family"`
	}
	c := struct {
		XMLName xml.Name `xml:"fontconfig"`
		Dir     string   `xml:"dir"`
		Cache   string   `xml:"cachedir"`
		Aliases []alias  `xml:"alias"`
	}{Dir: dir, Cache: t.TempDir()}
	for _, asked := range []string{"仿宋", "楷体", "宋体", "方正小标宋简体", "Times New Roman", "serif"} {
		c.Aliases = append(c.Aliases, alias{asked, "Noto Serif SC Regular"})
	}
	for _, asked := range []string{"黑体", "sans-serif"} {
		c.Aliases = append(c.Aliases, alias{asked, "Noto Sans SC Regular"})
	}
	text, err := xml.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// overTwoSheets reports whether a text of more than a line stands in another in two pieces, with a page number between them.
func overTwoSheets(text, want string) bool {
	r := []rune(want)
	for k := 4; k < len(r)-3 && len(r) > 28; k++ {
		if !strings.Contains(text, string(r[:k])) {
			return false
		}
		if strings.Contains(text, string(r[k:])) {
			return true
		}
	}
	return false
}
