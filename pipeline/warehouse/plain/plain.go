// Package plain says in words, in one language, what the database said to somebody's statement: what is wrong, where in
// the statement, and what to write instead. It asks the database nothing.
package plain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// Names are what a statement may name, for "did you mean"; nil lists suggest nothing.
type Names struct {
	Tables, Functions []string
}

// Header names, in a request to the embedded engine, the language in which its answer says why where it ends half-way; without
// it the engine's own words stand there.
const Header = "X-Yanzhen-Lang"

// limits says what ran out, by ClickHouse's number of the error.
var limits = map[int]codes.Text{
	159: {Zh: "语句超过了时间上限，已停止：缩小日期范围，或先按列过滤再关联", En: "the statement took longer than it may and was stopped: narrow the dates, or filter before joining"},
	160: {Zh: "语句估计会超过时间上限，没有运行：缩小日期范围，或先按列过滤再关联", En: "the statement would take longer than it may and was not run: narrow the dates, or filter before joining"},
	241: {Zh: "语句要用的内存超过上限，已停止（别人的语句不受影响）：少取几列，先过滤再关联或排序，大结果加 LIMIT", En: "the statement needs more memory than it may and was stopped (others are not affected): select fewer columns, filter before joining or sorting, LIMIT a large result"},
	158: {Zh: "语句要读的行超过上限：缩小日期范围或加过滤条件", En: "the statement would read more rows than it may: narrow the dates or filter"},
	307: {Zh: "语句要读的数据超过上限：少取几列，或缩小日期范围", En: "the statement would read more bytes than it may: select fewer columns or narrow the dates"},
	396: {Zh: "结果的行数超过上限：汇总后再取，或加 LIMIT", En: "the result has more rows than it may: aggregate, or LIMIT it"},
	202: {Zh: "同时运行的语句太多，请稍后再试", En: "too many statements run at once: try again in a moment"},
	394: {Zh: "语句已停止", En: "the statement was stopped"},
	209: {Zh: "数据库没有及时回答，请稍后再试", En: "the database did not answer in time: try again in a moment"},
}

// kinds says what is wrong of errors whose words of the engine need nothing but a heading.
var kinds = map[int]codes.Text{
	6: {Zh: "值的写法不对", En: "a value is not written as its type wants it"}, 27: {Zh: "值的写法不对", En: "a value is not written as its type wants it"},
	38: {Zh: "日期的写法不对，应如 2026-07-01", En: "this is no date such as 2026-07-01"}, 41: {Zh: "时间的写法不对，应如 2026-07-01 18:00:00", En: "this is no time such as 2026-07-01 18:00:00"},
	72: {Zh: "不是数", En: "this is no number"}, 36: {Zh: "参数不对", En: "an argument is wrong"},
	42: {Zh: "函数的参数个数不对", En: "the function takes another number of arguments"},
	43: {Zh: "函数不能用于这种类型", En: "the function does not take this type"}, 53: {Zh: "类型对不上", En: "the types do not fit"},
	386: {Zh: "类型对不上，没有共同的类型", En: "the types do not fit: they have none in common"}, 153: {Zh: "除以零：用 x / nullIf(y, 0)", En: "division by zero: write x / nullIf(y, 0)"},
	215: {Zh: "该列既没有汇总，也不在 GROUP BY 里", En: "the column is neither aggregated nor in GROUP BY"}, 184: {Zh: "汇总函数用在了不能用的地方：条件写在 HAVING 里", En: "an aggregate stands where none may: put the condition into HAVING"},
	10: {Zh: "没有这一列", En: "there is no such column"}, 352: {Zh: "列名有歧义：前面写上表名", En: "several tables have this column: write the table's name before it"}, 207: {Zh: "列名有歧义：前面写上表名", En: "several tables have this column: write the table's name before it"},
	457: {Zh: "参数的值不合它的类型", En: "the value of a parameter does not fit its type"},
	73:  {Zh: "没有这种输出格式，例如 CSVWithNames、JSONEachRow、Parquet", En: "there is no such format; for example CSVWithNames, JSONEachRow, Parquet"},
	164: {Zh: "这项设置不能由您更改", En: "this setting is not yours to change"}, 115: {Zh: "没有这项设置", En: "there is no such setting"},
	48: {Zh: "没有这项功能", En: "this is not there"},
}

var (
	positionRe = regexp.MustCompile(`failed at position (\d+)`)
	scopeRe    = regexp.MustCompile(`(?s):? ?\b(?:in|In) scope .*?(\. Maybe you meant|$)`)
	queryRe    = regexp.MustCompile(`(?s):? ?\(in query: .*`)
	tailRe     = regexp.MustCompile(`(?:\.? ?\((?:version [^()]*(?:\([^()]*\))?|[A-Z][A-Z_]+)\))+\.?\s*$`)
	headRe     = regexp.MustCompile(`^Code: \d+\. DB::Exception: `)
	valueRe    = regexp.MustCompile(`(?s)^Value (.{0,100}).* cannot be parsed as (.+) for query parameter '(\w+)'`)
	meantRe    = regexp.MustCompile(`Maybe you meant:? (.*?)\??\.?$`)
	nameRe     = regexp.MustCompile("[`']([^`']+)[`']")
	wordRe     = regexp.MustCompile("'(?:[^'\\\\]|\\\\.)*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|(?s:/\\*.*?\\*/)|[A-Za-z_][A-Za-z0-9_]*")
	bothRe     = regexp.MustCompile(`^(.*\p{Han}.*?) / ([^\p{Han}]+)$`)
)

