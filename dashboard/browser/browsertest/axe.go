package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe asks axe-core for what breaks WCAG 2.2 A and AA, in both themes, a line for each rule with the first places.
const axe = `(async () => {
	const out = [], before = document.documentElement.dataset.theme;
	for (const d of document.querySelectorAll("details")) d.open = true;
	for (const theme of ["light", "dark"]) {
		document.documentElement.dataset.theme = theme;
		const r = await axe.run(document, {resultTypes: ["violations"], runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}});
		for (const v of r.violations) out.push(theme + " breaks " + v.id + " (" + v.help + "): " + v.nodes.slice(0, 5).map(n => n.target.join(" ") + " " + n.html.slice(0, 120) + " {" + [...n.any, ...n.all, ...n.none].map(c => c.message).join("; ").slice(0, 200) + "}").join("\n\t"));
	}
	document.documentElement.dataset.theme = before;
	return out;
})()`

// Faults are what axe-core finds wrong with the page of a window, light and dark. Where axe-core is not there the test is skipped.
func Faults(t testing.TB, ctx context.Context) []string {
	t.Helper()
	dir, err := os.Getwd() // of the package that is tested
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	core, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if os.IsNotExist(err) {
		t.Skip("axe-core is not there: run make setup (npm ci)")
	}
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	if err := chromedp.Run(ctx, chromedp.Evaluate(string(core)+";0", nil), chromedp.Evaluate(axe, &faults, await)); err != nil {
		t.Fatal(err)
	}
	return faults
}
