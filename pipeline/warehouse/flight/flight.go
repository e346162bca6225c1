// Package flight lets the programs of analysts in over Arrow Flight SQL: the same people, the same statements and the
// same limits as package door, and answers as Arrow record batches. It reads through the embedded engine's private
// socket as the role analyst, who may read the views of mart and nothing else.
package flight

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"github.com/apache/arrow/go/v17/arrow/flight/flightsql/schema_ref"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	lang "yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/greeting"
	"yanzhen/pipeline/warehouse/plain"
)

// Config says whom the server lets in and where it reads.
type Config struct {
	DB      *warehouse.DB                                          // of the role analyst
	Admit   func(context.Context, door.Caller) (door.Guest, error) // as door.Config has it
	Record  func(door.Statement)                                   // nil: nobody takes down what was asked
	Names   func(context.Context) plain.Names                      // for "did you mean"; nil: nothing is suggested
	Write   door.Writer                                            // as door.Config has it
	TLS     *tls.Config                                            // nil: none
	Memory  int64                                                  // bytes that a statement may use; 0: 1 GiB
	Each    int                                                    // statements of one guest at once; 0: door.Each
	Exports *door.Exports                                          // shared with the other doors; nil: there are none
	// Patience is how long a client may take for each piece of its answer; 0: a minute.
	Patience time.Duration
	// Told hears of a client that speaks another protocol; nil: nobody does.
	Told func(from net.Addr, protocol string)
	Log  *slog.Logger
}

// greets is what is told at this port to clients of other protocols.
var greets = lang.Text{
	Zh: "这个端口只讲 Arrow Flight SQL：ClickHouse 客户端请用 HTTP 协议连 database.listen 的端口",
	En: "this port speaks Arrow Flight SQL: connect ClickHouse clients by HTTP to the port of database.listen",
}

// What is read of a message that is too long before it is refused, and of how many at once.
const (
	mostRead   = 16 << 20
	readAtOnce = 16
)

// Server serves Flight SQL until it is closed.
type Server struct {
	flightsql.BaseServer
	cfg  Config
	grpc flight.Server
	gate *gate
	// bodies lends room for the bodies of answers, and gets it back when they are sent.
	bodies mem.BufferPool
	// reading has a place for each message that is read at once.
	reading chan struct{}

	mu      sync.Mutex
	running map[string]int // statements of each guest
}

// Serve serves on a listener of net.Listen. The caller closes the server.
func Serve(l net.Listener, cfg Config) (*Server, error) {
	if cfg.Admit == nil || cfg.DB == nil {
		return nil, errors.New("flight: needs to know who may come, and a database")
	}
	if cfg.Each <= 0 {
		cfg.Each = door.Each
	}
	if cfg.Patience <= 0 {
		cfg.Patience = time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	s := &Server{cfg: cfg, gate: &gate{admit: cfg.Admit, log: cfg.Log, tokens: map[string]*session{}}, running: map[string]int{}, bodies: &room{free: make(chan *[]byte, 4)}, reading: make(chan struct{}, readAtOnce)}
	s.Alloc = memory.DefaultAllocator
	for id, v := range map[flightsql.SqlInfo]any{
		flightsql.SqlInfoFlightSqlServerName: "yanzhen", flightsql.SqlInfoFlightSqlServerVersion: "1", flightsql.SqlInfoFlightSqlServerArrowVersion: arrow.PkgVersion,
		flightsql.SqlInfoFlightSqlServerReadOnly: true,
		flightsql.SqlInfoFlightSqlServerSql:      true, flightsql.SqlInfoFlightSqlServerTransaction: int32(0),
	} {
		if err := s.RegisterSqlInfo(id, v); err != nil {
			return nil, err
		}
	}
	options := []grpc.ServerOption{grpc.MaxRecvMsgSize(math.MaxInt), grpc.Creds(weighing{insecure.NewCredentials()}), grpc.MaxConcurrentStreams(64), grpc.ConnectionTimeout(30 * time.Second), grpc.WriteBufferSize(256 << 10), grpc.ForceServerCodecV2(packed{encoding.GetCodecV2(proto.Name)})}
	s.grpc = flight.NewServerWithMiddleware([]flight.ServerMiddleware{{Stream: s.come}}, options...)
	s.grpc.InitListener(greeting.Port{Says: greets, GRPC: true, Told: cfg.Told}.Listener(l, cfg.TLS))
	s.grpc.RegisterService(streams(), passing{flightsql.NewFlightServer(s), s})
	go func() {
		if err := s.grpc.Serve(); err != nil {
			cfg.Log.Debug("flight ended", "err", err)
		}
	}()
	return s, nil
}

// Close ends the server and its statements.
func (s *Server) Close() { s.grpc.Shutdown() }

// GetFlightInfoStatement says how to get the answer: the ticket is the statement, so that nothing is kept of who never
// comes for it.
func (s *Server) GetFlightInfoStatement(ctx context.Context, q flightsql.StatementQuery, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	if len(q.GetTransactionId()) > 0 {
		return nil, status.Error(codes.Unimplemented, "there are no transactions")
	}
	if len(q.GetQuery()) > door.MaxStatement {
		who, _ := ctx.Value(guestKey{}).(visitor)
		return nil, s.tooLong(who, strings.ToValidUTF8(q.GetQuery()[:300], "")+"…")
	}
	ticket, err := flightsql.CreateStatementQueryTicket([]byte(q.GetQuery()))
	if err != nil {
		return nil, err
	}
	return info(d, ticket), nil
}

// tooLong refuses a statement, and writes down as much of it as is known.
func (s *Server) tooLong(who visitor, sql string) error {
	if s.cfg.Record != nil {
		s.cfg.Record(door.Statement{Guest: who.guest.Name, Address: who.address, SQL: sql, At: time.Now(), Code: 62})
	}
	return status.Error(codes.InvalidArgument, door.LongStatement.In(who.lang)+" (SYNTAX_ERROR, 62)")
}

func info(d *flight.FlightDescriptor, ticket []byte) *flight.FlightInfo {
	return &flight.FlightInfo{
		Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: ticket}}}, FlightDescriptor: d, TotalRecords: -1, TotalBytes: -1,
	}
}

