package jobs

import (
	"strings"
	"testing"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// A file that was refused before and lies there as it was is told as that, not as unchanged; it is no new failure.
func TestRefusedBefore(t *testing.T) {
	var m summary
	m.add(pipeline.Outcome{State: pipeline.Unchanged}, nil)
	m.add(pipeline.Outcome{State: pipeline.Unchanged, File: "a.csv", Problem: &pipeline.Problem{Code: "header", Text: codes.Text{Zh: "表头", En: "header"}}}, nil)
	var r pipeline.Run
	m.fill(&r)
	if m.unchanged != 1 || r.State != pipeline.Unchanged || !strings.Contains(r.MessageEn, "1 unchanged") || !strings.Contains(r.MessageEn, "1 refused before") {
		t.Errorf("got a run that is %s and says %q", r.State, r.MessageEn)
	}
}
