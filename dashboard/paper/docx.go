package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Word is what a reader of a DOCX file gets, with the XML of its parts.
type Word struct {
	Paragraphs []WordParagraph // those of tables too, in the order they are read
	Tables     [][][]string    // rows of cells
	Parts      map[string][]byte
	Pictures   []string // the targets of drawings: the raster, then the vector
}

// WordParagraph is one paragraph.
type WordParagraph struct {
	Style string
	Text  string
	Links []WordLink
}

// WordLink is a stretch of text that leads somewhere.
type WordLink struct{ Text, URL string }

// Text is the whole text, a line a paragraph.
func (w *Word) Text() string {
	var out strings.Builder
	for _, p := range w.Paragraphs {
		out.WriteString(p.Text + "\n")
	}
	return out.String()
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// ReadWord reads a DOCX file strictly: every part is well-formed XML or a picture, every relation that is used is there and
// leads to a part, and every part has a declared type.
func ReadWord(file []byte) (*Word, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	w := &Word{Parts: map[string][]byte{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		if _, twice := w.Parts[f.Name]; twice {
			return nil, fmt.Errorf("%s is there twice", f.Name)
		}
		w.Parts[f.Name] = text
	}
	if len(z.File) == 0 || z.File[0].Name != "[Content_Types].xml" {
		return nil, errors.New("the first part is not [Content_Types].xml")
	}
	if err := w.typed(); err != nil {
		return nil, err
	}
	rels, err := w.relations("word/_rels/document.xml.rels")
	if err != nil {
		return nil, err
	}
	if _, err := w.relations("_rels/.rels"); err != nil {
		return nil, err
	}
	return w, w.read(rels)
}

// typed holds the parts against the declared types, and every part of XML against the grammar of XML.
func (w *Word) typed() error {
	var types struct {
		Default []struct {
			Extension string `xml:"Extension,attr"`
		}
		Override []struct {
			PartName string `xml:"PartName,attr"`
		}
	}
	if err := xml.Unmarshal(w.Parts["[Content_Types].xml"], &types); err != nil {
		return err
	}
	for name, text := range w.Parts {
		ext := strings.TrimPrefix(path.Ext(name), ".")
		known := slices.ContainsFunc(types.Default, func(d struct {
			Extension string `xml:"Extension,attr"`
		},
		) bool {
			return d.Extension == ext
		})
		if !known {
			return fmt.Errorf("%s has no type", name)
		}
		if ext == "png" {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for _, o := range types.Override {
		if _, ok := w.Parts[strings.TrimPrefix(o.PartName, "/")]; !ok {
			return fmt.Errorf("%s has a type and is not there", o.PartName)
		}
	}
	return nil
}

func (w *Word) relations(name string) (map[string]relation, error) {
	var list struct{ Relationship []relation }
	if err := xml.Unmarshal(w.Parts[name], &list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := map[string]relation{}
	for _, r := range list.Relationship {
		if _, twice := out[r.ID]; twice {
			return nil, fmt.Errorf("%s: %s is there twice", name, r.ID)
		}
		out[r.ID] = r
		if _, ok := w.Parts[path.Join(path.Dir(path.Dir(name)), r.Target)]; !ok && r.Mode != "External" {
			return nil, fmt.Errorf("%s: %s leads to %s, which is not there", name, r.ID, r.Target)
		}
	}
	return out, nil
}

// read walks the body.
func (w *Word) read(rels map[string]relation) error {
	styles := string(w.Parts["word/styles.xml"])
	var p *WordParagraph
	var link *WordLink
	text, cell := false, false
	d := xml.NewDecoder(bytes.NewReader(w.Parts["word/document.xml"]))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			for _, a := range t.Attr {
				if strings.HasSuffix(a.Name.Space, "/relationships") {
					if _, ok := rels[a.Value]; !ok {
						return fmt.Errorf("%s of %s is no relation", a.Value, t.Name.Local)
					}
				}
			}
			switch t.Name.Local {
			case "p":
				p = &WordParagraph{}
			case "pStyle", "rStyle", "tblStyle":
				v := attr(t, "val")
				if !strings.Contains(styles, `w:styleId="`+v+`"`) {
					return fmt.Errorf("there is no style %s", v)
				}
				if t.Name.Local == "pStyle" && p != nil {
					p.Style = v
				}
			case "hyperlink":
				link = &WordLink{URL: rels[attr(t, "id")].Target}
			case "t":
				text = true
			case "tbl":
				w.Tables = append(w.Tables, nil)
			case "tr":
				last := &w.Tables[len(w.Tables)-1]
				*last = append(*last, nil)
			case "tc":
				cell = true
				rows := w.Tables[len(w.Tables)-1]
				rows[len(rows)-1] = append(rows[len(rows)-1], "")
			case "blip", "svgBlip":
				w.Pictures = append(w.Pictures, rels[attr(t, "embed")].Target)
			}
		case xml.CharData:
			if !text || p == nil {
				continue
			}
			p.Text += string(t)
			if link != nil {
				link.Text += string(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				text = false
			case "tc":
				cell = false
			case "hyperlink":
				p.Links = append(p.Links, *link)
				link = nil
			case "p":
				w.Paragraphs = append(w.Paragraphs, *p)
				if cell {
					rows := w.Tables[len(w.Tables)-1]
					row := rows[len(rows)-1]
					row[len(row)-1] += p.Text
				}
				p = nil
			}
		}
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