// write makes a statement one of the engine's.
func (s *Server) write(ctx context.Context, sql string, l lang.Lang) (string, func(int) int, error) {
	if s.cfg.Write == nil {
		return sql, nil, nil
	}
	written, back, err := s.cfg.Write(ctx, sql, nil)
	var said interface{ In(lang.Lang) string }
	if errors.As(err, &said) {
		return "", nil, status.Error(codes.InvalidArgument, said.In(l))
	}
	if err != nil {
		s.cfg.Log.Error("a statement could not be written out", "err", err)
		return "", nil, status.Error(codes.Unavailable, lang.Text{Zh: "数据库暂时没有应答，请稍后再试", En: "the database does not answer at the moment: try again later"}.In(l))
	}
	return written, back, nil
}

// enter takes a place among the guest's statements, and among the exports where it is one, and says its limits.
func (s *Server) enter(who visitor) (func(), map[string]string, error) {
	leave, err := s.place(who)
	switch {
	case err != nil:
		return nil, nil, err
	case !who.export:
		return leave, door.Limits(s.cfg.Memory), nil
	case s.cfg.Exports == nil || !who.guest.Export:
		leave()
		return nil, nil, status.Error(codes.PermissionDenied, lang.Text{Zh: "账号没有下载文件的权限", En: "the account has not the right to take files out"}.In(who.lang))
	}
	done, ok := s.cfg.Exports.Enter(who.guest.Name)
	if !ok {
		leave()
		return nil, nil, status.Error(codes.ResourceExhausted, lang.Text{Zh: "正在导出的已够多（每人同时一个），请等其中一个完成", En: "as many exports run as may (one of each account): wait for one to end"}.In(who.lang))
	}
	return func() { done(); leave() }, s.cfg.Exports.Limits(s.cfg.Memory), nil
}

func (s *Server) place(who visitor) (func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := who.guest.Name
	if s.running[name] >= s.cfg.Each {
		return nil, status.Error(codes.ResourceExhausted, lang.Text{Zh: "您同时运行的语句太多，请等其中一条完成", En: "too many of your statements run at once: wait for one to end"}.In(who.lang))
	}
	s.running[name]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running[name]--; s.running[name] <= 0 {
			delete(s.running, name)
		}
	}, nil
}

// said is the engine's number of the error, and what it said, in words, with the code of gRPC that is nearest.
func (s *Server) said(ctx context.Context, sql string, back func(int) int, l lang.Lang, err error) (int, error) {
	var e *warehouse.Error
	if !errors.As(err, &e) {
		if ctx.Err() != nil {
			return 394, status.FromContextError(ctx.Err()).Err()
		}
		s.cfg.Log.Error("flight does not reach the engine", "err", err)
		return 210, status.Error(codes.Unavailable, lang.Text{Zh: "数据库暂时没有应答，请稍后再试", En: "the database does not answer at the moment: try again later"}.In(l))
	}
	var names plain.Names
	if s.cfg.Names != nil && (e.Code == 60 || e.Code == 46) {
		names = s.cfg.Names(ctx)
	}
	kind := codes.InvalidArgument
	switch e.Code {
	case 497, 164:
		kind = codes.PermissionDenied
	case 159, 160:
		kind = codes.DeadlineExceeded
	case 241, 158, 307, 396, 202:
		kind = codes.ResourceExhausted
	case 394:
		kind = codes.Canceled
	case 60, 47, 46, 81:
		kind = codes.NotFound
	}
	return e.Code, status.Error(kind, fmt.Sprintf("%s (%s, %d)", plain.Error(e.Code, plain.Moved(e.Message, back), sql, l, names), e.Name, e.Code))
}

