//go:build !linux

package backup

import (
	"io/fs"
	"os"
	"path/filepath"
)

// settle writes out every file and folder below a folder.
func settle(f *os.File) error {
	return filepath.WalkDir(f.Name(), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncDir(path)
	})
}
