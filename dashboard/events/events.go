// Package events tells open pages that something was published: one asks for the version of the data, while somebody
// listens, and all who listen hear of a new one as server-sent events. It knows nothing of the data.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// The bounds of listening.
const (
	MostListeners = 500
	waiting       = 4                // events that a listener may be behind before it is dropped
	askEvery      = time.Second      // how often the version is asked for
	askWithin     = 5 * time.Second  // how long an answer may take
	writeWithin   = 10 * time.Second // how long a listener may take to read an event
	beatEvery     = 3 * time.Second  // a listener that hears nothing for two of these knows that nobody speaks (silence in events.js)
)

// Config says what to tell.
type Config struct {
	Version func(context.Context) (string, error) // of the data
	Program string                                // of the pages: one that hears another than its own is of an older program
	Refuse  http.HandlerFunc                      // answers who cannot be heard: there are too many, or the program stops
	Still   func(*http.Request) bool              // whether who listens may still; asked with each beat, and no sign of life of a person; nil: yes
	Log     *slog.Logger
}

// Hub is who tells and who listens. Close it before the server is shut down, which waits for listeners otherwise.
type Hub struct {
	Config

	mu        sync.Mutex
	listeners map[chan event]bool
	last      event         // the newest; none before the first answer
	done      chan struct{} // ends the asking; nil: nobody listens
	closed    bool
	wake      chan struct{} // closed with the hub
	nudge     chan struct{} // to who asks while done stands: something was published, it is to be asked at once
}

// event is what is told. Published has the version of the data, changed says that there is a new one, which is being asked
// for; unreadable says that it could not be asked for, so that what is shown may be old.
type event struct{ name, data string }

const published, changed, unreadable, alive = "published", "changed", "unreadable", "alive"

// New makes a hub that nobody listens to.
func New(c Config) *Hub {
	return &Hub{Config: c, listeners: map[chan event]bool{}, wake: make(chan struct{})}
}

// Close ends all listening and refuses who comes. It may be called twice.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.wake)
	}
}

// Ask says that something was published: who listens is told so, and the version is asked for at once and not only when it is
// time. It does not wait for the answer. Where nobody listens nothing is to be told: who comes later is told what is so then.
func (h *Hub) Ask() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done == nil {
		return
	}
	select {
	case h.nudge <- struct{}{}:
	default: // it is about to be asked
	}
}

// Listeners is how many listen.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

// join adds a listener, who hears the newest event at once; false where there is no room.
func (h *Hub) join() (chan event, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.listeners) >= MostListeners {
		return nil, false
	}
	l := make(chan event, waiting)
	if h.last.name != "" {
		l <- h.last
	}
	if h.listeners[l] = true; h.done == nil {
		h.done, h.nudge = make(chan struct{}), make(chan struct{}, 1)
		go h.ask(h.done, h.nudge)
	}
	return l, true
}

// leave takes a listener away. With the last one the asking ends.
func (h *Hub) leave(l chan event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	if len(h.listeners) == 0 && h.done != nil {
		close(h.done)
		h.done, h.last = nil, event{}
	}
}

// ask asks for the version until done, and tells what is new.
func (h *Hub) ask(done, nudge chan struct{}) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		h.tell(h.event(), done)
		select {
		case <-done:
			return
		case <-h.wake:
			return
		case <-nudge:
			h.tell(event{changed, "{}"}, done)
		case <-tick.C:
		}
	}
}

// event is the event that tells of the data as they are.
func (h *Hub) event() (e event) {
	defer func() {
		if p := recover(); p != nil {
			h.Log.Error("the version of the data could not be asked for", "panic", p)
			e = event{unreadable, "{}"}
		}
	}()
	ctx, stop := context.WithTimeout(context.Background(), askWithin)
	defer stop()
	version, err := h.Version(ctx)
	if err != nil {
		if h.Log.Enabled(ctx, slog.LevelDebug) {
			h.Log.Debug("the version of the data could not be asked for", "error", err)
		}
		return event{unreadable, "{}"}
	}
	data, err := json.Marshal(struct {
		Version string `json:"version"`
		Program string `json:"program"`
	}{version, h.Program})
	if err != nil { // two strings
		panic(err)
	}
	return event{published, string(data)}
}

// tell tells an event to all, where it is new. Who is behind is dropped, and will ask again.
func (h *Hub) tell(e event, done chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done != done || h.last == e {
		return
	}
	if e.name == unreadable {
		h.Log.Warn("open pages are told that the data cannot be read", "listeners", len(h.listeners))
	}
	h.last = e
	for l := range h.listeners {
		select {
		case l <- e:
		default:
			delete(h.listeners, l)
			close(l)
		}
	}
}

// ServeHTTP tells a listener what is published until one of both ends it.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l, ok := h.join()
	if !ok {
		w.Header().Set("Retry-After", "15")
		h.Refuse(w, r)
		return
	}
	defer h.leave(l)
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // a proxy that gathers an answer would keep it back for ever
	if r.Method == http.MethodHead {
		return
	}
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // that of a request would end the answer
	write := func(text string) bool {
		out.SetWriteDeadline(time.Now().Add(writeWithin))
		_, err := w.Write([]byte(text))
		return err == nil && out.Flush() == nil
	}
	if !write("retry: 2000\n\n") {
		return
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		var e event
		select {
		case <-r.Context().Done():
			return
		case <-h.wake:
			return
		case e, ok = <-l:
			if !ok {
				return
			}
		case <-beat.C:
			if h.Still != nil && !h.Still(r) {
				return
			}
			e = event{alive, "{}"} // a comment would not reach the script, which must know when nobody speaks any more
		}
		if !write(fmt.Sprintf("event: %s\ndata: %s\n\n", e.name, e.data)) {
			return
		}
	}
}
