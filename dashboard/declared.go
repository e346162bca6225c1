package dashboard

import (
	"encoding/json"
	"net/http"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
)

// Declared is what is declared: kind (datasets, metrics, boards) -> name -> digest of the declaration. Two processes
// that read the same files have the same.
func Declared(cat *metric.Catalog, boards []*board.Board, datasets []*dataset.Dataset) (map[string]map[string]string, error) {
	out := map[string]map[string]string{"datasets": {}, "metrics": {}, "boards": {}}
	put := func(kind, name string, v any) error {
		text, err := json.Marshal(v)
		if err == nil {
			out[kind][name] = digest(string(text))
		}
		return err
	}
	for _, d := range datasets {
		if err := put("datasets", d.Name, d); err != nil {
			return nil, err
		}
	}
	for _, m := range cat.Metrics() {
		if err := put("metrics", m.Name, m); err != nil {
			return nil, err
		}
	}
	for _, b := range boards {
		if err := put("boards", b.Name, b); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// declaredNow tells yanzhen check what this server runs with.
func (s *Server) declaredNow(w http.ResponseWriter, r *http.Request) {
	all, err := Declared(s.Catalog, s.Boards, s.Datasets)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	body, err := json.Marshal(all)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	s.send(w, r, http.StatusOK, body)
}
