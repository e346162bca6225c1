package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// filters are the dimensions a page can be narrowed by: the name in the URL and the names a metric may know it under.
var filters = []struct {
	param string
	dims  []string
}{
	{"chain", []string{"chain"}},
	{"node", []string{"node"}},
	{"park", []string{"park"}},
	{"enterprise", []string{"enterprise"}},
	{"province", []string{"origin_province", "province"}},
	{"country", []string{"origin_country", "country"}},
}

// dimension is what a metric calls a filter; "" where it has no such dimension.
func dimension(m *metric.Metric, param string) string {
	for _, f := range filters {
		if f.param != param {
			continue
		}
		for _, d := range f.dims {
			if slices.Contains(m.Dims(), d) {
				return d
			}
		}
	}
	return ""
}

// param is the filter that a dimension belongs to; "" where a page cannot be narrowed by it.
func param(dim string) string {
	for _, f := range filters {
		if slices.Contains(f.dims, dim) {
			return f.param
		}
	}
	return ""
}

// state is everything a page's URL says.
type state struct {
	Range  days.Range // zero: each panel's own period
	Grain  days.Grain
	Window days.Window // of the figures that run over time
	// Compare is what every figure is compared with: empty for each figure's own, uncompared for nothing.
	Compare metric.Compare
	Where   map[string][]string // filter -> values
	Loc     codes.Lang
	Theme   string

	// Map is the one chosen for panels that offer several; empty: each panel's own.
	Map string
	// AsOf asks for the figures as they were reported at a moment, Freeze for those of a named report date; asOf finds
	// the moment of the latter.
	AsOf   time.Time
	Freeze string
}

const (
	cookieLang  = "yz_lang"
	cookieTheme = "yz_theme"
)

// uncompared is the comparison of an address that asks for none.
const uncompared metric.Compare = "none"

// comparisons are those that an address may ask for.
var comparisons = []metric.Compare{uncompared, metric.YearOnYear, metric.Previous, metric.Spring}

// language of a request: what its URL says, else what the reader chose before, else Chinese.
func language(r *http.Request) codes.Lang {
	if v := r.URL.Query().Get("lang"); v == "en" || v == "zh" {
		return codes.Lang(v)
	}
	if c, err := r.Cookie(cookieLang); err == nil && c.Value == "en" {
		return codes.En
	}
	return codes.Zh
}

func theme(r *http.Request) string {
	if v := r.URL.Query().Get("theme"); slices.Contains(themes, v) {
		return v
	}
	if c, err := r.Cookie(cookieTheme); err == nil && slices.Contains(themes, c.Value) {
		return c.Value
	}
	return "auto"
}

var themes = []string{"auto", "light", "dark"}

// remember keeps the reader's language and theme for pages whose URL does not say.
func remember(w http.ResponseWriter, r *http.Request) {
	for name, key := range map[string]string{cookieLang: "lang", cookieTheme: "theme"} {
		if v := r.URL.Query().Get(key); v != "" {
			http.SetCookie(w, &http.Cookie{Name: name, Value: v, Path: "/", MaxAge: 365 * 86400, SameSite: http.SameSiteLaxMode, HttpOnly: true})
		}
	}
}

// read takes the state from a URL. A parameter it does not know, or a value that cannot be, is refused with what is
// valid. extra are parameters that mean something to the caller.
func read(r *http.Request, extra ...string) (state, error) {
	st := state{Where: map[string][]string{}, Loc: language(r), Theme: theme(r)}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_query", r.URL.RawQuery), nil}
	}
	known := []string{"from", "to", "grain", "window", "compare", "lang", "theme", "as_of", "freeze", "map"}
	for _, f := range filters {
		known = append(known, f.param)
	}
	known = append(known, extra...)
	for _, k := range sortedKeys(q) {
		if !slices.Contains(known, k) {
			return st, &refusal{http.StatusBadRequest, words.Get("no_param", k), known}
		}
		if len(q[k]) > 1 && param(k) == "" && k != "where" && k != "tap" {
			return st, &refusal{http.StatusBadRequest, words.Get("twice_param", k), nil}
		}
	}
	if v := q.Get("lang"); v != "" && v != "zh" && v != "en" {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_value", "lang", v), []string{"zh", "en"}}
	}
	if v := q.Get("theme"); v != "" && !slices.Contains(themes, v) {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_value", "theme", v), themes}
	}
	if st.Grain, err = metric.ParseGrain(q.Get("grain")); err != nil {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_value", "grain", q.Get("grain")), []string{"ten", "month", "quarter", "half", "year"}}
	}
	if st.Window, err = metric.ParseWindow(q.Get("window")); err != nil {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_value", "window", q.Get("window")), []string{"ytd", "r3", "r12"}}
	}
	if st.Compare = metric.Compare(q.Get("compare")); st.Compare != metric.NoCompare && !slices.Contains(comparisons, st.Compare) {
		return st, &refusal{http.StatusBadRequest, words.Get("bad_value", "compare", q.Get("compare")), plain(comparisons)}
	}
	from, to := q.Get("from"), q.Get("to")
	if (from == "") != (to == "") {
		return st, &refusal{http.StatusBadRequest, words.Get("half_range"), nil}
	}
	if from != "" {
		if st.Range.From, err = metric.ParseDay(from); err != nil {
			return st, &refusal{http.StatusBadRequest, words.Get("bad_day", "from", from), nil}
		}
		if st.Range.To, err = metric.ParseDay(to); err != nil {
			return st, &refusal{http.StatusBadRequest, words.Get("bad_day", "to", to), nil}
		}
		if !st.Range.From.Before(st.Range.To) {
			return st, &refusal{http.StatusBadRequest, words.Get("bad_range", from, to), nil}
		}
		if st.Range.From.Year() < 1990 || st.Range.To.Year() > 2100 {
			return st, &refusal{http.StatusBadRequest, words.Get("far_range"), nil}
		}
	}
	if v := q.Get("as_of"); v != "" {
		if st.AsOf, err = instant(v); err != nil {
			return st, &refusal{http.StatusBadRequest, words.Get("bad_moment", v), []string{"2026-06-05", "2026-06-05T18:00:00+08:00"}}
		}
	}
	if st.Freeze = q.Get("freeze"); st.Freeze != "" && !st.AsOf.IsZero() {
		return st, &refusal{http.StatusBadRequest, words.Get("two_moments"), nil}
	}
	st.Map = q.Get("map")
	for _, f := range filters {
		for _, v := range q[f.param] {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(st.Where[f.param], v) {
				st.Where[f.param] = append(st.Where[f.param], v)
			}
		}
	}
	return st, nil
}

