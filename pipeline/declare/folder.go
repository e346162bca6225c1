package declare

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxTold is how many faults of a tree are told: with more of them it is the tree of something else.
const maxTold = 20

// Doc is one file and what it declares, as far as it could be read.
type Doc[T any] struct {
	*File
	Value *T
}

// Set is every file of a folder.
type Set[T any] struct {
	Docs   []Doc[T]
	faults []error // of the folder and of files that could not be opened
}

// Err joins the faults of all files, each in the order of its lines; nil where there is none.
func (s *Set[T]) Err() error {
	errs := slices.Clone(s.faults)
	for _, d := range s.Docs {
		errs = append(errs, d.Err())
	}
	return errors.Join(errs...)
}

// Read reads every dir/*.yaml of fsys as a T. What would be passed over without a word is a fault: a file that ends in
// .yml, a folder inside of the folder. A folder that is not there has no files.
func Read[T any](fsys fs.FS, dir string) *Set[T] {
	s := &Set[T]{}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.faults = append(s.faults, unreadable(dir, err))
		}
		return s
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch ext := path.Ext(name); {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			s.faults = append(s.faults, &Fault{name, 1, "", "不读目录中的目录，把其中的文件移到 " + dir + " 里", "a folder inside of a folder is not read: move its files into " + dir})
		case ext == ".yaml":
			text, err := readFile(fsys, name)
			if err != nil {
				s.faults = append(s.faults, unreadable(name, err))
				continue
			}
			v := new(T)
			s.Docs = append(s.Docs, Doc[T]{Parse(name, text, v), v})
		case strings.EqualFold(ext, ".csv"):
			s.faults = append(s.faults, &Fault{name, 1, "", "不会被读：代码表放在 codes 里", "would not be read: a code list lies in codes"})
		case strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml"):
			s.faults = append(s.faults, &Fault{name, 1, "", "扩展名是 " + ext + "，不会被读；改为 .yaml", "the file ends in " + ext + " and would not be read: rename it to .yaml"})
		}
	}
	return s
}

// readFile reads a file, and one byte more than Parse takes where it is larger.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

func unreadable(name string, err error) error {
	return &Fault{name, 1, "", "读不出，检查权限：" + err.Error(), "cannot be read, check its permissions: " + err.Error()}
}

// Folders tells what lies at the top of a tree of declarations and would not be read: a folder that is none of known,
// and a file of YAML, which belongs into one of them. What begins with a dot is left alone, and yanzhen.yaml may lie
// there too.
func Folders(fsys fs.FS, known ...string) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	slices.Sort(known)
	var faults []error
	for _, e := range entries {
		name, ext := e.Name(), path.Ext(e.Name())
		switch {
		case strings.HasPrefix(name, "."), e.IsDir() && slices.Contains(known, name), name == "yanzhen.yaml":
			continue
		case e.IsDir():
			near := Near(strings.ToLower(name), known)
			faults = append(faults, &Fault{name, 1, "", "不认识的目录" + near + "，其中的文件不会被读；可用: " + strings.Join(known, " "), "unknown folder" + near + ", its files would not be read; have " + strings.Join(known, " ")})
		case strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml"):
			faults = append(faults, &Fault{name, 1, "", "不会被读：声明放在目录 " + strings.Join(known, " ") + " 里", "would not be read: a declaration lies in one of the folders " + strings.Join(known, " ")})
		}
		if len(faults) == maxTold {
			break
		}
	}
	return errors.Join(faults...)
}
