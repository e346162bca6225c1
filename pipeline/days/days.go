// Package days knows the calendar: days, the grains that periods come in, half-open ranges of days, how they shift and
// widen, the words that people write for them, and the lunar new year.
package days

import "time"

// Day is a calendar date at midnight UTC.
type Day = time.Time

// MinYear is the first year of which a day can be kept and asked for: the database's dates begin in 1900.
const MinYear = 1900

// Date returns the day of that calendar date.
func Date(year int, month time.Month, day int) Day {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// ParseDay reads 2026-06-30; false where the text is no day.
func ParseDay(s string) (Day, bool) {
	d, err := time.Parse(time.DateOnly, s)
	return d, err == nil
}

// ISO writes a day as 2026-06-30.
func ISO(d Day) string { return d.Format(time.DateOnly) }

// IsDay says whether a moment is a day: midnight UTC, and not the zero time.
func IsDay(t time.Time) bool {
	return !t.IsZero() && t.Location() == time.UTC && t.Equal(t.Truncate(24*time.Hour))
}

// Between counts the days from one day to another.
func Between(from, to Day) int { return int(to.Sub(from) / (24 * time.Hour)) }
