package webapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/trouble"
)

const (
	mostPage  = 64 << 20 // bytes of a page
	mostItem  = 4 << 20  // bytes of a row of it: what is made of its JSON may be fifty times as large
	mostDeep  = 10_000   // lists in lists, as encoding/json has it
	mostPages = 100_000
	mostTries = 6               // of a page whose server says: later
	mostWait  = 5 * time.Minute // for one of them
	mostToken = 8 << 10         // bytes of the mark of a page
)

// asking is one walk over the pages.
type asking struct {
	*API
	ask    answer.Ask
	client *http.Client
	token  string
	to     answer.Taker
	tell   answer.Teller
	rows   int
	total  string                     // how many rows there are in all, as the first page said
	seen   map[[sha256.Size]byte]bool // marks of pages, so that a circle is noticed
	last   [sha256.Size]byte
	wait   func(context.Context, time.Duration) error
}

// errEnough ends a walk whose first rows were wanted.
var errEnough = errors.New("enough")

// Read asks for every page and hands on their rows. A *answer.Fault needs a person; any other error may pass, unless it is the
// taker's own. Where it fails, what was handed on is a part and no answer.
func (a *API) Read(ctx context.Context, ask answer.Ask, to answer.Taker) (got answer.Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	x := asking{API: a, ask: ask, to: to, seen: map[[sha256.Size]byte]bool{}, wait: sleep}
	if x.token, err = a.Token.Read(); err != nil {
		return got, answer.NewFault("secret", "令牌读不出："+trouble.Beneath(err), "the token cannot be read: "+trouble.Beneath(err), "核对 token 所指的文件或环境变量", "check the file or variable that token names")
	}
	if x.client, err = a.client(); err != nil {
		return got, err
	}
	defer x.client.CloseIdleConnections()
	for _, f := range a.Fields {
		kind := map[string]answer.Kind{"number": answer.Number, "bool": answer.Bool, "time": answer.Instant}[f.Type]
		if kind == "" {
			kind = answer.Text
		}
		got.Columns = append(got.Columns, answer.Column{Name: f.Name, Kind: kind, Type: f.Type})
	}
	x.tell = answer.Teller{Columns: got.Columns, Ask: ask}
	if err := to.Begin(got.Columns); err != nil {
		return got, err
	}
	err = x.pages(ctx)
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("超过 %s 还没有取完 / not all of it came within %[1]s", a.Timeout)
	}
	got.Zero = x.tell.Zero
	return got, x.unsaid(err)
}

// unsaid is an error without the token.
func (x *asking) unsaid(err error) error {
	if err == nil || x.token == "" || !strings.Contains(err.Error(), x.token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), x.token, "***"))
}

func (a *API) client() (*http.Client, error) {
	t := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ResponseHeaderTimeout: 2 * time.Minute, MaxResponseHeaderBytes: 64 << 10, Proxy: nil}
	if a.CA != "" {
		text, err := os.ReadFile(a.CA)
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if err != nil || !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(text) {
			return nil, answer.NewFault("ca", "ca 读不出，或里面没有证书（PEM）", "ca cannot be read, or holds no certificate (PEM)", "核对 http.ca", "check http.ca")
		}
	}
	// what leads elsewhere is not followed: the token is for the declared host
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *asking) pages(ctx context.Context) error {
	at, err := url.Parse(x.URL)
	if err != nil {
		return err
	}
	p := x.Paging
	if p == nil {
		if _, err := x.page(ctx, at, 1); err != nil {
			return err
		}
		return x.all()
	}
	put := func(u *url.URL, key, value string) *url.URL {
		c := *u
		q := c.Query()
		if q.Set(key, value); p.Size != "" {
			q.Set(p.Size, strconv.Itoa(p.Rows))
		}
		c.RawQuery = q.Encode()
		return &c
	}
	next := at
	if p.By == "next" && p.Size != "" {
		next = put(at, p.Size, strconv.Itoa(p.Rows))
	}
	for n := range mostPages {
		switch p.By {
		case "page":
			next = put(at, p.Param, strconv.Itoa(p.First+n))
		case "offset":
			next = put(at, p.Param, strconv.Itoa(x.rows))
		}
		got, err := x.page(ctx, next, n+1)
		if err != nil {
			return err
		}
		if p.By != "next" {
			if got.rows == 0 { // a server may give fewer rows than it was asked for: only a page without any is the last
				return x.all()
			}
			continue
		}
		mark, err := x.mark(got.next, n+1)
		if err != nil {
			return err
		}
		if mark == "" {
			return x.all()
		}
		if p.Param != "" {
			next = put(at, p.Param, mark)
			continue
		}
		to, err := next.Parse(mark)
		if err != nil || to.Host != at.Host || to.Scheme != at.Scheme {
			return answer.NewFault("paging", fmt.Sprintf("第 %d 页给出的下一页在别的主机，没有去取", n+1), fmt.Sprintf("page %d gives an address of another host for the next, which was not asked", n+1), "核对接口；令牌只发给声明的主机", "check the program: the token is for the declared host")
		}
		next = to
	}
	return answer.NewFault("paging", fmt.Sprintf("超过 %d 页", mostPages), fmt.Sprintf("more than %d pages", mostPages), "调大每页行数，或在地址里限定范围", "ask for more rows a page, or for less")
}

