package editor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/lineage"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// pin writes a statement that selects from one metric as the YAML of a panel, and checks it as a board would be. A board shows
// what is declared, so any other statement is told how to become one.
func (e *Editor) pin(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		asked
		Kind string `json:"kind"` // line, bar
	}
	if err := read(r, &sent); err != nil {
		e.refuse(w, r, err)
		return
	}
	a, err := sent.ask(r)
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	text, err := e.panel(r.Context(), a, sent.Kind)
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]string{"yaml": text, "note": words.In(address.Language(r), "sql_pinned")})
}

// panel is the YAML of a panel that shows what a statement selects from a metric.
func (e *Editor) panel(ctx context.Context, a statement.Ask, kind string) (string, error) {
	ctx, end := context.WithTimeout(ctx, 10*time.Second)
	defer end()
	text, err := e.Desk.Written(ctx, a)
	if err != nil {
		return "", err
	}
	if len(text.Calls) != 1 {
		return "", address.Refuse(http.StatusUnprocessableEntity, words.Get("sql_unpinned"))
	}
	if what, err := lineage.Beyond(a.SQL); err != nil || what != "" {
		return "", address.Refuse(http.StatusUnprocessableEntity, words.Get("sql_pin_beyond", words.Clip(cmp.Or(what, "?"), 40)))
	}
	q := text.Calls[0].Query
	m := e.Catalog.Metric(q.Metric)
	drawn := board.Trend
	switch {
	case q.Grain == days.Total && len(q.By) == 0:
		drawn = board.KPI
	case q.Grain == days.Total && len(q.By) == 1:
		drawn = board.Bar
	case len(q.By) > 1:
		drawn = board.Table
	case kind == "bar" && len(q.By) == 1:
		drawn = board.Stack
	}
	var b strings.Builder
	fmt.Fprintf(&b, "board: pinned\ntitle: {zh: %s, en: %s}\norder: 90\npanels:\n", quoted(words.Get("sql_board").Zh), quoted(words.Get("sql_board").En))
	fmt.Fprintf(&b, "  - name: %s\n    title: {zh: %s, en: %s}\n    kind: %s\n    metrics: [%s]\n", q.Metric, quoted(m.Title.Zh), quoted(m.Title.En), drawn, q.Metric)
	if len(q.By) > 0 {
		fmt.Fprintf(&b, "    by: [%s]\n", strings.Join(q.By, ", "))
	}
	if q.Grain != days.Total {
		fmt.Fprintf(&b, "    grain: %s\n    period: 36m\n", q.Grain)
	}
	for i, f := range q.Where {
		if i == 0 {
			b.WriteString("    where:\n")
		}
		var values []string
		for _, v := range f.Values {
			values = append(values, quoted(v))
		}
		fmt.Fprintf(&b, "      %s: [%s]\n", f.Dim, strings.Join(values, ", "))
	}
	b.WriteString("    span: 6\n")
	made, err := board.Parse("pinned.yaml", []byte(b.String()))
	if err == nil {
		err = board.Check(e.Catalog, []*board.Board{made}, nil)
	}
	var no *metric.Invalid
	switch {
	case errors.As(err, &no):
		return "", address.Refuse(http.StatusUnprocessableEntity, codes.Text{Zh: no.In(codes.Zh), En: no.In(codes.En)})
	case err != nil:
		return "", address.Refuse(http.StatusUnprocessableEntity, codes.Text{Zh: err.Error(), En: err.Error()})
	}
	return b.String(), nil
}

// quoted is a text of YAML.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}
