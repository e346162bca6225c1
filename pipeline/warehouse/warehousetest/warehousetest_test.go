package warehousetest

import (
	"net"
	"os"
	"testing"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

func TestEmbedded(t *testing.T) {
	Run(t, func(t testing.TB, role string) *warehouse.DB { return OpenAs(t, role) })
}

// The same suite over a TCP port with names and passwords, as a server would be reached.
func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), TCP: addr, Users: map[string]embedded.User{
		"u1": {Role: embedded.Loader, Password: "p 1/@"}, "u2": {Role: embedded.Reader, Password: "p2"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	Run(t, func(t testing.TB, role string) *warehouse.DB {
		dsn := map[string]string{embedded.Loader: "http://u1:p%201%2F%40@" + addr, embedded.Reader: "http://u2:p2@" + addr}[role]
		if dsn == "" {
			return nil
		}
		return dial(t, dsn)
	})
}

// A server of one's own must pass too: YANZHEN_TEST_DSN names one as a user who may make databases.
func TestServer(t *testing.T) {
	dsn := os.Getenv("YANZHEN_TEST_DSN")
	if dsn == "" {
		t.Skip("YANZHEN_TEST_DSN names no server")
	}
	Run(t, func(t testing.TB, role string) *warehouse.DB {
		if role == embedded.Analyst {
			if dsn := os.Getenv("YANZHEN_TEST_ANALYST_DSN"); dsn != "" {
				return dial(t, dsn)
			}
			return nil
		}
		return dial(t, dsn)
	})
}

func dial(t testing.TB, dsn string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
