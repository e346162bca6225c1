package dashboard

import (
	"net/http"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/words"
)

// wall answers the page of a scene, which takes its figures from the pages of the boards.
func (s *Server) wall(a *ask) (http.HandlerFunc, error) {
	view, err := scene.Page(s.Scenes, a.r.PathValue("scene"), a.st)
	if err == nil {
		err = s.mapChosen(a.st)
	}
	if err != nil {
		return nil, err
	}
	// a filter that the boards would refuse is refused here: nobody stands beside the screen to read why
	if last, err := s.Engine.DataDate(a.ctx); err == nil && !last.IsZero() {
		if err := s.filters().Verify(a.ctx, a.st, last); err != nil {
			return nil, err
		}
	}
	view.Demo, view.Program, view.Zone = s.Demo, s.static.Base, s.Now().Location().String()
	return s.part("wall.html", view), nil
}

// unheard refuses a listener to events for whom there is no room.
func (s *Server) unheard(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, address.Refuse(http.StatusServiceUnavailable, words.Get("events_full")))
}

// Published says that something was published or withdrawn: open pages hear of it at once, and not within some seconds.
func (s *Server) Published() {
	s.Engine.Doubt()
	s.events.Ask()
}

// Close ends what would keep a server from stopping: the listening to events.
func (s *Server) Close() { s.events.Close() }
