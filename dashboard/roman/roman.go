// Package roman writes the names of firms, schools and offices in Latin letters where nobody declared an English name: words
// that names are made of in English, the rest in pinyin without tones. A name that is declared whole (configs/codes/names.csv)
// is written as it is declared there, and parks by their own list. It is pure.
package roman

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"yanzhen/pipeline/codes"
)

// Writer writes names.
type Writer struct {
	words   map[string]string // a name or a word of names -> its English
	longest int               // of words, in characters

	mu   sync.Mutex
	kept map[string]string
}

// mostKept are the names that are remembered; then it is begun anew.
const mostKept = 20_000

// New is a writer with the names and words of the list names; without lists none are declared.
func New(lists *codes.Lists) *Writer {
	w := &Writer{words: map[string]string{}, kept: map[string]string{}}
	if lists == nil {
		return w
	}
	learn := func(word, en string) {
		w.words[word] = en
		w.longest = max(w.longest, utf8.RuneCountInString(word))
	}
	if list := lists.Get("parks"); list != nil {
		for _, v := range list.Values {
			if v.En != "" {
				learn(v.Zh, v.En) // as in 磁材小镇管理办公室; not by their aliases, which firms' names begin with
			}
		}
	}
	if list := lists.Get("names"); list != nil {
		for _, v := range list.Values {
			for _, word := range append([]string{v.Code}, v.Aliases...) {
				learn(word, v.En)
			}
		}
	}
	return w
}

// Name is a name in Latin letters; one without Chinese characters, or without a writer, is itself.
func (w *Writer) Name(name string) string {
	if w == nil || !strings.ContainsFunc(name, han) {
		return name
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if text, ok := w.kept[name]; ok {
		return text
	}
	if len(w.kept) >= mostKept {
		clear(w.kept)
	}
	text := w.write([]rune(name))
	w.kept[name] = text
	return text
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// write writes word by word, the longest that is known first; between them Chinese characters in pinyin and all else as it is.
func (w *Writer) write(name []rune) string {
	var out []string
	var plain []rune
	end := func() {
		if len(plain) > 0 {
			out = append(out, spell(plain)...)
		}
		plain = nil
	}
	for i := 0; i < len(name); {
		n := w.word(name[i:])
		if n == 0 {
			plain = append(plain, name[i])
			i++
			continue
		}
		end()
		out = append(out, w.words[string(name[i:i+n])])
		i += n
	}
	end()
	return strings.Join(out, " ")
}

// word is how many characters of a name its first word has; 0: it is none that is known.
func (w *Writer) word(name []rune) int {
	for n := min(w.longest, len(name)); n > 0; n-- {
		if w.words[string(name[:n])] != "" {
			return n
		}
	}
	return 0
}

var (
	marks = strings.NewReplacer("（", " (", "）", ") ", "，", ", ", "、", ", ", "：", ": ", "；", "; ", "。", ". ", "“", "\"", "”", "\"", "《", "", "》", "", "—", "-", "　", " ")
	tones = pinyin.NewArgs()
)

// spell writes a stretch that has no known word: a name of four characters or more begins with a place of two, as those of firms do.
func spell(text []rune) []string {
	var out []string
	for len(text) > 0 {
		n := slices.IndexFunc(text, func(r rune) bool { return han(r) != han(text[0]) })
		if n < 0 {
			n = len(text)
		}
		run := text[:n]
		text = text[n:]
		if !han(run[0]) {
			out = append(out, strings.Fields(marks.Replace(string(run)))...)
			continue
		}
		if len(run) >= 4 {
			out = append(out, syllables(run[:2]))
			run = run[2:]
		}
		out = append(out, syllables(run))
	}
	return out
}

// syllables is a word in pinyin; a character that has none stays.
func syllables(text []rune) string {
	var out strings.Builder
	for _, r := range text {
		if s := pinyin.SinglePinyin(r, tones); len(s) > 0 {
			out.WriteString(s[0])
		} else {
			out.WriteRune(r)
		}
	}
	word := out.String()
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}
