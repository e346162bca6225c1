package duty

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// mostNamed is how many periods a letter names.
const mostNamed = 12

// Letter is what a sender is written about what it owes: to be sent, or copied by hand. title is what people call a dataset, to
// where files are sent, from who asks; both may be empty.
func Letter(sender string, list []Owed, title func(dataset string) codes.Text, to, from string, lang codes.Lang) string {
	say := func(zh, en string, args ...any) string {
		return fmt.Sprintf(codes.Text{Zh: zh, En: en}.In(lang), args...)
	}
	late := false
	var lines []string
	for i, o := range list {
		late = late || o.Overdue
		if i >= mostNamed {
			continue
		}
		line := say("· 《%s》%s，应于 %s 前报送", "- %s for %s, due by %s", title(o.Dataset).In(lang), o.Period.Label(lang), days.Label(o.DueOn, lang))
		switch {
		case o.State == Partial:
			line += say("（收到一部分，还缺其余）", " (a part has come)")
		case o.Overdue:
			line += say("（已过期）", " (overdue)")
		}
		lines = append(lines, line)
	}
	if n := len(list) - mostNamed; n > 0 {
		lines = append(lines, say("· 另有 %d 期", "- and %d more", n))
	}
	head := say("%s：您好。以下报表即将到期，请按时报送：", "%s: the following will be due soon.", sender)
	if late {
		head = say("%s：您好。以下报表还没有收到，请尽快报送：", "%s: the following has not come. Please send it soon.", sender)
	}
	out := head + "\n" + strings.Join(lines, "\n")
	if to != "" {
		out += "\n" + say("报送入口：%s", "Where to send it: %s", to)
	}
	out += "\n" + say("如已报送，请忽略此信。", "If you have sent it already, please ignore this.")
	if from != "" {
		out += "\n" + say("联系：%s", "Whom to ask: %s", from)
	}
	return out
}

// Before is the n-th working day before a day; the day itself where n is 0.
func (w Workdays) Before(d days.Day, n int) days.Day {
	for ; n > 0; n-- {
		for d = d.AddDate(0, 0, -1); !w.On(d); d = d.AddDate(0, 0, -1) {
		}
	}
	return d
}
