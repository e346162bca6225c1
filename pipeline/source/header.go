package source

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source/delimited"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/source/sheetname"
	"yanzhen/pipeline/units"
)

const (
	headerRows  = 30 // a header is looked for in this many rows that are not empty
	headerDepth = 4  // and is at most this many rows high
)

// fold is the form in which headers are compared: the one in which the dataset binds them.
func fold(name string) string { return dataset.HeaderKey(name) }

// bare is a folded name without units and remarks in brackets: 工资(元) is 工资.
func bare(folded string) string {
	for {
		i := strings.IndexAny(folded, "([【")
		if i <= 0 {
			return fold(folded)
		}
		j := strings.IndexAny(folded[i:], ")]】")
		if j < 0 {
			return fold(folded[:i])
		}
		_, n := utf8.DecodeRuneInString(folded[i+j:])
		folded = folded[:i] + folded[i+j+n:]
	}
}

// wanted finds columns by folded names.
type wanted struct {
	byName   map[string]int
	found    map[string]int // what find answered: the first rows are looked at again and again; -1: none
	columns  []Want
	required int
}

func newWanted(columns []Want) *wanted {
	w := &wanted{byName: map[string]int{}, found: map[string]int{}, columns: columns}
	for i, c := range columns {
		if c.Required {
			w.required++
		}
		for _, n := range c.Names {
			if f := fold(n); f != "" {
				if _, taken := w.byName[f]; !taken {
					w.byName[f] = i
				}
			}
		}
	}
	return w
}

// find is the column that a name means; false: none.
func (w *wanted) find(name string) (int, bool) {
	if name == "" {
		return -1, false
	}
	i, ok := w.found[name]
	if !ok {
		i = w.look(name)
		if len(name) <= 1<<10 && len(w.found) < 1<<16 {
			w.found[strings.Clone(name)] = i
		}
	}
	return i, i >= 0
}

func (w *wanted) look(name string) int {
	f := fold(name)
	if f == "" {
		return -1
	}
	if i, ok := w.byName[f]; ok {
		return i
	}
	f = bare(f)
	if i, ok := w.byName[f]; ok {
		return i
	}
	for _, plain := range []string{dataset.Unnumbered(name), dataset.Translated(name)} {
		if i, ok := w.byName[bare(fold(plain))]; ok {
			return i
		}
	}
	if plain, unit := units.Suffix(f); unit != "" {
		if i, ok := w.byName[fold(plain)]; ok {
			return i
		}
	}
	if rows := units.Levels(name); units.Above(rows) {
		if i, ok := w.byName[fold(rows[len(rows)-1])]; ok {
			return i
		}
	}
	return slices.IndexFunc(w.columns, func(c Want) bool { return len(c.Names) > 0 && c.Fits != nil && c.Fits(name) })
}

// spread counts the names that a Want of several columns fits and that no other one means.
func (w *wanted) spread(names []string) (n int) {
	for _, name := range names {
		if _, ok := w.find(name); ok {
			continue
		}
		if slices.ContainsFunc(w.columns, func(c Want) bool { return len(c.Names) == 0 && c.Fits != nil && c.Fits(name) }) {
			n++
		}
	}
	return n
}

// score counts the distinct wanted columns among names, and the required ones among them.
func (w *wanted) score(names []string) (found, required int) {
	var seen []int
	for _, n := range names {
		if i, ok := w.find(n); ok && !slices.Contains(seen, i) {
			seen = append(seen, i)
			if w.columns[i].Required {
				required++
			}
		}
	}
	return len(seen), required
}

// missing lists the required columns that no name means.
func (w *wanted) missing(names []string) []string {
	var out []string
	for i, c := range w.columns {
		met := slices.ContainsFunc(names, func(n string) bool { at, ok := w.find(n); return ok && at == i })
		if c.Required && !met && len(c.Names) > 0 {
			out = append(out, c.Names[0])
		}
	}
	return out
}

// header is a header found, and how well it fits.
type header struct {
	names       []string
	first, last int // row numbers
	found       int
	required    int
	spread      int // names that a Want of several columns fits
	ordinals    bool
}

