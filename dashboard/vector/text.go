package vector

import (
	"fmt"
	"strings"

	"yanzhen/dashboard/fonts"
)

// mostText bounds the letters of one element.
const mostText = 20_000

// text draws the lines of a text element: its own, and those of its tspans, which follow each other or say where they
// stand.
func (r *reader) text(n *node, s style, m Matrix) error {
	at, err := r.place(n, Point{})
	if err != nil {
		return err
	}
	for _, in := range n.inside {
		of := s
		words := in.text
		switch in.name {
		case "":
		case "tspan":
			if of, _, err = r.styled(in, s, m); err != nil {
				return err
			}
			if at, err = r.place(in, at); err != nil {
				return err
			}
			for _, deeper := range in.inside {
				if deeper.name != "" {
					return fmt.Errorf("the element <%s> in a <tspan> is not known", deeper.name)
				}
			}
			words = content(in)
		case "title", "desc":
			continue
		default:
			return fmt.Errorf("the element <%s> in a <text> is not known", in.name)
		}
		if !of.blanks {
			words = strings.Join(strings.Fields(words), " ")
		}
		if words == "" {
			continue
		}
		width, err := r.words(words, at, of, m)
		if err != nil {
			return err
		}
		at.X += width
	}
	return nil
}

// place is where an element's text begins: where it says, else where the one before ended. A percentage is one of the
// picture.
func (r *reader) place(n *node, at Point) (Point, error) {
	for _, a := range n.attrs {
		var to *float64
		whole := r.out.Width
		switch a.name {
		case "x":
			to = &at.X
		case "y", "dy":
			to, whole = &at.Y, r.out.Height
		default:
			continue
		}
		text, percent := strings.CutSuffix(a.value, "%")
		v, err := length(text)
		if err != nil {
			return at, fmt.Errorf("<%s %s>: %w", n.name, a.name, err)
		}
		if percent {
			v *= whole / 100
		}
		if a.name == "dy" {
			v += at.Y
		}
		*to = v
	}
	return at, nil
}

// words draws one line in one style and answers its width.
func (r *reader) words(text string, at Point, s style, m Matrix) (float64, error) {
	if r.steps += len(text); len(text) > mostText || r.steps > MostSteps {
		return 0, ErrLarge
	}
	role := fonts.Sans
	if s.bold {
		role = fonts.SansBold
	}
	spans, missing := r.fonts.Split(role, text)
	r.out.Missing = append(r.out.Missing, missing...)
	width := 0.0
	for _, p := range spans {
		width += p.Face.Width(p.Text) * s.size
	}
	switch s.anchor {
	case "middle":
		at.X -= width / 2
	case "end":
		at.X -= width
	}
	face := r.fonts.Face(role)
	at.Y += s.size * below(s.baseline, face)
	if s.fill.named != "" || s.stroke.named != "" {
		return 0, fmt.Errorf("the text %.40q is drawn with a gradient", text)
	}
	for _, p := range spans {
		t := Text{At: m.Then(Matrix{s.size, 0, 0, s.size, at.X, at.Y}), Face: p.Face, Text: p.Text, Colour: s.fill.colour}
		t.Colour.A *= s.fillOpacity * s.opacity
		if !s.stroke.none && s.pen.Width > 0 { // a rim around the letters, below them
			outline, err := t.Outline()
			if err != nil {
				return 0, err
			}
			if r.steps += len(outline.Steps); r.steps > MostSteps {
				return 0, ErrLarge
			}
			rim := s
			rim.fill.none = true
			rim.pen.Width *= m.Scale()
			if err := r.paint(outline, rim, Same); err != nil {
				return 0, err
			}
		}
		if !s.fill.none && t.Colour.A > 0 {
			r.out.marks = append(r.out.marks, mark{does: 't', text: t})
		}
		at.X += p.Face.Width(p.Text) * s.size
	}
	return width, nil
}

// below is how far under the place of a text its base line is, in parts of its size.
func below(baseline string, f *fonts.Face) float64 {
	switch baseline {
	case "central":
		return (f.Ascent - f.Descent) / 2
	case "middle":
		return 0.27 // half the height of a small x
	case "hanging", "text-before-edge":
		return f.Ascent
	case "text-after-edge", "ideographic":
		return -f.Descent
	}
	return 0
}
