package embedded

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"

	"yanzhen/pipeline/warehouse/handed"
	"yanzhen/pipeline/warehouse/turns"
)

// maxStatement bounds a statement that comes as the body; data beside a statement have no bound.
const maxStatement = 16 << 20

// endpoint answers ClickHouse-HTTP with the engine.
type endpoint struct {
	e    *engine
	rows handed.Book
}

// reserved are URL parameters that are no settings of the engine.
var reserved = map[string]bool{
	"query": true, "database": true, "default_format": true, "user": true, "password": true,
	"query_id": true, "quota_key": true, "compress": true, "decompress": true, "role": true,
	"client_protocol_version": true, "stacktrace": true, "buffer_size": true, "wait_end_of_query": true,
	"session_timeout": true, "session_check": true, "close_session": true, "http_response_buffer_size": true,
	"http_wait_end_of_query": true, "enable_http_compression": true, "http_write_exception_in_output_format": true,
	"network_compression_method": true, "network_zstd_compression_level": true, "log_comment": true, turns.Within: true,
	"send_progress_in_http_headers": true, "cancel_http_readonly_queries_on_client_close": true,
}

func (h *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.rows.Answers(w, r) {
		return
	}
	q := r.URL.Query()
	if r.URL.Path == "/ping" || (r.Method == http.MethodGet && !q.Has("query")) {
		fmt.Fprintln(w, "Ok.")
		return
	}
	id := q.Get("query_id")
	if id == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		id = hex.EncodeToString(b[:])
	}
	w.Header().Set("X-ClickHouse-Query-Id", id)
	w.Header().Set("X-ClickHouse-Server-Display-Name", "yanzhen")
	w.Header().Set("X-ClickHouse-Timezone", "UTC")
	out, err := newAnswer(w, r)
	if err == nil {
		err = h.answer(r, id, out)
	}
	out.finish(err)
}

// ask is a request as it came: who asks under which settings, the statement and what belongs to it.
type ask struct {
	request
	params []param
	sql    string
	class  int       // of sql, as the engine classifies it
	format string    // of the data of an INSERT, or of the answer
	body   io.Reader // data, or more of the statement; nil where the body was the statement
	method string    // of HTTP
}

// answer runs the request. An error after the first byte went out is told inside the stream.
func (h *endpoint) answer(r *http.Request, id string, out *answer) (err error) {
	a, err := h.read(r, id)
	if err != nil {
		return err
	}
	if isHello(a.sql) {
		return h.hello(r.URL.Query().Get("client_protocol_version"), out)
	}
	if target, ok := killTarget(a.sql, a.params); ok && !asks(a.role) {
		h.e.kill(target)
		return nil
	}
	ctx, leave, err := h.e.enter(r.Context(), id)
	if err != nil {
		return err
	}
	defer leave()
	a.waits = out.processing
	c, done, err := h.e.session(ctx, a.request)
	if err != nil {
		return err
	}
	asked := false
	defer func() { done(asked && err == nil && ctx.Err() == nil) }()
	if ok, err := a.data(); err != nil {
		return err
	} else if ok {
		return h.insert(ctx, c, a, out)
	}
	if err := h.check(c, a); err != nil {
		return err
	}
	if a.format == "" {
		a.format = r.URL.Query().Get("default_format")
		if f := r.Header.Get("X-ClickHouse-Format"); f != "" {
			a.format = f
		}
	}
	err = h.query(ctx, c, a, out)
	asked = a.class == classReadOnly && streams(a.sql)
	return err
}

