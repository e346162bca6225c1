package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"yanzhen/pipeline/codes"
)

// Schedule says at which moments a job is due. It reads the five fields of cron, its names
// (@hourly, @daily ...) and "@every 15m", in a time zone.
//
// A moment is named by what the clock on the wall of that zone shows: where summer time makes
// 01:30 happen twice, the job is due at the first one only, and where 02:30 never comes, at the
// first moment after.
type Schedule struct {
	spec  string
	loc   *time.Location
	cron  cron.Schedule
	every time.Duration
}

// ScheduleFault is what is wrong with a schedule.
type ScheduleFault struct {
	Key  string // schedule or zone
	Text codes.Text
}

// Error has both languages.
func (f *ScheduleFault) Error() string { return f.Key + ": " + f.Text.Zh + " / " + f.Text.En }

// refused makes a ScheduleFault of a spec; zh and en take the same arguments.
func refused(spec, zh, en string, args ...any) *ScheduleFault {
	return &ScheduleFault{"schedule", codes.Text{Zh: fmt.Sprintf("%q "+zh, append([]any{spec}, args...)...), En: fmt.Sprintf("%q: "+en, append([]any{spec}, args...)...)}}
}

// ParseSchedule reads a schedule and refuses what would never fire, fire without end, or at unequal distances where equal ones
// were meant. The error is a *ScheduleFault.
func ParseSchedule(spec, zone string) (Schedule, error) {
	s, err := SavedSchedule(spec, zone)
	if err == nil && s.every == 0 {
		err = evenSteps(s.spec)
	}
	return s, err
}

// SavedSchedule is ParseSchedule of one that was saved: it goes on as it did, however uneven its steps are.
func SavedSchedule(spec, zone string) (s Schedule, err error) {
	if zone == "" {
		zone = "Asia/Shanghai"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return Schedule{}, &ScheduleFault{"zone", codes.Text{Zh: fmt.Sprintf("没有时区 %q，例如 Asia/Shanghai", zone), En: fmt.Sprintf("%q: not a time zone of the IANA list, such as Asia/Shanghai", zone)}}
	}
	s = Schedule{spec: strings.TrimSpace(spec), loc: loc}
	switch {
	case s.spec == "":
		return Schedule{}, &ScheduleFault{"schedule", codes.Text{Zh: "缺少，应为五段，如 \"0 7 * * *\"，或 @hourly、@daily、@every 15m", En: "is empty: five fields such as \"0 7 * * *\", or @hourly, @daily, @every 15m"}}
	case strings.Contains(s.spec, "TZ="):
		return Schedule{}, refused(spec, "里不能有时区，时区写在 zone", "the time zone goes into zone, not into the schedule")
	}
	// the parser of robfig/cron panics on some texts
	defer func() {
		if r := recover(); r != nil {
			err = refused(spec, "不是 cron 的写法（%v）", "not a schedule of cron (%v)", r)
		}
	}()
	if d, ok := strings.CutPrefix(s.spec, "@every "); ok {
		s.every, err = time.ParseDuration(strings.TrimSpace(d))
		if err != nil {
			return Schedule{}, refused(spec, "里的 %q 不是时长，如 15m、2h", "%q is not a duration such as 15m or 2h", d)
		}
		if s.every < time.Second {
			return Schedule{}, refused(spec, "两次之间至少一秒", "at least one second must lie between two runs")
		}
		return s, nil
	}
	fields, err := plainFields(s.spec)
	if err != nil {
		return Schedule{}, err
	}
	if s.cron, err = cron.ParseStandard(fields); err != nil {
		why := ""
		if said := err.Error(); !strings.Contains(said, "parse") { // what no number could be read from is said by the words below
			why = " (" + said + ")"
		}
		return Schedule{}, refused(spec, "不是 cron 的写法%s：五段依次是分、时、日、月、周，每段写数、*、1-5、1,15 或 */15；没有 L、W、#，月末可写次月 1 日，如 0 9 1 * *",
			"is no schedule of cron%s: five fields, minute, hour, day, month and weekday, each a number, *, 1-5, 1,15 or */15; there is no L, W or #: for the end of a month write the first day of the next, as 0 9 1 * *", why)
	}
	if s.cron.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, refused(spec, "没有这样的一天", "there is no such day")
	}
	return s, nil
}

// spans counts the values of each of cron's five fields and names its unit.
var spans = [5]struct {
	n    int
	unit string
}{{60, "m"}, {24, "h"}, {31, ""}, {12, ""}, {7, ""}}

