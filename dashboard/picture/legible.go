package picture

import (
	"encoding/json"
	"strconv"
	"strings"

	"yanzhen/dashboard/board/layout"
)

// leastLetter is the size in pixels below which no letter goes on paper and in documents: 8 points there, or a little more.
const leastLetter = 12

// legible is an option for paper, drawn so many pixels wide: no letter in it is smaller than leastLetter, and names get the
// room that they need at that size, so that none is written smaller to stand in its own.
func legible(text json.RawMessage, width int) (json.RawMessage, error) {
	var option map[string]any
	if err := json.Unmarshal(text, &option); err != nil {
		return nil, err
	}
	enlarge(option)
	rows, _ := option["yAxis"].([]any)
	for _, axis := range rows {
		roomBeside(axis, 0.48*float64(width))
	}
	columns, _ := option["xAxis"].([]any)
	for _, axis := range columns {
		roomBelow(axis, float64(width))
	}
	list, _ := option["series"].([]any)
	for _, s := range list {
		if of, _ := s.(map[string]any); of["type"] == "sankey" {
			roomBehind(of, 0.42*float64(width))
		}
	}
	return json.Marshal(option)
}

// enlarge raises every size of letters below an object to the least, and the height of their lines with it.
func enlarge(of any) {
	switch x := of.(type) {
	case map[string]any:
		if size, ok := x["fontSize"].(float64); ok {
			x["fontSize"] = max(size, leastLetter)
		}
		if high, ok := x["lineHeight"].(float64); ok {
			x["lineHeight"] = max(high, leastLetter+1)
		}
		for _, v := range x {
			enlarge(v)
		}
	case []any:
		for _, v := range x {
			enlarge(v)
		}
	}
}

// namesOf are the names on an axis and how they stand, where they are broken to a width.
func namesOf(axis any) (names []string, label map[string]any, room float64) {
	label = part(axis, "axisLabel")
	room, _ = label["width"].(float64)
	if room == 0 || label["overflow"] != "break" {
		return nil, nil, 0
	}
	list, _ := axis.(map[string]any)["data"].([]any)
	for _, n := range list {
		name, _ := n.(string)
		names = append(names, name)
	}
	return names, label, room
}

// roomBeside widens the room of the names of rows until each stands on two lines, and lets those that need more have them.
func roomBeside(axis any, most float64) {
	names, label, room := namesOf(axis)
	if label == nil {
		return
	}
	for room < most && layout.Lines(names, leastLetter, room) > 2 {
		room += 4
	}
	label["width"] = room
	delete(label, "height")
}

// roomBelow widens the room of the names of columns until it takes their longest word, as far as the columns are wide.
func roomBelow(axis any, width float64) {
	names, label, room := namesOf(axis)
	if label == nil {
		return
	}
	if label["rotate"] != nil { // upright above a column, on as many lines as that is wide
		lines := max(1, int((width-1.8*uprightHead)/float64(len(names))/(leastLetter+1)))
		for room < 2*uprightHead && layout.Lines(names, leastLetter, room) > lines {
			room += 4
		}
		label["width"] = room
		delete(label, "height")
		return
	}
	const scale = 50 // what stands left of the first column
	label["width"] = max(room, min(layout.Longest(names, leastLetter)+1, (width-scale)/float64(len(names))-2))
}

// roomBehind widens the room of the names behind the last column of a flow, which stand on one line.
func roomBehind(flow map[string]any, most float64) {
	var names []string
	nodes, _ := flow["data"].([]any)
	for _, n := range nodes {
		if label := part(n, "label"); label["position"] == "right" {
			name, _ := n.(map[string]any)["text"].(string)
			names = append(names, name)
		}
	}
	need := min(most, layout.Widest(names, leastLetter)+2)
	for _, n := range nodes {
		label := part(n, "label")
		room, _ := label["width"].(float64)
		if label["position"] != "right" || room >= need {
			continue
		}
		label["width"] = need
		if right, _ := flow["right"].(string); strings.TrimSuffix(right, "px") != "" {
			flow["right"] = strconv.Itoa(int(need) + 8)
		}
	}
}
