package dataset

import (
	"testing"

	"yanzhen/configs"
)

// The declarations this program ships with must load.
func TestShippedDeclarations(t *testing.T) {
	c, err := Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range c.Names() {
		d := c.Datasets[name]
		if got, want := len(d.ArrowSchema().Fields()), len(d.TableColumns()); got != want {
			t.Errorf("%s: %d Arrow fields, %d table columns", name, got, want)
		}
	}
}