// findHeaders sets the header of every table, leaves out the sheets of a workbook that none
// fits, and refuses the file when that leaves nothing.
func (f *File) findHeaders(ctx context.Context, o Options) error {
	w := newWanted(o.Want)
	var kept, partial []*Table
	var misfits []*Refusal
	var left []*Table // of the misfits
	leave := func(t *Table, row int, r *Refusal) {
		misfits, left = append(misfits, r.At(f.name, t.Sheet, row)), append(left, t)
	}
	for _, t := range f.tables {
		rows, err := t.top(ctx)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			if f.Format == Delimited {
				return refuse("empty", codes.Text{Zh: "文件里没有任何内容", En: "the file holds nothing but blanks"},
					codes.Text{Zh: "请确认文件已填写并保存", En: "check that it was filled in and saved"})
			}
			leave(t, 0, refuse("sheet_empty", codes.Text{Zh: "工作表是空的", En: "the sheet is empty"},
				codes.Text{Zh: "请确认数据填写在正确的工作表中并已保存", En: "check that the data are on the right sheet and saved"}))
			continue
		}
		h, err := t.findHeader(rows, w, o)
		if err != nil {
			return err
		}
		if o.Header == "none" || o.Header == "optional" && 2*h.found < max(len(o.Want), 1) && h.found < 3 && (w.required == 0 || h.required < w.required) {
			if err := t.bare(rows, o); err != nil {
				return err
			}
			kept = append(kept, t)
			continue
		}
		if r := h.unfit(rows, w, o); r != nil {
			leave(t, 0, r)
			continue
		}
		if err := t.take(h, rows, w, o); err != nil {
			return err
		}
		kept = append(kept, t)
		if h.required < w.required {
			partial = append(partial, t)
		}
	}
	// a sheet of instructions may use a name or two; beside sheets that fit it is not meant
	if len(partial) < len(kept) && o.Sheets == "" {
		for _, t := range partial {
			kept = slices.DeleteFunc(kept, func(k *Table) bool { return k == t })
			missing, names := w.missing(t.header), account.Names(t.header, Origin{Row: t.last}.Cell)
			leave(t, t.first, refuse("header_partial", codes.Text{
				Zh: "缺少必需的列 " + strings.Join(missing, "、") + "；表头是 " + names, En: "required columns are missing: " + strings.Join(missing, ", ") + "; the header is " + names,
			}, codes.Text{}))
		}
	}
	if o.Sheets == "" {
		kept = meant(kept, leave)
	}
	if len(kept) == 0 {
		for _, m := range misfits { // the one that says most
			if m.Rule != "sheet_empty" {
				return f.unheard(m)
			}
		}
		return f.unheard(misfits[0])
	}
	f.tables = kept
	for i, m := range misfits {
		if m.Rule != "sheet_empty" && m.Rule != "sheet_example" && left[i].like(kept, w) {
			m.Rule = SheetMissed
		}
		f.notes = append(f.notes, Note{Sheet: m.Sheet, Row: m.Row, Rule: m.Rule, Count: 1, Text: codes.Text{
			Zh: "未读取：" + m.Text.Zh, En: "not read: " + m.Text.En,
		}})
		f.leave(left[i], m.Text)
	}
	return nil
}

// unfit says why a table whose best row is h is not read; nil: it is.
func (h *header) unfit(rows []Row, w *wanted, o Options) *Refusal {
	if h.names == nil || len(o.Want) > 0 && h.found == 0 && h.spread == 0 {
		return misfit(rows, o)
	}
	if slices.ContainsFunc(h.names, func(n string) bool { _, ok := w.find(n); return ok && reNumbered.MatchString(n) }) {
		return nil // columns that are numbered stand side by side
	}
	return abreast(h.names, h.first)
}

// meant leaves out the sheets that are not meant, where others are.
func meant(kept []*Table, leave func(t *Table, row int, r *Refusal)) []*Table {
	if !slices.ContainsFunc(kept, func(t *Table) bool { return notMeant(t.Sheet) == nil }) {
		return kept
	}
	return slices.DeleteFunc(kept, func(t *Table) bool {
		r := notMeant(t.Sheet)
		if r != nil {
			leave(t, t.first, r)
		}
		return r != nil
	})
}

// notMeant says why a sheet that fits is not read beside others, by its name: an example, or one that is no longer
// meant, which somebody has to confirm. nil: nothing says so.
func notMeant(name string) *Refusal {
	switch why := sheetname.Against(name); why {
	case codes.Text{}:
		return nil
	case sheetname.Example:
		return refuse("sheet_example", why, codes.Text{})
	default:
		return refuse(SheetMissed, why, codes.Text{})
	}
}

// SheetMissed is the rule of a note on a sheet that does not fit while others that look like it do: what it
// holds is missing from what is loaded.
const SheetMissed = "sheet_missed"

