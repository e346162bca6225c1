package vector

import (
	"errors"
	"fmt"
	"strings"

	"yanzhen/dashboard/fonts"
)

// reader walks the tree of a picture and writes down what an ink is to do.
type reader struct {
	fonts   *fonts.Set
	named   map[string]*node
	classes map[string]map[string]string
	out     Drawing
	steps   int
}

func (r *reader) read(root *node) (*Drawing, error) {
	if err := r.gather(root); err != nil {
		return nil, err
	}
	box := &scanner{text: root.attr("viewBox")}
	var view [4]float64
	for i := range view {
		var err error
		if view[i], err = box.number(); err != nil {
			return nil, errors.New("<svg> states no viewBox of four numbers")
		}
	}
	r.out.Width, r.out.Height = view[2], view[3]
	for name, to := range map[string]*float64{"width": &r.out.Width, "height": &r.out.Height} {
		if v := root.attr(name); v != "" {
			n, err := length(v)
			if err != nil {
				return nil, fmt.Errorf("<svg %s>: %w", name, err)
			}
			*to = n
		}
	}
	if min(view[2], view[3], r.out.Width, r.out.Height) <= 0 {
		return nil, errors.New("<svg> has no size")
	}
	m := Matrix{r.out.Width / view[2], 0, 0, r.out.Height / view[3], 0, 0}.Then(Matrix{1, 0, 0, 1, -view[0], -view[1]})
	if err := r.walk(root, plain(), m); err != nil {
		return nil, err
	}
	return &r.out, nil
}

// gather finds what has a name, and what classes set, wherever it stands.
func (r *reader) gather(n *node) error {
	if id := n.attr("id"); id != "" && r.named[id] == nil {
		r.named[id] = n
	}
	if n.name == "style" {
		return r.rules(content(n))
	}
	for _, in := range n.inside {
		if err := r.gather(in); err != nil {
			return err
		}
	}
	return nil
}

func content(n *node) string {
	var b strings.Builder
	for _, in := range n.inside {
		b.WriteString(in.text)
	}
	return b.String()
}

// geometry are the attributes that say where an element is; the elements read them themselves.
var geometry = map[string][]string{
	"svg": {"width", "height", "viewBox", "preserveAspectRatio"}, "g": {}, "path": {"d"}, "rect": {"x", "y", "width", "height", "rx", "ry"},
	"circle": {"cx", "cy", "r"}, "ellipse": {"cx", "cy", "rx", "ry"}, "line": {"x1", "y1", "x2", "y2"},
	"polyline": {"points"}, "polygon": {"points"}, "text": {"x", "y"}, "tspan": {"x", "y", "dy"},
}

// styled is an element's style and map, of those around it and its own. What it does not know is an error with its name.
func (r *reader) styled(n *node, s style, m Matrix) (style, Matrix, error) {
	s.clip = ""
	set := func(name, value string) error {
		known, err := s.set(name, value)
		if err == nil && !known {
			err = errors.New("it is not known what that does")
		}
		if err != nil {
			return fmt.Errorf("<%s %s=%.60q>: %w", n.name, name, value, err)
		}
		return nil
	}
	for _, class := range strings.Fields(n.attr("class")) {
		for name, value := range r.classes[class] {
			if err := set(name, value); err != nil {
				return s, m, err
			}
		}
	}
attributes:
	for _, a := range n.attrs {
		for _, g := range geometry[n.name] {
			if a.name == g {
				continue attributes
			}
		}
		name := strings.TrimPrefix(strings.Replace(a.name, "http://www.w3.org/XML/1998/namespace:", "xml:", 1), "xmlns:http://www.w3.org/2000/")
		if name == "transform" && n.name != "tspan" {
			own, err := matrixOf(a.value)
			if err != nil {
				return s, m, fmt.Errorf("<%s>: %w", n.name, err)
			}
			m = m.Then(own)
			continue
		}
		if err := set(name, a.value); err != nil {
			return s, m, err
		}
	}
	return s, m, declarations(n.attr("style"), set)
}

// walk draws an element and what is in it.
func (r *reader) walk(n *node, s style, m Matrix) error {
	switch n.name {
	case "defs", "style", "title", "desc", "metadata", "clipPath", "linearGradient", "radialGradient":
		return nil
	case "":
		if strings.TrimSpace(n.text) != "" {
			return fmt.Errorf("the text %.40q stands in no <text>", n.text)
		}
		return nil
	}
	if _, ok := geometry[n.name]; !ok || n.name == "tspan" {
		return fmt.Errorf("the element <%s> is not known", n.name)
	}
	around := s.opacity
	s, m, err := r.styled(n, s, m)
	if err != nil {
		return err
	}
	if s.hidden {
		return nil
	}
	if s.opacity != around && (n.name == "g" || n.name == "svg") && drawn(n) > 1 {
		return fmt.Errorf("<%s opacity>: things that cover each other cannot be made translucent together", n.name)
	}
	if s.clip != "" {
		if err := r.clip(s.clip, m); err != nil {
			return err
		}
		defer func() { r.out.marks = append(r.out.marks, mark{does: 'u'}) }()
	}
	switch n.name {
	case "svg", "g":
		for _, in := range n.inside {
			if in.name == "svg" {
				return errors.New("the element <svg> inside another is not known")
			}
			if err := r.walk(in, s, m); err != nil {
				return err
			}
		}
		return nil
	case "text":
		return r.text(n, s, m)
	}
	p, err := shape(n)
	if err != nil {
		return fmt.Errorf("<%s>: %w", n.name, err)
	}
	return r.paint(p, s, m)
}

