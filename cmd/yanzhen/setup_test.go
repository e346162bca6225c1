package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/people"
)

// What a page has written among the declarations is there for the next request: a dataset that was just drafted can be sent.
func TestKeptAtOnce(t *testing.T) {
	dir, own := t.TempDir(), t.TempDir()
	if err := begun(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "yanzhen.yaml")
	if err := os.WriteFile(file, []byte("ready_after: never\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &cli{Config: file, Dir: dir, Configs: own, Lang: "zh", out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- (&serveCmd{Listen: "127.0.0.1:0"}).Run(ctx, c) }()
	defer func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	for until := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(served(&config{Dir: dir})); err == nil {
			break
		}
		if time.Now().After(until) {
			t.Fatal("nobody serves")
		}
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		socket, err := os.ReadFile(people.Operated(dir))
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
	}}}
	ask := func(method, path, kind string, body io.Reader) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path+"?lang=zh", body)
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %v %.2000s", method, path, res.StatusCode, err, text)
		}
		return string(text)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "经发局_园区租金_2026年6月.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "编号,日期,地点,月租（元）\nA1,2026-06-01,甲,1200\nA2,2026-06-02,乙,900\nA3,2026-06-03,丙,800\n")
	_ = w.Close()
	look := ask("POST", "/data/declare", w.FormDataContentType(), &form)
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(look)
	if token == nil {
		t.Fatalf("nothing to keep: %.3000s", look)
	}
	if strings.Contains(ask("GET", "/send", "", nil), "园区租金") {
		t.Error("it is there before it is kept")
	}
	kept := ask("POST", "/data/declare/keep", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"token": {token[1]}, "title": {""}, "name": {"rents"}}.Encode()))
	if !strings.Contains(kept, "已留下并采用") {
		t.Errorf("kept: %.3000s", kept)
	}
	if !strings.Contains(ask("GET", "/send", "", nil), "园区租金") {
		t.Error("the page of what is sent does not know what was just kept")
	}
	done := ask("POST", "/data/begin", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"zone": {"甲区"}, "parks": {"东园"}}.Encode()))
	if !strings.Contains(done, "已写好并采用") || !strings.Contains(done, "东园 没有写位置") {
		t.Errorf("begun: %.3000s", done)
	}
	if page := ask("GET", "/data", "", nil); !strings.Contains(page, "甲区") {
		t.Error("the pages do not have the name of the zone")
	}
}
