// Package api is /api/v1 for programs: metrics as data, panels, datasets, runs, uploads, reviews and SQL. Every address is
// registered at the one gate with the right that it needs, and described in OpenAPI from the same place. It computes no number
// and reads no database itself: package answer and the ledger do.
package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/review"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Config is what is answered from.
type Config struct {
	Desk     answer.Desk
	Ledger   *pipeline.Ledger // read, never written
	Datasets []*dataset.Dataset
	Boards   []*board.Board
	Inlet    *inlet.Inlet // takes files of senders; nil: none are taken
	Reviews  *review.Desk // decides what counts once it is accepted; nil: nothing is reviewed here
	SQL      *asking.Room // nil: the database is a server of its own, which is asked directly
	// Thaw finds the moment of a report date that an address names.
	Thaw func(context.Context, address.State) (address.State, error)
	// Record writes down what was done.
	Record func(r *http.Request, did, what, result string)
	// Fail tells an error.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Show writes a page in the frame of all pages.
	Show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any)
	// Base is what links stand on: https://talent.example.gov.cn; empty: as the request asked.
	Base string
}

// API is the addresses for programs.
type API struct {
	Config
	gate *access.Gate
	huma huma.API
	docs documents
}

const (
	prefix  = "/api/v1"
	timeout = 30 * time.Second
)

// Register puts the addresses for programs at the gate.
func Register(g *access.Gate, c Config) *API {
	a := &API{Config: c, gate: g}
	conf := huma.Config{OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "雁阵 Yanzhen", Version: "1", Description: about},
		Servers: []*huma.Server{{URL: "/"}},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", BearerFormat: "yz_…", Description: "/account/tokens"},
			},
		},
		Security: []map[string][]string{{"token": {}}},
	}}
	a.huma = huma.NewAPI(conf, humago.NewAdapter(nowhere{}, ""))
	a.metrics()
	a.lists()
	a.uploads()
	a.reviews()
	a.statements()
	a.docs.register(a)
	return a
}

const about = "指标、图表、数据集、装入、报送、审核与 SQL。凭令牌（Authorization: Bearer yz_…）或页面的登录访问；每个账号只看到自己的部分。数字与页面逐字一致。\n\n" +
	"Metrics, panels, datasets, runs, uploads, reviews and SQL, by a token (Authorization: Bearer yz_…) or the session of a page; every account sees its own part. Every number is that of the pages."

// nowhere is the mux that huma wants: it only describes, the gate lets in.
type nowhere struct{}

func (nowhere) HandleFunc(string, func(http.ResponseWriter, *http.Request)) {}

func (nowhere) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// call is one request.
type call struct {
	ctx context.Context // ends with the longest that the answer may take
	r   *http.Request
	st  address.State
	who *access.Viewer
	// later moves the ends of reading and writing.
	later *http.ResponseController
}

func (c *call) value(name string) string { return c.r.URL.Query().Get(name) }

func (c *call) lang() codes.Lang { return c.st.Loc }

// op is one address: how it is described, and what answers it.
type op[Params, Body any] struct {
	method, path, id string
	need             access.Need
	title            string
	kinds            []string // of the answer, beside JSON
	// answer writes nothing before it knows that it can: it returns what writes.
	answer  func(*call, *Params) (http.HandlerFunc, error)
	body    map[string]*huma.MediaType // what is sent; nil: nothing
	headers []*huma.Param
	takes   time.Duration // the longest that it may take; 0: 30 s
	status  int           // of the answer; 0: OK
	refuses []int         // statuses of refusals beside the usual ones
}

// on registers an address at the gate and describes it. Params are described by their tags and read by whoever answers; Body
// is what the answer holds as JSON.
func on[Params, Body any](a *API, o op[Params, Body]) {
	described(a, o)
	a.gate.Handle(o.method+" "+prefix+o.path, o.need, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), cmp.Or(o.takes, timeout))
		defer cancel()
		later := http.NewResponseController(w)
		if o.takes > 0 {
			_ = later.SetReadDeadline(time.Now().Add(o.takes))
			_ = later.SetWriteDeadline(time.Now().Add(o.takes + timeout))
		}
		c := &call{ctx: ctx, r: r, who: access.From(r.Context()), later: later}
		var p Params
		var err error
		if c.st, err = address.Read(r, named(reflect.TypeFor[Params]())...); err == nil && a.Thaw != nil {
			c.st, err = a.Thaw(ctx, c.st)
		}
		if err == nil {
			fill(&p, r)
			var write http.HandlerFunc
			if write, err = o.answer(c, &p); err == nil {
				if w.Header().Get("Cache-Control") == "" { // the gate may have said that nothing is kept
					w.Header().Set("Cache-Control", "private, no-cache")
				}
				w.Header().Set("Vary", "Accept, Accept-Language, Authorization, Cookie")
				write(w, r)
				return
			}
		}
		a.Fail(w, r, err)
	}))
}

// described writes an address into the OpenAPI document. huma reads the types; the handler is never called.
func described[Params, Body any](a *API, o op[Params, Body]) {
	errors := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError}
	doc := huma.Operation{OperationID: o.id, Method: o.method, Path: prefix + o.path, Summary: o.title, Responses: map[string]*huma.Response{}}
	registry := a.huma.OpenAPI().Components.Schemas
	ok := &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(reflect.TypeFor[Body](), true, o.id)}}}
	for _, kind := range o.kinds {
		ok.Content[kind] = &huma.MediaType{}
	}
	doc.Responses[itoa(cmp.Or(o.status, http.StatusOK))] = ok
	if o.body != nil {
		doc.RequestBody = &huma.RequestBody{Required: true, Content: o.body}
	}
	doc.Parameters = o.headers
	told := &huma.MediaType{Schema: registry.Schema(reflect.TypeFor[problem.Body](), true, "Problem")}
	for _, status := range append(errors, o.refuses...) {
		doc.Responses[itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": told}}
	}
	huma.Register(a.huma, doc, func(context.Context, *Params) (*struct{}, error) { return nil, nil })
}

// jsoned answers with JSON.
func jsoned(v any) (http.HandlerFunc, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // links stay readable
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return written(body.Bytes(), "application/json; charset=utf-8"), nil
}

func written(body []byte, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		reply.Body(w, r, http.StatusOK, body)
	}
}

// base is what the links of an answer stand on.
func (a *API) base(r *http.Request) string {
	if a.Base != "" {
		return a.Base
	}
	return strings.TrimSuffix(address.Whole(r, "/", nil), "/")
}
