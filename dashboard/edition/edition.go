// Package edition makes a document of a briefing: for a period, a moment and, where the briefing is one for each of them, for
// units or targets. It asks for every figure, draws every chart, and puts on the first page of what and of when they are. It
// computes no number itself and writes no file: package document holds what comes out.
package edition

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Press is what documents are made with.
type Press struct {
	Desk   brief.Desk
	Studio *picture.Studio // nil: charts are left out, and their places say what they would show

	Zone codes.Text
	Demo bool
}

// Ask is which edition of a briefing is wanted.
type Ask struct {
	Brief  *brief.Brief
	State  address.State // a zero period: the briefing's own
	Last   days.Day      // the data date
	Today  days.Day
	Unit   string    // of a document for each unit or target: that one only; empty: all
	Target string    // of a document for each target: those of that metric only
	Base   string    // what the links stand on
	At     time.Time // when it is written
}

// Period is the days that a document is of: those asked for, else the briefing's own up to the data date.
func (a Ask) Period() days.Range {
	if !a.State.Range.IsZero() {
		return a.State.Range
	}
	return days.Relative(cmp.Or(a.Brief.Period, "half"), a.Last)
}

// draft is a document in the making.
type draft struct {
	Press
	Ask
	of     days.Range
	loc    codes.Lang
	counts [3]int // of the headings of each level so far
}

// Write makes a document whole, or none: one that lacks a part would be signed like any other. A number that nobody reported
// is no failure, its place says so.
func (p Press) Write(ctx context.Context, ask Ask) (*document.Document, error) {
	d := &draft{Press: p, Ask: ask, of: ask.Period(), loc: ask.State.Loc}
	all, err := d.parts(ctx)
	if err != nil {
		return nil, err
	}
	b := ask.Brief
	doc := &document.Document{
		Name: b.Name, Title: b.Title.In(d.loc), Subtitle: d.of.Label(d.loc), Issuer: b.Issuer.In(d.loc), Lang: string(d.loc),
		Facts: d.facts(), Base: ask.Base, Written: ask.At, Heads: document.Heads{Notes: words.In(d.loc, "doc_notes")},
	}
	if p.Demo {
		doc.Mark = words.In(d.loc, "demo_long")
	}
	if ask.Unit != "" {
		doc.Subtitle = p.Desk.Source.Who(ask.Unit, d.loc) + words.In(d.loc, "sep_list") + doc.Subtitle
	}
	doc.Blocks = d.blocks(all)
	if len(doc.Blocks) == 0 {
		doc.Blocks = []document.Block{document.Paragraph{Runs: document.Plain(words.In(d.loc, "doc_none_lag"))}}
	}
	if !b.Bare {
		doc.Notes = d.notes()
	}
	return doc, nil
}

// facts are what the first page says of the document.
func (d *draft) facts() []document.Fact {
	var out []document.Fact
	fact := func(key, text string) {
		if text != "" {
			out = append(out, document.Fact{Label: words.In(d.loc, "doc_"+key), Text: text})
		}
	}
	fact("zone", d.Zone.In(d.loc))
	fact("period", d.of.Label(d.loc))
	for _, f := range address.Filters {
		if vs := d.State.Where[f.Param]; len(vs) > 0 {
			var names []string
			for _, v := range vs {
				names = append(names, d.Desk.Source.Catalog.Label(f.Param, v).In(d.loc))
			}
			out = append(out, document.Fact{Label: words.In(d.loc, "filter_"+f.Param), Text: words.Join(d.loc, "sep_list", names)})
		}
	}
	fact("data_date", days.Label(d.Last, d.loc))
	switch {
	case d.State.Freeze != "":
		fact("moment", words.In(d.loc, "doc_freeze", d.State.Freeze, address.Moment(d.State.AsOf)))
	case !d.State.AsOf.IsZero():
		fact("moment", words.In(d.loc, "doc_as_of", address.Moment(d.State.AsOf)))
	default:
		fact("moment", words.In(d.loc, "doc_latest"))
	}
	fact("written", address.Moment(d.At))
	return out
}

// part is a section for whom it is for, once it is answered.
type part struct {
	section brief.Section
	at      brief.Moment
	page    bool // it begins a page

	said   []brief.Sentence
	tables []document.Table
	charts []document.Chart
}

