package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	pb "github.com/apache/arrow/go/v17/arrow/flight/gen/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"

	"yanzhen/cmd/question"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/flight"
)

// exported is what is taken out: a view as analysts see it, with every row.
const exported = "select * from mart.bench"

// way is one by which an answer is taken out; it says how many bytes came.
type way struct {
	name string
	take func(ctx context.Context, format string) (int64, error)
}

// plain is the Arrow stream that Flight SQL asks the engine for: texts as texts, not packed.
const plain = "ArrowStream&output_format_arrow_string_as_string=1&output_format_arrow_compression_method=none"

// exports takes a view of so many rows out in each format: from the engine's private socket, with no limit, and by every
// door, in turn. What comes is dropped. only is a part of the name of a format; empty: all.
func (b *bench) exports(ctx context.Context, rows, times int, only string) error {
	if err := b.fill(ctx, rows); err != nil {
		return err
	}
	ways, done, err := b.ways(ctx, rows)
	if err != nil {
		return err
	}
	defer done()
	fmt.Printf("## Exports: %d rows, 18 columns, best of %d\n\n", rows, times)
	fmt.Println("| format | by | MB | s | MB/s | CPU s | engine s / s | bar 0.7 | this process's heap MiB | engine's memory, more MiB |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, format := range []string{"CSVWithNames", "JSONEachRow", "Parquet", "Arrow", "ArrowStream", plain} {
		ways := ways
		name, _, _ := strings.Cut(format, "&")
		if format == plain {
			ways, name = slices.Concat(ways[:1], ways[len(ways)-2:]), "Arrow of Flight"
		} else {
			ways = ways[:len(ways)-2]
		}
		if !strings.Contains(name, only) {
			continue
		}
		var best []took
		var size []int64
		for range times {
			for i, w := range ways {
				var n int64
				before := residentOf(b.engine.PID())
				t, err := b.measure(func() (err error) { n, err = w.take(ctx, format); return err })
				t.engine = max(t.engine, before) - before
				if err != nil {
					return fmt.Errorf("%s, %s: %w", name, w.name, err)
				}
				if len(best) <= i {
					best, size = append(best, t), append(size, n)
				}
				if t.wall < best[i].wall {
					t.heap, t.engine = max(t.heap, best[i].heap), max(t.engine, best[i].engine)
					best[i] = t
				}
			}
		}
		for i, t := range best {
			ratio := best[0].wall.Seconds() / t.wall.Seconds()
			if i > 0 {
				b.note("export."+name+"."+ways[i].name, ratio, "of the engine's speed")
			}
			verdict := map[bool]string{true: "kept", false: "**missed**"}[ratio >= 0.7]
			fmt.Printf("| %s | %s | %.0f | %.2f | %.0f | %.2f | %.2f | %s | %.0f | %.0f |\n", name, ways[i].name, float64(size[i])/1e6, t.wall.Seconds(),
				float64(size[i])/1e6/t.wall.Seconds(), t.cpu.Seconds(), ratio, verdict, float64(t.heap)/(1<<20), float64(t.engine)/(1<<20))
		}
	}
	return nil
}

// fill publishes rows of the measured dataset without a file.
func (b *bench) fill(ctx context.Context, rows int) error {
	for _, s := range []warehouse.Statement{
		{SQL: "truncate table store.bench"},
		{SQL: `insert into store.bench (person, date, direction, province, country, education, channel, employment, enterprise, node, occupation, skill_level, salary, headcount, birth_year, note, _batch, _file, _sheet, _row)
select sipHash64(number), toDate32('2024-01-01') + number % 900, if(number % 3 = 0, 'out', 'in'), toString(11 + number % 50), 'CN', toString(10 + number % 20), 'campus', 'full', concat('企业', toString(number % 900), '有限公司'),
 concat('magnetic.', toString(number % 12)), toString(2020000 + number % 70), number % 6, 4000 + cityHash64(number) % 2000000 / 100, 1, 1965 + number % 40, concat('备注 ', toString(cityHash64(number, 1) % 100000)),
 4000000000, 'bench.csv', '', number from numbers({rows:UInt64})`, Params: map[string]string{"rows": strconv.Itoa(rows)}, Settings: map[string]string{"max_execution_time": "600"}},
		{SQL: "insert into meta.ledger (seq, at, batch, dataset, unit, state) select max(seq) + 1, now64(6), 4000000000, 'bench', 'export', 'published' from meta.ledger"},
	} {
		if err := b.loader.DB.Exec(ctx, s); err != nil {
			return err
		}
	}
	var n uint64
	if err := b.reader.Row(ctx, warehouse.SQL("select count() from mart.bench"), &n); err != nil || n != uint64(rows) {
		return errors.Join(err, fmt.Errorf("mart.bench has %d rows, want %d", n, rows))
	}
	return nil
}

