package batch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// loaded is what became of a text file: its rows as the table would hold them, cells divided by |, and
// what was told of it.
type loaded struct {
	rows    []string
	at      []int // of each row, where it stands in the file
	rejects []batch.Reject
	notes   []source.Note
	account *account.Account
	err     error
}

// told lists what was told, with its row.
func (l *loaded) told() string {
	var out []string
	for _, r := range l.rejects {
		text := fmt.Sprintf("%d %s", r.Origin.Row, r.Rule)
		if r.Warn {
			text += " warn"
		}
		out = append(out, text)
	}
	for _, n := range l.notes {
		out = append(out, fmt.Sprintf("%d %s x%d", n.Row, n.Rule, n.Count))
	}
	return strings.Join(out, ", ")
}

// load reads a text by a dataset, from its bytes to the rows of the table.
func load(t testing.TB, ds *dataset.Dataset, content []byte) (out loaded) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	o := source.Options{Header: ds.Header, Damaged: ds.Damaged(), Text: source.Dialect{Encoding: ds.Text.Encoding, Delimiter: ds.Text.Delimiter, Quote: ds.Text.Quote, Escape: ds.Text.Escape}}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		o.Want = append(o.Want, source.Want{Names: c.Names(), Fits: c.Fits, Required: c.Required})
	}
	f, err := source.Open(context.Background(), path, o)
	if err != nil {
		out.err = err
		return out
	}
	defer f.Close()
	r, err := batch.NewReader(context.Background(), ds, f.Tables()[0], batch.Options{Reject: func(x batch.Reject) { out.rejects = append(out.rejects, x) }})
	if err != nil {
		out.err = err
		return out
	}
	defer r.Release()
	n := len(ds.Columns)
	for r.Next() {
		rec := r.Record()
		for i := range int(rec.NumRows()) {
			cells := make([]string, n)
			for c := range n {
				if cells[c] = rec.Column(c).ValueStr(i); rec.Column(c).IsNull(i) {
					cells[c] = ""
				}
			}
			out.rows = append(out.rows, strings.Join(cells, "|"))
			var at int
			fmt.Sscan(rec.Column(n+3).ValueStr(i), &at)
			out.at = append(out.at, at)
		}
	}
	out.err = r.Err()
	if c := r.Counts(); !c.Balanced() || c.Loaded != uint64(len(out.rows)) {
		t.Errorf("counts do not add up: %s; %d rows", c.Identity("en"), len(out.rows))
	}
	out.notes, out.account = f.Notes(), r.Account()
	return out
}

func parse(t testing.TB, body string) *dataset.Dataset {
	t.Helper()
	ds, err := dataset.Parse("datasets/t.yaml", []byte("name: t\ntitle: {zh: 试表, en: Trial}\nabout: {zh: 供测试。, en: For tests.}\nunit: [file]\n"+body), &codes.Lists{})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

const (
	typed = "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string, required: true}\n  - {name: b, title: {zh: 乙, en: B}, type: int64}\n  - {name: c, title: {zh: 丙, en: C}, type: string}\n"
	texts = "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string}\n  - {name: b, title: {zh: 乙, en: B}, type: string}\n  - {name: c, title: {zh: 丙, en: C}, type: string}\n"
)

// A row that may have moved is refused where moving matters, else loaded and told; the declaration may
// say otherwise. What nobody can read is refused in any case.
func TestDoubtfulRows(t *testing.T) {
	good := "x,1,y\nx,2,y\nx,3,y\n"
	for _, c := range []struct {
		name, declared, content, told string
		rows                          int
	}{
		{"moved, typed", typed, "a,b,c\nx,,4,\n" + good, "2 long_row", 3},
		{"moved, texts", texts, "a,b,c\nx,,4,\n" + good, "2 long_row warn", 4},
		{"moved, load", "text: {damaged: load}\n" + typed, "a,b,c\nx,,4,\n" + good, "2 long_row warn", 4},
		{"fewer, typed", typed, "a,b,c\nx,4\n" + good, "2 short_row", 3},
		{"by tabs, like a sentence", typed, "a,b,c\nD-00209\t补贴未到账子女，待回\t22\n" + good, "2 short_row", 3},
		{"fewer, texts", texts, "a,b,c\nx,4\n" + good, "2 short_row warn", 4},
		{"a cell beyond, load", "text: {damaged: load}\n" + typed, "a,b,c\nx,4,y,z\n" + good, "2 long_row, 2 row_width", 3},
		{"quote, typed", typed, "a,b,c\n5\"x,4,y\n" + good, "2 stray_quote warn", 4},
		{"quote, refuse", "text: {damaged: refuse}\n" + typed, "a,b,c\n5\"x,4,y\n" + good, "2 stray_quote", 3},
		{"unclosed, load", "text: {damaged: load}\n" + texts, "a,b,c\n\"x,4\n" + good, "2 unclosed_quote", 3},
		{"swallowed, load", "text: {damaged: load}\n" + texts, "a,b,c\nx,\"4,y\nx,5\",y\n" + good, "2 swallowed_rows", 3},
		{"a total is none", "totals: [合计]\n" + typed, "a,b,c\n" + good + "合计,6\n", "", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, parse(t, c.declared), []byte(c.content))
			if got.err != nil || got.told() != c.told || len(got.rows) != c.rows {
				t.Errorf("got %d rows %q, told %q, %v; want %d and %q", len(got.rows), got.rows, got.told(), got.err, c.rows, c.told)
			}
		})
	}
}

