// Package packed loads what lies in a zip or a gz, file by file, each as if it had been sent by itself: 报送.zip/引进.xlsx is what it
// is called then. A packed file is bounded in what it may hold and become, and is refused whole where one of its files cannot be had.
package packed

import (
	"archive/zip"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/width"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
)

// Bounds of what is unpacked.
const (
	mostFiles = 200
	mostBytes = 1 << 30 // of all files together
	mostName  = 300     // bytes of a file's name with its folders
	mostBase  = 200     // without them: the copies of a file have longer names
)

// ratio is how many times its size a packed file may become, once it is past smallest: what becomes more is made to fill a disk.
const (
	ratio    = 300
	smallest = 16 << 20
)

// inside is a file that was unpacked.
type inside struct{ name, path string }

// Is reports whether a file is packed, by its name.
func Is(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".zip" || ext == ".gz"
}

func refuse(code, zh, en, todoZh, todoEn string) *pipeline.Problem {
	return &pipeline.Problem{Code: code, Text: codes.Text{Zh: zh, En: en}, Remedy: codes.Text{Zh: todoZh, En: todoEn}}
}

// Load loads a file, or what is packed in it; did is told what became of each. The outcome is that of the file, of several the
// one that most needs something done; the error is the loader's. Where the database is away, the rest is left.
func Load(ctx context.Context, l *pipeline.Loader, req pipeline.Request, did func(pipeline.Outcome, error)) (pipeline.Outcome, error) {
	if req.Display == "" {
		req.Display = filepath.Base(req.Path)
	}
	if !Is(req.Path) {
		out, err := l.Load(ctx, req)
		did(out, err)
		return out, err
	}
	began := time.Now()
	files, done, err := open(ctx, l, req)
	defer done()
	if p, ok := errors.AsType[*pipeline.Problem](err); ok {
		out := refused(ctx, l, req, p, began)
		did(out, p)
		return out, p
	}
	if err != nil {
		out := pipeline.Outcome{File: req.Display, State: pipeline.Failed}
		did(out, err)
		return out, err
	}
	worst, worstErr := pipeline.Outcome{File: req.Display, State: pipeline.Unchanged}, error(nil)
	for _, f := range files {
		out, err := l.Load(ctx, within(req, f))
		did(out, err)
		if err != nil && (pipeline.Away(err) || ctx.Err() != nil) {
			return out, err
		}
		if weight(out, err) > weight(worst, worstErr) || worst.Run == "" {
			worst, worstErr = out, err
		}
	}
	return worst, worstErr
}

// open unpacks the file of a request below the spool; done removes what was unpacked.
func open(ctx context.Context, l *pipeline.Loader, req pipeline.Request) (files []inside, done func(), err error) {
	if err := os.MkdirAll(l.Spool, 0o700); err != nil {
		return nil, func() {}, err
	}
	if l.Scan != nil { // as it came, and each file inside when it is loaded
		if err := l.Scan(ctx, req.Path); err != nil {
			return nil, func() {}, err
		}
	}
	sweep(l.Spool, time.Now())
	dir, err := os.MkdirTemp(l.Spool, "packed-")
	if err != nil {
		return nil, func() {}, err
	}
	files, err = unpack(ctx, req, dir)
	if p := others(req, files); err == nil && p != nil {
		err = p
	}
	return files, func() { os.RemoveAll(dir) }, err
}

// Plan reads a file, or what is packed in it, as Load would, and reports each to did. The error is one of theirs, one
// that may pass before a refusal.
func Plan(ctx context.Context, l *pipeline.Loader, req pipeline.Request, did func(pipeline.Plan, error)) error {
	if req.Display == "" {
		req.Display = filepath.Base(req.Path)
	}
	if !Is(req.Path) {
		plan, err := l.Plan(ctx, req)
		did(plan, err)
		return err
	}
	files, done, err := open(ctx, l, req)
	defer done()
	if err != nil {
		plan := pipeline.Plan{File: l.Shown(req.Display)}
		if info, e := os.Stat(req.Path); e == nil {
			plan.Bytes = info.Size()
		}
		did(plan, err)
		return err
	}
	for _, f := range files {
		plan, e := l.Plan(ctx, within(req, f))
		did(plan, e)
		if err == nil || pipeline.Temporary(e) {
			err = e
		}
		if e != nil && (pipeline.Away(e) || ctx.Err() != nil) {
			return e
		}
	}
	return err
}