// parts answers every section, a few questions at a time.
func (d *draft) parts(ctx context.Context) ([]*part, error) {
	moments, err := d.moments(ctx)
	if err != nil {
		return nil, err
	}
	var all []*part
	for _, s := range d.Brief.Sections {
		if d.Brief.Each == "" || s.Once {
			all = append(all, &part{section: s, at: d.moment()})
		}
	}
	for i, at := range moments {
		first := d.Brief.Each == brief.EachTarget && (i > 0 || len(all) > 0)
		for _, s := range d.Brief.Sections {
			if !s.Once {
				all = append(all, &part{section: s, at: at, page: first})
				first = false
			}
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(6)
	for _, x := range all {
		x.said = make([]brief.Sentence, len(x.section.Rules))
		x.tables = make([]document.Table, len(x.section.Tables))
		x.charts = make([]document.Chart, len(x.section.Charts))
		for i, r := range x.section.Rules {
			g.Go(d.safely(x, "sentence", i, func() (err error) {
				at := x.at
				at.State.Range = brief.Over(r.Period, d.of)
				x.said[i], err = d.Desk.Say(ctx, d.Brief, r, at)
				return err
			}))
		}
		for i, t := range x.section.Tables {
			g.Go(d.safely(x, "table", i, func() (err error) {
				x.tables[i], err = d.table(ctx, t, x.at)
				return err
			}))
		}
		for i, c := range x.section.Charts {
			g.Go(d.safely(x, "chart", i, func() (err error) {
				x.charts[i], err = d.chart(ctx, c, x.at)
				return err
			}))
		}
	}
	return all, g.Wait()
}

// safely makes an error of a panic, and says of which part an error is.
func (d *draft) safely(x *part, what string, i int, do func() error) func() error {
	return func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			if err != nil {
				err = fmt.Errorf("briefing %s, section %q, %s %d: %w", d.Brief.Name, x.section.Title.Zh, what, i+1, err)
			}
		}()
		return do()
	}
}

// moment is that of a section for nobody in particular.
func (d *draft) moment() brief.Moment {
	at := brief.Moment{State: d.State, Last: d.Last, Today: d.Today, Of: d.of, Unit: d.Unit, Written: true, Date: d.of.Last()}
	if at.Date.After(d.Last) {
		at.Date = d.Last
	}
	at.State.Range = d.of
	return at
}

// blocks puts answered sections one below the other.
func (d *draft) blocks(all []*part) []document.Block {
	var out []document.Block
	for _, x := range all {
		if x.page {
			out = append(out, document.PageBreak{})
		}
		if title := x.section.Title.In(d.loc); title != "" {
			for name, parts := range x.at.Things {
				title = strings.ReplaceAll(title, "{"+name+"}", document.Text(parts))
			}
			out = append(out, document.Heading{Level: x.section.Level, Runs: document.Plain(d.number(x.section.Level) + title)})
		}
		if runs := d.paragraph(x.said); len(runs) > 0 {
			out = append(out, document.Paragraph{Runs: runs})
		}
		for _, t := range x.tables {
			if len(t.Rows) == 0 {
				out = append(out, document.Paragraph{Place: document.Small, Runs: document.Plain(words.In(d.loc, "doc_no_rows", t.Caption))})
				continue
			}
			out = append(out, t)
		}
		for _, c := range x.charts {
			out = append(out, c)
		}
	}
	return out
}

// paragraph makes one paragraph of sentences.
func (d *draft) paragraph(said []brief.Sentence) []document.Run {
	var out []document.Run
	for _, s := range said {
		if len(s.Parts) == 0 {
			continue
		}
		if space := words.In(d.loc, "sep_sentence"); len(out) > 0 && space != "" {
			out = append(out, document.Run{Text: space})
		}
		out = append(out, s.Parts...)
	}
	return out
}

// number is what stands before a heading: 一、（一）1. in Chinese, 1. (1) a. in English.
func (d *draft) number(level int) string {
	d.counts[level-1]++
	for i := level; i < len(d.counts); i++ {
		d.counts[i] = 0
	}
	n := d.counts[level-1]
	switch {
	case level == 3 && d.loc == codes.En:
		return string(rune('a'+(n-1)%26)) + ". "
	case level == 3:
		return fmt.Sprintf("%d. ", n)
	case level == 2 && d.loc == codes.En:
		return fmt.Sprintf("(%d) ", n)
	case level == 2:
		return "（" + chinese(n) + "）"
	case d.loc == codes.En:
		return fmt.Sprintf("%d. ", n)
	}
	return chinese(n) + "、"
}

// chinese writes a number from 1 to 99 in Chinese.
func chinese(n int) string {
	digits := []rune("零一二三四五六七八九")
	tens, ones := n/10%10, n%10
	out := ""
	if tens > 1 {
		out += string(digits[tens])
	}
	if tens > 0 {
		out += "十"
	}
	if ones > 0 || n == 0 {
		out += string(digits[ones])
	}
	return out
}

// notes are the metrics of the document and what they are, in the order they come.
func (d *draft) notes() []document.Note {
	var names []string
	add := func(list ...string) {
		for _, name := range list {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	catalog := d.Desk.Source.Catalog
	for _, s := range d.Brief.Sections {
		for _, r := range s.Rules {
			add(r.Asked(catalog)...)
		}
		for _, t := range s.Tables {
			add(t.Metrics...)
		}
		for _, c := range s.Charts {
			add(c.Found.Metrics...)
		}
	}
	var out []document.Note
	for _, name := range names {
		if m := catalog.Metric(name); m != nil {
			out = append(out, document.Note{Term: m.Title.In(d.loc), Text: definition(m, d.loc), URL: "/data/metrics#" + m.Name})
		}
	}
	return out
}

func definition(m *metric.Metric, loc codes.Lang) string { return m.Definition.In(loc) }
