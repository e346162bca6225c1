package alerts_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/alerts"
	"yanzhen/dashboard/frame"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// A test by mail that names nobody asks for an address; by any other channel it goes to nobody whom the request names.
func TestTest(t *testing.T) {
	var sent []string
	list := []*channel.Channel{{Name: "post", Kind: "mail"}, {Name: "office", Kind: "mail", Mail: channel.Server{To: []string{"office@example.cn"}}}}
	p := &alerts.Page{
		Book: alert.Book{Dir: t.TempDir()}, Post: &outbox.Post{Dir: t.TempDir(), Channels: list}, Watched: func() bool { return true },
		Test: func(_ context.Context, name, to string, _ codes.Lang) error {
			sent = append(sent, name+" "+to)
			return nil
		},
	}
	var gate access.Gate
	shown := 0
	p.Register(&gate, frame.Frame{
		Record: func(*http.Request, string, string, string) {},
		Show:   func(http.ResponseWriter, *http.Request, int, codes.Text, string, any) { shown++ },
		Fail:   func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) },
	})
	for _, form := range []url.Values{
		{"channel": {"post"}},
		{"channel": {"post"}, "to": {"nobody"}},
		{"channel": {"post"}, "to": {"li@example.cn"}},
		{"channel": {"office"}, "to": {"stranger@example.cn"}},
	} {
		r := httptest.NewRequest("POST", "/data/alerts/test", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r = r.WithContext(access.With(r.Context(), &access.Viewer{Role: access.Operator, May: access.Operator.May(access.Joint)}))
		gate.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := strings.Join(sent, ", "); got != "post li@example.cn, office " || shown != 4 {
		t.Errorf("sent %s, shown %d", got, shown)
	}
}
