package main

import (
	"os"
	"strings"

	"github.com/alecthomas/kong"
	completion "github.com/jotaen/kong-completion"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/bridge"
	"yanzhen/cmd/demo"
	"yanzhen/cmd/forget"
	"yanzhen/cmd/help"
	"yanzhen/cmd/jobs"
	"yanzhen/cmd/keep"
	"yanzhen/cmd/measure"
	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/cmd/reload"
	"yanzhen/cmd/saved"
	"yanzhen/cmd/senders"
	"yanzhen/cmd/setup"
	"yanzhen/cmd/sources"
	"yanzhen/cmd/units"
)

// language is the language that the arguments or the environment ask for. It is wanted before they
// are parsed: their help is printed while parsing.
func language(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("YANZHEN_LANG")
}

// translate puts the Chinese help in place of the English one that stands in the tags.
func translate(n *kong.Node) {
	put := func(s *string) {
		if zh := inChinese(*s); zh != "" {
			*s = zh
		}
	}
	put(&n.Help)
	put(&n.Detail)
	for _, f := range n.Flags {
		put(&f.Help)
	}
	for _, p := range n.Positional {
		put(&p.Help)
	}
	for _, c := range n.Children {
		translate(c)
	}
}

// helps give every help text in Chinese; a test finds the ones that are missing.
var helps = []map[string]string{helpZh, help.Zh, keep.HelpZh, setup.HelpZh, reload.HelpZh, people.HelpZh, programs.HelpZh, bridge.HelpZh, senders.HelpZh, saved.HelpZh, alerts.HelpZh, jobs.HelpZh, sources.HelpZh, units.HelpZh, forget.HelpZh, measure.HelpZh}

func inChinese(en string) string {
	for _, texts := range helps {
		if zh := texts[en]; zh != "" {
			return zh
		}
	}
	return ""
}

// helpZh are those that are methods of the commands here.
var helpZh = map[string]string{
	about:                                help.About,
	(*completion.Completion)(nil).Help(): `显示启用 Tab 补全要运行的命令；要长期启用，写进 shell 的初始化文件。不写 shell 时自动判断。`,
	(*serveCmd)(nil).Help():              help.Serve,
	(*demo.Command)(nil).Help():          help.Demo,
	(*planCmd)(nil).Help():               help.Plan,
	(*loadCmd)(nil).Help():               help.Load,
	(*queryCmd)(nil).Help():              help.Query,
	(*briefCmd)(nil).Help():              help.Brief,
	(*dutiesCmd)(nil).Help():             help.Duties,
	(*asideCmd)(nil).Help():              help.Aside,
	(*testCmd)(nil).Help():               help.Test,
	(*doctorCmd)(nil).Help():             help.Doctor,
}
