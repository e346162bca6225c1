package embedded

import (
	"errors"
	"regexp"
	"runtime"
	"strconv"
	"unsafe"
)

// connection is one session of the engine. It runs one statement at a time; a stream counts as
// running until it is closed. It is not safe for use by several goroutines.
type connection struct {
	l      *library
	outer  unsafe.Pointer // what chdb_connect returned
	handle unsafe.Pointer // what the other calls take: outer points to it
}

// connect opens a session. The first one of a process decides the data directory by --path.
func (l *library) open(args ...string) (*connection, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]unsafe.Pointer, 0, len(args)+2)
	for _, a := range append([]string{"yanzhen"}, args...) {
		b := append([]byte(a), 0)
		pin.Pin(&b[0])
		argv = append(argv, unsafe.Pointer(&b[0]))
	}
	argc := len(argv)
	argv = append(argv, nil)
	pin.Pin(&argv[0])
	outer := l.connect(int32(argc), unsafe.Pointer(&argv[0]))
	if outer == nil {
		return nil, errors.New("connect: the engine refused to open its data directory")
	}
	return &connection{l: l, outer: outer, handle: *(*unsafe.Pointer)(outer)}, nil
}

func (c *connection) close() {
	if c.outer != nil {
		c.l.closeConn(c.outer)
		c.outer, c.handle = nil, nil
	}
}

// param is one value bound by the engine.
type param struct{ name, value string }

// call is a statement laid out for C: pointers and lengths, pinned until free.
type call struct {
	pin                             runtime.Pinner
	q, f                            unsafe.Pointer
	qn, fn                          uintptr
	names, nameLens, vals, valLens_ unsafe.Pointer
	n                               uintptr
}

func layout(sql, format string, params []param) *call {
	c := &call{}
	str := func(s string) (unsafe.Pointer, uintptr) {
		b := append([]byte(s), 0)
		c.pin.Pin(&b[0])
		return unsafe.Pointer(&b[0]), uintptr(len(s))
	}
	c.q, c.qn = str(sql)
	c.f, c.fn = str(format)
	if len(params) > 0 {
		names, nameLens := make([]unsafe.Pointer, len(params)), make([]uintptr, len(params))
		vals, valLens := make([]unsafe.Pointer, len(params)), make([]uintptr, len(params))
		for i, p := range params {
			names[i], nameLens[i] = str(p.name)
			vals[i], valLens[i] = str(p.value)
		}
		for _, p := range []any{&names[0], &nameLens[0], &vals[0], &valLens[0]} {
			c.pin.Pin(p)
		}
		c.names, c.nameLens = unsafe.Pointer(&names[0]), unsafe.Pointer(&nameLens[0])
		c.vals, c.valLens_ = unsafe.Pointer(&vals[0]), unsafe.Pointer(&valLens[0])
		c.n = uintptr(len(params))
	}
	return c
}

// stats is what the engine counted for a statement.
type stats struct {
	readRows, readBytes       uint64 // from storage
	writtenRows, writtenBytes uint64
	resultRows                uint64
	elapsed                   float64 // seconds
}

func (s *stats) add(l *library, r unsafe.Pointer) {
	s.resultRows += l.result.rows(r)
	s.readRows = max(s.readRows, l.result.storageRows(r))
	s.readBytes = max(s.readBytes, l.result.storageBytes(r))
	s.writtenRows = max(s.writtenRows, l.result.rowsWritten(r))
	s.writtenBytes = max(s.writtenBytes, l.result.bytesWritten(r))
	s.elapsed = max(s.elapsed, l.result.elapsed(r))
}

// exception is an error of the engine, with ClickHouse's number for it.
type exception struct {
	code int
	text string // as the engine says it, with "Code: N. DB::Exception: ..."
}

func (e *exception) Error() string { return e.text }

var codeRe = regexp.MustCompile(`Code: (\d+)\. `)

func newException(text string) *exception {
	e := &exception{code: 1002, text: text} // 1002 is UNKNOWN_EXCEPTION
	if m := codeRe.FindStringSubmatchIndex(text); m != nil {
		if n, err := strconv.Atoi(text[m[2]:m[3]]); err == nil {
			e.code = n
		}
		e.text = text[m[0]:]
	}
	return e
}

