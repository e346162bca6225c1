package ods_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/ods"
)

func open(t *testing.T, tables string) (*ods.Book, error) { return styled(t, "", tables) }

// styled opens a workbook with further styles.
func styled(t *testing.T, styles, tables string) (*ods.Book, error) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("content.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.Write([]byte("<document><automatic-styles><style name='in' family='table-cell'><paragraph-properties margin-left='0.706cm' text-align='start'/></style><style name='end' family='table-cell'><paragraph-properties margin-left='0.706cm' text-align='end'/></style><style name='none' family='table-cell' parent-style-name='in'><paragraph-properties margin-left='0cm'/></style><style name='back' family='table-cell' parent-style-name='end'><paragraph-properties text-align='start'/></style><style name='same' family='table-cell' parent-style-name='in'/>" + styles + "</automatic-styles><body><spreadsheet>" + tables + "</spreadsheet></body></document>")); err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return ods.Open(t.Context(), r, ods.Limits{Columns: 64, RecordBytes: 1 << 20, UnzippedBytes: 1 << 30})
}

// The cells of a row stay as they are for one row more, however many blank ones stand between.
func TestRowStays(t *testing.T) {
	row := func(text string) string {
		return "<table-row><table-cell value-type='string'><p>" + text + "</p></table-cell></table-row>"
	}
	b, err := open(t, "<table name='a'>"+row("1")+row("")+row("2")+row("")+row("")+row("3")+"</table>")
	if err != nil {
		t.Fatal(err)
	}
	var before []grid.Cell
	was, all := "", ""
	b.Sheets[0].Rows(t.Context(), 0, 1, &drawn.Odd{}, func(_ int, cells []grid.Cell, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && before[0].Text != was {
			t.Errorf("the row of %s says %s while %s is read", was, before[0].Text, cells[0].Text)
		}
		before, was = cells, cells[0].Text
		all += was
		return true
	})
	if all != "123" {
		t.Errorf("got rows %s", all)
	}
}

// Who stops waiting is not kept while the sheets before are passed over; and so many sheets that each begins far behind the
// start of the part are refused.
func TestManySheets(t *testing.T) {
	b, err := open(t, "<table name='a'/><table name='b'/>")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var got error
	b.Sheets[1].Rows(ctx, 0, 1, &drawn.Odd{}, func(_ int, _ []grid.Cell, err error) bool {
		got = err
		return true
	})
	if !errors.Is(got, context.Canceled) {
		t.Errorf("got %v of a reading that is over", got)
	}
	var r *grid.Refusal
	if _, err := open(t, strings.Repeat("<table/>", 4000)+strings.Repeat("<p>"+strings.Repeat(" ", 1<<19)+"</p>", 36)); !errors.As(err, &r) || r.Rule != "sheets" {
		t.Errorf("got %v, want too many sheets", err)
	}
}

// A cell is held to its bound while it is read, whatever its letters are written as.
func TestSpaces(t *testing.T) {
	var r *grid.Refusal
	_, err := open(t, "<table><table-row><table-cell><p>"+strings.Repeat("<s c='1000'/>", 1100)+"</p></table-cell></table-row></table>")
	if !errors.As(err, &r) || r.Rule != "record_size" {
		t.Errorf("got %v of a cell of more than a MiB of spaces", err)
	}
}

// A number that is shown with zeros before it is read so where no format says why; what is shown otherwise is not.
func TestShownZeros(t *testing.T) {
	for shown, want := range map[string]string{"0071": "0071", "71": "71", "171": "71", "71.00": "71", "00710": "71", "-071": "71", "": "71"} {
		b, err := open(t, "<table name='a'><table-row><table-cell value-type='float' value='71'><p>"+shown+"</p></table-cell></table-row></table>")
		if err != nil {
			t.Fatal(err)
		}
		b.Sheets[0].Rows(t.Context(), 0, 1, &drawn.Odd{}, func(_ int, cells []grid.Cell, err error) bool {
			if err != nil || cells[0].Text != want {
				t.Errorf("shown as %q: got %q, %v", shown, cells[0].Text, err)
			}
			return true
		})
	}
}

// A text says how far its style sets it in from the left.
func TestIndent(t *testing.T) {
	for style, want := range map[string]uint8{"in": 2, "end": 0, "": 0, "none": 0, "back": 2, "same": 2} {
		b, err := open(t, "<table name='a'><table-row><table-cell style-name='"+style+"' value-type='string'><p>本部</p></table-cell></table-row></table>")
		if err != nil {
			t.Fatal(err)
		}
		b.Sheets[0].Rows(t.Context(), 0, 1, &drawn.Odd{}, func(_ int, cells []grid.Cell, err error) bool {
			if err != nil || cells[0].Indent != want {
				t.Errorf("%s: set in by %d, %v", style, cells[0].Indent, err)
			}
			return true
		})
	}
}

// Conditions under which cells are struck, hidden or coloured are told, by range as LibreOffice writes them, and else of the cells whose
// style has them.
func TestConditions(t *testing.T) {
	const styles = "<style name='gone' family='table-cell'><text-properties text-line-through-style='solid'/></style>" +
		"<style name='red' family='table-cell'><table-cell-properties background-color='#FF0000'/></style>" +
		"<style name='Wei_5f_ß' display-name='white' family='table-cell'><text-properties color='#FFFFFF'/></style>" +
		"<style name='bold' family='table-cell'><text-properties font-weight='bold'/></style>" +
		"<style name='ce1' family='table-cell'><map condition='cell-content()&gt;900000' apply-style-name='red'/><map condition='is-true-formula([.$B2]=&quot;乙&quot;)' apply-style-name='gone'/></style>"
	const rows = "<table-row><table-cell value-type='string'><p>编号</p></table-cell></table-row>" +
		"<table-row><table-cell style-name='ce1'/><table-cell style-name='ce1' value-type='string'><p>甲</p></table-cell></table-row>" +
		"<table-row number-rows-repeated='2'><table-cell/><table-cell style-name='ce1' value-type='string'><p>乙</p></table-cell></table-row>"
	const ranged = "<conditional-formats><conditional-format target-range-address='$&apos;6.月 表&apos;.$A$2:$&apos;6.月 表&apos;.$C$3 a.E2:a.E9'><condition apply-style-name='gone' value='formula-is([.$B2]=&quot;乙&quot;)'/>" +
		"<condition apply-style-name='bold' value='&gt;1'/></conditional-format><conditional-format target-range-address='a.C2'><condition apply-style-name='white' value='!=0'/></conditional-format></conditional-formats>"
	for _, tt := range []struct{ table, want string }{
		{rows, `B2:B4 4 > 900000; B2:B4 1 $B2="乙"`},
		{rows + ranged, `A2:C3 E2:E9 1 $B2="乙"; C2 2 ≠ 0`},
		{"<table-row><table-cell value-type='string'><p>编号</p></table-cell></table-row>", ""},
		{rows + "<conditional-formats>" + strings.Repeat("<conditional-format target-range-address='a.A2'><condition apply-style-name='red' value='=1'/></conditional-format>", drawn.Most+7) + "</conditional-formats>", "and 7 more"},
	} {
		b, err := styled(t, styles, "<table name='a'>"+tt.table+"</table>")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range b.Sheets[0].Conditions.List {
			got = append(got, fmt.Sprint(c.Range, " ", c.Look, " ", c.When))
		}
		if b.Sheets[0].Conditions.More > 0 {
			got = []string{fmt.Sprint("and ", b.Sheets[0].Conditions.More, " more")}
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("got  %s\nwant %s", s, tt.want)
		}
	}
}
