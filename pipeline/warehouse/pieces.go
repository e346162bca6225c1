package warehouse

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// The driver looks for the exception block in which an answer ends that failed under way by copying each piece twice into
// buffers of its own, which costs more than a third of taking a large answer out. An answer without compression is looked
// through where it lies instead: the driver is told that the database holds the answer back to its end, so that it looks for
// nothing, and the database is not.

type piecesKey struct{}

// waitParameter is the parameter of an address by which the driver knows an answer that is held back to its end.
const waitParameter = "wait_end_of_query"

// inPieces marks the statement of ctx as one whose answer is looked through here.
func (db *DB) inPieces(ctx context.Context, s *Statement) context.Context {
	if _, own := s.Settings[waitParameter]; own || db.packed {
		return ctx
	}
	set := map[string]string{waitParameter: "1"}
	for k, v := range s.Settings {
		set[k] = v
	}
	s.Settings = set
	return context.WithValue(ctx, piecesKey{}, true)
}

// unheld is the request as the database gets it.
func unheld(r *http.Request) *http.Request {
	if r.Context().Value(piecesKey{}) == nil {
		return r
	}
	out, address := *r, *r.URL
	q := address.Query()
	q.Del(waitParameter)
	address.RawQuery = q.Encode()
	out.URL = &address
	return &out
}

// looked puts the looking before the body of an answer.
func looked(r *http.Request, res *http.Response) {
	if r.Context().Value(piecesKey{}) != nil && res.StatusCode == http.StatusOK {
		res.Body = newPieces(res.Body, res.Header.Get("X-ClickHouse-Exception-Tag"))
	}
}

const exceptionFrame = "\r\n__exception__\r\n"

// mostException bounds the block in which a failed answer ends.
const mostException = 32 << 10

// pieces are the bytes of an answer up to the block in which it ends where it failed; then Read fails with what the block says.
// Where the answer tells a tag, only a block with that tag is one.
type pieces struct {
	io.ReadCloser
	frame []byte
	begun []byte // the last bytes that came, where a block may begin with them; they were not given yet
	rest  []byte // bytes for a reader whose own room is too small to look in
	err   error
}

func newPieces(body io.ReadCloser, tag string) *pieces {
	frame := []byte(exceptionFrame)
	if tag != "" {
		frame = append(frame, tag+"\r\n"...)
	}
	return &pieces{ReadCloser: body, frame: frame}
}

func (r *pieces) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.rest) == 0 && len(p) <= 2*len(r.frame) {
		room := make([]byte, 4<<10)
		n, err := r.look(room)
		if err != nil {
			return 0, err
		}
		r.rest = room[:n]
	}
	if len(r.rest) > 0 {
		n := copy(p, r.rest)
		r.rest = r.rest[n:]
		return n, nil
	}
	return r.look(p)
}

// look reads into p, which has room for more than a frame.
func (r *pieces) look(p []byte) (int, error) {
	for r.err == nil {
		n := copy(p, r.begun)
		more, err := r.ReadCloser.Read(p[n:])
		n += more
		r.begun = r.begun[:0]
		if at := bytes.Index(p[:n], r.frame); at >= 0 {
			text, _ := io.ReadAll(io.LimitReader(r.ReadCloser, mostException)) // of a block that is cut, what came
			r.err = failed(string(p[at+len(r.frame):n]) + string(text))
			if at > 0 {
				return at, nil
			}
			break
		}
		if err != nil {
			r.err = err
		} else {
			n -= r.holds(p[:n])
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// holds keeps back the end of p with which a frame may begin, and says how long it is.
func (r *pieces) holds(p []byte) int {
	end := p[max(0, len(p)-len(r.frame)+1):]
	for {
		at := bytes.IndexByte(end, r.frame[0])
		if at < 0 {
			return 0
		}
		if end = end[at:]; bytes.HasPrefix(r.frame, end) {
			r.begun = append(r.begun, end...)
			return len(end)
		}
		end = end[1:]
	}
}

var codeRe = regexp.MustCompile(`(?s)Code: (\d+)\. DB::(?:\w+)?Exception: (.*)`)

// failed is the error of a block: "Code: N. DB::Exception: text (NAME)", a length, the tag and the marker again.
func failed(block string) error {
	text, _, whole := strings.Cut(block, exceptionFrame)
	if at := strings.LastIndexByte(text, '\n'); whole && at >= 0 {
		text = text[:at] // the line of the length and the tag
	}
	m := codeRe.FindStringSubmatch(text)
	if m == nil {
		return &Error{Code: 1002, Name: "UNKNOWN_EXCEPTION", Message: "the answer failed under way"}
	}
	code, _ := strconv.Atoi(m[1])
	name := ""
	if found := nameAtEnd.FindAllStringSubmatch(m[2], -1); found != nil {
		name = found[len(found)-1][1]
	}
	return &Error{Code: code, Name: name, Message: withoutData(code, m[2])}
}

var nameAtEnd = regexp.MustCompile(`\(([A-Z][A-Z_0-9]+)\)`)
