package document

import "testing"

// Every number of a text and of a table is met, and its address is whole on the document's base.
func TestRunsAndLinks(t *testing.T) {
	d := &Document{Base: "http://localhost:8080", Blocks: []Block{
		Heading{Level: 1, Runs: Plain("一")},
		Paragraph{Runs: []Run{{Text: "引进 "}, {Text: "1,234 人", URL: "/cause/inflow?from=2026-01-01", Value: "1234"}}},
		Table{Rows: []Row{{Cells: []Cell{{Runs: Plain("甲")}, {Runs: []Run{{Text: "5", URL: "https://else.example/"}}}}}}},
		PageBreak{},
	}}
	var text string
	var links []string
	for r := range d.Runs() {
		text += r.Text + "|"
		if r.URL != "" {
			links = append(links, d.Link(r.URL))
		}
	}
	if want := "一|引进 |1,234 人|甲|5|"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if len(links) != 2 || links[0] != "http://localhost:8080/cause/inflow?from=2026-01-01" || links[1] != "https://else.example/" {
		t.Errorf("links %q", links)
	}
	d.Base = ""
	if got := d.Link("/cause/inflow"); got != "" {
		t.Errorf("an address on no base leads to %q", got)
	}
}
