package dataset

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/units"
)

// HeaderKey is the form in which headers are compared: as codes.Key, and without the marks
// people put round a name: * for required, colons, quotation marks, line breaks.
func HeaderKey(header string) string {
	k := strings.ToUpper(codes.Key(header))
	return strings.Trim(k, "*:：'\"“”`.、﹡★#")
}

// footnotes are the marks of footnotes behind a heading: 金额（元）①.
const footnotes = "①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽¹²³⁴⁵⁶⁷⁸⁹*＊※†‡ \u3000"

// keys of a header from strict to loose: as it stands; without what is in brackets (身份证号（18位）);
// without the unit at its end (产值/亿元, 金额万元), which only a column of numbers answers to; the last
// part of a merged header (基本信息/姓名).
func headerKeys(header string) [4]string {
	var ks [4]string
	ks[0] = HeaderKey(header)
	if rest := strings.TrimRight(header, footnotes); rest != "" {
		header = rest
	}
	plain := HeaderKey(header)
	for {
		i := strings.IndexAny(plain, "([【〔{")
		if i < 0 {
			break
		}
		j := strings.IndexAny(plain[i:], ")]】〕}")
		if j < 0 {
			plain = plain[:i]
			break
		}
		rest := plain[i+j:]
		_, size := firstRune(rest)
		plain = plain[:i] + rest[size:]
	}
	plain = strings.TrimRight(plain, "/") // 产值 over (万元)
	ks[1] = HeaderKey(plain)
	if rest := Unnumbered(header); rest != strings.TrimSpace(header) {
		outside, _ := units.Brackets(rest) // 2.产值（必填）, ③人数
		ks[1], plain = HeaderKey(outside), HeaderKey(outside)
	}
	if name := translated(header); name != "" {
		ks[1], plain = HeaderKey(name), HeaderKey(name)
	}
	text := repeated.ReplaceAllString(strings.TrimSpace(header), "")
	name, unit := units.Suffix(text)
	if unit == "" {
		name, unit = units.Bare(text) // 金额/千元（含税） too
	}
	if unit != "" {
		outside, _ := units.Brackets(name)
		plain = HeaderKey(outside)
		ks[unitLevel] = plain
	}
	if i := strings.LastIndexByte(plain, '/'); i >= 0 {
		ks[3] = HeaderKey(plain[i+1:])
	}
	return ks
}

// otherFigures are English words that make another figure of a heading's, where the Chinese does not say so too: under 产值 they
// do not translate it, under 总产值 Total does.
var otherFigures = []struct{ en, zh *regexp.Regexp }{
	{words("plan(ned|s)?"), regexp.MustCompile(`计划|规划`)},
	{words("targets?"), regexp.MustCompile(`目标|靶`)},
	{words("budget(ed|s)?"), regexp.MustCompile(`预算`)},
	{words("forecasts?|estimate[ds]?"), regexp.MustCompile(`预|估`)},
	{words("expected"), regexp.MustCompile(`预|估|拟|期|应|计划`)},
	{words("last|prev(ious)?|prior"), regexp.MustCompile(`上|去|前|末|最后`)},
	{words(`cumul\w*|ytd`), regexp.MustCompile(`累`)},
	{words("yoy|mom"), regexp.MustCompile(`同比|环比`)},
	{words("averages?|mean"), regexp.MustCompile(`均`)},
	{words("total"), regexp.MustCompile(`总|合计|共`)},
	{words(`rates?|ratios?|shares?|percent\w*`), regexp.MustCompile(`率|比|占|股|份额`)},
	{words("per"), regexp.MustCompile(`每|均|/`)},
	{words(`growth|changes?|increas\w*|decreas\w*`), regexp.MustCompile(`增|变|减|升|降|改`)},
	{words("max(imum)?|min(imum)?"), regexp.MustCompile(`最|高|低`)},
	{words("unit (price|cost)s?"), regexp.MustCompile(`单价|成本`)},
	{words("females?|males?"), regexp.MustCompile(`男|女|性别`)},
	{words("new(ly)?"), regexp.MustCompile(`新`)},
	{words("net"), regexp.MustCompile(`净|网`)},
	{words(`remain\w*`), regexp.MustCompile(`余|剩`)},
	{words(`rank\w*`), regexp.MustCompile(`名次|排|级|衔`)},
	{words(`differ\w*|balances?`), regexp.MustCompile(`差|余|衡`)},
	{words("of which"), regexp.MustCompile(`其中`)},
}

