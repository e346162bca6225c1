package setup

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// pending is the folder, among the declarations, of what is decided and not all in its place: it is made by one rename, and what
// is in it comes to its place whatever stops in between. Folders whose names begin with a dot hold no declarations.
const (
	pending   = ".decided"
	unnamed   = "names.json"  // of the zone, for its configuration; it comes last
	owed      = ".names.json" // the same among the declarations, while the configuration cannot be written
	asWritten = 0o640
	abandoned = time.Hour // after which nobody is deciding any more
)

// write puts declarations among those that are there, all of them or none: what does not hold together with the others leaves
// nothing, and neither does a program that is killed before all is decided; after it the rest follows (Finish). Nothing that is
// there is replaced. names go into the configuration. Where only these cannot be written, the error is an unwritten.
func (d *Desk) write(files map[string]string, names map[string]codes.Text) error {
	if err := d.finish(); err != nil {
		return err
	}
	left, _ := filepath.Glob(filepath.Join(d.Configs, pending+"-*"))
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.RemoveAll(dir)
		}
	}
	for _, name := range sortedKeys(files) {
		path := filepath.Join(d.Configs, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			return d.Invalid(fmt.Errorf(d.say("%s 已在：用 --name 另起一个名字", "%s is there: choose another name with --name"), path))
		}
	}
	aside, err := os.MkdirTemp(d.Configs, pending+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside)
	for name, text := range files {
		if err := put(filepath.Join(aside, filepath.FromSlash(name)), []byte(text)); err != nil {
			return err
		}
	}
	under, err := d.Layers()
	if err != nil {
		return err
	}
	if err := holds(configs.Laid(aside, under)); err != nil {
		return d.Invalid(fmt.Errorf("%s: %w", d.say("草稿与现有的声明合不上，没有留下", "the draft does not go with what is declared, and was not kept"), err))
	}
	if len(names) > 0 {
		text, err := json.Marshal(decided{d.Config, digest(d.Config), names})
		if err == nil {
			err = put(filepath.Join(aside, unnamed), text)
		}
		if err != nil {
			return err
		}
	}
	if err := os.Rename(aside, filepath.Join(d.Configs, pending)); err != nil {
		return err
	}
	return Finish(d.Configs)
}

// finish brings what was decided before to its place. That its names cannot be written was told then, or is told by the pages.
func (d *Desk) finish() error {
	err := Finish(d.Configs)
	if _, ok := errors.AsType[unwritten](err); ok {
		return nil
	}
	return err
}

// put writes a file and its folders; its bytes are on the disk then.
func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, asWritten)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// unwritten says that names are not in the configuration, and why.
type unwritten struct{ error }

// decided are names of the zone with the configuration that they were decided for, as it was then: what somebody has written into
// it since is not written over.
type decided struct {
	Config string                `json:"config"`
	Was    string                `json:"was"`
	Names  map[string]codes.Text `json:"names"`
}

// digest names what a file holds; empty: it cannot be read.
func digest(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// Finish brings what was decided in a directory of declarations to its place, where a program was stopped before all of it was.
// Of nothing decided it does nothing. Names that cannot be written into the configuration stay for the next time. It may be called
// by several at once.
func Finish(dir string) error {
	from := filepath.Join(dir, pending)
	if dir == "" {
		return nil
	}
	if _, err := os.Lstat(from); err != nil {
		return inscribe(filepath.Join(dir, owed))
	}
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, path)
		if errors.Is(err, fs.ErrNotExist) { // somebody else has brought it
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		to := filepath.Join(dir, rel)
		if rel == unnamed {
			to = filepath.Join(dir, owed)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		if _, err := os.Lstat(to); err == nil && rel != unnamed { // what is there stays
			return nil
		}
		if err := os.Rename(path, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err == nil {
		err = os.RemoveAll(from)
	}
	if err != nil {
		return err
	}
	return inscribe(filepath.Join(dir, owed))
}

// inscribe writes the names that a file keeps into the configuration that it names, and removes it.
func inscribe(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritten{err}
	}
	var d decided
	if err = json.Unmarshal(text, &d); err == nil && d.Was == digest(d.Config) {
		err = configure(d.Config, d.Names)
	}
	if err != nil {
		if d.Config == "" { // there is nowhere to wait for
			_ = os.Remove(path)
		}
		return unwritten{err}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
