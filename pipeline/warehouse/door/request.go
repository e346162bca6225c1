package door

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// limits are what an analyst may use at most; a client may ask for less.
var limits = map[string]int64{
	"max_execution_time": 60, "max_result_rows": 1_000_000, "max_rows_to_read": 1_000_000_000, "max_threads": 2, "max_block_size": 65_536,
	"max_result_bytes": 1 << 30,
}

// Limits are the settings of an analyst's statement that has no wishes of its own; 0 bytes of memory: 1 GiB.
func Limits(memory int64) map[string]string {
	if memory <= 0 {
		memory = 1 << 30
	}
	out := map[string]string{"max_memory_usage": strconv.FormatInt(memory, 10)}
	for name, most := range limits {
		out[name] = strconv.FormatInt(most, 10)
	}
	return out
}

// forwarded are parameters of the protocol that the engine's endpoint understands. All others that are no settings of
// the output are left out: of sessions, roles, quotas and logs nothing is kept here.
var forwarded = []string{
	"default_format", "compress", "wait_end_of_query", "http_wait_end_of_query", "enable_http_compression", "network_compression_method",
	"client_protocol_version",
}

// silent are parameters that clients send without being asked and that change nothing of an answer: nobody need be
// told that they were left out.
var silent = []string{
	"query", "query_id", "export", "database", "user", "password", "lang", "session_id", "session_timeout", "session_check", "close_session", "role", "quota_key", "log_comment",
	"decompress", "stacktrace", "buffer_size", "send_progress_in_http_headers", "cancel_http_readonly_queries_on_client_close", "http_response_buffer_size",
	"http_headers_progress_interval_ms", "http_write_exception_in_output_format", "network_zstd_compression_level", "readonly", "async_insert", "wait_for_async_insert",
}

// read takes the request apart.
func (a *ask) read(r *http.Request, memory int64, exports *Exports) error {
	q := r.URL.Query()
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		a.held = true
	case http.MethodPost:
	default:
		return no(http.StatusMethodNotAllowed, 48, "NOT_IMPLEMENTED", "用 GET 或 POST", "use GET or POST")
	}
	database := q.Get("database")
	if h := r.Header.Get("X-ClickHouse-Database"); h != "" {
		database = h
	}
	if database != "" && database != "default" && database != "mart" {
		return no(http.StatusForbidden, 497, "ACCESS_DENIED", "数据库是 mart", "the database is mart")
	}
	a.format = r.Header.Get("X-ClickHouse-Format")
	if err := a.statement(r, q); err != nil {
		return err
	}
	if err := means(q); err != nil {
		return err
	}
	if err := a.asks(q, exports); err != nil {
		return err
	}
	most := limits
	if a.export {
		most = exports.limits()
	}
	a.settings(q, most, memory)
	if a.export { // nothing of it is kept back here
		a.query.Del("wait_end_of_query")
		a.query.Del("http_wait_end_of_query")
	}
	if a.held && a.query.Has("compress") { // a length is wanted, so nothing packs it
		a.query.Del("compress")
	}
	return nil
}

// statement is the address's and the body's together, as ClickHouse reads them.
func (a *ask) statement(r *http.Request, q url.Values) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return no(http.StatusBadRequest, 48, "NOT_IMPLEMENTED", "不接受外部数据和多部分的请求：语句放在请求体里", "neither data beside a statement nor multipart requests are taken: put the statement into the body")
	}
	a.sql = q.Get("query")
	body, err := unpacked(r, q)
	if err != nil {
		return err
	}
	if body != nil {
		b, err := io.ReadAll(io.LimitReader(body, MaxStatement+1))
		if err != nil {
			return no(http.StatusBadRequest, 271, "CANNOT_DECOMPRESS", "请求体没有到齐，或不是它所说的压缩格式", "the body did not arrive whole, or is not packed as it says")
		}
		if len(b) > 0 && a.sql != "" {
			a.sql += "\n"
		}
		a.sql += string(b)
	}
	if len(a.sql) > MaxStatement {
		a.sql = strings.ToValidUTF8(a.sql[:longestKept], "") + "…" // so that the record says which it was
		return no(http.StatusRequestEntityTooLarge, 62, "SYNTAX_ERROR", LongStatement.Zh, LongStatement.En)
	}
	if strings.TrimSpace(a.sql) == "" {
		return no(http.StatusBadRequest, 62, "SYNTAX_ERROR", "语句是空的", "the statement is empty")
	}
	return nil
}

