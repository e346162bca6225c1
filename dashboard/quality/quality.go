// Package quality is the page of how senders have sent over twelve months: what came in time, what had to be sent again, what was
// refused and for what. A sender sees their own line where they send. It counts nothing itself: package pipeline/quality does.
package quality

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/quality"
	"yanzhen/pipeline/warehouse"
)

// Templates are those of the page; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Page answers the page.
type Page struct {
	DB       *warehouse.DB
	Engine   *compute.Engine
	Datasets []*dataset.Dataset
	Workdays func() duty.Workdays
	Now      func() time.Time
	frame.Frame
}

// Register puts the page at its address.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	p.Frame = f
	g.Handle("GET /data/quality", access.Whole(access.View), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.page(w, r); err != nil {
			p.Fail(w, r, err)
		}
	}))
}

// of reads how senders have sent in the twelve months up to now; nil: all of them.
func (p *Page) of(ctx context.Context, senders []string) (quality.Report, days.Range, error) {
	live, err := p.Engine.Live(ctx, time.Time{})
	if err != nil {
		return quality.Report{}, days.Range{}, err
	}
	now := p.Now().In(address.Office)
	today := days.Date(now.Year(), now.Month(), now.Day())
	year := coverage.Year(today)
	got, err := quality.Of(ctx, p.DB, quality.Span{Months: year, Office: address.Office, Senders: senders}, coverage.Owed(live, p.Datasets, p.Workdays(), today))
	return got, year, err
}

// row is a sender, or a dataset of one.
type row struct {
	Name, URL string
	quality.Tally
	Share string // empty: nothing was read
	Trend trend
	Whys  []string
}

type view struct {
	Since  string
	Span   string
	Full   string // the part at which a bar is full
	Cut    bool   // more came than is counted
	Judged bool   // of somebody it is known what came in time
	Sender string // the one that is shown; empty: all are
	Rows   []row
	Lines  []line // of the one
}

// line is what one sender sent of a dataset, by month, the latest first.
type line struct {
	row
	Months []month
}

type month struct {
	Name string
	quality.Tally
	Share string
}

func (p *Page) page(w http.ResponseWriter, r *http.Request) error {
	loc, only := address.Language(r), r.URL.Query().Get("sender")
	var senders []string
	if only != "" {
		senders = []string{only}
	}
	got, year, err := p.of(r.Context(), senders)
	if err != nil {
		return err
	}
	if !access.From(r.Context()).Can(access.Rows) {
		withoutWhys(got.Senders)
	}
	full := fullOf(got.Senders)
	v := view{Sender: only, Span: year.Label(loc), Full: percent(full)}
	if !got.Since.IsZero() && got.Since.After(year.From) {
		v.Since = days.Label(got.Since, loc)
	}
	v.Cut = got.Cut
	if only != "" {
		if len(got.Senders) == 0 {
			return address.Missing(words.Get("quality_nobody", words.Clip(only, 60)), "/data/quality")
		}
		v.Lines = p.lines(got.Senders[0], loc)
		if !access.From(r.Context()).Can(access.Rows) {
			for i := range v.Lines {
				v.Lines[i].URL = ""
			}
		}
	}
	for _, s := range got.Senders {
		x := row{Name: s.Name, URL: address.To("/data/quality", url.Values{"sender": {s.Name}}), Tally: s.Tally, Share: share(s.Tally), Trend: trendOf(s.Months, full)}
		if only == "" {
			x.Whys = p.whys(s.Whys, loc)
		}
		v.Judged = v.Judged || s.Due > 0
		v.Rows = append(v.Rows, x)
	}
	address.Remember(w, r)
	p.Show(w, r, http.StatusOK, words.Get("quality"), "quality.html", v)
	return nil
}

// withoutWhys leaves out what single cells were refused for: that is of who may see rows.
func withoutWhys(senders []quality.Sender) {
	for i, s := range senders {
		senders[i].Whys = nil
		for j := range s.Datasets {
			s.Datasets[j].Whys = nil
		}
	}
}

func (p *Page) lines(s quality.Sender, loc codes.Lang) (out []line) {
	for _, l := range s.Datasets {
		x := line{row: row{Name: p.title(l.Dataset, loc), URL: "/data/runs?" + url.Values{"sender": {s.Name}, "dataset": {l.Dataset}}.Encode(), Tally: l.Tally, Share: share(l.Tally)}}
		for _, m := range slices.Backward(l.Months) {
			if m.Tally != (quality.Tally{}) {
				x.Months = append(x.Months, month{days.Month.Of(m.From).Label(loc), m.Tally, share(m.Tally)})
			}
		}
		for _, w := range l.Whys[:min(len(l.Whys), quality.WhysOf)] {
			x.Whys = append(x.Whys, p.why(w, "", loc))
		}
		out = append(out, x)
	}
	return out
}

// Mine is a line about the reports of some senders, as their own page has it; empty where nothing is known of them.
func (p *Page) Mine(ctx context.Context, senders []string, loc codes.Lang) ([]string, error) {
	if len(senders) == 0 {
		return nil, nil
	}
	got, _, err := p.of(ctx, senders)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range got.Senders {
		var parts []string
		if s.Due > 0 {
			parts = append(parts, words.In(loc, "quality_mine_due", s.Due, s.OnTime, s.Late, s.Missing))
		}
		parts = append(parts, words.In(loc, "quality_mine", s.Files, s.Again, s.Refused))
		if at := share(s.Tally); at != "" {
			parts = append(parts, words.In(loc, "quality_mine_share", at))
		}
		text := words.Join(loc, "sep_clause", parts)
		if len(senders) > 1 {
			text = s.Name + words.In(loc, "sep_colon") + text
		}
		out = append(out, text)
		for _, w := range p.whys(s.Whys, loc) {
			out = append(out, words.In(loc, "quality_mine_why", w))
		}
	}
	return out, nil
}

// whys says what was refused most: 引进与流出 · 日期：没有这一天 × 12.
func (p *Page) whys(list []quality.Why, loc codes.Lang) (out []string) {
	for _, x := range list {
		out = append(out, p.why(x, p.title(x.Dataset, loc), loc))
	}
	return out
}

func (p *Page) why(x quality.Why, of string, loc codes.Lang) string {
	at := strings.Join(slices.DeleteFunc([]string{of, p.column(x, loc)}, func(s string) bool { return s == "" }), " · ")
	if at != "" {
		at += words.In(loc, "sep_colon")
	}
	n := float64(x.Cells)
	return at + x.Reason.In(loc) + " ×\u00a0" + metric.Number(&n, metric.Records)
}

func (p *Page) dataset(name string) *dataset.Dataset {
	if i := slices.IndexFunc(p.Datasets, func(d *dataset.Dataset) bool { return d.Name == name }); i >= 0 {
		return p.Datasets[i]
	}
	return nil
}

func (p *Page) title(name string, loc codes.Lang) string {
	if d := p.dataset(name); d != nil {
		return d.Title.In(loc)
	}
	return name
}

// column is the title of a column that was refused; empty: the row was.
func (p *Page) column(x quality.Why, loc codes.Lang) string {
	if d := p.dataset(x.Dataset); d != nil {
		if c := d.Column(x.Column); c != nil {
			return c.Title.In(loc)
		}
	}
	return x.Column
}

// share is the part of the rows that was refused, in words; empty where nothing was read.
func share(t quality.Tally) string {
	part, ok := t.Share()
	if !ok {
		return ""
	}
	return percent(part)
}

func percent(part float64) string { return strconv.FormatFloat(100*part, 'f', 1, 64) + "%" }
