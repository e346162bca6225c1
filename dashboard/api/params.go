package api

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/sought"
)

func itoa(n int) string { return strconv.Itoa(n) }

// named are the parameters of an address that a type describes.
func named(t reflect.Type) (out []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, named(f.Type)...)
		} else if name := f.Tag.Get("query"); name != "" {
			name, _, _ = strings.Cut(name, ",")
			out = append(out, name)
		}
	}
	return out
}

// fill reads the parameters that a type describes: texts and lists of texts, which whoever answers checks.
func fill(into any, r *http.Request) {
	fillValue(reflect.ValueOf(into).Elem(), r)
}

func fillValue(v reflect.Value, r *http.Request) {
	q := r.URL.Query()
	for i := range v.NumField() {
		f, to := v.Type().Field(i), v.Field(i)
		if f.Anonymous {
			fillValue(to, r)
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			to.SetString(r.PathValue(name))
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("query"), ",")
		switch {
		case name == "":
		case to.Kind() == reflect.Slice:
			var list []string
			for _, text := range q[name] {
				list = append(list, strings.Split(text, ",")...)
			}
			to.Set(reflect.ValueOf(list))
		default:
			to.SetString(q.Get(name))
		}
	}
}

// Paged are the parameters of a list that is told in pages.
type Paged struct {
	Limit  string `query:"limit" doc:"至多多少条。 / How many at most."`
	Cursor string `query:"cursor" doc:"上一页给的 next：从哪里接着取。 / The next of the page before: where this one begins."`
}

// window is the part of a list that is asked for: from where on, and how many. tag is what the list was when its pages began.
func (p Paged) window(tag string, usual, most int) (first, n int, err error) {
	n = usual
	if p.Limit != "" {
		if n, err = strconv.Atoi(p.Limit); err != nil || n < 1 || n > most {
			return 0, 0, address.Bad(words.Get("bad_value", "limit", words.Clip(p.Limit, 40)), "1", "…", itoa(most))
		}
	}
	if p.Cursor == "" {
		return 0, n, nil
	}
	bad := address.Coded(http.StatusBadRequest, "bad_cursor", words.Get("bad_cursor"))
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || len(text) > 200 {
		return 0, 0, bad
	}
	at, was, ok := strings.Cut(string(text), " ")
	if first, err = strconv.Atoi(at); err != nil || first < 0 || !ok {
		return 0, 0, bad
	}
	if was != tag {
		return 0, 0, address.Coded(http.StatusConflict, "cursor_over", words.Get("cursor_over"))
	}
	return first, n, nil
}

// place is where a page of loads begins: after one of them, whatever was loaded meanwhile.
func (p Paged) place() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !sought.Place(string(text)) {
		return "", address.Coded(http.StatusBadRequest, "bad_cursor", words.Get("bad_cursor"))
	}
	return string(text), nil
}

// cursor is where the next page begins; empty: there is none.
func cursor(next int, tag string) string {
	if next == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(itoa(next) + " " + tag))
}

// form is the form of an answer: what the address says, else what the client takes, else JSON.
func (c *call) form(valid ...string) (string, error) {
	if f := c.value("format"); f != "" {
		if !slices.Contains(valid, f) {
			return "", address.Bad(words.Get("bad_value", "format", words.Clip(f, 40)), valid...)
		}
		return f, nil
	}
	accept := c.r.Header.Get("Accept")
	for _, f := range valid {
		if kind := kinds[f]; kind != "" && f != valid[0] && strings.Contains(accept, kind) {
			return f, nil
		}
	}
	return valid[0], nil
}

// kinds are the media types of forms.
var kinds = map[string]string{
	"json": "application/json", "csv": "text/csv", "arrow": "application/vnd.apache.arrow.file", "parquet": "application/vnd.apache.parquet",
	"jsonl": "application/x-ndjson", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