// mark is that of the next page; empty: there is none. One that came before leads in a circle.
func (x *asking) mark(v any, page int) (string, error) {
	mark := ""
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		mark = v
	case json.Number:
		mark = v.String()
	case bool:
		if !v {
			return "", nil
		}
		return "", x.shape(page, 0, x.Paging.Next)
	default:
		return "", x.shape(page, 0, x.Paging.Next)
	}
	if mark == "" {
		return "", nil
	}
	sum := sha256.Sum256([]byte(mark))
	if len(mark) > mostToken || x.seen[sum] {
		return "", answer.NewFault("paging", fmt.Sprintf("第 %d 页给出的下一页先前已取过：翻页在转圈", page), fmt.Sprintf("page %d leads to a page that was read before: the pages go in a circle", page), "请接口的维护人核对翻页", "have those who keep the program check its paging")
	}
	x.seen[sum] = true
	return mark, nil
}

// all holds what came against how many the pages say there are.
func (x *asking) all() error {
	if x.Total == "" || x.total == strconv.Itoa(x.rows) {
		return nil
	}
	return fmt.Errorf("取到 %d 行，而接口说共 %s 行：翻页时数据在变，或翻页不全 / %[1]d rows came, the program says that there are %[2]s: they changed meanwhile, or pages are missing", x.rows, x.total)
}

// said is what a page holds besides its rows.
type said struct {
	list        bool // there is one
	rows        int
	total, next any
}

// page asks for one page and hands on its rows.
func (x *asking) page(ctx context.Context, u *url.URL, page int) (got said, err error) {
	text, err := x.get(ctx, u, page)
	if err != nil {
		return got, err
	}
	sum := sha256.Sum256(text)
	if x.Paging != nil && sum == x.last {
		return got, answer.NewFault("paging", fmt.Sprintf("第 %d 页与前一页一字不差：翻页的参数不起作用", page), fmt.Sprintf("page %d is byte for byte the one before: the parameter of paging has no effect", page), "核对 http.paging", "check http.paging")
	}
	places := []place{{keys(x.Rows), func(d *json.Decoder) error { return x.list(d, page, &got) }}}
	if x.Total != "" {
		places = append(places, place{keys(x.Total), func(d *json.Decoder) error { return scalar(d, &got.total) }})
	}
	if x.Paging != nil && x.Paging.By == "next" {
		places = append(places, place{keys(x.Paging.Next), func(d *json.Decoder) error { return scalar(d, &got.next) }})
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = walk(d, places)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errNotJSON
		}
	}
	switch {
	case errors.Is(err, errNotJSON):
		return got, answer.NewFault("not_json", fmt.Sprintf("第 %d 页不是 JSON", page), fmt.Sprintf("page %d is no JSON", page), "核对 http.url；多为登录页或出错页", "check http.url: mostly it is a page that asks for a sign-in or tells an error")
	case err != nil:
		return got, err
	case !got.list:
		return got, x.shape(page, 0, x.Rows)
	}
	if got.rows > 0 {
		x.last = sum
	}
	return got, x.steady(got.total, page)
}

