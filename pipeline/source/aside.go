package source

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/units"
)

// unread is a sheet that is not read, and why.
type unread struct {
	table *Table
	why   codes.Text
}

// leave remembers a sheet that is not read for its cells to be counted.
func (f *File) leave(t *Table, why codes.Text) { f.unread = append(f.unread, unread{t, why}) }

// unheard adds to a refusal which sheets were not even looked at, and why: the data may stand there.
func (f *File) unheard(r *Refusal) *Refusal {
	for i, n := range f.notes {
		if i == 10 {
			break
		}
		r.Text.Zh += "；工作表“" + n.Sheet + "”：" + n.Text.Zh
		r.Text.En += "; sheet " + n.Sheet + ": " + n.Text.En
	}
	return r
}

// Aside counts the filled cells that no table gives out as a row of data: those of headers and above
// them, and of the sheets that are not read. It reads such sheets to their end.
func (f *File) Aside(ctx context.Context) *account.Account {
	notes := map[*Table][]Note{} // of the rows; a look at the first of them has none
	for _, t := range f.tables {
		notes[t] = t.notes
	}
	defer func() {
		for t, n := range notes {
			t.notes = n
		}
	}()
	all := &account.Account{}
	for _, t := range f.tables {
		t.stand(ctx, all)
	}
	given := f.given()
	for _, u := range f.unread {
		it := account.Item{Text: account.Shown(u.table.Sheet), Why: u.why}
		var said []string
		u.table.scan(ctx, 0, func(r Row, err error) bool {
			if err != nil {
				it.Why.Zh += "；未能读到末尾"
				it.Why.En += "; could not be read to its end"
				return false
			}
			it.Cells += uint64(full(r.Cells))
			if r.Origin.Row <= mostSaid {
				said = measures(said, &r, given)
			}
			return true
		})
		for _, text := range said {
			all.Say(codes.Text{
				Zh: "没有读取的工作表“" + it.Text + "”写着单位（" + text + "），没有按它换算；若是某张表的单位，请写进那张表的表头或表上方",
				En: "the sheet " + it.Text + ", which is not read, gives a unit (" + text + ") that was not applied: if it is meant for a table, write it into the heading of that table or above it",
			})
		}
		if it.Cells > 0 {
			all.Leave(account.Sheets, it)
		}
	}
	return all
}

// mostSaid is down to which row of a sheet that is not read units are looked for.
const mostSaid = 30

// given are the units that the headings of the tables and the lines above them give.
func (f *File) given() map[units.Unit]bool {
	all := map[units.Unit]bool{}
	for _, t := range f.tables {
		for _, text := range slices.Concat(t.header, t.lines) {
			found, _ := units.Line(text)
			for _, s := range found {
				u, _ := units.Parse(s)
				all[u] = true
			}
		}
	}
	return all
}

// measures adds the texts of a row that say in which unit figures are, other than those that tables give: 本表金额单位均为千元.
func measures(said []string, r *Row, given map[units.Unit]bool) []string {
	for i := range r.Cells {
		c := &r.Cells[i]
		if len(said) == 3 {
			break
		}
		if c.Kind != Text || !strings.Contains(c.Text, "单位") || len(c.Text) > 600 {
			continue
		}
		if found, _ := units.Line(c.Text); slices.ContainsFunc(found, func(s string) bool { u, _ := units.Parse(s); return (u.Money() || u.Exp != 0) && !given[u] }) {
			said = append(said, (&r.Origin).Cell(i)+" “"+account.Shown(c.Text)+"”")
		}
	}
	return said
}

// stand counts the cells that stand in and above a table's header.
func (t *Table) stand(ctx context.Context, all *account.Account) {
	for range t.skip {
		all.Leave(account.Titles, account.Item{At: "A1", Text: "sep=", Cells: 1})
	}
	t.scan(ctx, 0, func(r Row, err error) bool {
		if err != nil || r.Origin.Row > t.last {
			return false // an error is told where the rows are read
		}
		n := uint64(full(r.Cells))
		if r.Origin.Row >= t.first {
			all.Leave(account.Headings, account.Item{Cells: n})
			return true
		}
		for i := range r.Cells {
			if c := &r.Cells[i]; c.Filled() {
				all.Leave(account.Titles, account.Item{Sheet: t.Sheet, At: Letters(i) + strconv.Itoa(r.Origin.Row), Text: account.Shown(c.Text), Cells: n})
				break
			}
		}
		return true
	})
}

