package flight

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight"
	pb "github.com/apache/arrow/go/v17/arrow/flight/gen/flight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	lang "yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
)

// passing answers statements itself: what the engine writes, an Arrow stream, is what Flight sends, so that nothing is
// decoded on the way. All else goes to the library's server.
type passing struct {
	flight.FlightServer
	s *Server
}

// DoGet sends what a ticket stands for.
func (p passing) DoGet(t *flight.Ticket, out flight.FlightService_DoGetServer) error {
	var wrapped anypb.Any
	var ticket pb.TicketStatementQuery
	if proto.Unmarshal(t.GetTicket(), &wrapped) == nil && wrapped.UnmarshalTo(&ticket) == nil {
		return p.s.ask(out, string(ticket.GetStatementHandle()))
	}
	return p.FlightServer.DoGet(t, out)
}

// settings make the engine write Arrow that every client of Flight reads.
var arrowSettings = map[string]string{"output_format_arrow_string_as_string": "1", "output_format_arrow_compression_method": "none"}

// ask runs a statement and sends its rows as they come.
func (s *Server) ask(out flight.FlightService_DoGetServer, sql string) error {
	ctx := out.Context()
	who, ok := ctx.Value(guestKey{}).(visitor)
	if !ok {
		return status.Error(codes.Unauthenticated, "nobody")
	}
	if strings.TrimSpace(sql) == "" {
		return status.Error(codes.InvalidArgument, lang.Text{Zh: "语句是空的", En: "the statement is empty"}.In(who.lang))
	}
	leave, settings, err := s.enter(who)
	if err != nil {
		return err
	}
	ctx, stop := door.Lasting(ctx, s.cfg.Admit, who.caller, who.guest)
	for name, v := range arrowSettings {
		settings[name] = v
	}
	a := &answer{s: s, who: who, sql: sql, messages: make(chan *piece)}
	began := time.Now()
	end := func() {
		stop()
		leave()
		if s.cfg.Record != nil {
			s.cfg.Record(door.Statement{
				Guest: who.guest.Name, Address: who.address, SQL: sql, At: began, Took: time.Since(began), Code: a.code, Bytes: a.bytes, Rows: uint64(a.rows), Export: who.export,
			})
		}
	}
	written, back, err := s.write(ctx, sql, who.lang)
	if err != nil {
		a.code = 36
		end()
		return err
	}
	a.back = back
	body, err := s.cfg.DB.Stream(ctx, "ArrowStream", warehouse.Statement{SQL: written, Settings: settings, Tag: "flight", Who: who.guest.Name})
	if err != nil {
		a.code, err = s.said(ctx, sql, back, who.lang, err)
		end()
		return err
	}
	fault := make(chan error, 1)
	go func() { // the place and the engine's statement are given back when this ends, whether or not the client takes on
		defer close(a.messages)
		defer end()
		defer body.Close()
		fault <- a.read(ctx, body)
	}()
	for m := range a.messages {
		if err := out.SendMsg(m); err != nil {
			return err // ctx ends, and with it the reading
		}
	}
	return <-fault
}

// answer is one under way.
type answer struct {
	s    *Server
	who  visitor
	sql  string
	back func(int) int
	code int

	messages    chan *piece
	bytes, rows int64
}

// read hands on the messages of an Arrow stream.
func (a *answer) read(ctx context.Context, body io.Reader) error {
	in := bufio.NewReaderSize(body, 256<<10)
	late := time.NewTimer(a.s.cfg.Patience)
	defer late.Stop()
	for {
		m, rows, err := message(in, a.s.bodies)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			a.code, err = a.s.said(ctx, a.sql, a.back, a.who.lang, err)
			return err
		}
		size := int64(m.body.Len())
		late.Reset(a.s.cfg.Patience)
		select {
		case a.messages <- m:
			a.bytes += size
			a.rows += rows
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			a.code = 209
			return status.Error(codes.DeadlineExceeded, lang.Text{Zh: "程序太久没有取走结果", En: "the program did not take its answer for too long"}.In(a.who.lang))
		}
	}
}

// Bounds of one message. The engine writes blocks of rows, far below them.
const (
	mostHead = 16 << 20
	mostBody = 1 << 30
)

var errMessage = errors.New("this is no Arrow stream")

// message reads the next message of an Arrow stream: its head and its body as they are, and how many rows it has. io.EOF is
// its end mark; a stream without one was cut. The body lies in room of the pool.
func message(in *bufio.Reader, pool mem.BufferPool) (*piece, int64, error) {
	var lengths [8]byte
	if _, err := io.ReadFull(in, lengths[:]); err != nil {
		return nil, 0, cut(err)
	}
	n := binary.LittleEndian.Uint32(lengths[4:])
	if binary.LittleEndian.Uint32(lengths[:]) != 0xffffffff || n > mostHead {
		return nil, 0, errMessage
	}
	if n == 0 {
		return nil, 0, io.EOF
	}
	head := make([]byte, n)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, 0, cut(err)
	}
	size, rows, ok := about(head)
	if !ok || size < 0 || size > mostBody {
		return nil, 0, errMessage
	}
	body := pool.Get(int(size))
	if _, err := io.ReadFull(in, *body); err != nil {
		pool.Put(body)
		return nil, 0, cut(err)
	}
	return &piece{head, mem.NewBuffer(body, pool)}, rows, nil
}

func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// recordBatch is the kind of a message that holds rows.
const recordBatch = 3

// about reads from the head of a message, a flatbuffer (Message.fbs), how long its body is and how many rows it has.
func about(head []byte) (body, rows int64, ok bool) {
	root, ok := offset(head, 0)
	if !ok {
		return 0, 0, false
	}
	if at, ok := field(head, root, 3, 8); ok { // bodyLength
		body = int64(binary.LittleEndian.Uint64(head[at:]))
	}
	kind, ok := field(head, root, 1, 1) // header_type
	if !ok || head[kind] != recordBatch {
		return body, 0, true
	}
	at, ok := field(head, root, 2, 4) // header
	if !ok {
		return 0, 0, false
	}
	batch, ok := offset(head, at)
	if !ok {
		return 0, 0, false
	}
	if at, ok := field(head, batch, 0, 8); ok { // length
		rows = int64(binary.LittleEndian.Uint64(head[at:]))
	}
	return body, rows, true
}

// offset follows the offset that stands at a place.
func offset(b []byte, at int) (int, bool) {
	if at < 0 || at+4 > len(b) {
		return 0, false
	}
	to := at + int(binary.LittleEndian.Uint32(b[at:]))
	return to, to+4 <= len(b)
}

// field is where a field of a table stands, which has so many bytes; false where it is left out.
func field(b []byte, table, nr, bytes int) (int, bool) {
	if table < 0 || table+4 > len(b) {
		return 0, false
	}
	vtable := table - int(int32(binary.LittleEndian.Uint32(b[table:])))
	slot := vtable + 4 + 2*nr
	if vtable < 0 || vtable+2 > len(b) || slot+2 > len(b) || 4+2*nr+2 > int(binary.LittleEndian.Uint16(b[vtable:])) {
		return 0, false
	}
	at := int(binary.LittleEndian.Uint16(b[slot:]))
	return table + at, at > 0 && table+at+bytes <= len(b)
}
