package contrary

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// signs are what rows are marked with for a line above or below the table to speak of: ▲ 为已迁出企业，不纳入本表汇总.
const signs = `▲△▼▽★☆※◆◇●○◎■□#*√×①②③④⑤`

var (
	// the sign, and how a text speaks of it; what is said of the rows that carry it stands behind
	reSign = regexp.MustCompile(`(凡|表中|名称|编号|企业|前|后|其中)*([以标带打加注有画划]*)["“]?([` + signs + `])[` + signs + `]*["”]?`)
	// what may stand before the first of them, and before another
	reBefore = regexp.MustCompile(`(^[(]?(注|备注|说明|附注)?[0-9]*[:.、]?|[,;.，；。、:!])$`)
	// what tells a sign that rows carry from a bullet: ▲为已迁出企业, not ■离职人员
	reMeans = regexp.MustCompile(`^号?(标[注记示])?(为|系|是|指|表示|代表|者|的|:)|^号(企业|单位|人员|项目)`)
	// rows by their numbers: 第3、4号企业, 序号2企业, 第3行、第5行, 3号企业, 2、4两家, 最后两行. 第3批, 第2号文 are none.
	reNumbers = regexp.MustCompile(`(第|序号为?:?第?|编号为?:?第?)(` + number + `)(?:(?:[行号户家条笔项]?[、,和与及至到~-])+第?` + number + `)*(号|行|项|家|户|名|位|笔|个|条)?|` +
		`(?:^|[,;、:(中])[0-9]{1,4}(?:[、和与及至到~-][0-9]{1,4})*号(?:企业|单位|公司|项目|人员|学员|同志)|` +
		`(?:^|[,;:(中])[0-9]{1,4}(?:[、和与及至到~-][0-9]{1,4})+(?:号|行|[两二三四五六七八九十0-9]*[家户笔条项])|` +
		`(前|首|最后|末|倒数第?)(` + number + `|两)?(?:行|笔|条|家|户)`)
	reNumber = regexp.MustCompile(number)
	// articles and clauses of a rule
	reArticle = regexp.MustCompile(`第` + number + `[条款章](之.)?(第` + number + `[条款项目])*`)
	// what stands behind the number of a row, and behind one of anything else
	reOfRows  = regexp.MustCompile(`^(企业|单位|公司|人员|人才|项目[^部]|数据|材料|资金|补[助贴]|为|系|是|已|暂|尚|仍|正在|未|不|均|与|因|的|等|,|:|$)`)
	reOfOther = regexp.MustCompile(`^([类档级次期季批部楼栏列版方届《]|产业|台风|行[政业程动]|家[庭长]|户[籍口]|笔试|位[数置])`)
	// what says that they do not count: in this table, or at all. 未计入上年基数的新增企业 and 不计息 do.
	reLeftOut = regexp.MustCompile(`(不|未|勿|免)(再|予|应|宜|作|做|在|参与|列?为)*((计|纳|列|算)入?|统计|入统|汇总|合计|兑[付现]|发放|拨付|.{0,4}(范围|之[列内]))(本?[表次期]|合计|汇总|总[数额计量]|统计|计算|产值|范围|数据|补[助贴]|奖[补励金]|资金|之?[内中列])*(的?(企业|单位|人员|项目|户|数据?|资金|行))?$|剔除|扣除|除外|排除|存疑|有误|无效|不实|(尚|还|仍|暂)(待|须经?|需经?).{0,8}(审[议批核定]|批[复准]|确认|核实|验收)`)
	// a clause that speaks of others than the one before it
	reOthers = regexp.MustCompile(`^(其[余他它]|另外?|未[打标带加注]|规[上下]|[^不未勿免已暂应须请予因经现将需可该此这上\P{Han}]{1,6}(企业|单位|人员|项目|户|者)|.{1,8}的(企业|单位|人员|项目|户)?[不未])`)
)

const number = `(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})`

// legend is a line that speaks of the rows that carry a sign, and what is said of it where none does.
type legend struct {
	text      string
	sign      rune
	otherwise func()
}

// carried are the rows with a sign.
type carried struct {
	at []string
	n  int
}

// against reports whether what is said of some rows speaks against counting them. What is said of others behind it is not heard.
func (w *Watch) against(key string) bool {
	for i, part := range strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(clauses, r) }) {
		if i > 0 && reOthers.MatchString(part) {
			return false
		}
		if reLeftOut.MatchString(part) {
			return true
		}
		part = strings.TrimPrefix(strings.TrimPrefix(part, "号"), "标注")
		of := part
		for _, v := range [...]string{"的", "企业", "单位", "公司", "为", "系", "是", "指", "表示", "代表", "者", "均"} {
			of = strings.TrimPrefix(of, v)
		}
		bare := of
		for _, end := range [...]string{"企业", "单位", "人员", "项目", "的", "户", "资金", "数据", "数"} {
			bare = strings.TrimSuffix(bare, end)
		}
		for _, text := range [...]string{part, of, bare} { // 为上年数, 已退回财政专户, 预计数
			if g := heard(w.ask, text); g != nil && !undone(g, key) {
				return true
			}
		}
	}
	return false
}

