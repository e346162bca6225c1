package main

import (
	"context"
	"testing"

	"github.com/alecthomas/kong"
)

// Every help text has its Chinese, and no Chinese is left of a text that is gone.
func TestHelpInChinese(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Description(about), kong.BindTo(t.Context(), (*context.Context)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	var walk func(n *kong.Node)
	look := func(s string) {
		if s == "" {
			return
		}
		used[s] = true
		if inChinese(s) == "" {
			t.Errorf("no Chinese for %q", s)
		}
	}
	walk = func(n *kong.Node) {
		look(n.Help)
		look(n.Detail)
		for _, f := range n.Flags {
			look(f.Help)
		}
		for _, p := range n.Positional {
			look(p.Help)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(parser.Model.Node)
	for _, texts := range helps {
		for en := range texts {
			if !used[en] {
				t.Errorf("nobody shows %q any more", en)
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Setenv("YANZHEN_LANG", "")
	for _, c := range []struct {
		env  string
		args []string
		want string
	}{
		{"", nil, ""},
		{"en", nil, "en"},
		{"en", []string{"--lang", "zh", "load"}, "zh"},
		{"", []string{"load", "--lang=en", "x"}, "en"},
		{"", []string{"--lang"}, ""},
	} {
		t.Setenv("YANZHEN_LANG", c.env)
		if got := language(c.args); got != c.want {
			t.Errorf("%q %v: got %q, want %q", c.env, c.args, got, c.want)
		}
	}
}
