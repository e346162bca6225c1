package cell

import (
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// A text that is no value of a list is told which values there are, in the reader's language.
func TestNotInList(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ list, text, zh, en string }{
		{"provinces", "江苏、浙江", "一格只能填一个值，这里有：江苏、浙江", "one value a cell; here are Jiangsu, Zhejiang"},
		{"provinces", "江苏省和浙江省", "一格只能填一个值，这里有：江苏、浙江", "one value a cell; here are Jiangsu, Zhejiang"},
		{"provinces", "浙江声", "改为代码表里的值，是否为：浙江", "use a value of the list; perhaps: 浙江"},
		{"provinces", "xyz", "从代码表里选一个值：北京、天津、河北、山西、内蒙古、辽宁、吉林、黑龙江、上海、江苏 等 34 个", "choose a value of the list: Beijing, Tianjin"},
		{"education", "xyz", "从代码表里选一个值：", "choose a value of the list: "},
	} {
		f := NotInList(lists.Get(c.list), c.text)
		if !strings.HasPrefix(f.Remedy.Zh, c.zh) || !strings.HasPrefix(f.Remedy.En, c.en) || strings.ContainsAny(f.Reason.En, "省学") {
			t.Errorf("%s in %s: got %s / %s (%s)", c.text, c.list, f.Remedy.Zh, f.Remedy.En, f.Reason.En)
		}
	}
}
