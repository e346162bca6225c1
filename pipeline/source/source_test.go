package source

import "testing"

func TestFilled(t *testing.T) {
	for _, tt := range []struct {
		cell Cell
		want bool
	}{
		{Cell{}, false},
		{Cell{Kind: Text}, false},
		{Cell{Kind: Text, Text: " \u00a0\u3000\ufeff\u200b\n"}, false},
		{Cell{Kind: Text, Text: "\u3000一"}, true},
		{Cell{Kind: Text, Text: "0"}, true},
		{Cell{Kind: Number, Text: "0"}, true},
		{Cell{Kind: NoCache}, true}, // a formula without a result: to be refused, not passed over
	} {
		if got := tt.cell.Filled(); got != tt.want {
			t.Errorf("%+v: got %v, want %v", tt.cell, got, tt.want)
		}
	}
}
