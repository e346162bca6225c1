package metric

import (
	"yanzhen/dashboard/metric/unit"
	"yanzhen/pipeline/codes"
)

// Unit is how the numbers of a metric are printed.
type Unit = unit.Unit

// The units that pages name themselves.
var (
	People           = unit.People
	PersonTimes      = unit.PersonTimes
	Records          = unit.Records
	Percent          = unit.Percent
	PercentagePoints = unit.PercentagePoints
)

// None is printed where there is no number.
const None = unit.None

// MaxDecimals is the most digits after the point that a unit of one's own may have.
const MaxDecimals = unit.MaxDecimals

// OwnUnit is a unit of an analyst's own.
func OwnUnit(zh, en string, decimals int) Unit { return unit.Own(zh, en, decimals) }

// UnitNamed finds the unit of that name; false where a file would have to describe it.
func UnitNamed(name string) (Unit, bool) { return unit.Named(name) }

// Number prints v as unit.Number does.
func Number(v *float64, u Unit) string { return unit.Number(v, u) }

// Said is a number and the word of its unit as unit.Said has them.
func Said(v *float64, u Unit, lang codes.Lang) (number, word string) { return unit.Said(v, u, lang) }

// Format is a number with its unit as unit.Format writes it.
func Format(v *float64, u Unit, lang codes.Lang) string { return unit.Format(v, u, lang) }

// Exact is a number with its unit as unit.Exact writes it.
func Exact(v *float64, u Unit, lang codes.Lang) string { return unit.Exact(v, u, lang) }

// FormatChange prints a change as unit.FormatChange does.
func FormatChange(change *float64, u Unit, lang codes.Lang) string {
	return unit.FormatChange(change, u, lang)
}
