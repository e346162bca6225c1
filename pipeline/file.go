package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/spool"
	"yanzhen/pipeline/trouble"
	"yanzhen/pipeline/unfinished"
)

// input is a request after everything was found out that can be known before the rows are read.
type input struct {
	req         Request
	ds          *dataset.Dataset
	path        string // of the copy that is read
	display     string
	bytes       int64
	hash        [sha256.Size]byte
	sender      string
	period      days.Range // zero: to be found in the data, or the unit has none
	fingerprint string
	file        *source.File
	part        string                   // of a unit that comes in parts: which this file is; empty: the whole
	told        []codes.Text             // of headings that are read as was confirmed
	accepted    string                   // the unit of which its bytes are what is live: nobody reviews them again
	twin        *Live                    // the same bytes, live under another sender or unit; nil: none
	sheets      []string                 // as their sender called them
	persons     []string                 // of the personal columns, who are named by the file's, a folder's or a sheet's name
	known       func(name string) string // what is written of a sheet's name
	zone        *time.Location           // of the office
	points      map[string]time.Time     // that the load has passed
}

// unit names what this submission replaces. The period stands in it once it is known.
func (in *input) unit() string {
	var parts []string
	for _, u := range in.ds.Unit {
		switch u {
		case "sender":
			parts = append(parts, in.sender)
		case "period":
			parts = append(parts, in.period.String())
		case "file":
			parts = append(parts, in.display)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "all")
	}
	if in.part != "" {
		parts = append(parts, in.part)
	}
	return strings.Join(parts, "|")
}

// content names the bytes of the file.
func (in *input) content() string { return hex.EncodeToString(in.hash[:]) }

func (in *input) has(part string) bool { return slices.Contains(in.ds.Unit, part) }

// periodFromData reports whether the period has to be found in the rows.
func (in *input) periodFromData() bool {
	return in.has("period") && in.period.IsZero() && in.ds.Period != nil
}

// noPeriod asks for the period of a file that does not say it.
func (in *input) noPeriod(zh, en string) *Problem {
	return problem("no_period", zh, en).todo("把文件命名为 发送单位_"+in.ds.Title.Zh+"_2026年6月.xlsx，或装入时注明期间", "name the file sender_"+in.ds.Name+"_2026-06.xlsx, or give the period when loading")
}

// spool copies the file and hashes what it copied: the original may be replaced while it is read, the copy is not.
func (l *Loader) spool(ctx context.Context, in *input) error {
	from, err := os.Open(in.req.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return problem("file_gone", "文件不存在或已被移走", "the file is not there, or no longer").
			todo("核对路径，或重新放入收件夹", "check the path, or drop the file again")
	}
	if err != nil {
		return &Problem{
			Code: "file_unreadable", Text: codes.Text{Zh: "文件打不开：" + trouble.Reason(err).Zh, En: "the file cannot be opened: " + trouble.Reason(err).En},
			Remedy: codes.Text{Zh: "核对文件权限，关闭占用它的程序", En: "check the file's permissions and close programs that hold it"}, Err: err,
		}
	}
	defer from.Close()
	stat, err := from.Stat()
	if err != nil {
		return err
	}
	if !stat.Mode().IsRegular() {
		return problem("not_a_file", "不是普通文件", "not a regular file").
			todo("请提供 xlsx、xls、ods、csv、tsv、JSON Lines 或 Parquet 文件", "give an xlsx, xls, ods, csv, tsv, JSON Lines or Parquet file")
	}
	if stat.Size() == 0 {
		return problem("empty_file", "文件是空的（0 字节）", "the file is empty (0 bytes)").
			todo("重新导出后再报送", "export it again and resend")
	}
	if unfinished.Hollow(from, stat.Size()) {
		return problem("half_written", "文件不完整：末尾全是空字节，可能还没有复制或下载完", "the file is cut off: its end is nothing but NUL bytes, perhaps the copy or download is not finished").
			todo("请等复制完成，或重新复制、重新下载后再上报", "wait for the copy to finish, or copy it again")
	}
	if err := os.MkdirAll(l.Spool, 0o700); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(l.Spool, &disk); err == nil {
		if free := int64(disk.Bavail) * int64(disk.Bsize); free < 3*stat.Size() {
			return fmt.Errorf("磁盘空间不足：%s 剩余 %d MB，装入此文件需要约 %d MB / disk is nearly full: %d MB left, about %d MB needed: %w",
				l.Spool, free>>20, 3*stat.Size()>>20, free>>20, 3*stat.Size()>>20, unix.ENOSPC)
		}
	}
	ext := filepath.Ext(in.display)
	if len(ext) > 20 { // no ending of a kind of files: a name may be as long as a name can be already
		ext = ""
	}
	to, err := os.CreateTemp(l.Spool, spool.Name()+ext)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	in.path = to.Name()
	in.bytes, in.hash, err = spool.Copy(ctx, to, from)
	if e := to.Close(); err == nil {
		err = e
	}
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) { // its path may say whose file it is
			err = pe.Err
		}
		return fmt.Errorf("spool: %w", err)
	}
	if err := unmoved(in.req.Path, from, stat, in.bytes); err != nil || l.Scan == nil {
		return err
	}
	return l.Scan(ctx, in.path)
}

