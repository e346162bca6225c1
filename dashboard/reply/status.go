package reply

import "net/http"

// Status remembers how an answer ended; Code is 0 where nothing was written.
type Status struct {
	http.ResponseWriter
	Code int
}

// WriteHeader remembers the first code.
func (s *Status) WriteHeader(code int) {
	if s.Code == 0 {
		s.Code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Flush lets a page go out in pieces.
func (s *Status) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }

// Unwrap lets whoever writes the answer reach what is below.
func (s *Status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
