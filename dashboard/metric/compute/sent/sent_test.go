package sent_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/metric/compute/sent"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What came late in the evening came on that day by the clock of the office, whatever that is.
func TestDay(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/reg.yaml": {Data: []byte(`name: reg
title: {zh: 登记, en: Register}
about: {zh: 一行一项, en: One a row}
unit: [sender, period]
period: {column: day, grain: month}
key: [code]
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: day, title: {zh: 日期, en: Day}, type: date, required: true}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 10, 17, 30, 0, 0, time.UTC)
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t), Now: func() time.Time { return at }}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "甲局_登记_2026年6月.csv")
	if err := os.WriteFile(path, []byte("编号,日期\nA1,2026-06-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "reg"}); err != nil || out.State != pipeline.Published {
		t.Fatalf("%s %+v %v", out.State, out.Problem, err)
	}
	urumqi, err := time.LoadLocation("Asia/Urumqi")
	if err != nil {
		t.Fatal(err)
	}
	for day, office := range map[string]*time.Location{"2026-07-11": nil, "2026-07-10": urumqi} {
		for _, moment := range []time.Time{{}, at.Add(time.Hour)} {
			got, err := sent.Live(t.Context(), l.DB, moment, office)
			if i := find(got, "reg"); err != nil || i < 0 || days.ISO(got[i].At) != day {
				t.Errorf("by the clock of %v: %+v, %v; want %s", office, got, err, day)
			}
		}
	}
}

func find(list []duty.Submission, name string) int {
	for i, s := range list {
		if s.Dataset == name {
			return i
		}
	}
	return -1
}