// steady holds how many rows there are in all against what the pages before said: what is deleted between two of them moves the
// rest, and one row would be passed over.
func (x *asking) steady(total any, page int) error {
	if x.Total == "" {
		return nil
	}
	n, ok := total.(json.Number)
	if _, err := strconv.Atoi(string(n)); !ok || err != nil {
		return x.shape(page, 0, x.Total)
	}
	if x.total == "" {
		x.total = string(n)
	}
	if x.total != string(n) {
		return fmt.Errorf("第 %d 页说共 %s 行，先前说共 %s 行：翻页时数据在变 / page %[1]d says that there are %[2]s rows, those before said %[3]s: they changed meanwhile", page, n, x.total)
	}
	return nil
}

// list hands on the rows of a page, one after the other: of a page there is never more than its bytes and one row.
func (x *asking) list(d *json.Decoder, page int, got *said) error {
	open, err := d.Token()
	if err != nil {
		return errNotJSON
	}
	if got.list || open != json.Delim('[') && open != nil { // null for an empty list
		return x.shape(page, 0, x.Rows)
	}
	got.list = true
	if open == nil {
		return nil
	}
	cells := make([][]byte, len(x.Fields))
	for d.More() {
		got.rows++
		var text json.RawMessage
		if err := d.Decode(&text); err != nil {
			return errNotJSON
		}
		if len(text) > mostItem {
			return answer.NewFault("large", fmt.Sprintf("第 %d 页第 %d 行超过 %d MB", page, got.rows, mostItem>>20), fmt.Sprintf("page %d, row %d has more than %d MB", page, got.rows, mostItem>>20), "核对 http.rows：每一项应是一行", "check http.rows: each of its items should be a row")
		}
		var item any
		one := json.NewDecoder(bytes.NewReader(text))
		one.UseNumber()
		if err := one.Decode(&item); err != nil {
			return errNotJSON
		}
		for k, f := range x.Fields {
			ok := false
			if cells[k], ok = f.text(item, cells[k][:0]); !ok {
				return x.shape(page, got.rows, f.Path)
			}
		}
		if err := x.tell.Tell(cells); err != nil {
			return err
		}
		if err := x.to.Row(cells); err != nil {
			return err
		}
		if x.rows++; x.rows == x.ask.First {
			return errEnough
		}
	}
	return skip(d, 1)
}

// shape says where an answer is not as declared. No value is told.
func (x *asking) shape(page, row int, path string) error {
	whereZh, whereEn := fmt.Sprintf("第 %d 页", page), fmt.Sprintf("page %d", page)
	if row > 0 {
		whereZh, whereEn = whereZh+fmt.Sprintf("第 %d 行", row), whereEn+fmt.Sprintf(", row %d", row)
	}
	if path == "" {
		path = "."
	}
	return answer.NewFault("schema", whereZh+"："+path+" 没有，或不是声明的类型", whereEn+": "+path+" is missing or not of the declared type", "接口的回答变了，或返回的是出错说明：核对后改正 http.rows、http.fields", "the program answers otherwise than before, or tells an error: check it, and correct http.rows and http.fields")
}

// errNotJSON is told by page, with its number.
var errNotJSON = errors.New("not JSON")

// place is where something stands in an answer, and what reads it there.
type place struct {
	keys []string
	read func(*json.Decoder) error
}

// keys are those of a path; none is the answer itself.
func keys(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// walk reads a value, and in it the places; what stands elsewhere is passed over.
func walk(d *json.Decoder, places []place) error {
	for _, p := range places {
		if len(p.keys) == 0 {
			return p.read(d)
		}
	}
	open, err := d.Token()
	if err != nil {
		return errNotJSON
	}
	if open != json.Delim('{') {
		if open == json.Delim('[') {
			return skip(d, 1)
		}
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return errNotJSON
		}
		var within []place
		for _, p := range places {
			if p.keys[0] == key {
				within = append(within, place{p.keys[1:], p.read})
			}
		}
		if len(within) == 0 {
			err = skip(d, 0)
		} else {
			err = walk(d, within)
		}
		if err != nil {
			return err
		}
	}
	return skip(d, 1)
}

