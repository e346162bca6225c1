package dashboard

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// covered is what is known of each dataset's submissions.
type covered map[string]*coverageOf

// coverageOf says who reported a dataset's latest month, of those who are due: the senders of any of the three months
// before it. Rows are those that were read and not taken.
type coverageOf struct {
	Month         days.Day // the first day of the latest month; zero where the dataset is not reported by the month
	Due, Reported int
	Missing       []string
	Refused       uint64 // rows of the live submissions that were rejected
	Copies        uint64 // rows of them that were there twice and taken once
}

// coverageLine is the coverage of a figure's datasets in a few words.
type coverageLine struct {
	Text, Detail, URL string
	Refused, Why      string // rows that were not taken, and where the reasons stand
	Short             bool   // somebody who is due has not reported
}

func firstOf(d time.Time) days.Day { return days.Date(d.Year(), d.Month(), 1) }

// coverageThen is coverage as it was at the moment that a state asks for; now where it asks for none.
func (s *Server) coverageThen(ctx context.Context, st address.State) (covered, error) {
	if st.AsOf.IsZero() {
		return s.coverage(ctx)
	}
	live, err := s.live(ctx, "", st.AsOf)
	if err != nil {
		return nil, err
	}
	return s.cover(live), nil
}

// carry keeps the moment and the period of a page in the link to the reasons.
func (l *coverageLine) carry(st address.State) {
	if l == nil || l.Why == "" {
		return
	}
	q := st.Query()
	for _, k := range []string{"freeze", "as_of", "from", "to"} {
		if v := q.Get(k); v != "" {
			l.Why += "&" + k + "=" + url.QueryEscape(v)
		}
	}
}

// versionedCoverage is the coverage at a version of what is published.
type versionedCoverage struct {
	mu      sync.Mutex
	covered covered // nobody changes it
	version string
}

// coverage reads who has reported what, once for each state of what is published.
func (s *Server) coverage(ctx context.Context) (covered, error) {
	version, err := s.version(ctx)
	if err != nil {
		return nil, err
	}
	s.known.mu.Lock()
	c, of := s.known.covered, s.known.version
	s.known.mu.Unlock()
	if of == version {
		return c, nil
	}
	live, err := s.live(ctx, "", time.Time{})
	if err != nil {
		return nil, err
	}
	c = s.cover(live)
	s.known.mu.Lock()
	s.known.covered, s.known.version = c, version
	s.known.mu.Unlock()
	return c, nil
}

// live is what was live of a dataset at a moment, of every one where it is empty; a zero moment means now.
func (s *Server) live(ctx context.Context, dataset string, at time.Time) ([]pipeline.Live, error) {
	if at.IsZero() {
		return s.Pipeline.Live(ctx, dataset)
	}
	return s.Pipeline.AsOf(ctx, dataset, at)
}

func (s *Server) cover(live []pipeline.Live) covered {
	out := covered{}
	monthly := func(name string) bool {
		d := s.declared(name)
		return d != nil && d.Period != nil && d.Period.Grain == "month"
	}
	for _, l := range live {
		c := out[l.Dataset]
		if c == nil {
			c = &coverageOf{}
			out[l.Dataset] = c
		}
		c.Refused += l.Rejected
		c.Copies += l.Duplicates
		if m := firstOf(l.MaxDate); monthly(l.Dataset) && dated(l.MaxDate) && m.After(c.Month) {
			c.Month = m
		}
	}
	for name, c := range out {
		if c.Month.IsZero() {
			continue
		}
		due, have := map[string]bool{}, map[string]bool{}
		for _, l := range live {
			if l.Dataset != name || l.Sender == "" || !dated(l.MaxDate) {
				continue
			}
			if !l.MaxDate.Before(c.Month) {
				have[l.Sender] = true
			}
			// a submission of several months speaks for each of them
			if !l.MaxDate.Before(c.Month.AddDate(0, -3, 0)) && l.MinDate.Before(c.Month) {
				due[l.Sender] = true
			}
		}
		for sender := range due {
			c.Due++
			if have[sender] {
				c.Reported++
			} else {
				c.Missing = append(c.Missing, sender)
			}
		}
		slices.Sort(c.Missing)
	}
	return out
}

func dated(t time.Time) bool { return !t.IsZero() && t.Unix() != 0 }

// line sums the coverage of the datasets behind a figure up; nil where none of them has anything to say.
func (c covered) line(s *Server, ms []*metric.Metric, loc codes.Lang) *coverageLine {
	var names []string
	for _, m := range ms {
		for _, d := range m.Datasets() {
			if !slices.Contains(names, d) {
				names = append(names, d)
			}
		}
	}
	l := &coverageLine{URL: "/data"}
	var due, reported int
	var refused, copies uint64
	var detail []string
	for _, n := range names {
		x := c[n]
		if x == nil {
			continue
		}
		due, reported, refused, copies = due+x.Due, reported+x.Reported, refused+x.Refused, copies+x.Copies
		if t := x.missing(loc); t != "" {
			detail = append(detail, s.datasetLinks([]string{n}, loc)[0].Title+" "+t)
		}
	}
	if len(names) == 1 {
		l.URL = "/data/datasets/" + names[0]
	}
	if due > 0 {
		l.Text = words.In(loc, "coverage", reported, due)
	}
	l.Short = reported < due
	l.Detail = strings.Join(detail, "\n")
	// a row that was there twice is no fault of anybody's; it is told where rows were refused too, or of itself
	number := func(n uint64) string { v := float64(n); return metric.Number(&v, metric.Records) }
	switch {
	case refused > 0 && copies > 0:
		l.Refused = words.In(loc, "cov_both", number(refused), number(copies))
	case refused > 0:
		l.Refused = words.In(loc, "cov_refused", number(refused))
	case copies > 0:
		l.Refused = words.In(loc, "cov_copies", number(copies))
	}
	if l.Refused != "" {
		var metrics []string
		for _, m := range ms {
			if !slices.Contains(metrics, m.Name) {
				metrics = append(metrics, m.Name)
			}
		}
		l.Why = address.To("/data/excluded", url.Values{"metric": {strings.Join(metrics, ",")}})
	}
	if l.Text == "" && l.Refused == "" {
		return nil
	}
	return l
}

// missing names who is due and has not reported.
func (c *coverageOf) missing(loc codes.Lang) string {
	if len(c.Missing) == 0 {
		return ""
	}
	month := days.Range{From: c.Month, To: c.Month.AddDate(0, 1, 0)}.Label(loc)
	return words.In(loc, "cov_missing", month, words.Join(loc, "sep_list", c.Missing))
}
