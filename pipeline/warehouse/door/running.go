package door

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"
)

// running knows the statements under way, by guest and by the name the client gave them.
type running struct {
	mu sync.Mutex
	by map[string]map[string]context.CancelFunc
}

// enter registers a statement of a guest, who may have so many at once.
func (r *running) enter(ctx context.Context, guest, id string, most int) (context.Context, func(), *fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	mine := r.by[guest]
	if _, ok := mine[id]; ok {
		return nil, nil, no(http.StatusInternalServerError, 216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", "这个 query_id 的语句正在运行", "a statement of this query_id is running")
	}
	if len(mine) >= most {
		return nil, nil, no(http.StatusTooManyRequests, 202, "TOO_MANY_SIMULTANEOUS_QUERIES", "您同时运行的语句太多，请等其中一条完成，或停止一条", "too many of your statements run at once: wait for one to end, or stop one")
	}
	if r.by == nil {
		r.by = map[string]map[string]context.CancelFunc{}
	}
	if mine == nil {
		mine = map[string]context.CancelFunc{}
		r.by[guest] = mine
	}
	ctx, cancel := context.WithCancel(ctx)
	mine[id] = cancel
	return ctx, func() {
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(mine, id)
		if len(mine) == 0 {
			delete(r.by, guest)
		}
	}, nil
}

// kill stops a guest's own statement of that name; another's is as one that does not run.
func (r *running) kill(guest, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.by[guest][id]; ok {
		cancel()
	}
}

// kept holds answers for a moment, so that a client that reads one in ranges reads ranges of one answer.
type kept struct {
	mu    sync.Mutex
	all   []keptAnswer // the oldest first
	bytes int
}

type keptAnswer struct {
	key    string
	body   []byte
	header http.Header
	until  time.Time
}

func (k *kept) get(key string) ([]byte, http.Header, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trim(time.Now(), maxKept)
	for _, a := range k.all {
		if a.key == key {
			return a.body, a.header, true
		}
	}
	return nil, nil, false
}

func (k *kept) put(key string, body []byte, header http.Header) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, a := range k.all {
		if a.key == key {
			k.bytes -= len(a.body)
			k.all = append(k.all[:i:i], k.all[i+1:]...)
			break
		}
	}
	k.trim(time.Now(), maxKept-len(body))
	k.all = append(k.all, keptAnswer{key, body, header.Clone(), time.Now().Add(keepFor)})
	k.bytes += len(body)
}

// trim drops what is old, and the oldest until no more than most bytes are left.
func (k *kept) trim(now time.Time, most int) {
	for len(k.all) > 0 && (k.bytes > most || now.After(k.all[0].until)) {
		k.bytes -= len(k.all[0].body)
		k.all = append([]keptAnswer(nil), k.all[1:]...)
	}
}

// serve answers with a whole body, a part of it or its headers, as the client asks.
func serve(w *counter, r *http.Request, header http.Header, body []byte) {
	for _, name := range passed {
		if v := header.Get(name); v != "" && name != "Content-Length" {
			w.Header().Set(name, v)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
