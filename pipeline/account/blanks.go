package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// Blanks counts the cells of a column that hold a word for "no value" (.., NA, 无) and were read as blank.
// The zero value has seen none.
type Blanks struct {
	words  []blank
	cells  int
	filled int    // blank cells that were read as the default of their column
	first  string // where the first of them stands
}

// Fill counts a blank cell that is read as the default of its column; at says where it stands, and is asked once.
func (b *Blanks) Fill(at func() string) {
	if b.filled++; b.filled == 1 {
		b.first = at()
	}
}

// Filled reports whether there was one.
func (b *Blanks) Filled() bool { return b.filled > 0 }

// Oppose asks about them where a line above the table says something else; nothing where it is empty.
func (b *Blanks) Oppose(title codes.Text, fallback, line string, ask func(codes.Text)) {
	if line == "" {
		return
	}
	line = Shown(line)
	ask(codes.Text{
		Zh: fmt.Sprintf("列“%s”有 %d 格空着（%s 起），按缺省的“%s”计，“%s”说的却是别的；请填上", title.Zh, b.filled, b.first, fallback, line),
		En: fmt.Sprintf("%d cells of the column %s are blank, from %s on, and count as %s by default, while %q says something else: fill them in", b.filled, title.En, b.first, fallback, line),
	})
}

type blank struct {
	text, at string
	cells    int
}

// maxWords is how many different words of a column are told; the cells of others are counted.
const maxWords = 5

// See counts a cell; at says where it stands, and is asked once a word.
func (b *Blanks) See(text string, at func() string) {
	b.cells++
	for i := range b.words {
		if b.words[i].text == text {
			b.words[i].cells++
			return
		}
	}
	if len(b.words) < maxWords {
		b.words = append(b.words, blank{strings.Clone(text), at(), 1})
	}
}

// Tell says which words were read as blank, how often, and where the first of each stands; fallback is what a blank
// cell of the column means, empty where that is no value.
func (b *Blanks) Tell(title codes.Text, fallback string, say func(codes.Text)) {
	if b.cells == 0 {
		return
	}
	var zh, en []string
	for _, w := range b.words {
		zh = append(zh, fmt.Sprintf("%s（%d 格，%s 起）", Shown(w.text), w.cells, w.at))
		en = append(en, fmt.Sprintf("%s (%d cells, from %s)", Shown(w.text), w.cells, w.at))
	}
	means := codes.Text{Zh: "没有值", En: "no value"}
	if fallback != "" {
		means = codes.Text{Zh: "空格子，即 " + fallback, En: "blank, which is " + fallback}
	}
	say(codes.Text{
		Zh: fmt.Sprintf("列“%s”有 %d 格写的是“没有值”的词，读作%s：%s", title.Zh, b.cells, means.Zh, strings.Join(zh, "、")),
		En: fmt.Sprintf("%d cells of the column %s hold a word for no value and were read as %s: %s", b.cells, title.En, means.En, strings.Join(en, ", ")),
	})
}
