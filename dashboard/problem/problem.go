// Package problem says an error to whoever asked: a status, a code that stays the same, one plain sentence, what is valid
// instead. What went wrong inside is not told; a reference leads the operator to the line in the log.
package problem

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"syscall"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/refusal"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// Problem is an error as whoever asked is told.
type Problem struct {
	Status int
	Code   string
	Text   codes.Text
	Valid  []string
	At     *address.Place
	Ref    string // number of the line in the server's log; empty: nothing is logged, whoever asked can mend it
}

// What a question about metrics can lack when it is asked, and have later: its errors are the asker's to make smaller, and
// whoever asks on a clock may ask the same again.
const (
	TooMuch = "too_much" // of memory
	TooSlow = "too_slow" // of time
)

// longestList is how many characters of what is valid a refusal tells.
const longestList = 800

// Of is the one table of errors and what is told of them.
func Of(err error) Problem {
	var no *address.Refusal
	var bad *metric.Invalid
	switch {
	case errors.As(err, &no):
		p := made(no.Status, no.Code, no.Text, no.Valid)
		p.At = no.At
		return p
	case errors.As(err, &bad) && bad.TooMuch:
		return made(http.StatusUnprocessableEntity, TooMuch, codes.Text{Zh: bad.In(codes.Zh), En: bad.In(codes.En)}, nil)
	case errors.As(err, &bad):
		return made(http.StatusBadRequest, "", words.Get("invalid", codes.Text{Zh: words.Clip(bad.In(codes.Zh), longestList), En: words.Clip(bad.In(codes.En), longestList)}), nil)
	case errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, refusal.ErrSlow):
		return made(http.StatusServiceUnavailable, "", words.Get("not_in_time"), nil)
	case errors.Is(err, context.DeadlineExceeded):
		p := made(http.StatusUnprocessableEntity, TooSlow, words.Get("slow"), nil)
		p.Ref = reference() // whoever asked can ask for less, and the operator is to know
		return p
	case errors.Is(err, context.Canceled):
		return made(499, "", words.Get("cancelled"), nil)
	case errors.Is(err, warehouse.ErrUnavailable):
		return made(http.StatusServiceUnavailable, "", words.Get("no_database"), nil)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EROFS):
		return made(http.StatusServiceUnavailable, "", words.Get("no_room"), nil)
	}
	return made(http.StatusInternalServerError, "", words.Get("failed"), nil)
}

// names are the codes of statuses that a refusal gives no code of its own.
var names = map[int]string{
	http.StatusBadRequest: "bad_request", http.StatusUnauthorized: "not_signed_in", http.StatusForbidden: "forbidden", http.StatusNotFound: "not_found",
	http.StatusMethodNotAllowed: "bad_method", http.StatusNotAcceptable: "not_acceptable", http.StatusConflict: "conflict",
	http.StatusRequestEntityTooLarge: "too_large", http.StatusRequestURITooLong: "too_long", http.StatusUnsupportedMediaType: "bad_type",
	http.StatusMisdirectedRequest: "wrong_host", http.StatusUnprocessableEntity: "unprocessable", http.StatusTooManyRequests: "too_many", 499: "cancelled",
	http.StatusInternalServerError: "internal", http.StatusServiceUnavailable: "unavailable",
}

// Names are the codes there are, but for those of single refusals.
func Names() map[int]string { return names }

func made(status int, code string, text codes.Text, valid []string) Problem {
	if code == "" {
		code = names[status]
	}
	if code == "" {
		code = "internal"
	}
	p := Problem{Status: status, Code: code, Text: text, Valid: valid}
	if status >= 500 {
		p.Ref = reference()
	}
	return p
}

func reference() string {
	var id [4]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

// Body is a problem as programs are told (RFC 9457).
type Body struct {
	Title  string   `json:"title" doc:"状态的文字。 / The status in words." example:"Bad Request"`
	Status int      `json:"status" doc:"HTTP 状态码。 / The status of HTTP." example:"400"`
	Code   string   `json:"code" doc:"出了什么错，给程序看：各种语言下都不变。 / What went wrong, for programs: it stays the same in every language." example:"bad_request"`
	Detail string   `json:"detail" doc:"一句话说明，中文，或按 Accept-Language 用英文。 / One plain sentence, in Chinese or, by Accept-Language, in English."`
	Valid  []string `json:"valid,omitempty" doc:"可以改问什么。 / What can be asked instead."`
	// At is where in a text that was sent it is.
	At  *address.Place `json:"at,omitempty" doc:"在语句的哪里。 / Where in the statement it is."`
	Ref string         `json:"ref,omitempty" doc:"服务器日志里那一行的编号。 / Number of the line in the server's log."`
}

// Body is the problem in a language.
func (p Problem) Body(lang codes.Lang) Body {
	return Body{http.StatusText(p.Status), p.Status, p.Code, p.Text.In(lang), p.Valid, p.At, p.Ref}
}

// Write answers a program with a problem.
func (p Problem) Write(w http.ResponseWriter, lang codes.Lang) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="yanzhen"`)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.Body(lang))
}
