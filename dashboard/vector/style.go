package vector

import (
	"fmt"
	"strconv"
	"strings"
)

// paint is what fills or strokes: nothing, a colour, or a gradient by its name.
type paint struct {
	none   bool
	colour Colour
	named  string
}

// style is what elements hand down, and what they have for themselves: how much they cover, and their clip.
type style struct {
	fill, stroke               paint
	fillOpacity, strokeOpacity float64
	opacity                    float64 // of this element and those around it
	pen                        Pen
	rigid                      bool // the line keeps its width where the shape is scaled
	strokeFirst                bool
	size                       float64
	bold, hidden, blanks       bool
	anchor, baseline           string
	clip                       string
}

func plain() style {
	return style{
		fill: paint{colour: Colour{A: 1}}, stroke: paint{none: true}, fillOpacity: 1, strokeOpacity: 1, opacity: 1,
		pen: Pen{Width: 1, Cap: "butt", Join: "miter", Miter: 4}, size: 16, anchor: "start",
	}
}

// ignored change nothing that is drawn here. family is one: all letters of charts are those of one role.
var ignored = map[string]bool{
	"font-family": true, "pointer-events": true, "cursor": true, "class": true, "id": true, "style": true, "xmlns": true,
	"version": true, "baseProfile": true, "role": true, "aria-label": true, "aria-hidden": true, "shape-rendering": true,
	"text-rendering": true, "lang": true,
}

// set reads one property. It answers false for a name it does not know.
func (s *style) set(name, value string) (known bool, err error) {
	switch name {
	case "fill":
		err = s.fill.read(value)
	case "stroke":
		err = s.stroke.read(value)
	case "fill-opacity":
		s.fillOpacity, err = share(value)
	case "stroke-opacity":
		s.strokeOpacity, err = share(value)
	case "opacity":
		var of float64
		of, err = share(value)
		s.opacity *= of
	case "fill-rule", "clip-rule":
		err = among(value, "nonzero")
	case "clip-path":
		s.clip, err = reference(value)
	case "display":
		s.hidden, err = s.hidden || value == "none", among(value, "none", "inline", "block")
	case "visibility":
		s.hidden, err = s.hidden || value == "hidden", among(value, "hidden", "visible")
	case "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "xml:space", "white-space", "paint-order", "vector-effect":
		err = s.letters(name, value)
	default:
		return s.line(name, value)
	}
	return true, err
}

// line reads a property of a line.
func (s *style) line(name, value string) (known bool, err error) {
	switch name {
	case "stroke-width":
		s.pen.Width, err = length(value)
	case "stroke-linecap":
		s.pen.Cap, err = value, among(value, "butt", "round", "square")
	case "stroke-linejoin":
		s.pen.Join, err = value, among(value, "miter", "round", "bevel")
	case "stroke-miterlimit":
		s.pen.Miter, err = number(value)
	case "stroke-dashoffset":
		s.pen.DashStart, err = length(value)
	case "stroke-dasharray":
		s.pen.Dash = nil
		if value == "none" {
			return true, nil
		}
		scan, sum := &scanner{text: value}, 0.0
		for !scan.done() && err == nil {
			var n float64
			n, err = scan.number()
			s.pen.Dash = append(s.pen.Dash, n)
			sum += n
			if n < 0 || len(s.pen.Dash) > 32 {
				err = fmt.Errorf("no line is dashed by %.40q", value)
			}
		}
		if sum == 0 {
			s.pen.Dash = nil
		}
		if len(s.pen.Dash)%2 == 1 {
			s.pen.Dash = append(s.pen.Dash, s.pen.Dash...)
		}
	default:
		return ignored[name] || strings.HasPrefix(name, "ecmeta_") || strings.HasPrefix(name, "data-") || strings.HasPrefix(name, "xmlns:"), nil
	}
	return true, err
}

// letters reads a property of text.
func (s *style) letters(name, value string) (err error) {
	switch name {
	case "font-size":
		s.size, err = length(value)
	case "font-weight":
		switch value {
		case "normal", "lighter":
			s.bold = false
		case "bold", "bolder":
			s.bold = true
		default:
			var n int
			n, err = strconv.Atoi(value)
			s.bold = n >= 600
		}
	case "font-style":
		err = among(value, "normal")
	case "text-anchor":
		s.anchor, err = value, among(value, "start", "middle", "end")
	case "dominant-baseline":
		s.baseline, err = value, among(value, "auto", "alphabetic", "central", "middle", "hanging", "text-before-edge", "text-after-edge", "ideographic")
	case "xml:space", "white-space":
		s.blanks, err = value == "preserve" || value == "pre", among(value, "preserve", "pre", "default", "normal", "nowrap")
	case "paint-order":
		s.strokeFirst, err = value == "stroke", among(value, "stroke", "normal", "fill")
	case "vector-effect":
		s.rigid, err = value == "non-scaling-stroke", among(value, "non-scaling-stroke", "none")
	}
	return err
}

func among(value string, known ...string) error {
	for _, k := range known {
		if value == k {
			return nil
		}
	}
	return fmt.Errorf("%.40q is not known", value)
}

func share(value string) (float64, error) {
	v, err := number(value)
	return min(1, max(0, v)), err
}

// length reads a length in CSS pixels.
func length(value string) (float64, error) { return number(strings.TrimSuffix(value, "px")) }

// reference reads url(#name).
func reference(value string) (string, error) {
	if value == "none" {
		return "", nil
	}
	inside, ok := strings.CutPrefix(value, "url(")
	inside, also := strings.CutSuffix(inside, ")")
	name, here := strings.CutPrefix(strings.Trim(inside, `'" `), "#")
	if !ok || !also || !here {
		return "", fmt.Errorf("%.60q refers to nothing in the picture", value)
	}
	return name, nil
}

func (p *paint) read(value string) (err error) {
	*p = paint{}
	switch {
	case value == "none" || value == "transparent":
		p.none = true
	case strings.HasPrefix(value, "url("):
		p.named, err = reference(value)
	default:
		p.colour, err = colour(value)
	}
	return err
}

var names = map[string]string{"black": "#000", "white": "#fff", "red": "#f00", "gray": "#808080", "grey": "#808080", "green": "#008000", "blue": "#00f"}

// colour reads a colour: hexadecimal, rgb() or rgba(), and the few that are called by a name.
func colour(value string) (Colour, error) {
	text := value
	if n, ok := names[text]; ok {
		text = n
	}
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		if len(hex) == 3 || len(hex) == 4 {
			var b strings.Builder
			for _, c := range []byte(hex) {
				b.Write([]byte{c, c})
			}
			hex = b.String()
		}
		if len(hex) == 6 {
			hex += "ff"
		}
		if v, err := strconv.ParseUint(hex, 16, 32); err == nil && len(hex) == 8 {
			return Colour{float64(v>>24) / 255, float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}, nil
		}
	}
	for _, name := range []string{"rgba(", "rgb("} {
		inside, ok := strings.CutPrefix(text, name)
		inside, closed := strings.CutSuffix(inside, ")")
		if !ok || !closed {
			continue
		}
		scan, v := &scanner{text: inside}, [4]float64{3: 1}
		n := 0
		for ; n < 4 && !scan.done(); n++ {
			var err error
			if v[n], err = scan.number(); err != nil {
				return Colour{}, err
			}
		}
		if n >= 3 && scan.done() {
			in := func(x float64) float64 { return min(1, max(0, x)) }
			return Colour{in(v[0] / 255), in(v[1] / 255), in(v[2] / 255), in(v[3])}, nil
		}
	}
	return Colour{}, fmt.Errorf("%.40q is no colour that is known", value)
}
