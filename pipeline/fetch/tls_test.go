package fetch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"yanzhen/pipeline"
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

// shared is a folder that a server of another account may read; it goes with the test.
func shared(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "yanzhen-tls-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// untrusted fails a test unless err is a problem of a code that says what to do and holds no secret.
func untrusted(t testing.TB, what string, err error, code, secret string) {
	t.Helper()
	var p *pipeline.Problem
	if !errors.As(err, &p) || p.Code != code || p.Remedy.Zh == "" || strings.Contains(err.Error(), secret) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

// A database is asked over TLS where its certificate is one of the declared authority for the declared host, and else not at all.
func TestPostgresTLS(t *testing.T) {
	s, c := fetchtest.Postgres(t)
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	ca, cert, key := authority(t, shared(t))
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
	var err error
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
		untrusted(t, what, err, "source_certificate", fetchtest.Password)
	}
}

// So is one of MySQL and MariaDB.
func TestMariaDBTLS(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	ca, cert, key := authority(t, shared(t))
	other, _, _ := authority(t, t.TempDir())
	s, db := fetchtest.MariaDB(t, "--ssl-cert="+cert, "--ssl-key="+key)
	for _, q := range []string{
		"create table moved (id int primary key, card varchar(18), name varchar(40), moved date, node varchar(9), people int) character set utf8mb4",
		"insert into moved values (1, '11010119900307803X', '张三', '2026-06-03', 'a', 1)",
		"alter user 'owner'@'%' require ssl",
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t)
	look := func(host, ca, tls string) error {
		b.declare(fmt.Sprintf("name: moves\ntitle: {zh: 库, en: HR}\ndataset: moves\nsender: 人社局\nzone: Asia/Shanghai\nkey: [id]\nperiod: date\ndatabase:\n  kind: mysql\n  host: %s\n  port: %d\n  name: hr\n  user: owner\n  tls: %s\n"+
			"  password: {env: YANZHEN_TEST_SECRET}\n  query: select id, card as person, name, moved as date, node, people from moved\n", host, s.Port, tls) + ca)
		_, _, done, err := b.Look(t.Context(), "moves", 10)
		if err == nil {
			done()
		}
		return err
	}
	if err := look("127.0.0.1", "  ca: "+ca+"\n", "verify"); err != nil {
		t.Fatalf("over TLS: %v", err)
	}
	for what, err := range map[string]error{
		"another authority": look("127.0.0.1", "  ca: "+other+"\n", "verify"), "no authority": look("127.0.0.1", "", "verify"),
		"another host": look("localhost", "  ca: "+ca+"\n", "verify"), "in the clear": look("127.0.0.1", "", "none"),
	} {
		code := "source_certificate"
		if what == "in the clear" {
			code = "source_sign_in"
		}
		untrusted(t, what, err, code, fetchtest.Password)
	}
}

// A program is asked over TLS where its certificate is one of the declared authority, and else not at all.
func TestHTTPTLS(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	ca, cert, key := authority(t, t.TempDir())
	other, _, _ := authority(t, t.TempDir())
	asked := 0
	server := overTLS(t, cert, key, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `[{"id": 1, "card": "11010119900307803X", "at": "2026-06-03", "node": "a", "people": 1}]`)
	})
	b := newBench(t)
	fetch := func(ca string) ([]string, error) {
		b.declare("name: moves\ntitle: {zh: 接口, en: API}\ndataset: moves\nsender: 人社局\nzone: Asia/Shanghai\nkey: [id]\nperiod: date\nhttp:\n  url: " + server.URL + "/\n  token: {env: YANZHEN_TEST_SECRET}\n" +
			"  fields: [{name: id, path: id, type: number}, {name: person, path: card}, {name: date, path: at}, {name: node, path: node}, {name: people, path: people, type: number}]\n" + ca)
		states, _, err := b.fetch(false)
		return states, err
	}
	for what, ca := range map[string]string{"another authority": "  ca: " + other + "\n", "no authority": ""} {
		_, err := fetch(ca)
		untrusted(t, what, err, "source_certificate", "s3cr3t")
	}
	if asked != 0 {
		t.Errorf("%d requests to a server that is not trusted", asked)
	}
	if states, err := fetch("  ca: " + ca + "\n"); err != nil || strings.Join(states, "; ") != "moves_2026-06.csv published" || asked == 0 {
		t.Errorf("over TLS: %v, %v, %d requests", states, err, asked)
	}
}

// overTLS is a server with a certificate; it ends with the test.
func overTLS(t testing.TB, cert, key string, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	own, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(answer)
	s.TLS, s.Config.ErrorLog = &tls.Config{Certificates: []tls.Certificate{own}}, log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// A bucket is asked over TLS where its certificate is one of the declared authority, and else not at all.
func TestS3TLS(t *testing.T) {
	store := s3mem.New()
	if err := store.CreateBucket("reports"); err != nil {
		t.Fatal(err)
	}
	text := report(2)
	if _, err := store.PutObject("reports", "甲局_引进与流出_2026年6月.csv", map[string]string{"Last-Modified": time.Now().UTC().Format(http.TimeFormat)}, strings.NewReader(text), int64(len(text)), nil); err != nil {
		t.Fatal(err)
	}
	ca, cert, key := authority(t, t.TempDir())
	other, _, _ := authority(t, t.TempDir())
	server := overTLS(t, cert, key, gofakes3.New(store).Server().ServeHTTP)
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	source := folderSource + "  s3:\n    endpoint: " + strings.TrimPrefix(server.URL, "https://") + "\n    bucket: reports\n    access_key: yanzhen\n    secret_key: {env: YANZHEN_TEST_SECRET}\n"
	b := newBench(t)
	for what, more := range map[string]string{"another authority": "    ca: " + other + "\n", "no authority": ""} {
		b.declare(source + more)
		_, _, err := b.fetch(false)
		untrusted(t, what, err, "source_folder_certificate", "s3cr3t")
	}
	b.declare(source + "    unencrypted: true\n")
	if _, _, err := b.fetch(false); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("in the clear: got %v, want it refused", err)
	}
	b.declare(source + "    ca: " + ca + "\n")
	b.held("over TLS", "甲局_引进与流出_2026年6月.csv published")
}
