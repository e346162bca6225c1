package metric

import (
	"maps"
	"math"
	"slices"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Revision is a figure as it was reported beside the same figure now, and what moved it.
type Revision struct {
	Metric     *Metric
	ReportedAt time.Time
	Points     []Revised
	// Moved are the submissions of the metric's datasets that were published or withdrawn since and
	// have to do with days that the points speak for, oldest first. Empty: no figure can have moved.
	Moved []Moved
}

// Revised is one point of a revision.
type Revised struct {
	From, To      days.Day
	Keys          []string
	Labels        []codes.Text
	Reported, Now *float64
	WhyReported   string // why there was none then
	WhyNow        string
	Difference    *float64 // now less reported; nil where either is missing
}

// Moved is a submission that came, or was taken back, after a report.
type Moved struct {
	Dataset, Unit, File, Sender, Period string
	State                               string // published or withdrawn
	Batch                               uint32
	At                                  time.Time
	Rows                                uint64 // loaded
	// First and Last are the days that the submission, or one of the same unit before it, tells of;
	// zero where its rows have no day.
	First, Last days.Day
}

// Touches reports whether a submission can have moved a figure of that period: one of events by a day
// inside, any other also by a day before it; one that asks what became of people later, or how far the
// data go, by any day.
func (v Moved) Touches(m *Metric, from, to days.Day) bool {
	if v.First.IsZero() || v.Last.IsZero() || slices.Contains(m.lookups, v.Dataset) || slices.ContainsFunc(m.Leaves(), func(l *Metric) bool { return l.leaf.later() }) {
		return true
	}
	if m.Nature() == Flow && m.Kind == Flow && v.Last.Before(from) {
		return false
	}
	return v.First.Before(to)
}

// later says whether days after a period have a say in its figure.
func (lf *Leaf) later() bool {
	speaks := func(e sqlExpr) bool { return slices.Contains(e.Columns, DataDay) }
	return lf.Gather != nil || speaks(lf.Value) || slices.ContainsFunc(slices.Concat(lf.Where, lf.And, slices.Collect(maps.Values(lf.Dims))), speaks)
}

// Less is now less reported: 0 where they differ by no more than what the order in which a sum was taken can do.
func Less(now, reported float64) float64 {
	if d := now - reported; math.Abs(d) > 1e-9*max(math.Abs(now), math.Abs(reported)) {
		return d
	}
	return 0
}

// Changed says whether any figure is other than it was reported.
func (r *Revision) Changed() bool {
	return slices.ContainsFunc(r.Points, func(p Revised) bool {
		return (p.Reported == nil) != (p.Now == nil) || p.Difference != nil && *p.Difference != 0
	})
}
