// Package scene is what a wall screen shows: frames, each a few cards and panels of one board, that take turns. Scenes are
// declared in YAML and held against the boards.
package scene

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// What a frame has room for, read at six metres.
const (
	mostCards       = 8 // alone
	mostCardsBeside = 4 // in a row above panels
	mostPanels      = 2
	mostFrames      = 20
)

// How long a frame may stand, in seconds.
const leastDwell, mostDwell, usualDwell = 5, 600, 20

// Scene is what one screen shows in turn.
type Scene struct {
	Name   string     `yaml:"scene"`
	Title  codes.Text `yaml:"title"`
	Order  int        `yaml:"order"`
	Dwell  int        `yaml:"dwell"` // seconds a frame stands
	Frames []Frame    `yaml:"frames"`
}

// Frame is one picture of a scene.
type Frame struct {
	Title  codes.Text `yaml:"title"`
	Board  string     `yaml:"board"`
	Cards  []string   `yaml:"cards"`
	Panels []string   `yaml:"panels"`
	// Sentences are those on top of the board, Targets what the units answer for: a frame alone.
	Sentences bool `yaml:"sentences"`
	Targets   bool `yaml:"targets"`
}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Scene]("scene", "scenes", codes.Text{Zh: "大屏", En: "Wall scene"},
	codes.Text{Zh: "大屏（/wall/名称）上轮流显示的画面，每个画面取自一个页面", En: "What a wall screen (/wall/name) shows in turn: frames, each of one board"})

// Declared says what is declared of a scene.
func (Scene) Declared() declare.Keys {
	return declare.Keys{
		"scene":  {Zh: "名称，也是网址 /wall/名称", En: "its name, and its address /wall/name", Example: "hall", Required: true},
		"title":  {Zh: "标题", En: "what it is called", Example: "{zh: 人才大厅, en: Talent hall}", Required: true},
		"order":  {Zh: "次序；最前的一个也在 /wall", En: "its place; the first is at /wall too", Default: "0", Example: "1"},
		"dwell":  {Zh: "每个画面停留几秒，5 至 600", En: "how many seconds a frame stands, 5 to 600", Default: fmt.Sprint(usualDwell), Example: "20"},
		"frames": {Zh: "画面，至多 20 个", En: "its frames, at most 20", Required: true, Example: "[{board: overview, cards: [stock, net], panels: [flow]}]"},
	}
}

