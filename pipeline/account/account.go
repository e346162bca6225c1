// Package account says where every non-empty cell of a file went: loaded, refused with its address, or
// not used, and then why and what it said. The parts add up to all cells of the file.
package account

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
)

// Why says why cells were not used.
type Why string

// The reasons for which cells are not used.
const (
	Headings Why = "headings" // they name the columns
	Titles   Why = "titles"   // they stand above the header
	Columns  Why = "columns"  // no declared column is read from theirs
	Banners  Why = "banners"  // rows that head those below them, whose text a column takes
	Totals   Why = "totals"   // rows of totals and notes
	Copies   Why = "copies"   // exact copies of rows, where the dataset drops them
	Empty    Why = "empty"    // rows of a wide table without a value
	Sheets   Why = "sheets"   // sheets that are not read
)

var order = []Why{Headings, Titles, Columns, Banners, Totals, Copies, Empty, Sheets}

var names = map[Why]codes.Text{
	Headings: {Zh: "表头", En: "headings"},
	Titles:   {Zh: "表头以上的标题", En: "titles above the header"},
	Columns:  {Zh: "没有对应列的表头下", En: "columns that nothing is read from"},
	Banners:  {Zh: "分组标题行", En: "banners above rows"},
	Totals:   {Zh: "合计与附注", En: "totals and notes"},
	Copies:   {Zh: "完全重复的行", En: "copies of rows"},
	Empty:    {Zh: "没有数值的行", En: "rows without a value"},
	Sheets:   {Zh: "未读取的工作表", En: "sheets not read"},
}

// maxItems is how many texts of one reason are kept; the others are counted.
const maxItems = 30

// Item is something that was not used: where it stands, what it says, how many cells there are.
type Item struct {
	Sheet string     `json:"s,omitempty"`
	At    string     `json:"a,omitempty"` // a cell, a column or a row, as a spreadsheet names it
	Text  string     `json:"t,omitempty"` // see Shown
	Cells uint64     `json:"n,omitempty"`
	Why   codes.Text `json:"y,omitzero"` // in particular, for sheets
}

// Part is what was not used for one reason.
type Part struct {
	Cells uint64 `json:"n"`
	Items []Item `json:"i,omitempty"`
	More  int    `json:"m,omitempty"` // items that are not listed
}

// Absent is a declared column that found no heading.
type Absent struct {
	Sheet   string     `json:"s,omitempty"`
	Column  string     `json:"c"`
	Title   codes.Text `json:"t"`
	Default string     `json:"d,omitempty"` // what its cells mean; empty: no value
}

// Ask is what a person has to look at before the rows count.
type Ask struct {
	codes.Text
	Sheet string `json:"-"`
	At    int    `json:"-"` // the column of the file whose unit is in doubt

	Parts bool `json:"-"` // it is about which of several columns is meant, not about a unit
}

// Unsummed is a figure of a row of totals that is not the sum of the rows that it covers.
type Unsummed struct {
	Column string
	codes.Text
}

// Account is where the non-empty cells of a file, or of a table of it, went. The zero value has none.
type Account struct {
	Loaded   uint64        `json:"loaded"`
	Refused  uint64        `json:"refused"` // cells of refused rows, and cells set empty with a warning
	Unused   map[Why]*Part `json:"unused,omitempty"`
	Absent   []Absent      `json:"absent,omitempty"`
	Said     []codes.Text  `json:"said,omitempty"`    // how cells were understood that do not say it themselves
	Asked    []Ask         `json:"asked,omitempty"`   // what a person has to look at before the rows count
	Doubled  []codes.Text  `json:"doubled,omitempty"` // rows that were read as data and are sums of others
	Against  []codes.Text  `json:"against,omitempty"` // what stands beside rows and speaks against them
	Stacked  []codes.Text  `json:"stacked,omitempty"` // tables below others whose rows are of another period or kind
	Unsummed []Unsummed    `json:"-"`                 // totals that are not the sums of their rows
	Unsaid   int           `json:"unsaid,omitempty"`  // more of these
}

// Leave counts cells that were not used. An item without a text is counted and not listed.
func (a *Account) Leave(why Why, it Item) {
	p := a.part(why)
	p.Cells += it.Cells
	p.list(it)
}

func (a *Account) part(why Why) *Part {
	if a.Unused == nil {
		a.Unused = map[Why]*Part{}
	}
	p := a.Unused[why]
	if p == nil {
		p = &Part{}
		a.Unused[why] = p
	}
	return p
}

