package door

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a stranger sends never panics, and what goes on to the engine lifts no limit and names no file.
func FuzzRequest(f *testing.F) {
	f.Add("query=select+1&max_threads=9&session_id=x&format_csv_delimiter=;", "select 1", "gzip")
	f.Add("query=%ff&max_execution_time=-1&output_format_schema=x&readonly=0", "\x1f\x8b", "zstd")
	f.Add("decompress=1&param_a=1&additional_result_filter=1", "KILL QUERY WHERE query_id = 'x'", "")
	f.Add("export=1&max_result_rows=99999999999&wait_end_of_query=1", "select 12", "")
	f.Fuzz(func(t *testing.T, params, body, encoding string) {
		if _, err := url.ParseQuery(params); err != nil {
			return
		}
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/", RawQuery: params}, Header: http.Header{"Content-Encoding": {encoding}}, ContentLength: int64(len(body))}
		r.Body = httptest.NewRequest("POST", "/", strings.NewReader(body)).Body
		a := &ask{guest: Guest{Name: "li", Export: len(body)%2 == 0}}
		exports := &Exports{Rows: 5_000_000, Time: time.Hour, AtOnce: 1}
		if a.read(r, 1<<30, exports) != nil {
			return
		}
		most := limits
		if a.export {
			most = exports.limits()
		}
		if a.export && !a.guest.Export {
			t.Error("an export of who may take none")
		}
		for name, n := range most {
			if v, err := strconv.ParseInt(a.query.Get(name), 10, 64); err != nil || v <= 0 || v > n {
				t.Errorf("%s = %s", name, a.query.Get(name))
			}
		}
		_, _ = killed(a)
		for name := range a.query {
			if _, limit := limits[name]; !limit && name != "max_memory_usage" && name != "database" && name != "result_overflow_mode" && !strings.HasPrefix(name, "param_") && !looks(name) {
				known := false
				for _, p := range forwarded {
					known = known || p == name
				}
				if !known {
					t.Errorf("%s goes on to the engine", name)
				}
			}
		}
		if a.query.Get("database") != "mart" || a.query.Get("max_execution_time") == "0" {
			t.Errorf("%v", a.query)
		}
	})
}
