// Command shots takes pictures of every page of a running server: desk and phone, light and dark, and at the widths of large
// screens those that are made for them. The pictures are for the README and for judging the design.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/browser"
)

func main() {
	base := flag.String("base", "http://127.0.0.1:8086", "address of the server")
	out := flag.String("out", "docs/shots", "directory for the pictures")
	only := flag.String("only", "", "take only the pages whose path contains this; nothing: those of docs/shots")
	lang := flag.String("lang", "zh", "zh or en; of -only")
	widths := flag.String("widths", "1440,390", "window widths; of -only")
	link := flag.String("link", "", "a link that signs in, as `yanzhen user link` gives it")
	dressed := flag.String("themes", "light,dark", "themes; of -only")
	every := flag.Bool("all", false, "every page in both languages at 390, 1440, 1920 and 3840, light and dark, and the wall")
	flag.Parse()
	sets := []set{{containing(*only), *lang, strings.Split(*widths, ","), strings.Split(*dressed, ","), false}}
	switch {
	case *every:
		sets = nil
		for _, lang := range []string{"zh", "en"} {
			sets = append(sets, set{containing(*only), lang, []string{"390", "1440", "1920", "3840"}, []string{"light", "dark"}, false})
		}
	case *only == "":
		sets = kept
		if _, err := exec.LookPath(reducer); err != nil {
			fmt.Fprintln(os.Stderr, "shots: the pictures stay several times as large as they need be: apt-get install", reducer)
		}
	}
	if err := run(*base, *link, *out, sets); err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

// set is what pictures are taken of.
type set struct {
	of             func(page string) bool
	lang           string
	widths, themes []string
	reduced        bool
}

func containing(part string) func(string) bool {
	return func(page string) bool { return strings.Contains(page, part) }
}

func among(pages ...string) func(string) bool {
	return func(page string) bool {
		path, _, _ := strings.Cut(page, "?")
		return slices.Contains(pages, path)
	}
}

// kept are the pictures of docs/shots: every page that somebody returns to but lists of the operator's, light; those that lead
// also dark, on large screens and in English.
var kept = []set{
	{func(page string) bool {
		return strings.HasPrefix(page, "/b/") || strings.HasPrefix(page, "/briefings") || strings.HasPrefix(page, "/send") || strings.HasPrefix(page, "/cause/") || strings.HasPrefix(page, "/chain/") ||
			among("/data", "/data/duties", "/data/quality", "/data/declare", "/responsibility", "/signin")(page)
	}, "zh", []string{"1440", "390"}, []string{"light"}, true},
	{among("/b/overview", "/b/chain", "/b/inflow", "/responsibility", "/signin"), "zh", []string{"1440", "390"}, []string{"dark"}, true},
	{among("/b/overview", "/b/chain", "/wall"), "zh", []string{"1920", "3840"}, []string{"light"}, true},
	{among("/b/overview", "/data/quality"), "en", []string{"1440", "390"}, []string{"light"}, true},
}

// reducer takes the colours out of a picture that nobody tells apart.
const reducer = "pngquant"

// reduce makes a picture smaller, where the machine can.
func reduce(ctx context.Context, file string) error {
	if _, err := exec.LookPath(reducer); err != nil {
		return nil // main has said so
	}
	err := exec.CommandContext(ctx, reducer, "--skip-if-larger", "--force", "--ext", ".png", file).Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == 98 { // it would be larger
		return nil
	}
	return err
}

var navigation = regexp.MustCompile(`<a href="(/(?:b/[a-z0-9_-]+|data))[^"]*"`)

// pages reads the addresses of the pages from the navigation of the first one, where need be signed in by a link.
func pages(ctx context.Context, base, link string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var text string
	var first []chromedp.Action
	if link != "" {
		first = append(first, chromedp.Navigate(link))
	}
	if err := chromedp.Run(ctx, append(first, chromedp.Navigate(base+"/"), chromedp.OuterHTML("html", &text))...); err != nil {
		return nil, err
	}
	var out []string
	for _, m := range navigation.FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no navigation: it may want -link, see yanzhen user link", base)
	}
	return append(out, "/briefings", "/briefings/half_year", "/briefings/orders", "/responsibility", "/chain/whatif?node=superalloy.cast&seats=200&hire=50", "/b/people", "/cause/post_gap", "/data/inbox", "/data/alerts", "/data/duties", "/data/quality", "/data/review", "/data/declare", "/data/begin", "/data/jobs", "/data/jobs/arrivals", "/data/runs", "/data/excluded", "/data/metrics", "/data/freezes", "/data/api", "/data/datasets/arrivals", "/data/units/arrivals?unit=%E7%A4%BE%E4%BF%9D%E4%B8%AD%E5%BF%83%7C2026-06", "/briefings/monthly", "/sql", "/account", "/account/tokens", "/send", "/send/type/labour", "/tokens", "/users", "/audit", "/wall"), nil
}

