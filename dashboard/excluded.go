package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// excludedPage says what is not in the figures of some metrics, and why: rows that were refused, rows
// that are no data, rows that were there twice, submissions that others have replaced, and rows that
// the definition is not about.
type excludedPage struct {
	layout
	Metrics  string
	Period   string
	Empty    string
	Datasets []excludedRow
	Rules    []excludedRule
	More     bool // not every rule is listed
	Counted  []countedRow
}

type excludedRow struct {
	Name, Title string
	pipeline.Counts
	Replaced string // submissions that were published and are not live
}

type excludedRule struct {
	Dataset, Title, Rule, Column, Reason string
	Cells                                uint64
	Warn                                 bool
	Files                                []excludedFile
	More                                 int
}

type excludedFile struct {
	Run, File, Sheet string
	Cells            uint64
}

type countedRow struct {
	Name, Title, Definition string
	Rows, Counts, Others    uint64
	Together                bool
}

// filesShown are of one rule, the most cells first.
const filesShown = 5

func (s *Server) excluded(a *ask) (http.HandlerFunc, error) {
	st := a.st
	ms, names, err := s.excludedOf(a)
	if err != nil {
		return nil, err
	}
	live, err := s.live(a.ctx, "", st.AsOf)
	if err != nil {
		return nil, err
	}
	refused, err := s.Pipeline.Refusals(a.ctx, names, st.AsOf)
	if err != nil {
		return nil, err
	}
	replaced, err := s.Pipeline.Superseded(a.ctx, names, st.AsOf)
	if err != nil {
		return nil, err
	}
	loc := st.Loc
	p := excludedPage{layout: s.layout(a.r, words.Get("excluded"))}
	for i, m := range ms {
		if i > 0 {
			p.Metrics += words.In(loc, "sep_list")
		}
		p.Metrics += m.Title.In(loc)
	}
	for _, name := range names {
		row := excludedRow{Name: name, Title: s.datasetLinks([]string{name}, loc)[0].Title}
		for _, l := range live {
			if l.Dataset == name {
				row.Add(l.Counts)
			}
		}
		for _, x := range replaced {
			if x.Dataset == name {
				rows := float64(x.Rows)
				row.Replaced = words.In(loc, "replaced", x.Batches, metric.Number(&rows, metric.Records))
			}
		}
		if row.Read > 0 || row.Replaced != "" {
			p.Datasets = append(p.Datasets, row)
		}
	}
	if len(p.Datasets) == 0 {
		p.Empty = words.In(loc, "no_data_yet")
	}
	p.Rules = s.excludedRules(refused, loc)
	p.More = len(refused) == 2000
	if len(ms) > 0 && len(p.Datasets) > 0 {
		if err := s.counted(a.ctx, &p, ms, st); err != nil {
			return nil, err
		}
	}
	return s.html("excluded.html", p), nil
}

// excludedOf is what the page is asked about: metrics, and datasets by their names, theirs too; every dataset where none
// is named.
func (s *Server) excludedOf(a *ask) (ms []*metric.Metric, names []string, err error) {
	list := func(name string) []string {
		return strings.FieldsFunc(a.value(name), func(r rune) bool { return r == ',' })
	}
	for _, name := range list("metric") {
		m := s.Catalog.Metric(name)
		if m == nil {
			return nil, nil, address.Missing(words.Get("no_metric", name), s.metricNames()...)
		}
		ms = append(ms, m)
		names = append(names, m.Datasets()...)
	}
	for _, name := range list("dataset") {
		if s.declared(name) == nil {
			return nil, nil, address.Missing(words.Get("no_dataset", name), s.datasetNames()...)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		names = s.datasetNames()
	}
	slices.Sort(names)
	return ms, slices.Compact(names), nil
}

// excludedRules puts the sheets of one rule together, the rules with the most cells first.
func (s *Server) excludedRules(list []pipeline.Refused, loc codes.Lang) []excludedRule {
	type which struct {
		dataset, rule, column string
		warn                  bool
	}
	at := map[which]int{}
	var out []excludedRule
	for _, x := range list {
		w := which{x.Dataset, x.Rule, x.Column, x.Warn}
		i, ok := at[w]
		if !ok {
			i = len(out)
			at[w] = i
			rule := excludedRule{Dataset: x.Dataset, Title: s.datasetLinks([]string{x.Dataset}, loc)[0].Title, Rule: x.Rule, Column: x.Column, Reason: codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), Warn: x.Warn}
			if d := s.declared(x.Dataset); d != nil && d.Column(x.Column) != nil {
				rule.Column = d.Column(x.Column).Title.In(loc)
			}
			out = append(out, rule)
		}
		out[i].Cells += x.Cells
		if len(out[i].Files) < filesShown {
			out[i].Files = append(out[i].Files, excludedFile{x.Run, x.File, x.Sheet, x.Cells})
		} else {
			out[i].More++
		}
	}
	slices.SortStableFunc(out, func(a, b excludedRule) int {
		switch {
		case a.Warn != b.Warn:
			return map[bool]int{true: 1, false: -1}[a.Warn]
		default:
			return int(b.Cells) - int(a.Cells)
		}
	})
	return out
}

// counted says how many sound rows each metric of rows leaves aside because its definition is not
// about them. The period is that of the page, else the year of the data.
func (s *Server) counted(ctx context.Context, p *excludedPage, ms []*metric.Metric, st address.State) error {
	last, err := s.homeDate(ctx, st)
	if err != nil || last.IsZero() {
		return err
	}
	period := st.Range
	if period.IsZero() {
		period = days.Range{From: days.Date(last.Year(), 1, 1), To: last.AddDate(0, 0, 1)}
	}
	p.Period = period.Label(st.Loc)
	seen := map[string]bool{}
	for _, m := range ms {
		list, err := s.Engine.Counted(ctx, metric.Query{Metric: m.Name, From: period.From, To: period.To, AsOf: st.AsOf})
		if err != nil {
			return err
		}
		for _, c := range list {
			if seen[c.Metric.Name] {
				continue
			}
			seen[c.Metric.Name] = true
			p.Counted = append(p.Counted, countedRow{
				Name: c.Metric.Name, Title: c.Metric.Title.In(st.Loc), Definition: c.Metric.Definition.In(st.Loc),
				Rows: c.Rows, Counts: c.Counts, Others: c.Rows - min(c.Rows, c.Counts), Together: c.Together,
			})
		}
	}
	return nil
}
