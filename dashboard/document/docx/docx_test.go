package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/paper"
)

// sample has every kind of block.
func sample() *document.Document {
	number := document.Run{Text: "3,016 人", URL: "/cause/inflow?from=2026-01-01&to=2026-07-01", Value: "3016"}
	return &document.Document{
		Name: "half_year", Title: "人才工作半年报", Subtitle: "2026年上半年", Issuer: "示范开发区人才办", Lang: "zh", Mark: "合成数据", Base: "http://localhost:8086",
		Facts:   []document.Fact{{Label: "范围", Text: "示范开发区"}, {Label: "期间", Text: "2026年上半年"}, {Label: "数据截至", Text: "2026-06-30"}},
		Heads:   document.Heads{Notes: "指标口径"},
		Written: time.Date(2026, 7, 5, 10, 0, 0, 0, time.UTC),
		Blocks: []document.Block{
			document.Heading{Level: 1, Runs: document.Plain("一、聚才")},
			document.Heading{Level: 2, Runs: document.Plain("（一）引进")},
			document.Paragraph{Runs: []document.Run{{Text: "上半年引进 “双一流” <大学生> & 其他 "}, number, {Text: "——比上年同期多；"}, {Text: "（未报）", State: document.Missing}}},
			document.Table{Caption: "引进人数", Unit: "单位：人", Columns: []document.Column{{Head: "节点", Weight: 2}, {Head: "引进", Align: document.Right}}, Rows: []document.Row{
				{Cells: []document.Cell{{Runs: document.Plain("磁性材料")}, {Runs: []document.Run{number}}}},
				{Cells: []document.Cell{{Runs: document.Plain("合计")}, {Runs: []document.Run{number}}}, Total: true},
			}},
			document.PageBreak{},
			document.Chart{Caption: "趋势", Alt: "一条线\"上升\"", SVG: []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="300"/>`), Width: 600, Height: 300, URL: "/b/overview", Note: "注"},
			document.Paragraph{Place: document.End, Runs: document.Plain("2026年7月5日")},
		},
		Notes: []document.Note{{Term: "引进人数", Text: "期内引进。", URL: "/data/metrics#inflow"}},
	}
}

// What is written is read back: text, links, a table with its head, a vector with its raster, styles by the names Word knows.
func TestReadBack(t *testing.T) {
	file, err := Write(sample(), Fonts{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := paper.ReadWord(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"上半年引进 “双一流” <大学生> & 其他 3,016 人——比上年同期多；（未报）\n", "人才工作半年报\n", "范围：示范开发区\n", "引进人数：期内引进。\n", "2026年7月5日\n"} {
		if !strings.Contains(w.Text(), want) {
			t.Errorf("%q is not in\n%s", want, w.Text())
		}
	}
	styles := map[string]string{}
	links := map[string]string{}
	for _, p := range w.Paragraphs {
		styles[p.Text] = p.Style
		for _, l := range p.Links {
			links[l.Text] = l.URL
		}
	}
	for text, want := range map[string]string{"一、聚才": "Heading1", "（一）引进": "Heading2", "人才工作半年报": "Title", "引进人数": "Caption", "2026年7月5日": "Closing"} {
		if styles[text] != want {
			t.Errorf("%s is a %s, want %s", text, styles[text], want)
		}
	}
	if got, want := links["3,016 人"], "http://localhost:8086/cause/inflow?from=2026-01-01&to=2026-07-01"; got != want {
		t.Errorf("the number leads to %q, want %q", got, want)
	}
	if got := fmt.Sprint(w.Tables[1]); got != "[[节点 引进] [磁性材料 3,016 人] [合计 3,016 人]]" {
		t.Errorf("the table is %s", got)
	}
	if got := fmt.Sprint(w.Pictures); got != "[media/image1.png media/image1.svg]" {
		t.Errorf("pictures %s", got)
	}
	body, sheet := string(w.Parts["word/document.xml"]), string(w.Parts["word/styles.xml"])
	for _, want := range []string{`<w:tblHeader/>`, `<w:pageBreakBefore/>`, `w:w="11906" w:h="16838"`, `w:top="2098"`, `descr="一条线&#34;上升&#34;"`, `w:linePitch="579"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the body lacks %s", want)
		}
	}
	if strings.Count(body, `<w:t xml`) != strings.Count(body, `<w:rFonts w:hint="eastAsia"/>`) {
		t.Error("a run has no hint of Chinese")
	}
	for _, want := range []string{`<w:name w:val="heading 1"/>`, `w:eastAsia="方正小标宋简体"`, `w:eastAsia="仿宋_GB2312"`, `w:eastAsia="楷体_GB2312"`, `w:eastAsia="黑体"`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the styles lack %s", want)
		}
	}
	if foot := string(w.Parts["word/footer1.xml"]); !strings.Contains(foot, " PAGE ") || strings.Count(foot, "—") != 2 {
		t.Errorf("footer %s", foot)
	}
}