var reNumeral = regexp.MustCompile(`[0-9一二三四五六七八九十]+`)

var reUnnamed = regexp.MustCompile(`(?i)^(sheet|工作表)? ?#$`)

// like reports whether a sheet that is not read looks like those that are: by its name (3月 beside 1月 and
// 2月), or by its header.
func (t *Table) like(kept []*Table, w *wanted) bool {
	found, _ := w.score(t.header)
	for _, k := range kept {
		most, _ := w.score(k.header)
		if found > 1 && 2*found >= most {
			return true
		}
		if stem := reNumeral.ReplaceAllString(k.Sheet, "#"); stem != k.Sheet && !reUnnamed.MatchString(stem) && stem == reNumeral.ReplaceAllString(t.Sheet, "#") {
			return true
		}
	}
	return false
}

// take takes a header that was found.
func (t *Table) take(h header, rows []Row, w *wanted, o Options) error {
	t.header, t.first, t.last, t.lines = h.names, h.first, h.last, above(rows, h.first)
	if t.text != nil {
		if err := t.expect(rows, w, o); err != nil {
			return err
		}
		t.figures(rows)
	}
	stood := slices.Clone(t.header) // as it stands in the file: remarks and prompts add units
	if t.remarks != nil {
		for _, n := range remarks.Hear(t.remarks(), t.header, t.first, t.last) {
			t.early = append(t.early, Note{Sheet: t.Sheet, Row: n.Row, Rule: n.Rule, Count: n.Count, Text: n.Text})
		}
	}
	if t.lie(); h.ordinals {
		t.say(t.last, "ordinals", codes.Text{Zh: fmt.Sprintf("第 %d 行是栏次（甲、乙、1、2 这样的列号），没有作为数据读取", t.last), En: fmt.Sprintf("row %d numbers the columns (1, 2, 3) and was not read as data", t.last)})
	}
	if len(w.columns) > 0 && t.first > 0 {
		t.again = newAgain(w, t.header)
		for _, r := range rows {
			if (t.first < t.last || !slices.Equal(stood, t.header)) && r.Origin.Row >= t.first && r.Origin.Row <= t.last {
				t.again.block = append(t.again.block, trimmed(texts(r.Cells)))
			}
		}
	}
	return nil
}

// bare takes a table without a header: its columns are known by where they stand.
func (t *Table) bare(rows []Row, o Options) error {
	if o.Header == "optional" && counting(rows[0].Cells) { // 0,1,2 ...: a program wrote the numbers of the columns over them
		t.first, t.last = rows[0].Origin.Row, rows[0].Origin.Row
	}
	if t.text == nil {
		return nil
	}
	if o.Positions > 1 && !t.text.Divided() {
		return refuse("delimiter", codes.Text{
			Zh: "看不出用什么分隔各列：每一行只是一格", En: "it cannot be told what parts the columns: every line is one cell",
		}, codes.Text{
			Zh: "请用逗号、制表符、分号或竖线分隔；用别的字符分隔的，在数据集里声明 text: {delimiter: …}",
			En: "part the columns with commas, tabs, semicolons or bars, or declare text: {delimiter: ...} in the dataset",
		}).At(t.File, "", rows[0].Origin.Row)
	}
	t.usual, _ = t.text.Usual(t.last, 0)
	t.figures(rows)
	return nil
}

// top reads the first rows that are not empty. An error after the first row is left for the one
// who reads that far.
func (t *Table) top(ctx context.Context) ([]Row, error) {
	var rows []Row
	var failed error
	if t.epoch != nil {
		t.epoch.Shown = true
		defer func() { t.epoch.Shown = false }()
	}
	t.scan(ctx, 0, func(r Row, err error) bool {
		if err != nil {
			failed = err
			return false
		}
		rows = append(rows, Row{Origin: r.Origin, Cells: slices.Clone(r.Cells), Doubt: r.Doubt})
		return len(rows) < headerRows
	})
	t.notes = nil
	var r *Refusal
	if errors.As(failed, &r) && len(rows) > 0 {
		failed = nil
	}
	return rows, failed
}

// counting tells whether the cells are 0, 1, 2 ... or 1, 2, 3 ...
func counting(cells []Cell) bool {
	if len(cells) < 2 {
		return false
	}
	start, err := strconv.Atoi(strings.TrimSpace(cells[0].Text))
	if err != nil || start != 0 && start != 1 {
		return false
	}
	for i, c := range cells {
		if strings.TrimSpace(c.Text) != strconv.Itoa(start+i) {
			return false
		}
	}
	return true
}

