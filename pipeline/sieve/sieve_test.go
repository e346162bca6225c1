package sieve

import (
	"regexp"
	"testing"
)

func TestSieve(t *testing.T) {
	s := New(regexp.MustCompile(`^(本|该)?(原|已|因.{1,6})?((未|没有?)(通过|批准)|误|CANCELL?ED|(与|同).{1,12}为(同一|一家).{0,6})(了|的)?([(,].*)?$`))
	for text, want := range map[string]bool{
		"该已未通过": true, "没有批准": true, "有误差": true, "与甲厂为一家": true, "cancelled": true, "Ｃancelled": true, "未 通过": true,
		"已通过": false, "设备运行良好": false, "": false, "同甲厂": false, "dan": false,
	} {
		if got := s.May(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if !New(regexp.MustCompile(`^.*$`)).May("") || !New(regexp.MustCompile(`(?i)abc`)).May("x") {
		t.Error("what may match anything lets anything pass")
	}
}
