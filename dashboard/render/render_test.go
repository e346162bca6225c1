package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/render"
	"yanzhen/dashboard/static"
)

func drawer(t testing.TB, workers int) *render.Drawer {
	t.Helper()
	files, err := static.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := render.Scripts{Library: files.Text("vendor/echarts.min.js"), Drawing: files.Text("vendor/drawing.js"), Digits: []byte(`{"count":{"least":0,"most":2,"sign":""}}`)}
	if s.Library == nil || s.Drawing == nil {
		t.Fatal("the chart library is not there: run make setup")
	}
	return render.New(s, workers)
}

func bars(names ...string) render.Chart {
	values := make([]float64, len(names))
	for i := range values {
		values[i] = 1234.5 * float64(i)
	}
	option, err := json.Marshal(map[string]any{
		"xAxis": map[string]any{"type": "category", "data": names}, "yAxis": map[string]any{"type": "value"},
		"series": []any{map[string]any{"type": "bar", "data": values, "itemStyle": map[string]any{"color": "__c:s1"}, "label": map[string]any{"show": true, "formatter": "__fmt:count"}}},
	})
	if err != nil {
		panic(err)
	}
	return render.Chart{Option: option, Width: 536, Height: 300, Lang: "zh", Theme: "light", Variables: palette.Variables("light")}
}

// wellFormed reads a picture to its end and returns its texts.
func wellFormed(t testing.TB, svg []byte) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatalf("%v in %.400s", err, svg)
		}
		if text, ok := token.(xml.CharData); ok {
			out.WriteString(string(text) + "\n")
		}
	}
}

func TestSVG(t *testing.T) {
	d := drawer(t, 1)
	svg, err := d.SVG(t.Context(), bars("磁性材料", `<b a="1">&amp;`, "钼"))
	if err != nil {
		t.Fatal(err)
	}
	text := wellFormed(t, svg)
	for _, want := range []string{"磁性材料", `<b a="1">&amp;`, "2,469", "1,234.5"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the picture: %q", want, text)
		}
	}
	if light := palette.Variables("light")["s1"]; !bytes.Contains(svg, []byte(light)) {
		t.Errorf("no bar has the colour %s", light)
	}
	again, err := d.SVG(t.Context(), bars("磁性材料", `<b a="1">&amp;`, "钼"))
	if err != nil || &again[0] != &svg[0] {
		t.Error("a picture is not kept:", err)
	}
	dark := bars("磁性材料")
	dark.Theme, dark.Variables = "dark", palette.Variables("dark")
	if svg, err = d.SVG(t.Context(), dark); err != nil || !bytes.Contains(svg, []byte(dark.Variables["s1"])) {
		t.Error("the dark theme is not drawn:", err)
	}
}

// What cannot be drawn is an error, and the drawer draws the next one.
// One axis has one unit, that of the greatest value that stands on it, also where values are stacked or lie along it.
func TestAxes(t *testing.T) {
	d := drawer(t, 1)
	for _, x := range []struct {
		format, lang string
		along        bool // the values lie along the x axis
		series       [][]float64
		want         string
	}{
		{"money", "zh", false, [][]float64{{6000, 18000}}, "0 0.3 亿元 0.6 亿元 0.9 亿元 1.2 亿元 1.5 亿元 1.8 亿元"},
		{"money", "en", false, [][]float64{{6000, 18000}}, "0 30m 60m 90m 120m 150m 180m"},
		{"money", "zh", false, [][]float64{{600, 900}}, "0 200 400 600 800 1,000"},
		{"money", "zh", false, [][]float64{{6000}, {7000}}, "0 0.3 亿元 0.6 亿元 0.9 亿元 1.2 亿元 1.5 亿元"},
		{"short", "zh", true, [][]float64{{3000, 14000}}, "0 0.3 万 0.6 万 0.9 万 1.2 万 1.5 万"},
		{"short", "en", true, [][]float64{{3000, 14000}}, "0 3k 6k 9k 12k 15k"},
	} {
		values := map[string]any{"type": "value", "axisLabel": map[string]any{"formatter": "__fmt:" + x.format}}
		names := map[string]any{"type": "category", "axisLabel": map[string]any{"show": false}}
		option := map[string]any{"xAxis": names, "yAxis": values}
		if x.along {
			option = map[string]any{"xAxis": values, "yAxis": names}
		}
		var series []any
		for _, s := range x.series {
			series = append(series, map[string]any{"type": "bar", "stack": "all", "data": s})
		}
		option["series"] = series
		b, err := json.Marshal(option)
		if err != nil {
			t.Fatal(err)
		}
		c := bars("a")
		c.Option, c.Lang = b, x.lang
		svg, err := d.SVG(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range regexp.MustCompile(`>([^<>]+)</text>`).FindAllSubmatch(svg, -1) {
			got = append(got, string(m[1]))
		}
		if said := strings.Join(got, " "); said != x.want {
			t.Errorf("%s %s of %v: %s, want %s", x.format, x.lang, x.series, said, x.want)
		}
	}
}

func TestFaults(t *testing.T) {
	d := drawer(t, 1)
	deep := bars("甲")
	deep.Option = json.RawMessage(strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000))
	large := bars("甲")
	large.Width = render.MostSize + 1
	long := bars("甲")
	long.Option = json.RawMessage(`"` + strings.Repeat("x", render.MostOption) + `"`)
	broken := bars("甲")
	broken.Option = json.RawMessage(`{"series":[{"type":"bar"`)
	unknown := bars("甲")
	unknown.Option = json.RawMessage(`{"series":[{"type":"nothing of ours","data":[1]}]}`)
	mapless := bars("甲")
	mapless.Option = json.RawMessage(`{"series":[{"type":"map","map":"not there","data":[]}]}`)
	for name, c := range map[string]render.Chart{"deep": deep, "large": large, "long": long, "broken": broken, "unknown": unknown, "mapless": mapless} {
		if svg, err := d.SVG(t.Context(), c); err == nil {
			wellFormed(t, svg)
		} else if (name == "large" || name == "long") != errors.Is(err, render.ErrLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := d.SVG(t.Context(), bars(name)); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// A drawing ends when nobody waits for it, and readers who wait for a place go when their time is over.
func TestCancelled(t *testing.T) {
	d := drawer(t, 1)
	if err := d.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 40000)
	for i := range names {
		names[i] = fmt.Sprint("名", i)
	}
	// a drawing that is given up goes on to its end, if that is near, and its runtime draws the next one
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Millisecond)
	defer stop()
	if _, err := d.SVG(ctx, bars(names[:20]...)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a drawing that was given up: %v", err)
	}
	if _, err := d.SVG(t.Context(), bars("乙")); err != nil || d.Room() != 0 {
		t.Errorf("after one was given up: %v, room for %d runtimes more", err, d.Room())
	}
	ctx, stop = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := d.SVG(ctx, bars(names...)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a drawing nobody waits for: %v", err)
	}
	if _, err := d.SVG(t.Context(), bars("甲")); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	d := drawer(t, 2)
	if err := d.Warm(t.Context()); err != nil { // the time of a drawing is bounded: it is not to read the library in it
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			name := fmt.Sprint("第", i%6)
			svg, err := d.SVG(t.Context(), bars(name))
			if err != nil {
				t.Error(err)
				return
			}
			if !bytes.Contains(svg, []byte(name)) {
				t.Errorf("%s got the picture of another", name)
			}
		})
	}
	wg.Wait()
}

func BenchmarkSVG(b *testing.B) {
	d := drawer(b, 1)
	if err := d.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		if _, err := d.SVG(b.Context(), bars("磁性材料", fmt.Sprint(i), "钼")); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
