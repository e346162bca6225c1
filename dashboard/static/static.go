// Package static serves what a browser keeps: scripts, styles, the chart library, outlines. It knows nothing of the pages.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// The vendor directory is written by cmd/web from the npm parts and is not kept in the repository; without it the
// program builds and serves tables only.
//
//go:embed *
var embedded embed.FS

// Files are served under an address that holds a digest of all of them, so that a browser may keep them for ever and
// modules may import each other by plain relative names.
type Files struct {
	Base  string // /static/<digest>/
	files map[string]*asset
}

type asset struct {
	kind          string
	raw, gzip, br []byte
}

// New gathers the files that are built in and the written ones, by name. What else the digest stands for, since it is
// cached under the same address, is told as also.
func New(written map[string][]byte, also ...string) (*Files, error) {
	s := &Files{files: map[string]*asset{}}
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
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".go" {
			return err
		}
		text, err := embedded.ReadFile(name)
		put(name, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		put(name, written[name])
	}
	for _, text := range also {
		whole.Write([]byte(text))
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
	s.Base = "/static/" + hex.EncodeToString(whole.Sum(nil)[:6]) + "/"
	return s, nil
}

func (s *Files) asset(name string) *asset {
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
		case ".webmanifest":
			kind = "application/manifest+json"
		}
		a = &asset{kind: kind}
		s.files[name] = a
	}
	return a
}

// Has says whether a file is there.
func (s *Files) Has(name string) bool { _, ok := s.files[name]; return ok }

// Text is a file as it is; nil where there is none.
func (s *Files) Text(name string) []byte {
	if a := s.files[name]; a != nil {
		return a.raw
	}
	return nil
}

// ServeHTTP answers /static/<digest>/name. An old digest gets the present file, but must not be kept.
func (s *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	if strings.HasPrefix(r.URL.Path, s.Base) {
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
