package dashboard

import (
	"net/http"
	"net/url"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

type freezesPage struct {
	layout
	Freezes []freezeRow
}

type freezeRow struct{ Name, At, Note, By, URL, Targets, Gone string }

func (s *Server) freezes(a *ask) (http.HandlerFunc, error) {
	list, err := s.Pipeline.Freezes(a.ctx)
	if err != nil {
		return nil, err
	}
	p := freezesPage{layout: s.layout(a.r, words.Get("freezes"))}
	for _, f := range list {
		q := url.Values{"freeze": {f.Name}}
		row := freezeRow{Name: f.Name, At: address.Moment(f.At), Note: f.Note, By: f.By, Targets: address.To("/responsibility", q)}
		if f.Gone() {
			row.Gone = words.In(a.st.Loc, "freeze_gone", address.Moment(f.Withdrawn), f.WithdrawnBy, f.Reason)
		} else if len(s.Boards) > 0 {
			row.URL = address.To("/b/"+s.home(), q)
		}
		p.Freezes = append(p.Freezes, row)
	}
	return s.html("freezes.html", p), nil
}
