package inlet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/pipeline"
)

func open(t *testing.T) (*Inlet, *access.Viewer, *access.Viewer) {
	t.Helper()
	dir := t.TempDir()
	n := &Inlet{
		Dir: filepath.Join(dir, "inbox"), Receipts: filepath.Join(dir, "uploads.json"),
		Takes: func(name string) bool { return strings.Contains(name, "引进与流出") }, Arrivals: func() []pipeline.Arrival { return nil },
	}
	if err := os.Mkdir(n.Dir, 0o750); err != nil {
		t.Fatal(err)
	}
	own := &access.Viewer{Name: "rsj", Role: access.Sender, May: access.Sender.May(access.Joint), Scopes: []access.Scope{{Dim: access.BySender, Values: []string{"人社局"}}}}
	all := &access.Viewer{Name: "guan", Role: access.Operator, May: access.Operator.May(access.Joint)}
	return n, own, all
}

func (n *Inlet) files(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir(n.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(n.Dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func code(err error) string {
	var no *address.Refusal
	if errors.As(err, &no) {
		return no.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// A file lies under the name it was sent by, in its sender's folder, once however often it is sent; nothing is written over.
func TestTake(t *testing.T) {
	n, own, all := open(t)
	const name = "人社局_引进与流出_2026年7月.csv"
	send := func(who *access.Viewer, name, key, body string) (Receipt, bool) {
		t.Helper()
		r, again, err := n.Take(t.Context(), Sent{who, name, key, strings.NewReader(body)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r, again
	}
	first, again := send(own, name, "", "a,b\n1,2\n")
	if again || first.Path != "人社局/"+name || first.Size != 8 || len(first.ID) != 16 {
		t.Errorf("%+v", first)
	}
	if r, again := send(own, name, "", "a,b\n1,2\n"); !again || r.ID != first.ID {
		t.Errorf("sent again: %+v", r)
	}
	second, again := send(own, name, "", "a,b\n1,3\n")
	if again || second.Path != "人社局/人社局_引进与流出_2026年7月（修订1）.csv" || second.ID == first.ID {
		t.Errorf("another content: %+v", second)
	}
	if text, _ := os.ReadFile(filepath.Join(n.Dir, first.Path)); string(text) != "a,b\n1,2\n" {
		t.Errorf("the first was written over: %q", text)
	}
	keyed, _ := send(own, name, "k1", "a,b\n1,4\n")
	if r, again := send(own, name, "k1", "a,b\n1,4\n"); !again || r.ID != keyed.ID {
		t.Errorf("by its key: %+v", r)
	}
	if _, _, err := n.Take(t.Context(), Sent{own, name, "k1", strings.NewReader("other")}); code(err) != "key_used" {
		t.Errorf("a key twice: %v", err)
	}
	send(all, "别局_引进与流出_2026年7月.csv", "k1", "x") // somebody else's key is another
	send(own, "引进与流出_2026年8月.csv", "", "x")      // its folder tells who
	want := "人社局/" + name + " 人社局/人社局_引进与流出_2026年7月（修订1）.csv 人社局/人社局_引进与流出_2026年7月（修订2）.csv 人社局/引进与流出_2026年8月.csv 别局_引进与流出_2026年7月.csv"
	if got := strings.Join(n.files(t), " "); got != want {
		t.Errorf("the inbox has\n%s, want\n%s", got, want)
	}
	if _, _, ok, err := n.Find(first.ID, all); ok || err != nil {
		t.Errorf("somebody else finds it: %v %v", ok, err)
	}
	if r, a, ok, err := n.Find(first.ID, own); !ok || err != nil || r.Sum != first.Sum || a.State != pipeline.ArrivalWaiting {
		t.Errorf("%+v %+v %v %v", r, a, ok, err)
	}
}

// The first version once more after the second is a third submission, once; a copy of a correction counts on from it.
func TestTakenBack(t *testing.T) {
	n, own, _ := open(t)
	var last Receipt
	for i, x := range []struct {
		name, body, path string
		again            bool
	}{
		{"人社局_引进与流出_2026年7月.csv", "1", "人社局/人社局_引进与流出_2026年7月.csv", false},
		{"人社局_引进与流出_2026年7月.csv", "2", "人社局/人社局_引进与流出_2026年7月（修订1）.csv", false},
		{"人社局_引进与流出_2026年7月.csv", "1", "人社局/人社局_引进与流出_2026年7月（修订2）.csv", false},
		{"人社局_引进与流出_2026年7月.csv", "1", "人社局/人社局_引进与流出_2026年7月（修订2）.csv", true},
		{"人社局_引进与流出_2026年7月（修订2）.csv", "3", "人社局/人社局_引进与流出_2026年7月（修订3）.csv", false},
		{"人社局_引进与流出_2026年7月.csv", "1", "人社局/人社局_引进与流出_2026年7月（修订4）.csv", false},
	} {
		r, again, err := n.Take(t.Context(), Sent{own, x.name, "", strings.NewReader(x.body)})
		if err != nil || again != x.again || r.Path != x.path || again != (r.ID == last.ID) {
			t.Errorf("%d: %+v, again %v, %v", i, r, again, err)
		}
		last = r
	}
}

// A file that an operator has filed away does not wait to be loaded for ever; one that nobody has looked at yet does.
func TestMovedAway(t *testing.T) {
	n, own, _ := open(t)
	r, _, err := n.Take(t.Context(), Sent{own, "人社局_引进与流出_2026年7月.csv", "", strings.NewReader("1")})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []pipeline.ArrivalState{pipeline.ArrivalWaiting, pipeline.ArrivalPassed} {
		list, err := n.Of(own, 10)
		_, a, ok, ferr := n.Find(r.ID, own)
		if err != nil || ferr != nil || !ok || len(list) != 1 || list[0].Arrival.State != want || a.State != want || (a.Reason.Zh == "") != (want == pipeline.ArrivalWaiting) {
			t.Errorf("want %s: %+v %+v %v %v", want, list, a, err, ferr)
		}
		if err := os.RemoveAll(filepath.Join(n.Dir, r.Path)); err != nil {
			t.Fatal(err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// What must not come in does not, and leaves nothing behind.
func TestRefused(t *testing.T) {
	n, own, all := open(t)
	for name, want := range map[string]string{
		"":                          "bad_name",
		"../引进与流出.csv":              "bad_name",
		"..":                        "bad_name",
		"a/引进与流出.csv":               "bad_name",
		`a\引进与流出.csv`:               "bad_name",
		"/etc/引进与流出":                "bad_name",
		".引进与流出.csv":                "bad_name",
		"引进与流出\x00.csv":             "bad_name",
		"引进与流出\r\nX: y.csv":         "bad_name",
		"引进与流出\u202ecsv.exe":        "bad_name",
		"C:引进与流出.csv":               "bad_name",
		" 引进与流出.csv":                "bad_name",
		"引进与流出\xff.csv":             "bad_name",
		strings.Repeat("引进与流出", 50): "bad_name",
		"别的.csv":                    "no_job",
		"财政局_引进与流出_2026年7月.csv":     "other_sender",
		"引进与流出_财政局_2026年7月.csv":     "other_sender",
		"人社局x_引进与流出_2026年7月.csv":    "other_sender",
	} {
		if _, _, err := n.Take(t.Context(), Sent{own, name, "", strings.NewReader("x")}); code(err) != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	const name = "人社局_引进与流出_2026年7月.csv"
	for _, x := range []struct {
		what string
		s    Sent
		want string
	}{
		{"endless", Sent{all, name, "", endless{}}, "too_large"},
		{"empty", Sent{all, name, "", strings.NewReader("")}, "empty_file"},
		{"a key that ends a line", Sent{all, name, "a\r\nb", strings.NewReader("x")}, "bad_key"},
		{"a long key", Sent{all, name, strings.Repeat("k", 201), strings.NewReader("x")}, "bad_key"},
		{"cut", Sent{all, name, "", io.MultiReader(strings.NewReader("x"), broken{})}, "broken_body"},
	} {
		if _, _, err := n.Take(t.Context(), x.s); code(err) != x.want {
			t.Errorf("%s: %v, want %s", x.what, err, x.want)
		}
	}
	if left := n.files(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for i := range mostOfDay + 1 {
		_, _, err := n.Take(t.Context(), Sent{all, name, "", bytes.NewReader([]byte{byte(i), byte(i >> 8), 1})})
		if i >= mostCopies {
			if code(err) != "name_taken" {
				t.Errorf("file %d: %v", i, err)
			}
			break
		}
		if err != nil {
			t.Fatalf("file %d: %v", i, err)
		}
	}
	for i := range mostOfDay {
		_, _, err := n.Take(t.Context(), Sent{all, "甲_引进与流出_" + strings.Repeat("i", i) + ".csv", "", strings.NewReader("x")})
		if i+mostCopies >= mostOfDay {
			if code(err) != "too_many" {
				t.Errorf("file %d of the day: %v", i+mostCopies, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("file %d: %v", i, err)
		}
	}
}

// What a killed program has left half is removed once nobody can be sending it any more; nothing else is.
func TestTidy(t *testing.T) {
	n, _, _ := open(t)
	before := time.Now().Add(-2 * time.Hour)
	for name, old := range map[string]bool{".upload-1": true, ".upload-2": false, "引进与流出.csv": true, ".uploads": true} {
		path := filepath.Join(n.Dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if old {
			if err := os.Chtimes(path, before, before); err != nil {
				t.Fatal(err)
			}
		}
	}
	Tidy(n.Dir)
	if got, want := strings.Join(n.files(t), " "), ".upload-2 .uploads 引进与流出.csv"; got != want {
		t.Errorf("the inbox has %s, want %s", got, want)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever name is sent, the file lies in the inbox or nowhere.
func FuzzName(f *testing.F) {
	for _, s := range []string{"引进与流出.csv", "../x引进与流出", "引进与流出/..", "a b_引进与流出_2026.xlsx", "引进与流出 (1).csv"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		n, own, _ := open(t)
		r, _, err := n.Take(t.Context(), Sent{own, name, "", strings.NewReader("x")})
		list := n.files(t)
		if err != nil {
			if len(list) > 0 || code(err) == err.Error() {
				t.Errorf("%q: %v %v", name, err, list)
			}
			return
		}
		if len(list) != 1 || list[0] != filepath.FromSlash(r.Path) || !strings.HasPrefix(r.Path, "人社局/") {
			t.Errorf("%q: %v %v", name, r.Path, list)
		}
	})
}
