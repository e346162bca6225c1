package cell

import (
	"strings"

	"yanzhen/pipeline/units"
)

// Unit is a unit of measure, see package units.
type Unit = units.Unit

// ParseUnit reads 万元, 亿元人民币, %, 人. ok is false for anything that is no unit.
func ParseUnit(s string) (Unit, bool) { return units.Parse(s) }

// DeclaredUnit is the unit that a column declares; one that nobody knows (座, 棵) is a base of its own.
func DeclaredUnit(s string) Unit {
	if u, ok := units.Parse(s); ok {
		return u
	}
	return Unit{Base: strings.ToLower(Squeeze(Fold(s)))}
}
