package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/review"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/sought"
)

// mostDecision is how many bytes a decision or an answer may have.
const mostDecision = 64 << 10

type reviewsParams struct {
	Paged
	Dataset string `query:"dataset" doc:"只要这个数据集的。 / Only of this dataset."`
	State   string `query:"state" doc:"submitted 待审核、asked 待答复、returned 已退回；不写则前两种。 / submitted (under review), asked (its sender has to answer) or returned; absent: the first two." enum:"submitted,asked,returned"`
	Lang    string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

type reviewParams struct {
	ID   string `path:"id"`
	Lang string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

// ReviewList is a page of submissions that count once somebody has accepted them, the latest first.
type ReviewList struct {
	Reviews []Run  `json:"reviews"`
	Next    string `json:"next,omitempty"`
}

// Review is a submission that counts once somebody has accepted it.
type Review struct {
	Run     Run      `json:"run"`
	Waits   bool     `json:"waits" doc:"等人审核或等报送单位答复。 / It waits for its review, or for an answer of its sender."`
	Seen    uint64   `json:"seen,omitempty" doc:"审核人的询问，答复时照抄；没有询问则不写。 / The question of the reviewer, which an answer copies; absent: nothing is asked."`
	Again   bool     `json:"again,omitempty" doc:"这一决定先前已经办了，这次没有再改动。 / What was just decided had been decided before: nothing was changed again."`
	Course  []Step   `json:"course" doc:"它的经过，最早的在前。 / What happened to it, the earliest first."`
	Decide  *Decides `json:"decide,omitempty" doc:"怎样审核；您不能审核则不写。 / How it can be decided; absent: not by you."`
	Page    string   `json:"page,omitempty" doc:"审核的页面，给人看。 / The page where a person reviews it."`
	Message string   `json:"message,omitempty" doc:"为什么已不能接受。 / Why it cannot be accepted any more."`
}

// Step is a step in the course of a submission.
type Step struct {
	At   time.Time `json:"at"`
	Did  string    `json:"did" doc:"submitted、asked、answered、sentback、accepted、published、returned、withdrawn、swept 或 held。 / submitted, asked, answered, sentback (returned to its sender), accepted, published, returned (live again), withdrawn, swept or held."`
	Text string    `json:"text"`
	By   string    `json:"by,omitempty"`
	Note string    `json:"note,omitempty" doc:"当时写的原因、问题或答复；接受与撤回的说明只给能审核的人。 / The reason, the question or the answer that was written; what was noted of accepting or withdrawing it is for who may decide."`
}

// Decides is what can be decided of a submission, and what a decision has to say that it knows.
type Decides struct {
	Do      []string `json:"do" doc:"可以作的决定。 / What can be decided."`
	Would   []string `json:"would" doc:"接受它会怎样。 / What accepting it would do."`
	Seen    uint64   `json:"seen"`
	Live    uint32   `json:"live"`
	Against string   `json:"against,omitempty" doc:"不写 anyway 就不能接受的原因。 / Why it is not accepted without anyway."`
}

// Reply is the answer of a sender to what the reviewer has asked.
type Reply struct {
	Answer string `json:"answer" doc:"300 字以内。 / In 300 characters at most."`
	Seen   uint64 `json:"seen" doc:"答复的是哪一问：GET 给的 seen。此后又问了别的，就什么也不改动。 / Which question it answers: seen as GET said it. Where something else has been asked since, nothing is changed."`
}

func (a *API) reviews() {
	if a.Reviews == nil {
		return
	}
	registry := a.huma.OpenAPI().Components.Schemas
	body := func(of reflect.Type) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(of, true, of.Name())}}
	}
	refuses := []int{http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
	on(a, op[reviewsParams, ReviewList]{method: "GET", path: "/reviews", id: "listReviews", need: access.Either(access.Submit, access.Operate), title: "待审核的报送 / Submissions that wait for their review", answer: a.listReviews})
	on(a, op[reviewParams, Review]{method: "GET", path: "/reviews/{id}", id: "getReview", need: access.Either(access.Submit, access.Operate), title: "一份待审核的报送 / A submission that waits for its review", answer: a.oneReview})
	on(a, op[reviewParams, Review]{
		method: "POST", path: "/reviews/{id}", id: "decideReview", need: access.Whole(access.Operate), title: "接受、退回或询问 / Accept, return or ask",
		body: body(reflect.TypeFor[review.Decision]()), refuses: refuses, answer: a.decide,
	})
	on(a, op[reviewParams, Review]{
		method: "POST", path: "/reviews/{id}/answer", id: "answerReview", need: access.To(access.Submit), title: "答复审核人的询问 / Answer what the reviewer asked",
		body: body(reflect.TypeFor[Reply]()), refuses: refuses, answer: a.answerReview,
	})
}

