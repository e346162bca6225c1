package vector

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scanner reads numbers out of an attribute: of a path, of points, of a transformation.
type scanner struct {
	text string
	at   int
}

func (s *scanner) skip() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n,", s.text[s.at]) >= 0 {
		s.at++
	}
}

func (s *scanner) done() bool { s.skip(); return s.at >= len(s.text) }

// number reads one; digits may follow each other as SVG allows: 1.5.5-3e2.
func (s *scanner) number() (float64, error) {
	s.skip()
	from, dot, exponent := s.at, false, false
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c >= '0' && c <= '9':
			continue
		case (c == '-' || c == '+') && (s.at == from || s.text[s.at-1] == 'e' || s.text[s.at-1] == 'E'):
			continue
		case c == '.' && !dot && !exponent:
			dot = true
			continue
		case (c == 'e' || c == 'E') && !exponent && s.at > from:
			exponent = true
			continue
		}
		break
	}
	return number(s.text[from:s.at])
}

// flag reads one of the two figures of an arc that may stand without a blank.
func (s *scanner) flag() (float64, error) {
	s.skip()
	if s.at < len(s.text) && (s.text[s.at] == '0' || s.text[s.at] == '1') {
		s.at++
		return float64(s.text[s.at-1] - '0'), nil
	}
	return 0, errors.New("an arc's flag is neither 0 nor 1")
}

func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > mostNumber {
		return 0, fmt.Errorf("%.40q is no number that can be drawn", text)
	}
	return v, nil
}

// pathOf reads the d of a path.
func pathOf(text string) (Path, error) {
	s := &scanner{text: text}
	var p pen
	for !s.done() {
		c := s.text[s.at]
		if c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' {
			if p.last == 0 || p.last == 'Z' {
				return Path{}, errors.New("a path begins with a number")
			}
			c = p.repeat
		} else {
			s.at++
		}
		if err := p.command(c, s); err != nil {
			return Path{}, fmt.Errorf("in the path: %w", err)
		}
		if len(p.steps) > MostSteps {
			return Path{}, ErrLarge
		}
	}
	return Path{Steps: p.steps}, nil
}

// pen is where a path has come to.
type pen struct {
	steps              []Step
	at, begin, control Point
	last               byte // the command before, in capitals
	repeat             byte // the command that numbers without one mean
}

func (p *pen) line(to Point) { p.steps, p.at = append(p.steps, Step{'L', [3]Point{to}}), to }

func (p *pen) curve(a, b, to Point) {
	p.steps, p.at = append(p.steps, Step{'C', [3]Point{a, b, to}}), to
}

var arguments = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}

func (p *pen) command(c byte, s *scanner) error {
	upper := c &^ 0x20
	count, known := arguments[upper]
	if !known || c < 'A' {
		return fmt.Errorf("the command %q is not known", c)
	}
	if upper != 'M' && p.last == 0 {
		return errors.New("it does not begin with M")
	}
	var v [7]float64
	for i := range count {
		var err error
		if upper == 'A' && (i == 3 || i == 4) {
			v[i], err = s.flag()
		} else {
			v[i], err = s.number()
		}
		if err != nil {
			return err
		}
	}
	var from Point
	if c != upper {
		from = p.at
	}
	to := func(i int) Point { return Point{from.X + v[i], from.Y + v[i+1]} }
	before := p.last
	p.last, p.repeat = upper, c
	switch upper {
	case 'M':
		p.at = to(0)
		p.begin = p.at
		p.steps = append(p.steps, Step{'M', [3]Point{p.at}})
		p.repeat = c - 'M' + 'L'
	case 'L':
		p.line(to(0))
	case 'H':
		p.line(Point{from.X + v[0], p.at.Y})
	case 'V':
		p.line(Point{p.at.X, from.Y + v[0]})
	case 'Z':
		p.steps, p.at = append(p.steps, Step{Op: 'Z'}), p.begin
	case 'A':
		p.arc(v, to(5))
	default:
		p.bezier(upper, before, to)
	}
	return nil
}

