// Package vector reads the SVG that package render writes and draws it with an ink: on pixels here, on paper elsewhere. It
// knows the elements that the chart library writes; what it does not know it refuses by name, so that nothing of a
// picture is lost in silence. Pictures of strangers are never read.
package vector

import (
	"errors"
	"fmt"
	"math"

	"yanzhen/dashboard/fonts"
)

// The bounds of a picture. A larger one is refused.
const (
	MostBytes    = 16 << 20
	MostElements = 200_000
	MostDepth    = 64
	MostSteps    = 4_000_000 // of all outlines
	MostPixels   = 40_000_000
	mostNumber   = 1e6
)

// ErrLarge is returned for what exceeds the bounds.
var ErrLarge = errors.New("vector: the picture is too large to draw")

// Point is a place, x to the right and y downwards.
type Point struct{ X, Y float64 }

// Matrix is an affine map as SVG writes it: x' = ax + cy + e, y' = bx + dy + f.
type Matrix [6]float64

// Same is the map that changes nothing.
var Same = Matrix{1, 0, 0, 1, 0, 0}

// Then is the map that does n first and then m.
func (m Matrix) Then(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

// Of is where the map puts a point.
func (m Matrix) Of(p Point) Point {
	return Point{m[0]*p.X + m[2]*p.Y + m[4], m[1]*p.X + m[3]*p.Y + m[5]}
}

// Scale is how much longer the map makes a line, on average.
func (m Matrix) Scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// Step is a piece of an outline: M and L with one point, C with three, Z with none.
type Step struct {
	Op byte
	At [3]Point
}

// Path is an outline. What it winds around, either way, is inside.
type Path struct{ Steps []Step }

// OfPath is the path that a map makes of a path.
func (m Matrix) OfPath(p Path) Path {
	out := Path{make([]Step, len(p.Steps))}
	for i, s := range p.Steps {
		out.Steps[i].Op = s.Op
		for j := range points(s.Op) {
			out.Steps[i].At[j] = m.Of(s.At[j])
		}
	}
	return out
}

func points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'C':
		return 3
	}
	return 0
}

// Colour is red, green, blue and how much they cover, each from 0 to 1.
type Colour struct{ R, G, B, A float64 }

// Pen is how a line is drawn.
type Pen struct {
	Width     float64
	Dash      []float64
	DashStart float64
	Cap, Join string // as SVG names them
	Miter     float64
}

// Text is a line of text in one font: At maps the font's own size, one em at its origin on the base line, to its place.
type Text struct {
	At     Matrix
	Face   *fonts.Face
	Text   string
	Colour Colour
}

// Ink draws. What lies outside a Clip is not drawn until its Unclip.
type Ink interface {
	Fill(p Path, c Colour)
	Stroke(p Path, pen Pen, c Colour)
	Text(t Text)
	Clip(p Path)
	Unclip()
}

// Drawing is a picture that was read.
type Drawing struct {
	Width, Height float64 // in CSS pixels
	Missing       []rune  // the characters that no font has: a mark stands for each
	marks         []mark
}

// mark is one thing that an ink does.
type mark struct {
	does   byte // f fill, s stroke, t text, c clip, u unclip
	path   Path
	pen    Pen
	colour Colour
	text   Text
}

// Draw draws the picture with an ink, where m puts it.
func (d *Drawing) Draw(ink Ink, m Matrix) {
	for _, k := range d.marks {
		switch k.does {
		case 'f':
			ink.Fill(m.OfPath(k.path), k.colour)
		case 's':
			pen := k.pen
			by := m.Scale()
			pen.Width, pen.DashStart = pen.Width*by, pen.DashStart*by
			pen.Dash = make([]float64, len(k.pen.Dash))
			for i, n := range k.pen.Dash {
				pen.Dash[i] = n * by
			}
			ink.Stroke(m.OfPath(k.path), pen, k.colour)
		case 't':
			t := k.text
			t.At = m.Then(t.At)
			ink.Text(t)
		case 'c':
			ink.Clip(m.OfPath(k.path))
		case 'u':
			ink.Unclip()
		}
	}
}

// Texts are the lines of text of the picture, in the order they are drawn.
func (d *Drawing) Texts() []string {
	var out []string
	for _, k := range d.marks {
		if k.does == 't' {
			out = append(out, k.text.Text)
		}
	}
	return out
}

// Read reads a picture, with the fonts its letters are to be drawn with.
func Read(svg []byte, with *fonts.Set) (*Drawing, error) {
	if len(svg) > MostBytes {
		return nil, ErrLarge
	}
	root, err := tree(svg)
	if err != nil {
		return nil, fmt.Errorf("vector: %w", err)
	}
	r := &reader{fonts: with, named: map[string]*node{}, classes: map[string]map[string]string{}}
	d, err := r.read(root)
	if err != nil {
		return nil, fmt.Errorf("vector: %w", err)
	}
	return d, nil
}

// Outline is the shape of a text in one font, where its At puts it.
func (t Text) Outline() (Path, error) {
	var p Path
	x := 0.0
	for _, r := range t.Text {
		steps, err := t.Face.Outline(r)
		if err != nil {
			return p, err
		}
		var at Point
		open := false
		for _, s := range steps {
			var to [3]Point
			for j := range to {
				to[j] = t.At.Of(Point{s.At[j][0] + x, s.At[j][1]})
			}
			switch s.Op {
			case 'M':
				if open {
					p.Steps = append(p.Steps, Step{Op: 'Z'})
				}
				p.Steps, at, open = append(p.Steps, Step{Op: 'M', At: to}), to[0], true
			case 'L':
				p.Steps, at = append(p.Steps, Step{Op: 'L', At: to}), to[0]
			case 'Q':
				p.Steps, at = append(p.Steps, Step{Op: 'C', At: [3]Point{between(at, to[0]), between(to[1], to[0]), to[1]}}), to[1]
			case 'C':
				p.Steps, at = append(p.Steps, Step{Op: 'C', At: to}), to[2]
			}
		}
		if open {
			p.Steps = append(p.Steps, Step{Op: 'Z'})
		}
		x += t.Face.Advance(r)
	}
	return p, nil
}

// between is where a cubic curve that is a square one has its control point, two thirds of the way to the square's.
func between(from, control Point) Point {
	return Point{from.X + 2*(control.X-from.X)/3, from.Y + 2*(control.Y-from.Y)/3}
}
