package dashboard

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline"
)

// health answers a line a component, "ok" or what is wrong, and 503 where one that readers need is
// away. The first line is ok or not for programs that read no further.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	status, lines := http.StatusOK, []string{}
	line := func(component, wrong string) {
		if wrong == "" {
			wrong = "ok"
		}
		lines = append(lines, component+": "+wrong)
	}
	if _, err := s.Pipeline.Freshness(ctx); err != nil {
		s.Log.Error("health", "error", err)
		status = http.StatusServiceUnavailable
		line("database", "does not answer")
	} else {
		line("database", "")
		damaged, err := s.Pipeline.Damages(ctx)
		if err != nil {
			s.Log.Error("health", "error", err)
			line("data", "not known")
		} else if len(damaged) > 0 {
			line("data", fmt.Sprintf("%d published batches are damaged", len(damaged)))
		} else {
			line("data", "")
		}
	}
	var wrong []string
	if s.Doctor != nil {
		if p := s.Doctor(); p != nil {
			wrong = append(wrong, p.Text.En)
		}
	}
	line("loading", strings.Join(wrong, "; "))
	line("inbox", s.inboxTrouble())
	first := "ok"
	if slices.ContainsFunc(lines, func(l string) bool { return !strings.HasSuffix(l, ": ok") }) {
		first = "degraded"
	}
	if status != http.StatusOK {
		first = "failed"
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, first)
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
}

// inboxTrouble counts the entries of the inbox that wait for a person; empty where none does.
func (s *Server) inboxTrouble() string {
	if s.Inbox == nil {
		return ""
	}
	n := map[pipeline.ArrivalState]int{}
	unread := 0
	for _, a := range s.Inbox() {
		n[a.State]++
		if a.State == pipeline.ArrivalPassed && a.Path == "." {
			unread++
		}
	}
	var out []string
	if unread > 0 {
		out = append(out, fmt.Sprintf("%d folders cannot be read", unread))
	}
	for _, c := range []struct {
		state pipeline.ArrivalState
		what  string
	}{{pipeline.ArrivalAgain, "tried again later"}, {pipeline.ArrivalHeld, "held"}, {pipeline.ArrivalRefused, "refused"}} {
		if n[c.state] > 0 {
			out = append(out, fmt.Sprintf("%d %s", n[c.state], c.what))
		}
	}
	return strings.Join(out, ", ")
}

// asksUs reports whether pages may be asked for by this host. While there are no accounts, a page of
// the web could otherwise read them through a name of its own that it turns to this machine.
func (s *Server) asksUs(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(strings.TrimSuffix(host, "."), "[]"))
	if host == "" || host == "localhost" || net.ParseIP(host) != nil {
		return true
	}
	if own, err := os.Hostname(); err == nil && host == strings.ToLower(own) {
		return true
	}
	return slices.ContainsFunc(s.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}
