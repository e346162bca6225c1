package jobs

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"yanzhen/pipeline"
)

// An archive waits for as long as one of its files does, and the file that most needs something done is the one it is shown with.
func TestArchiveWaits(t *testing.T) {
	b := newBench(t, nil, inbox)
	b.Loader.Catalog.Datasets["moves"].Review = true
	path := b.write("报送.zip", "")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, month := range []string{"2026-05", "2026-06"} {
		w, err := z.Create("甲局_引进与流出_" + month + ".csv")
		if err == nil {
			_, err = w.Write([]byte(moves(month, 2)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, filepath.Join(filepath.Dir(path), "甲局_引进与流出.zip")); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.end()
	shows := func(want pipeline.ArrivalState, run string) pipeline.Arrival {
		t.Helper()
		list := b.Inbox()
		if len(list) != 1 || list[0].State != want || run != "" && list[0].Run != run || len(list[0].Runs) != 2 {
			t.Fatalf("got %+v, want %s with run %s", list, want, run)
		}
		return list[0]
	}
	a := shows(pipeline.ArrivalSubmitted, "")
	first, other := a.Run, a.Runs[0]
	if other == first {
		other = a.Runs[1]
	}
	why := pipeline.Why{By: "li", Reason: "对吗？"}
	if _, err := b.Loader.Accept(t.Context(), first, pipeline.Publish, why); err != nil {
		t.Fatal(err)
	}
	shows(pipeline.ArrivalSubmitted, other)
	if _, err := b.Loader.Say(t.Context(), other, pipeline.Asked, why); err != nil {
		t.Fatal(err)
	}
	shows(pipeline.ArrivalAsked, other)
	if _, err := b.Loader.Accept(t.Context(), other, pipeline.Publish, why); err != nil {
		t.Fatal(err)
	}
	shows(pipeline.ArrivalPublished, "")
}