// Look is the plan of a file. Of several that are packed together it is their sum in words, without a dataset: a line for each,
// and what speaks against it; the error is nil where at least one of them would be loaded.
func Look(ctx context.Context, l *pipeline.Loader, req pipeline.Request) (pipeline.Plan, error) {
	var first, sum pipeline.Plan
	n, good := 0, false
	err := Plan(ctx, l, req, func(p pipeline.Plan, err error) {
		if n++; n == 1 {
			first = p
		}
		against := p.Problems
		if why, ok := errors.AsType[*pipeline.Problem](err); ok && len(against) == 0 {
			against = []*pipeline.Problem{why}
		}
		good = good || err == nil
		for _, x := range against {
			x := *x
			x.Text = codes.Text{Zh: p.File + "：" + x.Text.Zh, En: p.File + ": " + x.Text.En}
			sum.Problems = append(sum.Problems, &x)
		}
		if p.Dataset != nil && err == nil {
			t := p.Dataset.Title
			sum.Notes = append(sum.Notes, codes.Text{
				Zh: fmt.Sprintf("%s：%s，读入 %d 行，装入 %d 行，拒收 %d 行", p.File, t.Zh, p.Read, p.Loaded, p.Rejected),
				En: fmt.Sprintf("%s: %s, %d rows read, %d loaded, %d refused", p.File, t.En, p.Read, p.Loaded, p.Rejected),
			})
		}
	})
	if n == 1 {
		return first, err
	}
	if good && !pipeline.Temporary(err) {
		err = ctx.Err()
	}
	sum.File = l.Shown(cmp.Or(req.Display, filepath.Base(req.Path)))
	return sum, err
}

// sweep removes what a process that was killed had unpacked.
func sweep(spool string, now time.Time) {
	old, _ := filepath.Glob(filepath.Join(spool, "packed-*"))
	for _, dir := range old {
		if info, err := os.Stat(dir); err == nil && now.Sub(info.ModTime()) > 48*time.Hour { // longer than any load takes
			os.RemoveAll(dir)
		}
	}
}

// from is the office that a packed file comes from, by its name or by its folder; empty: it tells none.
func from(req pipeline.Request) string {
	if s := filename.Parse(req.Display).Sender; s != "" {
		return s
	}
	if folder := path.Base(path.Dir(req.Display)); folder != "." && folder != "/" {
		return width.Narrow.String(folder)
	}
	return ""
}

// others refuses a packed file that comes from one office and holds a file in the name of another: who may send for the one would
// replace what the other has sent.
func others(req pipeline.Request, files []inside) *pipeline.Problem {
	whose := from(req)
	for _, f := range files {
		if own := filename.Parse(f.name).Sender; whose != "" && req.Sender == "" && own != "" && own != whose {
			return refuse("packed_sender", "压缩包由“"+whose+"”报送，里面却有“"+own+"”的文件", "the packed file comes from "+whose+" and holds a file of "+own, "各单位分别报送；里面的文件名写本单位，或不写单位", "let each send its own; name this office in the names inside, or none")
		}
	}
	return nil
}

