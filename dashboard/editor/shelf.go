package editor

import (
	"net/http"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// entry is a statement of the history as it is shown.
type entry struct {
	At        string `json:"at"`
	Who       string `json:"who"`
	Door      string `json:"door"`
	From      string `json:"from"`
	SQL       string `json:"sql"`
	State     string `json:"state"`
	StateText string `json:"-"`
	Rows      uint64 `json:"rows"`
	Took      string `json:"took"`
}

func shown(list []shelf.Asked, loc codes.Lang) []entry {
	out := make([]entry, 0, len(list))
	for _, a := range list {
		text := a.State
		if words.Has("sqljs_state_" + a.State) {
			text = words.In(loc, "sqljs_state_"+a.State)
		}
		out = append(out, entry{
			At: a.At.In(address.Office).Format("2006-01-02 15:04:05"), Who: a.Who, Door: a.Door, From: a.From, SQL: a.SQL, State: a.State, StateText: text,
			Rows: a.Rows, Took: (time.Duration(a.Millis) * time.Millisecond).String(),
		})
	}
	return out
}

// history lists what the reader asked, by every door.
func (e *Editor) history(w http.ResponseWriter, r *http.Request) {
	list, more, err := e.Shelf.Find(access.From(r.Context()).Name, words.Clip(r.URL.Query().Get("q"), 200), mostHistory)
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]any{"list": shown(list, address.Language(r)), "more": more})
}

type everybodyView struct {
	Who, What string
	List      []entry
	More      string
}

// everybody lists what all asked, for the auditor. Reading it is written down by who watches the pages.
func (e *Editor) everybody(w http.ResponseWriter, r *http.Request) {
	v := everybodyView{Who: words.Clip(r.URL.Query().Get("who"), 64), What: words.Clip(r.URL.Query().Get("what"), 200)}
	list, more, err := e.Shelf.Find(v.Who, v.What, mostHistory)
	if err != nil {
		e.Fail(w, r, err)
		return
	}
	if v.List = shown(list, address.Language(r)); more {
		v.More = words.In(address.Language(r), "audit_more", len(list))
	}
	address.Remember(w, r)
	e.Show(w, r, http.StatusOK, words.Get("sql_all"), "statements.html", v)
}

// saved lists what the reader has saved and what others share.
func (e *Editor) saved(w http.ResponseWriter, r *http.Request) {
	who := access.From(r.Context()).Name
	list, err := e.Shelf.Saved(who)
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	past, err := e.Shelf.Happened()
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	type item struct {
		shelf.Saved
		Mine  bool   `json:"mine"`
		Timed *timed `json:"timed,omitempty"` // of one's own
	}
	out := make([]item, 0, len(list))
	for _, s := range list {
		x := item{Saved: s, Mine: s.Owner == who}
		if x.Mine {
			x.Timed = e.timing(s, past[s.ID], address.Language(r))
		}
		x.Saved.Timed = nil
		out = append(out, x)
	}
	e.json(w, r, http.StatusOK, out)
}

// save saves a statement, or a further version of one.
func (e *Editor) save(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		asked
		Saved  int    `json:"saved"`
		Title  string `json:"title"`
		Shared bool   `json:"shared"`
	}
	if err := read(r, &sent); err != nil {
		e.refuse(w, r, err)
		return
	}
	out, err := e.Shelf.Save(access.From(r.Context()).Name, shelf.Entry{ID: sent.Saved, Title: sent.Title, Shared: sent.Shared, Version: shelf.Version{SQL: sent.SQL, Params: sent.Params}})
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, out)
}

// remove deletes a statement of one's own.
func (e *Editor) remove(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Saved int `json:"saved"`
	}
	err := read(r, &sent)
	if err == nil {
		err = e.Shelf.Delete(access.From(r.Context()).Name, sent.Saved)
	}
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]bool{"deleted": true})
}
