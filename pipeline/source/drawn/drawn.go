// Package drawn reads what a sheet of a workbook shows beside its cells: texts in boxes and shapes that lie on it, the lines
// at the head and foot of its printed pages, and conditions under which its cells are struck through, hidden or coloured.
package drawn

import (
	"regexp"
	"strings"

	"yanzhen/pipeline/source/xmlscan"
)

// Most is how many texts, or conditions, of a sheet are read, and longest how many bytes of each.
const (
	Most    = 200
	longest = 2000
)

// Text is one of a sheet that stands in no cell.
type Text struct {
	Row  int // below which it lies, from 1; 0: it stands on the printed page
	Says string
}

// Drawing is what lies on a sheet.
type Drawing struct {
	Texts            []Text
	Prompts          []Prompt // those that give a unit
	Pictures, Charts int
}

// Read reads the part of a drawing.
func Read(x *xmlscan.Reader) (d Drawing, err error) {
	row, inRow, inText, inFrom := 0, false, false, false
	var said strings.Builder
	for {
		token, err := x.Next()
		if err != nil || token == xmlscan.EOF {
			return d, err
		}
		name := string(x.Name)
		switch {
		case token == xmlscan.Start && (name == "twoCellAnchor" || name == "oneCellAnchor" || name == "absoluteAnchor"):
			row = 0
		case name == "from" && token != xmlscan.Text:
			inFrom = token == xmlscan.Start
		case name == "row" && token != xmlscan.Text:
			if inRow = token == xmlscan.Start && inFrom; inRow {
				row = 0
			}
		case token == xmlscan.Text && inRow:
			for _, c := range x.Text {
				if c >= '0' && c <= '9' && row < 1<<20 {
					row = row*10 + int(c-'0')
				}
			}
		case token == xmlscan.Start && name == "sp":
			said.Reset()
		case token == xmlscan.Start && name == "pic":
			d.Pictures++
		case token == xmlscan.Start && name == "graphicFrame":
			d.Charts++
		case name == "t" && token != xmlscan.Text:
			inText = token == xmlscan.Start
		case token == xmlscan.Text && inText && said.Len() < longest:
			said.Write(x.Text)
		case token == xmlscan.End && name == "p":
			said.WriteByte('\n')
		case token == xmlscan.End && name == "sp":
			if text := strings.TrimSpace(said.String()); text != "" && len(d.Texts) < Most {
				d.Texts = append(d.Texts, Text{row + 1, strings.ToValidUTF8(text, "")})
			}
			said.Reset()
		}
	}
}

// rePage are the codes in the head or foot of a page: its number, the day, a font, a size, a colour; &C begins its middle.
var rePage = regexp.MustCompile(`&"[^"]*"|&K[0-9A-Fa-f]{6}|&K[0-9]{2}[+-][0-9]{3}|&[0-9]+|&[LCRPNDTFAGZBIUESXYO&]`)

// Page is what the head or foot of a printed page says besides numbers of pages; empty: nothing.
func Page(text string) string {
	said := strings.TrimSpace(strings.Join(strings.Fields(rePage.ReplaceAllString(text, " ")), " "))
	if strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune("第共页,，/ 0123456789-—－of页码：:Page", r) {
			return -1
		}
		return r
	}, said), " ") == "" {
		return ""
	}
	return said
}
