package tally

import (
	"net/url"
	"testing"

	"yanzhen/pipeline/codes"
)

// The targets that lag stand first, among the units and in each; a count shows its own alone, and leads back.
func TestOrder(t *testing.T) {
	sheet := func() Sheet {
		return Sheet{Total: 5, Late: 2, OnPace: 2, Reached: 1, Units: []Group{
			{"a", []Row{{Title: "a1", State: "on_pace"}, {Title: "a2", State: "reached"}}},
			{"b", []Row{{Title: "b1", State: "on_pace"}, {Title: "b2", State: "behind", Late: true}}},
			{"c", []Row{{Title: "c1", State: "behind", Late: true}}},
		}}
	}
	titles := func(s Sheet) (out string) {
		for _, g := range s.Units {
			out += g.Unit + ":"
			for _, r := range g.Rows {
				out += r.Title + " "
			}
		}
		return out
	}
	for state, want := range map[string]string{"": "b:b2 b1 c:c1 a:a1 a2 ", "behind": "b:b2 c:c1 ", "reached": "a:a2 "} {
		s := sheet()
		s.LateFirst()
		if s.Keep(state); titles(s) != want {
			t.Errorf("%q: %s", state, titles(s))
		}
		if state == "behind" && s.Shown() != 2 {
			t.Errorf("%d rows are shown", s.Shown())
		}
	}
	s := sheet()
	at, _ := url.Parse("/responsibility?pace=behind&unit=b")
	tiles := s.Tiles(at, "behind", codes.En)
	if len(tiles) != 4 || tiles[3].Count != 2 || !tiles[3].Here || tiles[3].URL != "/responsibility?unit=b" || tiles[1].URL != "/responsibility?pace=reached&unit=b" || tiles[0].Count != 5 {
		t.Errorf("%+v", tiles)
	}
}
