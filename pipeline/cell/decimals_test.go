package cell_test

import (
	"testing"

	"yanzhen/pipeline/cell"
)

func TestDecimals(t *testing.T) {
	for text, want := range map[string]cell.Decimals{
		"1234,5": {Comma: 1}, "1.234,5": {Comma: 1}, "-0,5": {Comma: 1}, "0,123": {Comma: 1}, "1.234.567": {Comma: 1},
		"12,3 %": {Comma: 1}, "€ 3,50": {Comma: 1}, "1.234,567": {Comma: 1}, "３，５": {Comma: 1},
		"1234.5": {Point: 1}, "1,234.5": {Point: 1}, "1,234,567": {Point: 1}, "0.123": {Point: 1}, "12.3万": {Point: 1},
		"1,234": {}, "1234,567": {}, "1.234": {}, "12": {}, "": {}, "a,b": {}, "2026.3.1": {}, "1.2.3": {}, "12..5": {}, "1,2,3": {}, "1.2,5": {}, "1,23,456": {}, "5,": {}, ",5": {}, "1,5-2,5": {},
	} {
		var got cell.Decimals
		if got.See(text); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
	for text, want := range map[string]bool{"1,234": true, "-12.345": true, "123,456 元": true, "1234": false, "1234,567": false, "0,123": false, "1,23": false, "x": false, "1.234,567": false} {
		if got := cell.EitherWay(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
