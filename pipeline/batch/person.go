package batch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"yanzhen/pipeline/source"
)

// hasher turns an identity, document or phone number into a keyed hash: HMAC-SHA256 under the
// office's key, cut to its first 64 bits, so that the same person has the same value in every
// table and nobody without the key can go back, not even by trying all numbers. 0 is never a
// value. Two of n people share a value with odds of about n²/2⁶⁵: 3 in 10⁸ for a million, 3 in
// 10⁴ for a hundred million.
type hasher struct {
	mac hash.Hash
	sum [sha256.Size]byte
	buf []byte
}

func newHasher(key []byte) *hasher { return &hasher{mac: hmac.New(sha256.New, key)} }

// hash hashes what, a domain that keeps a passport from meeting a phone number, and s.
func (h *hasher) hash(what byte, s string) uint64 {
	h.mac.Reset()
	h.buf = append(append(h.buf[:0], what), s...)
	h.mac.Write(h.buf)
	sum := h.mac.Sum(h.sum[:0])
	for i := 0; i+8 <= len(sum); i += 8 {
		if v := binary.BigEndian.Uint64(sum[i:]); v != 0 {
			return v
		}
	}
	return 1
}

// tidyID reports whether s is an 18-character number as it should be written, so that nothing
// need be folded.
func tidyID(s string) bool {
	if len(s) != 18 {
		return false
	}
	for i := 0; i < 17; i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s[17]-'0' <= 9 || s[17] == 'X'
}

// looksLikeID reports whether s could be a person's identity number, so that it must not be shown.
func looksLikeID(s string) bool {
	s = document(s)
	if len(s) != 18 && len(s) != 15 {
		return false
	}
	for i := 0; i < len(s)-1; i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// document is a number as it is compared: folded, upper case, without blanks and hyphens.
func document(s string) string {
	if tidyID(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case space(r), r == '-', r == '\'', r == '"', r == '`', r == '‘', r == '’':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, fold(s))
}

// foreign reports whether s, already a document, reads like the number of a passport, a permit of
// Hong Kong, Macao or Taiwan residents, or a foreigner's residence permit: 6 to 11 letters and
// digits with at most 4 letters, or 3 letters and 12 digits.
func foreign(s string) bool {
	letters := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			letters++
		case c < '0' || c > '9':
			return false
		}
	}
	switch n := len(s); {
	case n == 15:
		return letters == 3 && s[0] >= 'A' && s[1] >= 'A' && s[2] >= 'A'
	case n == 8 || n == 9:
		return letters <= 5
	case n >= 6 && n <= 11:
		return letters >= 1 && letters <= 4
	}
	return false
}

// identify checks a number and returns its verdict: ok means GB 11643; other a foreign document.
func identify(s string, today int32) (id identity, f *fault, other bool) {
	switch {
	case len(s) == 18 || len(s) == 15:
		if len(s) == 15 && foreign(s) {
			return id, nil, true
		}
		id = checkIdentity(s, today)
		switch {
		case !id.format:
			return id, faultIDFormat, false
		case !id.check:
			return id, faultIDCheck, false
		case !id.meaning:
			return id, faultIDMeaning, false
		}
		return id, nil, false
	case foreign(s):
		return id, nil, true
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return id, faultIDFormat, false
		}
	}
	return id, faultIDShort, false
}

func (r *Reader) readPerson(c *column, n int, cell *source.Cell) (outcome, *fault) {
	if lossy(cell) {
		return filled, faultPrecision
	}
	if cell.Kind == source.Date || cell.Kind == source.Bool {
		return filled, faultIDFormat
	}
	raw := cell.Text
	if !tidyID(raw) {
		s := fold(raw)
		if c.empty(s) {
			return blank, nil
		}
		if errorCell(s) {
			return filled, faultErrorCell
		}
		if scientific(s) {
			return filled, faultPrecision
		}
	}
	if c.phone {
		s, f := phone(raw)
		if f != nil {
			return filled, f
		}
		c.setUint(n, r.hash.hash('p', s))
		return filled, nil
	}
	s := document(raw)
	id, f, other := identify(s, r.today)
	if f != nil {
		return filled, f
	}
	if other {
		c.setUint(n, r.hash.hash('d', s))
		return filled, nil
	}
	c.setUint(n, r.hash.hash('i', id.full))
	return filled, nil
}

// phone is a number as it is compared: digits only, without +86.
func phone(raw string) (string, *fault) {
	s := strings.Map(func(r rune) rune {
		if space(r) || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return r
	}, fold(raw))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+86"), "0086")
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return "", faultPhone
		}
	}
	switch {
	case len(s) == 11 && s[0] == '1', len(s) >= 10 && len(s) <= 12 && s[0] == '0', len(s) == 7, len(s) == 8:
		return s, nil
	}
	return "", faultPhone
}
