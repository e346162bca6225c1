// Package door lets the programs of analysts in from the network. It speaks ClickHouse-HTTP, asks who comes, takes from
// a request what an analyst may say, and hands that to the embedded engine's private socket as the role analyst; what
// an analyst may not do is refused there (embedded/guard.go), whoever asks.
//
// Clients work with the defaults they have: sessions are accepted and nothing is kept of them, settings that are
// harmless are dropped and limits clamped instead of refused (the header X-Yanzhen-Ignored names them), the database is
// mart, NULL is empty in CSV, and KILL QUERY stops one's own statement.
package door

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/greeting"
	"yanzhen/pipeline/warehouse/handed"
	"yanzhen/pipeline/warehouse/plain"
	"yanzhen/pipeline/warehouse/turns"
)

// Caller is who says to be somebody.
type Caller struct {
	Name, Password string
	Token          string // of Authorization: Bearer; Name and Password are then empty
	Address        string // the network address it comes from
}

// Guest is who was let in.
type Guest struct {
	Name   string // in the log, and whose statements are whose
	Export bool   // may take more out at once than an ordinary answer has
}

// ErrRefused is what Admit says to whoever may not come, whatever the reason: it is told as one sentence.
var ErrRefused = errors.New("refused")

// Due is what Admit says to whoever has proved who they are and has to do something first: its sentence is told.
type Due struct{ Text codes.Text }

func (d *Due) Error() string { return d.Text.En }

// Statement is what somebody asked, for the record.
type Statement struct {
	Guest, Address string
	SQL            string
	At             time.Time
	Took           time.Duration
	Status         int // of HTTP
	Code           int // the engine's number of the error; 0 for none
	Bytes          int64
	Rows           uint64 // of the answer, where it is known
	Export         bool
}

// Config says whom the door lets in and where it leads.
type Config struct {
	// Socket is the embedded engine's private socket.
	Socket string
	// Admit says who comes: a Guest, ErrRefused, a *Due, or what went wrong with finding out. It is asked for every request.
	Admit func(context.Context, Caller) (Guest, error)
	// Record takes down what was asked; nil: nobody does.
	Record func(Statement)
	// Told hears of a client that calls in gRPC; nil: nobody does.
	Told    func(from net.Addr, protocol string)
	Names   func(context.Context) plain.Names // for "did you mean"; nil: nothing is suggested
	Write   Writer                            // nil: statements are as they are
	Memory  int64                             // bytes that a statement may use; 0: 1 GiB
	Each    int                               // statements of one guest that run or wait at once; 0: Each
	Exports *Exports                          // nil: there are none
	// Patience is how long a client may take to send its statement, and to take each piece of its answer; 0: a minute.
	Patience time.Duration
	Log      *slog.Logger
}

// Waited is a header of an answer that had to wait for its turn, and says why: clients of ClickHouse-HTTP do not expect to hear
// it while they wait.
const Waited = "X-Yanzhen-Waited"

// Each is how many statements of one guest run or wait at once, where nothing else is said.
const Each = 4

// Writer writes out what of a statement is no SQL of the engine's; params are the values of its {name:Type}. back leads from
// a place in what it became to one in the statement. An error that has an In says in a language what is wrong.
type Writer func(ctx context.Context, sql string, params map[string]string) (written string, back func(int) int, err error)

const (
	MaxStatement = 1 << 20  // bytes of a statement
	maxHeld      = 32 << 20 // bytes of an answer to GET that is held, so that it has a length and ranges
	maxKept      = 64 << 20 // bytes of such answers kept for the next range
	keepFor      = time.Minute
)

// LongStatement is said to a statement beyond MaxStatement, at every door of programs.
var LongStatement = codes.Text{
	Zh: "语句超过 1 MB：长的值列表改成条件或关联，或分成几条语句",
	En: "the statement is longer than 1 MB: write a condition or a join in place of a long list of values, or ask several statements",
}

