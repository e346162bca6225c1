package fetchtest

import (
	"bytes"
	"context"
	"database/sql"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mariadb finds the tree in which usr/sbin/mariadbd lies: the one that YANZHEN_MARIADB names, the one that `make mariadb` took from
// Debian's packages, or the machine's own.
func mariadb(t testing.TB) string {
	t.Helper()
	trees := []string{os.Getenv("YANZHEN_MARIADB")}
	if dir, err := os.Getwd(); err == nil {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				trees = append(trees, filepath.Join(dir, ".cache", "mariadb"))
			}
		}
	}
	for _, dir := range append(trees, "/") {
		if _, err := os.Stat(filepath.Join(dir, "usr/sbin/mariadbd")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("opt-in: no MariaDB server is installed (package mariadb-server-core); run make mariadb, or set YANZHEN_MARIADB to the tree of its package")
	return ""
}

// MariaDB starts a MariaDB server that ends with the test, with settings of its own, and connects as its owner.
func MariaDB(t testing.TB, settings ...string) (Server, *sql.DB) {
	t.Helper()
	tree := mariadb(t)
	dir, err := os.MkdirTemp("", "yanzhen-mariadb-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	share := filepath.Join(tree, "usr/share/mysql")
	boot := "create database mysql;\nuse mysql;\n"
	for _, name := range []string{"mysql_system_tables.sql", "mysql_system_tables_data.sql"} {
		text, err := os.ReadFile(filepath.Join(share, name))
		if err != nil {
			t.Fatal(err)
		}
		boot += string(text) + "\n"
	}
	quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(Password) + "'"
	boot += "create database hr character set utf8mb4;\nflush privileges;\ncreate user 'owner'@'%' identified by " + quoted + ";\ngrant all on *.* to 'owner'@'%';\n"
	var said bytes.Buffer
	run := func(more ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(tree, "usr/sbin/mariadbd"), append([]string{
			"--no-defaults", "--basedir=" + filepath.Join(tree, "usr"), "--lc-messages-dir=" + share, "--character-sets-dir=" + filepath.Join(share, "charsets"),
			"--datadir=" + dir, "--tmpdir=" + dir, "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M",
		}, more...)...)
		if os.Getuid() == 0 {
			c.Args = append(c.Args, "--user=root")
		}
		lib := "usr/lib/x86_64-linux-gnu"
		c.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(tree, lib)+":"+filepath.Join(tree, "lib/x86_64-linux-gnu"), "TZ=UTC")
		c.SysProcAttr, c.Stdout, c.Stderr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}, &said, &said
		return c
	}
	first := run("--bootstrap")
	first.Stdin = strings.NewReader(boot)
	if err := first.Run(); err != nil {
		t.Fatalf("mariadbd --bootstrap: %v\n%s", err, said.String())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Server{Port: l.Addr().(*net.TCPAddr).Port, User: "owner", Name: "hr"}
	l.Close()
	server := run(append(settings, "--port="+strconv.Itoa(s.Port), "--bind-address=127.0.0.1", "--socket="+filepath.Join(dir, "s"), "--skip-name-resolve")...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName, cfg.Net, cfg.Addr = s.User, Password, s.Name, "tcp", "127.0.0.1:"+strconv.Itoa(s.Port)
	cfg.MultiStatements, cfg.Logger = true, &mysql.NopLogger{}
	c, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			return s, db
		}
		if ctx.Err() != nil {
			t.Fatalf("the server does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}