// within is the request for a file inside: what its own name does not tell, that of the packed file tells.
func within(req pipeline.Request, f inside) pipeline.Request {
	outer, own, whose := filename.Parse(req.Display), filename.Parse(f.name), from(req)
	req.Path, req.Display, req.Run = f.path, path.Join(req.Display, f.name), ""
	if req.Sender == "" {
		folder := path.Base(path.Dir(f.name))
		if folder == "." || folder == "/" {
			folder = ""
		}
		if own.Sender == "" { // 引进与流出.xlsx names no office
			req.Sender = cmp.Or(whose, folder)
		}
	}
	if req.Sender == "" && own.Sender == "" { // the packed file is no folder of an office
		req.Display = strings.ReplaceAll(req.Display, "/", " › ")
	}
	if req.Period.IsZero() && own.Period.IsZero() {
		req.Period = outer.Period
	}
	return req
}

// weight orders outcomes by what they need: least nothing, more a person, most to be tried again, as nobody else sees to that.
func weight(o pipeline.Outcome, err error) int {
	states := []pipeline.State{pipeline.Unchanged, pipeline.Published, pipeline.Submitted, pipeline.Asked, pipeline.Returned, pipeline.Held, pipeline.Cancelled, pipeline.Failed}
	switch {
	case pipeline.Temporary(err):
		return len(states)
	case o.State == pipeline.Unchanged && o.Problem != nil: // refused before, and no better now
		return slices.Index(states, pipeline.Failed)
	}
	return slices.Index(states, o.State)
}

// refused records that a packed file was refused.
func refused(ctx context.Context, l *pipeline.Loader, req pipeline.Request, p *pipeline.Problem, began time.Time) pipeline.Outcome {
	id := cmp.Or(req.Run, pipeline.NewRun(began))
	name := l.Shown(req.Display)
	r := pipeline.Run{
		ID: id, Kind: "load", Parent: req.Parent, Job: req.Job, Attempt: 1, Started: began, Finished: time.Now(), File: name, Dataset: req.Dataset,
		Owner: l.Owner(), State: pipeline.Failed, Code: p.Code, MessageZh: p.Text.Zh, MessageEn: p.Text.En, RemedyZh: p.Remedy.Zh, RemedyEn: p.Remedy.En,
	}
	if err := l.PutRun(context.WithoutCancel(ctx), &r); err != nil && l.Log != nil {
		l.Log.Error("run not recorded", "run", id, "err", err)
	}
	return pipeline.Outcome{Run: id, File: name, State: pipeline.Failed, Problem: p, Took: time.Since(began)}
}

// room is what may still be unpacked.
type room struct {
	left   int64
	packed int64
	used   int64
}

// put unpacks one file.
func (r *room) put(ctx context.Context, to string, from io.Reader) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := from.Read(buf)
		r.used += int64(n)
		if r.used > r.left || r.used > smallest && r.used > ratio*r.packed {
			return refuse("packed_large", fmt.Sprintf("解开后超过 %d MB，或大得不合常理", r.left>>20), fmt.Sprintf("unpacked it has more than %d MB, or more than can be meant", r.left>>20),
				"分成几个压缩包，或直接报送文件", "divide it, or send the files themselves")
		}
		if _, werr := f.Write(buf[:n]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) {
			return f.Close()
		}
		if err != nil {
			return broken()
		}
	}
}

func broken() error {
	return refuse("packed_broken", "压缩包损坏或不完整", "the packed file is damaged or cut off", "重新压缩、重新复制后再报送", "pack it again, copy it again, and send it again")
}