// skip passes over what is left of so many open lists and objects; of none: over one value.
func skip(d *json.Decoder, open int) error {
	for {
		t, err := d.Token()
		if err != nil {
			return errNotJSON
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open == 0 {
			return nil
		}
		if open > mostDeep {
			return errNotJSON
		}
	}
}

// scalar reads a value that is no list and no object; one that is is passed over, and stands as such.
func scalar(d *json.Decoder, to *any) error {
	t, err := d.Token()
	if err != nil {
		return errNotJSON
	}
	if *to = t; t == json.Delim('{') || t == json.Delim('[') {
		return skip(d, 1)
	}
	return nil
}

// at walks to a place in a row.
func at(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// text is the value of a field as a text, nil where it is null; false where it is not as declared.
func (f Field) text(item any, b []byte) ([]byte, bool) {
	v, ok := at(item, f.Path)
	if !ok || v == nil {
		return nil, ok || f.Optional
	}
	switch v := v.(type) {
	case string:
		return append(b, v...), f.Type == "any" || f.Type == "text" || f.Type == "time"
	case json.Number:
		return append(b, v...), f.Type == "any" || f.Type == "number"
	case bool:
		return strconv.AppendBool(b, v), f.Type == "any" || f.Type == "bool"
	}
	return nil, false
}

// get asks for one page, and again where the server says later.
func (x *asking) get(ctx context.Context, u *url.URL, page int) ([]byte, error) {
	for try := 1; ; try++ {
		text, later, err := x.once(ctx, u, page)
		if err == nil || later == 0 || try == mostTries {
			return text, err
		}
		if later > mostWait {
			return nil, fmt.Errorf("%w；要等 %s，太久了 / told to wait for %[2]s, which is too long", err, later)
		}
		if err := x.wait(ctx, later); err != nil {
			return nil, err
		}
	}
}

// once asks for one page. later is how long to wait before the next try; 0: there is none.
func (x *asking) once(ctx context.Context, u *url.URL, page int) (text []byte, later time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "yanzhen")
	switch {
	case x.token == "":
	case x.Header != "":
		req.Header.Set(x.Header, x.token)
	default:
		req.Header.Set("Authorization", "Bearer "+x.token)
	}
	res, err := x.client.Do(req)
	if no := answer.Untrusted("certificate", "接口", "the program", err); no != nil {
		return nil, 0, no
	}
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) { // its address may hold the mark of a page
			err = ue.Err
		}
		return nil, 0, fmt.Errorf("第 %d 页取不到 / page %[1]d cannot be had: %w", page, err)
	}
	defer res.Body.Close()
	status := fmt.Sprintf("第 %d 页：HTTP %d", page, res.StatusCode)
	statusEn := fmt.Sprintf("page %d: HTTP %d", page, res.StatusCode)
	switch code := res.StatusCode; {
	case code == http.StatusOK:
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return nil, max(after(res.Header.Get("Retry-After"), time.Now()), 100*time.Millisecond), errors.New(status + " / " + statusEn)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return nil, 0, answer.NewFault("sign_in", status+"：接口不认这个令牌", statusEn+": the program does not take the token", "核对 token；可能已过期", "check token: it may have expired")
	case code >= 500 || code == http.StatusRequestTimeout:
		return nil, 0, errors.New(status + " / " + statusEn)
	default:
		return nil, 0, answer.NewFault("status", status, statusEn, "核对 http.url；转到别处的（3xx）不跟", "check http.url; what leads elsewhere (3xx) is not followed")
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	text, err = io.ReadAll(io.LimitReader(res.Body, mostPage+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("第 %d 页没有收全 / page %[1]d came in part: %w", page, err)
	case len(text) > mostPage:
		return nil, 0, answer.NewFault("large", fmt.Sprintf("第 %d 页超过 %d MB", page, mostPage>>20), fmt.Sprintf("page %d has more than %d MB", page, mostPage>>20), "调小 http.paging.size", "ask for fewer rows a page")
	case kind != "application/json" && !strings.HasSuffix(kind, "+json") || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return nil, 0, answer.NewFault("not_json", fmt.Sprintf("第 %d 页不是 JSON（%s）", page, kind), fmt.Sprintf("page %d is no JSON (%s)", page, kind), "核对 http.url；多为登录页或出错页", "check http.url: mostly it is a page that asks for a sign-in or tells an error")
	}
	return text, 0, nil
}

// after reads Retry-After: seconds, or a moment. Where it says nothing it is a while.
func after(text string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && s >= 0 && s < 1e6 {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(t.Sub(now), 0)
	}
	return 2 * time.Second
}
