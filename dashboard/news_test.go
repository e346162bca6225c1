package dashboard

import (
	"encoding/json"
	"html"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/door"
)

// newsTest looks for what the overview says has changed since its reader looked last: the numbers then and now, a link to the
// page as it was, nothing where nothing came, and nothing at all without a visit before or of a part of the page.
func (s *site) newsTest(t *testing.T, published time.Time) {
	t.Helper()
	line := regexp.MustCompile(`(?s)<p class="since">(.*?)</p>`)
	asked := func(before time.Time, query string) string {
		dir := t.TempDir()
		text, err := json.Marshal(map[string]account.Visit{"test": {Before: before, Last: time.Now()}})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "visits.json"), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		book, err := account.Open(dir, account.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		s.Door = &door.Door{Visits: account.OpenVisits(dir, book, slog.New(slog.DiscardHandler))}
		defer func() { s.Door = nil }()
		m := line.FindStringSubmatch(s.page(t, "/b/overview?"+query))
		if m == nil {
			return ""
		}
		return html.UnescapeString(m[1])
	}
	said := asked(published, "lang=zh")
	for range 20 { // on a slow machine it may not be said in time, but is the next time
		if said != "" {
			break
		}
		time.Sleep(500 * time.Millisecond)
		said = asked(published, "lang=zh")
	}
	text := plainText(said)
	if !regexp.MustCompile(`^自您上次查看（ .* ）以来： ?.*供需匹配度 0\.\d+ → 0\.\d+`).MatchString(text) || !strings.HasSuffix(text, "。") || strings.Contains(text, "引进35周岁以下大学生") {
		t.Errorf("since the last visit: %q", text)
	}
	m := regexp.MustCompile(`^自您上次查看（<a href="([^"]*)">`).FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("the day leads nowhere: %s", said)
	}
	if u, err := url.Parse(m[1]); err != nil || u.Path != "/b/overview" || u.Query().Get("as_of") == "" {
		t.Errorf("the day leads to %s", m[1])
	}
	if s.page(t, m[1]); s.get(t, m[1]).status != 200 {
		t.Errorf("%s cannot be read", m[1])
	}
	if text := plainText(asked(published, "lang=en")); !strings.HasPrefix(text, "Since your last visit ( ") || !strings.Contains(text, " → ") {
		t.Errorf("in English: %q", text)
	}
	none, now := "", time.Now()
	for range 20 {
		if none = plainText(asked(now, "lang=zh")); none != "" {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	if !strings.Contains(none, "以来，本页顶上的数字没有变化") {
		t.Errorf("nothing came: %q", none)
	}
	for _, none := range []string{asked(time.Time{}, "lang=zh"), asked(published, "lang=zh&chain=magnetic"), asked(published, "lang=zh&from=2026-01-01&to=2026-06-30"), asked(published.AddDate(-1, 0, 0), "lang=zh")} {
		if none != "" {
			t.Errorf("nothing is to be said, and is: %q", none)
		}
	}
}
