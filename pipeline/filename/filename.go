// Package filename reads what the name of a file says: who sent it, of which dataset and period, as which revision, and
// whether it is one part of several. A name is a hint that the request, and then the data, overrule.
package filename

import (
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/days"

	"golang.org/x/text/width"
)

// Name is what a file's name says about it. Any part may be empty.
type Name struct {
	Sender   string // 人力资源和社会保障局
	Dataset  string // the words between sender and period: 引进与流出
	Period   days.Range
	Revision int // 0 for the first submission, 1 for （修订）, n for 修订n, 第n版 or v n
}

var (
	reRevision = regexp.MustCompile(`(?i)[(\[【]?\s*(?:第?\s*([0-9一二三四五六七八九])?\s*(?:次)?(?:修订|更正|修正|补报|重报|更新|修改)(?:稿|版)?\s*([0-9]+)?|第([0-9一二三四五六七八九])版|v([0-9]+)|rev(?:ised)?\.?\s*([0-9]+)?)\s*[)\]】]?`)
	// 更新 behind a day or a part's number is a revision as it is behind a blank; 设备更新 and 城市更新 are names
	reRenewed  = regexp.MustCompile(`(?:[0-9一二三四五六七八九十半全][年月日号]份?|月[初中底末]|[年季]度|部分|分册|[0-9一二三四五六七八九十][册卷份])$`)
	reRenewing = regexp.MustCompile(`^更新\s*[0-9]*\s*[)\]】]?$`)
	reCopy     = regexp.MustCompile(`\s*(?:\([0-9]+\)|- 副本|-副本|副本| - Copy)\s*$`)
	reSplit    = regexp.MustCompile(`[_\s+]+|——|—`)
)

// Parse reads 发送单位_数据集_期间（修订）.xlsx. The parts are split by underscores or spaces;
// full-width characters count as their half-width twins. Copies made by an office machine
// ("xxx (1).xlsx", "xxx - 副本.xlsx") are the file they are copies of.
func Parse(file string) Name {
	base := filepath.Base(file)
	if ext := filepath.Ext(base); len(ext) <= 6 && !strings.ContainsAny(ext, "年月 ") {
		base = strings.TrimSuffix(base, ext)
	}
	s := width.Narrow.String(base)
	s = strings.NewReplacer("【", "[", "】", "]").Replace(s)
	s = reCopy.ReplaceAllString(s, "")
	var n Name
	if m, rest := revision(s); m != nil {
		n.Revision = 1
		for _, g := range m[1:] {
			if g == "" {
				continue
			}
			if i := strings.Index("一二三四五六七八九", g); i >= 0 && len(g) == 3 {
				n.Revision = i/3 + 1
			} else if v, err := strconv.Atoi(g); err == nil && v > 0 {
				n.Revision = v
			}
		}
		s = rest
	}
	if p, words, ok := days.Find(s); ok {
		n.Period = p
		s = strings.Replace(s, strings.Trim(words, "_- ()"), " ", 1)
	}
	var parts []string
	for _, p := range reSplit.Split(s, -1) {
		if p = strings.Trim(p, " -_.,()[]"); p != "" {
			parts = append(parts, p)
		}
	}
	switch len(parts) {
	case 0:
	case 1:
		n.Dataset = parts[0]
	default:
		n.Sender, n.Dataset = parts[0], parts[1]
	}
	return n
}

// Period reads the period that somebody gives with a file: alone, or among other words as in a file's name.
func Period(text string) (days.Range, bool) {
	if r, ok := days.Parse(text); ok {
		return r, true
	}
	r, _, ok := days.Find(text)
	return r, ok
}

