// Package typing is the page on which a small table is typed in, or pasted from a workbook, in place of a file (在线填写). What was
// typed is looked at as a file would be, marked where it is wrong, and sent as a file of its own; until then it is kept as a draft of
// whoever typed it. It checks no cell itself: a load does.
package typing

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/counter"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/template"
)

// Templates are those of the page; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Bounds.
const (
	mostRows   = 200
	mostNames  = 500 // of a list that a cell is chosen from
	longCell   = 500 // runes
	longSender = 60
	mostBody   = 4 << 20
	blankRows  = 5  // below what was typed
	leastRows  = 10 // that are shown
	lastWithin = 30 * time.Second
)

// number matches the types for which a phone shows its keys for numbers.
var number = regexp.MustCompile(`^(u?int|float)`)

// Page answers the page.
type Page struct {
	Counter *counter.Counter
	List    func(name string) *codes.List
	Drafts  string // folder of what was typed and is not sent yet
	frame.Frame

	mu sync.Mutex // of the drafts
}

// At puts the page at its addresses: of no counter there is none. list is the code list of a name.
func At(g *access.Gate, f frame.Frame, c *counter.Counter, list func(name string) *codes.List) {
	if c == nil {
		return
	}
	p := &Page{Counter: c, List: list, Drafts: filepath.Join(filepath.Dir(c.Drafts), "typed"), Frame: f}
	p.sweep()
	on := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		g.Handle(pattern, access.To(access.Submit), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			r.Body = http.MaxBytesReader(w, r.Body, mostBody)
			if err := h(w, r); err != nil {
				p.Fail(w, r, err)
			}
		}))
	}
	on("GET /send/type/{dataset}", p.open)
	on("POST /send/type/{dataset}", p.take)
}

// Typed reports whether a dataset can be typed in: where each file stands by itself, what is typed again would count beside it.
func Typed(d *dataset.Dataset) bool { return counter.Filled(d) && !slices.Contains(d.Unit, "file") }

// table is what can be typed of a dataset.
type table struct {
	ds      *dataset.Dataset
	columns []*dataset.Column
	periods bool // a file says which period it is of
}

func (p *Page) table(r *http.Request) (table, error) {
	name := r.PathValue("dataset")
	i := slices.IndexFunc(p.Counter.Datasets, func(d *dataset.Dataset) bool { return d.Name == name && Typed(d) })
	if i < 0 {
		return table{}, address.Missing(words.Get("no_dataset", words.Clip(name, 60)), "/send")
	}
	ds := p.Counter.Datasets[i]
	return table{ds, template.Columns(ds), slices.Contains(ds.Unit, "period")}, nil
}

type view struct {
	Name, Text       string
	Senders          []string
	All              bool
	Sender, Period   string
	Due              string // the period that is asked for first
	Periods, CanFill bool
	Said             []string // of the table as a whole, what came of it
	Good             string   // what was done
	Heads            []head
	Rows             []row
	Faults           []fault
	More             uint64
	Checked          bool // it was looked at and is wrong somewhere: it can be sent all the same
	Saved            string
	Seen             string // the draft that is kept, as this page knows it
	Over             string // the one that is written over by who chooses what stands here
	Theirs           string // whose the draft is that is kept
	Page             string // this page, apart from others of whoever types
	Other            string // what another page did to it since this one was shown
	Most             int
}

type head struct {
	Text, Rules, List string // List: the id of the names to choose from; empty: none
	Needed            bool
	Names             []string
	Mode              string // of the keys that a phone shows
}

type row struct {
	N     int
	Why   string // what is wrong with the row
	Cells []cell
}

type cell struct {
	Name, Label, List, Mode, Text, Why string
	Needed                             bool
}

type fault struct{ Where, Reason, Remedy string }

