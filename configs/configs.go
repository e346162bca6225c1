// Package configs embeds everything that is declared: datasets, chains, metrics, boards, jobs, maps
// and code lists. It imports nothing of ours.
package configs

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"sort"
)

//go:embed all:datasets all:chains all:codes all:metrics all:boards all:jobs all:maps all:duties all:briefings all:scenes all:answers all:channels all:alerts all:contacts all:subscriptions all:sources
var embedded embed.FS

// FS holds the declarations this program was built with: datasets/*.yaml, chains/*.yaml,
// codes/*.csv, metrics/*, boards/*, jobs/*, maps/*, scenes/*, answers/*, channels/*, alerts/*, contacts/*, subscriptions/*, sources/*.
var FS fs.FS = embedded

// Over returns FS with the files of dir laid over it: a file there takes the place of the embedded
// one of the same path, a new one is added, and an empty one (0 bytes) removes it. Dir "" is FS.
// An error where dir is not a directory.
func Over(dir string) (fs.FS, error) {
	if dir == "" {
		return FS, nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("不是目录 / not a directory")}
	}
	return overlay{os.DirFS(dir), FS}, nil
}

// Laid is a tree with the files of dir laid over it as Over lays them.
func Laid(dir string, under fs.FS) fs.FS { return overlay{os.DirFS(dir), under} }

// overlay reads over first and under where over has no such file.
type overlay struct{ over, under fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.under.Open(name)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f, err
}

// ReadDir lists both layers, so that fs.Glob and fs.WalkDir see one tree.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	over, errOver := fs.ReadDir(o.over, name)
	under, errUnder := fs.ReadDir(o.under, name)
	if errOver != nil && errUnder != nil {
		return nil, errOver
	}
	if errOver != nil && !errors.Is(errOver, fs.ErrNotExist) {
		return nil, errOver
	}
	byName := map[string]fs.DirEntry{}
	for _, e := range under {
		byName[e.Name()] = e
	}
	for _, e := range over {
		byName[e.Name()] = e
		if info, err := fs.Stat(o.over, path.Join(name, e.Name())); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			delete(byName, e.Name())
		}
	}
	entries := make([]fs.DirEntry, 0, len(byName))
	for _, e := range byName {
		entries = append(entries, e)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, nil
}

// Files are the declarations of a tree in their order: the files of the folders that FS has. What tools keep beside them,
// in folders of other names or under names that begin with a dot, is none, and neither is a folder in one of these.
func Files(fsys fs.FS) (out []string, err error) {
	folders, err := fs.ReadDir(FS, ".")
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		entries, err := fs.ReadDir(fsys, folder.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(folder.Name(), e.Name())
			if e.Name()[0] == '.' {
				continue
			}
			info, err := fs.Stat(fsys, name) // a link to a file is one
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if info.Mode().IsRegular() {
				out = append(out, name)
			}
		}
	}
	return out, nil
}
