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