// full is how many cells say something.
func full(cells []Cell) (n int) {
	for i := range cells {
		if cells[i].Filled() {
			n++
		}
	}
	return n
}

// above gives what stands above a header, a text for each cell. A cell that only says that a unit follows is
// joined with the next one.
func above(rows []Row, first int) (lines []string) {
	for _, r := range rows {
		if r.Origin.Row >= first {
			break
		}
		label := ""
		for i := range r.Cells {
			c := &r.Cells[i]
			if !c.Filled() {
				continue
			}
			text := strings.TrimSpace(c.Text)
			if label != "" {
				text, label = label+"："+text, ""
			}
			if k := strings.TrimRight(fold(text), ":："); strings.HasSuffix(k, "单位") && !strings.HasSuffix(k, "为单位") && !units.Alone(text) { // 以元为计量单位 has it already
				label = k
				continue
			}
			lines = append(lines, text)
		}
	}
	return lines
}

// Above gives the texts that stand above the table's header, from the top, behind the sheet's own name.
func (t *Table) Above() []string {
	return append([]string{t.Sheet}, t.lines...)
}

// Around gives what speaks for the rows from outside of them: the name of the sheet, what lies on it and stands at the head of
// its pages, and the texts above the header, what stands nearest last.
func (t *Table) Around() []string {
	return slices.Concat([]string{t.Sheet}, t.around, t.lines)
}

// Around gives what speaks for the rows of all tables of a file from outside of them.
func (f *File) Around() (all []string) {
	for _, t := range f.tables {
		all = append(all, t.Around()...)
	}
	return all
}

// lie hears what lies on the sheet.
func (t *Table) lie() {
	if t.lies == nil {
		return
	}
	d, c := t.lies()
	asked, lines := drawn.Ask(d.Prompts, t.header, t.first, t.last, Letters)
	t.around = append(d.Around(), lines...)
	for _, n := range slices.Concat(d.Hear(remarks.Against), asked, c.Hear(t.last)) {
		t.early = append(t.early, Note{Sheet: t.Sheet, Row: n.Row, Rule: n.Rule, Count: n.Count, Text: n.Text})
	}
}

// Named reports whether every figure in a column of a table says itself what it counts (0.2万元), so that no note
// beside the table speaks for it. It reads the table to the first that does not.
func (f *File) Named(ctx context.Context, sheet string, at int) bool {
	named := 0
	for _, t := range f.tables {
		if t.Sheet != sheet {
			continue
		}
		notes := t.notes
		defer func() { t.notes = notes }()
		for row, err := range t.Rows(ctx) {
			switch {
			case err != nil:
				return false
			case at >= len(row.Cells) || !row.Cells[at].Filled():
				continue
			case row.Cells[at].Kind != Text:
				return false
			}
			text := strings.ToLower(fold(row.Cells[at].Text))
			if !strings.ContainsAny(text, "0123456789") {
				continue
			}
			if base, _, _, known := units.Tail(strings.TrimLeft(text, "¥+-0123456789., ")); base == "" || !known {
				return false
			}
			named++
		}
	}
	return named > 0
}

// measure takes a row of units below a header for a part of it: 产值 over 万元 is 产值（万元）.
func (h *header) measure(rows []Row) {
	for _, r := range rows {
		if r.Origin.Row <= h.last {
			continue
		}
		if !units.Row(texts(r.Cells)) {
			return
		}
		h.measured(r.Cells)
		h.last = r.Origin.Row
		return
	}
}

// numbered takes a row that numbers the columns below a header for a part of it: 甲 乙 1 2.
func (h *header) numbered(rows []Row) {
	named := 0
	for _, name := range h.names {
		if name != "" {
			named++
		}
	}
	for _, r := range rows {
		if r.Origin.Row > h.last {
			if units.Ordinals(texts(r.Cells), named) {
				h.last, h.ordinals = r.Origin.Row, true
			}
			return
		}
	}
}

// measured puts the units of a row behind the names above them.
func (h *header) measured(cells []Cell) {
	for i := range cells {
		if c := &cells[i]; i < len(h.names) && h.names[i] != "" && c.Filled() {
			if _, ok := units.Parse(c.Text); ok {
				h.names[i] += "（" + strings.Trim(strings.TrimSpace(c.Text), "()（）") + "）"
			}
		}
	}
}
