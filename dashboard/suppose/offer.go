package suppose

import (
	"net/url"
	"strconv"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Group is a chain with its links to choose from.
type Group struct {
	Label string
	Nodes []Node
}

// Node is a link of a chain.
type Node struct {
	Key, Label string
	Chosen     bool
}

// Offer is what may be chosen from, what the chosen link is called, and the codes of all.
func Offer(chains []dataset.Chain, chosen string, loc codes.Lang) (groups []Group, title string, valid []string) {
	for _, c := range chains {
		g := Group{Label: c.Title.In(loc)}
		for _, n := range c.Nodes {
			valid = append(valid, n.Code)
			if n.Code == chosen {
				title = n.Title.In(loc)
			}
			g.Nodes = append(g.Nodes, Node{n.Code, n.Title.In(loc), n.Code == chosen})
		}
		groups = append(groups, g)
	}
	return groups, title, valid
}

// Query puts a supposition into the query of its page, which it changes and returns.
func Query(q url.Values, node string, seats, hire int) url.Values {
	q.Set("node", node)
	q.Set("seats", strconv.Itoa(seats))
	q.Set("hire", strconv.Itoa(hire))
	return q
}