func words(en string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(` + en + `)\b`) }

// translates reports whether English says what the Chinese does, as far as it names no other figure.
func translates(en, zh string) bool {
	for _, x := range otherFigures {
		if x.en.MatchString(en) && !x.zh.MatchString(zh) {
			return false
		}
	}
	return !reNumberEn.MatchString(en) || reNumberZh.MatchString(zh) // 站点 over Code is no station
}

// reNumber are the words of a number that names something, in a language each.
var (
	reNumberEn = regexp.MustCompile(`(?i)code|\bno\b|\bid\b|number`)
	reNumberZh = regexp.MustCompile(`号|码|证|编|数|量|次`)
)

// Translated is the Chinese of a heading that says it in English too, as headings are compared; empty: it is none of that kind.
func Translated(header string) string { return HeaderKey(translated(header)) }

// translated is the line of a heading in Chinese where the other lines say it in English, 场馆 over Venue; empty: it is
// none of that kind.
func translated(header string) (zh string) {
	if !strings.Contains(header, "\n") {
		return ""
	}
	en := ""
	for line := range strings.Lines(header) {
		outside, _ := units.Brackets(line)
		outside = strings.TrimSpace(outside)
		han := strings.ContainsFunc(outside, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		latin := strings.TrimFunc(outside, func(r rune) bool { return r < 0x80 && (unicode.IsLetter(r) || r == ' ' || r == '-' || r == '.') }) == ""
		_, measure := units.Parse(outside)
		switch {
		case outside == "":
		case han && zh == "" && !measure:
			zh = outside
		case latin && len(outside) > 2 && !measure && !units.Looks(outside):
			en += outside + "\n"
		default:
			return ""
		}
	}
	if en == "" || !translates(en, zh) {
		return ""
	}
	return zh
}

// reNumbered is the number of a heading in front of its name.
var reNumbered = regexp.MustCompile(`^[*＊]?\s*([0-9０-９]{1,2}[.．、)）]\s*|[（(][0-9０-９一二三四五六七八九十]{1,2}[)）]\s*|[①-⑳]\s*|[一二三四五六七八九十]{1,2}[、.．]\s*)`)

// Unnumbered is a heading without the number in front of its name: 2.产值, ③人数.
func Unnumbered(header string) string {
	header = strings.TrimSpace(header)
	if rest := reNumbered.ReplaceAllString(header, ""); rest != "" {
		return rest
	}
	return header
}

// unitLevel is the level of headerKeys at which a unit was cut off.
const unitLevel = 2

func firstRune(s string) (rune, int) {
	for i, r := range s {
		if i > 0 {
			return r, i
		}
	}
	return 0, len(s)
}

// Measures reports whether the column holds numbers that may have a unit.
func (c *Column) Measures() bool { return c.List == "" && (number(c.Type) || c.Type == Float64) }

// Names returns every header that means the column: its name, both titles and its aliases, without
// those that are patterns, and what was confirmed.
func (c *Column) Names() []string { return append(c.OwnNames(), c.compiled.confirmed...) }

// OwnNames are the Names but for those that were confirmed.
func (c *Column) OwnNames() []string {
	names := []string{c.Name, c.Title.Zh, c.Title.En}
	for _, a := range c.Aliases {
		if !strings.HasPrefix(a, "~") {
			names = append(names, a)
		}
	}
	return names
}

// Bind finds the header of each column by name: at[i] is the index of the header of column i, -1
// where none fits. A header that fits as it stands wins over one that fits without its brackets,
// that one over the last part of a merged header, that one over an alias that is a pattern, that one
// over a heading that was confirmed, and the first of equals over the later. The columns of an unpivot
// are found only where all of them have a header of their own: the file is long then.
func (d *Dataset) Bind(header []string) (at []int) {
	at = d.bind(header, nil)
	if d.Unpivot == nil {
		return at
	}
	for i := range d.Columns {
		if d.Unpivot.IsSpread(d.Columns[i].Name) && (at[i] < 0 || !slices.ContainsFunc(d.Columns[i].Names(), func(n string) bool {
			return HeaderKey(n) != "" && HeaderKey(n) == HeaderKey(header[at[i]])
		})) {
			return d.bind(header, d.Unpivot.IsSpread)
		}
	}
	return at
}

func (d *Dataset) bind(header []string, leave func(column string) bool) (at []int) {
	at = make([]int, len(d.Columns))
	byKey := map[string]int{}
	for i := range d.Columns {
		at[i] = -1
		if leave != nil && leave(d.Columns[i].Name) {
			continue
		}
		for _, n := range d.Columns[i].OwnNames() {
			if k := HeaderKey(n); k != "" {
				byKey[k] = i
			}
		}
	}
	taken := make([]bool, len(header))
	keys := make([][4]string, len(header))
	for h, text := range header {
		keys[h] = headerKeys(text)
	}
	for level := range 4 {
		for h := range header {
			if taken[h] {
				continue
			}
			k := keys[h][level]
			if i, ok := byKey[k]; ok && k != "" && at[i] < 0 && (level != unitLevel || d.Columns[i].Measures()) {
				at[i], taken[h] = h, true
			}
		}
	}
	for h, text := range header {
		for i := range d.Columns {
			if !taken[h] && at[i] < 0 && (leave == nil || !leave(d.Columns[i].Name)) && d.Columns[i].Fits(text) {
				at[i], taken[h] = h, true
			}
		}
	}
	d.confirm(header, at, taken, leave)
	return at
}

// Layout returns the declared layout that fits a file, nil where none does. header is the file's
// first row where it was taken for a heading, else nil; rows are its first data rows.
func (d *Dataset) Layout(header []string, rows [][]string) *Layout {
	for i := range d.Layouts {
		if d.Layouts[i].fits(header, rows) {
			return &d.Layouts[i]
		}
	}
	return nil
}

// IsHeading says whether a row reads exactly as the heading that the layout's files carry.
func (l *Layout) IsHeading(row []string) bool {
	if len(l.Heading) == 0 || len(row) < len(l.Heading) {
		return false
	}
	for i, cell := range row {
		want := ""
		if i < len(l.Heading) {
			want = l.Heading[i]
		}
		if codes.Key(cell) != codes.Key(want) {
			return false
		}
	}
	return true
}

func (l *Layout) fits(header []string, rows [][]string) bool {
	if header != nil && !l.IsHeading(header) {
		return false
	}
	width := 0
	cells, met := map[int]int{}, map[int]int{}
	for i, row := range rows {
		if i == 0 && header == nil && l.IsHeading(row) {
			continue
		}
		n := len(row)
		for n > 0 && codes.Key(row[n-1]) == "" {
			n--
		}
		width = max(width, n)
		for pos, re := range l.match {
			if pos > len(row) {
				continue
			}
			cell := strings.TrimSpace(strings.ReplaceAll(row[pos-1], "\u00a0", " "))
			if cell == "" {
				continue
			}
			cells[pos]++
			if re.MatchString(cell) {
				met[pos]++
			}
		}
	}
	if width == 0 || width > l.Width || width < l.Width-1 {
		return false
	}
	for pos := range l.match {
		if cells[pos] == 0 || float64(met[pos]) < l.Share*float64(cells[pos]) {
			return false
		}
	}
	return true
}

// Binding returns where column i stands in the layout and the parser it is read with there. A
// column the layout does not bind takes the cell of the column it is `of`. False: it is absent.
func (d *Dataset) Binding(l *Layout, i int) (at int, parse string, ok bool) {
	c := &d.Columns[i]
	if b, bound := l.Columns[c.Name]; bound {
		if b.Parse != "" {
			return b.At, b.Parse, true
		}
		return b.At, c.Parse, true
	}
	if b, bound := l.Columns[c.Of]; c.Of != "" && bound {
		return b.At, c.Parse, true
	}
	return 0, "", false
}
