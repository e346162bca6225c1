package batch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
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
