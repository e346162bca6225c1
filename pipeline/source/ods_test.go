package source_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/pipeline/source"
	"yanzhen/pipeline/source/numfmt"
)

const odsHead = `<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"><office:automatic-styles>
<style:style style:name="ta1" style:family="table" style:master-page-name="Default"><style:table-properties table:display="true"/></style:style>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
<number:percentage-style style:name="N11"><number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<number:date-style style:name="N37" number:automatic-order="true"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text></number:date-style>
<number:number-style style:name="N4"><number:number number:decimal-places="0" number:min-decimal-places="0" number:min-integer-digits="4"/></number:number-style>
<number:number-style style:name="N5"><number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/><number:text>万元</number:text></number:number-style>
<number:number-style style:name="N6"><number:number number:decimal-places="0" number:min-decimal-places="0" number:min-integer-digits="1" number:display-factor="1000"/></number:number-style>
<style:style style:name="pc" style:family="table-cell" style:parent-style-name="Default" style:data-style-name="N11"/>
<style:style style:name="da" style:family="table-cell" style:data-style-name="N37"/>
<style:style style:name="id" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="wy" style:family="table-cell" style:data-style-name="N5"/>
<style:style style:name="th" style:family="table-cell" style:data-style-name="N6"/>
<style:style style:name="no" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>`

const odsTail = `</office:spreadsheet></office:body></office:document-content>`

// odsTable is a sheet as LibreOffice writes it: styles of columns, repeated cells and rows, merged ranges, remarks, and a
// million empty rows behind the last.
const odsTable = `<table:table table:name="6月" table:style-name="ta1"><office:forms/>
<table:shapes><draw:frame draw:name="x"><draw:text-box><text:p>制表：张三</text:p></draw:text-box></draw:frame></table:shapes>
<table:table-column table:default-cell-style-name="id"/><table:table-column table:number-columns-repeated="2" table:default-cell-style-name="da"/>
<table:table-column table:visibility="collapse" table:number-columns-repeated="6" table:default-cell-style-name="Default"/>
<table:table-row><table:table-cell table:number-columns-spanned="9" table:number-rows-spanned="1" office:value-type="string"><text:p>人才<text:s text:c="2"/>台账</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated="8"/></table:table-row>
<table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-02-01"><text:p>2026年2月</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>日期</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>占比</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>金额</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>千元</text:p></table:table-cell><table:table-cell office:value-type="string"><office:annotation><dc:creator>李四</dc:creator><dc:date>2026-06-01</dc:date><text:p>含兼职</text:p></office:annotation><text:p>备注</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>是否</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>公式</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16375"/></table:table-row></table:table-header-rows>
<table:table-row table:visibility="collapse"><table:table-cell office:value-type="float" office:value="7" calcext:value-type="float"><text:p>0007</text:p></table:table-cell><table:table-cell table:style-name="Default" office:value-type="float" office:value="1.5"><text:p>1.5</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-06-18T08:30:00"><text:p>2026年6月</text:p></table:table-cell><table:table-cell table:style-name="pc" office:value-type="percentage" office:value="0.1234"><text:p>12.34%</text:p></table:table-cell><table:table-cell table:style-name="wy" office:value-type="float" office:value="1234.5"><text:p>1,234.50万元</text:p></table:table-cell><table:table-cell table:style-name="th" office:value-type="float" office:value="5000"><text:p>5</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>第一行</text:p><text:p>留<text:span text:style-name="T1">走</text:span></text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell><table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:style-name="no" table:number-columns-repeated="2" office:value-type="string"><text:p>a&amp;b</text:p></table:table-cell><table:table-cell/><table:table-cell table:formula="of:=[.A1]"/></table:table-row>
<table:table-row table:number-rows-repeated="1048567"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table>`