// bezier draws the four kinds of curves; those that say less go on as the one before ended.
func (p *pen) bezier(kind, before byte, to func(int) Point) {
	mirrored := p.at
	if strings.IndexByte("CS", kind) >= 0 && strings.IndexByte("CS", before) >= 0 ||
		strings.IndexByte("QT", kind) >= 0 && strings.IndexByte("QT", before) >= 0 {
		mirrored = Point{2*p.at.X - p.control.X, 2*p.at.Y - p.control.Y}
	}
	square := func(control, end Point) {
		p.control = control
		p.curve(between(p.at, control), between(end, control), end)
	}
	switch kind {
	case 'C':
		p.control = to(2)
		p.curve(to(0), to(2), to(4))
	case 'S':
		p.control = to(0)
		p.curve(mirrored, to(0), to(2))
	case 'Q':
		square(to(0), to(2))
	case 'T':
		square(mirrored, to(0))
	}
}

// arc draws a piece of an ellipse as curves of a quarter of it at most, by the implementation notes of SVG 1.1, F.6.
func (p *pen) arc(v [7]float64, end Point) {
	rx, ry, start := math.Abs(v[0]), math.Abs(v[1]), p.at
	if start == end {
		return
	}
	if rx == 0 || ry == 0 {
		p.line(end)
		return
	}
	sin, cos := math.Sincos(v[2] * math.Pi / 180)
	dx, dy := (start.X-end.X)/2, (start.Y-end.Y)/2
	x, y := cos*dx+sin*dy, -sin*dx+cos*dy
	if over := x*x/(rx*rx) + y*y/(ry*ry); over > 1 {
		rx, ry = rx*math.Sqrt(over), ry*math.Sqrt(over)
	}
	under := rx*rx*y*y + ry*ry*x*x
	root := math.Sqrt(math.Max(0, (rx*rx*ry*ry-under)/under))
	if v[3] == v[4] {
		root = -root
	}
	cx, cy := root*rx*y/ry, -root*ry*x/rx
	from := math.Atan2((y-cy)/ry, (x-cx)/rx)
	sweep := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - from
	if v[4] == 0 && sweep > 0 {
		sweep -= 2 * math.Pi
	} else if v[4] == 1 && sweep < 0 {
		sweep += 2 * math.Pi
	}
	middle := Point{cos*cx - sin*cy + (start.X+end.X)/2, sin*cx + cos*cy + (start.Y+end.Y)/2}
	m := Matrix{cos * rx, sin * rx, -sin * ry, cos * ry, middle.X, middle.Y}
	n := max(1, int(math.Ceil(math.Abs(sweep)/(math.Pi/2)-1e-9)))
	step := sweep / float64(n)
	k := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		s0, c0 := math.Sincos(from + step*float64(i))
		s1, c1 := math.Sincos(from + step*float64(i+1))
		to := m.Of(Point{c1, s1})
		if i == n-1 {
			to = end
		}
		p.curve(m.Of(Point{c0 - k*s0, s0 + k*c0}), m.Of(Point{c1 + k*s1, s1 - k*c1}), to)
	}
}

// ellipse is a whole one. It begins at its right and goes on downwards, as SVG has it: that is where its dashes begin.
func ellipse(cx, cy, rx, ry float64) Path {
	p := pen{at: Point{cx + rx, cy}, steps: []Step{{'M', [3]Point{{cx + rx, cy}}}}}
	p.arc([7]float64{rx, ry, 0, 0, 1}, Point{cx - rx, cy})
	p.arc([7]float64{rx, ry, 0, 0, 1}, Point{cx + rx, cy})
	return Path{Steps: append(p.steps, Step{Op: 'Z'})}
}

