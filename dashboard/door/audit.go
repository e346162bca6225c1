package door

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/words"
	"yanzhen/dashboard/workbook"
	"yanzhen/pipeline/codes"
)

// How many entries the page lists, and a file holds.
const (
	mostEntries = 300
	mostInFile  = 100_000
)

type auditView struct {
	Told                  []string
	Checked               string // the head that was looked for
	Who, Did, What, Since string
	Until                 string
	Dids                  []choice
	Entries               []entryRow
	More                  string
	File, Book            string
	Seq                   uint64
	Hash                  string
}

type choice struct {
	Key, Text string
	Chosen    bool
}

type entryRow struct {
	Seq                                    uint64
	At, Who, Role, From, Did, What, Result string
	Rows                                   uint64
}

// wanted reads what the form asks for: days of the office's calendar, both included.
func wanted(r *http.Request) (q audit.Query, v auditView, err error) {
	get := func(k string) string { return words.Clip(r.URL.Query().Get(k), 200) }
	v = auditView{Who: get("who"), Did: get("did"), What: get("what"), Since: get("since"), Until: get("until")}
	if v.Did != "" && !slices.Contains(audit.Deeds, v.Did) {
		return q, v, address.Bad(words.Get("bad_value", "did", v.Did), audit.Deeds...)
	}
	q = audit.Query{Who: v.Who, Did: v.Did, What: v.What}
	for _, x := range []struct {
		name, text string
		to         *time.Time
		plus       int
	}{{"since", v.Since, &q.From, 0}, {"until", v.Until, &q.To, 1}} {
		if x.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, x.text, address.Office)
		if err != nil {
			return q, v, address.Bad(words.Get("bad_value", x.name, x.text), "2026-11-28")
		}
		*x.to = day.AddDate(0, 0, x.plus)
	}
	return q, v, nil
}

