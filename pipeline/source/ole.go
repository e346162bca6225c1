package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/source/xls"

	"github.com/richardlehane/mscfb"
	"github.com/xuri/excelize/v2"
)

// openOLE reads the compound file that old Office programs write: an xls workbook, an encrypted
// xlsx, or something that is no table.
func (f *File) openOLE(length int64, o Options) (err error) {
	if length > o.Limits.MemoryBytes {
		return refuse("file_size", codes.Text{
			Zh: "文件 " + grid.Size(length) + "，旧格式或加密的文件不能超过 " + grid.Size(o.Limits.MemoryBytes),
			En: "the file is " + grid.Size(length) + "; of an old or encrypted format at most " + grid.Size(o.Limits.MemoryBytes) + " is read",
		}, saveAs)
	}
	damaged := refuse("damaged", codes.Text{
		Zh: "文件结构损坏或不完整，可能还没有复制或下载完", En: "the file is damaged or cut off: perhaps the copy or download is not finished",
	}, codes.Text{
		Zh: "请等复制完成，或在 Excel、WPS 中打开另存为 .xlsx 后重新上报", En: "wait for the copy to finish, or open it in Excel or WPS and save it as .xlsx",
	})
	// both libraries index what the file claims; a lie must not take the process down
	defer func() {
		if p := recover(); p != nil {
			err = damaged
		}
	}()
	raw := make([]byte, length)
	if _, err := f.disk.ReadAt(raw, 0); err != nil {
		return fmt.Errorf("source %s: reading: %w", f.name, err)
	}
	doc, err := mscfb.New(bytes.NewReader(raw))
	if err != nil {
		return damaged
	}
	streams := map[string]*mscfb.File{}
	for range 10000 {
		entry, err := doc.Next()
		if err != nil {
			break
		}
		if len(entry.Path) == 0 && streams[entry.Name] == nil {
			streams[entry.Name] = entry
		}
	}
	read := func(name string) ([]byte, error) {
		s := streams[name]
		if s.Size > length {
			return nil, damaged
		}
		b, err := io.ReadAll(io.LimitReader(s, s.Size))
		if err != nil || int64(len(b)) < s.Size {
			return nil, damaged
		}
		return b, nil
	}
	has := func(name string) bool { return streams[name] != nil }
	switch {
	case has("EncryptedPackage") && has("EncryptionInfo"):
		info, err := read("EncryptionInfo")
		if err != nil {
			return err
		}
		if streams["EncryptedPackage"].Size > length {
			return damaged
		}
		return f.openEncrypted(raw, info, o)
	case has("Workbook"):
		stream, err := read("Workbook")
		if err != nil {
			return err
		}
		return f.openXLS(stream, o)
	case has("Book"):
		return refuse("old_excel", codes.Text{
			Zh: "文件是 Excel 5.0/95 的旧格式，无法读取", En: "an Excel 5.0/95 file, too old to read",
		}, saveAs)
	case has("WordDocument"):
		return notATable("Word 97-2003 文档", "a Word 97-2003 document")
	case has("PowerPoint Document"):
		return notATable("PowerPoint 97-2003 演示文稿", "a PowerPoint 97-2003 presentation")
	case has("__properties_version1.0"):
		return notATable("Outlook 邮件", "an Outlook message")
	case len(streams) == 0:
		return damaged
	}
	return notATable("其他 Office 文件", "another kind of Office file")
}

var spinCount = regexp.MustCompile(`spinCount="(\d+)"`)

// openEncrypted opens an encrypted xlsx with the given password or, where there is none, with the
// one that Excel itself uses for workbooks that are only protected against changes.
func (f *File) openEncrypted(raw, info []byte, o Options) error {
	for _, m := range spinCount.FindAllSubmatch(info, -1) {
		if n, err := strconv.Atoi(string(m[1])); err != nil || n > 250_000 {
			return refuse("encrypted", codes.Text{
				Zh: "文件的加密参数异常，拒绝解密", En: "the file's encryption parameters are out of range",
			}, saveAs)
		}
	}
	password := o.Password
	if password == "" {
		password = "VelvetSweatshop"
	}
	plain, err := excelize.Decrypt(raw, &excelize.Options{Password: password})
	if err == nil && len(plain) > 4 && string(plain[:2]) == "PK" {
		kind, err := sniffZip(bytes.NewReader(plain), int64(len(plain)))
		if err != nil {
			return err
		}
		f.Format = kind
		return f.openXLSX(bytes.NewReader(plain), int64(len(plain)), o)
	}
	remedy := codes.Text{
		Zh: "请去掉打开密码（文件 - 信息 - 保护工作簿）后上报，或在任务中配置正确的密码",
		En: "remove the password to open it (File, Info, Protect Workbook), or configure the right one for the job",
	}
	switch {
	case o.Password == "":
		return refuse("password", codes.Text{Zh: "文件设有打开密码", En: "the file is encrypted with a password"}, remedy)
	case errors.Is(err, excelize.ErrUnsupportedEncryptMechanism), errors.Is(err, excelize.ErrUnknownEncryptMechanism):
		return refuse("encrypted", codes.Text{Zh: "文件的加密方式不支持", En: "the file is encrypted in a way that is not supported"}, saveAs)
	}
	return refuse("password", codes.Text{Zh: "文件设有打开密码，配置的密码不对", En: "the file is encrypted and the configured password is wrong"}, remedy)
}

// openXLS reads all of an old workbook but the sheets.
func (f *File) openXLS(stream []byte, o Options) error {
	pattern, err := sheetPattern(o)
	if err != nil {
		return err
	}
	f.Format = XLS
	b, err := xls.Open(stream, xls.Limits{Columns: o.Limits.Columns, StringBytes: o.Limits.StringBytes})
	if err != nil {
		return err
	}
	for _, s := range b.Sheets {
		t := &Table{File: f.name, Sheet: o.known(s.Name), epoch: &b.Epoch}
		t.scan = func(ctx context.Context, after int, yield func(Row, error) bool) {
			t.scanSheet(ctx, s.Rows, after, yield)
		}
		t.merges = func() ([]merge, error) {
			return slices.DeleteFunc(s.Merges(), func(m merge) bool { return m.Top > headerRows+headerDepth }), nil
		}
		t.below = func() []merge {
			return slices.DeleteFunc(s.Merges(), func(m merge) bool { return m.Bottom == m.Top && m.Right == m.Left || m.Top <= t.last })
		}
		t.remarks = func() []remarks.Remark { list, _ := s.Beside(); return list }
		t.lies = func() (drawn.Drawing, *drawn.Conditions) { _, d := s.Beside(); return d, &drawn.Conditions{} }
		f.take(t, sheet{name: s.Name, hidden: s.Hidden}, pattern, o)
	}
	if f.epoch = b.Epoch; len(f.tables) == 0 {
		return f.noSheet()
	}
	return nil
}
