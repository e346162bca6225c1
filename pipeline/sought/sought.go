// Package sought finds loads: by the name of the file, who sent it, its dataset, what became of it and when, in pages of bounded
// length, the latest first. A page begins where the one before it ended, whatever was loaded meanwhile.
package sought

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// Bounds.
const (
	most     = 1000 // loads of one page
	longText = 200  // bytes of a text that is looked for
)

// States are what can become of a load.
var States = []pipeline.State{pipeline.Published, pipeline.Unchanged, pipeline.Held, pipeline.Submitted, pipeline.Asked, pipeline.Returned, pipeline.Failed, pipeline.Running, pipeline.Cancelled}

// Query says which loads are wanted; empty fields mean all.
type Query struct {
	File, Sender string // a part of the name, in any case
	Dataset      string
	State        pipeline.State
	AnyOf        []pipeline.State // in one of these states, where State says none; nil: in any
	Since, Until time.Time        // begun then or later, and before
	Of           []string         // of these senders only; nil: of all
	After        string           // the Next of the page before
	Limit        int              // at most most
}

// Page is a page of them.
type Page struct {
	Runs []pipeline.Run
	Next string // where the next page begins; empty: there is none
}

// Fault is a value that cannot be asked for.
type Fault struct {
	Field, Value string
	Text         codes.Text
}

// Error has both languages.
func (f *Fault) Error() string { return f.Text.Zh + " / " + f.Text.En }

func fault(field, value, zh, en string) error {
	return &Fault{field, value, codes.Text{Zh: field + "：" + zh, En: field + ": " + en}}
}

// reNext is the place after a load: when it began, in milliseconds, and which it is.
var reNext = regexp.MustCompile(`^([0-9]{1,15})-([0-9A-Za-z-]{1,60})$`)

// Place reports whether a text may be the Next of a page.
func Place(text string) bool { return reNext.MatchString(text) }

// Check refuses what cannot be asked for, with a *Fault.
func (q Query) Check() error {
	var states []string
	for _, s := range States {
		states = append(states, string(s))
	}
	switch {
	case len(q.File) > longText || len(q.Sender) > longText || len(q.Dataset) > longText:
		return fault("file, sender, dataset", "", "太长", "too long")
	case q.State != "" && !slices.Contains(States, q.State):
		return fault("state", string(q.State), "可选 "+strings.Join(states, "、"), "want one of "+strings.Join(states, ", "))
	case !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until):
		return fault("until", q.Until.Format(time.RFC3339), "早于开始", "is before the beginning")
	case q.After != "" && !reNext.MatchString(q.After):
		return fault("after", q.After, "不是上一页给出的位置", "is no place that a page before gave")
	case q.Limit < 1 || q.Limit > most:
		return fault("limit", strconv.Itoa(q.Limit), fmt.Sprintf("应为 1 至 %d", most), fmt.Sprintf("want 1 to %d", most))
	}
	return nil
}

// Find returns a page of loads. What is wrong with the query is a *Fault.
func Find(ctx context.Context, db *warehouse.DB, q Query) (Page, error) {
	if err := q.Check(); err != nil {
		return Page{}, err
	}
	at, run := "0", ""
	if m := reNext.FindStringSubmatch(q.After); m != nil {
		at, run = m[1], m[2]
	}
	var states []string
	for _, s := range q.AnyOf {
		states = append(states, string(s))
	}
	if q.State != "" {
		states = []string{string(q.State)}
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return "0"
		}
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	all := "1"
	if q.Of != nil {
		all = "0"
	}
	runs, err := warehouse.Select[pipeline.Run](ctx, db, warehouse.Statement{
		Tag: "runs.sought",
		SQL: `select run, version, kind, parent, job, dataset, file, sender, period, unit, state, started, finished, batch, bytes, read, loaded, rejected, excluded, duplicates, warnings, encoding, code, message_zh, message_en, remedy_zh, remedy_en
from meta.runs final
where kind = 'load' and {dataset:String} in ('', dataset) and (empty({states:Array(String)}) or state in {states:Array(String)})
  and ({file:String} = '' or positionCaseInsensitiveUTF8(file, {file:String}) > 0) and ({sender:String} = '' or positionCaseInsensitiveUTF8(sender, {sender:String}) > 0)
  and ({all:UInt8} = 1 or sender in {of:Array(String)})
  and toUnixTimestamp64Milli(started) >= {since:Int64} and ({until:Int64} = 0 or toUnixTimestamp64Milli(started) < {until:Int64})
  and ({at:Int64} = 0 or (toUnixTimestamp64Milli(started), run) < ({at:Int64}, {run:String}))
order by started desc, run desc limit {limit:UInt32}`,
		Params: map[string]string{
			"dataset": q.Dataset, "states": warehouse.Strings(states), "file": q.File, "sender": q.Sender, "all": all, "of": warehouse.Strings(q.Of),
			"since": moment(q.Since), "until": moment(q.Until), "at": at, "run": run, "limit": strconv.Itoa(q.Limit + 1),
		},
	})
	if err != nil {
		return Page{}, err
	}
	p := Page{Runs: runs}
	if len(runs) > q.Limit {
		p.Runs = runs[:q.Limit]
		last := p.Runs[q.Limit-1]
		p.Next = strconv.FormatInt(last.Started.UnixMilli(), 10) + "-" + last.ID
	}
	return p, nil
}

// Since reads where a search begins: the start of a day of the office's clock, or an instant; the zero time where nothing is said.
func Since(text string, office *time.Location) (time.Time, error) {
	t, _, err := moment("since", text, office)
	return t, err
}

// Until reads where a search ends: the end of a day of the office's clock, or an instant; the zero time where nothing is said.
func Until(text string, office *time.Location) (time.Time, error) {
	t, day, err := moment("until", text, office)
	if day {
		t = t.AddDate(0, 0, 1)
	}
	return t, err
}

// moment reads a day or an instant, and says which it was.
func moment(field, text string, office *time.Location) (t time.Time, day bool, err error) {
	if text == "" {
		return t, false, nil
	}
	if t, err = time.ParseInLocation(time.DateOnly, text, office); err == nil {
		return t, true, nil
	}
	if t, err = time.Parse(time.RFC3339, text); err != nil {
		return t, false, fault(field, text, "应为日期，如 2026-07-01，或带时区的时刻", "want a day such as 2026-07-01, or an instant with its zone")
	}
	return t, false, nil
}
