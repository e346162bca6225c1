package answer_test

import (
	"testing"
	"time"

	"yanzhen/pipeline/fetch/answer"
)

// A moment is told as clocks of the office show it, in whichever form it comes; a day stays the day it is, and what is no moment
// is left to the loader.
func TestTell(t *testing.T) {
	office := time.FixedZone("office", 8*3600)
	for text, want := range map[string]string{
		"2026-01-31T16:30:00Z":          "2026-02-01 00:30:00",
		"2026-01-31T16:30:00.000+0000":  "2026-02-01 00:30:00",
		"2026-01-31T16:30:00.000+0800":  "2026-01-31 16:30:00",
		"2026-01-31T16:30:00.25+08:00":  "2026-01-31 16:30:00.25",
		"2026-01-31T16:30+00:00":        "2026-02-01 00:30:00",
		"2026-01-31T16:30Z":             "2026-02-01 00:30:00",
		"2026-01-31T16:30+0000":         "2026-02-01 00:30:00",
		"2026-01-31T16:30:00":           "2026-01-31 21:30:00", // of the source's zone
		"2026-01-31 16:30:00.5+00":      "2026-02-01 00:30:00.5",
		"2026-01-31 16:30:00+0000":      "2026-02-01 00:30:00",
		"2026-02-01":                    "2026-02-01",
		"infinity":                      "infinity",
		"2026-01-31T16:30:00 somewhere": "2026-01-31T16:30:00 somewhere",
	} {
		for _, k := range []answer.Kind{answer.Wall, answer.Instant} {
			tell := answer.Teller{Columns: []answer.Column{{Name: "at", Kind: k}}, Ask: answer.Ask{Zone: time.FixedZone("source", 3*3600), Office: office}}
			cells := [][]byte{[]byte(text)}
			if err := tell.Tell(cells); err != nil || string(cells[0]) != want {
				t.Errorf("%s as %s: %q, %v, want %q", text, k, cells[0], err, want)
			}
		}
	}
}
