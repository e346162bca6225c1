// Package vectortest draws a chart of every kind that boards have, for tests of what reads such drawings. No part of the
// product imports it.
package vectortest

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/render"
	"yanzhen/dashboard/static"
)

// Charts are the drawings by the name of their kind, made from the options that package draw keeps as golden files.
func Charts(t testing.TB, theme string) map[string][]byte {
	t.Helper()
	files, err := static.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := render.New(render.Scripts{Library: files.Text("vendor/echarts.min.js"), Drawing: files.Text("vendor/drawing.js"), Digits: []byte(digits)}, 1)
	dir, err := os.Getwd() // of the package that is tested
	if err != nil {
		t.Fatal(err)
	}
	for filepath.Base(dir) != "dashboard" && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	golden, err := filepath.Glob(filepath.Join(dir, "board/draw/testdata/option/*.txt"))
	if err != nil || len(golden) < 16 {
		t.Fatalf("%d options: %v", len(golden), err)
	}
	world, err := fs.ReadFile(configs.FS, "maps/world.json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, file := range golden {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		option, outline := whole(t, string(text))
		variables := palette.Variables(theme)
		variables["sans"] = `'Noto Sans SC', sans-serif`
		c := render.Chart{Option: option, Width: 536, Height: 320, Lang: "zh", Theme: theme, Variables: variables}
		if outline != "" {
			c.Outline = &render.Outline{Name: outline, Shape: world}
		}
		svg, err := d.SVG(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = svg
	}
	return out
}

// digits is how numbers are printed, enough for the golden options.
const digits = `{"count":{"least":0,"most":2,"sign":""},"share":{"least":1,"most":1,"sign":"%"}}`

// whole puts the lines of a golden file together again, and tells the map that it draws on.
func whole(t testing.TB, text string) (json.RawMessage, string) {
	parts := map[string][]json.RawMessage{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		parts[name] = append(parts[name], json.RawMessage(value))
	}
	outline := ""
	for _, s := range append(parts["series"], parts["geo"]...) {
		var of struct{ Map string }
		if json.Unmarshal(s, &of) == nil && of.Map != "" {
			outline = of.Map
		}
	}
	option, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	return option, outline
}
