package embedded

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/plain"
	"yanzhen/pipeline/warehouse/turns"
)

// holdBytes is what an answer keeps back before the first byte goes out, so that most errors still
// get a status and an exception code of their own.
const holdBytes = 64 << 10

// answer is the response to one request: compressed where asked, held back at first, and ended by
// an exception block where the statement failed under way.
type answer struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	tag  string
	enc  io.WriteCloser // compressor over raw; nil for none
	name string         // Content-Encoding
	lang codes.Lang     // of what an answer that fails under way ends in; empty: the engine's words

	wait      bool // wait_end_of_query: nothing goes out before the end
	hold      bytes.Buffer
	spool     *os.File // where a long answer waits
	committed bool
	wrote     bool // something is in the compressor
}

// newAnswer always returns an answer to finish, also with an error.
func newAnswer(w http.ResponseWriter, r *http.Request) (*answer, error) {
	var b [8]byte
	_, _ = rand.Read(b[:])
	a := &answer{w: w, rc: http.NewResponseController(w), tag: hex.EncodeToString(b[:]), lang: codes.Lang(r.Header.Get(plain.Header))}
	q := r.URL.Query()
	a.wait = isOn(q.Get("wait_end_of_query")) || isOn(q.Get("http_wait_end_of_query"))
	if isOn(q.Get("compress")) {
		m := compress.LZ4
		if strings.EqualFold(q.Get("network_compression_method"), "zstd") {
			m = compress.ZSTD
		}
		a.enc = &blockWriter{w: (*rawWriter)(a), c: compress.NewWriter(0, m)}
		return a, nil
	}
	if v := q.Get("enable_http_compression"); v != "" && !isOn(v) {
		return a, nil
	}
	a.name = chooseEncoding(r.Header.Get("Accept-Encoding"))
	switch a.name {
	case "gzip":
		a.enc, _ = gzip.NewWriterLevel((*rawWriter)(a), gzip.BestSpeed)
	case "deflate":
		a.enc, _ = zlib.NewWriterLevel((*rawWriter)(a), zlib.BestSpeed)
	case "zstd":
		z, err := zstd.NewWriter((*rawWriter)(a), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		if err != nil {
			return a, err
		}
		a.enc = z
	case "lz4":
		a.enc = lz4.NewWriter((*rawWriter)(a))
	}
	return a, nil
}

func isOn(v string) bool { return v == "1" || v == "true" }

// chooseEncoding takes the best encoding that the client accepts; "" for none.
func chooseEncoding(accept string) string {
	ok := map[string]bool{}
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if v, found := strings.CutPrefix(strings.TrimSpace(q), "q="); found {
			if f, err := strconv.ParseFloat(v, 64); err == nil && f == 0 {
				continue
			}
		}
		ok[strings.ToLower(strings.TrimSpace(name))] = true
	}
	for _, name := range []string{"zstd", "lz4", "gzip", "deflate"} {
		if ok[name] {
			return name
		}
	}
	return ""
}

func (a *answer) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if a.enc != nil {
		a.wrote = true
		return a.enc.Write(p)
	}
	return (*rawWriter)(a).Write(p)
}

// rawWriter is the answer below its compressor.
type rawWriter answer

func (a *rawWriter) Write(p []byte) (int, error) {
	if a.committed {
		return a.w.Write(p)
	}
	if a.spool != nil {
		return a.spool.Write(p)
	}
	if a.hold.Len()+len(p) <= holdBytes {
		return a.hold.Write(p)
	}
	if a.wait {
		f, err := os.CreateTemp("", "yanzhen-answer-")
		if err != nil {
			return 0, err
		}
		_ = os.Remove(f.Name())
		a.spool = f
		if _, err := f.Write(a.hold.Bytes()); err != nil {
			return 0, err
		}
		a.hold.Reset()
		return f.Write(p)
	}
	if err := (*answer)(a).commit(); err != nil {
		return 0, err
	}
	return a.w.Write(p)
}

// commit sends the headers and what was held back. From here on an error can only end the stream.
func (a *answer) commit() error {
	a.committed = true
	h := a.w.Header()
	if a.name != "" {
		h.Set("Content-Encoding", a.name)
	}
	h.Set("X-ClickHouse-Exception-Tag", a.tag)
	a.w.WriteHeader(http.StatusOK)
	_, err := a.w.Write(a.hold.Bytes())
	a.hold.Reset()
	return err
}

// format names the format of the answer.
func (a *answer) format(name string) {
	a.w.Header().Set("X-ClickHouse-Format", name)
	kind, ok := contentTypes[name]
	if !ok {
		kind = "application/octet-stream"
	}
	a.w.Header().Set("Content-Type", kind)
}

var contentTypes = map[string]string{
	"TabSeparated": "text/tab-separated-values; charset=UTF-8", "TSV": "text/tab-separated-values; charset=UTF-8",
	"TabSeparatedWithNames": "text/tab-separated-values; charset=UTF-8", "TSVWithNames": "text/tab-separated-values; charset=UTF-8",
	"CSV": "text/csv; charset=UTF-8; header=absent", "CSVWithNames": "text/csv; charset=UTF-8; header=present",
	"JSON": "application/json; charset=UTF-8", "JSONCompact": "application/json; charset=UTF-8",
	"JSONEachRow": "application/x-ndjson; charset=UTF-8", "XML": "application/xml; charset=UTF-8",
	"Pretty": "text/plain; charset=UTF-8", "Vertical": "text/plain; charset=UTF-8", "Markdown": "text/markdown; charset=UTF-8",
	"ArrowStream": "application/vnd.apache.arrow.stream", "Parquet": "application/vnd.apache.parquet",
}