// Door is the door as an http.Handler.
type Door struct {
	cfg     Config
	log     *slog.Logger
	client  *http.Transport
	running running
	kept    kept
}

// New makes a door. Admit must be given.
func New(cfg Config) (*Door, error) {
	if cfg.Admit == nil || cfg.Socket == "" {
		return nil, errors.New("door: needs to know who may come, and the engine's socket")
	}
	if cfg.Memory <= 0 {
		cfg.Memory = 1 << 30
	}
	if cfg.Each <= 0 {
		cfg.Each = Each
	}
	if cfg.Patience <= 0 {
		cfg.Patience = time.Minute
	}
	d := &Door{cfg: cfg, log: cfg.Log, client: &http.Transport{
		DisableCompression: true, MaxIdleConnsPerHost: 16,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", cfg.Socket)
		},
	}}
	if d.log == nil {
		d.log = slog.Default()
	}
	return d, nil
}

// Server serves the door on a listener of Listen, until ctx is over.
func (d *Door) Server(ctx context.Context) *http.Server {
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute, MaxHeaderBytes: MaxStatement + 64<<10,
		BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	greeting.Port{Says: greets, Told: d.cfg.Told}.Before(server)
	return server
}

// fault is an answer that says no.
type fault struct {
	status, code int
	name         string // ClickHouse's name of the code
	text         codes.Text
}

func (f *fault) Error() string { return f.text.En }

func no(status, code int, name, zh, en string) *fault {
	return &fault{status, code, name, codes.Text{Zh: zh, En: en}}
}

// ask is a request as it was understood.
type ask struct {
	guest   Guest
	caller  Caller
	lang    codes.Lang
	id      string // of the statement, as the client names it
	sent    string // as the engine does
	sql     string
	written string        // the statement as it goes to the engine
	back    func(int) int // from a place in it to one in sql; nil: they are the same
	query   url.Values    // what goes on to the engine
	format  string        // of the answer, where a header names it
	ignored []string      // settings that were dropped or clamped
	held    bool          // the answer has a length, and ranges
	export  bool          // more than an ordinary answer is taken out
}

func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-ClickHouse-Server-Display-Name", "yanzhen")
	w.Header().Set("X-ClickHouse-Timezone", "UTC")
	q := r.URL.Query()
	switch {
	case r.URL.Path == "/ping", r.URL.Path == "/replicas_status", r.Method == http.MethodGet && !q.Has("query") && r.URL.Path == "/":
		_, _ = io.WriteString(w, "Ok.\n")
		return
	case r.URL.Path != "/" && r.URL.Path != "/mart" && r.URL.Path != "/query":
		d.refuse(&counter{ResponseWriter: w, patience: d.cfg.Patience}, &ask{lang: language(r, q)}, no(http.StatusNotFound, 48, "NOT_IMPLEMENTED", "这里没有这个地址：语句发到 /，用 POST 或 ?query=", "there is no such address here: send statements to / by POST or in ?query="))
		return
	}
	a := &ask{lang: language(r, q), id: q.Get("query_id")}
	if a.id == "" || len(a.id) > 256 {
		var b [16]byte
		_, _ = rand.Read(b[:])
		a.id = hex.EncodeToString(b[:])
	}
	began := time.Now()
	out := &counter{ResponseWriter: w, patience: d.cfg.Patience}
	err := d.answer(out, r, a)
	var f *fault
	if errors.As(err, &f) {
		d.refuse(out, a, f)
	}
	if d.cfg.Record != nil && a.sql != "" && a.guest.Name != "" {
		d.cfg.Record(Statement{a.guest.Name, a.caller.Address, a.sql, began, time.Since(began), out.status, out.code, out.bytes, out.rows, a.export})
	}
	if err != nil && f == nil {
		panic(http.ErrAbortHandler) // the answer was cut: no client may take the part for the whole
	}
}

// language is that of the sentences: what the address or the client asks for, else Chinese.
func language(r *http.Request, q url.Values) codes.Lang {
	if q.Get("lang") == "en" || q.Get("lang") == "" && strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en") {
		return codes.En
	}
	return codes.Zh
}

