package ods

import (
	"strings"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/xmlscan"
)

// validation reads to the end of what is said to whoever fills in cells, and keeps it where it gives a unit.
func (b *Book) validation(x *xmlscan.Reader) error {
	name, text, inHelp := x.AttrString("name"), []byte(nil), false
	for depth := 1; depth > 0; {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == xmlscan.EOF:
			return xmlscan.ErrBroken
		case token == xmlscan.Start:
			if depth++; string(x.Name) == "help-message" && x.AttrString("display") != "false" {
				inHelp, text = true, little(text, []byte(x.AttrString("title")+"\n"))
			}
		case token == xmlscan.End:
			depth--
			if inHelp = inHelp && string(x.Name) != "help-message"; string(x.Name) == "p" {
				text = little(text, lineEnd)
			}
		case inHelp:
			text = little(text, x.Text)
		}
	}
	if says := strings.TrimSpace(strings.ToValidUTF8(string(text), "")); drawn.Measures(says) && len(b.prompts) < drawn.Most {
		b.prompts[name] = says
	}
	return nil
}

// prompted takes in what is said of a cell, in a row and in those down to the last that repeat it.
func (s *Sheet) prompted(c *found, row, last, column int) {
	list := s.Drawing.Prompts
	for i := len(list) - 1; i >= 0; i-- {
		if p := &list[i]; p.Says == c.prompt && p.Left <= column && column+c.repeated-1 <= p.Right {
			p.Bottom = max(p.Bottom, last)
			return
		}
	}
	if len(list) < drawn.Most {
		s.Drawing.Prompts = append(list, drawn.Prompt{Left: column, Right: column + c.repeated - 1, Top: row, Bottom: last, Says: c.prompt})
	}
}
