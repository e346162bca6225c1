package source

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/jsonl"
	"yanzhen/pipeline/source/magic"
	"yanzhen/pipeline/source/ods"
	"yanzhen/pipeline/source/parquet"
)

var saveAs = codes.Text{
	Zh: "请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv（UTF-8）后重新上报",
	En: "open it in Excel or WPS, save it as .xlsx or .csv (UTF-8) and send that",
}

func notATable(zh, en string) *Refusal {
	return refuse("not_a_table", codes.Text{
		Zh: "文件内容实际是" + zh + "，不是数据表", En: "the content is " + en + ", not a table",
	}, codes.Text{
		Zh: "请上报 xlsx、xls、ods、csv、tsv、JSON Lines 或 Parquet 格式的数据表", En: "send the table as xlsx, xls, ods, csv, tsv, JSON Lines or Parquet",
	})
}

// sniff tells what a file is from its content alone. An unknown content is Delimited text as
// long as it looks like text.
func sniff(r io.ReaderAt, size int64) (Format, error) {
	b, err := head(r, 4096)
	if err != nil {
		return "", err
	}
	if len(b) == 0 {
		return "", refuse("empty", codes.Text{Zh: "文件是空的（0 字节）", En: "the file is empty (0 bytes)"},
			codes.Text{Zh: "请确认文件已保存、复制已完成", En: "check that it was saved and fully copied"})
	}
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return sniffZip(r, size)
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return XLS, nil // or an encrypted workbook: openOLE looks inside
	case len(b) >= 4 && b[0] == 9 && (b[1] == 0 || b[1] == 2 || b[1] == 4) && (b[2] == 6 || b[2] == 8) && b[3] == 0:
		return "", refuse("old_excel", codes.Text{
			Zh: "文件是 Excel 2.0-4.0 的旧格式，无法读取", En: "an Excel 2.0 to 4.0 file, too old to read",
		}, saveAs)
	}
	if parquet.Is(b) {
		return Parquet, nil
	}
	if jsonl.Is(b) {
		return JSON, nil
	}
	if t := magic.Binary(b); t.Zh != "" {
		return "", notATable(t.Zh, t.En)
	}
	if t := magic.Markup(b); t.Zh != "" {
		r := notATable(t.Zh, t.En)
		if r.Rule, r.Remedy = "markup", saveAs; strings.Contains(t.En, "JSON") {
			r.Remedy = codes.Text{Zh: "导出为 JSON Lines（一行一个对象）或 csv", En: "export it as JSON Lines, an object a line, or as csv"}
		}
		return "", r
	}
	if allZero(b) {
		return "", refuse("binary", codes.Text{
			Zh: "文件开头全是空字节，可能没有复制完成", En: "the file begins with nothing but NUL bytes: perhaps the copy did not finish",
		}, codes.Text{Zh: "请重新复制后再上报", En: "copy it again"})
	}
	return Delimited, nil
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

var halfCopied = refusalText{
	zh: "文件不完整，可能还没有复制或下载完", en: "the file is cut off: perhaps the copy or download is not finished",
	remedyZh: "请等复制完成，或重新复制、重新下载后再上报", remedyEn: "wait for the copy to finish, or copy it again",
}

type refusalText struct{ zh, en, remedyZh, remedyEn string }

func (t refusalText) refuse(rule string) *Refusal {
	return refuse(rule, codes.Text{Zh: t.zh, En: t.en}, codes.Text{Zh: t.remedyZh, En: t.remedyEn})
}

// sniffZip tells a workbook from the other things that are zip files.
func sniffZip(r io.ReaderAt, size int64) (Format, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", halfCopied.refuse("half_written")
	}
	var names strings.Builder
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		switch {
		case name == "xl/workbook.bin":
			r := notATable("xlsb（二进制工作簿）", "an xlsb (binary) workbook")
			r.Rule, r.Remedy = "xlsb", saveAs
			return "", r
		case strings.HasPrefix(name, "word/"):
			return "", notATable("Word 文档", "a Word document")
		case strings.HasPrefix(name, "ppt/"):
			return "", notATable("PowerPoint 演示文稿", "a PowerPoint presentation")
		case strings.HasPrefix(name, "xl/"), strings.HasSuffix(name, "/workbook.xml"), name == "workbook.xml":
			return XLSX, nil
		}
		if names.Len() < 1<<16 {
			names.WriteString(name + "\n")
		}
	}
	if list := names.String(); strings.Contains(list, "mimetype\n") && (strings.Contains(list, "content.xml\n") || strings.Contains(list, "encrypted-package\n")) {
		if is, t := ods.IsSpreadsheet(z); !is {
			return "", notATable(t.Zh, t.En)
		}
		return ODS, nil
	} else if strings.Contains(list, "[content_types].xml\n") {
		return "", notATable("不含工作簿的 Office 文件", "an Office file without a workbook")
	}
	return "", refuse("not_a_table", codes.Text{
		Zh: "文件内容实际是 ZIP 压缩包，不是数据表", En: "the content is a ZIP archive, not a table",
	}, codes.Text{Zh: "请解压后逐个上报其中的表格", En: "unpack it and send the tables in it one by one"})
}
