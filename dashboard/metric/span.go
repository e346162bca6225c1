package metric

import (
	"fmt"
	"slices"
	"time"
)

// Window widens each period of a query backwards: the number of March, year to date, is January to
// March. A flow counts the whole window anew (distinct people stay distinct). A stock is not summed:
// its value under any window is that of the window's last day.
type Window string

// The windows.
const (
	NoWindow   Window = ""
	YearToDate Window = "ytd" // 年初至今: from 1 January of the period's year
	Rolling3   Window = "r3"  // 近3个月: the three months that end with the period
	Rolling12  Window = "r12" // 近12个月
)

// ParseWindow reads a window; the empty string is none.
func ParseWindow(s string) (Window, error) {
	switch w := Window(s); w {
	case NoWindow, YearToDate, Rolling3, Rolling12:
		return w, nil
	}
	return "", Refuse("没有累计方式 %q", "window %q", s).Among([]string{"ytd", "r3", "r12"})
}

func (v Window) months() int {
	switch v {
	case Rolling3:
		return 3
	case Rolling12:
		return 12
	}
	return 0
}

// of widens p, a period of the grain that is perhaps cut short.
func (v Window) of(p period, g Grain) period {
	switch v {
	case YearToDate:
		return period{Date(p.To.AddDate(0, 0, -1).Year(), 1, 1), p.To}
	case Rolling3, Rolling12:
		end := p.To
		if g.months() > 0 {
			end = Month.Next(p.To.AddDate(0, 0, -1)) // an unfinished month is one of the months; of an unfinished year the last ones there are
		}
		return period{shift{months: v.months()}.to(end), p.To}
	}
	return p
}

// over is w with the stretches that its periods stand for: spans[i] is counted under the day heads[i].
func (w window) over(heads, spans []period) window {
	w.heads, w.spans = heads, spans
	w.From, w.To = spans[0].From, spans[0].To
	for _, s := range spans {
		if s.From.Before(w.From) {
			w.From = s.From
		}
		if s.To.After(w.To) {
			w.To = s.To
		}
	}
	return w
}

// stretches are the periods that are counted.
func (w window) stretches() []period {
	if w.spans != nil {
		return w.spans
	}
	return w.periods()
}

// head is the day under which the i-th of the stretches is found in an answer.
func (w window) head(i int, p period) Day {
	if w.heads != nil {
		return w.heads[i].From
	}
	return w.Grain.Start(p.From)
}

// index finds a stretch by the day under which an answer has it, in days since 1970.
func (w window) index() map[int32]int {
	m := map[int32]int{}
	for i, p := range w.stretches() {
		m[int32(w.head(i, p).Unix()/86400)] = i
	}
	return m
}

func errNoPeriod(day int32) error {
	return fmt.Errorf("a row of %s lies in no period asked for", Date(1970, 1, 1).AddDate(0, 0, int(day)).Format(time.DateOnly))
}

// merged makes one period of each January and February: the festival moves between them.
func merged(ps []period) []period {
	var out []period
	for _, p := range ps {
		if n := len(out); n > 0 && p.From.Month() == time.February && out[n-1].From.Month() == time.January && out[n-1].To.Equal(p.From) {
			out[n-1].To = p.To
			continue
		}
		out = append(out, p)
	}
	return out
}

// widened lets a window of months that begins or ends between January and February take in both.
func widened(w window) window {
	if w.From.Month() == time.February {
		w.From = Date(w.From.Year(), 1, 1)
	}
	if last := w.To.AddDate(0, 0, -1); last.Month() == time.January {
		w.To = Date(last.Year(), 3, 1)
	}
	return w
}

// SpringFestival returns the eve of the lunar new year (除夕) that falls in a year. The days come
// from the code list spring_festival; a year outside it is ErrInvalid.
func (c *Catalog) SpringFestival(year int) (Day, error) {
	first, last := 0, 0
	if c.lists != nil {
		if list := c.lists.Get("spring_festival"); list != nil {
			for _, code := range list.Codes() {
				d, err := ParseDay(code)
				if err != nil {
					return Day{}, fmt.Errorf("code list spring_festival: %w", err)
				}
				if d.Year() == year {
					return d, nil
				}
				if first == 0 || d.Year() < first {
					first = d.Year()
				}
				last = max(last, d.Year())
			}
		}
	}
	if last == 0 {
		return Day{}, Refuse("没有除夕日期表（configs/codes/spring_festival.csv）", "there is no list of New Year's Eves (configs/codes/spring_festival.csv)")
	}
	return Day{}, Refuse("除夕日期表只有 %d—%d 年，没有 %d 年", "the list of New Year's Eves has the years %d to %d, not %d", first, last, year)
}

// AroundSpringFestival returns the days from so many before the eve of that year to so many after
// it, half open: 15 and 15 are 31 days.
func (c *Catalog) AroundSpringFestival(year, before, after int) (from, to Day, err error) {
	if before < 0 || after < 0 || before+after > 180 {
		return from, to, Refuse("节前 %d 天、节后 %d 天：须为 0 或更多，合计不超过 180", "%d days before and %d after the festival: want 0 or more, and 180 at most together", before, after)
	}
	eve, err := c.SpringFestival(year)
	return eve.AddDate(0, 0, -before), eve.AddDate(0, 0, after+1), err
}

