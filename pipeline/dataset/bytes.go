package dataset

import (
	"crypto/sha256"
	"io"
	"os"
	"strings"
)

// IsFile reports whether a file has the bytes that a load of the dataset has read: so many, of such a fingerprint. A load from before
// a change of the declaration knows its file no longer; of no dataset (nil), nobody can tell.
func (d *Dataset) IsFile(path string, bytes uint64, fingerprint string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil || d == nil || uint64(size) != bytes || fingerprint == "" {
		return false, err
	}
	read, _, _ := strings.Cut(fingerprint, "+") // however its headings were confirmed
	return d.Fingerprint(h.Sum(nil)) == read, nil
}
