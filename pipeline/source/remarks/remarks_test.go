package remarks

import (
	"strings"
	"testing"

	"yanzhen/pipeline/source/xmlscan"
)

// What the program itself wrote on a file that went back is nobody's remark.
func TestReadOwn(t *testing.T) {
	const part = `<comments><authors><author>王</author><author>雁阵</author></authors><commentList>` +
		`<comment ref="b3" authorId="1"><text><r><t>不是日期。怎么改：请删去，作废</t></r></text></comment>` +
		`<comment ref="C4" authorId="0"><text><r><t>应为86</t></r></text></comment></commentList></comments>`
	list, err := Read(xmlscan.New(strings.NewReader(part), 1<<20))
	if err != nil || len(list) != 1 || list[0] != (Remark{At: "C4", Text: "应为86"}) {
		t.Errorf("%v %+v", err, list)
	}
}
