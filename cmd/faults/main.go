// Command faults tries what must not lose, double or halve a row: it kills the server and its engine at random moments
// while files are loaded, replaced and rolled back, lets the power fail, and fills the disk. Every unit is then
// compared with what was acknowledged, reckoned here without the loader. `make faults` runs it; docs/trials.md keeps
// a record.
//
// A power cut is played with what the engine asked the disk for: a library that is loaded before the engine keeps, at
// every fsync that succeeds, the content of that file and the names of all. After both processes are killed the
// directory is built anew from that alone: a file that was never synced is there and empty, one that was synced has the
// content it had then. So a disk is played that keeps its promise and a file system that commits names in order, as
// ext4 and xfs do; not one that loses what it acknowledged, nor one without a journal.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	kills := flag.Int("kills", 200, "how often the server or its engine is killed")
	cuts := flag.Int("cuts", 50, "how often the power fails; needs a C compiler")
	full := flag.Bool("full", true, "fill the disk too; needs the right to mount a tmpfs")
	weak := flag.Bool("weak", false, "switch the tables' fsync off: the power cuts must then find losses, or they prove nothing")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
	bin := flag.String("bin", "bin/yanzhen", "the program that is tried")
	dir := flag.String("dir", "", "where to work; default: a temporary directory, removed where all went well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, plan{*kills, *cuts, *full, *weak}, *seed, *bin, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		stop()
		os.Exit(1)
	}
}

// plan is what is tried.
type plan struct {
	kills, cuts int
	full, weak  bool
}

func run(ctx context.Context, p plan, seed uint64, bin, dir string) error {
	program, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	made := dir == ""
	if made {
		if dir, err = os.MkdirTemp("", "yanzhen-faults-*"); err != nil {
			return err
		}
	}
	fmt.Println("seed", seed, "in", dir)
	t := &trial{program: program, dir: dir, senders: 3, weak: p.weak, random: rand.New(rand.NewPCG(seed, 0)), say: func(f string, a ...any) { fmt.Printf(f+"\n", a...) }}
	var errs []error
	if p.kills > 0 {
		errs = append(errs, t.kills(ctx, p.kills))
	}
	if p.cuts > 0 {
		err := t.cuts(ctx, p.cuts)
		if errors.Is(err, errNoCompiler) {
			fmt.Println("power cuts left out:", err)
			err = nil
		}
		errs = append(errs, err)
	}
	if p.full {
		err := t.fullDisk(ctx)
		if errors.Is(err, errNoMount) {
			fmt.Println("the full disk left out:", err)
			err = nil
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || !made {
		return err
	}
	return os.RemoveAll(dir)
}
