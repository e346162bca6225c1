package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
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
	pages := make([]string, read.Pages)
	var whole string
	for i := range pages {
		if pages[i], err = read.Text(i); err != nil {
			t.Fatal(err)
		}
		whole += strip(pages[i])
		if !strings.Contains(strip(pages[i]), fmt.Sprintf("—%d—", i+1)) || !strings.Contains(pages[i], d.Mark) {
			t.Errorf("page %d has no number or no mark", i+1)
		}
		for line := range strings.Lines(pages[i]) {
			all := []rune(strings.TrimSpace(line))
			if len(all) > 1 && (strings.ContainsRune("。，、；：？！）》”%", all[0]) || strings.ContainsRune("（《“", all[len(all)-1])) {
				t.Errorf("page %d has the line %q", i+1, line)
			}
		}
	}
	broken := strings.NewReplacer("—", "") // page numbers stand between the pieces of what goes over two pages
	for r := range d.Runs() {
		if len([]rune(r.Text)) < 40 && !strings.Contains(broken.Replace(whole), broken.Replace(strip(r.Text))) {
			t.Errorf("%q is not on the paper", r.Text)
		}
	}
	if n := strings.Count(whole, "上半年，全区引进人才1,234人"); n != 200 {
		t.Errorf("%d paragraphs of 200", n)
	}
	var heads []string
	for _, b := range d.Blocks {
		if h, ok := b.(document.Heading); ok {
			heads = append(heads, document.Text(h.Runs))
		}
	}
	outline, err := read.Outline()
	if err != nil || len(outline) != len(heads)+2 || outline[0] != d.Title || !slices.Equal(outline[1:len(outline)-1], heads) || outline[len(outline)-1] != d.Heads.Notes {
		t.Errorf("%v: the outline is %q", err, outline)
	}
	chartsWhole(t, d, pages)
	rowsWhole(t, pages)
	if n := bytes.Count(out.Bytes(), []byte("/URI (http://127.0.0.1:8086/cause/arrivals?from=2026-01-01)")); n < 200 {
		t.Errorf("%d links on 200 numbers", n)
	}
}

// chartsWhole holds that all that a chart says stands on the page of its caption.
func chartsWhole(t *testing.T, d *document.Document, pages []string) {
	t.Helper()
	count := 0
	for _, b := range d.Blocks {
		c, ok := b.(document.Chart)
		if !ok {
			continue
		}
		count++
		i := slices.IndexFunc(pages, func(p string) bool { return strings.Contains(p, c.Caption) })
		drawn, err := vector.Read(c.SVG, free(t))
		if i < 0 || err != nil {
			t.Errorf("%s is on no page: %v", c.Caption, err)
			continue
		}
		for _, text := range drawn.Texts() {
			if !strings.Contains(strip(pages[i]), strip(text)) {
				t.Errorf("%q of %s is not on its page", text, c.Caption)
			}
		}
	}
	if count < 16 {
		t.Errorf("%d charts", count)
	}
}

// rowsWhole holds that no row of the table is divided, and that its heads stand on each of its pages.
func rowsWhole(t *testing.T, pages []string) {
	t.Helper()
	const says = "磁性材料、高温合金、钼新材料等三条产业链均有项目落地，进展总体顺利"
	found := 0
	for i, p := range pages {
		p = strip(p)
		rows := strings.Count(p, "行单位")
		found += rows
		if rows == 0 {
			continue
		}
		if n := strings.Count(p, says); n != rows {
			t.Errorf("page %d has %d rows and what %d of them say", i+1, rows, n)
		}
		if !strings.Contains(p, "单位引进人数同比说明") {
			t.Errorf("page %d has rows without the heads of their columns", i+1)
		}
	}
	if found != 120 {
		t.Errorf("%d rows of 120", found)
	}
}

// A page has 22 lines of 28 characters.
func TestForm(t *testing.T) {
	d := &document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{document.PageBreak{}, document.Paragraph{Place: document.Flush, Runs: document.Plain(strings.Repeat("雁", 28*22))}, document.Paragraph{Runs: document.Plain(strings.Repeat("阵", 26+28))}}}
	var out bytes.Buffer
	if err := pdf.Write(&out, d, free(t)); err != nil {
		t.Fatal(err)
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if read.Pages != 3 {
		t.Fatalf("%d pages", read.Pages)
	}
	for page, want := range map[int][]int{1: slices.Repeat([]int{28}, 22), 2: {26, 28}} {
		text, err := read.Text(page)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimSpace(line))); n > 0 && !strings.Contains(line, "—") {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("page %d has lines of %v characters", page+1, got)
		}
	}
}

