// Package coverage says of the datasets behind a figure who has reported, who is late by the calendar, and how many rows
// were not taken.
package coverage

import (
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/published"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Dataset is what is known of a dataset's submissions.
type Dataset struct {
	Whole    duty.Coverage // of the last month for which everybody has reported
	Open     duty.Coverage // of the days after it for which somebody has
	Days     days.Range    // those days; zero: there are none
	Late     int           // reports whose day has passed, of the year before today
	live     []pipeline.Live
	reported bool // it is reported by period
	cover    *duty.Cover
}

// Now is what is known of every dataset, by name.
type Now map[string]*Dataset

// Of looks at what is live on a day.
func Of(live published.Live, subs []pipeline.Live, w duty.Workdays, today days.Day) Now {
	out := Now{}
	for _, l := range subs {
		if out[l.Dataset] == nil {
			out[l.Dataset] = &Dataset{}
		}
		out[l.Dataset].live = append(out[l.Dataset].live, l)
	}
	for name, c := range live.Covers() {
		x := out[name]
		if x == nil || !c.Dated || c.Whole.IsZero() {
			continue
		}
		x.reported, x.cover = true, c
		x.Whole = c.Over(days.Range{From: c.Whole.AddDate(0, 0, -1), To: c.Whole})
		if c.End.After(c.Whole) {
			x.Days = days.Range{From: c.Whole, To: c.End}
			x.Open = c.Over(x.Days)
		}
		for _, o := range c.Calendar(w, today, Year(today)) {
			if o.Overdue {
				x.Late++
			}
		}
	}
	return out
}

// Year is the twelve months up to and with that of a day.
func Year(today days.Day) days.Range {
	to := days.Month.Next(today)
	return days.Range{From: to.AddDate(-1, 0, 0), To: to}
}

// Owed is every period of every duty of datasets in the twelve months up to today, by dataset.
func Owed(live published.Live, sets []*dataset.Dataset, w duty.Workdays, today days.Day) map[string][]duty.Owed {
	out := map[string][]duty.Owed{}
	covers := live.Covers()
	for _, d := range sets {
		c := covers[d.Name]
		if c == nil {
			continue
		}
		if list := c.Calendar(w, today, Year(today)); len(list) > 0 {
			out[d.Name] = list
		}
	}
	return out
}

// Reported says who has reported: 报送 3/3 · 7月 初步 1/3; "" where it is not reported by period.
func (x *Dataset) Reported(loc codes.Lang) string {
	if x == nil || !x.reported {
		return ""
	}
	return reported(x.Whole, x.Open, x.Days, x.Late, loc)
}

func reported(whole, open duty.Coverage, span days.Range, late int, loc codes.Lang) string {
	parts := []string{words.In(loc, "coverage", whole.Reported, whole.Due)}
	if !span.IsZero() {
		parts = append(parts, words.In(loc, "cov_open", span.Label(loc), open.Reported, open.Due))
	}
	if late > 0 {
		parts = append(parts, words.In(loc, "cov_late", late))
	}
	return strings.Join(parts, " · ")
}

// Awaited names who has not reported what others have; who is what a sender is called.
func (x *Dataset) Awaited(who func(string) string, loc codes.Lang) string {
	if x == nil || x.Days.IsZero() || len(x.Open.Missing) == 0 {
		return ""
	}
	var names []string
	for _, name := range x.Open.Missing {
		names = append(names, who(name))
	}
	return words.In(loc, "cov_missing", x.Days.Label(loc), words.Join(loc, "sep_list", names))
}

// Of says of a dataset's period, as its files name it, who has reported and who has not, and that its figures are not final
// until all have; "" where nothing is owed for it. who is what a sender is called.
func (n Now) Of(dataset, period string, who func(string) string, loc codes.Lang) string {
	r, ok := days.Parse(period)
	x := n[dataset]
	if !ok || x == nil || !x.reported {
		return ""
	}
	c := x.cover.Over(r)
	switch {
	case c.Due == 0:
		return ""
	case len(c.Missing) == 0:
		return words.In(loc, "run_cov_whole", r.Label(loc), c.Reported, c.Due)
	case c.None():
		return words.In(loc, "run_cov_none", r.Label(loc), c.Due)
	}
	var names []string
	for _, name := range c.Missing {
		names = append(names, who(name))
	}
	return words.In(loc, "run_cov_open", r.Label(loc), c.Reported, c.Due, words.Join(loc, "sep_list", names))
}

// Behind says that a report is late.
func (x *Dataset) Behind() bool { return x != nil && x.Late > 0 }

// Line is the coverage of a figure's datasets in a few words.
type Line struct {
	Text, Detail, URL string
	Refused, Why      string // rows that were not taken, and where the reasons stand
}

// Names are what datasets and senders are called where a line is written.
type Names struct {
	Title, Who func(name string) string
	Lang       codes.Lang
}

// Line sums the coverage of the datasets behind some figures up, and what was refused of the submissions that they count
// rows of; nil where there is nothing to say.
func (n Now) Line(c *metric.Catalog, asked []Asked, called Names) *Line {
	var names []string
	for _, a := range asked {
		for _, d := range a.Metric.Datasets() {
			if !slices.Contains(names, d) {
				names = append(names, d)
			}
		}
	}
	l, loc := &Line{URL: "/data/duties"}, called.Lang
	var whole, open duty.Coverage
	var span days.Range
	var detail []string
	late, by := 0, false
	for _, name := range names {
		x := n[name]
		if x == nil {
			continue
		}
		late += x.Late
		if !x.reported {
			continue
		}
		by, whole = true, whole.And(x.Whole)
		if !x.Days.IsZero() && (span.IsZero() || x.Days == span) {
			span, open = x.Days, open.And(x.Open)
		}
		if t := x.Awaited(called.Who, loc); t != "" {
			detail = append(detail, called.Title(name)+" "+t)
		}
	}
	if len(names) == 1 {
		l.URL += "?dataset=" + names[0]
	}
	if by && whole.Due > 0 {
		l.Text = reported(whole, open, span, late, loc)
	}
	l.Detail = strings.Join(detail, "\n")
	l.Refused = n.refused(c, asked, names, loc)
	if l.Text == "" && l.Refused == "" {
		return nil
	}
	return l
}

// refused says how many rows were not taken of what some figures count. One that was there twice is no fault of anybody's; it
// is told where rows were refused too, or of itself. Nobody knows to which part of a filter a refused row would belong.
func (n Now) refused(c *metric.Catalog, asked []Asked, names []string, loc codes.Lang) string {
	number := func(n uint64) string { v := float64(n); return metric.Number(&v, metric.Records) }
	var refused, copies uint64
	for _, name := range names {
		if x := n[name]; x != nil {
			for _, l := range Sources(c, asked, x.live) {
				refused, copies = refused+l.Rejected, copies+l.Duplicates
			}
		}
	}
	text := ""
	switch {
	case refused > 0 && copies > 0:
		text = words.In(loc, "cov_both", number(refused), number(copies))
	case refused > 0:
		text = words.In(loc, "cov_refused", number(refused))
	case copies > 0:
		text = words.In(loc, "cov_copies", number(copies))
	}
	if text != "" && slices.ContainsFunc(asked, func(a Asked) bool { return a.Narrowed }) {
		return words.In(loc, "cov_of_all", text)
	}
	return text
}