// answer runs the request. A *fault has not been written yet; another error has cut the answer.
func (d *Door) answer(w *counter, r *http.Request, a *ask) error {
	if err := d.admit(r, a); err != nil {
		return err
	}
	rc := http.NewResponseController(w.ResponseWriter)
	_ = rc.SetReadDeadline(time.Now().Add(d.cfg.Patience))
	if err := a.read(r, d.cfg.Memory, d.cfg.Exports); err != nil {
		return err
	}
	_ = rc.SetReadDeadline(time.Time{}) // from here on a read only tells that the client is gone
	w.Header().Set("X-ClickHouse-Query-Id", a.id)
	if len(a.ignored) > 0 {
		w.Header().Set("X-Yanzhen-Ignored", strings.Join(a.ignored, ", "))
	}
	if target, ok := killed(a); ok {
		d.running.kill(a.guest.Name, target)
		w.Header().Set("Content-Type", "text/tab-separated-values; charset=UTF-8")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if a.held && r.Header.Get("Range") != "" { // a further part of an answer that was just given
		if body, header, ok := d.kept.get(a.key()); ok {
			serve(w, r, header, body)
			return nil
		}
	}
	if err := d.write(r.Context(), a); err != nil {
		return err
	}
	lasting, end := Lasting(r.Context(), d.cfg.Admit, a.caller, a.guest)
	defer end()
	ctx, leave, f := d.running.enter(lasting, a.guest.Name, a.id, d.cfg.Each)
	if f != nil {
		return f
	}
	defer leave()
	if a.export {
		leave, ok := d.cfg.Exports.Enter(a.guest.Name)
		if !ok {
			return no(http.StatusTooManyRequests, 202, "TOO_MANY_SIMULTANEOUS_QUERIES", "正在导出的已够多（每人同时一个），请等其中一个完成", "as many exports run as may (one of each account): wait for one to end")
		}
		defer leave()
	}
	var waits atomic.Pointer[turns.Waits]
	res, err := d.send(turns.Told(ctx, func(why turns.Waits) { waits.Store(&why) }), r, a)
	if why := waits.Load(); why != nil {
		w.Header().Set(Waited, why.Past().En)
	}
	if err != nil {
		if ctx.Err() != nil {
			return no(http.StatusInternalServerError, 394, "QUERY_WAS_CANCELLED", "语句已停止", "the statement was stopped")
		}
		d.log.Error("the door does not reach the engine", "err", err)
		return no(http.StatusServiceUnavailable, 210, "NETWORK_ERROR", "数据库暂时没有应答，请稍后再试", "the database does not answer at the moment: try again later")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return d.said(ctx, res, a)
	}
	if err = d.pass(w, r, res, a); err != nil && w.status == http.StatusOK { // it was broken off
		w.rows, _ = handed.Ask(r.Context(), d.client, a.sent)
	}
	return err
}

// admit finds out who comes: a token, a name and password of Basic, of ClickHouse's own headers or of the address.
func (d *Door) admit(r *http.Request, a *ask) error {
	q := r.URL.Query()
	c := Caller{Name: q.Get("user"), Password: q.Get("password"), Address: r.RemoteAddr}
	if n, p, ok := r.BasicAuth(); ok {
		c.Name, c.Password = n, p
	}
	if n := r.Header.Get("X-ClickHouse-User"); n != "" {
		c.Name, c.Password = n, r.Header.Get("X-ClickHouse-Key")
	}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		c = Caller{Token: strings.TrimSpace(token), Address: r.RemoteAddr}
	}
	if len(c.Name) > 256 || len(c.Password) > 1024 || len(c.Token) > 8192 {
		c = Caller{Address: r.RemoteAddr}
	}
	a.caller = c
	wrong := no(http.StatusUnauthorized, 516, "AUTHENTICATION_FAILED", "用户名、口令或令牌不对（令牌也可能已过期或撤销），或没有 SQL 权限", "the name, the password or the token is wrong (a token may be over or revoked), or may not ask in SQL")
	if c.Token == "" && (c.Name == "" || c.Password == "") {
		return wrong
	}
	g, err := d.cfg.Admit(r.Context(), c)
	if errors.Is(err, ErrRefused) || err == nil && g.Name == "" {
		return wrong
	}
	if due, ok := errors.AsType[*Due](err); ok {
		return no(http.StatusUnauthorized, 516, "AUTHENTICATION_FAILED", due.Text.Zh, due.Text.En)
	}
	if err != nil {
		d.log.Error("the door cannot find out who comes", "err", err)
		return no(http.StatusServiceUnavailable, 516, "AUTHENTICATION_FAILED", "暂时无法核对身份，请稍后再试", "who you are cannot be checked at the moment: try again later")
	}
	a.guest = g
	return nil
}