// Declared says what is declared of a frame.
func (Frame) Declared() declare.Keys {
	return declare.Keys{
		"board":     {Zh: "取自哪个页面", En: "the board it is taken from", Example: "overview"},
		"title":     {Zh: "标题；不写则用页面的", En: "what it is called; absent: as its board", Example: "{zh: 产业链图谱, en: Map of the chains}"},
		"cards":     {Zh: "哪些数字卡：至多 8 个，与面板同屏时至多 4 个", En: "which cards: at most 8, or 4 above panels", Example: "[stock, net]"},
		"panels":    {Zh: "哪些面板，至多 2 个", En: "which panels, at most 2", Example: "[flow, where]"},
		"sentences": {Zh: "页面顶上的结论，可以与数字卡同屏", En: "the sentences on top of the board; cards may stand below them", Default: "false", Example: "true"},
		"targets":   {Zh: "目标责任：完成了多少，谁落后；独占一屏，不写 board", En: "the targets: how many are reached, which are behind; a frame of its own, without a board", Default: "false", Example: "true"},
	}
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// Read reads every scenes/*.yaml, in their order. All faults of all files are told at once. The boards are those there
// are; nil: they have faults of their own, and scenes are not held against them.
func Read(fsys fs.FS, boards []*board.Board) ([]*Scene, error) {
	files := declare.Read[Scene](fsys, "scenes")
	var out []*Scene
	first := map[string]string{}
	for _, doc := range files.Docs {
		s := doc.Value
		s.check(doc.File, boards)
		if before, twice := first[s.Name]; twice {
			doc.Fault("scene", "%q 已在 %s 声明", "scene %q is already declared in %s", s.Name, before)
		} else if s.Name != "" {
			first[s.Name] = doc.Name
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b *Scene) int { return a.Order - b.Order })
	return out, files.Err()
}

// NameChains puts the chains that the office has declared into the titles of scenes, see board.Chains.
func NameChains(scenes []*Scene, chains []codes.Text) {
	for _, s := range scenes {
		board.Chains(&s.Title, chains)
		for i := range s.Frames {
			board.Chains(&s.Frames[i].Title, chains)
		}
	}
}

// check tells what is wrong with a scene.
func (s *Scene) check(f *declare.File, boards []*board.Board) {
	if !slug.MatchString(s.Name) && f.Given("scene") {
		f.Fault("scene", "是 %q，应为小写字母、数字、- 和 _，字母开头", "is %q, want small letters, digits, - and _, a letter first", s.Name)
	}
	if !f.Given("dwell") {
		s.Dwell = usualDwell
	}
	if s.Dwell < leastDwell || s.Dwell > mostDwell {
		f.Fault("dwell", "是 %d，应为 %d 至 %d 秒", "is %d, want %d to %d seconds", s.Dwell, leastDwell, mostDwell)
	}
	if n := len(s.Frames); f.Given("frames") && (n == 0 || n > mostFrames) {
		f.Fault("frames", "有 %d 个画面，应为 1 至 %d 个", "are %d, want 1 to %d", n, mostFrames)
	}
	for i := range s.Frames {
		s.Frames[i].check(f, fmt.Sprintf("frames[%d]", i+1), boards)
	}
}

// check tells what is wrong with a frame, and gives it the title of its board where it has none.
func (fr *Frame) check(f *declare.File, at string, boards []*board.Board) {
	most := mostCards
	if len(fr.Panels) > 0 || fr.Sentences {
		most = mostCardsBeside
	}
	switch {
	case fr.Targets:
		if fr.Board != "" || fr.Sentences || len(fr.Cards)+len(fr.Panels) > 0 {
			f.Fault(at, "targets 独占一屏：不写 board、cards、panels、sentences", "targets have a frame of their own: no board, cards, panels or sentences")
		}
		return
	case fr.Board == "":
		f.Fault(at+".board", "缺少", "is missing")
	case fr.Sentences && len(fr.Panels) > 0:
		f.Fault(at+".panels", "sentences 同屏只放 cards", "beside sentences are only cards")
	case len(fr.Cards)+len(fr.Panels) == 0 && !fr.Sentences:
		f.Fault(at, "没有 cards、panels，也没有 sentences", "has neither cards nor panels nor sentences")
	case len(fr.Cards) > most:
		f.Fault(at+".cards", "有 %d 个，此处至多 %d 个", "are %d, here are at most %d", len(fr.Cards), most)
	case len(fr.Panels) > mostPanels:
		f.Fault(at+".panels", "有 %d 个，至多 %d 个", "are %d, at most %d", len(fr.Panels), mostPanels)
	}
	if boards == nil || fr.Board == "" {
		return
	}
	var names []string
	for _, b := range boards {
		if names = append(names, b.Name); b.Name == fr.Board {
			if fr.Title.Zh == "" {
				fr.Title = b.Title
			}
			fr.on(f, at, b)
			return
		}
	}
	f.Fault(at+".board", "没有页面 %q%s", "unknown board %q%s", fr.Board, declare.Known(fr.Board, names))
}

// on holds a frame against its board.
func (fr *Frame) on(f *declare.File, at string, b *board.Board) {
	var cards, panels []string
	for _, p := range b.Panels {
		if p.Kind == board.KPI {
			cards = append(cards, p.Name)
		} else {
			panels = append(panels, p.Name)
		}
	}
	hold := func(key string, names, have []string) {
		for i, name := range names {
			switch at := fmt.Sprintf("%s.%s[%d]", at, key, i+1); {
			case !slices.Contains(have, name):
				f.Fault(at, "%q 不在页面 %s 的此类面板中%s", "%q is not of board %s%s", name, b.Name, declare.Known(name, have))
			case slices.Contains(names[:i], name):
				f.Fault(at, "%q 写了两次", "%q stands twice", name)
			}
		}
	}
	hold("cards", fr.Cards, cards)
	hold("panels", fr.Panels, panels)
}
