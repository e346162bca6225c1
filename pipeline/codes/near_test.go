package codes

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"title", "type", "列", "目录"}
	for s, want := range map[string]string{"titel": "title", "typ": "type", "目": "列", "目次": "目录", "colour": "", "": "列"} {
		if got := Nearest(s, words); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 2}, {"人才办", "人才", 1}} {
		if got, back := Edits(tt.a, tt.b), Edits(tt.b, tt.a); got != tt.want || back != tt.want {
			t.Errorf("%q %q: got %d and %d, want %d", tt.a, tt.b, got, back, tt.want)
		}
	}
}