func run(base, link, out string, sets []set) error {
	found, err := browser.Find()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	profile, err := os.MkdirTemp("", "shots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	options := append(found.Options(profile), chromedp.Flag("force-color-profile", "srgb"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 4*time.Hour) // of every page: six hundred and more pictures
	defer cancel()
	// the browser belongs to this context, not to that of the first page
	if err := chromedp.Run(ctx); err != nil {
		return err
	}
	// nobody is signed in yet
	for _, x := range sets {
		if x.of("/signin") {
			if err := x.take(ctx, base, "/signin", out); err != nil {
				return err
			}
		}
	}
	list, err := pages(ctx, base, link)
	if err != nil {
		return err
	}
	var missed []error // one page that cannot be taken keeps none of the others
	for _, x := range sets {
		for _, page := range list {
			if x.of(page) {
				missed = append(missed, x.take(ctx, base, page, out))
			}
		}
	}
	return errors.Join(missed...)
}

// take takes the pictures of one page.
func (x set) take(ctx context.Context, base, page, out string) error {
	var missed []error
	for _, width := range x.widths {
		for _, theme := range x.themes {
			var w int64
			if _, err := fmt.Sscan(width, &w); err != nil {
				return fmt.Errorf("width %q: %w", width, err)
			}
			path, query, _ := strings.Cut(page, "?")
			if path == "/wall" && w < 1920 {
				continue
			}
			name := strings.Trim(strings.ReplaceAll(strings.TrimPrefix(path, "/b/"), "/", "-"), "-") + "-" + width + "-" + theme
			if x.lang != "zh" {
				name += "-" + x.lang
			}
			file := filepath.Join(out, name+".png")
			url := base + path + "?lang=" + x.lang + "&theme=" + theme + "&" + query
			picture, err := shoot(ctx, url, w)
			if path == "/wall" {
				picture, err = screen(ctx, url, w)
			}
			files := []string{file}
			if err == nil {
				err = os.WriteFile(file, picture, 0o644)
			}
			if err == nil && x.reduced && name == leading {
				files = append(files, filepath.Join(out, "readme.png"))
				err = head(picture, files[1])
			}
			for _, f := range files {
				if err == nil && x.reduced {
					err = reduce(ctx, f)
				}
			}
			if err != nil {
				missed = append(missed, fmt.Errorf("%s: %w", file, err))
				if ctx.Err() != nil {
					return errors.Join(missed...)
				}
				continue
			}
			fmt.Println(file)
		}
	}
	return errors.Join(missed...)
}

// leading is the picture whose head the README shows, down to the first charts.
const leading = "overview-1440-light"

// head writes the upper part of a picture to a file.
func head(picture []byte, file string) error {
	whole, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	part := image.Rect(0, 0, whole.Bounds().Dx(), min(2090, whole.Bounds().Dy()))
	cut := image.NewRGBA(part)
	draw.Draw(cut, part, whole, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, cut); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// whenDrawn is true once every figure of the page is a chart, a table or a sentence.
const whenDrawn = `document.querySelectorAll("img[loading]:not(.paper)").forEach(i => { i.loading = "eager" }), document.readyState === "complete" && [...document.querySelectorAll("img:not(.paper)")].every(i => i.complete)`

// shoot takes a page as high as it is; a large screen has as many pixels as it is wide.
func shoot(ctx context.Context, url string, width int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	var height int64
	var picture []byte
	scale := chromedp.EmulateScale(1.25)
	if width >= 1920 {
		scale = chromedp.EmulateScale(1)
	}
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 20000, scale), chromedp.Navigate(url), chromedp.Poll(whenDrawn, nil, chromedp.WithPollingTimeout(40*time.Second))); err != nil {
		return nil, err
	}
	var across int64
	if err := chromedp.Run(ctx, chromedp.Evaluate(`Math.ceil(document.querySelector("footer.foot").getBoundingClientRect().bottom)`, &height),
		chromedp.Evaluate(`document.scrollingElement.scrollWidth`, &across)); err != nil {
		return nil, err
	}
	if across > width {
		fmt.Fprintf(os.Stderr, "%s is %d px wide in a window of %d\n", url, across, width)
	}
	err := chromedp.Run(ctx, chromedp.EmulateViewport(width, max(height, width*9/16*min(1, width/1920)), scale), chromedp.Sleep(250*time.Millisecond), chromedp.CaptureScreenshot(&picture))
	return picture, err
}

// screen takes the first frame of the wall as a screen of 16:9 shows it.
func screen(ctx context.Context, url string, width int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	var picture []byte
	err := chromedp.Run(ctx, chromedp.EmulateViewport(width, width*9/16, chromedp.EmulateScale(1)), chromedp.Navigate(url),
		chromedp.Poll(`document.querySelector(".scene .card, .scene .brief, .scene .panel") && !document.querySelector(".is-coming") && [...document.images].every(i => i.complete)`, nil, chromedp.WithPollingTimeout(80*time.Second)),
		chromedp.Sleep(2*time.Second), chromedp.CaptureScreenshot(&picture))
	return picture, err
}
