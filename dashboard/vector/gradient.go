package vector

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

// bands is in how many steps a gradient is drawn: each is a colour of its own, laid over those before.
const bands = 96

type stop struct {
	at     float64
	colour Colour
}

// gradient fills an outline with a gradient: bands of plain colours inside a clip, which any ink can draw. Each band of an
// opaque gradient reaches below those after it, so that nothing shines through where they meet; a translucent one ends
// where the next begins, which shows a little: the boards have none.
func (r *reader) gradient(name string, p Path, opacity float64, m Matrix) error {
	n := r.named[name]
	if n == nil || n.name != "linearGradient" && n.name != "radialGradient" {
		return fmt.Errorf("the picture has no gradient %.40q", name)
	}
	stops, err := r.stops(n)
	if err != nil {
		return err
	}
	if len(stops) == 0 {
		return nil
	}
	v, own, far, err := where(n, bounds(p))
	if err != nil {
		return err
	}
	to := m.Then(own)
	r.out.marks = append(r.out.marks, mark{does: 'c', path: m.OfPath(p)})
	put := func(p Path, at float64) {
		c := mixed(stops, at)
		c.A *= opacity
		r.out.marks = append(r.out.marks, mark{does: 'f', path: to.OfPath(p), colour: c})
	}
	under := 0.0
	if opacity == 1 && !slices.ContainsFunc(stops, func(s stop) bool { return s.colour.A < 1 }) {
		under = far
	}
	if n.name == "linearGradient" {
		linear(v, far, under, put)
	} else {
		radial(v, far, under, put)
	}
	r.out.marks = append(r.out.marks, mark{does: 'u'})
	return nil
}

// linear puts bands across the line from v[0],v[1] to v[2],v[3]; the first and the last reach as far as the shape may.
func linear(v [4]float64, far, under float64, put func(Path, float64)) {
	dx, dy := v[2]-v[0], v[3]-v[1]
	size := math.Hypot(dx, dy)
	if size == 0 {
		put(rectangle(v[0]-far, v[1]-far, 2*far, 2*far, 0, 0), 1)
		return
	}
	turn := Matrix{dx / size, dy / size, -dy / size, dx / size, v[0], v[1]}
	for i := range bands {
		from, to := size*float64(i)/bands, size*float64(i+1)/bands
		if i == 0 {
			from = -far
		}
		if to += under; i == bands-1 {
			to = far
		}
		put(turn.OfPath(rectangle(from, -far, to-from, 2*far, 0, 0)), (float64(i)+0.5)/bands)
	}
}

// radial puts rings around the centre v[0],v[1] up to the radius v[2]; what lies farther has the last colour.
func radial(v [4]float64, far, under float64, put func(Path, float64)) {
	for i := range bands {
		ring := ellipse(v[0], v[1], v[2]*float64(bands-i)/bands, v[2]*float64(bands-i)/bands)
		if i == 0 {
			ring = rectangle(v[0]-far, v[1]-far, 2*far, 2*far, 0, 0)
		}
		if i < bands-1 && under == 0 {
			r := v[2] * float64(bands-i-1) / bands
			hole := Matrix{-1, 0, 0, 1, 2 * v[0], 0}.OfPath(ellipse(v[0], v[1], r, r)) // the other way round
			ring.Steps = append(ring.Steps, hole.Steps...)
		}
		put(ring, (float64(bands-i)-0.5)/bands)
	}
}

// where reads the place of a gradient: numbers, or parts of the box of what it fills.
func where(n *node, box [4]float64) (v [4]float64, own Matrix, far float64, err error) {
	known := map[string]int{"x1": 0, "y1": 1, "x2": 2, "y2": 3}
	v = [4]float64{0, 0, 1, 0}
	if n.name == "radialGradient" {
		known = map[string]int{"cx": 0, "cy": 1, "r": 2}
		v = [4]float64{0.5, 0.5, 0.5, 0}
	}
	own = Same
	parts := true
	for _, a := range n.attrs {
		if i, ok := known[a.name]; ok {
			text, percent := strings.CutSuffix(a.value, "%")
			if v[i], err = number(text); err != nil {
				return v, own, 0, fmt.Errorf("<%s %s>: %w", n.name, a.name, err)
			}
			if percent {
				v[i] /= 100
			}
			continue
		}
		switch {
		case a.name == "id":
		case a.name == "gradientUnits" && a.value == "userSpaceOnUse":
			parts = false
		case a.name == "gradientUnits" && a.value == "objectBoundingBox", a.name == "spreadMethod" && a.value == "pad":
		case a.name == "gradientTransform":
			if own, err = matrixOf(a.value); err != nil {
				return v, own, 0, fmt.Errorf("<%s>: %w", n.name, err)
			}
		default:
			return v, own, 0, fmt.Errorf("<%s %s=%.40q> is not known", n.name, a.name, a.value)
		}
	}
	// no point of the shape is farther from a point of the gradient
	far = math.Hypot(box[2]-box[0], box[3]-box[1]) + math.Hypot(v[0]-box[0], v[1]-box[1]) + math.Hypot(v[2]-v[0], v[3]-v[1])
	if parts {
		far = 2 + math.Hypot(v[0], v[1]) + math.Hypot(v[2]-v[0], v[3]-v[1])
		own = Matrix{box[2] - box[0], 0, 0, box[3] - box[1], box[0], box[1]}.Then(own)
	}
	return v, own, far, nil
}

// stops reads the colours of a gradient.
func (r *reader) stops(n *node) ([]stop, error) {
	var out []stop
	for _, in := range n.inside {
		if in.name == "" {
			continue
		}
		if in.name != "stop" {
			return nil, fmt.Errorf("the element <%s> in a <%s> is not known", in.name, n.name)
		}
		s := stop{colour: Colour{A: 1}}
		opacity := 1.0
		set := func(name, value string) (err error) {
			switch name {
			case "offset":
				text, percent := strings.CutSuffix(value, "%")
				if s.at, err = number(text); percent {
					s.at /= 100
				}
			case "stop-color":
				s.colour, err = colour(value)
			case "stop-opacity":
				opacity, err = share(value)
			case "style":
			default:
				err = fmt.Errorf("it is not known what that does")
			}
			if err != nil {
				return fmt.Errorf("<stop %s=%.40q>: %w", name, value, err)
			}
			return nil
		}
		for _, a := range in.attrs {
			if err := set(a.name, a.value); err != nil {
				return nil, err
			}
		}
		if err := declarations(in.attr("style"), set); err != nil {
			return nil, err
		}
		s.colour.A *= opacity
		out = append(out, s)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out, nil
}

// mixed is the colour of a gradient at a part of its way.
func mixed(stops []stop, at float64) Colour {
	for i, s := range stops {
		if at > s.at {
			continue
		}
		if i == 0 || s.at == stops[i-1].at {
			return s.colour
		}
		a, b, t := stops[i-1].colour, s.colour, (at-stops[i-1].at)/(s.at-stops[i-1].at)
		mix := func(x, y float64) float64 { return x + (y-x)*t }
		return Colour{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), mix(a.A, b.A)}
	}
	return stops[len(stops)-1].colour
}

// bounds is the box of an outline and its control points.
func bounds(p Path) [4]float64 {
	box := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range p.Steps {
		for _, q := range s.At[:points(s.Op)] {
			box = [4]float64{min(box[0], q.X), min(box[1], q.Y), max(box[2], q.X), max(box[3], q.Y)}
		}
	}
	return box
}
