package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
)

// What is printed for a server: users for whoever has the right, kept to their part by the columns and dimensions that
// are declared, and no password anywhere but in its file.
func TestGrantsCommand(t *testing.T) {
	dir := t.TempDir()
	book, err := account.Open(dir, account.Policy{Length: 12})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []account.New{
		{Name: "li", Role: access.Analyst},
		{Name: "zhao", Role: access.Leader},
		{Name: "off", Role: access.Analyst},
		{Name: "王", Role: access.Analyst, Scopes: []access.Scope{{Dim: "chain", Values: []string{"o'brien", "magnetic"}}}},
	} {
		n.By = "test"
		if err := book.Add(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Disable("off"); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	ask := func(args ...string) int {
		out.Reset()
		said.Reset()
		return run(append([]string{"--dir", dir, "--lang", "en"}, args...), &out, &said)
	}
	if code := ask("warehouse", "grants"); code != exitUsage || !strings.Contains(said.String(), "embedded engine") {
		t.Errorf("on the embedded engine: %d %s", code, &said)
	}
	config := filepath.Join(dir, "yanzhen.yaml")
	if err := os.WriteFile(config, []byte("database: {dsn: 'http://u@127.0.0.1:1'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := ask("--config", config, "warehouse", "grants", "--apply"); code != exitUnavailable {
		t.Errorf("--apply without a server: %d %s", code, &said)
	}
	if code := ask("--config", config, "warehouse", "grants"); code != 0 {
		t.Fatalf("%d %s", code, &said)
	}
	for _, want := range []string{
		"CREATE USER IF NOT EXISTS `yanzhen.li` ", "GRANT `yanzhen/analyst` TO `yanzhen.li` ", "-- the server does not answer",
		"ON mart.`arrivals` FOR SELECT USING (splitByChar('.', assumeNotNull(node))[1]) IN ('o\\'brien', 'magnetic') AS RESTRICTIVE TO `yanzhen.王`;",
		"ON mart.`enterprises` FOR SELECT USING (`chain`) IN (", "ON mart.`calendar` FOR SELECT USING 0 ", "SELECT ON mart.`codes_provinces`",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in\n%s", want, &out)
		}
	}
	for _, wrong := range []string{"zhao", "`yanzhen.off`", "ON mart.`codes_provinces` FOR SELECT", "SELECT ON mart.`calendar`"} {
		if strings.Contains(out.String(), wrong) {
			t.Errorf("%s is in\n%s", wrong, &out)
		}
	}
	if !strings.Contains(said.String(), "there is no role of unmasking") || strings.Contains(out.String(), "plain") || strings.Contains(out.String(), "unmasked") {
		t.Errorf("what masks hide: said %s", &said)
	}
	if code := ask("--config", config, "access", "lift", "li", "--right", "unmask", "--reason", "核对名单", "--until", time.Now().AddDate(0, 0, 3).Format(time.DateOnly)); code != exitUsage || !strings.Contains(said.String(), "nothing is unmasked there") {
		t.Errorf("unmasking on a server: %d %s", code, &said)
	}
	if code := ask("--config", config, "warehouse", "grants"); code != 0 {
		t.Fatalf("%d %s", code, &said)
	}
	if !strings.Contains(said.String(), "without a password, and so kept out: li, 王") {
		t.Errorf("said %s", &said)
	}

	given := filepath.Join(dir, "given")
	if err := os.MkdirAll(given, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(given, "li")
	if err := os.WriteFile(file, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := ask("--config", config, "warehouse", "grants", "--passwords", given); code != exitUsage {
		t.Errorf("a short password: %d %s", code, &said)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	hash := regexp.MustCompile("`yanzhen.li` IDENTIFIED WITH sha256_hash BY '([0-9A-F]{64})' SALT '([0-9a-f]{32})'")
	password := ""
	for i := range 2 {
		if code := ask("--config", config, "warehouse", "grants", "--passwords", given); code != 0 {
			t.Fatalf("%d %s", code, &said)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v %v", info, err)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 && string(b) != password {
			t.Error("the second run made another password")
		}
		password = string(b)
		plain := strings.TrimSpace(password)
		if len(plain) < 20 || strings.Contains(out.String()+said.String(), plain) {
			t.Errorf("a password of %d characters, printed or not", len(plain))
		}
		m := hash.FindStringSubmatch(out.String())
		if m == nil {
			t.Fatalf("no hash in\n%s", &out)
		}
		sum := sha256.Sum256([]byte(plain + m[2]))
		if strings.ToUpper(hex.EncodeToString(sum[:])) != m[1] {
			t.Error("the hash is of another password")
		}
		if strings.Contains(said.String(), "passwords were made for li, 王") != (i == 0) {
			t.Errorf("run %d said %s", i, &said)
		}
	}
}
