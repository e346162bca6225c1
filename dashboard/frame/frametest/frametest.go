// Package frametest records what a room of the operator's pages shows and writes down, in place of a page.
package frametest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"yanzhen/dashboard/frame"
	"yanzhen/pipeline/codes"
)

// Record is what was seen.
type Record struct {
	Did   []string // what was written down, oldest first
	Shown string   // the last page: its template with its view as JSON, or the error
}

// Frame is a frame whose pages go into r.
func (r *Record) Frame(t testing.TB) frame.Frame {
	return frame.Frame{
		Record: func(_ *http.Request, what, which, result string) {
			r.Did = append(r.Did, strings.TrimSpace(what+" "+which+" "+result))
		},
		Show: func(w http.ResponseWriter, _ *http.Request, status int, _ codes.Text, name string, view any) {
			w.WriteHeader(status)
			text, err := json.Marshal(view)
			if err != nil {
				t.Error(err)
			}
			r.Shown = name + string(text)
		},
		Fail: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.WriteHeader(http.StatusNotFound)
			r.Shown = err.Error()
		},
	}
}
