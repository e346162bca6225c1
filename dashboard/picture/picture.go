// Package picture draws the answer of a panel as it stands in its place on a page: at which size, in which colours, or the
// sentence that stands there instead. package render does the drawing.
package picture

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"runtime"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/render"
)

// sans is the family of the letters: that of the pages, and where a system has none of these, any it has. The library
// writes it into an attribute as it is, so it holds no double quote.
const sans = `'PingFang SC', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'Microsoft YaHei', Arial, sans-serif`

// Studio draws panels.
type Studio struct {
	drawer   *render.Drawer
	outlines map[*board.Map]*render.Outline
}

// New makes a studio that draws with the scripts that library and drawing are, for maps that may be drawn on. digits is
// how numbers of each unit are printed, as the page's script reads it. A nil library makes a studio that draws nothing.
func New(library, drawing, digits []byte, maps []*board.Map) *Studio {
	if library == nil || drawing == nil {
		return nil
	}
	s := &Studio{
		drawer:   render.New(render.Scripts{Library: library, Drawing: drawing, Digits: digits}, max(1, min(4, runtime.NumCPU()))),
		outlines: map[*board.Map]*render.Outline{},
	}
	for _, m := range maps {
		s.outlines[m] = &render.Outline{Name: m.As(), Shape: m.Shape()}
	}
	return s
}

// Warm makes the studio ready for its first picture, which would wait for that a second or two.
func (s *Studio) Warm(ctx context.Context) error {
	if s == nil {
		return nil
	}
	return s.drawer.Warm(ctx)
}

// The place of a panel on a page, in CSS pixels: a desk's twelve columns of a window 1440 wide, or of one from 1760 on, or
// a phone 390 wide.
const (
	columns, block, gap, inside = 12, 1184, 20, 46
	wideBlock                   = 1536
	phone, phoneSpark           = 324, 92
	tablet                      = 720
	deskSpark                   = 8        // a card's trend is wider than its text
	mostSheet                   = 620      // twelve pixels are 8.6 points there
	leastPaper, mostPaper       = 658, 740 // a sheet between its margins; on what is wider twelve pixels are 8 points
	graphHigh                   = 470      // on paper it stands below the numbers of its page
)

// Place is where a picture stands.
type Place string

// The places of pictures.
const (
	Desk  Place = "desk"
	Wide  Place = "wide" // a large screen, on which the page enlarges it
	Phone Place = "phone"
	Paper Place = "paper" // A4, one panel as wide as the sheet or two beside each other
	Sheet Place = "sheet" // the type area of a document, where letters are not much smaller than the text
	Wall  Place = "wall"  // as large as the box it is asked for in
)

// Width is how wide the drawing of a panel is in a place.
func Width(d *figures.Answer, at Place) int {
	spark := d.Kind == board.KPI
	if at == Phone {
		if spark {
			return phoneSpark
		}
		return phone
	}
	across := block
	if at == Wide {
		across = wideBlock
	}
	w := (across+gap)*max(1, min(columns, d.Span))/columns - gap - inside
	switch {
	case spark:
		return w + deskSpark
	case at == Paper && !d.Beside():
		return min(max(w, leastPaper), mostPaper)
	case at == Sheet:
		return min(w, mostSheet)
	}
	return w
}

// Height is how many pixels a panel is high at a place: periods and columns stand lower on paper, and lower still in a document,
// where what is beside them is text; so do maps on paper.
func Height(d *figures.Answer, at Place) int {
	high := draw.Height(d.Figure)
	if at == Paper && d.Beside() {
		return lower(d, high)
	}
	switch d.Kind {
	case board.Trend, board.Line, board.Stack, board.Column:
		switch at {
		case Sheet:
			return min(high, sheetHeight)
		case Paper:
			return min(high, paperHeight)
		}
	case board.OnMap, board.Path:
		if at == Paper {
			return min(high, paperMap)
		}
	case board.Graph:
		if at == Paper {
			return min(high, graphHigh)
		}
	}
	return high
}

const (
	sheetHeight = 225
	paperHeight = 270
	paperMap    = 340 // two of them stand on a sheet of A4, with their titles
	besideMap   = 300
)

// lower is how high a panel is on half a sheet, that would be so high at a desk.
func lower(d *figures.Answer, high int) int {
	switch d.Kind {
	case board.Trend, board.Line, board.Stack, board.Column:
		of := d.Figure
		of.Compact = true // with room for the lines of its legend
		return draw.Height(of) - 44
	case board.OnMap, board.Path:
		return min(high, besideMap)
	case board.Funnel:
		return high * 5 / 8
	}
	return high
}

// narrowed is a panel as it is drawn on paper: one that stands beside another there as one of four columns at a desk,
// with the smaller marks of a phone on a map.
func narrowed(d figures.Answer) figures.Answer {
	if d.Beside() {
		d.Span = 4
		d.Compact = d.Kind == board.OnMap && d.Outline != nil && d.Outline.Small()
	}
	return d
}

// SVG draws a panel for a place in a theme, light or dark. One that has nothing to draw gets its sentence as a picture.
func (s *Studio) SVG(ctx context.Context, d *figures.Answer, at Place, theme string) ([]byte, error) {
	variables := palette.Variables(theme)
	variables["sans"] = sans
	if at == Paper {
		of := narrowed(*d)
		d = &of
	}
	width, height := Width(d, at), Height(d, at)
	if why := d.Empty(); why != "" {
		return sentence(why, width, max(height, 80), variables["mute"])
	}
	option, err := draw.Option(d.Figure)
	if err != nil {
		return nil, err
	}
	if at == Sheet || at == Paper {
		down := 1.0
		if d.Kind == board.Graph {
			down = float64(height) / float64(draw.Height(d.Figure))
		}
		if option, err = squeezed(option, width, float64(width)/float64(Width(d, Desk)), down); err != nil {
			return nil, err
		}
		if option, err = legible(option, width); err != nil {
			return nil, err
		}
	}
	return s.draw(ctx, d, option, width, height, theme, variables)
}

func (s *Studio) draw(ctx context.Context, d *figures.Answer, option json.RawMessage, width, height int, theme string, variables map[string]string) ([]byte, error) {
	c := render.Chart{Option: option, Width: width, Height: height, Lang: string(d.Lang), Theme: theme, Variables: variables}
	if draw.AsMap(d.Figure) {
		c.Outline = s.outlines[d.Outline]
	}
	return s.drawer.SVG(ctx, c)
}

// sentence is a picture of one line of text.
func sentence(text string, width, height int, colour string) ([]byte, error) {
	var safe, family bytes.Buffer
	if err := xml.EscapeText(&safe, []byte(text)); err != nil {
		return nil, err
	}
	if err := xml.EscapeText(&family, []byte(sans)); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d"><text x="50%%" y="50%%" text-anchor="middle" font-size="14" font-family="%s" fill="%s">%s</text></svg>`,
		width, height, family.String(), colour, safe.String()), nil
}
