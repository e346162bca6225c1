package editor

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// catalog keeps what may stand in a statement, in each language, for a while.
type catalog struct {
	sync.Mutex
	by map[codes.Lang]*names
}

const catalogFor = time.Minute

// names are what completion knows.
type names struct {
	Functions []function `json:"functions"`
	Keywords  []string   `json:"keywords"`
	Types     []string   `json:"types"`
	Tables    []table    `json:"tables"`
	Metrics   []measure  `json:"metrics"`
	Grains    []string   `json:"grains"`
	until     time.Time
}

type function struct {
	Name   string `json:"name" db:"name"`
	Syntax string `json:"syntax,omitempty" db:"syntax"`
	About  string `json:"about,omitempty" db:"about"`
	Sums   bool   `json:"sums,omitempty" db:"sums"`
}

type table struct {
	Name    string   `json:"name"`
	About   string   `json:"about,omitempty"`
	Dataset string   `json:"dataset,omitempty"` // it shows the rows of one
	Columns []column `json:"columns"`
}

type column struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	About string `json:"about,omitempty"`
}

type measure struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	About string   `json:"about,omitempty"`
	Unit  string   `json:"unit,omitempty"`
	Dims  []string `json:"dims"`
	SQL   bool     `json:"sql"` // it can stand in a statement
	// Datasets are those that it is computed of.
	Datasets []string `json:"datasets"`
}

// catalog answers what may stand in a statement.
func (e *Editor) catalog(w http.ResponseWriter, r *http.Request) {
	lang := address.Language(r)
	e.known.Lock()
	n := e.known.by[lang]
	e.known.Unlock()
	if n == nil || time.Now().After(n.until) {
		var err error
		if n, err = e.gather(r.Context(), lang); err != nil {
			e.refuse(w, r, err)
			return
		}
		e.known.Lock()
		if e.known.by == nil {
			e.known.by = map[codes.Lang]*names{}
		}
		e.known.by[lang] = n
		e.known.Unlock()
	}
	e.json(w, r, http.StatusOK, n)
}

// gather asks the engine what there is: as the program, which waits behind nobody's statements.
func (e *Editor) gather(ctx context.Context, lang codes.Lang) (*names, error) {
	n := &names{until: time.Now().Add(catalogFor)}
	for _, g := range days.Grains {
		if g != days.Total {
			n.Grains = append(n.Grains, string(g))
		}
	}
	var err error
	if n.Functions, err = statement.Listed[function](ctx, e.Desk, "select name, substring(syntax, 1, 200) as syntax, substring(trimBoth(splitByString('\n', trimBoth(description))[1]), 1, 300) as about, is_aggregate = 1 as sums from system.functions where not startsWith(name, '_') order by name"); err != nil {
		return nil, err
	}
	type word struct {
		Name string `db:"name"`
	}
	for sql, to := range map[string]*[]string{
		"select distinct arrayJoin(splitByChar(' ', keyword)) as name from system.keywords where match(name, '^[A-Z]+$') order by name": &n.Keywords,
		"select name from system.data_type_families where alias_to = '' order by name":                                                  &n.Types,
	} {
		list, err := statement.Listed[word](ctx, e.Desk, sql)
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			*to = append(*to, w.Name)
		}
	}
	if n.Tables, err = e.tables(ctx, lang); err != nil {
		return nil, err
	}
	for _, m := range e.Catalog.Metrics() {
		n.Metrics = append(n.Metrics, measure{
			Name: m.Name, Title: m.Title.In(lang), About: m.Definition.In(lang), Unit: codes.Text{Zh: m.Unit.Zh, En: m.Unit.En}.In(lang), Dims: append([]string{}, m.Dims()...),
			Datasets: append([]string{}, m.Datasets()...),
			SQL:      m.Kind != metric.MethodKind && m.Kind != metric.Growth && m.Kind != metric.Forecasting,
		})
	}
	return n, nil
}

// tables are the views of mart with their columns and what these mean.
func (e *Editor) tables(ctx context.Context, lang codes.Lang) ([]table, error) {
	type row struct {
		Table  string `db:"t"`
		About  string `db:"about"`
		Column string `db:"c"`
		Type   string `db:"type"`
		Means  string `db:"means"`
	}
	rows, err := statement.Listed[row](ctx, e.Desk, "select c.table as t, b.comment as about, c.name as c, c.type as type, c.comment as means from system.columns as c join system.tables as b on b.name = c.table and b.database = c.database where c.database = 'mart' order by t, c.position")
	if err != nil {
		return nil, err
	}
	sets := map[string]bool{}
	for _, d := range e.Datasets {
		sets[d.Name] = true
	}
	var out []table
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Name != r.Table {
			t := table{Name: r.Table, About: half(r.About, lang)}
			if sets[r.Table] {
				t.Dataset = r.Table
			}
			out = append(out, t)
		}
		t := &out[len(out)-1]
		t.Columns = append(t.Columns, column{r.Column, r.Type, half(r.Means, lang)})
	}
	return out, nil
}

var bothRe = regexp.MustCompile(`(?s)^(.*\p{Han}.*?) / ([^\p{Han}]+)$`)

// half is a comment of the database in one of its two languages.
func half(text string, lang codes.Lang) string {
	m := bothRe.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	if lang == codes.En {
		return strings.TrimSpace(m[2])
	}
	return strings.TrimSpace(m[1])
}