// Texts alone: a cell in a column that is blank in all other rows, behind a blank in one that is in none, was moved there.
func TestMovedTexts(t *testing.T) {
	const yaml = "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string, required: true}\n  - {name: b, title: {zh: 乙, en: B}, type: string}\n  - {name: c, title: {zh: 丙, en: C}, type: string}\n  - {name: d, title: {zh: 丁, en: D}, type: string}\n"
	others := strings.Repeat("x,东,一,\n", 8)
	for content, want := range map[string]string{
		"a,b,c,d\n" + others + "x,,东,一\n":  "10 moved_cells",
		"a,b,c,d\n" + others + "x,,东,\n":   "",
		"a,b,c,d\n" + others + "x,东,一,有\n": "",
	} {
		if got := load(t, parse(t, yaml), []byte(content)); got.err != nil || got.told() != want {
			t.Errorf("%q: told %q, %v; want %q", content, got.told(), got.err, want)
		}
	}
}

// A row that has as many cells as the others, of which some stand one column beside their own: it is refused where
// moving matters, or told. A number that is missing once is no such row.
func TestMovedCells(t *testing.T) {
	declared := "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string, required: true}\n  - {name: b, title: {zh: 乙, en: B}, type: float64}\n  - {name: c, title: {zh: 丙, en: C}, type: float64}\n  - {name: d, title: {zh: 丁, en: D}, type: float64}\n  - {name: e, title: {zh: 戊, en: E}, type: string}\n"
	good := "A1,12.5,300,5,\nA2,13.5,320,7,好\nA3,11.25,280,6,\nA4,14.5,310,4,好\nA5,12.75,290,5,\n"
	for _, c := range []struct{ name, rows, told string }{
		{"to the right, into the text at the end", good + "A6,,12.5,300,5\n", "7 moved_cells"},
		{"to the right, the text at the end stays", strings.Replace(good, "280,6", "280,", 1) + "A6,,12.5,300,好\n", "7 moved_cells, 4 odd_blank x1"},
		{"to the right, further in", good + "A6,12.5,,300,5\n", "7 moved_cells"},
		{"to the left", good + "A6,300,5,,\n", "7 moved_cells"},
		{"to the left, from the text", good + "A6,300,5,好,\n", "7 number"},
		{"in the first rows", "A6,,12.5,300,5\n" + good, "2 moved_cells"},
		{"in few rows", "A6,,12.5,300,5\nA1,12.5,300,5,\nA2,13.5,320,7,好\nA3,11.25,280,6,\n", "2 moved_cells"},
		{"a number is missing", good + "A6,,300,5,好\nA7,12.5,300,5,\n", "7 odd_blank x1"},
		{"the number before the text is missing", good + "A6,12.5,300,,好\n", "7 odd_blank x1"},
		{"numbers are missing", good + "A6,12.5,,,\n", ""},
		{"numbers are missing often", good + strings.Repeat("A6,,300,5,好\n", 9), ""},
		{"a column that is often blank", strings.ReplaceAll(good, ",5,", ",,") + "A6,12.5,300,,\n", ""},
		{"a total", "A0,12.5,300,5,\n" + good + "A9,,,99,\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, parse(t, declared), []byte("a,b,c,d,e\n"+c.rows))
			told := got.told()
			if got.err != nil || told != c.told {
				t.Errorf("told %q, want %q; %v\n%s", told, c.told, got.err, strings.Join(got.rows, "\n"))
			}
		})
	}
}

