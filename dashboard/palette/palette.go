// Package palette is the one list of the product's colours: ink, paper and eight series colours for each theme.
package palette

import (
	"fmt"
	"strings"
)

// Charts name a colour by its token ("__c:s1"), the page's script looks the token up in the CSS variables written from
// this table, so that a page, a chart and a print share it and a change of theme needs no new data.
var palette = []struct{ Token, Light, Dark, Use string }{
	{"page", "#f6f5f1", "#12161b", "behind everything"},
	{"card", "#ffffff", "#191f26", "figures and cards"},
	{"raised", "#faf9f6", "#202730", "bars, table heads, menus"},
	{"line", "#e5e2da", "#2b333d", "hairlines"},
	{"grid", "#eeece6", "#262d36", "lines inside charts"},
	{"ink", "#1c2733", "#ece9e2", "headings and numbers"},
	{"text", "#3b4652", "#c3c8ce", "running text"},
	{"mute", "#66707b", "#929ca7", "captions, axes"},
	{"accent", "#1f4e6e", "#8fbfdc", "links, the chosen, the first series"},
	{"tint", "#e8eff4", "#1d2f3c", "behind the chosen"},
	{"good", "#2c7a5f", "#7cc4a4", "moves the right way"},
	{"bad", "#a8462f", "#e39a84", "moves the wrong way"},
	{"warn", "#8a6416", "#dcb56a", "late, held, synthetic"},
	{"wash", "#f7f0df", "#2f2818", "behind a warning"},
	{"s1", "#1f4e6e", "#82b4d3", "series"},
	{"s2", "#bf8a3d", "#d8ac66", "series"},
	{"s3", "#5c8f7c", "#8ac0aa", "series"},
	{"s4", "#9d5a4c", "#cf8d7e", "series"},
	{"s5", "#7e84ac", "#a9aed4", "series"},
	{"s6", "#9a9a5b", "#c3c184", "series"},
	{"s7", "#8797a5", "#a5b1bd", "series"},
	{"s8", "#5a5679", "#908db8", "series"},
	{"q0", "#eef2f4", "#20282f", "no or least"},
	{"q1", "#cfdde6", "#263c4b", "little"},
	{"q2", "#9cbacd", "#35586f", ""},
	{"q3", "#6a97b4", "#406c89", ""},
	{"q4", "#2f6486", "#7fb0cf", "much"},
	{"q5", "#173f5c", "#bcdcef", "most"},
	{"d1", "#8fbbd3", "#2b678c", "much to spare"},
	{"d2", "#c9dfea", "#274a60", "something to spare"},
	{"d3", "#efece5", "#2f3842", "level"},
	{"d4", "#f3cf9b", "#6a4b20", "somewhat short"},
	{"d5", "#e39a4f", "#8f5816", "very short"},
	{"m4", "#f3cf9b", "#b5853f", "somewhat short, without a letter on it"},
	{"m5", "#e39a4f", "#f09a3e", "very short, without a letter on it"},
}

// CSS writes the palette as variables: light for :root, dark for the dark theme or for a reader whose system is dark.
func CSS() string {
	var light, dark strings.Builder
	for _, c := range palette {
		fmt.Fprintf(&light, "  --%s: %s; /* %s */\n", c.Token, c.Light, c.Use)
		fmt.Fprintf(&dark, "  --%s: %s;\n", c.Token, c.Dark)
	}
	var out strings.Builder
	fmt.Fprintf(&out, ":root, .sheet {\n  color-scheme: light;\n%s}\n", light.String())
	fmt.Fprintf(&out, ":root[data-theme=\"dark\"] {\n  color-scheme: dark;\n%s}\n", dark.String())
	fmt.Fprintf(&out, "@media (prefers-color-scheme: dark) {\n:root[data-theme=\"auto\"] {\n  color-scheme: dark;\n%s}\n}\n", dark.String())
	fmt.Fprintf(&out, "@media print {\n:root, :root[data-theme] {\n  color-scheme: light;\n%s}\n}\n", light.String())
	return out.String()
}

// Variables are the colours of a theme, light or dark, by token: what CSS has as variables.
func Variables(theme string) map[string]string {
	out := make(map[string]string, len(palette)+1)
	for _, c := range palette {
		if out[c.Token] = c.Light; theme == "dark" {
			out[c.Token] = c.Dark
		}
	}
	return out
}
