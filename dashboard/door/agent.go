package door

import "strings"

// browsers and systems by what they say of themselves; the first that fits is it, for most name their forebears too.
var (
	browsers = [][2]string{{"MicroMessenger", "WeChat"}, {"DingTalk", "DingTalk"}, {"Edg/", "Edge"}, {"360", "360"}, {"Firefox/", "Firefox"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"}}
	systems  = [][2]string{{"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// agentName is a browser as people call it: Chrome 140 · Windows; what is not known stands as it says of itself.
func agentName(agent string) string {
	var parts []string
	for _, b := range browsers {
		if _, rest, ok := strings.Cut(agent, b[0]); ok {
			version := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
			parts = append(parts, strings.TrimSpace(b[1]+" "+version))
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(agent, s[0]) {
			parts = append(parts, s[1])
			break
		}
	}
	if len(parts) == 0 {
		return agent
	}
	return strings.Join(parts, " · ")
}