// cycle is what a field of a schedule runs through before it begins again.
type cycle struct {
	first, n int
	says     codes.Text // of months and days of the week
}

var cycles = [5]cycle{{0, 60, codes.Text{}}, {0, 24, codes.Text{}}, {1, 31, codes.Text{}}, {1, 12, codes.Text{Zh: "一年", En: "year"}}, {0, 7, codes.Text{Zh: "一周", En: "week"}}}

// evenSteps refuses steps that are uneven where their field begins again: */25 is minute 0, 25, 50, and then 0; */3 is the 31st, and
// then the 1st. Those of minutes are judged where they run on into the next hour.
func evenSteps(spec string) error {
	fields := strings.Fields(spec)
	if len(fields) != 5 {
		return nil
	}
	for i, f := range fields {
		if _, err := strconv.Atoi(fields[1]); i == 0 && err == nil {
			continue // 0,25,50 past nine
		}
		for _, part := range strings.Split(f, ",") {
			values, step, ok := strings.Cut(part, "/")
			if n, err := strconv.Atoi(step); ok && err == nil && n > 1 {
				if err := cycles[i].even(part, values, n, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// even refuses a step of a field that does not go evenly into it. A range that ends before its field does is meant as a stretch: 8-18/4.
func (c cycle) even(part, values string, step, field int) error {
	values = c.numbers(values)
	from, to, isRange := strings.Cut(values, "-")
	a, err := strconv.Atoi(from)
	last := c.first + c.n - 1
	switch {
	case from == "*" || from == "?":
		a = c.first
	case err != nil:
		return nil
	case isRange:
		b, err := strconv.Atoi(to)
		few := a != c.first && (a-c.first >= step || a+2*step > b) // 7-59/13 is every 13 minutes, from the seventh on; 8-23/9 two hours of the day
		if err != nil || field == dayOfMonth && (b < 29 || a > step) || field == dayOfWeek && a > c.first || field != dayOfMonth && (b != last || few) {
			return nil
		}
	}
	if field != dayOfMonth && c.n%step == 0 && a-c.first < step {
		return nil
	}
	var list []string
	for v := a; v <= last && (field != dayOfMonth || v <= 28 || v == a); v += step {
		list = append(list, strconv.Itoa(v))
	}
	all := strings.Join(list, ",")
	switch {
	case field == dayOfMonth:
		return refused(part, "的步长 %d 到月底排不匀（大月的最后几日之后又是 1 日）；请写 "+all+"，或 @every %dh", "steps of %d do not go evenly into months (the last days of long ones, and then the 1st): write "+all+", or @every %dh", step, 24*step)
	case c.says.Zh != "":
		return refused(part, "的步长 %d 在"+c.says.Zh+"里排不匀；请逐个列出，如 "+all, "steps of %d do not go evenly into a "+c.says.En+": list them, such as "+all, step)
	case c.n%step == 0:
		return refused(part, "从 %d 起，步长 %d 到这一段末尾就断了；请写 "+all, "begins at %d, and its steps of %d break off where the field begins again: write "+all, a, step)
	}
	return badStep(part, step, field)
}

// dayOfMonth is the field of the days of a month, dayOfWeek that of the days of a week.
const dayOfMonth, dayOfWeek = 2, 4

// numbers writes the names of months or days as numbers: JAN-DEC is 1-12.
func (c cycle) numbers(values string) string {
	names := strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
	if c.n == 7 {
		names = strings.Fields("SUN MON TUE WED THU FRI SAT")
	}
	ends := strings.Split(strings.ToUpper(values), "-")
	for i, end := range ends {
		if at := slices.Index(names, end); at >= 0 {
			ends[i] = strconv.Itoa(c.first + at)
		}
	}
	return strings.Join(ends, "-")
}

func badStep(part string, step, field int) error {
	zh, en := "", ""
	if spans[field].unit != "" {
		every := fmt.Sprintf("%d%s", step, spans[field].unit)
		zh, en = "；每 "+every+" 请写 @every "+every, "; for every "+every+" write @every "+every
	}
	return refused(part, "的步长 %d 在这一段的 %d 个值里排不匀"+zh, "steps of %d do not go evenly into its field, which has %d values"+en, step, spans[field].n)
}

// plainFields refuses a step that reaches beyond its field or range (*/90 minutes would fire every hour), and
// writes Sunday as 0 where it is written as 7.
func plainFields(spec string) (string, error) {
	fields := strings.Fields(spec)
	if len(fields) != 5 {
		return spec, nil
	}
	for i, f := range fields {
		for _, part := range strings.Split(f, ",") {
			values, step, ok := strings.Cut(part, "/")
			n, err := strconv.Atoi(step)
			if !ok || err != nil {
				continue
			}
			most := spans[i].n - 1
			from, to, isRange := strings.Cut(values, "-")
			a, err1 := strconv.Atoi(from)
			if b, err2 := strconv.Atoi(to); isRange && err1 == nil && err2 == nil {
				most = b - a
			}
			if n > most {
				return "", badStep(part, n, i)
			}
		}
	}
	days := strings.Split(fields[4], ",")
	for i, d := range days {
		from, to, isRange := strings.Cut(d, "-")
		switch {
		case d == "7":
			days[i] = "0"
		case isRange && to == "7" && from == "7":
			days[i] = "0"
		case isRange && to == "7":
			days[i] = from + "-6,0"
		case strings.HasPrefix(to, "7/"):
			return "", refused(d, "以星期日结尾又带步长，请逐日列出，星期日是 0", "Sunday at the end of a range with a step; list the days, Sunday is 0")
		}
	}
	fields[4] = strings.Join(days, ",")
	return strings.Join(fields, " "), nil
}

// String is the schedule as written.
func (s Schedule) String() string { return s.spec }

// Zone is the name of the schedule's time zone.
func (s Schedule) Zone() string { return s.loc.String() }

// Next returns the first due moment after t. It makes Schedule a cron.Schedule.
func (s Schedule) Next(t time.Time) time.Time {
	if s.every > 0 {
		return t.Truncate(s.every).Add(s.every)
	}
	wall := logical(t.In(s.loc))
	for range 1000 {
		if wall = s.cron.Next(wall); wall.IsZero() {
			return time.Time{}
		}
		if real := s.moment(wall); real.After(t) {
			return real
		}
	}
	return time.Time{}
}

// logical is the clock on the wall, written as if there were no time zones.
func logical(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// moment is the first instant at which the clock on the wall shows w, or the first after the gap
// where it never does.
func (s Schedule) moment(w time.Time) time.Time {
	for m := range 181 {
		at := w.Add(time.Duration(m) * time.Minute)
		t := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, s.loc)
		if !logical(t).Equal(at) {
			continue
		}
		if early := t.Add(-time.Hour); logical(early.In(s.loc)).Equal(at) {
			t = early
		}
		return t
	}
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, s.loc)
}

// mostAhead is how far a slot may lie ahead of the clock: so much a clock is set back by hand or by a
// change of zone. A slot further ahead was run under a wrong clock and says nothing.
const mostAhead = 25 * time.Hour

// Due returns the latest due moment in (last, now] and how many there were. n is 0 where none was,
// and also where the clock has been set back before last: a moment is never due twice. Where last
// lies more than a day ahead of now, it was recorded under a wrong clock and is passed over: due is
// then the latest moment before now. A day that another schedule has served (see served) is not due.
func (s Schedule) Due(last, now time.Time) (slot time.Time, n int) {
	if last.Sub(now) > mostAhead {
		last = noSlot(s.before(now))
	}
	if s.every > 0 {
		slot = now.Truncate(s.every)
		if !slot.After(last) {
			return time.Time{}, 0
		}
		n = int(slot.Sub(last.Truncate(s.every)) / s.every)
		if s.served(last, last.Truncate(s.every).Add(s.every)) {
			n--
		}
		if n == 0 {
			return time.Time{}, 0
		}
		return slot, n
	}
	first := s.Next(last)
	if !first.IsZero() && s.served(last, first) {
		first = s.Next(first)
	}
	for t := first; !t.IsZero() && !t.After(now); t = s.Next(t) {
		slot = t
		if n++; n == 100_000 {
			// a minutely job that slept for months: look from near the end
			if near := now.Add(-48 * time.Hour); near.After(t) {
				if later, _ := s.Due(near, now); !later.IsZero() {
					slot = later
				}
			}
			return slot, n
		}
	}
	return slot, n
}

// before is a moment before now after which the schedule was due at least once, as far as a year
// back; now itself where it was not due in that time.
func (s Schedule) before(now time.Time) time.Time {
	for back := time.Minute; back < 366*24*time.Hour; back *= 2 {
		if t := s.Next(now.Add(-back)); !t.IsZero() && !t.After(now) {
			return now.Add(-back)
		}
	}
	return now
}
