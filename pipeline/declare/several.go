package declare

import (
	"strings"
)

// Several is one word, or a list of them.
type Several struct {
	One string   `yaml:",alone"`
	All []string `yaml:",alone"`
}

// List returns the words, nil where there is none.
func (s Several) List() []string {
	if s.One != "" {
		return []string{s.One}
	}
	return s.All
}

// String has commas between the words.
func (s Several) String() string { return strings.Join(s.List(), ", ") }

// Declared says what is declared of them.
func (Several) Declared() Keys {
	return Keys{"": {Zh: "一个，或几个", En: "one, or several", Example: "[company, district]"}}
}
