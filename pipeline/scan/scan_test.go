package scan_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/packed"
	"yanzhen/pipeline/scan"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// eicar is the text that every scanner finds, in two halves so that none finds this file.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

const head = "身份证号,姓名,日期,流向,环节,人数\n"

// clamd answers at a socket as clamd does: what is found by its name, and an error beyond most bytes.
func clamd(t *testing.T, path string, most int) (stop func()) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				command := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(c, command); err != nil || string(command) != "zINSTREAM\x00" {
					_, _ = io.WriteString(c, "UNKNOWN COMMAND\x00")
					return
				}
				var all bytes.Buffer
				for {
					var n uint32
					if binary.Read(c, binary.BigEndian, &n) != nil {
						return
					}
					if n == 0 {
						break
					}
					if all.Len()+int(n) > most {
						_, _ = io.WriteString(c, "INSTREAM size limit exceeded. ERROR\x00")
						return
					}
					if _, err := io.CopyN(&all, c, int64(n)); err != nil {
						return
					}
				}
				if bytes.Contains(all.Bytes(), []byte(eicar)) {
					_, _ = io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
					return
				}
				_, _ = io.WriteString(c, "stream: OK\x00")
			}()
		}
	}()
	return func() { l.Close() }
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file in which something is found is refused, one that could not be looked at waits, and nothing of either is in the store:
// loaded, planned, and inside a zip.
func TestLoads(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "clamd.ctl")
	by := scan.New(scan.Settings{Clamd: socket, Timeout: time.Minute, Megabytes: 1})
	var log bytes.Buffer
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil)), Scan: by.File}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	clean := file(t, "人社局_引进与流出_2026年6月.csv", head+"11010519491231002X,张三,2026-06-03,引进,甲,1\n")
	bad := file(t, "科技局_引进与流出_2026年6月.csv", head+"110101199003070054,李四,2026-06-04,引进,乙,1\n"+eicar+"\n")
	load := func(path string) (pipeline.Outcome, error) {
		return packed.Load(t.Context(), l, pipeline.Request{Path: path, Dataset: "moves"}, func(pipeline.Outcome, error) {})
	}
	var waits *scan.Waiting
	if out, err := load(clean); !errors.As(err, &waits) || !pipeline.Temporary(err) || out.State != pipeline.Failed || !strings.Contains(err.Error(), "等待扫描程序") || strings.Contains(err.Error(), socket) {
		t.Errorf("no scanner: %+v %v", out, err)
	}
	if _, err := l.Plan(t.Context(), pipeline.Request{Path: clean, Dataset: "moves"}); !errors.As(err, &waits) {
		t.Errorf("no scanner, looked at: %v", err)
	}
	defer clamd(t, socket, 1<<20)()
	if out, err := load(clean); err != nil || out.State != pipeline.Published {
		t.Errorf("clean: %+v %v", out, err)
	}
	var p *pipeline.Problem
	if _, err := load(bad); !errors.As(err, &p) || p.Code != "malware" || !strings.Contains(p.Text.Zh, "Eicar-Test-Signature") || p.Remedy.En == "" {
		t.Errorf("infected: %v", err)
	}
	if _, err := l.Plan(t.Context(), pipeline.Request{Path: bad, Dataset: "moves"}); !errors.As(err, &p) || p.Code != "malware" {
		t.Errorf("infected, looked at: %v", err)
	}
	if _, err := load(file(t, "报送.zip", "PK\x03\x04"+eicar)); !errors.As(err, &p) || p.Code != "malware" {
		t.Errorf("an infected zip: %v", err)
	}
	if _, err := load(file(t, "大局_引进与流出_2026年6月.csv", head+strings.Repeat("a,", 1<<20))); !errors.As(err, &p) || p.Code != "not_scanned" {
		t.Errorf("too large: %v", err)
	}
	rows, err := warehouse.Select[struct {
		N uint64 `db:"n"`
	}](t.Context(), l.DB, warehouse.Statement{SQL: "select count() as n from store.moves", Tag: "test"})
	if err != nil || len(rows) != 1 || rows[0].N != 1 {
		t.Errorf("rows in the store: %v %v", rows, err)
	}
	if !strings.Contains(log.String(), "malware") {
		t.Errorf("the log does not say malware: %s", log.String())
	}
	if left, _ := filepath.Glob(filepath.Join(l.Spool, "*")); len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}

// Whatever a scanner does but say that it found nothing, a file is not taken for clean.
func TestScanners(t *testing.T) {
	script := func(text string) scan.Settings {
		return scan.Settings{Command: []string{"/bin/sh", "-c", text}, Timeout: 5 * time.Second, Megabytes: 10}
	}
	dir := t.TempDir()
	small := filepath.Join(dir, "small.ctl")
	defer clamd(t, small, 100)()
	mute, err := net.Listen("unix", filepath.Join(dir, "mute.ctl")) // accepts, and never reads
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	slow := scan.Settings{Clamd: mute.Addr().String(), Timeout: 50 * time.Millisecond, Megabytes: 10}
	patient := script("sleep 60")
	patient.Timeout = 50 * time.Millisecond
	const grep = `grep -qF 'EICAR-STANDARD' && { echo "stdin: Eicar-Test-Signature FOUND"; exit 1; }; exit 0`
	for name, c := range map[string]struct {
		by       scan.Settings
		text     string
		code     string // of a problem; "waits"; empty: clean
		contains string
	}{
		"a program, clean":      {script(grep), "a,b", "", ""},
		"a program, infected":   {script(grep), eicar, "malware", "Eicar-Test-Signature"},
		"a program, other word": {script("cat > /dev/null; echo Virus /secret/place; exit 1"), "a", "malware", "发现恶意内容，"},
		"a program that fails":  {script("echo no database; exit 2"), "a", "waits", "2"},
		"a program, killed":     {script("kill -9 $$"), "a", "waits", ""},
		"no program":            {scan.Settings{Command: []string{"/nowhere/scanner"}, Timeout: time.Second, Megabytes: 1}, "a", "waits", ""},
		"a program that hangs":  {patient, "a", "waits", "50ms"},
		"a program that floods": {script("head -c 3000000 /dev/zero; exit 1"), "a", "malware", ""},
		"clamd that hangs":      {slow, strings.Repeat("a", 1<<20), "waits", ""},
		"clamd with less room":  {scan.Settings{Clamd: small, Timeout: time.Minute, Megabytes: 10}, strings.Repeat("a", 1<<20), "not_scanned", "StreamMaxLength"},
		"nobody at a port":      {scan.Settings{Clamd: "127.0.0.1:1", Timeout: time.Minute, Megabytes: 10}, "a", "waits", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := scan.New(c.by).File(t.Context(), file(t, "x", c.text))
			var p *pipeline.Problem
			var waits *scan.Waiting
			got := ""
			switch {
			case errors.As(err, &p):
				got = p.Code
			case errors.As(err, &waits):
				got = "waits"
			case err != nil:
				got = err.Error()
			}
			if got != c.code || err != nil && !strings.Contains(err.Error(), c.contains) || err != nil && strings.Contains(err.Error(), "/secret") {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	if scan.New(scan.Settings{Timeout: time.Minute, Megabytes: 100}) != nil {
		t.Error("a scanner that nobody declared")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := scan.New(slow).File(ended, file(t, "x", "a")); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
