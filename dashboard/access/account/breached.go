package account

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// hashText is the length of a SHA-1 in hex, by which lists of leaked passwords are sorted.
const hashText = 2 * sha1.Size

// breached says whether a password stands in a list of leaked ones: lines that begin with the SHA-1 of a password in hex
// and are sorted by it, as such lists are published. The list may be of any size: it is searched where it lies.
func breached(file, password string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	sum := sha1.Sum([]byte(password))
	want := bytes.ToUpper([]byte(hex.EncodeToString(sum[:])))
	// the line that holds a place, as the hash with which it begins; the place behind it
	line := func(at int64) (hash []byte, next int64, err error) {
		const most = 128 // a line holds a hash and a count
		from := max(0, at-most)
		text := make([]byte, most+2*most)
		n, err := f.ReadAt(text, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		text = text[:n]
		begin := bytes.LastIndexByte(text[:min(int(at-from), n)], '\n') + 1
		end := bytes.IndexByte(text[begin:], '\n')
		if end < 0 {
			end = len(text) - begin
		}
		row := text[begin : begin+end]
		if len(row) < hashText {
			return nil, from + int64(begin+end) + 1, nil
		}
		return bytes.ToUpper(row[:hashText]), from + int64(begin+end) + 1, nil
	}
	low, high := int64(0), info.Size()
	for low < high {
		middle := (low + high) / 2
		hash, next, err := line(middle)
		if err != nil {
			return false, err
		}
		switch c := bytes.Compare(hash, want); {
		case c == 0:
			return true, nil
		case c < 0:
			low = next
		default:
			high = middle
		}
	}
	return false, nil
}
