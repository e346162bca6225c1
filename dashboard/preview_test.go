package dashboard

import (
	"bytes"
	"image/png"
	"regexp"
	"strings"
	"testing"
)

// What a messenger asks of a page: a picture of it by its whole address, the icons, the manifest. A filter of the page is
// one of its picture.
func (s *site) previewTest(t *testing.T, page string) {
	t.Helper()
	size := func(path string) (int, int) {
		t.Helper()
		r := s.get(t, path)
		img, err := png.Decode(bytes.NewReader([]byte(r.body)))
		if err != nil || r.status != 200 || r.header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d, %v", path, r.status, err)
			return 0, 0
		}
		return img.Bounds().Dx(), img.Bounds().Dy()
	}
	for _, b := range s.Boards {
		for _, query := range []string{"?lang=zh", "?lang=en&chain=magnetic"} {
			if w, h := size("/b/" + b.Name + "/preview.png" + query); w != 1200 || h != 630 {
				t.Errorf("the preview of %s is %d x %d", b.Name, w, h)
			}
		}
	}
	whole := regexp.MustCompile(`<link rel="(?:icon|apple-touch-icon|manifest)" href="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(whole) != 4 {
		t.Fatalf("%d icons", len(whole))
	}
	for _, m := range whole {
		r := s.get(t, m[1])
		if r.status != 200 || strings.HasSuffix(m[1], ".webmanifest") && r.header.Get("Content-Type") != "application/manifest+json" {
			t.Errorf("%s: %d %s", m[1], r.status, r.header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/favicon.ico", "/apple-touch-icon.png"} {
		if r := s.get(t, path); r.status != 302 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	// pixels of a panel: twice as many each way as the drawing has, on the theme's ground
	if w, _ := size("/api/v1/panels/overview/flow?format=png"); w < 1000 {
		t.Errorf("the picture of a panel is %d wide", w)
	}
	if a, b := s.get(t, "/api/v1/panels/overview/flow?format=png").body, s.get(t, "/api/v1/panels/overview/flow?format=png&theme=dark").body; a == b {
		t.Error("a dark picture is the light one")
	}
}
