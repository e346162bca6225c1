package door

import (
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
)

// safe are the headers of every answer: nothing is loaded from elsewhere, no script or style stands in a page, no other
// site frames one.
var safe = map[string]string{
	"Content-Security-Policy":    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "same-origin",
	"Cross-Origin-Opener-Policy": "same-origin",
	"Permissions-Policy":         "camera=(), microphone=(), geolocation=()",
}

// Protect adds to an answer what keeps a browser safe.
func Protect(w http.ResponseWriter, r *http.Request) {
	for k, v := range safe {
		w.Header().Set(k, v)
	}
	if r.TLS != nil {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
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
