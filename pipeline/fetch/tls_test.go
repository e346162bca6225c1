package fetch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/fetch/fetchtest"
)

// authority signs a certificate for 127.0.0.1, and gives the names of the files of its own, of that and of its key.
func authority(t testing.TB, dir string) (ca, cert, key string) {
	t.Helper()
	make := func(name string, c, by *x509.Certificate, signer *ecdsa.PrivateKey) (*ecdsa.PrivateKey, string) {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if signer == nil {
			signer = own
		}
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, c, by, &own.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".pem")
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
			t.Fatal(err)
		}
		return own, path
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	signer, ca := make("ca", root, root, nil)
	own, cert := make("server", &x509.Certificate{SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, root, signer)
	der, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	key = filepath.Join(dir, "server.key")
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 { // the server runs as another account, and wants the key to be its own
		if err := os.Chown(key, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	return ca, cert, key
}

// A database is asked over TLS where its certificate is one of the declared authority for the declared host, and else not at all.
func TestPostgresTLS(t *testing.T) {
	s, c := fetchtest.Postgres(t)
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	dir, err := os.MkdirTemp("", "yanzhen-tls-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	ca, cert, key := authority(t, dir)
	other, _, _ := authority(t, t.TempDir())
	for _, q := range []string{
		"alter system set ssl_cert_file = '" + cert + "'", "alter system set ssl_key_file = '" + key + "'", "alter system set ssl = on", "select pg_reload_conf()",
		"create table moved (id int, card text, name text, moved timestamptz, node text, people int, changed timestamptz)",
		"insert into moved values (1, '11010119900307803X', '张三', '2026-06-03', 'a', 1, now())",
	} {
		if _, err := c.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t)
	look := func(host, ca string) error {
		text := strings.Replace(source(s, ""), "  tls: none\n", "", 1)
		text = strings.Replace(text, "host: 127.0.0.1", "host: "+host, 1)
		if ca != "" {
			text += fmt.Sprintf("  ca: %s\n", ca)
		}
		b.declare(text)
		_, _, done, err := b.Look(t.Context(), "moves", 10)
		if err == nil {
			done()
		}
		return err
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the server reads its configuration when it does
		if err = look("127.0.0.1", ca); err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		t.Fatalf("over TLS: %v", err)
	}
	var encrypted bool
	if err := c.QueryRow(t.Context(), "select current_setting('ssl') = 'on'").Scan(&encrypted); err != nil || !encrypted {
		t.Fatal("the server has no TLS", err)
	}
	for what, err := range map[string]error{"another authority": look("127.0.0.1", other), "no authority": look("127.0.0.1", ""), "another host": look("localhost", ca)} {
		if err == nil || strings.Contains(errors.Join(err).Error(), fetchtest.Password) {
			t.Errorf("%s: got %v, want it refused", what, err)
		}
	}
}
