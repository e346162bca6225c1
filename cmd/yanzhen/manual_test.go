package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What the operator's manual shows of yanzhen.yaml is read without a fault.
func TestManualYAML(t *testing.T) {
	text, err := os.ReadFile("../../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Fatal("the manual shows no configuration")
	}
	for _, b := range blocks {
		name := filepath.Join(t.TempDir(), "yanzhen.yaml")
		if err := os.WriteFile(name, b[1], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(name); err != nil {
			t.Errorf("%s\n%v", b[1], err)
		}
	}
}
