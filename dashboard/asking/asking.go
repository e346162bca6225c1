// Package asking runs the statements that programs, agents and the clock ask, at the desk where those of the page run and
// within the same limits, and writes each down: in the history of who asked, and in the audit trail.
package asking

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
)

// Rights are those that whoever asks in SQL needs, for the whole zone: a statement sees rows, and counts of few people.
const Rights = access.SQL | access.Rows | access.Small

// May says whether somebody may ask in SQL.
func May(v *access.Viewer) bool { return v.Can(Rights) && v.Whole() && !v.Owes }

// Room is where statements are asked.
type Room struct {
	Desk  *statement.Desk
	Shelf shelf.Shelf
	Trail *audit.Trail // nil: nothing is written down there
	Log   *slog.Logger // nil: slog.Default()
}

// Asked is a statement, with who asks it and by which door: page, file csv, api, agent, clock.
type Asked struct {
	Who    *access.Viewer
	Door   string
	SQL    string
	Params map[string]string
	// Reason is why the person has to see what masks hide; empty: they stay.
	Reason string
	// Within is how long it waits for its turn at most; one that did not come to it is not written down, because it is asked
	// again. 0: as long as it may take.
	Within time.Duration
}

// unasked says that a statement did not come to its turn and is asked again.
func (a Asked) unasked(o Outcome) bool { return a.Within > 0 && o.Code == tooMany }

// tooMany is ClickHouse's number of what finds no place.
const tooMany = 202

func (a Asked) ask() statement.Ask {
	return statement.Ask{Who: a.Who.Name, SQL: a.SQL, Params: a.Params, Within: a.Within}
}

// Outcome is what came of a statement.
type Outcome struct {
	State string // done, stopped, failed
	Code  int    // of the fault
	Rows  uint64
	Bytes int64
	Began time.Time
}

// ended is the outcome of a statement that ended with an error, or without one.
func ended(began time.Time, err error) Outcome {
	var f *statement.Fault
	switch {
	case err == nil:
		return Outcome{State: string(statement.Done), Began: began}
	case errors.Is(err, statement.ErrStopped):
		return Outcome{State: string(statement.Stopped), Code: statement.ErrStopped.Code, Began: began}
	case errors.As(err, &f):
		return Outcome{State: string(statement.Failed), Code: f.Code, Began: began}
	}
	return Outcome{State: string(statement.Failed), Began: began}
}

// Note writes a statement down, in the history and in the audit trail. Numbers of persons in it are kept nowhere.
func (r *Room) Note(a Asked, o Outcome) {
	took := time.Since(o.Began)
	err := r.Shelf.Add(shelf.Asked{
		At: o.Began, Who: a.Who.Name, Door: a.Door, From: a.Who.From, SQL: a.SQL, State: o.State, Code: o.Code, Rows: o.Rows, Bytes: o.Bytes, Millis: took.Milliseconds(),
	})
	if err != nil {
		r.log().Error("a statement is not in the history", "err", err)
	}
	if r.Trail == nil {
		return
	}
	result := "ok"
	if o.State != string(statement.Done) {
		result = "error " + strconv.Itoa(o.Code)
	}
	text, _ := mask.Mask{}.Text(a.SQL)
	r.Trail.Add(audit.Entry{
		Who: a.Who.Name, Role: string(a.Who.Role), From: a.Who.From, Did: "sql", What: a.Door + ": " + text, Rows: o.Rows,
		Result: fmt.Sprintf("%s, %s", result, took.Round(time.Millisecond)),
	})
}

func (r *Room) log() *slog.Logger {
	if r.Log == nil {
		return slog.Default()
	}
	return r.Log
}

// Rows runs a statement and hands over so many of its rows as are wanted; cut says that there are more.
func (r *Room) Rows(ctx context.Context, a Asked, b statement.Bounds, to statement.Take) (n int, cut bool, err error) {
	if !May(a.Who) {
		return 0, false, notAllowed
	}
	began := time.Now()
	ask, err := r.Unmask(a, a.ask())
	if err != nil {
		return 0, false, err
	}
	n, cut, err = r.Desk.Rows(ctx, ask, b, to)
	o := ended(began, err)
	if o.Rows = uint64(n); !a.unasked(o) {
		r.Note(a, o)
	}
	return n, cut, err
}

// File runs a statement and writes its answer as a file, as it comes. What fails after something was written must not be taken
// for whole.
func (r *Room) File(ctx context.Context, a Asked, f statement.Format, out io.Writer, lang codes.Lang) error {
	if !May(a.Who) || !a.Who.Can(access.Export) {
		return notAllowed
	}
	began := time.Now()
	ask, err := r.Unmask(a, a.ask())
	if err != nil {
		return err
	}
	counted := &counting{out: out}
	rows, err := r.Desk.Export(ctx, ask, f, counted, lang)
	o := ended(began, err)
	o.Bytes, o.Rows = counted.n, uint64(rows)
	access.Shown(ctx, rows)
	if !a.unasked(o) {
		r.Note(a, o)
	}
	return err
}

type counting struct {
	out io.Writer
	n   int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += int64(n)
	return n, err
}

// longestReason is in characters; a reason of fewer than leastReason says nothing. A statement with its parameters is
// written down whole, in pieces that the trail does not cut; one that is longer is not unmasked.
const (
	leastReason   = 4
	longestReason = 200
	longestUnmask = 12_000
	piece         = 700
)

