package board

import (
	"testing"

	"yanzhen/pipeline/codes"
)

// Titles speak of the chains that the office has, whichever and however many.
func TestChains(t *testing.T) {
	all := []codes.Text{{Zh: "不锈钢产业链", En: "Stainless steel"}, {Zh: "鞋服", En: "Footwear"}, {Zh: "石雕", En: "Stone carving"}}
	for n, want := range []codes.Text{
		{Zh: "产业链状态", En: "The chains"},
		{Zh: "不锈钢产业链状态", En: "The chain of Stainless steel"},
		{Zh: "不锈钢、鞋服两条产业链状态", En: "The chains of Stainless steel and Footwear"},
		{Zh: "三条产业链状态", En: "The three chains"},
	} {
		b := &Board{Panels: []Panel{{Title: codes.Text{Zh: "{chains}状态", En: "{chains}"}}}}
		NameChains([]*Board{b}, all[:n])
		if got := b.Panels[0].Title; got != want {
			t.Errorf("%d chains: %+v", n, got)
		}
	}
}
