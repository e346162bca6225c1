package vector

import "math"

// stroked is the area that a pen covers along a path: a piece for each straight stretch and for each corner, all turning
// the same way round, so that what lies on each other adds up.
func stroked(p Path, pen Pen) Path {
	s := &stroker{pen: pen, half: pen.Width / 2}
	for _, line := range flat(p) {
		if len(pen.Dash) == 0 {
			s.line(line)
			continue
		}
		for _, dash := range dashed(line, pen) {
			s.line(dash)
		}
	}
	return s.out
}

// polyline is a stretch of straight lines.
type polyline struct {
	at     []Point
	closed bool
}

// flat is a path as straight lines, a tenth of a unit off at most for the sizes of pictures.
func flat(p Path) []polyline {
	var out []polyline
	var now polyline
	end := func() {
		if len(now.at) > 0 {
			out = append(out, now)
		}
		now = polyline{}
	}
	add := func(q Point) {
		if n := len(now.at); n == 0 || math.Hypot(q.X-now.at[n-1].X, q.Y-now.at[n-1].Y) > 1e-6 {
			now.at = append(now.at, q)
		}
	}
	var begin Point
	for _, s := range p.Steps {
		if s.Op != 'M' && s.Op != 'Z' && len(now.at) == 0 {
			add(begin)
		}
		switch s.Op {
		case 'M':
			end()
			begin = s.At[0]
			add(begin)
		case 'L':
			add(s.At[0])
		case 'C':
			from := now.at[len(now.at)-1]
			long := math.Hypot(s.At[0].X-from.X, s.At[0].Y-from.Y) + math.Hypot(s.At[1].X-s.At[0].X, s.At[1].Y-s.At[0].Y) + math.Hypot(s.At[2].X-s.At[1].X, s.At[2].Y-s.At[1].Y)
			n := int(max(4, min(64, 2*math.Sqrt(long))))
			for i := 1; i <= n; i++ {
				t := float64(i) / float64(n)
				u := 1 - t
				add(Point{
					u*u*u*from.X + 3*u*u*t*s.At[0].X + 3*u*t*t*s.At[1].X + t*t*t*s.At[2].X,
					u*u*u*from.Y + 3*u*u*t*s.At[0].Y + 3*u*t*t*s.At[1].Y + t*t*t*s.At[2].Y,
				})
			}
		case 'Z':
			if n := len(now.at); n > 1 && math.Hypot(now.at[n-1].X-now.at[0].X, now.at[n-1].Y-now.at[0].Y) < 1e-6 {
				now.at = now.at[:n-1]
			}
			now.closed = len(now.at) > 1
			end()
		}
	}
	end()
	return out
}

// mostDashes bounds the dashes of a line; a longer one goes on undashed.
const mostDashes = 20_000

// dashed cuts a line into its dashes.
func dashed(line polyline, pen Pen) []polyline {
	at := line.at
	if line.closed {
		at = append(at[:len(at):len(at)], at[0])
	}
	sum := 0.0
	for _, d := range pen.Dash {
		sum += d
	}
	start := math.Mod(pen.DashStart, sum)
	if start < 0 {
		start += sum
	}
	i, left := 0, pen.Dash[0]
	for start >= left && start > 0 {
		start -= left
		i = (i + 1) % len(pen.Dash)
		left = pen.Dash[i]
	}
	left -= start
	var out []polyline
	now := polyline{at: []Point{at[0]}}
	for k := 1; k < len(at); k++ {
		from, to := at[k-1], at[k]
		for {
			long := math.Hypot(to.X-from.X, to.Y-from.Y)
			if long < left || len(out) > mostDashes {
				left -= long
				now.at = append(now.at, to)
				break
			}
			t := 0.0
			if long > 0 {
				t = left / long
			}
			cut := Point{from.X + t*(to.X-from.X), from.Y + t*(to.Y-from.Y)}
			if i%2 == 0 {
				out = append(out, polyline{at: append(now.at, cut)})
			}
			now, from = polyline{at: []Point{cut}}, cut
			i = (i + 1) % len(pen.Dash)
			left = pen.Dash[i]
		}
	}
	if i%2 == 0 && len(now.at) > 1 {
		out = append(out, now)
	}
	return out
}

type stroker struct {
	pen  Pen
	half float64
	out  Path
}

// piece adds an area with its corners in the order that turns it the one way round.
func (s *stroker) piece(at ...Point) {
	area := 0.0
	for i, p := range at {
		q := at[(i+1)%len(at)]
		area += p.X*q.Y - q.X*p.Y
	}
	if area == 0 {
		return
	}
	for i := range at {
		k := i
		if area < 0 {
			k = len(at) - 1 - i
		}
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		s.out.Steps = append(s.out.Steps, Step{op, [3]Point{at[k]}})
	}
	s.out.Steps = append(s.out.Steps, Step{Op: 'Z'})
}

func (s *stroker) line(l polyline) {
	at := l.at
	if len(at) == 1 {
		if s.pen.Cap == "round" {
			s.out.Steps = append(s.out.Steps, ellipse(at[0].X, at[0].Y, s.half, s.half).Steps...)
		}
		return
	}
	n := len(at) - 1
	if l.closed {
		n++
	}
	for i := range n {
		a, b := at[i], at[(i+1)%len(at)]
		u := toward(a, b)
		from, to := a, b
		if !l.closed && s.pen.Cap == "square" {
			if i == 0 {
				from = Point{a.X - u.X*s.half, a.Y - u.Y*s.half}
			}
			if i == n-1 {
				to = Point{b.X + u.X*s.half, b.Y + u.Y*s.half}
			}
		}
		x, y := -u.Y*s.half, u.X*s.half
		s.piece(Point{from.X + x, from.Y + y}, Point{to.X + x, to.Y + y}, Point{to.X - x, to.Y - y}, Point{from.X - x, from.Y - y})
		if i+1 < n || l.closed {
			s.join(b, u, toward(b, at[(i+2)%len(at)]))
		}
	}
	if !l.closed && s.pen.Cap == "round" {
		for _, end := range []Point{at[0], at[len(at)-1]} {
			s.out.Steps = append(s.out.Steps, ellipse(end.X, end.Y, s.half, s.half).Steps...)
		}
	}
}

func toward(a, b Point) Point {
	long := math.Hypot(b.X-a.X, b.Y-a.Y)
	if long == 0 {
		return Point{1, 0}
	}
	return Point{(b.X - a.X) / long, (b.Y - a.Y) / long}
}

// join fills the corner at a point where the line comes by u and goes on by v.
func (s *stroker) join(at, u, v Point) {
	cross, dot := u.X*v.Y-u.Y*v.X, u.X*v.X+u.Y*v.Y
	if math.Abs(cross) < 1e-3 && dot > 0 || s.half < 0.3 {
		return
	}
	if s.pen.Join == "round" {
		s.out.Steps = append(s.out.Steps, ellipse(at.X, at.Y, s.half, s.half).Steps...)
		return
	}
	side := s.half
	if cross > 0 {
		side = -s.half
	}
	a, b := Point{at.X - u.Y*side, at.Y + u.X*side}, Point{at.X - v.Y*side, at.Y + v.X*side}
	// the tip of a miter is so many times farther than the line is wide
	if cosine := math.Sqrt(max(0, (1+dot)/2)); (s.pen.Join == "miter" || s.pen.Join == "") && cosine > 0 && 1/cosine <= s.pen.Miter {
		middle := toward(at, Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2})
		far := s.half / cosine
		s.piece(at, a, Point{at.X + middle.X*far, at.Y + middle.Y*far}, b)
		return
	}
	s.piece(at, a, b)
}
