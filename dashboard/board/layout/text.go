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

// words are the parts of a text between which a line may end: at blanks, behind hyphens and slashes, between Chinese characters.
func words(text string) (out []string) {
	word := ""
	for _, c := range text {
		if word += string(c); c >= 0x2e80 || strings.ContainsRune(" -/", c) {
			out, word = append(out, word), ""
		}
	}
	return append(out, word)
}

// Longest is how wide the longest word of some texts is.
func Longest(texts []string, font float64) (width float64) {
	for _, t := range texts {
		for _, word := range words(t) {
			width = math.Max(width, Widest([]string{strings.TrimSpace(word)}, font))
		}
	}
	return width
}

// Lines is on how many lines of a room in pixels the longest of some texts stands.
func Lines(texts []string, font, room float64) (most int) {
	for _, t := range texts {
		lines, at := 1, 0.0
		for _, word := range words(t) {
			w := Widest([]string{word}, font)
			if at > 0 && at+w > room {
				lines, at = lines+1, 0
			}
			at += w
		}
		most = max(most, lines)
	}
	return most
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
