package address

import (
	"net/http"
	"net/url"
)

// Whole is an address on this server as somebody elsewhere opens it: by the name that the request asked for.
func Whole(r *http.Request, path string, query url.Values) string {
	scheme := "http://"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	return scheme + r.Host + To(path, query)
}
