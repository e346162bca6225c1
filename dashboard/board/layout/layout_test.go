package layout

import (
	"math"
	"testing"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// A link that passes a column bends outwards, by more than half the way to the name of a node that it would else run
// through; a name stands away from the middle.
func TestBend(t *testing.T) {
	node := func(code string, feeds ...string) dataset.Node {
		return dataset.Node{Code: code, Title: codes.Text{Zh: code}, Feeds: feeds}
	}
	places, cols, rows := Chain(dataset.Chain{Nodes: []dataset.Node{
		node("raw", "powder", "soft"), node("powder", "sinter"), node("sinter", "motor", "device"), node("soft", "device"), node("motor"), node("device"),
	}})
	if cols != 4 || rows != 2 {
		t.Fatalf("%d columns, %d rows", cols, rows)
	}
	at := map[string]Place{}
	for _, p := range places {
		at[p.Node.Code] = p
	}
	for _, c := range []struct {
		from, to string
		want     float32
	}{{"raw", "powder", 0.04}, {"soft", "device", -0.15}, {"powder", "motor", 0.15}, {"raw", "gone", 0.04}} {
		if got := at[c.from].Bend(places, c.to, rows); math.Abs(float64(got-c.want)) > 1e-6 {
			t.Errorf("%s to %s bends %v, want %v", c.from, c.to, got, c.want)
		}
	}
	for code, want := range map[string]string{"powder": "left", "soft": "right", "sinter": "right", "motor": "left"} {
		if got := at[code].Side(rows); got != want {
			t.Errorf("the name of %s stands %s, want %s", code, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	const worker = "Multi-process CNC machine operator, intermediate"
	for room, want := range map[float64]int{125: 3, 190: 2, 400: 1} {
		if got := Lines([]string{"Foundry worker", worker}, 12, room); got != want {
			t.Errorf("%q stands on %d lines of %.0f pixels, want %d", worker, got, room, want)
		}
	}
	if got := Lines([]string{"多工序数控机床操作调整工"}, 12, 75); got != 2 {
		t.Errorf("a Chinese name of 12 characters stands on %d lines of 6", got)
	}
	if a, b := Longest([]string{"Rare-earth smelter", worker}, 12), Widest([]string{"intermediate"}, 12); a != b {
		t.Errorf("the longest word is %.0f wide, want that of intermediate, %.0f", a, b)
	}
}
