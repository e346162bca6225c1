package batch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"yanzhen/pipeline/codes"
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

// hash hashes s in a domain, which keeps a passport from meeting a phone number.
func (h *hasher) hash(domain byte, s string) uint64 {
	h.buf = append(append(h.buf[:0], domain), s...)
	return h.finish()
}

func (h *hasher) hashBytes(domain byte, s []byte) uint64 {
	h.buf = append(append(h.buf[:0], domain), s...)
	return h.finish()
}

func (h *hasher) finish() uint64 {
	h.mac.Reset()
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

// identify checks a number. f is nil for a sound GB 11643 number, and, with other set, for the
// number of a passport, a permit or another document.
func identify(s string, today int32) (id codes.ID, f *fault, other bool) {
	id = codes.CheckID(s)
	switch {
	case id.Valid():
		if id.On(today) == codes.Bad {
			return id, faultIDMeaning, false
		}
		return id, nil, false
	case id.Format == codes.Good && id.Checksum == codes.Bad:
		return id, faultIDCheck, false
	case id.Format == codes.Good:
		return id, faultIDMeaning, false
	case id.Fault == codes.IDFloat:
		return id, faultPrecision, false
	case id.Fault == codes.IDMasked:
		return id, faultIDMasked, false
	case codes.IsOtherDocument(s):
		return id, nil, true
	case id.Fault == codes.IDLength && len(s) > 3 && number(strings.TrimSuffix(s, "X")):
		return id, faultIDShort, false
	}
	return id, faultIDFormat, false
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
	c.setUint(n, r.hash.hashBytes('i', id.Number[:]))
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
