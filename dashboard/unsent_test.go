package dashboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// An office that has sent one report sees the figures of it: what nobody has sent is neither drawn empty nor said to be missing, but
// named below.
func TestNothingSentOf(t *testing.T) {
	s := open(t)
	if body := s.page(t, "/b/overview?lang=zh"); strings.Contains(body, "data-panel=") || strings.Contains(body, "data-card=") || strings.Contains(body, words.In(codes.Zh, "none_yet")) {
		t.Error("with nothing published the overview draws empty panels")
	}
	path := filepath.Join(t.TempDir(), "甲局_引进与流出_2026年6月.csv")
	node := s.loader.Catalog.Chains[0].Nodes[0].Title.Zh
	text := "身份证号,日期,流向,用人单位,产业链节点\n332522199501011010,2026-06-03,引进,甲公司," + node + "\n332522199602021023,2026-06-04,流出,甲公司," + node + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.loader.Load(t.Context(), pipeline.Request{Path: path}); err != nil || out.State != pipeline.Published {
		t.Fatalf("%v %v", out.State, err)
	}
	body := s.page(t, "/b/overview?lang=zh")
	for name, there := range map[string]bool{"net": true, "flow": true, "arrivals": true, "stock": false, "match": false, "classes": false, "chains": false} {
		if got := strings.Contains(body, `data-panel="`+name+`"`) || strings.Contains(body, `data-card="`+name+`"`); got != there {
			t.Errorf("%s is shown: %v", name, got)
		}
	}
	text = plainText(body)
	if !strings.Contains(text, "人才分类结构") || strings.Contains(text, "岗位缺口：") || !strings.Contains(text, "净流入") || strings.Contains(text, "{chains}") {
		t.Errorf("the page says: %s", text)
	}
	if strings.Contains(body, ">产业链状态<") {
		t.Error("a section without a panel has its heading")
	}
}
