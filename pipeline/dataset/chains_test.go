package dataset

import (
	"encoding/csv"
	"strings"
	"testing"
	"testing/fstest"
)

func TestChains(t *testing.T) {
	c := shipped(t)
	want := map[string]string{
		"superalloy": "raw smelt cast forge part test",
		"magnetic":   "raw powder sinter soft motor device",
		"molybdenum": "mine oxide powder sheet target catalyst",
	}
	if len(c.Chains) != len(want) {
		t.Fatalf("got %d chains, want %d", len(c.Chains), len(want))
	}
	for _, chain := range c.Chains {
		var got []string
		for _, n := range chain.Nodes {
			got = append(got, strings.TrimPrefix(n.Code, chain.Code+"."))
		}
		if s := strings.Join(got, " "); s != want[chain.Code] {
			t.Errorf("chain %s: got nodes %s, want %s", chain.Code, s, want[chain.Code])
		}
	}
	nodes := c.Lists.Get("nodes")
	for text, want := range map[string]string{
		"精密铸造": "superalloy.cast", "superalloy.cast": "superalloy.cast", "高温合金精密铸造": "superalloy.cast",
		"高温合金-检测服务": "superalloy.test", "钼板钼丝与型材": "molybdenum.sheet", " 烧结钕铁硼 ": "magnetic.sinter", "Sintered NdFeB": "magnetic.sinter",
	} {
		if got, ok := nodes.Find(text); !ok || got != want {
			t.Errorf("node %q: got %q %v, want %q", text, got, ok, want)
		}
	}
	if v, _ := nodes.Value("magnetic.motor"); v.Parent != "magnetic" {
		t.Errorf("parent of magnetic.motor: got %q", v.Parent)
	}
}

// The chains are the source of dataset chains: every column of it has its header, every code is in
// its list, and the lists read back as they were.
func TestChainsCSV(t *testing.T) {
	c := shipped(t)
	rows, err := csv.NewReader(strings.NewReader(ChainsCSV(c.Chains, c.Lists))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+18 {
		t.Errorf("got %d rows, want a header and 18", len(rows))
	}
	d := c.Datasets["chains"]
	at := d.Bind(rows[0])
	for i, col := range d.Columns {
		if at[i] < 0 {
			t.Fatalf("column %s has no header", col.Name)
		}
		for _, row := range rows[1:] {
			cell := row[at[i]]
			if cell == "" && col.Required {
				t.Errorf("%s: blank %s", row[6], col.Name)
			}
			if _, ok := c.Lists.Get("nodes").Value(cell); col.Name == "node" && !ok {
				t.Errorf("node %q is not in the list", cell)
			}
		}
	}
	if got := strings.Split(rows[1][at[10]], "|"); len(got) != len(c.Chains[0].Nodes[0].Industries) {
		t.Errorf("industries of the first node: got %v, want %v", got, c.Chains[0].Nodes[0].Industries)
	}
}

func TestBadChains(t *testing.T) {
	node := func(code, extra string) string {
		return "  - {code: " + code + ", title: {zh: " + code + ", en: " + code + "x}, segment: mid, industries: [i], occupations: [o], skills: [s]" + extra + "}\n"
	}
	head := "chain: metal\ntitle: {zh: 金属, en: Metal}\nnodes:\n"
	for name, tt := range map[string]struct{ text, want string }{
		"cycle":         {head + node("metal.a", ", feeds: [metal.b]") + node("metal.b", ", feeds: [metal.c]") + node("metal.c", ", feeds: [metal.b]"), "chains/metal.yaml:5: nodes[metal.b].feeds: 成环: metal.b → metal.c → metal.b"},
		"self":          {head + node("metal.a", ", feeds: [metal.a]"), "metal.a → metal.a"},
		"twice":         {head + node("metal.a", "") + node("metal.a", ""), "chains/metal.yaml:5: nodes[2].code: 节点 \"metal.a\" 已用于 nodes[1]"},
		"unknown feeds": {head + node("metal.a", ", feeds: [metal.z]"), `there is no node "metal.z"`},
		"prefix":        {head + node("other.a", ""), `want it to begin with "metal."`},
		"segment":       {head + strings.Replace(node("metal.a", ""), "mid", "middle", 1), "want one of up mid down"},
		"skills":        {head + strings.Replace(node("metal.a", ""), "[s]", "[s, s]", 1), "写了两次"},
		"item":          {head + strings.Replace(node("metal.a", ""), "[s]", "['a|b']", 1), "want one item without"},
		"item twice":    {head + strings.Replace(node("metal.a", ""), "[s]", "[s, s]", 1), `"s" is given twice`},
		"file name":     {strings.Replace(head, "metal", "steel", 1) + node("steel.a", ""), "want the file's name"},
		"unknown key":   {head + node("metal.a", ", colour: red"), `unknown key "colour"`},
		"no nodes":      {"chain: metal\ntitle: {zh: 金属, en: Metal}\n", "lacks nodes: its nodes"},
		"same name":     {head + node("metal.a", "") + node("metal.b", ", aliases: [metal.a]"), "is already used by nodes[metal.a]"},
	} {
		_, err := LoadChains(fstest.MapFS{"chains/metal.yaml": {Data: []byte(tt.text)}}, lists(t))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
