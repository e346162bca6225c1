package board

import (
	"slices"
	"testing"

	"yanzhen/pipeline/codes"
)

// Two panels that follow each other in a section share a sheet's width, a third has the next row for itself, and what wants
// the whole width keeps it.
func TestBeside(t *testing.T) {
	for _, at := range []struct {
		panels []Panel
		want   []bool
	}{
		{[]Panel{{Kind: Bar, Span: 4}, {Kind: Column, Span: 4}, {Kind: Bar, Span: 4}}, []bool{true, true, false}},
		{[]Panel{{Kind: Bar, Span: 6}, {Kind: Line, Span: 6, Section: codes.Text{Zh: "下一节"}}}, []bool{false, false}},
		{[]Panel{{Kind: Trend, Span: 8}, {Kind: Bar, Span: 4}}, []bool{true, true}},
		{[]Panel{{Kind: Trend, Span: 12}, {Kind: Bar, Span: 4}}, []bool{false, false}},
		{[]Panel{{Kind: OnMap, Span: 6}, {Kind: OnMap, Span: 6}}, []bool{true, true}},
		{[]Panel{{Kind: OnMap, Span: 7}, {Kind: Bar, Span: 5}}, []bool{false, false}},
		{[]Panel{{Kind: Bar, Span: 6}, {Kind: Table, Span: 6}, {Kind: Bar, Span: 6}}, []bool{false, false, false}},
		{[]Panel{{Kind: KPI, Span: 3}, {Kind: KPI, Span: 3}}, []bool{false, false}},
	} {
		b := Board{Panels: at.panels}
		b.pair()
		var got []bool
		for _, p := range b.Panels {
			got = append(got, p.Beside())
		}
		if !slices.Equal(got, at.want) {
			t.Errorf("%+v: beside each other are %v, want %v", at.panels, got, at.want)
		}
	}
}
