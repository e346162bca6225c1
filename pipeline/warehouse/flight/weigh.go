package flight

import (
	"context"
	"net"
	"sync/atomic"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// weighing tells of each connection how many bytes came by it. A message is refused by them while it comes: where the library
// bounds it, it answers in words of its own before anybody else is asked. TLS has ended before.
type weighing struct {
	credentials.TransportCredentials
}

func (weighing) ServerHandshake(c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	w := &weighed{Conn: c}
	return w, w, nil
}

type weighed struct {
	net.Conn
	came atomic.Int64
}

func (w *weighed) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.came.Add(int64(n))
	return n, err
}

// AuthType makes a weighed connection what a call can find out about its own.
func (*weighed) AuthType() string { return "weighed" }

// weight is how many bytes came so far by the connection of a call.
func weight(ctx context.Context) func() int64 {
	if p, ok := peer.FromContext(ctx); ok {
		if w, ok := p.AuthInfo.(*weighed); ok {
			return w.came.Load
		}
	}
	return func() int64 { return 0 }
}
