package spool

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// A copy is what was read, and the sum that of it, whatever the pieces are; who gives up gets no more.
func TestCopy(t *testing.T) {
	text := make([]byte, 1<<20+77)
	for i := range text {
		text[i] = byte(rand.IntN(256))
	}
	for name, from := range map[string]io.Reader{"at once": bytes.NewReader(text), "by halves": iotest.HalfReader(bytes.NewReader(text)), "the end with the last piece": iotest.DataErrReader(bytes.NewReader(text))} {
		var to bytes.Buffer
		n, sum, err := Copy(t.Context(), &to, from)
		if err != nil || n != int64(len(text)) || !bytes.Equal(to.Bytes(), text) || sum != sha256.Sum256(text) {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, _, err := Copy(ctx, io.Discard, bytes.NewReader(text)); !errors.Is(err, context.Canceled) || n != 0 {
		t.Errorf("given up: %d bytes, %v", n, err)
	}
	if _, _, err := Copy(t.Context(), io.Discard, iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}