// unmoved compares a file that was copied with what it was before: written over or replaced in the
// meantime, the copy may be half of the one and half of the other.
func unmoved(path string, f *os.File, before fs.FileInfo, copied int64) error {
	after, err := f.Stat()
	if err != nil || after.Size() != before.Size() || copied != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return ErrMoving
	}
	if now, err := os.Stat(path); err == nil && !os.SameFile(now, before) {
		return ErrMoving
	}
	return nil
}

// beneath is what a parser, the database or the system said of a load that failed, for the log alone; empty where a sentence of
// this program is all there is.
func beneath(p *Problem, err error) string {
	var r *source.Refusal
	switch {
	case p == nil:
		return cell.Scrub(trouble.Beneath(err))
	case errors.As(p.Err, &r):
		return cell.Scrub(trouble.Beneath(r.Cause))
	case p.Code == "file_unreadable":
		return trouble.Beneath(p.Err)
	}
	return ""
}

func (in *input) close() {
	if in.file != nil {
		in.file.Close()
	}
	if in.path != "" {
		os.Remove(in.path)
	}
}

// options says to source what to look for in a file of the dataset.
func options(ds *dataset.Dataset, in *input) source.Options {
	o := source.Options{Display: path.Base(in.display), Header: ds.Header, Deep: ds.HeaderRows, Sheets: ds.Sheets.Pattern, Hidden: ds.Sheets.Hidden, Password: in.req.Password, Known: in.known, Zone: in.zone}
	o.Text = source.Dialect{Encoding: ds.Text.Encoding, Delimiter: ds.Text.Delimiter, Quote: ds.Text.Quote, Escape: ds.Text.Escape}
	o.Damaged = ds.Damaged()
	for i := range ds.Columns {
		o.Positions = max(o.Positions, ds.Columns[i].Position)
	}
	for i := range ds.Layouts {
		o.Positions = max(o.Positions, ds.Layouts[i].Width)
	}
	if ds.Unpivot != nil {
		o.Want = append(o.Want, source.Want{Fits: ds.Unpivot.Fits})
	}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		// the title first: a refusal quotes the first name
		names := append([]string{c.Title.Zh}, c.Names()...)
		o.Want = append(o.Want, source.Want{Names: names, Fits: c.Fits, Required: c.Required && c.Of == "" && (ds.Unpivot == nil || !ds.Unpivot.IsSpread(c.Name))})
	}
	return o
}

