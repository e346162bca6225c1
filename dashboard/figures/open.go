package figures

import (
	"yanzhen/dashboard/board/period"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Open is a point of a panel whose number is not final, for a program to read.
type Open struct {
	Metric   string   `json:"metric"`
	From     string   `json:"from"` // first day of the period
	To       string   `json:"to"`   // the day after its last
	Keys     []string `json:"keys,omitempty"`
	Value    float64  `json:"value"`
	State    string   `json:"state"` // awaited: not everybody has reported; lacking: a period in it has no row; begins: the data begin in it; ripening
	Reported int      `json:"reported,omitempty"`
	Due      int      `json:"due,omitempty"`
	Awaited  []string `json:"awaited,omitempty"` // who has not reported
	Ripe     string   `json:"ripe,omitempty"`    // the day on which it has ripened
	Text     string   `json:"text"`
}

// Open lists the points of a panel whose numbers are not final. Every other number is.
func (d *Answer) Open(loc codes.Lang) []Open {
	var out []Open
	for _, r := range d.Results {
		if r == nil {
			continue
		}
		for _, pt := range r.Points {
			if !pt.Open() || pt.Value == nil {
				continue
			}
			o := Open{Metric: r.Query.Metric, From: days.ISO(pt.From), To: days.ISO(pt.To), Keys: pt.Keys, Value: *pt.Value, State: period.State(pt), Text: period.WhyOpen(pt, loc)}
			if c := pt.Cover; c != nil {
				o.Reported, o.Due, o.Awaited = c.Reported, c.Due, c.Missing
			} else {
				o.Ripe = days.ISO(pt.Ripe)
			}
			out = append(out, o)
		}
	}
	return out
}