// Error says what the database said to a statement: its number for the error, its words, with or without the statement
// that they quote, and the statement as it was sent.
func Error(code int, message, sql string, lang codes.Lang, names Names) string {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	own := code == 202 && bothRe.MatchString(tailRe.ReplaceAllString(message, "")) // the queue of the engine here says why
	message = tidy(message, lang)
	if t, ok := limits[code]; ok && !own {
		return t.In(lang)
	}
	switch code {
	case 62:
		return syntax(message, sql, lang)
	case 60, 47, 46, 81:
		name := ""
		if m := nameRe.FindStringSubmatch(message); m != nil {
			name = m[1]
		}
		meant := meant(message)
		switch code {
		case 60:
			if meant == "" || slices.Contains(names.Tables, "codes_"+name) {
				meant = nearest(name, names.Tables, meant)
			}
			return say("没有表 ", "there is no table ") + name + didYouMean(meant, lang) + say("；show tables 列出全部", "; show tables lists them")
		case 47:
			return say("没有列 ", "there is no column ") + name + didYouMean(meant, lang) + say("；describe 表名 列出各列", "; describe TABLE lists the columns")
		case 46:
			return say("没有函数 ", "there is no function ") + name + didYouMean(nearest(name, names.Functions, meant), lang)
		}
		return say("没有这个数据库；各表都在 mart 里", "there is no such database; the tables are in mart") + didYouMean(meant, lang)
	case 497:
		if strings.Contains(message, "Not enough privileges") { // the engine names tables that are not the asker's to know
			return say("没有权限：只能读 mart 里的视图", "not permitted: only the views of mart may be read")
		}
		return message
	case 457:
		if m := valueRe.FindStringSubmatch(message); m != nil {
			zh, en := "", ""
			if m[2] == "Date" || m[2] == "Nullable(Date)" {
				zh, en = "；1970 年以前的用 Date32", "; for days before 1970 say Date32"
			}
			return say("参数 "+m[3]+" 的值 "+m[1]+" 不是 "+m[2]+"：改成这种类型的值"+zh, "the value "+m[1]+" of the parameter "+m[3]+" is no "+m[2]+": give one of that type"+en)
		}
	case 456:
		name := ""
		if m := nameRe.FindStringSubmatch(message); m != nil {
			name = m[1]
		}
		return say("参数 "+name+" 没有给值", "the parameter "+name+" has no value")
	}
	if t, ok := kinds[code]; ok {
		return t.In(lang) + say("：", ": ") + message
	}
	return message
}

// Moved is what the database said to a statement that was written out before it was sent, with the place of a syntax error as
// back says it; nil leaves it.
func Moved(message string, back func(int) int) string {
	if back == nil {
		return message
	}
	return positionRe.ReplaceAllStringFunc(message, func(found string) string {
		at, _ := strconv.Atoi(positionRe.FindStringSubmatch(found)[1])
		return "failed at position " + strconv.Itoa(back(max(at-1, 0))+1)
	})
}

// Place is where in a statement an error of the database is, in bytes: the place of a syntax error to the end of its word, or
// the name that is not there; ok is false where it is nowhere in particular.
func Place(code int, message, sql string) (from, to int, ok bool) {
	message = headRe.ReplaceAllString(strings.TrimSpace(message), "")
	if code == 62 {
		m := positionRe.FindStringSubmatch(message)
		if m == nil {
			return 0, 0, false
		}
		at, _ := strconv.Atoi(m[1])
		from = min(max(at-1, 0), len(sql))
		for from > 0 && from < len(sql) && !utf8.RuneStart(sql[from]) {
			from--
		}
		for _, word := range wordRe.FindAllStringIndex(sql, -1) { // a word that is nearly one of the language is where the fault is
			if w := sql[word[0]:word[1]]; mistyped(w) != "" {
				return word[0], word[1], true
			}
		}
		to = from
		if word := wordRe.FindStringIndex(sql[from:]); word != nil && word[0] == 0 {
			return from, from + word[1], true
		}
		if from < len(sql) {
			_, n := utf8.DecodeRuneInString(sql[from:])
			to += n
		}
		return from, to, true
	}
	if code != 60 && code != 47 && code != 46 && code != 81 && code != 10 && code != 215 && code != 352 && code != 207 && code != 42 && code != 43 {
		return 0, 0, false
	}
	m := nameRe.FindStringSubmatch(message)
	if m == nil {
		return 0, 0, false
	}
	for _, name := range []string{m[1], strings.TrimPrefix(m[1], "mart."), m[1][strings.LastIndexByte(m[1], '.')+1:]} {
		for _, word := range wordRe.FindAllStringIndex(sql, -1) {
			if w := sql[word[0]:word[1]]; w == name || strings.Trim(w, "`\"") == name && w[0] != '\'' {
				return word[0], word[1], true
			}
		}
	}
	return 0, 0, false
}

