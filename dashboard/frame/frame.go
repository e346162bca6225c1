// Package frame is what the frame of all pages does for rooms that have pages of their own: it shows them in the layout of the
// site, writes down what was done there, and tells a fault as every page tells it.
package frame

import (
	"html/template"
	"net/http"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline/codes"
)

// Frame is the site's part of such pages.
type Frame struct {
	Record func(r *http.Request, did, what, result string)
	Show   func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any)
	Fail   func(w http.ResponseWriter, r *http.Request, err error)
}

// Operated puts pages at addresses of whoever operates the installation: no browser keeps them, and a request has most bytes.
func (f Frame) Operated(g *access.Gate, most int64) func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
	return func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		g.Handle(pattern, access.Whole(access.Operate), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			r.Body = http.MaxBytesReader(w, r.Body, most)
			if err := h(w, r); err != nil {
				f.Fail(w, r, err)
			}
		}))
	}
}

// Picture is a picture that we made ourselves as an address; of anything else there is none.
func Picture(data string) template.URL {
	if !strings.HasPrefix(data, "data:image/png;base64,") {
		return ""
	}
	return template.URL(data)
}

// Dict is several values for a template within another: a name, its value, and so on.
func Dict(kv ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		out[kv[i].(string)] = kv[i+1]
	}
	return out
}
