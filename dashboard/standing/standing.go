// Package standing says what stands about a page beside its figures: what is due next of its data, how many of its figures
// have moved since the last freeze, whom to ask. It computes no number itself.
package standing

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/early"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/frozen"
)

// Line is one line below a page. Its text leads to URL where there is one.
type Line struct{ Text, URL string }

// Desk is what lines are written from. It keeps what has moved of the boards since the last freeze.
type Desk struct {
	Source   figures.Source
	Freezes  func(context.Context) ([]frozen.Freeze, error) // the latest first
	Workdays duty.Workdays
	Titles   map[string]codes.Text // of the declared datasets
	Contact  codes.Text            // whom to ask; empty: nobody is named
	Failed   func(error)           // told when something moved cannot be counted

	mu     sync.Mutex
	counts map[string]count // by board
	busy   chan struct{}    // closed when the count that is under way is there; nil: none is
}

// New is a desk for the datasets that are declared.
func New(source figures.Source, ledger *pipeline.Ledger, sets []*dataset.Dataset, contact codes.Text, failed func(error)) *Desk {
	d := &Desk{Source: source, Freezes: ledger.Freezes, Titles: map[string]codes.Text{}, Contact: contact, Failed: failed}
	if source.Catalog != nil {
		d.Workdays = duty.NewWorkdays(source.Catalog.List("holidays"))
	}
	for _, set := range sets {
		d.Titles[set.Name] = set.Title
	}
	return d
}

// count is how many figures of a board have moved since a freeze, for a version of the data.
type count struct {
	of string
	n  int
}

// How long a page waits for what is counted while it is written, and how long counting may take.
const (
	patience = 300 * time.Millisecond
	longest  = time.Minute
)

// Page is the page that lines are for.
type Page struct {
	Board   *board.Board
	State   address.State
	Version string // of the data
	Last    days.Day
	Today   days.Day
	Due     bool // false: the page says elsewhere what is due next
}

// Lines are what stands about a page; counted is false where one is still being counted and will stand there the next time.
func (d *Desk) Lines(ctx context.Context, p Page) (out []Line, counted bool, err error) {
	loc := p.State.Loc
	if who := d.Contact.In(loc); who != "" {
		defer func() { out = append(out, Line{Text: words.In(loc, "standing_ask", words.Whole(who))}) }()
	}
	if !d.Source.Engine.Viewer(ctx).Whole() {
		return nil, true, nil // what is due and what has moved is of the whole zone, and is kept for all who see it
	}
	if p.Due {
		due, err := d.due(ctx, p)
		if err != nil {
			return nil, false, err
		}
		if due.Text != "" {
			out = append(out, due)
		}
	}
	moved, counted, err := d.moved(ctx, p)
	if err != nil {
		return nil, false, err
	}
	if moved.Text != "" {
		out = append(out, moved)
	}
	return out, counted, nil
}

// due is what comes next of the data of a page.
func (d *Desk) due(ctx context.Context, p Page) (Line, error) {
	live, err := d.Source.Engine.Live(ctx, p.State.AsOf)
	if err != nil {
		return Line{}, err
	}
	var of []string
	for _, panel := range p.Board.Panels {
		_, ms := d.Source.Bind(panel)
		for _, m := range ms {
			of = append(of, m.Datasets()...)
		}
	}
	end := days.Month.Next(p.Today)
	var next *duty.Owed
	for name, c := range live.Covers() {
		if _, declared := d.Titles[name]; !declared || !slices.Contains(of, name) {
			continue
		}
		for _, o := range c.Calendar(d.Workdays, p.Today, days.Range{From: end.AddDate(-1, 0, 0), To: end}) {
			if !o.Awaited() || o.Overdue || o.DueOn.Before(p.Today) {
				continue
			}
			if next == nil || cmp.Or(o.DueOn.Compare(next.DueOn), cmp.Compare(o.Dataset, next.Dataset), cmp.Compare(o.Sender, next.Sender)) < 0 {
				next = &o
			}
		}
	}
	if next == nil {
		return Line{}, nil
	}
	loc := p.State.Loc
	what := words.In(loc, "brief_owed", d.Source.Who(next.Sender, loc), d.Titles[next.Dataset], next.Period.Label(loc))
	return Line{words.In(loc, "standing_due", days.Label(next.DueOn, loc), words.Whole(what)), "/data/duties"}, nil
}