// drawn counts the shapes in an element, two at most.
func drawn(n *node) int {
	count := 0
	for _, in := range n.inside {
		switch in.name {
		case "", "defs", "style", "title", "desc":
		case "g":
			count += drawn(in)
		default:
			count++
		}
		if count > 1 {
			break
		}
	}
	return count
}

// shape is the outline of an element.
func shape(n *node) (p Path, err error) {
	num := func(name string) float64 {
		v := n.attr(name)
		if v == "" || err != nil {
			return 0
		}
		var f float64
		f, err = length(v)
		return f
	}
	switch n.name {
	case "path":
		return pathOf(n.attr("d"))
	case "rect":
		rx, ry := num("rx"), num("ry")
		if n.attr("ry") == "" {
			ry = rx
		}
		if n.attr("rx") == "" {
			rx = ry
		}
		p = rectangle(num("x"), num("y"), num("width"), num("height"), rx, ry)
	case "circle":
		p = ellipse(num("cx"), num("cy"), num("r"), num("r"))
	case "ellipse":
		p = ellipse(num("cx"), num("cy"), num("rx"), num("ry"))
	case "line":
		p = Path{Steps: []Step{{'M', [3]Point{{num("x1"), num("y1")}}}, {'L', [3]Point{{num("x2"), num("y2")}}}}}
	case "polyline":
		return polygon(n.attr("points"))
	case "polygon":
		return polygon(n.attr("points"), Step{Op: 'Z'})
	}
	return p, err
}

// paint fills and strokes an outline.
func (r *reader) paint(p Path, s style, m Matrix) error {
	if r.steps += len(p.Steps); r.steps > MostSteps {
		return ErrLarge
	}
	fill := func() error {
		if s.fill.none || s.fillOpacity*s.opacity == 0 || len(p.Steps) < 2 {
			return nil
		}
		if s.fill.named != "" {
			return r.gradient(s.fill.named, p, s.fillOpacity*s.opacity, m)
		}
		c := s.fill.colour
		c.A *= s.fillOpacity * s.opacity
		r.out.marks = append(r.out.marks, mark{does: 'f', path: m.OfPath(p), colour: c})
		return nil
	}
	stroke := func() error {
		if s.stroke.none || s.pen.Width <= 0 || s.strokeOpacity*s.opacity == 0 || len(p.Steps) < 2 {
			return nil
		}
		if s.stroke.named != "" {
			return fmt.Errorf("a line is drawn with %q: only fills may be gradients", s.stroke.named)
		}
		c, pen := s.stroke.colour, s.pen
		c.A *= s.strokeOpacity * s.opacity
		if !s.rigid {
			by := m.Scale()
			pen.Width *= by
			pen.DashStart *= by
			pen.Dash = nil
			for _, n := range s.pen.Dash {
				pen.Dash = append(pen.Dash, n*by)
			}
		}
		r.out.marks = append(r.out.marks, mark{does: 's', path: m.OfPath(p), pen: pen, colour: c})
		return nil
	}
	if s.strokeFirst {
		return errors.Join(stroke(), fill())
	}
	return errors.Join(fill(), stroke())
}

// clip begins to leave out what lies outside the shapes of a clip path.
func (r *reader) clip(name string, m Matrix) error {
	n := r.named[name]
	if n == nil || n.name != "clipPath" {
		return fmt.Errorf("the picture has no <clipPath> %.40q", name)
	}
	if u := n.attr("clipPathUnits"); u != "" && u != "userSpaceOnUse" {
		return fmt.Errorf("<clipPath clipPathUnits=%.40q> is not known", u)
	}
	var whole Path
	for _, in := range n.inside {
		if in.name == "" || in.name == "title" || in.name == "desc" {
			continue
		}
		if _, ok := geometry[in.name]; !ok || in.name == "g" || in.name == "svg" || in.name == "text" || in.name == "tspan" {
			return fmt.Errorf("the element <%s> in a <clipPath> is not known", in.name)
		}
		_, own, err := r.styled(in, plain(), m)
		if err != nil {
			return err
		}
		p, err := shape(in)
		if err != nil {
			return fmt.Errorf("<%s>: %w", in.name, err)
		}
		if r.steps += len(p.Steps); r.steps > MostSteps {
			return ErrLarge
		}
		whole.Steps = append(whole.Steps, own.OfPath(p).Steps...)
	}
	r.out.marks = append(r.out.marks, mark{does: 'c', path: whole})
	return nil
}
