package dashboard

import (
	"net/http"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/held"
	"yanzhen/dashboard/preview"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// preview answers the picture that stands for a board where a link to it is sent: its first numbers.
func (s *Server) preview(a *ask) (http.HandlerFunc, error) {
	st := a.st
	b, last, err := s.boardAsked(a)
	if err != nil {
		return nil, err
	}
	version, err := s.version(a.ctx)
	if err != nil {
		return nil, err
	}
	p := preview.Page{Zone: s.Zone.In(st.Loc), Title: b.Title.In(st.Loc), Sentence: b.Lead.In(st.Loc)}
	if s.Demo {
		p.Demo = words.In(st.Loc, "demo_long")
	}
	if last.IsZero() {
		p.Sentence = words.In(st.Loc, "no_data_yet")
	} else {
		p.Date = words.In(st.Loc, "as_of") + " " + days.Label(last, st.Loc)
	}
	for _, panel := range b.Panels {
		if panel.Kind != board.KPI || len(p.Numbers) == preview.Most || last.IsZero() {
			continue
		}
		d, err := s.source().Of(a.ctx, panel, st, last)
		if err != nil {
			return nil, err
		}
		if c := d.Figure.Card(); c.Missing == "" {
			change := strings.Join(strings.Fields(c.Compare+" "+c.Arrow+" "+c.Change), " ")
			if c.Change == "" {
				change = c.NoBase
			}
			period := c.Covers
			if period == "" {
				period = d.Range.Label(st.Loc)
			}
			p.Numbers = append(p.Numbers, preview.Number{Label: panel.Title.In(st.Loc), Period: joined(period, c.Open), Value: c.Value, Unit: c.Unit, Change: change, Mood: c.Mood})
		}
	}
	body, err := p.PNG()
	if err != nil {
		return nil, err
	}
	tag := `"` + digest(version+s.static.Base+a.r.URL.String()+string(st.Loc)) + `"`
	return held.Tagged(tag, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		reply.Body(w, r, http.StatusOK, body)
	}), nil
}

// shared puts what a messenger asks of a page into it: its address, whole, and that of the picture of a board, or of
// one without figures for who may see none.
func (s *Server) shared(p *layout, r *http.Request, board string, st address.State) {
	query := st.Query()
	p.Self = address.Whole(r, r.URL.Path, query)
	query.Set("lang", string(st.Loc))
	if p.Preview = address.Whole(r, "/b/"+board+"/preview.png", query); !access.From(r.Context()).Can(access.View) {
		p.Preview = address.Whole(r, s.static.Base+preview.Card, nil)
	}
}