// identify finds out dataset, sender and period, and opens the file.
func (l *Loader) identify(ctx context.Context, in *input) error {
	name := filename.Parse(in.display)
	if in.req.Dataset != "" {
		if in.ds = l.Dataset(in.req.Dataset); in.ds == nil {
			names := strings.Join(l.Catalog.Names(), ", ")
			return problem("no_dataset", fmt.Sprintf("没有名为 %s 的数据集", in.req.Dataset), fmt.Sprintf("there is no dataset %s", in.req.Dataset)).
				todo("可选："+names, "one of: "+names)
		}
	} else if err := l.recognise(ctx, in, name); err != nil {
		return err
	}
	declared := in.ds
	if in.file == nil {
		if err := l.mapped(in, declared, l.senderOf(in, name)); err != nil {
			return err
		}
		f, err := source.Open(ctx, in.path, options(in.ds, in))
		if err != nil {
			return asProblem(err)
		}
		in.file = f
	}
	if err := l.findPersons(ctx, in); err != nil {
		return err
	}
	if in.persons != nil {
		name = filename.Parse(in.display)
	}
	in.sender = l.senderOf(in, name)
	if err := l.mapped(in, declared, in.sender); err != nil {
		return err
	}
	in.period = cmp.Or(in.req.Period, name.Period)
	if in.ds.PeriodNamed() {
		in.period = filename.Titled(in.period, days.Grain(in.ds.Period.Grain), in.file.Around())
	}
	if in.has("sender") && in.sender == "" {
		return problem("no_sender", "不知道由哪个单位报送", "it is not known who sent the file").
			todo("把文件命名为 发送单位_"+in.ds.Title.Zh+"_2026年6月.xlsx，或装入时注明发送单位", "name the file sender_"+in.ds.Name+"_2026-06.xlsx, or give the sender when loading")
	}
	if in.period.IsZero() && in.ds.PeriodNamed() {
		return in.noPeriod("不知道是哪个期间的数据", "it is not known which period the file is for")
	}
	in.fingerprint = in.ds.Fingerprint(in.hash[:])
	return nil
}

// senderOf is who sent a file of a name: whoever is said to, else who the name says, else its folder.
func (l *Loader) senderOf(in *input, name filename.Name) string {
	if said := (mask.Mask{Key: l.Key}).Name(strings.TrimSpace(in.req.Sender)); said != "" { // who names a sender means one
		return said
	}
	if name.Sender == "" && path.Dir(in.display) != "." {
		return path.Base(path.Dir(in.display)) // a folder for each sender
	}
	return name.Sender
}

// mapped takes the dataset as its sender calls the columns. What is declared of it otherwise, and its name, are the same.
func (l *Loader) mapped(in *input, ds *dataset.Dataset, sender string) (err error) {
	if l.Mapped == nil {
		return nil
	}
	var headers [][]string
	if in.file != nil {
		headers = [][]string{}
		for _, t := range in.file.Tables() {
			headers = append(headers, t.Header())
		}
	}
	in.ds, in.told, err = l.Mapped(ds, sender, headers)
	return err
}

// recognise finds the dataset of a file nobody named one for: by the words in the file's name,
// else by the header that fits best.
func (l *Loader) recognise(ctx context.Context, in *input, name filename.Name) error {
	for _, n := range l.Catalog.Names() {
		d := l.Catalog.Datasets[n]
		for _, part := range []string{name.Dataset, name.Sender} {
			if part != "" && (strings.EqualFold(part, d.Name) || part == d.Title.Zh || strings.EqualFold(part, d.Title.En)) {
				if part == name.Sender {
					in.req.Sender = cmp.Or(in.req.Sender, name.Dataset)
				}
				in.ds = d
				return nil
			}
		}
	}
	// the file is opened for all datasets at once, to find its header by any name that one of them
	// knows; where that leads nowhere, once more as a file without a header
	var near miss
	var fits []candidate
	for _, header := range []string{"auto", "none"} {
		var err error
		if fits, err = l.candidates(ctx, in, header, &near); err != nil {
			return err
		}
		if len(fits) > 0 {
			break
		}
	}
	slices.SortStableFunc(fits, func(a, b candidate) int {
		if a.bound-a.extra != b.bound-b.extra {
			return (b.bound - b.extra) - (a.bound - a.extra)
		}
		return b.bound - a.bound
	})
	switch {
	case len(fits) == 0:
		zh, en := "表头不符合任何数据集", "the header fits no dataset"
		if near.err != nil {
			p := asProblem(near.err)
			zh, en = zh+"，最接近的是“"+near.title+"”："+p.Text.Zh, en+"; the nearest is "+near.title+": "+p.Text.En
		}
		return problem("no_dataset", zh, en).todo("核对表头，或装入时注明数据集", "check the header, or name the dataset when loading")
	case len(fits) > 1 && fits[0].bound == fits[1].bound && fits[0].extra == fits[1].extra:
		return problem("two_datasets",
			fmt.Sprintf("表头同时符合“%s”和“%s”", fits[0].ds.Title.Zh, fits[1].ds.Title.Zh),
			fmt.Sprintf("the header fits %s as well as %s", fits[0].ds.Name, fits[1].ds.Name)).
			todo("把数据集名称写进文件名，或装入时注明数据集", "put the dataset's title into the file name, or name the dataset when loading")
	}
	in.ds = fits[0].ds
	return nil
}

