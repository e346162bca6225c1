package address

import (
	"net/http"

	"yanzhen/pipeline/codes"
)

// Refusal is an address that cannot be answered, with what is valid instead.
type Refusal struct {
	Status int
	Code   string // for programs; empty: that of the status
	Text   codes.Text
	Valid  []string
	At     *Place // of what is wrong in a text that was sent; nil: nowhere in particular
}

// Place is a stretch of a text: its line and column, counted from 1, and its characters from one on up to, and without,
// another, counted from 0.
type Place struct {
	Line   int `json:"line" doc:"Counted from 1."`
	Column int `json:"column" doc:"Characters of the line, counted from 1."`
	From   int `json:"from" doc:"Characters of the whole text, counted from 0."`
	To     int `json:"to" doc:"The character after the last."`
}

// Error is the Chinese text.
func (e *Refusal) Error() string { return e.Text.Zh }

// Refuse makes a refusal with a status of its own.
func Refuse(status int, text codes.Text, valid ...string) error {
	return &Refusal{Status: status, Text: text, Valid: valid}
}

// Bad refuses what cannot be asked.
func Bad(text codes.Text, valid ...string) error {
	return Refuse(http.StatusBadRequest, text, valid...)
}

// Missing refuses what is not there.
func Missing(text codes.Text, valid ...string) error {
	return Refuse(http.StatusNotFound, text, valid...)
}

// Coded makes a refusal that programs know by a code of its own.
func Coded(status int, code string, text codes.Text, valid ...string) error {
	return &Refusal{Status: status, Code: code, Text: text, Valid: valid}
}
