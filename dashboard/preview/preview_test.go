package preview_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"strings"
	"testing"

	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/preview"
	"yanzhen/dashboard/vector"
)

func page() preview.Page {
	return preview.Page{
		Zone: "示范开发区", Title: "总览", Date: "数据截至 2026年7月5日", Demo: "演示数据，由程序生成，不是任何真实开发区的统计",
		Numbers: []preview.Number{
			{Label: "引进人数", Period: "2026 年上半年 · 初步 2/3", Value: "4,386", Unit: "人", Change: "同比 ▲ +12.5%", Mood: "good"},
			{Label: "期末在区人才总量", Value: "123,456.7", Unit: "万人次", Change: "同比 ▼ −3.1%", Mood: "bad"},
			{Label: "净流入", Value: "−12", Unit: "人", Change: "上年同期未报", Mood: "plain"},
			{Label: "多出来的", Value: "1"},
		},
	}
}

// All that a preview is told stands on it, inside its edges, in letters that there are.
func TestPage(t *testing.T) {
	with, err := fonts.Free()
	if err != nil {
		t.Fatal(err)
	}
	long := page()
	long.Title = strings.Repeat("一个非常长的页面标题", 6)
	long.Numbers[1].Value = "1,234,567,890,123,456"
	for _, p := range []preview.Page{page(), long, {Title: `<&">`, Sentence: "尚未发布任何数据。"}} {
		d, err := vector.Read(p.SVG(with), with)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Missing) > 0 {
			t.Errorf("no font has %q", d.Missing)
		}
		said := strings.Join(d.Texts(), "|")
		for i, n := range p.Numbers {
			if got := strings.Contains(said, n.Label) && strings.Contains(said, n.Period) && strings.Contains(said, n.Value) && strings.Contains(said, n.Change); got != (i < 3) {
				t.Errorf("number %d stands in %q: %v", i, said, got)
			}
		}
		if len(p.Title) < 60 && !strings.Contains(said, p.Title) || !strings.Contains(said, p.Date) || !strings.Contains(said, p.Sentence) || !strings.Contains(said, p.Demo) {
			t.Errorf("%q lacks a part of %+v", said, p)
		}
		d.Draw(edges{t}, vector.Same)
		data, err := p.PNG()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != 1200 || img.Bounds().Dy() != 630 || len(data) > 300_000 {
			t.Errorf("%v, %v, %d bytes", img.Bounds(), err, len(data))
		}
		if dir := os.Getenv("YANZHEN_PICTURES"); dir != "" {
			if err := os.WriteFile(dir+"/preview-"+string([]rune(p.Title)[:2])+".png", data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// edges is an ink that holds texts against the edges of the picture.
type edges struct{ t *testing.T }

func (e edges) Fill(vector.Path, vector.Colour)               {}
func (e edges) Stroke(vector.Path, vector.Pen, vector.Colour) {}
func (e edges) Clip(vector.Path)                              {}
func (e edges) Unclip()                                       {}
func (e edges) Text(x vector.Text) {
	if end := x.At[4] + x.At[0]*x.Face.Width(x.Text); x.At[4] < 60 || end > preview.Width-60 {
		e.t.Errorf("%q stands from %.0f to %.0f", x.Text, x.At[4], end)
	}
}

func TestIcons(t *testing.T) {
	icons, err := preview.Icons("示范开发区", "雁阵")
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{preview.Small: 192, preview.Large: 512, preview.Touch: 180, preview.Maskable: 512} {
		img, err := png.Decode(bytes.NewReader(icons[name]))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Errorf("%s: %v %v", name, img, err)
			continue
		}
		_, _, _, corner := img.At(0, 0).RGBA()
		if full := name == preview.Touch || name == preview.Maskable; (corner == 0xffff) != full {
			t.Errorf("the corner of %s covers %x", name, corner)
		}
		white := 0
		for y := range size {
			for x := range size {
				if r, g, b, _ := img.At(x, y).RGBA(); min(r, g, b) > 0xf000 {
					white++
				}
			}
		}
		if part := float64(white) / float64(size*size); part < 0.01 || part > 0.3 {
			t.Errorf("%s: the geese are %.3f of it", name, part)
		}
		if dir := os.Getenv("YANZHEN_PICTURES"); dir != "" {
			if err := os.WriteFile(dir+"/"+name, icons[name], 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	card, err := png.Decode(bytes.NewReader(icons[preview.Card]))
	if err != nil || card.Bounds().Dx() != preview.Width {
		t.Errorf("the card: %v", err)
	}
	text, err := preview.Manifest("雁阵 · 示范开发区", "zh-CN", "/static/0/")
	var m struct {
		Name      string
		ShortName string `json:"short_name"`
		Icons     []struct{ Src string }
	}
	if err != nil || json.Unmarshal(text, &m) != nil || m.ShortName != "雁阵" || len(m.Icons) != 3 || !strings.HasPrefix(m.Icons[0].Src, "/static/0/icon-") {
		t.Errorf("%s %v", text, err)
	}
}
