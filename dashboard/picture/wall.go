package picture

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/palette"
)

// Spot is a place with, on a wall screen, the size of the box that is to be filled: half of its pixels where the screen
// is 1080 high, so that letters stand there twice as large as on a desk.
type Spot struct {
	Place         Place
	Width, Height int
}

// Places are what an address may say of a place.
var Places = []string{string(Desk), string(Wide), string(Phone), string(Paper), string(Wall) + "&box=912x400"}

// The sizes of a box on a wall screen.
const leastBox, mostBox = 100, 1600

// At reads the place, and the size of its box, that an address asks for: a desk where it says nothing.
func At(place, box string) (Spot, bool) {
	switch at := (Spot{Place: Place(place)}); at.Place {
	case "":
		return Spot{Place: Desk}, true
	case Desk, Wide, Phone, Paper:
		return at, true
	case Wall:
		n, err := fmt.Sscanf(box, "%dx%d", &at.Width, &at.Height)
		within := min(at.Width, at.Height) >= leastBox && max(at.Width, at.Height) <= mostBox
		return at, n == 2 && err == nil && within && box == fmt.Sprintf("%dx%d", at.Width, at.Height)
	}
	return Spot{}, false
}

// Fill draws a panel for a spot. On a wall screen letters keep their size where the box is lower or narrower than the
// panel's place at a desk: what stands between them gives way. What would need more than twice the height of the box is
// drawn in the proportions of the box, and stands there smaller.
func (s *Studio) Fill(ctx context.Context, d *figures.Answer, at Spot, theme string) ([]byte, error) {
	if at.Place != Wall {
		return s.SVG(ctx, d, at.Place, theme)
	}
	variables := palette.Variables(theme)
	variables["sans"] = sans
	if why := d.Empty(); why != "" {
		return sentence(why, at.Width, at.Height, variables["mute"])
	}
	option, err := d.Option()
	if err != nil {
		return nil, err
	}
	if need := d.Height() / 2; need > at.Height {
		at.Width, at.Height = at.Width*need/at.Height, need
	}
	if option, err = squeezed(option, at.Width, float64(at.Width)/float64(Width(d, Desk)), float64(at.Height)/float64(d.Height())); err != nil {
		return nil, err
	}
	return s.draw(ctx, d, option, at.Width, at.Height, theme, variables)
}

// squeezed is an option for a place so many pixels wide that is narrower or lower than that at a desk, by these factors:
// names above columns and below nodes are broken earlier, the marks of a graph or a map are smaller, and a graph's figure
// stands beside its name.
func squeezed(text json.RawMessage, width int, across, down float64) (json.RawMessage, error) {
	if across >= 1 && down >= 1 {
		return text, nil
	}
	var option map[string]any
	if err := json.Unmarshal(text, &option); err != nil {
		return nil, err
	}
	brokenNames(option, float64(width), across)
	list, _ := option["series"].([]any)
	for _, s := range list {
		of, _ := s.(map[string]any)
		graph := of["type"] == "graph"
		if graph && across < narrow {
			pitch := float64(width) / 5.5
			if axes, _ := option["xAxis"].([]any); len(axes) == 1 {
				if most, ok := axes[0].(map[string]any)["max"].(float64); ok {
					axes[0].(map[string]any)["max"] = most + 0.1 // half a name stands to the right of the last node
					pitch = float64(width) / (most + 0.1)
				}
			}
			if label := part(of, "label"); label != nil {
				label["width"] = pitch - 6
			}
		}
		if down < 1 && (graph || of["coordinateSystem"] == "geo") {
			between := "\n" // a name and its figure
			if graph {
				between = "  "
			}
			smaller(of, max(0.55, down), between)
			if geo := part(option, "geo"); geo != nil {
				geo["right"] = "48" // the names stand to the right of the marks
			}
		}
	}
	return json.Marshal(option)
}

// narrow is what part of a desk's width is too little for the names of a graph on one line.
const narrow = 0.6

// brokenNames breaks the names above or below columns where these become narrower.
func brokenNames(option map[string]any, width, across float64) {
	var beside float64 // the names of the rows
	rows, _ := option["yAxis"].([]any)
	for _, axis := range rows {
		names, _ := axis.(map[string]any)["data"].([]any)
		most, _ := part(axis, "axisLabel")["width"].(float64)
		for _, name := range names {
			text, _ := name.(string)
			if w := float64(12*len([]rune(text)) + 16); most == 0 || w < most+16 {
				beside = max(beside, w)
			} else {
				beside = max(beside, most+16)
			}
		}
	}
	axes, _ := option["xAxis"].([]any)
	for _, axis := range axes {
		label, names := part(axis, "axisLabel"), axis.(map[string]any)["data"]
		w, ok := label["width"].(float64)
		if list, _ := names.([]any); ok && across < 1 && len(list) > 0 {
			label["width"] = max(24, min(w*across, (width-beside)/float64(len(list))-4))
		}
	}
}

// smaller makes the marks of a series smaller, and puts something else between the names and the figures there.
func smaller(series map[string]any, by float64, between string) {
	points, _ := series["data"].([]any)
	for _, p := range points {
		point, _ := p.(map[string]any)
		if size, ok := point["symbolSize"].(float64); ok && size > 8 {
			point["symbolSize"] = size * by
		}
		if name, ok := point["text"].(string); ok {
			point["text"] = strings.ReplaceAll(name, "\n", between)
		}
	}
}

// part is an object inside an object, nil where there is none.
func part(of any, key string) map[string]any {
	m, _ := of.(map[string]any)
	x, _ := m[key].(map[string]any)
	return x
}
