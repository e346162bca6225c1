package inflate

import (
	"errors"
	"io"
)

// ErrLong says that a part unzips to more than it may.
var ErrLong = errors.New("a part unzips to more than the limit")

// limited fails, unlike io.LimitedReader, when there is more than the limit.
type limited struct {
	r    io.Reader
	left int64
}

// Limit gives what r gives, and ErrLong where that is more than n bytes.
func Limit(r io.Reader, n int64) io.Reader { return &limited{r, n} }

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrLong
	}
	return n, err
}
