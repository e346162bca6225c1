// Package browser finds a Chromium and a Chinese font for the tests of the pages and for their pictures: those of the
// machine, or those that `make test` took from npm. No part of the product imports it.
package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/chromedp/chromedp"
)

// Var is the environment variable that names the browser to use: a path, or FromNPM. Without it an installed one is
// preferred.
const Var = "YANZHEN_CHROMIUM"

// FromNPM is the value of Var that asks for the browser and the font of npm even where others are installed.
const FromNPM = "npm"

// Browser is a program to start, with what it needs in its environment.
type Browser struct {
	Path string
	Env  []string
}

// ErrNone is returned where there is no browser at all.
var ErrNone = errors.New("no chromium or google-chrome is installed, and none was fetched from npm: run make test, or set " + Var + " to the path of one")

// Dir is where the parts from npm stand, in the repository that the working directory lies in.
func Dir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if exists(filepath.Join(dir, "go.mod")) {
			return filepath.Join(dir, ".cache", "browser"), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("browser: there is no go.mod above the working directory")
		}
		dir = up
	}
}

// Find returns the browser that Var names, or an installed one, or that of npm; ErrNone where there is none.
func Find() (Browser, error) {
	dir, err := Dir()
	if err != nil {
		return Browser{}, err
	}
	var env []string
	if exists(fontsFile(dir)) {
		env = append(env, "FONTCONFIG_FILE="+fontsFile(dir))
	}
	path, err := installed()
	if err != nil {
		return Browser{}, err
	}
	if path != "" {
		return Browser{path, env}, nil
	}
	if path = program(dir); !exists(path) {
		return Browser{}, ErrNone
	}
	return Browser{path, append(env, "LD_LIBRARY_PATH="+filepath.Join(dir, "lib"))}, nil
}

// installed returns the browser that Var or the machine names, "" where it is to be the one of npm.
func installed() (string, error) {
	if v := os.Getenv(Var); v == FromNPM {
		return "", nil
	} else if v != "" {
		path, err := exec.LookPath(v)
		if err != nil {
			return "", fmt.Errorf("%s: %w", Var, err)
		}
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", nil
}

// Options are how the tests start it: as chromedp does, and without what an office network or a container forbids.
func (b Browser) Options(profile string) []chromedp.ExecAllocatorOption {
	return append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(b.Path), chromedp.Env(b.Env...), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
}

func program(dir string) string   { return filepath.Join(dir, "chromium") }
func fontsFile(dir string) string { return filepath.Join(dir, "fonts.conf") }

func exists(name string) bool { _, err := os.Stat(name); return err == nil }
