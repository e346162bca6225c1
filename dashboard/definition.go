package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// definitionPage says what the figures of a panel are.
type definitionPage struct {
	Loc                           codes.Lang
	Title, Period, DataDate, Note string
	Metrics                       []definitionOf
	Revised                       *figures.Revised
	Sets                          bool // as menu.Menu has it
}

type definitionOf struct {
	ID, Name, Title, Definition, Formula, Unit, Direction string
	Datasets                                              []datasetLink
	Dims, Outputs                                         []string
	SQL                                                   string
	Stated                                                bool // answered from what is kept beside the rows
	Rows                                                  string
}

type datasetLink struct{ Name, Title string }

func (s *Server) datasetLinks(names []string, loc codes.Lang) []datasetLink {
	var out []datasetLink
	for _, n := range names {
		l := datasetLink{n, n}
		for _, d := range s.Datasets {
			if d.Name == n {
				l.Title = d.Title.In(loc)
			}
		}
		out = append(out, l)
	}
	return out
}

func (s *Server) definitionOf(m *metric.Metric, loc codes.Lang) definitionOf {
	x := definitionOf{
		ID: m.ID, Name: m.Name, Title: m.Title.In(loc), Definition: m.Definition.In(loc), Formula: formula(m),
		Unit: m.Unit.Word(loc), Direction: words.In(loc, "direction_"+m.Direction), Datasets: s.datasetLinks(m.Datasets(), loc),
	}
	for _, name := range m.Dims() {
		t := name
		if d := s.Catalog.Dimension(name); d != nil && d.Title.Zh != "" {
			t = d.Title.In(loc)
		}
		x.Dims = append(x.Dims, t)
	}
	return x
}

// formula is how a metric is computed, as it is declared.
func formula(m *metric.Metric) string {
	switch {
	case m.Formula != "":
		return m.Formula
	case m.Numerator != "":
		f := m.Numerator + " / " + m.Denominator
		if m.Scale != 0 && m.Scale != 1 {
			f += fmt.Sprintf(" × %g", m.Scale)
		}
		return f
	case m.Method != "":
		of := strings.Join(m.Args, ", ")
		if m.Kind == metric.Forecasting && m.Of != "" {
			of = m.Of
		}
		if m.Weights != "" {
			of += "; weights " + m.Weights
		}
		f := m.Method + "(" + of + ")"
		if m.Output != "" {
			f += " → " + m.Output
		}
		return f
	case m.Of != "":
		return fmt.Sprintf("%s(%s)", m.Kind, m.Of)
	}
	return m.Value
}

func (s *Server) definition(who *access.Viewer, d *figures.Answer, st address.State) definitionPage {
	p := definitionPage{Loc: st.Loc, Title: d.Panel.Title.In(st.Loc), DataDate: days.Label(d.Behind(), st.Loc), Note: d.Note(st.Loc), Revised: d.Revised, Sets: who.Can(access.Rows) && who.Whole()}
	if !d.Range.IsZero() {
		p.Period = d.Period(st.Loc)
	}
	for _, m := range d.Metrics {
		x := s.definitionOf(m, st.Loc)
		if i := slices.IndexFunc(d.Results, func(r *metric.Result) bool { return r != nil && r.Metric == m }); i >= 0 {
			r := d.Results[i]
			x.Stated = r.Stated
			x.SQL, x.Outputs = sqltext.Statements(r.Asked), period.Outputs(r, st.Loc)
			if r.Rows > 0 && !r.Guarded {
				rows := float64(r.Rows)
				x.Rows = metric.Number(&rows, metric.Records)
			}
		}
		p.Metrics = append(p.Metrics, x)
	}
	return p
}
