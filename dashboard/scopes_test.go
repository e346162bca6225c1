package dashboard

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// as asks for an address as one viewer.
func (s *site) as(v *access.Viewer, path string) (int, string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	r.Header.Set("Accept-Encoding", "identity")
	s.For(v).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// kept is a leader who is kept to a part of the zone.
func kept(scopes ...access.Scope) *access.Viewer {
	v := access.CommandLine("test")
	v.Role, v.May, v.Scopes = access.Leader, access.Leader.May(access.Joint), scopes
	return v
}

// marks are the names and codes of the parks and chains that a viewer must not meet.
func (s *site) marks(dim string, own []string) []string {
	list := map[string]string{"park": "parks", "chain": "chains"}[dim]
	var out []string
	codesOf := s.Catalog.List(list)
	if codesOf == nil { // chains are declared, not listed
		for _, c := range s.Chains {
			if !slices.Contains(own, c.Code) {
				out = append(out, c.Title.Zh)
			}
		}
		return out
	}
	for _, c := range codesOf.Codes() {
		if !slices.Contains(own, c) {
			out = append(out, codesOf.Label(c, codes.Zh))
		}
	}
	return out
}

// Whoever is kept to a part of the zone sees at every address that part and nothing of the others: what is answered is what
// somebody who sees everything gets for the same address filtered to that part, or is refused in a sentence.
func (s *site) scopesTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 3))
	everybody := kept()
	type of struct{ dim, value string }
	var parts []of
	for _, c := range []string{"lake", "alloy", "magnet", "moly", "port", "valley"} {
		parts = append(parts, of{"park", c})
	}
	for _, c := range s.Chains {
		parts = append(parts, of{"chain", c.Code})
	}
	asked, same, refused := 0, 0, 0
	for range 80 {
		part := parts[rng.IntN(len(parts))]
		v := kept(access.Scope{Dim: part.dim, Values: []string{part.value}})
		b := s.Boards[rng.IntN(len(s.Boards))]
		p := b.Panels[rng.IntN(len(b.Panels))]
		q := url.Values{"lang": {"zh"}, "format": {[]string{"csv", "json", "table", "spark", "svg"}[rng.IntN(5)]}}
		if rng.IntN(3) == 0 {
			q.Set("from", "2026-01-01")
			q.Set("to", "2026-07-01")
		}
		if rng.IntN(4) == 0 {
			q.Set("compare", []string{"yoy", "pop", "none"}[rng.IntN(3)])
		}
		if rng.IntN(5) == 0 { // another part is asked for by its name
			other := parts[rng.IntN(len(parts))]
			q.Set(other.dim, other.value)
		}
		path := "/api/v1/panels/" + b.Name + "/" + p.Name + "?" + q.Encode()
		code, got := s.as(v, path)
		asked++
		if every, _ := s.as(everybody, path); code >= 500 && every == code {
			continue // whoever looks
		}
		if code >= 500 {
			t.Errorf("%v %s: %d %.200s", part, path, code, got)
			continue
		}
		if code != http.StatusOK {
			refused++
			for _, m := range s.marks(part.dim, []string{part.value}) {
				if strings.Contains(got, m) {
					t.Errorf("%v %s: the refusal tells of %s: %.300s", part, path, m, got)
				}
			}
			continue
		}
		if q.Get(part.dim) == "" {
			q.Set(part.dim, part.value)
		}
		_, want := s.as(everybody, "/api/v1/panels/"+b.Name+"/"+p.Name+"?"+q.Encode())
		if q.Get("format") == "csv" && figuresOf(got) != figuresOf(want) {
			t.Errorf("%v %s:\n%.400s\nwhat a filter gives:\n%.400s", part, path, got, want)
		}
		same++
		if slices.Contains(p.By, part.dim) {
			for _, m := range s.marks(part.dim, []string{part.value}) {
				if strings.Contains(got, m) && !strings.Contains(want, m) {
					t.Errorf("%v %s shows %s", part, path, m)
				}
			}
		}
	}
	t.Logf("%d addresses: %d answered, %d refused", asked, same, refused)
	if same < asked/4 || refused == 0 {
		t.Errorf("of %d addresses %d were answered and %d refused: the test looked at little", asked, same, refused)
	}
}

var notReported = regexp.MustCompile(`初步：应报 (\d+) 家，已报 (\d+) 家，未报：[^,；\n"]*`)

// figuresOf is a file without the names of those who have not reported, which are told to who sees the whole zone.
func figuresOf(csv string) string { return notReported.ReplaceAllString(csv, "初步 $2/$1") }

// The pages of one who is kept to a part of the zone: whole where they can be kept to it, refused where not; a figure that
// cannot be is a sentence in its place.
func (s *site) scopedPagesTest(t *testing.T) {
	v := kept(access.Scope{Dim: "park", Values: []string{"magnet"}})
	for _, b := range s.Boards {
		code, body := s.as(v, "/b/"+b.Name+"?lang=zh")
		if code != http.StatusOK {
			t.Errorf("/b/%s: %d", b.Name, code)
		}
		for _, m := range s.marks("park", []string{"magnet"}) {
			if i := strings.Index(body, m); i >= 0 {
				t.Errorf("/b/%s shows %s: …%s…", b.Name, m, body[max(0, i-200):min(len(body), i+100)])
			}
		}
		for _, other := range []string{"人社局", "_2026年", ".xlsx"} {
			if i := strings.Index(body, other); i >= 0 && !strings.Contains(body[max(0, i-60):i], "workbook") && other != ".xlsx" {
				t.Errorf("/b/%s tells of a submission: …%s…", b.Name, body[max(0, i-200):min(len(body), i+100)])
			}
		}
	}
	for _, path := range []string{"/data", "/data/duties", "/data/quality", "/responsibility", "/data/excluded", "/data/inbox", "/api/v1/duties", "/api/v1/inbox", "/data/datasets/arrivals", "/api/v1/declared"} {
		if code, _ := s.as(v, path); code != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", path, code)
		}
	}
	if code, _ := s.as(v, "/b/overview?park=alloy"); code != http.StatusBadRequest {
		t.Errorf("another park by its name: %d", code)
	}
	// a display takes no file
	d := kept()
	d.Role, d.May = access.Display, access.Display.May(access.Joint)
	for path, want := range map[string]int{"/b/overview": 200, "/b/overview/workbook.xlsx": 403, "/data/runs": 403, "/api/v1/panels/inflow/arrivals?format=csv": 403, "/api/v1/panels/inflow/arrivals": 200} {
		if code, _ := s.as(d, path); code != want {
			t.Errorf("a display at %s: %d, want %d", path, code, want)
		}
	}
	// a sender sees its own submissions
	own := &access.Viewer{Name: "s", Role: access.Sender, May: access.Sender.May(access.Joint), Scopes: []access.Scope{{Dim: access.BySender, Values: []string{"区人社局"}}}}
	runs, err := s.Pipeline.Runs(t.Context(), pipeline.RunFilter{Kind: "load"})
	if err != nil {
		t.Fatal(err)
	}
	_, list := s.as(own, "/data/runs")
	seen := map[bool]int{}
	for _, x := range runs {
		mine := x.Sender == "区人社局"
		if code, _ := s.as(own, "/data/runs/"+x.ID); (code == http.StatusOK) != mine {
			t.Errorf("the run of %s: %d", x.Sender, code)
		}
		if strings.Contains(list, x.ID) != mine {
			t.Errorf("the list has the run of %s: %v", x.Sender, !mine)
		}
		seen[mine]++
	}
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("runs %v: the test looked at nothing", seen)
	}
}
