package sqltext

import (
	"strings"
	"testing"
)

// Only the column that is gathered becomes a number, not one whose name begins alike.
func TestPeopleKeepOtherColumns(t *testing.T) {
	const rows = "(select person, _sender as sender, _sender as sender_name from a union all select person, _sender as sender_name, _sender as sender\nfrom b)"
	for _, p := range []People{
		{Rows: rows, Per: "person", Take: "sender", As: "also", Look: "_sender", Counts: "true", Period: "day", One: true},
		{Rows: rows, Per: "person", Take: "sender", As: "also", Names: []string{"_sender"}, Counts: "true", Period: "day", One: true},
	} {
		text := p.texts().rows
		if strings.Count(text, "_sender as sender_name") != 2 || strings.Contains(text, "_sender as sender,") || strings.Contains(text, "_sender as sender\n") {
			t.Error(text)
		}
	}
}