// The same in a table of texts alone, where their ends tell: what stands in other columns is named by other words.
func TestMovedWords(t *testing.T) {
	declared := "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string}\n  - {name: b, title: {zh: 乙, en: B}, type: string}\n  - {name: c, title: {zh: 丙, en: C}, type: string}\n  - {name: d, title: {zh: 丁, en: D}, type: string}\n"
	good := "道路硬化二期,远志合作社,温溪镇,\n水库除险四期,九鼎印刷公司,祯埠镇,市级\n校舍加固三期,鼎立鞋业厂,北山镇,\n河道清淤三期,利民五金公司,温溪镇,县级\n文化礼堂一期,嘉禾茶业厂,海口镇,续建\n"
	for _, c := range []struct{ name, rows, told string }{
		{"to the left", good + "同心鞋业厂,北山镇,,\n", "7 moved_cells warn"},
		{"to the left, the note stays", good + "同心鞋业厂,北山镇,,县级\n", "7 moved_cells warn"},
		{"in the first rows", "同心鞋业厂,北山镇,,\n" + good, "2 moved_cells warn"},
		{"to the right", good + "停车场三期,,同心鞋业厂,北山镇\n", "7 moved_cells warn"},
		{"a town is missing", good + "停车场三期,同心鞋业厂,,\n", ""},
		{"a firm is missing", good + "停车场三期,,北山镇,\n", ""},
		{"columns of the same few words", "张甲,优,良,优\n张乙,优,良,优\n张丙,优,良,优\n张丁,优,良,优\n张戊,良,优,\n", ""},
		{"a town is missing of a place of other words", good + "同心园,鲲鹏,,\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, parse(t, declared), []byte("甲,乙,丙,丁\n"+c.rows))
			if told := got.told(); got.err != nil || told != c.told {
				t.Errorf("told %q, want %q; %v\n%s", told, c.told, got.err, strings.Join(got.rows, "\n"))
			}
		})
	}
}

// A header again names the columns of what stands below it; another table in the same file is refused,
// and so is a file whose header has another width than its rows, unless there is one way to read it.
func TestTablesInOneFile(t *testing.T) {
	good := "x,1,y\nx,2,y\nx,3,y\n"
	for _, c := range []struct {
		name, declared, content, told, last string
		rows                                int
	}{
		{"the same header", typed, "a,b,c\n" + good + "a,b,c\nx,4,y\n", "5 repeated_heading warn", "x|4|y", 4},
		{"in another order", typed, "a,b,c\n" + good + "c,a,b\ny,x,4\n", "5 repeated_heading warn", "x|4|y", 4},
		{"fewer columns", typed, "a,b,c\n" + good + "b,a\n4,x\n5,x\n", "5 repeated_heading warn", "x|5|", 5},
		{"without a required column", typed, "a,b,c\n" + good + "b,c\n4,x\n5,x\n", "5 second_table, 6 second_table, 7 second_table", "x|3|y", 3},
		{"another table", "text: {damaged: load}\n" + typed, "a,b,c\nx,1,2\nx,2,2\nx,3,2\n\nname,size,weight\nx,7,8\n", "6 second_table, 7 second_table, 6 empty_lines x1", "x|3|2", 3},
		{"of words alone", texts, "a,b,c\nA1,x,y\nA2,x,y\nA3,x,z\n\nname,size,weight\nx,w,y\n", "6 other_below x1, 6 empty_lines x1", "x|w|y", 5},
		{"of words, below no empty line", texts, "a,b,c\nA1,x,y\nA2,x,y\nA3,x,z\nA4,x,y\n人,电话,邮编\nx,7,8\ny,7,8\n", "6 other_below x1", "y|7|8", 7},
		{"figures among words", texts, "a,b,c\nA1,x,y\nA2,x,y\nA3,x,z\nA4,x,y\nA5,x,y\nx,7,8\n", "", "x|7|8", 6},
		{"figures of one column", texts, "a,b,c\nA1,x,y\nA2,x,y\nA3,x,z\nA4,x,y\n人,电话,邮编\nx,7,y\n", "", "x|7|y", 6},
		{"words below an empty line that are data", texts, "a,b,c\nk,x,y\nm,x,y\nn,x,z\n\nl,w,v\nx,w,y\n", "6 empty_lines x1", "x|w|y", 5},
		{"a blank in the header", typed, "a,,b,c\n" + good, "1 heading_width x1", "x|3|y", 3},
		{"two names in one", typed, "ab,c\n" + good, "1 heading_width x1", "x|3|y", 3},
		{"separators that part nothing", typed, "a,b,c\nx,1,y,\nx,2,y,\n", "1 heading_width x1", "x|2|y", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, parse(t, c.declared), []byte(c.content))
			if got.err != nil || got.told() != c.told || len(got.rows) != c.rows || got.rows[len(got.rows)-1] != c.last {
				t.Errorf("got %q, told %q, %v; want %d ending in %q, and %q", got.rows, got.told(), got.err, c.rows, c.last, c.told)
			}
		})
	}
	if got := load(t, parse(t, typed), []byte("a,x,y,b,c\n"+good)); got.err == nil || !strings.Contains(got.err.Error(), "表头有 5 格") {
		t.Errorf("got %v, want a header of five cells above rows of three refused", got.err)
	}
}

