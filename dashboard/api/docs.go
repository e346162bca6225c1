package api

import (
	"cmp"
	"embed"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Templates is that of the page that shows the description; it stands in the frame that every page has.
//
//go:embed templates/*.html
var Templates embed.FS

// documents are the description of the addresses, for machines and for people.
type documents struct {
	once       sync.Once
	json, yaml []byte
	failed     error
}

// register puts the description at its addresses. Who is signed in may read it; it holds no figure.
func (d *documents) register(a *API) {
	spec := func(kind string, text func() []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			d.once.Do(func() {
				if d.json, d.failed = a.huma.OpenAPI().MarshalJSON(); d.failed == nil {
					d.yaml, d.failed = a.huma.OpenAPI().YAML()
				}
			})
			if d.failed != nil {
				a.Fail(w, r, d.failed)
				return
			}
			w.Header().Set("Cache-Control", "private, no-cache")
			written(text(), kind)(w, r)
		}
	}
	a.gate.Handle("GET "+prefix+"/openapi.json", access.SignedIn(), spec("application/openapi+json", func() []byte { return d.json }))
	a.gate.Handle("GET "+prefix+"/openapi.yaml", access.SignedIn(), spec("application/openapi+yaml", func() []byte { return d.yaml }))
	a.gate.Handle("GET /data/api", access.SignedIn(), http.HandlerFunc(a.reader))
}

type readerView struct {
	Base  string
	Ops   []opRow
	Types []typeRow
	Codes []codeRow
}

type opRow struct {
	Method, Path, ID, Title, Needs string
	Params                         []fieldRow
	Body                           string // media types of what is sent
	Kinds                          []string
	Type                           string // of the answer as JSON
}

type fieldRow struct {
	Name, Type, In, Doc string
	Required            bool
}

type typeRow struct {
	Name   string
	Fields []fieldRow
}

type codeRow struct {
	Status int
	Code   string
}

// reader is the page of the description.
func (a *API) reader(w http.ResponseWriter, r *http.Request) {
	loc := address.Language(r)
	address.Remember(w, r)
	doc := a.huma.OpenAPI()
	v := readerView{Base: a.base(r)}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post} {
			if o != nil {
				v.Ops = append(v.Ops, a.opRow(path, o, loc))
			}
		}
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if name == "ErrorModel" || name == "ErrorDetail" { // huma's own, which no address answers with
			continue
		}
		v.Types = append(v.Types, typeRow{name, fields(schemas[name], loc)})
	}
	for _, status := range slices.Sorted(maps.Keys(problem.Names())) {
		v.Codes = append(v.Codes, codeRow{status, problem.Names()[status]})
		if status == http.StatusUnprocessableEntity { // a question of metrics for which there was too little of something
			v.Codes = append(v.Codes, codeRow{status, problem.TooMuch}, codeRow{status, problem.TooSlow})
		}
	}
	a.Show(w, r, http.StatusOK, words.Get("api"), "api.html", v)
}

func (a *API) opRow(path string, o *huma.Operation, loc codes.Lang) opRow {
	row := opRow{Method: o.Method, Path: path, ID: o.OperationID, Title: said(o.Summary, loc)}
	for _, route := range a.gate.Routes() {
		if route.Pattern == o.Method+" "+path {
			var needs []string
			for _, x := range access.Rights {
				if route.Right()&x.Right != 0 {
					needs = append(needs, x.Text.In(loc))
				}
			}
			row.Needs = words.Join(loc, "sep_list", needs)
		}
	}
	for _, p := range o.Parameters {
		f := fieldRow{Name: p.Name, In: p.In, Doc: said(p.Description, loc), Required: p.Required}
		if p.Schema != nil {
			f.Type = typed(p.Schema)
		}
		row.Params = append(row.Params, f)
	}
	if o.RequestBody != nil {
		row.Body = strings.Join(slices.Sorted(maps.Keys(o.RequestBody.Content)), ", ")
	}
	for _, status := range []string{"200", "201", "202"} {
		if ok := o.Responses[status]; ok != nil && ok.Content != nil {
			row.Kinds = slices.Sorted(maps.Keys(ok.Content))
			if m := ok.Content["application/json"]; m != nil && m.Schema != nil {
				row.Type = typed(m.Schema)
			}
		}
	}
	return row
}

// elsewhere is what rooms that hold no text describe in English, in Chinese.
var elsewhere = map[string]string{
	"Counted from 1.":                               "从 1 数起。",
	"Characters of the line, counted from 1.":       "本行的第几个字符，从 1 数起。",
	"Characters of the whole text, counted from 0.": "全文的第几个字符，从 0 数起。",
	"The character after the last.":                 "最后一个字符的下一个。",
}

// said is the half of a title in a language: Chinese / English.
func said(title string, loc codes.Lang) string {
	zh, en, ok := strings.Cut(title, " / ")
	if !ok {
		return codes.Text{Zh: cmp.Or(elsewhere[title], title), En: title}.In(loc)
	}
	return codes.Text{Zh: zh, En: en}.In(loc)
}

// typed is a type in words.
func typed(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Type == "array" && s.Items != nil:
		return typed(s.Items) + "[]"
	}
	return s.Type
}

func fields(s *huma.Schema, loc codes.Lang) []fieldRow {
	var out []fieldRow
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		out = append(out, fieldRow{Name: name, Type: typed(p), Doc: said(p.Description, loc), Required: slices.Contains(s.Required, name)})
	}
	return out
}
