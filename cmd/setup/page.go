package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/configs"
	"yanzhen/dashboard/drafting"
)

// mostDeclared bounds the office's own declarations that are copied for a look.
const mostDeclared = 64 << 20

// Page is the page that does the work of yanzhen declare; temp is where workbooks and looks lie meanwhile.
func (d *Desk) Page(temp string) *drafting.Page {
	return &drafting.Page{
		Folder: d.Configs, Temp: temp, Begin: d.begin,
		Keep: func(ctx context.Context, a drafting.Asked) (drafting.Drafted, error) {
			return d.page(ctx, a, d.Configs)
		},
		Look: func(ctx context.Context, a drafting.Asked) (drafting.Drafted, error) {
			dir, err := os.MkdirTemp(temp, "look-")
			if err != nil {
				return drafting.Drafted{}, err
			}
			defer os.RemoveAll(dir)
			if err := copyTree(d.Configs, dir); err != nil {
				return drafting.Drafted{}, err
			}
			return d.page(ctx, a, dir)
		},
	}
}

// page drafts in a directory of declarations, and says what came of it for a page.
func (d *Desk) page(ctx context.Context, a drafting.Asked, dir string) (drafting.Drafted, error) {
	desk := &Desk{
		Lang: a.Loc, Configs: dir, Scan: d.Scan,
		Layers: func() (fs.FS, error) { return configs.Over(dir) },
		Invalid: func(err error) error {
			return drafting.Fault{Text: strings.ReplaceAll(err.Error(), filepath.Dir(a.Path)+string(filepath.Separator), "")}
		},
	}
	x, err := (&DeclareFlags{File: a.Path, Name: a.Name, Title: a.Title}).draft(ctx, desk)
	if err != nil {
		return drafting.Drafted{}, err
	}
	out := drafting.Drafted{Name: x.name, Files: sortedKeys(x.files), Page: x.files["boards/"+x.name+".yaml"] != ""}
	out.Heads, out.Rows = desk.columns(x)
	out.Notes = append([]string{fmt.Sprintf(desk.say("看了 %d 行", "%d rows were looked at"), x.Rows)}, desk.lacks(x)...)
	return out, nil
}

// copyTree copies the files below a folder.
func copyTree(from, to string) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(mostDeclared)
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		path := filepath.Join(to, filepath.FromSlash(name))
		if e.IsDir() {
			return os.Mkdir(path, 0o700)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		in, err := root.Open(name)
		if err != nil {
			return err
		}
		defer in.Close()
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		n, err := io.Copy(file, io.LimitReader(in, left+1))
		if left -= n; left < 0 {
			err = errors.Join(err, fmt.Errorf("%s: more than %d MiB of declarations", from, mostDeclared>>20))
		}
		return errors.Join(err, file.Close())
	})
}
