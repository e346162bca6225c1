// Command browser makes sure that the tests of the pages find a Chromium and a Chinese font: where the machine lacks
// one, they are taken from npm into .cache/browser.
package main

import (
	"fmt"
	"os"

	"yanzhen/dashboard/browser"
)

func main() {
	if err := browser.Fetch(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}
