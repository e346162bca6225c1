package vector

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is an element with what stands in it: elements, and texts as nodes without a name.
type node struct {
	name   string
	attrs  []attr
	text   string
	inside []*node
}

type attr struct{ name, value string }

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// tree reads the whole picture, for what a name refers to may stand after it.
func tree(svg []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	top := &node{}
	open := []*node{top}
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		at := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > MostElements || len(open) > MostDepth {
				return nil, ErrLarge
			}
			n := &node{name: t.Name.Local}
			for _, a := range t.Attr {
				name := a.Name.Local
				if a.Name.Space != "" {
					name = a.Name.Space + ":" + name
				}
				n.attrs = append(n.attrs, attr{name, a.Value})
			}
			at.inside = append(at.inside, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 1 {
				at.inside = append(at.inside, &node{text: string(t)})
			}
		case xml.Directive:
			return nil, errors.New("a picture with declarations of its own is not read")
		}
	}
	for _, n := range top.inside {
		if n.name == "svg" {
			return n, nil
		}
	}
	return nil, errors.New("this is no svg")
}

// rules reads a style sheet of the picture: what classes set. Those under a pointer never hold here.
func (r *reader) rules(css string) error {
	for rest := css; ; {
		selector, after, ok := strings.Cut(rest, "{")
		if !ok {
			if strings.TrimSpace(selector) != "" {
				return fmt.Errorf("in <style>: %.60q is no rule", selector)
			}
			return nil
		}
		body, left, closed := strings.Cut(after, "}")
		if !closed {
			return fmt.Errorf("in <style>: the rule %.60q does not end", selector)
		}
		rest = left
		selector = strings.TrimSpace(selector)
		if strings.HasSuffix(selector, ":hover") {
			continue
		}
		name, ok := strings.CutPrefix(selector, ".")
		if !ok || strings.ContainsAny(name, " .:#>+~,[*@") {
			return fmt.Errorf("in <style>: the selector %.60q is not known", selector)
		}
		if r.classes[name] == nil {
			r.classes[name] = map[string]string{}
		}
		if err := declarations(body, func(k, v string) error { r.classes[name][k] = v; return nil }); err != nil {
			return err
		}
	}
}

// declarations reads what stands in a style attribute or a rule. A quoted value may hold a semicolon.
func declarations(css string, set func(name, value string) error) error {
	for rest := css; strings.TrimSpace(rest) != ""; {
		end, quote := len(rest), byte(0)
		for i := range len(rest) {
			switch c := rest[i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '\'' || c == '"':
				quote = c
			case c == ';':
				end = i
			}
			if end != len(rest) {
				break
			}
		}
		one := rest[:end]
		rest = rest[min(len(rest), end+1):]
		if strings.TrimSpace(one) == "" {
			continue
		}
		name, value, ok := strings.Cut(one, ":")
		if !ok {
			return fmt.Errorf("the style %.60q is not written as one", one)
		}
		if err := set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}
