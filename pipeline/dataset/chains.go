package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Chain is an industry chain: nodes in segments, each with what belongs to it.
type Chain struct {
	Code  string     `yaml:"chain"`
	Title codes.Text `yaml:"title"`
	About codes.Text `yaml:"about"`
	Nodes []Node     `yaml:"nodes"`

	File string `yaml:"-"`
}

// Node is a step of a chain. Its code is the chain's, a dot and a name: superalloy.cast.
type Node struct {
	Code        string     `yaml:"code"`
	Title       codes.Text `yaml:"title"`
	Segment     string     `yaml:"segment"`     // up, mid or down
	Feeds       []string   `yaml:"feeds"`       // nodes of the same chain its goods go to; no way may lead back
	Aliases     []string   `yaml:"aliases"`     // what senders also call it
	Industries  []string   `yaml:"industries"`  // GB/T 4754-2017: C3391 黑色金属铸造
	Occupations []string   `yaml:"occupations"` // 2022 classification: 6-18-02-01 铸造工
	Skills      []string   `yaml:"skills"`
}

// LoadChains reads chains/*.yaml of fsys strictly and adds the lists "chains" and "nodes" (parent
// of a node: its chain) to lists, so that datasets may refer to them. All faults are returned together.
func LoadChains(fsys fs.FS, lists *codes.Lists) ([]Chain, error) {
	files := declare.Read[Chain](fsys, "chains")
	var chains []Chain
	byChain := &codes.List{Name: "chains", Zh: "产业链", En: "Industry chains"}
	byNode := &codes.List{Name: "nodes", Zh: "产业链节点", En: "Nodes of the chains"}
	for _, doc := range files.Docs {
		c := doc.Value
		c.File = doc.Name
		checkChain(doc.File, c, lists)
		chains = append(chains, *c)
		if c.Code == "" {
			continue
		}
		byChain.Values = append(byChain.Values, codes.Value{Code: c.Code, Zh: c.Title.Zh, En: c.Title.En})
		for _, n := range c.Nodes {
			v := codes.Value{Code: n.Code, Zh: n.Title.Zh, En: n.Title.En, Parent: c.Code, Aliases: slices.Clone(n.Aliases)}
			v.Aliases = append(v.Aliases, c.Title.Zh+n.Title.Zh, c.Title.Zh+"-"+n.Title.Zh, c.Title.Zh+"/"+n.Title.Zh)
			byNode.Values = append(byNode.Values, v)
		}
	}
	errs := []error{files.Err()}
	if lists != nil {
		errs = append(errs, lists.Add(byChain), lists.Add(byNode))
	}
	return chains, errors.Join(errs...)
}

func checkChain(f *declare.File, c *Chain, lists *codes.Lists) {
	namedAsFile(f, "chain", c.Code)
	if len(c.Nodes) == 0 {
		f.Fault("nodes", "一个节点也没有", "there are no nodes")
	}
	segments := []string{"up", "mid", "down"}
	if l := lists.Get("segments"); l != nil {
		segments = l.Codes()
	}
	at := map[string]int{}
	titles := map[string]string{}
	for i, n := range c.Nodes {
		here := fmt.Sprintf("nodes[%d]", i+1)
		if rest, ok := strings.CutPrefix(n.Code, c.Code+"."); !ok || !nameRule.MatchString(rest) {
			f.Fault(here+".code", "是 %q，应以 %q 开头", "is %q, want it to begin with %q", n.Code, c.Code+".")
		}
		if j, taken := at[n.Code]; taken {
			f.Fault(here+".code", "节点 %q 已用于 nodes[%d]", "node %q is already nodes[%d]", n.Code, j+1)
		} else {
			at[n.Code] = i
		}
		for _, t := range append([]string{n.Title.Zh, n.Title.En}, n.Aliases...) {
			if other, taken := titles[codes.Key(t)]; taken && other != here && t != "" {
				f.Fault(here, "名称 %q 已用于 %s", "the name %q is already used by %s", t, f.Show(other))
			}
			titles[codes.Key(t)] = here
		}
		if n.Segment == "" { // a node needs no more than its name
			c.Nodes[i].Segment = "mid"
		} else {
			f.OneOf(here+".segment", n.Segment, segments...)
		}
		checkNode(f, here, n)
	}
	for i, n := range c.Nodes {
		for j, to := range n.Feeds {
			if _, ok := at[to]; !ok {
				f.Fault(fmt.Sprintf("nodes[%d].feeds[%d]", i+1, j+1), "没有节点 %q", "there is no node %q", to)
			}
		}
	}
	if round := cycle(c.Nodes, at); round != nil {
		f.Fault(fmt.Sprintf("nodes[%d].feeds", at[round[0]]+1), "成环: %s", "goes round in a circle: %s", strings.Join(round, " → "))
	}
}

// checkNode checks the lists of what belongs to a node.
func checkNode(f *declare.File, here string, n Node) {
	for _, l := range []struct {
		key   string
		items []string
	}{{"industries", n.Industries}, {"occupations", n.Occupations}, {"skills", n.Skills}} {
		for j, s := range l.items {
			where := fmt.Sprintf("%s.%s[%d]", here, l.key, j+1)
			if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "|,，、;；\n") {
				f.Fault(where, "是 %q，应为一项，不含 | , 、 ;", "is %q, want one item without | , 、 ;", s)
			}
			if slices.Contains(l.items[:j], s) {
				f.Fault(where, "%q 写了两次", "%q is given twice", s)
			}
		}
	}
}

// cycle returns the nodes of one circle, the first again at its end; nil where there is none.
func cycle(nodes []Node, at map[string]int) []string {
	const open, done = 1, 2
	state := make([]int, len(nodes))
	var way []string
	var walk func(i int) []string
	walk = func(i int) []string {
		state[i] = open
		way = append(way, nodes[i].Code)
		for _, to := range nodes[i].Feeds {
			j, ok := at[to]
			switch {
			case !ok:
			case state[j] == open:
				return append(slices.Clone(way[slices.Index(way, to):]), to)
			case state[j] == 0:
				if round := walk(j); round != nil {
					return round
				}
			}
		}
		state[i] = done
		way = way[:len(way)-1]
		return nil
	}
	for i := range nodes {
		if state[i] == 0 {
			if round := walk(i); round != nil {
				return round
			}
		}
	}
	return nil
}

// ChainsCSV writes the chains as the source of dataset `chains`: UTF-8 CSV with the names of its
// columns as header, one row a node, lists parted by |. The same chains give the same bytes.
func ChainsCSV(chains []Chain, lists *codes.Lists) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	row := func(cells ...string) { _ = w.Write(cells) } // a strings.Builder never fails
	row("chain", "chain_zh", "chain_en", "segment", "segment_zh", "segment_en", "node", "node_zh", "node_en", "position", "industries", "occupations", "skills", "feeds")
	segments := lists.Get("segments")
	for _, c := range chains {
		for i, n := range c.Nodes {
			zh, en := n.Segment, n.Segment
			if segments != nil {
				zh, en = segments.Label(n.Segment, "zh"), segments.Label(n.Segment, "en")
			}
			row(c.Code, c.Title.Zh, c.Title.En, n.Segment, zh, en, n.Code, n.Title.Zh, n.Title.En, strconv.Itoa(i+1),
				strings.Join(n.Industries, "|"), strings.Join(n.Occupations, "|"), strings.Join(n.Skills, "|"), strings.Join(n.Feeds, "|"))
		}
	}
	w.Flush()
	return b.String()
}