// unpacked is the body without its compression; nil where there is none.
func unpacked(r *http.Request, q url.Values) (io.Reader, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil, nil
	}
	bad := no(http.StatusBadRequest, 271, "CANNOT_DECOMPRESS", "请求体不是它所说的压缩格式", "the body is not packed as it says")
	if v := q.Get("decompress"); v == "1" || v == "true" {
		return compress.NewReader(r.Body), nil
	}
	var z io.Reader
	var err error
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		z, err = gzip.NewReader(r.Body)
	case "deflate":
		z, err = zlib.NewReader(r.Body)
	case "zstd":
		z, err = zstd.NewReader(r.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	case "lz4":
		z = lz4.NewReader(r.Body)
	default:
		return nil, no(http.StatusUnsupportedMediaType, 48, "NOT_IMPLEMENTED", "压缩格式：gzip、deflate、zstd、lz4", "the body may be packed as gzip, deflate, zstd or lz4")
	}
	if err != nil {
		return nil, bad
	}
	return z, nil
}

// settings takes what goes on to the engine: parameters, how the output looks, and limits no wider than an analyst's.
func (a *ask) settings(q url.Values, limits map[string]int64, memory int64) {
	v := url.Values{"database": {"mart"}}
	for name, values := range q {
		value := values[len(values)-1]
		most, limit := limits[name]
		if name == "max_memory_usage" {
			most, limit = memory, true
		}
		switch {
		case strings.HasPrefix(name, "param_"), slices.Contains(forwarded, name):
			v.Set(name, value)
		case slices.Contains(silent, name):
		case limit:
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n <= 0 || n > most { // 0 is no limit
				n = most
				a.ignored = append(a.ignored, name)
			}
			v.Set(name, strconv.FormatInt(n, 10))
		case name == "result_overflow_mode" && (value == "break" || value == "throw"):
			v.Set(name, value)
		case looks(name):
			v.Set(name, value)
		default:
			a.ignored = append(a.ignored, name)
		}
	}
	for name, most := range limits {
		if !v.Has(name) {
			v.Set(name, strconv.FormatInt(most, 10))
		}
	}
	if !v.Has("max_memory_usage") {
		v.Set("max_memory_usage", strconv.FormatInt(memory, 10))
	}
	if !v.Has("format_csv_null_representation") {
		v.Set("format_csv_null_representation", "")
	}
	a.ignored = slices.DeleteFunc(a.ignored, func(name string) bool { return !settingRe.MatchString(name) }) // it stands in a header
	slices.Sort(a.ignored)
	a.ignored = a.ignored[:min(len(a.ignored), 50)]
	a.query = v
}

var settingRe = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,80}$`)

// looks reports whether a setting says only how the output looks, and names no file.
func looks(name string) bool {
	if !settingRe.MatchString(name) || strings.Contains(name, "schema") || strings.Contains(name, "template") || strings.Contains(name, "path") {
		return false
	}
	return strings.HasPrefix(name, "output_format_") || strings.HasPrefix(name, "format_") || name == "date_time_output_format" ||
		name == "extremes" || name == "use_client_time_zone"
}

var killRe = regexp.MustCompile(`(?is)^\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*KILL\s+QUERY\s+(?:ON\s+CLUSTER\s+\S+\s+)?WHERE\s+query_id\s*=\s*'([^'\\]+)'\s*(?:SYNC|ASYNC)?\s*;?\s*(?:FORMAT\s+\w+\s*)?$`)

// killed is the statement that a KILL QUERY names by its id, and nothing else.
func killed(a *ask) (string, bool) {
	m := killRe.FindStringSubmatch(a.sql)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// key is what makes two requests of a guest the same.
func (a *ask) key() string {
	return strings.Join([]string{a.guest.Name, a.query.Encode(), a.format, a.sql}, "\x00")
}
