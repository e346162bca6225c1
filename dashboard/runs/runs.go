// Package runs reads from an address which loads are looked for, finds those that who looks may see, and holds the form of the
// page and the links to its neighbours. It shows no load itself.
package runs

import (
	"context"
	"embed"
	"errors"
	"net/url"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/sought"
	"yanzhen/pipeline/warehouse"
)

// Templates are those of the form and of the links below the list.
//
//go:embed templates/*.html
var Templates embed.FS

// Params are the parameters of the page.
var Params = []string{"file", "sender", "dataset", "state", "since", "until", "after"}

// perPage is how many loads a page lists.
const perPage = 100

// Form is what is looked for, as the page shows it again.
type Form struct {
	File, Sender, Dataset, Since, Until string
	Sought                              bool // something is looked for
	States, Datasets                    []Choice
	Next, First                         string // the pages after this one and before all; empty: none
}

// Choice is a value that can be chosen.
type Choice struct {
	Value, Text string
	Chosen      bool
}

// Offer adds a dataset that can be chosen.
func (f *Form) Offer(name, title string) {
	f.Datasets = append(f.Datasets, Choice{name, title, name == f.Dataset})
}

// Read is the query that an address asks for, of the senders that who looks may see.
func Read(ctx context.Context, v url.Values) (q sought.Query, err error) {
	q = sought.Query{File: v.Get("file"), Sender: v.Get("sender"), Dataset: v.Get("dataset"), State: pipeline.State(v.Get("state")), After: v.Get("after")}
	if senders, all := access.From(ctx).Senders(); !all {
		q.Of = append([]string{}, senders...)
	}
	if q.Since, err = sought.Since(v.Get("since"), address.Office); err != nil {
		return q, err
	}
	q.Until, err = sought.Until(v.Get("until"), address.Office)
	return q, err
}

// Refused is a fault of a query as an answer to who asked.
func Refused(err error) error {
	if f, ok := errors.AsType[*sought.Fault](err); ok {
		return address.Bad(f.Text)
	}
	return err
}

// Find returns the loads of a page, and its form.
func Find(ctx context.Context, db *warehouse.DB, v url.Values, loc codes.Lang) ([]pipeline.Run, Form, error) {
	q, err := Read(ctx, v)
	if err != nil {
		return nil, Form{}, Refused(err)
	}
	q.Limit = perPage
	got, err := sought.Find(ctx, db, q)
	if err != nil {
		return nil, Form{}, Refused(err)
	}
	f := Form{File: q.File, Sender: q.Sender, Dataset: q.Dataset, Since: day(q.Since), Until: v.Get("until")}
	if !q.Until.IsZero() {
		f.Until = day(q.Until.Add(-time.Second))
	}
	for _, s := range sought.States {
		f.States = append(f.States, Choice{string(s), words.In(loc, "state_"+string(s)), s == q.State})
	}
	asked := url.Values{}
	for _, k := range Params {
		if k != "after" && v.Get(k) != "" {
			asked.Set(k, v.Get(k))
			f.Sought = true
		}
	}
	if q.After != "" {
		f.First, f.Sought = address.To("/data/runs", asked), true
	}
	if got.Next != "" {
		asked.Set("after", got.Next)
		f.Next = address.To("/data/runs", asked)
	}
	return got.Runs, f, nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(address.Office).Format(time.DateOnly)
}