// The type area holds 22 lines of 28 characters.
func TestTypeArea(t *testing.T) {
	if high := pageHeight - top - bottom; high/linePitch != 22 {
		t.Errorf("%d lines", high/linePitch)
	}
	if wide := 16 + float64(tighter)/20; int(float64(typeWidth)/20/wide) != 28 {
		t.Errorf("%v characters", float64(typeWidth)/20/wide)
	}
}

// The same document is the same bytes, whenever it is written.
func TestSameBytes(t *testing.T) {
	a, _ := Write(sample(), Fonts{})
	b, _ := Write(sample(), Fonts{})
	if !bytes.Equal(a, b) {
		t.Error("two writings differ")
	}
	c, err := Write(sample(), Fonts{Body: "仿宋"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := paper.ReadWord(c)
	if err != nil {
		t.Fatal(err)
	}
	if sheet := string(w.Parts["word/styles.xml"]); strings.Contains(sheet, "仿宋_GB2312") || !strings.Contains(sheet, `w:eastAsia="仿宋"`) {
		t.Error("a configured face does not stand in the styles")
	}
}

// A picture too high for a page is made smaller, a table without columns is left out, and text that XML cannot hold does no harm.
func TestOddities(t *testing.T) {
	d := &document.Document{Title: "a\x00b\ufffe", Blocks: []document.Block{
		document.Table{},
		document.PageBreak{},
		document.Table{Columns: []document.Column{{}}, Rows: []document.Row{{}}},
		document.Chart{SVG: []byte(`<svg/>`), Width: 100, Height: 5000},
		document.Chart{Alt: "没有图"},
	}}
	file, err := Write(d, Fonts{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := paper.ReadWord(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(w.Text(), "没有图") || !strings.Contains(string(w.Parts["word/document.xml"]), fmt.Sprintf(`cy="%d"`, mostHigh*emu)) ||
		!strings.Contains(string(w.Parts["word/document.xml"]), `<w:pageBreakBefore/>`) {
		t.Errorf("%s\n%s", w.Text(), w.Parts["word/document.xml"])
	}
}

// A short table stands on one page: every row but the last is kept with the next. A long one goes over.
func TestShortTableWhole(t *testing.T) {
	for rows, want := range map[int]int{1: 0, 5: 4, mostWhole: mostWhole - 1, mostWhole + 1: 0} {
		table := document.Table{Columns: []document.Column{{Head: "节点"}}}
		for range rows {
			table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{{Runs: document.Plain("磁性材料")}}})
		}
		doc := sample()
		doc.Blocks = []document.Block{table}
		file, err := Write(doc, Fonts{})
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(z, "word/document.xml")
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(text, []byte(`<w:pStyle w:val="TableText"/><w:keepNext/>`)); got != want {
			t.Errorf("of %d rows %d are kept with the next, want %d", rows, got, want)
		}
	}
}

// A table that fills its page begins no empty one, and below a title no room is taken for what is filled in by hand.
func TestFormPerSheet(t *testing.T) {
	form := document.Table{Caption: "督办内容", Columns: make([]document.Column, 2), Rows: []document.Row{{Lines: 6, Cells: []document.Cell{{Runs: document.Plain("落实措施")}, {}}}}}
	file, err := Write(&document.Document{Title: "督办单", Lang: "zh", Blocks: []document.Block{form, document.PageBreak{}, form}}, Fonts{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := paper.ReadWord(file)
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(w.Parts["word/document.xml"]), `<w:pageBreakBefore/>`)
	if strings.Contains(first, "trHeight") || !strings.Contains(first, `w:line="20" w:lineRule="exact"`) {
		t.Error("the first form takes room that its page does not have")
	}
	if !strings.Contains(second, `<w:trHeight w:val="1920" w:hRule="atLeast"/>`) {
		t.Error("the second has no room to be filled in")
	}
}
