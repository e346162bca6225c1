package inflate

import (
	"archive/zip"
	"bufio"
	"io"

	"github.com/klauspost/compress/flate"
)

// NewReader opens a zip whose parts are unzipped by a quicker library than Go's own.
func NewReader(r io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(r, size)
	if err == nil {
		z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(bufio.NewReaderSize(r, 64<<10)) })
	}
	return z, err
}

// Open opens a part of a zip that holds at most so many bytes, read ahead where it is large. ErrLong where it says that it holds
// more, and from a reading of what does; a reader that is done is closed.
func Open(f *zip.File, most int64) (io.Reader, io.Closer, error) {
	if f.UncompressedSize64 > uint64(most) {
		return nil, nil, ErrLong
	}
	r, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	if f.UncompressedSize64 > 1<<20 {
		r = Ahead(r)
	}
	return Limit(r, most), r, nil
}
