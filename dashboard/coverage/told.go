package coverage

import (
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Told is one period of a duty as the API tells it.
type Told struct {
	Dataset  string     `json:"dataset"`
	Sender   string     `json:"sender"`
	From     string     `json:"from"`
	To       string     `json:"to"` // the first day after
	Due      string     `json:"due"`
	State    duty.State `json:"state"`
	Overdue  bool       `json:"overdue"`
	Inferred bool       `json:"inferred"`
}

// ToldOf are all of them, by dataset.
func ToldOf(sets []*dataset.Dataset, all map[string][]duty.Owed) []Told {
	out := []Told{}
	for _, d := range sets {
		for _, o := range all[d.Name] {
			out = append(out, Told{o.Dataset, o.Sender, days.ISO(o.Period.From), days.ISO(o.Period.To), days.ISO(o.DueOn), o.State, o.Overdue, o.Inferred})
		}
	}
	return out
}
