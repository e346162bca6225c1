// Package preview draws what stands for a page where a link to it is shown, in WeChat, WeCom or DingTalk, and the icons of
// the product from its mark.
package preview

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"strconv"
	"strings"

	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/vector"
)

// The size of a preview, which every messenger asks for.
const Width, Height = 1200, 630

// Page is what is shown of a page.
type Page struct {
	Zone, Title string
	Date        string   // of the data, in words
	Demo        string   // that the figures are made up; empty: they are not
	Numbers     []Number // as many as there is room for are drawn
	Sentence    string   // instead of numbers
}

// Number is a number with its name, its period and what it is compared with. Mood is good, bad or plain.
type Number struct{ Label, Period, Value, Unit, Change, Mood string }

// Most is how many numbers stand beside each other.
const Most = 3

// margin is the blank around all, and inside is how wide what stands there may be.
const margin, inside = 64, Width - 2*margin

// SVG is the preview as a drawing, with the letters it will be drawn with measured.
func (p Page) SVG(with *fonts.Set) []byte {
	c := palette.Variables("light")
	d := &drawing{fonts: with}
	d.add(`<rect width="%d" height="%d" fill="%s"/><rect width="%d" height="14" fill="%s"/>`, Width, Height, c["card"], Width, c["accent"])
	d.add(`<g transform="translate(%d 52) scale(2)" fill="none" stroke="%s" stroke-width="1.8" stroke-linecap="round">%s</g>`, margin, c["accent"], geese)
	d.text(p.Zone, margin+84, 88, 30, inside-84, "start", c["text"], fonts.SansBold)
	d.text(p.Title, margin, 204, 72, inside, "start", c["ink"], fonts.SansBold)
	d.text(p.Date, margin, 264, 30, inside, "start", c["mute"], fonts.Sans)
	d.add(`<line x1="%d" y1="310" x2="%d" y2="310" stroke="%s" stroke-width="2"/>`, margin, Width-margin, c["line"])
	if n := min(len(p.Numbers), Most); n > 0 {
		room := float64(inside) / float64(n)
		for i, number := range p.Numbers[:n] {
			x := margin + room*float64(i)
			d.text(number.Label, x, 356, 30, room-24, "start", c["text"], fonts.Sans)
			d.text(number.Period, x, 392, 24, room-24, "start", c["mute"], fonts.Sans)
			size, w := d.fit(number.Value, 88, room-24-d.width(number.Unit, 32, fonts.Sans)-12, fonts.SansBold)
			d.text(number.Value, x, 482, size, room, "start", c["ink"], fonts.SansBold)
			d.text(number.Unit, x+w+12, 482, 32, room-24-w, "start", c["mute"], fonts.Sans)
			colour, ok := c[number.Mood]
			if !ok {
				colour = c["text"]
			}
			d.text(number.Change, x, 538, 32, room-24, "start", colour, fonts.Sans)
		}
	} else {
		d.text(p.Sentence, margin, 420, 36, inside, "start", c["text"], fonts.Sans)
	}
	if p.Demo != "" {
		d.add(`<rect y="%d" width="%d" height="52" fill="%s"/>`, Height-52, Width, c["wash"])
		d.text(p.Demo, Width/2, Height-17, 26, inside, "middle", c["warn"], fonts.Sans)
	}
	return d.svg(Width, Height)
}

// PNG is the preview as pixels.
func (p Page) PNG() ([]byte, error) {
	with, err := fonts.Free()
	if err != nil {
		return nil, err
	}
	return vector.PNG(p.SVG(with), 1)
}

