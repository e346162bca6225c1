// Package address is what the address of a page says: period, grain, comparison, filters, moment. It is read strictly and
// written back, for a page's state is its URL.
package address

import (
	"maps"
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

// State is everything a page's URL says.
type State struct {
	Range  days.Range // zero: each panel's own period
	Grain  days.Grain
	Window days.Window // of the figures that run over time
	// Compare is what every figure is compared with: empty for each figure's own, Uncompared for nothing.
	Compare metric.Compare
	Where   map[string][]string // filter -> values
	Loc     codes.Lang
	Theme   string

	// Map is the one chosen for panels that offer several; empty: each panel's own.
	Map string
	// AsOf asks for the figures as they were reported at a moment, Freeze for those of a named report date; the
	// moment of the latter is found by who knows report dates.
	AsOf   time.Time
	Freeze string
}

const (
	cookieLang  = "yz_lang"
	cookieTheme = "yz_theme"
)

// Uncompared is the comparison of an address that asks for none.
const Uncompared metric.Compare = "none"

// Comparisons are those that an address may ask for.
var Comparisons = []metric.Compare{Uncompared, metric.YearOnYear, metric.Previous, metric.Spring}

// Language of a request is what its URL says, else what the reader chose before, else Chinese.
func Language(r *http.Request) codes.Lang {
	if v := r.URL.Query().Get("lang"); v == "en" || v == "zh" {
		return codes.Lang(v)
	}
	if kept(r, cookieLang) == "en" {
		return codes.En
	}
	return codes.Zh
}

// Spoken is the language of a request that no browser sends: it has no cookies, and says in its headers what it understands.
func Spoken(r *http.Request) codes.Lang {
	said := strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language")))
	if r.URL.Query().Get("lang") == "" && r.Header.Get("Cookie") == "" && r.Header.Get("Sec-Fetch-Site") == "" && strings.HasPrefix(said, "en") {
		return codes.En
	}
	return Language(r)
}

// Theme of a request is what its URL says, else what the reader chose before, else that of the device.
func Theme(r *http.Request) string {
	if v := r.URL.Query().Get("theme"); slices.Contains(Themes, v) {
		return v
	}
	if v := kept(r, cookieTheme); slices.Contains(Themes, v) {
		return v
	}
	return "auto"
}

// Themes are those to choose from.
var Themes = []string{"auto", "light", "dark"}

// overTLS is the beginning of a cookie's name that no other host of the domain can set.
const overTLS = "__Host-"

// kept is what a cookie of ours says.
func kept(r *http.Request, name string) string {
	for _, n := range []string{overTLS + name, name} {
		if c, err := r.Cookie(n); err == nil {
			return c.Value
		}
	}
	return ""
}

// Remember keeps the reader's language and theme for pages whose URL does not say. An answer that tells the browser to
// speak TLS keeps them for TLS.
func Remember(w http.ResponseWriter, r *http.Request) {
	for _, c := range [][2]string{{cookieLang, "lang"}, {cookieTheme, "theme"}} {
		if v := r.URL.Query().Get(c[1]); v != "" {
			name, secure := c[0], w.Header().Get("Strict-Transport-Security") != ""
			if secure {
				name = overTLS + name
			}
			http.SetCookie(w, &http.Cookie{Name: name, Value: v, Path: "/", MaxAge: 365 * 86400, SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: secure})
		}
	}
}

// Read takes the State from a URL. A value that cannot be is refused with what is valid, and so is a parameter that the API
// does not know; a page passes over it, for messengers and campaigns hang their own on every link. own are parameters that
// mean something to the caller only.
func Read(r *http.Request, own ...string) (State, error) {
	st := State{Where: map[string][]string{}, Loc: Language(r), Theme: Theme(r)}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		st.Loc = Spoken(r)
	}
	no := func(text codes.Text, valid ...string) (State, error) {
		return st, Bad(text, valid...)
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return no(words.Get("bad_query", r.URL.RawQuery))
	}
	known := []string{"from", "to", "grain", "window", "compare", "lang", "theme", "as_of", "freeze", "map"}
	for _, f := range Filters {
		known = append(known, f.Param)
	}
	known = append(known, own...)
	for _, k := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(known, k) {
			if foreign(k) || !strings.HasPrefix(r.URL.Path, "/api/") && len(k) <= longestForeign {
				continue
			}
			return no(words.Get("no_param", k), known...)
		}
		if len(q[k]) > 1 && Param(k) == "" && k != "where" && k != "tap" {
			return no(words.Get("twice_param", k))
		}
	}
	if v := q.Get("lang"); v != "" && v != "zh" && v != "en" {
		return no(words.Get("bad_value", "lang", v), "zh", "en")
	}
	if v := q.Get("theme"); v != "" && !slices.Contains(Themes, v) {
		return no(words.Get("bad_value", "theme", v), Themes...)
	}
	if st.Grain, err = metric.ParseGrain(q.Get("grain")); err != nil {
		return no(words.Get("bad_value", "grain", q.Get("grain")), "ten", "month", "quarter", "half", "year")
	}
	if st.Window, err = metric.ParseWindow(q.Get("window")); err != nil {
		return no(words.Get("bad_value", "window", q.Get("window")), "ytd", "r3", "r12")
	}
	if st.Compare = metric.Compare(q.Get("compare")); st.Compare != metric.NoCompare && !slices.Contains(Comparisons, st.Compare) {
		return no(words.Get("bad_value", "compare", q.Get("compare")), "none", "yoy", "pop", "spring")
	}
	if q.Get("to") == "" && messenger(q.Get("from")) {
		q.Del("from")
	}
	if st.Range, err = readRange(q.Get("from"), q.Get("to")); err != nil {
		return st, err
	}
	if v := q.Get("as_of"); v != "" {
		if st.AsOf, err = instant(v); err != nil {
			return no(words.Get("bad_moment", v), "2026-06-05", "2026-06-05T18:00:00+08:00")
		}
	}
	if st.Freeze = q.Get("freeze"); st.Freeze != "" && !st.AsOf.IsZero() {
		return no(words.Get("two_moments"))
	}
	st.Map = q.Get("map")
	for _, f := range Filters {
		for _, v := range q[f.Param] {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(st.Where[f.Param], v) {
				st.Where[f.Param] = append(st.Where[f.Param], v)
			}
		}
	}
	return st, nil
}

