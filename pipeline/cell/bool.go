package cell

import "strings"

// boolWords are the words for yes and no, in lower case.
var boolWords = map[string]bool{
	"是": true, "有": true, "对": true, "√": true, "✓": true, "✔": true, "☑": true, "y": true, "yes": true, "true": true, "t": true, "1": true, "1.0": true,
	"合格": true, "通过": true, "已通过": true, "及格": true, "在岗": true, "已就业": true, "就业": true,
	"否": false, "无": false, "没有": false, "不是": false, "×": false, "✗": false, "✘": false, "x": false, "n": false, "no": false, "false": false, "f": false, "0": false, "0.0": false,
	"不合格": false, "未通过": false, "不及格": false, "☐": false, "未就业": false, "离岗": false,
}

// Bool reads a word for yes or no. s is folded.
func Bool(s string) (bool, *Fault) {
	b, ok := boolWords[strings.ToLower(s)]
	if !ok {
		return false, FaultBool
	}
	return b, nil
}
