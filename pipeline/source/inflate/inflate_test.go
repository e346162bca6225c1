package inflate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// closing notes that it was closed.
type closing struct {
	io.Reader
	closed *int
}

func (c closing) Close() error {
	*c.closed++
	return nil
}

// TestAhead holds what is read ahead against what there is, read in large and small pieces, to its end, to an error, and left early.
func TestAhead(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	broken := errors.New("broken")
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 9*piece + 11} {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(rng.Uint32())
		}
		for _, end := range []error{io.EOF, broken, io.ErrUnexpectedEOF} {
			closed := 0
			r := Ahead(closing{io.MultiReader(iotest.HalfReader(bytes.NewReader(want)), iotest.ErrReader(end)), &closed})
			got, err := io.ReadAll(iotest.HalfReader(r))
			if r.Close(); !bytes.Equal(got, want) || end != io.EOF && !errors.Is(err, end) || end == io.EOF && err != nil || closed != 1 {
				t.Errorf("%d bytes ended with %v: %d read, %v, closed %d times", size, end, len(got), err, closed)
			}
			r = Ahead(closing{bytes.NewReader(want), &closed})
			io.CopyN(io.Discard, r, int64(size)/3)
			if r.Close(); closed != 2 {
				t.Errorf("%d bytes left early: closed %d times", size, closed)
			}
		}
	}
	r := Ahead(closing{new(defect), new(int)})
	defer func() { // a defect of ours is no fault of the file
		if p := recover(); p == nil || !bytes.Contains([]byte(fmt.Sprint(p)), []byte("a defect")) {
			t.Errorf("a defect came as %v", p)
		}
		r.Close()
		if _, err := r.Read(make([]byte, 1)); err == nil {
			t.Error("read on after it was closed")
		}
	}()
	_, _ = io.ReadAll(r)
}

type defect struct{}

func (*defect) Read([]byte) (int, error) { panic("a defect") }
