package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Bounds of statements.
const (
	bodyTakes   = 30 * time.Second // to come
	pieceTakes  = time.Minute      // for a client to take a piece of an answer
	answerTakes = 24 * time.Hour   // the desk ends statements long before
	mostBody    = 3*statement.MostText + 64<<10
	mostParams  = 100
	mostDrained = 64 << 20 // of a body that is too large
	usualAnswer = 10_000
	heldBytes   = 1 << 20 // of an answer before its first byte goes out: what fails until then is told as a problem
)

type sqlParams struct {
	Format  string `query:"format" doc:"json、csv、jsonl、arrow、parquet 或 xlsx；不写则按 Accept。除 json 外都要有下载文件的权限。 / json, csv, jsonl (JSON Lines), arrow, parquet or xlsx; absent: by Accept. All but json need the right of files." enum:"json,csv,jsonl,arrow,parquet,xlsx"`
	Limit   string `query:"limit" doc:"json 时：至多多少行，可到 1,000,000；不写则 10,000。truncated 表示还有。 / Of json: how many rows at most, up to 1,000,000; absent: 10,000. truncated says that there are more."`
	Timeout string `query:"timeout" doc:"json 时：语句连排队在内可用多少秒，1 至 60；不写则 60。 / Of json: seconds that the statement may take, waiting included, 1 to 60; absent: 60."`
	Lang    string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

// Statement is a statement with the values of its parameters.
type Statement struct {
	SQL    string         `json:"sql" doc:"一条只读语句，查 mart 的视图与 metric(…)。 / One statement that reads, over the views of mart and metric(…)."`
	Params map[string]any `json:"params,omitempty" doc:"{name:Type} 的值：文字、数字、true 或 false、null，或它们的列表。由数据库绑定，不会成为语句的一部分。 / The values of {name:Type}: texts, numbers, true or false, null, lists of them. They are bound by the database and never become part of the statement."`
	Reason string         `json:"unmask_reason,omitempty" doc:"为什么要看脱敏前的姓名，4 至 200 字；要有去除脱敏的权限，与语句一起记入审计。不写则姓名脱敏。 / Why names have to be seen as they were sent, in 4 to 200 characters; it needs the right of unmasking and stands in the audit trail with the statement. Absent: names are masked."`
}

// Rows is an answer as JSON.
type Rows struct {
	Data      string         `json:"data_version" doc:"数据每发布或撤回一次就变。 / It changes with every publication and withdrawal of data."`
	Columns   []AnswerColumn `json:"columns" doc:"每列的名称与 ClickHouse 类型。 / Name and ClickHouse type of each."`
	Rows      [][]any        `json:"rows" doc:"一行一个数组，次序同 columns。数字就是数字，NaN 与无穷为 null。 / An array a row, in the order of columns. Numbers are numbers, NaN and infinity null."`
	Count     int            `json:"count" doc:"这里有多少行。 / How many rows there are here."`
	Truncated bool           `json:"truncated" doc:"语句还有更多的行。 / The statement has more rows."`
	Note      string         `json:"note,omitempty" doc:"该怎么办。 / What to do about it."`
	Waited    string         `json:"waited,omitempty" doc:"语句为什么排过队；没有排队则不写。 / Why the statement had to wait for its turn; absent: it had not."`
}

// AnswerColumn is a column of an answer.
type AnswerColumn struct {
	Name string `json:"name"`
	Type string `json:"type" doc:"ClickHouse 的类型：UInt64、LowCardinality(String)。 / Of ClickHouse: UInt64, LowCardinality(String)."`
}

func (a *API) statements() {
	registry := a.huma.OpenAPI().Components.Schemas
	body := map[string]*huma.MediaType{
		"application/json": {Schema: registry.Schema(reflect.TypeFor[Statement](), true, "Statement")},
		"text/plain":       {Schema: &huma.Schema{Type: huma.TypeString, Description: "The statement alone."}},
	}
	var types []string
	for _, name := range sqlForms[1:] {
		types = append(types, kinds[name])
	}
	on(a, op[sqlParams, Rows]{
		method: "POST", path: "/sql", id: "askSQL", need: access.Whole(asking.Rights), title: "一条只读的 SQL / One statement that reads",
		kinds: types, body: body, takes: answerTakes, answer: a.askSQL,
		refuses: []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusNotImplemented},
	})
}