// Unmask makes a statement one that reads what masks hide, where a reason is given: the person has the right, and who reads
// what and why is on disk before it is read. What cannot be written down is not read.
func (r *Room) Unmask(a Asked, ask statement.Ask) (statement.Ask, error) {
	a.Reason = strings.TrimSpace(a.Reason)
	if a.Reason == "" {
		return ask, nil
	}
	n := utf8.RuneCountInString(a.Reason)
	switch {
	case !May(a.Who) || !a.Who.Can(access.Unmask) || r.Desk.Unmasked == nil:
		if r.Trail != nil {
			r.Trail.Add(audit.Entry{Who: a.Who.Name, Role: string(a.Who.Role), From: a.Who.From, Did: "unmask", What: a.Door, Result: "refused"})
		}
		return ask, address.Coded(http.StatusForbidden, "forbidden", words.Get("unmask_no_right"))
	case n < leastReason || n > longestReason:
		return ask, address.Coded(http.StatusBadRequest, "bad_reason", words.Get("unmask_reason_length", leastReason, longestReason))
	case r.Trail == nil:
		return ask, address.Coded(http.StatusServiceUnavailable, "unavailable", words.Get("unmask_unwritten"))
	}
	why, _ := mask.Mask{}.Text(a.Reason)
	text := []rune(whole(a))
	if len(text) > longestUnmask {
		return ask, address.Coded(http.StatusBadRequest, "too_long", words.Get("unmask_too_long", longestUnmask))
	}
	all := (len(text) + piece - 1) / piece
	for i := range all {
		what := a.Door + ": " + why + " | "
		if all > 1 {
			what += fmt.Sprintf("(%d/%d) ", i+1, all)
		}
		what += string(text[i*piece : min((i+1)*piece, len(text))])
		if err := r.Trail.Sure(audit.Entry{Who: a.Who.Name, Role: string(a.Who.Role), From: a.Who.From, Did: "unmask", What: what, Result: "ok"}); err != nil {
			r.log().Error("what is unmasked could not be written down, and is not", "error", err)
			return ask, address.Coded(http.StatusServiceUnavailable, "unavailable", words.Get("unmask_unwritten"))
		}
	}
	ask.Unmasked = true
	return ask, nil
}

// whole is a statement with the values of its parameters on one line, on which the ends of its lines can be told: what is
// behind a comment is seen to be. Numbers of persons are masked.
func whole(a Asked) string {
	text, _ := mask.Mask{}.Text(a.SQL)
	for _, name := range slices.Sorted(maps.Keys(a.Params)) {
		value, _ := mask.Mask{}.Text(a.Params[name])
		text += " | " + name + "=" + value
	}
	return strings.NewReplacer("\r\n", " ⏎ ", "\n", " ⏎ ", "\r", " ⏎ ").Replace(text)
}

var notAllowed = address.Coded(http.StatusForbidden, "forbidden", codes.Text{Zh: "账号没有自己写 SQL、看明细和看少数人的数的权限，或只管一部分", En: "the account has not the rights of SQL, of rows and of figures of few people for the whole zone"})

// told is what programs are told of a fault by its number: a status and a code that stays the same.
var told = map[int]struct {
	status int
	code   string
}{
	62: {http.StatusBadRequest, "sql_syntax"}, 60: {http.StatusBadRequest, "sql_unknown_table"}, 81: {http.StatusBadRequest, "sql_unknown_table"},
	47: {http.StatusBadRequest, "sql_unknown_column"}, 46: {http.StatusBadRequest, "sql_unknown_function"}, 36: {http.StatusBadRequest, "sql_argument"},
	6: {http.StatusBadRequest, "sql_value"}, 27: {http.StatusBadRequest, "sql_value"}, 38: {http.StatusBadRequest, "sql_value"}, 41: {http.StatusBadRequest, "sql_value"}, 72: {http.StatusBadRequest, "sql_value"},
	456: {http.StatusBadRequest, "sql_parameter"}, 457: {http.StatusBadRequest, "sql_parameter"},
	497: {http.StatusForbidden, "sql_not_permitted"}, 164: {http.StatusForbidden, "sql_not_permitted"},
	159: {http.StatusUnprocessableEntity, "sql_too_slow"}, 160: {http.StatusUnprocessableEntity, "sql_too_slow"}, 241: {http.StatusUnprocessableEntity, "sql_memory"},
	158: {http.StatusUnprocessableEntity, "sql_too_much"}, 307: {http.StatusUnprocessableEntity, "sql_too_much"}, 396: {http.StatusUnprocessableEntity, "sql_too_much"},
	202: {http.StatusTooManyRequests, "too_many"}, 394: {499, "cancelled"}, 209: {http.StatusServiceUnavailable, "unavailable"}, 210: {http.StatusServiceUnavailable, "unavailable"},
}

// Refusal is a fault of a statement as programs are told it, with its place in the statement; any other error is returned as
// it is.
func Refusal(err error, sql string) error {
	var f *statement.Fault
	if !errors.As(err, &f) {
		return err
	}
	no := &address.Refusal{Status: http.StatusBadRequest, Code: "sql_error", Text: f.Text}
	if x, ok := told[f.Code]; ok {
		no.Status, no.Code = x.status, x.code
	}
	if f.To > 0 {
		no.At = placed(sql, f.From, f.To)
	}
	return no
}

// placed is a stretch of bytes as people count: characters, lines.
func placed(sql string, from, to int) *address.Place {
	from = min(max(from, 0), len(sql))
	to = min(max(to, from), len(sql))
	before := sql[:from]
	line := strings.LastIndexByte(before, '\n') + 1
	return &address.Place{
		Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[line:]),
		From: utf8.RuneCountInString(before), To: utf8.RuneCountInString(sql[:to]),
	}
}
