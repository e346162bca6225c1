package shelf

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// Every statement is found again, the latest first, by who asked and what it says; numbers of persons are not.
func TestHistory(t *testing.T) {
	s := Shelf{Dir: t.TempDir()}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				if err := s.Add(Asked{Who: fmt.Sprintf("p%d", i%2), Door: "page", SQL: fmt.Sprintf("select %d\n-- of %d", k, i), State: "done"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Add(Asked{Who: "p1", Door: "http", SQL: "select '11010519491231002X' from ARRIVALS"}); err != nil {
		t.Fatal(err)
	}
	list, more, err := s.Find("p1", "", 10)
	if err != nil || len(list) != 10 || !more || list[0].Door != "http" || strings.Contains(list[0].SQL, "19491231") {
		t.Fatalf("%v %v %v", list, more, err)
	}
	if list, more, err = s.Find("", "", 1000); err != nil || len(list) != 161 || more || !strings.Contains(list[5].SQL, "\n-- of") {
		t.Fatal(len(list), more, err)
	}
	if list, _, _ = s.Find("p0", "arrivals", 10); len(list) != 0 {
		t.Fatal(list)
	}
	if list, _, _ = s.Find("p1", "arrivals", 10); len(list) != 1 {
		t.Fatal(list)
	}
	if at, err := os.Stat(s.history()); err != nil || at.Mode().Perm() != 0o600 {
		t.Fatal(at, err)
	}
}

// The history does not grow without end, and a line that was cut by a power failure hides no other.
func TestHistoryBounds(t *testing.T) {
	s := Shelf{Dir: t.TempDir()}
	long := strings.Repeat("人", mostText)
	for i := range 3*mostFile/mostText + 1 {
		if err := s.Add(Asked{Who: "a", SQL: fmt.Sprint(i) + long}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{s.history(), s.history() + ".1"} {
		if at, err := os.Stat(name); err != nil || at.Size() > mostFile {
			t.Fatal(at, err)
		}
	}
	if err := os.WriteFile(s.history(), []byte("{\"who\":\"a\",\"sq\n{\"who\":\"a\",\"sql\":\"select 1\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, _, err := s.Find("a", "select", 10); err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
}

// A saved statement has versions; it is changed by its owner only, and seen by others where it is shared.
func TestSaved(t *testing.T) {
	s := Shelf{Dir: t.TempDir()}
	a, err := s.Save("li", Entry{Title: " 按月 净流入 ", Version: Version{SQL: "select 1", Params: map[string]string{"from": "2026-01-01"}}})
	if err != nil || a.ID != 1 || a.Title != "按月 净流入" || a.Last().N != 1 {
		t.Fatal(a, err)
	}
	if list, _ := s.Saved("wang"); len(list) != 0 {
		t.Fatal("another sees it")
	}
	for _, sql := range []string{"select 2", "select 2", "select 3"} { // the same again is no version
		if a, err = s.Save("li", Entry{ID: 1, Title: "净流入", Shared: true, Version: Version{SQL: sql}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.Versions) != 3 || a.Last().SQL != "select 3" || a.Versions[0].Params["from"] != "2026-01-01" {
		t.Fatal(a)
	}
	if list, _ := s.Saved("wang"); len(list) != 1 || list[0].Owner != "li" {
		t.Fatal(list)
	}
	var no *Refusal
	if _, err = s.Save("wang", Entry{ID: 1, Title: "x", Shared: true, Version: Version{SQL: "select 4"}}); !errors.As(err, &no) {
		t.Error("another changed it", err)
	}
	if err = s.Delete("wang", 1); !errors.As(err, &no) {
		t.Error("another deleted it", err)
	}
	for _, v := range []struct{ title, sql string }{{"", "select 1"}, {"x", " "}, {strings.Repeat("长", 101), "select 1"}, {"x", strings.Repeat("x", mostSavedSQL+1)}, {"x", "\xff"}} {
		if _, err = s.Save("li", Entry{ID: 0, Title: v.title, Shared: false, Version: Version{SQL: v.sql}}); !errors.As(err, &no) {
			t.Errorf("%q %d: %v", v.title, len(v.sql), err)
		}
	}
	for i := range 30 {
		if a, err = s.Save("li", Entry{ID: 1, Title: "净流入", Shared: true, Version: Version{SQL: fmt.Sprint("select ", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.Versions) != mostVersions || a.Last().N != 33 {
		t.Error(len(a.Versions), a.Last().N)
	}
	for range mostOwn - 1 {
		if _, err = s.Save("li", Entry{ID: 0, Title: "x", Shared: false, Version: Version{SQL: "select 1"}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = s.Save("li", Entry{ID: 0, Title: "x", Shared: false, Version: Version{SQL: "select 1"}}); !errors.As(err, &no) {
		t.Error("there is no bound", err)
	}
	if err = s.Delete("li", 1); err != nil {
		t.Error(err)
	}
}
