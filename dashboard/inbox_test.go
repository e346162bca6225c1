package dashboard

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// TestHosts: a page of the web cannot read the pages through a name that it turns to this machine.
func TestHosts(t *testing.T) {
	s := open(t)
	s.Server.Hosts = []string{"talent.example.gov.cn"}
	for host, want := range map[string]int{
		"127.0.0.1:8086": 200, "localhost:8086": 200, "[::1]:8086": 200, "10.1.2.3": 200, "Talent.Example.gov.cn": 200, "talent.example.gov.cn.:80": 200,
		"evil.example": 421, "127.0.0.1.evil.example:8086": 421, "localhost.evil.example": 421,
	} {
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.Server.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %s: got %d, want %d", host, w.Code, want)
		}
	}
}

func TestInboxPage(t *testing.T) {
	s := open(t)
	why := codes.Text{Zh: "缺少必填列“日期”", En: "the required column date is missing"}
	s.Server.Inbox = func() []pipeline.Arrival {
		return []pipeline.Arrival{
			{Path: "a/<b>.csv", State: pipeline.ArrivalRefused, Reason: why, Remedy: codes.Text{Zh: "补上", En: "add it"}, Run: "20260101-000000-0", Size: 1234},
			{Path: "big.csv", State: pipeline.ArrivalAgain, Reason: why, Next: time.Now()},
			{Path: "link.csv", State: pipeline.ArrivalPassed, Reason: why},
		}
	}
	defer func() { s.Server.Inbox = nil }()
	for lang, want := range map[string][]string{
		"zh": {"收件夹", "拒收", "缺少必填列“日期” → 补上", "a/&lt;b&gt;.csv", "再试", "略过", "1,234"},
		"en": {"Inbox", "Refused", "the required column date is missing → add it", "Passed over"},
	} {
		text := plainText(s.page(t, "/data/inbox?lang="+lang))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the page lacks %q:\n%s", lang, w, text)
			}
		}
	}
	if text := plainText(s.page(t, "/data/inbox?lang=en&state=passed")); strings.Contains(text, "big.csv") || !strings.Contains(text, "link.csv") {
		t.Errorf("only what was passed over: %s", text)
	}
	if r := s.get(t, "/healthz"); r.status != 200 || r.body != "degraded\ndatabase: ok\ndata: ok\nloading: ok\ninbox: 1 tried again later, 1 refused\njobs: ok\n" {
		t.Errorf("health: %d %q", r.status, r.body)
	}
}

// A state that there is not is refused with those that there are.
func TestInboxState(t *testing.T) {
	s := open(t)
	if r := s.get(t, "/data/inbox?state=odd&lang=en"); r.status != 400 || !strings.Contains(plainText(r.body), "odd") || !strings.Contains(plainText(r.body), "refused") {
		t.Errorf("got %d, %s", r.status, plainText(r.body))
	}
}