// moved is how many figures of a page have moved since the last freeze. It is counted once for a version of the data, one
// board at a time, while nobody waits for it but for a moment: a page that comes too early does without, and is told so.
func (d *Desk) moved(ctx context.Context, p Page) (line Line, counted bool, err error) {
	st := p.State
	if !st.AsOf.IsZero() || len(st.Where) > 0 || !st.Range.IsZero() || p.Last.IsZero() {
		return Line{}, true, nil // the freeze is of the whole page
	}
	list, err := d.Freezes(ctx)
	list = slices.DeleteFunc(list, frozen.Freeze.Gone)
	if err != nil || len(list) == 0 {
		return Line{}, err == nil, err
	}
	of := p.Version + " " + list[0].Name
	n, ok, wait := d.counted(p.Board.Name, of)
	if !ok && wait == nil {
		wait = d.begin(ctx, p.Board, list[0], of)
	}
	if !ok {
		select {
		case <-wait:
			n, ok, _ = d.counted(p.Board.Name, of)
		case <-time.After(patience):
		case <-ctx.Done():
		}
	}
	switch {
	case !ok:
		return Line{}, false, nil
	case n == 0:
		return Line{Text: words.In(st.Loc, "standing_still", list[0].Name), URL: "/data/freezes"}, true, nil
	}
	q := st.Query()
	q.Set("freeze", list[0].Name)
	return Line{words.In(st.Loc, "standing_moved", list[0].Name, n), address.To("/b/"+p.Board.Name, q)}, true, nil
}

func (d *Desk) counted(board, of string) (int, bool, chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.counts[board]
	return c.n, ok && c.of == of, d.busy
}

// begin starts counting, unless something else is counted, and gives what is closed at its end.
func (d *Desk) begin(ctx context.Context, b *board.Board, f frozen.Freeze, of string) chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy != nil {
		return d.busy
	}
	done := make(chan struct{})
	d.busy = done
	go func() {
		// not the context of who asked first: others wait for it too. All who do see the whole zone
		// and somebody may come to wait for what the program began early
		ctx, cancel := context.WithTimeout(early.With(context.WithoutCancel(ctx), nil), longest)
		defer cancel()
		n, err := d.count(ctx, b, f)
		d.mu.Lock()
		defer d.mu.Unlock()
		if err != nil {
			d.Failed(err)
		} else {
			if d.counts == nil {
				d.counts = map[string]count{}
			}
			d.counts[b.Name] = count{of, n}
		}
		d.busy = nil
		close(done)
	}()
	return done
}

// count asks for the figures of a board as they were frozen and now; one that stands on several panels counts once.
func (d *Desk) count(ctx context.Context, b *board.Board, f frozen.Freeze) (int, error) {
	st := address.State{Loc: codes.Zh, Freeze: f.Name, AsOf: f.At}
	live, err := d.Source.Engine.Live(ctx, f.At)
	if err != nil {
		return 0, err
	}
	seen := map[string]bool{}
	for _, p := range b.Panels {
		var last days.Day
		_, ms := d.Source.Bind(p)
		for _, m := range ms {
			if date := live.DataDate(m.Datasets()...); date.After(last) {
				last = date
			}
		}
		a, err := d.Source.Of(ctx, p, st, last)
		if err != nil {
			return 0, err
		}
		list, err := d.Source.Revisions(ctx, a, st)
		if err != nil {
			return 0, err
		}
		for _, rev := range list {
			for _, pt := range rev.Points {
				if moved(pt) {
					seen[figure(rev.Metric, pt)] = true
				}
			}
		}
	}
	return len(seen), nil
}

func moved(pt metric.Revised) bool {
	return (pt.Reported == nil) != (pt.Now == nil) || pt.Difference != nil && *pt.Difference != 0
}

// figure is what tells a figure from all others of a board.
func figure(m *metric.Metric, pt metric.Revised) string {
	key := m.Name + " " + days.ISO(pt.From) + " " + days.ISO(pt.To)
	for _, k := range pt.Keys {
		key += "\x1f" + k
	}
	return key
}
