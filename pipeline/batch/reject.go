package batch

import (
	"slices"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// Reject is one cell that was refused (or one row, where Column is empty).
type Reject struct {
	Origin source.Origin
	Column string // name of the declared column
	Cell   string // address in the file, C17; empty where it has none
	Raw    string // as in the file, at most 200 bytes; masked where the column is personal, and wherever a long number stands
	Rule   string // short stable name: required, number, date, code, person_check_digit ...
	Reason codes.Text
	Remedy codes.Text
	Warn   bool // the row was loaded all the same: with NULL in the column, or as it stands
}

// maxFaults is how many cells of one row are reported.
const maxFaults = 50

// rejects gathers what is refused of the row being read.
type rejects struct {
	ds     *dataset.Dataset
	each   func(Reject) // nil: nobody wants them
	spread *unpivot
	row    []Reject
}

// wanted reports whether one more reject is wanted: somebody asks for them, and the row has not enough.
func (j *rejects) wanted() bool { return j.each != nil && len(j.row) < maxFaults }

// refuse says why the cell of a column is refused, and warn why it is loaded as NULL.
func (j *rejects) refuse(row *source.Row, c *column, f *cell.Fault) {
	if j.wanted() {
		j.row = append(j.row, j.of(row, c, f))
	}
}

func (j *rejects) warn(row *source.Row, c *column, f *cell.Fault) {
	if j.wanted() {
		one := j.of(row, c, f)
		one.Warn = true
		j.row = append(j.row, one)
	}
}

func (j *rejects) of(row *source.Row, c *column, f *cell.Fault) Reject {
	one := Reject{Origin: row.Origin, Column: c.Decl.Name, Cell: j.address(row, c), Raw: c.Raw(row), Rule: f.Rule, Reason: f.Reason, Remedy: f.Remedy}
	personal := c.Decl.Personal
	if c.Decl.Type == dataset.Person && personal == "" {
		personal = dataset.PersonalID
	}
	if of := j.ds.Column(c.Decl.Of); of != nil && c.Decl.Of != "" && personal == "" {
		personal = of.Personal // the same cell, read for another column
	}
	if c.Decl.Type == dataset.CreditCode && personal == "" {
		one.Raw = cell.QuoteCredit(one.Raw)
	} else {
		if part := c.LookedUp(f); part != "" && part != one.Raw { // what was looked up is a part of the cell
			part = cell.Quote(part, personal)
			one.Reason = codes.Text{Zh: "其中的“" + part + "”" + f.Reason.Zh, En: part + " in it: " + f.Reason.En}
		}
		one.Raw = cell.Quote(one.Raw, personal)
	}
	return one
}

// address is where the column's cell stands in the file.
func (j *rejects) address(row *source.Row, c *column) string {
	return row.Origin.Cell(j.spread.place(c.At))
}

// odd says that control characters were left out of a cell.
func (j *rejects) odd(row *source.Row, c *column) {
	if f := cell.FaultControl; j.wanted() {
		j.row = append(j.row, Reject{Origin: row.Origin, Cell: j.address(row, c), Rule: f.Rule, Reason: f.Reason, Remedy: f.Remedy, Warn: true})
	}
}

// doubt says what speaks against the row. What it holds is not quoted: its cells may stand in the wrong
// columns, and no one knows which of them are personal.
func (j *rejects) doubt(row *source.Row, d *source.Doubt) *Reject {
	if j.each == nil {
		return &Reject{}
	}
	j.row = append(j.row, Reject{Origin: row.Origin, Cell: row.Origin.Cell(d.Cell), Rule: d.Rule, Reason: d.Text, Remedy: d.Remedy})
	return &j.row[len(j.row)-1]
}

// width says that a cell stands beyond the header's width.
func (j *rejects) width(row *source.Row, at int) {
	if f := cell.FaultWidth; j.wanted() {
		j.row = append(j.row, Reject{
			Origin: row.Origin, Cell: row.Origin.Cell(at), Raw: cell.Quote(row.Cells[at].Text, ""),
			Rule: f.Rule, Reason: f.Reason, Remedy: f.Remedy,
		})
	}
}

// check says which row check the row does not pass. It counts against no bound: a dataset has few checks.
func (j *rejects) check(row *source.Row, k *rowCheck) {
	if j.each == nil {
		return
	}
	one := Reject{Origin: row.Origin, Rule: k.decl.Name, Reason: k.decl.Reason, Remedy: k.decl.Remedy}
	if k.at != nil {
		one.Cell = j.address(row, k.at)
	}
	j.row = append(j.row, one)
}

// refused reports whether the row was refused already for the cell that the column reads.
func (j *rejects) refused(row *source.Row, c *column) bool {
	address := j.address(row, c)
	for i := range j.row {
		if !j.row[i].Warn && address != "" && j.row[i].Cell == address {
			return true
		}
	}
	return false
}

// unwarn turns the warnings of a row that is refused into rejects: it was not loaded with NULL after all.
func (j *rejects) unwarn() {
	for i := range j.row {
		j.row[i].Warn = false
	}
}

// units says of a row of which a figure is a unit that it is one of units: what else it lacks says nothing. It gives
// the figures of which nobody knows the unit.
func (j *rejects) units() (odd []Reject) {
	f, at := cell.FaultUnitRow, -1
	for i := range j.row {
		one := &j.row[i]
		switch {
		case strings.ContainsAny(one.Raw, "0123456789"):
			return nil // a row of data
		case one.Rule == cell.FaultNumber.Rule && one.Raw != "":
			one.Rule, one.Reason, one.Remedy, at = f.Rule, f.Reason, f.Remedy, i
			if !units.Row([]string{one.Raw}) {
				odd = append(odd, *one)
			}
		}
	}
	if at >= 0 {
		j.row = slices.DeleteFunc(j.row, func(one Reject) bool { return one.Rule != f.Rule })
	}
	return odd
}

// report hands over what was refused of the row.
func (j *rejects) report() {
	if j.each != nil {
		for i := range j.row {
			j.each(j.row[i])
		}
	}
	j.row = j.row[:0]
}
