package ahead

import (
	"errors"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/source"
)

// rows gives n rows as sources do, whose cells stand in two places that take turns, and then an error or a panic.
func rows(n int, err error, defect bool, ended *bool) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		defer func() { *ended = true }()
		var turns [2][]source.Cell
		for i := range n {
			cells := turns[i%2][:0]
			for k := range i % 50 {
				cells = append(cells, source.Cell{Text: strconv.Itoa(i*100 + k), Kind: source.Text})
			}
			turns[i%2] = cells
			if !yield(source.Row{Origin: source.Origin{Row: i + 1}, Cells: cells, Merged: []int{i}[:i%2]}, nil) {
				return
			}
		}
		if defect {
			panic("a defect")
		}
		if err != nil {
			yield(source.Row{}, err)
		}
	}
}

// look says of a row its number and its first cell.
func look(row *source.Row, told *string) {
	*told = strconv.Itoa(row.Origin.Row)
	if len(row.Cells) > 0 {
		*told += " " + row.Cells[0].Text
	}
}

func looks(rows []Row[[]string], told *[]string) {
	*told = slices.Grow((*told)[:0], len(rows))[:len(rows)]
	for i := range rows {
		look(&rows[i].Row, &(*told)[i])
	}
}

// TestRows holds the rows that are read ahead against those of the source: all of them in their order, the cells of one as long as
// the next is looked at, and then its error. Left early, the source has ended when the sequence has.
func TestRows(t *testing.T) {
	broken := errors.New("broken")
	before := runtime.NumGoroutine()
	for _, n := range []int{0, 1, 2, mostRows - 1, mostRows, 10*mostRows + 7} {
		for _, stop := range []int{-1, 0, 1, mostRows, 3 * mostRows} {
			for _, err := range []error{nil, broken} {
				ended, at, got := false, 0, error(nil)
				var last source.Row
				for one, err := range Rows(rows(n, err, false, &ended), looks) {
					if err != nil {
						got = err
						continue
					}
					row := one.Row
					var told string
					if look(&row, &told); (*one.Told)[one.At] != told {
						t.Fatalf("of row %d was found %q, not %q", at+1, (*one.Told)[one.At], told)
					}
					if row.Origin.Row != at+1 || len(row.Cells) != at%50 || len(row.Merged) != at%2 {
						t.Fatalf("row %d came as %v", at+1, row)
					}
					for _, r := range []source.Row{last, row} {
						for k, c := range r.Cells {
							if c.Text != strconv.Itoa((r.Origin.Row-1)*100+k) {
								t.Fatalf("row %d has %q at row %d", r.Origin.Row, c.Text, at+1)
							}
						}
					}
					if last = row; at == stop {
						break
					}
					at++
				}
				if early := stop >= 0 && stop < n; !ended || !early && (at != n || !errors.Is(got, err)) {
					t.Fatalf("%d rows, left at %d: ended %v at %d with %v", n, stop, ended, at, got)
				}
			}
		}
	}
	ended := false
	func() {
		defer func() {
			if p, _ := recover().(string); !strings.HasPrefix(p, "a defect") {
				t.Errorf("the defect came as %q", p)
			}
		}()
		for range Rows(rows(mostRows+1, nil, true, &ended), looks) {
		}
	}()
	func() {
		defer func() {
			if p, _ := recover().(string); !strings.HasPrefix(p, "a defect of who looks") {
				t.Errorf("the defect came as %q", p)
			}
		}()
		n := 0
		for range Rows(rows(4*mostRows, nil, false, &ended), func(rows []Row[string], _ *string) {
			if n += len(rows); n > 2*mostRows {
				panic("a defect of who looks")
			}
		}) {
		}
	}()
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 100 {
			t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