// Numbers keep their units, signs stand where they may, words are not divided; where a line cannot be filled its letters
// stand farther apart and not more than that.
func TestLines(t *testing.T) {
	var parts []string
	for i := range 400 {
		parts = append(parts, fmt.Sprintf("其中（第%d批）引进博士%d人，兑现补贴%d.%d亿元，ClickHouse引擎占%d.5%%；", i, i*7, i%9, i%10, i%90))
	}
	d := &document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{document.Paragraph{Runs: document.Plain(strings.Join(parts, ""))}}}
	var out bytes.Buffer
	if err := pdf.Write(&out, d, free(t)); err != nil {
		t.Fatal(err)
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	lines := 0
	for i := range read.Pages {
		text, err := read.Text(i)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "—") {
				continue
			}
			lines++
			all := []rune(line)
			first, last := all[0], all[len(all)-1]
			if strings.ContainsRune("。，；）人亿元%.", first) || strings.ContainsRune("（", last) || last >= '0' && last <= '9' || first != 'C' && first >= 'A' && first <= 'z' {
				t.Errorf("a line is %q", line)
			}
		}
	}
	if lines < 300 {
		t.Errorf("%d lines", lines)
	}
}

// A character that no font has is a mark and told; one that only the second plane has is drawn, and copied as itself.
func TestRareCharacters(t *testing.T) {
	d := &document.Document{Title: "张堃🦄", Lang: "zh", Blocks: []document.Block{document.Paragraph{Runs: document.Plain("第🄀条，䶮字。")}}}
	laid, err := pdf.Lay(d, free(t))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(laid.Missing, []rune("🦄")) {
		t.Errorf("missing %q", laid.Missing)
	}
	var out bytes.Buffer
	if _, err := laid.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	text, err := read.AllText()
	if err != nil || !strings.Contains(text, "张堃〓") || !strings.Contains(text, "条，䶮字") {
		t.Errorf("%q %v", text, err)
	}
	// the reader of these tests leaves out what it is told of characters of the second plane; others copy them
	if said := contents(out.Bytes()); !strings.Contains(said, "/ActualText <FEFF7B2CD83CDD00") {
		t.Errorf("the drawn character is not said to be itself:\n%.600s", said)
	}
}

// contents are the streams of a file that are text.
func contents(file []byte) string {
	var out strings.Builder
	for _, part := range bytes.Split(file, []byte("stream\n"))[1:] {
		if r, err := zlib.NewReader(bytes.NewReader(part)); err == nil {
			text, _ := io.ReadAll(r) // what follows the stream is none of it
			out.Write(text)
		}
	}
	return out.String()
}