// Whether a comma stands before the decimals is told by the column; a number that can be read both ways
// is refused where some of the column have it there.
func TestDecimalCommasByColumn(t *testing.T) {
	declared := "columns:\n  - {name: a, title: {zh: 甲, en: A}, type: string}\n  - {name: x, title: {zh: 数, en: X}, type: float64}\n"
	for _, c := range []struct{ name, numbers, want, told string }{
		{"all with commas", "1234,5 1.234,5 12 0,5", "1234.5 1234.5 12 0.5", ""},
		{"one that can be read both ways", "1234,5 1,234 12 1.234", "1234.5 12", "3 decimal_comma, 5 decimal_comma"},
		{"the evidence comes late", "1,234 2,345 1234,5", "1234.5", "2 decimal_comma, 3 decimal_comma"},
		{"both", "1234,5 12.5 1,234 7", "12.5 7", "2 thousands, 4 decimal_comma"},
		{"thousands", "1,234 12.5 1,234,567", "1234 12.5 1.234567e+06", ""},
		{"what may be two numbers", "1200,800 1500 700", "1500 700", "2 thousands"},
		{"nothing but thousands", "1,234 12 7", "1234 12 7", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := "a;x\n"
			for i, n := range strings.Fields(c.numbers) {
				content += fmt.Sprintf("r%d;%s\n", i, n)
			}
			got := load(t, parse(t, declared), []byte(content))
			var xs []string
			for _, r := range got.rows {
				_, x, _ := strings.Cut(r, "|")
				xs = append(xs, x)
			}
			if got.err != nil || strings.Join(xs, " ") != c.want || got.told() != c.told {
				t.Errorf("got %q, told %q, %v; want %q and %q", xs, got.told(), got.err, c.want, c.told)
			}
		})
	}
}

// In a file without a header cells beyond the declared positions are accounted for with their column; a
// row that is wider than the others is told.
func TestCellsBeyondPositions(t *testing.T) {
	declared := "header: none\ncolumns:\n  - {name: a, title: {zh: 甲, en: A}, type: string, position: 1}\n  - {name: b, title: {zh: 乙, en: B}, type: string, position: 2}\n"
	got := load(t, parse(t, declared), []byte("x,1,y\nx,2,\nx,3,z,more\n"))
	if got.err != nil || len(got.rows) != 3 || got.told() != "3 long_row warn" {
		t.Fatalf("got %q, told %q, %v", got.rows, got.told(), got.err)
	}
	var said []string
	for _, x := range got.account.Unused[account.Columns].Items {
		said = append(said, fmt.Sprintf("%s x%d", x.At, x.Cells))
	}
	if s := strings.Join(said, ", "); s != "C x2, D x1" {
		t.Errorf("got %q accounted for, want C x2, D x1", s)
	}
}
