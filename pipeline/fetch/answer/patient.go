package answer

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// Patient is a connection on which nobody is waited for longer than Idle after the last that came or was asked. Limits that the
// library above it sets, which much on a slow line would pass, do not count.
type Patient struct {
	net.Conn
	Left *atomic.Int64 // bytes that may still come
	Idle time.Duration
}

// Read reads what came; an error where more comes than is left.
func (c *Patient) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.Idle)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if c.Left.Add(-int64(n)) < 0 {
		return 0, errors.New("回答大得不合常理 / the answer is larger than can be meant")
	}
	return n, err
}

// Write asks for more.
func (c *Patient) Write(p []byte) (int, error) {
	if err := c.Conn.SetDeadline(time.Now().Add(c.Idle)); err != nil { // also for who reads already: the answer has all of it
		return 0, err
	}
	return c.Conn.Write(p)
}

// SetDeadline does nothing, as do the two below.
func (*Patient) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (*Patient) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (*Patient) SetWriteDeadline(time.Time) error { return nil }
