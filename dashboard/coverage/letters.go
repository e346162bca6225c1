package coverage

import (
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/duty"
)

// Letter is what a sender can be written about all that it owes now, to be copied.
type Letter struct{ Sender, Text string }

// LettersOf are those of a page, by sender. from is whom to ask, who what a sender is called.
func LettersOf(sets []*dataset.Dataset, all map[string][]duty.Owed, from string, who func(string) string, loc codes.Lang) []Letter {
	owed, titles := map[string][]duty.Owed{}, map[string]codes.Text{}
	for _, d := range sets {
		titles[d.Name] = d.Title
		for _, list := range BySender(all[d.Name]) {
			for _, o := range list {
				if o.Awaited() && o.State != duty.Running {
					owed[o.Sender] = append(owed[o.Sender], o)
				}
			}
		}
	}
	var out []Letter
	for sender, list := range owed {
		out = append(out, Letter{sender, duty.Letter(who(sender), list, func(name string) codes.Text { return titles[name] }, "", from, loc)})
	}
	slices.SortFunc(out, func(x, y Letter) int { return strings.Compare(x.Sender, y.Sender) })
	return out
}
