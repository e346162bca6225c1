// The short form of the trials, for every run of the tests: what it proves is said in docs/trials.md. The long form is
// make faults.
package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var built string // the directory of the program

// build makes the program that is tried, once for all trials: to link it takes seconds of a core.
var build = sync.OnceValues(func() (program string, err error) {
	if built, err = os.MkdirTemp("", "yz-faults-built-*"); err != nil {
		return "", err
	}
	program = filepath.Join(built, "yanzhen")
	if said, err := exec.Command("go", "build", "-o", program, "yanzhen/cmd/yanzhen").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said)
	}
	return program, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server for each kill")
	}
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Log("seed", seed)
	// not t.TempDir: the path of the engine's socket would be too long
	dir, err := os.MkdirTemp("", "yz-faults-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return &trial{program: program, dir: dir, senders: 2, random: rand.New(rand.NewPCG(seed, 0)), say: t.Logf}
}

// The server and its engine are killed at random moments while files are loaded, replaced and rolled back.
func TestKills(t *testing.T) {
	if err := newTrial(t).kills(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
}

// The power fails: what was never synced is gone, what was acknowledged is there.
func TestPowerCuts(t *testing.T) {
	err := newTrial(t).cuts(t.Context(), 2)
	if errors.Is(err, errNoCompiler) {
		t.Skip("opt-in: a C compiler plays the disk: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A trial that cannot fail proves nothing: with the tables' fsync switched off the power cuts find a loss.
func TestPowerCutsFindLoss(t *testing.T) {
	if os.Getenv("YANZHEN_TEST_FAULTS") == "" {
		t.Skip("opt-in: YANZHEN_TEST_FAULTS is not set; make faults FAULTS='-kills 0 -cuts 10 -full=false -weak' does the same")
	}
	trial := newTrial(t)
	trial.weak = true
	err := trial.cuts(t.Context(), 10)
	if errors.Is(err, errNoCompiler) {
		t.Skip("opt-in: a C compiler plays the disk: ", err)
	}
	if err == nil {
		t.Fatal("ten power cuts without fsync lost nothing")
	}
	t.Log(err)
}

// The disk runs full while files arrive.
func TestFullDisk(t *testing.T) {
	err := newTrial(t).fullDisk(t.Context())
	if errors.Is(err, errNoMount) {
		t.Skip("opt-in: a small disk is mounted: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}
