// Package board is what a page shows: panels over metrics, and maps, declared in YAML and checked. How a panel is drawn
// is said in board/draw.
package board

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Kind is how a panel is drawn.
type Kind string

// The kinds of panels.
const (
	KPI      Kind = "kpi"      // one number, its comparison and a small trend; further metrics are parts of the first
	Trend    Kind = "trend"    // metrics or one dimension over periods
	Line     Kind = "line"     // trend with lines only
	Bar      Kind = "bar"      // horizontal, ranked
	Column   Kind = "column"   // vertical, in the order of the keys
	Stack    Kind = "stack"    // one dimension stacked over periods, or over a second dimension
	Pie      Kind = "pie"      // a ring of few parts
	Sankey   Kind = "sankey"   // flow between two or three dimensions
	Heatmap  Kind = "heatmap"  // two dimensions, or one dimension by several metrics
	OnMap    Kind = "map"      // areas or points of a declared map
	Funnel   Kind = "funnel"   // metrics in order, each a part of the one before
	Table    Kind = "table"    // one row per key, one column per metric
	Graph    Kind = "graph"    // the nodes of industry chains from upstream to downstream
	Path     Kind = "path"     // one metric against another, a point per period
	Triangle Kind = "triangle" // cohorts: a row per period, a column per metric, empty where the time has not come
	Balance  Kind = "balance"  // two metrics to the two sides of a line
	Spring   Kind = "spring"   // metrics cumulatively over the days around the lunar new year, this year and those before
)

// kinds says how many dimensions a kind takes, least and most.
var kinds = map[Kind][2]int{
	KPI: {0, 0}, Trend: {0, 1}, Line: {0, 1}, Bar: {1, 1}, Column: {1, 1}, Stack: {1, 2}, Pie: {1, 1}, Sankey: {2, 3},
	Heatmap: {1, 2}, OnMap: {1, 1}, Funnel: {0, 0}, Table: {0, 2}, Graph: {1, 1},
	Path: {0, 0}, Triangle: {0, 0}, Balance: {1, 1}, Spring: {0, 0},
}

// Level is a class of a metric's values with a name: from From (included) up to the next level. The first level
// reaches down without end, so its From says nothing.
type Level struct {
	From float64    `yaml:"from"`
	Name codes.Text `yaml:"name"`
}

// Spark is the small trend of a KPI card.
type Spark struct {
	Period string     `yaml:"period"`
	Grain  days.Grain `yaml:"grain"`
}

// Panel is one figure of a board.
type Panel struct {
	Name    string              `yaml:"name"`
	Title   codes.Text          `yaml:"title"`
	Kind    Kind                `yaml:"kind"`
	Metrics []string            `yaml:"metrics"`
	By      []string            `yaml:"by"`
	Where   map[string][]string `yaml:"where"`
	Grain   days.Grain          `yaml:"grain"`
	Period  string              `yaml:"period"`
	Compare metric.Compare      `yaml:"compare"`
	Limit   int                 `yaml:"limit"`
	Span    int                 `yaml:"span"`
	Note    codes.Text          `yaml:"note"`
	Section codes.Text          `yaml:"section"` // begins a section of the page
	Marks   []string            `yaml:"marks"`   // bar, line or area, one per metric of a trend
	Desk    bool                `yaml:"desk"`    // not on a phone: another panel there says the same
	Sort    string              `yaml:"sort"`    // key or value; bars are ranked by value when absent
	Spark   Spark               `yaml:"spark"`
	Names   []codes.Text        `yaml:"names"`  // what a metric is called in this panel, instead of its title
	Levels  []Level             `yaml:"levels"` // named classes: of a graph's second metric, or behind a line
	Each    string              `yaml:"each"`   // of a table: the last metric's greatest values of this dimension are listed in each row

	Days  int `yaml:"days"`  // of kind spring: how many before the eve and after it; 0: 30
	Years int `yaml:"years"` // of kind spring: this one and those before it, 1 to 3; 0: 2

	Map  string `yaml:"map"`  // of kind map: the declared map
	Also []View `yaml:"also"` // of kind map: other maps that a reader may choose

	// Line is where the panel stands in its file.
	Line int `yaml:"-"`
}

// Board is one page.
type Board struct {
	Name  string     `yaml:"board"`
	Title codes.Text `yaml:"title"`
	Lead  codes.Text `yaml:"lead"`
	Order int        `yaml:"order"`
	// Under puts the board below the tab of the data instead of among the tabs.
	Under  string  `yaml:"under"`
	Panels []Panel `yaml:"panels"`

	File string `yaml:"-"`
}

// Panel finds a panel by name.
func (b *Board) Panel(name string) (Panel, bool) {
	for _, p := range b.Panels {
		if p.Name == name {
			return p, true
		}
	}
	return Panel{}, false
}

