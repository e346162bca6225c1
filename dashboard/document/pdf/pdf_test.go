package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/document/pdf"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/paper"
	"yanzhen/dashboard/vector"
	"yanzhen/dashboard/vector/vectortest"
)

func free(t testing.TB) *fonts.Set {
	t.Helper()
	s, err := fonts.Free()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const speech = "上半年，全区引进人才1,234人，同比增长12.5%，其中硕士以上345人、博士28人；《人才新政》兑现补贴3.1亿元（含首批0.4亿元），重点产业链“磁性材料”缺口382人，较上年末收窄5.2个百分点。"

// report is a document with every block: two hundred paragraphs, a long table, a chart of every kind.
func report(t testing.TB) *document.Document {
	d := &document.Document{
		Name: "half-year", Title: "2026年上半年示范开发区人才工作情况报告", Subtitle: "（征求意见稿）", Issuer: "示范开发区人才工作办公室", Lang: "zh", Mark: "演示数据，非真实统计",
		Facts: []document.Fact{{Label: "开发区", Text: "示范开发区"}, {Label: "期间", Text: "2026年1月1日至6月30日"}, {Label: "数据截至", Text: "2026年7月5日"}, {Label: "口径冻结于", Text: "2026年7月10日"}, {Label: "生成时间", Text: "2026年7月11日 09:30"}},
		Heads: document.Heads{Notes: "指标说明"}, Base: "http://127.0.0.1:8086", Written: time.Date(2026, 7, 11, 1, 30, 0, 0, time.UTC),
		Notes: []document.Note{{Term: "引进人数", Text: "当期新签劳动合同、在区内参保满一个月的人数。", URL: "/metrics/arrivals"}, {Term: "留存率", Text: "引进满一年仍在区内参保的占比。", URL: "/metrics/retention"}},
	}
	add := func(b ...document.Block) { d.Blocks = append(d.Blocks, b...) }
	add(document.Paragraph{Place: document.Flush, Runs: document.Plain("区党工委、管委会：")})
	charts := vectortest.Charts(t, "light")
	var names []string
	for name := range charts {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range 20 {
		add(document.Heading{Level: 1, Runs: document.Plain(fmt.Sprintf("%d、引才情况", i+1))}, document.Heading{Level: 2, Runs: document.Plain("（一）总量与结构")})
		for j := range 10 {
			add(document.Paragraph{Runs: []document.Run{{Text: fmt.Sprintf("第%d段。", 10*i+j+1)}, {Text: speech}, {Text: "2,510 人", URL: "/cause/arrivals?from=2026-01-01"}, {Text: "，其中张堃等领军人才 7 人。"}}})
		}
		add(document.Heading{Level: 3, Runs: document.Plain("1.分类型")})
		if i < len(names) {
			add(document.Chart{Caption: "图：" + names[i], Alt: "图", SVG: charts[names[i]], Width: 536, Height: 320, Note: "注：初步数。", URL: "/b/overview#" + names[i]})
		}
	}
	rows := make([]document.Row, 120)
	for i := range rows {
		rows[i].Cells = []document.Cell{
			{Runs: document.Plain(fmt.Sprintf("第%d行单位", i+1))},
			{Runs: []document.Run{{Text: fmt.Sprint(1000 + i), URL: "/cause/x"}}},
			{Runs: document.Plain("12.5%")},
			{Runs: document.Plain("磁性材料、高温合金、钼新材料等三条产业链均有项目落地，进展总体顺利")},
		}
	}
	rows = append(rows, document.Row{Total: true, Cells: []document.Cell{{Runs: document.Plain("合计")}, {Runs: document.Plain("127,140")}, {Runs: document.Plain("—")}, {}}})
	add(document.Table{Caption: "各单位引才情况", Unit: "单位：人", Columns: []document.Column{{Head: "单位"}, {Head: "引进人数", Align: document.Right}, {Head: "同比", Align: document.Right}, {Head: "说明"}}, Rows: rows, Note: "注：按报送口径。", URL: "/b/people"})
	add(document.PageBreak{}, document.Paragraph{Place: document.End, Runs: document.Plain("示范开发区人才工作办公室")}, document.Paragraph{Place: document.End, Runs: document.Plain("2026年7月11日")}, document.Paragraph{Place: document.Small, Runs: document.Plain("本报告由系统按已发布数据生成。")})
	return d
}

func strip(s string) string { return strings.Join(strings.Fields(s), "") }

// A long document of every block is read back whole by another reader.
func TestWhole(t *testing.T) {
	d := report(t)
	laid, err := pdf.Lay(d, free(t))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := laid.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("YANZHEN_PDF"); file != "" {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if read.Pages != laid.Pages || read.Pages < 60 || read.Pages > 100 {
		t.Errorf("%d pages, laid out on %d", read.Pages, laid.Pages)
	}
	if len(laid.Missing) > 0 {
		t.Errorf("no font has %q", laid.Missing)
	}
	got, err := read.AllText()
	if err != nil {
		t.Fatal(err)
	}
	for r := range d.Runs() {
		if !strings.Contains(got, strip(r.Text)) {
			t.Fatalf("%q is not on the paper", r.Text)
		}
	}
	_ = vector.Same
}

// The same document is the same bytes.
func TestSameBytes(t *testing.T) {
	d := report(t)
	d.Blocks = d.Blocks[:16]
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := pdf.Write(w, d, free(t)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same document is written otherwise the second time")
	}
}