// longestForeign is the longest name of a parameter that a page passes over.
const longestForeign = 64

// foreign says that a parameter is one that messengers and campaigns hang on links.
func foreign(name string) bool {
	return name == "isappinstalled" || strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "dd_")
}

// messenger says that from tells by which way a link was passed on, as WeChat writes it, and no day: singlemessage.
func messenger(from string) bool {
	return from != "" && !strings.ContainsFunc(from, func(r rune) bool { return r < 'a' || r > 'z' })
}

// readRange reads the period of an address; both empty: the zero Range.
func readRange(from, to string) (out days.Range, err error) {
	no := func(text codes.Text) (days.Range, error) {
		return days.Range{}, Bad(text)
	}
	if (from == "") != (to == "") {
		return no(words.Get("half_range"))
	}
	if from == "" {
		return out, nil
	}
	if out.From, err = metric.ParseDay(from); err != nil {
		return no(words.Get("bad_day", "from", from))
	}
	if out.To, err = metric.ParseDay(to); err != nil {
		return no(words.Get("bad_day", "to", to))
	}
	if !out.From.Before(out.To) {
		return no(words.Get("bad_range", from, to))
	}
	if out.From.Year() < days.MinYear || out.To.Year() > 2100 {
		return no(words.Get("far_range"))
	}
	return out, nil
}

// ReadMoments takes a period and a moment from texts, as Read takes them from an address.
func ReadMoments(from, to, asOf string) (st State, err error) {
	if st.Range, err = readRange(from, to); err != nil || asOf == "" {
		return st, err
	}
	if st.AsOf, err = instant(asOf); err != nil {
		err = Bad(words.Get("bad_moment", asOf), "2026-06-05", "2026-06-05T18:00:00+08:00")
	}
	return st, err
}

// Query writes the State as a URL's query. Language and theme are the reader's, not the page's: they are left out.
func (st State) Query() url.Values {
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

// Office is the office's clock; every time on a page is told by it.
var Office = time.FixedZone("Asia/Shanghai", 8*3600)

// Moment writes a moment by the office's clock; a dash for none.
func Moment(t time.Time) string {
	if t.IsZero() || t.Unix() == 0 {
		return "—"
	}
	return t.In(Office).Format("2006-01-02 15:04")
}

// instant reads a moment; a day alone means its end by the office's clock.
func instant(text string) (time.Time, error) {
	if d, err := time.ParseInLocation(time.DateOnly, text, Office); err == nil {
		return d.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// To is a path with a query.
func To(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
