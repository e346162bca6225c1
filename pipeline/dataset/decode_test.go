package dataset

import (
	"strings"
	"testing"
)

// What stands after --- would silently not be read.
func TestSecondDocument(t *testing.T) {
	_, err := Parse("datasets/a.yaml", []byte("name: a\n---\nname: b\n"), lists(t))
	if err == nil || !strings.Contains(err.Error(), "datasets/a.yaml:2: ") || !strings.Contains(err.Error(), "a second document, after ---") {
		t.Errorf("got %v", err)
	}
}
