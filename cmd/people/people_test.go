package people

import (
	"os"
	"strings"
	"testing"
)

// The matrix in the manual is the one that is built in.
func TestMatrixInManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), Matrix()) {
		t.Error("docs/security.md: run yanzhen access matrix --markdown and put it between the marks")
	}
}
