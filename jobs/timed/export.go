package timed

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
)

// Folder is where the files of an owner lie, below the zone's directory.
func Folder(dir, owner string) string { return filepath.Join(dir, "exports", owner) }

func refuse(zh, en string) error { return &shelf.Refusal{Text: codes.Text{Zh: zh, En: en}} }

// named is the name of a file: the number and the title of its statement, and when it was written.
func named(s shelf.Saved, at time.Time, ending string) string {
	title := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, s.Title)
	if runes := []rune(title); len(runes) > 40 {
		title = string(runes[:40])
	}
	return strconv.Itoa(s.ID) + "_" + strings.Trim(title, "_") + "_" + at.Format("20060102-150405") + ending
}

// export writes the answer of a statement as a file, which is there whole or not at all, and takes older ones away.
func (c *Clock) export(ctx context.Context, s shelf.Saved, v *access.Viewer, h *shelf.Happened) (err error) {
	f, ok := statement.FormatOf(s.Timed.Format)
	if !ok {
		return refuse("没有这种文件格式", "there is no such format")
	}
	root, err := opened(c.Dir, s.Owner, (*os.Root).MkdirAll)
	if err != nil {
		return err
	}
	defer root.Close()
	used, err := c.clear(root, s)
	if err != nil {
		return err
	}
	name := named(s, h.At.In(address.Office), f.Ending)
	part := "." + name + ".part"
	out, err := root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	to := &bounded{File: out, most: min(mostFile, mostOwn-used)}
	counted, rows := access.Counting(ctx)
	err = c.Room.File(counted, c.asking(s, v), f, to, cmp.Or(c.Lang, codes.Zh))
	if to.over {
		err = refuse("文件会超过 1 GB，或您的文件合计会超过 10 GB：缩小语句，或少留几个文件", "the file would be larger than 1 GB, or all of yours than 10 GB: narrow the statement, or keep fewer files")
	}
	if err == nil {
		err = out.Sync()
	}
	err = errors.Join(err, out.Close())
	if err == nil {
		if err = root.Rename(part, name); errors.Is(err, fs.ErrNotExist) { // what was read may hold somebody who was deleted since
			return &statement.Fault{Text: codes.Text{Zh: "写的时候有个人被删除（yanzhen forget），稍后重写", En: "a person was deleted while it was written (yanzhen forget): it is written anew"}, Code: 209}
		}
	}
	if err != nil {
		return errors.Join(err, root.Remove(part))
	}
	h.File, h.Bytes, h.Rows = name, to.n, rows.Load()
	_, err = c.clear(root, s)
	return err
}

// clear takes away what is left half, and the oldest files of a statement beyond those that are kept; it returns the bytes of
// all that stays.
func (c *Clock) clear(root *os.Root, s shelf.Saved) (used int64, err error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return 0, err
	}
	var own []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".part") {
			if err := root.Remove(e.Name()); err != nil { // one runs at a time: nobody writes it
				return 0, err
			}
			continue
		}
		used += info.Size()
		if strings.HasPrefix(e.Name(), strconv.Itoa(s.ID)+"_") {
			own = append(own, info)
		}
	}
	slices.SortFunc(own, func(x, y fs.FileInfo) int { return y.ModTime().Compare(x.ModTime()) })
	for i, info := range own {
		if i < s.Timed.Keep {
			continue
		}
		if err := root.Remove(info.Name()); err != nil {
			return 0, err
		}
		used -= info.Size()
	}
	return used, nil
}

// fileRe is the name of a file that an export has written.
var fileRe = regexp.MustCompile(`^(\d+)_.*_\d{8}-\d{6}\.[a-z]+$`)

// Left counts the files of a statement that its owner has not taken away.
func Left(dir, owner string, id int) (n int) {
	root, err := opened(dir, owner, nil)
	if err != nil {
		return 0
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if m := fileRe.FindStringSubmatch(e.Name()); m != nil && m[1] == strconv.Itoa(id) {
			n++
		}
	}
	return n
}

// tidy takes away the files of statements that no clock exports any more, a while after they were written: nothing else would.
func (c *Clock) tidy(list []shelf.Saved) {
	kept := map[string]bool{}
	for _, s := range list {
		kept[s.Owner+"/"+strconv.Itoa(s.ID)] = s.Timed.Kind == shelf.ExportKind
	}
	owners, err := os.ReadDir(filepath.Join(c.Dir, "exports"))
	if err != nil {
		return // nothing was ever exported
	}
	for _, owner := range owners {
		root, err := opened(c.Dir, owner.Name(), nil)
		if err != nil {
			continue
		}
		entries, _ := fs.ReadDir(root.FS(), ".")
		for _, e := range entries {
			m := fileRe.FindStringSubmatch(e.Name())
			info, err := e.Info()
			if m == nil || err != nil || !info.Mode().IsRegular() || kept[owner.Name()+"/"+m[1]] || c.now().Sub(info.ModTime()) < LeftFor {
				continue
			}
			err = root.Remove(e.Name())
			c.log().Info("a file of a statement that is off the clock is taken away", "owner", owner.Name(), "file", e.Name(), "err", err)
		}
		root.Close()
	}
}

// Open opens a file of an owner; an error that is fs.ErrNotExist where it is none.
func Open(dir, owner, name string) (*os.File, error) {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `/\`) {
		return nil, fs.ErrNotExist
	}
	root, err := opened(dir, owner, nil)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Open(name)
}

// opened opens the folder of an owner; neither a name nor a link leads out of the zone's directory.
func opened(dir, owner string, first func(*os.Root, string, os.FileMode) error) (*os.Root, error) {
	zone, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer zone.Close()
	at := filepath.Join("exports", owner)
	if first != nil {
		if err := first(zone, at, 0o750); err != nil {
			return nil, err
		}
	}
	return zone.OpenRoot(at)
}

// bounded writes so much and no more.
type bounded struct {
	*os.File
	n, most int64
	over    bool
}

var errOver = errors.New("the file is full")

func (b *bounded) Write(p []byte) (int, error) {
	if b.n+int64(len(p)) > b.most {
		b.over = true
		return 0, errOver
	}
	n, err := b.File.Write(p)
	b.n += int64(n)
	return n, err
}