// revision finds the words that number a submission, and what is left without them; nil where there are none, or where they begin a
// longer word (补报局 is an office) or 更新 ends one.
func revision(s string) (m []string, rest string) {
	for _, at := range reRevision.FindAllStringSubmatchIndex(s, -1) {
		if next, _ := utf8.DecodeRuneInString(s[at[1]:]); unicode.Is(unicode.Han, next) && !strings.ContainsAny(s[at[1]-1:at[1]], ") ]") {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(s[:at[0]]); unicode.Is(unicode.Han, before) && reRenewing.MatchString(s[at[0]:at[1]]) && !reRenewed.MatchString(s[:at[0]]) {
			continue
		}
		m = make([]string, len(at)/2)
		for g := range m {
			if at[2*g] >= 0 {
				m[g] = s[at[2*g]:at[2*g+1]]
			}
		}
		return m, s[:at[0]] + " " + s[at[1]:]
	}
	return nil, s
}

// Part names the part of a unit that a file holds: after the file itself, without its extension.
func Part(display string) string {
	base := path.Base(display)
	return strings.ReplaceAll(strings.TrimSuffix(base, path.Ext(base)), "|", "/")
}

// IsPart reports whether a word of a file's name says that it is one part of several.
func IsPart(display string) bool { return rePart.MatchString(Part(display)) }

// SamePart is what the names of a file and of its revisions have in common: Part without the words of a revision and of a copy.
func SamePart(display string) string {
	s := reCopy.ReplaceAllString(width.Narrow.String(Part(display)), "")
	if m, without := revision(s); m != nil {
		s = without
	}
	return strings.Trim(s, " _-")
}

// Office is what stands before the first underscore of a name, without a period: of 青田 人社局_劳动力_2026年10月.xlsx it is 青田 人社局,
// of which Parse takes the first word for the sender. Empty: the name has no underscore.
func Office(display string) string {
	head, _, ok := strings.Cut(SamePart(display), "_")
	if !ok {
		return ""
	}
	if _, words, ok := days.Find(head); ok {
		head = strings.Replace(head, words, "", 1)
	}
	return strings.Join(strings.Fields(head), " ")
}

// Copy reports whether two files of one folder are called alike but for what a copy or another version adds.
func Copy(a, b string) bool { return path.Dir(a) == path.Dir(b) && Stem(a) == Stem(b) }

// Stem is what the names of a file and of its versions have in common: SamePart without the words of drafts and finals, 名单 of
// 名单终稿 and of 终稿名单.
func Stem(display string) string {
	s := SamePart(display)
	for {
		rest := strings.Trim(reDraft.ReplaceAllString(reDraftOf.ReplaceAllString(s, "$1"), ""), " _-")
		if rest == s || rest == "" {
			return s
		}
		s = rest
	}
}

var (
	// 终, 原 and their like are parts of other words, 年终 and 固原, where nothing parts them from the name and no 稿 stands behind
	reDraft   = regexp.MustCompile(`(?i)(?:[\s_\-—([【]*(?:(?:最终|最新|更新|正式|确认|审核|报送|上报|改后|改|final|draft|new|old)(?:稿|版|表|件)?|[终定初草原新旧][稿版]|[原新旧][表件])|[\s_\-—([【]+[终定初草原新旧])[0-9]*[)\]】]*$`)
	reDraftOf = regexp.MustCompile(`(^|[\s_\-—])[([【]*(?:最终|最新|正式|确认|审核|报送|上报|改后|终|定|初|草|原|新|旧)[稿版][)\]】]*[\s_\-—]*`)
)

// Month is the month, or the longer stretch, that a name tells, with a year or without, as it is said there; empty where it tells none.
// Two names with different ones are of two periods: 5月 and 6月, 2025 and 2026, 第1期 and 第2期. A day is none.
func Month(display string) string {
	s := width.Narrow.String(display)
	if r, _, ok := days.Find(s); ok && r.To.Sub(r.From) > 24*time.Hour {
		return r.String()
	}
	var said []string
	for _, m := range reMonth.FindAllString(hanDigits.Replace(s), -1) {
		said = append(said, strings.TrimLeft(plainMonth.Replace(strings.ToUpper(m)), "0"))
	}
	return strings.Join(said, " ")
}

// Arabic writes the Chinese numbers to twelve in digits: 三月 as 3月.
func Arabic(s string) string { return hanDigits.Replace(s) }

// OtherMonth reports whether the names of two files tell of two months, weeks or other stretches.
func OtherMonth(a, b string) bool {
	one, other := Month(a), Month(b)
	return one != "" && other != "" && one != other
}

var (
	reMonth    = regexp.MustCompile(`(?:19|20)[0-9]{2}年?|[0-9]{1,2}月份?|[1-4]季度|[上下]半年|第?[0-9]{1,3}[周旬期]|[上中下]旬|[春秋]季|[qQ][1-4]`)
	plainMonth = strings.NewReplacer("年", "", "份", "", "第", "")
	hanDigits  = strings.NewReplacer("十二", "12", "十一", "11", "十", "10", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

var rePart = regexp.MustCompile(`(?i)第?[0-9一二三四五六七八九十]+(?:部分|册|卷|份|分册)|[上中下](?:册|部|篇|半部分)|[（(][上中下][)）]|part[ _-]*[0-9]+|[（(]\s*[0-9]+\s*[)）]\s*$|(?:补充|续)[0-9一二三四五六七八九]?$`)

// Rest takes sender, dataset, period and revision out of a file's name and returns the words left.
func Rest(file string) string {
	s := width.Narrow.String(Part(file))
	if m, without := revision(s); m != nil {
		s = without
	}
	n := Parse(file)
	if _, words, ok := days.Find(s); ok {
		s = strings.Replace(s, words, " ", 1)
	}
	for _, known := range []string{n.Sender, n.Dataset} {
		s = strings.Replace(s, known, " ", 1)
	}
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("_-—·.+()[]", r) && r != '(' && r != ')'
	})
}
