package pipeline

import (
	"crypto/hmac"
	"crypto/sha256"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/days"

	"golang.org/x/text/width"
)

// Name is what a file's name says about it. Any part may be empty: a name is a hint that the
// request, and then the data, overrule.
type Name struct {
	Sender   string // 人力资源和社会保障局
	Dataset  string // the words between sender and period: 引进与流出
	Period   days.Range
	Revision int // 0 for the first submission, 1 for （修订）, n for 修订n, 第n版 or v n
}

var (
	reRevision = regexp.MustCompile(`(?i)[(\[【]?\s*(?:第?\s*([0-9一二三四五六七八九])?\s*(?:次)?(?:修订|更正|修正|补报|重报|更新|修改)(?:稿|版)?\s*([0-9]+)?|第([0-9一二三四五六七八九])版|v([0-9]+)|rev(?:ised)?\.?\s*([0-9]+)?)\s*[)\]】]?`)
	reCopy     = regexp.MustCompile(`\s*(?:\([0-9]+\)|- 副本|-副本|副本| - Copy)\s*$`)
	reSplit    = regexp.MustCompile(`[_\s+]+|——|—`)
)

// ParseName reads 发送单位_数据集_期间（修订）.xlsx. The parts are split by underscores or spaces;
// full-width characters count as their half-width twins. Copies made by an office machine
// ("xxx (1).xlsx", "xxx - 副本.xlsx") are the file they are copies of.
func ParseName(file string) Name {
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

// ParsePeriod reads the period that somebody gives with a file: alone, or among other words as in a file's name.
func ParsePeriod(text string) (days.Range, bool) {
	if r, ok := days.Parse(text); ok {
		return r, true
	}
	r, _, ok := days.Find(text)
	return r, ok
}

// revision finds the words that number a submission, and what is left without them; nil where there are none, or where they begin a
// longer word (补报局 is an office).
func revision(s string) (m []string, rest string) {
	for _, at := range reRevision.FindAllStringSubmatchIndex(s, -1) {
		if next, _ := utf8.DecodeRuneInString(s[at[1]:]); unicode.Is(unicode.Han, next) && !strings.ContainsAny(s[at[1]-1:at[1]], ") ]") {
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

// Numbers of persons in a file's name: digits in one run, or cut as people write them.
var (
	reCut = regexp.MustCompile(`(^|[^0-9])(1[3-9][0-9][- ][0-9]{4}[- ][0-9]{4}|[0-9]{6}[- ][0-9]{8}[- ][0-9]{3}[0-9Xx])($|[^0-9])`)
	reRun = regexp.MustCompile(`[0-9０-９]{11,}[XxＸｘ]?`)
)

// maskName takes the numbers of persons out of a file's name: identity numbers and anything as long,
// and mobile numbers. In place of each stands a mark made with the key, so that two files whose
// names differ only in such a number stay two, and the number cannot be tried out by whoever reads
// the mark. Periods, dates and times of day are no such numbers.
func maskName(key []byte, name string) string {
	mark := func(s string) string {
		h := hmac.New(sha256.New, key)
		h.Write([]byte("file name\x00" + s))
		b := []byte("***")
		for _, c := range h.Sum(nil)[:4] { // letters, which no reader of names takes for a period
			b = append(b, 'a'+c>>4, 'a'+c&15)
		}
		return string(b)
	}
	for { // one separator may end a number and begin the next
		masked := reCut.ReplaceAllStringFunc(name, func(s string) string {
			m := reCut.FindStringSubmatch(s)
			return m[1] + mark(m[2]) + m[3]
		})
		if masked == name {
			break
		}
		name = masked
	}
	return reRun.ReplaceAllStringFunc(name, func(s string) string {
		digits := width.Narrow.String(s)
		after := ""
		if x := strings.TrimRight(digits, "Xx"); x != digits {
			if len(x) != 17 {
				after = string([]rune(s)[len(x):])
			}
			digits = x
		}
		phone := strings.TrimPrefix(digits, "86")
		if len(digits) < 15 && (len(phone) != 11 || phone[0] != '1' || phone[1] < '3') {
			return s
		}
		return mark(strings.TrimSuffix(s, after)) + after
	})
}
