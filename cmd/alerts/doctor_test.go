package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A file that waits is told once, however often a job has found it waiting since.
func TestHeld(t *testing.T) {
	metrictest.Office(t)
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "loader"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}}
	put := func(kind, file string, minutes int) {
		at := time.Now().Add(time.Duration(minutes) * time.Minute)
		r := pipeline.Run{ID: pipeline.NewRun(at), Kind: kind, File: file, State: pipeline.Held, Started: at, MessageZh: "问", MessageEn: "asks"}
		if err := l.PutRun(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	put("load", "waits.xlsx", -60)
	for i := range 25 {
		put("job", "", -i)
	}
	var told []string
	Held(t.Context(), l, codes.Zh, func(state, what, detail string) { told = append(told, fmt.Sprint(state, " ", what, " ", detail)) })
	if len(told) != 1 || !strings.Contains(told[0], "waits.xlsx") {
		t.Errorf("told %d: %v", len(told), told)
	}
}
