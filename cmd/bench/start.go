package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is what `make build` has built.
const program = "bin/yanzhen"

// starts says how soon a server answers after its command was given, on an empty directory and on one that holds the demo
// zone, and what its processes hold once they have nothing to do.
func (b *bench) starts(ctx context.Context, times int) error {
	if _, err := os.Stat(program); err != nil {
		return errors.New(program + " is not there; run make build")
	}
	fmt.Print("## Start\n\n| directory | ready s | of times | resident MiB: server | engine | of it not the library's file |\n|---|---|---|---|---|---|\n")
	for _, z := range []struct {
		name string
		flag []string
	}{{"empty", nil}, {"demo", []string{"--demo"}}} {
		dir := filepath.Join(b.dir, "start-"+z.name)
		if _, _, err := b.start(ctx, dir, z.flag); err != nil { // the store is made, the files are loaded
			return err
		}
		var took []time.Duration
		var held []rest
		for range times {
			ready, r, err := b.start(ctx, dir, z.flag)
			if err != nil {
				return err
			}
			took, held = append(took, ready), append(held, r)
		}
		slices.Sort(took)
		slices.SortFunc(held, func(a, c rest) int { return int(a.server+a.engine) - int(c.server+c.engine) })
		mid := held[len(held)/2]
		fmt.Printf("| %s | %.2f | %d | %d | %d | %d |\n", z.name, took[len(took)/2].Seconds(), times, mid.server>>20, mid.engine>>20, mid.own>>20)
		b.note("start."+z.name+".ready", took[len(took)/2].Seconds(), "s")
		b.note("start."+z.name+".resident", float64((mid.server+mid.engine)>>20), "MiB")
	}
	fmt.Println()
	return nil
}

// rest is what processes hold in memory, bytes: own is what belongs to no file.
type rest struct{ server, engine, own uint64 }

// start starts a server, waits until it answers and until its processes rest, and stops it.
func (b *bench) start(ctx context.Context, dir string, flags []string) (ready time.Duration, r rest, err error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, r, err
	}
	at := free.Addr().String()
	free.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, r, err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"serve", "--dir", dir, "--listen", at}, flags...)...)
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, r, err
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-ended
	}()
	for {
		if w, err := http.Get("http://" + at + "/healthz"); err == nil {
			io.Copy(io.Discard, w.Body)
			w.Body.Close()
			if w.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(began) > time.Minute {
			return 0, r, fmt.Errorf("%s did not answer in a minute", program)
		}
		select {
		case <-ended:
			return 0, r, fmt.Errorf("%s ended", program)
		case <-time.After(5 * time.Millisecond):
		}
	}
	ready = time.Since(began)
	pids := append([]int{cmd.Process.Pid}, childrenOf(cmd.Process.Pid)...)
	for until := time.Now().Add(5 * time.Minute); ; { // at rest: less than a tenth of a processor for ten seconds
		before := cpuOfAll(pids)
		select {
		case <-ctx.Done():
			return 0, r, ctx.Err()
		case <-time.After(10 * time.Second):
		}
		if cpuOfAll(pids)-before < time.Second {
			break
		}
		if time.Now().After(until) {
			return 0, r, errors.New("the server did not rest within five minutes")
		}
	}
	for i, pid := range pids {
		if i == 0 {
			r.server += residentOf(pid)
		} else {
			r.engine += residentOf(pid)
		}
		r.own += anonymousOf(pid)
	}
	return ready, r, nil
}

func cpuOfAll(pids []int) (sum time.Duration) {
	for _, pid := range pids {
		sum += cpuOf(pid)
	}
	return sum
}

// childrenOf are the processes that a process has started and those that these have.
func childrenOf(pid int) (out []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range tasks {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for one := range strings.FieldsSeq(string(b)) {
			if n, err := strconv.Atoi(one); err == nil {
				out = append(append(out, n), childrenOf(n)...)
			}
		}
	}
	return out
}

// anonymousOf is the resident memory of a process that no file stands behind, bytes.
func anonymousOf(pid int) uint64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if kb, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			n, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}