// PanelNames lists the panels in order.
func (b *Board) PanelNames() []string {
	out := make([]string, len(b.Panels))
	for i, p := range b.Panels {
		out[i] = p.Name
	}
	return out
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// Load reads every *.yaml of a directory, strictly. All faults of all files are reported at once, each with its
// file and line. Boards come back in their order.
func Load(fsys fs.FS, dir string) ([]*Board, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var out []*Board
	var faults []error
	where := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		b, err := Parse(file, text)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if before, twice := where[b.Name]; twice {
			faults = append(faults, fmt.Errorf("%s:1: board %q is already declared in %s", file, b.Name, before))
			continue
		}
		where[b.Name] = file
		out = append(out, b)
	}
	if len(files) == 0 {
		faults = append(faults, fmt.Errorf("%s: no board is declared (want at least one *.yaml)", dir))
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Order < out[j].Order })
	return out, errors.Join(faults...)
}

// Parse reads one board.
func Parse(file string, text []byte) (*Board, error) {
	b := &Board{File: file}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(b); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:1: the file is empty; want board, title, order and panels", file)
		}
		return nil, yamlFaults(file, err)
	}
	lines := panelLines(text)
	var faults []error
	bad := func(line int, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
	}
	if !slug.MatchString(b.Name) {
		bad(1, "board: %q is not a name (small letters, digits, - and _, beginning with a letter)", b.Name)
	}
	if !b.Title.Complete() {
		bad(1, "board %s: title must be given in zh and en", b.Name)
	}
	if b.Under != "" && b.Under != "data" {
		bad(1, "board %s: under: %q is not a place for boards; valid: data, or leave it out for a tab of its own", b.Name, b.Under)
	}
	if len(b.Panels) == 0 {
		bad(1, "board %s: has no panels", b.Name)
	}
	seen := map[string]int{}
	for i := range b.Panels {
		p := &b.Panels[i]
		if i < len(lines) {
			p.Line = lines[i]
		}
		p.modern()
		for _, f := range p.faults() {
			bad(p.Line, "panel %s: %s", p.Name, f)
		}
		if before, twice := seen[p.Name]; twice {
			bad(p.Line, "panel %s: the name is already used at line %d", p.Name, before)
		}
		seen[p.Name] = p.Line
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return b, nil
}

// modern reads the kinds that maps had before they were declared.
func (p *Panel) modern() {
	if place, old := strings.CutPrefix(string(p.Kind), "map_"); old && p.Map == "" && (place == "china" || place == "world") {
		p.Kind, p.Map = OnMap, place
	}
}

// Around is how many days before the eve, and after it, a panel of kind spring shows.
func (p Panel) Around() int { return cmp.Or(p.Days, 30) }

// Springs is the number of years that a panel of kind spring shows.
func (p Panel) Springs() int { return cmp.Or(p.Years, 2) }

// Cuts are the dimensions that metric i of a panel is asked by: those of the panel, and for the last metric of a
// table with a list within each row, that of the list.
func (p Panel) Cuts(i int) []string {
	if p.Each == "" || i != len(p.Metrics)-1 {
		return p.By
	}
	return append(slices.Clone(p.By), p.Each)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// yamlFaults gives each fault of the YAML reader its file and line.
func yamlFaults(file string, err error) error {
	lines := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		lines = te.Errors
	}
	var out []error
	for _, l := range lines {
		if m := yamlLine.FindStringSubmatch(l); m != nil {
			msg := m[2]
			if f := notField.FindStringSubmatch(msg); f != nil {
				msg = fmt.Sprintf("unknown key %q (a %s has %s)", f[1], strings.ToLower(f[2]), fieldsOf(f[2]))
			}
			out = append(out, fmt.Errorf("%s:%s: %s", file, m[1], msg))
			continue
		}
		out = append(out, fmt.Errorf("%s: %s", file, strings.TrimPrefix(l, "yaml: ")))
	}
	return errors.Join(out...)
}

var notField = regexp.MustCompile(`^field (\S+) not found in type board\.(\w+)$`)

func fieldsOf(typ string) string {
	switch typ {
	case "Board":
		return "board, title, lead, order, under, panels"
	case "Panel":
		return "name, title, kind, metrics, names, by, where, grain, period, compare, limit, span, note, section, marks, desk, sort, spark, levels, each, days, years, map, also"
	case "Text":
		return "zh, en"
	case "Level":
		return "from, name"
	case "Map":
		return "map, title, order, file, list, key, labels, focus, bounds, inset, absent, unlisted, approval"
	case "View":
		return "map, by, metrics, title, note"
	case "Spark":
		return "period, grain"
	}
	return "no such key"
}

// panelLines finds the line of each entry of panels.
func panelLines(text []byte) []int {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "panels" {
			var out []int
			for _, n := range root.Content[i+1].Content {
				out = append(out, n.Line)
			}
			return out
		}
	}
	return nil
}
