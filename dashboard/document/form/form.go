// Package form writes a document as a file of one of the forms that offices use. It knows no form itself.
package form

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/document/docx"
	"yanzhen/dashboard/document/pdf"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
)

// Form is a kind of file.
type Form struct {
	Name  string // and the ending of its files
	Title string
	Type  string // of its content, for a browser
}

// Forms are those there are.
var Forms = []Form{
	{"docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"pdf", "PDF", "application/pdf"},
}

// Style is how documents look. It is safe for concurrent use once its fields are set.
type Style struct {
	Faces docx.Fonts            // names of type faces, of Word files
	Files map[fonts.Role]string // font files, of PDF

	once sync.Once
	set  *fonts.Set
	err  error
}

// fonts are the font files, read once.
func (s *Style) fonts() (*fonts.Set, error) {
	s.once.Do(func() { s.set, s.err = fonts.Open(s.Files) })
	return s.set, s.err
}

// Named finds a form by its name.
func Named(name string) (Form, bool) {
	i := slices.IndexFunc(Forms, func(f Form) bool { return f.Name == name })
	if i < 0 {
		return Form{}, false
	}
	return Forms[i], true
}

// Names are the names of the forms.
func Names() []string {
	var out []string
	for _, f := range Forms {
		out = append(out, f.Name)
	}
	return out
}

// sharpness is how many pixels a picture for readers without vectors has for each of the chart's.
const sharpness = 2

// plain is the style where none is given.
var plain = &Style{}

// Write writes a document; a nil style is the usual one.
func (f Form) Write(d *document.Document, style *Style) ([]byte, error) {
	if style == nil {
		style = plain
	}
	switch f.Name {
	case "pdf":
		set, err := style.fonts()
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		err = pdf.Write(&out, d, set)
		return out.Bytes(), err
	case "docx":
		whole := *d
		whole.Blocks = slices.Clone(d.Blocks)
		for i, b := range whole.Blocks {
			c, ok := b.(document.Chart)
			if !ok || len(c.SVG) == 0 || len(c.PNG) > 0 {
				continue
			}
			var err error
			if c.PNG, err = vector.PNG(c.SVG, sharpness); err != nil {
				return nil, fmt.Errorf("chart %q: %w", c.Caption, err)
			}
			whole.Blocks[i] = c
		}
		return docx.Write(&whole, style.Faces)
	}
	return nil, fmt.Errorf("no form %q", f.Name)
}
