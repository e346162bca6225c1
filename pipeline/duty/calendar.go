package duty

import (
	"cmp"
	"slices"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// State is how a duty stands for one of its periods.
type State string

// The states of a period that is owed.
const (
	Running  State = "running"  // the period is not over
	Due      State = "due"      // it is over, and the day by which it is owed has not passed
	Late     State = "late"     // that day has passed, and nothing came
	Partial  State = "partial"  // a part of the period came
	Review   State = "review"   // what is missing was sent and waits for its review
	Complete State = "complete" // all of it came
)

// States are all of them, what needs somebody first.
var States = []State{Late, Partial, Review, Due, Running, Complete}

// Owed is one period of a duty.
type Owed struct {
	Duty
	Period  days.Range
	DueOn   days.Day
	State   State
	Overdue bool // the day by which it is owed has passed, and not all came
}

// Awaited reports whether its sender has still to send something: also what waits for its review was sent.
func (o Owed) Awaited() bool { return o.State != Complete && o.State != Review }

// Workdays are the office's working days: Monday to Friday, but for the days off and the make-up days of the code list
// holidays. Beyond the years that the list knows, Monday to Friday.
type Workdays struct{ list *codes.List }

// NewWorkdays reads the code list holidays; nil where there is none.
func NewWorkdays(holidays *codes.List) Workdays { return Workdays{holidays} }

// On says whether people work on a day.
func (w Workdays) On(d days.Day) bool {
	if w.list != nil {
		if v, ok := w.list.Value(days.ISO(d)); ok {
			return v.Rank > 0
		}
	}
	return d.Weekday() != 0 && d.Weekday() != 6
}

// After is the n-th working day after a day; the day itself where n is 0.
func (w Workdays) After(d days.Day, n int) days.Day {
	for ; n > 0; n-- {
		for d = d.AddDate(0, 0, 1); !w.On(d); d = d.AddDate(0, 0, 1) {
		}
	}
	return d
}

// Calendar is every period of the duties of a dataset that ends within some days, or is running, as it stands today:
// by sender, the latest first.
func (c *Cover) Calendar(w Workdays, today days.Day, within days.Range) []Owed {
	var out []Owed
	for _, d := range c.Duties {
		if d.Every.Months() == 0 {
			continue
		}
		for p := d.Every.Of(within.Last()); p.To.After(within.From); p = d.Every.Of(p.From.AddDate(0, 0, -1)) {
			need := d.owes(p)
			if need.IsZero() || p.From.After(today) {
				continue
			}
			o := Owed{Duty: d, Period: p, DueOn: w.After(p.To.AddDate(0, 0, -1), d.By)}
			switch told := c.told[d.Sender]; {
			case told.holds(need):
				o.State = Complete
			case c.waits(d.Sender, need):
				o.State = Review
			case !p.To.After(today) && told.touches(need):
				o.State, o.Overdue = Partial, today.After(o.DueOn)
			case p.To.After(today):
				o.State = Running
			case today.After(o.DueOn):
				o.State, o.Overdue = Late, true
			default:
				o.State = Due
			}
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Owed) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Sender, b.Sender), b.Period.From.Compare(a.Period.From))
	})
	return out
}