func (p *Part) list(it Item) {
	switch {
	case it.Text == "" && it.Why == (codes.Text{}):
	case len(p.Items) < maxItems:
		p.Items = append(p.Items, it)
	default:
		p.More++
	}
}

// Add takes in what is known of another part of the file.
func (a *Account) Add(b *Account) {
	a.Loaded += b.Loaded
	a.Refused += b.Refused
	for why, from := range b.Unused {
		to := a.part(why)
		to.Cells += from.Cells
		to.More += from.More
		for _, it := range from.Items {
			to.list(it)
		}
	}
	for _, t := range b.Said {
		a.Say(t)
	}
	a.Asked = append(a.Asked, b.Asked...)
	a.Doubled = append(a.Doubled, b.Doubled...)
	a.Against = append(a.Against, b.Against...)
	a.Stacked = append(a.Stacked, b.Stacked...)
	a.Unsummed = append(a.Unsummed, b.Unsummed...)
	a.Unsaid += b.Unsaid
	for _, x := range b.Absent {
		if !a.AbsentFull() {
			a.Absent = append(a.Absent, x)
		}
	}
}

// AbsentFull reports whether no more absent columns are kept: of the sheets behind that nobody knows which they lack.
func (a *Account) AbsentFull() bool { return len(a.Absent) >= 4*maxItems }

// Say keeps how cells were understood that do not say it themselves; the first of them, the others are counted.
func (a *Account) Say(t codes.Text) {
	switch {
	case slices.Contains(a.Said, t):
	case len(a.Said) < 2*maxItems:
		a.Said = append(a.Said, t)
	default:
		a.Unsaid++
	}
}

// Double tells of a row that was read as data and is a sum of others: a person has to look before it counts.
func (a *Account) Double(t codes.Text) {
	a.Say(t)
	if len(a.Doubled) < maxItems && !slices.Contains(a.Doubled, t) {
		a.Doubled = append(a.Doubled, t)
	}
}

// Oppose keeps what stands beside rows that were loaded and speaks against them: a person has to look before they count.
func (a *Account) Oppose(t codes.Text) {
	a.Say(t)
	if len(a.Against) < maxItems && !slices.Contains(a.Against, t) {
		a.Against = append(a.Against, t)
	}
}

// Stack tells of a table below another whose rows would count beside those above it: a person has to look before they do.
func (a *Account) Stack(t codes.Text) {
	a.Say(t)
	if len(a.Stacked) < maxItems && !slices.Contains(a.Stacked, t) {
		a.Stacked = append(a.Stacked, t)
	}
}

// Names are the first names of a header, each with its cell.
func Names(header []string, at func(i int) string) string {
	var list []string
	for i, name := range header {
		if name = strings.TrimSpace(name); name != "" && len(list) < 8 {
			list = append(list, at(i)+" “"+Shown(name)+"”")
		}
	}
	return strings.Join(list, "、")
}

// Left is how many cells were not used.
func (a *Account) Left() (n uint64) {
	for _, p := range a.Unused {
		n += p.Cells
	}
	return n
}

// Cells is how many cells of the file are not empty.
func (a *Account) Cells() uint64 { return a.Loaded + a.Refused + a.Left() }

// Equation is the account in a line: 单元格 100 = 装入 80 + 拒收 2 + 未用 18（表头 10、合计与附注 8）.
// Empty where no cell was counted.
func (a *Account) Equation(lang codes.Lang) string {
	if a.Cells() == 0 {
		return ""
	}
	var parts []string
	for _, why := range order {
		if p := a.Unused[why]; p != nil && p.Cells > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", names[why].In(lang), p.Cells))
		}
	}
	s := fmt.Sprintf("非空单元格 %d = 装入 %d + 拒收 %d + 未用 %d", a.Cells(), a.Loaded, a.Refused, a.Left())
	if lang == codes.En {
		s = fmt.Sprintf("non-empty cells %d = loaded %d + refused %d + not used %d", a.Cells(), a.Loaded, a.Refused, a.Left())
	}
	switch {
	case len(parts) == 0:
	case lang == codes.En:
		s += " (" + strings.Join(parts, ", ") + ")"
	default:
		s += "（" + strings.Join(parts, "、") + "）"
	}
	return s
}

