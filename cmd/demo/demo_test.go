package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// written is one demo, made once for the tests that only read it.
func written(t *testing.T, seed uint64) *Manifest {
	t.Helper()
	m, err := Write(t.TempDir(), Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b := written(t, 7), written(t, 7)
	if len(a.Files) != len(b.Files) || len(a.Files) == 0 {
		t.Fatalf("%d and %d files", len(a.Files), len(b.Files))
	}
	for _, f := range a.Files {
		x, err := os.ReadFile(filepath.Join(a.Dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b.Dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs between two runs of one seed", f.Name)
		}
	}
}

// The published numbers, from the files as they were written.
func TestPublishedNumbers(t *testing.T) {
	for _, seed := range []uint64{0, 1, 20260630} {
		m := written(t, seed)
		truth, err := ReadTruth(m)
		if err != nil {
			t.Fatal(err)
		}
		check := func(metric string, from, to time.Time, want float64) {
			t.Helper()
			if got, ok := truth.Value(metric, from, to, "", ""); !ok || got != want {
				t.Errorf("seed %d: %s in [%s, %s): got %v (%v), want %v", seed, metric, from.Format(time.DateOnly), to.Format(time.DateOnly), got, ok, want)
			}
		}
		h1, after := day(2026, 1, 1), day(2026, 7, 1)
		check("talent_stock", h1, after, 473)
		check("talent_recognised", day(2025, 1, 1), h1, 193)
		check("talent_recognised", day(2024, 1, 1), day(2025, 1, 1), 39)
		check("graduates_introduced", h1, after, 3016)
		check("skilled_added", h1, after, 2016)
		check("high_skilled_added", h1, after, 716)
		last, _ := truth.Value("national_selections", h1, after, "", "")
		for y := 2022; y < 2026; y++ {
			if n, _ := truth.Value("national_selections", day(y, 1, 1), day(y+1, 1, 1), "", ""); n >= last || n == 0 {
				t.Errorf("seed %d: %v national selections in %d, %v in 2026: no record", seed, n, y, last)
			}
		}
	}
}
