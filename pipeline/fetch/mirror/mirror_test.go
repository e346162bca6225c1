package mirror_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yanzhen/pipeline/fetch/mirror"
)

func cells(texts ...string) [][]byte {
	r := make([][]byte, len(texts))
	for i, t := range texts {
		if t != "NULL" {
			r[i] = []byte(t)
		}
	}
	return r
}

func texts(r [][]byte) []string {
	out := make([]string, len(r))
	for i, c := range r {
		if out[i] = string(c); c == nil {
			out[i] = "NULL"
		}
	}
	return out
}

// What a mirror and what is laid over it give is what a map would hold, whatever the order and however often.
func TestLaidOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "mirror")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		name := filepath.Join(dir, "mirror")
		want := map[string]string{}
		cell := rapid.SampledFrom([]string{"", "NULL", "a", "b", "10", "9", "\x00", "雁,\"阵\n"})
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			s := mirror.NewSorter(dir, []int{0, 2})
			before, twice := map[string]bool{}, uint64(0)
			for range rapid.IntRange(0, 12).Draw(t, "rows") {
				r := []string{cell.Draw(t, "a"), cell.Draw(t, "value"), cell.Draw(t, "b")}
				key := r[0] + "\x01" + r[2]
				if before[key] {
					twice++
				}
				before[key], want[key] = true, r[1]
				if err := s.Add(cells(r...)); err != nil {
					t.Fatal(err)
				}
			}
			old, err := mirror.Open(name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			w, err := mirror.Create(name, mirror.Head{Of: "q", Columns: []string{"a", "v", "b"}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			found, err := s.Merge(old, func(r [][]byte) error {
				x := texts(r)
				got[x[0]+"\x01"+x[2]] = x[1]
				return w.Add(r)
			})
			if err != nil || found != twice || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("got %q, twice %d, %v; want %q, %d", got, found, err, want, twice)
			}
			old.Close()
			if err := w.Commit(); err != nil {
				t.Fatal(err)
			}
			s.Close()
		}
	})
}

// More rows than fit into memory come back all, in order, numbers by their value; a mirror that was cut anywhere is refused.
func TestManyAndCut(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "mirror")
	s := mirror.NewSorter(dir, []int{0})
	defer s.Close()
	const rows = 70_000
	pad := strings.Repeat("x", 1000)
	for i := range rows {
		if err := s.Add(cells(fmt.Sprint((i*7919)%rows+1), pad)); err != nil {
			t.Fatal(err)
		}
	}
	if runs, _ := filepath.Glob(filepath.Join(dir, "run-*")); len(runs) < 2 {
		t.Fatalf("%d files of sorted rows: nothing was spilled", len(runs))
	}
	w, err := mirror.Create(name, mirror.Head{Columns: []string{"id", "pad"}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	twice, err := s.Merge(nil, func(r [][]byte) error {
		if n++; string(r[0]) != fmt.Sprint(n) {
			return fmt.Errorf("row %d is %s", n, r[0])
		}
		return w.Add(r)
	})
	if err != nil || n != rows || twice != 0 {
		t.Fatal(n, twice, err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	read := func() error {
		old, err := mirror.Open(name)
		if err != nil {
			return err
		}
		defer old.Close()
		_, err = mirror.NewSorter(dir, []int{0}).Merge(old, func([][]byte) error { return nil })
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 10, len(whole) / 2, len(whole) - 1} {
		os.WriteFile(name, whole[:size], 0o600)
		if err := read(); !errors.Is(err, mirror.ErrDamaged) {
			t.Errorf("cut at %d: %v", size, err)
		}
	}
}
