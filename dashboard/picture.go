package dashboard

import (
	"net/http"
	"net/url"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/vector"
)

// picture answers a panel as a drawing, an SVG or its pixels, in the theme that the address names: light where it names none.
func (s *Server) picture(a *ask, format string, d *figures.Answer) (http.HandlerFunc, error) {
	if d.Panel.Kind == board.Table || s.studio == nil {
		return nil, a.bad("format", "json", "csv", "table", "definition")
	}
	theme := "light"
	if a.value("theme") == "dark" {
		theme = "dark"
	}
	at, ok := picture.At(a.value("place"), a.value("box"))
	if !ok {
		return nil, a.bad("place", picture.Places...)
	}
	svg, err := s.studio.Fill(a.ctx, d, at, theme)
	if err != nil {
		return nil, err
	}
	if format == "png" {
		pixels, err := vector.PNGOn(svg, 2, palette.Variables(theme)["card"])
		if err != nil {
			return nil, err
		}
		name := s.fileName(d.Panel.Title.In(a.st.Loc), d.Range, a.st.Loc) + ".png"
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(name))
			w.Header().Set("Content-Type", "image/png")
			reply.Body(w, r, http.StatusOK, pixels)
		}, nil
	}
	return func(w http.ResponseWriter, r *http.Request) {
		// a picture that is opened by itself runs nothing and fetches nothing
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
		reply.Body(w, r, http.StatusOK, svg)
	}, nil
}
