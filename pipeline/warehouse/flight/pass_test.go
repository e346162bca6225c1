package flight

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// stream is what the library writes of two batches.
func stream(t testing.TB) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	for _, n := range []int{3, 1000} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for i := range n {
			b.Field(0).(*array.Int64Builder).Append(int64(i))
			b.Field(1).(*array.StringBuilder).AppendNull()
		}
		if err := w.Write(b.NewRecord()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Messages are cut where they end, with their rows; a stream that was cut is no whole one, wherever it was.
func TestMessages(t *testing.T) {
	whole := stream(t)
	in := bufio.NewReader(bytes.NewReader(whole))
	total, messages, size := int64(0), 0, 8
	pool := &room{free: make(chan *[]byte, 1)}
	for {
		m, rows, err := message(in, pool)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		total += rows
		messages++
		size += 8 + len(m.head) + m.body.Len()
		if got := unpacked(t, m); !bytes.Equal(got.DataHeader, m.head) || len(got.DataBody) != m.body.Len() {
			t.Errorf("packed as %v", got)
		}
		m.body.Free()
	}
	if total != 1003 || messages != 3 || size != len(whole) {
		t.Errorf("%d rows in %d messages of %d bytes, want 1003 in 3 of %d", total, messages, size, len(whole))
	}
	for n := range whole {
		in := bufio.NewReader(bytes.NewReader(whole[:n]))
		var err error
		for err == nil {
			_, _, err = message(in, mem.NopBufferPool{})
		}
		if err == io.EOF {
			t.Fatalf("%d of %d bytes are taken for the whole", n, len(whole))
		}
	}
}

// unpacked is what a client reads of a piece.
func unpacked(t *testing.T, m *piece) *flight.FlightData {
	t.Helper()
	sent, err := packed{encoding.GetCodecV2(proto.Name)}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var got flight.FlightData
	if err := encoding.GetCodecV2(proto.Name).Unmarshal(sent, &got); err != nil {
		t.Fatal(err)
	}
	return &got
}

func FuzzMessages(f *testing.F) {
	f.Add(stream(f))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if len(b) > 8 {
			_, _, _ = about(b[8:])
		}
		in := bufio.NewReader(bytes.NewReader(b[:min(len(b), 1<<16)]))
		for range 100 {
			if _, _, err := message(in, mem.NopBufferPool{}); err != nil {
				return
			}
		}
	})
}
