package source

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"

	"yanzhen/pipeline/codes"
)

// signatures of things that are no tables, by their first bytes.
var signatures = []struct {
	magic  string
	offset int
	zh, en string
}{
	{"%PDF", 0, "PDF 文档", "a PDF document"},
	{"\x89PNG\r\n", 0, "PNG 图片", "a PNG image"},
	{"\xff\xd8\xff", 0, "JPEG 图片", "a JPEG image"},
	{"GIF8", 0, "GIF 图片", "a GIF image"},
	{"II*\x00", 0, "TIFF 图片", "a TIFF image"},
	{"MM\x00*", 0, "TIFF 图片", "a TIFF image"},
	{"WEBP", 8, "WebP 图片", "a WebP image"},
	{"Rar!", 0, "RAR 压缩包", "a RAR archive"},
	{"7z\xbc\xaf\x27\x1c", 0, "7z 压缩包", "a 7z archive"},
	{"\x1f\x8b", 0, "gzip 压缩文件", "a gzip file"},
	{"1AY&SY", 4, "bzip2 压缩文件", "a bzip2 file"},
	{"\xfd7zXZ", 0, "xz 压缩文件", "an xz file"},
	{"\x28\xb5\x2f\xfd", 0, "zstd 压缩文件", "a zstd file"},
	{"ustar", 257, "tar 归档", "a tar archive"},
	{"PAR1", 0, "Parquet 文件", "a Parquet file"},
	{"SQLite format 3\x00", 0, "SQLite 数据库", "an SQLite database"},
	{"{\\rtf", 0, "RTF 文档", "an RTF document"},
	{"\x7fELF", 0, "程序文件", "a program"},
	{"MZ\x90", 0, "程序文件", "a program"},
	{"ftyp", 4, "视频文件", "a video"},
	{"\x00\x01\x00\x00Standard Jet DB", 0, "Access 数据库", "an Access database"},
	{"\x00\x01\x00\x00Standard ACE DB", 0, "Access 数据库", "an Access database"},
}

var saveAs = codes.Text{
	Zh: "请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv（UTF-8）后重新上报",
	En: "open it in Excel or WPS, save it as .xlsx or .csv (UTF-8) and send that",
}

func notATable(zh, en string) *Refusal {
	return refuse("not_a_table", codes.Text{
		Zh: "文件内容实际是" + zh + "，不是数据表", En: "the content is " + en + ", not a table",
	}, codes.Text{
		Zh: "请上报 xlsx、xls、csv 或 tsv 格式的数据表", En: "send the table as xlsx, xls, csv or tsv",
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
	for _, s := range signatures {
		if len(b) >= s.offset+len(s.magic) && string(b[s.offset:s.offset+len(s.magic)]) == s.magic {
			return "", notATable(s.zh, s.en)
		}
	}
	if zh, en := markup(b); zh != "" {
		r := notATable(zh, en)
		r.Rule, r.Remedy = "markup", saveAs
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

// markup names HTML, XML and JSON; "" for anything else.
func markup(b []byte) (zh, en string) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(b) >= 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) {
		var order binary.ByteOrder = binary.LittleEndian
		if b[0] == 0xfe {
			order = binary.BigEndian
		}
		u := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			u = append(u, order.Uint16(b[i:]))
		}
		b = []byte(string(utf16.Decode(u)))
	}
	t := strings.ToLower(strings.TrimSpace(string(b)))
	switch {
	case strings.HasPrefix(t, "<?xml") && strings.Contains(t, "urn:schemas-microsoft-com:office:spreadsheet"):
		return "“XML 表格 2003”文件", "an XML Spreadsheet 2003 file"
	case strings.HasPrefix(t, "<!doctype html"), strings.HasPrefix(t, "<html"), strings.HasPrefix(t, "<table"),
		strings.HasPrefix(t, "<head"), strings.HasPrefix(t, "<meta"), strings.HasPrefix(t, "<style"),
		strings.HasPrefix(t, "<?xml") && strings.Contains(t, "<html"), strings.HasPrefix(t, "<!--") && strings.Contains(t, "<html"):
		return "网页（HTML），只是文件名像表格", "a web page (HTML) under a table's name"
	case strings.HasPrefix(t, "mime-version:"):
		return "网页归档（MHTML）", "a web archive (MHTML)"
	case strings.HasPrefix(t, "<?xml"):
		return "XML 文件", "an XML file"
	case strings.HasPrefix(t, "{\"") || strings.HasPrefix(t, "[{") || strings.HasPrefix(t, "[[") || strings.HasPrefix(t, "{\n") || strings.HasPrefix(t, "[\n"):
		return "JSON 文件", "a JSON file"
	}
	return "", ""
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
	if list := names.String(); strings.Contains(list, "content.xml\n") && strings.Contains(list, "mimetype\n") {
		r := notATable("OpenDocument 文档（如 .ods）", "an OpenDocument file (such as .ods)")
		r.Remedy = saveAs
		return "", r
	} else if strings.Contains(list, "[content_types].xml\n") {
		return "", notATable("不含工作簿的 Office 文件", "an Office file without a workbook")
	}
	return "", refuse("not_a_table", codes.Text{
		Zh: "文件内容实际是 ZIP 压缩包，不是数据表", En: "the content is a ZIP archive, not a table",
	}, codes.Text{Zh: "请解压后逐个上报其中的表格", En: "unpack it and send the tables in it one by one"})
}
