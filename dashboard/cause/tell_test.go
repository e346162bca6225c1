package cause

import (
	"testing"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/codes"
)

// shipped is the catalog that is built in.
func shipped(t *testing.T) *metric.Catalog {
	t.Helper()
	_, catalog := metrictest.Shipped(t)
	return catalog
}

func TestSentence(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	m := shipped(t).Metric("talent_stock") // people, and the more the better
	whole := Portion{Value: number(1230), Base: number(1100), Delta: number(130)}
	st := Step{By: "chain", Chosen: -1, Division: &Division{Whole: whole, Adds: true, Parts: []Portion{
		{Key: "magnetic", Label: codes.Text{Zh: "磁性材料", En: "Magnets"}, Value: number(700), Base: number(600), Delta: number(100)},
		{Key: "superalloy", Label: codes.Text{Zh: "高温合金", En: "Superalloys"}, Value: number(530), Base: number(500), Delta: number(30)},
	}}}
	for _, c := range []struct {
		lang codes.Lang
		see  Aspect
		want string
	}{
		{codes.Zh, ByChange, "E类及以上人才总量 1,230 人，比上年同期多 130 人；磁性材料多 100 人，最多。"},
		{codes.En, ByChange, "Talents of class E and above 1,230 people, 130 people more than a year earlier; Magnets 100 people more, the most of all."},
		{codes.Zh, ByLevel, "E类及以上人才总量 1,230 人；磁性材料 700 人，最多。"},
	} {
		tell := Teller{Way: Way{Metric: m, See: c.see}, Compare: metric.YearOnYear, Lang: c.lang}
		if got := tell.Sentence(st, m.Title.In(c.lang)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	tell := Teller{Way: Way{Metric: m, See: ByChange}, Compare: metric.YearOnYear, Lang: codes.Zh}
	if got := tell.Tell(st.Parts[1]); got != (Told{Value: "530 人", Base: "上年同期 500 人", Delta: "+30 人", Arrow: "▲", Mood: "good"}) {
		t.Errorf("got %+v", got)
	}
	// on a page the unit stands once, with the title of the step
	page := tell
	page.Bare = true
	if got := page.Tell(st.Parts[1]); got != (Told{Value: "530", Base: "上年同期 500", Delta: "+30", Arrow: "▲", Mood: "good"}) {
		t.Errorf("got %+v", got)
	}
	if got := page.Step(ByPeriod); got != tell.Step(ByPeriod)+"（人）" {
		t.Error(got)
	}
	if got := page.Sentence(st, "人才"); got != tell.Sentence(st, "人才") {
		t.Errorf("a sentence has no column: %s", got)
	}
	// a difference that nobody could read is none, however it is signed
	same := whole
	same.Delta = number(-0.2)
	if got := tell.clause("人才", same); got != "人才 1,230 人，与上年同期持平" {
		t.Error(got)
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0%", 0.0123: "1.2%", 0.955: "96%", -0.2: "−20%", -0.031: "−3.1%"} {
		if got := percent(share); got != want {
			t.Errorf("%v: got %s, want %s", share, got, want)
		}
	}
}
