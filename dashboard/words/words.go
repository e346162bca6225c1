// Package words holds every text of the pages in both languages: one catalogue, words.yaml.
package words

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

//go:embed words.yaml
var file []byte

var catalogue = sync.OnceValues(func() (map[string]codes.Text, error) { return read(file) })

// read reads a catalogue strictly: an entry that is there twice or that lacks a language is a fault.
func read(text []byte) (map[string]codes.Text, error) {
	out := map[string]codes.Text{}
	f := declare.Parse("words.yaml", text, &out)
	for key, t := range out {
		if !IsSeparator(key) {
			f.Both(key, t)
		}
	}
	return out, f.Err()
}

// Check reports the faults of the catalogue that is built in. Get and In know no key where there are any.
func Check() error {
	_, err := catalogue()
	return err
}

// All is every text by its key. The caller must not change it.
func All() map[string]codes.Text {
	all, _ := catalogue()
	return all
}

// Has says whether there is a text.
func Has(key string) bool { _, ok := All()[key]; return ok }

// Get fills a text in both languages. An argument that is a codes.Text enters each language with its own. One that is a
// string may have come from outside: it is cut at 200 characters; a Whole one is not. A key that is not in the catalogue
// stands for itself.
func Get(key string, args ...any) codes.Text {
	t, ok := All()[key]
	if !ok {
		return codes.Text{Zh: key, En: key}
	}
	return codes.Text{Zh: fill(t, codes.Zh, args), En: fill(t, codes.En, args)}
}

// In is Get in one language.
func In(lang codes.Lang, key string, args ...any) string {
	t, ok := All()[key]
	if !ok {
		return key
	}
	return fill(t, lang, args)
}

// Join puts a separator of the catalogue between items: its key begins with sep_.
func Join(lang codes.Lang, separator string, items []string) string {
	return strings.Join(items, In(lang, separator))
}

// Upper is a text that begins a sentence: with a capital, where its letters have them.
func Upper(text string) string {
	c, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return text
	}
	return string(unicode.ToUpper(c)) + text[n:]
}

// IsSeparator says whether a key names what stands between texts. Only such an entry may be blank or end with a blank.
func IsSeparator(key string) bool { return strings.HasPrefix(key, "sep_") }

// longest is how many characters of an argument a text repeats.
const longest = 200

// Whole is an argument that a text repeats whole: it is made of our own texts.
type Whole string

func fill(t codes.Text, lang codes.Lang, args []any) string {
	text := t.Zh
	if lang == codes.En {
		text = t.En
	}
	if len(args) == 0 {
		return text
	}
	in := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case codes.Text:
			in[i] = a.In(lang)
		case Whole:
			in[i] = string(a)
		case string:
			in[i] = Clip(a, longest)
		default:
			in[i] = a
		}
	}
	return fmt.Sprintf(text, in...)
}

// Clip cuts a text after n characters and marks the cut.
func Clip(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