func unpack(ctx context.Context, req pipeline.Request, dir string) ([]inside, error) {
	f, err := os.Open(req.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r := &room{left: mostBytes, packed: info.Size()}
	if strings.EqualFold(filepath.Ext(req.Path), ".zip") {
		return unzip(ctx, f, r, dir)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, broken()
	}
	base := path.Base(req.Display)
	if !strings.EqualFold(path.Ext(base), ".gz") { // people call it something else
		base = filepath.Base(req.Path)
	}
	base = base[:len(base)-len(".gz")]
	if len(base) > mostBase {
		return nil, long()
	}
	if Is(base) || strings.HasSuffix(strings.ToLower(base), ".tar") {
		return nil, nested(base)
	}
	out := inside{base, filepath.Join(dir, "0"+ending(base))}
	return []inside{out}, r.put(ctx, out.path, z)
}

func nested(name string) error {
	return refuse("packed_nested", "压缩包里又是压缩包："+name, "a packed file within a packed file: "+name, "只压缩一层", "pack once only")
}

func unzip(ctx context.Context, f *os.File, r *room, dir string) ([]inside, error) {
	z, err := zip.NewReader(f, r.packed)
	if err != nil {
		return nil, broken()
	}
	var out []inside
	seen := map[string]bool{}
	for _, e := range z.File {
		name, err := nameOf(e)
		if err != nil {
			return nil, err
		}
		if e.FileInfo().IsDir() || litter(name) {
			continue
		}
		switch {
		case e.Flags&1 != 0:
			return nil, refuse("packed_encrypted", "压缩包有口令", "the packed file has a password", "不设口令重新压缩", "pack it again without a password")
		case !e.Mode().IsRegular():
			return nil, refuse("packed_link", "压缩包里有链接或特殊文件："+name, "the packed file holds a link or a special file: "+name, "压缩文件本身", "pack the files themselves")
		case len(path.Base(name)) > mostBase:
			return nil, long()
		case Is(name):
			return nil, nested(name)
		case seen[name]:
			return nil, refuse("packed_twice", "压缩包里有两个同名的文件："+name, "the packed file holds two files of one name: "+name, "留一个", "keep one of them")
		case len(out) == mostFiles:
			return nil, refuse("packed_many", fmt.Sprintf("压缩包里超过 %d 个文件", mostFiles), fmt.Sprintf("the packed file holds more than %d files", mostFiles), "分成几个压缩包", "divide it")
		}
		seen[name] = true
		from, err := e.Open()
		if err != nil {
			return nil, broken()
		}
		to := filepath.Join(dir, strconv.Itoa(len(out))+ending(name))
		err = r.put(ctx, to, from)
		from.Close()
		if err != nil {
			return nil, err
		}
		out = append(out, inside{name, to})
	}
	if len(out) == 0 {
		return nil, refuse("packed_empty", "压缩包里没有文件", "the packed file holds no file", "核对压缩包", "check the packed file")
	}
	slices.SortFunc(out, func(a, b inside) int {
		return cmp.Or(cmp.Compare(filename.Parse(a.name).Revision, filename.Parse(b.name).Revision), cmp.Compare(a.name, b.name))
	})
	return out, nil
}

// nameOf is the name of a file inside, as it was meant: Windows in Chinese writes GB18030. One that leads out of the packed file
// is refused.
func nameOf(e *zip.File) (string, error) {
	name := e.Name
	if e.NonUTF8 {
		if text, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = text
		}
	}
	name = strings.ReplaceAll(name, `\`, "/")
	if clean := path.Clean(name); len(name) > mostName || path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsAny(name, "\x00\n\r") {
		return "", refuse("packed_name", "压缩包里有路径不正常的文件", "the packed file holds a file whose path is none", "重新压缩", "pack it again")
	}
	return path.Clean(name), nil
}

func long() error {
	return refuse("packed_name", fmt.Sprintf("压缩包里有文件名超过 %d 字节的文件（汉字每字 3 字节）", mostBase), fmt.Sprintf("the packed file holds a file whose name has more than %d bytes", mostBase), "改短文件名，重新压缩", "shorten the name, and pack it again")
}

// ending is that of a name, if it is one.
func ending(name string) string {
	if ext := filepath.Ext(name); len(ext) <= 10 {
		return ext
	}
	return ""
}

// litter are files that programs leave in packed files, and that nobody sends.
func litter(name string) bool {
	base := path.Base(name)
	low := strings.ToLower(base)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") || low == "thumbs.db" || low == "desktop.ini"
}