// aligned moves p to the same days around the eve a year earlier. The eve is that which is nearest
// to the middle of p.
func (c *Catalog) aligned(p period) (period, error) {
	middle := p.From.Add(p.To.Sub(p.From) / 2)
	year := middle.Year()
	if middle.Month() > time.August { // the next festival is nearer
		year++
	}
	eve, err := c.SpringFestival(year)
	if err != nil {
		return period{}, err
	}
	before, err := c.SpringFestival(year - 1)
	if err != nil {
		return period{}, err
	}
	days := int(eve.Sub(before) / (24 * time.Hour))
	return period{p.From.AddDate(0, 0, -days), p.To.AddDate(0, 0, -days)}, nil
}

// SpringFestivals returns the first and the last year of which SpringFestival knows the eve; zeros
// where there is no list.
func (c *Catalog) SpringFestivals() (first, last int) {
	if c.lists == nil || c.lists.Get("spring_festival") == nil {
		return 0, 0
	}
	for _, code := range c.lists.Get("spring_festival").Codes() {
		if d, err := ParseDay(code); err == nil {
			if first == 0 || d.Year() < first {
				first = d.Year()
			}
			last = max(last, d.Year())
		}
	}
	return first, last
}

// Festive says whether Spring compares other days than YearOnYear does.
func (q Query) Festive() bool {
	switch q.Grain {
	case Month:
		return true
	case Ten:
		return q.Window == NoWindow
	case Total:
		return q.Window == NoWindow && (betweenNewYears(q.From) || betweenNewYears(q.To))
	}
	return false
}

// betweenNewYears says whether the lunar new year may fall on either side of a border: what begins
// and ends outside holds the festival whole, or does not hold it, in every year.
func betweenNewYears(border Day) bool {
	return border.Month() == time.January && border.Day() > 1 || border.Month() == time.February
}

// tenBefore is the ten-day period before p, or the same part of it.
func tenBefore(p period) period {
	start := Ten.Start(p.From)
	before := Ten.Start(start.AddDate(0, 0, -1))
	days := func(d Day) int { return int(d.Sub(start) / (24 * time.Hour)) }
	b := period{before.AddDate(0, 0, days(p.From)), start}
	if to := before.AddDate(0, 0, days(p.To)); !p.To.Equal(Ten.Next(p.From)) && to.Before(start) {
		b.To = to
	}
	return b
}

// state says whether m is what there is on the last day of a period, whatever was before: a stock, or
// made of stocks only.
func (m *Metric) state() bool {
	switch m.Kind {
	case Flow, Mean, Forecasting:
		return false
	case Stock:
		return true
	}
	return len(m.args) > 0 && !isGrain(m.Over) && !slices.ContainsFunc(m.args, func(a *Metric) bool { return !a.state() })
}

// bases are the stretches compared with, one for each of those of w.
func (c *Catalog) bases(q Query, compare Compare, nominal, w window) ([]period, error) {
	spans := w.stretches()
	bases := make([]period, len(spans))
	s := back(YearOnYear, nominal)
	window, state := q.Window, c.byName[q.Metric].state()
	if state {
		window = NoWindow // it is that of the last day under any window, and before that of the period before
	}
	if compare == Previous {
		s = back(Previous, nominal)
		if n := window.months(); n > 0 {
			s = shift{months: n}
		}
	}
	for i, p := range spans {
		b := period{s.from(p.From), s.to(p.To)}
		var err error
		switch {
		case compare == Spring && q.Window == NoWindow && (Query{Grain: w.Grain, From: p.From, To: p.To}).Festive() && w.Grain != Month:
			b, err = c.aligned(p)
		case compare == Spring:
			_, err = c.SpringFestival(p.To.AddDate(0, 0, -1).Year()) // the years the list knows, here too
		case compare == Previous && w.Grain == Ten && window == NoWindow:
			if q.Window != NoWindow {
				p.From = Ten.Start(p.To.AddDate(0, 0, -1))
			}
			b = tenBefore(p)
		case compare == Previous && w.Grain == Total && p.To.Equal(p.From.AddDate(0, 0, 1)) && state:
			// a state on a day has no width: the period before it is the month before, at its end
			b.To = Month.Start(p.From)
			b.From = b.To.AddDate(0, 0, -1)
		}
		if err != nil {
			return nil, err
		}
		if !b.From.Before(b.To) {
			return nil, Refuse("%s 之前的一期没有日子", "the period before %s has no days", day(p.From))
		}
		bases[i] = b
	}
	return bases, nil
}

// explicit: the periods of q are not simply those of its grain, or those compared with are not.
func (q Query) explicit() bool {
	return q.Window != NoWindow || q.Compare == Spring || q.Grain == Ten && q.Compare == Previous
}

// window is what q asks for before the data end it, and its periods.
func (q Query) window() (window, []period) {
	w := window{From: q.From, To: q.To, Grain: q.Grain}
	if q.Compare == Spring && q.Grain == Month {
		w = widened(w)
		return w, merged(w.periods())
	}
	return w, w.periods()
}

// asked is what is counted for the periods ps of w.
func (q Query) asked(w window, ps []period) window {
	if !q.explicit() {
		return w
	}
	spans := slices.Clone(ps)
	for i, p := range spans {
		spans[i] = q.Window.of(p, q.Grain)
	}
	return w.over(ps, spans)
}

// spelt writes out what is short for something else.
func (q Query) spelt() Query {
	if q.Compare == YearToDateOnYear {
		q.Window, q.Compare = YearToDate, YearOnYear
	}
	return q
}
