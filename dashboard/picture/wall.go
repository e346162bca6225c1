package picture

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/board/layout"
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
var Places = []string{string(Desk), string(Wide), string(Phone), string(Paper), string(Sheet), string(Wall) + "&box=912x400"}

// The sizes of a box on a wall screen.
const leastBox, mostBox = 100, 1600

// At reads the place, and the size of its box, that an address asks for: a desk where it says nothing.
func At(place, box string) (Spot, bool) {
	switch at := (Spot{Place: Place(place)}); at.Place {
	case "":
		return Spot{Place: Desk}, true
	case Desk, Wide, Phone, Paper, Sheet:
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
	option, err := draw.Option(d.Figure)
	if err != nil {
		return nil, err
	}
	if option, err = onOneLine(option, at.Width); err != nil {
		return nil, err
	}
	if need := max(draw.Height(d.Figure)/2, rowsHigh(option)); need > at.Height {
		at.Width, at.Height = at.Width*need/at.Height, need
	}
	if need := columnsWide(option); need > at.Width {
		at.Width, at.Height = need, at.Height*need/at.Width
	}
	if option, err = squeezed(option, at.Width, float64(at.Width)/float64(Width(d, Desk)), float64(at.Height)/float64(draw.Height(d.Figure))); err != nil {
		return nil, err
	}
	return s.draw(ctx, d, option, at.Width, at.Height, theme, variables)
}

// onOneLine lets the names of a matrix's rows stand on one line each, where a wall is wide enough for that: two need rows that
// a wall is seldom high enough for.
func onOneLine(text json.RawMessage, width int) (json.RawMessage, error) {
	var o named
	if err := json.Unmarshal(text, &o); err != nil || !o.matrix() || len(o.YAxis) != 1 || o.YAxis[0].AxisLabel.Width == 0 {
		return text, err
	}
	if layout.Widest(o.YAxis[0].Data, leastLetter) > float64(width)/3 {
		return text, nil
	}
	var option map[string]any
	if err := json.Unmarshal(text, &option); err != nil {
		return nil, err
	}
	label := part(option["yAxis"].([]any)[0], "axisLabel")
	delete(label, "width")
	delete(label, "overflow")
	return json.Marshal(option)
}

// narrow is what part of a desk's width is too little for names on one line.
const narrow = 0.6

// rowsHigh is how many pixels the rows of a drawing need whose names stand on two lines; 0 where no name does.
func rowsHigh(text json.RawMessage) int {
	var o named
	if json.Unmarshal(text, &o) != nil || len(o.YAxis) != 1 || o.YAxis[0].AxisLabel.Width == 0 {
		return 0
	}
	high := len(o.YAxis[0].Data) * 30
	if o.matrix() {
		high += uprightHead
	}
	return high
}

// columnsWide is how many pixels a matrix needs for the figures in its columns; 0 where there is none.
func columnsWide(text json.RawMessage) int {
	var o named
	if json.Unmarshal(text, &o) != nil || !o.matrix() || len(o.YAxis) != 1 {
		return 0
	}
	return int(o.YAxis[0].AxisLabel.Width) + 40*len(o.XAxis[0].Data)
}

// named is what names the axes of a drawing have, and how much room beside it they take.
type named struct {
	XAxis []struct {
		Position string
		Data     []string
	} `json:"xAxis"`
	YAxis []struct {
		Data      []string
		AxisLabel struct{ Width float64 } `json:"axisLabel"`
	} `json:"yAxis"`
}

// matrix says that the names of columns stand above them, those of rows beside them.
func (n named) matrix() bool { return len(n.XAxis) == 1 && n.XAxis[0].Position == "top" }

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
		if graph && across < 1 {
			pitch := float64(width) / 5.5
			if axes, _ := option["xAxis"].([]any); len(axes) == 1 {
				if most, ok := axes[0].(map[string]any)["max"].(float64); ok {
					axes[0].(map[string]any)["max"] = most + 0.1 // half a name stands to the right of the last node
					pitch = float64(width) / (most + 0.1)
				}
			}
			if label := part(of, "label"); label != nil {
				room, _ := label["width"].(float64)
				label["width"] = min(room, pitch-6)
				if pitch < 150 { // the longest name of a chain in English
					raised(of)
				}
				if across < narrow {
					down = min(down, 0.75)
				}
				onOneLineBelow(of, pitch)
			}
		}
		if of["type"] == "sankey" && across < 1 {
			brokenFlow(of, float64(width))
		}
		if down < 1 && (graph || of["coordinateSystem"] == "geo") {
			between := "\n" // a name and its figure
			if graph {
				between = "  "
			}
			smaller(of, max(0.55, down), between)
		}
		if geo := part(option, "geo"); geo != nil {
			geo["right"] = "48" // the names stand to the right of the marks
			if across < narrow {
				geo["right"] = "96"
			}
		}
	}
	return json.Marshal(option)
}

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
			room := min(w*across, (width-beside)/float64(len(list))-4)
			if label["width"] = max(24, room); longestWord(list) > room && axis.(map[string]any)["position"] == "top" {
				upright(option, label)
			}
		}
	}
}