// odsBytes packs a content as an .ods.
func odsBytes(t testing.TB, content string, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	parts := append([]string{
		"mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", content,
		"styles.xml", `<office:document-styles><office:styles><style:style style:name="Default" style:family="table-cell"/></office:styles><office:master-styles><style:master-page style:name="Default"><style:header><text:p>草稿 <text:sheet-name>???</text:sheet-name></text:p></style:header></style:master-page></office:master-styles></office:document-styles>`,
	}, more...)
	for i := 0; i < len(parts); i += 2 {
		h := &zip.FileHeader{Name: parts[i], Method: zip.Deflate}
		if i == 0 {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		must(t, err)
		_, err = w.Write([]byte(parts[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func ods(t testing.TB, content string, more ...string) string {
	return write(t, "台账.ods", odsBytes(t, content, more...))
}

// The serial numbers of a document count from the day that it says, whichever that is.
func TestODSNullDate(t *testing.T) {
	days := `<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>日期</text:p></table:table-cell></table:table-row>` +
		`<table:table-row><table:table-cell office:value-type="string"><text:p>A1</text:p></table:table-cell><table:table-cell table:style-name="da" office:value-type="float" office:value="%d"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`
	for zero, serial := range map[string]int{"1899-12-30": 46203, "1900-01-01": 46201, "1904-01-01": 46203 - 1462, "1899-12-31": 46202, "1970-01-01": 46203 - 25569, "": 46203, "x": 46203} {
		said := ""
		if zero != "" {
			said = `<table:calculation-settings><table:null-date table:date-value="` + zero + `"/></table:calculation-settings>`
		}
		f := open(t, ods(t, odsHead+said+fmt.Sprintf(days, serial)+odsTail), source.Options{})
		if got := plain(t, f.Tables()[0]); got != "编号|日期\n2:A1|2026-06-30\n" || f.Epoch() != 46203-serial {
			t.Errorf("%s: got %s, %d days ahead", zero, got, f.Epoch())
		}
	}
}

// What an OpenDocument workbook says to whoever fills in cells is heard where it gives the unit of a column.
func TestODSPrompts(t *testing.T) {
	validation := `<table:content-validations><table:content-validation table:name="v1" table:condition="of:cell-content()&gt;0"><table:help-message table:title="要求" table:display="true"><text:p>请以万元为单位填写</text:p></table:help-message><table:error-message><text:p>不是数</text:p></table:error-message></table:content-validation>` +
		`<table:content-validation table:name="v2"><table:help-message><text:p>请填写用人单位全称</text:p></table:help-message></table:content-validation></table:content-validations>`
	cell := func(style, text string) string {
		return `<table:table-cell table:content-validation-name="` + style + `" office:value-type="string"><text:p>` + text + `</text:p></table:table-cell>`
	}
	table := `<table:table table:name="a"><table:table-row>` + cell("", "单位名称") + cell("", "金额") + cell("", "%s") + `</table:table-row>` +
		`<table:table-row table:number-rows-repeated="3">` + cell("v2", "甲") + cell("v1", "5") + cell("%s", "6") + `</table:table-row></table:table>`
	for _, tt := range []struct{ head, second, want string }{{"产值（元）", "", "单位名称|金额（万元）|产值（元）"}, {"产值（元）", "v1", "单位名称|金额|产值（元）"}} {
		f := open(t, ods(t, odsHead+validation+fmt.Sprintf(table, tt.head, tt.second)+odsTail), source.Options{})
		got, _, _ := strings.Cut(plain(t, f.Tables()[0]), "\n")
		if around := strings.Join(f.Around(), " "); got != tt.want || strings.Contains(around, "单位：万元") != (tt.second == "v1") {
			t.Errorf("got %s, around it %s, want %s", got, around, tt.want)
		}
	}
}

// A number that the document counts in a currency has its sign, though its format shows none.
func TestODSCurrency(t *testing.T) {
	for currency, want := range map[string]string{"CNY": "1234.5", "USD": "USD1234.5", "eur": "EUR1234.5", "": "1234.5", "&quot;": "?1234.5"} {
		table := `<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string"><text:p>金额</text:p></table:table-cell></table:table-row>` +
			`<table:table-row><table:table-cell office:value-type="currency" office:currency="` + currency + `" office:value="1234.5"><text:p>1234.5</text:p></table:table-cell></table:table-row></table:table>`
		f := open(t, ods(t, odsHead+table+odsTail), source.Options{})
		if got := plain(t, f.Tables()[0]); got != "金额\n2:"+want+"\n" {
			t.Errorf("%s: got %q, want %s", currency, got, want)
		}
		if form := all(t, f.Tables()[0])[0].Cells[0].Form; (form == numfmt.Yuan) != (currency == "CNY") {
			t.Errorf("%s: form %v", currency, form)
		}
	}
}

func TestODS(t *testing.T) {
	hidden := `<table:table table:name="底稿" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell></table:table-row></table:table>`
	f := open(t, ods(t, odsHead+`<table:calculation-settings><table:null-date table:date-value="1899-12-30"/></table:calculation-settings>`+hidden+odsTable+odsTail), source.Options{})
	if f.Format != source.ODS || len(f.Tables()) != 1 {
		t.Fatalf("got format %s with %d tables, want ods with one", f.Format, len(f.Tables()))
	}
	table := f.Tables()[0]
	want := "编号|2026年2月|日期|占比|金额|千元|备注|是否|公式\n" +
		"3:0007|1.5|2026-06-18 08:30:00|12.34%|1,234.50万元|5000|第一行\n留|TRUE|#DIV/0!\n" +
		"7:a&b|a&b||\n8:a&b|a&b||\n"
	if got := plain(t, table); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	kinds := []source.Kind{source.Number, source.Number, source.Date, source.Text, source.Text, source.Scaled, source.Text, source.Bool, source.Error}
	rows := all(t, table)
	for i, c := range rows[0].Cells {
		if c.Kind != kinds[i] {
			t.Errorf("%s: got kind %d, want %d", rows[0].Origin.Cell(i), c.Kind, kinds[i])
		}
	}
	if k := rows[1].Cells[3].Kind; k != source.NoCache {
		t.Errorf("a formula without a value: got kind %d", k)
	}
	var told []string
	for _, n := range f.Notes() {
		told = append(told, n.Rule)
	}
	for _, rule := range []string{"sheet_hidden", "row_hidden", "column_hidden", "row_struck", "text_struck", "remark", "text_drawn"} {
		if !strings.Contains(strings.Join(told, " "), rule) {
			t.Errorf("%s is not told, only %v", rule, told)
		}
	}
	// the header, the title above it and the hidden sheet are accounted for
	n := uint64(0)
	for _, part := range f.Aside(context.Background()).Unused {
		n += part.Cells
	}
	if n != 1+9+1 {
		t.Errorf("got %d cells beside the rows, want 11", n)
	}
}

func TestMergedODS(t *testing.T) {
	row := func(cells ...string) string {
		return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
	}
	text := func(s string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
	}
	f := open(t, ods(t, odsHead+`<table:table table:name="s">`+row(text("单位"), text("人数"))+
		row(`<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>甲</text:p></table:table-cell>`, text("1"))+
		row(`<table:covered-table-cell/>`, text("2"))+`</table:table>`+odsTail), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "单位|人数\n2:甲|1\n3:甲|2\n" {
		t.Errorf("got %q, want the value of the merged range in both rows", got)
	}
}

// What cannot be read is refused in words, whatever is wrong with it.
func TestRefusedODS(t *testing.T) {
	small := source.Options{Limits: source.Limits{UnzippedBytes: 1 << 20}}
	whole := odsBytes(t, odsHead+odsTable+odsTail)
	wide := `<table:table table:name="s"><table:table-row table:number-rows-repeated="%"><table:table-cell table:number-columns-repeated="#" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`
	fill := func(rows, columns string) string {
		return strings.NewReplacer("%", rows, "#", columns).Replace(wide)
	}
	behind := func(columns string) string { // the wide cell stands behind another
		return strings.Replace(fill("1", columns), "<table:table-cell", `<table:table-cell office:value-type="string"><text:p>y</text:p></table:table-cell><table:table-cell`, 1)
	}
	for _, c := range []struct {
		rule string
		path string
	}{
		{"half_written", write(t, "a.ods", whole[:len(whole)-60])},
		{"damaged", ods(t, odsHead+odsTable)},
		{"damaged", ods(t, odsHead+`<table:table table:name="s"><table:table-row><table:table-cell>`)},
		{"unzipped_size", ods(t, odsHead+strings.Repeat(" ", 2<<20)+odsTail)},
		{"columns", ods(t, odsHead+fill("1", "5000")+odsTail)},
		{"columns", ods(t, odsHead+fill("1", "2000000000")+odsTail)},
		{"repeated", ods(t, odsHead+fill("1048576", "4000")+odsTail)},
		{"repeated", ods(t, odsHead+fill("2000000000", "4000")+odsTail)},
		{"row_order", ods(t, odsHead+fill("2000000000", "1")+odsTail)},
		{"columns", ods(t, odsHead+behind("9223372036854775807")+odsTail)},
		{"columns", ods(t, odsHead+behind("99999999999999999999")+odsTail)},
		{"record_size", ods(t, odsHead+strings.Replace(fill("1", "1"), ">x<", `><text:s text:c="2000000000"/><`, 1)+odsTail)},
		{"record_size", ods(t, odsHead+strings.Replace(fill("1", "4000"), ">x<", ">"+strings.Repeat("x", 5000)+"<", 1)+odsTail)},
		{"repeated", ods(t, odsHead+strings.Replace(fill("1000000", "1"), ">x<", ">"+strings.Repeat("x", 500_000)+"<", 1)+odsTail)},
		{"password", write(t, "b.ods", bytes.ReplaceAll(odsBytes(t, "xxxx", "encrypted-package", "xxxx"), []byte("content.xml"), []byte("nothing.xml")))},
		{"password", ods(t, "xxxx", "META-INF/manifest.xml", `<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`)},
		{"no_sheet", ods(t, odsHead+odsTail)},
	} {
		if r := refusal(t, c.path, small); r.Rule != c.rule {
			t.Errorf("got %s (%s), want %s", r.Rule, r.Text.En, c.rule)
		}
	}
	text := odsBytes(t, odsHead+odsTail)
	text = bytes.Replace(text, []byte("opendocument.spreadsheet"), []byte("opendocument.text-master"), 1)
	if r := refusal(t, write(t, "a.ods", text), small); r.Rule != "not_a_table" || !strings.Contains(r.Text.En, ".odt") {
		t.Errorf("got %+v, want it called a text", r)
	}
}

// What WPS calls .et is read where it is the workbook that Excel would write; else its sender learns what to do.
func TestET(t *testing.T) {
	f := open(t, write(t, "台账.et", compound("Workbook", oldBook(nil, rec(0x204, 0, 0, 0, 1, byte(0), "a"), rec(0x204, 0, 1, 0, 1, byte(0), "b"), rec(0x203, 1, 0, 1, 5.0), rec(0x203, 1, 1, 1, 6.0)))), source.Options{})
	if got := plain(t, f.Tables()[0]); f.Format != source.XLS || !strings.Contains(got, "2:5|6") {
		t.Errorf("got %s %q", f.Format, got)
	}
	for _, content := range [][]byte{compound("ETWorkbook", make([]byte, 5000)), []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")} {
		if r := refusal(t, write(t, "台账.et", content), source.Options{}); !strings.Contains(r.Remedy.Zh, "WPS 表格") {
			t.Errorf("got %+v, want what to do in WPS", r)
		}
	}
}

// FuzzODS gives the reader of OpenDocument workbooks any sheet: it reads to the end or refuses in words, within bounds.
func FuzzODS(f *testing.F) {
	f.Add(odsTable)
	f.Add(`<table:table table:name="s"><table:table-row table:number-rows-repeated="9999999999999999999"><table:table-cell table:number-columns-repeated="-1" office:value-type="float" office:value="1e309"/></table:table-row>`)
	f.Add(`<table:table><table:table><table:table-row><table:table-cell><table:table/><text:p><text:span><text:s text:c="-4"/></text:span></text:p></table:table-cell></table:table-row></table:table></table:table>`)
	path := filepath.Join(f.TempDir(), "input.ods")
	f.Fuzz(func(t *testing.T, sheet string) {
		must(t, os.WriteFile(path, odsBytes(t, odsHead+sheet+odsTail), 0o600))
		file, err := source.Open(context.Background(), path, source.Options{Hidden: "read", Limits: source.Limits{UnzippedBytes: 1 << 20, RecordBytes: 1 << 16, Columns: 64}})
		var r *source.Refusal
		if err != nil {
			if !errors.As(err, &r) || r.Text.Zh == "" {
				t.Fatalf("got %v, want a refusal", err)
			}
			return
		}
		defer file.Close()
		for _, table := range file.Tables() {
			last, n := 0, 0
			for row, err := range table.Rows(context.Background()) {
				if n++; err != nil {
					if !errors.As(err, &r) {
						t.Fatalf("got %v, want a refusal", err)
					}
				} else if row.Origin.Row <= last || len(row.Cells) > 64 {
					t.Fatalf("row %d after %d with %d cells", row.Origin.Row, last, len(row.Cells))
				}
				if last = row.Origin.Row; n > 10000 {
					break
				}
			}
		}
	})
}
