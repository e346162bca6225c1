package cell

import "yanzhen/pipeline/units"

// Unit is a unit of measure, see package units.
type Unit = units.Unit

// ParseUnit reads 万元, 亿元人民币, %, 人. ok is false for anything that is no unit.
func ParseUnit(s string) (Unit, bool) { return units.Parse(s) }