// sqlForms are the forms of an answer to a statement, the usual one first.
var sqlForms = []string{"json", "csv", "jsonl", "arrow", "parquet", "xlsx"}

func (a *API) askSQL(c *call, p *sqlParams) (http.HandlerFunc, error) {
	if a.SQL == nil {
		return nil, address.Coded(http.StatusNotImplemented, "sql_elsewhere", words.Get("sql_elsewhere"))
	}
	form, bounds, q, err := c.statement(p)
	if err != nil {
		a.Record(c.r, "sql", "api", problem.Of(err).Code) // what is asked is written down by who runs it
		return nil, err
	}
	if form != "json" {
		return a.file(c, q, form), nil
	}
	version, err := a.Desk.Version(c.ctx)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		out := &sending{w: w, later: c.later, r: r, kind: "application/json; charset=utf-8"}
		rows := rowsWriter{to: bufio.NewWriterSize(out, heldBytes), version: version}
		end := tail{}
		n, cut, err := a.SQL.Rows(c.ctx, q, bounds, statement.Take{Head: rows.head, Row: rows.row, Waited: func(why codes.Text) { end.Waited = why.In(c.lang()) }})
		if err == nil {
			end.Count, end.Truncated = n, cut
			if cut {
				end.Note = words.In(c.lang(), "sql_cut", n)
			}
			err = rows.end(end)
		}
		out.done(err, q.SQL, a.Fail)
	}, nil
}

// statement reads what a request asks, in which form and within which bounds.
func (c *call) statement(p *sqlParams) (form string, b statement.Bounds, q asking.Asked, err error) {
	if form, err = c.form(sqlForms...); err != nil {
		return form, b, q, err
	}
	if form != "json" && !c.who.Can(access.Export) {
		return form, b, q, address.Refuse(http.StatusForbidden, words.Get("no_right"))
	}
	if b, err = p.bounds(form); err != nil {
		return form, b, q, err
	}
	_ = c.later.SetReadDeadline(time.Now().Add(bodyTakes))
	q, err = readAsked(c.r)
	_ = c.later.SetReadDeadline(time.Time{}) // from here on a read only tells that the client is gone
	return form, b, q, err
}

// bounds are what a request wants of an answer as JSON.
func (p *sqlParams) bounds(form string) (b statement.Bounds, err error) {
	number := func(name, text string, most int) (n int) {
		if text == "" || err != nil {
			return 0
		}
		switch n, err = strconv.Atoi(text); {
		case form != "json":
			err = address.Bad(words.Get("sql_json_only", name))
		case err != nil || n < 1 || n > most:
			err = address.Bad(words.Get("bad_value", name, words.Clip(text, 40)), "1", "…", strconv.Itoa(most))
		}
		return n
	}
	b.Rows = number("limit", p.Limit, statement.MostRows)
	b.Time = time.Duration(number("timeout", p.Timeout, 60)) * time.Second
	if b.Rows == 0 {
		b.Rows = usualAnswer
	}
	return b, err
}

// readAsked reads the statement of a request.
func readAsked(r *http.Request) (q asking.Asked, err error) {
	q = asking.Asked{Who: access.From(r.Context()), Door: "api"}
	large := address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("sql_long"))
	if r.ContentLength > mostBody && r.Header.Get("Expect") != "" {
		return q, large // it is not sent then
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	unread := address.Coded(http.StatusBadRequest, "broken_body", words.Get("sql_body"))
	if err != nil {
		return q, unread
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	var sent Statement
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/json":
		if len(text) <= mostBody && !decoded(text, &sent) {
			return q, unread
		}
	case "text/plain", "application/sql", "":
		sent.SQL = string(text)
	default:
		return q, address.Coded(http.StatusUnsupportedMediaType, "bad_type", words.Get("sql_body"))
	}
	if len(text) > mostBody || len(sent.SQL) > statement.MostText {
		_, _ = io.CopyN(io.Discard, r.Body, mostDrained) // who still sends does not hear why
		return q, large
	}
	if strings.TrimSpace(sent.SQL) == "" || len(sent.Params) > mostParams {
		return q, unread
	}
	q.SQL, q.Reason = sent.SQL, sent.Reason
	q.Params, err = asking.Params(sent.Params)
	return q, err
}

