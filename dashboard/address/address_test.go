package address

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
)

// What an address says is what is written back; language and theme are the reader's.
func TestReadWritesBack(t *testing.T) {
	for _, query := range []string{
		"",
		"from=2026-01-01&to=2026-07-01",
		"chain=magnetic&chain=superalloy&country=DE&grain=quarter&window=ytd&compare=spring",
		"compare=none&freeze=2026-06&map=china",
		"as_of=2026-07-05T10%3A00%3A00Z",
	} {
		r := httptest.NewRequest("GET", "/b/overview?lang=en&theme=dark&own=1&"+query, nil)
		st, err := Read(r, "own")
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		want, _ := url.ParseQuery(query)
		if got := st.Query().Encode(); got != want.Encode() {
			t.Errorf("got %s, want %s", got, want.Encode())
		}
		if st.Loc != "en" || st.Theme != "dark" {
			t.Errorf("%s: language %s, theme %s", query, st.Loc, st.Theme)
		}
	}
}

func TestReadDayMeansItsEnd(t *testing.T) {
	st, err := Read(httptest.NewRequest("GET", "/?as_of=2026-06-30", nil))
	if err != nil || Moment(st.AsOf) != "2026-07-01 00:00" {
		t.Errorf("got %s, %v", Moment(st.AsOf), err)
	}
}

func TestReadRefuses(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, query := range []string{
		"x=1", "grain=month&grain=year", "lang=fr", "theme=x", "grain=week", "window=r6", "compare=ytd", "from=2026-01-01", "from=2026-13-01&to=2026-12-01",
		"from=2026-07-01&to=2026-01-01", "from=1899-01-01&to=1901-01-01", "as_of=yesterday", "as_of=2026-06-05&freeze=2026-06", "x=%zz",
	} {
		_, err := Read(httptest.NewRequest("GET", "/api/v1/panels/a/b?"+query, nil))
		var no *Refusal
		if !errors.As(err, &no) || no.Status != 400 || !han.MatchString(no.Text.Zh) || no.Text.En == "" || han.MatchString(no.Text.En) {
			t.Errorf("%s: got %v", query, err)
		}
	}
}

// What messengers and campaigns hang on a link changes nothing; of what is unknown only the API says so.
func TestReadPassesOver(t *testing.T) {
	for _, at := range []string{"/b/overview?", "/api/v1/panels/a/b?"} {
		for _, query := range []string{"utm_source=wx", "isappinstalled=0", "from=singlemessage", "from=groupmessage&isappinstalled=0", "dd_nav_translucent=true&dd_full_screen=1"} {
			st, err := Read(httptest.NewRequest("GET", at+"chain=magnetic&"+query, nil))
			if err != nil || st.Query().Encode() != "chain=magnetic" {
				t.Errorf("%s%s: %v, %v", at, query, st.Query(), err)
			}
		}
	}
	if _, err := Read(httptest.NewRequest("GET", "/b/overview?nsukey=1&x=2", nil)); err != nil {
		t.Error(err)
	}
}

// No address makes the reader panic, and what it takes it writes back and takes again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"from=2026-01-01&to=2026-07-01", "chain=a&chain=b&grain=ten", "as_of=2026-06-05", "compare=none&map=x", "%zz", "from=&to="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		st, err := Read(r)
		if err != nil {
			return
		}
		r.URL.RawQuery = st.Query().Encode()
		again, err := Read(r)
		if err != nil || again.Query().Encode() != r.URL.RawQuery {
			t.Errorf("%q is written as %q, which is read as %q, %v", query, r.URL.RawQuery, again.Query().Encode(), err)
		}
	})
}
