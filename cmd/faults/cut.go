package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

//go:embed shadow.c.txt
var shadowC []byte

var errNoCompiler = errors.New("there is no C compiler (cc)")

// shadow is what the disk under a directory would hold after a power cut.
type shadow struct{ root, dir, library string }

// newShadow compiles the library that keeps it. What lies under root now counts as on disk.
func newShadow(root, dir string) (*shadow, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return nil, errNoCompiler
	}
	s := &shadow{root, dir, filepath.Join(dir, "shadow.so")}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	source := filepath.Join(dir, "shadow.c")
	if err := os.WriteFile(source, shadowC, 0o600); err != nil {
		return nil, err
	}
	said, err := exec.Command(cc, "-shared", "-fPIC", "-O2", "-o", s.library, fmt.Sprintf("-DROOT=%q", root), fmt.Sprintf("-DSHADOW=%q", dir), source, "-ldl").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errNoCompiler, err, said)
	}
	return s, s.begin()
}

// begin keeps what lies under root now, and nothing else.
func (s *shadow) begin() error {
	data := filepath.Join(s.dir, "data")
	if err := errors.Join(os.RemoveAll(data), os.MkdirAll(data, 0o700)); err != nil {
		return err
	}
	var tree strings.Builder
	err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case path == s.root:
			return nil
		case d.IsDir():
			fmt.Fprintf(&tree, "d\t-\t%s\n", path)
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			fmt.Fprintf(&tree, "l\t%s\t%s\n", to, path)
			return err
		case d.Type().IsRegular():
			var x unix.Statx_t
			if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &x); err != nil {
				return err
			}
			key := fmt.Sprintf("%d-%d-%d", x.Ino, x.Btime.Sec, x.Btime.Nsec)
			fmt.Fprintf(&tree, "f\t%s\t%s\n", key, path)
			return copyFile(path, filepath.Join(s.dir, "data", key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.dir, "tree"), []byte(tree.String()), 0o600)
}

// rebuild writes to root what a disk would hold. It reports how many files lost content.
func (s *shadow) rebuild() (lost int, err error) {
	tree, err := os.Open(filepath.Join(s.dir, "tree"))
	if err != nil {
		return 0, err
	}
	defer tree.Close()
	old := s.root + ".before"
	if err := os.Rename(s.root, old); err != nil {
		return 0, err
	}
	defer os.RemoveAll(old)
	if err := os.Mkdir(s.root, 0o700); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(tree)
	for lines.Scan() {
		f := strings.SplitN(lines.Text(), "\t", 3)
		if len(f) != 3 {
			return 0, fmt.Errorf("line %q of the tree", lines.Text())
		}
		switch f[0] {
		case "d":
			err = os.MkdirAll(f[2], 0o700)
		case "l":
			err = os.Symlink(f[1], f[2])
		case "f":
			err = copyFile(filepath.Join(s.dir, "data", f[1]), f[2])
			if errors.Is(err, fs.ErrNotExist) { // never synced
				err = os.WriteFile(f[2], nil, 0o600)
			}
			had, e1 := os.Stat(old + strings.TrimPrefix(f[2], s.root))
			has, e2 := os.Stat(f[2])
			if e1 == nil && e2 == nil && had.Size() != has.Size() {
				lost++
			}
		}
		if err != nil {
			return lost, err
		}
	}
	return lost, lines.Err()
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// cutsOfOne is how many power cuts one zone lives through: its engine keeps the files of its last minutes, all of which
// are looked at with each fsync.
const cutsOfOne = 10

// cuts lets the power fail n times at random moments.
func (t *trial) cuts(ctx context.Context, n int) error {
	began := time.Now()
	var all tolls
	for done := 0; done < n; done += cutsOfOne {
		one, err := t.cutsOf(ctx, fmt.Sprintf("cuts%d", done/cutsOfOne), min(cutsOfOne, n-done))
		if err != nil {
			return fmt.Errorf("after %d power cuts: %w", done, err)
		}
		all.sent, all.rolled, all.lost = all.sent+one.sent, all.rolled+one.rolled, all.lost+one.lost
		t.say("%d power cuts, %d files, %d rollbacks, %s", min(done+cutsOfOne, n), all.sent, all.rolled, time.Since(began).Round(time.Second))
	}
	if all.lost == 0 {
		return errors.New("power cuts: no file ever lost what was not synced, so the trial proves nothing")
	}
	t.say("power cuts: %d in %s, %d files sent, %d rolled back, %d files of the engine lost what was not synced, every unit and every other dataset as acknowledged: nothing lost, doubled or half", n, time.Since(began).Round(time.Second), all.sent, all.rolled, all.lost)
	return nil
}

// tolls counts what was done, and what the disk lost.
type tolls struct{ sent, rolled, lost int }

// cutsOf lets the power fail n times in a zone of its own.
func (t *trial) cutsOf(ctx context.Context, name string, n int) (c tolls, err error) {
	root := filepath.Join(t.dir, name, "zone", "engine")
	if err := os.MkdirAll(filepath.Dir(root), 0o700); err != nil {
		return c, err
	}
	s, err := newShadow(root, filepath.Join(t.dir, name, "shadow"))
	if err != nil {
		return c, err
	}
	z, m, others, err := t.prepare(ctx, name, s.library)
	if z != nil {
		defer z.kill()
	}
	if err == nil && t.weak {
		err = z.weaken(ctx)
	}
	if err != nil {
		return c, err
	}
	for i := range n {
		stop := t.traffic(ctx, z, m)
		time.Sleep(time.Duration(500+t.random.IntN(2500)) * time.Millisecond)
		// what is seen now was acknowledged before the power fails
		if err := look(ctx, z, m); err != nil {
			return c, fmt.Errorf("before power cut %d: %w", i+1, err)
		}
		time.Sleep(time.Duration(t.random.IntN(300)) * time.Millisecond)
		if pid := z.enginePID(); pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		z.kill()
		sent, rolled := stop()
		c.sent, c.rolled = c.sent+sent, c.rolled+rolled
		lost, err := s.rebuild()
		if c.lost += lost; err == nil {
			err = s.begin()
		}
		if err == nil {
			err = z.start(ctx)
		}
		if err == nil {
			err = look(ctx, z, m)
		}
		if err != nil {
			return c, fmt.Errorf("power cut %d: %w", i+1, err)
		}
	}
	return c, finish(ctx, z, m, others)
}
