package subscribe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
)

// Pages makes files by asking the pages as an account does: what it may not see it is not sent.
type Pages struct {
	Book   *account.Book
	Boards []*board.Board
	For    func(v *access.Viewer) http.Handler
	Host   string       // by which the pages may be asked for
	Room   *asking.Room // nil: nobody asks in SQL
}

func no(zh, en string, args ...any) error {
	return &Missing{Why: codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Make makes the file of a subscription.
func (p Pages) Make(ctx context.Context, s *Subscription, lang codes.Lang) (File, error) {
	a, ok, err := p.Book.Find(s.Account)
	if err != nil {
		return File{}, err
	}
	if !ok || a.Disabled {
		return File{}, no("账号 %s 不在或已停用", "the account %s is gone or disabled", s.Account)
	}
	v := p.Book.Viewer(a)
	if v.From = "subscription"; v.Owes {
		return File{}, no("账号 %s 要先改密码或补第二因素", "the account %s owes a new password or a second factor", s.Account)
	}
	switch {
	case s.Statement > 0:
		return p.statement(ctx, s, v, lang)
	case s.Briefing != "":
		return p.get(ctx, v, "/briefings/"+s.Briefing+"/"+s.Form, lang, nil)
	}
	return p.page(ctx, s, v, lang)
}

// page is the workbook of a page, of which every panel that the account may see is there.
func (p Pages) page(ctx context.Context, s *Subscription, v *access.Viewer, lang codes.Lang) (File, error) {
	kept := 0 // panels that are not for this account
	for _, b := range p.Boards {
		if b.Name != s.Page {
			continue
		}
		for _, panel := range b.Panels {
			status, _, body, err := p.ask(ctx, v, "/api/v1/panels/"+b.Name+"/"+panel.Name, lang, nil)
			switch {
			case err != nil:
				return File{}, err
			case status == http.StatusForbidden:
				kept++
			case status != http.StatusOK:
				m := missing(status, body, lang)
				m.Why = codes.Text{Zh: "“" + panel.Title.Zh + "”：" + m.Why.Zh, En: panel.Title.In(codes.En) + ": " + m.Why.In(codes.En)}
				return File{}, m
			}
		}
		if kept == len(b.Panels) {
			return File{}, no("账号看不到这一页的任何数", "the account may see no figure of this page")
		}
	}
	return p.get(ctx, v, "/b/"+s.Page+"/workbook.xlsx", lang, http.Header{"Yanzhen-Failed": {strconv.Itoa(kept)}})
}

// get is a file of the pages, whole.
func (p Pages) get(ctx context.Context, v *access.Viewer, path string, lang codes.Lang, header http.Header) (File, error) {
	status, head, body, err := p.ask(ctx, v, path, lang, header)
	if err != nil {
		return File{}, err
	}
	if status != http.StatusOK {
		return File{}, missing(status, body, lang)
	}
	f := File{Type: head.Get("Content-Type"), Data: body}
	if _, params, err := mime.ParseMediaType(head.Get("Content-Disposition")); err == nil {
		f.Name = params["filename"]
	}
	if f.Name == "" || strings.HasPrefix(f.Type, "text/html") {
		return File{}, no("页面没有给出文件", "the page gave no file")
	}
	return f, nil
}

// missing reads why something was refused. The pages say it in the language they were asked in; in the other stands the status.
func missing(status int, body []byte, lang codes.Lang) *Missing {
	var told struct {
		Detail string `json:"detail"`
		Code   string `json:"code"`
	}
	_ = json.Unmarshal(body, &told)
	why := codes.Text{Zh: fmt.Sprintf("页面没有给出结果（状态 %d）", status), En: fmt.Sprintf("the page gave no answer (status %d, %s)", status, http.StatusText(status))}
	switch {
	case told.Detail == "":
	case lang == codes.En:
		why.En = told.Detail
	default:
		why.Zh = told.Detail
	}
	busy := told.Code == "too_slow" || told.Code == "too_much" // the same question may find more time and memory later
	return &Missing{Why: why, Again: busy || status >= 500 || status == http.StatusTooManyRequests}
}

// ask asks the pages in the name of an account, within this process.
func (p Pages) ask(ctx context.Context, v *access.Viewer, path string, lang codes.Lang, header http.Header) (int, http.Header, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Host+path+"?lang="+string(lang), nil)
	if err != nil {
		return 0, nil, nil, err
	}
	r.RemoteAddr, r.RequestURI = "127.0.0.1:0", path
	r.Header.Set("Accept", "application/problem+json")
	r.Header.Set("Accept-Language", string(lang))
	for k, list := range header {
		r.Header[k] = list
	}
	w := &answer{head: http.Header{}}
	p.For(v).ServeHTTP(w, r)
	if w.over {
		return 0, nil, nil, no("文件太大", "the file is too large")
	}
	return max(w.status, http.StatusOK), w.head, w.body.Bytes(), nil
}

// answer keeps what a page answers, up to a bound.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
	over   bool
}

func (w *answer) Header() http.Header { return w.head }
func (w *answer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *answer) Write(b []byte) (int, error) {
	if w.body.Len()+len(b) > 2*mostBytes {
		w.over = true
		return 0, fmt.Errorf("larger than %d bytes", 2*mostBytes)
	}
	return w.body.Write(b)
}

// statement is the answer of a saved statement, as the account may ask it.
func (p Pages) statement(ctx context.Context, s *Subscription, v *access.Viewer, lang codes.Lang) (File, error) {
	if p.Room == nil {
		return File{}, no("此安装不能查询 SQL", "nobody asks in SQL here")
	}
	if !v.Can(asking.Rights|access.Export) || !v.Whole() {
		return File{}, no("账号 %s 没有这项权限（SQL、明细、少数人的数、下载，且不限范围）", "the account %s has not the rights (SQL, rows, small, export, of the whole zone)", s.Account)
	}
	list, err := p.Room.Shelf.All()
	if err != nil {
		return File{}, err
	}
	for _, x := range list {
		if x.ID != s.Statement || x.Owner != v.Name && !x.Shared {
			continue
		}
		f, _ := statement.FormatOf("xlsx")
		w := &answer{head: http.Header{}}
		last := x.Last()
		err := p.Room.File(ctx, asking.Asked{Who: v, Door: "subscription " + s.Name, SQL: last.SQL, Params: last.Params}, f, w, lang)
		if w.over { // and so the file could not be written
			return File{}, no("文件太大", "the file is too large")
		}
		if fault, ok := err.(*statement.Fault); ok {
			return File{}, &Missing{Why: codes.Text{Zh: fault.Zh, En: fault.En}, Again: fault.Code == 202 || fault.Code == 209 || fault.Code == 210}
		}
		if err != nil {
			return File{}, err
		}
		return File{Name: s.Name + f.Ending, Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: w.body.Bytes()}, nil
	}
	return File{}, no("没有保存的语句 %d，或不是该账号的", "there is no saved statement %d, or it is not the account's", s.Statement)
}
