package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

var inBrackets = regexp.MustCompile(`（[^（）]*）`)

// The file of a panel for programs, in either format, holds what its CSV holds, number for number, with the units beside.
func (s *site) takenTest(t *testing.T) {
	numbers, partly := 0, 0
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			at := "/api/v1/panels/" + b.Name + "/" + p.Name + "?lang=zh&format="
			want := s.rows(t, at+"csv")
			if len(want) == 0 {
				continue // nothing of it is loaded
			}
			partly += s.saysHowMany(t, at, want)
			for format, read := range map[string]func(*testing.T, string) arrow.Table{"arrow": ofArrow, "parquet": ofParquet} {
				r := s.get(t, at+format)
				if r.status != 200 || !strings.HasSuffix(r.header.Get("Content-Disposition"), "."+format) {
					t.Fatalf("%s%s: %d %v", at, format, r.status, r.header)
				}
				numbers += sameCells(t, at+format, read(t, r.body), want)
			}
		}
	}
	if partly == 0 {
		t.Error("no panel lists a part of its keys")
	}
	if numbers < 2000 {
		t.Errorf("%d numbers compared: too few to mean anything", numbers)
	}
	old := s.get(t, "/api/v1/panels/inflow/education?format=csv&encoding=gb18030&lang=zh").body
	text, err := simplifiedchinese.GB18030.NewDecoder().String(old)
	if err != nil || "\uFEFF"+text != s.get(t, "/api/v1/panels/inflow/education?format=csv&lang=zh").body {
		t.Errorf("GB18030: %v, %.100q", err, text)
	}
	for _, path := range []string{"format=csv&encoding=latin1", "format=parquet&encoding=gb18030"} {
		if r := s.get(t, "/api/v1/panels/inflow/education?"+path); r.status != 400 || !strings.Contains(r.body, "gb18030") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

var firstOf = regexp.MustCompile(`表中为前 (\d+) 项，共 (\d+) 项`)

// saysHowMany holds what a CSV says of the keys that are not in it, in its name and a header, against its rows and what stands
// below the table. It returns 1 where it says something.
func (s *site) saysHowMany(t *testing.T, at string, rows [][]string) int {
	t.Helper()
	h := s.get(t, at+"csv").header
	var panel struct{ Note string }
	if err := json.Unmarshal([]byte(s.get(t, strings.Replace(at, "&format=", "", 1)).body), &panel); err != nil {
		t.Fatal(at, err)
	}
	total, name := h.Get("X-Total-Count"), h.Get("Content-Disposition")
	if m := firstOf.FindStringSubmatch(panel.Note); m != nil && (m[2] != total || !strings.Contains(name, m[1]+"-of-"+m[2]+".csv")) {
		t.Errorf("%s: below it stands %q, the CSV says %q and is called %s", at, panel.Note, total, name)
	}
	if total == "" {
		return 0
	}
	keys := map[string]bool{}
	for _, r := range rows[1:] {
		keys[r[0]] = true
	}
	if all, err := strconv.Atoi(total); err != nil || len(keys) >= all || !strings.Contains(name, fmt.Sprintf("-%d-of-%d.csv", len(keys), all)) || !strings.Contains(name, url.PathEscape(fmt.Sprintf("前%d项共%d项.csv", len(keys), all))) {
		t.Errorf("%s: %d keys stand in the CSV, of %q: %s", at, len(keys), total, name)
	}
	return 1
}

func ofArrow(t *testing.T, body string) arrow.Table {
	r, err := ipc.NewFileReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if title, ok := r.Schema().Metadata().GetValue("title"); !ok || title == "" {
		t.Error("no title in the metadata of an Arrow file")
	}
	record, err := r.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	return array.NewTableFromRecords(r.Schema(), []arrow.Record{record})
}

func ofParquet(t *testing.T, body string) arrow.Table {
	f, err := file.NewParquetReader(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if title := f.MetaData().KeyValueMetadata().FindValue("title"); title == nil || *title == "" {
		t.Error("no title in the metadata of a Parquet file")
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.ReadTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func sameCells(t *testing.T, path string, got arrow.Table, want [][]string) (numbers int) {
	if int(got.NumCols()) != len(want[0]) || int(got.NumRows()) != len(want)-1 {
		t.Errorf("%s: %d columns and %d rows, its CSV has %d and %d", path, got.NumCols(), got.NumRows(), len(want[0]), len(want)-1)
		return 0
	}
	for i := range want[0] {
		head := got.Schema().Field(i).Name
		if unit, ok := got.Schema().Field(i).Metadata.GetValue("unit"); ok && unit != "" {
			head += "（" + unit + "）"
		}
		if w := strings.TrimPrefix(want[0][i], "'"); !strings.HasPrefix(head, strings.TrimSuffix(w, "）")) && head != w {
			t.Errorf("%s: column %d is %q, in its CSV %q", path, i, head, w)
		}
		row := 1
		for _, chunk := range got.Column(i).Data().Chunks() {
			for j := range chunk.Len() {
				cell := ""
				switch c := chunk.(type) {
				case *array.Float64:
					if c.IsValid(j) {
						cell = strconv.FormatFloat(c.Value(j), 'f', -1, 64)
						numbers++
					}
				case *array.String:
					if c.IsValid(j) && c.Value(j) != "—" {
						cell = c.Value(j)
					}
				}
				if want[0][i] == words.In(codes.Zh, "provisional") {
					want[row][i] = inBrackets.ReplaceAllString(want[row][i], "") // which numbers are not final is said by the names of this file
				}
				if cell != strings.TrimPrefix(want[row][i], "'") {
					t.Errorf("%s: %s of row %d is %q, its CSV has %q", path, head, row, cell, want[row][i])
				}
				row++
			}
		}
	}
	return numbers
}
