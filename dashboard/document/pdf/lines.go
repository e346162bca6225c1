package pdf

import (
	"strings"
	"unicode"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/fonts"
)

// letter is one character with the font that has it, and the address it leads to.
type letter struct {
	r     rune
	face  *fonts.Face
	wide  float64
	url   string
	cut   bool // a line may end before it
	loose bool // what is left of a line may go before it
}

// style is how a stretch of text is set.
type style struct {
	role     fonts.Role
	size     float64
	tracking float64
}

// set makes letters of runs and finds where lines may end, by the rules of Chinese and of words.
func (f *flow) set(runs []document.Run, s style) []letter {
	var out []letter
	for _, run := range runs {
		spans, missing := f.fonts.Split(s.role, run.Text)
		f.paper.Missing = append(f.paper.Missing, missing...)
		url := f.doc.Link(run.URL)
		for _, p := range spans {
			for _, r := range p.Text {
				out = append(out, letter{r: r, face: p.Face, wide: p.Face.Advance(r)*s.size + s.tracking, url: url})
			}
		}
	}
	for i := 1; i < len(out); i++ {
		a, b := out[i-1].r, out[i].r
		out[i].cut = ends(a, b)
		out[i].loose = b == ' ' || square(a) && square(b) || square(a) != square(b) && a != ' '
	}
	for i := range out {
		together(out, i)
	}
	return out
}

const (
	notFirst = "。，、；：？！）》」』】〕”’…—·％%‰℃～〉,.;:?!)]}"
	notLast  = "（《「『【〔“‘〈([{￥¥$＃#"
)

// square says whether a character is one of the Chinese, with its signs: a line may end between two of them.
func square(r rune) bool {
	return r >= 0x2e80 && r != 0xfeff || strings.ContainsRune("“”‘’—…·", r)
}

// ends says whether a line may end between two characters.
func ends(a, b rune) bool {
	switch {
	case b == ' ' || a == 0xa0 || b == 0xa0:
		return false
	case strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a):
		return false
	case a == ' ':
		return true
	case square(a) || square(b):
		return true
	}
	return a == '-' && unicode.IsLetter(b) || a == '/' && unicode.IsLetter(b)
}

// units are what a number is counted in: it stands on the same line. Longer ones stand before those that they begin with.
var units = []string{
	"个百分点", "百分点", "亿美元", "万美元", "美元", "亿元", "万元", "元", "万人次", "人次", "万人", "人", "万平方米", "平方公里", "平方米", "个月", "家", "项", "个", "名", "件", "岗", "所",
	"天", "年", "月", "日", "季度", "旬", "倍", "份", "成", "分", "户", "条", "期", "批", "场", "次", "位", "万", "亿", "%", "％",
	"percentage points", "people", "persons", "firms", "items", "days", "months", "million", "billion",
}

// together keeps a number with its unit, where a number ends at i.
func together(all []letter, i int) {
	if !unicode.IsDigit(all[i].r) {
		return
	}
	from := i + 1
	if from < len(all) && all[from].r == ' ' {
		from++
	}
	if from >= len(all) || unicode.IsDigit(all[from].r) {
		return
	}
	for _, u := range units {
		at := from
		for _, r := range u {
			if at >= len(all) || all[at].r != r {
				at = -1
				break
			}
			at++
		}
		if at < 0 {
			continue
		}
		for k := i + 1; k < at; k++ {
			all[k].cut = false
			all[k].loose = all[k].loose && (all[k].r == ' ' || k == from && from == i+1)
		}
		return
	}
}

// line is a stretch of letters that stands on one line, its blanks at the end taken off.
type line struct {
	letters []letter
	wide    float64
	last    bool // of its paragraph
	first   bool
}

// broken breaks letters into lines. A sign that may not begin a line is drawn up where the line can be that much closer.
func broken(all []letter, first, others float64) []line {
	var out []line
	for from := 0; from < len(all); {
		room := others
		if len(out) == 0 {
			room = first
		}
		to := fit(all, from, room)
		end := to
		for end > from && all[end-1].r == ' ' {
			end--
		}
		l := line{letters: all[from:end], first: len(out) == 0, last: to == len(all)}
		for _, c := range l.letters {
			l.wide += c.wide
		}
		out = append(out, l)
		for from = to; from < len(all) && all[from].r == ' '; from++ {
		}
	}
	return out
}

// squeeze is how much closer the letters of a line may stand, in parts of its width.
const squeeze = 0.035

// fit is where the line that begins at from ends.
func fit(all []letter, from int, room float64) int {
	sum, best := 0.0, 0
	for i := from; i < len(all); i++ {
		sum += all[i].wide
		if sum > room+0.01 && all[i].r != ' ' {
			if strings.ContainsRune(notFirst, all[i].r) && sum <= room*(1+squeeze) && (i+1 == len(all) || all[i+1].cut) {
				return i + 1
			}
			if best == 0 { // one word is wider than the line
				return max(i, from+1)
			}
			return best
		}
		if i+1 < len(all) && all[i+1].cut {
			best = i + 1
		}
	}
	return len(all)
}

// piece is what is drawn at once: letters of one font, a distance between them.
type piece struct {
	x        float64
	face     *fonts.Face
	text     string
	tracking float64
	url      string
	wide     float64
	letters  int
}

// laid puts the letters of a line at their places: what is missing to the room, or is too much, is shared out between them.
func (l line) laid(x, room, tracking float64) []piece {
	gaps := 0
	for i := 1; i < len(l.letters); i++ {
		if l.letters[i].loose {
			gaps++
		}
	}
	share := 0.0
	if gaps > 0 && (!l.last || l.wide > room) {
		// the tracking after the last letter is none
		if share = (room - l.wide + tracking) / float64(gaps); share > 8 {
			share = 0 // a ragged line reads better than one with holes
		}
	}
	var out []piece
	for i, c := range l.letters {
		extra := 0.0
		if i > 0 && c.loose {
			extra = share
		}
		x += extra
		p := &piece{}
		if n := len(out); n > 0 {
			p = &out[n-1]
		}
		if p.letters == 1 {
			p.tracking = tracking + extra
		}
		if p.letters == 0 || p.face != c.face || p.url != c.url || p.tracking != tracking+extra {
			out = append(out, piece{x: x, face: c.face, tracking: tracking, url: c.url})
			p = &out[len(out)-1]
		}
		p.text += string(c.r)
		p.letters++
		p.wide = x + c.wide - p.x
		x += c.wide
	}
	return out
}
