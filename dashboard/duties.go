package dashboard

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

type dutiesPage struct {
	layout
	Today   string
	States  []dutyCount
	Months  []string
	Behind  []coverage.Behind // what is owed now
	Overdue int               // periods of them whose day has passed
	Tables  []dutyTable
	Empty   bool
}

// dutyTable is sender by month: of the datasets of which something is owed now, and folded, of the others.
type dutyTable struct {
	Title    string
	Folded   bool
	Datasets []dutyGroup
}

type dutyCount struct {
	State, Text string
	N           int
}

type dutyGroup struct {
	datasetLink
	Rows []coverage.Row
}

// owed is every period of every duty in the twelve months up to today.
func (s *Server) owed(a *ask) (map[string][]duty.Owed, error) {
	live, err := s.Engine.Live(a.ctx, a.st.AsOf)
	if err != nil {
		return nil, err
	}
	out := map[string][]duty.Owed{}
	today := s.today(a.st)
	for name, c := range live.Covers() {
		if s.declared(name) == nil {
			continue
		}
		if list := c.Calendar(s.workdays(), today, coverage.Year(today)); len(list) > 0 {
			out[name] = list
		}
	}
	return out, nil
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
	year := coverage.Year(today)
	for _, m := range year.Cut(days.Month) {
		p.Months = append([]string{m.From.Format("2006-01")}, p.Months...) // the latest first: a phone shows no more
	}
	counts := map[duty.State]int{}
	owing, others := dutyTable{Title: words.In(loc, "duties_owing")}, dutyTable{Title: words.In(loc, "duties_table"), Folded: true}
	for _, d := range s.Datasets {
		if only != "" && d.Name != only || len(all[d.Name]) == 0 {
			continue
		}
		g, behind := dutyGroup{datasetLink: datasetLink{d.Name, d.Title.In(loc)}}, len(p.Behind)
		for _, list := range coverage.BySender(all[d.Name]) {
			g.Rows = append(g.Rows, coverage.RowOf(list, year, loc))
			for _, o := range list {
				counts[o.State]++
			}
			if b, ok := coverage.BehindOf(list, g.Title, loc); ok {
				p.Behind = append(p.Behind, b)
				p.Overdue += b.Overdue
			}
		}
		if len(p.Behind) > behind {
			owing.Datasets = append(owing.Datasets, g)
		} else {
			others.Datasets = append(others.Datasets, g)
		}
	}
	slices.SortStableFunc(p.Behind, func(x, y coverage.Behind) int { return strings.Compare(x.DueOn, y.DueOn) })
	if others.Folded = len(owing.Datasets) > 0; others.Folded {
		p.Tables = append(p.Tables, owing)
		others.Title = words.In(loc, "duties_others", len(others.Datasets))
	}
	if len(others.Datasets) > 0 {
		p.Tables = append(p.Tables, others)
	}
	for _, st := range duty.States {
		p.States = append(p.States, dutyCount{string(st), words.In(loc, "duty_"+string(st)), counts[st]})
	}
	return s.html("duties.html", p), nil
}

// owedNow is one period of a duty as the API tells it.
type owedNow struct {
	Dataset  string     `json:"dataset"`
	Sender   string     `json:"sender"`
	From     string     `json:"from"`
	To       string     `json:"to"` // the first day after
	Due      string     `json:"due"`
	State    duty.State `json:"state"`
	Overdue  bool       `json:"overdue"`
	Inferred bool       `json:"inferred"`
}

// dutiesNow answers the same as JSON, for yanzhen duties and for reminders of the office's own.
func (s *Server) dutiesNow(a *ask) (http.HandlerFunc, error) {
	all, err := s.owed(a)
	if err != nil {
		return nil, err
	}
	out := []owedNow{}
	for _, d := range s.Datasets {
		for _, o := range all[d.Name] {
			out = append(out, owedNow{o.Dataset, o.Sender, days.ISO(o.Period.From), days.ISO(o.Period.To), days.ISO(o.DueOn), o.State, o.Overdue, o.Inferred})
		}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return s.json(body), nil
}
