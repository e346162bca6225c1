package flight

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

// piece is a message of an answer as it goes out, a FlightData whose body lies in lent room.
type piece struct {
	head []byte
	body mem.Buffer
}

// Fields of FlightData (Flight.proto).
const (
	fieldHead = 2
	fieldBody = 1000
)

// packed writes messages as protocol buffers do, and the body of a piece as it lies, without a copy.
type packed struct{ encoding.CodecV2 }

// Marshal gives the body of a piece away: the room comes back to its pool when it was sent.
func (c packed) Marshal(v any) (mem.BufferSlice, error) {
	p, ok := v.(*piece)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	front := make([]byte, 0, len(p.head)+24)
	front = protowire.AppendTag(front, fieldHead, protowire.BytesType)
	front = protowire.AppendBytes(front, p.head)
	front = protowire.AppendTag(front, fieldBody, protowire.BytesType)
	front = protowire.AppendVarint(front, uint64(p.body.Len()))
	return mem.BufferSlice{mem.SliceBuffer(front), p.body}, nil
}

// room keeps what was lent for the next who asks: as much as free holds, and of that nothing larger than mostKept.
type room struct{ free chan *[]byte }

const mostKept = 32 << 20

// Get lends room for n bytes.
func (r *room) Get(n int) *[]byte {
	select {
	case b := <-r.free:
		if cap(*b) >= n {
			*b = (*b)[:n]
			return b
		}
	default:
	}
	b := make([]byte, n)
	return &b
}

// Put takes room back.
func (r *room) Put(b *[]byte) {
	if cap(*b) > mostKept {
		return
	}
	select {
	case r.free <- b:
	default:
	}
}