// drawing is an SVG that is being written.
type drawing struct {
	fonts *fonts.Set
	out   bytes.Buffer
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

func (d *drawing) width(text string, size float64, role fonts.Role) float64 {
	return d.fonts.Width(role, text) * size
}

// fit is the largest size, up to one, at which a text is no wider than the room, and how wide it is then.
func (d *drawing) fit(text string, size, room float64, role fonts.Role) (float64, float64) {
	if w := d.width(text, size, role); w > room && w > 0 {
		size *= room / w
	}
	return size, d.width(text, size, role)
}

// text writes a line; what is too long becomes smaller, down to two thirds, and is cut off then.
func (d *drawing) text(text string, x, y, size, room float64, anchor, colour string, role fonts.Role) {
	if text == "" || room <= 0 {
		return
	}
	at, _ := d.fit(text, size, room, role)
	if at < size*2/3 {
		at = size * 2 / 3
		all := []rune(text)
		for len(all) > 1 && d.width(string(all)+"…", at, role) > room {
			all = all[:len(all)-1]
		}
		text = string(all) + "…"
	}
	weight := "normal"
	if role == fonts.SansBold {
		weight = "bold"
	}
	var safe bytes.Buffer
	_ = xml.EscapeText(&safe, []byte(text)) // a buffer takes everything
	num := func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
	d.add(`<text x="%s" y="%s" font-size="%s" font-weight="%s" text-anchor="%s" fill="%s">%s</text>`, num(x), num(y), num(at), weight, anchor, colour, safe.String())
}

func (d *drawing) svg(w, h int) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">%s</svg>`, w, h, d.out.String())
}

// geese are the mark: wild geese in their formation, in a box of 40 by 24.
const geese = `<path d="M2 20Q6 15 9 18Q12 14 16 16M10 13Q14 8 17 11Q20 7 24 9M19 6Q23 1 26 4Q29 0 33 2"/>`

// The names of the icons' files and of the manifest.
const (
	Small, Large, Touch, Maskable = "icon-192.png", "icon-512.png", "apple-touch-icon.png", "icon-maskable-512.png"
)

// The grounds of an icon.
const rounded, whole = "rounded", "whole"

// icon is the mark on its ground, in a box of 40; a whole ground is cut to a form by the phone itself.
func icon(ground string) []byte {
	radius, by := "8", "1"
	if ground == whole { // what lies outside a circle of four fifths may be cut off
		radius, by = "0", "0.8"
	}
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40"><rect width="40" height="40" rx="` + radius + `" fill="#1f4e6e"/>` +
		`<g transform="translate(20 20) scale(` + by + `) translate(-17.5 -10.5)" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round">` + geese + `</g></svg>`)
}

// Card is the picture of a link to a page whose numbers the one who asks may not see.
const Card = "card.png"

// Icons are the product's icons by the names of their files, drawn from its mark, and the card with the names of the zone
// and the product; no card where the program was built without letters.
func Icons(zone, product string) (map[string][]byte, error) {
	out := map[string][]byte{}
	if card, err := (Page{Zone: zone, Title: product}).PNG(); err == nil {
		out[Card] = card
	} else if !errors.Is(err, fonts.ErrNone) {
		return nil, err
	}
	for name, of := range map[string]struct {
		size   float64
		ground string
	}{Small: {192, rounded}, Large: {512, rounded}, Touch: {180, whole}, Maskable: {512, whole}} {
		d, err := vector.Read(icon(of.ground), nil) // there are no letters in it
		if err != nil {
			return nil, err
		}
		img, err := d.Image(of.size/d.Width, "")
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return nil, err
		}
		out[name] = b.Bytes()
	}
	return out, nil
}

// Manifest is what a phone asks for when a page is put on its first screen. base is where the icons are.
func Manifest(name, lang, base string) ([]byte, error) {
	type image struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	c := palette.Variables("light")
	short, _, _ := strings.Cut(name, " · ")
	return json.MarshalIndent(map[string]any{
		"name": name, "short_name": short, "lang": lang, "start_url": "/", "display": "standalone",
		"background_color": c["page"], "theme_color": c["accent"],
		"icons": []image{
			{Src: base + Small, Sizes: "192x192", Type: "image/png"},
			{Src: base + Large, Sizes: "512x512", Type: "image/png"},
			{Src: base + Maskable, Sizes: "512x512", Type: "image/png", Purpose: "maskable"},
		},
	}, "", "  ")
}
