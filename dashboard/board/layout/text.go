package layout

import (
	"math"
	"strings"
)

// Measure is about how wide and high a text of several lines is in letters of a size.
func Measure(text string, font float64) (width, height float64) {
	for _, line := range strings.Split(text, "\n") {
		n := 0.0
		for _, c := range line {
			if c < 0x2e80 {
				n += 0.56
			} else {
				n++
			}
		}
		width, height = math.Max(width, n*font), height+font+4
	}
	return width, height
}

// Widest is how wide the widest of some texts is.
func Widest(texts []string, font float64) (width float64) {
	for _, t := range texts {
		w, _ := Measure(t, font)
		width = math.Max(width, w)
	}
	return width
}

// LegendLines is on how many lines of a width in pixels the entries of a legend stand.
func LegendLines(width int, names []string) int {
	lines, at := 1, 0
	for _, name := range names {
		w, _ := Measure(name, 12.5)
		if at > 0 && at+40+int(w) > width {
			lines, at = lines+1, 0
		}
		at += 40 + int(w)
	}
	return lines
}
