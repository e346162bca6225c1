package audit

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/reply"
)

// quiet is for how long the same figures that a page's script fetches are one entry.
const quiet = 10 * time.Minute

// mostQuiet bounds what is remembered of them.
const mostQuiet = 10_000

// Watch writes down what is looked at by who signed in: pages, drill-downs, files, figures, and what was refused. The
// figures of one page that its script fetches are one entry in ten minutes; what has no content is none.
func (t *Trail) Watch(next http.Handler) http.Handler {
	var mu sync.Mutex
	lately := map[string]time.Time{}
	fresh := func(key string) bool {
		mu.Lock()
		defer mu.Unlock()
		now := t.now()
		if at, ok := lately[key]; ok && now.Sub(at) < quiet {
			return false
		}
		if len(lately) >= mostQuiet {
			clear(lately)
		}
		lately[key] = now
		return true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := access.From(r.Context())
		did := action(r)
		if did == "" {
			next.ServeHTTP(w, r)
			return
		}
		seen := &reply.Status{ResponseWriter: w}
		ctx, rows := access.Counting(r.Context())
		next.ServeHTTP(seen, r.WithContext(ctx))
		e := Entry{Did: did, What: r.URL.RequestURI(), Rows: rows.Load(), Result: strconv.Itoa(max(seen.Code, http.StatusOK))}
		if did == asked || did == "sql" && seen.Code == http.StatusRequestEntityTooLarge {
			if !unwritten(r, seen.Code) {
				return
			}
			e = Turned(r, seen.Code, "")
		}
		if v == nil {
			if e.Result != "refused" && seen.Code != http.StatusForbidden && seen.Code != http.StatusUnauthorized {
				return
			}
			e.Who, e.From = "?", r.RemoteAddr
			if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
				e.From = host // each connection has a port of its own
			}
		} else {
			e.Who, e.Role, e.From = v.Name, string(v.Role), v.From
		}
		if v == nil || e.Result == "refused" {
			t.Refused(e)
			return
		}
		if did == "sql" && seen.Code != http.StatusForbidden && seen.Code != http.StatusUnauthorized {
			return // what was asked stands in the trail already
		}
		if did == "figures" && seen.Code < 400 && !fresh(e.Who+" "+path.Dir(r.URL.Path)) {
			return
		}
		if did == "audit" { // who reads the trail stands in it before the next looks
			_ = t.Sure(e)
			return
		}
		t.Add(e)
	})
}

// asked is what whoever answers writes down, where it comes to that: of it only refusals are kept.
const asked = "asked"

// ofStatements says whether an address is the page of statements or what its script asks.
func ofStatements(p string) bool { return p == "/sql" || strings.HasPrefix(p, "/sql/") }

// action is what a request does, in the words of the trail; empty: nothing that is kept. What the door does it writes down
// itself.
func action(r *http.Request) string {
	p := r.URL.Path
	format := r.URL.Query().Get("format")
	switch {
	case strings.HasPrefix(p, "/static/"), p == "/healthz", p == "/readyz", p == "/metrics", p == "/api/v1/events", p == "/", p == "/favicon.ico", strings.HasSuffix(p, "/sheet.css"):
		return ""
	case ofStatements(p):
		return asked
	case p == "/api/v1/sql":
		return "sql"
	case strings.HasPrefix(p, "/signin"), strings.HasPrefix(p, "/signout"):
		return ""
	case r.Method == http.MethodPost:
		return asked
	case strings.HasPrefix(p, "/account"):
		return ""
	case slices.Contains([]string{"csv", "xlsx", "parquet", "arrow", "png"}, format), path.Ext(p) != "", strings.Contains(r.Header.Get("Accept"), "text/csv"):
		return "file"
	case strings.HasPrefix(p, "/cause/"), strings.HasPrefix(p, "/data/runs/"), strings.HasPrefix(p, "/data/excluded"):
		return "drill"
	case strings.HasPrefix(p, "/api/"):
		return "figures"
	case strings.HasPrefix(p, "/audit"):
		return "audit"
	}
	return "view"
}

// Listen writes down the loads that a log tells of, beside the log itself: those of the clock are nobody's request.
func (t *Trail) Listen(to slog.Handler) slog.Handler { return listener{to, t} }

type listener struct {
	slog.Handler
	trail *Trail
}

// Handle writes down a load.
func (l listener) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "load" {
		e := Entry{Who: "loader", Did: "load"}
		var what []string
		r.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "state":
				e.Result = a.Value.String()
			case "loaded":
				e.Rows, _ = strconv.ParseUint(a.Value.String(), 10, 64)
			case "run", "file", "dataset":
				what = append(what, a.Value.String())
			}
			return true
		})
		e.What = strings.Join(what, " ")
		l.trail.Add(e)
	}
	return l.Handler.Handle(ctx, r)
}

// Enabled hears of loads at whatever level the log is.
func (l listener) Enabled(ctx context.Context, level slog.Level) bool {
	return l.Handler.Enabled(ctx, level)
}

// WithAttrs keeps listening.
func (l listener) WithAttrs(a []slog.Attr) slog.Handler {
	return listener{l.Handler.WithAttrs(a), l.trail}
}

// WithGroup keeps listening.
func (l listener) WithGroup(name string) slog.Handler {
	return listener{l.Handler.WithGroup(name), l.trail}
}
