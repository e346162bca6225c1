package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
)

// overlapTest looks at every drawing whose names stand close to each other, at a desk, on a phone and on a wall screen, and at
// every drawing in a document and on paper: in both languages, no two of its texts lie over each other, and none reaches over
// the edge. On paper no letter is smaller than eight points and no name is cut.
func (s *site) overlapTest(t *testing.T) {
	letters, err := fonts.Free()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[board.Kind]int{}
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			if p.Kind == board.Table || p.Kind == board.KPI {
				continue
			}
			places := []string{"sheet", "paper"}
			if slices.Contains([]board.Kind{board.Heatmap, board.Graph, board.OnMap, board.Sankey}, p.Kind) {
				places = append(places, "desk", "phone&compact=1", "wall&box=912x400")
			}
			if p.Kind == board.Graph {
				places = append(places, "wall&box=892x344") // what a title on one line and notes on two leave of a screen
			}
			for _, place := range places {
				for _, lang := range []string{"zh", "en"} {
					path := "/api/v1/panels/" + b.Name + "/" + p.Name + "?format=svg&theme=light&lang=" + lang + "&place=" + place
					r := s.get(t, path)
					faults, err := touching([]byte(r.body), letters, p.Kind)
					if place == "sheet" || place == "paper" {
						faults = append(faults, tooSmall([]byte(r.body), letters)...)
					}
					if err != nil || len(faults) > 0 {
						t.Errorf("%s: %d, %v: %s", path, r.status, err, strings.Join(faults, "; "))
					}
					seen[p.Kind]++
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("looked at %v", seen)
	}
}

// inkOf is an ink that keeps where the letters of each text are.
type inkOf struct {
	texts []string
	boxes [][4]float64 // left, top, right, bottom
	sizes []float64    // of their letters
	marks [][4]float64
	err   error
}

// Fill keeps the marks of nodes: what is about as wide as high, and larger than the head of an arrow.
func (k *inkOf) Fill(p vector.Path, _ vector.Colour) {
	box := boxOf(p)
	if w, h := box[2]-box[0], box[3]-box[1]; w > 9 && w < 60 && w-h < 2 && h-w < 2 {
		k.marks = append(k.marks, box)
	}
}

func (*inkOf) Stroke(vector.Path, vector.Pen, vector.Colour) {}
func (*inkOf) Clip(vector.Path)                              {}
func (*inkOf) Unclip()                                       {}

// boxOf is what a path lies in.
func boxOf(p vector.Path) [4]float64 {
	box := [4]float64{1e9, 1e9, -1e9, -1e9}
	for _, step := range p.Steps {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[step.Op]
		for _, at := range step.At[:n] {
			box = [4]float64{min(box[0], at.X), min(box[1], at.Y), max(box[2], at.X), max(box[3], at.Y)}
		}
	}
	return box
}

func (k *inkOf) Text(x vector.Text) {
	outline, err := x.Outline()
	if err != nil {
		k.err = err
	}
	box := boxOf(outline)
	if box[0] > box[2] {
		return // blanks
	}
	k.texts, k.boxes, k.sizes = append(k.texts, x.Text), append(k.boxes, box), append(k.sizes, x.At.Scale())
}

// tooSmall tells which texts of a picture for paper or a document are below eight points or cut: the widest is printed at eight
// ninths of its size, a pixel being three quarters of a point.
func tooSmall(svg []byte, letters *fonts.Set) (faults []string) {
	d, err := vector.Read(svg, letters)
	if err != nil {
		return []string{err.Error()}
	}
	var k inkOf
	d.Draw(&k, vector.Same)
	for i, text := range k.texts {
		if k.sizes[i] < 12 || strings.HasSuffix(text, "…") {
			faults = append(faults, fmt.Sprintf("%q is %.1f pixels high, or cut", text, k.sizes[i]))
		}
	}
	return faults
}

// touching tells which texts of a picture lie over each other or over its edge; of a graph also which lie over a node.
func touching(svg []byte, letters *fonts.Set, kind board.Kind) (faults []string, err error) {
	d, err := vector.Read(svg, letters)
	if err != nil {
		return nil, err
	}
	var k inkOf
	d.Draw(&k, vector.Same)
	for i, a := range k.boxes {
		if a[0] < -1 || a[1] < -1 || a[2] > d.Width+1 || a[3] > d.Height+1 {
			faults = append(faults, fmt.Sprintf("%q reaches over the edge: %.0f of %.0fx%.0f", k.texts[i], a, d.Width, d.Height))
		}
		for j, b := range k.boxes[:i] {
			if across, down := min(a[2], b[2])-max(a[0], b[0]), min(a[3], b[3])-max(a[1], b[1]); across > 0.5 && down > 0.5 {
				faults = append(faults, fmt.Sprintf("%q lies over %q by %.0fx%.0f", k.texts[i], k.texts[j], across, down))
			}
		}
	}
	for _, m := range k.marks {
		for i, a := range k.boxes {
			if across, down := min(a[2], m[2])-max(a[0], m[0]), min(a[3], m[3])-max(a[1], m[1]); kind == board.Graph && across > 1 && down > 1 {
				faults = append(faults, fmt.Sprintf("%q lies over a node by %.0fx%.0f", k.texts[i], across, down))
			}
		}
	}
	return faults, k.err
}
