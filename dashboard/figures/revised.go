package figures

import (
	"context"
	"slices"
	"strconv"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Revised is what a card or a panel says of figures that were reported.
type Revised struct {
	Text    string
	Parts   []string // the same of the card's further figures that moved
	Changed bool
	Moved   []Moved
	More    int // submissions that are not listed
	By      string
}

// Moved is a submission that came since.
type Moved struct{ File, Sender, At, Batch, State, URL string }

const movedShown = 8

// Revisions asks for every result of a panel as it was reported and now; nil where it was not asked
// as of a day, or is no plain question.
func (s Source) Revisions(ctx context.Context, d *Answer, st address.State) ([]*metric.Revision, error) {
	if st.AsOf.IsZero() || d.Panel.Kind == board.Spring {
		return nil, nil
	}
	var list []*metric.Revision
	for _, r := range d.Results {
		if r == nil {
			continue
		}
		q := r.Query
		q.Compare = metric.NoCompare
		rev, err := s.Engine.Revision(ctx, q, st.AsOf)
		if err != nil {
			return nil, err
		}
		list = append(list, rev)
	}
	return list, nil
}

// moved lists the submissions behind the revisions that changed something, the latest first: of many
// it is the one that is asked about.
func (l *Revised) moved(s Source, list []*metric.Revision, loc codes.Lang) {
	var all []metric.Moved
	for _, rev := range list {
		if !rev.Changed() {
			continue
		}
		l.Changed = true
		for _, m := range rev.Moved {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	if !l.Changed {
		return
	}
	slices.SortStableFunc(all, func(a, b metric.Moved) int { return b.At.Compare(a.At) })
	l.By = words.In(loc, "moved_by", len(all))
	for i, m := range all {
		if i == movedShown {
			l.More = len(all) - i
			break
		}
		row := Moved{File: m.File, Sender: s.Who(m.Sender, loc), At: address.Moment(m.At), Batch: words.In(loc, "batch_no", strconv.FormatUint(uint64(m.Batch), 10)), URL: "/data/datasets/" + m.Dataset}
		if row.File == "" {
			row.File = m.Unit
		}
		if m.State == "withdrawn" {
			row.State = words.In(loc, "withdrawn")
		}
		l.Moved = append(l.Moved, row)
	}
}

// Revised compares the figures of a card with the same figures now.
func (s Source) Revised(ctx context.Context, d *Answer, st address.State) (*Revised, error) {
	list, err := s.Revisions(ctx, d, st)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	l := &Revised{Text: words.In(st.Loc, "not_moved")}
	for i, rev := range list {
		if len(rev.Points) == 0 || !rev.Changed() {
			continue
		}
		pt := rev.Points[len(rev.Points)-1]
		text := words.In(st.Loc, "reported", metric.Number(pt.Reported, rev.Metric.Unit), metric.Number(pt.Now, rev.Metric.Unit))
		if i == 0 {
			l.Text = text
			continue
		}
		name := rev.Metric.Title.In(st.Loc)
		if i < len(d.Panel.Names) {
			name = d.Panel.Names[i].In(st.Loc)
		}
		l.Parts = append(l.Parts, name+" "+text)
	}
	if l.moved(s, list, st.Loc); l.Changed && len(l.Parts) > 0 && !list[0].Changed() {
		l.Text, l.Parts = l.Parts[0], l.Parts[1:]
	}
	return l, nil
}

// Since marks the cells of a panel's table whose figures have moved since they were reported, and
// sums up in d what moved them. p is the panel as it is declared.
func (s Source) Since(ctx context.Context, p board.Panel, d *Answer, st address.State, last days.Day) error {
	if last.IsZero() {
		return nil
	}
	list, err := s.Revisions(ctx, d, st)
	if err != nil || len(list) == 0 {
		return err
	}
	l := &Revised{Text: words.In(st.Loc, "not_moved")}
	d.Revised = l
	if l.moved(s, list, st.Loc); !l.Changed {
		return nil
	}
	loc := st.Loc
	st.AsOf, st.Freeze = time.Time{}, ""
	now, err := s.Of(ctx, p, st, last)
	if err != nil {
		return err
	}
	g := d.Figure.Grid()
	cells, rows := g.Since(now.Figure.Grid())
	d.Marked = &g
	switch {
	case cells > 0:
		l.Text = words.In(loc, "moved_cells", cells)
	case rows > 0:
		l.Text = ""
	default:
		l.Text = words.In(loc, "moved_elsewhere")
	}
	if rows > 0 {
		text := words.In(loc, "moved_rows", rows)
		if l.Text == "" {
			l.Text = text
		} else {
			l.Parts = append(l.Parts, text)
		}
	}
	return nil
}