// English documents: words are not divided, and lines are of one width where they can be.
func TestEnglish(t *testing.T) {
	sentence := "In the first half of 2026 the zone took in 2,510 people, 12.5% more than a year before; the gap of molybdenum targets is 382 people. "
	d := &document.Document{
		Title: "Work on talents in the first half of 2026", Lang: "en", Issuer: "Talent office", Facts: []document.Fact{{Label: "Data to", Text: "5 July 2026"}}, Heads: document.Heads{Notes: "Definitions"},
		Blocks: []document.Block{document.Heading{Level: 1, Runs: document.Plain("1. Inflow")}, document.Paragraph{Runs: document.Plain(strings.Repeat(sentence, 30))}},
		Notes:  []document.Note{{Term: "Inflow", Text: "new contracts."}},
	}
	var out bytes.Buffer
	if err := pdf.Write(&out, d, free(t)); err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("YANZHEN_PDF"); file != "" {
		if err := os.WriteFile(file+".en.pdf", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	known := map[string]bool{}
	for _, w := range strings.Fields(sentence + d.Title) {
		known[w] = true
	}
	for i := range read.Pages {
		text, err := read.Text(i)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			if w := strings.Fields(line); len(w) > 8 && (!known[w[0]] || !known[w[len(w)-1]]) {
				t.Errorf("a line divides a word: %q", line)
			}
		}
	}
}

// A table with more columns than a page is wide, one with a cell that is longer than a page, a chart that is higher: all
// stays inside the type area, and nothing is lost.
func TestTooLarge(t *testing.T) {
	var many document.Table
	for i := range 18 {
		many.Columns = append(many.Columns, document.Column{Head: fmt.Sprintf("%d月引进", i+1), Align: document.Right})
	}
	for i := range 6 {
		var r document.Row
		for j := range 18 {
			r.Cells = append(r.Cells, document.Cell{Runs: document.Plain(fmt.Sprint(123456*(i+1) + j))})
		}
		many.Rows = append(many.Rows, r)
	}
	long := document.Table{Caption: "长", Columns: []document.Column{{Head: "甲", Weight: 1}, {Head: "乙", Weight: 3}}, Rows: []document.Row{
		{Cells: []document.Cell{{Runs: document.Plain("上")}, {Runs: document.Plain("短")}}},
		{Cells: []document.Cell{{Runs: document.Plain("下")}, {Runs: document.Plain(strings.Repeat("很长的说明", 1200) + "完")}}},
		{Cells: []document.Cell{{Runs: document.Plain("末")}}}, // a row that lacks a cell
	}}
	d := &document.Document{Title: strings.Repeat("很长的标题", 20), Lang: "zh", Blocks: []document.Block{
		many, long,
		document.Table{Caption: "空表", Columns: []document.Column{{Head: "甲"}}},
		document.Table{},
		document.Chart{Caption: "高", Width: 400, Height: 4000, SVG: []byte(`<svg viewBox="0 0 400 4000"><rect width="400" height="4000" fill="#abc"/></svg>`)},
		document.Paragraph{Runs: document.Plain(strings.Repeat("x", 3000))},
		document.Paragraph{},
		document.Heading{Level: 1},
	}}
	var out bytes.Buffer
	if err := pdf.Write(&out, d, free(t)); err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("YANZHEN_PDF"); file != "" {
		if err := os.WriteFile(file+".large.pdf", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read, err := paper.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	text, err := read.AllText()
	if err != nil {
		t.Fatal(err)
	}
	if first, err := read.Text(0); err != nil || !strings.Contains(first, "740753") {
		t.Errorf("a number of a wide table is divided: %q %v", first, err)
	}
	for _, want := range []string{"740753", "说明完", "末", "空表", "18月引进"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is lost", want)
		}
	}
	if n := strings.Count(text, "很长的说明"); n < 1100 { // those that a page's head divides are not counted
		t.Errorf("%d of 1,200 parts of a long cell", n)
	}
	const dpi = 50
	in := func(mm float64) int { return int(mm / 25.4 * dpi) }
	for i := range read.Pages {
		img, err := read.Picture(i, dpi)
		if err != nil {
			t.Fatal(err)
		}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if inside := x >= in(27) && x <= in(185.5) && y >= in(36) && y <= in(279); !inside {
					if c := img.RGBAAt(x, y); c.R < 128 {
						t.Fatalf("page %d has ink at %d,%d of %v, outside the type area", i+1, x, y, img.Bounds())
					}
				}
			}
		}
	}
}

// A short table goes to the next page with its heading rather than over two.
func TestShortTable(t *testing.T) {
	table := document.Table{Caption: "短表", Columns: []document.Column{{Head: "单位"}, {Head: "人数", Align: document.Right}}}
	for i := range 7 {
		table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{{Runs: document.Plain(fmt.Sprintf("第%d行", i))}, {Runs: document.Plain("5")}}})
	}
	for lines := 8; lines < 22; lines++ {
		d := &document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{
			document.PageBreak{},
			document.Paragraph{Place: document.Flush, Runs: document.Plain(strings.Repeat("雁", 28*lines))},
			document.Heading{Level: 2, Runs: document.Plain("（一）表前的标题")},
			table,
		}}
		var out bytes.Buffer
		if err := pdf.Write(&out, d, free(t)); err != nil {
			t.Fatal(err)
		}
		read, err := paper.Open(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for i := range read.Pages {
			text, err := read.Text(i)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(text, "行"); n != 0 && (n != 7 || !strings.Contains(text, "表前的标题")) {
				t.Errorf("after %d lines page %d has %d of 7 rows: %q", lines, i+1, n, text)
			}
		}
		if err := read.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A row that is filled in by hand is as high as it asks for, but where its table would not stay on its page.
func TestFilledInByHand(t *testing.T) {
	style := free(t)
	pages := func(rows, lines, before, after int) int {
		table := document.Table{Columns: []document.Column{{}, {}}}
		for range rows {
			table.Rows = append(table.Rows, document.Row{Lines: lines, Cells: []document.Cell{{Runs: document.Plain("落实措施")}, {}}})
		}
		p, err := pdf.Lay(&document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{
			document.PageBreak{},
			document.Paragraph{Place: document.Flush, Runs: document.Plain(strings.Repeat("雁", 28*before))},
			table,
			document.Paragraph{Place: document.Flush, Runs: document.Plain(strings.Repeat("阵", 28*after))},
		}}, style)
		if err != nil {
			t.Fatal(err)
		}
		return p.Pages
	}
	if low, tall := pages(11, 0, 1, 6), pages(11, 3, 1, 6); low != 2 || tall != 3 {
		t.Errorf("11 rows and a paragraph take %d pages, 11 of three lines %d", low, tall)
	}
	if n := pages(4, 3, 16, 1); n != 2 {
		t.Errorf("four rows of three lines go over to the next page (%d pages), where there is room for four of one", n)
	}
}