// rectangle is one with its corners rounded by rx and ry.
func rectangle(x, y, w, h, rx, ry float64) Path {
	rx, ry = min(rx, w/2), min(ry, h/2)
	if rx <= 0 || ry <= 0 {
		return Path{Steps: []Step{{'M', [3]Point{{x, y}}}, {'L', [3]Point{{x + w, y}}}, {'L', [3]Point{{x + w, y + h}}}, {'L', [3]Point{{x, y + h}}}, {Op: 'Z'}}}
	}
	corner := func(p *pen, to Point) { p.arc([7]float64{rx, ry, 0, 0, 1}, to) }
	p := &pen{at: Point{x + rx, y}, steps: []Step{{'M', [3]Point{{x + rx, y}}}}}
	p.line(Point{x + w - rx, y})
	corner(p, Point{x + w, y + ry})
	p.line(Point{x + w, y + h - ry})
	corner(p, Point{x + w - rx, y + h})
	p.line(Point{x + rx, y + h})
	corner(p, Point{x, y + h - ry})
	p.line(Point{x, y + ry})
	corner(p, Point{x + rx, y})
	return Path{Steps: append(p.steps, Step{Op: 'Z'})}
}

// polygon reads the points of a polyline; a polygon is closed.
func polygon(text string, last ...Step) (Path, error) {
	s := &scanner{text: text}
	var p Path
	for !s.done() {
		x, err := s.number()
		if err != nil {
			return p, err
		}
		y, err := s.number()
		if err != nil {
			return p, err
		}
		op := byte('L')
		if len(p.Steps) == 0 {
			op = 'M'
		}
		p.Steps = append(p.Steps, Step{op, [3]Point{{x, y}}})
	}
	p.Steps = append(p.Steps, last...)
	return p, nil
}

// matrixOf reads a transform.
func matrixOf(text string) (Matrix, error) {
	m := Same
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeft(rest, " ,\t\r\n") {
		name, after, ok := strings.Cut(rest, "(")
		inside, left, closed := strings.Cut(after, ")")
		if !ok || !closed {
			return m, fmt.Errorf("the transform %.60q is not written as one", text)
		}
		rest = left
		s := &scanner{text: inside}
		var v []float64
		for !s.done() && len(v) < 7 {
			n, err := s.number()
			if err != nil {
				return m, err
			}
			v = append(v, n)
		}
		one, err := transform(strings.TrimSpace(name), v)
		if err != nil {
			return m, err
		}
		m = m.Then(one)
	}
	return m, nil
}

func transform(name string, v []float64) (Matrix, error) {
	switch n := len(v); {
	case name == "matrix" && n == 6:
		return Matrix(v), nil
	case name == "translate" && n == 1:
		return Matrix{1, 0, 0, 1, v[0], 0}, nil
	case name == "translate" && n == 2:
		return Matrix{1, 0, 0, 1, v[0], v[1]}, nil
	case name == "scale" && n == 1:
		return Matrix{v[0], 0, 0, v[0], 0, 0}, nil
	case name == "scale" && n == 2:
		return Matrix{v[0], 0, 0, v[1], 0, 0}, nil
	case name == "rotate" && n == 1, name == "rotate" && n == 3:
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		turn := Matrix{cos, sin, -sin, cos, 0, 0}
		if n == 3 {
			turn = Matrix{1, 0, 0, 1, v[1], v[2]}.Then(turn).Then(Matrix{1, 0, 0, 1, -v[1], -v[2]})
		}
		return turn, nil
	case name == "skewX" && n == 1:
		return Matrix{1, 0, math.Tan(v[0] * math.Pi / 180), 1, 0, 0}, nil
	case name == "skewY" && n == 1:
		return Matrix{1, math.Tan(v[0] * math.Pi / 180), 0, 1, 0, 0}, nil
	}
	return Same, fmt.Errorf("the transform %.20q with %d numbers is not known", name, len(v))
}