// read takes the request up to its statement, and refuses who may not come or asks for what he may not choose.
func (h *endpoint) read(r *http.Request, id string) (*ask, error) {
	q := r.URL.Query()
	role, err := h.role(r)
	if err != nil {
		return nil, err
	}
	if q.Has("session_id") {
		return nil, &exception{48, "Code: 48. DB::Exception: sessions are not kept between requests. (NOT_IMPLEMENTED)"}
	}
	a := &ask{
		request: request{id: id, role: role, who: q.Get(turns.Who), database: q.Get("database"), settings: map[string]string{}},
		sql:     q.Get("query"), method: r.Method,
	}
	if ms, err := strconv.Atoi(q.Get(turns.Within)); err == nil {
		a.within = time.Duration(ms) * time.Millisecond
	}
	if d := r.Header.Get("X-ClickHouse-Database"); d != "" {
		a.database = d
	}
	for name, values := range q {
		value := values[len(values)-1]
		switch {
		case strings.HasPrefix(name, "param_"):
			a.params = append(a.params, param{strings.TrimPrefix(name, "param_"), value})
		case !reserved[name]:
			a.settings[name] = value
		}
	}
	if asks(role) && a.database != "" && a.database != "default" && a.database != "mart" && (role == Analyst || a.database != "plain") {
		return nil, &exception{497, "Code: 497. DB::Exception: " + role + ": the database is mart. (ACCESS_DENIED)"}
	}
	if err := h.limit(a.request); err != nil {
		return nil, err
	}
	if a.body, err = requestBody(r); err != nil || a.sql != "" {
		return a, err
	}
	text, err := io.ReadAll(io.LimitReader(a.body, maxStatement+1))
	if err != nil {
		return nil, &exception{1000, "Code: 1000. DB::Exception: the statement did not arrive whole. (POCO_EXCEPTION)"}
	}
	if len(text) > maxStatement {
		return nil, &exception{62, fmt.Sprintf("Code: 62. DB::Exception: a statement in the body may have %d bytes: put the statement into ?query= and the data into the body. (SYNTAX_ERROR)", maxStatement)}
	}
	a.sql, a.body = string(text), nil
	return a, nil
}

// data says whether the body is the data of an INSERT, and makes sql and format ready for them. Any other body goes on
// with the statement and is read to its end.
func (a *ask) data() (bool, error) {
	if a.body == nil {
		return false, nil
	}
	if head, format, ok := splitInsert(a.sql); ok && !asks(a.role) && a.method == http.MethodPost {
		first, err := peek(a.body)
		if err != nil {
			return false, errCut
		}
		if format == "" && len(first) == 0 {
			return false, nil
		}
		a.sql, a.format, a.body = head, cmp.Or(format, "Values"), io.MultiReader(bytes.NewReader(first), a.body)
		return true, nil
	}
	text, err := io.ReadAll(io.LimitReader(a.body, maxStatement+1))
	if err != nil || len(text) > maxStatement {
		return false, errCut
	}
	if len(bytes.TrimSpace(text)) > 0 {
		a.sql += "\n" + string(text)
	}
	return false, nil
}

// check classifies the statement and takes its FORMAT off. It refuses more than one, one that writes where only
// reading is allowed, and what guard refuses.
func (h *endpoint) check(c *connection, a *ask) error {
	several := &exception{62, "Code: 62. DB::Exception: one statement at a time. (SYNTAX_ERROR)"}
	var count int
	if count, a.class = c.classify(a.sql); count > 1 {
		return several
	}
	if a.method == http.MethodGet && a.class != classReadOnly {
		return &exception{164, "Code: 164. DB::Exception: a GET request may only read. (READONLY)"}
	}
	if a.class == classReadOnly {
		whole := a.sql
		a.sql, a.format = splitFormat(a.sql)
		if a.sql != whole {
			if count, a.class = c.classify(a.sql); count > 1 {
				return several
			}
		}
	}
	if !asks(a.role) {
		return nil
	}
	if a.class != classReadOnly {
		if err := syntax(c, a.sql); err != nil {
			return err
		}
		return &exception{497, "Code: 497. DB::Exception: 只可执行单条查询语句 / only a single SELECT-class statement is let through. (ACCESS_DENIED)"}
	}
	if err := misfit(a.sql, a.params); err != nil {
		return err
	}
	return h.e.guard(c, a.sql)
}

// syntax is the engine's own complaint about a statement that it cannot parse; nil where it can.
func syntax(c *connection, sql string) error {
	_, err := c.run("SELECT formatQuerySingleLine({q:String})", "Null", []param{{"q", escapeParam(sql)}}, nil)
	var said *exception
	if !errors.As(err, &said) || said.code != 62 {
		return nil
	}
	text, _, _ := strings.Cut(said.text, ": In scope SELECT formatQuerySingleLine(")
	return &exception{62, strings.TrimSuffix(text, " (SYNTAX_ERROR)") + ". (SYNTAX_ERROR)"}
}

