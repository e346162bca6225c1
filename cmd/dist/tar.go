package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// leftOut is what the tar leaves out of the stage: it has no package manager to run them.
var leftOut = []string{"scripts", "nfpm.yaml"}

// tar writes the stage, and says what the file is called. Below its one directory stand the program with the library beside
// it, the unit, the configuration and the documentation.
func (r *release) tar() (name string, err error) {
	if err := r.date(); err != nil {
		return "", err
	}
	top := "yanzhen-" + r.version
	name = fmt.Sprintf("%s-linux-%s.tar.gz", top, r.arch)
	f, err := os.Create(filepath.Join(r.out, name))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := gzip.NewWriter(f)
	t := tar.NewWriter(z)
	err = filepath.WalkDir(r.stage, func(path string, d fs.DirEntry, err error) error { // in the order of names
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(r.stage, path)
		if err != nil {
			return err
		}
		for _, out := range leftOut {
			if inside == out || strings.HasPrefix(inside, out+"/") {
				return nil
			}
		}
		h := &tar.Header{Name: filepath.ToSlash(filepath.Join(top, inside)), ModTime: r.made, Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if inside == "yanzhen" {
			h.Mode = 0o755
		}
		if d.IsDir() {
			h.Typeflag, h.Name, h.Mode = tar.TypeDir, h.Name+"/", 0o755
			return t.WriteHeader(h)
		}
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close()
		st, err := in.Stat()
		if err != nil {
			return err
		}
		h.Size = st.Size()
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		_, err = io.Copy(t, in)
		return err
	})
	return name, errors.Join(err, t.Close(), z.Close())
}

// sums writes SHA256SUMS beside what was made, as sha256sum -c reads it.
func sums(dir string, names []string) error {
	var b strings.Builder
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", h.Sum(nil), name)
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(b.String()), 0o644)
}

func write(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
