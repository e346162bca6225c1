package batch

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
)

// merged looks after the cells that got their value from a range merged over several rows: words and days mean
// every row of it, a figure is counted once, in its first.
type merged struct {
	figures map[int]bool // the cells of the columns of figures
	tally   *tally
	next    step
}

func newMerged(columns []*column, t *tally, next step) *merged {
	s := &merged{figures: map[int]bool{}, tally: t, next: next}
	for _, c := range columns {
		if c.at >= 0 && bind.Measured(c.decl) {
			s.figures[c.at] = true
		}
	}
	return s
}

func (s *merged) take(row *source.Row) bool {
	for _, at := range row.Merged {
		if s.figures[at] {
			row.Cells[at] = source.Cell{}
			s.tally.once.add(row.Origin, at)
		} else {
			s.tally.below.add(row.Origin, at)
		}
	}
	return s.next.take(row)
}

// cellList keeps the addresses of the first cells of a kind, and counts the others.
type cellList struct {
	list []string
	more int
}

// maxListed is how many addresses of one kind are told.
const maxListed = 40

func (p *cellList) add(o source.Origin, at int) {
	if len(p.list) == maxListed {
		p.more++
		return
	}
	place := o.Cell(at)
	if o.Sheet != "" {
		place = o.Sheet + "!" + place
	}
	p.list = append(p.list, place)
}

// tell says something of them, with their number and their addresses; nothing where there are none.
func (p *cellList) tell(say func(codes.Text), zh, en string) {
	if len(p.list) == 0 {
		return
	}
	at, n := strings.Join(p.list, " "), len(p.list)+p.more
	say(codes.Text{Zh: fmt.Sprintf(zh, n, at), En: fmt.Sprintf(en, n, at)})
}
