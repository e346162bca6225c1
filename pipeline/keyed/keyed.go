// Package keyed turns identity, document and phone numbers into hashes that nobody without the office's key can
// go back from.
package keyed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// Hasher turns a number into HMAC-SHA256 under the office's key, cut to its first 64 bits, so that the same
// person has the same value in every table and nobody without the key can go back, not even by trying all
// numbers. 0 is never a value. Two of n people share a value with odds of about n²/2⁶⁵: 3 in 10⁸ for a
// million, 3 in 10⁴ for a hundred million.
//
// A number fits one block of SHA-256, so that its hash is two blocks, each read from a state that only the key
// decides. They are padded here and handed over whole, and the digest is read from the state: half the time
// of crypto/hmac, which pads and copies for any length.
type Hasher struct {
	mac          hash.Hash
	sha          digest
	inner, outer []byte   // the states behind the key
	first        [64]byte // what is hashed, padded
	second       [64]byte // its hash, padded
	state        []byte
	sum          [sha256.Size]byte
	buf          []byte
}

type digest interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

const (
	block = 64
	most  = block - 9 // bytes that one block takes beside its padding
	magic = 4         // bytes before the digest in a state of crypto/sha256
)

// New returns a hasher of a key.
func New(key []byte) *Hasher {
	h := &Hasher{mac: hmac.New(sha256.New, key), sha: sha256.New().(digest)}
	if len(key) > block {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	h.inner, h.outer = h.behind(key, 0x36), h.behind(key, 0x5c)
	h.second[sha256.Size] = 0x80
	binary.BigEndian.PutUint64(h.second[block-8:], (block+sha256.Size)*8)
	return h
}

// behind is the state of SHA-256 behind a block of the key and a byte.
func (h *Hasher) behind(key []byte, with byte) []byte {
	var b [block]byte
	copy(b[:], key)
	for i := range b {
		b[i] ^= with
	}
	h.sha.Reset()
	h.sha.Write(b[:])
	state, _ := h.sha.AppendBinary(nil) // never an error
	return state
}

// Text hashes s in a domain, which keeps a passport from meeting a phone number.
func (h *Hasher) Text(domain byte, s string) uint64 {
	if len(s)+1 > most {
		h.buf = append(append(h.buf[:0], domain), s...)
		h.mac.Reset()
		h.mac.Write(h.buf)
		return value(h.mac.Sum(h.sum[:0]))
	}
	return h.short(domain, copy(h.first[1:], s))
}

// Bytes is Text for bytes.
func (h *Hasher) Bytes(domain byte, s []byte) uint64 {
	if len(s)+1 > most {
		return h.Text(domain, string(s))
	}
	return h.short(domain, copy(h.first[1:], s))
}

// short hashes the n bytes that stand in first behind the place of the domain.
func (h *Hasher) short(domain byte, n int) uint64 {
	b := &h.first
	b[0] = domain
	clear(b[n+1 : block-2])
	b[n+1] = 0x80
	binary.BigEndian.PutUint16(b[block-2:], uint16(block+n+1)*8)
	digest := h.run(h.inner, b)
	copy(h.second[:], digest)
	return value(h.run(h.outer, &h.second))
}

// run is the digest behind one more block.
func (h *Hasher) run(state []byte, b *[block]byte) []byte {
	_ = h.sha.UnmarshalBinary(state) // that AppendBinary wrote
	h.sha.Write(b[:])
	h.state, _ = h.sha.AppendBinary(h.state[:0])
	return h.state[magic : magic+sha256.Size]
}

// value is the first 64 bits of a sum that are not 0.
func value(sum []byte) uint64 {
	for i := 0; i+8 <= len(sum); i += 8 {
		if v := binary.BigEndian.Uint64(sum[i:]); v != 0 {
			return v
		}
	}
	return 1
}
