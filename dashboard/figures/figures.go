// Package figures answers a panel for what an address asks: in which period, with which filters, compared with what, and of
// a report date, what has moved since. It asks metrics and computes no number itself.
package figures

import (
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/finding"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// Source is what panels are answered from.
type Source struct {
	Catalog *metric.Catalog
	Engine  *compute.Engine
	Chains  []dataset.Chain
	Maps    []*board.Map
	Order   map[string][]string // dimension -> its keys from upstream to downstream
}

// Who is the name of a sender or an office; in English it is made of the words that configs/codes/names.csv and parks.csv declare.
func (s Source) Who(name string, loc codes.Lang) string {
	if name == "" || s.Catalog == nil {
		return name
	}
	return s.Catalog.Label("", name).In(loc)
}

// Bind gives a panel the names that the catalog declares.
func (s Source) Bind(declared board.Panel) (panel.Figure, []*metric.Metric) {
	var ms []*metric.Metric
	p := panel.Figure{Panel: declared, Chains: s.Chains, Outline: board.FindMap(s.Maps, declared.Map)}
	for _, name := range p.Metrics {
		m := s.Catalog.Metric(name)
		ms = append(ms, m)
		p.Titles = append(p.Titles, m.Title)
	}
	for _, d := range p.By {
		t, order := codes.Text{Zh: d, En: d}, []string(nil)
		if dim := s.Catalog.Dimension(d); dim != nil {
			t, order = dim.Title, dim.Order
		}
		if len(order) == 0 {
			order = s.Order[d]
		}
		p.DimTitles = append(p.DimTitles, t)
		p.KeyOrder = append(p.KeyOrder, order)
	}
	return p, ms
}

// Answer is a panel with its figures, before it is written as JSON, HTML or CSV.
type Answer struct {
	panel.Figure
	Range      days.Range
	Window     days.Window // of every point
	Grain      days.Grain  // of every point
	Metrics    []*metric.Metric
	DataDate   days.Day
	Unfiltered []string      // filters of the page that this panel's metrics do not have
	Remarks    []codes.Text  // what became of the comparison that the page asks for
	Quiet      finding.Quiet // why nothing is said of the figures; empty: something is, or they are of more than the page shows

	first, reached days.Day // the first day that anybody tells of, and the day after the last

	// of a report date
	Marked  *grid.Grid // the table, with what moved since
	Revised *Revised
}

// Grid is the table of a panel.
func (d *Answer) Grid() grid.Grid {
	if d.Marked != nil {
		return *d.Marked
	}
	return d.Figure.Grid()
}

// Behind is the last day for which all that the panel stands on is whole.
func (d *Answer) Behind() days.Day { return d.DataDate }

// Period is the range of the figures and, where each point tells of more than its own period, of how much.
func (d *Answer) Period(loc codes.Lang) string {
	text := d.Range.Label(loc)
	if d.Grain != d.Panel.Grain { // its title may speak of its own
		text += " · " + words.In(loc, "by_grain", words.In(loc, "grain_"+string(d.Grain)))
	}
	if d.Window != days.NoWindow {
		text += " · " + words.In(loc, "window_"+string(d.Window))
	}
	return text
}

// Unit is the unit of a panel whose metrics share one.
func (d *Answer) Unit(loc codes.Lang) string {
	if len(d.Metrics) == 0 || slices.ContainsFunc(d.Metrics, func(m *metric.Metric) bool { return m.Unit != d.Metrics[0].Unit }) {
		return ""
	}
	return d.Metrics[0].Unit.Word(loc)
}

// Scale is what the numbers on a drawing's axis are of, where that is not the unit of the figures: 30,000 of CNY 10,000 stand there
// as 300m.
func (d *Answer) Scale(loc codes.Lang) string {
	if d.Unit(loc) == "" || loc != codes.En || d.Metrics[0].Unit.Yuan == 0 || slices.Contains([]board.Kind{board.Table, board.KPI, board.Heatmap}, d.Kind) {
		return ""
	}
	return "CNY"
}

// Note is what is to be known of the figures: what the panel declares, what became of the comparison and the filters.
func (d *Answer) Note(loc codes.Lang) string {
	var parts []string
	if n := d.Panel.Note.In(loc); n != "" {
		parts = append(parts, n)
	}
	for _, t := range d.Remarks {
		parts = append(parts, t.In(loc))
	}
	if d.Panel.Kind != board.KPI {
		parts = append(parts, d.Figure.Remarks()...)
	}
	for _, f := range d.Unfiltered {
		parts = append(parts, words.In(loc, "unfiltered", words.Get("filter_"+f)))
	}
	for i := range parts[:max(0, len(parts)-1)] { // a full stop is of the last one only
		parts[i] = strings.TrimRight(parts[i], "。.")
	}
	return words.Upper(words.Join(loc, "sep_clause", parts))
}
