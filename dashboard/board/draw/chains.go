package draw

import (
	"slices"
	"strings"

	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// drawnChains are the chains that the results speak of: with one chain chosen, only that one is drawn.
func (f drawing) drawnChains() []dataset.Chain {
	if len(f.Chains) == 0 {
		return chainsOf(f.Results)
	}
	spoken := map[string]bool{}
	for _, r := range f.Results {
		for _, pt := range r.Points {
			spoken[panel.Key(pt, 0)] = true
		}
	}
	var out []dataset.Chain
	for _, c := range f.Chains {
		if slices.ContainsFunc(c.Nodes, func(n dataset.Node) bool { return spoken[n.Code] }) {
			out = append(out, c)
		}
	}
	return out
}

// chainsOf makes chains of the keys alone where none are declared to the panel: each node feeds the next.
func chainsOf(rs []*metric.Result) []dataset.Chain {
	var out []dataset.Chain
	seen := map[string]bool{}
	for _, r := range rs {
		for _, pt := range r.Points {
			k := panel.Key(pt, 0)
			if k == "" || seen[k] {
				continue
			}
			seen[k] = true
			name, _, _ := strings.Cut(k, ".")
			i := slices.IndexFunc(out, func(c dataset.Chain) bool { return c.Code == name })
			if i < 0 {
				i = len(out)
				out = append(out, dataset.Chain{Code: name, Title: codes.Text{Zh: name, En: name}})
			}
			n := dataset.Node{Code: k, Title: codes.Text{Zh: panel.Called(pt, 0, codes.Zh), En: panel.Called(pt, 0, codes.En)}}
			if had := out[i].Nodes; len(had) > 0 {
				had[len(had)-1].Feeds = []string{k}
			}
			out[i].Nodes = append(out[i].Nodes, n)
		}
	}
	return out
}
