package draw

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/browser/browsertest"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/render"
	"yanzhen/dashboard/static"
)

// word is a text of a picture, and where it stands.
type word struct {
	Text string
	X, Y float64
}

var moves = regexp.MustCompile(`translate\(([-0-9.e]+) ([-0-9.e]+)\)`)

// read returns the texts of a picture and how many shapes it has.
func read(t *testing.T, svg string) (words []word, shapes int) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var at word
	in := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return words, shapes
		}
		if err != nil {
			t.Fatalf("%v in %.300s", err, svg)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if x.Name.Local == "path" || x.Name.Local == "rect" {
				shapes++
			}
			if in = x.Name.Local == "text"; !in {
				continue
			}
			at = word{}
			for _, a := range x.Attr {
				switch a.Name.Local {
				case "x":
					at.X, _ = strconv.ParseFloat(a.Value, 64)
				case "y":
					at.Y, _ = strconv.ParseFloat(a.Value, 64)
				case "transform":
					if m := moves.FindStringSubmatch(a.Value); m != nil {
						at.X, _ = strconv.ParseFloat(m[1], 64)
						at.Y, _ = strconv.ParseFloat(m[2], 64)
					}
				}
			}
		case xml.CharData:
			if in {
				at.Text = string(x)
				words = append(words, at)
			}
		case xml.EndElement:
			in = false
		}
	}
}

// Every kind is drawn by the program as a browser draws it: the same words and as many shapes, at nearly the same places.
// Letters are as wide as the program thinks and as the browser's fonts are, which moves what stands beside them.
func TestDrawnAsInABrowser(t *testing.T) {
	files, err := static.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	digits, err := json.Marshal(board.ChartFormats())
	if err != nil {
		t.Fatal(err)
	}
	drawer := render.New(render.Scripts{Library: files.Text("vendor/echarts.min.js"), Drawing: files.Text("vendor/drawing.js"), Digits: digits}, 1)
	page := fmt.Sprintf(`<!doctype html><meta charset="utf-8"><script>const require = () => ({digits: %s})</script><script src="%[2]svendor/echarts.min.js"></script><script src="%[2]svendor/drawing.js"></script>`, digits, files.Base)
	mux := http.NewServeMux()
	mux.Handle("GET /static/", files)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, page) })
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := browsertest.Window(t)
	if err := chromedp.Run(ctx, chromedp.Navigate(server.URL), chromedp.Poll(`window.drawing !== undefined && window.echarts !== undefined`, nil)); err != nil {
		t.Fatal(err)
	}
	for name, f := range cases() {
		for _, compact := range []bool{false, true} {
			f.Compact = compact
			at := fmt.Sprintf("%s, compact %v", name, compact)
			option, err := Option(f)
			if err != nil {
				t.Fatal(at, err)
			}
			c := render.Chart{Option: option, Width: 536, Height: Height(f), Lang: "zh", Theme: "light", Variables: palette.Variables("light")}
			c.Variables["sans"] = "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
			if compact {
				c.Width = 324
			}
			if AsMap(f) {
				c.Outline = &render.Outline{Name: f.Outline.As(), Shape: f.Outline.Shape()}
			}
			ours, err := drawer.SVG(t.Context(), c)
			if err != nil {
				t.Errorf("%s: %v", at, err)
				continue
			}
			theirs, err := inBrowser(ctx, c)
			if err != nil {
				t.Errorf("%s: in the browser: %v", at, err)
				continue
			}
			same(t, at, string(ours), theirs)
		}
	}
}

// inBrowser draws a chart with the same scripts in a real browser.
func inBrowser(ctx context.Context, c render.Chart) (svg string, err error) {
	size, err := json.Marshal(map[string]any{"width": c.Width, "height": c.Height, "lang": c.Lang, "variables": c.Variables})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(string(c.Option))
	if err != nil {
		return "", err
	}
	script := fmt.Sprintf("drawing.svg(%s, %s)", text, size)
	if c.Outline != nil {
		name, _ := json.Marshal(c.Outline.Name)
		shape, _ := json.Marshal(string(c.Outline.Shape))
		script = fmt.Sprintf("drawing.outline(%s, %s), %s", name, shape, script)
	}
	err = chromedp.Run(ctx, chromedp.Evaluate(script, &svg))
	return svg, err
}

// tolerance is how far a word may stand from where the browser puts it, in pixels: what the widths of the letters make.
const tolerance = 14

func same(t *testing.T, at, ours, theirs string) {
	t.Helper()
	own, shapes := read(t, ours)
	other, others := read(t, theirs)
	texts := func(ws []word) []string {
		var out []string
		for _, w := range ws {
			out = append(out, w.Text)
		}
		return out
	}
	a, b := texts(own), texts(other)
	if strings.Join(a, "") != strings.Join(b, "") {
		t.Errorf("%s: the words differ:\n%q\n%q", at, a, b)
	}
	if !slices.Equal(a, b) {
		return // a name is broken into lines at another letter
	}
	if shapes != others {
		t.Errorf("%s: %d shapes, the browser has %d", at, shapes, others)
	}
	for i, w := range own {
		if d := math.Hypot(w.X-other[i].X, w.Y-other[i].Y); d > tolerance {
			t.Errorf("%s: %q stands %.0f pixels from where the browser puts it: %.0f,%.0f and %.0f,%.0f", at, w.Text, d, w.X, w.Y, other[i].X, other[i].Y)
		}
	}
}
