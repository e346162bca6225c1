package vector_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
	"yanzhen/dashboard/vector/vectortest"
)

func free(t testing.TB) *fonts.Set {
	t.Helper()
	s, err := fonts.Free()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func in(body string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="60" viewBox="0 0 100 60">` + body + `</svg>`)
}

// words are the texts of a picture as it is written.
func words(t testing.TB, svg []byte) []string {
	t.Helper()
	var out []string
	depth := 0
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "text" {
				depth++
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				depth--
			}
		case xml.CharData:
			if depth > 0 && strings.TrimSpace(string(token)) != "" {
				out = append(out, string(token))
			}
		}
	}
}

// Every kind of chart is read whole: each of its texts is drawn, with a glyph for each character, and it leaves ink.
func TestEveryKind(t *testing.T) {
	for _, theme := range []string{"light", "dark"} {
		for name, svg := range vectortest.Charts(t, theme) {
			d, err := vector.Read(svg, free(t))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got, want := strings.Join(d.Texts(), ""), strings.Join(words(t, svg), "")
			if strip(got) != strip(want) {
				t.Errorf("%s says %q, the picture %q", name, got, want)
			}
			if len(d.Missing) > 0 {
				t.Errorf("%s has characters that no font has: %q", name, d.Missing)
			}
			pixels, err := vector.PNG(svg, 1)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			img, err := png.Decode(bytes.NewReader(pixels))
			if err != nil {
				t.Fatal(err)
			}
			inked := 0
			for y := range img.Bounds().Dy() {
				for x := range img.Bounds().Dx() {
					if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0xf000 {
						inked++
					}
				}
			}
			if img.Bounds().Dx() != 536 || inked < 500 {
				t.Errorf("%s is %v and has %d pixels of ink", name, img.Bounds(), inked)
			}
		}
	}
}

func strip(s string) string { return strings.Join(strings.Fields(s), "") }

// What is not known is refused by its name: no part of a picture is lost in silence.
func TestRefused(t *testing.T) {
	for body, want := range map[string]string{
		`<image href="a.png"/>`:                                      "<image>",
		`<g><use href="#a"/></g>`:                                    "<use>",
		`<rect width="1" height="1" filter="url(#a)"/>`:              "<rect filter",
		`<rect width="1" height="1" style="mix-blend-mode:screen"/>`: "mix-blend-mode",
		`<rect width="1" height="1" fill="chartreuse"/>`:             "chartreuse",
		`<rect width="1" height="1" fill="url(#nowhere)"/>`:          "nowhere",
		`<path d="M0 0 B 1 2"/>`:                                     `'B'`,
		`<path d="0 0 L 1 2"/>`:                                      "begins with a number",
		`<path d="M 1e9 0"/>`:                                        "1e9",
		`<text font-style="italic">a</text>`:                         "<text font-style",
		`<text><textPath>a</textPath></text>`:                        "<textPath>",
		`<style>@keyframes a { }</style>`:                            "@keyframes",
		`<g clip-path="url(#none)"><rect/></g>`:                      "none",
		`<g opacity="0.5"><rect/><rect/></g>`:                        "<g opacity>",
		`stray`:                                                      "stray",
		`<polyline points="1 2 3"/>`:                                 "number",
		`<rect transform="perspective(3)"/>`:                         "perspective",
		strings.Repeat("<g>", 80) + strings.Repeat("</g>", 80):       "too large",
	} {
		_, err := vector.Read(in(body), free(t))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error that says %s", body, err, want)
		}
	}
	if _, err := vector.PNG(in("<rect/>"), 1000); !errors.Is(err, vector.ErrLarge) {
		t.Errorf("a picture of six thousand million pixels: %v", err)
	}
	if _, err := vector.Read([]byte(`<!DOCTYPE svg [<!ENTITY a "b">]><svg/>`), free(t)); err == nil {
		t.Error("declarations of its own are read")
	}
}

func pixel(t testing.TB, body string, x, y int) color.NRGBA {
	t.Helper()
	data, err := vector.PNG(in(body), 1)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func TestPixels(t *testing.T) {
	red, white, blue := color.NRGBA{255, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{0, 0, 255, 255}
	for _, c := range []struct {
		body string
		x, y int
		want color.NRGBA
	}{
		{`<rect x="10" y="10" width="20" height="20" fill="red"/>`, 29, 29, red},
		{`<rect x="10" y="10" width="20" height="20" fill="red"/>`, 30, 30, white},
		{`<rect x="10" y="10" width="20" height="20" rx="8" fill="red"/>`, 10, 10, white},
		{`<circle cx="50" cy="30" r="10" fill="#f00"/>`, 50, 38, red},
		{`<ellipse cx="50" cy="30" rx="20" ry="5" fill="#f00"/>`, 50, 36, white},
		{`<g transform="translate(20 0) scale(2)"><rect x="5" width="5" height="5" fill="rgb(255,0,0)"/></g>`, 39, 9, red},
		{`<rect transform="rotate(90 50 30)" x="50" y="30" width="20" height="4" fill="red"/>`, 48, 40, red},
		{`<line x1="0" y1="20" x2="100" y2="20" stroke="red" stroke-width="4"/>`, 70, 21, red},
		{`<line x1="0" y1="20" x2="100" y2="20" stroke="red" stroke-width="4" stroke-dasharray="10,10"/>`, 15, 20, white},
		{`<line x1="0" y1="20" x2="100" y2="20" stroke="red" stroke-width="4" stroke-dasharray="10,10" stroke-dashoffset="10"/>`, 15, 20, red},
		{`<rect x="10" y="10" width="40" height="30" fill="none" stroke="red" stroke-width="4"/>`, 8, 8, red}, // a corner comes to its point
		{`<rect x="10" y="10" width="40" height="30" fill="none" stroke="red" stroke-width="4" stroke-linejoin="bevel"/>`, 8, 8, white},
		{`<path d="M10 10h20v20h-20z" fill="red"/>`, 20, 20, red},
		{`<path d="M0 30A30 30 0 0 1 60 30Z" fill="red"/>`, 30, 5, red},
		{`<path d="M0 30A30 30 0 0 1 60 30Z" fill="red"/>`, 30, 40, white},
		{`<path d="M0 0C40 0 40 0 40 40Q40 40 0 40T0 0" fill="red"/>`, 20, 20, red},
		{`<path d="M10 10h40v40h-40zM20 20v20h20v-20z" fill="red"/>`, 30, 30, white}, // a hole the other way round
		{`<polygon points="0,0 50,0 50,50" fill="red"/>`, 45, 10, red},
		{`<polyline points="0,0 50,0 50,50" fill="none" stroke="red" stroke-width="3"/>`, 50, 20, red},
		{`<defs><clipPath id="c"><rect width="20" height="60"/></clipPath></defs><g clip-path="url(#c)"><rect width="100" height="60" fill="red"/></g>`, 19, 30, red},
		{`<defs><clipPath id="c"><rect width="20" height="60"/></clipPath></defs><g clip-path="url(#c)"><rect width="100" height="60" fill="red"/></g>`, 21, 30, white},
		{`<defs><clipPath id="c"><rect width="20" height="60"/></clipPath></defs><g clip-path="url(#c)"><rect width="100" height="60" fill="red"/></g><rect x="50" width="9" height="9" fill="blue"/>`, 55, 5, blue},
		{`<style>.a{fill:red}.a:hover{fill:blue}</style><rect class="a" width="9" height="9"/>`, 5, 5, red},
		{`<rect width="9" height="9" fill="red" fill-opacity="0.5"/>`, 5, 5, color.NRGBA{255, 127, 127, 255}},
		{`<linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="100%" stop-color="blue"/></linearGradient><rect width="100" height="60" fill="url(#g)"/>`, 0, 30, color.NRGBA{254, 0, 1, 255}},
		{`<linearGradient id="g" x1="0" y1="0" x2="0" y2="60" gradientUnits="userSpaceOnUse"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><rect width="100" height="60" fill="url(#g)"/>`, 50, 59, color.NRGBA{1, 0, 254, 255}},
		{`<radialGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></radialGradient><rect width="100" height="60" fill="url(#g)"/>`, 0, 0, color.NRGBA{1, 0, 254, 255}},
		{`<rect width="9" height="9" fill="red" display="none"/>`, 5, 5, white},
	} {
		got := pixel(t, c.body, c.x, c.y)
		for i, d := range []int{int(got.R) - int(c.want.R), int(got.G) - int(c.want.G), int(got.B) - int(c.want.B)} {
			if max(d, -d) > 3 {
				t.Errorf("%s at %d,%d: %v, want %v (part %d)", c.body, c.x, c.y, got, c.want, i)
				break
			}
		}
	}
}

// A character that no font has becomes a mark and is told; one that only another font has is drawn with that.
func TestMissing(t *testing.T) {
	d, err := vector.Read(in(`<text x="50" y="30" font-weight="bold" font-size="12">张䶮🦄堃</text>`), free(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Texts(), "|"); !slices.Equal(d.Missing, []rune("🦄")) || strip(strings.ReplaceAll(got, "|", "")) != "张䶮〓堃" {
		t.Errorf("drawn as %q, missing %q", got, d.Missing)
	}
}

func FuzzRead(f *testing.F) {
	for _, svg := range vectortest.Charts(f, "light") {
		if len(svg) < 30_000 {
			f.Add(svg)
		}
	}
	f.Add(in(`<linearGradient id="g" x1="0" y1="9"><stop offset="1" stop-color="#12345678"/></linearGradient><path d="M1 1a5 5 0 10 5 5z" fill="url(#g)" stroke="#000" stroke-dasharray="1 2 3"/>`))
	set := free(f)
	f.Fuzz(func(t *testing.T, svg []byte) {
		d, err := vector.Read(svg, set)
		if err != nil {
			return
		}
		if d.Width*d.Height < 1_000_000 {
			if _, err := d.Image(0.5, ""); err != nil && !errors.Is(err, vector.ErrLarge) {
				t.Error(err)
			}
		}
	})
}

func BenchmarkPNG(b *testing.B) {
	for name, svg := range vectortest.Charts(b, "light") {
		b.Run(fmt.Sprint(name, "-", len(svg)), func(b *testing.B) {
			for b.Loop() {
				if _, err := vector.PNG(svg, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
