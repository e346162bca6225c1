package declare

import (
	"bytes"
	"errors"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"yanzhen/pipeline/codes"
)

// Put sets keys of a file to names in two languages; its other lines and comments stay. A file that is no mapping is an error.
func Put(text []byte, names map[string]codes.Text) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, errors.New("the file is no mapping")
	}
	word := func(s string, style yaml.Style) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: style}
	}
	for _, key := range slices.Sorted(maps.Keys(names)) {
		value := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{
			word("zh", 0), word(names[key].Zh, yaml.DoubleQuotedStyle), word("en", 0), word(names[key].En, yaml.DoubleQuotedStyle),
		}}
		at := -1
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == key {
				at = i
			}
		}
		if at < 0 {
			root.Content = append(root.Content, word(key, 0), value)
		} else {
			root.Content[at+1] = value
		}
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(&doc), e.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
