// Package sqltext lays statements out: four spaces, one clause a line, one column a line.
package sqltext

import (
	"strings"

	"yanzhen/dashboard/metric/expression"
)

// Bracket puts a condition in brackets where it could fall apart among others.
func Bracket(s string) string {
	if strings.Contains(strings.ToLower(s), " or ") || strings.Contains(s, "\n") {
		return "(" + s + ")"
	}
	return s
}

// Text lays a statement out: four spaces, one clause a line, one column a line.
type Text struct{ strings.Builder }

func (s *Text) Line(text string) {
	if text == "" {
		return
	}
	if s.Len() > 0 {
		s.WriteByte('\n')
	}
	s.WriteString(text)
}

func (s *Text) Clause(word string, items []string, sep string) {
	if len(items) == 0 {
		return
	}
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	if len(items) == 1 {
		s.Line(word + " " + items[0])
		return
	}
	s.Line(word)
	if sep == "," {
		s.Line(Indent(strings.Join(items, ",\n")))
		return
	}
	s.Line(Indent(items[0] + "\n" + strings.TrimSpace(sep) + " " + strings.Join(items[1:], "\n"+strings.TrimSpace(sep)+" ")))
}

func (s *Text) From(sub string) {
	s.Line("from (\n" + Indent(sub) + "\n)")
}

func Indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// IsText says that an expression is one text in quotes.
func IsText(text string) bool {
	if text == "" {
		return false
	}
	t, err := expression.Next(text)
	return err == nil && t.Kind == expression.Quoted && len(t.Text) == len(text)
}

// NeverNull says that an expression is a text that is there in every row: one in quotes, or a part of one.
func NeverNull(text string) bool { return IsText(text) || strings.HasPrefix(text, "splitByChar(") }
