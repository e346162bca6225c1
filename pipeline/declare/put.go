package declare

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"yanzhen/pipeline/codes"
)

// Put sets keys of a file to names in two languages. Every line outside of their values stays as it is, comments and blank lines too. A file in which
// that cannot be done line by line (anchors, several documents, one mapping in braces) is an error.
func Put(text []byte, names map[string]codes.Text) ([]byte, error) {
	ends := "\n"
	if strings.Contains(string(text), "\r\n") {
		ends = "\r\n"
	}
	list := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if n := len(list); list[n-1] == "" {
		list = list[:n-1]
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var keys []*yaml.Node
	if doc.Kind != 0 {
		if root := doc.Content[0]; root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
			return nil, errors.New("the file is no mapping of lines")
		}
		keys = doc.Content[0].Content
	}
	if strings.ContainsAny(string(text), "&*") && anchored(&doc) || slices.Contains(list, "---") {
		return nil, errors.New("the file has anchors or several documents")
	}
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(names))) {
		line := fmt.Sprintf("%s: {zh: %s, en: %s}", key, inQuotes(names[key].Zh), inQuotes(names[key].En))
		at := -1
		for i := 0; i+1 < len(keys); i += 2 {
			if keys[i].Value == key {
				at = i
			}
		}
		if at < 0 {
			list = append(list, line)
			continue
		}
		if note := keys[at+1].LineComment; note != "" {
			line += " " + note
		}
		list = slices.Replace(list, keys[at].Line-1, lastLine(keys[at+1]), line)
		var again yaml.Node // the lines behind it have moved
		if err := yaml.Unmarshal([]byte(strings.Join(list, "\n")), &again); err != nil {
			return nil, err
		}
		keys = again.Content[0].Content
	}
	out := strings.Join(list, ends) + ends
	return []byte(out), holds(out, names)
}

// holds reads a text again, whether it says the names.
func holds(text string, names map[string]codes.Text) error {
	var got map[string]any
	if err := yaml.Unmarshal([]byte(text), &got); err != nil {
		return err
	}
	for key, want := range names {
		if m, _ := got[key].(map[string]any); m["zh"] != want.Zh || m["en"] != want.En {
			return fmt.Errorf("%s cannot be written between the lines of the file", key)
		}
	}
	return nil
}

// inQuotes is a text between quotes as YAML has them.
func inQuotes(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ", "\t", " ").Replace(s) + `"`
}

// lastLine is the last line on which something of a node stands.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

func anchored(n *yaml.Node) bool {
	return n.Anchor != "" || n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, anchored)
}