// candidate is a dataset that a header fits.
type candidate struct {
	ds    *dataset.Dataset
	bound int // columns that the header names
	extra int // headers that are no column
}

// miss is the dataset that a header came nearest to without fitting it; the zero value is none.
type miss struct {
	title   string
	missing int
	err     error
}

// candidates are the datasets that the header of the file fits, read as header says ("auto", or "none"
// where the first line is data). None, and no error, where no header is found.
func (l *Loader) candidates(ctx context.Context, in *input, header string, near *miss) (fits []candidate, err error) {
	o := source.Options{Display: path.Base(in.display), Header: header, Password: in.req.Password, Known: in.known, Zone: in.zone}
	for _, n := range l.Catalog.Names() {
		o.Want = append(o.Want, options(l.Catalog.Datasets[n], in).Want...)
	}
	f, err := source.Open(ctx, in.path, o)
	var r *source.Refusal
	if errors.As(err, &r) && r.Rule == "header" && header == "auto" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := f.Tables()[0]
	first := t.First(ctx, 20)
	f.Close()
	for _, n := range l.Catalog.Names() {
		d := l.Catalog.Datasets[n]
		names, rows := t.Header(), first
		if header == "auto" && (d.Unpivot != nil || d.HeaderRows > 0 || d.Text != (dataset.Text{})) {
			// its header is one that the names of other datasets do not find
			if own, err := source.Open(ctx, in.path, options(d, in)); err == nil {
				names, rows = own.Tables()[0].Header(), own.Tables()[0].First(ctx, 20)
				own.Close()
			}
		}
		b, err := bind.Columns(d, names, rows)
		if err != nil {
			var be *bind.Error
			if errors.As(err, &be) && header == "auto" && (near.err == nil || len(be.Faults) < near.missing) {
				*near = miss{d.Title.Zh, len(be.Faults), err}
			}
			continue
		}
		c := candidate{ds: d, extra: len(b.Extra)}
		for _, col := range b.Columns {
			if col.At >= 0 && col.How != "of" {
				c.bound++
			}
		}
		if c.bound > 0 {
			fits = append(fits, c)
		}
	}
	return fits, nil
}

// asProblem puts what source and batch say into the shape in which it is kept. It returns nil for
// an error that is not about the file.
func asProblem(err error) *Problem {
	var p *Problem
	var r *source.Refusal
	var b *bind.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &r):
		var zh, en []string
		if r.Sheet != "" {
			zh, en = append(zh, "工作表“"+r.Sheet+"”"), append(en, "sheet "+r.Sheet)
		}
		if row := fmt.Sprintf("第 %d 行", r.Row); r.Row > 0 && !strings.Contains(r.Text.Zh, row) {
			zh, en = append(zh, row), append(en, fmt.Sprintf("row %d", r.Row))
		}
		t := r.Text
		if len(zh) > 0 {
			t = codes.Text{Zh: strings.Join(zh, "") + "：" + t.Zh, En: strings.Join(en, ", ") + ": " + t.En}
		}
		return &Problem{Code: r.Rule, Text: t, Remedy: r.Remedy, Err: err}
	case errors.As(err, &b):
		var zh, en []string
		for _, f := range b.Faults {
			zh, en = append(zh, f.Zh), append(en, f.En)
		}
		return &Problem{
			Code: "header", Text: codes.Text{Zh: strings.Join(zh, "；"), En: strings.Join(en, "; ")},
			Remedy: codes.Text{Zh: "按数据字典改正表头，或把现用的表头加为别名", En: "correct the header by the data dictionary, or declare the present one as an alias"}, Err: err,
		}
	}
	return nil
}
