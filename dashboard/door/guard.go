package door

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// safe are the headers of every answer: nothing is loaded from elsewhere, no script or style stands in a page, no other
// site frames one.
var safe = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; object-src 'none'; manifest-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
}

// Protect adds to an answer what keeps a browser safe. d says whether the browser speaks TLS; nil: only the request does.
func Protect(w http.ResponseWriter, r *http.Request, d *Door) {
	for k, v := range safe {
		w.Header().Set(k, v)
	}
	if r.TLS != nil || d != nil && d.secure(r) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// CrossSite says whether a request that changes something comes from another site's page. Every browser says where such a
// request comes from; one that does not is refused where it carries a session.
func CrossSite(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return false
	}
	h := r.Header
	return http.NewCrossOriginProtection().Check(r) != nil || h.Get("Origin") == "" && h.Get("Sec-Fetch-Site") == "" && h.Get("Cookie") != ""
}

// Asked reports whether pages may be asked for by this host: a page of the web could otherwise reach them through a name
// of its own that it turns to this machine.
func Asked(host string, hosts []string) bool {
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
	return slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// Unmeant is why a request is answered nobody, whoever asks: it is for another host, too long, or of another site's page;
// nil: it is not.
func Unmeant(r *http.Request, hosts []string) (no *address.Refusal, why string) {
	switch {
	case !Asked(r.Host, hosts):
		return &address.Refusal{Status: http.StatusMisdirectedRequest, Text: words.Get("bad_host")}, "wrong_host"
	case len(r.URL.RawQuery) > 8192:
		return &address.Refusal{Status: http.StatusRequestURITooLong, Text: words.Get("long_url")}, "too_long"
	case CrossSite(r):
		return &address.Refusal{Status: http.StatusForbidden, Text: words.Get("cross_site")}, "cross_site"
	}
	return nil, ""
}

// Turned writes down that a request was answered nobody; v may be nil. A link that signs in is a secret, and is left out.
func (d *Door) Turned(r *http.Request, v *access.Viewer, status int, why string) {
	if d == nil || d.Trail == nil {
		return
	}
	e := audit.Turned(r, status, why)
	if strings.HasPrefix(r.URL.Path, "/signin") {
		e.What = r.Method + " /signin " + strconv.Itoa(status) + " " + why
	}
	e.Who, e.From = "?", d.From(r)
	if v != nil {
		e.Who, e.Role = v.Name, string(v.Role)
	}
	d.Trail.Refused(e)
}

// Refuser answers whom the gate does not let in: a page leads to the sign-in, anything else says so.
func Refuser(fail func(http.ResponseWriter, *http.Request, error)) func(http.ResponseWriter, *http.Request, access.Verdict) {
	return func(w http.ResponseWriter, r *http.Request, why access.Verdict) { refused(w, r, why, fail) }
}

func refused(w http.ResponseWriter, r *http.Request, why access.Verdict, fail func(http.ResponseWriter, *http.Request, error)) {
	page := r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/mcp" && path.Ext(r.URL.Path) == ""
	switch {
	case why == access.NotSigned && page:
		w.Header().Set("Cache-Control", "no-store")
		to := "/signin"
		if next := r.URL.RequestURI(); next != "/" {
			to += "?next=" + url.QueryEscape(next)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	case why == access.NotSigned:
		fail(w, r, address.Refuse(http.StatusUnauthorized, words.Get("signin_needed")))
	case why == access.Owing && page:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	case why == access.Owing:
		fail(w, r, address.Refuse(http.StatusForbidden, words.Get("signin_owing")))
	case why == access.NotWhole:
		fail(w, r, address.Refuse(http.StatusForbidden, words.Get("not_whole")))
	default:
		fail(w, r, address.Refuse(http.StatusForbidden, words.Get("no_right")))
	}
}