var errCut = &exception{1000, "Code: 1000. DB::Exception: the request ended before its data did. (POCO_EXCEPTION)"}

// role says who asks: the name is the role, and the file system has already asked who it is.
func (h *endpoint) role(r *http.Request) (string, error) {
	name := r.URL.Query().Get("user")
	if n, _, ok := r.BasicAuth(); ok {
		name = n
	}
	if n := r.Header.Get("X-ClickHouse-User"); n != "" {
		name = n
	}
	switch name {
	case Loader, Reader, Analyst, Unmasked:
		return name, nil
	case "", "default":
		return Reader, nil
	}
	return "", &exception{516, "Code: 516. DB::Exception: the user is loader, reader or analyst. (AUTHENTICATION_FAILED)"}
}

// limit refuses settings that would lift a limit or reach a file. Who asks comes through the program, which sets what it
// has to.
func (h *endpoint) limit(r request) error {
	for name := range r.settings {
		var refused bool
		switch {
		case r.role == Loader:
		case name == "readonly", strings.HasPrefix(name, "additional_"): // a filter is an expression out of a string
			refused = true
		case asks(r.role):
			refused = strings.Contains(name, "schema") || strings.Contains(name, "template") || strings.Contains(name, "path") || // they name files
				name == "allow_ddl" || strings.HasPrefix(name, "allow_introspection") || strings.HasPrefix(name, "allow_experimental")
		}
		if refused {
			return &exception{164, fmt.Sprintf("Code: 164. DB::Exception: %s may not choose the setting %s. (READONLY)", r.role, name)}
		}
	}
	return nil
}