// tidy takes out of the engine's words the number, the name of the error, the version and the statement that they
// quote; of words in both languages it keeps one.
func tidy(message string, lang codes.Lang) string {
	message = headRe.ReplaceAllString(strings.TrimSpace(message), "")
	message = tailRe.ReplaceAllString(message, "")
	message = scopeRe.ReplaceAllString(message, "$1")
	message = strings.TrimRight(queryRe.ReplaceAllString(message, ""), ". :")
	if m := bothRe.FindStringSubmatch(message); m != nil {
		if lang == codes.En {
			return m[2]
		}
		return m[1]
	}
	return message
}

// syntax marks the place, and a word that is nearly a word of the language.
func syntax(message, sql string, lang codes.Lang) string {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	switch {
	case strings.Contains(message, "Empty query"):
		return say("语句是空的", "the statement is empty")
	case strings.Contains(message, "one statement at a time") || strings.Contains(message, "Multi-statements"):
		return say("一次只能一条语句", "one statement at a time")
	}
	m := positionRe.FindStringSubmatch(message)
	if m == nil {
		return say("语法错误：", "syntax error: ") + message
	}
	at, _ := strconv.Atoi(m[1])
	at = min(max(at-1, 0), len(sql))
	for at > 0 && at < len(sql) && !utf8.RuneStart(sql[at]) {
		at--
	}
	begin := strings.LastIndexByte(sql[:at], '\n') + 1
	line := 1 + strings.Count(sql[:begin], "\n")
	end := len(sql)
	if i := strings.IndexByte(sql[at:], '\n'); i >= 0 {
		end = at + i
	}
	head := utf8.RuneCountInString(sql[begin:at])
	text := say("语法错误", "syntax error")
	place := strconv.Itoa(line)
	text += say("，第 "+place+" 行第 "+strconv.Itoa(head+1)+" 个字符", " in line "+place+", character "+strconv.Itoa(head+1))
	text += didYouMean(mistyped(sql), lang)
	before, shown := window(sql[begin:at], 60), sql[at:end]
	if runes := []rune(shown); len(runes) > 40 {
		shown = string(runes[:40]) + "…"
	}
	before = strings.ReplaceAll(before, "\t", " ")
	return text + "\n  " + before + strings.ReplaceAll(shown, "\t", " ") + "\n  " + strings.Repeat(" ", width(before)) + "^"
}

// window is the end of what stands before the mark.
func window(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return "…" + string(runes[len(runes)-most:])
	}
	return s
}

// width is how many columns a text takes where Chinese characters take two.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && r != '…' {
			n++
		}
	}
	return n
}

// keywords are the words that people mistype.
var keywords = []string{"SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN", "DISTINCT", "UNION", "WITH", "BETWEEN"}

// mistyped is the word of the language that a word of the statement nearly is; empty where there is none.
func mistyped(sql string) string {
	for _, at := range wordRe.FindAllStringIndex(sql, -1) {
		word := strings.ToUpper(sql[at[0]:at[1]])
		if len(word) < 4 || slices.Contains(keywords, word) || strings.ContainsAny(word[:1], "'\"`-/") {
			continue
		}
		if strings.HasPrefix(strings.TrimLeft(sql[at[1]:], " \t"), "(") || at[0] > 0 && sql[at[0]-1] == '.' {
			continue // a function, or a column after its table
		}
		for _, k := range keywords {
			if swapped(word, k) || len(k) > 4 && codes.Edits(word, k) == 1 {
				return k
			}
		}
	}
	return ""
}

// swapped reports whether a is b with two neighbouring letters in each other's place.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// meant is the engine's own suggestion.
func meant(message string) string {
	m := meantRe.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	first, _, _ := strings.Cut(strings.Trim(m[1], "[]"), ",")
	return strings.TrimPrefix(strings.Trim(first, "'` "), "mart.")
}

// nearest is the name that is meant, else what was suggested.
func nearest(name string, known []string, suggested string) string {
	name = strings.TrimPrefix(name, "mart.")
	if slices.Contains(known, "codes_"+name) {
		return "codes_" + name
	}
	if name == "" || suggested != "" {
		return suggested
	}
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	near := codes.Nearest(name, known)
	if near == "" && len(name) > 4 {
		return codes.Nearest("codes_"+name, known) // a code list is asked for by its own name
	}
	if len(name) < 5 && codes.Edits(name, near) > 1 { // of three letters two changed are another word
		return ""
	}
	return near
}

func didYouMean(name string, lang codes.Lang) string {
	if name == "" {
		return ""
	}
	if lang == codes.En {
		return "; did you mean " + name + "?"
	}
	return "；是不是 " + name + "？"
}