// audit is the page of who has done what. Reading it is written down too.
func (d *Door) audit(w http.ResponseWriter, r *http.Request) {
	q, v, err := wanted(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	q.Most = mostEntries
	list, more, err := audit.Find(d.Dir, q)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	v.Dids = append(v.Dids, choice{"", words.In(loc, "audit_all"), v.Did == ""})
	for _, did := range audit.Deeds {
		v.Dids = append(v.Dids, choice{did, words.In(loc, "did_"+did), v.Did == did})
	}
	for _, e := range list {
		did, result, role := e.Did, e.Result, e.Role
		if words.Has("did_" + did) {
			did = words.In(loc, "did_"+did)
		}
		if words.Has("result_" + result) {
			result = words.In(loc, "result_"+result)
		} else if words.Has("state_" + result) { // a load ends in a state
			result = words.In(loc, "state_"+result)
		}
		if title := access.Role(role).Title().In(loc); title != "" {
			role = title
		}
		v.Entries = append(v.Entries, entryRow{e.Seq, e.At.In(address.Office).Format("2006-01-02 15:04:05"), e.Who, role, e.From, did, e.What, result, e.Rows})
	}
	access.Shown(r.Context(), len(list))
	if more {
		v.More = words.In(loc, "audit_more", len(list))
	}
	if len(list) > 0 {
		v.File, v.Book = "/audit/trail.csv?"+r.URL.RawQuery, "/audit/trail.xlsx?"+r.URL.RawQuery
	}
	head, err := audit.End(d.Dir)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	v.Seq, v.Hash = head.Seq, head.Hash
	if r.URL.Query().Has("head") {
		v.Checked = strings.TrimSpace(words.Clip(r.URL.Query().Get("head"), 100))
		if v.Told, err = d.check(v.Checked, loc); err != nil {
			d.Fail(w, r, err)
			return
		}
	}
	address.Remember(w, r)
	d.Show(w, r, http.StatusOK, words.Get("audit"), "audit.html", v)
}

// checking is held while a chain is followed: one at a time, for all of it is read.
var checking sync.Mutex

// check follows the chain to its end and says in words whether it is whole, and whether a head that was noted earlier is in it.
func (d *Door) check(head string, loc codes.Lang) ([]string, error) {
	if !checking.TryLock() {
		return nil, address.Refuse(http.StatusServiceUnavailable, words.Get("audit_busy"))
	}
	defer checking.Unlock()
	r, err := audit.Verify(d.Dir, head)
	if err != nil {
		return nil, err
	}
	var told []string
	for _, b := range r.Breaks {
		told = append(told, fmt.Sprintf("%s:%d  %s", b.Day, b.Line, b.Text.In(loc)))
	}
	switch {
	case len(r.Breaks) > 0:
		return append([]string{words.In(loc, "audit_broken", len(r.Breaks))}, told...), nil
	case !r.Held:
		return []string{words.In(loc, "audit_not_held")}, nil
	case head == "":
		return []string{words.In(loc, "audit_whole", r.Entries, r.First, r.Last, r.Cut)}, nil
	}
	return []string{words.In(loc, "audit_held", r.Entries, r.First, r.Last, r.Cut)}, nil
}

// auditFile answers the entries that the page would list, and older ones, as a file.
func (d *Door) auditFile(w http.ResponseWriter, r *http.Request) {
	q, _, err := wanted(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	q.Most = mostInFile
	list, more, err := audit.Find(d.Dir, q)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	access.Shown(r.Context(), len(list))
	loc := address.Language(r)
	name := words.In(loc, "audit") + "_" + time.Now().In(address.Office).Format("20060102-1504")
	rest := ""
	if more {
		rest = words.In(loc, "audit_more", len(list))
	}
	if path.Ext(r.URL.Path) == ".xlsx" {
		d.auditBook(w, r, name, list, rest)
		return
	}
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	file := csv.NewWriter(&out)
	if err := file.Write(auditHeads(loc)); err != nil {
		d.Fail(w, r, err)
		return
	}
	for _, e := range list {
		row := []string{strconv.FormatUint(e.Seq, 10), e.At.In(address.Office).Format(time.RFC3339), e.Who, e.Role, e.From, e.Did, e.What, strconv.FormatUint(e.Rows, 10), e.Result, e.Before}
		for i := range row {
			row[i] = grid.Harmless(row[i])
		}
		_ = file.Write(row)
	}
	if rest != "" {
		_ = file.Write([]string{rest})
	}
	file.Flush()
	answer(w, "text/csv; charset=utf-8", name, ".csv", out.Bytes())
}

func auditHeads(loc codes.Lang) []string {
	return []string{
		words.In(loc, "audit_seq"), words.In(loc, "audit_at"), words.In(loc, "user_name"), words.In(loc, "role"), words.In(loc, "session_from"),
		words.In(loc, "audit_did"), words.In(loc, "audit_what"), words.In(loc, "audit_rows"), words.In(loc, "audit_result"), words.In(loc, "audit_before"),
	}
}

// auditBook answers the entries as a workbook; rest says in words that there are more.
func (d *Door) auditBook(w http.ResponseWriter, r *http.Request, name string, list []audit.Entry, rest string) {
	loc := address.Language(r)
	sheet := workbook.Plain{
		Name: words.In(loc, "audit"), Heads: auditHeads(loc), Widths: []float64{8, 20, 14, 12, 16, 12, 60, 9, 14, 30},
		Rows: func(yield func([]any) bool) {
			for _, e := range list {
				at := e.At.In(address.Office)
				at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC) // a cell knows no zone
				if !yield([]any{e.Seq, at, e.Who, e.Role, e.From, e.Did, e.What, e.Rows, e.Result, e.Before}) {
					return
				}
			}
			if rest != "" {
				yield([]any{rest})
			}
		},
	}
	var out bytes.Buffer
	if err := workbook.WritePlain(&out, sheet); err != nil {
		d.Fail(w, r, err)
		return
	}
	answer(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name, ".xlsx", out.Bytes())
}

// answer sends a file to be kept.
func answer(w http.ResponseWriter, kind, name, ext string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="audit%s"; filename*=UTF-8''%s%s`, ext, url.PathEscape(name), ext))
	_, _ = w.Write(body)
}
