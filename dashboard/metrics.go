package dashboard

import (
	"net/http"

	"yanzhen/dashboard/words"
)

type metricsPage struct {
	layout
	Metrics []definitionOf
}

// metrics is the catalogue of definitions.
func (s *Server) metrics(a *ask) (http.HandlerFunc, error) {
	p := metricsPage{layout: s.layout(a.r, words.Get("metrics"))}
	for _, m := range s.Catalog.Metrics() {
		p.Metrics = append(p.Metrics, s.definitionOf(m, a.st.Loc))
	}
	return s.html("metrics.html", p), nil
}

func (s *Server) metricNames() []string {
	var have []string
	for _, m := range s.Catalog.Metrics() {
		have = append(have, m.Name)
	}
	return have
}