func (a *API) listReviews(c *call, p *reviewsParams) (http.HandlerFunc, error) {
	_, n, err := Paged{Limit: p.Limit}.window("reviews", usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	q := sought.Query{Dataset: p.Dataset, AnyOf: []pipeline.State{pipeline.Submitted, pipeline.Asked}, Limit: n}
	states := []string{string(pipeline.Submitted), string(pipeline.Asked), string(pipeline.Returned)}
	switch {
	case slices.Contains(states, p.State):
		q.AnyOf = []pipeline.State{pipeline.State(p.State)}
	case p.State != "":
		return nil, address.Bad(words.Get("bad_value", "state", words.Clip(p.State, 40)), states...)
	}
	if senders, all := c.who.Senders(); !all {
		q.Of = append([]string{}, senders...)
	}
	if q.After, err = p.place(); err != nil {
		return nil, err
	}
	got, err := sought.Find(c.ctx, a.Ledger.DB, q)
	if err != nil {
		return nil, err
	}
	out := ReviewList{Reviews: []Run{}}
	for _, x := range got.Runs {
		out.Reviews = append(out.Reviews, a.run(c, x))
	}
	if got.Next != "" {
		out.Next = base64.RawURLEncoding.EncodeToString([]byte(got.Next))
	}
	return unkept(out)
}

// submitted is the run of a submission that who asks may see.
func (a *API) submitted(c *call, id string) (pipeline.Run, error) {
	x, ok, err := a.Ledger.Run(c.ctx, id)
	if senders, all := c.who.Senders(); err == nil && (!ok || !a.Reviews.Is(x) || !all && !slices.Contains(senders, x.Sender)) {
		err = address.Coded(http.StatusNotFound, "no_run", words.Get("no_run", words.Clip(id, 60)))
	}
	return x, err
}

// decides reports whether who asks may decide on submissions.
func (c *call) decides() bool {
	return access.Whole(access.Operate).Judge(c.who) == access.Admitted
}

// reviewed is a submission as who asks may see it. What accepting it would do is looked at for who may.
func (a *API) reviewed(c *call, id string) (out Review, err error) {
	run, err := a.submitted(c, id)
	if err != nil {
		return out, err
	}
	var x review.Submission
	if c.decides() {
		x, _, err = a.Reviews.Of(c.ctx, id)
	} else {
		x, err = a.Reviews.Sent(c.ctx, run)
	}
	if err != nil {
		return out, err
	}
	return a.review(c, x), nil
}

func (a *API) oneReview(c *call, p *reviewParams) (http.HandlerFunc, error) {
	out, err := a.reviewed(c, p.ID)
	if err != nil {
		return nil, err
	}
	return unkept(out)
}

// unkept is an answer that tells of persons who sent and decided: no browser keeps it.
func unkept(v any) (http.HandlerFunc, error) {
	write, err := jsoned(v)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		write(w, r)
	}, err
}

func (a *API) review(c *call, x review.Submission) Review {
	lang := c.lang()
	out := Review{Run: a.run(c, x.Run), Waits: x.Waits, Seen: x.Question, Course: []Step{}}
	for _, e := range x.Course {
		note := review.Spoken(e)
		if c.decides() {
			note = review.Note(e).In(lang)
		}
		out.Course = append(out.Course, Step{At: e.At.UTC(), Did: string(e.Did), Text: e.Said().In(lang), By: e.Who().In(lang), Note: note})
	}
	if !c.decides() {
		return out
	}
	out.Page = a.base(c.r) + "/data/review/" + x.Run.ID
	if x.Cannot != nil {
		out.Message = x.Cannot.Text.In(lang)
	}
	if x.Own && x.Waits {
		out.Message = words.In(lang, "review_own")
	}
	if x.Own || x.Seen == 0 {
		return out
	}
	d := Decides{Do: x.Can(), Seen: x.Seen, Live: x.Live}
	for _, s := range x.Would {
		d.Would = append(d.Would, s.Text().In(lang))
	}
	if x.Against != nil {
		d.Against = x.Against.Text.In(lang)
	}
	out.Decide = &d
	return out
}

// decide decides as the page does: in the name of the account, after a look that the request names.
func (a *API) decide(c *call, p *reviewParams) (http.HandlerFunc, error) {
	what, err := readBody[review.Decision](c.r)
	if err != nil {
		return nil, err
	}
	var done review.Done
	if _, err = a.submitted(c, p.ID); err == nil {
		done, err = a.Reviews.Decide(c.ctx, p.ID, what)
	}
	a.Record(c.r, "review", what.Told(p.ID), review.Result(done, err))
	return a.after(c, p.ID, done, err)
}

// answerReview answers for a sender of the account.
func (a *API) answerReview(c *call, p *reviewParams) (http.HandlerFunc, error) {
	what, err := readBody[Reply](c.r)
	if err != nil {
		return nil, err
	}
	var done review.Done
	if _, err = a.submitted(c, p.ID); err == nil {
		done, err = a.Reviews.Answer(c.ctx, p.ID, what.Seen, what.Answer)
	}
	a.Record(c.r, "answer", review.Noted(p.ID, what.Answer), review.Result(done, err))
	return a.after(c, p.ID, done, err)
}

// after is how a submission stands once something was said of it, or why nothing was.
func (a *API) after(c *call, id string, done review.Done, err error) (http.HandlerFunc, error) {
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		text := no.Text
		if no.Remedy.Zh != "" {
			text = codes.Text{Zh: text.Zh + words.In(codes.Zh, "sep_clause") + no.Remedy.Zh, En: text.En + words.In(codes.En, "sep_clause") + no.Remedy.En}
		}
		return nil, address.Coded(http.StatusConflict, no.Code, text)
	}
	if err != nil {
		return nil, err
	}
	out, err := a.reviewed(c, id)
	if err != nil {
		return nil, err
	}
	out.Again = done == review.Before
	return unkept(out)
}

// readBody reads the JSON of a request, strictly.
func readBody[T any](r *http.Request) (out T, err error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return out, address.Coded(http.StatusUnsupportedMediaType, "bad_type", words.Get("api_body"))
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, mostDecision+1))
	if len(text) > mostDecision {
		return out, address.Coded(http.StatusRequestEntityTooLarge, "too_large", words.Get("api_body"))
	}
	if err != nil || !decoded(text, &out) {
		return out, address.Coded(http.StatusBadRequest, "broken_body", words.Get("api_body"))
	}
	return out, nil
}

// decoded reads a text that is one JSON value, and nothing of it that out does not know.
func decoded(text []byte, out any) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(out) == nil && d.Decode(new(any)) == io.EOF
}