// write makes the statement one of the engine's.
func (d *Door) write(ctx context.Context, a *ask) (err error) {
	if a.written = choosable(a.sql); d.cfg.Write == nil || a.written != a.sql {
		return nil
	}
	params := map[string]string{}
	for name, values := range a.query {
		if p, ok := strings.CutPrefix(name, "param_"); ok {
			params[p] = values[len(values)-1]
		}
	}
	var said interface{ In(codes.Lang) string }
	if a.written, a.back, err = d.cfg.Write(ctx, a.sql, params); errors.As(err, &said) {
		return no(http.StatusBadRequest, 36, "BAD_ARGUMENTS", said.In(codes.Zh), said.In(codes.En))
	}
	if err != nil {
		d.log.Error("a statement could not be written out", "err", err)
		return no(http.StatusServiceUnavailable, 210, "NETWORK_ERROR", "数据库暂时没有应答，请稍后再试", "the database does not answer at the moment: try again later")
	}
	return nil
}

// send hands the statement to the engine.
func (d *Door) send(ctx context.Context, r *http.Request, a *ask) (*http.Response, error) {
	var b [12]byte
	_, _ = rand.Read(b[:])
	a.sent = "door-" + hex.EncodeToString(b[:]) // the client's own name of it may be somebody else's too
	v := maps.Clone(a.query)
	v.Set(turns.Who, a.guest.Name)
	v.Set("query_id", a.sent)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://engine/?"+v.Encode(), strings.NewReader(a.written))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-ClickHouse-User", "analyst")
	req.Header.Set(plain.Header, string(a.lang)) // an answer that fails under way ends in words, whatever packs it
	if a.format != "" {
		req.Header.Set("X-ClickHouse-Format", a.format)
	}
	if enc := r.Header.Get("Accept-Encoding"); enc != "" && !a.held {
		req.Header.Set("Accept-Encoding", enc)
	}
	return d.client.RoundTrip(req)
}

// passed are the headers of the engine's answer that a client is told.
var passed = []string{
	"Content-Type", "Content-Encoding", "Content-Length", "X-ClickHouse-Format", "X-ClickHouse-Summary", "X-ClickHouse-Exception-Tag",
}

// pass hands the engine's answer on as it comes, or at once where it is held and short enough.
func (d *Door) pass(w *counter, r *http.Request, res *http.Response, a *ask) error {
	for _, name := range passed {
		if v := res.Header.Get(name); v != "" {
			w.Header().Set(name, v)
		}
	}
	var first []byte
	if a.held {
		b, err := io.ReadAll(io.LimitReader(res.Body, maxHeld+1))
		if err != nil {
			return d.cut(b)
		}
		if len(b) <= maxHeld {
			w.Header().Del("Content-Length")
			d.kept.put(a.key(), b, w.Header())
			w.count(res)
			serve(w, r, w.Header(), b)
			return nil
		}
		first = b
	}
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write(first); err != nil {
		return err
	}
	buf := make([]byte, 256<<10)
	var end []byte // of what came, in which an answer that fails under way says why
	for {
		n, err := res.Body.Read(buf)
		if n > 0 {
			end = append(end[max(0, len(end)-mostEnd):], buf[max(0, n-mostEnd):n]...)
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			if n < len(buf) {
				w.flush()
			}
		}
		if err == io.EOF {
			w.count(res)
			return nil
		}
		if err != nil {
			w.flush()
			var why *fault
			if errors.As(d.cut(end), &why) {
				w.code = why.code // it is too late to say it in words, and not to write it down
			}
			return err
		}
	}
}

