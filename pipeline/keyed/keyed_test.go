package keyed

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"
)

// The hash must be that of crypto/hmac for every length of key and number, whatever is hashed in between: what was
// stored by earlier builds is met again.
func TestSameAsHMAC(t *testing.T) {
	for _, key := range []int{0, 1, 31, 32, 33, 63, 64, 65, 200} {
		k := []byte(strings.Repeat("key of an office ", 20)[:key])
		h := New(k)
		for n := range 200 {
			text := strings.Repeat("331082199001011234X", 20)[n%7:][:n]
			for _, domain := range []byte("idp") {
				mac := hmac.New(sha256.New, k)
				mac.Write(append([]byte{domain}, text...))
				want := value(mac.Sum(nil))
				if got := h.Text(domain, text); got != want {
					t.Fatalf("key of %d bytes, text of %d: Text gives %x, crypto/hmac %x", key, n, got, want)
				}
				if got := h.Bytes(domain, []byte(text)); got != want {
					t.Fatalf("key of %d bytes, %d bytes: Bytes gives %x, crypto/hmac %x", key, n, got, want)
				}
			}
		}
	}
}

func FuzzSameAsHMAC(f *testing.F) {
	f.Add([]byte("a key of thirty-two bytes or more, for tests"), byte('i'), "11010519491231002X")
	f.Fuzz(func(t *testing.T, key []byte, domain byte, text string) {
		mac := hmac.New(sha256.New, key)
		mac.Write(append([]byte{domain}, text...))
		if got, want := New(key).Text(domain, text), value(mac.Sum(nil)); got != want {
			t.Fatalf("%x is not %x", got, want)
		}
	})
}

// 0 stands for nobody.
func TestNeverZero(t *testing.T) {
	sum := make([]byte, sha256.Size)
	if value(sum) == 0 {
		t.Fatal("a sum of zeros is nobody")
	}
	if sum[15] = 7; value(sum) != 7 {
		t.Fatal("the first bits that are not 0 count")
	}
}

func BenchmarkHash(b *testing.B) {
	h := New([]byte(strings.Repeat("k", 32)))
	number := []byte("11010519491231002X")
	for b.Loop() {
		h.Bytes('i', number)
	}
}
