package sources

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"yanzhen/cmd/spoken"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/fetch"
)

const longUnseen = 4 * 24 * time.Hour // that a mail box was not looked into: longer than a weekend and a holiday

// Doctor says of every mail box when it was last looked into, what of it waits, and whether its password is kept as it should be. It
// signs in nowhere: yanzhen fetch NAME --dry-run does.
func Doctor(fsys fs.FS, datasets map[string]*dataset.Dataset, dir string, local func(time.Time) time.Time, say func(zh, en string) string, line func(state, what, detail string)) {
	list, err := fetch.Read(fsys, datasets)
	if err != nil {
		line("fail", "sources", spoken.By(err, say))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		box := list[name].Mailbox
		if box == nil {
			continue
		}
		at, waits, err := fetch.Seen(dir, name)
		what := "mail " + name
		switch {
		case err != nil:
			line("fail", what, say("已取的邮件记录读不出（mail.json）", "what is known of it cannot be read (mail.json)"))
		case at.IsZero():
			line("warn", what, fmt.Sprintf(say("还没有看过；先试 yanzhen fetch %s --dry-run", "never looked into; try yanzhen fetch %s --dry-run"), name))
		default:
			state := "ok"
			if time.Since(at) > longUnseen {
				state = "warn"
			}
			line(state, what, fmt.Sprintf(say("上次看到最后是 %s；%d 项等人处理（yanzhen inbox）", "last looked into to the end at %s; %d entries wait for a person (yanzhen inbox)"), local(at).Format("2006-01-02 15:04"), waits))
		}
		if _, err := box.Password.Read(); err != nil {
			line("fail", what, spoken.By(err, say))
		} else if info, err := os.Stat(box.Password.File); err == nil && info.Mode().Perm()&0o007 != 0 {
			line("warn", what, fmt.Sprintf(say("%s 人人能读，请 chmod 600", "%s can be read by everybody; chmod 600"), box.Password.File))
		}
	}
}
