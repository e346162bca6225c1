package alerts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yanzhen/pipeline/forget"
)

// A backup that is too old, a certificate about to end and slots that did not begin are found, worse as time passes; what is well
// and what was never there is not.
func TestUpkeep(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 6, 20, 8, 0, 0, 0, time.UTC)
	cert := filepath.Join(dir, "cert.pem")
	write := func(end time.Time) {
		t.Helper()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.AddDate(-1, 0, 0), NotAfter: end}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(now.AddDate(0, 6, 0))
	u := Upkeep{Dir: dir, Within: 48 * time.Hour, Cert: cert, Local: time.Time.UTC, Overdue: func(time.Time) []string { return nil }}
	found := func(want string) {
		t.Helper()
		got := ""
		for _, f := range u.Look(now) {
			got += fmt.Sprint(f.Key, " ", f.Level, "; ")
			if f.What.Zh == "" || f.What.En == "" || f.Do.Zh == "" || f.Do.En == "" {
				t.Errorf("%s says nothing", f.Key)
			}
		}
		if got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	found("")
	backup := func(at string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "backup.json"), []byte(`{"at":"`+at+`"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	backup("2026-06-19T00:00:00Z")
	found("")
	backup("2026-06-17T00:00:00Z")
	write(now.AddDate(0, 0, 20))
	found("degraded/backup 1; degraded/certificate 1; ")
	backup("2026-06-15T00:00:00Z")
	write(now.AddDate(0, 0, 2))
	u.Overdue = func(time.Time) []string { return []string{"arrivals"} }
	found("degraded/backup 2; degraded/certificate 2; degraded/clock 1; ")
	if err := os.WriteFile(cert, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	backup("2026-06-20T00:00:00Z")
	found("degraded/certificate 1; degraded/clock 1; ")
	wrong := now.Add(-time.Minute)
	u.Refused = func() time.Time { return wrong }
	found("degraded/certificate 1; degraded/clock 1; ")
	wrong = now.Add(-refusedFor)
	found("degraded/certificate 1; degraded/declarations 1; degraded/clock 1; ")
	u.Refused = nil
	deletions := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, forget.File), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	u.Cert, u.Overdue = "", nil
	deletions(`[{"at":"2026-06-20T07:00:00Z","done":false},{"at":"2026-06-20T07:01:00Z","done":false,"failing":"2026-06-20T07:01:02Z"}]`) // the first is at work
	found("degraded/deletions 1; ")
	deletions(`[{"at":"2026-06-18T07:00:00Z","done":false,"failing":"2026-06-18T07:01:02Z"}]`)
	found("degraded/deletions 2; ")
	deletions(`[{"at":"2026-06-18T07:00:00Z","done":true}]`)
	found("")
	deletions("x")
	found("degraded/deletions 1; ")
}
