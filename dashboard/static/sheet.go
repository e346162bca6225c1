package static

import (
	"net/http"
	"strings"

	"yanzhen/dashboard/reply"
)

// SheetPath is where the style of printed sheets is; longestSheet is how many characters each of its texts may have.
const (
	SheetPath    = "/sheet.css"
	longestSheet = 300
)

// ServeSheet answers the style of a page's printed sheets with the texts that the page gives: left, right and foot.
func ServeSheet(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	text := func(name string) string {
		t := []rune(q.Get(name))
		return string(t[:min(len(t), longestSheet)])
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	reply.Body(w, r, http.StatusOK, []byte(Sheet(text("left"), text("right"), text("foot"))))
}

// Sheet is the style of printed sheets: what stands at the head of each, and at its foot beside the number of the page.
func Sheet(left, right, foot string) string {
	return "@page {\n" +
		"  @top-left { content: " + quoted(left) + "; }\n" +
		"  @top-right { content: " + quoted(right) + "; }\n" +
		"  @bottom-left { content: " + quoted(foot) + "; }\n" +
		"  @bottom-right { content: \"— \" counter(page) \" / \" counter(pages) \" —\"; }\n}\n"
}

// quoted is a text as a string of CSS.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\5c `, `"`, `\22 `, "\n", " ", "\r", " ", "<", `\3c `).Replace(text) + `"`
}