// onOneLineBelow gives the name of a node that stands right above another one the room beside it, where no other node stands
// in its row: on two lines it would run over the node below it.
func onOneLineBelow(graph map[string]any, pitch float64) {
	nodes, _ := graph["data"].([]any)
	at := func(i int) (node map[string]any, x, y float64) {
		node, _ = nodes[i].(map[string]any)
		if v, _ := node["value"].([]any); len(v) == 2 {
			x, _ = v[0].(float64)
			y, _ = v[1].(float64)
		}
		return node, x, y
	}
	for i := range nodes {
		node, x, y := at(i)
		above, alone := false, node["label"] == nil
		for j := range nodes {
			_, u, v := at(j)
			above = above || u == x && v > y && v < y+1.05
			alone = alone && (j == i || v != y || math.Abs(u-x) >= 1.5)
		}
		if above && alone {
			node["label"] = map[string]any{"show": true, "width": 2*pitch - 12}
		}
	}
}

// raised puts the names of chains above their first nodes, where there is no room before these.
func raised(graph map[string]any) {
	nodes, _ := graph["data"].([]any)
	for _, n := range nodes {
		node, _ := n.(map[string]any)
		if label := part(node, "label"); label != nil && label["position"] == "right" {
			label["offset"] = []int{-4, -42}
		}
	}
}

// brokenFlow breaks the names of a flow where they would reach into the next column.
func brokenFlow(series map[string]any, width float64) {
	right, _ := series["right"].(string)
	beside, _ := strconv.ParseFloat(right, 64)
	columns := 1.0
	nodes, _ := series["data"].([]any)
	for _, n := range nodes {
		node, _ := n.(map[string]any)
		if d, _ := node["depth"].(float64); d >= columns {
			columns = d
		}
	}
	label := part(series, "label")
	if label == nil {
		return
	}
	label["width"], label["overflow"], label["lineHeight"] = (width-beside)/columns-22, "break", 13
}

// uprightHead is how high heads of columns are that stand upright, in pixels.
const uprightHead = 96

// upright lets the heads of columns stand upright above them: a word of theirs is wider than a column.
func upright(option, label map[string]any) {
	label["rotate"], label["width"], label["height"], label["lineHeight"], label["fontSize"] = 90, uprightHead, 36, 12, 11
	if grid := part(option, "grid"); grid != nil {
		grid["top"] = "8"
	}
}

// longestWord is about how wide the longest word of some names is that is not Chinese.
func longestWord(names []any) float64 {
	most := 0
	for _, n := range names {
		name, _ := n.(string)
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r > 0x2E80 || strings.ContainsRune(" -/\n", r) }) {
			most = max(most, utf8.RuneCountInString(word))
		}
	}
	return 6.4 * float64(most)
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
