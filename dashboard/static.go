package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/palette"
)

// The vendor directory is written by cmd/web from the npm parts and is not kept in the repository; without it the
// program builds and serves tables only.
//
//go:embed static
var staticFiles embed.FS

// static serves the embedded files under an address that holds a digest of all of them, so that a browser may keep
// them for ever and modules may import each other by plain relative names.
type static struct {
	base  string // /static/<digest>/
	files map[string]*asset
}

type asset struct {
	kind          string
	raw, gzip, br []byte
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func newStatic(maps []*board.Map) (*static, error) {
	s := &static{files: map[string]*asset{}}
	whole := sha256.New()
	put := func(name string, text []byte) {
		a := s.asset(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".br"))
		switch path.Ext(name) {
		case ".gz":
			a.gzip = text
		case ".br":
			a.br = text
		default:
			a.raw = text
			whole.Write([]byte(name))
			whole.Write(text)
		}
	}
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := staticFiles.ReadFile(name)
		put(strings.TrimPrefix(name, "static/"), text)
		return err
	})
	if err != nil {
		return nil, err
	}
	put("palette.css", []byte(palette.CSS()))
	digits, err := json.Marshal(metric.ChartFormats())
	if err != nil {
		return nil, err
	}
	put("js/digits.js", []byte("// Written from the units of the metrics.\nexport const digits = "+string(digits)+";\n"))
	for _, m := range maps {
		put("maps/"+m.Name+".json", m.Shape())
		whole.Write([]byte(m.Approval)) // printed by what is cached under the same digest
	}
	for name, a := range s.files {
		if a.raw == nil {
			delete(s.files, name) // a compressed copy without its original
			continue
		}
		if a.gzip == nil && len(a.raw) > 1024 && len(a.raw) < 8<<20 && !strings.HasPrefix(a.kind, "image/png") {
			var b bytes.Buffer
			z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
			z.Write(a.raw)
			if err := z.Close(); err != nil {
				return nil, err
			}
			a.gzip = b.Bytes()
		}
	}
	s.base = "/static/" + hex.EncodeToString(whole.Sum(nil)[:6]) + "/"
	return s, nil
}

func (s *static) asset(name string) *asset {
	a, ok := s.files[name]
	if !ok {
		kind := mime.TypeByExtension(path.Ext(name))
		switch path.Ext(name) {
		case ".js":
			kind = "text/javascript; charset=utf-8"
		case ".svg":
			kind = "image/svg+xml"
		case ".json":
			kind = "application/json; charset=utf-8"
		}
		a = &asset{kind: kind}
		s.files[name] = a
	}
	return a
}

func (s *static) has(name string) bool { _, ok := s.files[name]; return ok }

// ServeHTTP answers /static/<digest>/name. An old digest gets the present file, but must not be kept.
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	a := s.files[name]
	if !ok || a == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(r.URL.Path, s.base) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, accepts := a.raw, r.Header.Get("Accept-Encoding")
	switch {
	case a.br != nil && strings.Contains(accepts, "br"):
		h.Set("Content-Encoding", "br")
		body = a.br
	case a.gzip != nil && strings.Contains(accepts, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
