package api

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// uploadTakes is how long a file may take to come.
const uploadTakes = 10 * time.Minute

type uploadParams struct {
	Name string `query:"name" doc:"正文就是文件时它的名称，如 人社局_引进与流出_2026年7月.xlsx：谁报、报什么、哪一期。 / Name of the file, where it is the body: 人社局_引进与流出_2026年7月.xlsx. It says who sends which dataset for which period."`
	Lang string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

type uploadedParams struct {
	ID   string `path:"id"`
	Lang string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

// Upload is a file that was taken into the inbox, and what became of it.
type Upload struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Path   string    `json:"path" doc:"在收件夹里的位置。 / In the inbox."`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	State  string    `json:"state" doc:"waiting、growing、loading、again、passed、published、unchanged、held、submitted（待审核）、asked（待答复）、returned（已退回）或 refused。 / waiting, growing, loading, again, passed, published, unchanged, held, submitted (under review), asked (to be answered), returned or refused."`
	Text   string    `json:"text,omitempty" doc:"为什么是这个状态，该怎么办。 / Why it is in that state, and what to do."`
	Run    string    `json:"run,omitempty" doc:"装入它的那一次；没有则尚未装入。 / The run that loaded it; absent: not loaded yet."`
	Link   string    `json:"link" doc:"到哪里问它的状态。 / Where to ask for its state."`
	RunURL string    `json:"run_url,omitempty" doc:"那一次装入的情况，以数据给出。 / Where the run is told, as data."`
	Page   string    `json:"page,omitempty" doc:"那一次装入的页面，给人看。 / The page of the run, for a person."`
}

func (a *API) uploads() {
	if a.Inlet == nil {
		return
	}
	file := map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		"multipart/form-data":      {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}},
	}
	key := &huma.Param{Name: "Idempotency-Key", In: "header", Description: "同一个键就是同一个文件，不论送几次。 / The same key is the same file, however often it is sent.", Schema: &huma.Schema{Type: huma.TypeString}}
	on(a, op[uploadParams, Upload]{
		method: "POST", path: "/uploads", id: "sendFile", need: access.To(access.Submit), title: "报送一个文件 / Send a file", status: http.StatusAccepted,
		body: file, headers: []*huma.Param{key}, takes: uploadTakes, answer: a.take,
	})
	on(a, op[uploadedParams, Upload]{
		method: "GET", path: "/uploads/{id}", id: "getUpload", need: access.To(access.Submit), title: "报送的文件后来怎样 / What became of a file",
		answer: a.uploaded,
	})
}

// sent is the file of a request: the field file of a form, or the body.
func sent(r *http.Request) (name string, body io.Reader, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return r.URL.Query().Get("name"), r.Body, nil
	}
	form := address.Coded(http.StatusBadRequest, "no_file", words.Get("upload_form"))
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, form
	}
	for range 10 {
		p, err := parts.NextPart()
		if err != nil {
			return "", nil, form
		}
		if p.FormName() == "file" {
			name := r.URL.Query().Get("name")
			if name == "" { // FileName takes a path away; here one is refused
				_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
				name = params["filename"]
			}
			return name, p, nil
		}
	}
	return "", nil, form
}

func (a *API) take(c *call, _ *uploadParams) (http.HandlerFunc, error) {
	name, body, err := sent(c.r)
	if err != nil {
		return nil, err
	}
	got, again, err := a.Inlet.Take(c.ctx, inlet.Sent{Who: c.who, Name: name, Key: c.r.Header.Get("Idempotency-Key"), Body: body})
	result := "taken"
	switch {
	case again:
		result = "again"
	case err != nil:
		result = "refused"
	}
	a.Record(c.r, "submit", words.Clip(name, 200)+" "+got.ID, result)
	if err != nil {
		return nil, inlet.Broken(err)
	}
	_, came, _, err := a.Inlet.Find(got.ID, c.who)
	if err != nil {
		return nil, err
	}
	u := a.upload(c, got, came)
	status := http.StatusAccepted
	if again {
		status = http.StatusOK
	}
	write, err := jsoned(u)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", u.Link)
		write(statused{w, status}, r)
	}, err
}

// statused answers with another status than OK.
type statused struct {
	http.ResponseWriter
	status int
}

func (s statused) WriteHeader(int) { s.ResponseWriter.WriteHeader(s.status) }

func (a *API) uploaded(c *call, p *uploadedParams) (http.HandlerFunc, error) {
	r, came, ok, err := a.Inlet.Find(p.ID, c.who)
	if err == nil && !ok {
		err = address.Coded(http.StatusNotFound, "no_upload", words.Get("upload_none"))
	}
	if err != nil {
		return nil, err
	}
	return jsoned(a.upload(c, r, came))
}

func (a *API) upload(c *call, r inlet.Receipt, came pipeline.Arrival) Upload {
	base := a.base(c.r)
	u := Upload{ID: r.ID, Name: r.Name, Path: r.Path, Size: r.Size, SHA256: r.Sum, At: r.At, State: string(came.State), Run: came.Run, Link: base + prefix + "/uploads/" + r.ID}
	u.Text = told(c.lang(), came.Reason, came.Remedy)
	if u.Run != "" {
		u.RunURL, u.Page = base+prefix+"/runs/"+u.Run, base+"/data/runs/"+u.Run
	}
	return u
}

func told(lang codes.Lang, texts ...codes.Text) string {
	var out []string
	for _, t := range texts {
		if s := t.In(lang); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, words.In(lang, "sep_sentence"))
}
