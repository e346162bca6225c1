// Package health says in a few lines whether the installation does: what answers, what is damaged, what waits for a person.
package health

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline"
)

// Check is what is looked at.
type Check struct {
	Pipeline *pipeline.Ledger
	Doctor   func() *pipeline.Problem  // why nothing is loaded; nil, or a nil answer: everything is
	Inbox    func() []pipeline.Arrival // nil: no job watches a folder
	Paused   func() (string, error)    // the jobs that an operator has paused; nil, or empty: none
	Log      *slog.Logger
}

// ServeHTTP answers a line a component, "ok" or what is wrong, and 503 where one that readers need is
// away. The first line is ok or not for programs that read no further; who may not know how the installation does is told
// that line only.
func (c Check) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	if _, err := c.Pipeline.Freshness(ctx); err != nil {
		c.Log.Error("health", "error", err)
		status = http.StatusServiceUnavailable
		line("database", "does not answer")
	} else {
		line("database", "")
		damaged, err := c.Pipeline.Damages(ctx)
		if err != nil {
			c.Log.Error("health", "error", err)
			line("data", "not known")
		} else if len(damaged) > 0 {
			line("data", fmt.Sprintf("%d published batches are damaged", len(damaged)))
		} else {
			line("data", "")
		}
	}
	var wrong []string
	if c.Doctor != nil {
		if p := c.Doctor(); p != nil {
			wrong = append(wrong, p.Text.En)
		}
	}
	line("loading", strings.Join(wrong, "; "))
	line("inbox", c.inboxTrouble())
	line("jobs", c.pausedJobs())
	first := "ok"
	if slices.ContainsFunc(lines, func(l string) bool { return !strings.HasSuffix(l, ": ok") }) {
		first = "degraded"
	}
	if status != http.StatusOK {
		first = "failed"
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, first)
	if !access.From(r.Context()).Can(access.Operate) {
		return
	}
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
}

// pausedJobs names the jobs that are paused; empty where none is.
func (c Check) pausedJobs() string {
	if c.Paused == nil {
		return ""
	}
	names, err := c.Paused()
	if err != nil {
		c.Log.Error("health", "error", err)
		return "which are paused is not known"
	}
	if names == "" {
		return ""
	}
	return "paused: " + names
}

// inboxTrouble counts the entries of the inbox that wait for a person; empty where none does.
func (c Check) inboxTrouble() string {
	if c.Inbox == nil {
		return ""
	}
	n := map[pipeline.ArrivalState]int{}
	unread := 0
	for _, a := range c.Inbox() {
		n[a.State]++
		if a.State == pipeline.ArrivalPassed && a.Path == "." {
			unread++
		}
	}
	var out []string
	if unread > 0 {
		out = append(out, fmt.Sprintf("%d folders cannot be read", unread))
	}
	for _, x := range []struct {
		state pipeline.ArrivalState
		what  string
	}{{pipeline.ArrivalAgain, "tried again later"}, {pipeline.ArrivalHeld, "held"}, {pipeline.ArrivalSubmitted, "to be reviewed"}, {pipeline.ArrivalRefused, "refused"}} {
		if n[x.state] > 0 {
			out = append(out, fmt.Sprintf("%d %s", n[x.state], x.what))
		}
	}
	return strings.Join(out, ", ")
}