// A table that does not fit leaves no page part-blank: the text of the same part goes on before it, and one of eight rows or more
// goes over two pages, with four rows at least on either. A last page that would hold next to nothing is spared.
func TestFullPages(t *testing.T) {
	style := free(t)
	long := document.Table{Caption: "长表", Columns: []document.Column{{Head: "单位"}, {Head: "人数", Align: document.Right}}}
	for i := range 59 {
		long.Rows = append(long.Rows, document.Row{Cells: []document.Cell{{Runs: document.Plain(fmt.Sprintf("第%d行", i))}, {Runs: document.Plain("5")}}})
	}
	if p, err := pdf.Lay(&document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{document.PageBreak{}, long}}, style); err != nil || p.Pages != 3 {
		t.Errorf("59 rows on %d pages (%v), want 3: a title, and two that are full", p.Pages, err)
	}
	for rows, after := range map[int][]document.Block{
		5:  {document.Heading{Level: 2, Runs: document.Plain("（二）表后的标题")}, document.Paragraph{Runs: document.Plain(strings.Repeat("阵", 28*30))}},
		10: {document.Heading{Level: 1, Runs: document.Plain("二、表后的部分")}, document.Paragraph{Runs: document.Plain(strings.Repeat("阵", 28*30))}},
	} {
		table := document.Table{Caption: "主要指标", Columns: []document.Column{{Head: "单位"}, {Head: "人数", Align: document.Right}}}
		for i := range rows {
			table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{{Runs: document.Plain(fmt.Sprintf("第%d行", i))}, {Runs: document.Plain("5")}}})
		}
		for lines := 12; lines < 20; lines++ {
			d := &document.Document{Title: "题", Lang: "zh", Blocks: append([]document.Block{
				document.PageBreak{}, document.Paragraph{Place: document.Flush, Runs: document.Plain(strings.Repeat("雁", 28*lines))}, table,
			}, after...)}
			var out bytes.Buffer
			if err := pdf.Write(&out, d, style); err != nil {
				t.Fatal(err)
			}
			read, err := paper.Open(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			all := 0
			for i := 1; i < read.Pages; i++ { // after the title
				text, err := read.Text(i)
				if err != nil {
					t.Fatal(err)
				}
				n := strings.Count(text, "行")
				if all += n; n > 0 && n < 4 {
					t.Errorf("%d rows after %d lines: page %d has %d of them", rows, lines, i+1, n)
				}
				img, err := read.Picture(i, 72)
				if err != nil {
					t.Fatal(err)
				}
				low := 0 // the lowest ink of the type area, in points from its top
				for y := range 638 {
					for x := range img.Bounds().Dx() {
						if img.RGBAAt(x, 105+y).R < 128 {
							low = y
							break
						}
					}
				}
				if i < read.Pages-1 && low < 638-638/9-2*29 {
					t.Errorf("%d rows after %d lines: page %d is blank from %d of 638 pt", rows, lines, i+1, low)
				}
			}
			if all != rows {
				t.Errorf("%d rows after %d lines: %d are printed", rows, lines, all)
			}
			if err := read.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// What cannot be drawn is an error that names the chart.
func TestFaults(t *testing.T) {
	for _, c := range []document.Chart{{Caption: "缺图", Width: 100, Height: 100}, {Caption: "外来", Width: 1, Height: 1, SVG: []byte(`<svg viewBox="0 0 1 1"><image/></svg>`)}, {Caption: "无尺寸", SVG: []byte(`<svg viewBox="0 0 1 1"/>`)}} {
		err := pdf.Write(&bytes.Buffer{}, &document.Document{Title: "题", Lang: "zh", Blocks: []document.Block{c}}, free(t))
		if err == nil || !strings.Contains(err.Error(), c.Caption) {
			t.Errorf("%s: %v", c.Caption, err)
		}
	}
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

// BenchmarkReport lays and writes a report of a dozen pages with eight charts and a table.
func BenchmarkReport(b *testing.B) {
	d := report(b)
	var few []document.Block
	charts, paragraphs := 0, 0
	for _, block := range d.Blocks {
		switch block.(type) {
		case document.Chart:
			if charts++; charts > 8 {
				continue
			}
		case document.Paragraph:
			if paragraphs++; paragraphs > 40 {
				continue
			}
		}
		few = append(few, block)
	}
	d.Blocks = few
	with := free(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := pdf.Write(&bytes.Buffer{}, d, with); err != nil {
			b.Fatal(err)
		}
	}
}
