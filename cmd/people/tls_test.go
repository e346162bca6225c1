package people

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/door"
)

// certify writes a certificate for this machine, with its key, and returns it.
func certify(t *testing.T, files TLS, serial int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func files(t *testing.T) TLS {
	dir := t.TempDir()
	return TLS{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// Over a certificate of one's own a client that checks it reads pages, which bind the browser to TLS; older versions, weaker
// suites and plain HTTP get nothing.
func TestTLS(t *testing.T) {
	at := files(t)
	own := certify(t, at, 1)
	conf, err := at.Config()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{TLSConfig: conf, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		door.Protect(w, r, nil)
		_, _ = io.WriteString(w, "page")
	})}
	go func() { _ = server.ServeTLS(l, "", "") }()
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(own)
	ask := func(c *tls.Config) (*http.Response, error) {
		c.RootCAs, c.ServerName = trusted, "localhost"
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: c}, Timeout: 10 * time.Second}
		res, err := client.Get("https://" + l.Addr().String() + "/")
		if err == nil {
			res.Body.Close()
		}
		return res, err
	}
	res, err := ask(&tls.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if res.TLS.Version != tls.VersionTLS13 || res.Header.Get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains" {
		t.Errorf("version %x, %v", res.TLS.Version, res.Header)
	}
	if res, err := ask(&tls.Config{MaxVersion: tls.VersionTLS12}); err != nil || !strings.Contains(tls.CipherSuiteName(res.TLS.CipherSuite), "_GCM_") && !strings.Contains(tls.CipherSuiteName(res.TLS.CipherSuite), "_CHACHA20_") {
		t.Errorf("TLS 1.2: %v", err)
	}
	for name, c := range map[string]*tls.Config{
		"TLS 1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"CBC":     {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}},
	} {
		if _, err := ask(c); err == nil {
			t.Errorf("%s is let in", name)
		}
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	said, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || said.StatusCode != http.StatusBadRequest || said.Header.Get("Location") != "" {
		t.Errorf("plain HTTP: %v %v", said, err)
	}
}

// A certificate that is renewed in its file is taken without a start; half a renewal leaves the one before.
func TestRenewal(t *testing.T) {
	at := files(t)
	certify(t, at, 1)
	k := &keeper{files: at}
	if err := k.read(); err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		k.looked = time.Time{} // a while ago
		c, err := x509.ParseCertificate(k.now().Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return c.SerialNumber.Int64()
	}
	later := func(n time.Duration) {
		for _, name := range []string{at.Cert, at.Key} {
			if err := os.Chtimes(name, time.Now().Add(n), time.Now().Add(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if serial() != 1 {
		t.Error("not the first")
	}
	if err := os.WriteFile(at.Cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	later(time.Second)
	if serial() != 1 {
		t.Error("half a renewal was taken")
	}
	certify(t, at, 2)
	later(2 * time.Second)
	if serial() != 2 {
		t.Error("the renewed one is not taken")
	}
	if _, err := (TLS{Cert: "/nowhere", Key: "/nowhere"}).Config(); err == nil || !strings.Contains(err.Error(), "读不出") {
		t.Error(err)
	}
}
