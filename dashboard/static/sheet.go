package static

import "strings"

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
