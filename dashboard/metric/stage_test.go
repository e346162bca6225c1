package metric_test

import (
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/warehouse"
)

// staged is a stage whose faults end the test.
type staged struct{ *stage.Stage }

func newStage(t testing.TB, db *warehouse.DB, sets *dataset.Catalog) staged {
	t.Helper()
	s, err := stage.New(t.Context(), db, sets)
	if err != nil {
		t.Fatal(err)
	}
	return staged{s}
}

func (s staged) clear(t testing.TB) {
	t.Helper()
	if err := s.Withdraw(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// load publishes rows as a new unit. Span "min..max" says which business days they cover where that
// is not what the rows say.
func (s staged) load(t testing.TB, name string, header []string, rows [][]string, span string) {
	t.Helper()
	table := stage.Table{Dataset: name, Columns: header, Rows: rows}
	if first, last, ok := strings.Cut(span, ".."); ok {
		for text, to := range map[string]*time.Time{first: &table.First, last: &table.Last} {
			var err error
			if *to, err = time.Parse(time.DateOnly, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Publish(t.Context(), table); err != nil {
		t.Fatal(err)
	}
}