// processing tells the client that its statement waits.
func (a *answer) processing(why turns.Waits) {
	a.w.Header().Set(turns.Header, why.String())
	a.w.WriteHeader(http.StatusProcessing)
	a.w.Header().Del(turns.Header)
}

// summary sets what the statement did: before the answer, or behind it where the headers have gone out.
func (a *answer) summary(s stats) {
	name := "X-ClickHouse-Summary"
	if a.committed {
		name = http.TrailerPrefix + name
	}
	a.w.Header().Set(name, summaryJSON(s))
}

// nameEndRe finds ClickHouse's name of an error at the end of its words.
var nameEndRe = regexp.MustCompile(` \([A-Z][A-Z_0-9]+\)$`)

// finish ends the answer. An error before the first byte becomes a status with the exception code;
// after it, an exception block and a connection that breaks, so that no client takes the part for
// the whole.
func (a *answer) finish(err error) {
	defer func() {
		if a.spool != nil {
			a.spool.Close()
		}
	}()
	if err == nil && a.wrote {
		err = a.enc.Close()
	}
	if err == nil && a.spool != nil {
		if _, err = a.spool.Seek(0, io.SeekStart); err == nil {
			if err = a.commit(); err == nil {
				_, err = io.Copy(a.w, a.spool)
			}
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		return
	}
	if err == nil {
		if !a.committed {
			if n := a.hold.Len(); n > 0 {
				if a.name != "" {
					a.w.Header().Set("Content-Encoding", a.name)
				}
				a.w.Header().Set("Content-Length", strconv.Itoa(n))
			} else {
				a.w.Header().Set("Content-Length", "0")
			}
			a.w.WriteHeader(http.StatusOK)
			_, _ = a.w.Write(a.hold.Bytes())
		}
		return
	}
	var e *exception
	if !errors.As(err, &e) {
		if a.committed {
			panic(http.ErrAbortHandler) // the client is gone
		}
		e = newException("Code: 1002. DB::Exception: " + err.Error())
	}
	text := strings.TrimRight(e.text, "\n") + "\n"
	if !a.committed {
		h := a.w.Header()
		h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.code))
		h.Set("Content-Type", "text/plain; charset=UTF-8")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		h.Del("X-ClickHouse-Summary")
		a.w.WriteHeader(status(e.code))
		_, _ = io.WriteString(a.w, text)
		return
	}
	if a.lang != "" {
		text = fmt.Sprintf("Code: %d. DB::Exception: %s%s\n", e.code, plain.Error(e.code, e.text, "", a.lang, plain.Names{}), nameEndRe.FindString(strings.TrimSpace(e.text)))
	}
	if len(text) > 15<<10 {
		text = strings.ToValidUTF8(text[:15<<10], "") + "\n"
	}
	fmt.Fprintf(a, "\r\n__exception__\r\n%s\r\n%s%d %s\r\n__exception__\r\n", a.tag, text, len(text), a.tag)
	if a.enc != nil {
		_ = a.enc.Close()
	}
	_ = a.rc.Flush()
	panic(http.ErrAbortHandler)
}

// status is the HTTP status of an exception code.
func status(code int) int {
	switch code {
	case 516: // AUTHENTICATION_FAILED
		return http.StatusUnauthorized
	case 497, 164: // ACCESS_DENIED, READONLY
		return http.StatusForbidden
	case 60, 81, 46, 47: // UNKNOWN_TABLE, _DATABASE, _FUNCTION, _IDENTIFIER
		return http.StatusNotFound
	case 62, 115, 33, 1000: // SYNTAX_ERROR, UNKNOWN_SETTING, CANNOT_READ_ALL_DATA, a cut request
		return http.StatusBadRequest
	case 202: // TOO_MANY_SIMULTANEOUS_QUERIES
		return http.StatusTooManyRequests
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	}
	return http.StatusInternalServerError
}

// blockWriter compresses in the blocks of ClickHouse's own protocol (compress=1).
type blockWriter struct {
	w   io.Writer
	c   *compress.Writer
	buf []byte
}

func (b *blockWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), 1<<20-len(b.buf))
		b.buf = append(b.buf, p[:k]...)
		p = p[k:]
		if len(b.buf) == 1<<20 {
			if err := b.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (b *blockWriter) flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	if err := b.c.Compress(b.buf); err != nil {
		return err
	}
	b.buf = b.buf[:0]
	_, err := b.w.Write(b.c.Data)
	return err
}

func (b *blockWriter) Close() error { return b.flush() }

// requestBody is the body, decompressed where it says so.
func requestBody(r *http.Request) (io.Reader, error) {
	bad := func(err error) error {
		return newException("Code: 271. DB::Exception: the body is not what its encoding says: " + err.Error() + ". (CANNOT_DECOMPRESS)")
	}
	if isOn(r.URL.Query().Get("decompress")) {
		return compress.NewReader(r.Body), nil
	}
	switch enc := strings.ToLower(r.Header.Get("Content-Encoding")); enc {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, bad(err)
		}
		return z, nil
	case "deflate":
		z, err := zlib.NewReader(r.Body)
		if err != nil {
			return nil, bad(err)
		}
		return z, nil
	case "zstd":
		z, err := zstd.NewReader(r.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, bad(err)
		}
		return z, nil
	case "lz4":
		return lz4.NewReader(r.Body), nil
	default:
		return nil, &exception{48, fmt.Sprintf("Code: 48. DB::Exception: the encoding %q is not known: gzip, deflate, zstd, lz4. (NOT_IMPLEMENTED)", enc)}
	}
}
