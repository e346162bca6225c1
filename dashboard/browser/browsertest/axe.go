package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Alike is a function for a page in which axe-core runs. What axe-core asks of contrasts is asked of every text, which takes four
// fifths of its time; of texts whose ink, size and grounds are the same, up to the page, the first three are enough. The others
// are marked, and that rule is told to pass them by. It is called anew where colours have changed.
const Alike = `const alike = () => {
	const ids = new Map(), at = new WeakMap(), found = new Map();
	for (const e of document.querySelectorAll("body, body *")) {
		const c = getComputedStyle(e);
		const says = [at.get(e.parentElement), c.color, c.fill, c.backgroundColor, c.backgroundImage, c.opacity, c.filter, c.mixBlendMode, c.textShadow, c.fontSize, c.fontWeight, c.display, c.position, c.visibility, c.clipPath, c.overflow].join("|");
		if (!ids.has(says)) ids.set(says, ids.size);
		at.set(e, ids.get(says));
		const n = e.getClientRects().length ? (found.get(says) || 0) + 1 : 0;
		if (n) found.set(says, n);
		e.toggleAttribute("data-alike", n > 3);
	}
	axe.configure({rules: [{id: "color-contrast", selector: "*:not([data-alike])"}]});
};`

// axe asks axe-core for what breaks WCAG 2.2 A and AA, in both themes, a line for each rule with the first places.
const axe = `(async () => {
	` + Alike + `
	const out = [], before = document.documentElement.dataset.theme;
	for (const d of document.querySelectorAll("details")) d.open = true;
	for (const theme of ["light", "dark"]) {
		document.documentElement.dataset.theme = theme;
		alike();
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
