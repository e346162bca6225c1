package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/statement"
)

// Whatever is sent is a statement with texts as values, or refused with a status and a sentence.
func FuzzAsked(f *testing.F) {
	for _, seed := range [][2]string{
		{"application/json", `{"sql": "select {n:Array(String)}", "params": {"n": ["it's", null, [1.5e300, true]]}}`},
		{"application/json; charset=utf-8", `{"sql": "select 1"} x`},
		{"application/json", `{"sql": 1, "params": [[[[[[]]]]]]}`},
		{"text/plain", "select 1\x00"},
		{"", "\xff\xfe"},
		{"multipart/form-data", "--x"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/sql", strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		q, err := readAsked(r.WithContext(access.With(r.Context(), &access.Viewer{Name: "li"})))
		var no *address.Refusal
		switch {
		case err != nil && (!errors.As(err, &no) || no.Status < 400 || no.Status >= 500 || no.Text.Zh == "" || no.Text.En == ""):
			t.Errorf("%v", err)
		case err == nil && (strings.TrimSpace(q.SQL) == "" || len(q.SQL) > statement.MostText || len(q.Params) > mostParams || q.Who == nil):
			t.Errorf("%+v", q)
		}
	})
}
