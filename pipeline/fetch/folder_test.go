package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
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
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// report is a file of a sender and month of the dataset moves.
func report(rows int) string {
	text := "身份证号,姓名,日期,流向,环节,人数,薪资\n"
	for i := range rows {
		text += fmt.Sprintf("%s,张三,2026-06-%02d,引进,a%d,1,1000\n", []string{"11010119900307803X", "110101199003070011", "11010119900307758X"}[i%3], i+1, i)
	}
	return text
}

// pieces is a file of a part of a month.
func pieces(rows int) string {
	text := "日期,品名\n"
	for i := range rows {
		text += fmt.Sprintf("2026-06-%02d,%d of %d\n", i+1, i, rows)
	}
	return text
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const folderSource = `name: moves
title: {zh: 对方的文件夹, en: Their folder}
dataset: moves
folder:
  files: (?i)[.](csv|zip)$
  still: 10ms
`

func (b *bench) held(where string, want ...string) {
	b.t.Helper()
	states, sum, err := b.fetch(false)
	if err != nil || strings.Join(states, "; ") != strings.Join(want, "; ") || !sum.Folder {
		b.t.Errorf("%s: got %q, %v, want %q; %v", where, states, err, want, sum.Notes)
	}
}

// all fetches everything by hand, of some periods or all.
func (b *bench) all(where string, want ...any) {
	b.t.Helper()
	req := fetch.Request{Source: "moves", Full: true}
	var states, wanted []string
	for _, w := range want {
		if p, ok := w.(days.Range); ok {
			req.Only = append(req.Only, p)
		} else {
			wanted = append(wanted, w.(string))
		}
	}
	_, err := b.Fetch(b.t.Context(), req, func(o pipeline.Outcome, err error) { states = append(states, said(o, err)) })
	if err != nil || strings.Join(states, "; ") != strings.Join(wanted, "; ") {
		b.t.Errorf("%s: got %q, %v, want %q", where, states, err, wanted)
	}
}

// refuses fetches and wants a problem of this code, whose words hold no secret.
func (b *bench) refuses(where, code string) {
	b.t.Helper()
	_, _, err := b.fetch(false)
	var p *pipeline.Problem
	if !errors.As(err, &p) || p.Code != code || p.Remedy.Zh == "" || strings.Contains(err.Error()+b.log.String(), "s3cr3t") {
		b.t.Errorf("%s: got %v, want a problem %s", where, err, code)
	}
}

// Files of a folder of an SFTP server go the way of the inbox: the oldest first, each once, and what is no file of it never.
func TestSFTP(t *testing.T) {
	dir := t.TempDir()
	s := fetchtest.NewSFTP(t, dir, "s3cr3t")
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	source := folderSource + fmt.Sprintf("  sftp:\n    host: 127.0.0.1\n    port: %d\n    user: yanzhen\n    host_key: %s\n    password: {env: YANZHEN_TEST_SECRET}\n", s.Port, s.HostKey)
	b := newBench(t)
	b.declare(source)
	put := func(name, text string, ago time.Duration) {
		t.Helper()
		path := filepath.Join(dir, name)
		at := time.Now().Add(-ago).Truncate(time.Second)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	b.held("an empty folder")
	put("甲局_引进与流出_2026年6月（修订）.csv", report(3), 4*time.Hour) // written before what it corrects
	put("甲局_引进与流出_2026年6月.csv", report(2), 2*time.Hour)
	put("乙局_引进与流出_2026年6月.csv", "姓名\n李四\n", 3*time.Hour)
	put("说明.txt", "x", time.Hour)
	secret := filepath.Join(t.TempDir(), "丙局_引进与流出_2026年6月.csv")
	if err := errors.Join(os.WriteFile(secret, []byte(report(1)), 0o600), os.Symlink(secret, filepath.Join(dir, "丙局_引进与流出_2026年6月.csv"))); err != nil {
		t.Fatal(err)
	}

	list, fresh, q, done, err := b.Folder(t.Context(), "moves")
	if err != nil || len(list.Files) != 3 || list.Other != 2 || len(fresh) != 3 || q.Display != "乙局_引进与流出_2026年6月.csv" {
		t.Fatalf("looked at: got %+v, %v, %+v, %v", list, fresh, q, err)
	}
	done()
	b.held("first", "乙局_引进与流出_2026年6月.csv failed header", "甲局_引进与流出_2026年6月.csv published", "甲局_引进与流出_2026年6月（修订）.csv published")
	b.held("again")
	put("甲局_引进与流出_2026年6月（修订）.csv", report(3), time.Minute) // touched: the ledger knows its bytes
	b.held("touched", "甲局_引进与流出_2026年6月（修订）.csv unchanged")
	b.declare(strings.Replace(source, "still: 10ms", "still: 20ms\n  most_mb: 7", 1)) // how is not what
	b.held("declared otherwise")
	b.all("by hand, all of it", "乙局_引进与流出_2026年6月.csv unchanged header", "甲局_引进与流出_2026年6月.csv unchanged", "甲局_引进与流出_2026年6月（修订）.csv unchanged")
	b.all("of another month", days.Months(2026, 7, 1))
	half := report(3)
	put("丁局_引进与流出_2026年6月.csv", half[:len(half)-1], time.Minute)
	put("丁局_引进与流出_2026年7月.csv.part", half, time.Minute)
	b.held("without an end")
	if !strings.Contains(b.log.String(), "丁局_引进与流出_2026年6月.csv is still changing") {
		b.t.Error(b.log)
	}
	b.held("as it was", "丁局_引进与流出_2026年6月.csv published")
	b.held("and again")
	if left, _ := filepath.Glob(filepath.Join(b.Dir, "sources/moves/files/*")); len(left) > 0 {
		t.Errorf("copies left: %v", left)
	}

	b.declare(source + "    dir: nowhere\n")
	b.refuses("no such folder", "source_folder_gone")
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t-another")
	b.declare(source)
	b.refuses("another password", "source_folder_refused")
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	b.declare(strings.Replace(source, s.HostKey, fetchtest.NewSFTP(t, dir, "x").HostKey, 1))
	b.refuses("another server", "source_folder_host")

	// a server that accepts and says nothing holds nobody beyond what was declared
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	b.declare(strings.Replace(source, fmt.Sprint("port: ", s.Port), fmt.Sprint("port: ", mute.Addr().(*net.TCPAddr).Port), 1) + "  timeout: 1s\n")
	if _, _, err := b.fetch(false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a mute server: got %v", err)
	}
}

// So do those of a bucket, by a real server that speaks S3.
func TestS3(t *testing.T) {
	store := s3mem.New()
	s3 := gofakes3.New(store).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "_forbidden.csv"):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<Error><Code>AccessDenied</Code></Error>")
		case strings.HasSuffix(r.URL.Path, "_cut.csv"):
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
			fmt.Fprint(w, "x")
		default:
			s3.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	if err := store.CreateBucket("reports"); err != nil {
		t.Fatal(err)
	}
	put := func(key, text string) {
		t.Helper()
		if _, err := store.PutObject("reports", key, map[string]string{"Last-Modified": time.Now().UTC().Format(http.TimeFormat)}, strings.NewReader(text), int64(len(text)), nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	source := folderSource + "  s3:\n    endpoint: " + strings.TrimPrefix(server.URL, "http://") + "\n    bucket: reports\n    prefix: out/\n    access_key: yanzhen\n    secret_key: {env: YANZHEN_TEST_SECRET}\n    unencrypted: true\n"
	b := newBench(t)
	b.declare(source)
	b.held("an empty bucket")
	put("out/甲局_引进与流出_2026年6月.csv", report(2))
	put("out/sub/乙局_引进与流出_2026年6月.csv", report(1))
	put("丙局_引进与流出_2026年6月.csv", report(1))
	b.held("first", "甲局_引进与流出_2026年6月.csv published")
	b.held("again")
	put("out/甲局_引进与流出_2026年6月.csv", report(3))
	b.held("corrected", "甲局_引进与流出_2026年6月.csv published")
	b.declare(strings.Replace(source, "bucket: reports", "bucket: other", 1))
	b.refuses("no such bucket", "source_folder_gone")
	put("out/乙局_引进与流出_2026年6月.csv", strings.Repeat("x", 2<<20))
	b.declare(source + "  most_mb: 1\n")
	b.held("too large", "乙局_引进与流出_2026年6月.csv failed source_folder_large")

	// what cannot be had is told by the name as it may be shown, one beside the other, and what may pass is tried again
	b.declare(strings.Replace(source, "prefix: out/", "prefix: ill/", 1))
	put("ill/110101199003070011_forbidden.csv", report(1))
	put("ill/11010119900307803X_cut.csv", report(1))
	put("ill/丁局_引进与流出_2026年6月.csv", report(1))
	states, _, err := b.fetch(false)
	if got := strings.Join(states, "; "); len(states) != 2 || !strings.Contains(got, "_forbidden.csv failed source_folder_refused") || !strings.Contains(got, "丁局_引进与流出_2026年6月.csv published") ||
		!pipeline.Temporary(err) || !strings.Contains(err.Error(), "_cut.csv: ") || strings.Contains(got+err.Error(), "1990030") {
		t.Errorf("ill: %q, %v", got, err)
	}

	// the parts of a month, each packed, are parts by their own names
	const first, second = "甲局_分部分_2026年6月_第一部分.csv", "甲局_分部分_2026年6月_第二部分.csv"
	b.declare(strings.NewReplacer("dataset: moves", "dataset: pieces", "prefix: out/", "prefix: packed//", "(csv|zip)", "gz").Replace(source))
	put("packed//"+first+".gz", gzipped(t, pieces(2)))
	put("packed//"+second+".gz", gzipped(t, pieces(3)))
	b.held("packed", first+".gz/"+first+" published", second+".gz/"+second+" published")
	put("packed//"+first+".gz", gzipped(t, pieces(4)))
	b.held("a part again", first+".gz/"+first+" published")
	if got := warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select count() from mart.pieces")); got != "7" {
		t.Errorf("%s rows of 4 and 3", got)
	}
}
