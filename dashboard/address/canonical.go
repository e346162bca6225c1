package address

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
)

// Canonical stands before a board: the filter form sends the last day inside the period as until, and every empty field.
// The page's address has the first day after the period, and nothing empty.
func Canonical(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		until := q.Get("until")
		if until == "" {
			next(w, r)
			return
		}
		q.Del("until")
		q.Del("to")
		for k, vs := range q {
			if vs = slices.DeleteFunc(vs, func(v string) bool { return strings.TrimSpace(v) == "" }); len(vs) == 0 {
				q.Del(k)
			} else {
				q[k] = vs
			}
		}
		if day, err := metric.ParseDay(until); err == nil && q.Get("from") != "" {
			q.Set("to", day.AddDate(0, 0, 1).Format(time.DateOnly))
		} else if q.Get("from") != "" {
			q.Set("to", until)
		}
		http.Redirect(w, r, To(r.URL.Path, q), http.StatusSeeOther)
	}
}