// open shows the draft of whoever asks, or what was sent last where that is asked for.
func (p *Page) open(w http.ResponseWriter, r *http.Request) error {
	t, err := p.table(r)
	if err != nil {
		return err
	}
	p.sweep()
	q := r.URL.Query()
	sender := words.Clip(strings.TrimSpace(q.Get("sender")), longSender)
	mine, all := access.From(r.Context()).Senders()
	if sender == "" && !all && len(mine) > 0 {
		sender = mine[0]
	}
	d, err := p.draft(r, t, sender)
	if err != nil {
		return err
	}
	kept := d
	if all && sender != "" && d.Sender != sender { // the draft is of another, and who keeps this one is told so
		d = typed{Sender: sender, Period: t.due(time.Now().In(address.Office))}
	}
	d.Page = rand.Text()
	v := p.view(r, t, d)
	if q.Get("from") == "last" {
		if v, err = p.last(r, t, d); err != nil {
			return err
		}
	}
	if d.Sender != kept.Sender {
		v.Other, v.Over, v.Theirs = other(address.Language(r), d, kept), kept.mark(), kept.Sender
	}
	address.Remember(w, r)
	p.Show(w, r, http.StatusOK, t.ds.Title, "typing.html", v)
	return nil
}

// last is the page with what was sent last filled in.
func (p *Page) last(r *http.Request, t table, d typed) (view, error) {
	who, loc := access.From(r.Context()), address.Language(r)
	if mine, all := who.Senders(); !all && !slices.Contains(mine, d.Sender) {
		return view{}, address.Refuse(http.StatusForbidden, words.Get("upload_other", d.Sender, strings.Join(mine, "、")))
	}
	if !counter.Whole(who) || !template.Filled(t.ds) || d.Sender == "" {
		v := p.view(r, t, d)
		v.Said = append(v.Said, words.In(loc, "typing_not_filled"))
		return v, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), lastWithin)
	defer cancel()
	rows, said, err := p.Counter.Before(ctx, t.ds, d.Sender, loc)
	p.Record(r, "template", t.ds.Name+" "+d.Sender, map[bool]string{true: "ok", false: "failed"}[err == nil])
	if err != nil {
		return view{}, err
	}
	if len(rows) > mostRows {
		rows, said = nil, words.In(loc, "typing_many", mostRows)
	}
	if len(rows) > 0 {
		d.Rows = nil
		for _, from := range rows {
			cells := make([]string, len(t.columns))
			for j, c := range t.columns {
				cells[j] = c.Shown(from[j], loc)
			}
			d.Rows = append(d.Rows, cells)
		}
		d.At = time.Time{}
	}
	v := p.view(r, t, d)
	v.Said = append(v.Said, said)
	return v, nil
}

// view is the page of what is typed.
func (p *Page) view(r *http.Request, t table, d typed) view {
	who, loc := access.From(r.Context()), address.Language(r)
	v := view{
		Name: t.ds.Name, Text: t.ds.Title.In(loc), Sender: d.Sender, Period: d.Period, Periods: t.periods, Due: t.due(time.Now().In(address.Office)), Most: mostRows,
		CanFill: counter.Whole(who) && template.Filled(t.ds), Seen: d.seen, Over: d.seen, Theirs: d.Sender, Page: d.Page,
	}
	v.Senders, v.All = who.Senders()
	if !d.At.IsZero() {
		v.Saved = address.Moment(d.At)
	}
	for j, c := range t.columns {
		h := head{Text: template.Heading(c, loc), Rules: c.Rules(loc), Needed: c.Required}
		if names := template.Names(p.List(c.List), loc); len(names) > 0 && len(names) <= mostNames {
			h.Names, h.List = names, "list-"+strconv.Itoa(j)
		}
		if number.MatchString(string(c.Type)) {
			h.Mode = "decimal"
		}
		v.Heads = append(v.Heads, h)
	}
	for i := range min(mostRows, max(leastRows, len(d.Rows)+blankRows)) {
		x := row{N: i + 1}
		for j, h := range v.Heads {
			c := cell{Name: field(i, j), Label: h.Text + " " + strconv.Itoa(i+1), List: h.List, Mode: h.Mode, Needed: h.Needed}
			if i < len(d.Rows) && j < len(d.Rows[i]) {
				c.Text = d.Rows[i][j]
			}
			x.Cells = append(x.Cells, c)
		}
		v.Rows = append(v.Rows, x)
	}
	return v
}

func field(i, j int) string { return fmt.Sprintf("r%dc%d", i, j) }

