package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// Cut looks whether long numbers that name something have been through a program that keeps fifteen digits of them: all
// end in zeros then.
type Cut struct {
	long, cut int
	at        []string // where the first of them stand
}

// See looks at a text of at least sixteen bytes, and reports whether it ends so.
func (k *Cut) See(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	k.long++
	cut := strings.Trim(s[15:], "0") == ""
	if cut {
		k.cut++
	}
	return cut
}

// mostCut is how many of them are told with their places.
const mostCut = 20

// Stands says where the text stands that was seen last.
func (k *Cut) Stands(at func() string) {
	if len(k.at) < mostCut && k.cut == k.long {
		k.at = append(k.at, at())
	}
}

// Tell says so where nothing speaks against it.
func (k *Cut) Tell(title codes.Text, say func(codes.Text)) {
	if k.cut < 2 || k.cut < k.long {
		return
	}
	zh, en := strings.Join(k.at, "、"), strings.Join(k.at, ", ")
	if k.cut > len(k.at) {
		zh, en = zh+" 等", en+" and others"
	}
	say(codes.Text{
		Zh: fmt.Sprintf("列“%s”的 %d 个 16 位以上的号码（%s），第 15 位之后都是 0，像是经表格软件丢了末几位；请按原表核对，该列设为“文本”后重新报送", title.Zh, k.cut, zh),
		En: fmt.Sprintf("column %s: all %d numbers of more than 15 digits (%s) have zeros after the fifteenth, as a spreadsheet leaves them that has lost the last digits: compare them with the original, format the column as text and send it again", title.En, k.cut, en),
	})
}
