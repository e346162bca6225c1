package contrary

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// turn is a column that nothing is read from and that may say of each row which way it went, where no column is read that does: 异动 with
// the cells 增 and 减.
type turn struct {
	heading string
	reads   codes.Text // the column that has no heading
	now     string     // what all rows count as without one
	moves   bool       // the heading is about nothing else
	n       [2]int     // rows that went one way, and the other
	first   [2]string  // what is said of them
	at      []string
	off     bool   // a cell says something else
	dashes  int    // cells with a -, which is a minus beside + and else a blank
	dash    string // where the first stands
}

// turned are whole cells that say that a row came, and that it went.
var turned = [2][]string{
	{"增", "增加", "新增", "+", "进", "入", "来", "留", "流入", "引进", "入职", "到岗", "报到", "转入", "调入", "迁入", "进入", "新进", "新入职", "新聘", "录用", "参保", "增员", "入库", "收", "收入", "借", "借出", "IN"},
	{"减", "减少", "减员", "出", "走", "离", "流出", "离职", "离岗", "转出", "调出", "迁出", "离开", "流失", "退出", "辞职", "辞退", "调离", "解聘", "停保", "离区", "出库", "支", "支出", "还", "归还", "OUT"},
}

// unmoved are whole cells that say that a row went no way.
var unmoved = []string{"不变", "无变化", "无变动", "无异动", "未变", "持平", "无", "—", "——", "/", "正常", "在岗", "留任", "0"}

var (
	// a heading of which way rows went, and one of what grew or shrank instead, or of what a sign means something else
	reMoves = regexp.MustCompile(`^(人员|用工|本[月期])?(异动|变动|增减|流动|进出|动向|流向|方向|去留)(情况|类型|类别|标志|标识|状态|方式)?$`)
	reGrows = regexp.MustCompile(`[薪金价股率编额资险档量幅]|上[年月季期]|去年|同比|环比|较|比|趋势|RH|血|检|测|抗|性$|门禁|班次|[视听]力`)
)

// Turns looks at a column that nothing is read from for which way rows went, where no column is read that says it and all count as now,
// a word of one way. The column that would say it is called reads.
func (w *Watch) Turns(at int, heading, now string, reads codes.Text) {
	key := codes.Key(heading)
	if w == nil || key == "" || reGrows.MatchString(key) || !slices.ContainsFunc(ways, func(way [2][]string) bool { return holds(now, way[0]) || holds(now, way[1]) }) && now != "in" && now != "out" {
		return
	}
	if w.turns == nil {
		w.turns = map[int]*turn{}
	}
	w.turns[at] = &turn{heading: strings.TrimSpace(heading), reads: reads, now: now, moves: reMoves.MatchString(key)}
}

func (t *turn) see(text string, where func() string) {
	if t.off {
		return
	}
	if len(text) > 3*longest {
		t.off = true
		return
	}
	key := codes.Key(text)
	if i := strings.IndexAny(key, "(,;:，；"); i > 0 {
		key = key[:i] // 离职（退休）
	}
	switch {
	case key == "-" || key == "－":
		if t.dashes++; t.dashes == 1 {
			t.dash = where()
		}
		return
	case slices.Contains(unmoved, key):
		return
	}
	for side := range turned {
		if slices.Contains(turned[side], key) {
			if t.n[side]++; t.n[side] == 1 {
				t.first[side] = key
				t.at = append(t.at, where())
			}
			return
		}
	}
	t.off = true
}

// says asks about the column where it names both ways, or below a heading that is about nothing else the other one, in a word.
func (t *turn) says(ask func(codes.Text)) {
	places, went := t.at, t.n[1]
	if t.first[0] == "+" && t.dashes > 0 {
		places, went = append(slices.Clone(places), t.dash), went+t.dashes
	}
	both, gone := t.n[0] > 0 && went > 0, t.moves && t.n[0] == 0 && went > 0 && t.came()
	if t.off || !both && !gone {
		return
	}
	at := strings.Join(places, "、")
	ask(codes.Text{
		Zh: fmt.Sprintf("没有读取的“%s”列像是说各行的去向（%s），而没有“%s”一列，各行都按“%s”计；若是，请把它的表头写成“%s”", cut(t.heading), at, t.reads.Zh, t.now, t.reads.Zh),
		En: fmt.Sprintf("the column %q, which is not read, seems to say which way each row went (%s); there is no column %q, and all count as %s: if it does, head it so", cut(t.heading), at, t.reads.En, t.now),
	})
}

// came reports whether rows count as those that came.
func (t *turn) came() bool {
	return t.now == "in" || slices.ContainsFunc(ways, func(way [2][]string) bool { return holds(t.now, way[0]) })
}
