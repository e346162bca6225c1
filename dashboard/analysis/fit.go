package analysis

import (
	"math"
	"slices"
)

// Fit chooses those parameters of p that are NaN such that the sum of squared one-step errors of the smoothing is
// least, as R's HoltWinters does where none are given: of Holt's with cycle 0, else of Holt and Winters'. It looks
// over the whole of [0, 1], and not only near one beginning; among equal ones 0.5, 0.1 and 0.3 come first. Near, where
// it is not nil, is a fit of nearly the same series from which to go on instead.
func Fit(x []float64, cycle int, kind Seasonal, p Smoothing, near *Smoothing) (Smoothing, error) {
	loss := func(p Smoothing) (float64, error) {
		f, err := Holt, error(nil)
		if cycle > 0 {
			f = func(x []float64, p Smoothing, horizon int) (Forecast, error) {
				return HoltWinters(x, cycle, kind, p, horizon)
			}
		}
		got, err := f(x, p, 1)
		return got.SSE, err
	}
	s := search{p: p, loss: loss}
	for i, v := range s.values(&s.p) {
		if math.IsNaN(*v) && (i < 2 || cycle > 0) {
			s.free = append(s.free, i)
		} else if math.IsNaN(*v) {
			*v = 0 // Holt has no season
		}
	}
	if len(s.free) == 0 {
		return s.p, nil
	}
	var begin []Smoothing
	if near != nil {
		begin = []Smoothing{s.p}
		for _, i := range s.free {
			*s.values(&begin[0])[i] = *s.values(near)[i]
		}
	} else {
		begin = s.grid()
	}
	best, least := Smoothing{}, math.Inf(1)
	for _, b := range begin {
		got, sse, err := s.descend(b)
		if err != nil {
			return Smoothing{}, err
		}
		if sse < least {
			best, least = got, sse
		}
	}
	if math.IsInf(least, 1) {
		return Smoothing{}, undefined("no smoothing parameters fit the series")
	}
	return best, nil
}

// search looks for the free parameters of p of which the loss is least.
type search struct {
	p    Smoothing
	free []int
	loss func(Smoothing) (float64, error)
}

func (search) values(p *Smoothing) []*float64 { return []*float64{&p.Alpha, &p.Beta, &p.Gamma} }

// grid are the three best of a coarse grid, the best first.
func (s search) grid() []Smoothing {
	all := []Smoothing{s.p}
	for _, i := range s.free {
		var more []Smoothing
		for _, p := range all {
			for _, v := range []float64{[]float64{0.5, 0.1, 0.3}[i], 0.02, 0.2, 0.4, 0.6, 0.8, 0.98} {
				*s.values(&p)[i] = v
				more = append(more, p)
			}
		}
		all = more
	}
	losses := map[Smoothing]float64{}
	for _, p := range all {
		if sse, err := s.loss(p); err == nil && !math.IsNaN(sse) {
			losses[p] = sse
		} else {
			losses[p] = math.Inf(1)
		}
	}
	slices.SortStableFunc(all, func(a, b Smoothing) int {
		switch {
		case losses[a] < losses[b]:
			return -1
		case losses[a] > losses[b]:
			return 1
		}
		return 0
	})
	return all[:min(3, len(all))]
}

// descend goes downhill from p by trying a step along each axis, and again in the direction that helped, with steps
// that become smaller (Hooke and Jeeves 1961).
func (s search) descend(p Smoothing) (Smoothing, float64, error) {
	at, err := s.loss(p)
	if err != nil {
		return p, 0, err
	}
	try := func(q Smoothing, least float64) (float64, bool) {
		sse, err := s.loss(q)
		return sse, err == nil && sse < least
	}
	for step, tries := 0.1, 0; step > 1e-9 && tries < 20_000; tries++ {
		before, moved := p, false
		for _, i := range s.free {
			for _, d := range []float64{step, -step} {
				q := p
				v := s.values(&q)[i]
				*v = unit(*v + d)
				if sse, ok := try(q, at); ok {
					p, at, moved = q, sse, true
					break
				}
			}
		}
		if !moved {
			step /= 2
			continue
		}
		q := p
		for _, i := range s.free {
			*s.values(&q)[i] = unit(2**s.values(&p)[i] - *s.values(&before)[i])
		}
		if sse, ok := try(q, at); ok {
			p, at = q, sse
		}
	}
	return p, at, nil
}
