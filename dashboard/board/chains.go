package board

import (
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// ofChains is what a title says where it means the chains that an office has declared.
const ofChains = "{chains}"

// numbers are how titles count chains; beyond them in digits.
var numbers = [...]codes.Text{{Zh: "三", En: "three"}, {Zh: "四", En: "four"}, {Zh: "五", En: "five"}, {Zh: "六", En: "six"}, {Zh: "七", En: "seven"}, {Zh: "八", En: "eight"}, {Zh: "九", En: "nine"}, {Zh: "十", En: "ten"}}

// Chains puts the declared chains into a title that says {chains}: one or two by their names, more by their number.
func Chains(title *codes.Text, chains []codes.Text) {
	if !strings.Contains(title.Zh+title.En, ofChains) {
		return
	}
	name := func(i int) string { return strings.TrimSuffix(chains[i].Zh, "产业链") }
	said := codes.Text{Zh: "产业链", En: "The chains"}
	switch n := len(chains); {
	case n == 1:
		said = codes.Text{Zh: name(0) + "产业链", En: "The chain of " + chains[0].En}
	case n == 2:
		said = codes.Text{Zh: name(0) + "、" + name(1) + "两条产业链", En: "The chains of " + chains[0].En + " and " + chains[1].En}
	case n >= 3 && n-3 < len(numbers):
		said = codes.Text{Zh: numbers[n-3].Zh + "条产业链", En: "The " + numbers[n-3].En + " chains"}
	case n > 0:
		said = codes.Text{Zh: strconv.Itoa(n) + "条产业链", En: "The " + strconv.Itoa(n) + " chains"}
	}
	title.Zh, title.En = strings.ReplaceAll(title.Zh, ofChains, said.Zh), strings.ReplaceAll(title.En, ofChains, said.En)
}

// NameChains puts the declared chains into the titles of boards.
func NameChains(boards []*Board, chains []codes.Text) {
	for _, b := range boards {
		Chains(&b.Title, chains)
		Chains(&b.Lead, chains)
		for i := range b.Panels {
			Chains(&b.Panels[i].Title, chains)
			Chains(&b.Panels[i].Section, chains)
		}
	}
}