func blankText(c Cell) bool { return c.Kind == Blank || strings.TrimSpace(c.Text) == "" }

func filled(cells []Cell) int {
	n := 0
	for _, c := range cells {
		if !blankText(c) {
			n++
		}
	}
	return n
}

// findHeader looks for the block of rows in which most wanted columns are named. Where nothing
// is wanted it is the first row more than half as full as the fullest.
func (t *Table) findHeader(rows []Row, w *wanted, o Options) (header, error) {
	if o.Header == "none" {
		return header{}, nil
	}
	width, deep := 0, o.Deep
	for _, r := range rows {
		width = max(width, filled(r.Cells))
	}
	merges, err := t.headerMerges(rows, w, width, deep)
	if err != nil {
		return header{}, err
	}
	var best header
	for i := range rows {
		n := filled(rows[i].Cells)
		if len(w.columns) == 0 {
			if n > 1 { // what a merged range covers counts as filled
				for _, m := range merges {
					if m.Top <= rows[i].Origin.Row && m.Bottom >= rows[i].Origin.Row && m.Right-m.Left+1 < width {
						n += m.Right - m.Left
					}
				}
			}
			if 2*n <= width {
				continue
			}
			return t.block(rows, i, merges, w, width, deep), nil
		}
		h := t.block(rows, i, merges, w, width, deep)
		better := h.found > best.found
		if h.found == best.found && h.spread > 2*best.spread {
			better = true // twice, for below the header a row of data may fit a pattern that fits anything
		}
		if h.found == best.found && h.found > 0 && best.first != best.last && h.first <= best.last && noted(rows[i-1].Cells) {
			better = true // the row above was "unit: ... date: ..." and no part of the header
		}
		if better {
			best = h
		}
	}
	return best, nil
}

// noted tells a line of remarks ("填报单位：…") from a line of names.
func noted(cells []Cell) bool {
	for _, c := range cells {
		if s := strings.TrimSpace(c.Text); strings.ContainsAny(s, "：:") && !strings.HasSuffix(s, "：") && !strings.HasSuffix(s, ":") {
			return true
		}
	}
	return false
}

// headerMerges reads the table's merged ranges if the header can have any: a merged range leaves
// holes, in the row that names most columns or in the rows above it. In a sheet of a million rows
// they stand behind all of them.
func (t *Table) headerMerges(rows []Row, w *wanted, width, deep int) ([]merge, error) {
	if t.merges == nil {
		return nil, nil
	}
	if deep > 1 {
		return t.merges()
	}
	best, found := 0, -1
	for i, r := range rows {
		n := 0
		if len(w.columns) > 0 {
			n, _ = w.score(texts(r.Cells))
			n += w.spread(texts(r.Cells))
		} else if 2*filled(r.Cells) > width {
			n = 1
		}
		if n > found {
			best, found = i, n
		}
	}
	holes := filled(rows[best].Cells) < len(rows[best].Cells) || len(rows[best].Cells) < width
	for _, r := range rows[:best] {
		holes = holes || filled(r.Cells) > 1
	}
	if !holes && found > 0 {
		return nil, nil
	}
	return t.merges()
}

func texts(cells []Cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.Text
	}
	return out
}