// ways opens every door; the first way is the engine alone.
func (b *bench) ways(ctx context.Context, rows int) (_ []way, done func(), err error) {
	admit := func(context.Context, door.Caller) (door.Guest, error) {
		return door.Guest{Name: "bench", Export: true}, nil
	}
	limits := &door.Exports{Rows: int64(rows), Time: time.Hour, AtOnce: 1}
	d, err := door.New(door.Config{Socket: b.engine.Socket(), Admit: admit, Exports: limits, Log: b.log})
	if err != nil {
		return nil, nil, err
	}
	l, err := door.Listen("127.0.0.1:0", nil, nil)
	if err != nil {
		return nil, nil, err
	}
	server := d.Server(ctx)
	go func() { _ = server.Serve(l) }()
	analyst, err := warehouse.Open(ctx, warehouse.Options{Socket: b.engine.Socket(), User: embedded.Analyst, Database: "mart"})
	if err != nil {
		return nil, nil, err
	}
	fl, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	flights, err := flight.Serve(fl, flight.Config{DB: analyst, Admit: admit, Exports: limits, Log: b.log})
	if err != nil {
		return nil, nil, err
	}
	socket := &http.Client{Transport: &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", b.engine.Socket())
	}}}
	port := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	ways := []way{
		{"engine's socket", func(ctx context.Context, format string) (int64, error) {
			return fetch(ctx, socket, "http://engine/?user=reader&default_format="+format)
		}},
		{"port", func(ctx context.Context, format string) (int64, error) {
			return fetch(ctx, port, "http://"+l.Addr().String()+"/?user=bench&password=x&export=1&default_format="+format)
		}},
		{"command line", func(ctx context.Context, format string) (int64, error) {
			var n counted
			err := question.Answer(ctx, analyst, warehouse.SQL(exported), &n, format, "", codes.En)
			return int64(n), err
		}},
		{"Flight SQL", func(ctx context.Context, _ string) (int64, error) { return fly(ctx, fl.Addr().String(), &taken{}) }},
		{"Flight SQL, unpacked by the client", func(ctx context.Context, _ string) (int64, error) { return fly(ctx, fl.Addr().String(), nil) }},
	}
	return ways, func() { server.Close(); flights.Close(); analyst.Close() }, nil
}

type counted int64

func (c *counted) Write(p []byte) (int, error) { *c += counted(len(p)); return len(p), nil }

// fetch asks by HTTP and drops the answer.
func fetch(ctx context.Context, c *http.Client, address string) (int64, error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(exported))
	if err != nil {
		return 0, err
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return 0, fmt.Errorf("%d %s", res.StatusCode, text)
	}
	return io.CopyBuffer(struct{ io.Writer }{io.Discard}, res.Body, make([]byte, 256<<10))
}

// taken takes messages off the wire and drops them as they lie, as fetch drops what HTTP brings.
type taken struct {
	encoding.CodecV2
	bytes int64
}

// Unmarshal unpacks everything but rows.
func (c *taken) Unmarshal(data mem.BufferSlice, v any) error {
	if _, ok := v.(*pb.FlightData); !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	c.bytes += int64(data.Len())
	return nil
}

// fly asks by Flight SQL and drops what comes: off the wire, or unpacked by the library as its clients do.
func fly(ctx context.Context, address string, wire *taken) (n int64, err error) {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if wire != nil {
		wire.CodecV2 = encoding.GetCodecV2(proto.Name)
		options = append(options, grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire)))
	}
	c, err := flightsql.NewClient(address, nil, nil, options...)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if ctx, err = c.Client.AuthenticateBasicToken(ctx, "bench", "x"); err != nil {
		return 0, err
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "x-yanzhen-export", "1")
	info, err := c.Execute(ctx, exported)
	if err != nil {
		return 0, err
	}
	r, err := c.Client.DoGet(ctx, info.Endpoint[0].Ticket)
	if err != nil {
		return 0, err
	}
	for {
		m, err := r.Recv()
		if err == io.EOF {
			if wire != nil {
				n = wire.bytes
			}
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += int64(len(m.DataHeader) + len(m.DataBody))
	}
}
