package pipeline

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Name is what a file's name says about it. Any part may be empty: a name is a hint that the
// request, and then the data, overrule.
type Name struct {
	Sender   string // 人力资源和社会保障局
	Dataset  string // the words between sender and period: 引进与流出
	Period   Period
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
	if m := reRevision.FindStringSubmatch(s); m != nil {
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
		s = strings.Replace(s, m[0], " ", 1)
	}
	if p, words, ok := findPeriod(s); ok {
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
