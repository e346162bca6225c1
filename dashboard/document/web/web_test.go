package web

import (
	"strings"
	"testing"

	"yanzhen/dashboard/document"
)

// What is read on the page is what stands in the document, and nothing in it becomes markup.
func TestWrite(t *testing.T) {
	got := Write(&document.Document{
		Title: "半年报 <script>", Facts: []document.Fact{{Label: "期间", Text: "2026年上半年"}}, Base: "http://elsewhere",
		Blocks: []document.Block{
			document.Heading{Level: 1, Runs: document.Plain("一、引才")},
			document.Paragraph{Runs: []document.Run{{Text: "引进 "}, {Text: "3,016 人", URL: `/cause/inflow?a=1&b="x"`}}},
			document.Table{Caption: "表", Unit: "单位：人", Columns: []document.Column{{Head: "节点"}, {Head: "数", Align: document.Right}}, Rows: []document.Row{{Cells: []document.Cell{{Runs: document.Plain("甲")}, {Runs: document.Plain("5")}}}}},
			document.Chart{Alt: `上升"`, SVG: []byte("<svg/>"), Width: 10, Height: 5},
			document.PageBreak{},
		},
		Heads: document.Heads{Notes: "口径"}, Notes: []document.Note{{Term: "引进", Text: "期内", URL: "/data/metrics#inflow"}},
	})
	for _, want := range []string{
		"<h1>半年报 &lt;script&gt;</h1>", "<h2>一、引才</h2>", `引进 <a href="/cause/inflow?a=1&amp;b=&#34;x&#34;">3,016 人</a></p>`, "<figcaption>表</figcaption>",
		`<th scope="row">甲</th><td class="n">5</td>`, `alt="上升&#34;"`, `<hr class="sheet-break">`, `<dt><a href="/data/metrics#inflow">引进</a></dt><dd>期内</dd>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, "<script>") || strings.Contains(got, "elsewhere") {
		t.Error(got)
	}
}
