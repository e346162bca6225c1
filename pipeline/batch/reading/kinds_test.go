package reading

import (
	"testing"

	"yanzhen/pipeline/dataset"
)

// Every type and every parser that a declaration may name is read.
func TestKindsAndParsers(t *testing.T) {
	for parse, types := range dataset.Parsers {
		if _, ok := parsers[parse]; !ok && parse != "decimal_comma" {
			t.Errorf("parser %s is declared and not read", parse)
		}
		for _, typ := range types {
			if _, ok := kinds[typ]; !ok {
				t.Errorf("type %s is declared and not read", typ)
			}
		}
	}
	for parse := range parsers {
		if _, ok := dataset.Parsers[parse]; !ok {
			t.Errorf("parser %s is read and not declared", parse)
		}
	}
}
