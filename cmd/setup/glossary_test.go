package setup

import (
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
)

// Headings and titles are in English by what is declared, or not at all: never in pinyin.
func TestEnglish(t *testing.T) {
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	g := newGlossary(catalog)
	for zh, want := range map[string]string{
		"企业名称": "Enterprise", "所在园区": "Park", "在岗人数": "Employed", "本月新招": "Hired this month", "平均工资": "Average pay", "统一社会信用代码": "Unified social credit code",
		"企业用工月报表": "Enterprise employment monthly report", "走访台账": "Visit register", "培训班统计": "Training course statistics", "其中：大专以上": "Of which college graduates",
		"走访日期": "Visited on", "是否办结": "Settled", "GDP": "GDP", "累计补贴金额": "Subsidy, so far",
		"石雕大师作品": "", "养老护理": "", "油竹街道企业": "", "本月": "", "": "",
	} {
		if got := g.english(zh); got != want {
			t.Errorf("%s: %q, want %q", zh, got, want)
		}
	}
}
