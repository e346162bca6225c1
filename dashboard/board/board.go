// Package board is what a page shows: panels over metrics, and maps, declared in YAML and checked. What a panel
// says without a drawing is in board/panel, how it is drawn in board/draw.
package board

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
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

// Eve is what a panel of kind spring shows around the eve of the lunar new year.
type Eve struct {
	Days  int `yaml:"days"`  // before the eve and after it; 0: 30
	Years int `yaml:"years"` // this one and those before it, 1 to 3; 0: 2
}

// Place is where a panel of kind map is drawn.
type Place struct {
	Map  string `yaml:"map"`  // the declared map
	Also []View `yaml:"also"` // other maps that a reader may choose
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
	Finding Finding             `yaml:"finding"`
	Each    string              `yaml:"each"` // of a table: the last metric's greatest values of this dimension are listed in each row

	Eve   `yaml:",inline"` // of kind spring
	Place `yaml:",inline"` // of kind map

	standing
}

// standing is where a panel stands.
type standing struct {
	at     string // its path in the file
	beside bool   // another, on paper
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

	file *declare.File
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
// file and line. The boards without a fault come back in their order.
func Load(fsys fs.FS, dir string) ([]*Board, error) {
	files := declare.Read[Board](fsys, dir)
	var out []*Board
	first := map[string]string{}
	for _, doc := range files.Docs {
		b := doc.Value
		b.check(doc.File)
		if before, twice := first[b.Name]; twice {
			doc.Fault("board", "%q 已在 %s 声明", "board %q is already declared in %s", b.Name, before)
		} else if b.Name != "" {
			first[b.Name] = doc.Name
		}
		if doc.Sound() {
			out = append(out, b)
		}
	}
	err := files.Err()
	if len(files.Docs) == 0 {
		err = errors.Join(err, fmt.Errorf("%s: 一个页面也没有声明，至少要有一个 *.yaml / no board is declared, want at least one *.yaml", dir))
	}
	slices.SortStableFunc(out, func(a, b *Board) int { return a.Order - b.Order })
	return out, err
}

// Parse reads one board.
func Parse(file string, text []byte) (*Board, error) {
	b := &Board{}
	f := declare.Parse(file, text, b)
	b.check(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return b, nil
}

// check tells what is wrong with a board by itself.
func (b *Board) check(f *declare.File) {
	b.file = f
	if !slug.MatchString(b.Name) {
		f.Fault("board", "是 %q，应为小写字母、数字、- 和 _，字母开头", "is %q, want small letters, digits, - and _, a letter first", b.Name)
	}
	if len(b.Panels) == 0 {
		f.Fault("panels", "一个面板也没有", "there are no panels")
	}
	first := map[string]int{}
	for i := range b.Panels {
		p := &b.Panels[i]
		p.at = fmt.Sprintf("panels[%d]", i+1)
		p.modern()
		panelCheck{p, f}.all()
		if before, twice := first[p.Name]; twice {
			f.Fault(p.at+".name", "第 %d 行已用这个名称", "the name is already used at line %d", before)
		}
		first[p.Name] = f.Line(p.at)
	}
	b.pair()
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

// First is the board that a reader begins with: home, or, where there is nothing to see on it, the first on which there is.
func First(boards []*Board, home *Board, filled func(*Board) bool) *Board {
	if !filled(home) {
		if i := slices.IndexFunc(boards, filled); i >= 0 {
			return boards[i]
		}
	}
	return home
}
