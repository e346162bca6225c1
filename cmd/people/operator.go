package people

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Operated is the file that says where the socket of a server's operator is.
func Operated(dir string) string { return filepath.Join(dir, "operator") }

// longestSocket is below the shortest limit of the systems served (104 on macOS, 108 on Linux).
const longestSocket = 100

// Operator is the door of whoever owns the zone's directory: the pages on a socket that only that user can open.
type Operator struct {
	server *http.Server
	paths  []string
}

// Operate opens the operator's door for the commands beside this server. pages are those
// that the operator sees.
func Operate(dir string, pages http.Handler, log *slog.Logger) (*Operator, error) {
	name := filepath.Join(dir, "operator.sock")
	o := &Operator{}
	if len(name) > longestSocket {
		short, err := os.MkdirTemp("/tmp", "yz")
		if err != nil {
			return nil, err
		}
		name = filepath.Join(short, "s")
		o.paths = append(o.paths, short)
	}
	_ = os.Remove(name) // left by a process that was killed: the engine's lock says that it is gone
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, err
	}
	o.paths = append([]string{Operated(dir), name}, o.paths...)
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	o.server = &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute}
	go func() { _ = o.server.Serve(l) }()
	if err := os.WriteFile(Operated(dir), []byte(name+"\n"), 0o600); err != nil {
		log.Warn("commands beside this server will not find it", "error", err) // a full disk keeps nobody from reading
	}
	return o, nil
}

// Close closes the operator's door.
func (o *Operator) Close() {
	o.server.Close()
	for _, name := range o.paths {
		os.Remove(name)
	}
}
