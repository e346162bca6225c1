// Package ods reads OpenDocument spreadsheets, as LibreOffice, WPS and online offices write them: the sheets of a workbook,
// cell by cell, as their formats show them, and what stands beside the cells.
package ods

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/inflate"
	"yanzhen/pipeline/source/numfmt"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/source/xmlscan"
)

// Limits bound what a file may cost.
type Limits struct {
	Columns       int
	RecordBytes   int   // of a row
	UnzippedBytes int64 // of a part
}

// The bounds that no declaration changes.
const (
	maxRow    = 1 << 20
	maxColumn = 1 << 20
	maxSheets = 1 << 12
	maxWay    = 1 << 36 // bytes that are unpacked until each sheet was read once: each begins at the start of the part
	maxMerges = 1 << 16 // of a workbook
	maxCopies = 1 << 22 // cells that say something, written once and repeated in further rows
	maxCopied = 1 << 28 // and the bytes of their texts
)

// Book is an open workbook.
type Book struct {
	Sheets []*Sheet
	Epoch  numfmt.Epoch // of numbers that no format shows as days

	content *zip.File
	limits  Limits
	styles  *styles
	prompts map[string]string   // what is said to whoever fills in cells, by the name that these have for it, where it gives a unit
	pages   map[string][]string // what the heads and feet of printed pages say, by master page
}

// Sheet is one of its sheets, with what stands beside its cells.
type Sheet struct {
	Name       string
	Hidden     bool
	Merges     []grid.Merge
	Remarks    []remarks.Remark
	Drawing    drawn.Drawing
	Conditions drawn.Conditions // under which cells look otherwise

	columns []column
	book    *Book
	at      int
	mapped  []mapped
	more    bool   // there are more of these
	ranges  bool   // conditions are written by range
	area    string // of the conditions that are read
	last    int    // its last row
}

// column is what several columns beside each other are by default.
type column struct {
	from, to int
	style    string
	hidden   bool
}

// IsSpreadsheet reports whether an OpenDocument file says that it is a spreadsheet, and what else it is.
func IsSpreadsheet(z *zip.Reader) (bool, codes.Text) {
	kind, ok := strings.CutPrefix(strings.TrimSpace(mimetype(z)), "application/vnd.oasis.opendocument.")
	switch kind, _, _ = strings.Cut(kind, "-"); {
	case ok && kind == "spreadsheet":
		return true, codes.Text{}
	case ok && kind == "text":
		return false, codes.Text{Zh: "OpenDocument 文字文档（.odt）", En: "an OpenDocument text (.odt)"}
	case ok && kind == "presentation":
		return false, codes.Text{Zh: "OpenDocument 演示文稿（.odp）", En: "an OpenDocument presentation (.odp)"}
	}
	return false, codes.Text{Zh: "不含表格的 OpenDocument 文档", En: "an OpenDocument file that is no spreadsheet"}
}

// Open reads all of a workbook but the rows of its sheets. What it returns of a file that cannot be read is a *grid.Refusal, and
// the error of ctx where that is over.
func Open(ctx context.Context, z *zip.Reader, limits Limits) (*Book, error) {
	b := &Book{limits: limits, styles: newStyles(), pages: map[string][]string{}, prompts: map[string]string{}}
	var styles, manifest *zip.File
	locked := false
	for _, f := range z.File {
		switch strings.ReplaceAll(f.Name, "\\", "/") {
		case "content.xml":
			b.content = f
		case "styles.xml":
			styles = f
		case "META-INF/manifest.xml":
			manifest = f
		case "encrypted-package": // LibreOffice since 24.8: all of the workbook is in it
			locked = true
		}
	}
	if manifest != nil && !locked {
		said := false
		err := b.walk(ctx, manifest, func(token xmlscan.Token, x *xmlscan.Reader) error {
			said = said || token == xmlscan.Start && string(x.Name) == "encryption-data"
			return nil
		})
		locked = err == nil && said
	}
	if locked {
		return nil, grid.Refuse("password", codes.Text{Zh: "文件设有打开密码", En: "the file is encrypted with a password"},
			codes.Text{Zh: "ods 的加密不支持解密：请去掉打开密码后上报", En: "encrypted ods files are not read: remove the password and send it again"})
	}
	if b.content == nil {
		return nil, b.refuse(xmlscan.ErrBroken)
	}
	if styles != nil {
		if err := b.readStyles(ctx, styles); err != nil {
			return nil, cmp.Or(ctx.Err(), error(b.refuse(err)))
		}
	}
	if err := b.look(ctx); err != nil {
		return nil, cmp.Or(ctx.Err(), error(b.refuse(err)))
	}
	if n := uint64(len(b.Sheets)); n > 1 && b.content.UncompressedSize64 > maxWay/n {
		return nil, grid.Refuse("sheets", codes.Text{
			Zh: fmt.Sprintf("%d 张工作表共 %d MiB，一张一张读太费时", n, b.content.UncompressedSize64>>20),
			En: fmt.Sprintf("%d sheets in %d MiB take too long to read one by one", n, b.content.UncompressedSize64>>20),
		}, codes.Text{Zh: "请分成几个文件，或另存为 .xlsx", En: "divide it into several files, or save it as .xlsx"})
	}
	return b, nil
}

