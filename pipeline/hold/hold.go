// Package hold says why a person should look at a submission before it counts, by what was seen while its
// file was read: what could not be decoded, sheets that were passed over though they look like the others.
package hold

import (
	"context"
	"fmt"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/source/remarks"
)

// File looks at the notes of a file that was read to its end, and at what its account asks. rules counts the cells
// that were refused.
func File(ctx context.Context, f *source.File, bytes int64, a *account.Account, rules map[string]uint64) []check.Failure {
	notes := f.Notes()
	out := append(undecoded(notes, bytes, f.Encoding()), missed(notes)...)
	out = append(out, sideways(notes)...) // before what its rows seem to be then
	out = append(out, doubled(a)...)
	out = append(out, opposed(a)...)
	out = append(out, remarked(notes)...)
	if rules["thousands"]+rules["number"] > 0 {
		out = append(out, commas(f.LateDecimals(ctx))...)
	}
	for _, q := range a.Asked {
		if q.Parts {
			out = append(out, check.Failure{Name: "parted", Hold: true, Reason: q.Text, Remedy: codes.Text{
				Zh: "只留要报的一列，表头写这个名字后重新报送；都不要，请操作员用 yanzhen accept 发布", En: "keep the column that is meant, headed by that name, and send the file again; if none is, have an operator publish it (yanzhen accept)",
			}})
			continue
		}
		if f.Named(ctx, q.Sheet, q.At) {
			continue // 0.2万元 above a note that says 以万元计
		}
		out = append(out, check.Failure{Name: "footnote", Hold: true, Reason: q.Text, Remedy: codes.Text{
			Zh: "把单位写进表头或表上方后重新报送；附注与数据无关，请操作员用 yanzhen accept 发布", En: "write the unit in the header or above the table and send the file again; if the note is about something else, have an operator publish it (yanzhen accept)",
		}})
		if len(out) == 5 {
			break
		}
	}
	return out
}

// commas holds back a table whose first rows did not show that its numbers have commas before the decimals.
func commas(late []cell.Late) (out []check.Failure) {
	for _, c := range late {
		if c.Sheet != "" {
			c.Comma, c.Either = c.Sheet+"!"+c.Comma, c.Sheet+"!"+c.Either
		}
		out = append(out, check.Failure{
			Name: "decimal_comma", Hold: true,
			Reason: codes.Text{
				Zh: fmt.Sprintf("%s 的数以逗号为小数点，它前面的行没有这样的数；同列有 %d 个数（自 %s 起）可读作两个大小相差千倍的数，已按逗号分千位读取", c.Comma, c.Count, c.Either),
				En: fmt.Sprintf("the number in %s has a comma before the decimals, and none in the rows before it has; %d numbers of the column (from %s on) can be read as one a thousand times as large and were read as if commas parted thousands", c.Comma, c.Count, c.Either),
			},
			Remedy: codes.Text{
				Zh: "统一小数点的写法后重新报送，或在数据集里给该列声明 parse: decimal_comma；确认无误，请操作员用 yanzhen accept 发布", En: "write all decimals alike and send the file again, or declare parse: decimal_comma for the column; if they were read rightly, have an operator publish it (yanzhen accept)",
			},
		})
	}
	return out
}

// undecoded holds back a text more than one byte in a thousand of which could not be decoded: its
// bad rows are refused one by one, but what else the encoding got wrong nobody knows.
func undecoded(notes []source.Note, bytes int64, encoding string) []check.Failure {
	bad := 0
	for _, n := range notes {
		if n.Rule == "undecodable" {
			bad += n.Count
		}
	}
	if int64(bad)*1000 <= bytes {
		return nil
	}
	return []check.Failure{{
		Name: "undecodable", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("按 %s 读取，%d 字节中有 %d 处无法解码（超过千分之一）", encoding, bytes, bad),
			En: fmt.Sprintf("read as %s, %d of %d bytes cannot be decoded (more than 1 in 1000)", encoding, bad, bytes),
		},
		Remedy: codes.Text{Zh: "请用 Excel 或 WPS 打开原表，另存为 xlsx 或 csv（UTF-8）后重新报送；确认无误，请操作员用 yanzhen accept 发布", En: "open the original in Excel or WPS, save it as xlsx or csv (UTF-8) and send that, or have an operator publish it (yanzhen accept)"},
	}}
}

// missed holds back a workbook of which a sheet does not fit while others that look like it do: what it
// holds would be missing without anybody having said so.
func missed(notes []source.Note) []check.Failure {
	var zh, en []string
	for _, n := range notes {
		if n.Rule == source.SheetMissed {
			zh, en = append(zh, "“"+n.Sheet+"”（"+n.Text.Zh+"）"), append(en, n.Sheet+" ("+n.Text.En+")")
		}
	}
	if len(zh) == 0 {
		return nil
	}
	return []check.Failure{{
		Name: source.SheetMissed, Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("有 %d 个工作表与读取的工作表相像，却没有读取：%s", len(zh), strings.Join(zh, "、")),
			En: fmt.Sprintf("%d sheets look like those that are read and are not read: %s", len(en), strings.Join(en, ", ")),
		},
		Remedy: codes.Text{
			Zh: "改正这些工作表的表头后重新报送；确实不要它们，请操作员用 yanzhen accept 发布", En: "correct the headers of these sheets and send the file again; if they are not meant, have an operator publish it (yanzhen accept)",
		},
	}}
}

// sideways holds back a table whose rows begin with the names of columns.
func sideways(notes []source.Note) (out []check.Failure) {
	for _, n := range notes {
		if n.Rule == source.Sideways {
			out = append(out, check.Failure{Name: n.Rule, Hold: true, Reason: n.Text, Remedy: codes.Text{
				Zh: "列名写成一行、每条记录写成一行后重新报送；确实如此，请操作员用 yanzhen accept 发布", En: "write the names of the columns in one row and each record in one, and send the file again; if it is meant so, have an operator publish it (yanzhen accept)",
			}})
		}
	}
	return out
}

// remarked holds back a workbook with comments that say that a cell is not to be taken as it stands: 应为86, 作废.
func remarked(notes []source.Note) []check.Failure {
	var all []codes.Text
	for _, n := range notes {
		if n.Rule == remarks.Against {
			t := n.Text
			if n.Sheet != "" {
				t.Zh, t.En = n.Sheet+"："+t.Zh, n.Sheet+": "+t.En
			}
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return []check.Failure{{
		Name: remarks.Against, Hold: true, Reason: first(all, codes.Text{Zh: "；共 %d 处", En: "; %d in all"}),
		Remedy: codes.Text{
			Zh: "把正确的数填进单元格、删去作废的行后重新报送；照原样计入，请操作员用 yanzhen accept 发布", En: "write the right figure into the cell, delete rows that are void, and send the file again; if they are to count as they stand, have an operator publish it (yanzhen accept)",
		},
	}}
}