// take keeps what was typed, and does what the form asks for: check, look (and send from there), save, or clear.
func (p *Page) take(w http.ResponseWriter, r *http.Request) error {
	t, err := p.table(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("typing_many", mostRows))
	}
	d := typed{Sender: words.Clip(strings.TrimSpace(r.PostFormValue("sender")), longSender), Period: words.Clip(strings.TrimSpace(r.PostFormValue("period")), longSender), At: time.Now().UTC()}
	do, loc := r.PostFormValue("do"), address.Language(r)
	d.Page = words.Clip(r.PostFormValue("page"), longSender)
	if d.seen = r.PostFormValue("seen"); !r.PostForm.Has("seen") {
		d.seen = anything
	}
	if r.PostForm.Has("over") { // chosen, of the two
		do, d.seen = "save", r.PostFormValue("over")
	}
	d.Rows, err = cells(r, len(t.columns))
	if no, ok := errors.AsType[unready](err); ok && do != "clear" {
		return p.again(w, r, t, d, codes.Text(no))
	}
	typed := d.Rows
	if do == "clear" {
		d.Rows = nil
	}
	err = p.keep(r, t.ds.Name, &d)
	its, moved := errors.AsType[elsewhere](err)
	if err != nil && !moved {
		return err
	}
	w.Header().Set("X-Yanzhen-Draft", d.seen)
	if moved {
		w.Header().Set("X-Yanzhen-Draft", its.kept.mark())
	}
	if do == "save" && r.Header.Get("X-Yanzhen-Typing") != "" { // the script reads no page
		if moved {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Yanzhen-Sender", url.QueryEscape(its.kept.Sender))
			w.WriteHeader(http.StatusConflict)
			_, err := io.WriteString(w, other(loc, d, its.kept))
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if moved {
		d.Rows = typed
		p.twice(w, r, t, d, its.kept)
		return nil
	}
	switch do {
	case "clear", "save":
		v := p.view(r, t, d)
		v.Good = words.In(loc, "typing_did_"+do)
		p.Show(w, r, http.StatusOK, t.ds.Title, "typing.html", v)
		return nil
	case "check", "look":
	default:
		return address.Bad(words.Get("bad_value", "do", words.Clip(do, 60)), "check", "look", "save", "clear")
	}
	name, text, at, err := t.file(d, loc)
	if no, ok := errors.AsType[unready](err); ok {
		return p.again(w, r, t, d, codes.Text(no))
	}
	if err != nil {
		return err
	}
	got, err := p.Counter.Typed(r, name, d.Sender, text, p.path(r, t.ds.Name, d.Sender))
	if err != nil {
		return err
	}
	if do == "look" || got.Why == nil && got.Plan.RejectCells == got.Plan.Warnings {
		p.Counter.ShowLook(w, r, got)
		return nil
	}
	v := p.view(r, t, d)
	p.mark(&v, t, got, at, loc)
	p.Show(w, r, http.StatusOK, t.ds.Title, "typing.html", v)
	return nil
}

// twice shows what was typed once more, beside the word that another page has done something to the draft. Who goes on from here
// is told so again, until they choose.
func (p *Page) twice(w http.ResponseWriter, r *http.Request, t table, d, kept typed) {
	d.At = time.Time{}
	v := p.view(r, t, d)
	v.Other, v.Over, v.Theirs = other(address.Language(r), d, kept), kept.mark(), cmp.Or(kept.Sender, d.Sender)
	p.Show(w, r, http.StatusConflict, t.ds.Title, "typing.html", v)
}

// other says what is kept in place of what a page has seen.
func other(loc codes.Lang, d, kept typed) string {
	switch {
	case kept.At.IsZero():
		return words.In(loc, "typing_gone")
	case kept.Sender != d.Sender:
		return words.In(loc, "typing_others", cmp.Or(kept.Sender, "—"), address.Moment(kept.At))
	}
	return words.In(loc, "typing_twice", address.Moment(kept.At))
}

// again shows what was typed once more, with why nothing came of it.
func (p *Page) again(w http.ResponseWriter, r *http.Request, t table, d typed, why codes.Text) error {
	d.At = time.Time{}
	v := p.view(r, t, d)
	v.Said = []string{why.In(address.Language(r))}
	p.Show(w, r, http.StatusUnprocessableEntity, t.ds.Title, "typing.html", v)
	return nil
}

// cells are the rows of a form, those at its end that say nothing left out.
func cells(r *http.Request, columns int) (rows [][]string, err error) {
	long := 0
	for i := range mostRows + 1 {
		row, any := make([]string, columns), false
		for j := range row {
			text := strings.TrimSpace(lines.Replace(r.PostFormValue(field(i, j)))) // a cell has one line
			if len([]rune(text)) > longCell {
				long = cmp.Or(long, i+1)
			}
			row[j] = text
			any = any || text != ""
		}
		if any {
			if i == mostRows {
				return rows, unready(words.Get("typing_many", mostRows))
			}
			for len(rows) < i {
				rows = append(rows, make([]string, columns))
			}
			rows = append(rows, row)
		}
	}
	if long > 0 {
		return rows, unready(words.Get("typing_long", long, longCell))
	}
	return rows, nil
}

var lines = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")

// unready is why what was typed is no file yet.
type unready codes.Text

func (u unready) Error() string { return u.Zh + " / " + u.En }

// file is what was typed as a file that is sent: its name, its text, and which row of the page each of its rows was.
func (t table) file(d typed, loc codes.Lang) (name string, text []byte, at []int, err error) {
	name = t.ds.Title.Zh
	if t.periods {
		period, ok := filename.Period(d.Period)
		if !ok {
			return "", nil, nil, unready(words.Get("typing_period"))
		}
		name += "_" + strings.ReplaceAll(period.Label(codes.Zh), " ", "")
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	heads := make([]string, len(t.columns))
	for j, c := range t.columns {
		heads[j] = template.Heading(c, codes.Zh)
	}
	err = w.Write(heads)
	for i, row := range d.Rows {
		if slices.ContainsFunc(row, func(s string) bool { return s != "" }) {
			err = errors.Join(err, w.Write(row))
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return "", nil, nil, unready(words.Get("typing_empty"))
	}
	w.Flush()
	return name + ".csv", b.Bytes(), at, errors.Join(err, w.Error())
}

// firstRow is that of the file in which its first row of data stands: the headings are above it.
const firstRow = 2

// mark says in the cells, and below them in words, what is wrong.
func (p *Page) mark(v *view, t table, got counter.Looked, at []int, loc codes.Lang) {
	v.Checked = got.Why == nil
	for _, x := range got.Plan.Problems {
		v.Said = append(v.Said, x.Text.In(loc)+words.In(loc, "sep_sentence")+x.Remedy.In(loc))
	}
	if got.Why != nil && len(got.Plan.Problems) == 0 {
		v.Said = append(v.Said, got.Why.Text.In(loc)+words.In(loc, "sep_sentence")+got.Why.Remedy.In(loc))
	}
	for _, x := range got.Plan.Rejects {
		n := int(x.Origin.Row) - firstRow
		if n < 0 || n >= len(at) {
			v.Said = append(v.Said, x.Reason.In(loc))
			continue
		}
		r := &v.Rows[at[n]]
		where := words.In(loc, "typing_row", r.N)
		if j := slices.IndexFunc(t.columns, func(c *dataset.Column) bool { return c.Name == x.Column }); j >= 0 {
			if !x.Warn {
				r.Cells[j].Why = x.Reason.In(loc)
			}
			where += words.In(loc, "sep_word") + t.columns[j].Title.In(loc)
		} else if !x.Warn {
			r.Why = x.Reason.In(loc)
		}
		v.Faults = append(v.Faults, fault{where, x.Reason.In(loc), x.Remedy.In(loc)})
	}
	v.More = got.Plan.RejectCells - uint64(len(got.Plan.Rejects))
}

// due is the period that a sender owes next at a moment: the one before, of the dataset's own length.
func (t table) due(now time.Time) string {
	grain := days.Month
	if t.ds.Period != nil && days.Grain(t.ds.Period.Grain).Months() > 0 {
		grain = days.Grain(t.ds.Period.Grain)
	}
	return grain.Of(grain.Start(now).AddDate(0, 0, -1)).String()
}
