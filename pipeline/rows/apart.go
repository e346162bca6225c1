package rows

import (
	"fmt"
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// apart finds rows that stand below a table behind blank rows and lack half of what every row of the table fills: somebody's reckoning, a
// telephone number. What is filled like the others is told: it counts.
type apart struct {
	rows   int   // of the table
	gaps   int   // blank rows with rows of the table below them
	last   int   // the last row that says something
	gap    bool  // it stands behind blank rows, and lines of no data at most between, none of which titles it
	read   bool  // it was read as a row of data
	fills  []int // the cells that all rows of the table fill
	lacks  []int // those of them that a row behind the last gap does not
	behind int   // rows behind it; 0: none, or the table goes on there
	thin   int   // and how many lack half of it
	tail   []place
}

type place struct{ sheet, at, text string }

const (
	mostApart  = 5 // rows that may stand apart from a table
	mostLack   = 2 // of these, lacking something, are asked about: more are another part of it
	leastApart = 3 // rows of the table that tell which cells all fill
	mostFills  = 8 // cells that are looked at
)

// pass takes a row that says something, whatever becomes of it.
func (a *apart) pass(row *source.Row) {
	a.gap = a.last > 0 && (row.Origin.Row > a.last+1 || a.gap && !a.read)
	if first := First(row); a.gap && first >= 0 && Lone(row, first) && (totals.Section(row.Cells[first].Text) || a.banner(row, first)) { // it titles a part of the table
		a.gap = false
	}
	a.last, a.read = row.Origin.Row, false
}

// banner reports whether a text is merged across all that the rows of the table fill, and is no note.
func (a *apart) banner(row *source.Row, first int) bool {
	text := row.Cells[first].Text
	if len(a.fills) < 2 || totals.Noted(text) || Foot(row, first) {
		return false
	}
	for _, m := range row.Across {
		if m.Left == first && first <= a.fills[0] && m.Right >= a.fills[len(a.fills)-1] {
			return true
		}
	}
	return false
}

// see looks at a row that was loaded.
func (a *apart) see(row *source.Row) {
	a.read = true
	switch {
	case !a.gap:
	case a.rows < leastApart:
		a.gaps++
	case a.behind == 0 || a.thin < a.behind:
		a.goesOn()
		a.behind = -1 // and now one
	}
	if a.behind < 0 || a.behind > 0 {
		a.behind = max(a.behind, 0) + 1
		a.look(row)
		return
	}
	if a.rows++; a.rows == 1 {
		for at := range row.Cells {
			if len(a.fills) < mostFills && row.Cells[at].Filled() {
				a.fills = append(a.fills, at)
			}
		}
	}
	for _, at := range a.fills {
		if blank(row, at) {
			a.fills = slices.DeleteFunc(a.fills, func(at int) bool { return blank(row, at) })
			break
		}
	}
}

func blank(row *source.Row, at int) bool { return at >= len(row.Cells) || !row.Cells[at].Filled() }

// look looks at a row behind a gap.
func (a *apart) look(row *source.Row) {
	before := len(a.lacks)
	for _, at := range a.fills {
		if blank(row, at) {
			a.lacks = append(a.lacks, at)
		}
	}
	if n := len(a.lacks) - before; n > 0 && 2*n >= len(a.fills) { // one cell may be optional
		a.thin++
	}
	first := First(row)
	a.tail = append(a.tail, place{row.Origin.Sheet, row.Origin.Cell(first), account.Shown(row.Cells[first].Text)})
	if a.behind > mostApart {
		a.goesOn()
	}
}

// goesOn takes the rows behind the last gap for rows of the table.
func (a *apart) goesOn() {
	if a.behind > 0 {
		a.gaps++
		a.rows += a.behind
		a.fills = slices.DeleteFunc(a.fills, func(at int) bool { return slices.Contains(a.lacks, at) })
	}
	a.behind, a.thin, a.lacks, a.tail = 0, 0, a.lacks[:0], a.tail[:0]
}

// tell asks about the rows that stand apart, of a table that has no other gaps.
func (a *apart) tell(ask, say func(codes.Text)) {
	if a.behind == 0 || a.gaps > 0 {
		return
	}
	p := a.tail[0]
	if a.thin == a.behind && a.thin <= mostLack {
		for _, p := range a.tail {
			at := account.Place(p.sheet, p.at, "“"+p.text+"”")
			ask(codes.Text{
				Zh: at + "隔着空行在表的下面，缺了其他行都有的格，像是算稿或附注，按数据读取；若是，请删去",
				En: at + " stands below the table behind blank rows and lacks what every other row fills: it looks like somebody's reckoning or a note and was read as data; if so, delete it",
			})
		}
		return
	}
	if p.sheet != "" { // a text says so itself
		at := account.Place(p.sheet, p.at, "“"+p.text+"”")
		say(codes.Text{
			Zh: fmt.Sprintf("表的下面隔着空行还有 %d 行（自%s起），照常读取", a.behind, at),
			En: fmt.Sprintf("%d rows stand below the table behind blank rows, from %s on, and were read as rows of it", a.behind, at),
		})
	}
}
