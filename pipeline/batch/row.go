package batch

import (
	"context"
	"hash/maphash"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// take reads one row of the file; false ends the reading. Where the dataset unpivots it is a row for
// each spread that has a cell filled: the cells of the file stand first, then the keys, then the values.
func (r *Reader) take(ctx context.Context, row *source.Row) bool {
	if len(r.filled) > 0 {
		row = r.fillDown(row)
	}
	if r.spread == nil {
		return r.takeRow(ctx, row)
	}
	w := r.binding.width
	keys, values := len(r.ds.Unpivot.Keys()), len(r.ds.Unpivot.Values)
	if r.wide == nil {
		r.wide, r.place = make([]source.Cell, w+keys+values), make([]int, keys+values)
	}
	cells := r.wide[:w]
	clear(cells)
	copy(cells, row.Cells)
	for i := w; i < len(row.Cells); i++ {
		if row.Origin.Sheet == "" && row.Cells[i].Filled() {
			r.counts.Read++
			r.counts.Rejected++
			r.reject(row, nil, i, cell.FaultWidth, false)
			for j := range r.bad {
				r.bad[j].Cell = row.Origin.Cell(i)
			}
			r.report()
			return true
		}
	}
	for i := range r.spread {
		s := &r.spread[i]
		filled := false
		for v, at := range s.At {
			c := source.Cell{}
			if r.place[keys+v] = at; at >= 0 {
				c = cells[at]
				filled = filled || c.Filled()
			}
			r.wide[w+keys+v] = c
		}
		if !filled {
			continue
		}
		for k, text := range s.Keys {
			r.wide[w+k], r.place[k] = source.Cell{Text: text, Kind: source.Text}, s.First
		}
		if !r.takeRow(ctx, &source.Row{Origin: row.Origin, Cells: r.wide}) {
			return false
		}
	}
	return true
}

// fillDown gives the blank cells of a row what stands above them. A row of totals or notes, whose first
// text is not that of the rows above it, says nothing for the rows below.
func (r *Reader) fillDown(row *source.Row) *source.Row {
	first := -1
	for i := range row.Cells {
		if row.Cells[i].Filled() {
			first = i
			break
		}
	}
	if first < 0 || len(r.totals)+len(r.notes) > 0 && r.total(row, first) {
		return row
	}
	r.topped = append(r.topped[:0], row.Cells...)
	for _, c := range r.filled {
		for len(r.topped) <= c.at {
			r.topped = append(r.topped, source.Cell{})
		}
		if in := &r.topped[c.at]; in.Filled() {
			c.above = *in
		} else {
			*in = c.above
		}
	}
	return &source.Row{Origin: row.Origin, Cells: r.topped}
}

// at is the index in the file's row of a cell that a column reads.
func (r *Reader) at(i int) int {
	if w := r.binding.width; r.spread != nil && i >= w && i-w < len(r.place) {
		return r.place[i-w]
	}
	return i
}

func (r *Reader) takeRow(ctx context.Context, row *source.Row) bool {
	firstText := -1
	for i := range row.Cells {
		if row.Cells[i].Filled() {
			firstText = i
			break
		}
	}
	if firstText < 0 {
		return true
	}
	r.counts.Read++
	if len(r.totals)+len(r.notes) > 0 && r.total(row, firstText) {
		r.counts.Excluded++
		return true
	}
	if r.seen != nil && r.duplicate(row) {
		r.counts.Duplicates++
		return true
	}
	if !r.filling {
		for _, c := range r.all {
			c.alloc(r.mem, r.opt.Rows)
		}
		r.filling, r.n = true, 0
	}
	if r.fill(row) {
		r.counts.Loaded++
		r.n++
	} else {
		r.counts.Rejected++
	}
	r.report()
	if r.n == r.opt.Rows || r.n&63 == 63 && r.full() {
		return r.send(ctx)
	}
	return true
}

// report hands over what was refused of the row.
func (r *Reader) report() {
	if r.opt.Reject != nil {
		for i := range r.bad {
			r.opt.Reject(r.bad[i])
		}
	}
	r.bad = r.bad[:0]
}

func (r *Reader) full() bool {
	for _, c := range r.cols {
		if c.full(r.n) {
			return true
		}
	}
	return false
}

// total reports whether the row is a declared total or note: its first text is such a word, or
// begins with one that is followed by a sign, a blank or a digit. Where more words follow (合计人数,
// 注塑工) the row counts as a note only if every other required cell is blank, so that no row of
// data passes for one.
func (r *Reader) total(row *source.Row, at int) bool {
	text := row.Cells[at].Text
	for _, re := range r.notes {
		if re.MatchString(cell.Trim(text)) {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(text)
	if !r.lead[first] && (first > ' ' && first < 0x7f && first != '*' && first != '\'' && first != '"' || unicode.Is(unicode.Han, first)) {
		return false
	}
	key := dataset.HeaderKey(text)
	for _, t := range r.totals {
		rest, ok := strings.CutPrefix(key, t)
		if !ok {
			continue
		}
		if rest == "" || strings.IndexAny(rest[:1], ":;,.()[]-0123456789") == 0 || strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "、") {
			return true
		}
		others, filled := 0, 0
		for _, c := range r.cols {
			if !c.decl.Required || c.at < 0 || c.at == at {
				continue
			}
			others++
			if c.at < len(row.Cells) && row.Cells[c.at].Kind != source.NoCache && row.Cells[c.at].Filled() {
				filled++
			}
		}
		if filled == 0 && (others > 0 || utf8.RuneCountInString(t) > 1) {
			return true
		}
	}
	return false
}

// duplicate reports whether all cells of the row were read before, in a row of the same texts
// under the same header. Rows are told apart by 128 bits of hash.
func (r *Reader) duplicate(row *source.Row) bool {
	cells := row.Cells
	for len(cells) > 0 && cells[len(cells)-1].Kind == source.Blank {
		cells = cells[:len(cells)-1]
	}
	var key [2]uint64
	for i := range key {
		var h maphash.Hash
		h.SetSeed(r.seen.seeds[i])
		h.WriteString(r.heading)
		for _, c := range cells {
			h.WriteString(c.Text)
			h.WriteByte(byte(c.Kind) + 1)
			h.WriteByte(0)
		}
		key[i] = h.Sum64()
	}
	if _, ok := r.seen.rows[key]; ok {
		return true
	}
	r.seen.rows[key] = struct{}{}
	return false
}

// fill reads the row into row n of the batch; false where it is refused.
func (r *Reader) fill(row *source.Row) bool {
	good := true
	n := r.n
	if r.spread == nil && row.Origin.Sheet == "" && r.binding.width > 0 && len(row.Cells) > r.binding.width {
		for i := r.binding.width; i < len(row.Cells); i++ {
			if row.Cells[i].Filled() {
				r.reject(row, nil, i, cell.FaultWidth, false)
				good = false
				break
			}
		}
	}
	for i, c := range r.cols {
		var out outcome
		var f *cell.Fault
		if c.unmatched != nil || c.of != "" {
			out, f = r.readPart(c, n, row)
		} else if c.at >= 0 && c.at < len(row.Cells) {
			out, f = r.read(c, n, &row.Cells[c.at])
		} else {
			out = blank
		}
		if f == nil && out == blank {
			f = r.fillBlank(c, n)
		}
		if f != nil {
			if c.decl.Of != "" && r.refused(row.Origin.Cell(r.at(c.at))) {
				good = false // the cell was refused already where it is read for itself
			} else if c.softly || f == cell.FaultZeroDate && c.null {
				c.setNull(n)
				r.reject(row, c, c.at, f, true)
			} else {
				r.reject(row, c, c.at, f, false)
				good = false
			}
		}
		if c.track {
			c.value(n, &r.vals[i])
		}
	}
	if !good {
		return r.drop()
	}
	for _, k := range r.checks {
		if !k.run.OK(r.vals) {
			r.rejectRow(row, k)
			good = false
		}
	}
	if !good {
		return r.drop()
	}
	r.batch.i32[n] = int32(r.opt.Batch)
	r.row.i32[n] = int32(row.Origin.Row)
	r.file.i32[n] = r.file.again(row.Origin.File)
	r.sheet.i32[n] = r.sheet.again(row.Origin.Sheet)
	return true
}

// named is the name of the row's file, without its extension, or of its sheet.
func named(of string, row *source.Row) string {
	if of == "_sheet" {
		return row.Origin.Sheet
	}
	return strings.TrimSuffix(row.Origin.File, path.Ext(row.Origin.File))
}

// readPart reads the part of a cell, or of the file's or sheet's name, that the column's match finds.
func (r *Reader) readPart(c *column, n int, row *source.Row) (outcome, *cell.Fault) {
	var in source.Cell
	switch {
	case c.of != "":
		in = source.Cell{Text: named(c.of, row), Kind: source.Text}
	case c.at < 0 || c.at >= len(row.Cells):
		return blank, nil
	default:
		in = row.Cells[c.at]
	}
	if c.unmatched == nil || in.Kind != source.Text && in.Kind != source.Number && in.Kind != source.Date {
		return r.read(c, n, &in)
	}
	text := cell.Trim(in.Text)
	if in.Kind == source.Text && c.empty(cell.Fold(text)) {
		return r.read(c, n, &in)
	}
	part, ok := c.decl.Matched(text)
	if !ok {
		return filled, c.unmatched
	}
	return r.read(c, n, &source.Cell{Text: part, Kind: source.Text})
}

// drop forgets the warnings of a row that is refused: it was not loaded with NULL after all.
func (r *Reader) drop() bool {
	for i := range r.bad {
		r.bad[i].Warn = false
	}
	return false
}

// fillBlank writes what a blank cell means: the default, NULL or nothing; a fault where the cell
// is required.
func (r *Reader) fillBlank(c *column, n int) *cell.Fault {
	if c.decl.Required && c.decl.Default == "" {
		return cell.FaultRequired
	}
	if c.decl.Default != "" {
		head := c.head
		c.head = cell.Unit{} // a default is in the declared unit, whatever the header says
		defer func() { c.head = head }()
		out, f := r.read(c, n, &source.Cell{Text: c.decl.Default, Kind: source.Text})
		if f != nil || out == filled {
			return f
		}
		if c.kind == kindString || c.kind == kindDict { // a default that reads as "no value"
			if c.kind == kindString {
				c.setString(n, c.decl.Default)
			} else {
				c.setDict(n, c.decl.Default)
			}
			return nil
		}
	}
	c.setNull(n)
	return nil
}

// value is what a row check sees of row n.
func (c *column) value(n int, v *dataset.Value) {
	*v = dataset.Value{}
	if c.null && c.bits[n/8]&(1<<(n%8)) == 0 {
		v.Null = true
		return
	}
	switch c.kind {
	case kindString:
		v.S = string(c.data[c.offs[n]:c.offs[n+1]])
	case kindDict:
		if int(c.i32[n]) < len(c.values) {
			v.S = c.values[c.i32[n]]
		}
	case kindList:
		v.I = int64(c.offs[n+1] - c.offs[n])
	case kindFloat:
		v.F = c.f64[n]
	case kindUint:
		v.I = int64(c.u64[n])
	case kindBool:
		if c.fixed.Bytes()[n/8]&(1<<(n%8)) != 0 {
			v.I = 1
		}
	case kindInt:
		switch c.width {
		case 1:
			v.I = int64(c.i8[n])
		case 2:
			v.I = int64(c.i16[n])
		case 4:
			v.I = int64(c.i32[n])
		case 8:
			v.I = c.i64[n]
		}
	}
}

// maxFaults is how many cells of one row are reported.
const maxFaults = 50

func (r *Reader) reject(row *source.Row, c *column, at int, f *cell.Fault, warn bool) {
	if r.opt.Reject == nil || len(r.bad) >= maxFaults {
		return
	}
	j := Reject{Origin: row.Origin, Cell: row.Origin.Cell(r.at(at)), Rule: f.Rule, Reason: f.Reason, Remedy: f.Remedy, Warn: warn}
	personal, credit := dataset.Personal(""), false
	if c != nil {
		j.Column, personal, credit = c.name, c.decl.Personal, c.credit
		if c.decl.Type == dataset.Person && personal == "" {
			personal = dataset.PersonalID
		}
		if of := r.ds.Column(c.decl.Of); of != nil && c.decl.Of != "" && of.Personal != "" && personal == "" {
			personal = of.Personal // the same cell, read for another column
		}
	}
	if at >= 0 && at < len(row.Cells) {
		j.Raw = row.Cells[at].Text
	} else if c != nil && c.of != "" {
		j.Raw = named(c.of, row)
	}
	if credit && personal == "" {
		j.Raw = cell.QuoteCredit(j.Raw)
	} else {
		j.Raw = cell.Quote(j.Raw, personal)
	}
	r.bad = append(r.bad, j)
}

// refused reports whether a reject of the cell stands already.
func (r *Reader) refused(in string) bool {
	for i := range r.bad {
		if !r.bad[i].Warn && in != "" && r.bad[i].Cell == in {
			return true
		}
	}
	return false
}

func (r *Reader) rejectRow(row *source.Row, k rowCheck) {
	if r.opt.Reject == nil {
		return
	}
	j := Reject{Origin: row.Origin, Rule: k.decl.Name, Reason: k.decl.Reason, Remedy: k.decl.Remedy}
	if cols := k.run.Columns(); len(cols) > 0 {
		c := r.cols[cols[0]]
		j.Cell = row.Origin.Cell(r.at(c.at))
	}
	r.bad = append(r.bad, j)
}