// block makes a header of the rows from i on that merged ranges hold together.
func (t *Table) block(rows []Row, i int, merges []merge, w *wanted, width, deep int) header {
	first := rows[i].Origin.Row
	last := first
	if deep > 0 {
		last = rows[min(i+deep, len(rows))-1].Origin.Row
	} else if filled(rows[i].Cells) > 1 || width == 1 {
		for grown := true; grown; {
			grown = false
			for _, m := range merges {
				if m.Top < first || m.Top > last {
					continue
				}
				need := m.Bottom
				if m.Right > m.Left && m.Right-m.Left+1 < width && under(rows, m.Bottom+1, merges) {
					need = m.Bottom + 1 // a group: its columns are named below it
				}
				if need > last && need < first+headerDepth {
					last, grown = need, true
				}
			}
		}
	}
	var paths [][]string
	for _, r := range rows[i:] {
		if r.Origin.Row > last {
			break
		}
		for c := range max(len(r.Cells), len(paths)) {
			if len(paths) <= c {
				paths = append(paths, nil)
			}
			text := ""
			if c < len(r.Cells) && !blankText(r.Cells[c]) {
				text = r.Cells[c].Text
			} else if m, ok := covering(merges, r.Origin.Row, c); ok {
				if m.Top >= first && m.Top < r.Origin.Row {
					continue // the same cell as above
				}
				text = textAt(rows, m.Top, m.Left)
			}
			if strings.TrimSpace(text) != "" {
				paths[c] = append(paths[c], strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")))
			}
		}
		// a merged group reaches over columns its row has no cell for
		for _, m := range merges {
			if m.Top > r.Origin.Row || m.Bottom < r.Origin.Row || m.Right > len(paths)+width {
				continue
			}
			for c := len(r.Cells); c <= m.Right; c++ {
				for len(paths) <= c {
					paths = append(paths, nil)
				}
				if c >= m.Left && c > m.Left && m.Top == r.Origin.Row && len(paths[c]) == 0 {
					if text := strings.TrimSpace(textAt(rows, m.Top, m.Left)); text != "" {
						paths[c] = append(paths[c], text)
					}
				}
			}
		}
	}
	if deep > 1 {
		paths = deepPaths(rows[i:min(i+deep, len(rows))], merges)
	}
	h := header{names: joinPaths(paths, w), first: first, last: last}
	grouped(h.names, rows, first, merges)
	h.measure(rows)
	h.numbered(rows)
	h.found, h.required = w.score(h.names)
	h.spread = w.spread(h.names)
	number(h.names)
	return h
}

// deepPaths names each column by the texts above it in a header of a known height. A text reaches to
// the right over blanks, as a group that was not merged does, as long as something stands below both.
func deepPaths(rows []Row, merges []merge) [][]string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Cells))
	}
	for _, m := range merges {
		if m.Top <= rows[len(rows)-1].Origin.Row && m.Bottom >= rows[0].Origin.Row && m.Right < width+64 {
			width = max(width, m.Right+1)
		}
	}
	text := func(k, c int) string {
		if k < len(rows) && c < len(rows[k].Cells) && !blankText(rows[k].Cells[c]) {
			return strings.TrimSpace(strings.TrimPrefix(rows[k].Cells[c].Text, "\ufeff"))
		}
		return ""
	}
	below := func(k, c int) bool {
		for k++; k < len(rows); k++ {
			if text(k, c) != "" {
				return true
			}
		}
		return false
	}
	paths := make([][]string, width)
	for k := range rows {
		group := ""
		for c := range width {
			s := text(k, c)
			if m, ok := covering(merges, rows[k].Origin.Row, c); ok && s == "" {
				if m.Top < rows[k].Origin.Row {
					group = ""
					continue // the same cell as above
				}
				s = strings.TrimSpace(textAt(rows, m.Top, m.Left))
			}
			switch {
			case s != "":
				if group = ""; below(k, c) {
					group = s
				}
			case group != "" && below(k, c):
				s = group
			default:
				group = ""
			}
			if s != "" {
				paths[c] = append(paths[c], s)
			}
		}
	}
	return paths
}

// under tells whether a row names the columns of groups above it: texts only, each below a group
// or below nothing. Otherwise it is the first row of data, and somebody merged two cells of the
// header for its looks.
func under(rows []Row, row int, merges []merge) bool {
	i := slices.IndexFunc(rows, func(r Row) bool { return r.Origin.Row == row })
	if i < 0 {
		return false
	}
	for c, cell := range rows[i].Cells {
		if blankText(cell) {
			continue
		}
		if cell.Kind != Text {
			return false
		}
		m, merged := covering(merges, row-1, c)
		if merged && m.Right == m.Left || !merged && strings.TrimSpace(textAt(rows, row-1, c)) != "" {
			return false
		}
	}
	return true
}

func covering(merges []merge, row, column int) (merge, bool) {
	for _, m := range merges {
		if row >= m.Top && row <= m.Bottom && column >= m.Left && column <= m.Right {
			return m, true
		}
	}
	return merge{}, false
}

func textAt(rows []Row, row, column int) string {
	for _, r := range rows {
		if r.Origin.Row == row && column < len(r.Cells) {
			return r.Cells[column].Text
		}
	}
	return ""
}