// rowsWriter writes an answer as JSON, a row as it comes.
type rowsWriter struct {
	to      *bufio.Writer
	version string
	begun   bool
}

func (o *rowsWriter) head(columns []statement.Column) error {
	if columns == nil {
		columns = []statement.Column{}
	}
	text, err := json.Marshal(struct {
		Data    string             `json:"data_version"`
		Columns []statement.Column `json:"columns"`
	}{o.version, columns})
	o.to.Write(bytes.TrimSuffix(text, []byte("}")))
	o.to.WriteString(`,"rows":[`)
	return err
}

func (o *rowsWriter) row(r json.RawMessage) error {
	if o.begun {
		o.to.WriteByte(',')
	}
	o.begun = true
	o.to.WriteByte('\n')
	_, err := o.to.Write(r)
	return err
}

// tail is what stands behind the rows.
type tail struct {
	Count     int    `json:"count"`
	Truncated bool   `json:"truncated"`
	Note      string `json:"note,omitempty"`
	Waited    string `json:"waited,omitempty"`
}

func (o *rowsWriter) end(t tail) error {
	text, err := json.Marshal(t)
	o.to.WriteString("],")
	o.to.Write(text[1:])
	o.to.WriteByte('\n')
	return errors.Join(err, o.to.Flush())
}

// file answers with a file, as it comes.
func (a *API) file(c *call, q asking.Asked, form string) http.HandlerFunc {
	f, _ := statement.FormatOf(form)
	q.Door = "api " + form
	return func(w http.ResponseWriter, r *http.Request) {
		out := &sending{w: w, later: c.later, r: r, kind: f.Type}
		held := bufio.NewWriterSize(out, heldBytes)
		to := io.Writer(held)
		if form == "csv" {
			to = &unmarked{Writer: held}
		}
		err := a.SQL.File(c.ctx, q, f, to, c.lang())
		if err == nil {
			err = held.Flush()
		}
		out.done(err, q.SQL, a.Fail)
	}
}

// sending is an answer under way: whether anything of it went out.
type sending struct {
	w     http.ResponseWriter
	later *http.ResponseController
	r     *http.Request
	kind  string
	begun bool
}

func (t *sending) Write(p []byte) (int, error) {
	if !t.begun {
		t.begun = true
		t.w.Header().Set("Content-Type", t.kind)
		t.w.Header().Set("X-Accel-Buffering", "no")
	}
	_ = t.later.SetWriteDeadline(time.Now().Add(pieceTakes))
	return t.w.Write(p)
}

// done ends an answer. One that failed after a part of it went out is broken off: no client may take the part for the whole.
func (t *sending) done(err error, sql string, fail func(http.ResponseWriter, *http.Request, error)) {
	switch {
	case err != nil && t.begun:
		panic(http.ErrAbortHandler)
	case err != nil:
		fail(t.w, t.r, asking.Refusal(err, sql))
	case !t.begun: // a file of nothing
		t.w.Header().Set("Content-Type", t.kind)
		reply.Body(t.w, t.r, http.StatusOK, nil)
	}
}

// unmarked leaves out the byte order mark that spreadsheets want and programs do not.
type unmarked struct {
	io.Writer
	begun bool
}

func (u *unmarked) Write(p []byte) (int, error) {
	n := len(p)
	if !u.begun {
		u.begun = true
		if p = bytes.TrimPrefix(p, []byte(statement.ByteOrderMark)); len(p) == 0 {
			return n, nil
		}
	}
	_, err := u.Writer.Write(p)
	return n, err
}
