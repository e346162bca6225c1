// Command dist makes what is installed where there is neither Go nor Node: the program with the engine's library, the
// systemd unit and the documentation, as a tar and as a Debian package, with the lists of its parts (SBOM) and the sums of
// all. The same commit gives the same bytes: times are the commit's, and names are in order. `make dist` runs it.
package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

//go:embed files
var files embed.FS

func main() {
	out := flag.String("out", "dist", "directory of what is made")
	nfpm := flag.String("nfpm", "", "program that makes the Debian package; empty: none is made")
	sbom := flag.String("sbom", "", "directory of sbom-go.json and sbom-npm.json; empty: none go in")
	try := flag.Bool("try", true, "install what was made below a directory without Go and Node, and start it; needs Linux, and root to shut the rest of the machine out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	made, err := run(ctx, *out, *nfpm, *sbom)
	for i := 0; *try && err == nil && i < len(made); i++ {
		if err = trial(ctx, made[i]); err != nil {
			err = fmt.Errorf("trying %s: %w", made[i], err)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		stop()
		os.Exit(1)
	}
}

// release is what is made of one commit.
type release struct {
	version string // 0.20261129+3d2a8a5c1f2e, in the order of time
	made    time.Time
	arch    string // as Go and Debian call it: amd64, arm64
	out     string
	stage   string // what goes in, below out
}

// run makes all, and says what was made.
func run(ctx context.Context, out, nfpm, sbom string) (made []string, err error) {
	r, err := releaseOf(ctx, out)
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(out); err != nil {
		return nil, err
	}
	if err := r.gather(ctx, sbom); err != nil {
		return nil, err
	}
	tar, err := r.tar()
	if err != nil {
		return nil, err
	}
	names := []string{tar}
	if nfpm != "" {
		deb, err := r.deb(ctx, nfpm)
		if err != nil {
			return nil, err
		}
		names = append(names, deb)
	}
	if err := os.RemoveAll(r.stage); err != nil {
		return nil, err
	}
	if err := sums(out, names); err != nil {
		return nil, err
	}
	for _, name := range names {
		path := filepath.Join(out, name)
		st, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		fmt.Printf("%s  %.0f MB\n", path, float64(st.Size())/1e6)
		made = append(made, path)
	}
	return made, nil
}

// releaseOf says what the commit that is checked out is called. Where files differ from it, the version says so.
func releaseOf(ctx context.Context, out string) (*release, error) {
	said, err := output(ctx, "git", "log", "-1", "--format=%ct %h", "--abbrev=12")
	if err != nil {
		return nil, fmt.Errorf("a release is made of a commit: %w", err)
	}
	at, hash, _ := strings.Cut(said, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git says %q: %w", said, err)
	}
	r := &release{made: time.Unix(seconds, 0).UTC(), arch: runtime.GOARCH, out: out, stage: filepath.Join(out, "stage")}
	r.version = "0." + r.made.Format("20060102.1504") + "+" + hash
	changed, err := output(ctx, "git", "status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return nil, err
	}
	if changed != "" {
		r.version += ".modified"
	}
	return r, nil
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	return strings.TrimSpace(string(b)), err
}

// gather puts what goes in below the stage.
func (r *release) gather(ctx context.Context, sbom string) error {
	if err := os.MkdirAll(r.stage, 0o755); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=auto", "-ldflags=-s -w -buildid=", "-o", filepath.Join(r.stage, "yanzhen"), "./cmd/yanzhen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building: %w", err)
	}
	lib, err := library()
	if err != nil {
		return err
	}
	copies := [][2]string{
		{lib, "libchdb.so"},
		{"LICENSE", "doc/LICENSE"},
		{"CHANGELOG.md", "doc/CHANGELOG.md"},
		{"README.md", "doc/README.md"},
		{"configs/yanzhen.yaml", "doc/yanzhen.yaml"},
	}
	docs, err := filepath.Glob("docs/*.md")
	if err != nil {
		return err
	}
	for _, d := range docs {
		copies = append(copies, [2]string{d, "doc/" + filepath.Base(d)})
	}
	if sbom != "" {
		for _, name := range []string{"sbom-go.json", "sbom-npm.json"} {
			b, err := os.ReadFile(filepath.Join(sbom, name))
			if err == nil {
				err = write(filepath.Join(r.stage, "doc", name), r.parts(b))
			}
			if err != nil {
				return err
			}
		}
	}
	for _, c := range copies {
		if err := copyFile(c[0], filepath.Join(r.stage, c[1])); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{
		"yanzhen.service": "yanzhen.service", "sysusers.conf": "sysusers.conf", "yanzhen.yaml": "etc/yanzhen.yaml", "default": "etc/default",
		"postinst": "scripts/postinst", "prerm": "scripts/prerm", "postrm": "scripts/postrm",
	} {
		b, err := files.ReadFile("files/" + from)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(r.stage, to), b); err != nil {
			return err
		}
	}
	return nil
}

var (
	reSerial = regexp.MustCompile(`(?m)^\s*"serialNumber": "[^"]*",\n`)
	reStamp  = regexp.MustCompile(`"timestamp": "[^"]*"`)
)

// parts is a list of parts without what differs each time it is written: a number at random, and the moment.
func (r *release) parts(list []byte) []byte {
	list = reSerial.ReplaceAll(list, nil)
	return reStamp.ReplaceAll(list, []byte(`"timestamp": "`+r.made.Format(time.RFC3339)+`"`))
}

// library is the engine's, as npm has brought it for this machine.
func library() (string, error) {
	found, err := filepath.Glob("node_modules/@chdb/lib-linux-*/libchdb.so")
	if err != nil {
		return "", err
	}
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	for _, f := range found {
		if strings.Contains(f, "-"+cmp.Or(arch, runtime.GOARCH)+"-") {
			return f, nil
		}
	}
	return "", fmt.Errorf("no libchdb.so for linux/%s below node_modules: run make setup", runtime.GOARCH)
}

// deb makes the Debian package and says what it is called.
func (r *release) deb(ctx context.Context, nfpm string) (string, error) {
	b, err := files.ReadFile("files/nfpm.yaml")
	if err != nil {
		return "", err
	}
	config := filepath.Join(r.stage, "nfpm.yaml")
	set := map[string]string{"ARCH": r.arch, "VERSION": r.version, "STAGE": r.stage}
	var unknown error
	said := os.Expand(string(b), func(name string) string {
		v, ok := set[name]
		if !ok {
			unknown = errors.Join(unknown, fmt.Errorf("files/nfpm.yaml: ${%s} is not known", name))
		}
		return v
	})
	if unknown != nil {
		return "", unknown
	}
	if err := write(config, []byte(said)); err != nil {
		return "", err
	}
	name := fmt.Sprintf("yanzhen_%s_%s.deb", r.version, r.arch)
	cmd := exec.CommandContext(ctx, nfpm, "package", "--config", config, "--packager", "deb", "--target", filepath.Join(r.out, name))
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(r.made.Unix(), 10))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the Debian package: %w", err)
	}
	return name, nil
}

// date gives all that is staged the commit's time.
func (r *release) date() error {
	return filepath.WalkDir(r.stage, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, r.made, r.made)
	})
}
