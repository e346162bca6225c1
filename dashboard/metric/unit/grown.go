package unit

// Grown is the change of a number of that unit: from base to now in percent, or in percentage points where it is itself a
// percentage; nil where there is none.
func Grown(u Unit, now, base *float64) *float64 {
	switch {
	case now == nil, base == nil:
		return nil
	case u.Change() == PercentagePoints:
		d := *now - *base
		return &d
	case *base == 0:
		return nil
	}
	g := (*now / *base - 1) * 100
	if *base < 0 {
		g = -g // a loss that became smaller is growth
	}
	return &g
}
