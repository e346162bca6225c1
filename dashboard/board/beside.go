package board

// Beside says whether the panel stands beside another on paper, where a sheet has room for two.
func (p Panel) Beside() bool { return p.beside }

// How wide a panel may be at a desk that takes half a sheet of paper, and a map, of which too little is seen where it has many areas.
const mostBeside, mostMap = 8, 6

// pair tells the panels that take half a sheet on paper: two that follow each other in a section, can be read at that
// width and have room for it at a desk too.
func (b *Board) pair() {
	for i := 1; i < len(b.Panels); i++ {
		before, p := &b.Panels[i-1], &b.Panels[i]
		if !before.beside && p.Section.Zh == "" && before.halves() && p.halves() {
			before.beside, p.beside = true, true
		}
	}
}

func (p *Panel) halves() bool {
	switch p.Kind {
	case Bar, Column, Trend, Line, Stack, Funnel, Pie, Balance, Triangle, Path:
		return p.Span <= mostBeside
	case OnMap:
		return p.Span <= mostMap
	}
	return false
}