// joinPaths names each column. Of a header several rows high it is the whole path, 学历/全日制,
// unless only its last part is a wanted name, and of this column alone: then a banner above the
// header (基本信息/姓名) does not hide the name. One that gives a unit (资金情况（元）) is kept.
func joinPaths(paths [][]string, w *wanted) []string {
	names := make([]string, len(paths))
	leaves := map[string]int{}
	for _, p := range paths {
		if len(p) > 0 {
			leaves[fold(p[len(p)-1])]++
		}
	}
	for i, p := range paths {
		names[i] = strings.Join(p, "/")
		if len(p) < 2 {
			continue
		}
		if _, ok := w.find(names[i]); ok || w.spread(names[i:i+1]) > 0 {
			continue
		}
		leaf := p[len(p)-1]
		if _, ok := w.find(leaf); ok && leaves[fold(leaf)] == 1 && !units.Above(p) {
			names[i] = leaf
		}
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	return names
}

// grouped names columns of one name by the groups that are merged above them too: 计划/金额 and 实际/金额 are told apart.
func grouped(names []string, rows []Row, first int, merges []merge) {
	many := map[string]int{}
	for _, n := range names {
		many[fold(n)]++
	}
	for c, n := range names {
		if m, ok := covering(merges, first-1, c); ok && m.Right > m.Left && n != "" && many[fold(n)] > 1 {
			if group := strings.TrimSpace(textAt(rows, m.Top, m.Left)); group != "" {
				names[c] = group + "/" + n
			}
		}
	}
}

// number gives the second column of a name "#2", the third "#3".
func number(names []string) {
	seen := map[string]int{}
	for i, n := range names {
		f := fold(n)
		if f == "" {
			continue
		}
		if seen[f]++; seen[f] > 1 {
			names[i] = n + "#" + strconv.Itoa(seen[f])
		}
	}
}

// misfit says which names were looked for and what stands there instead.
func misfit(rows []Row, o Options) *Refusal {
	var want []string
	for _, only := range []bool{true, false} {
		for _, c := range o.Want {
			if c.Required == only && len(c.Names) > 0 && len(want) < 8 {
				want = append(want, c.Names[0])
			}
		}
		if len(want) > 0 {
			break
		}
	}
	fullest := rows[0]
	for _, r := range rows {
		if filled(r.Cells) > filled(fullest.Cells) {
			fullest = r
		}
	}
	if one := fullest.Cells; filled(one) == 1 && fullest.Origin.Sheet == "" && strings.ContainsAny(one[len(one)-1].Text, ",\t;|") {
		r := delimited.OneCell(fullest.Origin.Row)
		return refuse(r.Rule, r.Text, r.Remedy)
	}
	for _, r := range rows {
		if refused := abreast(texts(r.Cells), r.Origin.Row); refused != nil {
			return refused
		}
	}
	// what stands in the file may be a person's data: only its shape is told
	return refuse("header", codes.Text{
		Zh: fmt.Sprintf("前 %d 行里没有找到表头；应有的列：%s。文件最宽的一行是第 %d 行，有 %d 个非空单元格", len(rows), strings.Join(want, "、"), fullest.Origin.Row, filled(fullest.Cells)),
		En: fmt.Sprintf("no header in the first %d rows; expected columns: %s. The widest row is row %d with %d cells", len(rows), strings.Join(want, ", "), fullest.Origin.Row, filled(fullest.Cells)),
	}, codes.Text{
		Zh: "请使用下发的模板，保留表头行；或确认文件选对了数据集",
		En: "use the template with its header row, or check that the file belongs to this dataset",
	})
}

// abreast refuses a row that says the same words in the same order twice or more often, two of them or more each time, blank cells
// left out: blocks of a table side by side.
func abreast(cells []string, row int) *Refusal {
	var names []string
	for _, text := range cells {
		if n := fold(reNumbered.ReplaceAllString(strings.TrimSpace(text), "")); n != "" {
			names = append(names, n)
		}
	}
	for n := 2; len(names)/n > 1; n++ {
		width := len(names) / n
		if len(names)%n != 0 || slices.Index(names[1:], names[0]) != width-1 || !slices.Equal(names[width:], names[:len(names)-width]) {
			continue
		}
		return refuse("header", codes.Text{
			Zh: fmt.Sprintf("第 %d 行的列名写了 %d 遍（每遍 %d 列）：看来是 %[2]d 块并排的表", row, n, width),
			En: fmt.Sprintf("row %d names its columns %d times, %d columns each: these seem to be %[2]d blocks of a table side by side", row, n, width),
		}, codes.Text{
			Zh: "把右边各块剪下，接在第一块的下面（只留一行表头）后重新报送", En: "cut the blocks on the right out and put them below the first, under one header, and send the file again",
		})
	}
	return nil
}

// reNumbered is what number puts behind a name.
var reNumbered = regexp.MustCompile(`#[0-9]+$`)
