package main

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long the demo zone may take until it serves on what was installed.
const patience = 3 * time.Minute

// trial installs a package below an empty directory, and starts it there with nothing but the C library of this machine:
// as root the directory is all that it sees, with an account that owns its data only; otherwise its environment is empty.
// It must serve the demo zone, answer the doctor from beside it, and end when told to.
func trial(ctx context.Context, pack string) (err error) {
	root, err := os.MkdirTemp("", "yanzhen-dist-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := os.Chmod(root, 0o755); err != nil {
		return err
	}
	program, err := install(ctx, pack, root)
	if err != nil || program == "" {
		return err
	}
	if err := lend(root, filepath.Join(root, program), filepath.Join(root, filepath.Dir(program), "libchdb.so")); err != nil {
		return err
	}
	data := filepath.Join(root, "var/lib/yanzhen")
	for _, dir := range []string{data, filepath.Join(root, "tmp"), filepath.Join(root, "proc")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := os.Chmod(filepath.Join(root, "tmp"), 0o1777); err != nil {
		return err
	}
	b := box{root: root, program: program}
	if os.Getuid() == 0 {
		b.shut = true
		if err := os.Chown(data, account, account); err != nil {
			return err
		}
	}
	if err := units(ctx, root); err != nil {
		return err
	}
	return b.serves(ctx, filepath.Base(pack))
}

// account is the one that the service runs under in a trial.
const account = 8086

// install unpacks a package, and says where in it the program is; "" where this machine cannot unpack it.
func install(ctx context.Context, pack, root string) (program string, err error) {
	var cmd *exec.Cmd
	switch {
	case strings.HasSuffix(pack, ".deb"):
		if _, err := exec.LookPath("dpkg-deb"); err != nil {
			fmt.Printf("%s was not tried: dpkg-deb is not here\n", pack)
			return "", nil
		}
		cmd, program = exec.CommandContext(ctx, "dpkg-deb", "-x", pack, root), "usr/lib/yanzhen/yanzhen"
	default:
		to := filepath.Join(root, "opt/yanzhen")
		if err := os.MkdirAll(to, 0o755); err != nil {
			return "", err
		}
		cmd, program = exec.CommandContext(ctx, "tar", "-xzf", pack, "-C", to, "--strip-components=1"), "opt/yanzhen/yanzhen"
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("unpacking: %w", err)
	}
	return program, nil
}

// lend copies into the root what programs need of this machine: the C library and its loader.
func lend(root string, programs ...string) error {
	for _, p := range programs {
		f, err := elf.Open(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		needed, err := f.ImportedLibraries()
		if s := f.Section(".interp"); err == nil && s != nil {
			b, _ := s.Data()
			needed = append(needed, strings.TrimRight(string(b), "\x00"))
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		for _, name := range needed {
			at := name
			if !filepath.IsAbs(name) {
				if at = shared(name); at == "" {
					return fmt.Errorf("%s needs %s, which is not here", p, name)
				}
			}
			real, err := filepath.EvalSymlinks(at)
			if err == nil {
				err = copyFile(real, filepath.Join(root, at))
			}
			if err == nil {
				err = os.Chmod(filepath.Join(root, at), 0o755)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// shared finds a library where distributions keep them.
func shared(name string) string {
	for _, dir := range []string{"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"} {
		if p := filepath.Join(dir, name); exists(p) {
			return p
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// units lets systemd's own tools look at the unit, where they are here.
func units(ctx context.Context, root string) error {
	unit := filepath.Join(root, "usr/lib/systemd/system/yanzhen.service")
	if !exists(unit) {
		return nil
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		fmt.Println("the unit was not looked at: systemd-analyze is not here")
		return nil
	}
	// 30 of 100 is "OK" of systemd's words; a unit without any care has 96
	said, err := exec.CommandContext(ctx, "systemd-analyze", "security", "--offline=true", "--threshold=30", unit).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the unit lets the service do too much: %w\n%s", err, said)
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	fmt.Println(strings.TrimSpace(lines[len(lines)-1]))
	return nil
}

// box is a place where a program runs.
type box struct {
	root, program string
	shut          bool // it sees nothing but the root
}

// command is the installed program with some arguments; paths are those within the box.
func (b *box) command(ctx context.Context, args ...string) *exec.Cmd {
	var cmd *exec.Cmd
	if b.shut {
		cmd = exec.CommandContext(ctx, "unshare", append([]string{
			"--mount", "--pid", "--fork", "--kill-child", "--mount-proc=" + filepath.Join(b.root, "proc"),
			"chroot", fmt.Sprintf("--userspec=%d:%d", account, account), b.root, "/" + b.program, "--dir", "/var/lib/yanzhen",
		}, args...)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/var/lib/yanzhen"} // of unshare and chroot: there is nothing of it in the box
	} else {
		cmd = exec.CommandContext(ctx, filepath.Join(b.root, b.program), append([]string{"--dir", filepath.Join(b.root, "var/lib/yanzhen")}, args...)...)
		cmd.Env = []string{"PATH=/nonexistent", "HOME=" + b.root}
	}
	cmd.Dir = b.root
	cmd.Cancel = func() error { return cmd.Process.Kill() } // what unshare has begun goes with it
	cmd.WaitDelay = 30 * time.Second
	return cmd
}

// serves starts the demo zone and asks it whether it is ready.
func (b *box) serves(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	address, err := free()
	if err != nil {
		return err
	}
	var log tail
	server := b.command(ctx, "serve", "--demo", "--listen", address)
	server.Stdout, server.Stderr = &log, &log
	began := time.Now()
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	if err := b.ready(ctx, address, ended); err != nil {
		cancel()
		return fmt.Errorf("%w\n%s", err, log.String())
	}
	ready := time.Since(began)
	said, err := b.command(ctx, "doctor").CombinedOutput()
	if err != nil {
		cancel()
		return fmt.Errorf("doctor: %w\n%s\n%s", err, said, log.String())
	}
	if err := b.stop(server.Process); err != nil {
		return err
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		return fmt.Errorf("it did not stop within a minute\n%s", log.String())
	}
	where := "without this machine's programs in its environment"
	if b.shut {
		where = "where nothing of this machine but its C library is to be seen"
	}
	fmt.Printf("%s: installed and serving %s, ready after %.1f s; doctor says nothing failed\n", name, where, ready.Seconds())
	return nil
}

// stop asks the program to end: unshare, before it, hears no such signal.
func (b *box) stop(p *os.Process) error {
	if !b.shut {
		return p.Signal(syscall.SIGTERM)
	}
	said, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.Pid, p.Pid))
	if err != nil {
		return err
	}
	var child int
	if _, err := fmt.Sscan(string(said), &child); err != nil {
		return fmt.Errorf("what runs in the box is not to be found: %w", err)
	}
	return syscall.Kill(child, syscall.SIGTERM)
}

// ready waits until the service says so.
func (b *box) ready(ctx context.Context, address string, ended <-chan error) error {
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("it was not ready after %s", patience)
		case <-time.After(200 * time.Millisecond):
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// tail keeps the last of what a program says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const kept = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if len(t.b) > 2*kept {
		t.b = slices.Clone(t.b[len(t.b)-kept:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.b))
}