// query writes the state as a URL's query. Language and theme are the reader's, not the page's: they are left out.
func (st state) query() url.Values {
	q := url.Values{}
	if !st.Range.IsZero() {
		q.Set("from", st.Range.From.Format("2006-01-02"))
		q.Set("to", st.Range.To.Format("2006-01-02"))
	}
	if st.Grain != days.Total {
		q.Set("grain", string(st.Grain))
	}
	if st.Window != days.NoWindow {
		q.Set("window", string(st.Window))
	}
	if st.Compare != metric.NoCompare {
		q.Set("compare", string(st.Compare))
	}
	switch {
	case st.Freeze != "":
		q.Set("freeze", st.Freeze)
	case !st.AsOf.IsZero():
		q.Set("as_of", st.AsOf.UTC().Format(time.RFC3339Nano))
	}
	if st.Map != "" {
		q.Set("map", st.Map)
	}
	for k, vs := range st.Where {
		q[k] = append([]string(nil), vs...)
	}
	return q
}

// instant reads a moment; a day alone means its end by the office's clock.
func instant(text string) (time.Time, error) {
	if d, err := time.ParseInLocation(time.DateOnly, text, shanghai); err == nil {
		return d.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// choice is one value a filter may take.
type choice struct {
	Key, Label string
	Chosen     bool
}

// choices lists the values of a filter that occur in the data, as a metric that is cut by it sees them.
func (s *Server) choices(ctx context.Context, name string, loc codes.Lang, until days.Day) ([]choice, error) {
	for _, preferred := range []string{"enterprises_count", "inflow", "cooperation_projects", ""} {
		for _, m := range s.Catalog.Metrics() {
			if preferred != "" && m.Name != preferred {
				continue
			}
			dim := dimension(m, name)
			if dim == "" {
				continue
			}
			r, err := s.Engine.Run(ctx, metric.Query{Metric: m.Name, From: days.Date(1990, 1, 1), To: until.AddDate(0, 0, 1), By: []string{dim}})
			if err != nil {
				return nil, err
			}
			var out []choice
			for _, pt := range r.Points {
				if len(pt.Keys) == 1 && pt.Keys[0] != "" && !slices.ContainsFunc(out, func(c choice) bool { return c.Key == pt.Keys[0] }) {
					out = append(out, choice{Key: pt.Keys[0], Label: s.Catalog.Label(dim, pt.Keys[0]).In(loc)})
				}
			}
			slices.SortFunc(out, func(a, b choice) int { return strings.Compare(a.Key, b.Key) })
			return out, nil
		}
	}
	return nil, nil
}

// verify refuses a filter value that does not occur in the data.
func (s *Server) verify(ctx context.Context, st state, until days.Day) error {
	for _, f := range filters {
		vs := st.Where[f.param]
		if len(vs) == 0 {
			continue
		}
		have, err := s.choices(ctx, f.param, st.Loc, until)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if !slices.ContainsFunc(have, func(c choice) bool { return c.Key == v }) {
				var valid []string
				for i, c := range have {
					if i == 60 {
						valid = append(valid, "…")
						break
					}
					valid = append(valid, c.Key)
				}
				return &refusal{http.StatusBadRequest, words.Get("bad_value", f.param, v), valid}
			}
		}
	}
	return nil
}
