package dashboard

import (
	"encoding/json"
	"net/http"
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

type dutiesPage struct {
	layout
	coverage.Sheet
	Today string
	Empty bool
}

// owed is every period of every duty in the twelve months up to today.
func (s *Server) owed(a *ask) (map[string][]duty.Owed, error) {
	live, err := s.Engine.Live(a.ctx, a.st.AsOf)
	if err != nil {
		return nil, err
	}
	return coverage.Owed(live, s.Datasets, s.workdays(), s.today(a.st)), nil
}

// duties is the page of who owes what: sender by period, and what is late.
func (s *Server) duties(a *ask) (http.HandlerFunc, error) {
	loc, only := a.st.Loc, a.value("dataset")
	if only != "" && s.declared(only) == nil {
		return nil, address.Missing(words.Get("no_dataset", only), s.datasetNames()...)
	}
	all, err := s.owed(a)
	if err != nil {
		return nil, err
	}
	today := s.today(a.st)
	p := dutiesPage{layout: s.layout(a.r, words.Get("duties")), Today: days.Label(today, loc), Empty: len(all) == 0}
	sets := slices.DeleteFunc(slices.Clone(s.Datasets), func(d *dataset.Dataset) bool { return only != "" && d.Name != only })
	p.Sheet, p.Letters = coverage.SheetOf(sets, all, coverage.Year(today), loc), coverage.LettersOf(sets, all, s.Contact.In(loc), s.who(loc), loc)
	return s.html("duties.html", p), nil
}

// dutiesNow answers the same as JSON, for yanzhen duties and for reminders of the office's own.
func (s *Server) dutiesNow(a *ask) (http.HandlerFunc, error) {
	all, err := s.owed(a)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(coverage.ToldOf(s.Datasets, all))
	if err != nil {
		return nil, err
	}
	return s.json(body), nil
}
