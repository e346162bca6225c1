package hold

import (
	"fmt"
	"regexp"
	"strings"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
)

// reOffice is a word that an office is called by: 财政局. 二期 and 终稿 are none.
var reOffice = regexp.MustCompile(`(局|办|委|部|院|所|公司|中心|园|园区|站|会|集团|厂|校|学院|大学|镇|乡|街道|银行|支行|社|队|处|科|馆)$`)

// Another holds back a file whose name begins with another office than the one whose place it would take, where only the first word of
// both was taken for the sender: 青田 财政局 beside 青田 人社局. A word of the title of the dataset is no office.
func Another(title, sender, file, live string) []check.Failure {
	a, b := filename.Office(file), filename.Office(live)
	if sender == "" || a == b || !behind(title, sender, a) || !behind(title, sender, b) {
		return nil
	}
	return []check.Failure{{
		Name: "sender_words", Hold: true,
		Reason: codes.Text{
			Zh: fmt.Sprintf("文件名里的单位是“%s”，在用的 %s 是“%s”的：名称中间有空格，两份都算“%s”报的，会互相替换", a, live, b, sender),
			En: fmt.Sprintf("by its name it is sent by %q, and %s, which is in use, by %q: there is a blank within the names, both count as sent by %q, and the one would take the place of the other", a, live, b, sender),
		},
		Remedy: codes.Text{
			Zh: "去掉单位名称中间的空格后重新报送，已发布的那份也一样；确实是同一单位的新表，请操作员用 yanzhen accept 发布", En: "take the blank out of the name of the office and send it again, the published one too; if it is the same office's new table, have an operator publish it (yanzhen accept)",
		},
	}}
}

// behind reports whether a name begins with the sender, and with nothing else behind it than what an office is called by.
func behind(title, sender, name string) bool {
	rest, ok := strings.CutPrefix(name, sender)
	rest = strings.TrimSpace(rest)
	return ok && (rest == "" || reOffice.MatchString(rest) && !strings.Contains(title, rest))
}
