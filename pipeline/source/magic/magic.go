// Package magic names by its first bytes what is no table though it was sent as one: a picture, an archive, a document,
// a web page.
package magic

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"yanzhen/pipeline/codes"
)

// signatures of things that are no tables.
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

// Binary names documents, pictures, archives and programs; empty for anything else.
func Binary(b []byte) codes.Text {
	for _, s := range signatures {
		if len(b) >= s.offset+len(s.magic) && string(b[s.offset:s.offset+len(s.magic)]) == s.magic {
			return codes.Text{Zh: s.zh, En: s.en}
		}
	}
	return codes.Text{}
}

// Markup names HTML, XML and JSON; empty for anything else.
func Markup(b []byte) codes.Text {
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
		return codes.Text{Zh: "“XML 表格 2003”文件", En: "an XML Spreadsheet 2003 file"}
	case strings.HasPrefix(t, "<!doctype html"), strings.HasPrefix(t, "<html"), strings.HasPrefix(t, "<table"),
		strings.HasPrefix(t, "<head"), strings.HasPrefix(t, "<meta"), strings.HasPrefix(t, "<style"),
		strings.HasPrefix(t, "<?xml") && strings.Contains(t, "<html"), strings.HasPrefix(t, "<!--") && strings.Contains(t, "<html"):
		return codes.Text{Zh: "网页（HTML），只是文件名像表格", En: "a web page (HTML) under a table's name"}
	case strings.HasPrefix(t, "mime-version:"):
		return codes.Text{Zh: "网页归档（MHTML）", En: "a web archive (MHTML)"}
	case strings.HasPrefix(t, "<?xml"):
		return codes.Text{Zh: "XML 文件", En: "an XML file"}
	case strings.HasPrefix(t, "{\"") || strings.HasPrefix(t, "[{") || strings.HasPrefix(t, "[[") || strings.HasPrefix(t, "{\n") || strings.HasPrefix(t, "[\n"):
		return codes.Text{Zh: "JSON 文件", En: "a JSON file"}
	}
	return codes.Text{}
}
