package duty

import (
	"maps"
	"slices"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Coverage is how much of what is owed for some days has come.
type Coverage struct {
	Reported, Due int
	Missing       []string     // who owes and has not reported all of it
	Latin         []string     // the same as English pages write them; nil: as they are
	Begins        days.Day     // the first day that anybody told of, where that is inside of the days asked for; else zero
	Lacks         []days.Range // periods that have no row though they should
	some          bool         // somebody told of a part
}

// Awaited is who has not reported all of it, as a language writes them.
func (c Coverage) Awaited(loc codes.Lang) []string {
	if loc == codes.En && len(c.Latin) == len(c.Missing) {
		return c.Latin
	}
	return c.Missing
}

// None says that nobody told of any of the days, though somebody tells of others.
func (c Coverage) None() bool { return c.Reported == 0 && !c.some }

// Open says that the figure of these days is not final: a part is missing, or lies before the first report.
func (c Coverage) Open() bool {
	return !c.None() && (c.Reported < c.Due || len(c.Lacks) > 0 || !c.Begins.IsZero())
}

// And is the coverage of what rests on both.
func (c Coverage) And(o Coverage) Coverage {
	out := Coverage{Reported: c.Reported + o.Reported, Due: c.Due + o.Due, Begins: c.Begins, Lacks: slices.Concat(c.Lacks, o.Lacks), some: c.some || o.some}
	for _, s := range slices.Concat(c.Missing, o.Missing) {
		if !slices.Contains(out.Missing, s) {
			out.Missing = append(out.Missing, s)
		}
	}
	if o.Begins.After(out.Begins) {
		out.Begins = o.Begins
	}
	return out
}

// Lacking is the coverage where of the periods only so many have rows.
func (c Coverage) Lacking(periods []days.Range, there int) Coverage {
	if there == 0 && len(periods) > 0 {
		return Coverage{}
	}
	for _, p := range periods {
		if !slices.Contains(c.Lacks, p) {
			c.Lacks = append(slices.Clone(c.Lacks), p)
		}
	}
	return c
}

// Cover is what the live submissions of a dataset tell of, and what is owed of it.
type Cover struct {
	Duties []Duty

	told  map[string]ranges // by sender
	files ranges            // see Files
	blind bool              // a file's rows have no day

	review map[string]ranges // by sender: see wait
	// Start is the first day that anybody told of; End the day after the last; Whole the day after the last of which
	// everybody told who owes it. All are zero where nothing says so.
	Start, End, Whole days.Day
	Dated             bool // every submission was sent for a period: Whole is a date to go by
}

// Sent is how a dataset is sent: for periods of a grain, or for none, as a register that each sender sends anew or as
// files.
type Sent struct {
	Grain    days.Grain
	Register bool
	Files    bool // a unit is a file
}

// Covers says what the live submissions of every dataset tell of, which is declared to be sent so. reached is the day
// after the last that most datasets have come to; zero where nothing says so. What waits for its review is not told yet, and not
// missing.
func Covers(book *Book, sent func(dataset string) Sent, subs, waiting []Submission) (all map[string]*Cover, reached days.Day) {
	defer func() {
		for _, s := range waiting {
			all[s.Dataset].wait(s, sent(s.Dataset), reached)
		}
	}()
	of := map[string][]Submission{}
	for _, s := range waiting {
		of[s.Dataset] = nil
	}
	for _, s := range subs {
		of[s.Dataset] = append(of[s.Dataset], s)
	}
	build := func(reached days.Day) map[string]*Cover {
		all := map[string]*Cover{}
		for name, list := range of {
			all[name] = cover(book, name, sent(name), list, reached)
		}
		return all
	}
	all = build(days.Day{})
	var ends []days.Day
	for _, c := range all {
		if c.Dated && !c.Whole.IsZero() {
			ends = append(ends, c.Whole)
		}
	}
	if len(ends) == 0 {
		return all, days.Day{}
	}
	slices.SortFunc(ends, days.Day.Compare)
	// the lower middle: one that is ahead of the others moves nothing that is not its own
	reached = ends[(len(ends)-1)/2]
	return build(reached), reached
}

func cover(book *Book, dataset string, sent Sent, subs []Submission, reached days.Day) *Cover {
	grain := sent.Grain
	c := &Cover{told: map[string]ranges{}, Dated: grain != days.Total && len(subs) > 0}
	hull := map[string]bool{} // what has no period tells of all days between its first and its last
	for _, s := range subs {
		c.Dated = c.Dated && !s.Period.IsZero()
		switch {
		case !sent.Files || !s.Period.IsZero():
		case s.First.IsZero() || s.Last.IsZero():
			c.blind = true
		default:
			c.files = c.files.with(days.Range{From: days.Month.Start(s.First), To: days.Month.Next(s.Last)})
		}
		if r := s.told(sent, reached); !r.IsZero() {
			c.told[s.Sender] = c.told[s.Sender].with(r)
			hull[s.Sender] = hull[s.Sender] || s.Period.IsZero() || grain == days.Total
		}
	}
	for sender, rs := range c.told {
		if hull[sender] {
			c.told[sender] = ranges{{From: rs[0].From, To: rs[len(rs)-1].To}}
		}
	}
	if c.Duties = book.Declared(dataset); len(c.Duties) == 0 {
		c.Duties = infer(dataset, grain, c.told, subs)
	}
	for _, rs := range c.told {
		if c.Start.IsZero() || rs[0].From.Before(c.Start) {
			c.Start = rs[0].From
		}
		for _, r := range rs {
			if r.To.After(c.End) {
				c.End = r.To
			}
			if day := (days.Range{From: r.To.AddDate(0, 0, -1), To: r.To}); r.To.After(c.Whole) && c.all(day) {
				c.Whole = r.To
			}
		}
	}
	return c
}

// Files are the stretches of months that the files of a dataset tell of which are sent for no period: each from the month
// of its first row to that of its last. None where it is sent otherwise, or where the rows of a file have no day.
func (c *Cover) Files() []days.Range {
	if c == nil || c.Dated || c.blind {
		return nil
	}
	return c.files
}

// all says whether everybody told of these days who owes them.
func (c *Cover) all(r days.Range) bool {
	return !slices.ContainsFunc(c.Duties, func(d Duty) bool {
		need := d.owes(r)
		return !need.IsZero() && !c.told[d.Sender].holds(need)
	})
}

// Over is how much of what is owed for some days has come. Of what is sent for no period all has: nothing says which days
// it tells of.
func (c *Cover) Over(r days.Range) Coverage {
	if c == nil || !c.Dated {
		return Coverage{some: true}
	}
	var out Coverage
	if r.From.Before(c.Start) {
		out.Begins = c.Start
		if r.From = c.Start; !r.From.Before(r.To) {
			return Coverage{}
		}
	}
	for _, rs := range c.told {
		out.some = out.some || rs.touches(r)
	}
	byName := map[string]bool{} // a sender has one duty after another, and is one
	for _, d := range c.Duties {
		need := d.owes(r)
		if need.IsZero() {
			continue
		}
		came := c.told[d.Sender].holds(need)
		if before, known := byName[d.Sender]; known {
			came = came && before
		}
		byName[d.Sender] = came
	}
	for _, sender := range slices.Sorted(maps.Keys(byName)) {
		out.Due++
		if byName[sender] {
			out.Reported++
		} else {
			out.Missing = append(out.Missing, sender)
		}
	}
	return out
}

// On is the coverage of a state on a day.
func (c *Cover) On(day days.Day) Coverage {
	out := c.Over(days.Range{From: day, To: day.AddDate(0, 0, 1)})
	out.some = true // a state goes on where nobody tells of a change
	return out
}

// wait takes what was sent for a dataset and waits for its review. reached is as Covers said.
func (c *Cover) wait(s Submission, sent Sent, reached days.Day) {
	if r := s.told(sent, reached); !r.IsZero() {
		if c.review == nil {
			c.review = map[string]ranges{}
		}
		c.review[s.Sender] = c.review[s.Sender].with(r)
	}
}

// waits reports whether what is missing of some days waits for its review.
func (c *Cover) waits(sender string, need days.Range) bool {
	all := slices.Clone(c.told[sender])
	for _, r := range c.review[sender] {
		all = all.with(r)
	}
	return c.review[sender].touches(need) && all.holds(need)
}
