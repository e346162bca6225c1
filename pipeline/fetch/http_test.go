package fetch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"yanzhen/pipeline"
	"yanzhen/pipeline/fetch/fetchtest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A program is asked page after page, by number, by offset and by what it says comes next; what it answers otherwise than declared
// loads nothing, says where, and holds neither a value nor the token.
func TestHTTP(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	const rows = 23
	cards := []string{"11010519491231002X", "110101199003070054"}
	item := func(i int) map[string]any {
		return map[string]any{"id": i, "who": map[string]any{"card": cards[i%2], "name": "王小明"}, "at": "2026-05-31T16:30:00Z", "node": "node" + strconv.Itoa(i%3), "people": i, "more": []int{1}}
	}
	page := func(from, n int) []any {
		list := []any{}
		for i := from; i < min(from+n, rows); i++ {
			list = append(list, item(i))
		}
		return list
	}
	var busy, asked atomic.Int64
	number := func(r *http.Request, key string) int { n, _ := strconv.Atoi(r.URL.Query().Get(key)); return n }
	said := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		json.NewEncoder(w).Encode(v)
	}
	mux := http.NewServeMux()
	answers := func(path string, f func(w http.ResponseWriter, r *http.Request)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.Header.Get("X-Api-Key") != fetchtest.Password {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			f(w, r)
		})
	}
	list := func(items []any) any { return map[string]any{"data": map[string]any{"items": items, "total": rows}} }
	// of each page the server gives five rows, however many were asked for; every third answer is that it is busy
	answers("/page", func(w http.ResponseWriter, r *http.Request) {
		if busy.Add(1)%3 == 0 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		said(w, list(page((number(r, "page")-1)*5, 5)))
	})
	answers("/offset", func(w http.ResponseWriter, r *http.Request) {
		said(w, list(page(number(r, "from"), min(number(r, "n"), 5))))
	})
	answers("/link", func(w http.ResponseWriter, r *http.Request) {
		v := list(page(number(r, "at"), 10)).(map[string]any)
		if at := number(r, "at") + 10; at < rows {
			v["next"] = "/link?at=" + strconv.Itoa(at)
		}
		said(w, v)
	})
	answers("/token", func(w http.ResponseWriter, r *http.Request) {
		v := list(page(number(r, "t"), 10)).(map[string]any)
		if v["next"] = nil; number(r, "t")+10 < rows {
			v["next"] = number(r, "t") + 10
		}
		said(w, v)
	})
	answers("/circle", func(w http.ResponseWriter, r *http.Request) {
		v := list(page(number(r, "t"), 10)).(map[string]any)
		v["next"] = 10 - number(r, "t")
		said(w, v)
	})
	answers("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		v := list(page(0, 10)).(map[string]any)
		v["next"] = "http://localhost:1/next"
		said(w, v)
	})
	answers("/deaf", func(w http.ResponseWriter, r *http.Request) { said(w, list(page(0, 5))) })
	answers("/less", func(w http.ResponseWriter, r *http.Request) {
		said(w, map[string]any{"data": map[string]any{"items": page(0, 5), "total": rows}})
	})
	answers("/login", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>王小明</html>")
	})
	answers("/page-of-html", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "\n<html>王小明</html>")
	})
	answers("/error", func(w http.ResponseWriter, r *http.Request) {
		said(w, map[string]any{"code": 500, "message": "王小明"})
	})
	answers("/renamed", func(w http.ResponseWriter, r *http.Request) {
		x := item(1)
		delete(x, "node")
		said(w, list([]any{item(0), x}))
	})
	answers("/type", func(w http.ResponseWriter, r *http.Request) {
		x := item(1)
		x["people"] = "王小明"
		said(w, list([]any{item(0), x}))
	})
	answers("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"data": `)
	})
	answers("/down", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	answers("/long", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	answers("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/page", http.StatusFound) })
	answers("/deleted", func(w http.ResponseWriter, r *http.Request) { // two rows before the second page are gone: its first two were never seen
		from, left := number(r, "from"), rows
		if from > 0 {
			from, left = from+2, rows-2
		}
		said(w, map[string]any{"data": map[string]any{"items": page(from, 7), "total": left}})
	})
	answers("/dense", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"data": {"items": [{"id": 1, "more": [%s{}]}], "total": 23}}`, strings.Repeat("{},", 2<<20))
	})
	answers("/deep", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"more": `, strings.Repeat("[", 1<<20))
	})
	answers("/empty", func(w http.ResponseWriter, r *http.Request) { said(w, list([]any{})) })
	server := httptest.NewServer(mux)
	defer server.Close()

	declared := func(path, paging string) string {
		return `name: moves
title: {zh: 接口, en: API}
dataset: moves
sender: 人社局
zone: UTC
key: [id]
period: date
http:
  url: ` + server.URL + path + `
  token: {env: YANZHEN_TEST_SECRET}
  header: X-Api-Key
  rows: data.items
  total: data.total
  fields:
    - {name: id, path: id, type: number}
    - {name: person, path: who.card, type: text}
    - {name: name, path: who.name}
    - {name: date, path: at, type: time}
    - {name: node, path: node}
    - {name: people, path: people, type: number}
    - {name: pay, path: pay, optional: true}
` + paging
	}
	const byPage, byOffset = "  paging: {by: page, param: page, size_param: size}\n", "  paging: {by: offset, param: from, size_param: n}\n"
	const byLink, byToken = "  paging: {by: next, next: next}\n", "  paging: {by: next, next: next, param: t}\n"
	b := newBench(t)
	for i, good := range [][2]string{{"/page", byPage}, {"/offset?state=valid", byOffset}, {"/link", byLink}, {"/token", byToken}} {
		b.declare(declared(good[0], good[1]))
		states, sum, err := b.fetch(false)
		want := "moves_2026-06.csv " + []string{"published", "unchanged"}[min(i, 1)] // the moment is of 1 June in the office; the rows are the same by every way
		if err != nil || strings.Join(states, "; ") != want || sum.Read != rows {
			t.Errorf("%s: %v, %+v, %v", good[0], states, sum, err)
		}
	}
	if got := warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select concat_ws(' ', count(), sum(people), uniqExact(person), toString(max(date))) from store.moves where _batch in ("+live+")")); got != "23 253 2 2026-06-01" {
		t.Errorf("loaded: %s", got)
	}
	q, _, done, err := b.Look(t.Context(), "moves", 3)
	if err != nil {
		t.Fatal(err)
	}
	if plan, err := b.Loader.Plan(t.Context(), q); err != nil || plan.Counts.Loaded != 3 {
		t.Errorf("the first rows: %+v, %v", plan.Counts, err)
	}
	done()

	for _, bad := range []struct{ path, paging, code, says string }{ // no code: it may pass
		{"/circle", byToken, "source_paging", "page 3 leads to a page that was read before"},
		{"/elsewhere", byLink, "source_paging", "another host"},
		{"/deaf", byPage, "source_paging", "page 2 is byte for byte the one before"},
		{"/less", "", "", "5 rows came, the program says that there are 23"},
		{"/login", byPage, "source_not_json", "page 1 is no JSON (text/html)"},
		{"/page-of-html", byPage, "source_not_json", "page 1 is no JSON"},
		{"/error", byPage, "source_schema", "page 1: data.items is missing"},
		{"/renamed", "", "source_schema", "page 1, row 2: node is missing"},
		{"/type", "", "source_schema", "page 1, row 2: people is missing or not of the declared type"},
		{"/broken", "", "", "page 1 came in part"},
		{"/down", "", "", "HTTP 502"},
		{"/long", "", "", "24h0m0s"},
		{"/moved", "", "source_status", "HTTP 302"},
		{"/nowhere", "", "source_status", "HTTP 404"},
		{"/empty", "", "", "0 rows came"},
		{"/deleted", byOffset, "", "page 2 says that there are 21 rows, those before said 23"},
		{"/dense", "", "source_large", "page 1, row 1 has more than 4 MB"},
		{"/deep", "", "source_not_json", "page 1 is no JSON"},
	} {
		b.declare(declared(bad.path, bad.paging))
		asked.Store(0)
		states, _, err := b.fetch(false)
		var p *pipeline.Problem
		code := ""
		if errors.As(err, &p) {
			code = p.Code
		}
		if text := fmt.Sprint(err); code != bad.code || err == nil || !strings.Contains(text, bad.says) || strings.Contains(text, "王小明") || strings.Contains(text, fetchtest.Password) || len(states) > 0 || asked.Load() > 4 {
			t.Errorf("%s: asked %d times, %v, %q: %v", bad.path, asked.Load(), states, code, err)
		}
	}
	t.Setenv("YANZHEN_TEST_SECRET", "not-the-token")
	b.declare(declared("/page", byPage))
	var p *pipeline.Problem
	if _, _, err := b.fetch(false); !errors.As(err, &p) || p.Code != "source_sign_in" || strings.Contains(err.Error(), "not-the-token") {
		t.Errorf("a wrong token: %v", err)
	}
}
