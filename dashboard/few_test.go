package dashboard

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// ofPeople says that every number of a panel is a count of people.
func (s *site) ofPeople(p board.Panel) bool {
	return len(p.Metrics) > 0 && !slices.ContainsFunc(p.Metrics, func(name string) bool {
		m := s.Catalog.Metric(name)
		return m == nil || m.Kind != metric.Flow && m.Kind != metric.Stock || m.Unit != metric.People && m.Unit != metric.PersonTimes || slices.Contains(m.Datasets(), "vacancies")
	})
}

// cellsOf are the cells of a panel's figures in one of its forms.
func cellsOf(t *testing.T, format, body string) (rows [][]string) {
	t.Helper()
	switch format {
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	case "xlsx":
		f, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, sheet := range f.GetSheetList()[1:2] { // between what the book is and the definitions
			list, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, list...)
		}
		return rows
	}
	for _, m := range tableCell.FindAllStringSubmatch(body, -1) {
		rows = append(rows, []string{strings.ReplaceAll(strings.TrimSpace(anyTag.ReplaceAllString(m[1], "")), ",", "")})
	}
	return rows
}

var (
	tableCell = regexp.MustCompile(`(?s)<td[^>]*class="(?:[^"]* )?n(?: [^"]*)?"[^>]*>(.*?)</td>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// Who may not see few people meets no count of 1 to 4 of them by any form of a panel of counts, and is told where one is
// left out; who may sees them at the same addresses.
func (s *site) fewTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 4))
	type at struct {
		b *board.Board
		p board.Panel
	}
	var list []at
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			if s.ofPeople(p) {
				list = append(list, at{b, p})
			}
		}
	}
	rounds := 30
	if os.Getenv("YANZHEN_TEST_FULL") != "" {
		rounds = 400
	}
	asked, left, open := 0, 0, 0
	for range rounds {
		x := list[rng.IntN(len(list))]
		q := url.Values{"lang": {"zh"}, "format": {[]string{"csv", "xlsx", "table"}[rng.IntN(3)]}}
		switch rng.IntN(4) {
		case 0:
			q.Set("from", "2026-04-01")
			q.Set("to", "2026-07-01")
		case 1:
			q.Set("node", "magnetic.motor")
		case 2:
			q.Set("park", []string{"lake", "alloy", "magnet", "moly"}[rng.IntN(4)])
		}
		path := "/api/v1/panels/" + x.b.Name + "/" + x.p.Name + "?" + q.Encode()
		code, body := s.as(kept(), path)
		if code == http.StatusBadRequest {
			continue
		}
		if code != http.StatusOK {
			t.Errorf("%s: %d %.200s", path, code, body)
			continue
		}
		asked++
		few := func(body string) (n int) {
			for _, row := range cellsOf(t, q.Get("format"), body) {
				for _, cell := range row {
					if v, err := strconv.ParseFloat(cell, 64); err == nil && v > 0 && v < 5 && q.Get("format") == "table" || err == nil && v > 0 && v < 5 && len(row) > 1 {
						n++
					}
				}
			}
			return n
		}
		if n := few(body); n > 0 {
			t.Errorf("%s shows %d numbers of 1 to 4:\n%.600s", path, n, body)
		}
		if strings.Contains(body, "5 人") || strings.Contains(body, "小于 5") || strings.Contains(body, "推算") {
			left++
		}
		if _, body := s.as(accesstest.Everything(), path); few(body) > 0 {
			open++
		}
	}
	t.Logf("%d addresses: %d leave something out, %d have numbers of 1 to 4 for who may see them", asked, left, open)
	if left == 0 || open == 0 || asked < rounds/2 {
		t.Errorf("of %d addresses %d leave something out, %d had to: the test looked at little", asked, left, open)
	}
	s.fewPagesTest(t)
}

// fewPagesTest looks at what else a leader meets: pages, a card of a small number, the address of a moment, the cause of a
// number, what is kept by a browser.
func (s *site) fewPagesTest(t *testing.T) {
	for _, path := range []string{"/b/overview?lang=zh", "/b/chain?lang=zh", "/b/inflow?lang=en", "/wall", "/cause/inflow?lang=zh&by=node", "/data/metrics?lang=zh", "/responsibility?lang=zh"} {
		if code, body := s.as(kept(), path); code != http.StatusOK {
			t.Errorf("%s: %d %.300s", path, code, body)
		}
	}
	// files and how many rows each holds are of who sees rows
	if _, body := s.as(kept(), "/data?lang=zh"); strings.Contains(body, `href="/data/runs/`) || strings.Contains(body, "/data/datasets/arrivals") || !strings.Contains(body, "引进与流出") {
		t.Error("/data lists files to who may not see rows, links to what they may not open, or names no datasets")
	}
	if _, body := s.as(accesstest.Everything(), "/data?lang=zh"); !strings.Contains(body, `href="/data/runs/`) {
		t.Error("/data lists no files to who may see everything")
	}
	moment := time.Now().UTC().Format(time.RFC3339) // that is no report date
	if code, body := s.as(kept(), "/api/v1/panels/inflow/arrivals?lang=zh&as_of="+moment); code != http.StatusBadRequest || !strings.Contains(body, "封账") {
		t.Errorf("a moment: %d %.300s", code, body)
	}
	if code, body := s.as(accesstest.Everything(), "/api/v1/panels/inflow/arrivals?lang=zh&as_of="+moment); code != http.StatusOK {
		t.Errorf("a moment, for who sees everything: %d %.300s", code, body)
	}
	// a small number, and who asked first has no say in what the next one gets
	r, err := s.Engine.Run(t.Context(), metric.Query{Metric: "inflow", From: days.Date(2026, 6, 1), To: days.Date(2026, 7, 1), By: []string{"enterprise"}})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Points, func(p metric.Point) bool { return p.Value != nil && *p.Value > 0 && *p.Value < 5 })
	if i < 0 {
		t.Fatal("no employer has few")
	}
	path := "/api/v1/panels/inflow/arrivals?format=csv&lang=zh&from=2026-06-01&to=2026-07-01&enterprise=" + url.QueryEscape(r.Points[i].Keys[0])
	for range 2 {
		if _, body := s.as(kept(), path); !strings.Contains(body, "小于 5") && !strings.Contains(body, "推算") || strings.Contains(body, "未报") {
			t.Errorf("%s: %.400s", path, body)
		}
		if _, body := s.as(accesstest.Everything(), path); strings.Contains(body, "小于 5") {
			t.Errorf("%s, for who may: %.400s", path, body)
		}
	}
}
