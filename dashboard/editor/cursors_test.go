package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yanzhen/pipeline"
)

// Who reads an answer page by page has one answer, whatever is published meanwhile: a page of other data is refused in words, what is
// published elsewhere disturbs nothing, and a list of loads goes on where it was.
func cursors(h *house) {
	vacancies := func(unit string, needed int) {
		var rows [][]string
		for _, node := range []string{"magnetic.motor", "superalloy.cast", "superalloy.forge"} {
			rows = append(rows, []string{"2026-03-15", unit, node, fmt.Sprint(needed)})
		}
		h.stage.Load(h.T, "vacancies", []string{"posted_on", "enterprise", "node", "needed"}, rows, "")
	}
	type page struct {
		Points []struct {
			Keys  []string
			Value float64
		}
		Data struct{ Version string }
		Code string
		Next string
		Runs []struct{ ID, Run string }
	}
	ask := func(path string) (int, page, string) {
		res, text := h.send("GET", path, nil)
		var p page
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			h.Fatal(path, text)
		}
		return res.StatusCode, p, text
	}
	vacancies("甲", 1)
	const posts, people = "/api/v1/metrics/post_demand?from=2026-01-01&to=2026-07-01&by=node&limit=2", "/api/v1/metrics/inflow?from=2026-01-01&to=2026-07-01&by=enterprise&limit=2"
	_, first, text := ask(posts)
	_, other, _ := ask(people)
	if len(first.Points) != 2 || first.Next == "" || len(other.Points) != 2 || other.Next == "" {
		h.Fatal(text)
	}
	if code, p, text := ask(posts + "&cursor=" + url.QueryEscape(first.Next)); code != http.StatusOK || len(p.Points) != 1 || p.Next != "" || p.Data.Version != first.Data.Version || p.Points[0].Keys[0] == first.Points[0].Keys[0] {
		h.Errorf("the second page: %d %s", code, text)
	}
	runs := func(n int) {
		for i := range n {
			r := pipeline.Run{ID: fmt.Sprintf("2099010%d-00000%d-c", n, i), Kind: "load", Dataset: "vacancies", State: pipeline.Published, Started: time.Now().Add(time.Duration(n*10+i) * time.Hour)}
			if err := h.ledger.PutRun(h.Context(), &r); err != nil {
				h.Fatal(err)
			}
		}
	}
	runs(3)
	_, loads, text := ask("/api/v1/runs?dataset=vacancies&limit=2")
	if len(loads.Runs) != 2 || loads.Next == "" {
		h.Fatal(text)
	}

	vacancies("乙", 2)
	runs(4)
	if code, p, text := ask(posts + "&cursor=" + url.QueryEscape(first.Next)); code != http.StatusConflict || p.Code != "cursor_over" || !strings.Contains(text, "第一页") {
		h.Errorf("a page of what was: %d %s", code, text)
	}
	if code, p, text := ask(people + "&cursor=" + url.QueryEscape(other.Next)); code != http.StatusOK || len(p.Points) != 2 || p.Data.Version != other.Data.Version {
		h.Errorf("another dataset was published: %d %s", code, text)
	}
	seen := map[string]bool{}
	for _, r := range loads.Runs {
		seen[r.ID+r.Run] = true
	}
	if code, p, text := ask("/api/v1/runs?dataset=vacancies&limit=2&cursor=" + url.QueryEscape(loads.Next)); code != http.StatusOK || len(p.Runs) == 0 || seen[p.Runs[0].ID+p.Runs[0].Run] || strings.Contains(text, "20990104") {
		h.Errorf("the next loads: %d %s", code, text)
	}
	for _, bad := range []string{"x", "!!", first.Next + "x", other.Next, strings.Repeat("A", 5000)} {
		if code, p, text := ask(posts + "&cursor=" + url.QueryEscape(bad)); code != http.StatusBadRequest && code != http.StatusConflict || p.Code == "" {
			h.Errorf("cursor %.20q: %d %s", bad, code, text)
		}
	}
}
