package hold

import "testing"

// Two offices whose names begin with the same word are told apart where a blank stands behind it; what is no office is not one.
func TestAnother(t *testing.T) {
	for _, x := range []struct {
		sender, file, live string
		held               bool
	}{
		{"青田", "青田 财政局_劳动力资源_2026年10月.csv", "青田 人社局_劳动力资源_2026年10月.csv", true},
		{"青田", "青田　财政局_劳动力资源_2026年10月（修订）.csv", "青田_劳动力资源_2026年10月.csv", true},
		{"a", "a b&c局_劳动力资源_2026年10月.csv", "a d局_劳动力资源_2026年10月.csv", true},
		{"青田", "青田 财政局_劳动力资源_2026年10月（修订2）.csv", "青田 财政局_劳动力资源_2026年10月.csv", false},
		{"人社局", "人社局 劳动力资源_第二部分.csv", "人社局_劳动力资源_2026年10月.csv", false},
		{"人社局", "人社局 2026年10月_劳动力资源.csv", "人社局_劳动力资源_2026年10月.csv", false},
		{"人社局", "人社局 终稿_劳动力资源.csv", "人社局_劳动力资源_2026年10月.csv", false},
		{"人社局", "人社局 劳动力资源 2026年10月.csv", "人社局_劳动力资源_2026年10月.csv", false},
		{"送", "青田 财政局_劳动力资源.csv", "青田 人社局_劳动力资源.csv", false}, // who has sent it was said
	} {
		if got := Another("劳动力资源", x.sender, x.file, x.live); (len(got) == 1 && got[0].Hold) != x.held {
			t.Errorf("%s for %s: %+v", x.file, x.live, got)
		}
	}
}
