package vector_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/browser/browsertest"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
	"yanzhen/dashboard/vector/vectortest"
)

// A chart of every kind looks as Chromium draws the same file with the same letters: area by area, for edges and letters
// are smoothed otherwise.
func TestAsInABrowser(t *testing.T) {
	ctx := browsertest.Window(t)
	charts := vectortest.Charts(t, "light")
	charts["gradient"] = in(`<defs><linearGradient id="a" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#1f4e6e"/></linearGradient><radialGradient id="b"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="rgb(90,90,255)"/></radialGradient></defs>
		<rect x="2" y="2" width="40" height="50" rx="6" fill="url(#a)"/><circle cx="70" cy="30" r="24" fill="url(#b)" stroke="#333" stroke-width="2" stroke-dasharray="6 3"/><path d="M45 50L52 12L60 50" fill="none" stroke="#000" stroke-width="3"/>`)
	with := free(t)
	runes := map[rune]rune{}
	for _, svg := range charts {
		for _, text := range words(t, svg) {
			for _, r := range text {
				runes[r] = r
			}
		}
	}
	mux := http.NewServeMux()
	for role, name := range map[fonts.Role]string{fonts.Sans: "/400", fonts.SansBold: "/700"} {
		has := map[rune]rune{}
		for r := range runes {
			if with.Face(role).Has(r) {
				has[r] = r
			}
		}
		data, err := with.Face(role).Subset(has)
		if err != nil {
			t.Fatal(err)
		}
		mux.HandleFunc("GET "+name, func(w http.ResponseWriter, _ *http.Request) { w.Write(data) })
	}
	mux.HandleFunc("GET /chart/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><style>@font-face{font-family:"Noto Sans SC";src:url(/400);font-weight:400}@font-face{font-family:"Noto Sans SC";src:url(/700);font-weight:700}
			body{margin:0;background:#fff} svg{display:block}</style>%s`, charts[r.PathValue("name")])
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	var before image.Image
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		ours := drawn(t, charts[name], with)
		var shot []byte
		if err := chromedp.Run(ctx, chromedp.EmulateViewport(int64(ours.Rect.Dx()/2), int64(ours.Rect.Dy()/2), chromedp.EmulateScale(2)),
			chromedp.Navigate(server.URL+"/chart/"+name), chromedp.Evaluate(`document.fonts.ready.then(() => 1)`, new(int), awaited), chromedp.CaptureScreenshot(&shot)); err != nil {
			t.Fatal(name, err)
		}
		theirs, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(name, err)
		}
		if theirs.Bounds().Size() != ours.Bounds().Size() {
			t.Fatalf("%s: %v and %v", name, theirs.Bounds(), ours.Bounds())
		}
		if worst, mean := apart(ours, theirs); worst > 40 || mean > 0.8 {
			t.Errorf("%s: areas differ by up to %.0f of 255, by %.2f on average", name, worst, mean)
		}
		if name == "gradient" {
			// a circle whose dashes begin at the left: not what is asked for, and so it must not pass
			wrong := bytes.Replace(charts[name], []byte(`<circle cx="70" cy="30" r="24"`), []byte(`<path d="M46 30a24 24 0 0 1 48 0a24 24 0 0 1-48 0z"`), 1)
			if worst, mean := apart(drawn(t, wrong, with), theirs); worst <= 40 && mean <= 0.8 {
				t.Errorf("%s: with wrong dashes areas differ by only up to %.0f of 255, by %.2f on average", name, worst, mean)
			}
		}
		if before != nil && before.Bounds() == theirs.Bounds() {
			if worst, _ := apart(ours, before); worst <= 40 {
				t.Errorf("%s: the comparison takes it for another chart", name)
			}
		}
		before = theirs
		if dir := os.Getenv("YANZHEN_PICTURES"); dir != "" {
			_ = os.WriteFile(dir+"/theirs-"+name+".png", shot, 0o644)
			var b bytes.Buffer
			_ = png.Encode(&b, ours)
			_ = os.WriteFile(dir+"/ours-"+name+".png", b.Bytes(), 0o644)
		}
	}
}

// drawn is a picture as our own ink draws it, two pixels to a CSS pixel.
func drawn(t *testing.T, svg []byte, with *fonts.Set) *image.RGBA {
	t.Helper()
	d, err := vector.Read(svg, with)
	if err != nil {
		t.Fatal(err)
	}
	img, err := d.Image(2, "#ffffff")
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// apart is how much two pictures differ: the most of any area of 8 by 8 CSS pixels, and the average.
func apart(a, b image.Image) (worst, mean float64) {
	const side = 16
	size := a.Bounds().Size()
	areas := 0
	for y := 0; y+side <= size.Y; y += side {
		for x := 0; x+side <= size.X; x += side {
			var sum [3]float64
			for j := y; j < y+side; j++ {
				for i := x; i < x+side; i++ {
					r0, g0, b0, _ := a.At(i, j).RGBA()
					r1, g1, b1, _ := b.At(i, j).RGBA()
					sum[0] += float64(r0>>8) - float64(r1>>8)
					sum[1] += float64(g0>>8) - float64(g1>>8)
					sum[2] += float64(b0>>8) - float64(b1>>8)
				}
			}
			areas++
			for _, s := range sum {
				s = math.Abs(s) / (side * side)
				worst, mean = max(worst, s), mean+s/3
			}
		}
	}
	return worst, mean / float64(areas)
}
