package editor

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/lineage"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Bounds of what is listed of a column; how many files there are is told.
const (
	mostFiles    = 20
	mostHeadings = 8
)

// traced is a column of a view that a column of an answer is made of, with where its values were read from.
type traced struct {
	Table    string     `json:"table"`
	Column   string     `json:"column"`
	About    string     `json:"about,omitempty"`
	Dataset  string     `json:"dataset,omitempty"`
	Title    string     `json:"title,omitempty"`
	Headings []string   `json:"headings,omitempty"` // in the files: the names by which it is known
	Page     string     `json:"page,omitempty"`
	Files    []sentFile `json:"files,omitempty"`
	More     int        `json:"more,omitempty"` // files beyond those
}

type sentFile struct {
	Name   string `json:"name"`
	Sender string `json:"sender,omitempty"`
	Period string `json:"period,omitempty"`
	Page   string `json:"page"`
}

// lineage answers of which columns of which views a column of an answer is made, and out of which headings of which files of the
// live submissions their values came: as the engine resolves the statement. Who asks in SQL sees all submissions.
func (e *Editor) lineage(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		asked
		Column string `json:"column"`
	}
	if err := read(r, &sent); err != nil {
		e.refuse(w, r, err)
		return
	}
	a, err := sent.ask(r)
	var from []lineage.Column
	if err == nil {
		ctx, end := context.WithTimeout(r.Context(), 10*time.Second)
		defer end()
		from, err = e.trace(ctx, a, sent.Column)
	}
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	lang, out := address.Language(r), []traced{}
	senders, all := access.From(r.Context()).Senders()
	for _, c := range from {
		t := traced{Table: c.Table, Column: c.Column}
		if i := slices.IndexFunc(e.Datasets, func(d *dataset.Dataset) bool { return d.Name == c.Table }); i >= 0 {
			t.of(e.Datasets[i], lang)
			live, err := (&pipeline.Ledger{DB: e.Desk.Reader}).Live(r.Context(), t.Dataset)
			if err != nil {
				e.refuse(w, r, err)
				return
			}
			live = slices.DeleteFunc(live, func(l pipeline.Live) bool { return l.Loaded == 0 || !all && !slices.Contains(senders, l.Sender) })
			slices.SortStableFunc(live, func(x, y pipeline.Live) int { return y.At.Compare(x.At) })
			t.More = max(0, len(live)-mostFiles)
			for _, l := range live[:min(len(live), mostFiles)] {
				t.Files = append(t.Files, sentFile{cmp.Or(l.File, l.Unit, l.Run), l.Sender, l.Period, "/data/runs/" + url.PathEscape(l.Run)})
			}
		}
		out = append(out, t)
	}
	e.json(w, r, http.StatusOK, map[string]any{"from": out})
}

// of says of which dataset a column is, and by which headings it is read.
func (t *traced) of(d *dataset.Dataset, lang codes.Lang) {
	t.Dataset, t.Title, t.Page = d.Name, d.Title.In(lang), "/data/datasets/"+d.Name
	c := d.Column(strings.TrimSuffix(t.Column, "_group"))
	if c == nil {
		return
	}
	t.About = c.Title.In(lang)
	for c.Of != "" && d.Column(c.Of) != nil { // its values are read off another's
		c = d.Column(c.Of)
	}
	for _, h := range append([]string{c.Title.Zh}, c.Aliases...) {
		if len(t.Headings) < mostHeadings && h != "" && !strings.HasPrefix(h, "~") && !slices.Contains(t.Headings, h) {
			t.Headings = append(t.Headings, h)
		}
	}
}

// trace is what a column of a statement's answer is made of. The statement is not run.
func (e *Editor) trace(ctx context.Context, a statement.Ask, column string) ([]lineage.Column, error) {
	text, err := e.Desk.Written(ctx, a)
	if err != nil {
		return nil, err
	}
	resolved := func(sql string) (string, error) {
		rows, err := statement.Small[struct {
			Text string `db:"explain"`
		}](ctx, e.Desk, statement.Ask{Who: a.Who, SQL: lineage.Resolve + sql, Params: a.Params})
		var lines []string
		for _, r := range rows {
			lines = append(lines, r.Text)
		}
		return strings.Join(lines, "\n"), err
	}
	commons, err := lineage.Commons(text.SQL)
	known := map[string][]lineage.Output{}
	for i, c := range commons {
		said, no := resolved(lineage.With(commons[:i], c.Body))
		if no != nil {
			continue // a value, or one that refers to itself: it is missed where it is asked for
		}
		if out, no := lineage.Read(said, known); no == nil {
			known[c.Name] = out
		}
	}
	var out []lineage.Output
	if err == nil {
		var said string
		if said, err = resolved(text.SQL); err != nil {
			return nil, err
		}
		out, err = lineage.Read(said, known)
	}
	i := slices.IndexFunc(out, func(o lineage.Output) bool { return o.Name == column })
	if err != nil || i < 0 {
		return nil, address.Refuse(http.StatusUnprocessableEntity, words.Get("sql_untraced", words.Clip(cmp.Or(column, "?"), 60)))
	}
	return out[i].From, nil
}
