// Package excluded says what is not in the figures of metrics, and why: rows that were refused or were no data, submissions
// that others have replaced, and rows that a definition is not about.
package excluded

import (
	"context"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Row is a dataset with what became of its rows.
type Row struct {
	Name, Title string
	pipeline.Counts
	Replaced string // submissions that were published and are not live
}

// Rule is a rule that refused cells, or warned of them, with the files it met most often.
type Rule struct {
	Dataset, Title, Rule, Column, Reason string
	Cells                                uint64
	Warn                                 bool
	Files                                []File
	More                                 int
}

// File is a sheet with the number of its cells that a rule met.
type File struct {
	Run, File, Sheet string
	Cells            uint64
}

// Counted says of a metric how many sound rows it is about.
type Counted struct {
	Name, Title, Definition string
	Rows, Counts, Others    uint64
	Together                bool
}

// filesShown are of one rule, the most cells first.
const filesShown = 5

// Titles are what a dataset and a column of it are called.
type Titles func(dataset, column string) (string, string)

// Rows puts together what became of the rows of datasets; those of which nothing was read or replaced are left out.
func Rows(names []string, live, replaced []pipeline.Live, titles Titles, loc codes.Lang) []Row {
	var out []Row
	for _, name := range names {
		title, _ := titles(name, "")
		row := Row{Name: name, Title: title}
		for _, l := range live {
			if l.Dataset == name {
				row.Add(l.Counts)
			}
		}
		batches, rows := 0, 0.0
		for _, x := range replaced {
			if x.Dataset == name {
				batches, rows = batches+1, rows+float64(x.Loaded)
			}
		}
		if batches > 0 {
			row.Replaced = words.In(loc, "replaced", batches, metric.Number(&rows, metric.Records))
		}
		if row.Read > 0 || row.Replaced != "" {
			out = append(out, row)
		}
	}
	return out
}

// Rules puts the sheets of one rule together, the rules with the most cells first.
func Rules(list []pipeline.Refused, titles Titles, loc codes.Lang) []Rule {
	type which struct {
		dataset, rule, column string
		warn                  bool
	}
	at := map[which]int{}
	var out []Rule
	for _, x := range list {
		w := which{x.Dataset, x.Rule, x.Column, x.Warn}
		i, ok := at[w]
		if !ok {
			i = len(out)
			at[w] = i
			title, column := titles(x.Dataset, x.Column)
			out = append(out, Rule{Dataset: x.Dataset, Title: title, Rule: x.Rule, Column: column, Reason: codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), Warn: x.Warn})
		}
		out[i].Cells += x.Cells
		if len(out[i].Files) < filesShown {
			out[i].Files = append(out[i].Files, File{x.Run, x.File, x.Sheet, x.Cells})
		} else {
			out[i].More++
		}
	}
	slices.SortStableFunc(out, func(a, b Rule) int {
		switch {
		case a.Warn != b.Warn:
			return map[bool]int{true: 1, false: -1}[a.Warn]
		default:
			return int(b.Cells) - int(a.Cells)
		}
	})
	return out
}

// Count says how many sound rows of a period each metric of rows leaves aside because its definition is not about them.
func Count(ctx context.Context, engine *compute.Engine, ms []*metric.Metric, q metric.Query, loc codes.Lang) ([]Counted, error) {
	var out []Counted
	seen := map[string]bool{}
	for _, m := range ms {
		q.Metric = m.Name
		list, err := engine.Counted(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if seen[c.Metric.Name] {
				continue
			}
			seen[c.Metric.Name] = true
			out = append(out, Counted{
				Name: c.Metric.Name, Title: c.Metric.Title.In(loc), Definition: c.Metric.Definition.In(loc),
				Rows: c.Rows, Counts: c.Counts, Others: c.Rows - min(c.Rows, c.Counts), Together: c.Together,
			})
		}
	}
	return out, nil
}

// Period is the period that rows are counted in: that of the page, else the year of the data.
func Period(asked days.Range, last days.Day) days.Range {
	if !asked.IsZero() {
		return asked
	}
	return days.Range{From: days.Date(last.Year(), 1, 1), To: last.AddDate(0, 0, 1)}
}