// sign keeps what a line says of the rows that carry a sign, and speaks against them; whether there are any is known when all were seen.
// otherwise is what is done where there are none.
func (w *Watch) sign(text, key string, otherwise func()) bool {
	all := slices.DeleteFunc(reSign.FindAllStringSubmatchIndex(key, -1), func(at []int) bool {
		before, _ := utf8.DecodeLastRuneInString(key[:at[0]])
		return !reBefore.MatchString(key[:at[0]]) && at[4] == at[5] || strings.ContainsRune("未不没无", before) // 未打★的
	})
	if len(all) == 0 || !reBefore.MatchString(key[:all[0][0]]) || reFill.MatchString(key) {
		return false
	}
	kept := len(w.legends)
	for i, at := range all {
		end := len(key) // ★为重点企业；▲为已迁出企业
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		of := key[at[1]:end]
		spoken := at[4] < at[5] || strings.Contains(key[at[0]:at[1]], "凡") || reMeans.MatchString(of)
		if spoken && w.against(of) && len(w.legends) < shown {
			sign, _ := utf8.DecodeRuneInString(key[at[6]:at[7]])
			w.legends = append(w.legends, legend{text, sign, otherwise})
		}
	}
	return len(w.legends) > kept
}

// numbered asks about a line that says of rows, by their numbers, that they do not count.
func (w *Watch) numbered(text, key string) bool {
	if reFill.MatchString(key) || len(w.rowsOf) == shown {
		return false
	}
	for _, s := range sentences(reArticle.ReplaceAllString(key, "")) {
		at := reNumbers.FindStringSubmatchIndex(s)
		if at == nil || !byNumber(s, at) || !w.against(s[at[1]:]) {
			continue
		}
		o := &ofRows{text: text, numbers: map[string]bool{}}
		w.rowsOf = append(w.rowsOf, o)
		if at[8] >= 0 {
			o.positions(s[at[8]:at[9]], s[max(at[10], at[9]):max(at[11], at[9])])
			return true
		}
		last := 0
		for _, span := range reNumber.FindAllStringIndex(s[at[0]:at[1]], mostNumbers) {
			n := ordinal(s[at[0]:at[1]][span[0]:span[1]])
			if before, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(s[at[0]:at[1]][:span[0]], "第")); last > 0 && strings.ContainsRune("至到~-", before) {
				for i := last; i < n && i < last+mostNumbers; i++ {
					o.numbers[strconv.Itoa(i)] = true
				}
			}
			o.numbers[strconv.Itoa(n)], last = true, n
		}
		return true
	}
	return false
}

// positions are rows by where they stand: 首行, 前三行, 最后两行, 倒数第二行.
func (o *ofRows) positions(where, count string) {
	n := 1
	if count == "两" {
		n = 2
	} else if count != "" {
		n = min(ordinal(count), mostNumbers)
	}
	o.placed = true
	switch {
	case strings.HasPrefix(where, "倒数") && strings.HasSuffix(where, "第"):
		o.from, o.to = -n, -n
	case where == "前" || where == "首":
		o.from, o.to = 1, n
	default:
		o.from, o.to = -n, -1
	}
}

// byNumber reports whether what reNumbers found in a text are rows.
func byNumber(s string, at []int) bool {
	if at[2] < 0 { // 3号企业
		return true
	}
	unit, rest := "", s[at[1]:]
	if at[6] >= 0 {
		unit = s[at[6]:at[7]]
	}
	switch {
	case reOfOther.MatchString(unit + rest):
		return false
	case strings.ContainsAny(unit, "行户家笔"), s[at[2]:at[3]] != "第":
		return true
	case unit == "" && !strings.ContainsAny(s[at[4]:at[5]], "0123456789"): // 第三企业
		return false
	}
	return reOfRows.MatchString(rest)
}

// ordinal is a number in digits, or in Chinese below a hundred.
func ordinal(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	tens, ones, ten := strings.Cut(s, "十")
	digit := func(s string) int { return (strings.Index("一二三四五六七八九", s) + 3) / 3 }
	switch {
	case !ten:
		return digit(s)
	case tens == "":
		tens = "一"
	}
	if ones == "" {
		return 10 * digit(tens)
	}
	return 10*digit(tens) + digit(ones)
}

const mostNumbers = 100

// ofRows is a line that speaks of rows by their numbers or by where they stand, and where those are.
type ofRows struct {
	text     string
	numbers  map[string]bool
	placed   bool // from and to are the first and the last of them; below 0: counted from the end
	from, to int
	carried
}

