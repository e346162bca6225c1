package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/fetch/fetchtest"
	"yanzhen/pipeline/secret"
)

func shrink(t *testing.T) {
	was := idle
	idle = 2 * time.Second
	t.Cleanup(func() { idle = was })
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
}

func opened(t *testing.T, s fetchtest.SFTP, dir string) Door {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s.HostKey))
	if err != nil {
		t.Fatal(err)
	}
	f := &Folder{SFTP: &SFTP{Host: "127.0.0.1", Port: s.Port, User: "yanzhen", Password: secret.Secret{Env: "YANZHEN_TEST_SECRET"}, Dir: dir, host: key}, MostMB: 1, files: regexp.MustCompile("")}
	door, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { door.Close() })
	return door
}

// A line that nobody uses for longer than silence lasts is none too few: the next file is had all the same. What has changed, or
// gone, since it was listed is not taken.
func TestUnusedLine(t *testing.T) {
	shrink(t)
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "c.csv", "d.csv", "a.csv.filepart", "b.csv.ok"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	door := opened(t, fetchtest.NewSFTP(t, dir, "s3cr3t"), ".")
	l, err := door.List(t.Context())
	if err != nil || len(l.Files) != 4 || l.Other != 2 {
		t.Fatalf("got %+v, %v", l, err)
	}
	copied := func(nth int) (string, error) {
		var b bytes.Buffer
		err := door.Copy(t.Context(), l.Files[nth], &b)
		return b.String(), err
	}
	time.Sleep(idle + idle/4) // files settle, or one takes long to load
	for i, name := range []string{"a.csv\n", "b.csv\n"} {
		if got, err := copied(i); got != name || err != nil {
			t.Errorf("after a long time: %q, %v", got, err)
		}
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "c.csv")), os.WriteFile(filepath.Join(dir, "d.csv"), []byte("d.csv\nmore\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for i := 2; i < 4; i++ {
		if got, err := copied(i); !errors.Is(err, ErrMoving) {
			t.Errorf("%s: %q, %v", l.Files[i].Name, got, err)
		}
	}
}

// theirs answers with what it likes.
type theirs struct {
	names []string
	mute  chan struct{}

	mu    sync.Mutex
	asked []string
}

func (s *theirs) Filelist(*sftp.Request) (sftp.ListerAt, error) { return s, nil }

func (s *theirs) ListAt(to []fs.FileInfo, at int64) (int, error) {
	if s.mute != nil {
		<-s.mute
	}
	n := 0
	for ; n < len(to) && int(at)+n < len(s.names); n++ {
		to[n] = called(s.names[int(at)+n])
	}
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

func (s *theirs) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Filepath)
	return strings.NewReader("x"), nil
}

type called string

func (c called) Name() string       { return string(c) }
func (c called) Size() int64        { return 1 }
func (c called) Mode() fs.FileMode  { return 0o600 }
func (c called) ModTime() time.Time { return time.Unix(1_800_000_000, 0) }
func (c called) IsDir() bool        { return false }
func (c called) Sys() any           { return nil }

func (s *theirs) server(t *testing.T) fetchtest.SFTP {
	return fetchtest.NewSFTPOf(t, "s3cr3t", func(c io.ReadWriteCloser) (fetchtest.Served, error) {
		return sftp.NewRequestServer(c, sftp.Handlers{FileList: s, FileGet: s}), nil
	})
}

// What a server calls its files leads nowhere but into its folder, and one that signs in and then says nothing holds nobody.
func TestServerOfIll(t *testing.T) {
	shrink(t)
	s := &theirs{names: []string{"..", ".", "../../etc/passwd", "/etc/shadow", `..\x.csv`, "a\n.csv", "a.csv"}}
	door := opened(t, s.server(t), "/out")
	l, err := door.List(t.Context())
	if err != nil || l.Bad != 2 {
		t.Fatalf("got %+v, %v", l, err)
	}
	for _, e := range l.Files {
		_ = door.Copy(t.Context(), e, io.Discard) // what came is the server's, whatever it is
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == 0 {
		t.Error("nothing was asked for")
	}
	for _, p := range s.asked {
		if filepath.Dir(p) != "/out" {
			t.Errorf("%s was asked for", p)
		}
	}
	mute := &theirs{mute: make(chan struct{})}
	defer close(mute.mute)
	door = opened(t, mute.server(t), "/out")
	if _, err := door.List(context.Background()); !errors.Is(err, errSlow) {
		t.Errorf("silence: %v", err)
	}
	if err := door.Close(); err != nil {
		t.Error(err)
	}
}

// A bucket whose listing has no end is given up, whatever it is made of.
func TestEndlessBucket(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	const head = `<?xml version="1.0"?><ListBucketResult><IsTruncated>%v</IsTruncated><NextContinuationToken>%s</NextContinuationToken>`
	const object = `<Contents><Key>out//%s</Key><Size>1</Size><LastModified>2026-06-01T00:00:00Z</LastModified></Contents>`
	var list func(io.Writer)
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") {
			list(w)
			return
		}
		got = r.URL.Path
		w.Header().Set("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	}))
	defer server.Close()
	f := &Folder{S3: &S3{Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "us-east-1", Bucket: "reports", Prefix: "out//", AccessKey: "a", SecretKey: secret.Secret{Env: "YANZHEN_TEST_SECRET"}, Plain: true}, MostMB: 1, files: regexp.MustCompile("")}
	door, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page := 0
	for name, of := range map[string]func(io.Writer){
		"pages without anything": func(w io.Writer) { fmt.Fprintf(w, head+"</ListBucketResult>", true, fmt.Sprint(page)); page++ },
		"folders": func(w io.Writer) {
			fmt.Fprintf(w, head, true, fmt.Sprint(page))
			for i := range 1000 {
				fmt.Fprintf(w, "<CommonPrefixes><Prefix>out//%d_%d/</Prefix></CommonPrefixes>", page, i)
			}
			page++
			io.WriteString(w, "</ListBucketResult>")
		},
		"a page without end": func(w io.Writer) {
			fmt.Fprintf(w, head, false, "")
			for line := []byte(fmt.Sprintf("<!--%s-->", strings.Repeat("x", 64<<10))); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		},
	} {
		list, page = of, 0
		var fault *answer.Fault
		if _, err := door.List(t.Context()); !errors.As(err, &fault) || fault.Code != "folder_many" {
			t.Errorf("%s: %v", name, err)
		}
	}
	list = func(w io.Writer) {
		fmt.Fprintf(w, head+object+object+object+"</ListBucketResult>", false, "", "a.csv", "..", `..\b.csv`)
	}
	l, err := door.List(t.Context())
	if err != nil || len(l.Files) != 1 || l.Bad != 2 {
		t.Fatalf("got %+v, %v", l, err)
	}
	if err := door.Copy(t.Context(), l.Files[0], io.Discard); !errors.Is(err, ErrMoving) || got != "/reports/out//a.csv" {
		t.Errorf("gone since: %v, %s was asked for", err, got)
	}
}