// mostEnd is how much of the end of an answer is looked at where it fails; longestKept how much of a statement is written down
// that is too long to be run.
const (
	mostEnd     = 16 << 10
	longestKept = 300
)

var cutRe = regexp.MustCompile(`(?s)__exception__\r\n[^\r\n]*\r\nCode: (\d+)\. DB::Exception: (.*?)\n`)

// cut is the error of an answer that failed under way while nothing of it had gone out.
func (d *Door) cut(body []byte) error {
	if m := cutRe.FindSubmatch(body[max(0, len(body)-16<<10):]); m != nil {
		code, _ := strconv.Atoi(string(m[1]))
		text := nameRe.ReplaceAllString(string(m[2]), "")
		return no(http.StatusInternalServerError, code, nameOf(string(m[2])), text, text)
	}
	return no(http.StatusServiceUnavailable, 210, "NETWORK_ERROR", "答案没有到齐，请重试", "the answer did not come whole: try again")
}

// said is what the engine said to a statement that it did not run, in words.
func (d *Door) said(ctx context.Context, res *http.Response, a *ask) error {
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return d.cut(nil)
	}
	code, _ := strconv.Atoi(res.Header.Get("X-ClickHouse-Exception-Code"))
	names := plain.Names{}
	if d.cfg.Names != nil && (code == 60 || code == 46) {
		names = d.cfg.Names(ctx)
	}
	text := plain.Moved(string(bytes.TrimSpace(b)), a.back)
	say := func(l codes.Lang) string { return plain.Error(code, text, a.sql, l, names) }
	return no(res.StatusCode, code, nameOf(text), say(codes.Zh), say(codes.En))
}

var nameRe = regexp.MustCompile(`\(([A-Z][A-Z_]+)\)\.?\s*$`)

func nameOf(text string) string {
	if m := nameRe.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return "ERROR"
}

// refuse writes a fault as ClickHouse writes its errors, which is how clients find the number.
func (d *Door) refuse(w *counter, a *ask, f *fault) {
	said, end := strings.TrimRight(f.text.In(a.lang), ".。"), "."
	if strings.Contains(said, "\n") { // a mark below the statement, which nothing may hide
		end = "\n"
	}
	text := fmt.Sprintf("Code: %d. DB::Exception: %s%s (%s)\n", f.code, said, end, f.name)
	h := w.Header()
	h.Del("Content-Encoding")
	if f.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="yanzhen"`)
	}
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(f.code))
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.code = f.code
	w.WriteHeader(f.status)
	_, _ = io.WriteString(w, text)
}

// counter counts what goes out.
type counter struct {
	http.ResponseWriter
	status, code int
	bytes        int64
	rows         uint64
	patience     time.Duration // with a client that does not take what it asked for
}

func (c *counter) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(p []byte) (int, error) {
	_ = http.NewResponseController(c.ResponseWriter).SetWriteDeadline(time.Now().Add(c.patience))
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// count takes the rows of a whole answer from what the engine says of it: before it where it was short, else behind it.
func (c *counter) count(res *http.Response) {
	text := res.Header.Get("X-ClickHouse-Summary")
	if text == "" {
		text = res.Trailer.Get("X-ClickHouse-Summary")
	}
	var s struct {
		Rows uint64 `json:"result_rows,string"`
	}
	if json.Unmarshal([]byte(text), &s) == nil {
		c.rows = s.Rows
	}
}

func (c *counter) flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }
