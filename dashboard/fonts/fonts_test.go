package fonts_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/fonts"
)

func free(t testing.TB) *fonts.Set {
	t.Helper()
	s, err := fonts.Free()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Of the built-in fonts only those are read that something is drawn with: a server that draws charts holds those of charts.
func TestReadWhenUsed(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := fonts.BuiltIns()
	if err != nil {
		t.Fatal(err)
	}
	if w := s.Width(fonts.Sans, "人才 Şahin"); w < 4 {
		t.Errorf("a text is %g wide", w)
	}
	runtime.ReadMemStats(&after)
	if read := after.TotalAlloc - before.TotalAlloc; read > 16<<20 {
		t.Errorf("%d MiB were read to draw a text", read>>20)
	}
	for _, r := range fonts.Roles {
		if f := s.Face(r); f == nil || !f.Has('才') {
			t.Errorf("%s has no 才", r)
		}
	}
}

// A font that was cut down draws its characters as the whole one does, and says so under the codes that were asked for.
func TestSubset(t *testing.T) {
	whole := free(t).Face(fonts.FangSong)
	data, err := whole.Subset(map[rune]rune{'雁': '雁', '阵': '阵', 'é': 'é', '🄀': '\ue000', ' ': ' '})
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 20_000 {
		t.Errorf("five characters are %d bytes", len(data))
	}
	small, err := fonts.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for r, code := range map[rune]rune{'雁': '雁', 'é': 'é', '🄀': '\ue000', ' ': ' '} {
		a, err := whole.Outline(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := small.Outline(code)
		if err != nil || !slices.Equal(a, b) || whole.Advance(r) != small.Advance(code) {
			t.Errorf("%c is drawn otherwise: %v", r, err)
		}
	}
	if small.Has('A') {
		t.Error("a character is there that nobody asked for")
	}
	if again, err := whole.Subset(map[rune]rune{'阵': '阵', '雁': '雁', 'é': 'é', ' ': ' ', '🄀': '\ue000'}); err != nil || !bytes.Equal(again, data) {
		t.Error("the same characters are other bytes:", err)
	}
	if _, err := whole.Subset(map[rune]rune{'🦄': '🦄'}); err == nil {
		t.Error("a character that the font lacks was cut out of it")
	}
}

func TestSplit(t *testing.T) {
	s := free(t)
	spans, missing := s.Split(fonts.Title, "张\u200b堃\t🦄1")
	var text string
	for _, p := range spans {
		text += p.Text
		for _, r := range p.Text {
			if !p.Face.Has(r) {
				t.Errorf("%s is to draw %q", p.Face.Name, r)
			}
		}
	}
	if text != "张堃 〓1" || !slices.Equal(missing, []rune("🦄")) {
		t.Errorf("%q, missing %q", text, missing)
	}
	if len(spans) < 3 || spans[1].Face != s.Face(fonts.FangSong) {
		t.Error("a rare character of a bold text is not taken from the regular font of the family")
	}
	for _, role := range []fonts.Role{fonts.FangSong, fonts.Sans, fonts.Title} {
		if _, missing := s.Split(role, "Cafe\u0301 Şahin Łukasz Đorđe Ωμέγα Жуков ≥≤×÷²㎡①"); len(missing) > 0 {
			t.Errorf("%s: no font has %q", role, missing)
		}
	}
	if w := s.Width(fonts.FangSong, "雁阵"); w != 2 {
		t.Errorf("two characters are %v wide", w)
	}
}

// An office's own file takes its role; what is none is told with the role and the file.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "fangsong.ttf")
	data, err := free(t).Face(fonts.Hei).Subset(map[rune]rune{'雁': '雁', '〓': '〓'})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := fonts.Open(map[fonts.Role]string{fonts.FangSong: own, fonts.Kai: ""})
	if err != nil {
		t.Fatal(err)
	}
	if s.Face(fonts.FangSong) == free(t).Face(fonts.FangSong) || s.Face(fonts.Kai) != free(t).Face(fonts.Kai) {
		t.Error("the file does not take its role, or takes another")
	}
	if spans, missing := s.Split(fonts.FangSong, "雁阵"); len(spans) != 2 || len(missing) != 0 {
		t.Errorf("%v, missing %q", spans, missing)
	}
	// a collection: its first font is taken, whose tables are counted from the beginning of the file
	collection := append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"), data...)
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := collection[16+12+16*i+8:]
		binary.BigEndian.PutUint32(at, binary.BigEndian.Uint32(at)+16)
	}
	if f, err := fonts.Parse(collection); err != nil || !f.Has('雁') || f.Has('阵') {
		t.Errorf("a collection: %v", err)
	} else if again, err := f.Subset(map[rune]rune{'雁': '雁'}); err != nil || len(again) == 0 {
		t.Errorf("a font of a collection: %v", err)
	}
	otf := filepath.Join(dir, "a.otf")
	if err := os.WriteFile(otf, []byte("OTTO\x00\x01aaaaaaaaaaaaaaaaaaaaaaa"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{otf: "PostScript", filepath.Join(dir, "no.ttf"): "no.ttf", dir: dir} {
		if _, err := fonts.Open(map[fonts.Role]string{fonts.Title: name}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "title") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := free(f).Face(fonts.Sans).Subset(map[rune]rune{'a': 'a', 'é': 'é'})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"))
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := fonts.Parse(data)
		if err != nil {
			return
		}
		for _, r := range "aé雁" {
			if face.Has(r) {
				_, _ = face.Outline(r)
				_, _ = face.Subset(map[rune]rune{r: r})
			}
		}
	})
}
