// Package reply sends answers: a body compressed where that pays, or a page in pieces, each as soon as it is written. It
// knows nothing of what it sends.
package reply

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// writers are compressors at rest: making one costs more than a panel's text does.
var writers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	return z
}}

// Compressor writes compressed to w. Close ends what is written and gives the compressor back; it is of no use after that.
type Compressor struct{ *gzip.Writer }

// Compress lends a compressor.
func Compress(w io.Writer) *Compressor {
	z := writers.Get().(*gzip.Writer)
	z.Reset(w)
	return &Compressor{z}
}

// Close ends what is written.
func (c *Compressor) Close() error {
	if c.Writer == nil {
		return nil
	}
	err := c.Writer.Close()
	c.Reset(io.Discard) // it holds nobody's answer while it rests
	writers.Put(c.Writer)
	c.Writer = nil
	return err
}

// Body sends a body of a known length, compressed where that pays.
func Body(w http.ResponseWriter, r *http.Request, code int, body []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1400 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		w.WriteHeader(code)
		z := Compress(w)
		z.Write(body)
		z.Close()
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	w.Write(body)
}

// Stream is a page that is sent in pieces. Once it has begun its status can no longer change.
type Stream struct {
	out    io.Writer
	flush  []func() error // of the compression, then of the connection
	close  func() error
	broken bool
}

// Begin starts a page of HTML. What is written to it reaches the browser at once.
func Begin(w http.ResponseWriter, r *http.Request) *Stream {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Add("Vary", "Accept-Encoding")
	p := &Stream{out: w, close: func() error { return nil }}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		z := Compress(w)
		p.out, p.close = z, z.Close
		p.flush = append(p.flush, z.Flush)
	}
	p.flush = append(p.flush, http.NewResponseController(w).Flush)
	w.WriteHeader(http.StatusOK)
	return p
}

// Write sends a piece of the page. When the reader has gone nothing more is sent.
func (p *Stream) Write(piece []byte) {
	if p.broken {
		return
	}
	if _, err := p.out.Write(piece); err != nil {
		p.broken = true
		return
	}
	for _, flush := range p.flush {
		if err := flush(); err != nil {
			p.broken = true
			return
		}
	}
}

// Close ends the page.
func (p *Stream) Close() {
	if err := p.close(); err != nil {
		p.broken = true
	}
}
