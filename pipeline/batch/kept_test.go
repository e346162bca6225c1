package batch

import (
	"testing"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// A number in a column of texts is what its cell shows, not all the digits that are stored for it.
func TestNumberInTextColumn(t *testing.T) {
	for _, typ := range []dataset.Type{dataset.String, dataset.Low} {
		got, rule := one(t, dataset.Column{Type: typ}, "", source.Cell{Text: "8408.700000000001", Kind: source.Number}, Options{})
		if got != `"8408.7"` || rule != "" {
			t.Errorf("%s: got %q %q", typ, got, rule)
		}
	}
}
