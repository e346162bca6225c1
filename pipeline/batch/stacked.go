package batch

import (
	"fmt"
	"slices"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/stacked"
	"yanzhen/pipeline/totals"
)

// between is what stands between rows, above a header that may follow.
type between struct {
	captions []caption     // lines of units since the last row
	lines    stacked.Lines // kept back until it is known what follows
	titles   []string      // of the header that is taken
	dittos   *dittos
}

// pass takes a row, or keeps it back where it may title a table; nil: there are no more.
func (r *Reader) pass(row *source.Row) bool {
	heading := row != nil && row.Doubt != nil && row.Doubt.Names != nil
	if row != nil && !heading && r.binding.Width > 1 && r.lines.Keep(row) {
		r.dittos.keep()
		return true
	}
	held := r.lines.Take()
	for i := range held {
		switch at := &held[i]; {
		case heading:
			r.counts.Read++
			r.counts.Excluded++
			r.tally.title(at)
		case !r.first.take(at):
			return false
		case row != nil && len(r.ds.Banners) == 0 && (stacked.Void(r.around(), at.Filled()) || r.turns(at.Filled()[0]) ||
			r.counts.Loaded > 0 && (!r.dated() && stacked.Period(at.Filled()[0]) || stacked.Below(r.around(), at.Filled()))):
			r.tally.account.Stack(codes.Text{
				Zh: fmt.Sprintf("第 %d 行“%s”像是说它下面各行的期间或种类（退回、取消等），与上面的不同", at.Origin.Row, account.Shown(at.Filled()[0])),
				En: fmt.Sprintf("row %d (%s) seems to say that the rows below it are of another period or kind (paid back, cancelled) than those above", at.Origin.Row, account.Shown(at.Filled()[0])),
			})
		}
	}
	if row == nil || !heading {
		return row == nil || r.first.take(row)
	}
	r.titles = stacked.Texts(held)
	ok := r.first.take(row)
	if slices.Equal(r.header, row.Doubt.Names) {
		r.below(row.Origin.Row)
	}
	r.titles = nil
	return ok
}

// turns reports whether a line says another kind of the rows below it than all are counted as by default.
func (r *Reader) turns(line string) bool {
	if totals.Noted(line) || !stacked.Short(line) {
		return false
	}
	says, opposes := r.binding.Turns(r.ds, line)
	return opposes || says && stacked.Part(line)
}

// below begins a table below a header that stands again, and asks where its titles say that it is of another period.
func (r *Reader) below(row int) {
	if r.opt.Sheets != nil {
		r.opt.Sheets.Below(row, r.Sums())
	}
	if len(r.titles) == 0 {
		return
	}
	r.heads.Retitle(r.titles)
	if slices.ContainsFunc(r.ds.Columns, func(c dataset.Column) bool { return c.Of == "_title" }) {
		return
	}
	if line, kind := stacked.Other(r.around(), r.titles); line != "" && (kind || !r.dated()) {
		r.tally.account.Stack(codes.Text{
			Zh: fmt.Sprintf("第 %d 行起是另一张表，标题“%s”与上面的表不是同一期或同一种数，会与它重复计数", row, account.Shown(line)),
			En: fmt.Sprintf("another table begins in row %d, and its title (%s) is of another period or kind than the one above: the rows would count beside each other", row, account.Shown(line)),
		})
	}
}

// misses tells of a period above the table in which none of its rows lies, where each says its day.
func (r *Reader) misses(say func(codes.Text)) {
	if t, ok := r.src.(*source.Table); ok && !r.dated() && r.ds.Unpivot == nil {
		stacked.Differ(t.Around(), t.File, say)
	}
	day := ""
	for _, c := range r.frame.columns {
		if c.Decl.Type != dataset.Date || c.At < 0 {
			continue
		}
		if day != "" || !c.Decl.Required {
			return // it is not known which day is meant
		}
		day = c.Decl.Name
	}
	if first, last, ok := r.Dates(day); ok {
		stacked.Misses(r.around(), first, last, say)
	}
}

// around are the texts that say of what period the table is.
func (r *Reader) around() []string {
	if t, ok := r.src.(*source.Table); ok {
		return append(t.Around(), t.File)
	}
	return nil
}

// dated reports whether each row says of when it is.
func (r *Reader) dated() bool {
	return slices.ContainsFunc(r.frame.columns, func(c *column) bool {
		return c.At >= 0 && (c.Decl.Type == dataset.Date || r.ds.Period != nil && r.ds.Period.Column == c.Decl.Name)
	})
}