// part opens a part for reading, which ends with ctx.
func (b *Book) part(ctx context.Context, f *zip.File) (*xmlscan.Reader, io.Closer, error) {
	r, c, err := inflate.Open(f, b.limits.UnzippedBytes)
	if err != nil {
		return nil, nil, err
	}
	return xmlscan.New(until{ctx, r}, b.limits.RecordBytes), c, nil
}

// until reads as long as somebody waits for it.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// walk calls take for every token of a part.
func (b *Book) walk(ctx context.Context, f *zip.File, take func(xmlscan.Token, *xmlscan.Reader) error) error {
	x, closer, err := b.part(ctx, f)
	if err != nil {
		return err
	}
	defer closer.Close()
	for {
		token, err := x.Next()
		if err != nil || token == xmlscan.EOF {
			return err
		}
		if err := take(token, x); err != nil {
			return err
		}
	}
}

// readStyles reads the styles that all sheets share, and the heads and feet of their pages.
func (b *Book) readStyles(ctx context.Context, f *zip.File) error {
	page, inside, field, kept := "", false, 0, 0
	return b.walk(ctx, f, func(token xmlscan.Token, x *xmlscan.Reader) error {
		name := string(x.Name)
		switch {
		case token == xmlscan.Start && name == "master-page":
			page = x.AttrString("name")
		case name == "header" || name == "footer":
			inside = token == xmlscan.Start && x.AttrString("display") != "false"
		case token == xmlscan.Text:
			if text := strings.TrimSpace(strings.ToValidUTF8(string(little(nil, x.Text)), "")); inside && field == 0 && text != "" && kept < drawn.Most {
				b.pages[page] = append(b.pages[page], text)
				kept++
			}
		case name == "sheet-name" || name == "page-number" || name == "page-count" || name == "date" || name == "time" || name == "title" || name == "file-name":
			if field++; token == xmlscan.End {
				field -= 2
			}
		}
		b.styles.take(token, x)
		return nil
	})
}

// refuse puts an error of reading the package into words.
func (b *Book) refuse(err error) *grid.Refusal {
	var r *grid.Refusal
	again := codes.Text{
		Zh: "请在 LibreOffice 或 WPS 中打开修复，另存为 .xlsx 后重新上报；如在复制中，请等复制完成",
		En: "open and repair it in LibreOffice or WPS and save it as .xlsx; if it is being copied, wait for the copy to finish",
	}
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, inflate.ErrLong):
		return grid.Refuse("unzipped_size", codes.Text{
			Zh: fmt.Sprintf("解压后超过上限 %d MiB，可能是压缩炸弹", b.limits.UnzippedBytes>>20),
			En: fmt.Sprintf("unzips to more than %d MiB: perhaps a zip bomb", b.limits.UnzippedBytes>>20),
		}, codes.Text{Zh: "请把数据复制到新工作簿后上报", En: "copy the data to a new workbook and send that"})
	case errors.Is(err, xmlscan.ErrLong):
		return grid.Refuse("record_size", codes.Text{
			Zh: fmt.Sprintf("有一行超过上限 %d MiB", b.limits.RecordBytes>>20), En: fmt.Sprintf("a row is larger than %d MiB", b.limits.RecordBytes>>20),
		}, codes.Text{Zh: "请检查是否误粘贴了整个文件的内容", En: "check whether a whole file was pasted into one cell"})
	}
	no := grid.Refuse("damaged", codes.Text{Zh: "ods 工作簿内容损坏，无法读完", En: "the ods workbook is damaged and cannot be read to its end"}, again)
	no.Cause = err
	return no
}

// mimetype is what an OpenDocument file says that it is.
func mimetype(z *zip.Reader) string {
	f, err := z.Open("mimetype")
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 200))
	return string(b)
}
