package analysis

// LocationQuotient is (e_ij/e_j)/(e_i/e) of each industry i of a region: e its values, E those of
// the reference, which must contain the region. Hoover's quotient; above 1 the region has more
// than its share.
func LocationQuotient(e, reference []float64) ([]float64, error) {
	s, r, err := twoShares("region", e, "reference", reference)
	if err != nil {
		return nil, err
	}
	lq := make([]float64, len(s))
	for i := range s {
		if e[i] > reference[i] {
			return nil, undefined("the reference does not contain the region: value %d is %v of %v", i, e[i], reference[i])
		}
		if r[i] == 0 {
			return nil, undefined("the reference has nothing in industry %d", i)
		}
		lq[i] = s[i] / r[i]
	}
	return lq, nil
}

// Krugman is the specialisation index sum |s_ij - s_i| of Krugman, "Geography and Trade", 1991:
// from 0 (the structure of the reference) to 2. Halve it for 0..1.
func Krugman(e, reference []float64) (float64, error) {
	s, r, err := twoShares("region", e, "reference", reference)
	if err != nil {
		return 0, err
	}
	return absDifference(s, r), nil
}

// Shift is the result of a shift-share analysis: Total = National + Mix + Regional, and Regional
// is the sum of ByIndustry.
type Shift struct {
	Total      float64
	National   float64 // NS: as the whole reference grew
	Mix        float64 // IM: because of the industries the region has
	Regional   float64 // RS: because its industries grew otherwise than elsewhere
	ByIndustry []float64
	NationalBy []float64 // National by industry
	MixBy      []float64 // Mix by industry
}

// ShiftShare is the analysis of Dunn, "A statistical and analytical technique for regional
// analysis", 1960, from the values of a region (e0, e1) and of the reference (r0, r1) at two times.
func ShiftShare(e0, e1, r0, r1 []float64) (Shift, error) {
	g, err := growths(e0, e1, r0, r1)
	if err != nil {
		return Shift{}, err
	}
	n := len(e0)
	s := Shift{Total: Sum(e1) - Sum(e0), ByIndustry: make([]float64, n), NationalBy: make([]float64, n), MixBy: make([]float64, n)}
	for i := range e0 {
		s.NationalBy[i] = e0[i] * g.all
		s.MixBy[i] = e0[i] * (g.industry[i] - g.all)
		s.ByIndustry[i] = e1[i] - e0[i] - e0[i]*g.industry[i]
	}
	s.National, s.Mix, s.Regional = Sum(e0)*g.all, Sum(s.MixBy), Sum(s.ByIndustry)
	return s, nil
}

// EstebanMarquillas splits the regional effect of ShiftShare as in Esteban-Marquillas, "Shift and
// share analysis revisited", 1972: Competitive is what the region would have won with the industry
// structure of the reference, Allocation the rest.
type EstebanMarquillas struct{ Competitive, Allocation float64 }

// ShiftShareEstebanMarquillas computes that split. Every industry must exist in the region at the
// first time, for its growth to be known.
func ShiftShareEstebanMarquillas(e0, e1, r0, r1 []float64) (EstebanMarquillas, error) {
	g, err := growths(e0, e1, r0, r1)
	if err != nil {
		return EstebanMarquillas{}, err
	}
	competitive, allocation := make([]float64, len(e0)), make([]float64, len(e0))
	e, r := Sum(e0), Sum(r0)
	for i := range e0 {
		if e0[i] == 0 {
			return EstebanMarquillas{}, undefined("industry %d of the region begins at zero", i)
		}
		ahead := e1[i]/e0[i] - 1 - g.industry[i]
		same := e * r0[i] / r // as many as with the structure of the reference
		competitive[i], allocation[i] = same*ahead, (e0[i]-same)*ahead
	}
	return EstebanMarquillas{Sum(competitive), Sum(allocation)}, nil
}

type growth struct {
	all      float64
	industry []float64
}

func growths(e0, e1, r0, r1 []float64) (growth, error) {
	for _, v := range []struct {
		name string
		x    []float64
	}{{"region before", e0}, {"region after", e1}, {"reference before", r0}, {"reference after", r1}} {
		if err := notNegative(v.name, v.x); err != nil {
			return growth{}, err
		}
		if len(v.x) != len(e0) {
			return growth{}, undefined("%s has %d values, region before has %d", v.name, len(v.x), len(e0))
		}
	}
	total := Sum(r0)
	if total == 0 {
		return growth{}, undefined("the total of the reference before is zero")
	}
	g := growth{Sum(r1)/total - 1, make([]float64, len(r0))}
	for i := range r0 {
		if r0[i] == 0 {
			return growth{}, undefined("industry %d of the reference begins at zero", i)
		}
		g.industry[i] = r1[i]/r0[i] - 1
	}
	return g, nil
}
