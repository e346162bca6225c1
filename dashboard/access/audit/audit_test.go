package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
)

func open(t *testing.T, dir string) *Trail {
	t.Helper()
	tr, err := Open(dir, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

func sure(t *testing.T, tr *Trail, did string) {
	t.Helper()
	if err := tr.Sure(Entry{Who: "wang", Did: did, What: "x\ny\u2028z"}); err != nil {
		t.Fatal(err)
	}
}

// day is the file of the only day.
func day(t *testing.T, dir string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "audit", "*.jsonl"))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

// Every line that is changed, taken out, put in or exchanged is found; a head that was printed tells that the end was cut.
func TestAlteredLinesAreFound(t *testing.T) {
	dir := t.TempDir()
	tr := open(t, dir)
	for i := range 30 {
		sure(t, tr, fmt.Sprint("view", i))
	}
	tr.Close()
	r, err := Verify(dir, "")
	if err != nil || len(r.Breaks) > 0 || r.Entries != 30 || r.Head.Seq != 30 || r.Cut != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	name := day(t, dir)
	whole, _ := os.ReadFile(name)
	if info, _ := os.Stat(name); info.Mode().Perm() != 0o600 || strings.Count(string(whole), "\n") != 30 {
		t.Errorf("%v, %d lines", info.Mode(), strings.Count(string(whole), "\n"))
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(whole), "\n"), "\n")
	for _, x := range []struct {
		name string
		with func(l []string) []string
	}{
		{"changed", func(l []string) []string { l[10] = strings.Replace(l[10], "wang", "zhao", 1); return l }},
		{"out", func(l []string) []string { return append(l[:10], l[11:]...) }},
		{"first five out and renumbered", func(l []string) []string { l[15] = strings.Replace(l[15], `"seq":16`, `"seq":17`, 1); return l }},
		{"exchanged", func(l []string) []string { l[4], l[5] = l[5], l[4]; return l }},
		{"in", func(l []string) []string { return append(l[:4], append([]string{l[3]}, l[4:]...)...) }},
		{"junk", func(l []string) []string { l[7] = "junk\n"; return l }},
	} {
		own := append([]string(nil), lines...)
		if err := os.WriteFile(name, []byte(strings.Join(x.with(own), "")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(dir, ""); err != nil || len(r.Breaks) == 0 {
			t.Errorf("%s: nothing was found (%v)", x.name, err)
		}
	}
	if err := os.WriteFile(name, []byte(strings.Join(lines[:20], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Verify(dir, r.Head.String()); err != nil || got.Held {
		t.Errorf("the end was cut and the head is held: %+v %v", got, err)
	}
}

// Two processes write one chain; a line that a power cut left half does not break it; a new day goes on.
func TestOneChain(t *testing.T) {
	dir := t.TempDir()
	one, other := open(t, dir), open(t, dir)
	var wg sync.WaitGroup
	for _, tr := range []*Trail{one, other} {
		wg.Go(func() {
			for range 40 {
				if err := tr.Sure(Entry{Who: "w", Did: "d"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r, err := Verify(dir, ""); err != nil || len(r.Breaks) > 0 || r.Entries != 80 {
		t.Fatalf("%+v %v", r, err)
	}
	f, err := os.OpenFile(day(t, dir), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"seq":81,"at":"2026`)
	f.Close()
	sure(t, one, "after")
	other.now = func() time.Time { return time.Now().AddDate(0, 0, 1) }
	sure(t, other, "tomorrow")
	sure(t, one, "the clock of the other is ahead")
	r, err := Verify(dir, "")
	if err != nil || len(r.Breaks) > 0 || r.Entries != 83 {
		t.Errorf("%+v %v", r, err)
	}
	// days that are too old go, and the chain begins later
	other.now = func() time.Time { return time.Now().AddDate(0, 0, 200) }
	sure(t, other, "much later")
	if r, err := Verify(dir, ""); err != nil || len(r.Breaks) > 0 || r.Entries != 1 || r.Cut != 84 {
		t.Errorf("%+v %v", r, err)
	}
}

// Entries are kept for 180 days whatever is configured, for longer where that is; one that is older goes, and what is left stands.
func TestKept(t *testing.T) {
	for days, kept := range map[int]int{0: 180, 30: 180, 200: 200} {
		dir := t.TempDir()
		tr, err := Open(dir, days, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(tr.Close)
		first := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
		for _, after := range []int{0, kept - 1, kept, kept + 1} {
			tr.now = func() time.Time { return first.AddDate(0, 0, after) }
			sure(t, tr, fmt.Sprint("after ", after))
			list, _, err := Find(dir, Query{Did: "after 0", Most: 10})
			if want := after <= kept; err != nil || (len(list) == 1) != want {
				t.Errorf("%d configured, after %d days: %v, want it kept: %v (%v)", days, after, list, want, err)
			}
		}
		if r, err := Verify(dir, ""); err != nil || len(r.Breaks) > 0 || r.Entries != 3 || r.Cut != 2 {
			t.Errorf("%d configured: %+v %v", days, r, err)
		}
	}
}

// What is looked at is found again by who, what and when; what a page's script fetches is one entry.
func TestWatchAndFind(t *testing.T) {
	dir := t.TempDir()
	tr := open(t, dir)
	h := tr.Watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	v := &access.Viewer{Name: "wang", Role: access.Leader, From: "10.0.0.1"}
	for _, path := range []string{"/b/overview", "/api/v1/panels/overview/a", "/api/v1/panels/overview/b", "/api/v1/panels/overview/a?format=csv", "/static/x.css", "/healthz", "/cause/inflow?where=13800138000", "/no", "/sheet.css"} {
		r := httptest.NewRequest("GET", path, nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(access.With(r.Context(), v)))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/no", nil))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/b/overview", nil)) // led to the sign-in
	sure(t, tr, "end")
	list, more, err := Find(dir, Query{Most: 100})
	var did []string
	for _, e := range list {
		did = append(did, e.Who+" "+e.Did+" "+e.Result)
	}
	if want := "wang end |? view 403|wang view 403|wang drill 200|wang file 200|wang figures 200|wang view 200"; err != nil || more || strings.Join(did, "|") != want {
		t.Errorf("got  %s\nwant %s (%v %v)", strings.Join(did, "|"), want, more, err)
	}
	for q, want := range map[Query]int{{Who: "wa", Most: 100}: 6, {Did: "file", Most: 100}: 1, {What: "INFLOW", Most: 100}: 1, {What: "where=***", Most: 100}: 1, {What: "13800138000", Most: 100}: 0, {From: time.Now().Add(time.Hour), Most: 100}: 0, {Most: 2}: 2} {
		if list, _, err := Find(dir, q); err != nil || len(list) != want {
			t.Errorf("%+v: %d, want %d (%v)", q, len(list), want, err)
		}
	}
}

// Views that come faster than the disk takes them are counted; what is of security waits.
func TestBounded(t *testing.T) {
	dir := t.TempDir()
	tr := open(t, dir)
	unlock, err := filed.Lock(filepath.Join(dir, "audit", "lock"))
	if err != nil {
		t.Fatal(err)
	}
	for range mostWaiting + 2000 {
		tr.Add(Entry{Who: "w", Did: "view", What: strings.Repeat("<", 5000)})
	}
	unlock()
	for range 20 {
		sure(t, tr, "signin")
	}
	tr.Close()
	list, _, err := Find(dir, Query{Did: "lost", Most: 10})
	if err != nil || len(list) == 0 || list[len(list)-1].Rows == 0 {
		t.Errorf("nothing says that views were lost: %v %v", list, err)
	}
	if r, err := Verify(dir, ""); err != nil || len(r.Breaks) > 0 {
		t.Errorf("%+v %v", r, err)
	}
	if err := tr.Sure(Entry{}); err == nil {
		t.Error("a closed trail was written")
	}
}

// A flood of refusals leaves a few lines and how many there were, of one who and of ever others; the lines of others stand.
func TestRefusalsAreSummed(t *testing.T) {
	dir := t.TempDir()
	tr := open(t, dir)
	for range mostRefused + 70 {
		tr.Refused(Entry{Who: "wang", From: "10.0.0.1", Did: "request", What: "POST /users 403", Result: "refused"})
	}
	tr.Refused(Entry{Who: "li", From: "10.0.0.1", Did: "request", What: "POST /users 403", Result: "refused"})
	for i := range mostRefusing + 500 {
		tr.Refused(Entry{Who: "?", From: fmt.Sprint("10.1.", i), Did: "request", What: "POST /x 421", Result: "refused"})
	}
	tr.Close()
	for q, want := range map[Query]struct {
		lines int
		more  uint64
	}{
		{Who: "wang", Most: 2000}: {mostRefused + 1, 70}, {Who: "li", Most: 2000}: {1, 0}, {Who: "?", Most: 2000}: {mostRefusing - 2 + 1, 502},
	} {
		list, _, err := Find(dir, q)
		var more uint64
		for _, e := range list {
			more += e.Rows
		}
		if err != nil || len(list) != want.lines || more != want.more {
			t.Errorf("%s: %d lines that tell of %d more, want %+v (%v)", q.Who, len(list), more, want, err)
		}
	}
}

// Every entry goes into the log once, in its order and with its hash: those of another program beside it, and those that were
// written while nobody copied.
func TestCopied(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	before := open(t, dir)
	sure(t, before, "before") // the first copy begins with what comes then
	before.Close()
	for round := range 2 {
		tr := open(t, dir)
		tr.Copy(log)
		sure(t, tr, fmt.Sprint("server ", round))
		beside := open(t, dir)
		sure(t, beside, fmt.Sprint("command ", round))
		beside.Close()
		tr.Close()
		between := open(t, dir)
		sure(t, between, fmt.Sprint("between ", round))
		between.Close()
	}
	tr := open(t, dir)
	tr.Copy(log)
	sure(t, tr, "last")
	tr.Close()
	r, err := Verify(dir, "")
	if err != nil || len(r.Breaks) > 0 {
		t.Fatal(r, err)
	}
	var did []string
	seq, hash := 1.0, ""
	for line := range strings.Lines(out.String()) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		did = append(did, e["did"].(string))
		if seq++; e["seq"] != seq {
			t.Errorf("entry %v comes after %v", e["seq"], seq-1)
		}
		hash = e["hash"].(string)
	}
	if want := []string{"server 0", "command 0", "between 0", "server 1", "command 1", "between 1", "last"}; !slices.Equal(did, want) {
		t.Errorf("%q", did)
	}
	if hash != r.Head.Hash {
		t.Errorf("the last hash is %s, the head %s", hash, r.Head.Hash)
	}
}

// A step that ends within a line goes on with that day, not with the next.
func TestFollowerEndsWithinALine(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "audit"), 0o700); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, day := range []string{"2026-06-01", "2026-06-02"} {
		var text bytes.Buffer
		for i := range 7 {
			want = append(want, fmt.Sprint(day, i))
			fmt.Fprintf(&text, "{\"did\":%q}\n", want[len(want)-1])
		}
		if err := os.WriteFile(filepath.Join(dir, "audit", day+suffix), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := Follower{Dir: dir, most: 50} // two lines, and a part of the third
	var got []string
	for range 20 {
		if err := f.Next(time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC), func(e Entry) { got = append(got, e.Did) }); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("heard %v\nof %v", got, want)
	}
}
