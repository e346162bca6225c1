package xmlscan

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// FuzzXML holds the XML reader to encoding/xml wherever that accepts the document.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		`<a/>`, `<a b="c>d" x:e='f'>t&lt;&#65;&#x4e2d;</a>`, `<?xml version="1.0"?><!-- <x> --><x:a xmlns:x="y"><b/>1<![CDATA[<&]]>2</x:a>`, "<a>\r\n\r</a>", `<a  b = "1" />`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		d := xml.NewDecoder(strings.NewReader(doc))
		var want bytes.Buffer
		var attr string
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			switch token := token.(type) {
			case xml.StartElement:
				if strings.Contains(token.Name.Local, ":") {
					return // no name at all
				}
				want.WriteString("<" + token.Name.Local)
				for _, a := range token.Attr {
					if a.Name.Local == "r" {
						attr = a.Value
						break
					}
				}
			case xml.EndElement:
				want.WriteString(">")
			case xml.CharData:
				want.Write(token)
			case xml.Directive:
				return // a DOCTYPE is refused
			}
		}
		got, gotAttr, err := walk(doc, "r")
		if err != nil || got != want.String() {
			t.Errorf("%q: got %q, %v, want %q", doc, got, err, want.String())
		}
		if attr != "" && gotAttr != attr && !strings.ContainsAny(doc, "\r\n\t") {
			t.Errorf("%q: got attribute %q, want %q", doc, gotAttr, attr)
		}
	})
}

// walk prints a document's tokens, and the value of the first attribute of that name.
func walk(doc, attr string) (text, value string, err error) {
	x := New(strings.NewReader(doc), 1<<20)
	var b strings.Builder
	for {
		token, err := x.Next()
		if err != nil {
			return b.String(), value, err
		}
		switch token {
		case EOF:
			return b.String(), value, nil
		case Start:
			b.WriteString("<" + string(x.Name))
			if v, ok := x.Attr(attr); ok {
				value = string(v)
			}
		case End:
			b.WriteString(">")
		case Text:
			b.Write(x.Text)
		}
	}
}