// passed is a row that was loaded: its number and where it is.
type passed struct{ number, at string }

// roll is what is remembered of the rows that were loaded.
type roll struct {
	past     []passed // the first of them
	seen     int      // how many there were
	ordinals int      // the cell with the number of a row; -1: none
}

// mostPassed is how many rows of a table are remembered, for a line below them to speak of.
const mostPassed = 500

// find takes the rows that a line speaks of from those that were loaded.
func (o *ofRows) find(rows []passed, all int) {
	for i := range rows {
		if o.placed {
			n := i + 1
			if o.from < 0 {
				n = i - all
			}
			if n < o.from || n > o.to {
				continue
			}
		} else if !o.numbers[rows[i].number] {
			continue
		}
		o.add(func() string { return rows[i].at })
	}
}

// Signs looks for signs in the texts of a column.
func (w *Watch) Signs(at int) {
	if w != nil && !slices.Contains(w.marked, at) {
		w.marked = append(w.marked, at)
	}
}

// Ordinals takes the numbers of rows from a column.
func (w *Watch) Ordinals(at int) {
	if w != nil {
		w.ordinals = at
	}
}

// signed is the sign that a text carries in front or behind, perhaps in brackets; 0: none, which nearly every text is told at a look.
func signed(s string) rune {
	n := len(s)
	if n == 0 || !edge[s[0]] && !edge[s[n-1]] && (n < 3 || !edge[s[n-3]]) && (n < 2 || s[n-2] != 0xc3) {
		return 0
	}
	s = strings.Trim(s, "()（）[]【】 \u3000\u00a0")
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	for _, r := range [...]rune{first, last} {
		switch {
		case r == '＊':
			return '*'
		case r == '＃':
			return '#'
		case strings.ContainsRune(signs, r):
			return r
		}
	}
	return 0
}

// edge are the bytes that are a sign, a bracket, a blank or the first byte of one.
var edge = func() (is [256]bool) {
	for _, b := range []byte("*#()[] \xc2\xc3\xe2\xe3\xef") {
		is[b] = true
	}
	return is
}()

// seeSigns looks at a row for signs, and whether it is one that a line above speaks of by its number.
func (w *Watch) seeSigns(row uint64, text func(at int) string, where func(at int, said string) string) {
	for _, at := range w.marked {
		s := text(at)
		sign := signed(s)
		if sign == 0 {
			continue
		}
		if w.carried == nil {
			w.carried = map[rune]*carried{}
		}
		if w.carried[sign] == nil {
			w.carried[sign] = &carried{}
		}
		w.carried[sign].add(func() string { return where(at, "“"+s+"”") })
	}
	if w.seen++; len(w.marked) == 0 || len(w.past) == mostPassed {
		return
	}
	number, at := strconv.FormatUint(row, 10), w.marked[0]
	if w.ordinals >= 0 {
		number, at = strings.Clone(strings.TrimSpace(text(w.ordinals))), w.ordinals
	}
	w.past = append(w.past, passed{number, where(at, "“"+text(at)+"”")})
}

func (c *carried) add(where func() string) {
	if c.n++; c.n <= shown {
		c.at = append(c.at, where())
	}
}

// unsigned hears the lines that speak of signs that no row carries as it hears any line.
func (w *Watch) unsigned() {
	done := map[string]bool{}
	for _, l := range w.legends {
		done[l.text] = done[l.text] || w.carried[l.sign] != nil
	}
	for _, l := range w.legends {
		if !done[l.text] {
			done[l.text] = true
			l.otherwise()
		}
	}
}

// saySigns asks about the lines that speak against rows by a sign that some carry, or by their numbers.
func (w *Watch) saySigns(ask func(codes.Text)) {
	for _, l := range w.legends {
		c := w.carried[l.sign]
		if c == nil {
			continue
		}
		ask(codes.Text{
			Zh: fmt.Sprintf("“%s”说带 %c 的行不该照样计入，有 %d 行带它：%s；这些行仍按数据读取", cut(l.text), l.sign, c.n, strings.Join(c.at, "、")),
			En: fmt.Sprintf("%q says that rows marked %c are not to count as they stand, and %d carry it: %s; they were read as data all the same", cut(l.text), l.sign, c.n, strings.Join(c.at, ", ")),
		})
	}
	for _, o := range w.rowsOf {
		o.find(w.past, w.seen)
		zh, en := "", ""
		if o.n > 0 {
			zh, en = "："+strings.Join(o.at, "、"), ": "+strings.Join(o.at, ", ")
		}
		ask(codes.Text{
			Zh: fmt.Sprintf("“%s”说其中编了号的行不该照样计入%s；这些行仍按数据读取", cut(o.text), zh),
			En: fmt.Sprintf("%q says that rows which it names by their numbers are not to count as they stand%s; they were read as data all the same", cut(o.text), en),
		})
	}
}
