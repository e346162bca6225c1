package cell

import (
	"math"
	"strconv"
	"strings"

	"yanzhen/pipeline/dataset"
)

// Limits are what a number must lie between, and the fault where it does not.
type Limits struct {
	Lo, Hi   int64
	Min, Max *float64
	Beyond   *Fault
}

// NoValues are the words that mean "no value" in the column.
type NoValues struct {
	Own  map[string]bool // folded
	only bool            // the words that mean so in every column do not
}

// Says reports whether a folded text means "no value".
func (v *NoValues) Says(s string) bool {
	switch {
	case s == "":
		return true
	case len(s) > 12 && v.Own == nil:
		return false
	case v.Own[s] || !v.only && NoValue(s):
		return true
	}
	l := strings.ToLower(s)
	return l != s && (v.Own[l] || !v.only && NoValue(l))
}

// NoValuesOf are those of a column.
func NoValuesOf(d *dataset.Column) NoValues {
	words, v := d.Nulls, NoValues{}
	if d.NullsOnly != nil {
		words, v.only = *d.NullsOnly, true
	}
	if len(words) > 0 {
		v.Own = map[string]bool{}
		for _, w := range words {
			v.Own[Fold(w)] = true
		}
	}
	return v
}

// HasTidy reports whether one of the words looks like a number or a date (9999, 1900-01-01), so that no cell
// may be taken for one before it was compared with them.
func (v *NoValues) HasTidy() bool {
	for w := range v.Own {
		_, number := FastDecimal(w)
		_, _, _, date := FastDate(w)
		if number || date {
			return true
		}
	}
	return false
}

// LimitsOf are those of a column whose type holds the whole numbers from lo to hi.
func LimitsOf(d *dataset.Column, least, most int64) Limits {
	l := Limits{Lo: least, Hi: most, Min: d.Min, Max: d.Max}
	show := func(p *float64) string {
		if p == nil {
			return ""
		}
		return strconv.FormatFloat(*p, 'f', -1, 64)
	}
	switch {
	case d.Type == dataset.Float64:
		l.Beyond = OutOfRange(show(d.Min), show(d.Max))
	case least != 0:
		if d.Min != nil {
			l.Lo = max(l.Lo, int64(math.Ceil(*d.Min)))
		}
		if d.Max != nil {
			l.Hi = min(l.Hi, int64(math.Floor(*d.Max)))
		}
		lo, hi := strconv.FormatInt(l.Lo, 10), strconv.FormatInt(l.Hi, 10)
		switch {
		case d.Min == nil && d.Max != nil:
			lo = ""
		case d.Min != nil && d.Max == nil:
			hi = ""
		}
		l.Beyond = OutOfRange(lo, hi)
	}
	return l
}