// What there is: no catalogs, the schema mart, its views.

// GetFlightInfoCatalogs and the four below answer for what a client lists.
func (s *Server) GetFlightInfoCatalogs(_ context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(d, d.Cmd), nil
}

// DoGetCatalogs lists none.
func (s *Server) DoGetCatalogs(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return listing(schema_ref.Catalogs, nil)
}

// GetFlightInfoSchemas answers for DoGetDBSchemas.
func (s *Server) GetFlightInfoSchemas(_ context.Context, _ flightsql.GetDBSchemas, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(d, d.Cmd), nil
}

// DoGetDBSchemas lists mart.
func (s *Server) DoGetDBSchemas(context.Context, flightsql.GetDBSchemas) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return listing(schema_ref.DBSchemas, [][]string{{"", "mart"}})
}

// GetFlightInfoTableTypes answers for DoGetTableTypes.
func (s *Server) GetFlightInfoTableTypes(_ context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(d, d.Cmd), nil
}

// DoGetTableTypes lists views.
func (s *Server) DoGetTableTypes(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return listing(schema_ref.TableTypes, [][]string{{"VIEW"}})
}

// GetFlightInfoTables answers for DoGetTables.
func (s *Server) GetFlightInfoTables(_ context.Context, _ flightsql.GetTables, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(d, d.Cmd), nil
}

// DoGetTables lists the views of mart, with the schema of each where that is asked for.
func (s *Server) DoGetTables(ctx context.Context, q flightsql.GetTables) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	pattern, schema := "%", "%"
	if p := q.GetTableNameFilterPattern(); p != nil {
		pattern = *p
	}
	if p := q.GetDBSchemaFilterPattern(); p != nil {
		schema = *p
	}
	views := len(q.GetTableTypes()) == 0
	for _, t := range q.GetTableTypes() {
		views = views || strings.EqualFold(t, "VIEW")
	}
	// without a name: what there is waits behind nobody's own statements
	found, err := warehouse.Select[struct {
		Name string `db:"name"`
	}](ctx, s.cfg.DB, warehouse.Statement{
		SQL:    "select name from system.tables where database = 'mart' and name like {p:String} and 'mart' like {s:String} and {v:String} = '1' order by name",
		Params: map[string]string{"p": pattern, "s": schema, "v": map[bool]string{true: "1", false: "0"}[views]}, Settings: door.Limits(s.cfg.Memory), Tag: "flight",
	})
	if err != nil {
		_, err = s.said(ctx, "", nil, lang.En, err)
		return nil, nil, err
	}
	var rows [][]string
	for _, t := range found {
		row := []string{"", "mart", t.Name, "VIEW"}
		if q.GetIncludeSchema() {
			r, err := s.cfg.DB.Query(ctx, warehouse.Statement{SQL: "select * from `" + strings.ReplaceAll(t.Name, "`", "\\`") + "` limit 0", Settings: door.Limits(s.cfg.Memory), Tag: "flight"})
			if err != nil {
				_, err = s.said(ctx, "", nil, lang.En, err)
				return nil, nil, err
			}
			row = append(row, string(flight.SerializeSchema(r.Schema(), s.Alloc)))
			r.Release()
		}
		rows = append(rows, row)
	}
	if q.GetIncludeSchema() {
		return listing(schema_ref.TablesWithIncludedSchema, rows)
	}
	return listing(schema_ref.Tables, rows)
}

// listing is an answer of texts; an empty one is NULL where the schema allows it.
func listing(schema *arrow.Schema, rows [][]string) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			switch f := b.Field(i).(type) {
			case *array.BinaryBuilder:
				f.Append([]byte(v))
			case *array.StringBuilder:
				if v == "" && schema.Field(i).Nullable {
					f.AppendNull()
				} else {
					f.Append(v)
				}
			}
		}
	}
	out := make(chan flight.StreamChunk, 1)
	out <- flight.StreamChunk{Data: b.NewRecord()}
	close(out)
	return schema, out, nil
}

func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
