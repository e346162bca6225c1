package dashboard

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/columnar"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/words"
)

// encodings are those of a CSV file; the first is the usual one.
var encodings = []string{"utf-8", "gb18030"}

// taken answers the figures of a panel as a file for a spreadsheet or a program.
func (s *Server) taken(a *ask, format string, b *board.Board, d *figures.Answer) (http.HandlerFunc, error) {
	encoding := cmp.Or(a.value("encoding"), encodings[0])
	if !slices.Contains(encodings, encoding) || format != "csv" && encoding != encodings[0] {
		return nil, a.bad("encoding", encodings...)
	}
	st := a.st
	plain, title := b.Name+"-"+d.Panel.Name, d.Panel.Title.In(st.Loc)
	name := s.fileName(title, d.Range, st.Loc)
	var g grid.Grid
	if !d.DataDate.IsZero() {
		g = d.Grid().WithNow(st.Loc)
	}
	if format == "csv" {
		body := []byte("\uFEFF")
		if !d.DataDate.IsZero() {
			var err error
			if body, err = g.CSV(st.Loc); err != nil {
				return nil, err
			}
		}
		// a line that says so would be a row to whoever reads the file: its name says that it is not all, and a header to programs
		listed, all := d.Listed()
		if listed < all {
			plain += fmt.Sprintf("-%d-of-%d", listed, all)
			name += "_" + words.In(st.Loc, "file_first", listed, all)
		}
		kind := "text/csv; charset=utf-8"
		if encoding != encodings[0] {
			// as older spreadsheets expect it: no mark, and the encoding of Chinese offices, which has every character
			var err error
			if body, err = simplifiedchinese.GB18030.NewEncoder().Bytes(bytes.TrimPrefix(body, []byte("\uFEFF"))); err != nil {
				return nil, err
			}
			kind = "text/csv; charset=gb18030"
		}
		write := saved(body, kind, plain+".csv", name+".csv")
		return func(w http.ResponseWriter, r *http.Request) {
			if listed < all {
				w.Header().Set("X-Total-Count", strconv.Itoa(all))
			}
			write(w, r)
		}, nil
	}
	facts := []columnar.Fact{
		{Name: "title", Text: title},
		{Name: "panel", Text: b.Name + "/" + d.Panel.Name},
		{Name: "zone", Text: s.Zone.In(st.Loc)},
		{Name: "period", Text: d.Period(st.Loc)},
		{Name: "data_date", Text: isoDay(d.Behind())},
		{Name: "note", Text: d.Note(st.Loc)},
	}
	if !st.AsOf.IsZero() {
		facts = append(facts, columnar.Fact{Name: "as_of", Text: address.Moment(st.AsOf)})
	}
	if s.Demo {
		facts = append(facts, columnar.Fact{Name: "demo", Text: words.In(st.Loc, "demo_long")})
	}
	write, kind := columnar.Parquet, "application/vnd.apache.parquet"
	if format == "arrow" {
		write, kind = columnar.Arrow, "application/vnd.apache.arrow.file"
	}
	body, err := write(g, st.Loc, facts)
	if err != nil {
		return nil, err
	}
	return saved(body, kind, plain+"."+format, name+"."+format), nil
}