// Told is the equation and, below it, what Lines says; nothing where no cell was counted.
func (a *Account) Told(lang codes.Lang) []string {
	if a == nil || a.Cells() == 0 {
		return nil
	}
	return append([]string{a.Equation(lang)}, a.Lines(lang)...)
}

// Lines says what was not used, a reason a line, and which declared columns found no heading. The
// headings that were bound are not repeated.
func (a *Account) Lines(lang codes.Lang) []string {
	var out []string
	for _, t := range a.Said {
		out = append(out, t.In(lang))
	}
	if a.Unsaid > 0 {
		out = append(out, fmt.Sprintf(codes.Text{Zh: "另有 %d 处类似情况未列出", En: "%d more of these are not listed"}.In(lang), a.Unsaid))
	}
	colon, comma := "：", "、"
	if lang == codes.En {
		colon, comma = ": ", ", "
	}
	for _, why := range order {
		p := a.Unused[why]
		if p == nil || len(p.Items) == 0 {
			continue
		}
		said := make([]string, len(p.Items))
		for i, it := range p.Items {
			said[i] = it.say(lang)
		}
		line := names[why].In(lang)
		if why == Columns {
			line = codes.Text{Zh: "未用的列", En: "columns not used"}.In(lang)
		}
		line += colon + strings.Join(said, comma)
		switch {
		case p.More == 0:
		case lang == codes.En:
			line += fmt.Sprintf(", and %d more", p.More)
		default:
			line += fmt.Sprintf("，另有 %d 处", p.More)
		}
		out = append(out, line)
	}
	if len(a.Absent) > 0 {
		out = append(out, codes.Text{Zh: "没有表头的列", En: "columns without a heading"}.In(lang)+colon+strings.Join(a.absent(lang), comma))
	}
	return out
}

// say is an item in words: D1 “金额万元” 3.
func (it *Item) say(lang codes.Lang) string {
	var s strings.Builder
	if it.Sheet != "" {
		s.WriteString(it.Sheet + "!")
	}
	s.WriteString(it.At)
	if it.Text != "" {
		if s.Len() > 0 && it.At != "" {
			s.WriteString(" ")
		}
		s.WriteString(it.Text)
	}
	switch {
	case it.Cells == 1 && it.Why == (codes.Text{}):
	case lang == codes.En:
		fmt.Fprintf(&s, " (%d cells", it.Cells)
	default:
		fmt.Fprintf(&s, "（%d 格", it.Cells)
	}
	if it.Cells == 1 && it.Why == (codes.Text{}) {
		return strings.TrimSuffix(s.String(), "!")
	}
	if why := it.Why.In(lang); why != "" && lang == codes.En {
		s.WriteString("; " + why)
	} else if why != "" {
		s.WriteString("；" + why)
	}
	if lang == codes.En {
		return s.String() + ")"
	}
	return s.String() + "）"
}

// absent names the columns without a heading, each once: those of several sheets are told once.
func (a *Account) absent(lang codes.Lang) []string {
	var said []string
	for _, x := range a.Absent {
		s := x.Title.In(lang)
		if lang == codes.En {
			s = x.Column
		}
		switch {
		case x.Default == "":
		case lang == codes.En:
			s += " (" + x.Default + " throughout)"
		default:
			s += "（一律为 " + x.Default + "）"
		}
		if !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return said
}

// Encode writes the account for keeping; Decode reads it again, an empty one of anything else.
func (a *Account) Encode() string {
	b, err := json.Marshal(a)
	if err != nil { // strings and numbers
		return ""
	}
	return string(b)
}

// Decode reads what Encode wrote.
func Decode(s string) *Account {
	a := &Account{}
	if s == "" || json.Unmarshal([]byte(s), a) != nil {
		return &Account{}
	}
	return a
}

var reSigned = regexp.MustCompile(`(?:人员?|姓名|电话|手机|传真|邮箱|签[字名章]|制表|审[核批]|复核|校对|负责|领导|经办|会计|出纳)\s*[:：]`)

// Shown is the text of a cell as an account may tell it: on one line, at most 40 characters, without the
// numbers of persons, and without what follows the word for somebody who signs (填表人：…).
func Shown(text string) string {
	text = strings.Join(strings.Fields(cell.Scrub(text)), " ")
	if at := reSigned.FindStringIndex(text); at != nil && at[1] < len(text) {
		text = text[:at[1]] + "…"
	}
	const most = 40
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}
