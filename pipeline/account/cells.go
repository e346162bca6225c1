package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// Cells keeps the addresses of the first cells of a kind, and counts the others.
type Cells struct {
	list []string
	more int
}

// maxListed is how many addresses of one kind are told.
const maxListed = 40

// Add takes a cell in. The sheet of a text file has no name.
func (p *Cells) Add(sheet, at string) {
	if len(p.list) == maxListed {
		p.more++
		return
	}
	if sheet != "" {
		at = sheet + "!" + at
	}
	p.list = append(p.list, at)
}

// Tell says something of them, with their number and their addresses; nothing where there are none.
func (p *Cells) Tell(say func(codes.Text), zh, en string) {
	if len(p.list) == 0 {
		return
	}
	at, n := strings.Join(p.list, " "), len(p.list)+p.more
	say(codes.Text{Zh: fmt.Sprintf(zh, n, at), En: fmt.Sprintf(en, n, at)})
}