// run runs a statement and gives its whole result to use, whose bytes live only until it returns.
func (c *connection) run(sql, format string, params []param, use func([]byte)) (stats, error) {
	k := layout(sql, format, params)
	defer k.pin.Unpin()
	r := c.l.query(c.handle, k.q, k.qn, k.f, k.fn, k.names, k.nameLens, k.vals, k.valLens_, k.n)
	if r == nil {
		return stats{}, newException("the engine gave no result")
	}
	defer c.l.result.destroy(r)
	if text := c.l.result.failure(r); text != "" {
		return stats{}, newException(text)
	}
	var s stats
	s.add(c.l, r)
	if use != nil {
		if n := c.l.result.length(r); n > 0 {
			use(unsafe.Slice((*byte)(c.l.result.buffer(r)), n))
		}
	}
	return s, nil
}

// rows is a running streamed query.
type rows struct {
	c     *connection
	r     unsafe.Pointer
	ended bool
	stats stats
}

// stream starts a query. The caller closes the rows.
func (c *connection) stream(sql, format string, params []param) (*rows, error) {
	k := layout(sql, format, params)
	defer k.pin.Unpin()
	r := c.l.streamQuery(c.handle, k.q, k.qn, k.f, k.fn, k.names, k.nameLens, k.vals, k.valLens_, k.n)
	if r == nil {
		return nil, newException("the engine gave no result")
	}
	if text := c.l.result.failure(r); text != "" {
		c.l.result.destroy(r)
		return nil, newException(text)
	}
	return &rows{c: c, r: r}, nil
}

// next gives the next piece to use, whose bytes live only until it returns; false at the end.
func (s *rows) next(use func([]byte) error) (bool, error) {
	p := s.c.l.fetch(s.c.handle, s.r)
	if p == nil {
		s.ended = true
		return false, nil
	}
	defer s.c.l.result.destroy(p)
	if text := s.c.l.result.failure(p); text != "" {
		s.ended = true
		return false, newException(text)
	}
	n := s.c.l.result.length(p)
	s.stats.add(s.c.l, p)
	if n == 0 {
		s.ended = true
		return false, nil
	}
	return true, use(unsafe.Slice((*byte)(s.c.l.result.buffer(p)), n))
}

// close stops the query where it has not ended.
func (s *rows) close() {
	if s.r == nil {
		return
	}
	if !s.ended {
		s.c.l.cancelQuery(s.c.handle, s.r)
	}
	s.c.l.result.destroy(s.r)
	s.r = nil
}

// insertion is a running streamed insert.
type insertion struct {
	l      *library
	stream unsafe.Pointer
}

// insert starts "INSERT INTO t (cols)" whose data come in format. The caller closes the insertion.
func (c *connection) insert(sql, format string, params []param) (*insertion, error) {
	k := layout(sql, format, params)
	defer k.pin.Unpin()
	s := c.l.streamInsert(c.handle, k.q, k.qn, k.f, k.fn, k.names, k.nameLens, k.vals, k.valLens_, k.n)
	if s == nil {
		return nil, newException("the engine gave no insert stream")
	}
	if text := c.l.insertError(s); text != "" {
		c.l.destroyInsert(s)
		return nil, newException(text)
	}
	return &insertion{l: c.l, stream: s}, nil
}

func (i *insertion) append(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	var pin runtime.Pinner
	pin.Pin(&p[0])
	defer pin.Unpin()
	if i.l.appendInsert(i.stream, unsafe.Pointer(&p[0]), uintptr(len(p))) != 0 {
		if text := i.l.insertError(i.stream); text != "" {
			return newException(text)
		}
		return newException("the engine stopped taking data")
	}
	return nil
}

// done ends the data and waits for the rows to be written.
func (i *insertion) done() (stats, error) {
	r := i.l.doneInsert(i.stream)
	if r == nil {
		return stats{}, newException("the engine gave no result")
	}
	defer i.l.result.destroy(r)
	if text := i.l.result.failure(r); text != "" {
		return stats{}, newException(text)
	}
	var s stats
	s.add(i.l, r)
	return s, nil
}

// cancel drops what has not been written yet. Blocks that are already written stay.
func (i *insertion) cancel() { i.l.cancelInsert(i.stream) }

func (i *insertion) close() {
	if i.stream != nil {
		i.l.destroyInsert(i.stream)
		i.stream = nil
	}
}

// Classes of statements, as the engine's parser sees them.
const (
	classReadOnly = iota
	classMutating
	classMutatingGlobal
	classControl
	classUnknown
)

// classify says what a statement would do, without running it: how many statements the text holds
// and the most restricted class among them.
func (c *connection) classify(sql string) (count, class int) {
	k := layout(sql, "", nil)
	defer k.pin.Unpin()
	out := &struct{ size, count, flags, class uint32 }{size: 16}
	k.pin.Pin(out)
	if c.l.classify(c.handle, k.q, k.qn, nil, 0, unsafe.Pointer(out)) != 0 {
		return 0, classUnknown
	}
	return int(out.count), int(out.class)
}