// peek reads the first bytes, so that an empty body is known before the statement runs.
func peek(body io.Reader) ([]byte, error) {
	var b [1]byte
	for {
		n, err := body.Read(b[:])
		if n > 0 {
			return b[:n], nil
		}
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// insert streams the body into the engine. Memory holds one piece of it.
func (h *endpoint) insert(ctx context.Context, c *connection, a *ask, out *answer) error {
	end := h.e.watch(ctx, a.id)
	defer end()
	in, err := c.insert(a.sql, a.format, a.params)
	if err != nil {
		return err
	}
	defer in.close()
	// a killed request does not wait for a client that sends nothing
	defer context.AfterFunc(ctx, func() { _ = out.rc.SetReadDeadline(time.Now()) })()
	buf := make([]byte, 1<<20)
	var tail []byte // the last bytes sent
	for {
		n, err := fill(a.body, buf)
		if n > 0 {
			tail = append(tail, buf[max(0, n-len(arrowEnd)):n]...)
			tail = tail[max(0, len(tail)-len(arrowEnd)):]
			if err := in.append(buf[:n]); err != nil {
				if ctx.Err() != nil {
					return stopped(ctx)
				}
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil && context.Cause(ctx) != errKilled {
			in.cancel()
			return errCut
		}
		if ctx.Err() != nil {
			in.cancel()
			return stopped(ctx)
		}
	}
	if a.format == "ArrowStream" && len(tail) > 0 && !bytes.Equal(tail[:], arrowEnd) {
		in.cancel()
		return &exception{33, "Code: 33. DB::Exception: the Arrow stream has no end mark: it was cut. (CANNOT_READ_ALL_DATA)"}
	}
	s, err := in.done()
	if err != nil && ctx.Err() != nil {
		return stopped(ctx)
	}
	if err != nil {
		return err
	}
	out.summary(s)
	return nil
}

// arrowEnd is the end-of-stream mark of Arrow's stream format.
var arrowEnd = []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}

// fill reads until buf is full. Unlike io.ReadFull it keeps the reader's own error: io.EOF is the
// end of the body and io.ErrUnexpectedEOF a body that broke off.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

// streams tells whether the library can stream a statement's rows: queries only, not SHOW, DESCRIBE
// or EXPLAIN.
func streams(sql string) bool {
	for _, t := range scan(sql) {
		if t.text != "(" {
			return t.is("SELECT") || t.is("WITH")
		}
	}
	return false
}

// query runs a statement and sends its rows as they come.
func (h *endpoint) query(ctx context.Context, c *connection, a *ask, out *answer) error {
	end := h.e.watch(ctx, a.id)
	defer end()
	if a.format == "" {
		a.format = "TabSeparated"
	}
	if !settingRe.MatchString(a.format) {
		return &exception{73, fmt.Sprintf("Code: 73. DB::Exception: Unknown format %q. (UNKNOWN_FORMAT)", a.format)}
	}
	out.format(a.format)
	join := newJoiner(a.format)
	if a.class == classReadOnly && join == nil && streams(a.sql) {
		return h.document(ctx, c, a, out)
	}
	if a.class != classReadOnly || join == nil || !streams(a.sql) {
		var werr error
		s, err := c.run(a.sql, a.format, a.params, func(p []byte) { _, werr = out.Write(p) })
		if ctx.Err() != nil && err != nil {
			return stopped(ctx)
		}
		if err == nil {
			err = werr
		}
		out.summary(s)
		return err
	}
	rows, err := c.stream(a.sql, a.format, a.params)
	if err != nil {
		return err
	}
	defer rows.close()
	sent := h.rows.Begin(a.id)
	for {
		before := rows.stats.resultRows
		more, err := rows.next(func(p []byte) error { return parted(out, join.piece(p), before, rows.stats.resultRows, sent) })
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if _, err := out.Write(join.end()); err != nil {
		return err
	}
	out.summary(rows.stats)
	h.rows.Whole(a.id)
	return nil
}

// parted writes a piece in parts, so that of one that is broken off it is known about how many of its rows went out, by its bytes:
// a piece may have some megabytes.
func parted(out io.Writer, p []byte, before, after uint64, sent *atomic.Uint64) error {
	const part = 256 << 10
	for at := 0; at < len(p); {
		n := min(part, len(p)-at)
		if _, err := out.Write(p[at : at+n]); err != nil {
			return err
		}
		at += n
		sent.Store(before + ((after-before)*uint64(at)+uint64(len(p))-1)/uint64(len(p)))
	}
	return nil
}

// document sends a result whose pieces cannot be joined (JSON, Parquet): the engine writes it into a
// pipe as if into a file, so that it needs no more memory than a piece.
func (h *endpoint) document(ctx context.Context, c *connection, a *ask, out *answer) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	widen(w)
	copied := make(chan error, 1)
	go func() {
		_, err := io.CopyBuffer(out, r, make([]byte, 256<<10))
		r.Close() // where the client is gone the engine's next write fails
		copied <- err
	}()
	s, err := c.run(fmt.Sprintf("%s\nINTO OUTFILE '/dev/fd/%d' APPEND FORMAT %s", a.sql, w.Fd(), a.format), a.format, a.params, nil)
	w.Close()
	werr := <-copied
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	if err == nil {
		err = werr
	}
	out.summary(s)
	return err
}

func isHello(sql string) bool {
	return strings.TrimSpace(sql) == "SELECT displayName(), version(), revision(), timezone()"
}

// hello answers the driver's first statement. It names revision 0, because the library writes
// Native as of revision 0: from then on the driver decodes that.
func (h *endpoint) hello(revision string, out *answer) error {
	rev, err := strconv.ParseUint(revision, 10, 64)
	if err != nil {
		rev = 0
	}
	b := proto.NewBlock()
	for _, c := range []struct{ name, kind string }{
		{"displayName()", "String"}, {"version()", "String"}, {"revision()", "UInt32"}, {"timezone()", "String"},
	} {
		if err := b.AddColumn(c.name, column.Type(c.kind)); err != nil {
			return err
		}
	}
	if err := b.Append("yanzhen", h.e.version, uint32(0), "UTC"); err != nil {
		return err
	}
	var buf chproto.Buffer
	if err := b.Encode(&buf, rev); err != nil {
		return err
	}
	out.format("Native")
	_, err = out.Write(buf.Buf)
	return err
}

// summaryJSON is the X-ClickHouse-Summary header.
func summaryJSON(s stats) string {
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	b, _ := json.Marshal(map[string]string{
		"read_rows": n(s.readRows), "read_bytes": n(s.readBytes),
		"written_rows": n(s.writtenRows), "written_bytes": n(s.writtenBytes),
		"result_rows": n(s.resultRows), "elapsed_ns": n(uint64(s.elapsed * 1e9)),
	})
	return string(b)
}
