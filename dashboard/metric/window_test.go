package metric

import (
	"errors"
	"testing"
	"time"

	"yanzhen/pipeline/days"
)

func TestInvalidPeriods(t *testing.T) {
	c := catalog(t)
	for name, q := range map[string]Query{
		"no period":    {Metric: "inflow"},
		"local time":   {Metric: "inflow", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("x", 3600)), To: days.Date(2026, 2, 1)},
		"not midnight": {Metric: "inflow", From: days.Date(2026, 1, 1).Add(time.Hour), To: days.Date(2026, 2, 1)},
		"backwards":    {Metric: "inflow", From: days.Date(2026, 2, 1), To: days.Date(2026, 1, 1)},
		"ancient":      {Metric: "inflow", From: days.Date(1899, 2, 1), To: days.Date(2026, 1, 1)},
		"far":          {Metric: "inflow", From: days.Date(2026, 2, 1), To: days.Date(9999, 1, 1)},
		"too many":     {Metric: "inflow", From: days.Date(1970, 1, 1), To: days.Date(2199, 1, 1), Grain: days.Month},
		"grain":        {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Grain: "week"},
		"compare":      {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Compare: "qoq"},
		"limit":        {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Limit: -1},
		"no values":    {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Where: []Filter{{Dim: "node"}}},
		"NUL":          {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Where: []Filter{{"node", []string{"a\x00b"}}}},
		"many values":  {Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), Where: []Filter{{"node", make([]string, 1001)}}},
	} {
		if _, err := c.Check(q.Long()); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := ParseDay("2026-02-30"); !errors.Is(err, ErrInvalid) {
		t.Errorf("30 February: got %v", err)
	}
}
