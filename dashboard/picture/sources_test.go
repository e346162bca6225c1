package picture

import (
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/figures"
)

// A browser takes the first form that fits: every window has one of its own width, and whatever fits none has the desk's.
func TestSources(t *testing.T) {
	d := &figures.Answer{Figure: panel.Figure{Panel: board.Panel{Kind: board.Trend, Span: 6}}}
	for theme, want := range map[string]int{"light": 5, "auto": 9} {
		list := new(Studio).Sources("/api/v1/panels/a/b?", "7", d, theme)
		if len(list) != want {
			t.Fatalf("%s: %d forms, want %d: %+v", theme, len(list), want, list)
		}
		width := map[string]int{}
		for _, s := range list {
			width[strings.ReplaceAll(strings.ReplaceAll(s.Media, " and (prefers-color-scheme: dark)", ""), "screen and ", "")] = s.Width
			if s.Media != "" && !strings.HasPrefix(s.Media, "screen and ") {
				t.Errorf("%s: who prints may be given %q", theme, s.Media)
			}
		}
		if desk := list[len(list)-2]; desk.Media != "" || desk.Paper || !list[len(list)-1].Paper {
			t.Errorf("%s: what fits no other is %+v", theme, desk)
		}
		if !(width["(max-width: 600px)"] < width[""] && width[""] < width["(min-width: 1760px)"]) {
			t.Errorf("%s: %v", theme, width)
		}
	}
	if _, ok := At("wide", ""); !ok {
		t.Error("the address of a picture for a large screen is refused")
	}
}
