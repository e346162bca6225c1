package codes

import "strings"

// Lang is a language that pages, messages and documents are written in.
type Lang string

// The languages. Chinese is the default.
const (
	Zh Lang = "zh"
	En Lang = "en"
)

// Text is one text in both languages.
type Text struct {
	Zh string `yaml:"zh" json:"zh"`
	En string `yaml:"en" json:"en"`
}

// In returns the text in a language; the Chinese one where the English is empty.
func (t Text) In(lang Lang) string {
	if lang == En && t.En != "" {
		return t.En
	}
	return t.Zh
}

// Complete says whether both languages are there.
func (t Text) Complete() bool { return strings.TrimSpace(t.Zh) != "" && strings.TrimSpace(t.En) != "" }
