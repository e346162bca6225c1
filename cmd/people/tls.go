package people

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// looksEvery is how often it is looked whether the certificate was renewed.
const looksEvery = 10 * time.Second

// Config is how the doors speak TLS: 1.3 and 1.2, with what keeps secrets later and tells who wrote. A certificate that is
// renewed in its file is taken without a start; one that cannot be read leaves the one before. No certificate is nil.
func (t TLS) Config() (*tls.Config, error) {
	if t.Cert == "" {
		return nil, nil
	}
	k := &keeper{files: t}
	if err := k.read(); err != nil {
		return nil, fmt.Errorf("config tls: 证书或私钥读不出 / the certificate or its key cannot be read: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.now(), nil },
	}, nil
}

// keeper keeps a certificate as its files have it.
type keeper struct {
	files TLS

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]time.Time
	looked time.Time
}

func (k *keeper) stamps() (s [2]time.Time, err error) {
	for i, name := range []string{k.files.Cert, k.files.Key} {
		info, err := os.Stat(name)
		if err != nil {
			return s, err
		}
		s[i] = info.ModTime()
	}
	return s, nil
}

// read reads the files. The caller holds the lock, or is alone.
func (k *keeper) read() error {
	s, err := k.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(k.files.Cert, k.files.Key)
	if err != nil {
		return err
	}
	k.pair, k.stamp, k.looked = &pair, s, time.Now()
	return nil
}

func (k *keeper) now() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.looked) >= looksEvery {
		k.looked = time.Now()
		if s, err := k.stamps(); err == nil && s != k.stamp {
			_ = k.read() // half a renewal: the one before goes on, and it is looked again
		}
	}
	return k.pair
}
